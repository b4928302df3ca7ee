//! On which ways a token is verified.
//!
//! ```python
//! claims = jwt.get_unverified_claims(token)      # read first …
//! if claims["iss"] not in KEYS:
//!     raise Unauthorized()
//! return jwt.decode(token, KEYS[claims["iss"]])  # … verified on every way that comes to an end
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{Catch, ExprRef, FunctionRef, Model, Place, PlaceRoot, ValueKind, Walk};
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize};

use crate::dependencies::{Bound, Callable, CallableKind, Dependency, Resolver};
use crate::handlers::Handlers;
use crate::libraries::{CLAIMS_EXCEPTIONS, EXPIRED_EXCEPTIONS};
use crate::tokens::TokenDecode;

/// A token as one function sees it.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) places: Vec<Place>,
    /// How it is written, for what leads back to no place.
    pub(crate) text: String,
}

/// What became of a token whose claims were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its signature is verified on every way.
    Verified,
    /// On some way all that failed is its expiry; by the handler.
    Expired(Span),
    /// On some way nothing verifies it.
    Open,
}

/// How far a token has come on one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Open,
    Verified,
    /// Verification failed for its expiry alone; by the types of the handler.
    Expired(TextRange),
}

/// The end of a way: what is returned, and how far the token has come.
#[derive(Debug, Clone)]
pub(crate) struct Exit {
    pub(crate) status: Status,
    pub(crate) kind: ExitKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitKind {
    /// `None`, `False`, an answer with an error: the caller gets nothing.
    Nothing,
    Value(ExprId),
    /// The end of a function that returns no value anywhere.
    End,
}

pub(crate) struct Verification<'m, 'a> {
    pub(crate) model: &'m Model<'a>,
    handlers: &'m Handlers,
    resolver: Resolver<'m, 'a>,
    decodes: &'m [TokenDecode],
    by_call: FxHashMap<ExprRef, usize>,
    verifies: RefCell<FxHashMap<Question, bool>>,
    /// Calls that may verify, by scope.
    candidates: RefCell<FxHashMap<Scope, Rc<[ExprRef]>>>,
    /// How much was walked over so far.
    walks: Cell<usize>,
    /// Whether the last question about a fate led to a function that FastAPI calls.
    has_reached_handler: Cell<bool>,
}

/// A function, or a file outside functions.
type Scope = (FileId, Option<FunctionId>);

/// Whether a function verifies a parameter when a call enters it.
type Question = (FunctionRef, u32, ExprRef);

/// Calls that are followed into callers or callees.
const MAX_DEPTH: u32 = 4;
/// Calls in the scopes that are walked over, all questions together.
const MAX_WALKED_CALLS: usize = 200_000;

/// Words in the names of functions outside the project that verify what they are given.
const VERIFYING_WORDS: &[&str] = &[
    "verify",
    "validate",
    "introspect",
    "authenticate",
    "compare_digest",
    "userinfo",
    "user_info",
    "get_user",
];

/// Libraries that ask another server, which may be the one that issued the token.
const HTTP_CLIENTS: &[&str] = &["httpx.", "requests.", "aiohttp.", "urllib3."];

impl<'m, 'a> Verification<'m, 'a> {
    pub(crate) fn new(
        model: &'m Model<'a>,
        handlers: &'m Handlers,
        decodes: &'m [TokenDecode],
    ) -> Verification<'m, 'a> {
        let by_call = decodes
            .iter()
            .enumerate()
            .map(|(index, decode)| (decode.id, index))
            .collect();
        Verification {
            model,
            handlers,
            resolver: Resolver::new(model),
            decodes,
            by_call,
            verifies: RefCell::default(),
            candidates: RefCell::default(),
            walks: Cell::new(0),
            has_reached_handler: Cell::new(false),
        }
    }

    pub(crate) fn token(&self, expr: ExprRef) -> Token {
        Token {
            places: self.model.places(expr),
            text: self.model.written(expr).into_owned(),
        }
    }

    /// What becomes of the token whose claims `read` reads. `ways` are the calls that lead there, where not every
    /// one does.
    pub(crate) fn fate(&self, read: ExprRef, token: &Token, ways: &[Span]) -> Fate {
        self.has_reached_handler.set(false);
        self.fate_at(read, token, ways, 0)
    }

    /// Whether the way of the last token that was left open led to a function that FastAPI calls.
    pub(crate) fn has_reached_handler(&self) -> bool {
        self.has_reached_handler.get()
    }

    fn fate_at(&self, read: ExprRef, token: &Token, ways: &[Span], depth: u32) -> Fate {
        let mut fate = Fate::Verified;
        for exit in self.exits(read.file, self.model.enclosing_function(read), token, Some(read), None) {
            let found = match exit.status {
                _ if exit.kind == ExitKind::Nothing => continue,
                Status::Verified => continue,
                Status::Expired(range) => Fate::Expired(Span::new(read.file, range)),
                Status::Open => Fate::Open,
            };
            if fate != Fate::Open {
                fate = found;
            }
        }
        let Some(function) = self.model.enclosing_function(read) else {
            return fate;
        };
        let is_handler = self.handlers.kind(function).is_some();
        if fate == Fate::Open && is_handler {
            self.has_reached_handler.set(true);
        }
        if fate != Fate::Open || depth >= MAX_DEPTH {
            return fate;
        }
        // What the function leaves open its callers may do.
        let all = self.model.callers(function);
        let chosen: Vec<ExprRef> = all
            .iter()
            .copied()
            .filter(|&call| ways.contains(&self.model.span(call)))
            .collect();
        let callers = match chosen.is_empty() {
            true => &all[..],
            false => &chosen,
        };
        if callers.is_empty() || is_handler {
            return fate;
        }
        let mut worst = Fate::Verified;
        for &call in callers {
            let token = self.token_at_caller(function, call, token);
            match self.fate_at(call, &token, ways, depth + 1) {
                Fate::Open => return Fate::Open,
                Fate::Expired(handler) => worst = Fate::Expired(handler),
                Fate::Verified => {}
            }
        }
        worst
    }

    /// The token that a function sees as `token`, as the one that calls it sees it.
    pub(crate) fn token_at_caller(&self, function: FunctionRef, call: ExprRef, token: &Token) -> Token {
        let ast = self.model.ast(call.file);
        let mut out = Token {
            places: Vec::new(),
            text: String::new(),
        };
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return out;
        };
        for argument in &ast[arguments] {
            let expr = ExprRef {
                file: call.file,
                id: argument.value,
            };
            for (found, index) in self.model.parameters_of(call, argument.value) {
                let root = PlaceRoot::Parameter(found, index);
                let of_parameter = token
                    .places
                    .iter()
                    .filter(|place| found == function && place.root == root);
                for place in of_parameter {
                    let given = self.model.places(expr).into_iter().map(|mut outer| {
                        outer.path.extend(place.path.iter().cloned());
                        outer
                    });
                    out.places.extend(given);
                    if place.path.is_empty() {
                        out.text = self.model.written(expr).into_owned();
                    }
                }
            }
        }
        out
    }

    /// The ends of a function, or of a file outside functions, after `read` (or all of them), by how far the
    /// token has come there.
    pub(crate) fn exits(
        &self,
        file: FileId,
        function: Option<FunctionRef>,
        token: &Token,
        read: Option<ExprRef>,
        entry: Option<ExprRef>,
    ) -> Vec<Exit> {
        let ast = self.model.ast(file);
        let body = match function {
            Some(function) => ast[function.id].body,
            None => ast.body,
        };
        let verified: Vec<ExprId> = self
            .candidates(file, function)
            .iter()
            .copied()
            .filter(|&call| Some(call) != read && self.is_verification(call, token, entry))
            .map(|call| call.id)
            .collect();
        let is_before = function.is_some_and(|function| self.is_verified_before(function));
        // A module returns nothing: where nothing in it verifies, its end is all there is. The walk is left out as
        // well where so many were made that another one tells nothing new.
        let is_worn_out = self.walks.get() > MAX_WALKED_CALLS;
        if function.is_none() && verified.is_empty() || is_worn_out {
            return vec![Exit {
                status: Status::Open,
                kind: ExitKind::End,
            }];
        }
        self.walks
            .set(self.walks.get() + self.candidates(file, function).len() + 1);
        let start = State {
            has_read: read.is_none(),
            status: match is_before {
                true => Status::Verified,
                false => Status::Open,
            },
        };
        let returns_value = ast
            .stmts_within(body)
            .iter()
            .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Return(Some(_))));
        let mut walk = TokenWalk {
            model: self.model,
            file,
            ast,
            read: read.map(|read| read.id),
            verified,
            returns_value,
            exits: Vec::new(),
        };
        self.model.walk(file, body, start, &mut walk);
        walk.exits
    }

    /// The calls of a scope that may verify something, whichever token: those that verify, those of the project's
    /// functions, and those whose names say it.
    fn candidates(&self, file: FileId, function: Option<FunctionRef>) -> Rc<[ExprRef]> {
        let scope = (file, function.map(|function| function.id));
        if let Some(known) = self.candidates.borrow().get(&scope) {
            return known.clone();
        }
        let ast = self.model.ast(file);
        let range = match function {
            Some(function) => ast[ast[function.id].stmt].range,
            None => TextRange::up_to(TextSize::of(self.model.file(file).text())),
        };
        let mut found = self.model.calls_within(file, range);
        found.retain(|call| ast.enclosing_function(ast.stmt_of(call.id)) == scope.1 && self.may_verify(*call));
        let found: Rc<[ExprRef]> = found.into();
        self.candidates.borrow_mut().insert(scope, found.clone());
        found
    }

    fn may_verify(&self, call: ExprRef) -> bool {
        if let Some(&index) = self.by_call.get(&call) {
            // A wrapper with a flag verifies in some of its calls.
            let signature = self.decodes[index].signature();
            return !signature.always(|verify| !verify)
                || signature.known.iter().any(|way| way.passed().next().is_some());
        }
        let ast = self.model.ast(call.file);
        let ExprKind::Call { function, .. } = ast[call.id].kind else {
            return false;
        };
        let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
            return true;
        };
        let name = self.model.file(call.file).source().imported_name(name).to_lowercase();
        let callees = self.model.callee(call);
        VERIFYING_WORDS.iter().any(|word| name.contains(word))
            || callees.iter().any(|callee| match &callee.kind {
                ValueKind::External(path) => HTTP_CLIENTS.iter().any(|client| path.starts_with(client)),
                ValueKind::Call { path, .. } => HTTP_CLIENTS.iter().any(|client| path.starts_with(client)),
                _ => called_function(callee.clone()).is_some(),
            })
    }

    /// Whether a dependency or decorator of a function verifies a token before the function runs.
    fn is_verified_before(&self, function: FunctionRef) -> bool {
        self.dependencies(function)
            .into_iter()
            .chain(self.decorators(function))
            .any(|dependency| self.has_verifying_decode(dependency, 0))
    }

    /// The functions of the project that decorate a function: `@requires_auth`, `@requires_role("admin")`.
    fn decorators(&self, function: FunctionRef) -> Vec<FunctionRef> {
        let file = function.file;
        let ast = self.model.ast(file);
        ast[ast[function.id].decorators]
            .iter()
            .flat_map(|&decorator| {
                let id = match ast[decorator].kind {
                    ExprKind::Call { function, .. } => function,
                    _ => decorator,
                };
                self.model.eval(ExprRef { file, id })
            })
            .filter_map(called_function)
            .collect()
    }

    /// The functions that FastAPI calls before it calls this one.
    fn dependencies(&self, function: FunctionRef) -> Vec<FunctionRef> {
        let callable = Callable {
            kind: CallableKind::Function(function),
            name: self.model.function_name(function).to_owned(),
            span: None,
            bound: Bound::default(),
            closure: None,
            alternatives: Vec::new(),
        };
        let mut out = Vec::new();
        let mut pending: Vec<Dependency> = self.resolver.dependencies(&callable).to_vec();
        while let Some(dependency) = pending.pop() {
            out.extend(dependency.callable.function());
            pending.extend(dependency.dependencies.iter().cloned());
        }
        out
    }

    /// Whether a function decodes tokens, whichever way.
    pub(crate) fn has_decode(&self, function: FunctionRef) -> bool {
        self.decodes.iter().any(|decode| {
            decode
                .call
                .function
                .as_ref()
                .is_some_and(|around| around.id == function)
        })
    }

    fn has_verifying_decode(&self, function: FunctionRef, depth: u32) -> bool {
        let ast = self.model.ast(function.file);
        // Also in the functions inside it: a decorator's work is done there.
        let whole = ast[ast[function.id].stmt].range;
        let decodes = |decode: &TokenDecode| {
            let is_inside = decode.id.file == function.file && whole.contains_range(decode.call.span.range);
            is_inside && is_verifying(decode, None)
        };
        if self.decodes.iter().any(decodes) {
            return true;
        }
        if depth >= MAX_DEPTH {
            return false;
        }
        let mut called: Vec<FunctionRef> = self.dependencies(function);
        for call in self.model.calls_within(function.file, whole) {
            called.extend(self.model.callee(call).into_iter().filter_map(called_function));
        }
        called
            .into_iter()
            .any(|called| called != function && self.has_verifying_decode(called, depth + 1))
    }

    /// Whether a call verifies the token, or raises. `entry` is the call through which its function is entered.
    fn is_verification(&self, call: ExprRef, token: &Token, entry: Option<ExprRef>) -> bool {
        if let Some(&index) = self.by_call.get(&call) {
            let decode = &self.decodes[index];
            let entry = entry.map(|entry| self.model.span(entry));
            return is_verifying(decode, entry) && decode.token_expr.is_some_and(|given| self.is_token(given, token));
        }
        let ast = self.model.ast(call.file);
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return false;
        };
        let at = |id: ExprId| ExprRef { file: call.file, id };
        let mut is_followed = false;
        for argument in &ast[arguments] {
            for (callee, index) in self.model.parameters_of(call, argument.value) {
                is_followed = true;
                let root = PlaceRoot::Parameter(callee, index);
                let given = self.model.places(at(argument.value));
                let is_same = self.is_token(at(argument.value), token);
                let mut inner: Vec<Place> = token
                    .places
                    .iter()
                    .flat_map(|place| given.iter().filter_map(|outer| place.moved(outer, root)))
                    .collect();
                if is_same {
                    inner.push(Place { root, path: Vec::new() });
                }
                if !inner.is_empty() && self.verifies(callee, index, inner, call) {
                    return true;
                }
            }
        }
        if is_followed {
            return false;
        }
        // Nothing of the project: its name tells.
        let callees = self.model.callee(call);
        let methods = callees.iter().filter_map(|callee| called_function(callee.clone()));
        let name = match ast[function].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                self.model.file(call.file).source().imported_name(name)
            }
            _ => return false,
        };
        let is_http = self
            .model
            .called_path(call)
            .is_some_and(|path| HTTP_CLIENTS.iter().any(|client| path.starts_with(client)));
        let lower = name.to_lowercase();
        if !is_http && !VERIFYING_WORDS.iter().any(|word| lower.contains(word)) {
            return false;
        }
        let is_given = ast
            .descendants(call.id)
            .into_iter()
            .any(|part| part != call.id && self.is_token(at(part), token));
        // A method of the project that holds the token: does it verify anything?
        let mut methods = methods.peekable();
        match methods.peek().is_some() {
            true => methods.any(|method| self.has_verifying_decode(method, 0)),
            false => is_given,
        }
    }

    fn is_token(&self, expr: ExprRef, token: &Token) -> bool {
        let text = &*self.model.written(expr);
        let is_written_alike = !token.text.is_empty() && text == token.text;
        is_written_alike
            || match self.model.expr(expr).kind {
                ExprKind::Name(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Subscript { .. }
                | ExprKind::Call { .. }
                | ExprKind::Await(_)
                | ExprKind::String { .. }
                | ExprKind::Boolean { .. }
                | ExprKind::Conditional { .. } => {
                    self.model.places(expr).iter().any(|place| token.places.contains(place))
                }
                _ => false,
            }
    }

    /// Whether a function verifies what it is given on every way that returns something.
    fn verifies(&self, function: FunctionRef, index: u32, places: Vec<Place>, call: ExprRef) -> bool {
        let key = (function, index, call);
        if let Some(&known) = self.verifies.borrow().get(&key) {
            return known;
        }
        // While it is asked, a recursive call verifies nothing.
        self.verifies.borrow_mut().insert(key, false);
        let text = String::new();
        let exits = self.exits(function.file, Some(function), &Token { places, text }, None, Some(call));
        let verifies = exits.iter().any(|exit| exit.status != Status::Open)
            && exits
                .iter()
                .all(|exit| exit.kind == ExitKind::Nothing || exit.status != Status::Open);
        self.verifies.borrow_mut().insert(key, verifies);
        verifies
    }
}

/// Whether a decode checks the signature when its function is entered by `entry`.
fn is_verifying(decode: &TokenDecode, entry: Option<Span>) -> bool {
    let signature = decode.signature();
    !signature.known.iter().any(|way| {
        let passed: Vec<Span> = way.passed().collect();
        !way.value && (passed.is_empty() || entry.is_some_and(|entry| passed.contains(&entry)))
    })
}

pub(crate) fn called_function(callee: semantic::Value) -> Option<FunctionRef> {
    match callee.kind {
        ValueKind::Function(function) | ValueKind::Method { function, .. } => Some(function),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    has_read: bool,
    status: Status,
}

struct TokenWalk<'w, 'a> {
    model: &'w Model<'a>,
    file: FileId,
    ast: &'a Ast,
    read: Option<ExprId>,
    /// The calls of this scope that verify the token.
    verified: Vec<ExprId>,
    returns_value: bool,
    exits: Vec<Exit>,
}

impl TokenWalk<'_, '_> {
    fn exit(&mut self, state: &State, kind: ExitKind) {
        if state.has_read {
            self.exits.push(Exit {
                status: state.status,
                kind,
            });
        }
    }

    /// Whether a call is evaluated wherever `expr` is: not in one arm of a conditional.
    fn is_always_evaluated(&self, call: ExprId, expr: ExprId) -> bool {
        let mut at = call;
        while at != expr {
            let Some(parent) = self.ast.parent_expr(at) else {
                return false;
            };
            let is_optional = match self.ast[parent].kind {
                ExprKind::Conditional { test, .. } => test != at,
                ExprKind::Boolean { right, .. } => right == at,
                ExprKind::Lambda { .. } | ExprKind::Comprehension { .. } => true,
                _ => false,
            };
            if is_optional {
                return false;
            }
            at = parent;
        }
        true
    }

    /// Whether a value is a verified result or nothing: `payload` of `payload = None`, then
    /// `payload = jwt.decode(…)`.
    fn is_verified_or_nothing(&self, expr: ExprId) -> bool {
        let bindings = self.model.bindings_of(ExprRef {
            file: self.file,
            id: expr,
        });
        let is_result = |binding: &semantic::Binding| match binding.kind {
            semantic::BindingKind::Value(value) => self.holds_verification(value) || is_nothing(self.ast, value),
            _ => false,
        };
        !bindings.is_empty() && bindings.iter().all(is_result)
    }

    fn holds_verification(&self, value: ExprId) -> bool {
        let range = self.ast[value].range;
        self.verified
            .iter()
            .any(|&call| range.contains_range(self.ast[call].range))
    }

    /// Marks what follows from `name` being truthy.
    fn is_true(&self, expr: ExprId, state: &mut State) {
        let bindings = self.model.bindings_of(ExprRef {
            file: self.file,
            id: expr,
        });
        let is_result = |binding: &semantic::Binding| matches!(binding.kind, semantic::BindingKind::Value(value) if self.holds_verification(value));
        if bindings.iter().any(is_result) && self.is_verified_or_nothing(expr) && state.status == Status::Open {
            state.status = Status::Verified;
        }
    }
}

impl Walk for TokenWalk<'_, '_> {
    type State = State;

    fn evaluated(&mut self, expr: ExprId, state: &mut State) {
        let range = self.ast[expr].range;
        if self.read.is_some_and(|read| range.contains_range(self.ast[read].range)) {
            state.has_read = true;
        }
        let verifies = self
            .verified
            .iter()
            .any(|&call| range.contains_range(self.ast[call].range) && self.is_always_evaluated(call, expr));
        if verifies {
            state.status = Status::Verified;
        }
    }

    fn branched(&mut self, test: ExprId, truth: bool, state: &mut State) {
        for (test, truth) in semantic::implied(self.ast, test, truth) {
            match self.ast[test].kind {
                ExprKind::Compare { first, rest } => {
                    let [comparison] = self.ast[rest] else { continue };
                    let is_none = match comparison.operator {
                        CompareOperator::Is | CompareOperator::Equal => truth,
                        CompareOperator::IsNot | CompareOperator::NotEqual => !truth,
                        _ => continue,
                    };
                    if !is_none && matches!(self.ast[comparison.right].kind, ExprKind::None) {
                        self.is_true(first, state);
                    }
                }
                ExprKind::Name(_) if truth => self.is_true(test, state),
                _ => {}
            }
        }
    }

    fn caught(&mut self, thrower: StmtId, catch: &Catch, state: State) -> Option<State> {
        let verifies = self.verified.iter().any(|&call| self.ast.stmt_of(call) == thrower);
        if !verifies {
            return Some(state);
        }
        let has_read = state.has_read || self.read.is_some_and(|read| self.ast.stmt_of(read) == thrower);
        let status = match cause(self.model, self.file, catch) {
            Cause::Expired => Status::Expired(catch.range),
            Cause::AfterVerification => Status::Verified,
            Cause::Other => state.status,
        };
        Some(State { has_read, status })
    }

    fn returned(&mut self, _stmt: StmtId, value: Option<ExprId>, state: &State) {
        let kind = match value {
            None => ExitKind::Nothing,
            Some(value) if is_nothing(self.ast, value) || is_error_answer(self.model, self.file, value) => {
                ExitKind::Nothing
            }
            Some(value) if state.status == Status::Open && self.is_verified_or_nothing(value) => ExitKind::Nothing,
            Some(value) => ExitKind::Value(value),
        };
        self.exit(state, kind);
    }

    fn ended(&mut self, state: &State) {
        let kind = match self.returns_value {
            true => ExitKind::Nothing,
            false => ExitKind::End,
        };
        self.exit(state, kind);
    }
}

/// Why an exception that a handler catches was raised by a verification.
pub(crate) enum Cause {
    /// The token is expired, and right otherwise.
    Expired,
    /// By something after the signature was verified.
    AfterVerification,
    /// Perhaps a wrong signature.
    Other,
}

pub(crate) fn cause(model: &Model<'_>, file: FileId, catch: &Catch) -> Cause {
    let names: Vec<String> = catch
        .types
        .iter()
        .map(|&id| exception_name(model, ExprRef { file, id }))
        .collect();
    let all = |known: &[&str]| !names.is_empty() && names.iter().all(|name| known.contains(&name.as_str()));
    if all(EXPIRED_EXCEPTIONS) {
        Cause::Expired
    } else if all(&[CLAIMS_EXCEPTIONS, OTHER_EXCEPTIONS].concat()) {
        Cause::AfterVerification
    } else {
        Cause::Other
    }
}

/// Whether a handler catches expired tokens and nothing else.
pub(crate) fn catches_expired(model: &Model<'_>, file: FileId, catch: &Catch) -> bool {
    matches!(cause(model, file, catch), Cause::Expired)
}

/// Exceptions that no library raises for a wrong token.
const OTHER_EXCEPTIONS: &[&str] = &[
    "KeyError",
    "IndexError",
    "AttributeError",
    "TypeError",
    "ValidationError",
];

/// The name of an exception class, whatever it is imported as.
pub(crate) fn exception_name(model: &Model<'_>, expr: ExprRef) -> String {
    for value in model.eval(expr) {
        match value.kind {
            ValueKind::External(path) => return path.rsplit('.').next().unwrap_or_default().to_owned(),
            ValueKind::Class(class) => return model.class_name(class).to_owned(),
            _ => {}
        }
    }
    String::new()
}

/// `None`, `False`, `""`, `{}`, `()`: what tells a caller that there is nothing.
pub(crate) fn is_nothing(ast: &Ast, value: ExprId) -> bool {
    match ast[value].kind {
        ExprKind::None | ExprKind::False => true,
        ExprKind::Dict(items) => items.is_empty(),
        ExprKind::List(items) | ExprKind::Set(items) => items.is_empty(),
        ExprKind::Tuple(items) => ast[items]
            .iter()
            .all(|&item| matches!(ast[item].kind, ExprKind::None | ExprKind::False)),
        ExprKind::String { parts, .. } => parts.is_empty(),
        _ => false,
    }
}

/// `JSONResponse(status_code=401)`: an answer that turns the client away.
fn is_error_answer(model: &Model<'_>, file: FileId, value: ExprId) -> bool {
    let ast = model.ast(file);
    let ExprKind::Call { .. } = ast[value].kind else {
        return false;
    };
    let call = ExprRef { file, id: value };
    let Some(path) = model.called_path(call) else {
        return false;
    };
    let name = path.rsplit('.').next().unwrap_or_default();
    if name == "HTTPException" {
        return true;
    }
    if !name.ends_with("Response") {
        return false;
    }
    let arguments = model.arguments(call, None);
    let status = arguments.get(Some(1), &["status_code"]);
    status.is_some_and(|status| {
        status.values.iter().any(|value| match &value.kind {
            ValueKind::Int(code) => *code >= 400,
            // `status.HTTP_401_UNAUTHORIZED`
            ValueKind::External(path) => path.contains("HTTP_4") || path.contains("HTTP_5"),
            _ => false,
        })
    })
}
