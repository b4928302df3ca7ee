//! The table of routes, from facts to the form in which it leaves the core.

use facts::Facts;
use facts::applications::{Operation, Unmounted};
use facts::authentication::{Guard, GuardKind, Identity, RouteAuthentication};
use facts::dependencies::{CallableKind, Dependency, Level};
use facts::flow::{OriginKind, RequestPart};
use facts::libraries::fastapi::RouteKind;
use facts::ownership::{OwnershipVerdict, RouteOwnership};
use report::{
    CredentialPart, DependencyKind, DependencyLevel, Location, Ownership, Route, RouteSummary, RouteTable, Tool,
    UnmountedRoute,
};
use text::Span;

use crate::convert::location;
use crate::finding::Finding;

/// Dependencies that are written out for one route: chains that meet again are repeated.
const MAX_DEPENDENCIES: usize = 400;

pub(crate) fn table(facts: &Facts<'_>) -> RouteTable {
    let found = facts.applications();
    let name = |index: usize| found.applications[index].name.clone();
    let applications = found.applications.iter().map(|application| report::Application {
        name: application.name.clone(),
        location: location(facts, application.span),
        mounts: application
            .mounts
            .iter()
            .map(|mount| report::Mount {
                application: name(mount.parent),
                path: mount.path.clone(),
                location: location(facts, mount.span),
            })
            .collect(),
        test: application.is_test,
    });
    let authentication = facts.authentication();
    let routes = found
        .routes
        .iter()
        .zip(&authentication.routes)
        .flat_map(|(route, known)| {
            let includes = locations(facts, &route.includes);
            let conditions = locations(facts, &route.conditions);
            let mut routes = operations(facts, &route.operation);
            for converted in &mut routes {
                converted.application = Some(name(route.application));
                converted.guard = known.guard.as_ref().map(|found| guard(facts, found));
                converted.identity = known.identity.as_ref().and_then(|found| identity(facts, found));
                converted.ownership = ownership(facts, &known.ownership);
                converted.includes.clone_from(&includes);
                converted.conditions.clone_from(&conditions);
            }
            routes
        });
    let unmounted = found.unmounted.iter().flat_map(|unmounted| {
        let reason = reason(facts, &unmounted.reason);
        let routes = operations(facts, &unmounted.operation).into_iter();
        routes.map(move |route| UnmountedRoute {
            route,
            reason: reason.clone(),
        })
    });
    let overrides = found.overrides.iter().map(|found| report::DependencyOverride {
        original: found.original.name.clone(),
        replacement: found.replacement.name.clone(),
        location: location(facts, found.span),
        test: found.is_test,
    });
    RouteTable {
        schema_version: report::SCHEMA_VERSION,
        tool: Tool {
            name: "claimcheck".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        applications: applications.collect(),
        routes: routes.collect(),
        unmounted: unmounted.collect(),
        unfollowed: locations(facts, &found.unfollowed),
        overrides: overrides.collect(),
    }
}

/// The routes in short. `findings` are those of the report, in the same order.
pub(crate) fn summaries(facts: &Facts<'_>, findings: &[Finding], reported: &[report::Finding]) -> Vec<RouteSummary> {
    let found = facts.applications();
    let authentication = facts.authentication();
    let mut out = Vec::new();
    for (route, known) in found.routes.iter().zip(&authentication.routes) {
        let application = &found.applications[route.application];
        if application.is_test {
            continue;
        }
        let operation = &route.operation;
        let spans = spans(facts, route, known);
        let concerns = |finding: &&Finding| {
            let places = std::iter::once(finding.primary).chain(finding.related.iter().map(|(span, _)| *span));
            let mut places = places;
            places.any(|place| spans.iter().any(|span| contains(*span, place)))
        };
        let of_route = findings.iter().zip(reported).filter(|(finding, _)| concerns(finding));
        let fingerprints: Vec<String> = of_route.map(|(_, reported)| reported.fingerprint.clone()).collect();
        for method in methods(operation) {
            out.push(RouteSummary {
                public: facts.settings().is_public_route(&method, &operation.path.text),
                method,
                path: operation.path.text.clone(),
                handler: operation.handler.name.clone(),
                application: Some(application.name.clone()),
                location: location(facts, operation.registration),
                guard: known.guard.as_ref().map(|guard| guard.name.clone()),
                identity: known
                    .identity
                    .as_ref()
                    .and_then(|found| identity(facts, found))
                    .map(|identity| identity.name),
                ownership: verdict(known.ownership.verdict),
                findings: fingerprints.clone(),
            });
        }
    }
    out
}

/// Everything that runs for a route, as far as it is seen from it: its registration, its handler, what it depends on,
/// the places that verify and that tie its rows to the caller.
fn spans(facts: &Facts<'_>, route: &facts::applications::Route, known: &RouteAuthentication) -> Vec<Span> {
    let operation = &route.operation;
    let mut out = vec![operation.registration, operation.declaration];
    out.extend(&route.includes);
    let mut callables = vec![&operation.handler];
    let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
    while let Some(dependency) = pending.pop() {
        callables.push(&dependency.callable);
        out.push(dependency.declared);
        if callables.len() < MAX_DEPENDENCIES {
            pending.extend(dependency.dependencies.iter());
        }
    }
    out.extend(
        callables
            .into_iter()
            .filter_map(|callable| facts.function_span(callable.function()?)),
    );
    let guard = known.guard.iter().flat_map(|guard| &guard.evidence);
    out.extend(guard.chain(&known.ownership.evidence).map(|(span, _)| *span));
    out
}

fn contains(span: Span, place: Span) -> bool {
    span.file == place.file && span.range.contains_range(place.range)
}

fn verdict(verdict: OwnershipVerdict) -> report::OwnershipVerdict {
    match verdict {
        OwnershipVerdict::Unknown => report::OwnershipVerdict::Unknown,
        OwnershipVerdict::NotApplicable => report::OwnershipVerdict::NotApplicable,
        OwnershipVerdict::Enforced => report::OwnershipVerdict::Enforced,
        OwnershipVerdict::Missing => report::OwnershipVerdict::Missing,
    }
}

fn locations(facts: &Facts<'_>, spans: &[Span]) -> Vec<Location> {
    spans.iter().map(|span| location(facts, *span)).collect()
}

fn guard(facts: &Facts<'_>, guard: &Guard) -> report::Guard {
    report::Guard {
        name: guard.name.clone(),
        kind: match guard.kind {
            GuardKind::Dependency => report::GuardKind::Dependency,
            GuardKind::Middleware => report::GuardKind::Middleware,
            GuardKind::Handler => report::GuardKind::Handler,
        },
        location: location(facts, guard.span),
        evidence: notes(facts, &guard.evidence),
    }
}

fn ownership(facts: &Facts<'_>, ownership: &RouteOwnership) -> Ownership {
    let models = &facts.data().models;
    Ownership {
        verdict: verdict(ownership.verdict),
        data: ownership.data.iter().map(|&id| models.get(id).name.clone()).collect(),
        evidence: notes(facts, &ownership.evidence),
    }
}

fn notes(facts: &Facts<'_>, places: &[(Span, String)]) -> Vec<report::Note> {
    let notes = places.iter().map(|(span, message)| report::Note {
        location: location(facts, *span),
        message: message.clone(),
    });
    notes.collect()
}

fn identity(facts: &Facts<'_>, identity: &Identity) -> Option<report::Identity> {
    let (source, name) = match &identity.origin.kind {
        OriginKind::Claim { name, is_verified } => {
            let source = match is_verified {
                true => report::IdentitySource::VerifiedClaim,
                false => report::IdentitySource::UnverifiedClaim,
            };
            (source, name.clone().unwrap_or_else(|| "claims".to_owned()))
        }
        OriginKind::Identity { by } => (report::IdentitySource::Session, by.clone()),
        _ => return None,
    };
    Some(report::Identity {
        source,
        name,
        location: location(facts, identity.origin.span),
    })
}

fn reason(facts: &Facts<'_>, reason: &Unmounted) -> String {
    match reason {
        Unmounted::NeverIncluded { router, made } => {
            let made = location(facts, *made);
            format!(
                "`{router}`, made in {}:{}, is included in no application",
                made.file, made.start.line
            )
        }
        Unmounted::UnknownRouter(router) => format!("what `{router}` is cannot be followed"),
    }
}

fn methods(operation: &Operation) -> Vec<String> {
    match operation.methods.as_slice() {
        [] => vec![match operation.kind {
            RouteKind::WebSocket | RouteKind::PlainWebSocket => "WEBSOCKET".to_owned(),
            RouteKind::Api | RouteKind::Plain => "GET".to_owned(),
        }],
        methods => methods.to_vec(),
    }
}

/// One for each method.
fn operations(facts: &Facts<'_>, operation: &Operation) -> Vec<Route> {
    let declaration = location(facts, operation.declaration);
    let mut left = MAX_DEPENDENCIES;
    let dependencies = dependencies(facts, &operation.dependencies, &mut left);
    let registration = location(facts, operation.registration);
    let routes = methods(operation).into_iter().map(|method| Route {
        method,
        path: operation.path.text.clone(),
        handler: operation.handler.name.clone(),
        handler_definition: operation.handler.span.map(|span| location(facts, span)),
        file: declaration.file.clone(),
        line: declaration.start.line,
        application: None,
        dependencies: dependencies.clone(),
        guard: None,
        identity: None,
        ownership: Ownership::default(),
        location: registration.clone(),
        includes: Vec::new(),
        conditions: Vec::new(),
        plain: matches!(operation.kind, RouteKind::Plain | RouteKind::PlainWebSocket),
    });
    routes.collect()
}

/// The depth is that of dependencies, which is bounded.
fn dependencies(facts: &Facts<'_>, found: &[Dependency], left: &mut usize) -> Vec<report::Dependency> {
    let mut out = Vec::new();
    for dependency in found {
        if *left == 0 {
            break;
        }
        *left -= 1;
        out.push(report::Dependency {
            name: dependency.callable.name.clone(),
            kind: kind(&dependency.callable.kind),
            level: level(dependency.level),
            parameter: dependency.parameter.clone(),
            declared: location(facts, dependency.declared),
            definition: dependency.callable.span.map(|span| location(facts, span)),
            credential: facts.credential_part(dependency).and_then(credential),
            scopes: dependency.scopes.clone(),
            conditional: dependency.is_conditional,
            dependencies: dependencies(facts, &dependency.dependencies, left),
        });
    }
    out
}

fn credential(part: RequestPart) -> Option<CredentialPart> {
    match part {
        RequestPart::Header => Some(CredentialPart::Header),
        RequestPart::Query => Some(CredentialPart::Query),
        RequestPart::Cookie => Some(CredentialPart::Cookie),
        RequestPart::Path | RequestPart::Body | RequestPart::Any => None,
    }
}

fn kind(kind: &CallableKind) -> DependencyKind {
    match kind {
        CallableKind::Function(_) | CallableKind::Method(_) | CallableKind::Lambda(_) => DependencyKind::Function,
        CallableKind::Class(_) => DependencyKind::Class,
        CallableKind::Instance { .. } => DependencyKind::Object,
        CallableKind::External { .. } => DependencyKind::External,
        CallableKind::Unknown => DependencyKind::Unknown,
    }
}

fn level(level: Level) -> DependencyLevel {
    match level {
        Level::Application => DependencyLevel::Application,
        Level::Include => DependencyLevel::Include,
        Level::Router => DependencyLevel::Router,
        Level::Decorator => DependencyLevel::Decorator,
        Level::Parameter => DependencyLevel::Parameter,
    }
}
