//! Routes that nothing authenticates, and what anyone can do there.
//!
//! What a route is for is read from what it does (the rows it reads and changes, the passwords it checks, the tokens
//! it issues), from its path, and from the routes beside it.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ExprRef, FunctionRef, NameUse, ScopeId, ValueKind};
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize};

use crate::Facts;
use crate::applications::{Operation as RouteOperation, Route};
use crate::authentication::RouteAuthentication;
use crate::dependencies::{CallableKind, Dependency, Level};
use crate::development::is_development_only;
use crate::libraries::data::Operation;
use crate::libraries::fastapi::RouteKind;
use crate::libraries::purposes::{self, Purpose};
use crate::models::{DataModelId, ModelSource};
use crate::queries::ModelUse;

/// What anyone can do at a route, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    DeletesRows,
    ChangesRows,
    CreatesRows,
    ReadsUsers,
    ReadsOwnedRows,
    /// A token is issued to callers of whom nothing is asked.
    IssuesToken,
    ServesFiles,
    /// By its path, it is for those who run the application.
    Administers,
    /// Rows that nobody owns, beside routes that are guarded.
    ReadsRows,
    /// A request that changes something, in a way that is not followed, beside routes that are guarded.
    Changes,
}

/// A route that nothing authenticates and that somebody should.
#[derive(Debug, Clone)]
pub struct ExposedRoute {
    pub exposure: Exposure,
    /// `DELETE /users/{id}`
    pub label: String,
    pub handler: String,
    /// The model or variable that it is about.
    pub subject: Option<String>,
    /// The decorator or call that registers it.
    pub registration: Span,
    /// Where it does what it does.
    pub evidence: Option<Span>,
    /// All it changes is a variable, in an application that authenticates nobody.
    pub is_in_memory: bool,
    /// What it does is seen, not told by names and neighbours.
    pub is_seen: bool,
    /// A login is all that it lacks: nobody owns the rows, and no administrator is meant.
    pub lacks_login_alone: bool,
    /// A route of the same file that is guarded.
    pub sibling: Option<GuardedSibling>,
    /// The call that makes its application.
    pub application: Option<Span>,
    /// Its decorator or call takes `dependencies=[…]`.
    pub takes_dependencies: bool,
    /// Where the handler could be given one more parameter: in front of its first one, or in its empty parentheses.
    pub parameters: Option<Span>,
}

#[derive(Debug, Clone)]
pub struct GuardedSibling {
    pub registration: Span,
    /// The name of its guard.
    pub guard: String,
    /// `Depends(get_current_user)`, where that is written in the same file.
    pub marker: Option<Span>,
    /// `user: CurrentUser` of its handler, where the guard is asked for through an alias.
    pub parameter: Option<Span>,
}

/// An application none of whose routes authenticates anyone, though some should.
#[derive(Debug, Clone)]
pub struct OpenApplication {
    pub name: String,
    /// The call that makes it.
    pub span: Span,
    /// At least one.
    pub routes: Vec<ExposedRoute>,
    /// What would be open among guarded routes once those are guarded.
    pub further: Vec<ExposedRoute>,
    /// It keeps its rows in memory alone.
    pub is_in_memory: bool,
}

/// An `include_router` without the dependency that the ones beside it have.
#[derive(Debug, Clone)]
pub struct OpenInclude {
    pub span: Span,
    /// The dependency that an `include_router` beside it has.
    pub guard: String,
    /// `Depends(get_current_user)` there.
    pub marker: Span,
    pub sibling: Span,
    pub routes: Vec<ExposedRoute>,
}

#[derive(Debug, Default)]
pub struct Exposures {
    pub applications: Vec<OpenApplication>,
    pub includes: Vec<OpenInclude>,
    pub routes: Vec<ExposedRoute>,
}

/// Functions that are visited from one handler.
const MAX_VISITS: usize = 60;
const MAX_DEPTH: usize = 4;

/// Open routes of an application without a guard that are told one by one, where the project has one.
const MAX_UNATTACHED: usize = 4;

impl Facts<'_> {
    /// Whether a function handles a route that is there for everybody: a login, a registration, a question about a
    /// token.
    pub fn is_for_everybody(&self, handler: FunctionRef) -> bool {
        if purposes::is_for_anyone(self.model.function_name(handler)) {
            return true;
        }
        let routes = &self.applications().routes;
        let mut own = routes.iter().map(|route| &route.operation);
        own.any(|operation| {
            let is_only = |method: &str| operation.methods.iter().all(|known| known == method);
            let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
            operation.handler.function() == Some(handler) && purpose.is_public(is_only("GET"), is_only("DELETE"))
        })
    }
}

/// What a route does.
#[derive(Debug, Default)]
struct Deeds {
    visited: Vec<FunctionRef>,
    rows: Vec<Row>,
    /// Variables of modules that it changes.
    memory: Vec<(String, Span)>,
    checks_password: bool,
    issues_token: Option<Span>,
    serves_file: Option<Span>,
    /// Calls that are not followed.
    is_open: bool,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) model: Option<DataModelId>,
    /// Where the model is not known: the table of an SQL text.
    pub(crate) table: Option<String>,
    pub(crate) operation: Operation,
    pub(crate) span: Span,
    /// Without any condition.
    pub(crate) is_whole: bool,
    /// The function in which the statement is written, where another one runs it.
    source: Option<FunctionRef>,
    /// A column that says who may see rows is compared.
    is_filtered: bool,
}

pub(crate) fn find(facts: &Facts<'_>) -> Exposures {
    let applications = facts.applications();
    let authentication = facts.authentication();
    let finder = Finder {
        facts,
        by_function: issued_in(facts),
    };
    let mut out = Exposures::default();
    let routes: Vec<Seen<'_>> = applications
        .routes
        .iter()
        .zip(&authentication.routes)
        .map(|(route, known)| Seen {
            route: Some(route),
            operation: &route.operation,
            known,
        })
        .collect();
    for (index, application) in applications.applications.iter().enumerate() {
        if application.is_test || !application.mounts.is_empty() {
            continue;
        }
        let group: Vec<&Seen<'_>> = routes
            .iter()
            .filter(|seen| {
                let own = seen.route.map(|route| route.application);
                own.is_some_and(|own| finder.outermost(own) == index)
            })
            .collect();
        finder.application(index, &group, &mut out);
    }
    let unmounted: Vec<Seen<'_>> = applications
        .unmounted
        .iter()
        .zip(&authentication.unmounted)
        .map(|(route, known)| Seen {
            route: None,
            operation: &route.operation,
            known,
        })
        .collect();
    // Routers of a project without an application: the file with it was not given. Others are never reached.
    if applications.applications.is_empty() {
        let group: Vec<&Seen<'_>> = unmounted.iter().collect();
        if group.iter().any(|seen| seen.is_guarded()) {
            finder.routes(&group, &mut out);
        }
    }
    text::sort_by_number(&mut out.routes, |route| route.registration.number());
    out
}

/// The functions that a handler reaches, and the rows that they touch.
pub(crate) fn rows(
    facts: &Facts<'_>,
    handler: FunctionRef,
    dependencies: &[Dependency],
) -> (Vec<FunctionRef>, Vec<Row>) {
    let finder = Finder {
        facts,
        by_function: FxHashMap::default(),
    };
    let deeds = finder.deeds(handler, dependencies);
    (deeds.visited, deeds.rows)
}

/// The functions that issue tokens, with the call.
fn issued_in(facts: &Facts<'_>) -> FxHashMap<FunctionRef, Span> {
    let encodes = facts.encodes.iter().map(|encode| encode.call.span);
    encodes
        .filter_map(|span| {
            let call = facts.model.expr_of(span)?;
            Some((facts.model.enclosing_function(call)?, span))
        })
        .collect()
}

struct Seen<'f> {
    route: Option<&'f Route>,
    operation: &'f RouteOperation,
    known: &'f RouteAuthentication,
}

impl Seen<'_> {
    fn is_guarded(&self) -> bool {
        self.known.guard.is_some()
    }

    fn is_open(&self) -> bool {
        self.known.guard.is_none() && self.known.attempt.is_none()
    }

    fn is_read(&self) -> bool {
        let methods = &self.operation.methods;
        let is_socket = matches!(self.operation.kind, RouteKind::WebSocket | RouteKind::PlainWebSocket);
        is_socket
            || methods
                .iter()
                .all(|method| matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS"))
    }

    fn file(&self) -> FileId {
        self.operation.registration.file
    }
}

struct Finder<'f> {
    facts: &'f Facts<'f>,
    by_function: FxHashMap<FunctionRef, Span>,
}

impl Finder<'_> {
    fn outermost(&self, application: usize) -> usize {
        let mut at = application;
        for _ in 0..16 {
            match self.facts.applications().applications[at].mounts.first() {
                Some(mount) => at = mount.parent,
                None => break,
            }
        }
        at
    }

    fn application(&self, index: usize, group: &[&Seen<'_>], out: &mut Exposures) {
        if group.iter().any(|seen| !seen.is_open()) {
            self.routes(group, out);
            return;
        }
        let mut found = Vec::new();
        for seen in group {
            found.extend(self.exposed(seen, None));
        }
        let is_in_memory = found.iter().all(|exposed| exposed.is_in_memory);
        // What changes rows is the clearer place to show.
        text::sort_by_number(&mut found, |exposed: &ExposedRoute| {
            u128::from(exposed.exposure > Exposure::CreatesRows) << 100
                | exposed.registration.number() & ((1 << 100) - 1)
        });
        // Something verifies tokens and is attached nowhere: each route lacks it.
        let application = &self.facts.applications().applications[index];
        let is_attached_nowhere =
            self.facts.decodes.iter().any(|decode| {
                !decode.call.is_test && self.facts.is_part_of(decode.call.span.file, application.span.file)
            });
        if is_attached_nowhere && found.len() <= MAX_UNATTACHED {
            out.routes.append(&mut found);
        } else if !found.is_empty() {
            let is_found = |seen: &Seen<'_>| {
                let mut registrations = found.iter().map(|exposed| exposed.registration);
                registrations.any(|known| known == seen.operation.registration)
            };
            let beside = Beside::new(self, group, &is_found);
            let others = group.iter().filter(|seen| !is_found(seen));
            let further = others.filter_map(|seen| self.exposed(seen, Some(&beside))).collect();
            out.applications.push(OpenApplication {
                name: application.name.clone(),
                span: application.span,
                further,
                routes: found,
                is_in_memory,
            });
        }
    }

    /// Open routes of an application, or file, that authenticates callers elsewhere.
    fn routes(&self, group: &[&Seen<'_>], out: &mut Exposures) {
        let beside = Beside::new(self, group, &|_| false);
        let mut seen_at = FxHashSet::default();
        let mut by_include: Vec<(Span, Vec<ExposedRoute>)> = Vec::new();
        for seen in group.iter().filter(|seen| seen.is_open()) {
            let Some(mut exposed) = self.exposed(seen, Some(&beside)) else {
                continue;
            };
            // Beside what is guarded, a store in memory is one as any other.
            exposed.is_in_memory = false;
            let include = seen.route.and_then(|route| route.includes.last().copied());
            match include.filter(|include| beside.include_is_at_fault(*include)) {
                Some(include) => match by_include.iter_mut().find(|(known, _)| *known == include) {
                    Some((_, routes)) => routes.push(exposed),
                    None => by_include.push((include, vec![exposed])),
                },
                None if seen_at.insert(exposed.registration) => out.routes.push(exposed),
                None => {}
            }
        }
        for (span, routes) in by_include {
            if let Some((sibling, guard, marker)) = beside.guarded_include(span) {
                out.includes.push(OpenInclude {
                    span,
                    guard,
                    marker,
                    sibling,
                    routes,
                });
            }
        }
    }

    /// What is exposed at a route, if anything is. `beside` are the routes of an application that authenticates
    /// callers.
    fn exposed(&self, seen: &Seen<'_>, beside: Option<&Beside>) -> Option<ExposedRoute> {
        let operation = seen.operation;
        let model = &self.facts.model;
        let methods = operation.methods.join(",");
        if matches!(methods.as_str(), "OPTIONS" | "HEAD")
            || model.file(operation.registration.file).is_test()
            || !operation.path.is_known
            || self.is_development_only(seen)
        {
            return None;
        }
        let method = operation.methods.first().map_or("WEBSOCKET", String::as_str);
        if self.facts.settings().is_public_route(method, &operation.path.text) {
            return None;
        }
        let function = operation.handler.function()?;
        let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
        let is_read = seen.is_read();
        let is_delete = operation.methods.iter().any(|method| method == "DELETE");
        let deeds = self.deeds(function, &operation.dependencies);
        let is_login = deeds.checks_password || takes_login_form(&operation.dependencies);
        let issues_to_anyone = deeds.issues_token.filter(|_| !is_login && self.asks_nothing(operation));
        let models = &self.facts.data().models;
        let is_public = match purpose.is_root() {
            // The root of an application, unless it shows rows.
            true => is_read && deeds.rows.is_empty(),
            false => purpose.is_public(is_read, is_delete),
        };
        if issues_to_anyone.is_none() && (is_login || is_public) {
            return None;
        }
        let name_of = |id: Option<DataModelId>| id.map(|id| models.get(id).name.clone());
        let mut found: Option<(Exposure, Option<String>, Option<Span>, bool)> = None;
        let mut consider = |exposure: Exposure, subject: Option<String>, at: Option<Span>, is_seen: bool| {
            if found.as_ref().is_none_or(|known| exposure < known.0) {
                found = Some((exposure, subject, at, is_seen));
            }
        };
        let creates_user = deeds.rows.iter().any(|row| {
            matches!(row.operation, Operation::Insert | Operation::Save)
                && row.model.is_some_and(|id| models.get(id).is_user())
        });
        let creates_account = purpose.has_word(&["user", "users", "account", "accounts", "customers", "members"])
            && deeds
                .rows
                .iter()
                .any(|row| matches!(row.operation, Operation::Insert | Operation::Save) && row.model.is_none());
        let is_registration = (creates_user || creates_account)
            && operation.methods == ["POST"]
            && !operation.path.text.contains('{')
            && !purpose.is_administrative();
        if is_registration && issues_to_anyone.is_none() {
            return None;
        }
        let is_variable = |row: &Row| {
            row.model
                .is_some_and(|id| models.get(id).source == ModelSource::Variable)
        };
        let mut is_in_memory = deeds.rows.iter().all(is_variable);
        if let Some(at) = issues_to_anyone {
            consider(Exposure::IssuesToken, None, Some(at), true);
            is_in_memory = false;
        }
        for row in &deeds.rows {
            let data = row.model.map(|id| models.get(id));
            let name = name_of(row.model).or_else(|| row.table.clone());
            let subject = name.as_deref().unwrap_or_default();
            let at = Some(row.span);
            match row.operation {
                Operation::Delete => consider(Exposure::DeletesRows, name, at, true),
                Operation::Update => consider(Exposure::ChangesRows, name, at, true),
                Operation::Insert | Operation::Save if is_read => {}
                Operation::Insert if purposes::is_intake(subject) => {}
                Operation::Insert => consider(Exposure::CreatesRows, name, at, true),
                Operation::Save => consider(Exposure::ChangesRows, name, at, true),
                Operation::ReadOne | Operation::ReadMany => {
                    let Some(data) = data else {
                        let is_users = row.table.is_some() && purposes::is_about_users(subject);
                        if is_users && is_read && !purpose.is_profile() {
                            consider(Exposure::ReadsUsers, name, at, true);
                        }
                        continue;
                    };
                    if row.is_filtered || !is_read {
                        continue;
                    }
                    let is_main = deeds.rows.iter().all(|other| {
                        other.model == row.model
                            || other.model.is_none()
                            || matches!(other.operation, Operation::Refresh)
                    });
                    if data.is_user() {
                        // A class of that name with nothing to log in with holds no accounts.
                        if !data.holds_accounts() {
                            continue;
                        }
                        let is_about_users = is_main
                            || purpose.has_word(&[
                                "user",
                                "users",
                                "account",
                                "accounts",
                                "members",
                                "customers",
                                "employees",
                                "patients",
                            ]);
                        if is_about_users && !purpose.is_profile() {
                            consider(Exposure::ReadsUsers, name, at, true);
                        }
                    } else if !data.owners.is_empty() || !data.parents.is_empty() {
                        let is_guarded_elsewhere = beside.is_some_and(|beside| beside.reads(row.model));
                        let is_private = purposes::is_private(&data.name);
                        let is_open_elsewhere = purposes::is_content(&data.name) || purpose.is_profile();
                        if is_private && !data.owners.is_empty()
                            || (is_guarded_elsewhere && !is_open_elsewhere)
                            || (!data.owners.is_empty() && !is_open_elsewhere && beside.is_some())
                        {
                            consider(Exposure::ReadsOwnedRows, name, at, true);
                        }
                    } else if beside.is_some_and(|beside| {
                        purposes::is_private(&data.name) || (beside.reads(row.model) && beside.is_alone(seen))
                    }) {
                        consider(Exposure::ReadsRows, name, at, true);
                    }
                }
                Operation::Count | Operation::Exists | Operation::Refresh => {}
            }
        }
        if !is_read && let Some((name, at)) = deeds.memory.first() {
            let exposure = match is_delete {
                true => Exposure::DeletesRows,
                false => Exposure::ChangesRows,
            };
            consider(exposure, Some(name.clone()), Some(*at), true);
        }
        if let Some(beside) = beside {
            let is_file = deeds.serves_file.filter(|_| {
                purpose.has_word(&[
                    "logs",
                    "log",
                    "file",
                    "files",
                    "download",
                    "downloads",
                    "document",
                    "documents",
                    "upload",
                    "uploads",
                    "backup",
                    "export",
                    "exports",
                    "report",
                    "reports",
                    "invoice",
                    "invoices",
                ])
            });
            if let Some(at) = is_file {
                consider(Exposure::ServesFiles, None, Some(at), true);
            }
            let is_for_all = is_read && purpose.has_word(&["public"]);
            if purpose.is_administrative()
                && !is_for_all
                && (!is_read || deeds.is_open || !deeds.rows.is_empty() || deeds.serves_file.is_some())
            {
                consider(Exposure::Administers, None, None, false);
            }
            let is_change = operation
                .methods
                .iter()
                .any(|method| matches!(method.as_str(), "PUT" | "PATCH" | "DELETE"));
            let is_odd = beside.has_guarded_change(seen);
            if !is_read && ((deeds.is_open || is_change) && is_odd || is_change && beside.is_mostly_guarded) {
                consider(Exposure::Changes, None, None, false);
            }
            // What callers send over an open socket is acted on.
            if operation.methods.is_empty() && beside.sibling(seen).is_some() && self.receives(function) {
                consider(Exposure::Changes, None, None, false);
            }
        }
        let (exposure, subject, evidence, is_seen) = found?;
        let is_nobodys = deeds.rows.iter().all(|row| {
            row.model.is_some_and(|id| {
                let model = models.get(id);
                model.owners.is_empty() && model.parents.is_empty() && !model.is_user()
            })
        });
        let lacks_login_alone = is_nobodys && !purpose.is_administrative() && !operation.path.text.contains("user");
        Some(ExposedRoute {
            exposure,
            label: match operation.methods.is_empty() {
                true => format!("WebSocket {}", operation.path.text),
                false => format!("{methods} {}", operation.path.text),
            },
            handler: operation.handler.name.clone(),
            subject,
            registration: operation.registration,
            evidence,
            is_seen,
            sibling: beside.and_then(|beside| beside.sibling(seen)),
            parameters: operation
                .handler
                .function()
                .and_then(|handler| self.parameters(handler)),
            is_in_memory,
            lacks_login_alone,
            application: seen.route.map(|route| {
                let outermost = self.outermost(route.application);
                self.facts.applications().applications[outermost].span
            }),
            takes_dependencies: operation.kind == RouteKind::Api,
        })
    }

    /// `await websocket.receive_text()`
    fn receives(&self, handler: FunctionRef) -> bool {
        let model = &self.facts.model;
        let source = model.file(handler.file).source();
        let ast = source.ast();
        let calls = model.calls_within(handler.file, ast[ast[handler.id].stmt].range);
        calls.into_iter().any(|call| match ast[call.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } => {
                    let name = source.name(name);
                    name.starts_with("receive") || name.starts_with("iter_")
                }
                _ => false,
            },
            _ => false,
        })
    }

    fn parameters(&self, handler: FunctionRef) -> Option<Span> {
        let ast = self.facts.model.ast(handler.file);
        let function = &ast[handler.id];
        let place = match ast[function.parameters].first() {
            Some(first) => first.range.start(),
            None => {
                let end = function.name_range.end();
                let text = self.facts.text(handler.file);
                text[usize::from(end)..]
                    .starts_with("()")
                    .then(|| end + TextSize::of('('))?
            }
        };
        Some(Span::new(handler.file, TextRange::empty(place)))
    }

    fn is_development_only(&self, seen: &Seen<'_>) -> bool {
        let model = &self.facts.model;
        let way = seen.route.into_iter().flat_map(|route| route.includes.iter());
        std::iter::once(&seen.operation.registration)
            .chain(way)
            .any(|&span| is_development_only(model, span))
    }

    /// No parameter but the id in the path.
    fn asks_nothing(&self, operation: &RouteOperation) -> bool {
        let Some(function) = operation.handler.function() else {
            return false;
        };
        let model = &self.facts.model;
        let ast = model.ast(function.file);
        let parameters = ast[ast[function.id].parameters].iter().enumerate();
        let name = |parameter: &Parameter| model.file(function.file).source().name(parameter.name);
        parameters
            .filter(|(_, parameter)| matches!(parameter.kind, ParameterKind::Normal | ParameterKind::KeywordOnly))
            .all(|(index, parameter)| {
                let is_id =
                    name(parameter).ends_with("id") && operation.path.text.contains(&format!("{{{}", name(parameter)));
                is_id || model.injected(function, index as u32).is_some()
            })
            && operation
                .dependencies
                .iter()
                .all(|dependency| !matches!(dependency.callable.kind, CallableKind::Unknown))
    }

    fn deeds(&self, handler: FunctionRef, dependencies: &[Dependency]) -> Deeds {
        let mut out = Deeds::default();
        let mut pending: Vec<(FunctionRef, usize)> = vec![(handler, 0)];
        let mut injected: Vec<&Dependency> = dependencies.iter().collect();
        while let Some(dependency) = injected.pop() {
            pending.extend(dependency.callable.function().map(|function| (function, 2)));
            if pending.len() < MAX_VISITS {
                injected.extend(dependency.dependencies.iter());
            }
        }
        let mut visited = FxHashSet::default();
        while let Some((function, depth)) = pending.pop() {
            if visited.len() >= MAX_VISITS || !visited.insert(function) {
                continue;
            }
            out.visited.push(function);
            self.visit(function, depth, &mut out, &mut pending);
        }
        // A helper runs the statements of all its callers.
        out.rows
            .retain(|row| row.source.is_none_or(|source| visited.contains(&source)));
        out
    }

    fn visit(&self, function: FunctionRef, depth: usize, out: &mut Deeds, pending: &mut Vec<(FunctionRef, usize)>) {
        let model = &self.facts.model;
        let ast = model.ast(function.file);
        let source = model.file(function.file).source();
        for query in self.facts.data().queries.in_function(function) {
            let id = match query.models.first() {
                Some(ModelUse::Known(id)) => Some(*id),
                _ => None,
            };
            let model_of = id.map(|id| self.facts.data().models.get(id));
            if model_of.is_some_and(|data| data.source == ModelSource::Variable && purposes::is_upkeep(&data.name)) {
                continue;
            }
            out.rows.push(Row {
                model: id,
                table: None,
                operation: query.operation,
                span: query.span,
                is_whole: query.conditions.is_empty(),
                source: model
                    .function_at(query.source.file, query.source.range.start())
                    .filter(|source| *source != function),
                is_filtered: query
                    .predicates()
                    .iter()
                    .any(|predicate| purposes::is_visibility(predicate.column.name())),
            });
        }
        if out.issues_token.is_none() {
            out.issues_token = self.by_function.get(&function).copied();
        }
        for stmt in ast.stmts_within(ast[function.id].body) {
            let changed: Vec<ExprId> = match ast[stmt].kind {
                StmtKind::Assign { targets, .. } => ast[targets].to_vec(),
                StmtKind::AugmentedAssign { target, .. } => vec![target],
                StmtKind::Delete(targets) => ast[targets].to_vec(),
                _ => continue,
            };
            for target in changed {
                if let ExprKind::Subscript { object, .. } = ast[target].kind {
                    self.add_memory(function.file, object, out);
                }
            }
        }
        let Some(range) = ast.block_range(ast[function.id].body) else {
            return;
        };
        for call in model.calls_within(function.file, range) {
            let ExprKind::Call { function: callee, .. } = ast[call.id].kind else {
                continue;
            };
            let name = match ast[callee].kind {
                ExprKind::Name(name) => source.imported_name(name),
                ExprKind::Attribute { object, name, .. } => {
                    let name = source.imported_name(name);
                    if CHANGING_METHODS.contains(&name) {
                        self.add_memory(function.file, object, out);
                    }
                    name
                }
                _ => continue,
            };
            // A text of SQL that goes to code of the project's own.
            if let ExprKind::Call { arguments, .. } = ast[call.id].kind
                && let Some(first) = ast[arguments].first()
            {
                self.add_sql(
                    ExprRef {
                        file: call.file,
                        id: first.value,
                    },
                    out,
                );
            }
            let receiver = model.receiver(call).map(|receiver| model.written(receiver));
            out.checks_password |= purposes::checks_password(name, receiver.as_deref());
            let callees = model.callee(call);
            let mut is_followed = false;
            for value in &callees {
                match &value.kind {
                    ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                        is_followed = true;
                        if depth < MAX_DEPTH {
                            pending.push((*called, depth + 1));
                        }
                    }
                    ValueKind::External(path) => {
                        is_followed |= path.starts_with("builtins.") || path.starts_with("fastapi.");
                        if path.ends_with(".FileResponse")
                            || path.ends_with(".StreamingResponse")
                            || matches!(&**path, "builtins.open" | "open")
                        {
                            out.serves_file.get_or_insert(model.span(call));
                        }
                    }
                    ValueKind::Class(_) => is_followed = true,
                    _ => {}
                }
            }
            out.is_open |= !is_followed;
        }
    }

    fn add_sql(&self, expr: ExprRef, out: &mut Deeds) {
        let model = &self.facts.model;
        if !matches!(model.expr(expr).kind, ExprKind::Name(_) | ExprKind::String { .. }) {
            return;
        }
        let values = model.eval(expr);
        let [value] = values.as_slice() else { return };
        let Some((operation, table)) = value.as_str().and_then(statement) else {
            return;
        };
        let span = model.span(expr);
        let is_known = |row: &Row| row.model.is_some();
        if !out.rows.iter().any(is_known) {
            out.rows.push(Row {
                model: self.facts.data().models.named(&table, expr.file),
                table: Some(table),
                operation,
                span,
                is_whole: false,
                source: None,
                is_filtered: false,
            });
        }
    }

    /// A list or dictionary of a module that is changed.
    fn add_memory(&self, file: FileId, object: ExprId, out: &mut Deeds) {
        let model = &self.facts.model;
        let ast = model.ast(file);
        let mut at = object;
        for _ in 0..4 {
            match ast[at].kind {
                ExprKind::Subscript { object, .. } => at = object,
                _ => break,
            }
        }
        if !matches!(ast[at].kind, ExprKind::Name(_)) {
            return;
        }
        let expr = ExprRef { file, id: at };
        let NameUse::Bound(definitions) = model.definitions(expr) else {
            return;
        };
        for definition in definitions {
            if definition.binding.scope != ScopeId::MODULE {
                continue;
            }
            let home = model.ast(definition.file);
            let value = match definition.binding.kind {
                BindingKind::Value(value) => value,
                _ => continue,
            };
            let is_container = match home[value].kind {
                ExprKind::List(_) | ExprKind::Dict(_) | ExprKind::Set(_) => true,
                ExprKind::Call { function, .. } => matches!(
                    home[function].kind,
                    ExprKind::Name(name) if matches!(
                        model.file(definition.file).source().imported_name(name),
                        "dict" | "list" | "set" | "defaultdict" | "OrderedDict"
                    )
                ),
                _ => false,
            };
            let name = &*model.written(expr);
            if is_container && !purposes::is_upkeep(name) {
                out.memory.push((name.to_owned(), model.span(expr)));
            }
        }
    }
}

/// What an SQL text does, and to which table.
fn statement(text: &str) -> Option<(Operation, String)> {
    let mut words = text
        .split(|c: char| c.is_whitespace() || c == '(')
        .filter(|word| !word.is_empty());
    let (operation, before) = match words.next()?.to_ascii_lowercase().as_str() {
        "select" => (Operation::ReadMany, "from"),
        "insert" => (Operation::Insert, "into"),
        "update" => (Operation::Update, ""),
        "delete" => (Operation::Delete, "from"),
        _ => return None,
    };
    if !before.is_empty() {
        words.find(|word| word.eq_ignore_ascii_case(before))?;
    }
    let table = words
        .next()?
        .trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    (!table.is_empty()).then(|| (operation, table.to_owned()))
}

const CHANGING_METHODS: &[&str] = &[
    "append",
    "pop",
    "update",
    "add",
    "remove",
    "insert",
    "clear",
    "setdefault",
    "extend",
    "popitem",
    "discard",
];

fn takes_login_form(dependencies: &[Dependency]) -> bool {
    dependencies.iter().any(|dependency| {
        matches!(&dependency.callable.kind, CallableKind::External { path, .. } if path.contains("OAuth2PasswordRequestForm"))
    })
}

/// What the routes of an application say of one another.
struct Beside {
    /// Models that guarded routes read.
    guarded_reads: FxHashSet<DataModelId>,
    files: FxHashMap<FileId, FileRoutes>,
    /// Most of the routes that change something are guarded.
    is_mostly_guarded: bool,
    /// For each include: its file, whether some route below it is open or guarded by something else, and the guard
    /// that it brings itself.
    includes: Vec<Include>,
}

#[derive(Default)]
struct FileRoutes {
    guarded: usize,
    guarded_changes: usize,
    guarded_reads: usize,
    open_data: usize,
    sibling: Option<GuardedSibling>,
}

struct Include {
    span: Span,
    /// Its name, and the place that asks for it.
    guard: Option<(String, Span)>,
    has_guarded: bool,
}

impl Beside {
    /// As if the routes that `is_imagined` were guarded, too.
    fn new(finder: &Finder<'_>, group: &[&Seen<'_>], is_imagined: &dyn Fn(&Seen<'_>) -> bool) -> Beside {
        let mut files: FxHashMap<FileId, FileRoutes> = FxHashMap::default();
        let mut guarded_reads = FxHashSet::default();
        let mut includes: Vec<Include> = Vec::new();
        let (mut changes, mut guarded_changes) = (0, 0);
        for seen in group {
            let operation = seen.operation;
            let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
            let file = files.entry(seen.file()).or_default();
            let is_read = seen.is_read();
            let is_public = purpose.is_public(is_read, false);
            let is_imagined = is_imagined(seen);
            if seen.known.guard.is_some() || is_imagined {
                file.guarded += 1;
                file.guarded_reads += usize::from(is_read);
                file.guarded_changes += usize::from(!is_read);
                if let Some(guard) = &seen.known.guard
                    && file.sibling.is_none()
                    && !is_public
                {
                    let declared = operation
                        .dependencies
                        .iter()
                        .find(|dependency| dependency.declared == guard.span);
                    let marker = declared
                        .map(|dependency| dependency.marker)
                        .filter(|marker| marker.file == seen.file());
                    let parameter = declared
                        .filter(|dependency| dependency.level == Level::Parameter)
                        .map(|dependency| dependency.declared)
                        .filter(|declared| declared.file == seen.file());
                    file.sibling = Some(GuardedSibling {
                        registration: operation.registration,
                        guard: guard.name.clone(),
                        marker,
                        parameter,
                    });
                }
                if is_read {
                    guarded_reads.extend(seen.known.ownership.data.iter().copied());
                    if let Some(function) = operation.handler.function() {
                        let rows = finder.deeds(function, &[]).rows;
                        guarded_reads.extend(rows.into_iter().filter_map(|row| row.model));
                    }
                }
            } else if seen.is_open() && !is_public {
                file.open_data += 1;
            }
            if !is_read && !is_public {
                changes += 1;
                guarded_changes += usize::from(!seen.is_open() || is_imagined);
            }
            let Some(include) = seen.route.and_then(|route| route.includes.last().copied()) else {
                continue;
            };
            let by_include = operation.dependencies.iter().find(|dependency| {
                dependency.level == Level::Include
                    && include.file == dependency.declared.file
                    && include.range.contains_range(dependency.declared.range)
            });
            let guard = by_include
                .filter(|dependency| {
                    seen.known
                        .guard
                        .as_ref()
                        .is_some_and(|guard| guard.span == dependency.declared)
                })
                .map(|dependency| (dependency.callable.name.clone(), dependency.marker));
            match includes.iter_mut().find(|known| known.span == include) {
                Some(known) => {
                    known.guard = known.guard.take().or(guard);
                    known.has_guarded |= !seen.is_open();
                }
                None => includes.push(Include {
                    span: include,
                    guard,
                    has_guarded: !seen.is_open(),
                }),
            }
        }
        Beside {
            guarded_reads,
            files,
            is_mostly_guarded: guarded_changes * 2 > changes,
            includes,
        }
    }

    fn reads(&self, model: Option<DataModelId>) -> bool {
        model.is_some_and(|model| self.guarded_reads.contains(&model))
    }

    /// The only open one among guarded routes of its file.
    fn is_alone(&self, seen: &Seen<'_>) -> bool {
        self.files
            .get(&seen.file())
            .is_some_and(|file| file.open_data == 1 && file.guarded >= 2 && file.guarded_reads >= 1)
    }

    fn has_guarded_change(&self, seen: &Seen<'_>) -> bool {
        self.files
            .get(&seen.file())
            .is_some_and(|file| file.guarded_changes > 0)
    }

    fn sibling(&self, seen: &Seen<'_>) -> Option<GuardedSibling> {
        self.files.get(&seen.file())?.sibling.clone()
    }

    fn include_is_at_fault(&self, include: Span) -> bool {
        let is_bare = self
            .includes
            .iter()
            .any(|known| known.span == include && known.guard.is_none() && !known.has_guarded);
        is_bare && self.guarded_include(include).is_some()
    }

    /// An include in the same file that brings a guard.
    fn guarded_include(&self, include: Span) -> Option<(Span, String, Span)> {
        let mut beside = self
            .includes
            .iter()
            .filter(|known| known.span.file == include.file && known.span != include);
        beside.find_map(|known| {
            let (guard, marker) = known.guard.clone()?;
            Some((known.span, guard, marker))
        })
    }
}
