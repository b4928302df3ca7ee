//! Calls that decode tokens: the key, the algorithms and the options that they should have.

use facts::Facts;
use facts::algorithms::AlgorithmName;
use facts::confusion::is_symmetric;
use facts::keys::Key;
use facts::libraries::EncodeAlgorithm;
use facts::source::{ArgumentForm, CallSyntax};
use facts::tokens::TokenDecode;
use report::Applicability;
use text::{FileId, Span, TextSize};

use super::calls::{self, import_module};
use super::lists;
use super::style::{indent_at, line_start, string_literal};
use crate::fix::{Fix, Replacement};

/// What to write for an argument.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) import: Option<Replacement>,
    /// The project says so, nothing was guessed.
    pub(crate) is_certain: bool,
}

/// The algorithms that tokens of the project are signed with, as a list for `file`.
pub(crate) fn algorithms(facts: &Facts<'_>, file: FileId, key: Option<&Key>) -> Written {
    let is_asymmetric = key.is_some_and(|key| facts.is_of_key_pair(key));
    let fits = |name: &str| !is_asymmetric || !is_symmetric(name);
    let listed = |text: String, is_certain| Written {
        text: format!("[{text}]"),
        import: None,
        is_certain,
    };
    // Another decode in the file that pins them with something that can be read there.
    let pinned = facts
        .decodes
        .iter()
        .filter(|decode| decode.call.span.file == file && !decode.call.is_test)
        .filter(|decode| !decode.algorithms.known.is_empty() && decode.algorithms.is_certain())
        .filter(|decode| decode.algorithms.always(|list| only_good_names(list.names())))
        .filter(|decode| {
            let mut lists = decode.algorithms.known.iter().map(|way| way.value.names());
            lists.all(|names| names.iter().all(|name| fits(&name.name)))
        })
        .find_map(|decode| {
            let argument = decode.function.algorithms?;
            let text = facts.snippet(decode.call.argument(argument.position, argument.keywords)?.value);
            let is_list = text.starts_with('[') && text.ends_with(']') && !text.contains('\n');
            let inner = text.trim_matches(['[', ']']);
            (is_list && (inner.starts_with(['"', '\'']) || is_constant(inner))).then(|| text.to_owned())
        });
    if let Some(text) = pinned {
        return Written {
            text,
            import: None,
            is_certain: true,
        };
    }
    let mut names: Vec<&str> = Vec::new();
    for encode in facts.encodes.iter().filter(|encode| !encode.call.is_test) {
        names.extend(encode.algorithm.known.iter().map(|way| way.value.name.as_str()));
        // PyJWT and python-jose sign with HS256 when nothing is said.
        if encode.algorithm.absent {
            names.push("HS256");
        }
    }
    text::sort(&mut names);
    names.dedup();
    match names[..] {
        [name] if !name.eq_ignore_ascii_case("none") && fits(name) => {
            let constant = facts.encodes.iter().find_map(|encode| {
                let EncodeAlgorithm::Argument(argument) = &encode.function.algorithm else {
                    return None;
                };
                let text = facts.snippet(encode.call.argument(argument.position, argument.keywords)?.value);
                (encode.call.span.file == file && is_constant(text)).then(|| text.to_owned())
            });
            listed(
                constant.unwrap_or_else(|| string_literal(facts.text(file), name)),
                !is_asymmetric,
            )
        }
        _ => {
            let name = if is_asymmetric { "RS256" } else { "HS256" };
            listed(string_literal(facts.text(file), name), false)
        }
    }
}

fn only_good_names(names: &[AlgorithmName]) -> bool {
    !names.is_empty() && names.iter().all(|name| !name.name.eq_ignore_ascii_case("none"))
}

/// The key that tokens are verified with, as it can be written at a place of a file.
pub(crate) fn key(facts: &Facts<'_>, file: FileId, place: TextSize, secret_name: &str) -> Written {
    let in_file = |call: &CallSyntax| call.span.file == file && !call.is_test;
    let decoded = facts
        .decodes
        .iter()
        .filter(|decode| in_file(&decode.call))
        .map(|decode| {
            let argument = decode.function.key;
            decode.call.argument(argument.position, argument.keywords)
        });
    let encoded = facts
        .encodes
        .iter()
        .filter(|encode| in_file(&encode.call))
        .filter(|encode| {
            encode
                .algorithm
                .known
                .iter()
                .all(|way| way.value.name.starts_with("HS"))
        })
        .map(|encode| {
            let argument = encode.function.key;
            encode.call.argument(argument.position, argument.keywords)
        });
    let known = decoded
        .chain(encoded)
        .flatten()
        .map(|argument| facts.snippet(argument.value))
        .find(|text| is_constant(text) || is_setting(facts, file, text));
    if let Some(text) = known {
        return Written {
            text: text.to_owned(),
            import: None,
            is_certain: true,
        };
    }
    let os = import_module(facts, file, "os", place);
    let variable = string_literal(facts.text(file), secret_name);
    Written {
        text: format!("{}.environ[{variable}]", os.name),
        import: os.import,
        is_certain: false,
    }
}

/// A name in capitals, as constants are written.
fn is_constant(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_uppercase())
        && characters.all(|character| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_')
}

/// `settings.SECRET`, where the file imports `settings`.
fn is_setting(facts: &Facts<'_>, file: FileId, text: &str) -> bool {
    let Some((object, name)) = text.split_once('.') else {
        return false;
    };
    let is_plain = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "_.()".contains(character));
    let is_imported = || {
        facts
            .imports(file)
            .iter()
            .flat_map(|statement| &statement.names)
            .any(|imported| imported.alias.as_deref().unwrap_or(&imported.path) == object)
    };
    is_plain && matches!(object, "settings" | "config") && is_imported()
}

/// Makes a call check again what `options` turn off, adding what it needs for that: `arguments` by name.
pub(crate) fn check_again(
    facts: &Facts<'_>,
    decode: &TokenDecode,
    options: &[&str],
    arguments: &[(&str, String)],
) -> Option<Vec<Replacement>> {
    let call = &decode.call;
    let mut out = Vec::new();
    let mut added: Vec<String> = Vec::new();
    for (name, value) in arguments {
        let position = match *name {
            "key" => decode.function.key.position,
            "algorithms" => decode.function.algorithms.and_then(|argument| argument.position),
            _ => None,
        };
        match call.argument(position, &[name]) {
            Some(argument) => out.push(Replacement {
                span: argument.value,
                text: value.clone(),
            }),
            None => added.push(format!("{name}={value}")),
        }
    }
    let options_argument = decode.function.options?;
    let given = call.argument(options_argument.position, options_argument.keywords);
    let mut is_appended = false;
    match (given, &decode.written_options) {
        (Some(given), Some(written)) => {
            let file = written.span.file;
            let removed: Vec<usize> = (0..written.entries.len())
                .filter(|&index| {
                    let entry = &written.entries[index];
                    let is_set = |key: &str| is_off(facts, entry.value) || decode.switch(key).is_some();
                    entry
                        .key
                        .as_deref()
                        .is_some_and(|key| options.contains(&key) && is_set(key))
                })
                .collect();
            if !removed.is_empty() && removed.len() == written.entries.len() {
                if added.is_empty() {
                    out.extend(calls::remove_argument(facts, call, given));
                } else {
                    out.push(Replacement {
                        span: given.span,
                        text: joined(facts, given.span, &added),
                    });
                    is_appended = true;
                }
            } else {
                let ranges: Vec<_> = written.entries.iter().map(|entry| entry.span.range).collect();
                match removed[..] {
                    [index] => out.push(lists::remove(file, facts.text(file), &ranges, index)),
                    // Neighbours cannot be taken away one by one.
                    _ => out.extend(removed.iter().map(|&index| Replacement {
                        span: written.entries[index].value,
                        text: "True".to_owned(),
                    })),
                }
                out.extend(turned_on(facts, decode, options, Some(written.span)));
            }
        }
        _ => out.extend(turned_on(facts, decode, options, None)),
    }
    if !is_appended && !added.is_empty() {
        let separator_argument = added.join(", ");
        out.push(calls::append_argument(facts, call, &separator_argument));
    }
    (!out.is_empty()).then_some(out)
}

/// `False` at the places where the options come from, outside of `except_in`.
fn turned_on(facts: &Facts<'_>, decode: &TokenDecode, options: &[&str], except_in: Option<Span>) -> Vec<Replacement> {
    let mut out: Vec<Replacement> = Vec::new();
    // A setting is no place to promise anything: the next deployment may set it again.
    for option in options.iter().filter(|option| decode.switch(option).is_none()) {
        for way in decode.flag(option).known.iter().filter(|way| !way.value) {
            let is_inside = except_in
                .is_some_and(|span| span.file == way.origin.file && span.range.contains_range(way.origin.range));
            let replacement = Replacement {
                span: way.origin,
                text: "True".to_owned(),
            };
            if is_off(facts, way.origin) && !is_inside && !out.contains(&replacement) {
                out.push(replacement);
            }
        }
    }
    out
}

/// Adds a claim to those that a decode requires: `options={"require": ["exp"]}`.
pub(crate) fn require_in_list(facts: &Facts<'_>, decode: &TokenDecode, claim: &str) -> Option<Replacement> {
    let file = decode.call.span.file;
    let text = facts.text(file);
    let [key, name] = ["require", claim].map(|word| string_literal(text, word));
    let written = decode.written_options.as_ref();
    let entry = written.and_then(|written| {
        let is_it = |entry: &&facts::source::EntrySyntax| entry.key.as_deref() == Some("require");
        written.entries.iter().find(is_it)
    });
    match entry {
        Some(entry) => {
            let list = facts.snippet(entry.value);
            let inner = list.strip_prefix('[')?.strip_suffix(']')?;
            let separator = if inner.trim().is_empty() { "" } else { ", " };
            Some(Replacement {
                span: entry.value,
                text: format!("[{inner}{separator}{name}]"),
            })
        }
        None => add_option(facts, decode, &format!("{key}: [{name}]")),
    }
}

/// As [`require_in_list`], for python-jose: `options={"require_exp": True}`.
pub(crate) fn require_by_flag(facts: &Facts<'_>, decode: &TokenDecode, claim: &str) -> Option<Replacement> {
    let key = string_literal(facts.text(decode.call.span.file), &format!("require_{claim}"));
    add_option(facts, decode, &format!("{key}: True"))
}

/// Adds an entry to the options that are written at a call, or the first one.
fn add_option(facts: &Facts<'_>, decode: &TokenDecode, entry: &str) -> Option<Replacement> {
    match (&decode.written_options, decode.options_span) {
        (Some(written), _) => {
            let file = written.span.file;
            let ranges: Vec<_> = written.entries.iter().map(|entry| entry.span.range).collect();
            Some(lists::append(file, facts.text(file), &ranges, written.open, entry))
        }
        (None, None) => {
            decode.function.options?;
            Some(calls::append_argument(
                facts,
                &decode.call,
                &format!("options={{{entry}}}"),
            ))
        }
        // Kept somewhere else.
        (None, Some(_)) => None,
    }
}

/// A literal that turns an option off.
fn is_off(facts: &Facts<'_>, span: Span) -> bool {
    matches!(facts.snippet(span), "False" | "0" | "None")
}

/// Arguments in the place of one: each on a line of its own where that was.
fn joined(facts: &Facts<'_>, place: Span, arguments: &[String]) -> String {
    let text = facts.text(place.file);
    let start = place.range.start();
    let line = line_start(text, start.into());
    let indent = indent_at(text, start);
    let gap = match line + indent.len() == usize::from(start) {
        true => format!(",\n{indent}"),
        false => ", ".to_owned(),
    };
    arguments.join(&gap)
}

/// A fix with the applicability that its parts allow.
pub(crate) fn fix(title: String, parts: &[&Written], certain: Applicability) -> Fix {
    match parts.iter().all(|part| part.is_certain) {
        true => match certain {
            Applicability::Safe => Fix::safe(title),
            Applicability::ChangesBehaviour => Fix::changes_behaviour(title),
            Applicability::NeedsValue => Fix::needs_value(title),
        },
        false => Fix::needs_value(title),
    }
}

/// Whether a call passes nothing by stars, so that arguments can be added to it.
pub(crate) fn is_plain(call: &CallSyntax) -> bool {
    !call
        .arguments
        .iter()
        .any(|argument| matches!(argument.form, ArgumentForm::Star | ArgumentForm::DoubleStar))
}
