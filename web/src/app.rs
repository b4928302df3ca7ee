//! The application: its state and what can happen to it. What it does then is under `app/`.

mod audit;
mod drawing;
mod findings;
mod fixes;
mod keys;
mod links;
mod project;
mod routes;
mod settings;
mod visits;

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use page_state::{Answer, Changes, Counts, Decisions, Files, Filter, HunkKey, ReadSettings, Settings, groups};
use report::{Location, Report, RuleInfo};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::appearance::{Appearance, DENSITY, LANGUAGE, TEXT_SIZE, THEME};
use crate::auditor::{Auditor, AuditorEvent, State};
use crate::bridge::{
    self, Early, Editor, FileEdits, LeftOut, LinkOutcome, LinkProblem, Mark, ReadFile, ReadProject, Reading, Session,
};
use crate::components::detail::Detail;
use crate::components::dialog::Dialog;
use crate::components::export::Export;
use crate::components::file_bar::{FileActions, FileBar, has_tree};
use crate::components::file_tree::FileTree;
use crate::components::findings::Findings;
use crate::components::header::{Header, header};
use crate::components::help::help;
use crate::components::left_out::left_out;
use crate::components::notices::{Notice, no_files, notice_bar, reading_bar};
use crate::components::opened_link::{Unlock, broken_link};
use crate::components::review::{Review, ReviewDialog};
use crate::components::route_map::{RouteMap, RouteView};
use crate::components::settings::{Import, Keeping, SettingsEvent, SettingsPanel};
use crate::components::share::Share;
use crate::examples::{EXAMPLES, Example};
use crate::screen::Screen;
use crate::shortcuts::{self, Action};
use crate::strings::{language, strings};

pub(crate) use routes::Routes;

const SESSION_KEY: &str = "claimcheck.session";
const SETTINGS_KEY: &str = "claimcheck.settings";
/// Read by `editor/src/offline.js`.
const COPY_KEY: &str = "claimcheck.offline";

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
    routes_panel: NodeRef,
    /// The switch between the screens.
    screens: NodeRef,
    filter_field: NodeRef,
    reason_field: NodeRef,
    editor: Option<Editor>,
    files: Files,
    file_actions: FileActions,
    /// Whether the tree of files is to be seen, when there is one.
    tree_open: bool,
    /// What is being read.
    reading: Option<UnderWay>,
    /// How often something was read: what came of an earlier time is dropped.
    readings: u32,
    /// What was left out of what was read last.
    left_out: Rc<Vec<LeftOut>>,
    /// The example on show, as long as it is untouched.
    untouched_example: Option<&'static str>,
    appearance: Appearance,
    keeping: Keeping,

    auditor: Auditor,
    load_failure: Option<String>,
    audit: AuditStatus,
    rules: Rc<Vec<RuleInfo>>,
    report: Option<Rc<Report>>,
    /// The findings of the report by file.
    counts: Rc<Counts>,
    /// The file and the report whose marks the editor shows.
    marked: Option<(String, Rc<Report>)>,
    milliseconds: f64,
    settings: Settings,
    /// What became of the last file of settings that was to be taken over.
    import: Option<Import>,
    /// What was set before the settings of the open project came into force.
    own_settings: Option<Settings>,

    screen: Screen,
    /// The routes of the last report that brought some.
    routes: Option<Rc<Routes>>,
    route_view: RouteView,
    /// Which findings are listed.
    filter: Filter,
    filters_open: bool,
    /// Whether characters alone act as keys.
    single_keys: Rc<Cell<bool>>,

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
    /// The reason is asked for which the chosen finding shall be ignored.
    asking_reason: bool,
    /// A place to show once its panel can be seen, and whether the editor takes the focus.
    wanted_place: Option<(Location, bool)>,
    /// The report that the last announced changes led to.
    announced: Option<Rc<Report>>,
    changes: Changes,

    notice: Option<Notice>,
    dropping: bool,
    dialog: Option<OpenDialog>,
    /// What was decided about the hunks of fixes.
    decisions: Decisions,
    review: Option<Review>,
    locked_link: Option<links::LockedLink>,
    /// What was here before a link that could not be opened.
    before_link: Option<Undo>,
    /// Projects that links took the place of, kept in the browser.
    kept: u32,
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

/// Files that are being read.
struct UnderWay {
    reading: Reading,
    done: u32,
    /// 0 as long as nobody knows.
    all: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// The switch between the screens.
    Header,
    List,
    Detail,
    Routes,
    Editor,
    /// The words that findings are filtered by.
    Filter,
    /// The reason for which a finding is ignored.
    Reason,
}

/// What stands over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenDialog {
    Export,
    Review,
    Share,
    Unlock,
    BrokenLink(LinkProblem),
    Help,
}

/// How an action can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Undo {
    Edits,
    Project {
        snapshot: JsValue,
        files: Files,
        untouched_example: Option<&'static str>,
        left_out: Rc<Vec<LeftOut>>,
        settings: Settings,
        own_settings: Option<Settings>,
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
    Decide(HunkKey, bool),
    DecideAll(bool),
    ReviewFixes,
    MakeFixes,
    Announce,
    /// The finding is to be ignored: asks why, or asks no more.
    AskReason(bool),
    /// Puts the chosen finding under a comment with this reason.
    Ignore(String),
    SetFilter(Filter),
    OpenFilters(bool),

    Act(Action),
    SetSingleKeys(bool),
    ShowScreen(Screen),
    /// Shows a screen and goes on reading there.
    SkipTo(Screen),
    ShowRoute(usize),
    SetRouteView(RouteView),
    GoFromRoutes(Location),
    SavePicture(String),
    Settings(SettingsEvent),
    SettingsFilePicked(JsValue),
    SettingsRead(JsValue),
    /// The settings of the project that was opened last.
    ProjectSettings {
        reading: u32,
        path: String,
        read: JsValue,
    },
    SettingsCopied(bool),
    /// Nothing is left in the browser any more.
    Forgotten,
    LoadUpdate,

    ShowFile {
        path: String,
        focus: bool,
    },
    NewFile,
    /// A file, or a folder with everything in it.
    Close {
        path: String,
        focus: bool,
    },
    Rename(String, String),
    ToggleTree,
    PickFiles,
    PickFolder,
    Given(JsValue),
    ReadSoFar {
        done: u32,
        all: u32,
    },
    /// Nothing when it was cancelled.
    Read(u32, Option<ReadProject>),
    CancelReading,
    Dropping(bool),
    LoadExample(&'static Example),
    Reset,

    OpenDialog(OpenDialog),
    CloseDialog,
    /// The part of an address that holds a project.
    LinkGiven(String),
    LinkRead(String, LinkOutcome),
    Unlock(String),
    BackFromLink,
    BringBack,
    Undo(Undo),
    DismissNotice,
    Store,
}

impl Component for App {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> App {
        let appearance = Appearance::stored();
        appearance.speak();
        App {
            host: NodeRef::default(),
            list_panel: NodeRef::default(),
            detail_panel: NodeRef::default(),
            routes_panel: NodeRef::default(),
            screens: NodeRef::default(),
            filter_field: NodeRef::default(),
            reason_field: NodeRef::default(),
            editor: None,
            files: Files::default(),
            file_actions: file_actions(ctx),
            tree_open: bridge::prefers_tree(),
            reading: None,
            readings: 0,
            left_out: Rc::default(),
            untouched_example: None,
            appearance,
            keeping: Keeping {
                nothing: bridge::keeps_nothing(),
                copy: bridge::offline_state(),
            },
            auditor: Auditor::load(ctx.link().callback(Message::Auditor)),
            load_failure: None,
            audit: AuditStatus::Quiet,
            rules: Rc::default(),
            report: None,
            counts: Rc::default(),
            marked: None,
            milliseconds: 0.0,
            settings: Settings::restore(&bridge::read_storage(SETTINGS_KEY).unwrap_or_default()),
            import: None,
            own_settings: None,
            screen: Screen::Findings,
            routes: None,
            route_view: RouteView::default(),
            filter: Filter::default(),
            filters_open: false,
            single_keys: Rc::new(Cell::new(shortcuts::stored_single_keys())),
            selected: None,
            detail_open: false,
            fresh_project: true,
            wanted_fix: None,
            just_fixed: None,
            asking_reason: false,
            wanted_place: None,
            announced: None,
            changes: Changes::default(),
            notice: None,
            dropping: false,
            dialog: None,
            decisions: Decisions::default(),
            review: None,
            locked_link: None,
            before_link: None,
            kept: bridge::kept_sessions(),
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
            self.watch_keys(ctx);
        } else {
            self.take_early(ctx);
        }
        if let Some((place, with_focus)) = self.wanted_place.take()
            && let Some(editor) = &self.editor
        {
            editor.reveal(&place.file, place.start.line, place.start.column, with_focus);
        }
        self.mark();
        let Some(wanted) = self.focus.take() else {
            return;
        };
        match (wanted, &self.editor) {
            (Focus::Editor, Some(editor)) => editor.focus(),
            (_, _) => {
                if let Some(panel) = self.panel(wanted) {
                    focus(panel);
                }
            }
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
            Message::Decide(hunk, is_accepted) => self.decisions.decide(hunk, is_accepted),
            Message::DecideAll(is_accepted) => self.decide_all(is_accepted),
            Message::ReviewFixes => self.open_review(),
            Message::MakeFixes => self.make_fixes(),
            Message::Announce => self.announce(),
            Message::AskReason(ask) => self.ask_reason(ask),
            Message::Ignore(reason) => self.ignore(ctx, &reason),
            Message::SetFilter(filter) => self.set_filter(filter),
            Message::OpenFilters(open) => {
                self.filters_open = open;
                if open {
                    self.focus = Some(Focus::Filter);
                }
            }

            Message::Act(action) => self.act(ctx, action),
            Message::SetSingleKeys(on) => {
                self.single_keys.set(on);
                shortcuts::store_single_keys(on);
            }
            Message::ShowScreen(screen) => self.show_screen(screen),
            Message::SkipTo(screen) => {
                self.show_screen(screen);
                self.focus_screen();
            }
            Message::ShowRoute(route) => self.show_route(route),
            Message::Settings(event) => self.settings_event(ctx, event),
            Message::SettingsFilePicked(file) => self.settings_file_picked(ctx, &file),
            Message::SettingsRead(file) => self.settings_read(file),
            Message::ProjectSettings { reading, path, read } => {
                self.project_settings_read(ctx, reading, &path, read);
            }
            Message::SettingsCopied(done) => {
                let text = strings();
                let said = if done {
                    text.settings_copied
                } else {
                    text.settings_not_copied
                };
                self.notify(ctx, said.to_owned(), None);
            }
            Message::Forgotten => self.forgotten(ctx),
            Message::LoadUpdate => {
                self.store();
                bridge::load_update();
                return false;
            }
            Message::SetRouteView(view) => self.route_view = view,
            Message::GoFromRoutes(location) => {
                self.show_screen(Screen::Findings);
                self.go_to(&location, true);
            }
            Message::SavePicture(svg) => {
                bridge::download(strings().picture_file, "image/svg+xml", &svg.into());
                return false;
            }

            Message::ShowFile { path, focus } => self.choose_file(&path, focus),
            Message::NewFile => self.new_file(),
            Message::Close { path, focus } => self.close(ctx, &path, focus),
            Message::Rename(from, to) => self.rename(ctx, &from, &to),
            Message::ToggleTree => self.tree_open = !self.tree_open,
            Message::PickFiles => {
                let given = ctx.link().callback(Message::Given);
                bridge::pick_files(&listener(move |files| given.emit(files)));
                return false;
            }
            Message::PickFolder => {
                let given = ctx.link().callback(Message::Given);
                bridge::pick_folder(&listener(move |files| given.emit(files)));
                return false;
            }
            Message::Given(given) => self.read(ctx, &given),
            Message::ReadSoFar { done, all } => {
                if let Some(under_way) = &mut self.reading {
                    (under_way.done, under_way.all) = (done, all);
                }
            }
            Message::Read(number, read) => self.read_to_the_end(ctx, number, read),
            Message::CancelReading => {
                if let Some(under_way) = &self.reading {
                    under_way.reading.cancel();
                }
                self.focus = Some(Focus::Editor);
            }
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

            Message::OpenDialog(dialog) => self.dialog = Some(dialog),
            Message::CloseDialog => {
                self.dialog = None;
                self.review = None;
                self.locked_link = None;
                self.before_link = None;
            }
            Message::LinkGiven(fragment) => self.read_link(ctx, fragment, None),
            Message::LinkRead(fragment, outcome) => self.link_read(ctx, fragment, outcome),
            Message::Unlock(passphrase) => self.unlock_link(ctx, passphrase),
            Message::BackFromLink => {
                if let Some(undo) = self.before_link.take() {
                    self.undo(ctx, undo);
                }
                bridge::close_dialog();
            }
            Message::BringBack => self.bring_back(ctx),
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

fn file_actions(ctx: &Context<App>) -> FileActions {
    let link = ctx.link();
    FileActions {
        show: link.callback(|(path, focus)| Message::ShowFile { path, focus }),
        close: link.callback(|(path, focus)| Message::Close { path, focus }),
        rename: link.callback(|(from, to)| Message::Rename(from, to)),
        add: link.callback(|_| Message::NewFile),
        open: link.callback(|_| Message::PickFiles),
        open_folder: link.callback(|_| Message::PickFolder),
        toggle_tree: link.callback(|_| Message::ToggleTree),
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
