//! Links that hold a project: opening one, and keeping what was here before.

use super::*;
use crate::bridge::{LinkOutcome, LinkProblem, SharedProject};

impl App {
    /// Looks for a link in the address, now and whenever one is put there.
    pub(super) fn watch_links(&self, ctx: &Context<Self>) {
        let given = ctx.link().callback(Message::LinkGiven);
        if let Some(fragment) = bridge::take_fragment() {
            given.emit(fragment);
        }
        bridge::watch_fragment(&Closure::<dyn Fn(String)>::new(move |fragment| given.emit(fragment)).into_js_value());
    }

    pub(super) fn read_link(&mut self, ctx: &Context<Self>, fragment: String, passphrase: Option<String>) {
        let reading = bridge::read_link(&fragment, passphrase.as_deref());
        ctx.link().send_future(async move {
            let outcome = JsFuture::from(reading).await.unwrap_or_default();
            let outcome = serde_wasm_bindgen::from_value(outcome).unwrap_or(LinkOutcome::Problem {
                problem: LinkProblem::Broken,
            });
            Message::LinkRead(fragment, outcome)
        });
    }

    pub(super) fn unlock_link(&mut self, ctx: &Context<Self>, passphrase: String) {
        if let Some(locked) = &mut self.locked_link {
            locked.is_busy = true;
            let fragment = locked.fragment.clone();
            self.read_link(ctx, fragment, Some(passphrase));
        }
    }

    pub(super) fn link_read(&mut self, ctx: &Context<Self>, fragment: String, outcome: LinkOutcome) {
        let was_asked = self
            .locked_link
            .as_ref()
            .is_some_and(|locked| locked.fragment == fragment);
        match outcome {
            LinkOutcome::Locked => {
                self.locked_link = Some(LockedLink {
                    fragment,
                    was_wrong: false,
                    is_busy: false,
                });
                self.dialog = Some(OpenDialog::Unlock);
            }
            LinkOutcome::Problem {
                problem: LinkProblem::Passphrase,
            } => {
                // Without a dialog nobody waits for it any more.
                if let Some(locked) = self.locked_link.as_mut().filter(|_| was_asked) {
                    locked.was_wrong = true;
                    locked.is_busy = false;
                }
            }
            LinkOutcome::Problem { problem } => {
                self.locked_link = None;
                self.before_link = self.make_room();
                let path = self.files.free_name();
                self.open(&path, "");
                self.begin_project();
                self.dialog = Some(OpenDialog::BrokenLink(problem));
            }
            LinkOutcome::Project(project) => {
                if self.dialog == Some(OpenDialog::Unlock) {
                    bridge::close_dialog();
                }
                self.locked_link = None;
                self.open_link(ctx, &project);
            }
        }
    }

    fn open_link(&mut self, ctx: &Context<Self>, project: &SharedProject) {
        let undo = self.make_room();
        for file in &project.files {
            self.open(&file.path, &file.text);
        }
        self.show_file(&project.current);
        self.begin_project();
        let said = (strings().link.opened)(project.files.len(), self.kept > 0);
        self.notify(ctx, said, undo);
    }

    /// Closes what is open, after keeping it for whoever comes back for it, in this visit or a later one.
    fn make_room(&mut self) -> Option<Undo> {
        let undo = self.remember_project();
        if self.untouched_example.is_none()
            && !self.is_blank()
            && let Some(editor) = &self.editor
            && !editor.is_too_large(bridge::list(self.files.paths()))
        {
            bridge::keep_session(&editor.session(bridge::list(self.files.paths())));
            self.kept = bridge::kept_sessions();
        }
        self.close_all();
        self.untouched_example = None;
        undo
    }

    /// What was here before a link was opened.
    pub(super) fn bring_back(&mut self, ctx: &Context<Self>) {
        let kept = bridge::take_kept_session();
        self.kept = bridge::kept_sessions();
        let Some(kept) = kept else {
            return;
        };
        let undo = self.remember_project();
        self.close_all();
        self.untouched_example = None;
        self.open_session(&kept);
        self.begin_project();
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
        self.notify(ctx, strings().link.brought_back.to_owned(), undo);
    }
}

/// A link that waits for its passphrase.
pub(super) struct LockedLink {
    fragment: String,
    pub(super) was_wrong: bool,
    pub(super) is_busy: bool,
}
