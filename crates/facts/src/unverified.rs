//! Claims that are read without verification, and what for.

use std::rc::Rc;

use semantic::{DictEntry, ExprRef, Following, Model, UseKind, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::libraries::{JSON_READERS, TokenLibrary};
use crate::shapes;
use crate::tokens::{TokenDecode, UnverifiedRead};
use crate::verification::{Fate, Verification};

/// What unverified claims are read for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The same token is verified on every way on.
    VerifiedToo,
    /// The signature is verified, and that the token is expired is passed over; by this handler.
    VerifiedButExpired(Span),
    /// Only claims that choose a key are read, and compared with what is known.
    Routing,
    /// Only claims that choose a key are read, and nothing compares them.
    UncheckedRouting,
    /// Only the times are read; `in_handler`: on the way to an answer to a client.
    Times { in_handler: bool },
    /// Only the token's own id is read, to revoke it or look it up.
    TokenId,
    /// They are only printed or logged.
    Logged,
    /// They are thrown away: what looks like a check is none. The token is verified elsewhere.
    Discarded,
    /// The token comes straight from the server that issues it.
    FromIssuer { only_times: bool },
    /// They are used as if they were true.
    Identity {
        /// Claims that are read, by name.
        claims: Vec<String>,
    },
    /// What is taken apart by hand does not look like a token.
    NotAToken,
}

const ROUTING_CLAIMS: &[&str] = &[
    "iss",
    "issuer",
    "aud",
    "azp",
    "tid",
    "client_id",
    "kid",
    "alg",
    "typ",
    "cty",
    "x5t",
];
const TIME_CLAIMS: &[&str] = &["exp", "iat", "nbf", "auth_time"];
const TOKEN_ID_CLAIMS: &[&str] = &["jti"];

/// Claims that make a dictionary the payload of a token.
const TELLING_CLAIMS: &[&str] = &[
    "sub",
    "exp",
    "iat",
    "iss",
    "aud",
    "jti",
    "email",
    "role",
    "roles",
    "scope",
    "scopes",
    "user_id",
    "userId",
    "username",
    "preferred_username",
    "uid",
    "name",
    "id",
];

/// Words in the names of variables that hold tokens.
const TOKEN_WORDS: &[&str] = &["token", "jwt", "bearer", "auth", "cred", "jws", "assertion"];

/// Functions whose result counts as the claims that they are given.
const PASSED_ON: &[&str] = &[
    "builtins.dict",
    "builtins.str",
    "builtins.bytes",
    "copy.copy",
    "copy.deepcopy",
    "typing.cast",
];

/// Loggers and printers: what a path begins with.
const LOGGERS: &[&str] = &["logging.", "loguru.", "structlog.", "builtins.print", "pprint."];

pub(crate) fn of_decode(verification: &Verification<'_, '_>, decode: &TokenDecode) -> Option<Purpose> {
    let signature = decode.signature();
    let ways: Vec<Span> = signature
        .known
        .iter()
        .filter(|way| !way.value)
        .flat_map(|way| way.passed().collect::<Vec<_>>())
        .collect();
    let is_off = signature.known.iter().any(|way| !way.value);
    let is_legacy = decode.legacy_verify.find(|&verify| !verify).is_some();
    (is_off || is_legacy || decode.switch("verify_signature").is_some()).then(|| {
        let is_complete = decode.function.path.ends_with("decode_complete");
        let read = Read {
            call: decode.id,
            token: decode.token_expr,
            library: Some(decode.library),
            is_decode: true,
            is_complete,
        };
        purpose(verification, &read, &ways)
    })
}

pub(crate) fn of_read(verification: &Verification<'_, '_>, unverified: &UnverifiedRead) -> Option<Purpose> {
    let read = Read {
        call: unverified.id,
        token: unverified.token_expr,
        library: unverified.library,
        is_decode: false,
        is_complete: unverified.library.is_some_and(|library| library.name == "joserfc"),
    };
    Some(purpose(verification, &read, &[]))
}

struct Read {
    call: ExprRef,
    token: Option<ExprRef>,
    /// `None`: by hand.
    library: Option<&'static TokenLibrary>,
    /// By a function that verifies unless it is told otherwise.
    is_decode: bool,
    /// The result holds header and payload.
    is_complete: bool,
}

fn purpose(verification: &Verification<'_, '_>, read: &Read, ways: &[Span]) -> Purpose {
    let model = verification.model;
    if let Some(expr) = read.token {
        let token = verification.token(expr);
        match verification.fate(read.call, &token, ways) {
            Fate::Verified if read.is_decode && is_discarded(model, read.call) => return Purpose::Discarded,
            Fate::Verified => return Purpose::VerifiedToo,
            Fate::Expired(handler) => return Purpose::VerifiedButExpired(handler),
            Fate::Open => {}
        }
    }
    let claims = Claims::new(model, read);
    if read.library.is_none() && !looks_like_token(model, read, &claims) {
        return Purpose::NotAToken;
    }
    let names: Vec<&str> = claims.items.iter().map(|(name, _)| &**name).collect();
    let all_in = |lists: &[&[&str]]| names.iter().all(|name| lists.iter().any(|list| list.contains(name)));
    if read.token.is_some_and(|token| is_from_issuer(model, token)) {
        let only_times = !claims.escape && !names.is_empty() && all_in(&[TIME_CLAIMS]);
        return Purpose::FromIssuer { only_times };
    }
    if !claims.escape {
        if names.is_empty() && claims.is_logged {
            return Purpose::Logged;
        }
        if names.is_empty() && claims.has_header {
            return Purpose::Routing;
        }
        if !names.is_empty() && all_in(&[TIME_CLAIMS]) {
            return Purpose::Times {
                in_handler: verification.has_reached_handler(),
            };
        }
        if !names.is_empty() && all_in(&[TIME_CLAIMS, TOKEN_ID_CLAIMS]) {
            return Purpose::TokenId;
        }
        if !names.is_empty() && all_in(&[ROUTING_CLAIMS, TIME_CLAIMS]) {
            let chooses = || {
                let items = claims.items.iter();
                items.filter(|(name, _)| ROUTING_CLAIMS.contains(&&**name))
            };
            if chooses().all(|(_, item)| is_only_told(model, *item)) {
                return Purpose::Logged;
            }
            let mut are_checked = chooses().map(|(_, item)| is_compared(model, *item));
            return match are_checked.any(|checked| checked) {
                true => Purpose::Routing,
                false => Purpose::UncheckedRouting,
            };
        }
    }
    let mut claims: Vec<String> = names.into_iter().map(str::to_owned).collect();
    text::sort(&mut claims);
    claims.dedup();
    Purpose::Identity { claims }
}

/// What is read of claims.
pub(crate) struct Claims {
    /// By name, with the expression that holds it.
    items: Vec<(Rc<str>, ExprRef)>,
    is_logged: bool,
    /// The header is read, which comes along with them.
    has_header: bool,
    /// They go on as a whole, or some claim with an unknown name does.
    escape: bool,
}

impl Claims {
    /// What is read of the claims of a decode, seen from outside.
    pub(crate) fn of_call(model: &Model<'_>, call: ExprRef, is_complete: bool) -> Claims {
        let read = Read {
            call,
            token: None,
            library: None,
            is_decode: true,
            is_complete,
        };
        Claims::new(model, &read)
    }

    /// Only the times are read, and perhaps the token's own id: nothing that names a user.
    pub(crate) fn names_nobody(&self) -> bool {
        let is_harmless = |name: &str| TIME_CLAIMS.contains(&name) || TOKEN_ID_CLAIMS.contains(&name);
        !self.escape && !self.items.is_empty() && self.items.iter().all(|(name, _)| is_harmless(name))
    }

    fn new(model: &Model<'_>, read: &Read) -> Claims {
        let mut claims = Claims {
            items: Vec::new(),
            is_logged: false,
            has_header: false,
            escape: false,
        };
        claims.collect(model, read.call, read.is_complete, 0);
        claims
    }

    fn collect(&mut self, model: &Model<'_>, value: ExprRef, is_complete: bool, depth: u32) {
        let following = Following {
            passes_through: &|path| PASSED_ON.contains(&path) || JSON_READERS.contains(&path),
            into_callers: true,
        };
        for found in model.uses(value, following) {
            match found.kind {
                UseKind::Item { key: Some(key), item } => match &*key {
                    "payload" if is_complete && depth < 2 => self.collect(model, item, false, depth + 1),
                    "header" | "signature" if is_complete => self.has_header = true,
                    _ => self.items.push((key, item)),
                },
                UseKind::Item { key: None, .. } => self.escape = true,
                // `joserfc`: `token.payload`, `token.claims`
                UseKind::Attribute { name, call } if is_complete => match &*name {
                    "header" | "headers" | "protected" => self.has_header = true,
                    "payload" | "claims" if depth < 2 && call.is_none() => {
                        let ast = model.ast(found.value.file);
                        if let Some(id) = ast.parent_expr(found.value.id) {
                            let file = found.value.file;
                            self.collect(model, ExprRef { file, id }, false, depth + 1);
                        }
                    }
                    _ => self.escape = true,
                },
                UseKind::Argument { call } => match is_logger(model, call) {
                    true => self.is_logged = true,
                    false => self.escape = true,
                },
                UseKind::Text => match is_inside_logger(model, found.value) {
                    true => self.is_logged = true,
                    false => self.escape = true,
                },
                UseKind::Tested => {}
                UseKind::Compared { .. } if is_membership(model, found.value) => {}
                UseKind::Attribute { .. }
                | UseKind::Compared { .. }
                | UseKind::Index { .. }
                | UseKind::Returned { .. }
                | UseKind::Escapes => self.escape = true,
            }
        }
    }
}

/// Whether a call is a statement of its own.
fn is_discarded(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    matches!(ast[ast.stmt_of(call.id)].kind, StmtKind::Expr(id) if id == call.id)
}

/// `"iss" in claims`
fn is_membership(model: &Model<'_>, value: ExprRef) -> bool {
    let ast = model.ast(value.file);
    let Some(parent) = ast.parent_expr(value.id) else {
        return false;
    };
    match ast[parent].kind {
        ExprKind::Compare { rest, .. } => ast[rest].iter().any(|comparison| {
            comparison.right == value.id && matches!(comparison.operator, CompareOperator::In | CompareOperator::NotIn)
        }),
        _ => false,
    }
}

/// Whether a claim is compared with what the service trusts, or looked up in it.
fn is_compared(model: &Model<'_>, item: ExprRef) -> bool {
    let following = Following {
        passes_through: &|path| PASSED_ON.contains(&path),
        into_callers: true,
    };
    model.uses(item, following).iter().any(|found| match &found.kind {
        UseKind::Compared { comparison } => {
            let ast = model.ast(comparison.file);
            let ExprKind::Compare { rest, .. } = ast[comparison.id].kind else {
                return false;
            };
            ast[rest].iter().any(|compared| {
                let file = comparison.file;
                match compared.operator {
                    CompareOperator::In | CompareOperator::NotIn => {
                        let id = compared.right;
                        id == found.value.id || is_trusted(model, ExprRef { file, id })
                    }
                    CompareOperator::Equal | CompareOperator::NotEqual => true,
                    _ => false,
                }
            })
        }
        UseKind::Index { container } => is_trusted(model, *container),
        UseKind::Argument { call } => is_looked_up(model, *call),
        _ => false,
    })
}

/// `KEYS.get(issuer)`, `Issuer(issuer)` of an enumeration.
fn is_looked_up(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let ExprKind::Call { function, .. } = ast[call.id].kind else {
        return false;
    };
    match ast[function].kind {
        ExprKind::Attribute { name, object, .. } if model.file(call.file).source().name(name) == "get" => {
            let id = object;
            is_trusted(model, ExprRef { file: call.file, id })
        }
        _ => model
            .callee(call)
            .iter()
            .any(|callee| matches!(callee.kind, ValueKind::Class(class) if shapes::is_enumeration(model, class))),
    }
}

/// Whether a container holds what the service trusts: all of a literal one is written in the code, and nothing of
/// it comes from whoever calls the function.
fn is_trusted(model: &Model<'_>, container: ExprRef) -> bool {
    let is_given = |value: &Value| matches!(value.kind, ValueKind::Parameter { .. });
    model.eval(container).iter().all(|value| match &value.kind {
        ValueKind::List(items) => !items.is_empty() && !items.iter().flatten().any(is_given),
        ValueKind::Dict(entries) => {
            !entries.is_empty()
                && entries
                    .iter()
                    .all(|entry| matches!(entry, DictEntry::Pair { key: Some(_), .. }))
        }
        _ => !is_given(value),
    })
}

/// Whether all that is done with a claim is to write it into a text or a log.
fn is_only_told(model: &Model<'_>, item: ExprRef) -> bool {
    let following = Following {
        passes_through: &|path| PASSED_ON.contains(&path),
        into_callers: true,
    };
    let uses = model.uses(item, following);
    !uses.is_empty()
        && uses.iter().all(|found| match &found.kind {
            UseKind::Text => true,
            UseKind::Argument { call } => is_logger(model, *call),
            _ => false,
        })
}

pub(crate) fn is_logger(model: &Model<'_>, call: ExprRef) -> bool {
    if let Some(path) = model.called_path(call) {
        return LOGGERS.iter().any(|logger| path.starts_with(logger));
    }
    // `self.logger.info(…)`, `request.app.logger.debug(…)`
    let Some(receiver) = model.receiver(call) else {
        return false;
    };
    let text = &*model.written(receiver);
    matches!(text.rsplit('.').next(), Some("logger" | "log" | "_logger"))
}

/// A block that does nothing but say so.
pub(crate) fn only_logs(model: &Model<'_>, file: FileId, block: Block) -> bool {
    let ast = model.ast(file);
    ast[block].iter().all(|&stmt| match ast[stmt].kind {
        StmtKind::Pass => true,
        StmtKind::Expr(id) => {
            matches!(ast[id].kind, ExprKind::Ellipsis | ExprKind::String { .. })
                || is_logger(model, ExprRef { file, id })
        }
        _ => false,
    })
}

/// Whether an expression is a part of what a logger is given.
fn is_inside_logger(model: &Model<'_>, expr: ExprRef) -> bool {
    let ast = model.ast(expr.file);
    let mut at = expr.id;
    for _ in 0..8 {
        let Some(parent) = ast.parent_expr(at) else {
            return false;
        };
        at = parent;
        if matches!(ast[at].kind, ExprKind::Call { .. }) {
            return is_logger(
                model,
                ExprRef {
                    file: expr.file,
                    id: at,
                },
            );
        }
    }
    false
}

/// `response.json()["id_token"]`: OpenID Connect lets a client trust the server that it asked over TLS.
fn is_from_issuer(model: &Model<'_>, token: ExprRef) -> bool {
    let is_response = |path: &str| {
        ["httpx.", "requests.", "aiohttp.", "authlib.integrations."]
            .iter()
            .any(|client| path.starts_with(client))
    };
    let values = model.eval(token);
    !values.is_empty()
        && values.iter().all(|value| {
            let mut at = value;
            for _ in 0..6 {
                match &at.kind {
                    ValueKind::Call { path, .. } | ValueKind::External(path) => return is_response(path),
                    ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => at = base,
                    _ => return false,
                }
            }
            false
        })
}

/// Whether what is taken apart by hand is a token, by the names of variables or by what is read of it.
fn looks_like_token(model: &Model<'_>, read: &Read, claims: &Claims) -> bool {
    let is_named = read.token.is_some_and(|token| {
        let text = model.written(token).to_lowercase();
        TOKEN_WORDS.iter().any(|word| text.contains(word))
    });
    is_named || claims.items.iter().any(|(name, _)| TELLING_CLAIMS.contains(&&**name))
}
