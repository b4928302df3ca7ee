//! What stands where a finding is.

use semantic::{ExprRef, FunctionRef, Model};
use syntax::ast::*;
use text::{FileId, TextSize};

/// The innermost function whose decorators, parameters or body hold a place.
pub(crate) fn function_around(model: &Model<'_>, file: FileId, place: TextSize) -> Option<FunctionRef> {
    model.function_at(file, place)
}

/// The name of a variable, also behind `await`, `str()` and methods that keep its meaning: `sort` of
/// `sort.strip().lower()`.
pub(crate) fn subject_text<'a>(model: &Model<'a>, expr: ExprRef) -> std::borrow::Cow<'a, str> {
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
    model.written(at)
}
