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
