//! Random values that outlive the process, or that start-up refuses where it counts.

use semantic::{ExprRef, Following, Model, UseKind};
use syntax::ast::*;

/// What the name of a function begins with that stores what it is given.
const STORES: &[&str] = &[
    "write",
    "dump",
    "save",
    "store",
    "persist",
    "insert",
    "put",
    "set_key",
    "setex",
    "create_secret",
    "add_secret",
];

/// Whether a random value is written somewhere from where the next process reads it, or is made only where nobody
/// depends on it.
pub(super) fn is_kept(model: &Model<'_>, expr: ExprRef) -> bool {
    is_stored(model, expr, 0) || is_refused_before(model, expr)
}

fn is_stored(model: &Model<'_>, expr: ExprRef, depth: u32) -> bool {
    let following = Following {
        passes_through: &|path| path.starts_with("builtins."),
        into_callers: true,
    };
    model.uses(expr, following).iter().any(|found| match &found.kind {
        UseKind::Argument { call } => stores(model, *call),
        // `file.write(f"SECRET={secret}\n")`
        UseKind::Text => {
            let ast = model.ast(found.value.file);
            let mut at = found.value.id;
            std::iter::from_fn(|| {
                at = ast.parent_expr(at)?;
                Some(at)
            })
            .take(8)
            .any(|around| {
                let call = ExprRef {
                    file: found.value.file,
                    id: around,
                };
                matches!(ast[around].kind, ExprKind::Call { .. }) && stores(model, call)
            })
        }
        // `key.private_bytes(…)`
        UseKind::Attribute { call: Some(call), .. } => depth < 2 && is_stored(model, *call, depth + 1),
        _ => false,
    })
}

fn stores(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let ExprKind::Call { function, .. } = ast[call.id].kind else {
        return false;
    };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
        return false;
    };
    let name = model.file(call.file).source().imported_name(name);
    // `redis.set("jwt-secret", secret)`
    let is_setter = name == "set" && matches!(ast[function].kind, ExprKind::Attribute { .. });
    is_setter || STORES.iter().any(|store| name.starts_with(store))
}

/// `if settings.ENVIRONMENT == "production": raise …` before the value is made.
fn is_refused_before(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let place = ast[expr.id].range.start();
    let names_production = |test: ExprId| {
        ast.descendants(test).into_iter().any(|part| {
            let text = match ast[part].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => source.imported_name(name).to_lowercase(),
                ExprKind::String { .. } => match ast.string(source.text(), part) {
                    Some(text) => text.to_lowercase(),
                    None => return false,
                },
                _ => return false,
            };
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| matches!(word, "prod" | "production" | "staging" | "live"))
        })
    };
    let leaves = |block: Block| {
        ast[block].last().is_some_and(|&last| match ast[last].kind {
            StmtKind::Raise { .. } | StmtKind::Return(_) => true,
            // `sys.exit(1)`
            StmtKind::Expr(call) => match ast[call].kind {
                ExprKind::Call { function, .. } => match ast[function].kind {
                    ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                        matches!(source.imported_name(name), "exit" | "_exit" | "abort")
                    }
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        })
    };
    // `if environment != "production":`
    let is_negative = |test: ExprId| match ast[test].kind {
        ExprKind::Compare { rest, .. } => ast[rest].iter().any(|comparison| {
            matches!(
                comparison.operator,
                CompareOperator::NotEqual | CompareOperator::NotIn | CompareOperator::IsNot
            )
        }),
        ExprKind::Unary { operator, .. } => operator == UnaryOperator::Not,
        _ => false,
    };
    let stmt = ast.stmt_of(expr.id);
    let function = ast.enclosing_function(stmt);
    let body = function.map_or(ast.body, |function| ast[function].body);
    let mut around: Vec<Block> = vec![body];
    for ancestor in ast.ancestors(stmt) {
        ast.blocks(ancestor, |block| around.push(block));
    }
    around.into_iter().any(|block| {
        let holds = ast.block_range(block).is_some_and(|range| range.contains(place));
        holds
            && ast[block].iter().any(|&earlier| match ast[earlier].kind {
                StmtKind::If { branches, .. } => ast[branches].iter().any(|branch| {
                    let is_before = ast[branch.test].range.end() <= place;
                    let is_inside = ast.block_range(branch.body).is_some_and(|range| range.contains(place));
                    let is_elsewhere = ast[earlier].range.contains(place) || leaves(branch.body);
                    is_before
                        && names_production(branch.test)
                        && is_inside == is_negative(branch.test)
                        && (is_inside || is_elsewhere)
                }),
                _ => false,
            })
    })
}
