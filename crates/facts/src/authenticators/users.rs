//! Who receives what a dependency gives, and whether they look at it.

use semantic::{BindingKind, ExprRef, Following, FunctionRef, Model, UseKind};
use syntax::ast::*;

use super::roots::{Roots, called};
use super::walk::{Gives, Runs};
use super::{AuthenticatorRole, IdentityUse, UseOfIdentity};
use crate::applications::{Applications, Operation};
use crate::dependencies::{Dependency, Level};

const MAX_USES: usize = 60;

/// The handlers that receive what `function` gives, directly. Dependencies that receive it are looked at by
/// themselves.
pub(super) fn of(
    model: &Model<'_>,
    runs: &Runs<'_, '_>,
    applications: &Applications,
    function: FunctionRef,
) -> Vec<IdentityUse> {
    let mut out: Vec<IdentityUse> = Vec::new();
    let mounted = applications.routes.iter().map(|route| &route.operation);
    let unmounted = applications.unmounted.iter().map(|route| &route.operation);
    for operation in mounted.chain(unmounted) {
        for dependency in &operation.dependencies {
            if out.len() >= MAX_USES || called(model, &dependency.callable) != Some(function) {
                continue;
            }
            if out.iter().any(|known| known.span == dependency.declared) {
                continue;
            }
            let kind = match is_rejected_elsewhere(model, runs, operation, function) {
                true => UseOfIdentity::Checked,
                false => use_in(model, operation, dependency),
            };
            out.push(IdentityUse {
                span: dependency.declared,
                handler: operation.handler.name.clone(),
                kind,
            });
        }
    }
    out
}

/// Whether another dependency of the route verifies and rejects.
fn is_rejected_elsewhere(model: &Model<'_>, runs: &Runs<'_, '_>, operation: &Operation, function: FunctionRef) -> bool {
    let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
    let mut left = 100;
    while let Some(dependency) = pending.pop() {
        left -= 1;
        if left == 0 {
            return false;
        }
        if let Some(other) = called(model, &dependency.callable)
            && other != function
            && runs.roots.verifying.contains(&other)
            && runs.of(other).gives == Gives::default()
        {
            return true;
        }
        pending.extend(dependency.dependencies.iter());
    }
    false
}

fn use_in(model: &Model<'_>, operation: &Operation, dependency: &Dependency) -> UseOfIdentity {
    if dependency.level != Level::Parameter {
        return UseOfIdentity::Gate;
    }
    let Some(handler) = operation.handler.function() else {
        return UseOfIdentity::Passed;
    };
    let file = model.file(handler.file);
    let ast = file.ast();
    let index = ast[ast[handler.id].parameters]
        .iter()
        .position(|parameter| parameter.range == dependency.declared.range);
    let Some(index) = index else {
        return UseOfIdentity::Passed;
    };
    parameter_use(model, handler, index as u32)
}

/// What a function does with a parameter.
pub(super) fn parameter_use(model: &Model<'_>, function: FunctionRef, index: u32) -> UseOfIdentity {
    let file = model.file(function.file);
    let ast = file.ast();
    let name = ast[ast[function.id].parameters][index as usize].name;
    let scope = file.index().function_scope(function.id);
    let binding = file
        .index()
        .bindings(scope, name)
        .iter()
        .find(|binding| matches!(binding.kind, BindingKind::Parameter { .. }));
    let Some(binding) = binding else {
        return UseOfIdentity::Passed;
    };
    let reads = model.reads(function.file, binding);
    if reads.is_empty() {
        return UseOfIdentity::Gate;
    }
    let following = Following {
        passes_through: &|_| false,
        into_callers: false,
    };
    let mut found = UseOfIdentity::Gate;
    for read in reads {
        if is_tested(ast, read) {
            return UseOfIdentity::Checked;
        }
        for used in model.uses(read, following) {
            match used.kind {
                UseKind::Tested | UseKind::Compared { .. } => return UseOfIdentity::Checked,
                UseKind::Attribute { .. } | UseKind::Item { .. } => {
                    if found != UseOfIdentity::Passed {
                        found = UseOfIdentity::Read;
                    }
                }
                UseKind::Argument { call } if is_log(model, call) => {}
                UseKind::Argument { .. } | UseKind::Escapes | UseKind::Index { .. } => found = UseOfIdentity::Passed,
                UseKind::Returned { .. } | UseKind::Text => {}
            }
        }
    }
    found
}

/// Whether a name is an operand of a test: `if user and user.is_admin`.
fn is_tested(ast: &Ast, read: ExprRef) -> bool {
    let mut expr = read.id;
    while let Some(parent) = ast.parent_expr(expr) {
        match ast[parent].kind {
            ExprKind::Boolean { .. }
            | ExprKind::Unary {
                operator: UnaryOperator::Not,
                ..
            } => expr = parent,
            ExprKind::Conditional { test, .. } => return test == expr,
            _ => return false,
        }
    }
    matches!(
        ast[ast.stmt_of(expr)].kind,
        StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Assert { .. }
    ) || expr != read.id
}

fn is_log(model: &Model<'_>, call: ExprRef) -> bool {
    model.called_path(call).is_some_and(|path| {
        path.starts_with("builtins.print") || path.starts_with("logging.") || path.starts_with("loguru.")
    })
}

/// Whether a function says that callers without a credential are welcome: by its name, or the type that it returns.
pub(super) fn is_optional(model: &Model<'_>, function: FunctionRef) -> bool {
    let name = model.function_name(function).to_lowercase();
    [
        "optional",
        "maybe",
        "or_none",
        "if_any",
        "if_present",
        "anonymous",
        "guest",
        "soft",
        "try_",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether something other than a middleware reads `request.state.user` or `request.user`, and raises.
pub(super) fn checks_request_state(model: &Model<'_>, roots: &Roots) -> bool {
    model
        .file_ids()
        .filter(|&file| !model.file(file).is_test())
        .any(|file| {
            let ast = model.ast(file);
            let (state, user) = (ast.name("state"), ast.name("is_authenticated"));
            if state.is_none() && user.is_none() {
                return false;
            }
            ast.exprs().any(|(id, expr)| {
                let ExprKind::Attribute { name, .. } = expr.kind else {
                    return false;
                };
                if Some(name) != state && Some(name) != user {
                    return false;
                }
                let Some(function) = ast.enclosing_function(ast.stmt_of(id)) else {
                    return false;
                };
                let function = FunctionRef { file, id: function };
                if roots.role(function) == AuthenticatorRole::Middleware {
                    return false;
                }
                ast.stmts_within(ast[function.id].body)
                    .iter()
                    .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }))
            })
        })
}
