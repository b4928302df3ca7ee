//! Which functions authenticate: those that lead to a call that verifies, found from that call upwards, and those
//! that FastAPI calls before a handler.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;

use super::AuthenticatorRole;
use super::credentials::Credentials;
use crate::applications::Applications;
use crate::dependencies::{Callable, CallableKind, Dependency};
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::fastapi::RouteKind;
use crate::libraries::identity;
use crate::tokens::TokenDecode;

#[derive(Debug, Default)]
pub(super) struct Roots {
    pub(super) roles: FxHashMap<FunctionRef, AuthenticatorRole>,
    /// Functions that verify, by themselves or through what they call or ask for.
    pub(super) verifying: FxHashSet<FunctionRef>,
    /// Calls that decode a token, or ask somebody who vouches for it.
    pub(super) calls: FxHashSet<ExprRef>,
}

/// Callers of callers that are followed.
const MAX_DEPTH: usize = 5;
const MAX_VERIFYING: usize = 400;

impl Roots {
    pub(super) fn role(&self, function: FunctionRef) -> AuthenticatorRole {
        self.roles.get(&function).copied().unwrap_or(AuthenticatorRole::Helper)
    }
}

pub(super) fn find(
    model: &Model<'_>,
    handlers: &Handlers,
    applications: &Applications,
    decodes: &[TokenDecode],
) -> Roots {
    let mut roots = Roots::default();
    for (function, kind) in handlers.all() {
        let role = match kind {
            HandlerKind::Route => AuthenticatorRole::Handler,
            HandlerKind::WebSocket => AuthenticatorRole::WebSocket,
            HandlerKind::Dependency => AuthenticatorRole::Dependency,
            HandlerKind::Middleware => AuthenticatorRole::Middleware,
            HandlerKind::ExceptionHandler => continue,
        };
        roots.roles.insert(function, role);
    }
    for file in model.file_ids() {
        let ast = model.ast(file);
        let Some(name) = ast.name("authenticate") else { continue };
        for (id, _) in ast.functions().filter(|(_, function)| function.name == name) {
            let is_backend = ast.class_of_method(id).is_some_and(|class| {
                model.descends_from(ClassRef { file, id: class }, |path| {
                    path.ends_with(".AuthenticationBackend")
                })
            });
            if is_backend {
                roots
                    .roles
                    .insert(FunctionRef { file, id }, AuthenticatorRole::Middleware);
            }
        }
    }
    // What asks for what, so that those who ask for a function that verifies count, too.
    let mut asks: FxHashMap<FunctionRef, Vec<FunctionRef>> = FxHashMap::default();
    let mounted = applications.routes.iter().map(|route| &route.operation);
    let unmounted = applications.unmounted.iter().map(|route| &route.operation);
    for operation in mounted.chain(unmounted) {
        if let Some(handler) = operation.handler.function() {
            let role = match operation.kind {
                RouteKind::WebSocket | RouteKind::PlainWebSocket => AuthenticatorRole::WebSocket,
                _ => AuthenticatorRole::Handler,
            };
            roots.roles.insert(handler, role);
        }
        let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
        let mut left = 200;
        while let Some(dependency) = pending.pop() {
            left -= 1;
            if left == 0 {
                break;
            }
            if let Some(function) = called(model, &dependency.callable) {
                roots.roles.insert(function, AuthenticatorRole::Dependency);
                for inner in dependency.dependencies.iter() {
                    if let Some(inner) = called(model, &inner.callable) {
                        let known = asks.entry(inner).or_default();
                        if !known.contains(&function) {
                            known.push(function);
                        }
                    }
                }
            }
            pending.extend(dependency.dependencies.iter());
        }
    }
    let mut pending: Vec<(FunctionRef, usize)> = Vec::new();
    for decode in decodes {
        roots.calls.insert(decode.id);
        pending.extend(model.enclosing_function(decode.id).map(|function| (function, 0)));
    }
    for file in model.file_ids() {
        for call in model.calls_named(file, identity::CALLED) {
            if model
                .called_path(call)
                .is_some_and(|path| identity::vouched_for(&path).is_some())
            {
                roots.calls.insert(call);
                pending.extend(model.enclosing_function(call).map(|function| (function, 0)));
            }
        }
    }
    while let Some((function, depth)) = pending.pop() {
        if roots.verifying.len() >= MAX_VERIFYING || !roots.verifying.insert(function) || depth >= MAX_DEPTH {
            continue;
        }
        for asking in asks.get(&function).into_iter().flatten() {
            pending.push((*asking, depth + 1));
        }
        // What a handler does is not called by others for its verification.
        if matches!(
            roots.role(function),
            AuthenticatorRole::Handler | AuthenticatorRole::WebSocket
        ) {
            continue;
        }
        for &call in model.callers(function).iter() {
            pending.extend(model.enclosing_function(call).map(|caller| (caller, depth + 1)));
        }
    }
    // A function that asks for something is a dependency, whoever asks for it.
    for &function in &roots.verifying {
        let ast = model.ast(function.file);
        let asks = |index: u32| model.injected(function, index).is_some();
        if !roots.roles.contains_key(&function) && (0..ast[ast[function.id].parameters].len() as u32).any(asks) {
            roots.roles.insert(function, AuthenticatorRole::Dependency);
        }
    }
    roots
}

/// Whether a function, or one that calls it, looks at the credential of a request.
pub(super) fn serves_requests(
    model: &Model<'_>,
    credentials: &Credentials<'_, '_>,
    roots: &Roots,
    function: FunctionRef,
) -> bool {
    let mut pending = vec![(function, 0)];
    let mut seen = FxHashSet::default();
    while let Some((function, depth)) = pending.pop() {
        if depth > MAX_DEPTH || !seen.insert(function) {
            continue;
        }
        match roots.role(function) {
            AuthenticatorRole::Dependency | AuthenticatorRole::Middleware => return true,
            AuthenticatorRole::Handler | AuthenticatorRole::WebSocket => {
                if credentials.reads(function) {
                    return true;
                }
                continue;
            }
            AuthenticatorRole::Helper => {}
        }
        for &call in model.callers(function).iter() {
            pending.extend(model.enclosing_function(call).map(|caller| (caller, depth + 1)));
        }
    }
    false
}

/// The function of the project that runs when FastAPI calls this.
pub(crate) fn called(model: &Model<'_>, callable: &Callable) -> Option<FunctionRef> {
    match &callable.kind {
        CallableKind::Function(function) | CallableKind::Method(function) => Some(*function),
        CallableKind::Class(class) => method(model, *class, "__init__"),
        CallableKind::Instance { class, .. } => method(model, *class, "__call__"),
        _ => None,
    }
}

/// A method of a class or of its bases in the project.
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

/// The call behind `await`.
pub(super) fn awaited(ast: &Ast, expr: ExprId) -> ExprId {
    match ast[expr].kind {
        ExprKind::Await(inner) => inner,
        _ => expr,
    }
}
