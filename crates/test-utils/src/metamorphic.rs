//! Changes of the text that change positions alone.

mod names;
mod rewrite;
mod transformations;

use report::{Finding, Location, Note, Report};

use crate::check::Subject;
use crate::fix;
use crate::fixture::Fixture;
use crate::problem::Problem;
use rewrite::{OldPlace, Project, Rewrite};
use transformations::{File, Places};

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
    problems.extend(transformed(fixture, report, subject));
    problems
}

/// What the same program, written in another way, is said of that is not said of this one, or the other way round.
fn transformed(fixture: &Fixture, report: &Report, subject: &Subject<'_>) -> Vec<Problem> {
    let project = Project::of(fixture);
    // What is not valid Python has no meaning to keep.
    if project.has_errors() {
        return Vec::new();
    }
    let files = File::all(&project);
    let ignores = fixture
        .files
        .iter()
        .any(|file| file.text.contains("claimcheck: ignore"));
    let mut problems = Vec::new();
    for transformation in &transformations::ALL {
        let mut rewrite = Rewrite::new(&project);
        files
            .iter()
            .for_each(|file| (transformation.rewrite)(&mut rewrite, file));
        let Some(rewritten) = rewrite.finish() else { continue };
        if ignores && transformation.adds_lines {
            continue;
        }
        let place = |place: OldPlace<'_>| match transformation.places {
            Places::Exact => format!("{place:?}"),
            Places::Line => format!("{}:{}", place.0, project.line(place.0, place.1)),
        };
        let expected = conclusions(report, transformation.about_it, |location| {
            place((&location.file, location.start.offset, location.end.offset))
        });
        let changed = rewritten.fixture(fixture);
        let report = subject.report(&changed);
        let name = transformation.name;
        if report.summary.files_partly_read > 0 {
            let text = shown(&changed);
            problems.push(Problem::of_project(format!(
                "{name}: not valid Python any more:\n{text}"
            )));
            continue;
        }
        let actual = conclusions(&report, transformation.about_it, |location| {
            place(rewritten.old_place(location))
        });
        if actual != expected {
            let diff = report::patch([report::Change {
                path: "conclusions",
                before: Some(&expected),
                after: &actual,
            }]);
            let text = shown(&changed);
            problems.push(Problem::of_project(format!(
                "{name}: makes a difference:\n{diff}\n{text}"
            )));
        }
    }
    problems
}

fn shown(fixture: &Fixture) -> String {
    let files = fixture
        .files
        .iter()
        .map(|file| format!("#- {}\n{}", file.path, file.text));
    files.collect()
}

/// What a report says, without the wording: that names things by names, of which some are changed.
fn conclusions(report: &Report, left_out: &[&str], place: impl Fn(&Location) -> String) -> String {
    let mut lines: Vec<String> = Vec::new();
    let counts = |name: &str| !left_out.contains(&name);
    for finding in report.findings.iter().filter(|finding| counts(&finding.rule)) {
        let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
        let place = place(&finding.location);
        lines.push(format!("{place} {} ({severity}, {confidence})\n", finding.rule));
    }
    lines.sort();
    for item in report.checklist.iter().filter(|item| counts(&item.item.to_string())) {
        lines.push(format!("{}. {}\n", item.item, item.verdict.name()));
    }
    let mut strengths: Vec<u8> = report
        .strengths
        .iter()
        .map(|strength| strength.checklist_item)
        .filter(|item| counts(&item.to_string()))
        .collect();
    strengths.sort();
    lines.push(format!("strengths {strengths:?}\n"));
    lines.concat()
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
