//! What authenticates the caller of a route, and whom it takes the caller for.
//!
//! A function verifies when a call in it, or in a function that it calls, checks the signature of a token or asks
//! someone who vouches for an identity. A route is guarded by the first of its dependencies that verifies, by
//! itself, or by a middleware of the project.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::applications::{Applications, Operation};
use crate::data::Data;
use crate::dependencies::{Callable, CallableKind, Dependency};
use crate::flow::{Flow, Inputs, Origin, Verifications};
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::identity;
use crate::ownership::{Judge, RouteOwnership};
use crate::tokens::TokenDecode;

/// For each route of [`Applications::routes`], in order.
#[derive(Debug, Default)]
pub struct Authentication {
    pub routes: Vec<RouteAuthentication>,
}

#[derive(Debug, Default, Clone)]
pub struct RouteAuthentication {
    pub guard: Option<Guard>,
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
    /// Where it is declared for the route.
    pub span: Span,
    /// From there to the call that verifies, first step first.
    pub evidence: Vec<(Span, String)>,
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

/// Calls inside calls that are searched for the one that verifies.
const MAX_DEPTH: usize = 6;

pub(crate) fn find(
    model: &Model<'_>,
    handlers: &Handlers,
    applications: &Applications,
    decodes: &[TokenDecode],
    data: &Data,
) -> Authentication {
    let verifications = verifications(decodes);
    let inputs = Inputs::new(applications);
    let flow = Flow::new(model, &inputs, &verifications);
    let calls = Calls {
        model,
        by_file: RefCell::default(),
    };
    let search = Search {
        model,
        verifications: &verifications,
        calls: &calls,
        known: RefCell::default(),
    };
    let judge = Judge {
        model,
        flow: &flow,
        calls: &calls,
        data,
    };
    let middleware = search.middleware(handlers);
    let routes = applications.routes.iter().map(|route| {
        let guard = search.guard(&route.operation).or_else(|| middleware.clone());
        let identity = guard.as_ref().and_then(|_| identity_of(&flow, &route.operation));
        let ownership = match guard {
            Some(_) => judge.route(&route.operation),
            // Without a caller there is nobody to own anything.
            None => RouteOwnership::default(),
        };
        RouteAuthentication {
            guard,
            identity,
            ownership,
        }
    });
    Authentication {
        routes: routes.collect(),
    }
}

/// For each call that decodes a token: whether it checks the signature on every way that is known.
fn verifications(decodes: &[TokenDecode]) -> Verifications {
    let verifies = |decode: &TokenDecode| decode.flag("verify_signature").find(|flag| !flag).is_none();
    decodes
        .iter()
        .map(|decode| (decode.call.span, verifies(decode)))
        .collect()
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

/// Finds the calls that verify.
struct Search<'m, 'a> {
    model: &'m Model<'a>,
    verifications: &'m Verifications,
    calls: &'m Calls<'m, 'a>,
    known: RefCell<FxHashMap<FunctionRef, Option<Steps>>>,
}

type ByFunction = FxHashMap<FunctionId, Vec<ExprId>>;

/// The calls and comparisons of each function, found when a file is first asked for.
pub(crate) struct Calls<'m, 'a> {
    model: &'m Model<'a>,
    by_file: RefCell<FxHashMap<FileId, Rc<ByFunction>>>,
}

impl Calls<'_, '_> {
    /// In the order of the table of expressions.
    pub(crate) fn of(&self, function: FunctionRef) -> Vec<ExprRef> {
        self.matching(function, |kind| matches!(kind, ExprKind::Call { .. }))
    }

    pub(crate) fn comparisons(&self, function: FunctionRef) -> Vec<ExprRef> {
        self.matching(function, |kind| matches!(kind, ExprKind::Compare { .. }))
    }

    fn matching(&self, function: FunctionRef, wanted: impl Fn(&ExprKind) -> bool) -> Vec<ExprRef> {
        let file = function.file;
        let ast = self.model.ast(file);
        let known = self.by_file.borrow().get(&file).cloned();
        let by_function = known.unwrap_or_else(|| {
            let mut out = ByFunction::default();
            for (id, expr) in ast.exprs() {
                if matches!(expr.kind, ExprKind::Call { .. } | ExprKind::Compare { .. })
                    && let Some(function) = ast.enclosing_function(ast.stmt_of(id))
                {
                    out.entry(function).or_default().push(id);
                }
            }
            let out = Rc::new(out);
            self.by_file.borrow_mut().insert(file, out.clone());
            out
        });
        let found = by_function.get(&function.id).into_iter().flatten();
        let found = found.filter(|id| wanted(&ast[**id].kind));
        found.map(|&id| ExprRef { file, id }).collect()
    }
}

/// The way to the call that verifies, first step first.
type Steps = Rc<[(Span, String)]>;

impl Search<'_, '_> {
    fn guard(&self, operation: &Operation) -> Option<Guard> {
        let of_dependency = operation.dependencies.iter().find_map(|dependency| {
            let evidence = self.dependency(dependency, 0)?;
            Some(Guard {
                name: dependency.callable.name.clone(),
                kind: GuardKind::Dependency,
                span: dependency.declared,
                evidence,
            })
        });
        of_dependency.or_else(|| {
            let function = operation.handler.function()?;
            let evidence = self.function(function, 0)?;
            Some(Guard {
                name: operation.handler.name.clone(),
                kind: GuardKind::Handler,
                span: operation.declaration,
                evidence: evidence.to_vec(),
            })
        })
    }

    /// A dependency verifies when one that it asks for does, or it itself.
    fn dependency(&self, dependency: &Dependency, depth: usize) -> Option<Vec<(Span, String)>> {
        if depth > MAX_DEPTH || dependency.is_conditional {
            return None;
        }
        let here = (
            dependency.declared,
            format!("`{}` is asked for here", dependency.callable.name),
        );
        let own = self.callable(&dependency.callable, dependency.marker);
        let found = own.map(|steps| steps.to_vec()).or_else(|| {
            dependency
                .dependencies
                .iter()
                .find_map(|inner| self.dependency(inner, depth + 1))
        })?;
        Some(std::iter::once(here).chain(found).collect())
    }

    /// `asked` is the place that asks for it.
    fn callable(&self, callable: &Callable, asked: Span) -> Option<Steps> {
        match &callable.kind {
            CallableKind::Function(function) | CallableKind::Method(function) => self.function(*function, 0),
            CallableKind::Class(class) => self.function(method(self.model, *class, "__init__")?, 0),
            CallableKind::Instance { class, .. } => self.function(method(self.model, *class, "__call__")?, 0),
            CallableKind::External { path, .. } => {
                let by = identity::vouched_for(path)?;
                Some(Rc::new([(asked, format!("{by} vouches for the caller"))]))
            }
            CallableKind::Lambda(_) | CallableKind::Unknown => None,
        }
    }

    fn function(&self, function: FunctionRef, depth: usize) -> Option<Steps> {
        if let Some(known) = self.known.borrow().get(&function) {
            return known.clone();
        }
        if depth > MAX_DEPTH {
            return None;
        }
        // A function that is being searched adds nothing to its own search.
        self.known.borrow_mut().insert(function, None);
        let found = self.search(function, depth);
        self.known.borrow_mut().insert(function, found.clone());
        found
    }

    fn search(&self, function: FunctionRef, depth: usize) -> Option<Steps> {
        let calls = self.calls.of(function);
        let spans = calls.iter().map(|&call| (call, self.model.span(call)));
        for (_, span) in spans.clone() {
            if self.verifications.get(&span) == Some(&true) {
                return Some(Rc::new([(span, "the token is verified here".to_owned())]));
            }
        }
        for (call, span) in spans {
            for callee in self.model.callee(call) {
                let found = match &callee.kind {
                    ValueKind::External(path) => {
                        let by = identity::vouched_for(path);
                        by.map(|by| vec![(span, format!("{by} vouches for the caller"))])
                    }
                    ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                        let name = self.model.function_name(*called);
                        let steps = self.function(*called, depth + 1);
                        steps.map(|steps| {
                            let here = (span, format!("`{name}()` is called here"));
                            std::iter::once(here).chain(steps.iter().cloned()).collect()
                        })
                    }
                    _ => None,
                };
                if let Some(found) = found {
                    return Some(found.into());
                }
            }
        }
        None
    }

    /// The first middleware of the project that verifies.
    fn middleware(&self, handlers: &Handlers) -> Option<Guard> {
        let mut seen = FxHashSet::default();
        let mut functions: Vec<FunctionRef> = handlers
            .all()
            .filter(|(function, kind)| *kind == HandlerKind::Middleware && seen.insert(*function))
            .map(|(function, _)| function)
            .filter(|function| !self.model.file(function.file).is_test())
            .collect();
        text::sort_by_number(&mut functions, |function| {
            u128::from(function.file.0) << 32 | function.id.index() as u128
        });
        functions.into_iter().find_map(|function| {
            let evidence = self.function(function, 0)?;
            let ast = self.model.ast(function.file);
            Some(Guard {
                name: self.model.function_name(function).to_owned(),
                kind: GuardKind::Middleware,
                span: Span::new(function.file, ast[function.id].name_range),
                evidence: evidence.to_vec(),
            })
        })
    }
}

fn method(model: &Model<'_>, class: ClassRef, name: &str) -> Option<FunctionRef> {
    match model.class_binding(class, name)?.kind {
        BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    }
}
