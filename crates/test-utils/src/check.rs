//! The driver: one fixture, every check.

use report::{Finding, Report, Severity};

use crate::annotation::{Annotation, Columns, Kind, annotations, ok_mark, without_annotations};
use crate::fix;
use crate::fixture::Fixture;
use crate::invariant;
use crate::keep;
use crate::metamorphic;
use crate::patch;
use crate::problem::{Place, Problem, show};

/// What is under test: the audit, seen from outside.
pub struct Subject<'a> {
    /// Every rule's name: an annotation that names another one is a slip of the pen.
    pub rules: Vec<String>,
    /// Audits with the settings of a fixture. Plays the steps on one auditor; the report is that after the last.
    pub audit: &'a Audit<'a>,
}

/// Settings by name, then what is done to the auditor.
pub type Audit<'a> = dyn Fn(&[(String, String)], &[Step<'_>]) -> Report + 'a;

/// One thing done to an auditor.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    SetFile(&'a str, &'a str),
    RemoveFile(&'a str),
    /// Make a report and throw it away: what is kept between reports must not show.
    Report,
}

impl Subject<'_> {
    pub(crate) fn report(&self, fixture: &Fixture) -> Report {
        let steps: Vec<Step<'_>> = fixture
            .files
            .iter()
            .map(|file| Step::SetFile(&file.path, &file.text))
            .collect();
        (self.audit)(&fixture.options, &steps)
    }
}

/// Compares the audit of a fixture with its annotations and checks what holds for every fixture:
///
/// - spans lie in their files, on the boundaries of characters; positions agree with offsets; findings are in
///   order; fingerprints differ;
/// - the edits of a fix are in order and disjoint; its diff makes the same text; a fix alone removes its finding,
///   adds none and no syntax error; all fixes together, again and again, come to an end;
/// - two runs agree, and so do a fresh audit and one that saw the files come, change and go;
/// - other line breaks, a byte order mark, lines before the first one change positions alone; so does another way to
///   write the same program: aliases, keywords in another order, parentheses, moved definitions and the like.
///
/// The error shows the code with what is wrong under it.
pub fn check(fixture: &Fixture, subject: &Subject<'_>) -> Result<(), String> {
    keep::keep(fixture);
    let report = subject.report(fixture);
    let mut problems = invariant::problems(fixture, &report);
    problems.extend(unknown_names(fixture, subject));
    problems.extend(compare(fixture, &report));
    // What follows is about a report that is right otherwise; after other problems it only adds noise.
    if problems.is_empty() {
        problems.extend(invariant::repeated_runs(fixture, &report, subject));
        problems.extend(fix::problems(fixture, &report, subject));
        problems.extend(metamorphic::problems(fixture, &report, subject));
    }
    show(fixture, &problems).map_or(Ok(()), Err)
}

/// Checks `before` as [`check`] does; then the fixes of `rule`, applied together, must make `after` of it.
/// Annotations are left out of the comparison.
pub fn check_fix(before: &Fixture, after: &Fixture, rule: &str, subject: &Subject<'_>) -> Result<(), String> {
    check(before, subject)?;
    let report = subject.report(before);
    let of_rule: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == rule).collect();
    if of_rule.iter().all(|finding| finding.fix.is_none()) {
        return Err(format!("no finding of {rule} carries a fix"));
    }
    let fixed = patch::apply(before, of_rule).map_err(|error| error.to_string())?;
    let mut out = String::new();
    if let Some(missing) = after
        .files
        .iter()
        .find(|file| fixed.files.iter().all(|other| other.path != file.path))
    {
        return Err(format!("the fix makes no file {}", missing.path));
    }
    for file in &fixed.files {
        let expected = after.files.iter().find(|other| other.path == file.path);
        let Some(expected) = expected else {
            return Err(format!("`after` has no file {}", file.path));
        };
        let [expected, actual] = [&expected.text, &file.text].map(|text| without_annotations(text));
        if expected != actual {
            let diff = report::patch([report::Change {
                path: &file.path,
                before: Some(&expected),
                after: &actual,
            }]);
            out += &format!("the fix makes something else of it (- expected, + actual):\n\n{diff}\n{actual}");
        }
    }
    if out.is_empty() { Ok(()) } else { Err(out) }
}

fn unknown_names(fixture: &Fixture, subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &fixture.files {
        for annotation in annotations(&file.text) {
            if !subject.rules.contains(&annotation.rule) {
                let message = format!("there is no rule `{}`", annotation.rule);
                problems.push(at_line(&file.path, annotation.line, message));
            }
            let unknown = annotation.conditions.iter().filter(|word| condition(word).is_none());
            for word in unknown {
                problems.push(at_line(
                    &file.path,
                    annotation.line,
                    format!("`({word})` means nothing"),
                ));
            }
        }
    }
    for rule in fixture.unannounced.iter().filter(|rule| !subject.rules.contains(rule)) {
        problems.push(Problem::of_project(format!(
            "there is no rule `{rule}` (#- unannounced)"
        )));
    }
    problems
}

/// What a word in parentheses asks of a finding.
fn condition(word: &str) -> Option<fn(&Finding) -> String> {
    match word {
        "critical" | "warning" | "suggestion" => Some(|finding| finding.severity.name().to_owned()),
        "high" | "medium" | "low" => Some(|finding| finding.confidence.name().to_owned()),
        "fix" | "no-fix" => Some(|finding| if finding.fix.is_some() { "fix" } else { "no-fix" }.to_owned()),
        "safe" | "changes-behaviour" | "needs-value" => Some(|finding| {
            let applicability = finding.fix.as_ref().map(|fix| fix.applicability);
            match applicability {
                None => "no-fix".to_owned(),
                Some(report::Applicability::Safe) => "safe".to_owned(),
                Some(report::Applicability::ChangesBehaviour) => "changes-behaviour".to_owned(),
                Some(report::Applicability::NeedsValue) => "needs-value".to_owned(),
            }
        }),
        _ => None,
    }
}

/// The conditions that the finding does not meet, as `word, but it is other`.
fn unmet(annotation: &Annotation, finding: &Finding) -> Vec<String> {
    let unmet = annotation.conditions.iter().filter_map(|word| {
        let actual = condition(word)?(finding);
        (actual != *word).then(|| format!("announced as {word} and is {actual}"))
    });
    unmet.collect()
}

fn compare(fixture: &Fixture, report: &Report) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &fixture.files {
        let of_file: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| finding.location.file == file.path)
            .collect();
        compare_file(fixture, &file.path, &file.text, of_file, &mut problems);
    }
    problems
}

fn compare_file(fixture: &Fixture, path: &str, text: &str, mut left: Vec<&Finding>, problems: &mut Vec<Problem>) {
    let annotated: Vec<usize> = annotations(text).iter().map(|annotation| annotation.line).collect();
    let (todo, mut expected): (Vec<_>, Vec<_>) = annotations(text)
        .into_iter()
        .partition(|annotation| annotation.kind == Kind::TodoFinding);
    // The pickiest choose first.
    expected.sort_by_key(|annotation| (annotation.columns.is_none(), annotation.conditions.is_empty()));
    for annotation in expected {
        let rank = |finding: &Finding| {
            let span_differs = annotation
                .columns
                .is_some_and(|columns| columns != columns_of(text, finding));
            (span_differs, unmet(&annotation, finding).len())
        };
        let candidates = left
            .iter()
            .enumerate()
            .filter(|(_, finding)| is_at(finding, &annotation));
        let Some((index, _)) = candidates.min_by_key(|(_, finding)| rank(finding)) else {
            let message = match annotation.kind {
                Kind::TodoOk => format!(
                    "no longer found, which is right: say `# ok`, not `todo-ok: {}`",
                    annotation.rule
                ),
                _ => format!("missing: {}", annotation.rule),
            };
            problems.push(missing(path, &annotation, message));
            continue;
        };
        let finding = left.remove(index);
        if rank(finding).0 {
            let message = format!("{} stands here, not where announced", annotation.rule);
            problems.push(at_finding(path, text, finding, message));
        }
        for unmet in unmet(&annotation, finding) {
            problems.push(at_finding(path, text, finding, format!("{}: {unmet}", annotation.rule)));
        }
    }
    for annotation in todo {
        if let Some(index) = left.iter().position(|finding| is_at(finding, &annotation)) {
            let finding = left.remove(index);
            let message = format!(
                "found now, which is right: say `finding`, not `todo-finding: {}`",
                annotation.rule
            );
            problems.push(at_finding(path, text, finding, message));
        }
    }
    for finding in left
        .iter()
        .filter(|finding| !fixture.unannounced.contains(&finding.rule))
        .filter(|finding| concerns(fixture, finding, &annotated, text))
    {
        let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
        let message = format!(
            "unexpected: {} ({severity}, {confidence}): {}",
            finding.rule, finding.message
        );
        problems.push(at_finding(path, text, finding, message));
    }
}

/// A finding of the rule under test, or a graver one than a suggestion on a line that the test speaks of.
fn concerns(fixture: &Fixture, finding: &Finding, annotated: &[usize], text: &str) -> bool {
    let Some(rule) = &fixture.rule else { return true };
    let line = finding.location.start.line as usize - 1;
    let is_annotated =
        || annotated.contains(&line) || text.lines().nth(line).is_some_and(|line| ok_mark(line).is_some());
    finding.rule == *rule || (finding.severity != Severity::Suggestion && is_annotated())
}

fn is_at(finding: &Finding, annotation: &Annotation) -> bool {
    finding.rule == annotation.rule && finding.location.start.line as usize == annotation.line + 1
}

/// The characters of its first line that a finding covers.
fn columns_of(text: &str, finding: &Finding) -> Columns {
    let (start, end) = (
        finding.location.start.offset as usize,
        finding.location.end.offset as usize,
    );
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    Columns {
        start: text[line_start..start].chars().count(),
        end: text[line_start..end.min(line_end)]
            .trim_end_matches('\r')
            .chars()
            .count(),
        open: end > line_end,
    }
}

fn at_finding(path: &str, text: &str, finding: &Finding, message: String) -> Problem {
    let columns = columns_of(text, finding);
    Problem {
        place: Some(Place {
            path: path.to_owned(),
            line: finding.location.start.line as usize - 1,
            columns: Some((columns.start, columns.end)),
        }),
        message,
    }
}

fn at_line(path: &str, line: usize, message: String) -> Problem {
    Problem {
        place: Some(Place {
            path: path.to_owned(),
            line,
            columns: None,
        }),
        message,
    }
}

fn missing(path: &str, annotation: &Annotation, message: String) -> Problem {
    let mut problem = at_line(path, annotation.line, message);
    if let (Some(place), Some(columns)) = (&mut problem.place, annotation.columns) {
        place.columns = Some((columns.start, columns.end));
    }
    problem
}
