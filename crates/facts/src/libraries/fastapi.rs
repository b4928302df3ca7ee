//! FastAPI and Starlette, <https://fastapi.tiangolo.com>, measured with FastAPI 0.165 and Starlette 1.10: what makes
//! applications and routers, what registers routes with them, what injects dependencies.

use super::{Argument, argument, keyword};

/// Classes whose objects are applications.
pub const APPLICATIONS: &[&str] = &[
    "fastapi.FastAPI",
    "fastapi.applications.FastAPI",
    "starlette.applications.Starlette",
];

/// Classes whose objects are routers.
pub const ROUTERS: &[&str] = &[
    "fastapi.APIRouter",
    "fastapi.routing.APIRouter",
    "fastapi.routers.APIRouter",
    "starlette.routing.Router",
];

/// The last names of the classes above.
pub const CONSTRUCTORS: &[&str] = &["FastAPI", "Starlette", "APIRouter", "Router"];

/// The attribute under which an application keeps its own router.
pub const OWN_ROUTER: &str = "router";

/// What a call makes of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteKind {
    /// A path operation, whose dependencies run.
    Api,
    /// An `APIWebSocketRoute`, whose dependencies run.
    WebSocket,
    /// A plain Starlette route: no dependency of any level runs, and the router's own prefix does not apply.
    Plain,
    /// A plain Starlette WebSocket route.
    PlainWebSocket,
}

/// A method of applications and routers that registers a route.
#[derive(Debug, PartialEq, Eq)]
pub struct RouteMethod {
    pub name: &'static str,
    pub kind: RouteKind,
    pub methods: HttpMethods,
    /// Where the handler is passed; `None` where the call decorates it.
    pub handler: Option<Argument>,
}

/// Which HTTP methods a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethods {
    Fixed(&'static str),
    /// `methods=[…]`, without which it is GET.
    Listed(Argument),
    /// None: a WebSocket.
    None,
}

pub const PATH: Argument = argument(0, &["path"]);
const METHODS: Argument = keyword(&["methods"]);
pub const DEPENDENCIES: Argument = keyword(&["dependencies"]);
pub const PREFIX: Argument = keyword(&["prefix"]);
pub const LIFESPAN: Argument = keyword(&["lifespan"]);
pub const ROUTES: Argument = keyword(&["routes"]);

pub const ROUTE_METHODS: &[RouteMethod] = &[
    operation("get", "GET"),
    operation("post", "POST"),
    operation("put", "PUT"),
    operation("patch", "PATCH"),
    operation("delete", "DELETE"),
    operation("options", "OPTIONS"),
    operation("head", "HEAD"),
    operation("trace", "TRACE"),
    RouteMethod {
        name: "api_route",
        kind: RouteKind::Api,
        methods: HttpMethods::Listed(METHODS),
        handler: None,
    },
    RouteMethod {
        name: "route",
        kind: RouteKind::Plain,
        methods: HttpMethods::Listed(argument(1, &["methods"])),
        handler: None,
    },
    RouteMethod {
        name: "websocket",
        kind: RouteKind::WebSocket,
        methods: HttpMethods::None,
        handler: None,
    },
    RouteMethod {
        name: "websocket_route",
        kind: RouteKind::PlainWebSocket,
        methods: HttpMethods::None,
        handler: None,
    },
    RouteMethod {
        name: "add_api_route",
        kind: RouteKind::Api,
        methods: HttpMethods::Listed(METHODS),
        handler: Some(argument(1, &["endpoint"])),
    },
    RouteMethod {
        name: "add_route",
        kind: RouteKind::Plain,
        methods: HttpMethods::Listed(argument(2, &["methods"])),
        handler: Some(argument(1, &["endpoint", "route"])),
    },
    RouteMethod {
        name: "add_api_websocket_route",
        kind: RouteKind::WebSocket,
        methods: HttpMethods::None,
        handler: Some(argument(1, &["endpoint"])),
    },
    RouteMethod {
        name: "add_websocket_route",
        kind: RouteKind::PlainWebSocket,
        methods: HttpMethods::None,
        handler: Some(argument(1, &["endpoint", "route"])),
    },
];

const fn operation(name: &'static str, method: &'static str) -> RouteMethod {
    RouteMethod {
        name,
        kind: RouteKind::Api,
        methods: HttpMethods::Fixed(method),
        handler: None,
    }
}

/// A route class, as it stands in `routes=[…]`.
#[derive(Debug, PartialEq, Eq)]
pub struct RouteClass {
    pub path: &'static str,
    pub kind: RouteKind,
    pub methods: HttpMethods,
}

pub const ROUTE_CLASSES: &[RouteClass] = &[
    route_class("fastapi.routing.APIRoute", RouteKind::Api, HttpMethods::Listed(METHODS)),
    route_class(
        "fastapi.routing.APIWebSocketRoute",
        RouteKind::WebSocket,
        HttpMethods::None,
    ),
    route_class(
        "starlette.routing.Route",
        RouteKind::Plain,
        HttpMethods::Listed(METHODS),
    ),
    route_class(
        "starlette.routing.WebSocketRoute",
        RouteKind::PlainWebSocket,
        HttpMethods::None,
    ),
];

pub const ROUTE_CLASS_HANDLER: Argument = argument(1, &["endpoint"]);

const fn route_class(path: &'static str, kind: RouteKind, methods: HttpMethods) -> RouteClass {
    RouteClass { path, kind, methods }
}

/// `include_router(router, prefix=…, dependencies=[…])`
pub const INCLUDE: &str = "include_router";
pub const INCLUDED_ROUTER: Argument = argument(0, &["router"]);

/// `mount("/path", application)`
pub const MOUNT: &str = "mount";
pub const MOUNTED_APPLICATION: Argument = argument(1, &["app"]);
/// In `routes=[…]`.
pub const MOUNT_CLASS: &str = "starlette.routing.Mount";

/// `@cbv(router)` makes the methods of a class handlers whose `self` is injected.
pub const CLASS_VIEW: &str = "cbv";
pub const CLASS_VIEW_DECORATORS: &[&str] = &[
    "fastapi_utils.cbv.cbv",
    "fastapi_utils.cbv",
    "fastapi_restful.cbv.cbv",
    "fastapi_restful.cbv",
];

/// What marks a parameter, or an item of a list, as a dependency.
pub const DEPENDS: &[&str] = &[
    "fastapi.Depends",
    "fastapi.params.Depends",
    "fastapi.param_functions.Depends",
];
pub const SECURITY: &[&str] = &[
    "fastapi.Security",
    "fastapi.params.Security",
    "fastapi.param_functions.Security",
];
pub const DEPENDENCY: Argument = argument(0, &["dependency"]);
pub const SCOPES: Argument = keyword(&["scopes"]);

/// What marks a parameter as part of the request; the last mark in an annotation counts.
pub const REQUEST_PARTS: &[&str] = &["Query", "Path", "Header", "Cookie", "Body", "Form", "File"];

/// `app.dependency_overrides[original] = replacement`
pub const OVERRIDES: &str = "dependency_overrides";
