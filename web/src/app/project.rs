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
        let dropped = link.callback(Message::Given);
        bridge::watch_drops(
            &Closure::<dyn Fn(bool)>::new(move |over| hover.emit(over)).into_js_value(),
            &listener(move |files| dropped.emit(files)),
        );
        let leaving = link.callback(|()| Message::Store);
        bridge::watch_leaving(&Closure::<dyn Fn()>::new(move || leaving.emit(())).into_js_value());

        if !self.restore_session(ctx) {
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

    /// A file was chosen in the bar or the tree.
    pub(super) fn choose_file(&mut self, path: &str, focus: bool) {
        self.show_file(path);
        // Where the tree stands above the editor, it makes room.
        if has_tree(&self.files) && self.tree_open && !bridge::prefers_tree() {
            self.tree_open = false;
            self.focus = Some(Focus::Editor);
        } else if focus {
            self.focus = Some(Focus::Editor);
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

    /// Closes a file, or a folder with everything in it.
    pub(super) fn close(&mut self, ctx: &Context<Self>, path: &str, focus: bool) {
        let undo = self.remember_project();
        let gone = if self.files.contains(path) {
            vec![path.to_owned()]
        } else {
            self.files.below(path)
        };
        let Some(editor) = &self.editor else {
            return;
        };
        self.files.close(&gone);
        for path in &gone {
            editor.close(path);
            self.auditor.remove(path);
        }
        if let Some(next) = self.files.current() {
            editor.show(next);
        }
        self.untouched_example = None;
        if self.files.current().is_none() {
            self.focus = Some(Focus::List);
        } else if focus || !has_tree(&self.files) {
            self.focus = Some(Focus::Editor);
        }
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
        self.notify(ctx, (strings().closed)(path, gone.len()), undo);
    }

    /// Gives a file, or a folder with everything in it, another name.
    pub(super) fn rename(&mut self, ctx: &Context<Self>, from: &str, to: &str) {
        let (Ok(mut renames), Some(editor)) = (self.files.renamed(from, to), &self.editor) else {
            return;
        };
        renames.retain(|(from, to)| from != to);
        if renames.is_empty() {
            return;
        }
        self.files.rename(&renames);
        for (from, to) in &renames {
            editor.rename(from, to);
            self.auditor.remove(from);
        }
        for (_, to) in &renames {
            self.auditor.change(to);
        }
        self.untouched_example = None;
        self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
    }

    /// Begins to read what somebody picked or dropped. What is on the screen stays until everything is read.
    pub(super) fn read(&mut self, ctx: &Context<Self>, given: &JsValue) {
        if let Some(before) = self.reading.take() {
            before.reading.cancel();
        }
        self.readings += 1;
        let number = self.readings;
        let progress = ctx.link().callback(|(done, all)| Message::ReadSoFar { done, all });
        let progress = Closure::<dyn Fn(u32, u32)>::new(move |done, all| progress.emit((done, all)));
        let reading = Reading::new(given, &progress.into_js_value());
        let done = JsFuture::from(reading.done());
        ctx.link().send_future(async move {
            let read = done.await.unwrap_or_default();
            Message::Read(number, serde_wasm_bindgen::from_value(read).ok())
        });
        let (done, all) = (0, 0);
        self.reading = Some(UnderWay { reading, done, all });
    }

    pub(super) fn read_to_the_end(&mut self, ctx: &Context<Self>, number: u32, read: Option<ReadProject>) {
        if number != self.readings {
            return;
        }
        let Some(UnderWay { reading, .. }) = self.reading.take() else {
            return;
        };
        let Some(read) = read else {
            self.notify(ctx, strings().reading_cancelled.to_owned(), None);
            return;
        };
        let undo = self.remember_project().filter(|_| !read.paths.is_empty());
        let mut said = what_was_read(&read);
        // The rest can be looked at.
        let has_rest = !read.left_out.is_empty();
        self.left_out = Rc::new(read.left_out);
        if !read.paths.is_empty() {
            // A folder or an archive is a project of its own; an example nobody touched, or an empty file, makes room.
            let makes_room = read.project.is_some() || self.untouched_example.is_some() || self.is_blank();
            if makes_room {
                self.close_all();
                self.begin_project();
                self.leave_project_settings();
            }
            if let Some(settings) = &read.settings
                && !self.read_project_settings(ctx, settings)
            {
                said.push((strings().settings_not_read)(&settings.path));
            }
            if let Some(editor) = &self.editor {
                editor.take(&reading);
            }
            self.files.open_all(&read.paths);
            for path in &read.paths {
                self.auditor.change(path);
            }
            self.show_file(&read.paths[0]);
            self.untouched_example = None;
            self.tree_open = bridge::prefers_tree();
            self.store_timer = Some(later(ctx, STORE_AFTER_MS, || Message::Store));
            if let Some(editor) = &self.editor
                && editor.is_too_large(bridge::list(self.files.paths()))
            {
                said.push(strings().too_large_to_keep.to_owned());
            }
        }
        self.notify(ctx, said.join(". "), undo);
        if let Some(notice) = &mut self.notice {
            notice.has_left_out = has_rest;
        }
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
        self.marked = None;
        if let Some(editor) = &self.editor {
            editor.close_all();
        }
    }

    pub(super) fn load_example(&mut self, example: &'static Example) {
        self.close_all();
        self.leave_project_settings();
        self.left_out = Rc::default();
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
            left_out: self.left_out.clone(),
            settings: self.settings.clone(),
            own_settings: self.own_settings.clone(),
        })
    }

    pub(super) fn undo(&mut self, ctx: &Context<Self>, undo: Undo) {
        self.notice = None;
        let Some(editor) = &self.editor else {
            return;
        };
        match undo {
            Undo::Edits => {
                // What the fix began goes with it.
                let gone = editor.undo_edits();
                for path in &gone {
                    editor.close(path);
                    self.auditor.remove(path);
                }
                self.files.close(&gone);
                if let Some(next) = self.files.current() {
                    editor.show(next);
                }
            }
            Undo::Project {
                snapshot,
                files,
                untouched_example,
                left_out,
                settings,
                own_settings,
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
                self.marked = None;
                self.untouched_example = untouched_example;
                self.left_out = left_out;
                // What was set by hand since then stays.
                if self.own_settings != own_settings {
                    self.own_settings = own_settings;
                    self.set_settings(settings);
                }
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

/// With more reasons or names than these, a number says enough.
const MOST_NAMED: usize = 3;

/// What came of reading, in a few sentences.
fn what_was_read(read: &ReadProject) -> Vec<String> {
    let text = strings();
    let mut said = Vec::new();
    let project = read.project.as_deref().filter(|name| !name.is_empty());
    match (read.paths.len(), project) {
        (0, _) => said.push(text.nothing_opened.to_owned()),
        (count, Some(name)) => said.push((text.project_opened)(name, count)),
        (count, None) => said.push((text.opened)(count)),
    }
    // What everyone's projects hold beside their code needs no word of its own.
    let of_note = read.left_out.iter();
    let of_note: Vec<&LeftOut> = of_note
        .filter(|group| read.project.is_none() || !group.is_expected())
        .collect();
    let count: usize = of_note.iter().map(|group| group.count).sum();
    if count <= MOST_NAMED {
        for group in of_note {
            let reason = (text.problem)(&group.reason);
            said.extend(group.names.iter().map(|name| (text.left_out)(name, reason)));
        }
    } else {
        said.push((text.left_out_count)(count));
    }
    said
}
