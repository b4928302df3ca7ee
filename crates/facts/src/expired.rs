//! What is done with tokens that are expired.

mod by_hand;

use std::rc::Rc;

use semantic::{Catch, ExprRef, Following, Model, UseKind};
use syntax::ast::*;
use text::Span;

use crate::libraries::{Expiry, JSON_READERS, TOKEN_LIBRARIES};
use crate::source::{CallSyntax, Function, function_of};
use crate::tokens::TokenDecode;
use crate::unverified::{Claims, Purpose, is_logger, only_logs};
use crate::verification::{ExitKind, Status, Token, Verification, catches_expired};

/// A handler that takes an expired token for a good one.
#[derive(Debug, Clone)]
pub struct ExpiredAccepted {
    /// The exceptions as written.
    pub handler: Span,
    pub decode: CallSyntax,
    pub form: AcceptedForm,
    pub function: Option<Function>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptedForm {
    /// The function returns `True` for it; here.
    ReturnsTrue(Span),
    /// The function raises for other tokens, and comes to its end for this one.
    ComesToEnd,
}

/// What is done with claims whose expiry may go unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredUse {
    /// `exp` is compared by hand, and that stops expired tokens.
    pub is_compared: bool,
    /// The token or its id is looked up: as written there.
    pub store: Option<Span>,
    /// Nothing that names a user is read, only times and the token's id.
    pub names_nobody: bool,
    /// By its name the function is there for expired tokens, and nothing in the project calls it.
    pub is_left_to_others: bool,
}

/// Claims that name a token or session in a store.
const STORE_CLAIMS: &[&str] = &[
    "jti",
    "sid",
    "session_id",
    "sessionId",
    "session",
    "token_id",
    "refresh_id",
    "refresh_token_id",
    "family",
    "family_id",
    "token_family",
];

pub(crate) fn of_decode(
    verification: &Verification<'_, '_>,
    decode: &TokenDecode,
    purpose: Option<&Purpose>,
) -> Option<ExpiredUse> {
    let expiry = decode.flag("verify_exp");
    let may_be_off = expiry.find(|&verify| !verify).is_some() || decode.switch("verify_exp").is_some();
    let is_expired = matches!(purpose, Some(Purpose::VerifiedButExpired(_)));
    let is_asked = decode.library.expiry == Expiry::Rejected && may_be_off || is_expired;
    is_asked.then(|| of_claims(verification, decode.id, decode.token_expr))
}

/// What is done with the claims that `read` gives.
pub(crate) fn of_claims(verification: &Verification<'_, '_>, read: ExprRef, token_expr: Option<ExprRef>) -> ExpiredUse {
    let model = verification.model;
    let following = Following {
        passes_through: &|path| {
            matches!(path, "builtins.dict" | "copy.copy" | "copy.deepcopy") || JSON_READERS.contains(&path)
        },
        into_callers: true,
    };
    let mut found = ExpiredUse {
        is_compared: false,
        store: None,
        names_nobody: Claims::of_call(model, read, false).names_nobody(),
        is_left_to_others: is_left_to_others(model, read),
    };
    let items: Vec<(Rc<str>, ExprRef)> = model
        .uses(read, following)
        .into_iter()
        .filter_map(|used| match used.kind {
            UseKind::Item { key: Some(key), item } => Some((key, item)),
            _ => None,
        })
        .collect();
    let claims: Vec<ExprRef> = items.iter().map(|(_, item)| *item).collect();
    for (key, item) in items {
        if &*key == "exp" {
            found.is_compared |= by_hand::is_enforced(model, item, &claims);
        } else if STORE_CLAIMS.contains(&&*key) && found.store.is_none() {
            found.store = looked_up(model, item);
        }
    }
    if found.store.is_none()
        && let Some(expr) = token_expr
    {
        let token = verification.token(expr);
        found.store = token_looked_up(verification, read, &token, 0);
    }
    found
}

/// A helper such as `decode_expired_token` that only others could call.
fn is_left_to_others(model: &Model<'_>, read: ExprRef) -> bool {
    let Some(function) = model.enclosing_function(read) else {
        return false;
    };
    let name = model.function_name(function).to_lowercase();
    let is_for_expired = ["expired", "refresh", "introspect", "revoke", "logout"]
        .iter()
        .any(|word| name.contains(word));
    is_for_expired && model.callers(function).is_empty()
}

/// Where a claim is compared with a column, or handed to something that looks it up.
fn looked_up(model: &Model<'_>, claim: ExprRef) -> Option<Span> {
    let following = Following {
        passes_through: &|path| matches!(path, "builtins.str" | "uuid.UUID" | "builtins.int"),
        into_callers: false,
    };
    model
        .uses(claim, following)
        .into_iter()
        .find_map(|used| match used.kind {
            UseKind::Argument { call } => Some(model.span(call)),
            UseKind::Compared { comparison } => Some(model.span(comparison)),
            UseKind::Text | UseKind::Index { .. } => Some(model.span(used.value)),
            _ => None,
        })
}

/// Where the token itself is handed to something else than decoding, or compared.
fn token_looked_up(verification: &Verification<'_, '_>, read: ExprRef, token: &Token, depth: u32) -> Option<Span> {
    let model = verification.model;
    let file = read.file;
    let function = model.enclosing_function(read);
    let ast = model.ast(file);
    let found = ast.exprs().find_map(|(id, expr)| {
        let can_be = matches!(
            expr.kind,
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } | ExprKind::String { .. }
        );
        let is_here = can_be && ast.enclosing_function(ast.stmt_of(id)) == function.map(|function| function.id);
        let is_token = is_here
            && model
                .places(ExprRef { file, id })
                .iter()
                .any(|place| token.places.contains(place));
        if !is_token {
            return None;
        }
        let parent = ast.parent_expr(id)?;
        match ast[parent].kind {
            ExprKind::Compare { rest, .. } => {
                let is_equality = ast[rest].iter().any(|comparison| {
                    matches!(
                        comparison.operator,
                        CompareOperator::Equal | CompareOperator::In | CompareOperator::NotIn
                    )
                });
                is_equality.then(|| model.span(ExprRef { file, id: parent }))
            }
            ExprKind::Call { .. } => {
                let call = ExprRef { file, id: parent };
                let is_other = !is_decoding(verification, call) && !is_logger(model, call);
                is_other.then(|| model.span(call))
            }
            _ => None,
        }
    });
    if found.is_some() || depth >= 2 {
        return found;
    }
    let function = function?;
    model.callers(function).iter().find_map(|&call| {
        let token = verification.token_at_caller(function, call, token);
        token_looked_up(verification, call, &token, depth + 1)
    })
}

/// Whether a call decodes what it is given, itself or in a function of the project.
fn is_decoding(verification: &Verification<'_, '_>, call: ExprRef) -> bool {
    let model = verification.model;
    if let Some(path) = model.called_path(call) {
        return TOKEN_LIBRARIES.iter().any(|library| {
            library.decodes.iter().any(|function| *function.path == *path)
                || library.unverified_claims.contains(&&*path)
                || library.unverified_headers.contains(&&*path)
        }) || path.starts_with("builtins.");
    }
    let callees = model.callee(call);
    callees.into_iter().any(|callee| {
        crate::verification::called_function(callee).is_some_and(|function| verification.has_decode(function))
    })
}

/// The handlers around a decode that take an expired token for a good one.
pub(crate) fn accepted(verification: &Verification<'_, '_>, decode: &TokenDecode) -> Vec<ExpiredAccepted> {
    let model = verification.model;
    let (file, ast) = (decode.id.file, model.ast(decode.id.file));
    let stmt = ast.stmt_of(decode.id.id);
    let mut out = Vec::new();
    let Some(token) = decode.token_expr.map(|expr| verification.token(expr)) else {
        return out;
    };
    let within = |block: Block| {
        ast.block_range(block)
            .is_some_and(|range| range.contains_range(ast[stmt].range))
    };
    let function = model.enclosing_function(decode.id);
    let tries = ast
        .ancestors(stmt)
        .take_while(|&around| !matches!(ast[around].kind, StmtKind::Function(_)));
    for around in tries {
        let StmtKind::Try { body, handlers, .. } = ast[around].kind else {
            continue;
        };
        for handler in ast[handlers].iter().filter(|_| within(body)) {
            let catch = Catch::of(ast, handler);
            if !catches_expired(model, file, &catch) {
                continue;
            }
            let exits = verification.exits(file, function, &token, None, None);
            let is_true = |value: ExprId| matches!(ast[value].kind, ExprKind::True);
            let opens = exits.iter().any(|exit| {
                exit.status == Status::Open
                    && match exit.kind {
                        ExitKind::Value(value) => is_true(value),
                        ExitKind::End => true,
                        ExitKind::Nothing => false,
                    }
            });
            let form = exits
                .iter()
                .filter(|exit| exit.status == Status::Expired(catch.range) && !opens)
                .find_map(|exit| match exit.kind {
                    ExitKind::Value(value) if is_true(value) => {
                        Some(AcceptedForm::ReturnsTrue(Span::new(file, ast[value].range)))
                    }
                    ExitKind::End if function.is_some_and(|function| only_logs(model, function.file, handler.body)) => {
                        Some(AcceptedForm::ComesToEnd)
                    }
                    _ => None,
                });
            out.extend(form.map(|form| ExpiredAccepted {
                handler: Span::new(file, catch.range),
                decode: decode.call.clone(),
                form,
                function: function.map(|id| function_of(model, id)),
            }));
        }
    }
    out
}
