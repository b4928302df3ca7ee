//! Identities that come from sessions or from another server instead of the token.

use semantic::{ExprRef, FunctionRef, Model, TextOrValue, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::applications::Applications;
use crate::development::is_development_only;
use crate::libraries::privileges::plain;
use crate::tokens::TokenDecode;
use crate::visits::Bodies;

#[derive(Debug, Default)]
pub struct Sessions {
    /// In projects that verify tokens.
    pub identities: Vec<SessionIdentity>,
    pub remote: Vec<RemoteVerification>,
}

/// Somebody's identity, read from a session.
#[derive(Debug, Clone)]
pub struct SessionIdentity {
    pub span: Span,
    pub key: String,
    pub kind: SessionKind,
    /// A place that verifies a token.
    pub token: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// `request.session["user_id"]`
    Session,
    /// A cookie with the id of a session.
    Cookie,
}

/// A request to another server that says who the caller is.
#[derive(Debug, Clone)]
pub struct RemoteVerification {
    pub span: Span,
    /// The constant part of the address.
    pub url: String,
    pub function: String,
}

/// Keys of a session that say who somebody is.
const IDENTITIES: &[&str] = &[
    "user",
    "userid",
    "useruuid",
    "uid",
    "username",
    "useremail",
    "email",
    "sub",
    "account",
    "accountid",
    "currentuser",
    "identity",
    "loggedin",
    "isloggedin",
    "isauthenticated",
    "authenticated",
    "role",
    "isadmin",
    "memberid",
    "customerid",
];

/// Names of cookies with the id of a session.
const SESSION_COOKIES: &[&str] = &[
    "session",
    "sessionid",
    "sessiontoken",
    "sid",
    "usersession",
    "betterauth.sessiontoken",
    "nextauth.sessiontoken",
    "authjs.sessiontoken",
];

/// Ends of addresses that answer who a session belongs to.
const SESSION_PATHS: &[&str] = &[
    "get-session",
    "getsession",
    "/auth/session",
    "verify-session",
    "/session/verify",
    "/sessions/verify",
    "validate-session",
    "/session/validate",
    "/sessions/whoami",
];

/// Ends of addresses that do so on the frontend's server.
const IDENTITY_PATHS: &[&str] = &["/verify", "/verify-token", "/validate", "/me", "/session", "/user"];

pub(crate) fn find<'f>(
    model: &Model<'_>,
    decodes: &[TokenDecode],
    applications: impl FnOnce() -> &'f Applications,
) -> Sessions {
    let mut out = Sessions::default();
    let token = decodes.iter().find(|decode| !decode.call.is_test);
    let bodies = Bodies::new(model);
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        if let Some(token) = token {
            identities(model, &bodies, file, decodes, token.call.span, &mut out.identities);
        }
        remote(model, file, &mut out.remote);
    }
    if !out.identities.is_empty() {
        keep_of_one_application(model, decodes, applications(), &mut out.identities);
    }
    text::sort_by_number(&mut out.identities, |identity| identity.span.number());
    // A function that tries several cookies makes one mistake.
    let around = |identity: &SessionIdentity| model.function_at(identity.span.file, identity.span.range.start());
    out.identities
        .dedup_by(|later, first| around(later).is_some() && around(later) == around(first));
    text::sort_by_number(&mut out.remote, |remote| remote.span.number());
    out
}

/// Keeps identities whose application verifies tokens, too: a folder may hold several applications side by side.
fn keep_of_one_application(
    model: &Model<'_>,
    decodes: &[TokenDecode],
    applications: &Applications,
    identities: &mut Vec<SessionIdentity>,
) {
    let served = applications.applications.iter();
    let served = served.filter(|application| !application.is_test && application.mounts.is_empty());
    let folder = |file: FileId| {
        let path = model.file(file).path();
        &path[..path.rfind('/').map_or(0, |at| at + 1)]
    };
    let folders: Vec<&str> = served.map(|application| folder(application.span.file)).collect();
    if folders.len() < 2 {
        return;
    }
    identities.retain_mut(|identity| {
        let path = model.file(identity.span.file).path();
        let mut around = folders.iter().filter(|folder| path.starts_with(**folder)).peekable();
        if around.peek().is_none() {
            return true;
        }
        let token = around.find_map(|folder| {
            decodes
                .iter()
                .find(|decode| !decode.call.is_test && folder_holds(model, folder, decode.call.span.file))
        });
        if let Some(token) = token {
            identity.token = token.call.span;
        }
        token.is_some()
    });
}

fn folder_holds(model: &Model<'_>, folder: &str, file: FileId) -> bool {
    model.file(file).path().starts_with(folder)
}

fn identities(
    model: &Model<'_>,
    bodies: &Bodies<'_, '_>,
    file: FileId,
    decodes: &[TokenDecode],
    token: Span,
    out: &mut Vec<SessionIdentity>,
) {
    let source = model.file(file).source();
    let ast = source.ast();
    if ast.name("session").is_none() && ast.name("cookies").is_none() && ast.name("Cookie").is_none() {
        return;
    }
    let mut add = |expr: ExprRef, object: ExprId, key: ExprId| {
        let ExprKind::Attribute { object: of, name, .. } = ast[object].kind else {
            return;
        };
        let kind = match source.name(name) {
            "session" => SessionKind::Session,
            "cookies" => SessionKind::Cookie,
            _ => return,
        };
        if !is_request(model, ExprRef { file, id: of }) {
            return;
        }
        let Some(key) = model
            .eval(ExprRef { file, id: key })
            .first()
            .and_then(|value| value.as_str().map(str::to_owned))
        else {
            return;
        };
        let known = match kind {
            SessionKind::Session => IDENTITIES,
            SessionKind::Cookie => SESSION_COOKIES,
        };
        if known.contains(&&*plain(&key)) && is_authentication(model, bodies, expr, kind, decodes) {
            out.push(SessionIdentity {
                span: model.span(expr),
                key,
                kind,
                token,
            });
        }
    };
    for call in model.calls_named(file, ["get"]) {
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            continue;
        };
        if let (ExprKind::Attribute { object, .. }, Some(first)) = (ast[function].kind, ast[arguments].first()) {
            add(call, object, first.value);
        }
    }
    // `request.session["user_id"]`; asked of the text first, because most files that say `session` mean a database.
    let subscripts = source.text().contains(".session") || source.text().contains(".cookies");
    let exprs = subscripts.then(|| ast.exprs()).into_iter().flatten();
    for (id, expr) in exprs {
        if let ExprKind::Subscript { object, index } = expr.kind
            && matches!(ast[object].kind, ExprKind::Attribute { .. })
            && !is_changed(ast, id)
        {
            add(ExprRef { file, id }, object, index);
        }
    }
    cookie_parameters(model, bodies, file, decodes, token, out);
}

/// `session_id: str = Cookie(None)`
fn cookie_parameters(
    model: &Model<'_>,
    bodies: &Bodies<'_, '_>,
    file: FileId,
    decodes: &[TokenDecode],
    token: Span,
    out: &mut Vec<SessionIdentity>,
) {
    let source = model.file(file).source();
    let ast = source.ast();
    for call in model.calls_named(file, ["Cookie"]) {
        let Some(function) = model.function_at(file, ast[call.id].range.start()) else {
            continue;
        };
        let place = ast[call.id].range;
        let named = ast[ast[function.id].parameters].iter().find(|parameter| {
            let holds = |id: Option<ExprId>| id.is_some_and(|id| ast[id].range.contains_range(place));
            holds(parameter.default) || holds(parameter.annotation)
        });
        let alias = crate::models::classes::argument(model, call, None, &["alias"])
            .and_then(|alias| crate::models::classes::constant_text(model, alias));
        let Some(key) = alias.or_else(|| named.map(|parameter| source.name(parameter.name).to_owned())) else {
            continue;
        };
        if SESSION_COOKIES.contains(&&*plain(&key))
            && !is_admin_or_login(model, function)
            && !decodes_token(bodies, function, decodes)
        {
            out.push(SessionIdentity {
                span: model.span(call),
                key,
                kind: SessionKind::Cookie,
                token,
            });
        }
    }
}

/// The session is asked who the caller is: not by a login with another provider, an admin interface, or what
/// verifies a token that it finds there.
fn is_authentication(
    model: &Model<'_>,
    bodies: &Bodies<'_, '_>,
    expr: ExprRef,
    kind: SessionKind,
    decodes: &[TokenDecode],
) -> bool {
    let Some(function) = model.enclosing_function(expr) else {
        return false;
    };
    let is_excused = is_admin_or_login(model, function)
        || is_development_only(model, model.span(expr))
        || (kind == SessionKind::Cookie && decodes_token(bodies, function, decodes));
    !is_excused
}

fn is_admin_or_login(model: &Model<'_>, function: FunctionRef) -> bool {
    let name = plain(model.function_name(function));
    let words = ["login", "logout", "signin", "signout", "callback", "oauth", "flash"];
    if words.iter().any(|word| name.contains(word)) {
        return true;
    }
    let ast = model.ast(function.file);
    let of_admin = ast.class_of_method(function.id).is_some_and(|id| {
        let class = semantic::ClassRef {
            file: function.file,
            id,
        };
        model.descends_from(class, |path| path.contains("admin") || path.ends_with("AuthProvider"))
    });
    of_admin || model.file(function.file).path().to_ascii_lowercase().contains("admin")
}

/// A token is decoded in a function, or in what it calls.
fn decodes_token(bodies: &Bodies<'_, '_>, function: FunctionRef, decodes: &[TokenDecode]) -> bool {
    let mut pending = vec![(function, 0)];
    let mut seen = vec![function];
    while let Some((function, depth)) = pending.pop() {
        let decodes_here = decodes.iter().any(|decode| {
            decode
                .call
                .function
                .as_ref()
                .is_some_and(|around| around.id == function)
        });
        if decodes_here {
            return true;
        }
        if depth >= 3 || seen.len() > 30 {
            continue;
        }
        for call in bodies.of(function, |kind| matches!(kind, ExprKind::Call { .. })) {
            for (called, _) in bodies.entered(call, None) {
                if !seen.contains(&called) {
                    seen.push(called);
                    pending.push((called, depth + 1));
                }
            }
        }
    }
    false
}

impl crate::Facts<'_> {
    /// Whether `request.session` stands anywhere, outside of tests.
    pub fn reads_sessions(&self) -> bool {
        let model = &self.model;
        let mut files = model.file_ids().filter(|&file| !model.file(file).is_test());
        files.any(|file| {
            let ast = model.ast(file);
            ast.name("session").is_some_and(|session| {
                ast.exprs().any(|(_, expr)| match expr.kind {
                    ExprKind::Attribute { object, name, .. } => {
                        name == session && is_request(model, ExprRef { file, id: object })
                    }
                    _ => false,
                })
            })
        })
    }
}

fn is_request(model: &Model<'_>, object: ExprRef) -> bool {
    let text = &*model.written(object);
    matches!(text, "request" | "req" | "websocket" | "self.request" | "conn")
        || model.eval(object).iter().any(|value| match &value.kind {
            ValueKind::Call { path, .. } => path.ends_with(".Request") || path.ends_with(".HTTPConnection"),
            _ => false,
        })
}

/// Assigned or deleted, not read.
fn is_changed(ast: &Ast, id: ExprId) -> bool {
    match ast[ast.stmt_of(id)].kind {
        StmtKind::Assign { targets, .. } => ast[targets].contains(&id),
        StmtKind::Delete(targets) => ast[targets].contains(&id),
        StmtKind::AugmentedAssign { target, .. } => target == id,
        _ => false,
    }
}

// Other servers

fn remote(model: &Model<'_>, file: FileId, out: &mut Vec<RemoteVerification>) {
    for call in model.calls_named(file, ["get", "post", "request"]) {
        let Some(path) = model.called_path(call) else { continue };
        let client = path.split('.').next().unwrap_or_default();
        if !matches!(client, "requests" | "httpx" | "aiohttp" | "urllib3") {
            continue;
        }
        let arguments = model.arguments(call, None);
        let position = if path.ends_with(".request") { 1 } else { 0 };
        let Some(url) = arguments.get(Some(position), &["url"]) else {
            continue;
        };
        let Some(function) = model.enclosing_function(call) else {
            continue;
        };
        let Some(found) = url
            .values
            .iter()
            .find_map(|value| asked(value, &mentioned(model, url.span)))
        else {
            continue;
        };
        if is_admin_or_login(model, function) || is_development_only(model, model.span(call)) {
            continue;
        }
        out.push(RemoteVerification {
            span: model.span(call),
            url: found,
            function: model.function_name(function).to_owned(),
        });
    }
}

/// The names that stand in an argument, where a name stands for a text those of that text too.
fn mentioned(model: &Model<'_>, span: Span) -> String {
    let mut out = model.text(span).to_owned();
    if let Some(expr) = model.expr_of(span)
        && matches!(model.expr(expr).kind, ExprKind::Name(_))
        && let semantic::NameUse::Bound(definitions) = model.definitions(expr)
    {
        for definition in &definitions {
            if let semantic::BindingKind::Value(id) = definition.binding.kind {
                let value = ExprRef {
                    file: definition.file,
                    id,
                };
                out.push(' ');
                out.push_str(&model.written(value));
            }
        }
    }
    out
}

/// The address, where it asks for the owner of a session.
fn asked(value: &Value, written: &str) -> Option<String> {
    let url = match &value.kind {
        ValueKind::Str(text) => text.to_string(),
        ValueKind::Format(parts) => parts
            .iter()
            .map(|part| match part {
                TextOrValue::Text(text) => text.to_string(),
                TextOrValue::Value(_, values) => match values.as_slice() {
                    [value] => value.as_str().unwrap_or("…").to_owned(),
                    _ => "…".to_owned(),
                },
            })
            .collect(),
        _ => return None,
    };
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let lower = path.to_ascii_lowercase();
    if SESSION_PATHS.iter().any(|end| lower.ends_with(end)) {
        return Some(url);
    }
    let names = plain(written);
    let is_frontend = ["frontend", "betterauth", "nextauth", "nextpublic", "nextjs"]
        .iter()
        .any(|name| names.contains(name))
        || lower.contains("localhost:3000");
    (is_frontend && IDENTITY_PATHS.iter().any(|end| lower.ends_with(end))).then_some(url)
}
