//! Choosing findings and routes, and applying fixes.

use super::*;

impl App {
    pub(super) fn select(&mut self, selected: Option<usize>) {
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
        self.select(Some(order[next as usize]));
        self.reveal_selected(false);
    }

    /// Indices of the findings in the order of the list.
    pub(super) fn order(&self) -> Vec<usize> {
        let groups = self.report.iter().flat_map(|report| groups(report, self.route));
        groups.flat_map(|group| group.findings).collect()
    }

    /// Lists the findings of one route alone, and goes there; all findings again without one.
    pub(super) fn show_route(&mut self, route: Option<usize>) {
        self.route = route;
        let place = route
            .zip(self.report.as_ref())
            .and_then(|(index, report)| Some(report.routes.get(index)?.location.clone()));
        if let Some(place) = place {
            self.go_to(&place, false);
        }
        self.focus = Some(Focus::List);
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
        if !self.files.show(&location.file) {
            return;
        }
        if let Some(editor) = &self.editor {
            editor.reveal(&location.file, location.start.line, location.start.column, focus);
        }
    }
}
