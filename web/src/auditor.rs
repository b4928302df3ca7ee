//! The worker that audits, as the application sees it.

use js_sys::{Array, Object, Promise};
use page_state::{Answer, Revisions};
use report::{Application, FileFix, Finding, Location, Report, Route, RouteTable, RuleInfo, Tool, UnmountedRoute};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Worker;
use yew::Callback;

use crate::bridge::{self, AuditorParts, Editor};

/// What happens to the auditor, in the order in which it can happen.
pub(crate) enum AuditorEvent {
    Loaded(Result<AuditorParts, String>),
    Ready {
        worker: u32,
        rules: Vec<RuleInfo>,
    },
    Report {
        worker: u32,
        revision: u32,
        report: Box<Report>,
        /// When they were asked for.
        routes: Option<Box<RouteTable>>,
        milliseconds: f64,
    },
    /// The edits that put a finding under a comment; `None` where no comment can stand.
    Ignore {
        worker: u32,
        revision: u32,
        edits: Option<FileFix>,
    },
    /// The worker is dead, and says why.
    Failed {
        worker: u32,
        reason: String,
    },
}

/// How far the auditor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its parts are on their way, or the worker starts.
    Starting,
    Ready,
    /// It waits for a change of the text: the last audit broke down or was stopped.
    Holding,
}

pub(crate) struct Auditor {
    events: Callback<AuditorEvent>,
    parts: Option<AuditorParts>,
    worker: Option<Worker>,
    /// Number of the worker: events of earlier ones come too late and are dropped.
    number: u32,
    /// Whether this worker has ever answered. One that never did will not be replaced: the next would do the same.
    was_ready: bool,
    state: State,
    revisions: Revisions,
    options: Option<JsValue>,
    /// The worker has not been told of them.
    options_changed: bool,
    /// The table of routes is wanted with each report.
    with_routes: bool,
}

impl Auditor {
    /// Begins to load the worker's parts.
    pub(crate) fn load(events: Callback<AuditorEvent>) -> Auditor {
        let loaded = events.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let parts = JsFuture::from(bridge::load_auditor()).await;
            // Everything is here, and the browser has it at hand for the copy. It answers also when nothing was kept.
            let _ = JsFuture::from(bridge::prepare_offline()).await;
            loaded.emit(AuditorEvent::Loaded(match parts {
                Ok(parts) => Ok(parts.unchecked_into()),
                Err(error) => Err(bridge::reason(&error)),
            }));
        });
        Auditor {
            events,
            parts: None,
            worker: None,
            number: 0,
            was_ready: false,
            state: State::Starting,
            revisions: Revisions::default(),
            options: None,
            options_changed: false,
            with_routes: false,
        }
    }

    /// Everything is loaded: seals the page, then starts the worker. The order is what binds the worker.
    pub(crate) fn seal_and_start(&mut self, parts: AuditorParts) {
        bridge::seal();
        self.parts = Some(parts);
        self.start();
    }

    fn start(&mut self) {
        let Some(parts) = &self.parts else {
            return;
        };
        self.number += 1;
        self.options_changed = true;
        self.was_ready = false;
        self.state = State::Starting;
        self.worker = Some(bridge::start_worker(parts, &self.listeners()));
    }

    fn listeners(&self) -> Object {
        let worker = self.number;
        let events = self.events.clone();
        let ready = Closure::<dyn Fn(JsValue)>::new(move |rules| {
            events.emit(match serde_wasm_bindgen::from_value(rules) {
                Ok(rules) => AuditorEvent::Ready { worker, rules },
                Err(error) => failed(worker, &error),
            });
        });
        let events = self.events.clone();
        let report =
            Closure::<dyn Fn(u32, JsValue, JsValue, f64)>::new(move |revision, report, routes, milliseconds| {
                let read = serde_wasm_bindgen::from_value(report).and_then(|report| Ok((report, read_routes(routes)?)));
                events.emit(match read {
                    Ok((report, routes)) => AuditorEvent::Report {
                        worker,
                        revision,
                        report,
                        routes,
                        milliseconds,
                    },
                    Err(error) => failed(worker, &error),
                });
            });
        let events = self.events.clone();
        let failed = Closure::<dyn Fn(String)>::new(move |reason| {
            events.emit(AuditorEvent::Failed { worker, reason });
        });
        // The closures live as long as the worker; workers are few.
        bridge::object([
            ("ready", ready.into_js_value()),
            ("report", report.into_js_value()),
            ("failed", failed.into_js_value()),
        ])
    }

    /// Whether an event comes from the worker that is at work now.
    pub(crate) fn is_present(&self, worker: u32) -> bool {
        self.number == worker
    }

    pub(crate) fn ready(&mut self) {
        self.was_ready = true;
        if self.state == State::Starting {
            self.state = State::Ready;
        }
    }

    /// Where questions about the last report go: see [`bridge::ask_worker`].
    pub(crate) fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    pub(crate) fn was_ready(&self) -> bool {
        self.was_ready
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// Ends the worker and starts another one, which waits for the next change or for [`Auditor::resume`].
    pub(crate) fn replace_worker<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) {
        if let Some(worker) = self.worker.take() {
            worker.terminate();
        }
        self.revisions.start_over(paths);
        self.start();
        self.state = State::Holding;
    }

    /// Goes on after [`Auditor::replace_worker`]. The worker takes its messages in order: it is started first.
    pub(crate) fn resume(&mut self) {
        if self.state == State::Holding {
            self.state = State::Ready;
        }
    }

    pub(crate) fn change(&mut self, path: &str) {
        self.revisions.change(path);
        self.resume();
    }

    pub(crate) fn has_options(&self) -> bool {
        self.options.is_some()
    }

    pub(crate) fn set_options(&mut self, options: JsValue) {
        self.options = Some(options);
        self.options_changed = true;
        self.revisions.change_settings();
        self.resume();
    }

    /// Has a file of settings read: an answer for `SettingsFile`. A worker that is not ready yet
    /// answers when it is.
    pub(crate) fn read_settings(&self, text: &str, name: &str) -> Option<Promise> {
        let question = bridge::object([
            ("about", "settings".into()),
            ("text", text.into()),
            ("name", name.into()),
        ]);
        Some(bridge::ask_worker(self.worker.as_ref()?, &question))
    }

    /// From now on the table of routes is wanted, or not. `is_missing`: the one of this text is not there.
    pub(crate) fn want_routes(&mut self, wanted: bool, is_missing: bool) {
        self.with_routes = wanted;
        if wanted && is_missing && self.is_current() {
            self.revisions.ask_again();
        }
    }

    /// Asks for the edits that put a finding under a comment, of the text that the last report is about.
    pub(crate) fn ask_to_ignore(&self, finding: &Finding, reason: &str) {
        let (State::Ready, Some(worker)) = (self.state, &self.worker) else {
            return;
        };
        let place = &finding.location;
        let question = bridge::object([
            ("about", "ignore".into()),
            ("path", place.file.as_str().into()),
            ("start", place.start.offset.into()),
            ("end", place.end.offset.into()),
            ("rule", finding.rule.as_str().into()),
            ("reason", reason.into()),
        ]);
        let answer = bridge::ask_worker(worker, &question);
        let (events, worker, revision) = (self.events.clone(), self.number, self.answered());
        wasm_bindgen_futures::spawn_local(async move {
            let edits = JsFuture::from(answer).await.unwrap_or_default();
            events.emit(match serde_wasm_bindgen::from_value(edits) {
                Ok(edits) => AuditorEvent::Ignore {
                    worker,
                    revision,
                    edits,
                },
                Err(error) => failed(worker, &error),
            });
        });
    }

    pub(crate) fn remove(&mut self, path: &str) {
        self.revisions.remove(path);
        self.resume();
    }

    /// Asks for an audit when there is something to audit and nothing is under way. Says whether it asked.
    pub(crate) fn request(&mut self, editor: &Editor) -> bool {
        let (State::Ready, Some(worker)) = (self.state, &self.worker) else {
            return false;
        };
        let Some(request) = self.revisions.next_request() else {
            return false;
        };
        let message = bridge::object([
            ("revision", request.revision.into()),
            ("removed", bridge::list(&request.removed).into()),
        ]);
        if let Some(options) = self.options.as_ref().filter(|_| self.options_changed) {
            bridge::set(&message, "options", options);
        }
        bridge::set(&message, "routes", &self.with_routes.into());
        self.options_changed = false;
        editor.request(worker, &message, bridge::list(&request.changed));
        true
    }

    pub(crate) fn answer(&mut self, revision: u32) -> Answer {
        self.revisions.answer(revision)
    }

    pub(crate) fn is_current(&self) -> bool {
        self.revisions.is_current()
    }

    pub(crate) fn answered(&self) -> u32 {
        self.revisions.answered()
    }
}

/// The table of routes, as far as the map needs it.
#[derive(Deserialize)]
struct MapOfRoutes {
    applications: Vec<Application>,
    routes: Vec<Route>,
    unfollowed: Vec<Location>,
    /// Read in a second step. A route that is part of another record has to be kept as it came before it is read,
    /// with code for all its types once more.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    unmounted: JsValue,
}

/// What an unmounted route has beside the fields of a route.
#[derive(Deserialize)]
struct Unmounted {
    reason: String,
}

fn read_routes(table: JsValue) -> Result<Option<Box<RouteTable>>, serde_wasm_bindgen::Error> {
    let Some(map) = serde_wasm_bindgen::from_value::<Option<MapOfRoutes>>(table)? else {
        return Ok(None);
    };
    let mut unmounted = Vec::new();
    for found in Array::from(&map.unmounted) {
        let Unmounted { reason } = serde_wasm_bindgen::from_value(found.clone())?;
        let route = serde_wasm_bindgen::from_value(found)?;
        unmounted.push(UnmountedRoute { route, reason });
    }
    Ok(Some(Box::new(RouteTable {
        schema_version: report::SCHEMA_VERSION,
        tool: Tool::default(),
        applications: map.applications,
        routes: map.routes,
        unmounted,
        unfollowed: map.unfollowed,
        overrides: Vec::new(),
    })))
}

fn failed(worker: u32, error: &serde_wasm_bindgen::Error) -> AuditorEvent {
    AuditorEvent::Failed {
        worker,
        reason: error.to_string(),
    }
}
