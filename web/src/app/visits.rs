//! What stays between visits, and what leaves the page.

use super::*;

impl App {
    /// Brings back the files of the last visit. Says whether there were any.
    pub(super) fn restore_session(&mut self, ctx: &Context<Self>) -> bool {
        let Some(text) = bridge::read_storage(SESSION_KEY) else {
            return false;
        };
        let too_large = read_session(&text).map_or(0, |session| session.too_large);
        if too_large > 0 {
            self.load_example(&EXAMPLES[0]);
            self.notify(ctx, (strings().was_too_large)(too_large), None);
            return true;
        }
        self.open_session(&text)
    }

    /// Opens what [`App::store`] has written. Says whether it is that.
    pub(super) fn open_session(&mut self, text: &str) -> bool {
        let Some(session) = read_session(text) else {
            return false;
        };
        let paths: Vec<String> = session.files.iter().map(|file| file.path.clone()).collect();
        self.files.open_all(&paths);
        for file in &session.files {
            if let Some(editor) = &self.editor {
                editor.open(&file.path, &file.text);
                if let Some(original) = &file.original {
                    editor.came_from(&file.path, Some(original));
                }
            }
            self.auditor.change(&file.path);
        }
        self.show_file(&session.current);
        let is_untouched = |example: &&Example| {
            example.files.len() == session.files.len()
                && example
                    .files
                    .iter()
                    .zip(&session.files)
                    .all(|(&(path, text), file)| path == file.path && text == file.text)
        };
        self.untouched_example = EXAMPLES.iter().find(is_untouched).map(|example| example.id);
        true
    }

    /// Goes on with what was typed before the application was there, in the moment in which the editor is drawn and can
    /// take the focus. An untouched example makes room for it, files of the earlier visit stay beside it.
    pub(super) fn take_early(&mut self, ctx: &Context<Self>) {
        let early = serde_wasm_bindgen::from_value::<Option<Early>>(bridge::take_early());
        let Ok(Some(early)) = early else {
            return;
        };
        let over_example = self.untouched_example.is_some();
        // Whoever has put the caret there is about to type or paste.
        if !early.text.is_empty() || (early.focused && over_example) {
            if over_example {
                self.close_all();
                self.begin_project();
                self.untouched_example = None;
            }
            let path = self.files.free_name();
            self.open(&path, &early.text);
            self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
            if let Some(editor) = &self.editor {
                editor.select_range(early.anchor, early.head);
            }
        }
        if let Some(editor) = self.editor.as_ref().filter(|_| early.focused) {
            editor.focus();
        }
        ctx.link().send_message(Message::Dropping(false));
    }

    pub(super) fn store(&mut self) {
        self.store_timer = None;
        // Without files there is nothing to bring back, and a page that has forgotten everything stays so.
        if self.files.paths().is_empty() {
            bridge::remove_storage(SESSION_KEY);
        } else if let Some(editor) = &self.editor {
            let session = editor.session(bridge::list(self.files.paths()));
            // Storage may be full or forbidden: then the next visit begins with the example.
            bridge::write_storage(SESSION_KEY, &session);
        }
    }

    pub(super) fn notify(&mut self, ctx: &Context<Self>, text: String, undo: Option<Undo>) {
        self.notice = Some(Notice {
            text,
            undo,
            has_left_out: false,
        });
        self.notice_timer = Some(later(ctx, NOTICE_FOR_MS, || Message::DismissNotice));
    }
}

fn read_session(text: &str) -> Option<Session> {
    serde_wasm_bindgen::from_value::<Option<Session>>(bridge::read_session(text)).ok()?
}
