//! The files that are open: opening, closing, renaming, and taking that back.

use super::*;

impl App {
    pub(super) fn start_editor(&mut self, ctx: &Context<Self>) {
        let Some(host) = self.host.cast::<HtmlElement>() else {
            return;
        };
        let words = editor_words();
        let link = ctx.link();
        let changed = link.callback(Message::Changed);
        let pointed = link.callback(Message::Pointed);
        let picked = link.callback(Message::Chosen);
        let fix = link.callback(Message::ApplyFix);
        let events = bridge::object([
            (
                "changed",
                Closure::<dyn Fn(String)>::new(move |path| changed.emit(path)).into_js_value(),
            ),
            (
                "caret",
                Closure::<dyn Fn(usize)>::new(move |index| pointed.emit(index)).into_js_value(),
            ),
            (
                "pick",
                Closure::<dyn Fn(usize)>::new(move |index| picked.emit(index)).into_js_value(),
            ),
            (
                "fix",
                Closure::<dyn Fn(usize)>::new(move |index| fix.emit(index)).into_js_value(),
            ),
        ]);
        self.editor = Some(Editor::new(&host, &words, &events));

        let hover = link.callback(Message::Dropping);
        let dropped = link.callback(Message::FilesGiven);
        bridge::watch_drops(
            &Closure::<dyn Fn(bool)>::new(move |over| hover.emit(over)).into_js_value(),
            &listener(move |files| dropped.emit(files)),
        );
        let leaving = link.callback(|()| Message::Store);
        bridge::watch_leaving(&Closure::<dyn Fn()>::new(move || leaving.emit(())).into_js_value());

        if !self.restore_session() {
            self.load_example(&EXAMPLES[0]);
        }
        self.watch_links(ctx);
        link.send_message(Message::Dropping(false));
    }

    pub(super) fn changed(&mut self, ctx: &Context<Self>, path: &str) -> bool {
        if !self.files.contains(path) {
            return false;
        }
        self.untouched_example = None;
        self.auditor.change(path);
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
        if !matches!(self.audit, AuditStatus::Auditing { .. }) {
            self.audit = AuditStatus::Quiet;
        }
        // The list is busy from here on, and says so.
        true
    }

    pub(super) fn show_file(&mut self, path: &str) {
        if self.files.show(path)
            && let Some(editor) = &self.editor
        {
            editor.show(path);
        }
    }

    /// Opens a text in the editor and tells the auditor.
    pub(super) fn open(&mut self, path: &str, text: &str) {
        let Some(editor) = &self.editor else {
            return;
        };
        self.files.open(path);
        editor.open(path, text);
        editor.show(path);
        self.auditor.change(path);
    }

    pub(super) fn new_file(&mut self) {
        let path = self.files.free_name();
        self.untouched_example = None;
        self.open(&path, "");
        self.focus = Some(Focus::Editor);
    }

    pub(super) fn close_file(&mut self, ctx: &Context<Self>, path: &str) {
        let undo = self.remember_project();
        let Some(editor) = &self.editor else {
            return;
        };
        self.files.close(path);
        editor.close(path);
        if let Some(next) = self.files.current() {
            editor.show(next);
        }
        self.auditor.remove(path);
        self.untouched_example = None;
        self.focus = Some(if self.files.current().is_some() {
            Focus::Editor
        } else {
            Focus::List
        });
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
        self.notify(ctx, (strings().closed_file)(path), undo);
    }

    pub(super) fn rename_file(&mut self, ctx: &Context<Self>, from: &str, to: &str) {
        let (Ok(to), Some(editor)) = (self.files.rename(from, to), &self.editor) else {
            return;
        };
        if to == from {
            return;
        }
        editor.rename(from, &to);
        self.auditor.remove(from);
        self.auditor.change(&to);
        self.untouched_example = None;
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
    }

    pub(super) fn open_files(&mut self, ctx: &Context<Self>, files: Vec<ReadFile>) {
        let readable = files.iter().filter(|file| file.text.is_some()).count();
        let undo = self.remember_project();
        // An example nobody touched, or an empty file, makes room.
        let makes_room = self.untouched_example.is_some() || self.is_blank();
        if readable > 0 && makes_room {
            self.close_all();
        }
        let mut first = None;
        let mut said = Vec::new();
        if readable > 0 {
            said.push((strings().opened)(readable));
        }
        for file in files {
            match (file.text, file.problem) {
                (Some(text), _) => {
                    self.open(&file.path, &text);
                    first.get_or_insert(file.path);
                }
                (None, problem) => {
                    let reason = (strings().problem)(problem.as_deref().unwrap_or_default());
                    said.push((strings().left_out)(&file.path, reason));
                }
            }
        }
        if let Some(first) = first {
            self.show_file(&first);
            self.untouched_example = None;
            self.fresh_project |= makes_room;
            self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
        }
        self.notify(ctx, said.join(". "), undo.filter(|_| readable > 0));
    }

    /// Whether nothing is open but at most one empty file.
    pub(super) fn is_blank(&self) -> bool {
        match self.files.paths() {
            [] => true,
            [_] => self.editor.as_ref().is_some_and(Editor::is_blank),
            _ => false,
        }
    }

    pub(super) fn close_all(&mut self) {
        for path in self.files.paths() {
            self.auditor.remove(path);
        }
        self.files = Files::default();
        if let Some(editor) = &self.editor {
            editor.close_all();
        }
    }

    pub(super) fn load_example(&mut self, example: &'static Example) {
        self.close_all();
        for (path, text) in example.files {
            self.open(path, text);
        }
        if let Some((first, _)) = example.files.first() {
            self.show_file(first);
        }
        self.begin_project();
        self.untouched_example = Some(example.id);
        self.store();
    }

    /// The next report is the first one of its project.
    pub(super) fn begin_project(&mut self) {
        self.fresh_project = true;
        self.detail_open = false;
        self.selected = None;
        self.filter = Filter::default();
        self.changes = Changes::default();
        self.audit = AuditStatus::Quiet;
    }

    pub(super) fn remember_project(&self) -> Option<Undo> {
        Some(Undo::Project {
            snapshot: self.editor.as_ref()?.snapshot(),
            files: self.files.clone(),
            untouched_example: self.untouched_example,
        })
    }

    pub(super) fn undo(&mut self, ctx: &Context<Self>, undo: Undo) {
        self.notice = None;
        let Some(editor) = &self.editor else {
            return;
        };
        match undo {
            Undo::Edits => editor.undo_edits(),
            Undo::Project {
                snapshot,
                files,
                untouched_example,
            } => {
                for path in self.files.paths() {
                    self.auditor.remove(path);
                }
                editor.restore(&snapshot);
                self.files = files;
                for path in self.files.paths() {
                    self.auditor.change(path);
                }
                self.begin_project();
                self.untouched_example = untouched_example;
                self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
            }
        }
        self.focus = Some(Focus::Editor);
    }
}

/// What the editor says.
pub(super) fn editor_words() -> js_sys::Object {
    let text = strings();
    bridge::object([
        ("label", text.editor_label.into()),
        ("placeholder", text.editor_placeholder.into()),
        ("fix", text.fix.into()),
    ])
}
