//! Routes for administrators that ask for no more than a login, and rights that clients give themselves.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{ExprRef, FunctionRef, ValueKind};
use syntax::ast::*;
use text::{Span, TextRange};

use crate::Facts;
use crate::applications::Operation as RouteOperation;
use crate::authentication::{self, Calls, GuardChecks, refuses};
use crate::dependencies::CallableKind;
use crate::exposure;
use crate::flow::{Flow, Origin, OriginKind, Origins, RequestPart};
use crate::libraries::callers;
use crate::libraries::data::Operation;
use crate::libraries::purposes::Purpose;
use crate::models::DataModelId;
use crate::queries::Stored;

/// A route for administrators that any user may call.
#[derive(Debug, Clone)]
pub struct AdministrativeRoute {
    /// Index in [`crate::applications::Applications::routes`].
    pub route: usize,
    pub reason: AdministrativeReason,
    pub evidence: Option<Span>,
    pub guard: String,
    /// A route of the application that asks for a role, with where it does.
    pub sibling: Option<(Span, String)>,
    /// A dependency of the project that lets administrators alone pass, as the route's file would ask for it.
    pub remedy: Option<Remedy>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// `Depends(require_admin)`
    pub marker: String,
    /// The module as the file names it, and the name in it.
    pub import: Option<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdministrativeReason {
    /// It stores a role, or a flag of administrators, in the row of a user.
    ChangesRole(String),
    /// By its path it is for administrators, and it changes or deletes users.
    ChangesUsers,
    /// It gives the rows of all users.
    ListsUsers,
    /// `/admin/…`
    Path,
    /// It changes rows of this model, which belong to nobody, and all other routes that do so ask for a role.
    Siblings(String),
}

/// A right that a client claims, and that decides.
#[derive(Debug, Clone)]
pub struct ClaimedRight {
    /// The test.
    pub span: Span,
    pub part: RequestPart,
    pub name: String,
    pub source: Span,
    /// Callers without it are turned away.
    pub refuses: bool,
    /// Registrations of the routes behind it.
    pub routes: Vec<Span>,
}

#[derive(Debug, Default)]
pub struct Privileges {
    pub administrative: Vec<AdministrativeRoute>,
    pub claimed: Vec<ClaimedRight>,
}

impl Facts<'_> {
    /// Who may do what administrators do, found when it is first asked for.
    pub fn privileges(&self) -> &Privileges {
        self.privileges.get_or_init(|| find(self))
    }
}

fn find(facts: &Facts<'_>) -> Privileges {
    let applications = facts.applications();
    let authentication = facts.authentication();
    let mut out = Privileges::default();
    let is_test = |index: usize| applications.applications[index].is_test;
    let sibling = applications
        .routes
        .iter()
        .zip(&authentication.routes)
        .find_map(|(route, known)| {
            let (_, note) = known.role.as_ref()?;
            (!is_test(route.application)).then(|| (route.operation.registration, note.clone()))
        });
    let flow = facts.flow();
    let calls = facts.calls();
    let claims = Claims {
        facts,
        flow: &flow,
        calls: &calls,
    };
    let changes = changes(facts);
    for (index, (route, known)) in applications.routes.iter().zip(&authentication.routes).enumerate() {
        if is_test(route.application) || facts.is_test(route.operation.registration.file) {
            continue;
        }
        claims.of_route(&route.operation, &mut out.claimed);
        let guard = known
            .guard
            .as_ref()
            .filter(|guard| guard.checks != GuardChecks::Secret)
            .or(known
                .attempt
                .as_ref()
                .filter(|attempt| attempt.checks == GuardChecks::NotFollowed))
            .or(known.claimed.as_ref());
        // What is asked for in a list that is not followed may be a role.
        let may_ask = route
            .operation
            .dependencies
            .iter()
            .any(|dependency| dependency.parameter.is_none() && dependency.callable.kind == CallableKind::Unknown);
        let Some(guard) = guard.filter(|_| known.role.is_none() && !may_ask) else {
            continue;
        };
        let found = administrative(facts, &route.operation);
        if let Some((reason, evidence)) = found.or_else(|| beside_others(facts, &changes, index)) {
            out.administrative.push(AdministrativeRoute {
                route: index,
                reason,
                evidence,
                guard: guard.name.clone(),
                sibling: sibling.clone(),
                remedy: remedy(facts, &route.operation),
            });
        }
    }
    out
}

/// The routes that change rows of each model which nobody owns, with where they do: a menu, a catalogue.
fn changes(facts: &Facts<'_>) -> FxHashMap<DataModelId, Vec<(usize, Span)>> {
    let mut out: FxHashMap<DataModelId, Vec<(usize, Span)>> = FxHashMap::default();
    let routes = &facts.applications().routes;
    let with_role = facts
        .authentication()
        .routes
        .iter()
        .filter(|known| known.role.is_some());
    // One role alone is no custom.
    if with_role.count() < 2 {
        return out;
    }
    for (index, route) in routes.iter().enumerate() {
        let is_read = route.operation.methods.iter().all(|method| method == "GET");
        let Some(function) = route.operation.handler.function().filter(|_| !is_read) else {
            continue;
        };
        for row in exposure::rows(facts, function, &route.operation.dependencies).1 {
            let is_change = matches!(
                row.operation,
                Operation::Insert | Operation::Save | Operation::Update | Operation::Delete
            );
            let Some(id) = row.model.filter(|_| is_change) else {
                continue;
            };
            let model = facts.data().models.get(id);
            if model.is_user() || !model.parents.is_empty() || facts.authentication().owners.has_owner(id) {
                continue;
            }
            let known = out.entry(id).or_default();
            if known.iter().all(|(other, _)| *other != index) {
                known.push((index, row.span));
            }
        }
    }
    out
}

/// Whether all other routes that change the same rows ask for a role, two of them at least.
fn beside_others(
    facts: &Facts<'_>,
    changes: &FxHashMap<DataModelId, Vec<(usize, Span)>>,
    route: usize,
) -> Option<(AdministrativeReason, Option<Span>)> {
    let known = &facts.authentication().routes;
    let found = changes.iter().filter_map(|(id, routes)| {
        let (_, at) = routes.iter().find(|(index, _)| *index == route)?;
        let mut others = routes.iter().filter(|(index, _)| *index != route);
        let all = routes.len() > 2 && others.all(|(index, _)| known[*index].role.is_some());
        all.then(|| (facts.data().models.get(*id).name.clone(), *at))
    });
    let (model, at) = found.min_by_key(|(_, at)| at.number())?;
    Some((AdministrativeReason::Siblings(model), Some(at)))
}

/// What other routes for administrators ask for, where the route's file can ask for it, too.
fn remedy(facts: &Facts<'_>, operation: &RouteOperation) -> Option<Remedy> {
    let model = &facts.model;
    let at = operation.registration;
    let routes = facts.applications().routes.iter().zip(&facts.authentication().routes);
    let guarded = routes.filter(|(_, known)| known.role.is_some() && known.guard.is_some());
    for (route, _) in guarded {
        let other = &route.operation;
        let is_for_administrators = Purpose::new(&other.path.text, &other.handler.name).names_administrators();
        for dependency in &other.dependencies {
            let CallableKind::Function(function) = dependency.callable.kind else {
                continue;
            };
            let name = dependency.callable.name.as_str();
            let tests = authentication::tests_rights(model, function);
            let is_named = ["admin", "superuser"]
                .iter()
                .any(|word| name.to_lowercase().contains(word));
            if !tests
                || !(is_for_administrators || is_named)
                || name.contains(['.', '<'])
                || facts.is_test(function.file)
            {
                continue;
            }
            let marker = format!("Depends({name})");
            if function.file == at.file {
                let is_before = facts.function_span(function)?.range.end() <= at.range.start();
                if is_before {
                    return Some(Remedy { marker, import: None });
                }
                continue;
            }
            if let Some(module) = facts.module_as_written(at.file, function.file) {
                let import = Some((module, name.to_owned()));
                return Some(Remedy { marker, import });
            }
        }
    }
    None
}

/// Why a route is for administrators.
fn administrative(facts: &Facts<'_>, operation: &RouteOperation) -> Option<(AdministrativeReason, Option<Span>)> {
    let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
    let is_read = operation.methods.iter().all(|method| method == "GET");
    if operation.methods.is_empty() || (!purpose.is_administrative() && purpose.is_public(is_read, false)) {
        return None;
    }
    if purpose.has_word(&["login", "logout", "token", "me", "mine", "my"]) {
        return None;
    }
    let function = operation.handler.function()?;
    let models = &facts.data().models;
    let is_user = |id: crate::models::DataModelId| models.get(id).is_user();
    let (visited, rows) = exposure::rows(facts, function, &operation.dependencies);
    let names_other = operation.path.text.contains('{');
    if !is_read && names_other {
        for function in &visited {
            for fill in facts
                .data()
                .queries
                .fills
                .iter()
                .filter(|fill| fill.function == Some(*function))
            {
                let of_user = matches!(&fill.model, Some(crate::queries::ModelUse::Known(id)) if is_user(*id));
                if !of_user || fill.call.is_some() {
                    continue;
                }
                for stored in &fill.stored {
                    if let Stored::Column { column, span, .. } = stored
                        && callers::is_role_field(column)
                    {
                        return Some((AdministrativeReason::ChangesRole(column.clone()), Some(*span)));
                    }
                }
            }
        }
    }
    if purpose.names_administrators() {
        let changes = |row: &&exposure::Row| {
            matches!(row.operation, Operation::Update | Operation::Delete | Operation::Save)
                && row.model.is_some_and(is_user)
        };
        let changed = rows.iter().find(changes).filter(|_| names_other && !is_read);
        return Some(match changed {
            Some(row) => (AdministrativeReason::ChangesUsers, Some(row.span)),
            None => (AdministrativeReason::Path, None),
        });
    }
    let is_about_users = purpose.has_word(&["users", "accounts", "members", "customers", "employees"]);
    if is_read
        && is_about_users
        && !names_other
        && !purpose.has_word(&["search", "count", "public", "profile", "profiles"])
    {
        let listing = rows
            .iter()
            .find(|row| row.operation == Operation::ReadMany && row.model.is_some_and(is_user) && row.is_whole);
        let others = rows.iter().any(|row| row.model.is_some_and(|id| !is_user(id)));
        if let Some(row) = listing.filter(|_| !others) {
            return Some((AdministrativeReason::ListsUsers, Some(row.span)));
        }
    }
    None
}

struct Claims<'m, 'a> {
    facts: &'m Facts<'a>,
    flow: &'m Flow<'m, 'a>,
    calls: &'m Calls<'m, 'a>,
}

/// Functions that are visited for one route.
const MAX_VISITS: usize = 40;

impl Claims<'_, '_> {
    fn of_route(&self, operation: &RouteOperation, out: &mut Vec<ClaimedRight>) {
        for function in self.visited(operation) {
            for test in self.tests(function) {
                let Some(right) = self.claimed(test.expr) else { continue };
                // A value that is refused is no right: `if body.role == "admin": raise …`.
                if !right.lacks_when && test.body_refuses {
                    continue;
                }
                let refuses = match right.lacks_when {
                    true => test.body_refuses,
                    false => test.others_refused,
                };
                let Right { origin, part, name, .. } = right;
                let test = test.expr;
                let span = self.facts.model.span(test);
                match out.iter_mut().find(|known| known.span == span) {
                    Some(known) => {
                        if !known.routes.contains(&operation.registration) {
                            known.routes.push(operation.registration);
                        }
                    }
                    None => out.push(ClaimedRight {
                        span,
                        part,
                        name,
                        source: origin.span,
                        refuses,
                        routes: vec![operation.registration],
                    }),
                }
            }
        }
    }

    fn tests(&self, function: FunctionRef) -> Vec<Test> {
        let model = &self.facts.model;
        let file = function.file;
        let ast = model.ast(file);
        let mut out = Vec::new();
        let Some(body) = ast.block_range(ast[function.id].body) else {
            return out;
        };
        let mut refusals: Option<Vec<TextRange>> = None;
        for stmt in ast.stmts_within(ast[function.id].body) {
            let StmtKind::If { branches, .. } = ast[stmt].kind else {
                continue;
            };
            let refusals = refusals.get_or_insert_with(|| {
                let calls = model.calls_within(file, body).into_iter();
                calls
                    .filter(|&call| refuses(model, call, &[401, 403]))
                    .map(|call| model.expr(call).range)
                    .collect()
            });
            for branch in &ast[branches] {
                let Some(range) = ast.block_range(branch.body) else {
                    continue;
                };
                let expr = ExprRef { file, id: branch.test };
                out.push(Test {
                    expr,
                    body_refuses: refusals.iter().any(|refusal| range.contains_range(*refusal)),
                    others_refused: refusals.iter().any(|refusal| refusal.start() >= range.end()),
                });
            }
        }
        out
    }

    /// What of a test is a right that the client claims.
    fn claimed(&self, test: ExprRef) -> Option<Right> {
        let ast = self.facts.model.ast(test.file);
        let at = |id: ExprId| ExprRef { file: test.file, id };
        let mut found = None;
        let mut pending = vec![(test.id, false)];
        let mut steps = 0;
        while let Some((id, is_negated)) = pending.pop() {
            steps += 1;
            if steps > 60 {
                break;
            }
            let (subject, is_role, is_positive) = match ast[id].kind {
                ExprKind::Boolean { left, right, .. } => {
                    pending.extend([(left, is_negated), (right, is_negated)]);
                    continue;
                }
                ExprKind::Unary { operand, .. } => {
                    pending.push((operand, !is_negated));
                    continue;
                }
                ExprKind::Compare { first, rest } => {
                    let [compared] = ast[rest] else { continue };
                    let is_positive = match compared.operator {
                        CompareOperator::Equal | CompareOperator::In => true,
                        CompareOperator::NotEqual | CompareOperator::NotIn => false,
                        _ => continue,
                    };
                    match (self.names_rights(at(first)), self.names_rights(at(compared.right))) {
                        (false, true) => (first, true, is_positive),
                        (true, false) => (compared.right, true, is_positive),
                        // A verified role beside it decides.
                        _ => (first, false, is_positive),
                    }
                }
                ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Call { .. } => {
                    (id, false, true)
                }
                _ => continue,
            };
            let origins = self.flow.origins_in(at(subject), None);
            // Beside what is verified, what the client says is only a wish.
            if origins.iter().any(|origin| origin.kind.is_verified()) {
                return None;
            }
            let is_flag = !matches!(ast[id].kind, ExprKind::Compare { .. });
            let claimed = client_right(&origins, self.written(at(subject)));
            let claimed = claimed.filter(|(_, _, name)| is_role || (is_flag && callers::is_role_flag(name)));
            found = found.or(claimed.map(|(origin, part, name)| Right {
                origin,
                part,
                name,
                lacks_when: is_positive == is_negated,
            }));
        }
        found
    }

    /// `role` of `body.role`, `body["role"]` and `body.get("role")`.
    fn written(&self, expr: ExprRef) -> Option<String> {
        let file = self.facts.model.file(expr.file);
        let ast = file.ast();
        let mut at = expr.id;
        for _ in 0..6 {
            at = match ast[at].kind {
                ExprKind::Attribute { name, .. } => return Some(file.source().name(name).to_owned()),
                ExprKind::Subscript { index, .. } => return ast.string(file.text(), index).map(String::from),
                ExprKind::Call { function, arguments } => {
                    if let Some(key) = ast[arguments]
                        .first()
                        .and_then(|first| ast.string(file.text(), first.value))
                    {
                        return Some(String::from(key));
                    }
                    match ast[function].kind {
                        ExprKind::Attribute { object, .. } => object,
                        _ => return None,
                    }
                }
                ExprKind::Await(inner) => inner,
                _ => return None,
            };
        }
        None
    }

    /// Whether an expression is the name of a right, or a list of such names.
    fn names_rights(&self, expr: ExprRef) -> bool {
        let mut names = Vec::new();
        for value in self.facts.model.eval(expr) {
            match &value.kind {
                ValueKind::List(items) => names.extend(items.iter().flatten().cloned()),
                _ => names.push(value),
            }
        }
        !names.is_empty()
            && names
                .iter()
                .all(|name| name.as_str().is_some_and(callers::is_privileged_role))
    }

    fn visited(&self, operation: &RouteOperation) -> Vec<FunctionRef> {
        let mut pending: Vec<FunctionRef> = operation.handler.function().into_iter().collect();
        let mut dependencies: Vec<_> = operation.dependencies.iter().collect();
        while let Some(dependency) = dependencies.pop() {
            pending.extend(authentication::called_function(&self.facts.model, &dependency.callable));
            if pending.len() < MAX_VISITS {
                dependencies.extend(dependency.dependencies.iter());
            }
        }
        let mut out = Vec::new();
        let mut known = FxHashSet::default();
        while let Some(function) = pending.pop() {
            if out.len() >= MAX_VISITS || !known.insert(function) {
                continue;
            }
            out.push(function);
            if out.len() > MAX_VISITS / 2 {
                continue;
            }
            for call in self.calls.of(function) {
                for callee in self.facts.model.callee(call) {
                    if let ValueKind::Function(called) | ValueKind::Method { function: called, .. } = callee.kind {
                        pending.push(called);
                    }
                }
            }
        }
        out
    }
}

/// The test of an `if`.
struct Test {
    expr: ExprRef,
    body_refuses: bool,
    /// Whoever does not get into the body is turned away.
    others_refused: bool,
}

struct Right {
    origin: Origin,
    part: RequestPart,
    name: String,
    /// How the test comes out for those who do not have it.
    lacks_when: bool,
}

/// A part of the request whose name speaks of rights; `written`: what is read of it.
fn client_right(origins: &Origins, written: Option<String>) -> Option<(Origin, RequestPart, String)> {
    origins.iter().find_map(|origin| match &origin.kind {
        // What of the request it is, is not known: its user may be a verified one.
        OriginKind::Request {
            part: RequestPart::Any, ..
        } => None,
        OriginKind::Request { part, name } => {
            let name = match (part, &written) {
                (RequestPart::Body, Some(written)) => written.clone(),
                _ => name.clone()?,
            };
            callers::speaks_of_rights(&name).then(|| (origin.clone(), *part, name))
        }
        _ => None,
    })
}
