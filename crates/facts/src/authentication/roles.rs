//! Checks of what a caller may do, beyond being somebody: roles, permissions, scopes, flags of administrators.

use std::rc::Rc;

use rustc_hash::FxHashSet;
use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use super::Calls;
use super::search::{called_function, last_name, other_decorators};
use crate::applications::Operation;
use crate::dependencies::{CallableKind, Dependency};
use crate::libraries::callers;
use crate::libraries::owners::{LOGIN_COLUMNS, ORDINARY_ROLES};
use crate::libraries::privileges::plain;

/// Calls inside calls that are looked through.
const MAX_DEPTH: usize = 3;
const MAX_VISITS: usize = 60;

/// Where a route asks more of its caller than to be logged in.
pub(super) fn check(model: &Model<'_>, calls: &Calls<'_, '_>, operation: &Operation) -> Option<(Span, String)> {
    let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
    let mut functions: Vec<(FunctionRef, usize)> = Vec::new();
    while let Some(dependency) = pending.pop() {
        if functions.len() < MAX_VISITS {
            pending.extend(dependency.dependencies.iter());
        }
        if admits_everybody(&asked(model, dependency)) {
            continue;
        }
        let name = &dependency.callable.name;
        if !dependency.scopes.is_empty() {
            return Some((dependency.declared, "scopes are asked for here".to_owned()));
        }
        let called = called_function(model, &dependency.callable);
        if called.is_some_and(|function| asks_for_part(model, function) && tested(model, function).is_none()) {
            continue;
        }
        if callers::is_role_name(name) {
            return Some((dependency.declared, format!("`{name}` is asked for here")));
        }
        functions.extend(called.map(|function| (function, 0)));
    }
    for (decorator, callee) in other_decorators(model, operation) {
        let name = last_name(model, callee).unwrap_or_default();
        if callers::is_role_name(name) {
            return Some((model.span(decorator), format!("`{name}` checks the caller")));
        }
    }
    functions.extend(operation.handler.function().map(|function| (function, 0)));
    let mut visited = FxHashSet::default();
    while let Some((function, depth)) = functions.pop() {
        if visited.len() >= MAX_VISITS || !visited.insert(function) {
            continue;
        }
        let inside = inside(model, calls, function);
        if inside.check.is_some() {
            return inside.check.clone();
        }
        if depth < MAX_DEPTH {
            functions.extend(inside.called.iter().map(|&called| (called, depth + 1)));
        }
    }
    None
}

/// What a function does about the rights of its caller, whatever route it is called for.
pub(super) struct Inside {
    check: Option<(Span, String)>,
    /// The functions of the project that it calls.
    called: Vec<FunctionRef>,
}

/// Read once: routes share most of their dependencies.
fn inside(model: &Model<'_>, calls: &Calls<'_, '_>, function: FunctionRef) -> Rc<Inside> {
    let known = calls.lists.rights.borrow().get(&function).cloned();
    known.unwrap_or_else(|| {
        let inside = Rc::new(read(model, calls, function));
        calls.lists.rights.borrow_mut().insert(function, inside.clone());
        inside
    })
}

fn read(model: &Model<'_>, calls: &Calls<'_, '_>, function: FunctionRef) -> Inside {
    let mut called = Vec::new();
    if let Some(span) = tested(model, function) {
        let check = Some((span, "what the caller may do is checked here".to_owned()));
        return Inside { check, called };
    }
    for call in calls.of(function) {
        let mut is_followed = false;
        for callee in &model.callee(call) {
            if let ValueKind::Function(function) | ValueKind::Method { function, .. } = callee.kind {
                is_followed = true;
                called.push(function);
            }
        }
        let ExprKind::Call { function: callee, .. } = model.expr(call).kind else {
            continue;
        };
        let callee = ExprRef {
            file: call.file,
            id: callee,
        };
        let name = last_name(model, callee).unwrap_or_default();
        if !is_followed && callers::is_role_name(name) {
            let check = Some((model.span(call), format!("`{name}` checks the caller")));
            return Inside { check, called };
        }
    }
    Inside { check: None, called }
}

/// The roles that a dependency names, in small letters: `admin` of `Depends(RoleChecker(["admin"]))`, also where the
/// checker was made before and bound to a name.
pub(crate) fn asked(model: &Model<'_>, dependency: &Dependency) -> Vec<String> {
    let made = match dependency.callable.kind {
        CallableKind::Instance { made, .. } => made,
        _ => dependency.callable.closure.as_ref().map(|frame| frame.call),
    };
    let written = || {
        let marker = model.expr_of(dependency.marker)?;
        model.argument_expr(marker, Some(0), "dependency")
    };
    let mut out: Vec<String> = dependency.scopes.iter().map(|scope| scope.to_lowercase()).collect();
    let Some(checker) = made.or_else(written) else {
        return out;
    };
    let ast = model.ast(checker.file);
    let ExprKind::Call { arguments, .. } = ast[checker.id].kind else {
        return out;
    };
    for argument in &ast[arguments] {
        for id in ast.descendants(argument.value) {
            let part = ExprRef { id, ..checker };
            match ast[id].kind {
                // `Role.ADMIN` is called so, whatever stands for it.
                ExprKind::Attribute { name, .. } => {
                    out.push(model.file(checker.file).source().name(name).to_lowercase());
                }
                ExprKind::String { .. } | ExprKind::Name(_) => {}
                _ => continue,
            }
            for value in model.eval(part) {
                match &value.kind {
                    ValueKind::Str(text) => out.push(text.to_lowercase()),
                    ValueKind::List(items) => {
                        out.extend(
                            items
                                .iter()
                                .flatten()
                                .filter_map(|item| Some(item.as_str()?.to_lowercase())),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
    out
}

/// Whether one of the roles is had by everybody with an account.
pub(crate) fn admits_everybody(roles: &[String]) -> bool {
    roles.iter().any(|role| ORDINARY_ROLES.contains(&role.as_str()))
}

/// Whether a function looks at what the caller may do.
pub(crate) fn tests_rights(model: &Model<'_>, function: FunctionRef) -> bool {
    tested(model, function).is_some()
}

/// A test of an attribute or key that holds a role.
pub(super) fn tested(model: &Model<'_>, function: FunctionRef) -> Option<Span> {
    let file = function.file;
    let ast = model.ast(file);
    let source = model.file(file).source();
    let text = model.file(file).text();
    let mut tests: Vec<ExprId> = Vec::new();
    for stmt in ast.stmts_within(ast[function.id].body) {
        match ast[stmt].kind {
            StmtKind::If { branches, .. } => tests.extend(ast[branches].iter().map(|branch| branch.test)),
            StmtKind::Assert { test, .. } => tests.push(test),
            StmtKind::Match { subject, .. } => tests.push(subject),
            StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } => match ast[value].kind {
                ExprKind::Compare { .. } | ExprKind::Boolean { .. } | ExprKind::Conditional { .. } => tests.push(value),
                _ => {}
            },
            _ => {}
        }
    }
    for test in tests {
        for part in ast.descendants(test) {
            let mut around = std::iter::successors(Some(part), |&id| ast.parent_expr(id));
            if around.any(|id| is_for_part(model, ExprRef { file, id })) {
                continue;
            }
            let is_role = match ast[part].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => {
                    callers::is_right_flag(source.imported_name(name))
                }
                ExprKind::String { .. } => ast.string(text, part).is_some_and(|key| callers::is_role_key(&key)),
                _ => false,
            };
            if is_role {
                return Some(Span::new(file, ast[part].range));
            }
        }
    }
    None
}

/// Whether a function asks for a part of a text where it should ask for the whole.
fn asks_for_part(model: &Model<'_>, function: FunctionRef) -> bool {
    let file = function.file;
    let ast = model.ast(file);
    let stmts = ast.stmts_within(ast[function.id].body);
    let tests = stmts.into_iter().flat_map(|stmt| match ast[stmt].kind {
        StmtKind::If { branches, .. } => ast[branches].iter().map(|branch| branch.test).collect(),
        StmtKind::Return(Some(value)) => vec![value],
        _ => Vec::new(),
    });
    let mut parts = tests.flat_map(|test| ast.descendants(test));
    parts.any(|id| is_for_part(model, ExprRef { file, id }))
}

/// `"admin" in user.email`, `user.email.startswith("admin")`, `user.role in "admin,superadmin"`: others fit, too.
fn is_for_part(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let is_login = |id: ExprId| match ast[id].kind {
        ExprKind::Attribute { name, .. } => LOGIN_COLUMNS.contains(&&*plain(source.name(name))),
        _ => false,
    };
    match ast[expr.id].kind {
        ExprKind::Compare { first, rest } => match ast[rest] {
            [comparison] if matches!(comparison.operator, CompareOperator::In | CompareOperator::NotIn) => {
                match (ast[first].kind, ast[comparison.right].kind) {
                    (ExprKind::String { .. }, _) => is_login(comparison.right),
                    (ExprKind::Attribute { .. } | ExprKind::Subscript { .. }, ExprKind::String { .. }) => true,
                    _ => false,
                }
            }
            _ => false,
        },
        ExprKind::Call { function, .. } => match ast[function].kind {
            ExprKind::Attribute { object, name, .. } => source.name(name) == "startswith" && is_login(object),
            _ => false,
        },
        _ => false,
    }
}
