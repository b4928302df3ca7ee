//! The table of routes: which paths a project answers, who handles them, what runs before.

mod markdown;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{Location, Note, Tool};

pub use markdown::markdown as routes_markdown;

/// Every route of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTable {
    pub schema_version: u32,
    pub tool: Tool,
    pub applications: Vec<Application>,
    /// By application, then in the order in which FastAPI tries them; one entry for each method.
    pub routes: Vec<Route>,
    /// Routes that reach no application.
    pub unmounted: Vec<UnmountedRoute>,
    /// Calls of `include_router` and `mount` whose argument cannot be followed: routes may be missing.
    pub unfollowed: Vec<Location>,
    /// Entries of `dependency_overrides`.
    pub overrides: Vec<DependencyOverride>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// File and variable: `app/main.py:app`.
    pub name: String,
    /// The call that makes it.
    pub location: Location,
    /// Where it is mounted in other applications.
    pub mounts: Vec<Mount>,
    /// Whether it stands in a test.
    pub test: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// Name of the application around it.
    pub application: String,
    pub path: String,
    pub location: Location,
}

/// One method on one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Upper case; `WEBSOCKET` for a WebSocket.
    pub method: String,
    /// With every prefix and mount; what is not constant stands as its source text in `<…>`.
    pub path: String,
    /// As Python's `__qualname__`.
    pub handler: String,
    /// Where the project defines the handler.
    pub handler_definition: Option<Location>,
    /// Where the handler's first decorator stands, or the call that registers it.
    pub file: String,
    /// From 1, of the same place.
    pub line: u32,
    /// Name of the application whose dependencies run.
    pub application: Option<String>,
    /// What FastAPI calls before the handler, in order.
    pub dependencies: Vec<Dependency>,
    /// What authenticates the caller; `null` while that is not known.
    pub guard: Option<Guard>,
    /// Who the caller is taken to be; `null` while that is not known.
    pub identity: Option<Identity>,
    pub ownership: Ownership,
    /// The decorator or call that registers this path.
    pub location: Location,
    /// The calls of `include_router` and `mount` on the way, outermost first.
    pub includes: Vec<Location>,
    /// Tests without which the route is not there.
    pub conditions: Vec<Location>,
    /// A plain Starlette route, for which no dependency runs.
    pub plain: bool,
}

/// A route that reaches no application, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmountedRoute {
    #[serde(flatten)]
    pub route: Route,
    pub reason: String,
}

/// One place that asks FastAPI to call something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// As Python's `__qualname__`; the path of what comes from outside the project.
    pub name: String,
    pub kind: DependencyKind,
    pub level: DependencyLevel,
    /// The parameter that gets the result.
    pub parameter: Option<String>,
    /// The parameter, or the item of `dependencies=[…]`.
    pub declared: Location,
    /// Where the project defines what is called.
    pub definition: Option<Location>,
    /// For a security scheme: the part of the request that holds the credential.
    #[serde(default)]
    pub credential: Option<CredentialPart>,
    /// Scopes of `Security`.
    pub scopes: Vec<String>,
    /// On some way through the code it is not there.
    pub conditional: bool,
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyKind {
    Function,
    Class,
    /// An object with `__call__`.
    Object,
    /// Something from outside the project.
    External,
    /// It cannot be followed.
    Unknown,
}

/// Where clients put a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialPart {
    Header,
    Query,
    Cookie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyLevel {
    Application,
    Include,
    Router,
    Decorator,
    Parameter,
}

/// What authenticates the caller of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Guard {
    /// Name of the dependency, middleware or function.
    pub name: String,
    pub kind: GuardKind,
    pub location: Location,
    /// From the route to the place that verifies, first step first.
    pub evidence: Vec<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuardKind {
    Dependency,
    Middleware,
    /// The handler itself.
    Handler,
}

/// Who the caller is taken to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub source: IdentitySource,
    /// Name of the claim or parameter: `sub`.
    pub name: String,
    pub location: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentitySource {
    VerifiedClaim,
    UnverifiedClaim,
    /// Path, query, body, header or cookie.
    Client,
    Session,
}

/// Whether a route gives callers their own rows alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ownership {
    pub verdict: OwnershipVerdict,
    /// Models whose rows are read or changed.
    pub data: Vec<String>,
    pub evidence: Vec<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnershipVerdict {
    /// It cannot be told, or nobody has looked.
    #[default]
    Unknown,
    /// No rows that anyone owns.
    NotApplicable,
    Enforced,
    Missing,
}

/// `dependency_overrides[original] = replacement`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DependencyOverride {
    pub original: String,
    pub replacement: String,
    pub location: Location,
    pub test: bool,
}

/// The table as indented JSON with a line break at its end.
pub fn routes_json(table: &RouteTable) -> String {
    let mut out = serde_json::to_string_pretty(table).expect("a table holds only strings, numbers and lists");
    out.push('\n');
    out
}

impl RouteTable {
    /// The routes of each application, in order.
    pub fn by_application(&self) -> impl Iterator<Item = (&Application, Vec<&Route>)> {
        self.applications.iter().map(|application| {
            let is_own = |route: &&Route| route.application.as_deref() == Some(application.name.as_str());
            (application, self.routes.iter().filter(is_own).collect())
        })
    }

    /// For instance `12 routes in 2 applications, 1 unmounted`.
    pub fn sentence(&self) -> String {
        let mut out = format!(
            "{} in {}",
            crate::counted(self.routes.len() as u32, "route"),
            crate::counted(self.applications.len() as u32, "application"),
        );
        if !self.unmounted.is_empty() {
            write!(out, ", {} unmounted", self.unmounted.len()).expect("a string takes everything");
        }
        if !self.unfollowed.is_empty() {
            let calls = crate::counted(self.unfollowed.len() as u32, "call");
            write!(out, "; {calls} of `include_router` or `mount` not followed").expect("a string takes everything");
        }
        out
    }
}

impl Route {
    /// The dependencies that stand at the route itself, without what they need in turn.
    pub fn dependency_names(&self) -> Vec<&str> {
        self.dependencies
            .iter()
            .map(|dependency| dependency.name.as_str())
            .collect()
    }
}

impl DependencyLevel {
    pub fn name(self) -> &'static str {
        match self {
            DependencyLevel::Application => "application",
            DependencyLevel::Include => "include",
            DependencyLevel::Router => "router",
            DependencyLevel::Decorator => "decorator",
            DependencyLevel::Parameter => "parameter",
        }
    }
}

impl OwnershipVerdict {
    pub fn name(self) -> &'static str {
        match self {
            OwnershipVerdict::Unknown => "unknown",
            OwnershipVerdict::NotApplicable => "not applicable",
            OwnershipVerdict::Enforced => "enforced",
            OwnershipVerdict::Missing => "missing",
        }
    }
}
