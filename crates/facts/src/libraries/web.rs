//! FastAPI and Starlette: what they call, what they read from requests, what they tell clients.

use super::{Argument, argument, keyword};
use crate::handlers::HandlerKind;

/// Methods of applications and routers that register the function they decorate.
pub(crate) const DECORATORS: &[(&str, HandlerKind)] = &[
    ("get", HandlerKind::Route),
    ("post", HandlerKind::Route),
    ("put", HandlerKind::Route),
    ("patch", HandlerKind::Route),
    ("delete", HandlerKind::Route),
    ("head", HandlerKind::Route),
    ("options", HandlerKind::Route),
    ("trace", HandlerKind::Route),
    ("route", HandlerKind::Route),
    ("api_route", HandlerKind::Route),
    ("websocket", HandlerKind::WebSocket),
    ("websocket_route", HandlerKind::WebSocket),
    ("exception_handler", HandlerKind::ExceptionHandler),
    ("middleware", HandlerKind::Middleware),
];

/// A call that hands a function over to the framework.
pub(crate) struct Registration {
    pub(crate) name: &'static str,
    pub(crate) position: usize,
    pub(crate) keyword: &'static str,
    pub(crate) kind: HandlerKind,
}

pub(crate) const REGISTRATIONS: &[Registration] = &[
    registration("Depends", 0, "dependency", HandlerKind::Dependency),
    registration("Security", 0, "dependency", HandlerKind::Dependency),
    registration("add_api_route", 1, "endpoint", HandlerKind::Route),
    registration("add_route", 1, "route", HandlerKind::Route),
    registration("add_api_websocket_route", 1, "endpoint", HandlerKind::WebSocket),
    registration("add_websocket_route", 1, "route", HandlerKind::WebSocket),
    registration("add_exception_handler", 1, "handler", HandlerKind::ExceptionHandler),
];

const fn registration(name: &'static str, position: usize, keyword: &'static str, kind: HandlerKind) -> Registration {
    Registration {
        name,
        position,
        keyword,
        kind,
    }
}

/// Paths of requests and connections, whose attributes clients fill.
const CONNECTIONS: &[&str] = &[
    "fastapi.Request()",
    "fastapi.requests.Request()",
    "starlette.requests.Request()",
    "fastapi.WebSocket()",
    "fastapi.websockets.WebSocket()",
    "starlette.websockets.WebSocket()",
    "fastapi.UploadFile()",
    "starlette.datastructures.UploadFile()",
];

/// What of them clients send.
const SENT: &[&str] = &[
    "query_params",
    "path_params",
    "headers",
    "cookies",
    "url",
    "body",
    "json",
    "form",
    "stream",
    "receive",
    "receive_text",
    "receive_json",
    "receive_bytes",
    "iter_text",
    "iter_json",
    "filename",
    "read",
    "file",
];

/// What a path reads from a request, if it does: `headers` of `fastapi.Request().headers.get`.
pub(crate) fn sent_by_client(path: &str) -> Option<&str> {
    let rest = CONNECTIONS
        .iter()
        .find_map(|connection| path.strip_prefix(connection))?;
    let name = rest.strip_prefix('.')?.split(['.', '(']).next()?;
    SENT.contains(&name).then_some(name)
}

/// Functions that describe a parameter of a route in its default or annotation.
pub(crate) fn is_parameter_function(path: &str) -> bool {
    let name = path.strip_prefix("fastapi.").map(|rest| rest.rsplit('.').next());
    matches!(
        name,
        Some(Some("Query" | "Path" | "Header" | "Cookie" | "Body" | "Form" | "File"))
    )
}

/// The class of Starlette's cross-origin middleware, by the names under which it is imported.
pub(crate) const CORS_MIDDLEWARE: &[&str] = &[
    "fastapi.middleware.cors.CORSMiddleware",
    "starlette.middleware.cors.CORSMiddleware",
];

/// A class or function whose argument reaches a client.
pub(crate) struct Answering {
    pub(crate) paths: &'static [&'static str],
    pub(crate) content: Argument,
    pub(crate) status: Option<Argument>,
    /// The status where none is given.
    pub(crate) default_status: Option<u16>,
    pub(crate) is_exception: bool,
}

pub(crate) const ANSWERING: &[Answering] = &[
    Answering {
        paths: &[
            "fastapi.HTTPException",
            "fastapi.exceptions.HTTPException",
            "starlette.exceptions.HTTPException",
        ],
        content: argument(1, &["detail"]),
        status: Some(argument(0, &["status_code"])),
        default_status: None,
        is_exception: true,
    },
    Answering {
        paths: &[
            "fastapi.WebSocketException",
            "fastapi.exceptions.WebSocketException",
            "starlette.exceptions.WebSocketException",
        ],
        content: argument(1, &["reason"]),
        status: None,
        default_status: None,
        is_exception: true,
    },
    Answering {
        paths: &[
            "fastapi.responses.JSONResponse",
            "fastapi.responses.ORJSONResponse",
            "fastapi.responses.UJSONResponse",
            "fastapi.responses.PlainTextResponse",
            "fastapi.responses.HTMLResponse",
            "fastapi.responses.Response",
            "fastapi.responses.StreamingResponse",
            "fastapi.Response",
            "starlette.responses.JSONResponse",
            "starlette.responses.PlainTextResponse",
            "starlette.responses.HTMLResponse",
            "starlette.responses.Response",
            "starlette.responses.StreamingResponse",
        ],
        content: argument(0, &["content"]),
        status: Some(argument(1, &["status_code"])),
        default_status: Some(200),
        is_exception: false,
    },
];

/// Methods of a connection whose argument reaches a client.
pub(crate) const CONNECTION_METHODS: &[(&str, Argument)] = &[
    ("close", argument(1, &["reason"])),
    ("send_text", argument(0, &["data"])),
    ("send_json", argument(0, &["data"])),
    ("send_bytes", argument(0, &["data"])),
    ("send_denial_response", keyword(&["response"])),
];

/// FastAPI's exception with a status.
pub(crate) const HTTP_EXCEPTIONS: &[&str] = &[
    "fastapi.HTTPException",
    "fastapi.exceptions.HTTPException",
    "starlette.exceptions.HTTPException",
];

/// Exceptions whose text the application writes itself.
pub(crate) const OWN_EXCEPTIONS: &[&str] = &[
    "fastapi.HTTPException",
    "fastapi.exceptions.HTTPException",
    "starlette.exceptions.HTTPException",
    "fastapi.WebSocketException",
    "fastapi.exceptions.WebSocketException",
    "starlette.exceptions.WebSocketException",
];

/// Exceptions that say what was wrong with the client's own input.
pub(crate) const VALIDATION_EXCEPTIONS: &[&str] = &[
    "fastapi.exceptions.RequestValidationError",
    "fastapi.exceptions.ValidationException",
    "fastapi.exceptions.WebSocketRequestValidationError",
    "pydantic.ValidationError",
    "pydantic_core.ValidationError",
    "pydantic_core.PydanticCustomError",
    "pydantic.error_wrappers.ValidationError",
    "email_validator.EmailNotValidError",
];

/// Members of `http.HTTPStatus`.
pub(crate) const STATUS_NAMES: &[(&str, u16)] = &[
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("CONFLICT", 409),
    ("UNPROCESSABLE_ENTITY", 422),
    ("UNPROCESSABLE_CONTENT", 422),
    ("TOO_MANY_REQUESTS", 429),
    ("INTERNAL_SERVER_ERROR", 500),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("GATEWAY_TIMEOUT", 504),
];

/// The class that calls a `dispatch` which it is given, or which a subclass has.
pub(crate) const BASE_HTTP_MIDDLEWARE: &str = "starlette.middleware.base.BaseHTTPMiddleware";
