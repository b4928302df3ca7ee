//! Credentials that are checked other than by decoding a token: compared with a secret, looked up in a store of
//! sessions or keys, or shown to a server that knows them.

use std::rc::Rc;

use semantic::{ExprRef, Frame, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use super::{Calls, GuardChecks};
use crate::data::Data;
use crate::flow::{Flow, Origin, OriginKind, RequestPart};
use crate::libraries::{callers, identity};
use crate::queries::Operand;

#[derive(Clone, Copy)]
pub(super) struct Checks<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) flow: &'m Flow<'m, 'a>,
    pub(super) calls: &'m Calls<'m, 'a>,
    pub(super) data: &'m Data,
}

const COMPARED: &str = "the credential is compared with a secret here";

/// Texts that a credential is compared with although they are no secrets: names of schemes and kinds, defaults.
const TRIVIAL: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "apikey",
    "access",
    "refresh",
    "null",
    "undefined",
    "unknown",
    "none",
    "anonymous",
    "-",
    "n/a",
];

/// A place where a credential is checked.
pub(super) struct Check {
    pub(super) span: Span,
    pub(super) does: &'static str,
    pub(super) checks: GuardChecks,
    /// Where the credential enters the code.
    pub(super) sources: Vec<Span>,
}

impl Checks<'_, '_> {
    /// The first check of a function.
    pub(super) fn of(&self, function: FunctionRef) -> Option<Check> {
        self.calls
            .of(function)
            .into_iter()
            .find_map(|call| self.call(call))
            .or_else(|| {
                let mut comparisons = self.calls.comparisons(function).into_iter();
                comparisons.find_map(|comparison| self.comparison(comparison))
            })
            .or_else(|| self.look_up(function))
    }

    fn call(&self, call: ExprRef) -> Option<Check> {
        let ast = self.model.ast(call.file);
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return None;
        };
        let callee = ExprRef {
            file: call.file,
            id: function,
        };
        let source = self.model.file(call.file).source();
        let name = match ast[function].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => source.imported_name(name),
            _ => return None,
        };
        let does = match name {
            "compare_digest" => COMPARED,
            "get" | "post" | "request" | "hget" | "hgetall" | "exists" | "getex" | "introspect_token" => {
                let path = self.model.eval(callee).into_iter().find_map(|value| match value.kind {
                    ValueKind::External(path) => Some(path),
                    _ => None,
                });
                match &path {
                    Some(path) if identity::is_http_client(path) => "another server is shown the credential here",
                    Some(path) if identity::is_key_store(path) => "the credential is looked up here",
                    // `SESSIONS.get(token)`
                    _ if name == "get" && self.is_store(callee) => "the credential is looked up here",
                    _ => return None,
                }
            }
            _ => return None,
        };
        let sources = ast[arguments].iter().flat_map(|argument| {
            self.sources(ExprRef {
                file: call.file,
                id: argument.value,
            })
        });
        self.check(self.model.span(call), does, sources.collect())
    }

    fn check(&self, span: Span, does: &'static str, sources: Vec<Span>) -> Option<Check> {
        let checks = match does {
            COMPARED => GuardChecks::Secret,
            _ => GuardChecks::LookUp,
        };
        (!sources.is_empty()).then_some(Check {
            span,
            does,
            checks,
            sources,
        })
    }

    /// Whether the object whose `get` is called is a dictionary of the project.
    fn is_store(&self, callee: ExprRef) -> bool {
        let ast = self.model.ast(callee.file);
        let ExprKind::Attribute { object, .. } = ast[callee.id].kind else {
            return false;
        };
        let object = ExprRef {
            file: callee.file,
            id: object,
        };
        self.model
            .eval(object)
            .iter()
            .any(|value| matches!(value.kind, ValueKind::Dict(_)))
    }

    /// `if api_key != settings.API_KEY`, `if token not in TOKENS`
    fn comparison(&self, comparison: ExprRef) -> Option<Check> {
        let ast = self.model.ast(comparison.file);
        let at = |id: ExprId| ExprRef {
            file: comparison.file,
            id,
        };
        let ExprKind::Compare { first, rest } = ast[comparison.id].kind else {
            return None;
        };
        let [compared] = ast[rest] else { return None };
        if !names_credential(&self.model.written(comparison)) {
            return None;
        }
        let does = match compared.operator {
            CompareOperator::Equal | CompareOperator::NotEqual => COMPARED,
            CompareOperator::In | CompareOperator::NotIn => "the credential is looked up here",
            _ => return None,
        };
        let sides = [(first, compared.right), (compared.right, first)];
        let sources = sides
            .into_iter()
            .filter(|&(_, other)| !self.is_trivial(at(other)) && self.sources(at(other)).is_empty())
            .flat_map(|(credential, _)| self.sources(at(credential)));
        self.check(self.model.span(comparison), does, sources.collect())
    }

    /// What says nothing about the credential's truth: `None`, `""`, the name of a scheme.
    fn is_trivial(&self, other: ExprRef) -> bool {
        let ast = self.model.ast(other.file);
        match ast[other.id].kind {
            ExprKind::None | ExprKind::Integer | ExprKind::True | ExprKind::False => true,
            _ => {
                let values = self.model.eval(other);
                !values.is_empty()
                    && values.iter().all(|value| {
                        value.as_str().is_some_and(|text| {
                            text.is_empty() || TRIVIAL.contains(&text.trim().to_ascii_lowercase().as_str())
                        })
                    })
            }
        }
    }

    fn look_up(&self, function: FunctionRef) -> Option<Check> {
        self.data.queries.in_function(function).find_map(|query| {
            let sources = query
                .predicates()
                .into_iter()
                .flat_map(|predicate| match &predicate.value {
                    Operand::Expr { expr, frame, .. } => self.sources_in(*expr, frame.as_ref()),
                    _ => Vec::new(),
                });
            self.check(query.span, "the credential is looked up here", sources.collect())
        })
    }

    fn sources(&self, expr: ExprRef) -> Vec<Span> {
        self.sources_in(expr, None)
    }

    fn sources_in(&self, expr: ExprRef, frame: Option<&Rc<Frame>>) -> Vec<Span> {
        let origins = self.flow.origins_in(expr, frame);
        let credentials = origins.iter().filter(|origin| is_credential(origin));
        credentials.map(|origin| origin.span).collect()
    }
}

/// Whether a text speaks of credentials. Following every comparison of a project to its origins would cost more than
/// all the rest.
fn names_credential(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "key", "token", "secret", "pass", "pwd", "cred", "auth", "sign", "sig", "hash", "digest", "hmac", "bearer",
        "jwt", "api", "session", "header", "cookie", "code", "pin", "expected", "provided", "given", "value", "user",
    ];
    let bytes = text.as_bytes();
    WORDS.iter().any(|word| {
        bytes
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Whether a value is, or is made of, what a client sends to prove who it is.
pub(crate) fn is_credential(origin: &Origin) -> bool {
    match &origin.kind {
        OriginKind::Credential => true,
        OriginKind::Request {
            part: RequestPart::Cookie,
            name: None,
        } => true,
        OriginKind::Request { part, name: Some(name) } => match part {
            RequestPart::Cookie | RequestPart::Header => callers::is_credential(name),
            _ => callers::is_secret(name),
        },
        _ => false,
    }
}
