//! Fixes: deciding about their hunks, making one or all of them.

use std::collections::BTreeMap;

use page_state::{HunkKey, edits_of, hunks, wanted};
use report::{Applicability, FixEdit, MOST_ROUNDS, plan};

use super::*;
use crate::components::review::{Review, ReviewStep};

impl App {
    /// Applies what is not rejected of one finding's fix.
    pub(super) fn apply_fix(&mut self, ctx: &Context<Self>, index: usize) {
        let Some(report) = self.report.clone() else {
            return;
        };
        let Some((finding, fix)) = report
            .findings
            .get(index)
            .and_then(|found| Some((found, found.fix.as_ref()?)))
        else {
            return;
        };
        if !self.auditor.is_current() {
            // The positions are those of an older text: wait for the report that is under way.
            self.wanted_fix = Some(finding.fingerprint.clone());
            return;
        }
        let accepted = wanted(std::slice::from_ref(finding), |hunk| !self.decisions.is_rejected(hunk));
        let plan = plan(&accepted);
        let edits = edits_of(&plan);
        let Some((file, edit)) = edits.iter().find_map(|(file, edits)| Some((*file, *edits.first()?))) else {
            self.notify(ctx, strings().fixes.is_rejected.to_owned(), None);
            return;
        };
        let needs_value = fix.applicability == Applicability::NeedsValue;
        self.files.add(edits.keys().copied());
        if let Some(editor) = &self.editor {
            make(editor, &edits, false);
            let placeholder = needs_value.then(|| editor.select_placeholder()).flatten();
            // The work of the button is to be seen.
            self.files.show(placeholder.as_deref().unwrap_or(file));
            if placeholder.is_none() {
                editor.reveal(file, edit.start.line, edit.start.column, false);
            }
            self.detail_open = false;
            self.focus = Some(if placeholder.is_some() {
                Focus::Editor
            } else if bridge::prefers_wide() {
                Focus::Detail
            } else {
                Focus::List
            });
        }
        self.just_fixed = Some(index);
        let text = strings();
        let said = match needs_value {
            true => format!("{}: {}. {}", text.applied, fix.title, text.fixes.type_value),
            false => format!("{}: {}", text.applied, fix.title),
        };
        self.notify(ctx, said, Some(Undo::Edits));
    }

    pub(super) fn open_review(&mut self) {
        self.review = Some(Review::new());
        self.dialog = Some(OpenDialog::Review);
        self.look_through();
    }

    /// Every hunk of the report is before the reviewer's eyes.
    fn look_through(&mut self) {
        let (Some(review), Some(report)) = (&mut self.review, &self.report) else {
            return;
        };
        let keys: Vec<HunkKey> = report.findings.iter().flat_map(hunks).map(|hunk| hunk.key()).collect();
        review.is_new = match review.rounds {
            0 => Default::default(),
            _ => keys.iter().filter(|key| !review.seen.contains(key)).cloned().collect(),
        };
        review.seen.extend(keys);
    }

    pub(super) fn decide_all(&mut self, is_accepted: bool) {
        if let Some(report) = self.report.clone() {
            for hunk in report.findings.iter().flat_map(hunks) {
                self.decisions.decide(hunk.key(), is_accepted);
            }
        }
    }

    /// Makes the accepted fixes of a review, as many as go together; the audit of what they leave shows the others.
    pub(super) fn make_fixes(&mut self) {
        let (Some(report), Some(editor), Some(review)) = (&self.report, &self.editor, &mut self.review) else {
            return;
        };
        if !self.auditor.is_current() {
            return;
        }
        let accepted = wanted(&report.findings, |hunk| {
            review.seen.contains(&hunk.key()) && self.decisions.is_accepted(hunk)
        });
        let plan = plan(&accepted);
        let edits = edits_of(&plan);
        self.files.add(edits.keys().copied());
        if !make(editor, &edits, review.rounds > 0) {
            review.step = ReviewStep::Done;
            return;
        }
        review.rounds += 1;
        review.made += plan.taken.len();
        review.files.extend(edits.keys().map(|file| (*file).to_owned()));
        review.step = ReviewStep::Making;
    }

    /// The audit after a round of fixes is there: goes on with those that had to wait, asks about those that are new.
    pub(super) fn review_goes_on(&mut self) {
        let (Some(review), Some(report)) = (&mut self.review, &self.report) else {
            return;
        };
        match review.step {
            ReviewStep::Done => return,
            // The first report, or a text that changed behind the dialog.
            ReviewStep::Deciding => return self.look_through(),
            ReviewStep::Making => {}
        }
        let left: Vec<_> = report.findings.iter().flat_map(hunks).collect();
        let is_new = left
            .iter()
            .any(|hunk| !review.seen.contains(&hunk.key()) && self.decisions.is_accepted(hunk));
        let waits = left.iter().any(|hunk| self.decisions.is_accepted(hunk));
        if !waits || review.rounds >= MOST_ROUNDS {
            review.step = ReviewStep::Done;
        } else if is_new {
            review.step = ReviewStep::Deciding;
            self.look_through();
        } else {
            self.make_fixes();
        }
    }
}

/// Makes edits in the editor. Says whether there were any.
fn make(editor: &Editor, edits: &BTreeMap<&str, Vec<&FixEdit>>, goes_on: bool) -> bool {
    if edits.is_empty() {
        return false;
    }
    editor.edit(editor_edits(edits), goes_on)
}

fn editor_edits(edits: &BTreeMap<&str, Vec<&FixEdit>>) -> JsValue {
    let files: Vec<FileEdits<'_>> = edits
        .iter()
        .map(|(file, edits)| FileEdits {
            path: file,
            edits: edits
                .iter()
                .map(|edit| bridge::Edit {
                    start_line: edit.start.line,
                    start_column: edit.start.column,
                    end_line: edit.end.line,
                    end_column: edit.end.column,
                    replacement: &edit.replacement,
                })
                .collect(),
        })
        .collect();
    serde_wasm_bindgen::to_value(&files).unwrap_or_default()
}
