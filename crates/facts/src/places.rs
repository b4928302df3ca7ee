//! From spans back to expressions and functions, for the few places that a finding is about.

use semantic::{ExprRef, FunctionRef, Model};
use syntax::ast::*;
use text::{FileId, Span, TextSize};

/// The expression that covers exactly these bytes; linear in the size of the file.
pub(crate) fn expr_of(model: &Model<'_>, span: Span) -> Option<ExprRef> {
    let found = model.ast(span.file).exprs().find(|(_, expr)| expr.range == span.range);
    found.map(|(id, _)| ExprRef { file: span.file, id })
}

/// The innermost expression around a place; linear in the size of the file.
pub(crate) fn expr_around(model: &Model<'_>, span: Span) -> Option<ExprRef> {
    expr_of(model, span).or_else(|| {
        let id = model.ast(span.file).expr_at(span.range.start())?;
        Some(ExprRef { file: span.file, id })
    })
}

/// The innermost function whose body or parameters hold a place.
pub(crate) fn function_around(model: &Model<'_>, file: FileId, place: TextSize) -> Option<FunctionRef> {
    let ast = model.ast(file);
    let found = ast
        .functions()
        .filter(|(_, function)| ast[function.stmt].range.contains(place))
        .min_by_key(|(_, function)| ast[function.stmt].range.len());
    found.map(|(id, _)| FunctionRef { file, id })
}

/// The name of a variable, also behind `await`, `str()` and methods that keep its meaning: `sort` of
/// `sort.strip().lower()`.
pub(crate) fn subject_text<'a>(model: &Model<'a>, expr: ExprRef) -> &'a str {
    let ast = model.ast(expr.file);
    let mut at = expr.id;
    for _ in 0..8 {
        at = match ast[at].kind {
            ExprKind::Await(inner) => inner,
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, .. } => object,
                ExprKind::Name(_) if arguments.len() == 1 => ast[arguments][0].value,
                _ => break,
            },
            _ => break,
        };
    }
    let at = ExprRef {
        file: expr.file,
        id: at,
    };
    model.text(model.span(at)).trim_matches(['(', ')', ' '])
}
