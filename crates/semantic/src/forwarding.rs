//! Calls that call another function with the rest of their arguments: `await asyncio.to_thread(f, x)` is `f(x)`.

use syntax::ast::*;

use crate::model::Model;
use crate::value::{ExprRef, ValueKind};

struct Forwarder {
    /// The last part of its path.
    name: &'static str,
    /// Empty: a method of an object that is not followed, told by its name alone.
    paths: &'static [&'static str],
    /// Where the function stands among the arguments; what follows is for it.
    position: usize,
}

const FORWARDERS: &[Forwarder] = &[
    Forwarder {
        name: "to_thread",
        paths: &["asyncio.to_thread"],
        position: 0,
    },
    Forwarder {
        name: "run_in_threadpool",
        paths: &[
            "fastapi.concurrency.run_in_threadpool",
            "starlette.concurrency.run_in_threadpool",
        ],
        position: 0,
    },
    Forwarder {
        name: "run_sync",
        paths: &["anyio.to_thread.run_sync"],
        position: 0,
    },
    // `BackgroundTasks`: after the answer, with the same arguments.
    Forwarder {
        name: "add_task",
        paths: &[],
        position: 0,
    },
    Forwarder {
        name: "run_in_executor",
        paths: &[],
        position: 1,
    },
];

/// The function that a call hands its other arguments to, told by names alone, with the place among the arguments
/// where it stands.
pub(crate) fn candidate<'n>(ast: &Ast, call: ExprId, text: impl Fn(Name) -> &'n str) -> Option<(ExprId, usize)> {
    forwarder(ast, call, text).map(|(_, function, position)| (function, position))
}

fn forwarder<'n>(
    ast: &Ast,
    call: ExprId,
    text: impl Fn(Name) -> &'n str,
) -> Option<(&'static Forwarder, ExprId, usize)> {
    let ExprKind::Call { function, arguments } = ast[call].kind else {
        return None;
    };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
        return None;
    };
    let name = text(name);
    let found = FORWARDERS.iter().find(|known| known.name == name)?;
    let arguments = &ast[arguments];
    let before = arguments.get(..=found.position)?;
    let are_plain = before.iter().all(|argument| argument.kind == ArgumentKind::Positional);
    are_plain.then(|| (found, before[found.position].value, found.position))
}

impl Model<'_> {
    /// The function that a call hands its other arguments to, and how many arguments come before those.
    pub fn forwarded(&self, call: ExprRef) -> Option<(ExprRef, usize)> {
        let ast = self.ast(call.file);
        let source = self.file(call.file).source();
        let (found, function, position) = forwarder(ast, call.id, |name| source.imported_name(name))?;
        let at = |id: ExprId| ExprRef { file: call.file, id };
        let ExprKind::Call { function: callee, .. } = ast[call.id].kind else {
            return None;
        };
        let is_known = found.paths.is_empty()
            || self
                .eval(at(callee))
                .iter()
                .any(|value| matches!(&value.kind, ValueKind::External(path) if found.paths.contains(&&**path)));
        is_known.then(|| (at(function), position + 1))
    }

    /// The expression that says what a call calls.
    pub fn called(&self, call: ExprRef) -> Option<ExprRef> {
        if let Some((function, _)) = self.forwarded(call) {
            return Some(function);
        }
        match self.expr(call).kind {
            ExprKind::Call { function, .. } => Some(ExprRef {
                file: call.file,
                id: function,
            }),
            _ => None,
        }
    }
}
