//! What authenticates the caller of a route, and whom it takes the caller for.
//!
//! A function verifies when a call in it, or in a function that it calls, checks the signature of a token or asks
//! someone who vouches for an identity, or compares a credential with a secret or looks it up. A route is guarded by
//! the first of its dependencies that verifies, by a decorator, by itself, or by a middleware that its path comes to.

mod checks;
mod middleware;
mod paths;
pub(crate) mod roles;
mod search;

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ExprRef, FunctionRef, Model};
use syntax::ast::*;
use text::{FileId, Span};

use crate::applications::{Applications, Operation, Route};
use crate::data::Data;
use crate::flow::{Flow, Ground, Origin};
use crate::handlers::Handlers;
use crate::ownership::{self, OwnerColumns, RouteOwnership};

use checks::Checks;
pub(crate) use checks::is_credential;
pub(crate) use roles::tests_rights;
use search::Search;
pub(crate) use search::{called_function, refuses};

#[derive(Debug, Default)]
pub struct Authentication {
    /// For each route of [`Applications::routes`], in order.
    pub routes: Vec<RouteAuthentication>,
    /// For each of [`Applications::unmounted`], in order.
    pub unmounted: Vec<RouteAuthentication>,
    pub owners: OwnerColumns,
}

#[derive(Debug, Default, Clone)]
pub struct RouteAuthentication {
    pub guard: Option<Guard>,
    /// Where nothing is seen to verify: what may do so without being followed, or only reads a credential.
    pub attempt: Option<Guard>,
    /// What would authenticate the caller if it verified the token that it decodes.
    pub claimed: Option<Guard>,
    /// Where more is asked of the caller than to be somebody: a role, a permission, a scope.
    pub role: Option<(Span, String)>,
    /// The verified identity that the handler receives, with the parameter that brings it.
    pub identity: Option<Identity>,
    pub ownership: RouteOwnership,
}

/// What authenticates the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Name of the dependency, middleware or handler.
    pub name: String,
    pub kind: GuardKind,
    pub checks: GuardChecks,
    /// Where it is declared for the route.
    pub span: Span,
    /// From there to the call that verifies, first step first.
    pub evidence: Vec<(Span, String)>,
}

/// What a guard checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardChecks {
    /// The signature of a token.
    Token,
    /// A library or service is asked.
    Vouched,
    /// A credential is the one that the application knows: it says that the caller is trusted, not who it is.
    Secret,
    /// A credential is found in a store, or another server knows it.
    LookUp,
    /// It cannot be followed.
    NotFollowed,
    /// Nothing that is seen.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardKind {
    Dependency,
    Middleware,
    Handler,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub origin: Origin,
    /// The handler's parameter, where one brings it.
    pub parameter: Option<String>,
}

pub(crate) fn find(
    model: &Model<'_>,
    handlers: &Handlers,
    applications: &Applications,
    ground: &Ground,
    callers_ground: &Ground,
    calls: &Calls<'_, '_>,
    data: &Data,
) -> Authentication {
    let flow = Flow::new(model, data, ground);
    let callers_flow = Flow::new(model, data, callers_ground);
    let search = searching(&flow, ground, model, calls, data);
    let presuming =
        (!std::ptr::eq(ground, callers_ground)).then(|| searching(&callers_flow, callers_ground, model, calls, data));
    let middleware = middleware::find(model, handlers, applications, &search);
    let of = |operation: &Operation, route: Option<&Route>| {
        let mut guard = search.guard(operation);
        let mut attempt = None;
        if guard.is_none() {
            let (before, may) = match route {
                Some(route) => middleware::of_route(model, &middleware, applications, route),
                None => (None, None),
            };
            guard = before;
            attempt = may;
        }
        if guard.is_none() {
            attempt = search.attempt(operation).or(attempt);
        }
        let claimed = match (&presuming, &guard) {
            (Some(presuming), None) => presuming.guard(operation),
            _ => None,
        };
        let identity = guard.as_ref().and_then(|_| identity_of(&flow, operation));
        let role = guard
            .as_ref()
            .or(attempt.as_ref())
            .or(claimed.as_ref())
            .and_then(|_| roles::check(model, calls, operation));
        RouteAuthentication {
            guard,
            attempt,
            claimed,
            role,
            identity,
            ownership: RouteOwnership::default(),
        }
    };
    let mut found = Authentication {
        routes: applications
            .routes
            .iter()
            .map(|route| of(&route.operation, Some(route)))
            .collect(),
        unmounted: applications
            .unmounted
            .iter()
            .map(|route| of(&route.operation, None))
            .collect(),
        owners: OwnerColumns::default(),
    };
    ownership::judge(model, applications, &callers_flow, calls, data, &mut found);
    found
}

fn searching<'m, 'a>(
    flow: &'m Flow<'m, 'a>,
    ground: &'m Ground,
    model: &'m Model<'a>,
    calls: &'m Calls<'m, 'a>,
    data: &'m Data,
) -> Search<'m, 'a> {
    let checks = Checks {
        model,
        flow,
        calls,
        data,
    };
    Search::new(model, &ground.verifications, calls, checks)
}

fn identity_of(flow: &Flow<'_, '_>, operation: &Operation) -> Option<Identity> {
    let from_parameter = operation.dependencies.iter().find_map(|dependency| {
        let parameter = dependency.parameter.clone()?;
        let origins = flow.dependency_origins(&dependency.callable, dependency.declared);
        let origin = origins.into_iter().find(|origin| origin.kind.is_verified())?;
        Some(Identity {
            origin,
            parameter: Some(parameter),
        })
    });
    from_parameter.or_else(|| {
        // Verified by a dependency of the decorator or the handler itself: told by what verifies.
        operation.dependencies.iter().find_map(|dependency| {
            let origins = flow.dependency_origins(&dependency.callable, dependency.declared);
            let origin = origins.into_iter().find(|origin| origin.kind.is_verified())?;
            Some(Identity {
                origin,
                parameter: None,
            })
        })
    })
}

/// Attributes of requests under which credentials and users are found.
const READS: &[&str] = &["headers", "cookies", "session", "user", "auth", "state"];

type ByFunction = FxHashMap<FunctionId, Vec<ExprId>>;

/// The calls, comparisons and reads of requests of each function, found when a file is first asked for.
pub(crate) struct Calls<'m, 'a> {
    model: &'m Model<'a>,
    lists: &'m CallLists,
}

/// The lists, made file by file when they are first asked for, and what functions do about rights.
#[derive(Default)]
pub(crate) struct CallLists {
    by_file: RefCell<FxHashMap<FileId, Rc<ByFunction>>>,
    rights: RefCell<FxHashMap<FunctionRef, Rc<roles::Inside>>>,
}

impl<'m, 'a> Calls<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>, lists: &'m CallLists) -> Calls<'m, 'a> {
        Calls { model, lists }
    }

    /// In the order of the table of expressions.
    pub(crate) fn of(&self, function: FunctionRef) -> Vec<ExprRef> {
        self.matching(function, |kind| matches!(kind, ExprKind::Call { .. }))
    }

    /// Attributes of requests that may hold a credential.
    fn reads(&self, function: FunctionRef) -> Vec<ExprRef> {
        self.matching(function, |kind| matches!(kind, ExprKind::Attribute { .. }))
    }

    pub(crate) fn comparisons(&self, function: FunctionRef) -> Vec<ExprRef> {
        self.matching(function, |kind| matches!(kind, ExprKind::Compare { .. }))
    }

    fn matching(&self, function: FunctionRef, wanted: impl Fn(&ExprKind) -> bool) -> Vec<ExprRef> {
        let file = function.file;
        let ast = self.model.ast(file);
        let known = self.lists.by_file.borrow().get(&file).cloned();
        let by_function = known.unwrap_or_else(|| {
            let mut out = ByFunction::default();
            let reads: Vec<Name> = READS.iter().filter_map(|name| ast.name(name)).collect();
            for (id, expr) in ast.exprs() {
                let is_wanted = match expr.kind {
                    ExprKind::Call { .. } | ExprKind::Compare { .. } => true,
                    ExprKind::Attribute { name, .. } => reads.contains(&name),
                    _ => false,
                };
                if is_wanted && let Some(function) = ast.enclosing_function(ast.stmt_of(id)) {
                    out.entry(function).or_default().push(id);
                }
            }
            let out = Rc::new(out);
            self.lists.by_file.borrow_mut().insert(file, out.clone());
            out
        });
        let found = by_function.get(&function.id).into_iter().flatten();
        let found = found.filter(|id| wanted(&ast[**id].kind));
        found.map(|&id| ExprRef { file, id }).collect()
    }
}
