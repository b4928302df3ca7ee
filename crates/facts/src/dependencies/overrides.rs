//! `app.dependency_overrides`: dependencies that something else stands in for.

use semantic::{ExprRef, Model, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use super::{Callable, Resolver};
use crate::libraries::fastapi;

/// One dependency that is replaced in an application.
#[derive(Debug, Clone)]
pub struct DependencyOverride {
    pub original: Callable,
    pub replacement: Callable,
    /// The assignment.
    pub span: Span,
    /// Whether it stands in a test.
    pub is_test: bool,
}

pub(crate) fn find(resolver: &Resolver<'_, '_>) -> Vec<DependencyOverride> {
    let model = resolver.model;
    let mut out = Vec::new();
    for file in model.file_ids() {
        let ast = model.ast(file);
        let Some(name) = ast.name(fastapi::OVERRIDES) else {
            continue;
        };
        let is_overrides = |id: ExprId| matches!(ast[id].kind, ExprKind::Attribute { name: n, .. } if n == name);
        for (_, stmt) in ast.stmts() {
            let span = Span::new(file, stmt.range);
            let pairs = match stmt.kind {
                StmtKind::Assign { targets, value } => ast[targets]
                    .iter()
                    .flat_map(|&target| match ast[target].kind {
                        ExprKind::Subscript { object, index } if is_overrides(object) => vec![(index, value)],
                        // `app.dependency_overrides = {…}`
                        _ if is_overrides(target) => pairs(ast, value),
                        _ => Vec::new(),
                    })
                    .collect(),
                StmtKind::Expr(expr) => updated(model, ast, file, expr, is_overrides),
                _ => Vec::new(),
            };
            for (original, replacement) in pairs {
                out.push(DependencyOverride {
                    original: callable(resolver, file, original),
                    replacement: callable(resolver, file, replacement),
                    span,
                    is_test: model.file(file).is_test(),
                });
            }
        }
    }
    text::sort_by_number(&mut out, |found| found.span.number());
    out
}

/// `app.dependency_overrides.update({…})`
fn updated(
    model: &Model<'_>,
    ast: &Ast,
    file: FileId,
    expr: ExprId,
    is_overrides: impl Fn(ExprId) -> bool,
) -> Vec<(ExprId, ExprId)> {
    let ExprKind::Call { function, arguments } = ast[expr].kind else {
        return Vec::new();
    };
    match ast[function].kind {
        ExprKind::Attribute { object, name, .. }
            if is_overrides(object) && model.file(file).source().name(name) == "update" =>
        {
            ast[arguments]
                .iter()
                .flat_map(|argument| pairs(ast, argument.value))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn pairs(ast: &Ast, dictionary: ExprId) -> Vec<(ExprId, ExprId)> {
    let ExprKind::Dict(items) = ast[dictionary].kind else {
        return Vec::new();
    };
    let pairs = ast[items].iter().filter_map(|item| match *item {
        DictItem::Pair { key, value } => Some((key, value)),
        DictItem::Spread(_) => None,
    });
    pairs.collect()
}

fn callable(resolver: &Resolver<'_, '_>, file: FileId, id: ExprId) -> Callable {
    let expr = ExprRef { file, id };
    let values: Values = resolver.model.eval(expr);
    let known = values
        .into_iter()
        .filter(|value| !matches!(value.kind, ValueKind::Unknown(_)));
    resolver.callable(&known.collect(), Some(resolver.model.span(expr)))
}
