//! The header that tells a refused client how to authenticate.

use facts::Facts;
use facts::source::{ArgumentForm, CallSyntax};
use text::{FileId, Span, TextSize};

use super::calls::{append_argument, import_member};
use super::style::{indent_unit, string_literal};
use crate::fix::Replacement;

/// `headers={"WWW-Authenticate": "Bearer"}` with the quotes of `text`.
pub(crate) fn header(text: &str) -> String {
    let [name, scheme] = ["WWW-Authenticate", "Bearer"].map(|word| string_literal(text, word));
    format!("headers={{{name}: {scheme}}}")
}

/// `raise HTTPException(…)` with 401, on several lines, for a statement that stands at `indent`.
pub(crate) fn raise(facts: &Facts<'_>, file: FileId, place: TextSize, indent: &str) -> (String, Option<Replacement>) {
    let text = facts.text(file);
    let named = import_member(facts, file, "fastapi", "HTTPException", place);
    let unit = indent_unit(text);
    let detail = string_literal(text, "Could not validate credentials");
    let headers = header(text);
    let raised = format!(
        "raise {}(\n{indent}{unit}status_code=401,\n{indent}{unit}detail={detail},\n{indent}{unit}{headers},\n{indent})",
        named.name
    );
    (raised, named.import)
}

/// Adds the header to the call that makes an exception or a response, unless that has headers, or may have.
pub(crate) fn add(facts: &Facts<'_>, call: &CallSyntax) -> Option<Replacement> {
    let is_open = |form: &ArgumentForm| matches!(form, ArgumentForm::Star | ArgumentForm::DoubleStar);
    let is_given = call.arguments.iter().any(|argument| is_open(&argument.form));
    if is_given || call.argument(Some(2), &["headers"]).is_some() {
        return None;
    }
    Some(append_argument(facts, call, &header(facts.text(call.span.file))))
}

/// As [`add`], for the call whose status is written at `status`.
pub(crate) fn add_beside(facts: &Facts<'_>, status: Span) -> Option<Replacement> {
    add(facts, &facts.call_with_argument(status)?)
}
