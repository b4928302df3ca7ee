//! Plays the steps of a fixture on an auditor. Compiled into the unit tests and into `tests/fixtures.rs`.

use audit::{Auditor, Options, RuleSetting};
use report::Report;
use test_utils::Step;

/// The report after the last step.
pub(crate) fn play(mut auditor: Auditor, options: &[(String, String)], steps: &[Step<'_>]) -> Report {
    auditor.set_options(parse_options(options));
    for step in steps {
        match step {
            Step::SetFile(path, text) => auditor.set_file(path, *text),
            Step::RemoveFile(path) => auditor.remove_file(path),
            Step::Report => drop(auditor.report()),
        }
    }
    auditor.report()
}

/// The settings of a fixture's `#- option: name = value` lines.
fn parse_options(named: &[(String, String)]) -> Options {
    let mut options = Options::default();
    for (name, value) in named {
        match name.as_str() {
            "secret_name" => options.secret_name.clone_from(value),
            "owner_fields" => options.owner_fields = list(value),
            "public_routes" => options.public_routes = list(value),
            "off" => options
                .rules
                .extend(list(value).into_iter().map(|rule| (rule, RuleSetting::Off))),
            "exclude" => options.exclude = list(value),
            _ => panic!("there is no option {name}"),
        }
    }
    options
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(|item| item.trim().to_owned()).collect()
}
