//! Choosing and filtering findings, applying fixes, ignoring.

use report::FileFix;

use super::*;

impl App {
    pub(super) fn select(&mut self, selected: Option<usize>) {
        self.asking_reason &= self.selected == selected;
        self.selected = selected;
        let (Some(editor), Some(report)) = (&self.editor, &self.report) else {
            return;
        };
        match selected.and_then(|index| Some((index, report.findings.get(index)?))) {
            Some((index, finding)) => editor.select(&finding.location.file, index as i32),
            None => editor.select(self.files.current().unwrap_or_default(), -1),
        }
    }

    pub(super) fn choose(&mut self, index: usize) {
        self.show_screen(Screen::Findings);
        self.select(Some(index));
        if !bridge::prefers_wide() {
            self.detail_open = true;
            self.focus = Some(Focus::Detail);
        }
        self.reveal_selected(false);
    }

    pub(super) fn step(&mut self, by: i32) {
        let order = self.order();
        let count = order.len() as i32;
        if count == 0 {
            return;
        }
        let place = self
            .selected
            .and_then(|index| order.iter().position(|known| *known == index));
        let next = match place {
            Some(place) => (place as i32 + by).rem_euclid(count),
            None if by > 0 => 0,
            None => count - 1,
        };
        self.show_screen(Screen::Findings);
        self.select(Some(order[next as usize]));
        self.reveal_selected(false);
    }

    /// Indices of the findings in the order of the list.
    pub(super) fn order(&self) -> Vec<usize> {
        let groups = self.report.iter().flat_map(|report| groups(report, &self.filter));
        groups.flat_map(|group| group.findings).collect()
    }

    pub(super) fn set_filter(&mut self, filter: Filter) {
        self.filter = filter;
    }

    /// Opens the field for the reason, or closes it.
    pub(super) fn ask_reason(&mut self, ask: bool) {
        let can_ask = self.selected.is_some() && self.screen == Screen::Findings;
        self.asking_reason = ask && can_ask;
        if self.asking_reason {
            self.detail_open = true;
            self.focus = Some(Focus::Reason);
        } else if can_ask {
            self.focus = Some(Focus::Detail);
        }
    }

    /// Asks the auditor where the comment can stand; [`App::insert_comment`] writes it.
    pub(super) fn ignore(&mut self, ctx: &Context<Self>, reason: &str) {
        let finding = self
            .selected
            .zip(self.report.as_ref())
            .and_then(|(index, report)| report.findings.get(index));
        let Some(finding) = finding else { return };
        if self.auditor.is_current() {
            self.auditor.ask_to_ignore(finding, reason);
        } else {
            self.notify(ctx, strings().not_ignored_yet.to_owned(), None);
        }
    }

    /// The answer of the auditor to [`App::ignore`].
    pub(super) fn insert_comment(&mut self, ctx: &Context<Self>, revision: u32, edits: Option<FileFix>) {
        if revision != self.auditor.answered() || !self.auditor.is_current() {
            self.notify(ctx, strings().not_ignored_yet.to_owned(), None);
            return;
        }
        let Some(edits) = edits else {
            self.notify(ctx, strings().no_place_for_comment.to_owned(), None);
            return;
        };
        let Some(editor) = &self.editor else { return };
        if let Ok(files) = serde_wasm_bindgen::to_value(&[file_edits(&edits)]) {
            editor.edit(files, false);
        }
        if let Some(edit) = edits.edits.first() {
            self.files.show(&edits.file);
            editor.reveal(&edits.file, edit.start.line, edit.start.column, false);
        }
        self.asking_reason = false;
        self.after_change_of(self.selected);
        self.notify(ctx, strings().ignored_now.to_owned(), Some(Undo::Edits));
    }

    /// The finding is about to go: the next one takes its place, and the focus does not fall out of the page.
    fn after_change_of(&mut self, index: Option<usize>) {
        self.just_fixed = index;
        self.detail_open = false;
        self.focus = Some(if bridge::prefers_wide() {
            Focus::Detail
        } else {
            Focus::List
        });
    }

    /// Tells the auditor the settings, when they mean something.
    pub(super) fn reveal_selected(&mut self, focus: bool) {
        let location = self
            .selected
            .zip(self.report.as_ref())
            .and_then(|(index, report)| Some(report.findings.get(index)?.location.clone()));
        if let Some(location) = location {
            self.go_to(&location, focus);
        }
    }

    pub(super) fn go_to(&mut self, location: &Location, focus: bool) {
        if self.files.show(&location.file) {
            // The editor may be out of sight until the page is drawn again.
            self.wanted_place = Some((location.clone(), focus));
        }
    }
}

/// The edits of one file as the editor takes them.
fn file_edits(file: &FileFix) -> FileEdits<'_> {
    let edits = file.edits.iter().map(|edit| bridge::Edit {
        start_line: edit.start.line,
        start_column: edit.start.column,
        end_line: edit.end.line,
        end_column: edit.end.column,
        replacement: &edit.replacement,
    });
    FileEdits {
        path: &file.file,
        edits: edits.collect(),
    }
}
