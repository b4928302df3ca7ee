//! The functions that a route runs, with the calls that lead there.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ExprRef, Frame, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::applications::Operation;
use crate::dependencies::{CallableKind, Dependency};

/// A function with the call that leads there.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) function: FunctionRef,
    pub(crate) frame: Option<Rc<Frame>>,
}

/// Calls inside calls that are followed from a handler.
const MAX_DEPTH: usize = 4;
/// Functions that are visited for one route.
const MAX_VISITS: usize = 40;
/// Dependencies that are looked through for one route.
const MAX_DEPENDENCIES: usize = 60;

type ByFunction = FxHashMap<FunctionId, Vec<ExprId>>;

/// The calls and comparisons of each function, found when a file is first asked for.
pub(crate) struct Bodies<'m, 'a> {
    model: &'m Model<'a>,
    by_file: RefCell<FxHashMap<FileId, Rc<ByFunction>>>,
}

impl<'m, 'a> Bodies<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>) -> Bodies<'m, 'a> {
        Bodies {
            model,
            by_file: RefCell::default(),
        }
    }

    /// The expressions of a function that pass `wanted`, calls and comparisons alone.
    pub(crate) fn of(&self, function: FunctionRef, wanted: impl Fn(&ExprKind) -> bool) -> Vec<ExprRef> {
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

    /// The handler, and what it calls, outermost first.
    pub(crate) fn visits(&self, operation: &Operation) -> Vec<Visit> {
        let mut out: Vec<Visit> = Vec::new();
        let Some(handler) = operation.handler.function() else {
            return out;
        };
        let mut pending = vec![(handler, None, 0)];
        while let Some((function, frame, depth)) = pending.pop() {
            if out.len() >= MAX_VISITS {
                break;
            }
            if depth < MAX_DEPTH {
                let calls = self.of(function, |kind| matches!(kind, ExprKind::Call { .. }));
                for call in calls.into_iter().rev() {
                    for (called, entered) in self.entered(call, frame.as_ref()) {
                        pending.push((called, Some(entered), depth + 1));
                    }
                }
            }
            out.push(Visit { function, frame });
        }
        out
    }

    /// The functions of the project that a call enters.
    pub(crate) fn entered(&self, call: ExprRef, frame: Option<&Rc<Frame>>) -> Vec<(FunctionRef, Rc<Frame>)> {
        let ExprKind::Call { function, .. } = self.model.expr(call).kind else {
            return Vec::new();
        };
        let callee = ExprRef {
            file: call.file,
            id: function,
        };
        let enter = |value: semantic::Value| {
            let (function, receiver) = match value.kind {
                ValueKind::Function(function) => (function, None),
                ValueKind::Method { function, receiver } => (function, Some(receiver)),
                _ => return None,
            };
            let is_entered =
                std::iter::successors(frame, |frame| frame.caller.as_ref()).any(|frame| frame.function == function);
            let entered = Frame {
                function,
                call,
                receiver,
                caller: frame.cloned(),
            };
            (!is_entered).then(|| (function, Rc::new(entered)))
        };
        self.model
            .eval_in(callee, frame)
            .into_iter()
            .filter_map(enter)
            .collect()
    }

    /// The calls that lead to a visit, outermost first.
    pub(crate) fn way(&self, visit: &Visit) -> Vec<(Span, String)> {
        let frames = std::iter::successors(visit.frame.as_ref(), |frame| frame.caller.as_ref());
        let mut way: Vec<(Span, String)> = frames
            .map(|frame| {
                let name = self.model.function_name(frame.function);
                (self.model.span(frame.call), format!("passed to `{name}` here"))
            })
            .collect();
        way.reverse();
        way
    }
}

/// The dependencies of a route, those of dependencies included.
pub(crate) fn all_dependencies(operation: &Operation) -> Vec<&Dependency> {
    let mut out: Vec<&Dependency> = Vec::new();
    let mut pending: Vec<&Dependency> = operation.dependencies.iter().rev().collect();
    while let Some(dependency) = pending.pop() {
        if out.len() >= MAX_DEPENDENCIES {
            break;
        }
        out.push(dependency);
        pending.extend(dependency.dependencies.iter().rev());
    }
    out
}

/// The function that runs for a dependency.
pub(crate) fn function_of(model: &Model<'_>, dependency: &Dependency) -> Option<FunctionRef> {
    let method = |class: semantic::ClassRef, name: &str| match model.class_binding(class, name)?.kind {
        semantic::BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    };
    match dependency.callable.kind {
        CallableKind::Class(class) => method(class, "__init__"),
        CallableKind::Instance { class, .. } => method(class, "__call__"),
        _ => dependency.callable.function(),
    }
}
