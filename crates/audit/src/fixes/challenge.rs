//! The header that tells a refused client how to authenticate.

use facts::Facts;
use facts::source::{ArgumentForm, CallSyntax};
use text::Span;

use super::calls::append_argument;
use super::style::string_literal;
use crate::fix::Replacement;

/// `headers={"WWW-Authenticate": "Bearer"}` with the quotes of `text`.
pub(crate) fn header(text: &str) -> String {
    let [name, scheme] = ["WWW-Authenticate", "Bearer"].map(|word| string_literal(text, word));
    format!("headers={{{name}: {scheme}}}")
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
