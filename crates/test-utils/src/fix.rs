//! What holds for every fix.

use report::{Finding, Report};

use crate::check::Subject;
use crate::fixture::{Fixture, SourceText};
use crate::patch::{apply, apply_diff, edits_in, map_offset};
use crate::problem::Problem;

/// Rounds after which fixes must have come to an end. Each round applies every fix that does not contend with
/// an earlier one.
const ROUNDS: usize = 20;

/// What is wrong with the fixes of a report.
pub(crate) fn problems(fixture: &Fixture, report: &Report, subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for finding in &report.findings {
        let of_finding = problems_of(fixture, report, finding, subject);
        problems.extend(of_finding.into_iter().map(|problem| {
            let title = finding.fix.as_ref().map_or("", |fix| &fix.title);
            Problem::of_project(format!("{}: the fix {title:?} {problem}", finding.rule))
        }));
    }
    if problems.is_empty() {
        problems.extend(fix_all_problem(fixture, report, subject).map(Problem::of_project));
    }
    problems
}

fn problems_of(fixture: &Fixture, report: &Report, finding: &Finding, subject: &Subject<'_>) -> Vec<String> {
    let Some(fix) = &finding.fix else {
        return Vec::new();
    };
    let fixed = match apply(fixture, [finding]) {
        Ok(fixed) if fixed == *fixture => return vec!["changes nothing".to_owned()],
        Ok(fixed) => fixed,
        Err(error) => return vec![format!("cannot be applied: {error}")],
    };
    let mut problems = Vec::new();
    let new = fixed.files.iter().skip(fixture.files.len());
    let new = new.map(|file| SourceText {
        path: file.path.clone(),
        text: String::new(),
    });
    let before: Vec<SourceText> = fixture.files.iter().cloned().chain(new).collect();
    for (before, after) in before.iter().zip(&fixed.files) {
        let diff = fix
            .files
            .iter()
            .find(|file| file.file == before.path)
            .map_or("", |file| &file.diff);
        match apply_diff(&before.text, diff) {
            Ok(patched) if patched == after.text => {}
            Ok(_) => problems.push(format!("and its diff make different texts of {}", before.path)),
            Err(error) => problems.push(format!("has a diff that does not apply: {error}")),
        }
        if !before.text.contains("\r\n") {
            continue;
        }
        if after.text.replace("\r\n", "").contains('\n') && !before.text.replace("\r\n", "").contains('\n') {
            problems.push(format!("puts `\\n` among the `\\r\\n` of {}", before.path));
        }
    }
    let report_after = subject.report(&fixed);
    if syntax_errors(&report_after) > syntax_errors(report) {
        problems.push(format!("leaves text that is not valid Python:\n{}", shown(&fixed)));
    }
    if let Some(problem) = change_problem(report, finding, &report_after) {
        problems.push(format!("{problem}:\n{}", shown(&fixed)));
    }
    problems
}

/// Each finding after the fix must be one of those before it, other than the one that it removes.
fn change_problem(before: &Report, fixed: &Finding, after: &Report) -> Option<String> {
    let fix = fixed.fix.as_ref()?;
    let mut left: Vec<&Finding> = before
        .findings
        .iter()
        .filter(|finding| !std::ptr::eq(*finding, fixed))
        .collect();
    for finding in &after.findings {
        let same = left.iter().position(|old| {
            old.rule == finding.rule && old.location.file == finding.location.file && may_move(old, finding, fix)
        });
        match same {
            Some(index) => drop(left.remove(index)),
            None if is_uncovered(&fixed.rule, &finding.rule) => {}
            None => {
                let verb = if finding.rule == fixed.rule { "leaves" } else { "adds" };
                let (rule, line, message) = (&finding.rule, finding.location.start.line, &finding.message);
                return Some(format!("{verb} a finding of {rule} in line {line} ({message})"));
            }
        }
    }
    None
}

/// Rules that ask their question only where an earlier one has its answer: whose rows a route gives is asked when it
/// knows who calls.
const UNCOVERED: &[(&str, &[&str])] = &[
    ("route-without-auth", WITH_A_CALLER),
    ("scheme-without-verification", WITH_A_CALLER),
];

const WITH_A_CALLER: &[&str] = &[
    "object-without-owner-check",
    "list-without-owner-filter",
    "ineffective-owner-check",
    "check-after-side-effect",
    "path-user-mismatch-unchecked",
    "user-id-from-client",
    "admin-route-without-role-check",
];

fn is_uncovered(fixed: &str, rule: &str) -> bool {
    UNCOVERED
        .iter()
        .any(|(first, then)| *first == fixed && then.contains(&rule))
}

/// Whether `new` may be what `fix` made of `old`: it begins where `old` went, or the fix edits within `old`.
fn may_move(old: &Finding, new: &Finding, fix: &report::Fix) -> bool {
    let edits = edits_in(fix, &old.location.file);
    let (start, end) = (old.location.start.offset, old.location.end.offset);
    let touched = edits.iter().any(|edit| edit.range.0 <= end && start <= edit.range.1);
    touched || map_offset(&edits, start) == new.location.start.offset
}

fn fix_all_problem(fixture: &Fixture, report: &Report, subject: &Subject<'_>) -> Option<String> {
    let mut fixture = fixture.clone();
    let mut current = report.clone();
    for _ in 0..ROUNDS {
        if current.findings.iter().all(|finding| finding.fix.is_none()) {
            return None;
        }
        fixture = match apply(&fixture, &current.findings) {
            Ok(fixed) => fixed,
            Err(error) => return Some(format!("all fixes together cannot be applied: {error}")),
        };
        current = subject.report(&fixture);
        if syntax_errors(&current) > syntax_errors(report) {
            let text = shown(&fixture);
            return Some(format!(
                "all fixes together leave text that is not valid Python:\n{text}"
            ));
        }
    }
    Some(format!(
        "applying all fixes never comes to an end:\n{}",
        shown(&fixture)
    ))
}

fn syntax_errors(report: &Report) -> usize {
    report.files.iter().map(|file| file.syntax_errors.len()).sum()
}

fn shown(fixture: &Fixture) -> String {
    fixture
        .files
        .iter()
        .map(|file| format!("#- {}\n{}", file.path, file.text))
        .collect()
}
