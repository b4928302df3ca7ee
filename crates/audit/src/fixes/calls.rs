//! Arguments of calls, and imports, as the facts know them.

use facts::Facts;
use facts::source::{ArgumentSyntax, CallSyntax, ImportStatement};
use text::{FileId, Span, TextRange, TextSize};

use super::imports::{self, Header, Named};
use super::lists;
use super::style::{line_start, next_line};
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

/// As [`import_member`], for a module of the project: beside what else is imported from there.
pub(crate) fn import_local(facts: &Facts<'_>, file: FileId, path: &str, name: &str, place: TextSize) -> Named {
    let imports = facts.imports(file);
    let is_there = |statement: &ImportStatement| statement.from.as_deref() == Some(path);
    let local = facts.local_imports(file);
    let mut others = imports
        .iter()
        .filter(|statement| statement.range.end() <= place && local.contains(&statement.range));
    let is_known = imports.iter().any(is_there);
    let Some(first) = others.clone().next().filter(|_| !is_known) else {
        let last = imports.iter().rfind(|statement| statement.range.end() <= place);
        let next = last.and_then(|last| next_line(facts.text(file), last.range.end().into()));
        return match next.filter(|_| !is_known) {
            // Behind all others, as the last group.
            Some(next) => Named {
                name: name.to_owned(),
                import: Some(Replacement {
                    span: Span::new(file, TextRange::empty((next as u32).into())),
                    text: format!("\nfrom {path} import {name}\n"),
                }),
            },
            None => import_member(facts, file, path, name, place),
        };
    };
    let module = |statement: &ImportStatement| {
        let first = statement.names.first().map_or("", |imported| &imported.path);
        statement.from.clone().unwrap_or_else(|| first.to_owned())
    };
    let before = others.rfind(|statement| module(statement).as_str() < path);
    let text = facts.text(file);
    let at = match before {
        Some(statement) => next_line(text, statement.range.end().into()).unwrap_or(text.len()),
        None => line_start(text, first.range.start().into()),
    };
    let is_last = at == text.len() && !text.ends_with('\n');
    Named {
        name: name.to_owned(),
        import: Some(Replacement {
            span: Span::new(file, TextRange::empty((at as u32).into())),
            text: format!("{}from {path} import {name}\n", if is_last { "\n" } else { "" }),
        }),
    }
}

/// The import of those of `names`, in order, that a file does not import from `path`. For names that nothing else in
/// the file has.
pub(crate) fn import_members(
    facts: &Facts<'_>,
    file: FileId,
    path: &str,
    names: &[&str],
    place: TextSize,
) -> Option<Replacement> {
    let imports = facts.imports(file);
    let is_there = |name: &str| {
        imports.iter().any(|statement| {
            let is_before = statement.from.as_deref() == Some(path) && statement.range.end() <= place;
            let mut named = statement.names.iter();
            is_before && named.any(|imported| imported.path == name && imported.alias.is_none())
        })
    };
    let missing: Vec<&str> = names.iter().copied().filter(|name| !is_there(name)).collect();
    if missing.is_empty() {
        return None;
    }
    import_member(facts, file, path, &missing.join(", "), place).import
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

#[cfg(test)]
mod tests {
    use semantic::Project;

    use super::*;

    /// Applies what `edit` makes for the first call that decodes a token.
    #[track_caller]
    fn check(before: &str, after: &str, edit: impl Fn(&Facts<'_>, &CallSyntax) -> Replacement) {
        let mut project = Project::new();
        project.set_file("main.py", before);
        let facts = Facts::new(&project);
        let replacement = edit(&facts, &facts.decodes[0].call);
        let range = replacement.span.range;
        let mut text = before.to_owned();
        text.replace_range(usize::from(range.start())..range.end().into(), &replacement.text);
        assert_eq!(text, after);
    }

    #[test]
    fn arguments() {
        let set = |facts: &Facts<'_>, call: &CallSyntax| set_argument(facts, call, Some(1), "key", "KEY");
        check("import jwt\njwt.decode(t)", "import jwt\njwt.decode(t, key=KEY)", set);
        check("import jwt\njwt.decode(t, k)", "import jwt\njwt.decode(t, KEY)", set);
        check(
            "import jwt\njwt.decode(t, key=k)",
            "import jwt\njwt.decode(t, key=KEY)",
            set,
        );
        check(
            "import jwt\n(jwt.decode (  ))",
            "import jwt\n(jwt.decode (key=KEY  ))",
            set,
        );
        check(
            "import jwt\njwt.decode(t, verify=False)",
            "import jwt\njwt.decode(t)",
            |facts, call| {
                let argument = call.argument(None, &["verify"]).expect("it is given");
                remove_argument(facts, call, argument).expect("it is an argument of the call")
            },
        );
    }

    #[test]
    fn imports() {
        let module = |facts: &Facts<'_>, call: &CallSyntax| {
            let named = import_module(facts, call.span.file, "os", call.span.range.start());
            named.import.expect("it is not there")
        };
        check(
            "import jwt\njwt.decode(t)",
            "import os\n\nimport jwt\njwt.decode(t)",
            module,
        );
        let member = |facts: &Facts<'_>, call: &CallSyntax| {
            let named = import_member(facts, call.span.file, "jwt", "PyJWTError", call.span.range.start());
            named.import.expect("it is not there")
        };
        check(
            "from jwt import (\n  decode,\n)\ndecode(t)",
            "from jwt import (\n  decode,\n  PyJWTError,\n)\ndecode(t)",
            member,
        );
    }
}
