//! What rule files use in their tests, and the tests that hold for every rule.
//!
//! ```ignore
//! #[cfg(test)]
//! mod tests {
//!     use super::RULE;
//!     use crate::testing::{check, check_fix};
//!
//!     #[test]
//!     fn says_none() {
//!         check(
//!             r#"
//!             import jwt
//!             jwt.decode(token, key, algorithms=["none"])  # finding: jwt-none-algorithm (warning)
//!             jwt.decode(token, key, algorithms=["HS256"])  # ok
//!             "#,
//!         );
//!     }
//! }
//! ```
//!
//! How to write fixtures stands in [`test_utils`]. All rules run on every one of them; in a rule's file the others
//! are heard on lines with an annotation.

mod documentation;
mod framework;
pub(crate) mod projects;
mod registry;
mod sample_rules;
mod spellings;
mod subject;

use std::panic::Location;
use std::path::Path;

use report::Report;
use test_utils::{Fixture, Step, Subject};

use crate::rule::Rule;
use crate::{Auditor, rules};

/// Compares what the rules say of a fixture with its annotations; see [`test_utils::check`] for all that is
/// checked besides.
#[track_caller]
pub(crate) fn check(text: &str) {
    let fixture = of_caller(Location::caller(), text);
    if let Err(problems) = with_subject(rules::ALL, |subject| test_utils::check(&fixture, subject)) {
        panic!("{problems}");
    }
}

/// Checks `before`, then that the fixes of `rule` in it, applied together, make `after` of it. Annotations are
/// left out of the comparison.
#[track_caller]
pub(crate) fn check_fix(rule: &Rule, before: &str, after: &str) {
    // Inside a closure it would be this file.
    let caller = Location::caller();
    let [before, after] = [before, after].map(|text| of_caller(caller, text));
    let checked = with_subject(rules::ALL, |subject| {
        test_utils::check_fix(&before, &after, rule.name, subject)
    });
    if let Err(problems) = checked {
        panic!("{problems}");
    }
}

/// A fixture of the rule in whose file it stands: `rules/jwt_none_algorithm.rs` tests `jwt-none-algorithm`.
fn of_caller(caller: &Location<'_>, text: &str) -> Fixture {
    let file = Path::new(caller.file());
    let is_of_rule = file.parent().is_some_and(|folder| folder.ends_with("rules"));
    let name = file.file_stem().and_then(|name| name.to_str()).filter(|_| is_of_rule);
    Fixture {
        rule: name.map(|name| name.replace('_', "-")),
        ..Fixture::parse(text)
    }
}

/// The report of a fixture, for what annotations cannot say: messages, related places, traces.
pub(crate) fn report(text: &str) -> Report {
    report_with(rules::ALL, &Fixture::parse(text))
}

type Rules = &'static [&'static Rule];

fn check_with(rules: Rules, text: &str) -> Result<(), String> {
    with_subject(rules, |subject| test_utils::check(&Fixture::parse(text), subject))
}

fn check_fix_with(rules: Rules, rule: &Rule, before: &str, after: &str) -> Result<(), String> {
    let [before, after] = [before, after].map(Fixture::parse);
    with_subject(rules, |subject| {
        test_utils::check_fix(&before, &after, rule.name, subject)
    })
}

fn report_with(rules: Rules, fixture: &Fixture) -> Report {
    let steps: Vec<Step<'_>> = fixture
        .files
        .iter()
        .map(|file| Step::SetFile(&file.path, &file.text))
        .collect();
    subject::play(Auditor::with_rules(rules), &fixture.options, &steps)
}

fn with_subject<T>(rules: Rules, run: impl FnOnce(&Subject<'_>) -> T) -> T {
    run(&Subject {
        rules: rules.iter().map(|rule| rule.name.to_owned()).collect(),
        audit: &|options, steps| subject::play(Auditor::with_rules(rules), options, steps),
    })
}
