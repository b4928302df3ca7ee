//! Middleware that verifies callers before any route runs, and the paths that it lets through.

use semantic::{ClassRef, ExprRef, FunctionRef, Model, ValueKind, Walk};
use syntax::ast::*;
use text::Span;

use super::paths::{PathTest, Request};
use super::search::{Place, Search, inner_functions, method};
use super::{Guard, GuardChecks, GuardKind};
use crate::applications::{Applications, Route};
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::{callers, web};

/// What may verify callers before the routes of an application run.
pub(super) struct Middleware {
    guard: Guard,
    is_verified: bool,
    /// The function that sees the request; nothing for what is not followed.
    function: Option<FunctionRef>,
    /// Where in it callers are verified.
    points: Vec<ExprRef>,
    /// Index of the application; `None`: every one.
    application: Option<usize>,
    /// Routes of these files alone: those whose router has a route class that verifies.
    file: Option<text::FileId>,
}

/// Where a middleware is added, and what it is.
struct Added {
    function: Option<FunctionRef>,
    name: String,
    span: Span,
    application: Option<usize>,
    file: Option<text::FileId>,
}

pub(super) fn find(
    model: &Model<'_>,
    handlers: &Handlers,
    applications: &Applications,
    search: &Search<'_, '_>,
) -> Vec<Middleware> {
    let mut added = decorated(model, handlers, applications);
    for file in model.file_ids() {
        if model.file(file).is_test() {
            continue;
        }
        for call in model.calls_named(file, ["add_middleware", "Middleware"]) {
            added.extend(registered(model, applications, call));
        }
        for call in model.calls_named(file, ["APIRouter"]) {
            added.extend(route_class(model, call));
        }
    }
    added
        .into_iter()
        .filter_map(|added| examine(model, search, added))
        .collect()
}

/// The guard of a route, and what may be one.
pub(super) fn of_route(
    model: &Model<'_>,
    found: &[Middleware],
    applications: &Applications,
    route: &Route,
) -> (Option<Guard>, Option<Guard>) {
    let mut attempt = None;
    for middleware in found {
        if !middleware.applies(applications, route) || !middleware.reaches(model, route) {
            continue;
        }
        if middleware.is_verified {
            return (Some(middleware.guard.clone()), None);
        }
        attempt.get_or_insert_with(|| middleware.guard.clone());
    }
    (None, attempt)
}

impl Middleware {
    fn applies(&self, applications: &Applications, route: &Route) -> bool {
        if let Some(file) = self.file {
            return route.operation.registration.file == file;
        }
        let Some(wanted) = self.application else { return true };
        // What is mounted runs behind the middleware of the application around it.
        let mut pending = vec![route.application];
        let mut steps = 0;
        while let Some(index) = pending.pop() {
            if index == wanted {
                return true;
            }
            steps += 1;
            if steps > 16 {
                break;
            }
            pending.extend(applications.applications[index].mounts.iter().map(|mount| mount.parent));
        }
        false
    }

    /// Whether requests of a route come to where callers are verified.
    fn reaches(&self, model: &Model<'_>, route: &Route) -> bool {
        let Some(function) = self.function else { return true };
        if self.points.is_empty() || !route.operation.path.is_known {
            return true;
        }
        let ast = model.ast(function.file);
        let mut way = Way {
            ast,
            points: &self.points,
            request: Request::new(model, function, &route.operation),
            is_reached: false,
        };
        model.walk(function.file, ast[function.id].body, true, &mut way);
        way.is_reached
    }
}

/// Runs a middleware for requests of one route. A state is false where such requests do not come.
struct Way<'w, 'm, 'a> {
    ast: &'a Ast,
    points: &'w [ExprRef],
    request: Request<'m, 'a>,
    is_reached: bool,
}

impl Walk for Way<'_, '_, '_> {
    type State = bool;

    fn evaluated(&mut self, expr: ExprId, state: &mut bool) {
        if !*state || self.is_reached {
            return;
        }
        let range = self.ast[expr].range;
        self.is_reached = self
            .points
            .iter()
            .any(|point| range.contains_range(self.ast[point.id].range));
    }

    fn branched(&mut self, test: ExprId, truth: bool, state: &mut bool) {
        if *state && self.request.test(test) == PathTest::known(!truth) {
            *state = false;
        }
    }

    fn caught(&mut self, _: StmtId, _: &semantic::Catch, state: bool) -> Option<bool> {
        Some(state)
    }

    fn returned(&mut self, _: StmtId, _: Option<ExprId>, _: &bool) {}

    fn ended(&mut self, _: &bool) {}
}

fn examine(model: &Model<'_>, search: &Search<'_, '_>, added: Added) -> Option<Middleware> {
    let make = |evidence: Vec<(Span, String)>, checks: GuardChecks, points: Vec<ExprRef>| Middleware {
        guard: Guard {
            name: added.name.clone(),
            kind: GuardKind::Middleware,
            checks,
            span: added.span,
            evidence,
        },
        is_verified: !matches!(checks, GuardChecks::NotFollowed | GuardChecks::Nothing),
        function: added.function.filter(|_| added.file.is_none()),
        points,
        application: added.application,
        file: added.file,
    };
    let Some(function) = added.function else {
        let note = (added.span, format!("`{}` may check the caller", added.name));
        return Some(make(vec![note], GuardChecks::NotFollowed, Vec::new()));
    };
    for inner in inner_functions(model, function) {
        let refuses = || search.can_refuse(function, 0) || search.can_refuse(inner, 0);
        if !refuses() && !raises(model, &search.points(inner)) {
            continue;
        }
        if let Some(steps) = search.function(inner, 0) {
            let points = if inner == function {
                search.points(function)
            } else {
                Vec::new()
            };
            return Some(make(steps.notes.to_vec(), steps.checks, points));
        }
    }
    if !search.can_refuse(function, 0) {
        return None;
    }
    let note = search.function_attempt(function, Place::Middleware, 0)?;
    let points = model
        .expr_of(note.0)
        .into_iter()
        .filter(|point| point.file == function.file);
    let is_inside = |point: &ExprRef| model.enclosing_function(*point) == Some(function);
    let points = points.filter(is_inside).collect();
    Some(make(vec![note], GuardChecks::Nothing, points))
}

/// `@app.middleware("http")`
fn decorated(model: &Model<'_>, handlers: &Handlers, applications: &Applications) -> Vec<Added> {
    let mut functions: Vec<FunctionRef> = handlers
        .all()
        .filter(|(function, kind)| *kind == HandlerKind::Middleware && !model.file(function.file).is_test())
        .map(|(function, _)| function)
        .collect();
    text::sort_by_number(&mut functions, |function| {
        u128::from(function.file.0) << 32 | function.id.index() as u128
    });
    let mut out = Vec::new();
    for function in functions {
        let ast = model.ast(function.file);
        let receiver = ast[ast[function.id].decorators].iter().find_map(|&id| {
            let decorator = ExprRef {
                file: function.file,
                id,
            };
            let ExprKind::Call { .. } = ast[id].kind else {
                return None;
            };
            let receiver = model.receiver(decorator)?;
            Some(application_of(model, applications, receiver))
        });
        if let Some(application) = receiver {
            out.push(Added {
                function: Some(function),
                name: model.function_name(function).to_owned(),
                span: Span::new(function.file, ast[function.id].name_range),
                application,
                file: None,
            });
        }
    }
    out
}

/// `app.add_middleware(Class)`, `Middleware(Class)`
fn registered(model: &Model<'_>, applications: &Applications, call: ExprRef) -> Vec<Added> {
    let arguments = model.arguments(call, None);
    let Some(given) = arguments.get(Some(0), &["middleware_class", "cls"]) else {
        return Vec::new();
    };
    let application = model
        .receiver(call)
        .and_then(|receiver| application_of(model, applications, receiver));
    let add = |function: Option<FunctionRef>, name: &str| Added {
        function,
        name: name.to_owned(),
        span: given.span,
        application,
        file: None,
    };
    let mut out = Vec::new();
    for value in &given.values {
        match &value.kind {
            ValueKind::Class(class) => {
                let name = model.class_name(*class);
                let function = middleware_method(model, *class);
                out.extend(function.map(|function| add(Some(function), name)));
            }
            ValueKind::Function(function) => out.push(add(Some(*function), model.function_name(*function))),
            ValueKind::External(path) => {
                if &**path == web::BASE_HTTP_MIDDLEWARE {
                    let dispatch = arguments.get(None, &["dispatch"]).into_iter();
                    for value in dispatch.flat_map(|dispatch| &dispatch.values) {
                        if let ValueKind::Function(function) | ValueKind::Method { function, .. } = value.kind {
                            out.push(add(Some(function), model.function_name(function)));
                        }
                    }
                } else if path.ends_with(".AuthenticationMiddleware") && path.starts_with("starlette.") {
                    let backend = arguments.get(None, &["backend"]).into_iter();
                    for value in backend.flat_map(|backend| &backend.values) {
                        let class = match value.kind {
                            ValueKind::Instance { class, .. } | ValueKind::Class(class) => class,
                            _ => continue,
                        };
                        let function = method(model, class, "authenticate");
                        // One that lets callers without credentials through leaves refusing to the routes.
                        let function = function.filter(|&function| !returns_nothing(model, function));
                        out.extend(function.map(|function| add(Some(function), model.class_name(class))));
                    }
                } else if callers::middleware_may_authenticate(path) {
                    out.push(add(None, path));
                }
            }
            _ => {}
        }
    }
    out
}

/// `APIRouter(route_class=Class)`, whose `get_route_handler` runs before the handlers.
fn route_class(model: &Model<'_>, call: ExprRef) -> Option<Added> {
    let arguments = model.arguments(call, None);
    let given = arguments.get(None, &["route_class"])?;
    let class = given.values.iter().find_map(|value| match value.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    })?;
    Some(Added {
        function: method(model, class, "get_route_handler"),
        name: model.class_name(class).to_owned(),
        span: given.span,
        application: None,
        file: Some(call.file),
    })
}

fn middleware_method(model: &Model<'_>, class: ClassRef) -> Option<FunctionRef> {
    method(model, class, "dispatch").or_else(|| method(model, class, "__call__"))
}

/// What a call that verifies raises is caught nowhere.
fn raises(model: &Model<'_>, points: &[ExprRef]) -> bool {
    points.iter().any(|point| {
        let ast = model.ast(point.file);
        let stmt = ast.stmt_of(point.id);
        let function = ast.enclosing_function(stmt).map(|function| ast[function].stmt);
        let mut inside = ast.ancestors(stmt).take_while(|outer| Some(*outer) != function);
        !inside.any(|outer| matches!(ast[outer].kind, StmtKind::Try { .. }))
    })
}

/// `return` or `return None` somewhere.
fn returns_nothing(model: &Model<'_>, function: FunctionRef) -> bool {
    let ast = model.ast(function.file);
    ast.stmts_within(ast[function.id].body)
        .into_iter()
        .any(|stmt| match ast[stmt].kind {
            StmtKind::Return(None) => true,
            StmtKind::Return(Some(value)) => matches!(ast[value].kind, ExprKind::None),
            _ => false,
        })
}

fn application_of(model: &Model<'_>, applications: &Applications, receiver: ExprRef) -> Option<usize> {
    model.eval(receiver).iter().find_map(|value| {
        let mut known = applications.applications.iter();
        known.position(|application| application.span == value.origin)
    })
}
