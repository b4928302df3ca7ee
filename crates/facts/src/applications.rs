//! Applications, and the table of their routes: which paths reach which handler, through which dependencies.
//!
//! Every call that registers something (a decorator, `add_api_route`, `include_router`, `mount`) is evaluated once
//! for each way its code runs: each call of the factory it stands in, each round of a loop. The calls on one object
//! are put into the order in which Python runs them; then the table is read off, from each application down through
//! what it includes.

mod contexts;
mod objects;
mod order;
mod registrations;
mod table;

use semantic::Model;
use text::Span;

use crate::dependencies::{self, Callable, Dependency, DependencyOverride, Resolver};
use crate::libraries::fastapi::RouteKind;

/// Every application of a project with its routes.
#[derive(Debug, Clone, Default)]
pub struct Applications {
    /// In order of file and place.
    pub applications: Vec<Application>,
    /// By application, then in the order in which FastAPI tries them.
    pub routes: Vec<Route>,
    /// Registered with something that reaches no application.
    pub unmounted: Vec<UnmountedRoute>,
    /// `include_router` and `mount` calls whose argument cannot be followed.
    pub unfollowed: Vec<Span>,
    pub overrides: Vec<DependencyOverride>,
}

/// `FastAPI()`, or an object of a class derived from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// File and variable, as uvicorn takes them: `app/main.py:app`; a factory stands with its `()`.
    pub name: String,
    /// The call that makes it.
    pub span: Span,
    /// Where it is mounted; empty for one that a server runs.
    pub mounts: Vec<Mount>,
    /// Whether it stands in a test.
    pub is_test: bool,
}

/// `parent.mount(path, application)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Index of the application around it.
    pub parent: usize,
    /// From the outermost application on.
    pub path: String,
    pub span: Span,
}

/// One path with one handler.
#[derive(Debug, Clone)]
pub struct Route {
    /// Index in [`Applications::applications`]: the application whose dependencies run.
    pub application: usize,
    pub operation: Operation,
    /// `include_router` and `mount` calls on the way, outermost first.
    pub includes: Vec<Span>,
    /// Tests of `if` and `match` statements without which it is not there.
    pub conditions: Vec<Span>,
}

/// A route that no application reaches.
#[derive(Debug, Clone)]
pub struct UnmountedRoute {
    /// The path as far as it is known: with the prefix of its own router.
    pub operation: Operation,
    pub reason: Unmounted,
}

/// Why a route reaches no application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmounted {
    /// Its router, written so, is made at this place and included nowhere.
    NeverIncluded { router: String, made: Span },
    /// What the decorator belongs to, written so, cannot be followed.
    UnknownRouter(String),
}

/// What a decorator or a call registers.
#[derive(Debug, Clone)]
pub struct Operation {
    pub kind: RouteKind,
    /// Upper case; empty for a WebSocket.
    pub methods: Vec<String>,
    pub path: RoutePath,
    pub handler: Callable,
    /// The first decorator of the handler, or the call that registers it.
    pub declaration: Span,
    /// The decorator or call that registers this path.
    pub registration: Span,
    /// What FastAPI calls before the handler, in order. Classifying what they do is the business of those who read
    /// them: see [`crate::dependencies`].
    pub dependencies: Vec<Dependency>,
}

/// A path, perhaps with parts that are not constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoutePath {
    /// What is not known stands as its source text in `<…>`.
    pub text: String,
    pub is_known: bool,
}

pub(crate) fn find(model: &Model<'_>) -> Applications {
    let resolver = Resolver::new(model);
    let objects = objects::Objects::new(model);
    let constructions = objects.constructions();
    let order = order::Order::new(model);
    let contexts = contexts::Contexts::new(model, &order, &constructions);
    let registrations = registrations::find(&resolver, &objects, &contexts);
    let table = table::build(&resolver, &objects, &contexts, &constructions, registrations);
    Applications {
        overrides: dependencies::find_overrides(&resolver),
        ..table
    }
}
