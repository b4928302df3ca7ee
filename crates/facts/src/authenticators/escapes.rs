//! Exceptions of a verification that nothing turns into an answer, and verifications that never run.

use rustc_hash::FxHashSet;
use semantic::{Catch, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use super::rejections::{self, RejectionKind};
use super::roots::Roots;
use super::{AuthenticatorRole, Authenticators, Crash, CrashKind, NotAwaited, at};
use crate::handlers::{HandlerKind, Handlers};
use crate::tokens::TokenDecode;

/// Callers of callers that may catch.
const MAX_DEPTH: usize = 4;

/// Which exceptions of the JWT libraries cover which refusals.
const COVERS_ALL: &[&str] = &[
    "Exception",
    "BaseException",
    "PyJWTError",
    "InvalidTokenError",
    "JWTError",
    "JOSEError",
    "JoseError",
    "AuthlibBaseError",
];
const COVERS_INVALID: &[&str] = &["DecodeError", "InvalidSignatureError", "BadSignatureError", "JWSError"];
const COVERS_EXPIRED: &[&str] = &["ExpiredSignatureError", "ExpiredTokenError", "ExpiredSignature"];
/// Exceptions that no JWT library raises for a wrong token.
const COVERS_NONE: &[&str] = &[
    "builtins.ValueError",
    "builtins.KeyError",
    "builtins.TypeError",
    "builtins.AttributeError",
    "builtins.IndexError",
    "builtins.RuntimeError",
    "builtins.PermissionError",
    "builtins.OSError",
    "pydantic.ValidationError",
    "pydantic_core.ValidationError",
    "fastapi.HTTPException",
    "fastapi.exceptions.HTTPException",
    "starlette.exceptions.HTTPException",
];

pub(super) fn add(
    model: &Model<'_>,
    handlers: &Handlers,
    decodes: &[TokenDecode],
    roots: &Roots,
    out: &mut Authenticators,
) {
    let search = Search { model, handlers, roots };
    for decode in decodes {
        if decode.call.is_test || search.is_handled_by_application() {
            continue;
        }
        let Some(function) = model.enclosing_function(decode.id) else {
            continue;
        };
        let library = decode.library.name;
        let mut wrong = None;
        let escapes = search.escapes(decode.id, library, 0, &mut wrong, &mut FxHashSet::default());
        if !escapes {
            continue;
        }
        let kind = match wrong {
            Some((handler, caught)) => CrashKind::WrongClass {
                caught,
                library,
                handler,
            },
            None => CrashKind::Uncaught { library },
        };
        out.crash(
            function,
            Crash {
                span: decode.call.span,
                kind,
            },
        );
    }
    for index in 0..out.functions.len() {
        if out.functions[index].role == AuthenticatorRole::Middleware {
            let function = out.functions[index].function.id;
            let crashes = search.raised_in_middleware(function);
            out.functions[index].crashes.extend(crashes);
        }
    }
}

impl Authenticators {
    fn crash(&mut self, function: FunctionRef, crash: Crash) {
        if let Some(&index) = self.by_function.get(&function) {
            self.functions[index].crashes.push(crash);
        }
    }
}

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    handlers: &'m Handlers,
    roots: &'m Roots,
}

/// What a handler does with the exceptions of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covers {
    All,
    Some { invalid: bool, expired: bool },
    Nothing,
}

impl Search<'_, '_> {
    /// Whether an exception handler of the application is registered for what a library raises.
    fn is_handled_by_application(&self) -> bool {
        self.handlers
            .all()
            .filter(|(_, kind)| *kind == HandlerKind::ExceptionHandler)
            .any(|(function, _)| match self.handlers.exception_of(function) {
                Some(exception) => self.model.eval(exception).iter().any(|value| match &value.kind {
                    ValueKind::External(path) => {
                        let name = path.rsplit('.').next().unwrap_or_default();
                        !path.starts_with("builtins.") && (COVERS_ALL.contains(&name) || COVERS_EXPIRED.contains(&name))
                    }
                    ValueKind::Unknown(_) => true,
                    _ => false,
                }),
                None => true,
            })
    }

    /// Whether what a call raises for a wrong token leaves the function that the framework calls.
    fn escapes(
        &self,
        call: ExprRef,
        library: &str,
        depth: usize,
        wrong: &mut Option<(Span, String)>,
        seen: &mut FxHashSet<FunctionRef>,
    ) -> bool {
        if self.is_caught(call, library, wrong) {
            return false;
        }
        let Some(function) = self.model.enclosing_function(call) else {
            return false;
        };
        if self.model.file(function.file).is_test() || depth > MAX_DEPTH || !seen.insert(function) {
            return false;
        }
        match self.roots.role(function) {
            AuthenticatorRole::Dependency => return true,
            // What a handler raises for a token in its body is its own affair only when it authenticates.
            AuthenticatorRole::Handler | AuthenticatorRole::Middleware | AuthenticatorRole::WebSocket => return true,
            AuthenticatorRole::Helper => {}
        }
        if is_decorated(self.model, function) {
            return false;
        }
        let callers = self.model.callers(function);
        callers
            .iter()
            .any(|&caller| self.escapes(caller, library, depth + 1, wrong, seen))
    }

    fn is_caught(&self, call: ExprRef, library: &str, wrong: &mut Option<(Span, String)>) -> bool {
        let ast = self.model.ast(call.file);
        let range = ast[call.id].range;
        let (mut invalid, mut expired) = (false, false);
        for ancestor in ast.ancestors(ast.stmt_of(call.id)) {
            if matches!(ast[ancestor].kind, StmtKind::Function(_)) {
                break;
            }
            if let StmtKind::With { .. } = ast[ancestor].kind {
                // `with suppress(…)`, `with handle_errors():`
                return true;
            }
            let StmtKind::Try { body, handlers, .. } = ast[ancestor].kind else {
                continue;
            };
            if !ast.block_range(body).is_some_and(|body| body.contains_range(range)) {
                continue;
            }
            for handler in &ast[handlers] {
                let catch = Catch::of(ast, handler);
                match self.covers(call, &catch, library) {
                    Covers::All => return true,
                    Covers::Some {
                        invalid: covers_invalid,
                        expired: covers_expired,
                    } => {
                        invalid |= covers_invalid;
                        expired |= covers_expired;
                    }
                    Covers::Nothing => {}
                }
                if wrong.is_none() {
                    let at = Span::new(call.file, catch.range);
                    *wrong = Some((at, self.model.text(at).to_owned()));
                }
            }
        }
        if invalid && expired {
            return true;
        }
        false
    }

    fn covers(&self, call: ExprRef, catch: &Catch, library: &str) -> Covers {
        if catch.types.is_empty() {
            return Covers::All;
        }
        let (mut invalid, mut expired) = (false, false);
        for &types in &catch.types {
            let values = self.model.eval(at(call.file, types));
            let mut values: Vec<_> = values.into_iter().collect();
            if let [value] = &values[..]
                && let ValueKind::List(items) = &value.kind
            {
                values = items.iter().flatten().cloned().collect();
            }
            if values.is_empty() {
                return Covers::All;
            }
            for value in &values {
                let ValueKind::External(path) = &value.kind else {
                    // A class of the project, or one that is not followed.
                    return Covers::All;
                };
                let name = path.rsplit('.').next().unwrap_or_default();
                if is_of_other_library(path, library) || COVERS_NONE.contains(&&**path) {
                    continue;
                }
                if COVERS_ALL.contains(&name) {
                    return Covers::All;
                } else if COVERS_INVALID.contains(&name) {
                    invalid = true;
                } else if COVERS_EXPIRED.contains(&name) {
                    expired = true;
                } else if !path.starts_with("builtins.") && !is_jwt_library(path) {
                    return Covers::All;
                }
            }
        }
        match invalid || expired {
            true => Covers::Some { invalid, expired },
            false => Covers::Nothing,
        }
    }

    /// `raise HTTPException(…)` in a middleware, where the framework does not answer with it any more.
    fn raised_in_middleware(&self, function: FunctionRef) -> Vec<Crash> {
        let model = self.model;
        let ast = model.ast(function.file);
        let mut out = Vec::new();
        for stmt in ast.stmts_within(ast[function.id].body) {
            let thrown = match ast[stmt].kind {
                StmtKind::Raise {
                    exception: Some(exception),
                    ..
                } => Some(exception),
                _ => None,
            };
            let Some(exception) = thrown else { continue };
            let is_http = rejections::raised(model, function.file, exception)
                .is_some_and(|found| found.kind == RejectionKind::HttpException);
            if is_http && !self.is_http_caught(at(function.file, exception)) {
                out.push(Crash {
                    span: Span::new(function.file, ast[stmt].range),
                    kind: CrashKind::RaisedInMiddleware,
                });
            }
        }
        let Some(range) = ast.block_range(ast[function.id].body) else {
            return out;
        };
        for call in model.calls_within(function.file, range) {
            for callee in model.callee(call) {
                let (ValueKind::Function(called) | ValueKind::Method { function: called, .. }) = callee.kind else {
                    continue;
                };
                if self.roots.verifying.contains(&called)
                    && called != function
                    && self.raises_http(called, 0)
                    && !self.is_http_caught(call)
                {
                    out.push(Crash {
                        span: model.span(call),
                        kind: CrashKind::RaisedInMiddleware,
                    });
                }
            }
        }
        out
    }

    /// Whether a function lets an `HTTPException` out, by itself or through what it calls.
    fn raises_http(&self, function: FunctionRef, depth: usize) -> bool {
        let model = self.model;
        let ast = model.ast(function.file);
        let own = ast
            .stmts_within(ast[function.id].body)
            .into_iter()
            .any(|stmt| match ast[stmt].kind {
                StmtKind::Raise {
                    exception: Some(exception),
                    ..
                } => {
                    rejections::raised(model, function.file, exception)
                        .is_some_and(|found| found.kind == RejectionKind::HttpException)
                        && !self.is_http_caught(at(function.file, exception))
                }
                _ => false,
            });
        if own || depth > 2 {
            return own;
        }
        let Some(range) = ast.block_range(ast[function.id].body) else {
            return false;
        };
        model.calls_within(function.file, range).into_iter().any(|call| {
            !self.is_http_caught(call)
                && model.callee(call).into_iter().any(|callee| match callee.kind {
                    ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                        called != function
                            && self.roots.verifying.contains(&called)
                            && self.raises_http(called, depth + 1)
                    }
                    _ => false,
                })
        })
    }

    fn is_http_caught(&self, expr: ExprRef) -> bool {
        let ast = self.model.ast(expr.file);
        let range = ast[expr.id].range;
        ast.ancestors(ast.stmt_of(expr.id))
            .take_while(|&ancestor| !matches!(ast[ancestor].kind, StmtKind::Function(_)))
            .any(|ancestor| {
                let StmtKind::Try { body, handlers, .. } = ast[ancestor].kind else {
                    return false;
                };
                ast.block_range(body).is_some_and(|body| body.contains_range(range))
                    && ast[handlers].iter().any(|handler| {
                        let catch = Catch::of(ast, handler);
                        catch.types.is_empty()
                            || catch.types.iter().any(|&types| {
                                self.model
                                    .eval(at(expr.file, types))
                                    .iter()
                                    .any(|value| match &value.kind {
                                        ValueKind::External(path) => {
                                            let name = path.rsplit('.').next().unwrap_or_default();
                                            matches!(name, "HTTPException" | "Exception" | "BaseException")
                                        }
                                        _ => true,
                                    })
                            })
                    })
            })
    }
}

/// Whether what a handler catches may be the refusal of a token: of the right kind, and not caught by a handler
/// before it.
pub(super) fn may_refuse(model: &Model<'_>, file: text::FileId, catch: &Catch, is_helper: bool) -> bool {
    let ast = model.ast(file);
    let kind_of = |types: ExprId| -> Kind {
        let mut kind = Kind::Other;
        for value in model.eval(at(file, types)) {
            kind = match &value.kind {
                ValueKind::External(path) => {
                    let name = path.rsplit('.').next().unwrap_or_default();
                    if is_jwt_library(path) {
                        Kind::Token
                    } else if matches!(name, "Exception" | "BaseException") {
                        Kind::Everything
                    } else if is_helper && path.starts_with("builtins.") {
                        Kind::Token
                    } else {
                        Kind::Other
                    }
                }
                _ => Kind::Token,
            };
        }
        kind
    };
    let kind = match catch.types.is_empty() {
        true => Kind::Everything,
        false => catch
            .types
            .iter()
            .map(|&types| kind_of(types))
            .max()
            .unwrap_or(Kind::Other),
    };
    match kind {
        Kind::Other => false,
        Kind::Token => true,
        Kind::Everything => {
            // `except JWTError: …` before it took the refusals.
            let handlers = ast.stmts().find_map(|(id, stmt_kind)| match stmt_kind.kind {
                StmtKind::Try { handlers, .. }
                    if ast[handlers].iter().any(|handler| {
                        handler.range.contains_range(catch.range) && Catch::of(ast, handler).range == catch.range
                    }) =>
                {
                    Some((id, handlers))
                }
                _ => None,
            });
            let Some((_, handlers)) = handlers else { return true };
            !ast[handlers]
                .iter()
                .take_while(|handler| {
                    handler.range.start() < catch.range.start() && !handler.range.contains_range(catch.range)
                })
                .any(|handler| {
                    let before = Catch::of(ast, handler);
                    before.types.iter().any(|&types| {
                        kind_of(types) == Kind::Token && !super::walk::is_expired_alone(model, file, &before)
                    })
                })
        }
    }
}

/// What a class of exceptions has to do with refused tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Everything,
    Token,
}

/// A decorator of the project may catch.
fn is_decorated(model: &Model<'_>, function: FunctionRef) -> bool {
    let ast = model.ast(function.file);
    ast[ast[function.id].decorators].iter().any(|&decorator| {
        let text = &*model.written(at(function.file, decorator));
        !matches!(text, "staticmethod" | "classmethod" | "property")
            && !text.starts_with("lru_cache")
            && !text.starts_with("functools.")
    })
}

fn is_jwt_library(path: &str) -> bool {
    ["jwt.", "jose.", "authlib.", "joserfc."]
        .iter()
        .any(|library| path.starts_with(library))
}

fn is_of_other_library(path: &str, library: &str) -> bool {
    let own = match library {
        "PyJWT" => "jwt.",
        "python-jose" => "jose.",
        "Authlib" => "authlib.",
        "joserfc" => "joserfc.",
        _ => return false,
    };
    is_jwt_library(path) && !path.starts_with(own)
}

/// Calls of verifying coroutines whose result nobody awaits.
pub(super) fn not_awaited(model: &Model<'_>, roots: &Roots) -> Vec<NotAwaited> {
    let mut out = Vec::new();
    let mut functions: Vec<FunctionRef> = roots.verifying.iter().copied().collect();
    text::sort(&mut functions);
    for function in functions {
        let home = model.ast(function.file);
        if !home[function.id].is_async || is_generator(model, function) || is_decorated(model, function) {
            continue;
        }
        for &call in model.callers(function).iter() {
            let ast = model.ast(call.file);
            if model.file(call.file).is_test() || !is_left_alone(model, ast, call) {
                continue;
            }
            out.push(NotAwaited {
                call: model.span(call),
                name: model.function_name(function).to_owned(),
            });
        }
    }
    text::sort_by_number(&mut out, |found| found.call.number());
    out
}

fn is_generator(model: &Model<'_>, function: FunctionRef) -> bool {
    let ast = model.ast(function.file);
    ast.stmts_within(ast[function.id].body)
        .into_iter()
        .any(|stmt| match ast[stmt].kind {
            StmtKind::Expr(expr) | StmtKind::Assign { value: expr, .. } => {
                matches!(ast[expr].kind, ExprKind::Yield(_) | ExprKind::YieldFrom(_))
            }
            _ => false,
        })
}

/// Whether a coroutine is made here and neither awaited nor handed on.
fn is_left_alone(model: &Model<'_>, ast: &Ast, call: ExprRef) -> bool {
    if model.enclosing_function(call).is_none() {
        return false;
    }
    let Some(parent) = ast.parent_expr(call.id) else {
        let stmt = ast.stmt_of(call.id);
        return match ast[stmt].kind {
            StmtKind::Expr(_) | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Assert { .. } => true,
            // `user = verify(token)`: awaited later, or never.
            StmtKind::Assign { targets, .. } => match ast[targets] {
                [target] => !is_awaited_later(model, call, target),
                _ => false,
            },
            StmtKind::AnnotatedAssign { target, .. } => !is_awaited_later(model, call, target),
            _ => false,
        };
    };
    matches!(
        ast[parent].kind,
        ExprKind::Unary {
            operator: UnaryOperator::Not,
            ..
        } | ExprKind::Boolean { .. }
            | ExprKind::Compare { .. }
            | ExprKind::Subscript { .. }
    ) || matches!(ast[parent].kind, ExprKind::Attribute { .. })
}

fn is_awaited_later(model: &Model<'_>, call: ExprRef, target: ExprId) -> bool {
    let ast = model.ast(call.file);
    let ExprKind::Name(name) = ast[target].kind else {
        return true;
    };
    let Some(function) = model.enclosing_function(call) else {
        return true;
    };
    let Some(range) = ast.block_range(ast[function.id].body) else {
        return true;
    };
    ast.exprs().any(|(id, expr)| {
        if !matches!(expr.kind, ExprKind::Name(found) if found == name)
            || !range.contains_range(expr.range)
            || id == target
        {
            return false;
        }
        match ast.parent_expr(id).map(|parent| ast[parent].kind) {
            Some(
                ExprKind::Await(_)
                | ExprKind::Call { .. }
                | ExprKind::Starred(_)
                | ExprKind::List(_)
                | ExprKind::Tuple(_),
            ) => true,
            None => matches!(ast[ast.stmt_of(id)].kind, StmtKind::Return(_)),
            _ => false,
        }
    })
}
