//! Whether a route asks its caller for more than a login: a role, a permission, a scope.

use semantic::{FunctionRef, Model};
use syntax::ast::*;

use crate::applications::Operation;
use crate::libraries::privileges::{DEMANDS, RIGHTS, ROLES, plain};
use crate::visits::{Visit, all_dependencies, function_of};

/// Told by the names of its dependencies, by scopes, and by tests of a role in what runs for it.
pub(crate) fn are_demanded(model: &Model<'_>, operation: &Operation, visits: &[Visit]) -> bool {
    let dependencies = all_dependencies(operation);
    let is_demanding = |name: &str| {
        let name = plain(name);
        DEMANDS.iter().any(|part| name.contains(part))
    };
    let named = dependencies
        .iter()
        .any(|dependency| is_demanding(&dependency.callable.name) || !dependency.scopes.is_empty());
    named
        || dependencies
            .iter()
            .filter_map(|dependency| function_of(model, dependency))
            .any(|function| tests_role(model, function))
        || visits.iter().any(|visit| tests_role(model, visit.function))
}

/// Whether a function tests an attribute, claim or call that is named like a role, of something other than what
/// the client sends.
fn tests_role(model: &Model<'_>, function: FunctionRef) -> bool {
    let source = model.file(function.file).source();
    let ast = source.ast();
    let is_right = |name: &str| {
        let name = plain(name);
        RIGHTS.contains(&&*name) || ROLES.contains(&&*name) || DEMANDS.iter().any(|part| name.contains(part))
    };
    let names_role = |test: ExprId| {
        ast.descendants(test).into_iter().any(|part| {
            let (object, name) = match ast[part].kind {
                ExprKind::Attribute { object, name, .. } => (object, source.name(name).to_owned()),
                ExprKind::Subscript { object, index } => match ast.string(source.text(), index) {
                    Some(name) => (object, name.to_string()),
                    None => return false,
                },
                // `claims.get("role")`, `is_admin(user)`
                ExprKind::Call { function, arguments } => match ast[function].kind {
                    ExprKind::Name(name) => (function, source.imported_name(name).to_owned()),
                    ExprKind::Attribute { object, .. } => {
                        let key = ast[arguments].first();
                        match key.and_then(|key| ast.string(source.text(), key.value)) {
                            Some(name) => (object, name.to_string()),
                            None => return false,
                        }
                    }
                    _ => return false,
                },
                _ => return false,
            };
            is_right(&name) && !is_body_name(ast, source.text(), object)
        })
    };
    let block = ast[function.id].body;
    ast.stmts_within(block).into_iter().any(|stmt| match ast[stmt].kind {
        StmtKind::If { branches, .. } => ast[branches].iter().any(|branch| names_role(branch.test)),
        StmtKind::Assert { test, .. } => names_role(test),
        StmtKind::Match { subject, .. } => names_role(subject),
        _ => false,
    })
}

/// Names that people give to what the client sends.
fn is_body_name(ast: &Ast, text: &str, object: ExprId) -> bool {
    let name = text[ast[object].range].to_ascii_lowercase();
    let parts = [
        "body", "payload", "data", "request", "_in", "create", "update", "dto", "form", "new_",
    ];
    parts.iter().any(|part| name.contains(part)) && !name.contains("current")
}
