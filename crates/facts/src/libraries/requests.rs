//! Which part of a request FastAPI and Starlette read what from.

use crate::flow::RequestPart;

/// Paths of requests and connections.
const CONNECTIONS: &[&str] = &[
    "fastapi.Request",
    "fastapi.requests.Request",
    "starlette.requests.Request",
    "starlette.requests.HTTPConnection",
    "fastapi.requests.HTTPConnection",
    "fastapi.WebSocket",
    "fastapi.websockets.WebSocket",
    "starlette.websockets.WebSocket",
];

/// What of them is read from where.
const MEMBERS: &[(&str, RequestPart)] = &[
    ("headers", RequestPart::Header),
    ("cookies", RequestPart::Cookie),
    ("query_params", RequestPart::Query),
    ("path_params", RequestPart::Path),
    ("url", RequestPart::Any),
    ("body", RequestPart::Body),
    ("json", RequestPart::Body),
    ("form", RequestPart::Body),
    ("stream", RequestPart::Body),
    ("receive", RequestPart::Body),
    ("receive_text", RequestPart::Body),
    ("receive_json", RequestPart::Body),
    ("receive_bytes", RequestPart::Body),
    ("iter_text", RequestPart::Body),
    ("iter_json", RequestPart::Body),
];

/// Functions in a parameter's default or annotation.
const PARAMETERS: &[(&str, RequestPart)] = &[
    ("Query", RequestPart::Query),
    ("Path", RequestPart::Path),
    ("Header", RequestPart::Header),
    ("Cookie", RequestPart::Cookie),
    ("Body", RequestPart::Body),
    ("Form", RequestPart::Body),
    ("File", RequestPart::Body),
];

/// Security schemes: they read a credential and verify nothing.
const SCHEMES: &[(&str, RequestPart)] = &[
    ("OAuth2PasswordBearer", RequestPart::Header),
    ("OAuth2AuthorizationCodeBearer", RequestPart::Header),
    ("OAuth2", RequestPart::Header),
    ("HTTPBearer", RequestPart::Header),
    ("HTTPBasic", RequestPart::Header),
    ("HTTPDigest", RequestPart::Header),
    ("HTTPBase", RequestPart::Header),
    ("OpenIdConnect", RequestPart::Header),
    ("APIKeyHeader", RequestPart::Header),
    ("APIKeyQuery", RequestPart::Query),
    ("APIKeyCookie", RequestPart::Cookie),
];

/// Whether an object of this class is the request, or what a route may answer through: no input of its own.
pub(crate) fn is_connection(path: &str) -> bool {
    CONNECTIONS.contains(&path)
}

/// The part of the request that `fastapi.Request().headers.get` and the like read.
pub(crate) fn request_part(path: &str) -> Option<RequestPart> {
    let member = CONNECTIONS
        .iter()
        .find_map(|connection| path.strip_prefix(connection)?.strip_prefix("()."))?;
    let name = member.split(['.', '(']).next()?;
    lookup(MEMBERS, name)
}

/// The part that `Header()` and its like stand for.
pub(crate) fn parameter_part(path: &str) -> Option<RequestPart> {
    lookup(PARAMETERS, path.strip_prefix("fastapi.")?.rsplit('.').next()?)
}

/// The part that a security scheme reads its credential from.
/// Whether a security scheme gives what stands behind `Bearer` in the header.
pub(crate) fn is_bearer_scheme(path: &str) -> bool {
    scheme_part(path) == Some(RequestPart::Header) && (path.ends_with("Bearer") || path.ends_with(".OAuth2"))
}

pub(crate) fn scheme_part(path: &str) -> Option<RequestPart> {
    let name = path
        .strip_prefix("fastapi.security.")
        .or_else(|| path.strip_prefix("fastapi.openapi.models."))?;
    lookup(SCHEMES, name.rsplit('.').next()?)
}

fn lookup(table: &[(&str, RequestPart)], name: &str) -> Option<RequestPart> {
    table.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
}
