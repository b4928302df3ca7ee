//! What the keys of the page do.

use super::*;
use crate::shortcuts::{self, Action};

impl App {
    pub(super) fn watch_keys(&self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        let single_keys = self.single_keys.clone();
        let pressed = Closure::<dyn Fn(String, bool) -> bool>::new(move |key: String, in_field| {
            let action = shortcuts::action(&key, in_field, single_keys.get());
            if let Some(action) = action {
                link.send_message(Message::Act(action));
            }
            action.is_some()
        });
        bridge::watch_keys(&pressed.into_js_value());
    }

    pub(super) fn act(&mut self, ctx: &Context<Self>, action: Action) {
        match action {
            Action::NextFinding => self.step(1),
            Action::PreviousFinding => self.step(-1),
            Action::GoToCode => {
                self.show_screen(Screen::Findings);
                self.reveal_selected(true);
            }
            // Nothing is changed that cannot be seen.
            Action::ApplyFix => {
                if let (Some(index), Screen::Findings) = (self.selected, self.screen) {
                    self.apply_fix(ctx, index);
                }
            }
            Action::Ignore => self.ask_reason(true),
            Action::Filter => {
                self.show_screen(Screen::Findings);
                self.detail_open = false;
                self.filters_open = true;
                self.focus = Some(Focus::Filter);
            }
            Action::ClearFilter => self.set_filter(Filter::default()),
            Action::OtherScreen => {
                self.show_screen(self.screen.other());
                self.focus_screen();
            }
            Action::NextPanel => self.next_panel(1),
            Action::PreviousPanel => self.next_panel(-1),
            Action::NewFile => self.new_file(),
            Action::OpenFiles => ctx.link().send_message(Message::PickFiles),
            Action::Undo => {
                if let Some(undo) = self.notice.as_ref().and_then(|notice| notice.undo.clone()) {
                    self.undo(ctx, undo);
                }
            }
            Action::ReviewFixes => self.open_review(),
            Action::Export => self.dialog = Some(OpenDialog::Export),
            Action::Share => self.dialog = Some(OpenDialog::Share),
            Action::Help => self.dialog = Some(OpenDialog::Help),
        }
    }

    /// The focus goes round: the head of the page, then its panels from left to right.
    fn next_panel(&mut self, by: i32) {
        let panels = self.panels();
        let now = panels.iter().position(|panel| {
            let element = self.panel(*panel).and_then(|node| node.cast::<HtmlElement>());
            element.is_some_and(|element| bridge::has_focus(&element))
        });
        let count = panels.len() as i32;
        let next = match now {
            Some(now) => (now as i32 + by).rem_euclid(count),
            None if by > 0 => 1,
            None => count - 1,
        };
        self.focus = panels.get(next as usize).copied();
    }

    /// What can be seen, in its order.
    fn panels(&self) -> Vec<Focus> {
        let mut panels = vec![Focus::Header];
        match self.screen {
            Screen::Routes => panels.push(Focus::Routes),
            Screen::Findings => {
                panels.extend(self.files.current().map(|_| Focus::Editor));
                let wide = bridge::prefers_wide();
                if wide || !self.detail_open {
                    panels.push(Focus::List);
                }
                if wide || self.detail_open {
                    panels.push(Focus::Detail);
                }
            }
        }
        panels
    }

    pub(super) fn panel(&self, focus: Focus) -> Option<&NodeRef> {
        match focus {
            Focus::Header => Some(&self.screens),
            Focus::List => Some(&self.list_panel),
            Focus::Detail => Some(&self.detail_panel),
            Focus::Routes => Some(&self.routes_panel),
            Focus::Editor => Some(&self.host),
            Focus::Filter => Some(&self.filter_field),
            Focus::Reason => Some(&self.reason_field),
        }
    }
}
