//! The hunks of fixes, and what was decided about each of them.
//!
//! A fix is shown as diffs, and each hunk of them can be rejected. What is decided holds for a finding and the very lines
//! of its hunk: when the text there changes, there is another hunk, and nothing is decided about it yet.

use std::collections::BTreeMap;

use report::{Applicability, FileFix, Finding, FixEdit, Plan, Report};

/// A part of a fix that stands together in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    pub finding: &'a Finding,
    pub file: &'a str,
    /// Its part of the unified diff, from `@@` on; empty where the lines are too long for one.
    pub diff: &'a str,
    /// The edits of the file that are made with it.
    pub edits: Vec<&'a FixEdit>,
}

/// The hunks of a finding's fix, file by file; none without a fix.
pub fn hunks(finding: &Finding) -> Vec<Hunk<'_>> {
    let files = finding.fix.iter().flat_map(|fix| &fix.files);
    files.flat_map(|file| of_file(finding, file)).collect()
}

fn of_file<'a>(finding: &'a Finding, file: &'a FileFix) -> Vec<Hunk<'a>> {
    let starts: Vec<usize> = hunk_starts(&file.diff);
    let mut hunks: Vec<(u32, Hunk<'a>)> = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(file.diff.len());
        let diff = &file.diff[*start..end];
        hunks.push((first_old_line(diff), hunk(finding, file, diff)));
    }
    if hunks.is_empty() {
        hunks.push((0, hunk(finding, file, "")));
    }
    for edit in &file.edits {
        // An edit lies among the lines of its hunk, and hunks stand in order.
        let place = hunks.iter().rposition(|(first, _)| *first <= edit.start.line);
        hunks[place.unwrap_or_default()].1.edits.push(edit);
    }
    let with_edits = hunks.into_iter().map(|(_, hunk)| hunk);
    with_edits.filter(|hunk| !hunk.edits.is_empty()).collect()
}

fn hunk<'a>(finding: &'a Finding, file: &'a FileFix, diff: &'a str) -> Hunk<'a> {
    Hunk {
        finding,
        file: &file.file,
        diff,
        edits: Vec::new(),
    }
}

/// Where hunks begin. A line of the text that looks so has a sign or a space before it.
fn hunk_starts(diff: &str) -> Vec<usize> {
    let mut place = 0;
    let lines = diff.split_inclusive('\n').map(|line| {
        place += line.len();
        (place - line.len(), line)
    });
    lines
        .filter(|(_, line)| line.starts_with("@@ "))
        .map(|(start, _)| start)
        .collect()
}

/// `12` of `@@ -12,7 +12,8 @@`.
fn first_old_line(diff: &str) -> u32 {
    let number = |diff: &str| diff.strip_prefix("@@ -")?.split([',', ' ']).next()?.parse().ok();
    number(diff).unwrap_or_default()
}

/// What a decision is remembered by: its finding, its file and its lines, without their numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HunkKey {
    fingerprint: String,
    file: String,
    lines: String,
}

impl Hunk<'_> {
    pub fn key(&self) -> HunkKey {
        let lines = match self.diff.split_once('\n') {
            Some((_, lines)) => lines.to_owned(),
            // Without a diff: what is written.
            None => self.edits.iter().map(|edit| edit.replacement.as_str()).collect(),
        };
        HunkKey {
            fingerprint: self.finding.fingerprint.clone(),
            file: self.file.to_owned(),
            lines,
        }
    }

    /// Whether it holds a placeholder that only the author can fill. Such hunks are not accepted together with others.
    pub fn needs_value(&self) -> bool {
        let fix = self.finding.fix.as_ref();
        fix.is_some_and(|fix| fix.applicability == Applicability::NeedsValue)
    }
}

/// What was decided, hunk by hunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions(BTreeMap<HunkKey, bool>);

impl Decisions {
    pub fn decide(&mut self, key: HunkKey, is_accepted: bool) {
        self.0.insert(key, is_accepted);
    }

    pub fn is_rejected(&self, hunk: &Hunk<'_>) -> bool {
        self.0.get(&hunk.key()) == Some(&false)
    }

    /// Whether a hunk is made when all fixes are: one that needs a value only on request.
    pub fn is_accepted(&self, hunk: &Hunk<'_>) -> bool {
        self.0.get(&hunk.key()).copied().unwrap_or(!hunk.needs_value())
    }

    /// Forgets what was decided about hunks that the report does not have any more.
    pub fn keep_to(&mut self, report: &Report) {
        if self.0.is_empty() {
            return;
        }
        let mut kept = BTreeMap::new();
        for hunk in report.findings.iter().flat_map(hunks) {
            if let Some((key, decision)) = self.0.remove_entry(&hunk.key()) {
                kept.insert(key, decision);
            }
        }
        self.0 = kept;
    }
}

/// Findings of which only the hunks are left that `is_wanted`; without the others.
pub fn wanted(findings: &[Finding], is_wanted: impl Fn(&Hunk<'_>) -> bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for finding in findings {
        let hunks: Vec<Hunk<'_>> = hunks(finding).into_iter().filter(|hunk| is_wanted(hunk)).collect();
        if hunks.is_empty() {
            continue;
        }
        let mut finding = finding.clone();
        if let Some(fix) = &mut finding.fix {
            for file in &mut fix.files {
                let of_file = hunks.iter().filter(|hunk| hunk.file == file.file);
                file.edits = of_file.flat_map(|hunk| &hunk.edits).copied().cloned().collect();
            }
            fix.files.retain(|file| !file.edits.is_empty());
        }
        out.push(finding);
    }
    out
}

/// The edits of a plan by file, each once, with their lines and columns.
pub fn edits_of<'a>(plan: &Plan<'a>) -> BTreeMap<&'a str, Vec<&'a FixEdit>> {
    let mut out: BTreeMap<&str, Vec<&FixEdit>> = BTreeMap::new();
    let fixes = plan.taken.iter().filter_map(|finding| finding.fix.as_ref());
    for file in fixes.flat_map(|fix| &fix.files) {
        let edits = out.entry(&file.file).or_default();
        for edit in &file.edits {
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    for edits in out.values_mut() {
        text::sort_by_key(edits, |edit| (edit.start.offset, edit.end.offset));
    }
    out
}

#[cfg(test)]
mod tests {
    use audit::Auditor;

    use super::*;

    const TEXT: &str = "\
import jwt

KEY = 'a-secret-that-stands-in-the-code-of-this-file'


def me(token):
    return jwt.decode(token, KEY, algorithms=['HS256'])


def read(token):
    return jwt.decode(token, KEY, algorithms=['HS256'], options={'verify_signature': False})
";

    fn report(text: &str) -> Report {
        let mut auditor = Auditor::new();
        auditor.set_file("main.py", text);
        auditor.report()
    }

    fn finding<'a>(report: &'a Report, rule: &str) -> &'a Finding {
        let mut findings = report.findings.iter();
        findings.find(|finding| finding.rule == rule).expect("it is found")
    }

    #[test]
    fn every_edit_belongs_to_one_hunk_that_shows_it() {
        let report = report(TEXT);
        let secret = finding(&report, "jwt-hardcoded-secret");
        let hunks = hunks(secret);
        let file = &secret.fix.as_ref().expect("it can be fixed").files[0];
        let edits: usize = hunks.iter().map(|hunk| hunk.edits.len()).sum();
        assert_eq!(edits, file.edits.len());
        let diffs: String = hunks.iter().map(|hunk| hunk.diff).collect();
        assert!(file.diff.ends_with(&diffs), "{diffs}");
        for hunk in &hunks {
            for edit in &hunk.edits {
                let written = edit.replacement.lines().find(|line| !line.trim().is_empty());
                assert!(written.is_none_or(|line| hunk.diff.contains(line.trim())), "{edit:?}");
            }
        }
    }

    #[test]
    fn what_is_rejected_stays_so_until_the_text_there_changes() {
        let before = report(TEXT);
        let hunk = &hunks(finding(&before, "jwt-signature-not-verified"))[0];
        let mut decisions = Decisions::default();
        decisions.decide(hunk.key(), false);
        assert!(decisions.is_rejected(hunk) && !decisions.is_accepted(hunk));

        // Lines above move it.
        let moved = report(&format!("# A comment\n\n\n\n\n\n\n{TEXT}"));
        decisions.keep_to(&moved);
        assert!(decisions.is_rejected(&hunks(finding(&moved, "jwt-signature-not-verified"))[0]));

        let changed = report(&TEXT.replace("jwt.decode(token,", "jwt.decode(token.strip(),"));
        decisions.keep_to(&changed);
        assert!(!decisions.is_rejected(&hunks(finding(&changed, "jwt-signature-not-verified"))[0]));
        // And for good.
        decisions.keep_to(&before);
        assert!(!decisions.is_rejected(hunk));
    }

    #[test]
    fn a_fix_is_made_in_part() {
        let report = report(TEXT);
        let rejected = hunks(finding(&report, "jwt-signature-not-verified"))[0].key();
        let wanted = wanted(&report.findings, |hunk| hunk.key() != rejected);
        let plan = report::plan(&wanted);
        let after = report::apply(TEXT, &plan.edits["main.py"]).expect("the edits fit");
        assert!(after.contains("'verify_signature': False"));
        assert!(!after.contains("a-secret-that-stands"));
        let edits = edits_of(&plan);
        assert!(edits["main.py"].is_sorted_by_key(|edit| edit.start));
    }
}
