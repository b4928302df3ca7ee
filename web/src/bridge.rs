//! The JavaScript side of the page: `editor/src/`, bundled into one module.

use js_sys::{Array, Object, Promise, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Worker};

#[wasm_bindgen(module = "/bundle/page.js")]
extern "C" {
    /// The code editor: see `editor/src/editor.js`.
    #[derive(Clone, PartialEq)]
    pub(crate) type Editor;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(host: &HtmlElement, words: &Object, events: &Object) -> Editor;

    /// Goes on in another language.
    #[wasm_bindgen(method)]
    pub(crate) fn set_words(this: &Editor, words: &Object);

    #[wasm_bindgen(method)]
    pub(crate) fn open(this: &Editor, path: &str, text: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Editor, path: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn close_all(this: &Editor);
    #[wasm_bindgen(method)]
    pub(crate) fn rename(this: &Editor, from: &str, to: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn show(this: &Editor, path: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn is_blank(this: &Editor) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Editor);
    /// Selects in the shown file, in UTF-16 units.
    #[wasm_bindgen(method)]
    pub(crate) fn select_range(this: &Editor, anchor: u32, head: u32);
    /// Shows a place in the middle of the view.
    #[wasm_bindgen(method)]
    pub(crate) fn reveal(this: &Editor, path: &str, line: u32, column: u32, focus: bool);
    /// Opens everything that was read.
    #[wasm_bindgen(method)]
    pub(crate) fn take(this: &Editor, reading: &Reading);
    /// Replaces the marks of the file on the screen: a list of [`Mark`].
    #[wasm_bindgen(method)]
    pub(crate) fn mark(this: &Editor, marks: JsValue);
    /// Emphasises one mark of a file; -1 for none.
    #[wasm_bindgen(method)]
    pub(crate) fn select(this: &Editor, path: &str, index: i32);
    /// Says what a file was before it was changed here.
    #[wasm_bindgen(method)]
    pub(crate) fn came_from(this: &Editor, path: &str, original: Option<&str>);
    /// The files that are other than they were: a list of `{path, before, after}`.
    #[wasm_bindgen(method)]
    pub(crate) fn changes(this: &Editor) -> Array;
    /// Makes the edits of fixes: a list of [`FileEdits`]. What goes on is taken back together with what was before. Says
    /// whether a text is another one now.
    #[wasm_bindgen(method)]
    pub(crate) fn edit(this: &Editor, files: JsValue, goes_on: bool) -> bool;
    /// Selects what the last edits leave to be filled in, and gives the path of its file.
    #[wasm_bindgen(method)]
    pub(crate) fn select_placeholder(this: &Editor) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn undo_edits(this: &Editor) -> Vec<String>;
    /// Lets go of every text, also of those that could be brought back.
    #[wasm_bindgen(method)]
    pub(crate) fn forget(this: &Editor);
    #[wasm_bindgen(method)]
    pub(crate) fn snapshot(this: &Editor) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn restore(this: &Editor, snapshot: &JsValue);
    /// Whether the files are more than what is kept for the next visit.
    #[wasm_bindgen(method)]
    pub(crate) fn is_too_large(this: &Editor, paths: Array) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn session(this: &Editor, paths: Array) -> String;
    /// The open files as a [`SharedProject`].
    #[wasm_bindgen(method)]
    pub(crate) fn project(this: &Editor, paths: Array) -> JsValue;
    /// Asks the worker for an audit, and hands over the texts of the changed files.
    #[wasm_bindgen(method)]
    pub(crate) fn request(this: &Editor, worker: &Worker, request: &Object, changed: Array);

    /// What a worker is made of, loaded before the seal.
    #[derive(Clone)]
    pub(crate) type AuditorParts;

    pub(crate) fn load_auditor() -> Promise;
    /// Resolves to what `questions` in `worker_loop.js` says.
    pub(crate) fn ask_worker(worker: &Worker, question: &Object) -> Promise;
    pub(crate) fn start_worker(parts: &AuditorParts, events: &Object) -> Worker;

    /// Takes the field for typing before the application away: an [`Early`], once.
    pub(crate) fn take_early() -> JsValue;

    /// The copy of the site for use without a network: resolves when nothing will be requested for it any more.
    pub(crate) fn prepare_offline() -> Promise;
    pub(crate) fn offline_state() -> String;
    pub(crate) fn load_update();
    pub(crate) fn forget_copy() -> Promise;
    pub(crate) fn forget_everything() -> Promise;

    pub(crate) fn seal();
    /// Resolves to a list of [`Attempt`].
    pub(crate) fn run_self_test() -> Promise;

    /// Files that are being read: see `editor/src/reading.js`.
    #[derive(Clone)]
    pub(crate) type Reading;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(given: &JsValue, progress: &JsValue) -> Reading;
    /// Resolves to a [`ReadProject`], or to nothing when it was cancelled.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn done(this: &Reading) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn cancel(this: &Reading);

    pub(crate) fn pick_files(chosen: &JsValue);
    pub(crate) fn pick_folder(chosen: &JsValue);
    /// Hands over a [`ReadFile`].
    pub(crate) fn pick_settings(chosen: &JsValue);
    pub(crate) fn watch_drops(hover: &JsValue, dropped: &JsValue);
    pub(crate) fn watch_leaving(leaving: &JsValue);

    /// Calls with the name of each key, and whether it was pressed inside a field; the answer says whether it meant
    /// something.
    pub(crate) fn watch_keys(pressed: &JsValue);
    pub(crate) fn has_focus(element: &HtmlElement) -> bool;

    pub(crate) fn read_storage(key: &str) -> Option<String>;
    pub(crate) fn write_storage(key: &str, value: &str) -> bool;
    pub(crate) fn remove_storage(key: &str);
    pub(crate) fn keeps_nothing() -> bool;
    pub(crate) fn keep_nothing(wish: bool);
    pub(crate) fn read_session(text: &str) -> JsValue;

    /// Resolves to whether the text is in the clipboard.
    pub(crate) fn copy_text(text: &str) -> Promise;
    pub(crate) fn download(name: &str, kind: &str, content: &JsValue);
    pub(crate) fn zip_of(changes: &Array) -> JsValue;
    pub(crate) fn print_document(html: &str);

    pub(crate) fn can_encrypt() -> bool;
    /// Resolves to the address with a [`SharedProject`] in it.
    pub(crate) fn write_link(project: &JsValue, passphrase: &str) -> Promise;
    /// Resolves to a [`LinkOutcome`].
    pub(crate) fn read_link(fragment: &str, passphrase: Option<&str>) -> Promise;
    pub(crate) fn take_fragment() -> Option<String>;
    pub(crate) fn watch_fragment(given: &JsValue);
    pub(crate) fn keep_session(session: &str);
    pub(crate) fn kept_sessions() -> u32;
    pub(crate) fn take_kept_session() -> Option<String>;

    pub(crate) fn open_dialog(dialog: &HtmlElement, closed: &JsValue);
    pub(crate) fn close_dialog();

    pub(crate) fn highlight_python(code: &str) -> Vec<String>;
    /// Sets an attribute of the page; an empty value takes it away.
    pub(crate) fn apply_choice(name: &str, value: &str);
    /// As the browser says it: `de-AT`.
    pub(crate) fn browser_language() -> String;
    pub(crate) fn set_language(tag: &str);
    pub(crate) fn prefers_wide() -> bool;
    pub(crate) fn prefers_tree() -> bool;
    pub(crate) fn show_row(tree: &HtmlElement, focus: bool);
}

/// A finding's span in the editor.
#[derive(Serialize)]
pub(crate) struct Mark<'a> {
    pub(crate) index: usize,
    pub(crate) severity: &'static str,
    /// The severity as a word of the interface.
    pub(crate) word: &'static str,
    pub(crate) message: &'a str,
    pub(crate) rule: &'a str,
    /// The title of the fix.
    pub(crate) fix: Option<&'a str>,
    pub(crate) start_line: u32,
    pub(crate) start_column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

/// The edits of a fix in one file.
#[derive(Serialize)]
pub(crate) struct FileEdits<'a> {
    pub(crate) path: &'a str,
    pub(crate) edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Edit<'a> {
    pub(crate) start_line: u32,
    pub(crate) start_column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
    pub(crate) replacement: &'a str,
}

/// A file of settings that was picked; without a text when it cannot be read.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadFile {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) text: Option<String>,
}

/// What was read of files that somebody gave; their texts stay in the [`Reading`].
#[derive(Debug, Deserialize)]
pub(crate) struct ReadProject {
    /// The name of the folder or archive, empty for several; `None` for single files.
    pub(crate) project: Option<String>,
    pub(crate) paths: Vec<String>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) settings: Option<SettingsFile>,
}

/// What was left out for one reason.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct LeftOut {
    pub(crate) reason: String,
    pub(crate) count: usize,
    /// Not all of them when they are many.
    pub(crate) names: Vec<String>,
}

impl LeftOut {
    /// Whether any project has something of the kind beside its code.
    pub(crate) fn is_expected(&self) -> bool {
        matches!(
            self.reason.as_str(),
            "not-python" | "tool-folder" | "packages" | "environment"
        )
    }
}

/// Settings of a project that speak of this tool.
#[derive(Debug, Deserialize)]
pub(crate) struct SettingsFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// One attempt to break the seal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) attempt: String,
    pub(crate) blocked: bool,
    /// The directive of the policy that blocked it.
    pub(crate) directive: String,
}

/// What was typed before the application was there.
#[derive(Debug, Deserialize)]
pub(crate) struct Early {
    pub(crate) text: String,
    /// Of the selection, in UTF-16 units.
    pub(crate) anchor: u32,
    pub(crate) head: u32,
    pub(crate) focused: bool,
}

/// The files of an earlier visit.
#[derive(Debug, Deserialize)]
pub(crate) struct Session {
    pub(crate) current: String,
    pub(crate) files: Vec<SessionFile>,
    /// How many files the last project had, when it was too large to be kept.
    pub(crate) too_large: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SessionFile {
    pub(crate) path: String,
    pub(crate) text: String,
    /// What it was before it was changed.
    #[serde(default)]
    pub(crate) original: Option<String>,
}

/// What a link holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SharedProject {
    pub(crate) current: String,
    pub(crate) files: Vec<SharedFile>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SharedFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SharedProject {
    /// Bytes of all texts.
    pub(crate) fn size(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }
}

/// What reading a link leads to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum LinkOutcome {
    Project(SharedProject),
    /// It wants a passphrase.
    Locked,
    Problem {
        problem: LinkProblem,
    },
}

/// Why a link cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LinkProblem {
    TooLong,
    Version,
    Broken,
    TooLarge,
    Names,
    Passphrase,
    Unsupported,
}

/// A plain object of the given fields.
pub(crate) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &value);
    }
    object
}

pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object refuses nothing.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A list of strings.
pub(crate) fn list(strings: &[String]) -> Array {
    strings.iter().map(|text| JsValue::from_str(text)).collect()
}

/// What an exception says.
pub(crate) fn reason(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| error.as_string())
        .unwrap_or_default()
}
