//! From byte spans to the report's lines, columns and diffs.

use std::collections::BTreeMap;

use facts::Facts;
use report::{
    Change, FileFix, FileReport, FileStatus, FixEdit, IgnoredFinding, Location, Note, Position, Report, Summary, Tool,
};
use text::{Edit, FileId, Span, TextEdit, TextSize, sort_by_number};

use crate::diff;
use crate::engine::Outcome;
use crate::finding::Finding;
use crate::fingerprint::Fingerprints;
use crate::fix::{Fix, NewFile};
use crate::layout;
use crate::options::{Options, RuleSetting};

/// The report of what the rules say. `skipped` names files that were given and not audited, with the reason.
pub(crate) fn report(
    facts: &Facts<'_>,
    outcome: &Outcome,
    skipped: &BTreeMap<String, String>,
    options: &Options,
) -> Report {
    let (findings, ignored) = findings(facts, outcome);
    let files = files(facts, skipped);
    Report {
        schema_version: report::SCHEMA_VERSION,
        tool: Tool {
            name: "claimcheck".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        summary: summary(&files),
        files,
        findings,
        ignored,
        rules_off: rules_off(options),
        ..Report::default()
    }
}

/// The findings that stay and those that comments ignore. A comment leaves the fingerprints of all others alone.
fn findings(facts: &Facts<'_>, outcome: &Outcome) -> (Vec<report::Finding>, Vec<IgnoredFinding>) {
    let ignored = outcome.ignored.iter().map(|ignored| &ignored.finding);
    let all: Vec<&Finding> = outcome.findings.iter().chain(ignored).collect();
    let fingerprints = fingerprints(facts, &all);
    let mut converted = all
        .iter()
        .zip(fingerprints)
        .map(|(finding, fingerprint)| convert_finding(facts, finding, fingerprint));
    let findings = converted.by_ref().take(outcome.findings.len()).collect();
    let ignored = converted
        .zip(&outcome.ignored)
        .map(|(finding, ignored)| IgnoredFinding {
            finding,
            reason: ignored.reason.clone(),
            comment: location(facts, ignored.comment),
        });
    (findings, ignored.collect())
}

fn rules_off(options: &Options) -> Vec<String> {
    let off = options
        .rules
        .iter()
        .filter(|(_, setting)| **setting == RuleSetting::Off);
    off.map(|(name, _)| name.clone()).collect()
}

/// How much was read; the rest follows from the findings.
fn summary(files: &[FileReport]) -> Summary {
    let with_status = |is: fn(&FileStatus) -> bool| files.iter().filter(|file| is(&file.status)).count() as u32;
    Summary {
        files_audited: with_status(|status| matches!(status, FileStatus::Audited)),
        files_partly_read: with_status(|status| matches!(status, FileStatus::PartlyRead)),
        files_skipped: with_status(|status| matches!(status, FileStatus::Skipped(_))),
        ..Summary::default()
    }
}

fn files(facts: &Facts<'_>, skipped: &BTreeMap<String, String>) -> Vec<FileReport> {
    let skipped = skipped.iter().map(|(path, reason)| FileReport {
        path: path.clone(),
        status: FileStatus::Skipped(reason.clone()),
        lines: 0,
        syntax_errors: Vec::new(),
    });
    let mut files: Vec<FileReport> = facts
        .files()
        .map(|file| audited_file(facts, file))
        .chain(skipped)
        .collect();
    text::sort_by(&mut files, |a, b| a.path.cmp(&b.path));
    files
}

fn audited_file(facts: &Facts<'_>, file: FileId) -> FileReport {
    let errors = facts.syntax_errors(file).iter();
    let syntax_errors: Vec<Note> = errors
        .map(|&range| Note {
            location: location(facts, Span::new(file, range)),
            message: "not valid Python".to_owned(),
        })
        .collect();
    let status = if syntax_errors.is_empty() {
        FileStatus::Audited
    } else {
        FileStatus::PartlyRead
    };
    FileReport {
        path: facts.path(file).to_owned(),
        status,
        lines: line_count(facts, file),
        syntax_errors,
    }
}

/// Lines as people count them: what follows the last line break counts when there is something.
fn line_count(facts: &Facts<'_>, file: FileId) -> u32 {
    let lines = facts.line_index(file).line_count();
    if facts.text(file).is_empty() || facts.text(file).ends_with(['\n', '\r']) {
        lines - 1
    } else {
        lines
    }
}

/// One for each finding. Equals are numbered by their order in the file, so that a change of severity, which
/// moves a finding in the report, leaves its fingerprint alone.
fn fingerprints(facts: &Facts<'_>, findings: &[&Finding]) -> Vec<String> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    sort_by_number(&mut order, |&index| findings[index].primary.number());
    let mut fingerprints = Fingerprints::default();
    let mut out = vec![String::new(); findings.len()];
    for index in order {
        let finding = findings[index];
        let Span { file, range } = finding.primary;
        let (path, text, lines) = (facts.path(file), facts.text(file), facts.line_index(file));
        out[index] = fingerprints.next(finding.rule.name, path, text, lines, range);
    }
    out
}

fn convert_finding(facts: &Facts<'_>, finding: &Finding, fingerprint: String) -> report::Finding {
    let rule = finding.rule;
    report::Finding {
        rule: rule.name.to_owned(),
        severity: finding.severity,
        confidence: finding.confidence,
        phase: rule.phase,
        message: finding.message.clone(),
        location: location(facts, finding.primary),
        related: notes(facts, &finding.related),
        trace: notes(facts, &finding.trace),
        cwe: rule.cwe,
        owasp: rule.owasp,
        checklist_item: rule.checklist_item,
        fix: finding.fix.as_ref().and_then(|fix| convert_fix(facts, fix)),
        fingerprint,
    }
}

fn notes(facts: &Facts<'_>, places: &[(Span, String)]) -> Vec<Note> {
    let notes = places.iter().map(|(span, message)| Note {
        location: location(facts, *span),
        message: message.clone(),
    });
    notes.collect()
}

/// `None` for a fix that cannot be applied, which is a mistake in its rule, or shown: no fix is better than one
/// that nobody can review.
fn convert_fix(facts: &Facts<'_>, fix: &Fix) -> Option<report::Fix> {
    let by_file = fix.by_file().into_iter();
    let files: Vec<FileFix> = by_file
        .map(|(file, edits)| convert_edits(facts, file, edits, &fix.title))
        .chain(fix.new_file().map(|file| Some(created(file))))
        .collect::<Option<_>>()?;
    Some(report::Fix {
        title: fix.title.clone(),
        applicability: fix.applicability,
        files,
    })
}

fn convert_edits(facts: &Facts<'_>, file: FileId, edits: Vec<Edit>, title: &str) -> Option<FileFix> {
    let (path, text) = (facts.path(file), facts.text(file));
    let edits = edits.into_iter().map(|edit| with_line_break_of(text, edit));
    let edits = TextEdit::new(edits.collect());
    debug_assert!(edits.is_ok(), "the fix {title:?} cannot be applied: {edits:?}");
    let edits = edits.ok()?;
    let within = |edit: &Edit| text.get(edit.range.0 as usize..edit.range.1 as usize).is_some();
    let all_within = edits.edits().iter().all(within);
    debug_assert!(all_within, "the fix {title:?} leaves {path}");
    if !all_within {
        return None;
    }
    shown(facts, file, &layout::settled(text, edits))
}

/// A new file is written by one edit, into nothing.
fn created(file: &NewFile) -> FileFix {
    let start = Position {
        offset: 0,
        line: 1,
        column: 1,
    };
    FileFix {
        file: file.path.clone(),
        edits: vec![FixEdit {
            start,
            end: start,
            replacement: file.text.clone(),
        }],
        diff: report::patch([Change {
            path: &file.path,
            before: None,
            after: &file.text,
        }]),
    }
}

/// Edits that are written as they shall stand. `None` when they cannot be applied or shown.
pub(crate) fn edits(facts: &Facts<'_>, file: FileId, edits: Vec<Edit>) -> Option<FileFix> {
    let edits = edits.into_iter().map(|edit| with_line_break_of(facts.text(file), edit));
    shown(facts, file, &TextEdit::new(edits.collect()).ok()?)
}

fn shown(facts: &Facts<'_>, file: FileId, edits: &TextEdit) -> Option<FileFix> {
    let (path, text) = (facts.path(file), facts.text(file));
    let diff = diff::diff(path, text, facts.line_index(file), edits)?;
    let edits = edits.edits().iter().map(|edit| FixEdit {
        start: position(facts, file, edit.range().start()),
        end: position(facts, file, edit.range().end()),
        replacement: edit.text.clone(),
    });
    Some(FileFix {
        file: path.to_owned(),
        edits: edits.collect(),
        diff,
    })
}

/// Rules write `\n`; the file keeps the line breaks that it has next to the edit.
fn with_line_break_of(text: &str, mut edit: Edit) -> Edit {
    if edit.text.contains('\n') {
        let start = edit.range.0 as usize;
        let before = text.get(..start).and_then(|before| before.rfind('\n'));
        let nearest = before.or_else(|| text.find('\n'));
        if nearest.is_some_and(|at| text[..at].ends_with('\r')) {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
    edit
}

pub(crate) fn location(facts: &Facts<'_>, span: Span) -> Location {
    Location {
        file: facts.path(span.file).to_owned(),
        start: position(facts, span.file, span.range.start()),
        end: position(facts, span.file, span.range.end()),
    }
}

fn position(facts: &Facts<'_>, file: FileId, offset: TextSize) -> Position {
    let place = facts.line_index(file).line_column(offset);
    Position {
        offset: offset.into(),
        line: place.line + 1,
        column: place.column + 1,
    }
}
