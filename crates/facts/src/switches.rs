//! Settings that turn a check on and off while the program runs.

use semantic::{ExprRef, Model, Reason, Step, Value, ValueKind};
use syntax::ast::ExprKind;
use text::Span;

use crate::environment::environment_read;

/// What decides something while the program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// As a reader knows it: `settings.VERIFY_JWT`.
    pub name: String,
    /// Where it is written or declared.
    pub span: Span,
}

/// The switch that a value is: read from the environment or a settings class, also compared or negated.
pub(crate) fn switch(model: &Model<'_>, value: &Value) -> Option<Switch> {
    let is_switch = match &value.kind {
        ValueKind::Unknown(Reason::Computed) => computed_from_environment(model, value.origin, 0),
        _ => environment_read(model, value).is_some(),
    };
    is_switch.then(|| Switch {
        name: name(model, value),
        span: value.origin,
    })
}

/// Names that stand between a switch and where it is computed.
const MAX_DEPTH: u32 = 3;

fn computed_from_environment(model: &Model<'_>, origin: Span, depth: u32) -> bool {
    let ast = model.ast(origin.file);
    let at = |id| ExprRef { file: origin.file, id };
    let computed = ast.exprs().find(|(_, expr)| {
        expr.range == origin.range && matches!(expr.kind, ExprKind::Compare { .. } | ExprKind::Unary { .. })
    });
    let Some((id, _)) = computed else {
        return false;
    };
    ast.descendants(id).into_iter().any(|part| {
        model.eval(at(part)).iter().any(|value| {
            let read = match &value.kind {
                // `os.getenv("VERIFY", "true").lower()`
                ValueKind::Call { path, .. } | ValueKind::External(path) => {
                    path.starts_with("os.getenv") || path.starts_with("os.environ")
                }
                // `not DEBUG`
                ValueKind::Unknown(Reason::Computed) => {
                    value.origin != origin
                        && depth < MAX_DEPTH
                        && computed_from_environment(model, value.origin, depth + 1)
                }
                _ => false,
            };
            read || environment_read(model, value).is_some()
        })
    })
}

fn name(model: &Model<'_>, value: &Value) -> String {
    let last = value.steps().into_iter().next_back();
    let text = match last {
        Some(Step::Bound { name, .. }) => name,
        Some(Step::Attribute { at, .. }) => model.text(at).to_owned(),
        _ => model.text(value.origin).to_owned(),
    };
    match text.len() > 60 || text.contains('\n') {
        true => "a setting".to_owned(),
        false => text,
    }
}
