//! `HTTPException(status_code=401, …)`: where callers without a good token are turned away.

use semantic::{ExprRef, Model, ValueKind};
use text::Span;

use crate::Facts;
use crate::answers::status_code;
use crate::libraries::web::ANSWERING;
use crate::source::{Function, function_of};

/// An exception that answers with 401, outside of tests.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub span: Span,
    /// What it tells the caller is constant, or nothing.
    pub is_fixed_text: bool,
    pub function: Option<Function>,
}

const UNAUTHORIZED: u16 = 401;

pub(crate) fn find(model: &Model<'_>) -> Vec<Refusal> {
    let mut out = Vec::new();
    for file in model.file_ids().filter(|file| !model.file(*file).is_test()) {
        for call in model.calls_named(file, ["HTTPException"]) {
            out.extend(refusal(model, call));
        }
    }
    text::sort_by_number(&mut out, |refusal| refusal.span.number());
    out
}

fn refusal(model: &Model<'_>, call: ExprRef) -> Option<Refusal> {
    let path = model.called_path(call)?;
    let library = ANSWERING.iter().find(|library| library.paths.contains(&&*path))?;
    let status = library.status?;
    let arguments = model.arguments(call, None);
    let given = arguments.get(status.position, status.keywords)?;
    let codes = &given.values;
    if codes.is_empty() || codes.iter().any(|code| status_code(code) != Some(UNAUTHORIZED)) {
        return None;
    }
    let told = arguments.get(library.content.position, library.content.keywords);
    let is_constant = |kind: &ValueKind| matches!(kind, ValueKind::Str(_) | ValueKind::None);
    let is_fixed = |told: &semantic::BoundArgument| told.values.iter().all(|value| is_constant(&value.kind));
    Some(Refusal {
        span: model.span(call),
        is_fixed_text: !arguments.is_open() && told.is_none_or(is_fixed),
        function: model
            .enclosing_function(call)
            .map(|function| function_of(model, function)),
    })
}

impl Facts<'_> {
    /// Where callers are turned away with 401, found when it is first asked for.
    pub fn refusals(&self) -> &[Refusal] {
        self.refusals.get_or_init(|| find(&self.model))
    }
}
