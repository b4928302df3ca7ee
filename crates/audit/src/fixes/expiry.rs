//! The claim `exp`, written in the style of the file.

use facts::Facts;
use facts::expiry::{IssuedToken, TokenPurpose};
use facts::source::ImportStatement;
use text::{FileId, TextRange, TextSize};

use super::calls::import_module;
use super::lists;
use super::style::string_literal;
use crate::fix::{Fix, Replacement};

/// Adds `exp` to what is signed, in front of what may hold one already.
pub(crate) fn add(facts: &Facts<'_>, token: &IssuedToken) -> Fix {
    let file = token.call.span.file;
    let text = facts.text(file);
    let (moment, import) = moment(facts, file, token.call.span.range.start(), token.purpose);
    let entry = format!("{}: {moment}", string_literal(text, "exp"));
    let fix = Fix::changes_behaviour("Let the token expire");
    let fix = match &token.literal {
        Some(literal) => fix.with([lists::append(file, text, &literal.items, literal.open, &entry)]),
        None => {
            let payload = facts.snippet(token.payload);
            fix.edit(token.payload, format!("{{{entry}, **{payload}}}"))
        }
    };
    fix.with(import)
}

/// A constant that says how many minutes an access token lives.
const MINUTES: &str = "ACCESS_TOKEN_EXPIRE_MINUTES";

/// An expression for the end of a token's life, with the import that it needs.
fn moment(facts: &Facts<'_>, file: FileId, place: TextSize, purpose: TokenPurpose) -> (String, Option<Replacement>) {
    let life = match purpose {
        TokenPurpose::Access if facts.is_bound(file, MINUTES) => format!("minutes={MINUTES}"),
        TokenPurpose::Access => "minutes=15".to_owned(),
        TokenPurpose::Refresh => "days=7".to_owned(),
        TokenPurpose::OneTime | TokenPurpose::Unknown => "hours=1".to_owned(),
    };
    let imports = facts.imports(file);
    let before = || imports.iter().filter(|statement| statement.range.end() <= place);
    // `from datetime import datetime, timedelta`
    if let Some(statement) = before().find(|statement| statement.from.as_deref() == Some("datetime")) {
        let (names, import) = members(facts, file, statement, before());
        let [datetime, timedelta, zone] = names;
        return (format!("{datetime}.now({zone}) + {timedelta}({life})"), import);
    }
    let of_module = |path: &str| {
        before()
            .filter(|statement| statement.from.is_none())
            .flat_map(|statement| &statement.names)
            .find(|imported| imported.path == path)
            .map(|imported| imported.alias.clone().unwrap_or_else(|| imported.path.clone()))
    };
    // `time.time() + 900`, where the file knows no other clock.
    if of_module("datetime").is_none()
        && let Some(time) = of_module("time")
        && !life.contains(MINUTES)
    {
        let seconds = match purpose {
            TokenPurpose::Access => "15 * 60",
            TokenPurpose::Refresh => "7 * 24 * 60 * 60",
            TokenPurpose::OneTime | TokenPurpose::Unknown => "60 * 60",
        };
        return (format!("int({time}.time()) + {seconds}"), None);
    }
    let module = import_module(facts, file, "datetime", place);
    let name = module.name;
    (
        format!("{name}.datetime.now({name}.timezone.utc) + {name}.timedelta({life})"),
        module.import,
    )
}

/// Names of `datetime`, `timedelta` and the time zone, and one edit that imports those that are missing.
fn members<'i>(
    facts: &Facts<'_>,
    file: FileId,
    statement: &ImportStatement,
    before: impl Iterator<Item = &'i ImportStatement>,
) -> ([String; 3], Option<Replacement>) {
    let known: Vec<(String, String)> = before
        .filter(|statement| statement.from.as_deref() == Some("datetime"))
        .flat_map(|statement| &statement.names)
        .map(|imported| {
            let name = imported.alias.clone().unwrap_or_else(|| imported.path.clone());
            (imported.path.clone(), name)
        })
        .collect();
    let find = |path: &str| {
        let found = known.iter().find(|(known, _)| known == path);
        found.map(|(_, name)| name.clone())
    };
    let mut missing = Vec::new();
    let mut named = |path: &'static str| {
        find(path).unwrap_or_else(|| {
            missing.push(path);
            path.to_owned()
        })
    };
    let datetime = named("datetime");
    let timedelta = named("timedelta");
    let zone = match find("UTC") {
        Some(name) => name,
        None => format!("{}.utc", named("timezone")),
    };
    let ranges: Vec<TextRange> = statement.names.iter().map(|imported| imported.range).collect();
    let import = match (missing.is_empty(), ranges.last()) {
        (false, Some(last)) => Some(lists::append(
            file,
            facts.text(file),
            &ranges,
            last.end(),
            &missing.join(", "),
        )),
        _ => None,
    };
    ([datetime, timedelta, zone], import)
}
