//! Arguments of calls, and imports, as the facts know them.

use facts::Facts;
use facts::source::{ArgumentSyntax, CallSyntax};
use text::{FileId, TextRange, TextSize};

use super::imports::{self, Header, Named};
use super::lists;
use crate::fix::Replacement;

/// Adds an argument, as written (`algorithms=["HS256"]`), behind the last one.
pub(crate) fn append_argument(facts: &Facts<'_>, call: &CallSyntax, argument: &str) -> Replacement {
    let file = call.span.file;
    lists::append(file, facts.text(file), &ranges(call), call.open, argument)
}

/// Takes an argument away, with its comma.
pub(crate) fn remove_argument(facts: &Facts<'_>, call: &CallSyntax, argument: &ArgumentSyntax) -> Option<Replacement> {
    let file = call.span.file;
    let index = call.arguments.iter().position(|known| known.span == argument.span)?;
    Some(lists::remove(file, facts.text(file), &ranges(call), index))
}

/// Replaces an argument's value, or appends the argument by name when it is not written at the call.
pub(crate) fn set_argument(
    facts: &Facts<'_>,
    call: &CallSyntax,
    position: Option<usize>,
    name: &str,
    value: &str,
) -> Replacement {
    match call.argument(position, &[name]) {
        Some(argument) => Replacement {
            span: argument.value,
            text: value.to_owned(),
        },
        None => append_argument(facts, call, &format!("{name}={value}")),
    }
}

/// How to name the module `path` at a place of a file, and the import to add where there is none.
pub(crate) fn import_module(facts: &Facts<'_>, file: FileId, path: &str, place: TextSize) -> Named {
    with_header(facts, file, |header| imports::module(header, path, place))
}

/// How to name `name` of the module `path` at a place of a file, and the import to add where there is none.
pub(crate) fn import_member(facts: &Facts<'_>, file: FileId, path: &str, name: &str, place: TextSize) -> Named {
    with_header(facts, file, |header| imports::member(header, path, name, place))
}

fn with_header<T>(facts: &Facts<'_>, file: FileId, use_it: impl FnOnce(Header<'_>) -> T) -> T {
    let statements = facts.imports(file);
    use_it(Header {
        file,
        text: facts.text(file),
        docstring: facts.docstring(file),
        imports: &statements,
    })
}

fn ranges(call: &CallSyntax) -> Vec<TextRange> {
    call.arguments.iter().map(|argument| argument.span.range).collect()
}
