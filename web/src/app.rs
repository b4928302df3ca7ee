//! The application: its state, what can happen to it, and what it shows.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use page_state::{Answer, Changes, Files, Settings, SettingsProblem, groups};
use report::{Location, Report, RuleInfo};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::auditor::{Auditor, AuditorEvent, State};
use crate::bridge::{self, Editor, FileEdits, Mark, ReadFile, Session};
use crate::components::copy_by_hand::copy_by_hand;
use crate::components::detail::Detail;
use crate::components::file_bar::{FileBar, FileTab};
use crate::components::findings::Findings;
use crate::components::header::{Header, header};
use crate::components::notices::{Notice, no_files, notice_bar};
use crate::components::settings::{Setting, settings};
use crate::examples::{EXAMPLES, Example};
use crate::strings::strings;
use crate::theme::Theme;

const SESSION_KEY: &str = "claimcheck.session";
const SETTINGS_KEY: &str = "claimcheck.settings";

/// An audit that takes longer is shown as under way, and later can be stopped.
const SHOW_AUDITING_AFTER_MS: u32 = 300;
const OFFER_STOP_AFTER_MS: u32 = 2_000;

/// Changes are announced once typing pauses, not at every key.
const ANNOUNCE_AFTER_MS: u32 = 700;
const STORE_AFTER_MS: u32 = 400;
const NOTICE_FOR_MS: u32 = 20_000;

pub(crate) struct App {
    host: NodeRef,
    list_panel: NodeRef,
    detail_panel: NodeRef,
    report_area: NodeRef,
    editor: Option<Editor>,
    files: Files,
    /// The example on show, as long as it is untouched.
    untouched_example: Option<&'static str>,
    theme: Theme,

    auditor: Auditor,
    load_failure: Option<String>,
    audit: AuditStatus,
    rules: Rc<Vec<RuleInfo>>,
    report: Option<Rc<Report>>,
    milliseconds: f64,
    settings: Settings,
    settings_problem: Option<SettingsProblem>,
    /// The route whose findings alone are listed.
    route: Option<usize>,

    /// Index into the report's findings.
    selected: Option<usize>,
    /// On narrow screens: whether the detail stands in the place of the list.
    detail_open: bool,
    /// The next report is of another project: nothing is "fixed" or "new" in it, and its first finding is shown.
    fresh_project: bool,
    /// A fix that was asked for while its report was out of date, by fingerprint.
    wanted_fix: Option<String>,
    /// The finding whose fix was just applied, by its index: its successor is shown next.
    just_fixed: Option<usize>,
    /// The report that the last announced changes led to.
    announced: Option<Rc<Report>>,
    changes: Changes,

    notice: Option<Notice>,
    dropping: bool,
    copy_by_hand: Option<String>,
    /// What gets the focus after the next drawing, because what had it is gone.
    focus: Option<Focus>,

    auditing_timer: Option<Timeout>,
    announce_timer: Option<Timeout>,
    store_timer: Option<Timeout>,
    notice_timer: Option<Timeout>,
}

/// What the page says about the audit under way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AuditStatus {
    Quiet,
    Auditing { can_stop: bool },
    Stopped,
    Crashed(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    List,
    Detail,
    Editor,
    /// The report to copy by hand, selected.
    Report,
}

/// How an action can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Undo {
    Edits,
    Project {
        snapshot: JsValue,
        files: Files,
        untouched_example: Option<&'static str>,
    },
}

pub(crate) enum Message {
    Auditor(AuditorEvent),
    /// A file's text is another one.
    Changed(String),
    ShowAuditing {
        can_stop: bool,
    },
    StopAudit,
    AuditAgain,

    /// The caret is inside a finding's span, or its mark was clicked.
    Pointed(usize),
    /// A finding was chosen in the list.
    Chosen(usize),
    Step(i32),
    ShowList,
    GoTo(Location),
    ApplyFix(usize),
    Announce,
    ShowRoute(Option<usize>),
    Set(Setting, String),

    ShowFile(String),
    NewFile,
    CloseFile(String),
    RenameFile(String, String),
    PickFiles,
    FilesGiven(JsValue),
    FilesRead(Vec<ReadFile>),
    Dropping(bool),
    LoadExample(&'static Example),
    Reset,

    SetTheme(Theme),
    CopyReport,
    Copied {
        text: String,
        done: bool,
    },
    CloseCopyByHand,
    Undo(Undo),
    DismissNotice,
    Store,
}

impl Component for App {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> App {
        App {
            host: NodeRef::default(),
            list_panel: NodeRef::default(),
            detail_panel: NodeRef::default(),
            report_area: NodeRef::default(),
            editor: None,
            files: Files::default(),
            untouched_example: None,
            theme: Theme::stored(),
            auditor: Auditor::load(ctx.link().callback(Message::Auditor)),
            load_failure: None,
            audit: AuditStatus::Quiet,
            rules: Rc::default(),
            report: None,
            milliseconds: 0.0,
            settings: Settings::restore(&bridge::read_storage(SETTINGS_KEY).unwrap_or_default()),
            settings_problem: None,
            route: None,
            selected: None,
            detail_open: false,
            fresh_project: true,
            wanted_fix: None,
            just_fixed: None,
            announced: None,
            changes: Changes::default(),
            notice: None,
            dropping: false,
            copy_by_hand: None,
            focus: None,
            auditing_timer: None,
            announce_timer: None,
            store_timer: None,
            notice_timer: None,
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.start_editor(ctx);
        }
        match self.focus.take() {
            Some(Focus::List) => focus(&self.list_panel),
            Some(Focus::Detail) => focus(&self.detail_panel),
            Some(Focus::Editor) => {
                if let Some(editor) = &self.editor {
                    editor.focus();
                }
            }
            Some(Focus::Report) => {
                focus(&self.report_area);
                if let Some(area) = self.report_area.cast::<HtmlTextAreaElement>() {
                    area.select();
                }
            }
            None => {}
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let draw = self.handle(ctx, message);
        self.request_audit(ctx);
        draw
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.draw(ctx)
    }
}

impl App {
    fn handle(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Auditor(event) => self.auditor_event(ctx, event),
            Message::Changed(path) => return self.changed(ctx, &path),
            Message::ShowAuditing { can_stop } => self.show_auditing(ctx, can_stop),
            Message::StopAudit => {
                self.auditor
                    .replace_worker(self.files.paths().iter().map(String::as_str));
                self.auditing_timer = None;
                self.audit = AuditStatus::Stopped;
            }
            Message::AuditAgain => {
                self.audit = AuditStatus::Quiet;
                self.auditor.resume();
            }

            Message::Pointed(index) => self.select(Some(index)),
            Message::Chosen(index) => self.choose(index),
            Message::Step(by) => self.step(by),
            Message::ShowList => {
                self.detail_open = false;
                self.focus = Some(Focus::List);
            }
            Message::GoTo(location) => self.go_to(&location, true),
            Message::ApplyFix(index) => self.apply_fix(ctx, index),
            Message::Announce => self.announce(),
            Message::ShowRoute(route) => self.show_route(route),
            Message::Set(setting, value) => {
                *setting.of(&mut self.settings) = value;
                bridge::write_storage(SETTINGS_KEY, &self.settings.store());
                self.give_settings();
            }

            Message::ShowFile(path) => self.show_file(&path),
            Message::NewFile => self.new_file(),
            Message::CloseFile(path) => self.close_file(ctx, &path),
            Message::RenameFile(from, to) => self.rename_file(ctx, &from, &to),
            Message::PickFiles => {
                let given = ctx.link().callback(Message::FilesGiven);
                bridge::pick_files(&listener(move |files| given.emit(files)));
                return false;
            }
            Message::FilesGiven(files) => {
                ctx.link().send_future(async move {
                    let read = JsFuture::from(bridge::read_files(&files)).await.unwrap_or_default();
                    Message::FilesRead(serde_wasm_bindgen::from_value(read).unwrap_or_default())
                });
                return false;
            }
            Message::FilesRead(files) => self.open_files(ctx, files),
            Message::Dropping(dropping) => self.dropping = dropping,
            Message::LoadExample(example) => {
                let undo = self.remember_project();
                self.load_example(example);
                let (title, _) = (strings().example)(example.id);
                self.notify(ctx, (strings().example_opened)(title), undo);
            }
            Message::Reset => {
                let undo = self.remember_project();
                self.load_example(&EXAMPLES[0]);
                self.notify(ctx, strings().was_reset.to_owned(), undo);
            }

            Message::SetTheme(theme) => {
                theme.choose();
                self.theme = theme;
            }
            Message::CopyReport => {
                self.copy_report(ctx);
                return false;
            }
            Message::Copied { text, done } => {
                if done {
                    self.notify(ctx, strings().copied.to_owned(), None);
                } else {
                    self.copy_by_hand = Some(text);
                    self.focus = Some(Focus::Report);
                }
            }
            Message::CloseCopyByHand => self.copy_by_hand = None,
            Message::Undo(undo) => self.undo(ctx, undo),
            Message::DismissNotice => {
                self.notice = None;
                self.notice_timer = None;
            }
            Message::Store => {
                self.store();
                return false;
            }
        }
        true
    }
}

/// The audit.
impl App {
    fn auditor_event(&mut self, ctx: &Context<Self>, event: AuditorEvent) {
        match event {
            AuditorEvent::Loaded(Ok(parts)) => self.auditor.seal_and_start(parts),
            AuditorEvent::Loaded(Err(reason)) => self.load_failure = Some(reason),
            AuditorEvent::Ready { worker, rules } => {
                if self.auditor.is_present(worker) {
                    self.rules = Rc::new(rules);
                    self.auditor.ready();
                    // A worker that takes the place of another is told by the auditor.
                    if self.settings != Settings::default() && !self.auditor.has_options() {
                        self.give_settings();
                    }
                }
            }
            AuditorEvent::Report {
                worker,
                revision,
                report,
                milliseconds,
            } => {
                if !self.auditor.is_present(worker) {
                    return;
                }
                self.auditing_timer = None;
                self.audit = AuditStatus::Quiet;
                if self.auditor.answer(revision) == Answer::Current {
                    self.milliseconds = milliseconds;
                    self.show_report(ctx, Rc::new(*report));
                }
            }
            AuditorEvent::Failed { worker, reason } => {
                if !self.auditor.is_present(worker) {
                    return;
                }
                self.auditing_timer = None;
                if self.auditor.was_ready() {
                    self.auditor
                        .replace_worker(self.files.paths().iter().map(String::as_str));
                    self.audit = AuditStatus::Crashed(reason);
                } else {
                    self.load_failure = Some(reason);
                }
            }
        }
    }

    fn request_audit(&mut self, ctx: &Context<Self>) {
        let Some(editor) = &self.editor else {
            return;
        };
        if self.auditor.request(editor) {
            self.auditing_timer = Some(later(ctx, SHOW_AUDITING_AFTER_MS, || Message::ShowAuditing {
                can_stop: false,
            }));
        }
    }

    fn show_auditing(&mut self, ctx: &Context<Self>, can_stop: bool) {
        self.audit = AuditStatus::Auditing { can_stop };
        self.auditing_timer =
            (!can_stop).then(|| later(ctx, OFFER_STOP_AFTER_MS, || Message::ShowAuditing { can_stop: true }));
    }

    fn show_report(&mut self, ctx: &Context<Self>, report: Rc<Report>) {
        // The routes may be others.
        self.route = self.route.filter(|_| {
            let before = self.report.as_ref().map(|before| before.routes.len());
            before == Some(report.routes.len())
        });
        let before = self.report.replace(report.clone());
        let kept = self.selected.zip(before.as_ref()).and_then(|(index, before)| {
            let fingerprint = &before.findings.get(index)?.fingerprint;
            report
                .findings
                .iter()
                .position(|finding| finding.fingerprint == *fingerprint)
        });
        let fixed = self.just_fixed.take().filter(|_| kept.is_none());
        let wide = bridge::prefers_wide();
        let selected = match (kept, fixed) {
            (Some(kept), _) => Some(kept),
            // The next finding moves up into the place of the repaired one.
            (None, Some(fixed)) if wide => report.findings.len().checked_sub(1).map(|last| fixed.min(last)),
            _ if self.fresh_project && wide && !report.findings.is_empty() => Some(0),
            _ => None,
        };
        self.mark(&report);
        self.select(selected);
        if self.fresh_project {
            self.fresh_project = false;
            self.announced = Some(report);
            self.changes = Changes::default();
        } else {
            self.announce_timer = Some(later(ctx, ANNOUNCE_AFTER_MS, || Message::Announce));
        }
        if let Some(fingerprint) = self.wanted_fix.take() {
            let found = self.report.as_ref().and_then(|report| {
                report
                    .findings
                    .iter()
                    .position(|finding| finding.fingerprint == fingerprint)
            });
            if let Some(index) = found {
                self.apply_fix(ctx, index);
            }
        }
    }

    /// Hands every open file its marks.
    fn mark(&self, report: &Report) {
        let Some(editor) = &self.editor else {
            return;
        };
        for path in self.files.paths() {
            let marks: Vec<Mark<'_>> = report
                .findings
                .iter()
                .enumerate()
                .filter(|(_, finding)| finding.location.file == *path)
                .map(|(index, finding)| Mark {
                    index,
                    severity: finding.severity.name(),
                    word: (strings().severity)(finding.severity),
                    message: &finding.message,
                    rule: &finding.rule,
                    fix: finding.fix.as_ref().map(|fix| fix.title.as_str()),
                    start_line: finding.location.start.line,
                    start_column: finding.location.start.column,
                    end_line: finding.location.end.line,
                    end_column: finding.location.end.column,
                })
                .collect();
            if let Ok(marks) = serde_wasm_bindgen::to_value(&marks) {
                editor.mark(path, marks);
            }
        }
    }

    fn announce(&mut self) {
        let Some(report) = &self.report else {
            return;
        };
        if let Some(announced) = self.announced.replace(report.clone()) {
            self.changes = Changes::between(&announced, report);
        }
    }
}

/// Findings.
impl App {
    fn select(&mut self, selected: Option<usize>) {
        self.selected = selected;
        let (Some(editor), Some(report)) = (&self.editor, &self.report) else {
            return;
        };
        match selected.and_then(|index| Some((index, report.findings.get(index)?))) {
            Some((index, finding)) => editor.select(&finding.location.file, index as i32),
            None => editor.select(self.files.current().unwrap_or_default(), -1),
        }
    }

    fn choose(&mut self, index: usize) {
        self.select(Some(index));
        if !bridge::prefers_wide() {
            self.detail_open = true;
            self.focus = Some(Focus::Detail);
        }
        self.reveal_selected(false);
    }

    fn step(&mut self, by: i32) {
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
    fn order(&self) -> Vec<usize> {
        let groups = self.report.iter().flat_map(|report| groups(report, self.route));
        groups.flat_map(|group| group.findings).collect()
    }

    /// Lists the findings of one route alone, and goes there; all findings again without one.
    fn show_route(&mut self, route: Option<usize>) {
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
    fn give_settings(&mut self) {
        let known: Vec<&str> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
        let read = match self.settings.read(&known) {
            Ok(read) => read,
            Err(problem) => {
                self.settings_problem = Some(problem);
                return;
            }
        };
        self.settings_problem = None;
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

    fn reveal_selected(&mut self, focus: bool) {
        let location = self
            .selected
            .zip(self.report.as_ref())
            .and_then(|(index, report)| Some(report.findings.get(index)?.location.clone()));
        if let Some(location) = location {
            self.go_to(&location, focus);
        }
    }

    fn go_to(&mut self, location: &Location, focus: bool) {
        if !self.files.show(&location.file) {
            return;
        }
        if let Some(editor) = &self.editor {
            editor.reveal(&location.file, location.start.line, location.start.column, focus);
        }
    }

    fn apply_fix(&mut self, ctx: &Context<Self>, index: usize) {
        let (Some(report), Some(editor)) = (self.report.clone(), &self.editor) else {
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
        let files: Vec<FileEdits<'_>> = fix
            .files
            .iter()
            .map(|file| FileEdits {
                path: &file.file,
                edits: file
                    .edits
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
        let Ok(files) = serde_wasm_bindgen::to_value(&files) else {
            return;
        };
        editor.edit(files);
        // The work of the button is to be seen.
        if let Some((file, edit)) = fix
            .files
            .first()
            .and_then(|file| Some((&file.file, file.edits.first()?)))
        {
            self.files.show(file);
            editor.reveal(file, edit.start.line, edit.start.column, false);
        }
        self.just_fixed = Some(index);
        self.detail_open = false;
        self.focus = Some(if bridge::prefers_wide() {
            Focus::Detail
        } else {
            Focus::List
        });
        self.notify(ctx, format!("{}: {}", strings().applied, fix.title), Some(Undo::Edits));
    }
}

/// Files.
impl App {
    fn start_editor(&mut self, ctx: &Context<Self>) {
        let Some(host) = self.host.cast::<HtmlElement>() else {
            return;
        };
        let text = strings();
        let words = bridge::object([
            ("label", text.editor_label.into()),
            ("placeholder", text.editor_placeholder.into()),
            ("fix", text.fix.into()),
        ]);
        let link = ctx.link();
        let changed = link.callback(Message::Changed);
        let pointed = link.callback(Message::Pointed);
        let picked = link.callback(Message::Chosen);
        let fix = link.callback(Message::ApplyFix);
        let step = link.callback(Message::Step);
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
            (
                "step",
                Closure::<dyn Fn(i32)>::new(move |by| step.emit(by)).into_js_value(),
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
        link.send_message(Message::Dropping(false));
    }

    fn changed(&mut self, ctx: &Context<Self>, path: &str) -> bool {
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

    fn show_file(&mut self, path: &str) {
        if self.files.show(path)
            && let Some(editor) = &self.editor
        {
            editor.show(path);
        }
    }

    /// Opens a text in the editor and tells the auditor.
    fn open(&mut self, path: &str, text: &str) {
        let Some(editor) = &self.editor else {
            return;
        };
        self.files.open(path);
        editor.open(path, text);
        editor.show(path);
        self.auditor.change(path);
    }

    fn new_file(&mut self) {
        let path = self.files.free_name();
        self.untouched_example = None;
        self.open(&path, "");
        self.focus = Some(Focus::Editor);
    }

    fn close_file(&mut self, ctx: &Context<Self>, path: &str) {
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

    fn rename_file(&mut self, ctx: &Context<Self>, from: &str, to: &str) {
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

    fn open_files(&mut self, ctx: &Context<Self>, files: Vec<ReadFile>) {
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
    fn is_blank(&self) -> bool {
        match self.files.paths() {
            [] => true,
            [_] => self.editor.as_ref().is_some_and(Editor::is_blank),
            _ => false,
        }
    }

    fn close_all(&mut self) {
        for path in self.files.paths() {
            self.auditor.remove(path);
        }
        self.files = Files::default();
        if let Some(editor) = &self.editor {
            editor.close_all();
        }
    }

    fn load_example(&mut self, example: &'static Example) {
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
    fn begin_project(&mut self) {
        self.fresh_project = true;
        self.detail_open = false;
        self.selected = None;
        self.changes = Changes::default();
        self.audit = AuditStatus::Quiet;
    }

    fn remember_project(&self) -> Option<Undo> {
        Some(Undo::Project {
            snapshot: self.editor.as_ref()?.snapshot(),
            files: self.files.clone(),
            untouched_example: self.untouched_example,
        })
    }

    fn undo(&mut self, ctx: &Context<Self>, undo: Undo) {
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

/// Between visits, and out of the page.
impl App {
    /// Brings back the files of the last visit. Says whether there were any.
    fn restore_session(&mut self) -> bool {
        let session = bridge::read_storage(SESSION_KEY)
            .and_then(|text| serde_wasm_bindgen::from_value::<Option<Session>>(bridge::read_session(&text)).ok()?);
        let Some(session) = session else {
            return false;
        };
        for file in &session.files {
            self.open(&file.path, &file.text);
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

    fn store(&mut self) {
        self.store_timer = None;
        if let Some(editor) = &self.editor {
            let session = editor.session(bridge::list(self.files.paths()));
            // Storage may be full or forbidden: then the next visit begins with the example.
            bridge::write_storage(SESSION_KEY, &session);
        }
    }

    fn copy_report(&self, ctx: &Context<Self>) {
        let Some(report) = &self.report else {
            return;
        };
        let text = report::markdown(report, &self.rules);
        let copying = bridge::copy_text(&text);
        ctx.link().send_future(async move {
            let done = JsFuture::from(copying).await.is_ok_and(|done| done.is_truthy());
            Message::Copied { text, done }
        });
    }

    fn notify(&mut self, ctx: &Context<Self>, text: String, undo: Option<Undo>) {
        self.notice = Some(Notice { text, undo });
        self.notice_timer = Some(later(ctx, NOTICE_FOR_MS, || Message::DismissNotice));
    }
}

/// Drawing.
impl App {
    fn draw(&self, ctx: &Context<Self>) -> Html {
        let text = strings();
        let link = ctx.link();
        let findings = self.report.clone();
        let is_open = self.files.current().is_some();
        let step = link.batch_callback(|event: KeyboardEvent| {
            // Inside the editor its own key bindings come first.
            if event.key() != "F8" || event.default_prevented() {
                return None;
            }
            event.prevent_default();
            Some(Message::Step(if event.shift_key() { -1 } else { 1 }))
        });
        let new_file = link.callback(|_: MouseEvent| Message::NewFile);
        let open_files = link.callback(|_: MouseEvent| Message::PickFiles);
        html! {
            <div class="page" onkeydown={step}>
                {header(&Header {
                    theme: self.theme,
                    sealed: self.auditor.state() != State::Starting || self.auditor.was_ready(),
                    can_copy: self.report.is_some(),
                    settings: settings(
                        &self.settings,
                        self.settings_problem.as_ref(),
                        &link.callback(|(setting, value)| Message::Set(setting, value)),
                    ),
                    on_theme: link.callback(Message::SetTheme),
                    on_example: link.callback(Message::LoadExample),
                    on_copy: link.callback(|_| Message::CopyReport),
                    on_reset: link.callback(|_| Message::Reset),
                })}
                <main class={classes!("workbench", self.detail_open.then_some("detail-open"))}>
                    <section class="code" aria-label={text.code}>
                        <FileBar
                            tabs={self.tabs()}
                            files={self.files.clone()}
                            on_show={link.callback(Message::ShowFile)}
                            on_close={link.callback(Message::CloseFile)}
                            on_rename={link.callback(|(from, to)| Message::RenameFile(from, to))}
                            on_new={&new_file}
                            on_open={&open_files}
                        />
                        <div class="editor" ref={self.host.clone()} hidden={!is_open}></div>
                        if !is_open && self.editor.is_some() {
                            {no_files(&new_file, &open_files)}
                        }
                    </section>
                    <Findings
                        panel={self.list_panel.clone()}
                        report={findings.clone()}
                        blank={self.is_blank()}
                        several_files={self.files.paths().len() > 1}
                        selected={self.selected}
                        revision={self.auditor.answered()}
                        busy={!self.auditor.is_current()}
                        milliseconds={self.milliseconds}
                        changes={self.changes}
                        audit={self.audit.clone()}
                        load_failure={self.load_failure.clone()}
                        route={self.route}
                        on_route={link.callback(Message::ShowRoute)}
                        on_choose={link.callback(Message::Chosen)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_stop={link.callback(|_| Message::StopAudit)}
                        on_again={link.callback(|_| Message::AuditAgain)}
                    />
                    <Detail
                        panel={self.detail_panel.clone()}
                        report={findings}
                        rules={self.rules.clone()}
                        selected={self.selected}
                        order={Rc::new(self.order())}
                        on_back={link.callback(|_| Message::ShowList)}
                        on_step={link.callback(Message::Step)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_apply={link.callback(Message::ApplyFix)}
                    />
                </main>
                {notice_bar(
                    self.notice.as_ref(),
                    &link.callback(Message::Undo),
                    &link.callback(|_| Message::DismissNotice),
                )}
                if let Some(report) = &self.copy_by_hand {
                    {copy_by_hand(report, &self.report_area, &link.callback(|()| Message::CloseCopyByHand))}
                }
                if self.dropping {
                    <div class="drop-target"><p>{text.drop_files}</p></div>
                }
            </div>
        }
    }

    /// The open files with what was found in them.
    fn tabs(&self) -> Vec<FileTab> {
        let found = self.report.as_ref().map_or(&[][..], |report| &report.findings);
        self.files
            .paths()
            .iter()
            .map(|path| {
                let inside = || found.iter().filter(|finding| finding.location.file == *path);
                FileTab {
                    path: path.clone(),
                    count: inside().count(),
                    worst: inside().map(|finding| finding.severity).min(),
                }
            })
            .collect()
    }
}

fn later(ctx: &Context<App>, milliseconds: u32, message: impl FnOnce() -> Message + 'static) -> Timeout {
    let link = ctx.link().clone();
    Timeout::new(milliseconds, move || link.send_message(message()))
}

fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Without focus the reader starts from the top; nothing worse.
        let _ = element.focus();
    }
}

/// A JavaScript function of one value.
fn listener(function: impl Fn(JsValue) + 'static) -> JsValue {
    Closure::<dyn Fn(JsValue)>::new(function).into_js_value()
}
