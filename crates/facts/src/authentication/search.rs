//! Finds the calls that verify who the caller is, and what may do so without being followed.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use super::checks::Checks;
use super::{Calls, Guard, GuardChecks, GuardKind};
use crate::applications::Operation;
use crate::dependencies::{Callable, CallableKind, Dependency};
use crate::flow::{RequestPart, Verifications};
use crate::libraries::fastapi::DEPENDS;
use crate::libraries::{callers, identity, requests};

/// Calls inside calls that are searched for the one that verifies.
const MAX_DEPTH: usize = 6;
/// Calls inside calls that are searched for what may verify.
const MAX_ATTEMPT_DEPTH: usize = 4;

/// The way to the call that verifies.
#[derive(Clone)]
pub(super) struct Steps {
    /// First step first.
    pub(super) notes: Rc<[Note]>,
    /// Where the credential that is checked enters the code; empty for tokens.
    sources: Rc<[Span]>,
    pub(super) checks: GuardChecks,
}

impl Steps {
    fn one(span: Span, note: String, checks: GuardChecks) -> Steps {
        Steps {
            notes: Rc::new([(span, note)]),
            sources: Rc::new([]),
            checks,
        }
    }

    fn after(&self, note: Note) -> Steps {
        Steps {
            notes: std::iter::once(note).chain(self.notes.iter().cloned()).collect(),
            sources: self.sources.clone(),
            checks: self.checks,
        }
    }
}

/// A place with what it says.
pub(super) type Note = (Span, String);

pub(super) struct Search<'m, 'a> {
    model: &'m Model<'a>,
    verifications: &'m Verifications,
    calls: &'m Calls<'m, 'a>,
    checks: Checks<'m, 'a>,
    verified: RefCell<FxHashMap<FunctionRef, Option<Steps>>>,
    attempts: RefCell<FxHashMap<(FunctionRef, Place), Option<Note>>>,
}

/// Where code stands that may look at credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// What refuses there refuses callers.
    Dependency,
    Handler,
    /// It sees every request, and may look at its headers for other reasons.
    Middleware,
}

impl<'m, 'a> Search<'m, 'a> {
    pub(super) fn new(
        model: &'m Model<'a>,
        verifications: &'m Verifications,
        calls: &'m Calls<'m, 'a>,
        checks: Checks<'m, 'a>,
    ) -> Search<'m, 'a> {
        Search {
            model,
            verifications,
            calls,
            checks,
            verified: RefCell::default(),
            attempts: RefCell::default(),
        }
    }

    /// What verifies for a route: a dependency, the handler, or a decorator of the handler.
    pub(super) fn guard(&self, operation: &Operation) -> Option<Guard> {
        let of_dependency = operation.dependencies.iter().find_map(|dependency| {
            let steps = self.dependency(dependency, 0)?;
            self.is_of(operation, &steps).then(|| Guard {
                name: dependency.callable.name.clone(),
                kind: GuardKind::Dependency,
                checks: steps.checks,
                span: dependency.declared,
                evidence: steps.notes.to_vec(),
            })
        });
        let handler = |name: &str, span: Span, steps: Steps| Guard {
            name: name.to_owned(),
            kind: GuardKind::Handler,
            checks: steps.checks,
            span,
            evidence: steps.notes.to_vec(),
        };
        of_dependency
            .or_else(|| {
                let (name, span, steps) = self.decorators(operation)?;
                Some(handler(&name, span, steps))
            })
            .or_else(|| {
                let steps = self.function(handler_function(self.model, &operation.handler)?, 0)?;
                self.is_of(operation, &steps)
                    .then(|| handler(&operation.handler.name, operation.declaration, steps))
            })
    }

    /// Whether a credential enters the code in a function that runs for this route: helpers that many routes share
    /// see the credentials of all of them.
    fn is_of(&self, operation: &Operation, steps: &Steps) -> bool {
        if steps.sources.is_empty() {
            return true;
        }
        let around = |span: &Span| self.model.function_at(span.file, span.range.start());
        let mut running: Vec<FunctionRef> = steps.notes.iter().filter_map(|(span, _)| around(span)).collect();
        running.extend(called_function(self.model, &operation.handler));
        let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
        while let Some(dependency) = pending.pop() {
            running.extend(called_function(self.model, &dependency.callable));
            if running.len() < 200 {
                pending.extend(dependency.dependencies.iter());
            }
        }
        steps
            .sources
            .iter()
            .any(|source| around(source).is_some_and(|function| running.contains(&function)))
    }

    /// What may verify for a route, in a way that is not followed.
    pub(super) fn attempt(&self, operation: &Operation) -> Option<Guard> {
        let guard = |name: &str, kind: GuardKind, checks: GuardChecks, declared: Span, note: Note| Guard {
            name: name.to_owned(),
            kind,
            checks,
            span: declared,
            evidence: vec![note],
        };
        let of_dependency = operation.dependencies.iter().find_map(|dependency| {
            let note = self.dependency_attempt(dependency, 0)?;
            let name = &dependency.callable.name;
            let checks = match is_followed(dependency, 0) {
                true => GuardChecks::Nothing,
                false => GuardChecks::NotFollowed,
            };
            Some(guard(name, GuardKind::Dependency, checks, dependency.declared, note))
        });
        of_dependency.or_else(|| {
            let name = &operation.handler.name;
            let note = match handler_function(self.model, &operation.handler) {
                Some(function) => self
                    .decorator_attempt(operation)
                    .or_else(|| self.function_attempt(function, Place::Handler, 0))?,
                // Whatever handles it may do anything.
                None => (operation.declaration, "the handler is not followed".to_owned()),
            };
            let checks = GuardChecks::Nothing;
            Some(guard(name, GuardKind::Handler, checks, operation.declaration, note))
        })
    }

    /// A dependency verifies when one that it asks for does, or it itself.
    fn dependency(&self, dependency: &Dependency, depth: usize) -> Option<Steps> {
        if depth > MAX_DEPTH || dependency.is_conditional {
            return None;
        }
        let here = (
            dependency.declared,
            format!("`{}` is asked for here", dependency.callable.name),
        );
        let own = self.callable(&dependency.callable, dependency.marker);
        let found = own.or_else(|| {
            dependency
                .dependencies
                .iter()
                .find_map(|inner| self.dependency(inner, depth + 1))
        })?;
        Some(found.after(here))
    }

    /// `asked` is the place that asks for it.
    fn callable(&self, callable: &Callable, asked: Span) -> Option<Steps> {
        match &callable.kind {
            CallableKind::External { path, .. } => {
                let by = identity::vouched_for(path)?;
                Some(Steps::one(
                    asked,
                    format!("{by} vouches for the caller"),
                    GuardChecks::Vouched,
                ))
            }
            _ => self.function(called_function(self.model, callable)?, 0),
        }
    }

    pub(super) fn function(&self, function: FunctionRef, depth: usize) -> Option<Steps> {
        if let Some(known) = self.verified.borrow().get(&function) {
            return known.clone();
        }
        if depth > MAX_DEPTH {
            return None;
        }
        // A function that is being searched adds nothing to its own search.
        self.verified.borrow_mut().insert(function, None);
        let found = self.search(function, depth);
        self.verified.borrow_mut().insert(function, found.clone());
        found
    }

    fn search(&self, function: FunctionRef, depth: usize) -> Option<Steps> {
        let calls = self.calls.of(function);
        for &call in &calls {
            let span = self.model.span(call);
            if self.verifications.get(&span) == Some(&true) {
                return Some(Steps::one(
                    span,
                    "the token is verified here".to_owned(),
                    GuardChecks::Token,
                ));
            }
        }
        if let Some(check) = self.checks.of(function) {
            return Some(Steps {
                notes: Rc::new([(check.span, check.does.to_owned())]),
                sources: check.sources.into(),
                checks: check.checks,
            });
        }
        calls.into_iter().find_map(|call| self.callee(call, depth))
    }

    /// What a call leads to that verifies; `None` for the call that verifies itself.
    fn callee(&self, call: ExprRef, depth: usize) -> Option<Steps> {
        let span = self.model.span(call);
        for callee in self.model.callee(call) {
            let found = match &callee.kind {
                ValueKind::External(path) => {
                    let by = identity::vouched_for(path);
                    by.map(|by| Steps::one(span, format!("{by} vouches for the caller"), GuardChecks::Vouched))
                }
                ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                    let name = self.model.function_name(*called);
                    let steps = self.function(*called, depth + 1);
                    steps.map(|steps| steps.after((span, format!("`{name}()` is called here"))))
                }
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Calls and comparisons of a function that verify, or lead to what verifies.
    pub(super) fn points(&self, function: FunctionRef) -> Vec<ExprRef> {
        let calls = self.calls.of(function).into_iter();
        let mut out: Vec<ExprRef> = calls
            .filter(|&call| {
                self.verifications.get(&self.model.span(call)) == Some(&true) || self.callee(call, 0).is_some()
            })
            .collect();
        if let Some(check) = self.checks.of(function) {
            out.extend(self.model.expr_of(check.span));
        }
        out
    }

    // Decorators between the one that registers the route and the handler

    fn decorators(&self, operation: &Operation) -> Option<(String, Span, Steps)> {
        for (decorator, callee) in other_decorators(self.model, operation) {
            let span = self.model.span(decorator);
            for value in self.model.eval(callee) {
                match &value.kind {
                    ValueKind::Function(function) | ValueKind::Method { function, .. } => {
                        for inner in inner_functions(self.model, *function) {
                            if let Some(steps) = self.function(inner, 0) {
                                let name = self.model.function_name(*function).to_owned();
                                return Some((name, span, steps));
                            }
                        }
                    }
                    ValueKind::External(path) => {
                        if let Some(by) = identity::vouched_for(path) {
                            let steps = Steps::one(span, format!("{by} vouches for the caller"), GuardChecks::Vouched);
                            return Some((path.to_string(), span, steps));
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }

    fn decorator_attempt(&self, operation: &Operation) -> Option<Note> {
        for (decorator, callee) in other_decorators(self.model, operation) {
            let span = self.model.span(decorator);
            let name = last_name(self.model, callee).unwrap_or_default();
            let of_inner = self.model.eval(callee).into_iter().find_map(|value| match value.kind {
                ValueKind::Function(function) | ValueKind::Method { function, .. } => {
                    let inner = inner_functions(self.model, function).into_iter();
                    inner
                        .filter_map(|inner| self.function_attempt(inner, Place::Dependency, 0))
                        .next()
                }
                _ => None,
            });
            if of_inner.is_some() {
                return of_inner;
            }
            if callers::speaks_of_callers(name) {
                return Some((span, format!("`{name}` may check the caller")));
            }
        }
        None
    }

    // What may verify

    fn dependency_attempt(&self, dependency: &Dependency, depth: usize) -> Option<Note> {
        if depth > MAX_DEPTH {
            return Some((dependency.declared, "it is nested too deeply".to_owned()));
        }
        let callable = &dependency.callable;
        let name = &callable.name;
        let span = dependency.declared;
        let may = || (span, format!("`{name}` may check the caller"));
        if dependency.is_conditional && self.callable(callable, dependency.marker).is_some() {
            return Some((span, format!("`{name}` is asked for on some ways")));
        }
        let own = match &callable.kind {
            // The object of fastapi-jwt-auth does nothing until one of its methods is called.
            CallableKind::External { path, .. } if path.ends_with("fastapi_jwt_auth.AuthJWT") => None,
            CallableKind::External { path, .. } => callers::may_authenticate(path).then(may),
            CallableKind::Unknown => callers::may_authenticate(name).then(may),
            // `lambda: 10` looks at nobody.
            CallableKind::Lambda(lambda) => self.calls_something(*lambda).then(may),
            CallableKind::Instance { class, .. } | CallableKind::Class(class)
                if self
                    .model
                    .descends_from(*class, |path| requests::scheme_part(path).is_some()) =>
            {
                Some(may())
            }
            _ if callers::is_guard_name(name) => Some(may()),
            _ => called_function(self.model, callable)
                .and_then(|function| self.function_attempt(function, Place::Dependency, 0)),
        };
        own.or_else(|| {
            let mut inner = dependency.dependencies.iter();
            inner.find_map(|inner| self.dependency_attempt(inner, depth + 1))
        })
        .or_else(|| {
            let mut others = callable.alternatives.iter();
            others.find_map(|other| self.callable(other, span).map(|_| may()))
        })
    }

    fn calls_something(&self, lambda: ExprRef) -> bool {
        let ast = self.model.ast(lambda.file);
        let ExprKind::Lambda { body, .. } = ast[lambda.id].kind else {
            return true;
        };
        let mut parts = ast.descendants(body).into_iter().chain([body]);
        parts.any(|id| matches!(ast[id].kind, ExprKind::Call { .. } | ExprKind::Attribute { .. }))
    }

    pub(super) fn function_attempt(&self, function: FunctionRef, place: Place, depth: usize) -> Option<Note> {
        let key = (function, place);
        if let Some(known) = self.attempts.borrow().get(&key) {
            return known.clone();
        }
        if depth > MAX_ATTEMPT_DEPTH {
            return None;
        }
        self.attempts.borrow_mut().insert(key, None);
        let found = self.look_for_attempt(function, place, depth);
        self.attempts.borrow_mut().insert(key, found.clone());
        found
    }

    fn look_for_attempt(&self, function: FunctionRef, place: Place, depth: usize) -> Option<Note> {
        let ast = self.model.ast(function.file);
        let source = self.model.file(function.file).source();
        if depth == 0 && place != Place::Middleware {
            for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
                let name = source.name(parameter.name);
                let parts = parameter.default.into_iter().chain(parameter.annotation);
                let described = parts.flat_map(|id| ast.descendants(id)).find_map(|id| {
                    let expr = ExprRef {
                        file: function.file,
                        id,
                    };
                    self.described(expr)
                });
                let is_credential = match described {
                    Some((RequestPart::Header | RequestPart::Cookie, alias)) => {
                        callers::is_credential(alias.as_deref().unwrap_or(name))
                    }
                    Some((_, alias)) => callers::is_secret(alias.as_deref().unwrap_or(name)),
                    None => {
                        let is_dependency = parameter.default.is_some_and(|id| {
                            let call = ExprRef {
                                file: function.file,
                                id,
                            };
                            matches!(ast[id].kind, ExprKind::Call { .. })
                                && self
                                    .model
                                    .called_path(call)
                                    .is_some_and(|path| DEPENDS.contains(&&*path))
                        });
                        callers::is_secret(name)
                            && !is_dependency
                            && self.model.injected(function, index as u32).is_none()
                    }
                };
                if is_credential {
                    let span = Span::new(function.file, parameter.name_range);
                    return Some((span, format!("`{name}` may be a credential")));
                }
            }
        }
        for read in self.calls.reads(function) {
            if let Some(note) = self.read_attempt(read, place) {
                return Some(note);
            }
        }
        for call in self.calls.of(function) {
            let callees = self.model.callee(call);
            let mut is_followed = false;
            for callee in &callees {
                if let ValueKind::Function(called) | ValueKind::Method { function: called, .. } = callee.kind {
                    is_followed = true;
                    if let Some(note) = self.function_attempt(called, place, depth + 1) {
                        return Some(note);
                    }
                }
            }
            if is_followed {
                continue;
            }
            let ExprKind::Call { function: callee, .. } = ast[call.id].kind else {
                continue;
            };
            let callee = ExprRef {
                file: call.file,
                id: callee,
            };
            let name = last_name(self.model, callee).unwrap_or_default();
            let receiver = self.model.receiver(call);
            let of_receiver = receiver.and_then(|receiver| last_name(self.model, receiver));
            let is_variable = name == "get" && of_receiver.is_some_and(callers::is_guard_name);
            if callers::is_guard_name(name) || is_variable {
                return Some((self.model.span(call), format!("`{name}` may check the caller")));
            }
            if place == Place::Dependency && self.is_refusal(call, name) {
                return Some((self.model.span(call), "callers are refused here".to_owned()));
            }
        }
        None
    }

    /// The part of the request that `Header(alias="X-Api-Key")` stands for, and its alias.
    fn described(&self, call: ExprRef) -> Option<(RequestPart, Option<String>)> {
        let ExprKind::Call { .. } = self.model.expr(call).kind else {
            return None;
        };
        let part = requests::parameter_part(&self.model.called_path(call)?)?;
        let arguments = self.model.arguments(call, None);
        let alias = arguments.get(None, &["alias", "validation_alias"]);
        let alias = alias.and_then(|alias| alias.values.first()?.as_str().map(str::to_owned));
        Some((part, alias))
    }

    /// `request.headers["Authorization"]`, `request.cookies`, `request.session`, `request.user`.
    fn read_attempt(&self, read: ExprRef, place: Place) -> Option<Note> {
        let ast = self.model.ast(read.file);
        let source = self.model.file(read.file).source();
        let ExprKind::Attribute { object, name, .. } = ast[read.id].kind else {
            return None;
        };
        let object = ExprRef {
            file: read.file,
            id: object,
        };
        if !self.is_connection(object) {
            return None;
        }
        let note = |what: &str| Some((self.model.span(read), format!("{what} of the request is read here")));
        let parent = ast.parent_expr(read.id);
        match source.name(name) {
            "cookies" => note("a cookie"),
            "session" => note("the session"),
            "user" | "auth" => note("the user"),
            "state" => {
                let ExprKind::Attribute { name, .. } = ast[parent?].kind else {
                    return None;
                };
                callers::speaks_of_callers(source.name(name)).then_some(())?;
                note("the user")
            }
            "headers" => {
                let key = match ast[parent?].kind {
                    ExprKind::Subscript { index, .. } => Some(index),
                    ExprKind::Attribute { .. } => match ast[ast.parent_expr(parent?)?].kind {
                        ExprKind::Call { arguments, .. } => ast[arguments].first().map(|argument| argument.value),
                        _ => None,
                    },
                    _ => None,
                };
                let Some(key) = key else {
                    return match place {
                        Place::Middleware => None,
                        Place::Dependency | Place::Handler => note("the headers"),
                    };
                };
                let values = self.model.eval(ExprRef {
                    file: read.file,
                    id: key,
                });
                let names: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
                let is_other = !names.is_empty() && !names.iter().any(|name| callers::is_credential(name));
                match is_other {
                    true => None,
                    false => note("a credential"),
                }
            }
            _ => None,
        }
    }

    fn is_connection(&self, object: ExprRef) -> bool {
        let by_name = last_name(self.model, object)
            .is_some_and(|name| matches!(name, "request" | "req" | "websocket" | "ws" | "conn" | "connection"));
        by_name
            || self.model.eval(object).iter().any(|value| match &value.kind {
                ValueKind::Call { path, .. } => requests::is_connection(path),
                _ => false,
            })
    }

    /// `HTTPException(401)` and its like.
    fn is_refusal(&self, call: ExprRef, name: &str) -> bool {
        if !(name.contains("Exception") || name.contains("Error") || name.contains("Unauthorized")) {
            return false;
        }
        name.contains("Unauthorized") || refuses(self.model, call, &[401])
    }

    /// Whether a function can refuse callers: it raises, or answers 401 or 403.
    pub(super) fn can_refuse(&self, function: FunctionRef, depth: usize) -> bool {
        let ast = self.model.ast(function.file);
        let within = ast.stmts_within(ast[function.id].body);
        // What was caught and is raised again refuses nobody.
        let is_caught = |raised: Name| {
            within.iter().any(|&around| match ast[around].kind {
                StmtKind::Try { handlers, .. } => ast[handlers]
                    .iter()
                    .filter_map(|handler| handler.name)
                    .any(|bound| matches!(ast[bound].kind, ExprKind::Name(bound) if bound == raised)),
                _ => false,
            })
        };
        let raises = |stmt: StmtId| match ast[stmt].kind {
            StmtKind::Raise {
                exception: Some(exception),
                ..
            } => !matches!(ast[exception].kind, ExprKind::Name(name) if is_caught(name)),
            _ => false,
        };
        if within.iter().any(|&stmt| raises(stmt)) {
            return true;
        }
        self.calls.of(function).into_iter().any(|call| {
            if refuses(self.model, call, &[401, 403]) {
                return true;
            }
            depth < 2
                && self.model.callee(call).iter().any(|callee| match callee.kind {
                    ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                        self.can_refuse(called, depth + 1)
                    }
                    ValueKind::Class(_) => last_name_of_call(self.model, call)
                        .is_some_and(|name| name.contains("Unauthorized") || name.contains("Forbidden")),
                    _ => false,
                })
        })
    }
}

/// Whether a call has one of these numbers as a status.
pub(crate) fn refuses(model: &Model<'_>, call: ExprRef, numbers: &[i64]) -> bool {
    let arguments = model.arguments(call, None);
    let given = arguments.get(None, &["status_code", "status"]);
    let values = given.into_iter().chain(arguments.positional().iter().take(2));
    values
        .flat_map(|argument| &argument.values)
        .any(|value| match &value.kind {
            ValueKind::Int(number) => numbers.contains(number),
            ValueKind::External(path) => {
                (path.ends_with("UNAUTHORIZED") && numbers.contains(&401))
                    || (path.ends_with("FORBIDDEN") && numbers.contains(&403))
            }
            _ => false,
        })
}

/// Whether a dependency and all that it asks for are code of the project, or what only reads the request.
fn is_followed(dependency: &Dependency, depth: usize) -> bool {
    let own = match &dependency.callable.kind {
        CallableKind::External { path, .. } => {
            requests::scheme_part(path).is_some() || !callers::may_authenticate(path)
        }
        CallableKind::Unknown | CallableKind::Lambda(_) => false,
        _ => true,
    };
    own && depth < MAX_DEPTH
        && dependency
            .dependencies
            .iter()
            .all(|inner| is_followed(inner, depth + 1))
}

/// The function of the project that a callable runs.
pub(crate) fn called_function(model: &Model<'_>, callable: &Callable) -> Option<FunctionRef> {
    match &callable.kind {
        CallableKind::Function(function) | CallableKind::Method(function) => Some(*function),
        CallableKind::Class(class) => method(model, *class, "__init__"),
        CallableKind::Instance { class, .. } => method(model, *class, "__call__"),
        CallableKind::External { .. } | CallableKind::Lambda(_) | CallableKind::Unknown => None,
    }
}

fn handler_function(model: &Model<'_>, handler: &Callable) -> Option<FunctionRef> {
    called_function(model, handler)
}

/// Decorators of a handler that do not register it, each with what they call.
pub(super) fn other_decorators(model: &Model<'_>, operation: &Operation) -> Vec<(ExprRef, ExprRef)> {
    let Some(function) = operation.handler.function() else {
        return Vec::new();
    };
    let file = function.file;
    let ast = model.ast(file);
    let decorators = ast[ast[function.id].decorators].iter();
    decorators
        .filter(|&&id| Span::new(file, ast[id].range) != operation.registration)
        .map(|&id| {
            let callee = match ast[id].kind {
                ExprKind::Call { function, .. } => function,
                _ => id,
            };
            (ExprRef { file, id }, ExprRef { file, id: callee })
        })
        .collect()
}

/// A function and those inside it.
pub(super) fn inner_functions(model: &Model<'_>, function: FunctionRef) -> Vec<FunctionRef> {
    let ast = model.ast(function.file);
    let is_inside = |stmt: StmtId| {
        ast.ancestors(stmt)
            .any(|outer| matches!(ast[outer].kind, StmtKind::Function(id) if id == function.id))
    };
    let inner = ast.functions().filter(|(_, inner)| is_inside(inner.stmt));
    let inner = inner.map(|(id, _)| FunctionRef {
        file: function.file,
        id,
    });
    std::iter::once(function).chain(inner).collect()
}

fn last_name_of_call<'a>(model: &Model<'a>, call: ExprRef) -> Option<&'a str> {
    match model.ast(call.file)[call.id].kind {
        ExprKind::Call { function, .. } => last_name(
            model,
            ExprRef {
                file: call.file,
                id: function,
            },
        ),
        _ => None,
    }
}

/// `check` of `check` and `guards.check`.
pub(super) fn last_name<'a>(model: &Model<'a>, expr: ExprRef) -> Option<&'a str> {
    let file = model.file(expr.file);
    match file.ast()[expr.id].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name)),
        _ => None,
    }
}

/// A method of a class or of the classes of the project that it descends from.
pub(super) fn method(model: &Model<'_>, class: ClassRef, name: &str) -> Option<FunctionRef> {
    let own = |class: ClassRef| match model.class_binding(class, name)?.kind {
        BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    };
    own(class).or_else(|| {
        model.bases(class).into_iter().find_map(|base| match base.kind {
            ValueKind::Class(base) => own(base),
            _ => None,
        })
    })
}
