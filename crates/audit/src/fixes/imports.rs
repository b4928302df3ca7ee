//! Naming something from a module, with a new import where the file has none.

use facts::source::{ImportStatement, ImportedName};
use text::{FileId, Span, TextRange, TextSize};

use super::lists;
use super::style::{line_start, next_line};
use crate::fix::Replacement;

/// The head of a file, as far as imports care.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    pub(crate) file: FileId,
    pub(crate) text: &'a str,
    /// Of the module.
    pub(crate) docstring: Option<TextRange>,
    /// At the top level, in order.
    pub(crate) imports: &'a [ImportStatement],
}

/// How to name something at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// For instance `os`, or `jwt_errors` where it was imported so.
    pub(crate) name: String,
    /// The import to add; `None` when it is there.
    pub(crate) import: Option<Replacement>,
}

/// The module `path` for use at `place`, by its alias where it has one.
pub(crate) fn module(header: Header<'_>, path: &str, place: TextSize) -> Named {
    for statement in header.before(place).filter(|statement| statement.from.is_none()) {
        if let Some(imported) = statement.names.iter().find(|imported| imported.path == path) {
            return Named::known(imported);
        }
    }
    Named {
        name: path.to_owned(),
        import: Some(header.new_statement(&format!("import {path}"), Order::new(None, path), place)),
    }
}

/// `name` of the module `path` for use at `place`. An import of the same module is extended.
pub(crate) fn member(header: Header<'_>, path: &str, name: &str, place: TextSize) -> Named {
    let of_module = || {
        header
            .before(place)
            .filter(|statement| statement.from.as_deref() == Some(path))
    };
    let imported = of_module()
        .flat_map(|statement| &statement.names)
        .find(|imported| imported.path == name);
    if let Some(imported) = imported {
        return Named::known(imported);
    }
    let extended = of_module().find_map(|statement| {
        // `from m import *` has no name to add to.
        let names: Vec<TextRange> = statement.names.iter().map(|imported| imported.range).collect();
        let last = *names.last()?;
        Some(lists::append(header.file, header.text, &names, last.end(), name))
    });
    let import = extended.unwrap_or_else(|| {
        let statement = format!("from {path} import {name}");
        header.new_statement(&statement, Order::new(Some(path), path), place)
    });
    Named {
        name: name.to_owned(),
        import: Some(import),
    }
}

impl Named {
    fn known(imported: &ImportedName) -> Named {
        Named {
            name: imported.alias.clone().unwrap_or_else(|| imported.path.clone()),
            import: None,
        }
    }
}

/// Groups of imports, in the order of PEP 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Future,
    Standard,
    ThirdParty,
    Local,
}

/// Where an import stands among others: by group, `import` before `from`, by module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    group: Group,
    is_from: bool,
    module: String,
}

impl Order {
    fn new(from: Option<&str>, module: &str) -> Order {
        let first = module.split('.').next().unwrap_or_default();
        let group = match first {
            "" => Group::Local,
            "__future__" => Group::Future,
            _ if STANDARD.binary_search(&first).is_ok() => Group::Standard,
            _ => Group::ThirdParty,
        };
        Order {
            group,
            is_from: from.is_some(),
            module: module.to_lowercase(),
        }
    }

    fn of(statement: &ImportStatement) -> Order {
        let first_name = statement.names.first().map_or("", |imported| &imported.path);
        let from = statement.from.as_deref();
        Order::new(from, from.unwrap_or(first_name))
    }
}

impl<'a> Header<'a> {
    /// The imports that have run when the code at `place` does.
    fn before(self, place: TextSize) -> impl Iterator<Item = &'a ImportStatement> {
        self.imports
            .iter()
            .take_while(move |statement| statement.range.end() <= place)
    }

    /// A new line with `statement`, in its group and in order there.
    fn new_statement(self, statement: &str, order: Order, place: TextSize) -> Replacement {
        let ordered: Vec<(Order, &ImportStatement)> = self
            .before(place)
            .map(|statement| (Order::of(statement), statement))
            .collect();
        let same_group = |other: &&(Order, &ImportStatement)| other.0.group == order.group;
        let behind = ordered.iter().filter(same_group).rfind(|(other, _)| *other <= order);
        if let Some((_, other)) = behind {
            return self.line_after(other.range, &format!("{statement}\n"));
        }
        if let Some((_, other)) = ordered.iter().find(same_group) {
            return self.line_before(other.range, &format!("{statement}\n"));
        }
        // The first of its group: an empty line keeps it apart from the others.
        if let Some((_, other)) = ordered.iter().rfind(|(other, _)| other.group < order.group) {
            return self.line_after(other.range, &format!("\n{statement}\n"));
        }
        if let Some((_, other)) = ordered.first() {
            return self.line_before(other.range, &format!("{statement}\n\n"));
        }
        match self.docstring {
            Some(docstring) => self.line_after(docstring, &format!("\n{statement}\n")),
            None => {
                let at = self.after_comments();
                let code = self.text[at..].trim_start();
                // PEP 8 wants two empty lines in front of what is defined.
                let is_definition = ["class ", "def ", "async def ", "@"]
                    .iter()
                    .any(|word| code.starts_with(word));
                let gap = if is_definition { "\n\n\n" } else { "\n\n" };
                self.insertion(at, &format!("{statement}{gap}"))
            }
        }
    }

    fn line_before(self, range: TextRange, lines: &str) -> Replacement {
        self.insertion(line_start(self.text, range.start().into()), lines)
    }

    fn line_after(self, range: TextRange, lines: &str) -> Replacement {
        match next_line(self.text, range.end().into()) {
            Some(next) => self.insertion(next, lines),
            None => self.insertion(self.text.len(), &format!("\n{}", lines.trim_end())),
        }
    }

    /// Behind the comments at the very top (`#!`, coding, licence) and the empty lines that end them.
    fn after_comments(self) -> usize {
        let mut at = line_start(self.text, self.text.len().min(3));
        let mut end = at;
        while let Some(next) = next_line(self.text, at) {
            let line = &self.text[at..next];
            let is_comment = line.starts_with('#');
            if !is_comment && !line.trim().is_empty() {
                break;
            }
            at = next;
            // Empty lines before the code stay with the code unless comments came before them.
            if is_comment || end > 0 {
                end = next;
            }
        }
        end
    }

    fn insertion(self, at: usize, text: &str) -> Replacement {
        Replacement {
            span: Span::new(self.file, TextRange::empty((at as u32).into())),
            text: text.to_owned(),
        }
    }
}

/// Modules of Python's standard library that web services import; sorted. One that is missing here is grouped
/// with third-party modules, which is untidy and not wrong.
#[rustfmt::skip]
const STANDARD: [&str; 57] = [
    "__future__", "abc", "argparse", "asyncio", "base64", "binascii", "collections", "contextlib", "contextvars",
    "copy", "csv", "dataclasses", "datetime", "decimal", "email", "enum", "functools", "hashlib", "hmac", "html",
    "http", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "logging", "math", "mimetypes", "operator",
    "os", "pathlib", "pickle", "platform", "queue", "random", "re", "secrets", "shutil", "signal", "smtplib",
    "socket", "sqlite3", "ssl", "string", "subprocess", "sys", "tempfile", "threading", "time", "traceback", "types",
    "typing", "urllib", "uuid", "warnings",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn range_of(text: &str, part: &str) -> TextRange {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        TextRange::new((start as u32).into(), ((start + part.len()) as u32).into())
    }

    /// Reads imports well enough for the texts below.
    fn statements(text: &str) -> Vec<ImportStatement> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let line_end = rest.find('\n').unwrap_or(rest.len());
            let mut statement = &rest[..line_end];
            if statement.ends_with('(') {
                statement = &rest[..=rest.find(')').expect("closed")];
            }
            at += statement.len() + 1;
            let (from, names) = if let Some(names) = statement.strip_prefix("import ") {
                (None, names)
            } else if let Some((module, names)) = statement
                .strip_prefix("from ")
                .and_then(|rest| rest.split_once(" import "))
            {
                (Some(module.to_owned()), names)
            } else {
                continue;
            };
            let names = names
                .trim_matches(['(', ')'])
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            let names = names.map(|name| {
                let (path, alias) = name
                    .split_once(" as ")
                    .map_or((name, None), |(path, alias)| (path, Some(alias)));
                ImportedName {
                    range: range_of(text, name),
                    path: path.to_owned(),
                    alias: alias.map(str::to_owned),
                }
            });
            out.push(ImportStatement {
                range: range_of(text, statement),
                from,
                names: names.collect(),
            });
        }
        out
    }

    /// Asks for `wanted`, `module` or `module:name`, at the end of `before`.
    #[track_caller]
    fn check(wanted: &str, before: &str, name: &str, after: &str) {
        let imports = statements(before);
        let docstring = before.starts_with("\"\"\"").then(|| {
            let end = before[3..].find("\"\"\"").expect("closed") + 6;
            range_of(before, &before[..end])
        });
        let header = Header {
            file: FileId(0),
            text: before,
            docstring,
            imports: &imports,
        };
        let place = (before.len() as u32).into();
        let named = match wanted.split_once(':') {
            Some((path, name)) => member(header, path, name, place),
            None => module(header, wanted, place),
        };
        assert_eq!(named.name, name);
        let mut text = before.to_owned();
        if let Some(import) = named.import {
            let range = import.span.range;
            text.replace_range(usize::from(range.start())..range.end().into(), &import.text);
        }
        assert_eq!(text, after);
    }

    #[test]
    fn already_there() {
        let text = "import os as system, re\nfrom fastapi import (\n    Depends,\n    HTTPException as Error,\n)\n";
        check("os", text, "system", text);
        check("re", text, "re", text);
        check("fastapi:HTTPException", text, "Error", text);
    }

    #[test]
    fn extended() {
        check("m:b", "from m import a\n", "b", "from m import a, b\n");
        check(
            "m:b",
            "from m import (\n    a as c,\n)\n",
            "b",
            "from m import (\n    a as c,\n    b,\n)\n",
        );
    }

    #[test]
    fn grouped() {
        check("os", "x = 1\n", "os", "import os\n\nx = 1\n");
        check(
            "os",
            "import re\n\nimport jwt\n",
            "os",
            "import os\nimport re\n\nimport jwt\n",
        );
        check(
            "secrets",
            "import re\nfrom os import environ\n",
            "secrets",
            "import re\nimport secrets\nfrom os import environ\n",
        );
        check("os", "import jwt\n", "os", "import os\n\nimport jwt\n");
        check(
            "jwt",
            "import os\n\nfrom .a import b\n",
            "jwt",
            "import os\n\nimport jwt\n\nfrom .a import b\n",
        );
        check("jwt", "import os", "jwt", "import os\n\nimport jwt");
        check(
            "os",
            "from __future__ import annotations\n\nx = 1\n",
            "os",
            "from __future__ import annotations\n\nimport os\n\nx = 1\n",
        );
    }

    #[test]
    fn below_docstring_and_comments() {
        check(
            "os",
            "\"\"\"Doc.\"\"\"\n\nx = 1\n",
            "os",
            "\"\"\"Doc.\"\"\"\n\nimport os\n\nx = 1\n",
        );
        check(
            "os",
            "#!/usr/bin/python\n# Licence\n\nx = 1\n",
            "os",
            "#!/usr/bin/python\n# Licence\n\nimport os\n\nx = 1\n",
        );
        check("os", "\u{feff}x = 1\n", "os", "\u{feff}import os\n\nx = 1\n");
        check(
            "os",
            "class A:\n    x = 1\n",
            "os",
            "import os\n\n\nclass A:\n    x = 1\n",
        );
    }

    #[test]
    fn imports_below_the_use_do_not_count() {
        let text = "x = 1\nimport os\n";
        let imports = statements(text);
        let header = Header {
            file: FileId(0),
            text,
            docstring: None,
            imports: &imports,
        };
        assert!(module(header, "os", 3.into()).import.is_some());
    }

    #[test]
    fn standard_modules_are_sorted() {
        assert!(STANDARD.is_sorted());
    }
}
