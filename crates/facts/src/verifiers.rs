//! The places of a project that verify tokens, and whether several of them do the same.

use rustc_hash::FxHashSet;
use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::Facts;
use crate::applications::Applications;
use crate::handlers::{HandlerKind, Handlers};
use crate::keys::KeySource;
use crate::libraries::web::HTTP_EXCEPTIONS;
use crate::secrets::names::words;
use crate::secrets::surroundings::is_sample;
use crate::source::{Function, function_of};
use crate::tokens::TokenDecode;

/// What verifies tokens.
#[derive(Debug, Default)]
pub struct Verifiers {
    /// Functions that verify what another one verifies already. In order of file and place.
    pub duplicates: Vec<Duplicate>,
    /// Functions that answer a bad token otherwise than another one does.
    pub disagreements: Vec<Disagreement>,
}

/// A function that verifies tokens of a kind that another one verifies already.
#[derive(Debug, Clone)]
pub struct Duplicate {
    /// The call that verifies.
    pub span: Span,
    pub function: Function,
    pub is_handler: bool,
    pub other: Function,
    /// The call there.
    pub other_span: Span,
    /// Both are seen to use the same key.
    pub is_same_key: bool,
    /// More functions of the same file that do.
    pub more: Vec<(Span, String)>,
}

/// Two answers to the same failure.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// The exception that is raised.
    pub span: Span,
    pub function: Function,
    pub answer: Answer,
    pub other: Function,
    pub other_span: Span,
    pub other_answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: Option<u16>,
    /// `None`: not constant.
    pub detail: Option<String>,
}

/// A function with a call that verifies a token.
struct Verifier {
    function: FunctionRef,
    span: Span,
    kind: TokenKind,
    /// What names its keys; empty where that is not known.
    keys: Vec<String>,
    application: usize,
    is_handler: bool,
    answer: Option<(Span, Answer)>,
}

/// What a token is for, told by names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Access,
    Refresh,
    Mail,
    Foreign,
    Service,
}

impl Facts<'_> {
    /// Which functions verify tokens, found when it is first asked for.
    pub fn verifiers(&self) -> &Verifiers {
        self.verifiers
            .get_or_init(|| find(&self.model, &self.handlers, self.applications(), &self.decodes))
    }
}

fn find(model: &Model<'_>, handlers: &Handlers, applications: &Applications, decodes: &[TokenDecode]) -> Verifiers {
    let mut found: Vec<Verifier> = Vec::new();
    for decode in decodes {
        let file = decode.call.span.file;
        let Some(function) = &decode.call.function else {
            continue;
        };
        // A retry or a fallback in one function is one verification; looking into a token verifies nothing.
        let is_known = found.iter().any(|known| known.function == function.id);
        let only_reads = decode.flag("verify_signature").find(|verifies| !verifies).is_some();
        if is_known || only_reads || decode.call.is_test || is_sample(model, file) {
            continue;
        }
        found.push(Verifier {
            function: function.id,
            span: decode.call.span,
            kind: kind_of(model, decode, function),
            keys: keys_of(decode),
            application: application_of(model, applications, file),
            is_handler: matches!(
                handlers.kind(function.id),
                Some(HandlerKind::Route | HandlerKind::WebSocket)
            ),
            answer: answer(model, decode),
        });
    }
    let mut verifiers = Verifiers {
        duplicates: duplicates(model, &found),
        disagreements: disagreements(model, &found),
    };
    text::sort_by_number(&mut verifiers.duplicates, |duplicate| duplicate.span.number());
    text::sort_by_number(&mut verifiers.disagreements, |disagreement| disagreement.span.number());
    verifiers
}

fn duplicates(model: &Model<'_>, found: &[Verifier]) -> Vec<Duplicate> {
    let mut out = Vec::new();
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    for first in 0..found.len() {
        if !seen.insert(first) {
            continue;
        }
        let mut group: Vec<usize> = vec![first];
        for other in first + 1..found.len() {
            if !seen.contains(&other) && verifies_the_same(&found[first], &found[other]) {
                seen.insert(other);
                group.push(other);
            }
        }
        // The one that others should use: no handler, in no file of routes, called by others.
        let rank = |index: &usize| {
            let verifier = &found[*index];
            let path = model.file(verifier.function.file).path();
            let in_routes = is_of_routes(path) as usize;
            let calls = model.callers(verifier.function).len().min(9);
            (verifier.is_handler as usize, in_routes, 9 - calls, *index)
        };
        let Some(main) = group.iter().min_by_key(|index| rank(index)).copied() else {
            continue;
        };
        // Where all stand in files of routes, none of them is the place for it.
        let is_misplaced = |index: usize| {
            let path = model.file(found[index].function.file).path();
            path.rsplit_once('/').is_some_and(|(folder, _)| is_of_routes(folder))
        };
        let is_nowhere = group.iter().all(|&index| is_misplaced(index))
            && group
                .iter()
                .any(|&index| found[index].function.file != found[main].function.file);
        let second = group
            .iter()
            .copied()
            .find(|&index| found[index].function.file != found[main].function.file);
        for &index in group.iter().filter(|&&index| index != main || is_nowhere) {
            let other = if index == main { second.unwrap_or(main) } else { main };
            let (this, other) = (&found[index], &found[other]);
            // Helpers of one module share what they know; handlers should not verify at all.
            if this.function.file == other.function.file && !this.is_handler {
                continue;
            }
            let of_file = out
                .iter_mut()
                .find(|known: &&mut Duplicate| known.other_span == other.span && known.span.file == this.span.file);
            if let Some(known) = of_file {
                let name = model.function_name(this.function).to_owned();
                known.more.push((this.span, name));
                continue;
            }
            out.push(Duplicate {
                more: Vec::new(),
                span: this.span,
                function: function_of(model, this.function),
                is_handler: this.is_handler,
                other: function_of(model, other.function),
                other_span: other.span,
                is_same_key: this.keys.iter().any(|key| other.keys.contains(key)),
            });
        }
    }
    out
}

impl Facts<'_> {
    /// Whether a function takes a token, gives what its decode gives, and does nothing else that a caller would have
    /// to know: one of its own module, with one parameter that has to be given.
    pub fn is_plain_verifier(&self, function: &Function, decode: &TokenDecode) -> bool {
        let model = &self.model;
        let ast = model.ast(function.id.file);
        let definition = ast[function.id.id];
        let parameters = &ast[definition.parameters];
        let required = parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .count();
        let is_plain = parameters
            .iter()
            .all(|parameter| matches!(parameter.kind, ParameterKind::Normal | ParameterKind::KeywordOnly));
        let first = parameters.first().map(|parameter| {
            let name = Span::new(function.id.file, parameter.name_range);
            self.snippet(name)
        });
        let returns = model.returns(function.id);
        let gives = match &decode.statement {
            Some(statement) if statement.is_return => true,
            Some(statement) => returns.first().is_some_and(|&returned| {
                let returned = Span::new(function.id.file, ast[returned].range);
                statement.bound_to.as_deref() == Some(self.snippet(returned))
            }),
            None => false,
        };
        !definition.is_async
            && is_plain
            && required == 1
            && returns.len() == 1
            && gives
            && ast.parent_stmt(definition.stmt).is_none()
            && model.injected(function.id, 0).is_none()
            && decode.token.map(|token| self.snippet(token)) == first
    }
}

/// Tokens of one kind and application, under keys that may be the same.
fn verifies_the_same(a: &Verifier, b: &Verifier) -> bool {
    let differ = match (a.keys.is_empty(), b.keys.is_empty()) {
        (false, false) => !a.keys.iter().any(|key| b.keys.contains(key)),
        // A key set beside a secret of the project: another issuer.
        (true, true) => false,
        _ => true,
    };
    // Files without an application may have nothing to do with each other.
    let is_together = a.application != usize::MAX || !a.keys.is_empty();
    a.kind == b.kind && a.application == b.application && is_together && !differ
}

fn is_of_routes(path: &str) -> bool {
    path.split(['/', '.']).any(|part| {
        matches!(
            part,
            "routes"
                | "route"
                | "routers"
                | "router"
                | "endpoints"
                | "views"
                | "controllers"
                | "handlers"
                | "resources"
                | "main"
        )
    })
}

fn kind_of(model: &Model<'_>, decode: &TokenDecode, function: &Function) -> TokenKind {
    let token = decode.token.map_or("", |span| model.text(span));
    let key = decode.key.as_ref().map_or("", |key| model.text(key.span));
    let texts = [function.name.as_str(), token, key];
    let all: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    let says = |wanted: &[&str]| all.iter().any(|word| wanted.contains(&word.as_str()));
    if says(&["refresh", "rotate", "renew"]) {
        TokenKind::Refresh
    } else if says(&[
        "reset",
        "recovery",
        "forgot",
        "email",
        "mail",
        "verification",
        "confirm",
        "confirmation",
        "activation",
        "activate",
        "invite",
        "invitation",
        "magic",
        "unsubscribe",
        "link",
        "share",
        "download",
        "csrf",
        "state",
        "otp",
    ]) {
        TokenKind::Mail
    } else if says(&[
        "google",
        "apple",
        "oauth",
        "oidc",
        "sso",
        "firebase",
        "github",
        "microsoft",
        "azure",
        "saml",
        "cognito",
        "auth0",
        "supabase",
        "clerk",
        "keycloak",
        "external",
    ]) {
        TokenKind::Foreign
    } else if says(&["service", "internal", "webhook", "machine", "device", "agent"]) {
        TokenKind::Service
    } else {
        TokenKind::Access
    }
}

fn keys_of(decode: &TokenDecode) -> Vec<String> {
    let sources = decode.key.iter().flat_map(|key| &key.sources);
    sources
        .filter_map(|source| match &source.value {
            KeySource::Literal {
                fallback_for: Some(preferred),
                ..
            } => preferred.variable.clone(),
            KeySource::Literal { text, .. } => Some(text.clone()),
            KeySource::Environment { variable, .. } => variable.clone(),
            // Each written key, each set and each file of its own.
            KeySource::Generated { .. } | KeySource::PublicKey | KeySource::File => {
                Some(source.origin.number().to_string())
            }
            KeySource::KeySet { path } => Some(path.clone()),
            _ => None,
        })
        .collect()
}

/// The application that a file belongs to: the one whose file lies nearest. A file that no folder joins to one
/// belongs to its own top folder.
fn application_of(model: &Model<'_>, applications: &Applications, file: FileId) -> usize {
    let folders = |file: FileId| -> Vec<&str> {
        let path = model.file(file).path();
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        parts
    };
    let own = folders(file);
    let mut best: Option<(usize, usize)> = None;
    for (index, application) in applications.applications.iter().enumerate() {
        if application.is_test {
            continue;
        }
        let home = application.span.file;
        if home == file {
            return index;
        }
        // A mounted application is a part of the one around it.
        let shared = own.iter().zip(folders(home)).take_while(|(a, b)| **a == *b).count();
        if best.is_none_or(|(_, most)| shared > most) {
            best = Some((index, shared));
        }
    }
    best.map_or(usize::MAX, |(index, _)| {
        // Applications of one file or folder share what lies beside them.
        let home = folders(applications.applications[index].span.file);
        let same = |other: &crate::applications::Application| folders(other.span.file) == home;
        applications.applications.iter().position(same).unwrap_or(index)
    })
}

// Answers

fn disagreements(model: &Model<'_>, found: &[Verifier]) -> Vec<Disagreement> {
    let mut out: Vec<Disagreement> = Vec::new();
    for (index, this) in found.iter().enumerate() {
        let Some((span, answer)) = &this.answer else { continue };
        let first = found[..index]
            .iter()
            .find(|other| other.application == this.application && other.kind == this.kind && other.answer.is_some());
        let Some(other) = first else { continue };
        let Some((other_span, other_answer)) = &other.answer else {
            continue;
        };
        if differ(answer, other_answer) {
            out.push(Disagreement {
                span: *span,
                function: function_of(model, this.function),
                answer: answer.clone(),
                other: function_of(model, other.function),
                other_span: *other_span,
                other_answer: other_answer.clone(),
            });
        }
    }
    out
}

fn differ(a: &Answer, b: &Answer) -> bool {
    let status = matches!((a.status, b.status), (Some(a), Some(b)) if a != b);
    let detail = matches!((&a.detail, &b.detail), (Some(a), Some(b)) if a != b);
    status || detail
}

/// What the handler of the decode's exceptions raises.
fn answer(model: &Model<'_>, decode: &TokenDecode) -> Option<(Span, Answer)> {
    let file = decode.call.span.file;
    let ast = model.ast(file);
    let place = decode.call.span.range;
    let stmt = ast.stmt_of(decode.id.id);
    let around = ast.ancestors(stmt).find_map(|ancestor| match ast[ancestor].kind {
        StmtKind::Try { body, handlers, .. }
            if ast.block_range(body).is_some_and(|range| range.contains_range(place)) =>
        {
            Some(handlers)
        }
        _ => None,
    })?;
    // The last handler is the one for every bad token; one for expired tokens may come before it.
    let handler = ast[around].last()?;
    let raised = ast[handler.body].iter().find_map(|&stmt| match ast[stmt].kind {
        StmtKind::Raise {
            exception: Some(exception),
            ..
        } => Some(exception),
        _ => None,
    })?;
    let raised = ExprRef { file, id: raised };
    let made = model.eval(raised).into_iter().find_map(|value| match value.kind {
        ValueKind::Call {
            path, call: Some(call), ..
        } if HTTP_EXCEPTIONS.contains(&&*path) => Some(call),
        _ => None,
    })?;
    Some((model.span(raised), answer_of(model, made)))
}

/// Status and detail of `HTTPException(…)`.
pub(crate) fn answer_of(model: &Model<'_>, call: ExprRef) -> Answer {
    let arguments = model.arguments(call, None);
    let status = arguments
        .get(Some(0), &["status_code"])
        .and_then(|status| status.values.first().and_then(crate::answers::status_code));
    let detail = arguments.get(Some(1), &["detail"]);
    let detail = detail.and_then(|detail| match detail.values.as_slice() {
        [value] => value.as_str().map(str::to_owned),
        _ => None,
    });
    Answer { status, detail }
}
