//! What is done in the settings.

use serde::Deserialize;

use super::project::editor_words;
use super::*;
use crate::components::settings::{Import, SettingsEvent};

/// What the worker read in a file of settings.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SettingsFile {
    options: Option<SettingsOptions>,
    problem: Option<SettingsFileProblem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SettingsOptions {
    secret_name: Option<String>,
    owner_fields: Vec<String>,
    public_routes: Vec<String>,
    exclude: Vec<String>,
    rules: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct SettingsFileProblem {
    message: String,
    line: u32,
    column: u32,
}

impl From<SettingsFileProblem> for Import {
    fn from(problem: SettingsFileProblem) -> Import {
        Import::Problem {
            message: problem.message,
            line: problem.line,
            column: problem.column,
        }
    }
}

impl From<SettingsOptions> for Settings {
    fn from(options: SettingsOptions) -> Settings {
        Settings::written(ReadSettings {
            secret_name: options.secret_name,
            owner_fields: options.owner_fields,
            public_routes: options.public_routes,
            exclude: options.exclude,
            rules: options.rules.into_iter().collect(),
        })
    }
}

impl App {
    pub(super) fn settings_event(&mut self, ctx: &Context<Self>, event: SettingsEvent) {
        match event {
            SettingsEvent::Set(settings) => {
                self.import = None;
                self.own_settings = None;
                self.set_settings(settings);
            }
            SettingsEvent::Import(text) => self.read_settings(ctx, &text, "pyproject.toml"),
            SettingsEvent::PickFile => {
                let picked = ctx.link().callback(Message::SettingsFilePicked);
                bridge::pick_settings(&listener(move |file| picked.emit(file)));
            }
            SettingsEvent::Copy(text) => {
                let copying = bridge::copy_text(&text);
                ctx.link().send_future(async {
                    Message::SettingsCopied(JsFuture::from(copying).await.is_ok_and(|done| done.is_truthy()))
                });
            }
            SettingsEvent::Choose(choice, value) => {
                choice.choose(value);
                self.appearance = Appearance::with(self.appearance, choice, value);
                if choice == &LANGUAGE {
                    self.speak();
                }
            }
            SettingsEvent::KeepNothing(wish) => {
                bridge::keep_nothing(wish);
                self.kept = bridge::kept_sessions();
                self.keeping.nothing = wish;
                if !wish {
                    self.store();
                    bridge::write_storage(SETTINGS_KEY, &self.settings.store());
                }
            }
            SettingsEvent::KeepCopy(true) => {
                bridge::write_storage(COPY_KEY, "on");
                self.keeping.copy = "next".to_owned();
            }
            SettingsEvent::KeepCopy(false) => {
                bridge::write_storage(COPY_KEY, "off");
                self.keeping.copy = "off".to_owned();
                // It ends well, or there was nothing to delete.
                let _ = bridge::forget_copy();
            }
            SettingsEvent::Forget => {
                self.forget_project();
                ctx.link().send_future(async {
                    let _ = JsFuture::from(bridge::forget_everything()).await;
                    Message::Forgotten
                });
            }
        }
    }

    fn speak(&mut self) {
        self.appearance.speak();
        if let Some(editor) = &self.editor {
            editor.set_words(&editor_words());
        }
        // Marks carry words, too: they are drawn again.
        self.marked = None;
    }

    pub(super) fn set_settings(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        bridge::write_storage(SETTINGS_KEY, &self.settings.store());
        self.give_settings();
    }

    fn read_settings(&self, ctx: &Context<Self>, text: &str, name: &str) {
        let Some(answer) = self.auditor.read_settings(text, name) else {
            return;
        };
        ctx.link()
            .send_future(async { Message::SettingsRead(JsFuture::from(answer).await.unwrap_or_default()) });
    }

    /// The worker has read a file of settings.
    pub(super) fn settings_read(&mut self, file: JsValue) {
        let file: SettingsFile = serde_wasm_bindgen::from_value(file).unwrap_or_default();
        self.import = Some(match (file.options, file.problem) {
            (_, Some(problem)) => problem.into(),
            (Some(options), None) => {
                self.own_settings = None;
                self.set_settings(options.into());
                Import::Taken
            }
            (None, None) => Import::Nothing,
        });
    }

    /// Has the settings of the project read that was just opened: they hold as long as it is open. The worker answers
    /// before it audits. Says whether there is a worker.
    pub(super) fn read_project_settings(&self, ctx: &Context<Self>, file: &bridge::SettingsFile) -> bool {
        let Some(answer) = self.auditor.read_settings(&file.text, &file.path) else {
            return false;
        };
        let (reading, path) = (self.readings, file.path.clone());
        ctx.link().send_future(async move {
            let read = JsFuture::from(answer).await.unwrap_or_default();
            Message::ProjectSettings { reading, path, read }
        });
        true
    }

    pub(super) fn project_settings_read(&mut self, ctx: &Context<Self>, reading: u32, path: &str, read: JsValue) {
        if reading != self.readings {
            return;
        }
        let text = strings();
        let file: SettingsFile = serde_wasm_bindgen::from_value(read).unwrap_or_default();
        let said = match (file.options, file.problem) {
            (_, Some(problem)) => {
                let said = (text.settings_wrong)(path, problem.line);
                self.import = Some(problem.into());
                said
            }
            (Some(options), None) => {
                self.own_settings = Some(self.settings.clone());
                self.set_settings(options.into());
                (text.settings_of_project)(path)
            }
            // It speaks of this tool, and sets nothing.
            (None, None) => return,
        };
        match &mut self.notice {
            Some(notice) => notice.text = format!("{}. {said}", notice.text),
            None => self.notify(ctx, said, None),
        }
    }

    /// The project whose settings were in force is left.
    pub(super) fn leave_project_settings(&mut self) {
        if let Some(own) = self.own_settings.take() {
            self.set_settings(own);
        }
    }

    pub(super) fn settings_file_picked(&mut self, ctx: &Context<Self>, file: &JsValue) {
        let Ok(file) = serde_wasm_bindgen::from_value::<ReadFile>(file.clone()) else {
            return;
        };
        match file.text {
            Some(text) => self.read_settings(ctx, &text, &file.path),
            None => self.import = Some(Import::Nothing),
        }
    }

    /// Closes every file, and lets go of everything by which one could come back.
    fn forget_project(&mut self) {
        self.close_all();
        if let Some(editor) = &self.editor {
            editor.forget();
        }
        self.begin_project();
        self.report = None;
        self.counts = Rc::default();
        self.left_out = Rc::default();
        if let Some(under_way) = self.reading.take() {
            under_way.reading.cancel();
        }
        self.announced = None;
        self.filter = Filter::default();
        self.routes = None;
        self.route_view = RouteView::default();
        self.wanted_place = None;
        self.asking_reason = false;
        self.untouched_example = None;
        self.wanted_fix = None;
        self.just_fixed = None;
        self.notice = None;
        self.notice_timer = None;
        self.store_timer = None;
        self.dialog = None;
        self.before_link = None;
        self.locked_link = None;
        self.kept = 0;
        self.review = None;
        self.decisions = Decisions::default();
        self.import = None;
        self.own_settings = None;
        self.settings = Settings::default();
        // The worker has the texts in its memory.
        self.auditor.replace_worker([]);
        self.give_settings();
    }

    pub(super) fn forgotten(&mut self, ctx: &Context<Self>) {
        for choice in [&THEME, &TEXT_SIZE, &DENSITY, &LANGUAGE] {
            bridge::apply_choice(choice.name, "");
        }
        self.appearance = Appearance::stored();
        self.speak();
        self.keeping.copy = bridge::offline_state();
        self.notify(ctx, strings().forgotten.to_owned(), None);
    }

    pub(super) fn give_settings(&mut self) {
        let known: Vec<&str> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
        let read = self.settings.read(&known);
        let rules = bridge::object([]);
        for (rule, setting) in &read.rules {
            bridge::set(&rules, rule, &setting.into());
        }
        let options = bridge::object([
            ("ownerFields", bridge::list(&read.owner_fields).into()),
            ("publicRoutes", bridge::list(&read.public_routes).into()),
            ("exclude", bridge::list(&read.exclude).into()),
            ("rules", rules.into()),
        ]);
        if let Some(name) = &read.secret_name {
            bridge::set(&options, "secretName", &name.into());
        }
        self.auditor.set_options(options.into());
    }
}
