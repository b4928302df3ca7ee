//! The audit for JavaScript: what the page's worker and the npm package run.
//!
//! Thin on purpose. Reports and rules cross the border as plain objects in the shape of their JSON form, so
//! that `JSON.stringify` of a report says the same as the command line's JSON. A panic leaves as an exception
//! with its message; the module has lost its state then and has to be loaded again.

pub mod bench;

use std::collections::BTreeMap;
use std::sync::Once;

use configuration::File;
use js_sys::Object;
use report::Report;
use serde::{Deserialize, Serialize};
use text::{LineIndex, TextSize};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** One Python file: its path relative to the project, with "/", and its text. */
export interface SourceFile { path: string; text: string }

/** One file in two versions; without `before` where it is new. */
export interface Change { path: string; before?: string; after: string }

/** Settings of an audit; what is left out has its default. */
export interface Options {
  /** Name of the environment variable that holds the shared secret. */
  secretName?: string;
  /** Columns and claims that say whose a row is, beside those known by their names. */
  ownerFields?: string[];
  /** Routes that anyone may call: paths with "*" and "**", perhaps after a method. */
  publicRoutes?: string[];
  /** Files that are left out: paths with "*", "?" and "**". */
  exclude?: string[];
  /** By name of a rule. */
  rules?: Record<string, "off" | "critical" | "warning" | "suggestion">;
}
"#;

/// A project under audit, kept between edits: what did not change is not parsed again.
#[wasm_bindgen]
pub struct Auditor {
    inner: audit::Auditor,
    /// The last one, for its renderings.
    report: Report,
}

#[wasm_bindgen]
impl Auditor {
    #[wasm_bindgen(constructor)]
    pub fn new(options: Option<Object>) -> Result<Auditor, JsError> {
        throw_panics();
        let mut inner = audit::Auditor::new();
        inner.set_options(read_options(options)?);
        Ok(Auditor {
            inner,
            report: Report::default(),
        })
    }

    /// Adds a file or gives it another text.
    #[wasm_bindgen(js_name = setFile)]
    pub fn set_file(&mut self, path: &str, text: String) {
        self.inner.set_file(path, text);
    }

    /// Forgets a file. Nothing happens when there is none of that path.
    #[wasm_bindgen(js_name = removeFile)]
    pub fn remove_file(&mut self, path: &str) {
        self.inner.remove_file(path);
    }

    #[wasm_bindgen(js_name = setOptions)]
    pub fn set_options(&mut self, options: Option<Object>) -> Result<(), JsError> {
        self.inner.set_options(read_options(options)?);
        Ok(())
    }

    /// Audits the files as they are now.
    pub fn report(&mut self) -> Result<Object, JsError> {
        self.report = self.inner.report();
        write(&self.report)
    }

    /// The same with the table of routes, as `claimcheck routes --format json` prints it: `{report, routes}`.
    #[wasm_bindgen(js_name = reportAndRoutes)]
    pub fn report_and_routes(&mut self) -> Result<Object, JsError> {
        let (report, routes) = self.inner.report_and_routes();
        self.report = report;
        write(&ReportAndRoutes {
            report: &self.report,
            routes,
        })
    }

    /// The edits of one file that put a finding of `rule`, between two offsets in bytes, under a comment with a
    /// reason: `{file, edits, diff}`, or `null` where no comment can stand.
    pub fn ignore(&self, path: &str, start: u32, end: u32, rule: &str, reason: &str) -> Result<JsValue, JsError> {
        match self.inner.ignore(path, start..end, rule, reason) {
            Some(edits) => Ok(write(&edits)?.into()),
            None => Ok(JsValue::NULL),
        }
    }

    /// The last report as an object whose `JSON.stringify` is what the command line writes as JSON.
    pub fn json(&self) -> Result<Object, JsError> {
        write(&self.report)
    }

    /// The last report as a SARIF log, an object like that of `json`.
    pub fn sarif(&self) -> Result<Object, JsError> {
        write(&report::sarif_log(&self.report, &audit::rules()))
    }

    /// The last report as Markdown.
    pub fn markdown(&self) -> String {
        report::markdown(&self.report, &audit::rules())
    }

    /// The last report as an HTML document.
    pub fn html(&self) -> String {
        report::html(&self.report, &audit::rules())
    }
}

/// The changes as one patch for `git apply`. `changes` is a list of `{path, before, after}`.
#[wasm_bindgen]
pub fn patch(#[wasm_bindgen(unchecked_param_type = "Change[]")] changes: JsValue) -> Result<String, JsError> {
    let changes: Vec<Change> = serde_wasm_bindgen::from_value(changes)?;
    Ok(report::patch(changes.iter().map(|change| report::Change {
        path: &change.path,
        before: change.before.as_deref(),
        after: &change.after,
    })))
}

/// Audits a project once. `files` is a list of `{path, text}`.
#[wasm_bindgen]
pub fn audit(
    #[wasm_bindgen(unchecked_param_type = "SourceFile[]")] files: JsValue,
    options: Option<Object>,
) -> Result<Object, JsError> {
    let files: Vec<SourceFile> = serde_wasm_bindgen::from_value(files)?;
    let mut auditor = Auditor::new(options)?;
    for SourceFile { path, text } in files {
        auditor.set_file(&path, text);
    }
    auditor.report()
}

/// The files in which string literals look like secrets, without them. `files` is a list of `{path, text}`; the answer one of
/// `{path, text, replaced: [{line, was, becomes}]}`.
#[wasm_bindgen]
pub fn redact(#[wasm_bindgen(unchecked_param_type = "SourceFile[]")] files: JsValue) -> Result<Object, JsError> {
    throw_panics();
    let files: Vec<SourceFile> = serde_wasm_bindgen::from_value(files)?;
    let files: Vec<audit::SourceFile> = files
        .into_iter()
        .map(|file| audit::SourceFile {
            path: file.path,
            text: file.text.into(),
        })
        .collect();
    let redacted: Vec<Redacted> = audit::redact(&files)
        .into_iter()
        .map(|file| Redacted {
            path: file.path,
            text: file.text,
            replaced: file
                .replaced
                .into_iter()
                .map(|literal| Replaced {
                    line: literal.line,
                    was: literal.was,
                    becomes: literal.becomes,
                })
                .collect(),
        })
        .collect();
    write(&redacted)
}

/// The documentation of every rule, by name.
#[wasm_bindgen]
pub fn rules() -> Result<Object, JsError> {
    throw_panics();
    write(&audit::rules())
}

/// Reads `[tool.claimcheck]` of a `pyproject.toml`, or a `claimcheck.toml`, as the command line does: `{options}`,
/// `{problem}` with the line and column where it is, or neither when a `pyproject.toml` does not speak of Claimcheck.
#[wasm_bindgen(js_name = readSettings)]
pub fn read_settings(text: &str, is_project_file: bool) -> Result<Object, JsError> {
    let file = if is_project_file { File::Project } else { File::Own };
    write(&match configuration::read(text, file) {
        Ok(options) => SettingsFile {
            options: options.map(Options::of),
            problem: None,
        },
        Err(problem) => {
            let start = TextSize::try_from(problem.place.start.min(text.len())).unwrap_or_default();
            let place = LineIndex::new(text).line_column(start);
            SettingsFile {
                options: None,
                problem: Some(SettingsProblem {
                    message: problem.message,
                    line: place.line + 1,
                    column: place.column + 1,
                }),
            }
        }
    })
}

#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[derive(Serialize)]
struct ReportAndRoutes<'a> {
    report: &'a report::Report,
    routes: report::RouteTable,
}

#[derive(Deserialize)]
struct SourceFile {
    path: String,
    text: String,
}

#[derive(Serialize)]
struct Redacted {
    path: String,
    text: String,
    replaced: Vec<Replaced>,
}

#[derive(Serialize)]
struct Replaced {
    line: u32,
    was: String,
    becomes: String,
}

#[derive(Deserialize)]
struct Change {
    path: String,
    before: Option<String>,
    after: String,
}

#[derive(Serialize)]
struct SettingsFile {
    options: Option<Options>,
    problem: Option<SettingsProblem>,
}

#[derive(Serialize)]
struct SettingsProblem {
    message: String,
    /// From 1.
    line: u32,
    /// From 1, in UTF-16 units.
    column: u32,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    secret_name: Option<String>,
    owner_fields: Vec<String>,
    public_routes: Vec<String>,
    exclude: Vec<String>,
    rules: BTreeMap<String, String>,
}

impl Options {
    fn of(options: audit::Options) -> Options {
        let rules = options.rules.into_iter();
        Options {
            secret_name: Some(options.secret_name),
            owner_fields: options.owner_fields,
            public_routes: options.public_routes,
            exclude: options.exclude,
            rules: rules.map(|(rule, setting)| (rule, setting.name().to_owned())).collect(),
        }
    }
}

fn read_options(options: Option<Object>) -> Result<audit::Options, JsError> {
    let Some(options) = options else {
        return Ok(audit::Options::default());
    };
    let given: Options = serde_wasm_bindgen::from_value(options.into())?;
    let mut options = audit::Options {
        owner_fields: given.owner_fields,
        public_routes: given.public_routes,
        exclude: given.exclude,
        ..audit::Options::default()
    };
    if let Some(name) = given.secret_name {
        options.secret_name = name;
    }
    for (rule, setting) in given.rules {
        let setting = audit::RuleSetting::parse(&setting)
            .ok_or_else(|| JsError::new(&["rules.", &rule, ": no such setting: ", &setting].concat()))?;
        options.rules.insert(rule, setting);
    }
    match options.unknown_rule() {
        Some(rule) => Err(JsError::new(&["there is no rule ", rule].concat())),
        None => Ok(options),
    }
}

/// A value in the shape of its JSON form: missing values are `null`, numbers are numbers.
fn write(value: &impl Serialize) -> Result<Object, JsError> {
    let written = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
    Ok(written.unchecked_into())
}

/// Without this a panic is the bare `unreachable` of WebAssembly, and its message is lost.
fn throw_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_str(&panic.to_string())));
    });
}
