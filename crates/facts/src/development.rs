//! Code that runs in development only: behind `if settings.DEBUG:` or `ENVIRONMENT == "local"`.

use semantic::{ExprRef, Model};
use syntax::ast::*;
use text::Span;

/// Whether a place is reached in development only.
pub(crate) fn is_development_only(model: &Model<'_>, span: Span) -> bool {
    model.expr_of(span).is_some_and(|expr| is_only_there(model, expr))
}

fn is_only_there(model: &Model<'_>, expr: ExprRef) -> bool {
    let ast = model.ast(expr.file);
    let place = ast[expr.id].range;
    let is_here = |inner: ExprId| ast[inner].range.contains_range(place);
    // `["*"] if settings.DEBUG else settings.ORIGINS`
    let mut at = expr.id;
    while let Some(parent) = ast.parent_expr(at) {
        at = parent;
        if let ExprKind::Conditional { test, then, otherwise } = ast[at].kind {
            let side = Side::of(model, expr.file, test);
            if (is_here(then) && side == Side::Development) || (is_here(otherwise) && side == Side::Production) {
                return true;
            }
        }
    }
    let stmt = ast.stmt_of(expr.id);
    for ancestor in ast.ancestors(stmt) {
        let StmtKind::If { branches, otherwise } = ast[ancestor].kind else {
            continue;
        };
        let holds = |block: Block| ast.block_range(block).is_some_and(|range| range.contains_range(place));
        let mut after_production = false;
        for branch in &ast[branches] {
            let side = Side::of(model, expr.file, branch.test);
            if holds(branch.body) && (side == Side::Development || after_production) {
                return true;
            }
            after_production |= side == Side::Production;
        }
        if after_production && otherwise.is_some_and(holds) {
            return true;
        }
    }
    false
}

/// Where a condition is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Development,
    Production,
    Neither,
}

impl Side {
    fn of(model: &Model<'_>, file: text::FileId, test: ExprId) -> Side {
        let ast = model.ast(file);
        let mut test = test;
        let mut is_negated = false;
        while let ExprKind::Unary {
            operator: UnaryOperator::Not,
            operand,
        } = ast[test].kind
        {
            is_negated = !is_negated;
            test = operand;
        }
        let side = Side::of_plain(model, file, test);
        match (side, is_negated) {
            (Side::Development, true) => Side::Production,
            (Side::Production, true) => Side::Development,
            (side, _) => side,
        }
    }

    fn of_plain(model: &Model<'_>, file: text::FileId, test: ExprId) -> Side {
        let ast = model.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        match ast[test].kind {
            // One half is enough to keep it out of production.
            ExprKind::Boolean {
                operator: BooleanOperator::And,
                left,
                right,
            } => {
                let simple = |id: ExprId| match ast[id].kind {
                    ExprKind::Boolean { .. } | ExprKind::Unary { .. } => Side::Neither,
                    _ => Side::of_plain(model, file, id),
                };
                match simple(left) == Side::Development || simple(right) == Side::Development {
                    true => Side::Development,
                    false => Side::Neither,
                }
            }
            ExprKind::Compare { first, rest } => {
                let [comparison] = &ast[rest] else {
                    return Side::Neither;
                };
                let (named, wanted) = match is_constant(ast, first) {
                    true => (comparison.right, first),
                    false => (first, comparison.right),
                };
                if !names_environment(model, at(named)) && words(model, at(named)).all(|word| !is_switch(&word)) {
                    return Side::Neither;
                }
                let side = match ast[wanted].kind {
                    ExprKind::True => Side::Development,
                    ExprKind::False => Side::Production,
                    _ => side_of_names(model, at(wanted)),
                };
                match comparison.operator {
                    CompareOperator::Equal | CompareOperator::In | CompareOperator::Is => side,
                    CompareOperator::NotEqual | CompareOperator::NotIn | CompareOperator::IsNot => match side {
                        Side::Development => Side::Production,
                        Side::Production => Side::Development,
                        Side::Neither => Side::Neither,
                    },
                    _ => Side::Neither,
                }
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } => {
                // A switch that is on in the code is no switch.
                let is_on = model.eval(at(test)).iter().all(|value| value.as_bool() == Some(true));
                if is_on {
                    return Side::Neither;
                }
                let mut side = Side::Neither;
                for word in words(model, at(test)) {
                    if is_switch(&word) {
                        side = Side::Development;
                    } else if is_production(&word) {
                        return Side::Production;
                    }
                }
                side
            }
            _ => Side::Neither,
        }
    }
}

fn is_constant(ast: &Ast, expr: ExprId) -> bool {
    matches!(
        ast[expr].kind,
        ExprKind::String { .. } | ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) | ExprKind::True
    )
}

/// `ENVIRONMENT`, `settings.app_env`, `os.getenv("STAGE")`
fn names_environment(model: &Model<'_>, expr: ExprRef) -> bool {
    words(model, expr).any(|word| {
        matches!(
            word.as_str(),
            "env" | "environment" | "stage" | "mode" | "deployment" | "profile"
        )
    })
}

/// What an environment is compared with.
fn side_of_names(model: &Model<'_>, expr: ExprRef) -> Side {
    let mut sides = Vec::new();
    for value in model.eval(expr) {
        match &value.kind {
            semantic::ValueKind::List(items) => sides.extend(items.iter().flatten().map(side_of_name)),
            // `Environment.LOCAL` of an enumeration
            _ => sides.push(side_of_name(&value)),
        }
    }
    let side = sides.first().copied().unwrap_or(Side::Neither);
    match sides.iter().all(|other| *other == side) {
        true => side,
        false => Side::Neither,
    }
}

fn side_of_name(value: &semantic::Value) -> Side {
    let Some(name) = value.as_str() else {
        return Side::Neither;
    };
    let name = name.to_lowercase();
    if is_switch(&name) {
        Side::Development
    } else if is_production(&name) {
        Side::Production
    } else {
        Side::Neither
    }
}

/// The words of an expression as it is written: `settings`, `is`, `debug` of `settings.IS_DEBUG`.
fn words<'a>(model: &Model<'a>, expr: ExprRef) -> impl Iterator<Item = String> + use<'a> {
    model
        .text(model.span(expr))
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

fn is_switch(word: &str) -> bool {
    matches!(
        word,
        "debug" | "dev" | "develop" | "development" | "local" | "localhost" | "test" | "testing" | "tests"
    )
}

fn is_production(word: &str) -> bool {
    matches!(word, "prod" | "production" | "live" | "release" | "staging")
}
