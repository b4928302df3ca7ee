//! Changes of the text that change positions alone.

use report::{Finding, Location, Note, Report};

use crate::check::Subject;
use crate::fix;
use crate::fixture::Fixture;
use crate::problem::Problem;

/// A rewriting of every file of a project.
struct Change {
    name: &'static str,
    rewrite: fn(&str) -> String,
    /// Lines that it puts before the first one.
    lines_before: u32,
}

const CHANGES: [Change; 3] = [
    Change {
        name: "`\\r\\n` line breaks",
        rewrite: |text| text.replace("\r\n", "\n").replace('\n', "\r\n"),
        lines_before: 0,
    },
    Change {
        name: "a byte order mark",
        rewrite: |text| format!("\u{feff}{}", text.trim_start_matches('\u{feff}')),
        lines_before: 0,
    },
    Change {
        name: "empty lines and a comment before the first line",
        rewrite: |text| format!("\n# 前書き 🔒\n\n{}", text.trim_start_matches('\u{feff}')),
        lines_before: 3,
    },
];

/// Where a change made a difference that it should not make.
pub(crate) fn problems(fixture: &Fixture, report: &Report, subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let expected = findings(report, 0);
    for change in &CHANGES {
        let mut changed = fixture.clone();
        for file in &mut changed.files {
            file.text = (change.rewrite)(&file.text);
        }
        let report = subject.report(&changed);
        let actual = findings(&report, change.lines_before);
        if actual != expected {
            let diff = report::patch([report::Change {
                path: "findings",
                before: Some(&expected),
                after: &actual,
            }]);
            problems.push(Problem::of_project(format!(
                "{} make(s) a difference:\n{diff}",
                change.name
            )));
            continue;
        }
        for problem in fix::problems(&changed, &report, subject) {
            let message = format!("with {}, {}", change.name, problem.message);
            problems.push(Problem::of_project(message));
        }
    }
    problems
}

/// Everything about findings but columns and offsets, which the changes may shift; lines counted from after
/// those that were put before.
fn findings(report: &Report, lines_before: u32) -> String {
    let place = |location: &Location| {
        let line = |line: u32| line.saturating_sub(lines_before);
        format!(
            "{}:{}-{}",
            location.file,
            line(location.start.line),
            line(location.end.line)
        )
    };
    let notes = |notes: &[Note]| -> String {
        notes
            .iter()
            .map(|note| format!("    {} {}\n", place(&note.location), note.message))
            .collect()
    };
    let shown = |finding: &Finding| {
        format!(
            "{} {} ({:?}, {:?}) {}\n  fingerprint {}\n  fix {:?}\n  related\n{}  trace\n{}",
            place(&finding.location),
            finding.rule,
            finding.severity,
            finding.confidence,
            finding.message,
            finding.fingerprint,
            finding.fix.as_ref().map(|fix| (&fix.title, fix.applicability)),
            notes(&finding.related),
            notes(&finding.trace),
        )
    };
    report.findings.iter().map(shown).collect()
}
