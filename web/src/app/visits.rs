//! What stays between visits, and what leaves the page.

use super::*;

impl App {
    /// Brings back the files of the last visit. Says whether there were any.
    pub(super) fn restore_session(&mut self) -> bool {
        let session = bridge::read_storage(SESSION_KEY)
            .and_then(|text| serde_wasm_bindgen::from_value::<Option<Session>>(bridge::read_session(&text)).ok()?);
        let Some(session) = session else {
            return false;
        };
        for file in &session.files {
            self.open(&file.path, &file.text);
            if let (Some(editor), Some(original)) = (&self.editor, &file.original) {
                editor.came_from(&file.path, Some(original));
            }
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

    pub(super) fn store(&mut self) {
        self.store_timer = None;
        if let Some(editor) = &self.editor {
            let session = editor.session(bridge::list(self.files.paths()));
            // Storage may be full or forbidden: then the next visit begins with the example.
            bridge::write_storage(SESSION_KEY, &session);
        }
    }

    pub(super) fn notify(&mut self, ctx: &Context<Self>, text: String, undo: Option<Undo>) {
        self.notice = Some(Notice { text, undo });
        self.notice_timer = Some(later(ctx, NOTICE_FOR_MS, || Message::DismissNotice));
    }
}
