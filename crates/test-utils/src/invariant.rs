//! What holds for every report.

use std::collections::HashSet;

use report::{FileStatus, Location, Position, Report};
use text::{LineColumn, LineIndex};

use crate::check::{Step, Subject};
use crate::fixture::Fixture;
use crate::problem::Problem;

/// What is wrong with a report by itself.
pub(crate) fn problems(fixture: &Fixture, report: &Report) -> Vec<Problem> {
    let mut problems = Vec::new();
    for location in locations(report) {
        problems.extend(location_problem(fixture, location).map(Problem::of_project));
    }
    problems.extend(fix_edit_problems(fixture, report).into_iter().map(Problem::of_project));
    let key = |finding: &report::Finding| {
        let place = (
            finding.location.file.clone(),
            finding.location.start.offset,
            finding.location.end.offset,
        );
        (finding.severity, place, finding.rule.clone())
    };
    if !report.findings.is_sorted_by_key(key) {
        problems.push(Problem::of_project(
            "the findings are not in order of severity, path, place and rule",
        ));
    }
    let fingerprints: HashSet<&str> = report.findings.iter().map(|finding| &*finding.fingerprint).collect();
    if fingerprints.len() != report.findings.len() {
        problems.push(Problem::of_project("two findings have one fingerprint"));
    }
    for finding in &report.findings {
        let message = &finding.message;
        if message.is_empty() || message.contains('\n') || message.ends_with('.') {
            let rule = &finding.rule;
            problems.push(Problem::of_project(format!(
                "{rule}: not one line without a full stop: {message:?}"
            )));
        }
    }
    problems.extend(file_list_problem(fixture, report).map(Problem::of_project));
    problems
}

/// Whether the same comes out again, and out of an auditor with a past.
pub(crate) fn repeated_runs(fixture: &Fixture, report: &Report, subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if subject.report(fixture) != *report {
        problems.push(Problem::of_project("two runs on the same text differ"));
    }
    let mut steps = vec![Step::SetFile("of_the_past.py", "import jwt\n"), Step::Report];
    // Other files first, each cut off somewhere, as while someone types.
    for file in fixture.files.iter().rev() {
        let middle = (0..=file.text.len() / 2)
            .rev()
            .find(|&at| file.text.is_char_boundary(at));
        steps.push(Step::SetFile(&file.path, &file.text[..middle.unwrap_or(0)]));
        steps.push(Step::Report);
    }
    for file in &fixture.files {
        steps.push(Step::SetFile(&file.path, &file.text));
        steps.push(Step::Report);
    }
    steps.push(Step::RemoveFile("of_the_past.py"));
    if (subject.audit)(&fixture.options, &steps) != *report {
        problems.push(Problem::of_project(
            "an auditor that saw the files come and change reports something else",
        ));
    }
    problems
}

fn locations(report: &Report) -> impl Iterator<Item = &Location> {
    let of_files = report
        .files
        .iter()
        .flat_map(|file| &file.syntax_errors)
        .map(|note| &note.location);
    let of_findings = report.findings.iter().flat_map(|finding| {
        let notes = finding.related.iter().chain(&finding.trace).map(|note| &note.location);
        notes.chain([&finding.location])
    });
    let of_strengths = report.strengths.iter().map(|strength| &strength.location);
    of_files.chain(of_findings).chain(of_strengths)
}

fn location_problem(fixture: &Fixture, location: &Location) -> Option<String> {
    let Some(file) = fixture.files.iter().find(|file| file.path == location.file) else {
        return Some(format!(
            "a span in {}, which is not a file of the fixture",
            location.file
        ));
    };
    let (start, end) = (location.start.offset as usize, location.end.offset as usize);
    if file.text.get(start..end).is_none() {
        return Some(format!(
            "{}: {start}..{end} is not a span on character boundaries",
            file.path
        ));
    }
    let mut positions = [location.start, location.end].into_iter();
    let wrong = positions.find(|&position| !agrees(&file.text, position))?;
    Some(format!("{}: offset, line and column disagree: {wrong:?}", file.path))
}

fn agrees(text: &str, position: Position) -> bool {
    LineIndex::new(text).line_column(position.offset.into())
        == LineColumn {
            line: position.line.wrapping_sub(1),
            column: position.column.wrapping_sub(1),
        }
}

fn fix_edit_problems(fixture: &Fixture, report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    for finding in &report.findings {
        for file in finding.fix.iter().flat_map(|fix| &fix.files) {
            let sorted = |pair: &[report::FixEdit]| pair[0].end <= pair[1].start;
            if file.edits.is_empty() || !file.edits.windows(2).all(sorted) {
                problems.push(format!(
                    "{}: the edits of its fix are not disjoint and in order",
                    finding.rule
                ));
            }
            // A file that the project does not have is written by one edit.
            let is_new = fixture.files.iter().all(|known| known.path != file.file);
            if is_new && file.edits.len() == 1 && file.edits[0].end.offset == 0 {
                continue;
            }
            for edit in &file.edits {
                let location = Location {
                    file: file.file.clone(),
                    start: edit.start,
                    end: edit.end,
                };
                problems.extend(location_problem(fixture, &location));
            }
        }
    }
    problems
}

fn file_list_problem(fixture: &Fixture, report: &Report) -> Option<String> {
    let listed: Vec<&str> = report.files.iter().map(|file| &*file.path).collect();
    let mut given: Vec<&str> = fixture.files.iter().map(|file| &*file.path).collect();
    given.sort_unstable();
    if listed != given {
        return Some(format!("the report lists the files {listed:?}"));
    }
    let (findings, summary) = (&report.findings, report.summary);
    let severity = |severity| findings.iter().filter(|finding| finding.severity == severity).count() as u32;
    let partly = report
        .files
        .iter()
        .filter(|file| file.status == FileStatus::PartlyRead)
        .count() as u32;
    let counts_agree = summary.critical == severity(report::Severity::Critical)
        && summary.warning == severity(report::Severity::Warning)
        && summary.suggestion == severity(report::Severity::Suggestion)
        && summary.strengths == report.strengths.len() as u32
        && summary.files_partly_read == partly
        && summary.files_audited + partly == report.files.len() as u32;
    (!counts_agree).then(|| format!("the summary does not count what is there: {summary:?}"))
}
