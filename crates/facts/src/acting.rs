//! Users that clients name themselves: in a path, a query, a header, a cookie or a body, where rows of that user are
//! then read or changed, and whether anything compares them with the verified caller.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;
use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::applications::{Applications, Operation as RouteOperation};
use crate::authentication::{Authentication, Calls, GuardChecks};
use crate::authenticators::raised;
use crate::data::Data;
use crate::dependencies::{CallableKind, Dependency};
use crate::flow::{Flow, Origin, OriginKind, Origins, RequestPart};
use crate::libraries::callers;
use crate::libraries::data::Operation;
use crate::libraries::purposes::{self, Purpose};
use crate::models::{DataModel, OwnerReason};
use crate::ownership::{Exposure, RowAccess, Tie, UserRows};
use crate::queries::{Operand, Query, Stored};
use crate::unverified::is_logger;

/// A user that a client names, which nothing compares with the verified caller.
#[derive(Debug, Clone)]
pub struct NamedUser {
    /// Index in [`Applications::routes`].
    pub route: usize,
    pub part: RequestPart,
    /// `user_id`
    pub name: String,
    /// Where it enters the code: the parameter, or what reads it.
    pub span: Span,
    /// Where rows are chosen by it; nothing where it goes to code that is not followed.
    pub used: Option<RowsOfUser>,
    /// The route has a verified caller; otherwise this is all that it knows of one.
    pub has_caller: bool,
}

#[derive(Debug, Clone)]
pub struct RowsOfUser {
    pub span: Span,
    /// The model, or variable, and the column.
    pub model: String,
    pub column: String,
    pub is_change: bool,
    /// The row of the user itself.
    pub is_user: bool,
    /// Of a group of people: a tenant, an organisation.
    pub is_group: bool,
}

/// Functions that are visited for one route.
const MAX_VISITS: usize = 60;
const MAX_DEPTH: usize = 4;

impl Facts<'_> {
    /// Users that clients name without being compared with the caller, found when they are first asked for.
    pub fn named_users(&self) -> &[NamedUser] {
        self.named_users.get_or_init(|| {
            find(
                self,
                &self.model,
                self.applications(),
                self.authentication(),
                self.data(),
            )
        })
    }
}

fn find(
    facts: &Facts<'_>,
    model: &Model<'_>,
    applications: &Applications,
    authentication: &Authentication,
    data: &Data,
) -> Vec<NamedUser> {
    let flow = facts.callers_flow();
    let calls = facts.calls();
    let finder = Finder {
        model,
        flow: &flow,
        calls: &calls,
        data,
        user_rows: UserRows::new(model, &flow, &calls, data),
    };
    let mut out = Vec::new();
    // Whoever may do it, it is not for the user who is named.
    let administrative = &facts.privileges().administrative;
    for (index, (route, known)) in applications.routes.iter().zip(&authentication.routes).enumerate() {
        let is_test = applications.applications[route.application].is_test;
        if administrative.iter().any(|other| other.route == index) {
            continue;
        }
        if is_test || model.file(route.operation.registration.file).is_test() || known.role.is_some() {
            continue;
        }
        let has_caller = match &known.guard {
            // A key says that the caller is trusted, not who it is.
            Some(guard) if guard.checks == GuardChecks::Secret => continue,
            Some(_) => true,
            None => match &known.attempt {
                // Whoever it is that vouches for the caller, the named user is another matter.
                Some(attempt) => attempt.checks == GuardChecks::NotFollowed || known.claimed.is_some(),
                None => continue,
            },
        };
        finder.route(index, &route.operation, has_caller, &mut out);
    }
    out
}

struct Finder<'m, 'a> {
    model: &'m Model<'a>,
    flow: &'m Flow<'m, 'a>,
    calls: &'m Calls<'m, 'a>,
    data: &'m Data,
    user_rows: UserRows<'m, 'a>,
}

impl Finder<'_, '_> {
    fn route(&self, index: usize, operation: &RouteOperation, has_caller: bool, out: &mut Vec<NamedUser>) {
        let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
        let is_read = operation.methods.iter().all(|method| method == "GET");
        if purpose.is_public(is_read, false) {
            return;
        }
        let entered = entered(operation);
        let visited = self.visited(&entered);
        let is_own = |origin: &Origin| {
            let around = self.model.function_at(origin.span.file, origin.span.range.start());
            around.is_some_and(|function| visited.contains(&function))
        };
        let mut found: Vec<NamedUser> = Vec::new();
        let mut tied: Vec<Span> = Vec::new();
        // A part of the path is the same one in every function that asks for it.
        let mut tied_parts: Vec<String> = Vec::new();
        let mut considered: Vec<Span> = Vec::new();
        let user_rows: OnceCell<Vec<RowAccess>> = OnceCell::new();
        for &function in &visited {
            for query in self.data.queries.in_function(function) {
                if query.is_test {
                    continue;
                }
                let mut clients: Vec<(Origin, RowsOfUser)> = Vec::new();
                let mut has_verified = false;
                for predicate in query.predicates() {
                    let Operand::Expr { expr, frame, .. } = &predicate.value else {
                        continue;
                    };
                    let origins = self.flow.origins_in(*expr, frame.as_ref());
                    has_verified |= origins.iter().any(|origin| origin.kind.is_verified())
                        && !origins
                            .iter()
                            .any(|origin| origin.kind.is_from_client() && is_own(origin));
                    let Some(rows) = self.rows(query, predicate.column.name()) else {
                        continue;
                    };
                    let written = self.model.text(predicate.value.span());
                    let own = origins.iter().filter(|origin| is_own(origin));
                    clients.extend(own.map(|origin| {
                        let mut origin = origin.clone();
                        // The body is one parameter: what is read of it says more.
                        if let OriginKind::Request {
                            part: RequestPart::Body,
                            name: Some(name),
                        } = &mut origin.kind
                            && written.len() < 40
                            && written.contains('.')
                        {
                            *name = written.to_owned();
                        }
                        (origin, rows.clone())
                    }));
                }
                for (origin, mut rows) in clients {
                    let OriginKind::Request { part, name: Some(name) } = origin.kind else {
                        continue;
                    };
                    let mut is_theirs = true;
                    if rows.is_user && has_caller {
                        let accesses = user_rows.get_or_init(|| self.user_rows.accesses(operation));
                        let mut accesses = accesses.iter().filter(|access| access.span == query.span).peekable();
                        let is_met = accesses.peek().is_some();
                        let open = accesses.find(|access| access.tie == Tie::Nothing && access.exposure.is_some());
                        if is_met && open.is_none() {
                            tied.push(origin.span);
                            continue;
                        }
                        let change = open.and_then(|access| access.exposure).and_then(changed);
                        rows.is_change |= change.is_some();
                        // Money is sent to others, and others are invited: what the client says of them is another
                        // matter.
                        let is_named_beside = matches!(part, RequestPart::Body | RequestPart::Query);
                        is_theirs = !is_named_beside || change.is_some_and(|change| self.is_told_by_client(change));
                    }
                    if has_verified {
                        if part == RequestPart::Path {
                            tied_parts.push(name.clone());
                        }
                        tied.push(origin.span);
                        continue;
                    }
                    considered.push(origin.span);
                    // A filter that may be left out stands for nobody.
                    if !has_caller && part == RequestPart::Query && self.is_optional(origin.span) {
                        continue;
                    }
                    if is_theirs
                        && self.matters(part, &name, &rows, has_caller, is_read, &purpose)
                        && found.iter().all(|known| known.span != origin.span)
                    {
                        found.push(NamedUser {
                            route: index,
                            part,
                            name,
                            span: origin.span,
                            used: Some(rows),
                            has_caller,
                        });
                    }
                }
            }
        }
        let is_tied_part = |user: &NamedUser| user.part == RequestPart::Path && tied_parts.contains(&user.name);
        found.retain(|user| !tied.contains(&user.span) && !is_tied_part(user));
        if has_caller && found.is_empty() {
            considered.extend(tied);
            found.extend(self.unfollowed(index, operation, &visited, &considered));
        }
        found.retain(|user| !self.is_checked(user, &visited, has_caller));
        out.append(&mut found);
    }

    /// Whose rows a predicate on a column chooses.
    fn rows(&self, query: &Query, column: &str) -> Option<RowsOfUser> {
        let model: &DataModel = self.data.models.get(query.model()?);
        let owner = model.owners.iter().find(|owner| owner.column == column);
        let is_key = column == "id"
            || column == "_id"
            || model
                .columns
                .iter()
                .any(|known| known.name == column && known.is_primary_key);
        let is_user = model.is_user() && (is_key || matches!(column, "username" | "email" | "user_id" | "uuid"));
        if owner.is_none() && !is_user {
            return None;
        }
        Some(RowsOfUser {
            span: query.span,
            model: model.name.clone(),
            column: column.to_owned(),
            is_change: matches!(
                query.operation,
                Operation::Insert | Operation::Save | Operation::Update | Operation::Delete
            ),
            is_user,
            is_group: owner.is_some_and(|owner| owner.reason == OwnerReason::GroupName) && !is_user,
        })
    }

    fn matters(
        &self,
        part: RequestPart,
        name: &str,
        rows: &RowsOfUser,
        has_caller: bool,
        is_read: bool,
        purpose: &Purpose,
    ) -> bool {
        if callers::is_secret(name) {
            return false;
        }
        if !has_caller {
            // What stands for the caller where nothing verifies one.
            return matches!(part, RequestPart::Header | RequestPart::Cookie | RequestPart::Query)
                && callers::names_user(name);
        }
        if rows.is_user {
            // Others are looked up by what they are known by.
            return match part {
                RequestPart::Path => {
                    !purpose.is_profile() && (!is_read || !matches!(name, "username" | "handle" | "slug"))
                }
                RequestPart::Header | RequestPart::Cookie => callers::names_user(name),
                RequestPart::Body | RequestPart::Query => !is_read,
                RequestPart::Any => false,
            };
        }
        let is_public = is_read && (purposes::is_content(&rows.model) || purpose.is_profile());
        !is_public && part != RequestPart::Any
    }

    /// `username: str | None = None`, `user_id: int = Query(None)`
    fn is_optional(&self, parameter: Span) -> bool {
        let Some(function) = self.model.function_at(parameter.file, parameter.range.start()) else {
            return false;
        };
        let ast = self.model.ast(function.file);
        let default = ast[ast[function.id].parameters]
            .iter()
            .find(|known| parameter.range.contains_range(known.name_range))
            .and_then(|known| known.default);
        default.is_some_and(|id| {
            let default = ExprRef {
                file: function.file,
                id,
            };
            let given = self.model.argument_expr(default, Some(0), "default").unwrap_or(default);
            let values = self.model.eval(given);
            values.iter().any(|value| matches!(value.kind, ValueKind::None))
        })
    }

    /// A row is deleted, or gets values that the client chooses.
    fn is_told_by_client(&self, (span, deletes): (Span, bool)) -> bool {
        if deletes {
            return true;
        }
        let fills = self.data.queries.fills.iter().filter(|fill| fill.span == span);
        fills.flat_map(|fill| &fill.stored).any(|stored| {
            let value = match stored {
                Stored::Column { value, .. } => value,
                Stored::Copied(copied) => &copied.value,
            };
            let Operand::Expr { expr, frame, .. } = value else {
                return false;
            };
            let origins = self.flow.origins_in(*expr, frame.as_ref());
            origins.iter().any(|origin| origin.kind.is_from_client())
        })
    }

    /// A user in the path that goes to code which is not followed, and nowhere else.
    fn unfollowed(
        &self,
        index: usize,
        operation: &RouteOperation,
        visited: &[FunctionRef],
        tied: &[Span],
    ) -> Option<NamedUser> {
        let function = operation.handler.function()?;
        let ast = self.model.ast(function.file);
        let source = self.model.file(function.file).source();
        let path = &operation.path.text;
        let parameters = ast[ast[function.id].parameters].iter();
        let mut named = parameters.filter(|parameter| {
            let name = source.name(parameter.name);
            callers::names_user(name) && path.contains(&format!("{{{name}"))
        });
        let parameter = named.next()?;
        let span = Span::new(function.file, parameter.name_range);
        let name = source.name(parameter.name);
        // Its purpose is another user: `/admin/…`, `/users/{user_id}/follow`.
        if tied.contains(&span) || !self.chooses(function, name) || visited.is_empty() {
            return None;
        }
        Some(NamedUser {
            route: index,
            part: RequestPart::Path,
            name: name.to_owned(),
            span,
            used: None,
            has_caller: true,
        })
    }

    /// Whether a function filters rows of its own, or asks others for rows, by a parameter.
    fn chooses(&self, function: FunctionRef, parameter: &str) -> bool {
        let file = function.file;
        let ast = self.model.ast(file);
        let source = self.model.file(file).source();
        let is_it =
            |id: ExprId| matches!(ast[id].kind, ExprKind::Name(name) if source.imported_name(name) == parameter);
        let by_call = self.calls.of(function).into_iter().any(|call| {
            let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                return false;
            };
            ast[arguments].iter().any(|argument| is_it(argument.value))
                && self.model.callee(call).iter().all(|callee| {
                    !matches!(callee.kind, ValueKind::Function(_) | ValueKind::Method { .. } | ValueKind::Class(_))
                        && !matches!(&callee.kind, ValueKind::External(path) if path.starts_with("builtins.") || path.starts_with("fastapi.") && !path.ends_with(".add_task") || path.starts_with("uuid.") || path.starts_with("logging."))
                })
                && !self.is_told(call)
        });
        let by_comparison = self.calls.comparisons(function).into_iter().any(|comparison| {
            let ExprKind::Compare { first, rest } = ast[comparison.id].kind else {
                return false;
            };
            let [compared] = ast[rest] else { return false };
            [(first, compared.right), (compared.right, first)]
                .into_iter()
                .any(|(own, other)| {
                    is_it(own)
                        && self
                            .column(ExprRef { file, id: other })
                            .is_some_and(callers::names_user)
                })
        });
        by_call || by_comparison
    }

    /// A call that only tells somebody: a log, an exception.
    fn is_told(&self, call: ExprRef) -> bool {
        let text = &*self.model.written(call);
        ["log", "print", "HTTPException", "str(", "int(", "raise"]
            .iter()
            .any(|word| text.starts_with(word))
    }

    /// `user_id` of `task.user_id` and `task["user_id"]`.
    fn column(&self, expr: ExprRef) -> Option<&str> {
        let file = self.model.file(expr.file);
        let ast = file.ast();
        match ast[expr.id].kind {
            ExprKind::Attribute { name, .. } => Some(file.source().name(name)),
            ExprKind::Subscript { index, .. } => match ast[index].kind {
                ExprKind::String { .. } => {
                    let text = &file.text()[ast[index].range];
                    Some(text.trim_matches(['(', ')', '"', '\'']))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Something compares the named user with the caller, or may do so.
    fn is_checked(&self, user: &NamedUser, visited: &[FunctionRef], has_caller: bool) -> bool {
        // The path may come in at several places: the route and a dependency.
        let is_it = |origins: &Origins| {
            origins.iter().any(|origin| match &origin.kind {
                OriginKind::Request {
                    part: RequestPart::Path,
                    name,
                } => user.part == RequestPart::Path && name.as_deref() == Some(user.name.as_str()),
                _ => origin.span == user.span,
            })
        };
        for &function in visited {
            let file = function.file;
            let ast = self.model.ast(file);
            for comparison in self.calls.comparisons(function) {
                let ExprKind::Compare { first, rest } = ast[comparison.id].kind else {
                    continue;
                };
                if self.stops_nobody(comparison) {
                    continue;
                }
                for compared in &ast[rest] {
                    let sides = [first, compared.right].map(|id| self.flow.origins_in(ExprRef { file, id }, None));
                    let may = |id: ExprId, origins: &Origins| match origins.is_empty() {
                        true => self.looks_like_caller(ExprRef { file, id }),
                        false => may_be_caller(origins, has_caller),
                    };
                    let is_check = (is_it(&sides[0]) && may(compared.right, &sides[1]))
                        || (is_it(&sides[1]) && may(first, &sides[0]));
                    if is_check {
                        return true;
                    }
                }
            }
            if !has_caller {
                continue;
            }
            for call in self.calls.of(function) {
                let ExprKind::Call {
                    arguments,
                    function: callee,
                } = ast[call.id].kind
                else {
                    continue;
                };
                let is_followed = self.model.callee(call).iter().any(|callee| {
                    matches!(
                        callee.kind,
                        ValueKind::Function(_) | ValueKind::Method { .. } | ValueKind::Class(_)
                    )
                });
                let at = |id: ExprId| ExprRef { file, id };
                let given: Vec<_> = ast[arguments]
                    .iter()
                    .map(|argument| self.flow.origins_in(at(argument.value), None))
                    .collect();
                if is_followed
                    || !given.iter().any(|origins| is_it(origins))
                    || self.data.queries.at(call).next().is_some()
                {
                    continue;
                }
                let name = match ast[callee].kind {
                    ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                        self.model.file(file).source().imported_name(name)
                    }
                    _ => "",
                };
                let receiver = self.model.receiver(call);
                let of_caller = receiver.is_some_and(|receiver| {
                    let origins = self.flow.origins_in(receiver, None);
                    origins.iter().any(|origin| origin.kind.is_verified())
                }) || given
                    .iter()
                    .any(|origins| origins.iter().any(|origin| origin.kind.is_verified()));
                if (of_caller && !self.is_told(call)) || callers::is_guard_name(name) || callers::is_role_name(name) {
                    return true;
                }
            }
        }
        false
    }

    /// A comparison after which strangers go on as the caller does: its result is thrown away, what it leads to is no
    /// more than a line in a log, or it is the caller who is turned away.
    fn stops_nobody(&self, comparison: ExprRef) -> bool {
        let file = self.model.file(comparison.file);
        let ast = file.ast();
        let stmt = ast.stmt_of(comparison.id);
        let StmtKind::If { branches, otherwise } = ast[stmt].kind else {
            return matches!(ast[stmt].kind, StmtKind::Expr(whole) if whole == comparison.id);
        };
        let ([branch], None) = (&ast[branches], otherwise) else {
            return false;
        };
        let is_not = |id: ExprId| {
            matches!(
                ast[id].kind,
                ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    ..
                }
            )
        };
        let is_whole =
            branch.test == comparison.id || is_not(branch.test) && ast.parent_expr(comparison.id) == Some(branch.test);
        if !is_whole {
            return false;
        }
        let says = |stmt: StmtId| match ast[stmt].kind {
            StmtKind::Pass => true,
            StmtKind::Expr(expr) => match ast[expr].kind {
                ExprKind::Call { .. } => is_logger(
                    self.model,
                    ExprRef {
                        file: comparison.file,
                        id: expr,
                    },
                ),
                ExprKind::String { .. } | ExprKind::Ellipsis => true,
                _ => false,
            },
            _ => false,
        };
        if ast[branch.body].iter().all(|&stmt| says(stmt)) {
            return true;
        }
        let is_same = match ast[comparison.id].kind {
            ExprKind::Compare { rest, .. } => {
                let is_equal = ast[rest].iter().all(|one| one.operator == CompareOperator::Equal);
                is_equal != is_not(branch.test)
            }
            _ => false,
        };
        let forbids = ast[branch.body].iter().any(|&stmt| match ast[stmt].kind {
            StmtKind::Raise {
                exception: Some(exception),
                ..
            } => raised(self.model, comparison.file, exception).is_some_and(|found| found.status == Some(403)),
            _ => false,
        });
        is_same && forbids
    }

    /// `current_user.id`, `claims["sub"]`: by its name, the caller.
    fn looks_like_caller(&self, expr: ExprRef) -> bool {
        let ast = self.model.ast(expr.file);
        let mut at = expr.id;
        for _ in 0..12 {
            at = match ast[at].kind {
                ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => object,
                ExprKind::Await(inner) => inner,
                ExprKind::Call { function, arguments } => match (&ast[function].kind, &ast[arguments]) {
                    (ExprKind::Attribute { object, .. }, _) => *object,
                    (ExprKind::Name(_), [argument]) => argument.value,
                    _ => return false,
                },
                ExprKind::Name(name) => {
                    let values = self.model.eval(ExprRef { id: at, ..expr });
                    // `User.username` in a query is a column of everybody.
                    if values.iter().any(|value| matches!(value.kind, ValueKind::Class(_))) {
                        return false;
                    }
                    let name = self.model.file(expr.file).source().imported_name(name);
                    return callers::words(name).iter().any(|word| {
                        matches!(
                            word.as_str(),
                            "current"
                                | "user"
                                | "auth"
                                | "token"
                                | "payload"
                                | "claims"
                                | "me"
                                | "identity"
                                | "principal"
                                | "caller"
                                | "session"
                                | "request"
                                | "jwt"
                                | "sub"
                                | "requester"
                                | "actor"
                        )
                    });
                }
                _ => return false,
            };
        }
        false
    }

    /// The functions that a route runs: those that FastAPI calls, then what they call.
    fn visited(&self, entered: &[FunctionRef]) -> Vec<FunctionRef> {
        let mut out: Vec<FunctionRef> = Vec::new();
        let mut known = FxHashSet::default();
        let mut pending: Vec<(FunctionRef, usize)> = entered.iter().rev().map(|&function| (function, 0)).collect();
        while let Some((function, depth)) = pending.pop() {
            if out.len() >= MAX_VISITS || !known.insert(function) {
                continue;
            }
            out.push(function);
            if depth >= MAX_DEPTH {
                continue;
            }
            for call in self.calls.of(function) {
                for callee in self.model.callee(call) {
                    if let ValueKind::Function(called) | ValueKind::Method { function: called, .. } = callee.kind {
                        pending.push((called, depth + 1));
                    }
                }
            }
        }
        out
    }
}

fn changed(exposure: Exposure) -> Option<(Span, bool)> {
    match exposure {
        Exposure::Write(span) => Some((span, false)),
        Exposure::Delete(span) => Some((span, true)),
        Exposure::Read(_) => None,
    }
}

/// What FastAPI calls for a route: its handler, then its dependencies.
fn entered(operation: &RouteOperation) -> Vec<FunctionRef> {
    let mut out: Vec<FunctionRef> = operation.handler.function().into_iter().collect();
    let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
    while let Some(dependency) = pending.pop() {
        if !matches!(dependency.callable.kind, CallableKind::External { .. }) {
            out.extend(dependency.callable.function());
        }
        if out.len() < MAX_VISITS {
            pending.extend(dependency.dependencies.iter());
        }
    }
    out
}

/// Whether a value is the caller, or may be: what is not followed may be anyone.
fn may_be_caller(origins: &Origins, has_caller: bool) -> bool {
    let is_verified = origins.iter().any(|origin| origin.kind.is_verified());
    let is_unknown = origins.iter().any(|origin| origin.kind == OriginKind::Unknown);
    let is_unverified = !has_caller && origins.iter().any(|origin| origin.kind == OriginKind::Credential);
    is_verified || is_unverified || (is_unknown && !origins.iter().any(|origin| origin.kind.is_from_client()))
}
