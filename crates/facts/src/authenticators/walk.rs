//! Runs a function on every way and says how it is left where authentication failed.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{BindingKind, Catch, ExprRef, FunctionRef, Model, PlaceRoot, ValueKind, Walk};
use syntax::ast::*;
use text::{FileId, Span, TextRange};

use super::credentials::Credentials;
use super::escapes;
use super::rejections::{self, Rejection, RejectionKind};
use super::roots::{self, Roots, awaited};
use super::users;
use super::{AuthenticatorRole, Cause, Exit, UseOfIdentity, Way, at};
use crate::environment::environment_read;
use crate::verification::{catches_expired, is_nothing};

/// The runs of all functions, each once.
pub(super) struct Runs<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) credentials: &'m Credentials<'m, 'a>,
    pub(super) roots: &'m Roots,
    known: RefCell<FxHashMap<FunctionRef, Rc<Run>>>,
}

/// What became of one function.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) exits: Vec<Exit>,
    /// `header.split()[1]` where nothing says that there are two parts.
    pub(super) splits: Vec<Span>,
    /// It gives nothing where a credential was missing or refused: `None`, `False`, `{}`.
    pub(super) gives: Gives,
    /// Names that only the refused verification would have bound.
    pub(super) unbound: Vec<Span>,
    /// Exceptions with 401 that are raised without a header, by the calls that make them.
    pub(super) unchallenged: Vec<ExprRef>,
}

/// What a function gives in place of an identity when authentication failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gives {
    /// `None` or `False`.
    pub(super) nothing: bool,
    /// `{}`
    pub(super) empty: bool,
    /// Something that is true.
    pub(super) value: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct State {
    status: Status,
    /// The credential was found to be in the form that is asked for.
    is_formed: bool,
    /// One of several tests came out so, and which one is not known: the verification may have succeeded.
    is_unsure: bool,
    /// A test of a setting, and how it came out.
    switch: Option<(ExprId, bool)>,
    /// A test of the path or method of the request.
    is_routed: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Status {
    Open,
    /// A helper was called that gives nothing where it refuses; by the call.
    PerhapsCall(ExprId),
    /// A dependency of this kind filled the parameter.
    PerhapsParameter(u32),
    Verified,
    Failed {
        cause: Cause,
        told_at: TextRange,
        by: Option<ExprId>,
    },
}

impl<'m, 'a> Runs<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, credentials: &'m Credentials<'m, 'a>, roots: &'m Roots) -> Runs<'m, 'a> {
        Runs {
            model,
            credentials,
            roots,
            known: RefCell::default(),
        }
    }

    pub(super) fn of(&self, function: FunctionRef) -> Rc<Run> {
        if let Some(known) = self.known.borrow().get(&function) {
            return known.clone();
        }
        // A function that calls itself adds nothing to itself.
        self.known.borrow_mut().insert(function, Rc::default());
        let run = Rc::new(self.run(function));
        self.known.borrow_mut().insert(function, run.clone());
        run
    }

    fn run(&self, function: FunctionRef) -> Run {
        let model = self.model;
        let file = function.file;
        let ast = model.ast(file);
        let body = ast[function.id].body;
        let Some(range) = ast.block_range(body) else {
            return Run::default();
        };
        let mut verifying: Vec<Verifying> = Vec::new();
        for call in model.calls_within(file, range) {
            if ast.enclosing_function(ast.stmt_of(call.id)) != Some(function.id) {
                continue;
            }
            if self.roots.calls.contains(&call) {
                verifying.push(Verifying {
                    call: call.id,
                    gives: Gives::default(),
                });
                continue;
            }
            for callee in model.callee(call) {
                let (ValueKind::Function(called) | ValueKind::Method { function: called, .. }) = callee.kind else {
                    continue;
                };
                let is_helper = !matches!(
                    self.roots.role(called),
                    AuthenticatorRole::Handler | AuthenticatorRole::WebSocket
                );
                if called != function && is_helper && self.roots.verifying.contains(&called) {
                    verifying.push(Verifying {
                        call: call.id,
                        gives: self.of(called).gives,
                    });
                    break;
                }
            }
        }
        let role = self.roots.role(function);
        let mut walker = Walker {
            runs: self,
            model,
            function,
            file,
            ast,
            role,
            verifying,
            next: next_parameter(model, function, role),
            given: Gives::default(),
            run: Run::default(),
        };
        let start = State {
            status: walker.start(),
            is_formed: false,
            is_unsure: false,
            switch: None,
            is_routed: false,
        };
        if let Status::PerhapsParameter(index) = start.status {
            walker.given = self.given_to(function, index).unwrap_or_default();
        }
        model.walk(file, body, start, &mut walker);
        let mut run = walker.run;
        let mut seen: Vec<Exit> = Vec::new();
        run.exits.retain(|exit| {
            let is_new = !seen.contains(exit);
            if is_new {
                seen.push(exit.clone());
            }
            is_new
        });
        for exit in &run.exits {
            if !exit.is_refusal() && !matches!(exit.cause, Cause::Claim) {
                continue;
            }
            match exit.way {
                Way::Nothing => run.gives.nothing = true,
                Way::Empty => run.gives.empty = true,
                Way::Value { .. } => run.gives.value = true,
                _ => {}
            }
        }
        run
    }

    /// What a verifying dependency gives to a parameter when it does not reject; `None` when nothing verifying
    /// fills it.
    pub(super) fn given_to(&self, function: FunctionRef, index: u32) -> Option<Gives> {
        for value in self.model.injected(function, index)? {
            let called = match &value.kind {
                ValueKind::Function(called) | ValueKind::Method { function: called, .. } => Some(*called),
                ValueKind::Instance { class, .. } => roots::method(self.model, *class, "__call__"),
                _ => None,
            };
            if let Some(called) = called.filter(|called| *called != function && self.roots.verifying.contains(called)) {
                // An identity that is optional by design rejects nobody, and is no reason to.
                if users::is_optional(self.model, called) {
                    return None;
                }
                return Some(self.of(called).gives);
            }
        }
        None
    }
}

/// `call_next` of a middleware.
fn next_parameter(model: &Model<'_>, function: FunctionRef, role: AuthenticatorRole) -> Option<Name> {
    if role != AuthenticatorRole::Middleware {
        return None;
    }
    let ast = model.ast(function.file);
    let parameters = &ast[ast[function.id].parameters];
    let is_method = usize::from(ast.class_of_method(function.id).is_some());
    parameters.get(1 + is_method).map(|parameter| parameter.name)
}

/// A call that verifies, and what it gives when it does not raise.
struct Verifying {
    call: ExprId,
    gives: Gives,
}

struct Walker<'r, 'm, 'a> {
    runs: &'r Runs<'m, 'a>,
    model: &'m Model<'a>,
    function: FunctionRef,
    file: FileId,
    ast: &'a Ast,
    role: AuthenticatorRole,
    verifying: Vec<Verifying>,
    next: Option<Name>,
    /// What the dependency behind [`Status::PerhapsParameter`] gives.
    given: Gives,
    run: Run,
}

impl Walker<'_, '_, '_> {
    /// What dependencies of the function have done before it runs.
    fn start(&self) -> Status {
        if self.role == AuthenticatorRole::Middleware {
            return Status::Open;
        }
        let mut status = Status::Open;
        for index in 0..self.ast[self.ast[self.function.id].parameters].len() as u32 {
            match self.runs.given_to(self.function, index) {
                Some(gives) if gives == Gives::default() => return Status::Verified,
                // A fault inside it is told there.
                Some(gives) if gives.value && !gives.nothing && !gives.empty => return Status::Verified,
                // Whom it is handed on to may look at it.
                Some(_) if users::parameter_use(self.model, self.function, index) == UseOfIdentity::Passed => {}
                Some(_) => status = Status::PerhapsParameter(index),
                None => {}
            }
        }
        status
    }

    fn contains(&self, expr: ExprId, call: ExprId) -> bool {
        self.ast[expr].range.contains_range(self.ast[call].range)
    }

    /// Whether an expression is what a call gave: the call, or a name that is bound to it.
    fn is_result(&self, expr: ExprId, call: ExprId) -> bool {
        if awaited(self.ast, expr) == call
            || matches!(self.ast[expr].kind, ExprKind::Walrus { .. }) && self.contains(expr, call)
        {
            return true;
        }
        self.model
            .bindings_of(at(self.file, expr))
            .iter()
            .any(|binding| match binding.kind {
                BindingKind::Value(value) | BindingKind::Unpack { value, .. } => self.contains(value, call),
                _ => false,
            })
    }

    fn is_parameter(&self, expr: ExprId, index: u32) -> bool {
        self.model
            .bindings_of(at(self.file, expr))
            .iter()
            .any(|binding| matches!(binding.kind, BindingKind::Parameter { index: found, .. } if found == index))
    }

    /// Whether an expression reads the result of a verification: `payload["sub"]`, or what was bound to it.
    fn is_of_claims(&self, expr: ExprId) -> bool {
        let holds = |range: TextRange| {
            self.ast
                .stmts_within(self.ast[self.function.id].body)
                .iter()
                .any(|&stmt| match self.ast[stmt].kind {
                    StmtKind::Assign { targets, value } => {
                        self.ast[targets]
                            .iter()
                            .any(|&target| self.ast[target].range.contains_range(range))
                            && self
                                .verifying
                                .iter()
                                .any(|verifying| self.contains(value, verifying.call))
                    }
                    StmtKind::AnnotatedAssign {
                        target,
                        value: Some(value),
                        ..
                    } => {
                        self.ast[target].range == range
                            && self
                                .verifying
                                .iter()
                                .any(|verifying| self.contains(value, verifying.call))
                    }
                    _ => false,
                })
        };
        self.verifying
            .iter()
            .any(|verifying| self.contains(expr, verifying.call))
            || self
                .model
                .places(at(self.file, expr))
                .iter()
                .any(|place| match place.root {
                    PlaceRoot::Bound(file, range) => file == self.file && holds(range),
                    PlaceRoot::Parameter(function, index) => {
                        function == self.function && self.runs.given_to(function, index).is_some()
                    }
                    PlaceRoot::Receiver(_) => false,
                })
    }

    /// Whether a part of claims says who the caller is: flags and roles are for authorization.
    fn names_caller(&self, expr: ExprId) -> bool {
        // `permission.has_permission(request)` is a question.
        if let ExprKind::Call { function, .. } = self.ast[awaited(self.ast, expr)].kind
            && let ExprKind::Attribute { name, .. } = self.ast[function].kind
            && ["has_", "is_", "can_", "may_"]
                .iter()
                .any(|word| self.model.file(self.file).source().name(name).starts_with(word))
        {
            return false;
        }
        let places = self.model.places(at(self.file, expr));
        if places.is_empty() {
            return true;
        }
        places.iter().any(|place| match place.path.last() {
            Some(key) => CALLER.contains(&&**key),
            // All of the claims; a user that was looked up is none.
            None => match place.root {
                PlaceRoot::Bound(..) => {
                    !is_user(self.runs.credentials.last_name(at(self.file, expr)).unwrap_or_default())
                }
                _ => false,
            },
        })
    }

    /// Calls in a loop or behind `and` that may not run are counted all the same: they are how code is written
    /// that verifies.
    fn is_always_evaluated(&self, call: ExprId, expr: ExprId) -> bool {
        let mut at = call;
        while at != expr {
            let Some(parent) = self.ast.parent_expr(at) else {
                return false;
            };
            match self.ast[parent].kind {
                ExprKind::Conditional { test, .. } if test != at => return false,
                ExprKind::Boolean { right, .. } if right == at => return false,
                ExprKind::Lambda { .. } => return false,
                _ => {}
            }
            at = parent;
        }
        true
    }

    fn switch_cause(&self, test: ExprId, is_set: bool) -> Option<Cause> {
        let expr = at(self.file, test);
        let text = self
            .model
            .written(expr)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if text.len() > 80 {
            return None;
        }
        let lower = text.to_lowercase();
        let is_secret = ["secret", "api_key", "apikey", "_key", "token", "password"]
            .iter()
            .any(|word| lower.contains(word));
        if is_secret && !is_set && !self.may_be_unset(expr) {
            return None;
        }
        Some(Cause::Switch {
            name: text,
            is_secret,
            is_set,
        })
    }

    /// Whether a setting may be empty while the program runs.
    fn may_be_unset(&self, expr: ExprRef) -> bool {
        let values = self.model.eval(expr);
        values.is_empty()
            || values.iter().any(|value| match environment_read(self.model, value) {
                Some(read) => {
                    !read.is_required
                        && (read.default.is_empty() || read.default.iter().any(|value| value.truth() != Some(true)))
                }
                None => value.truth() != Some(true),
            })
    }

    /// Whether a test asks a setting: something read from the environment, or named like one.
    fn is_switch(&self, test: ExprId) -> bool {
        let subject = match self.ast[test].kind {
            ExprKind::Compare { first, .. } => first,
            _ => test,
        };
        let expr = at(self.file, subject);
        if !matches!(
            self.ast[subject].kind,
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } | ExprKind::Subscript { .. }
        ) {
            return false;
        }
        let values = self.model.eval(expr);
        let is_read = values.iter().any(|value| {
            environment_read(self.model, value).is_some()
                || match &value.kind {
                    ValueKind::Call { path, .. } | ValueKind::External(path) => {
                        path.starts_with("os.getenv") || path.starts_with("os.environ")
                    }
                    _ => false,
                }
        });
        let name = self.runs.credentials.last_name(expr).unwrap_or_default();
        let is_constant = name.len() > 2
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
        let of_settings = matches!(self.ast[subject].kind, ExprKind::Attribute { object, .. }
        if self.runs.credentials.last_name(at(self.file, object)).is_some_and(|name| {
            let name = name.to_lowercase();
            matches!(&*name, "settings" | "config" | "conf" | "cfg" | "env" | "app_settings" | "flags")
        }));
        is_read || is_constant || of_settings
    }

    /// Whether a test asks for the path or method of the request.
    fn is_routed(&self, test: ExprId) -> bool {
        let text = self.model.written(at(self.file, test)).to_lowercase();
        [
            "path",
            ".method",
            ".url",
            "endpoint",
            "public",
            "exempt",
            "exclude",
            "skip",
            "route",
            "whitelist",
            "allow",
        ]
        .iter()
        .any(|word| text.contains(word))
    }

    fn branch(&self, test: ExprId, truth: bool, state: &mut State) {
        if self.next.is_some() && self.is_routed(test) {
            state.is_routed = true;
            return;
        }
        let Some(presence) = self.runs.credentials.presence(self.file, test, truth) else {
            return;
        };
        let subject = presence.subject;
        let told_at = self.ast[test].range;
        let failed = |cause: Cause| Status::Failed {
            cause,
            told_at,
            by: None,
        };
        match &state.status {
            Status::PerhapsCall(call) if self.is_result(subject, *call) => {
                state.status = match presence.is_there {
                    true => Status::Verified,
                    false => failed(Cause::Invalid),
                };
                return;
            }
            Status::PerhapsParameter(index) if self.is_parameter(subject, *index) => {
                state.status = match presence.is_there {
                    true => Status::Verified,
                    false => failed(Cause::Missing),
                };
                return;
            }
            Status::Failed { .. } => {
                if self.is_switch(subject)
                    && !self
                        .runs
                        .credentials
                        .is_credential(self.function, at(self.file, subject))
                {
                    state.switch = Some((test, truth));
                }
                return;
            }
            _ => {}
        }
        let expr = at(self.file, subject);
        if state.status == Status::Verified {
            if !presence.is_there && !presence.is_equality && presence.compared.is_none() {
                if self.names_caller(subject) && self.is_of_claims(subject) {
                    state.status = failed(Cause::Claim);
                } else if is_user(self.runs.credentials.last_name(expr).unwrap_or_default()) {
                    state.status = failed(Cause::User);
                }
            }
            return;
        }
        if self.is_switch(subject) && !self.runs.credentials.is_credential(self.function, expr)
            || self.is_switch(subject) && is_upper(self.runs.credentials.last_name(expr).unwrap_or_default())
        {
            state.switch = Some((test, truth));
            return;
        }
        if !self.runs.credentials.is_credential(self.function, expr) {
            if presence.is_there
                && presence
                    .compared
                    .is_none_or(|compared| matches!(self.ast[compared].kind, ExprKind::String { .. }))
                && let Some(key) = self.runs.credentials.other_read(expr)
            {
                state.status = failed(Cause::Magic { text: key });
            } else if presence.is_there
                && self.role != AuthenticatorRole::Handler
                && let Some(key) = self.runs.credentials.said_by_client(
                    self.function,
                    expr,
                    presence.compared.map(|compared| at(self.file, compared)),
                )
            {
                state.status = failed(Cause::Magic { text: key });
            }
            return;
        }
        let Some(compared) = presence.compared else {
            match presence.is_there {
                true => {
                    state.is_formed |= !matches!(self.ast[test].kind, ExprKind::Name(_) | ExprKind::Attribute { .. })
                }
                false => state.status = failed(Cause::Missing),
            }
            return;
        };
        let texts: Vec<String> = self
            .model
            .eval(at(self.file, compared))
            .iter()
            .flat_map(|value| match &value.kind {
                ValueKind::List(items) => items.iter().flatten().cloned().collect(),
                _ => vec![value.clone()],
            })
            .map(|value| value.as_str().unwrap_or_default().to_owned())
            .collect();
        let is_form = !texts.is_empty()
            && texts.iter().all(|text| {
                let text = text.trim().to_lowercase();
                matches!(&*text, "bearer" | "jwt" | "token" | "basic" | "2" | "3")
            });
        let is_number = matches!(self.ast[compared].kind, ExprKind::Integer);
        if is_form || is_number {
            match presence.is_there {
                true => state.is_formed = true,
                false => state.status = failed(Cause::Missing),
            }
            return;
        }
        let is_text = matches!(self.ast[compared].kind, ExprKind::String { .. });
        match (is_text, presence.is_there) {
            (true, true) => {
                state.status = failed(Cause::Magic {
                    text: texts.first().cloned().unwrap_or_default(),
                });
            }
            (false, true) if presence.is_equality => state.status = Status::Verified,
            (_, false) if presence.is_equality => state.status = failed(Cause::Invalid),
            _ => {}
        }
    }

    fn exit(&mut self, state: &State, stmt: Option<StmtId>, way: Way, status_at: Option<Span>) {
        let (cause, told_at) = match &state.status {
            Status::Verified => return,
            // `if settings.DEBUG and not token:` is there for the setting.
            Status::Failed {
                cause: Cause::Missing, ..
            } if !matches!(way, Way::Raises { .. } | Way::Answers { .. })
                && self.answered_switch(state, stmt).is_some() =>
            {
                match self.answered_switch(state, stmt) {
                    Some((cause, told_at)) => (cause, Some(told_at)),
                    None => return,
                }
            }
            // What is refused later is something else.
            Status::Failed { told_at, .. }
                if state.is_unsure
                    && matches!(way, Way::Raises { .. })
                    && stmt.is_some_and(|stmt| !self.deals_with(stmt, *told_at)) =>
            {
                return;
            }
            Status::Failed { cause, told_at, .. } => (cause.clone(), Some(*told_at)),
            // Nobody asked what the helper gave: what is refused here is something else.
            Status::PerhapsCall(_) if matches!(way, Way::Raises { .. }) => return,
            Status::PerhapsCall(_) => (Cause::Invalid, None),
            Status::PerhapsParameter(_) => (Cause::Missing, None),
            Status::Open => match state
                .switch
                .and_then(|(test, is_set)| Some((self.switch_cause(test, is_set)?, test)))
            {
                Some((cause, test)) => (cause, Some(self.ast[test].range)),
                None if state.is_routed => return,
                None => (Cause::Unknown, None),
            },
        };
        let range = match stmt {
            Some(stmt) => self.ast[stmt].range,
            None => {
                let ends = self.ast.ends(self.ast[self.function.id].body);
                let last = ends
                    .into_iter()
                    .map(|end| self.ast[end].range)
                    .max_by_key(|range| range.end());
                last.unwrap_or(self.ast[self.function.id].name_range)
            }
        };
        let is_answer = match (stmt, told_at) {
            (Some(stmt), Some(told_at)) => self.deals_with(stmt, told_at),
            _ => false,
        };
        self.run.exits.push(Exit {
            cause,
            told_at: told_at.map(|range| Span::new(self.file, range)),
            way,
            span: Span::new(self.file, range),
            is_answer,
            status_at,
            bypass: stmt.zip(told_at).and_then(|(stmt, told_at)| self.bypass(stmt, told_at)),
        });
    }

    /// The setting that the block around a statement asks for.
    fn answered_switch(&self, state: &State, stmt: Option<StmtId>) -> Option<(Cause, TextRange)> {
        let (test, is_set) = state.switch?;
        let told_at = self.ast[test].range;
        let cause = self.switch_cause(test, is_set)?;
        self.deals_with(stmt?, told_at).then_some((cause, told_at))
    }

    /// The `if` whose only branch is this way out.
    fn bypass(&self, stmt: StmtId, told_at: TextRange) -> Option<Span> {
        let around = self.ast.parent_stmt(stmt)?;
        let StmtKind::If {
            branches,
            otherwise: None,
        } = self.ast[around].kind
        else {
            return None;
        };
        let [branch] = self.ast[branches] else { return None };
        let is_it = self.ast[branch.test].range.contains_range(told_at) && self.ast[branch.body].contains(&stmt);
        is_it.then(|| Span::new(self.file, self.ast[around].range))
    }

    /// Where a returned response says its status.
    fn status_written(&self, stmt: StmtId, value: Option<ExprId>) -> Option<Span> {
        let values = self.model.eval(at(self.file, value?));
        let found = values
            .iter()
            .find_map(|value| rejections::rejection(self.model, value))?;
        found
            .status_at
            .filter(|at| at.file == self.file && self.ast[stmt].range.contains_range(at.range))
    }

    /// Whether a statement stands in the block that a test or handler leads to.
    fn deals_with(&self, stmt: StmtId, told_at: TextRange) -> bool {
        self.ast.ancestors(stmt).any(|ancestor| match self.ast[ancestor].kind {
            StmtKind::If { branches, .. } => self.ast[branches]
                .iter()
                .any(|branch| self.ast[branch.test].range.contains_range(told_at)),
            StmtKind::Try { handlers, .. } => self.ast[handlers].iter().any(|handler| {
                handler.range.contains_range(told_at) && handler.range.contains_range(self.ast[stmt].range)
            }),
            _ => false,
        })
    }

    /// What a returned expression is.
    fn way_of(&mut self, value: Option<ExprId>, state: &State) -> Option<Way> {
        let Some(value) = value else { return Some(Way::Nothing) };
        // `return await call_next(request)` was told when it was evaluated.
        if self.calls_next(value) {
            return None;
        }
        match self.ast[value].kind {
            ExprKind::None | ExprKind::False => return Some(Way::Nothing),
            ExprKind::Tuple(items) => {
                let last = self.ast[items].last().map(|&last| self.ast[last].kind);
                if matches!(last, Some(ExprKind::Integer)) {
                    return Some(Way::Value { is_constant: true });
                }
                if is_nothing(self.ast, value)
                    || self.ast[items]
                        .first()
                        .is_some_and(|&first| is_nothing(self.ast, first))
                {
                    return Some(Way::Nothing);
                }
            }
            _ if is_nothing(self.ast, value) => return Some(Way::Empty),
            _ => {}
        }
        // What the helper or dependency gave, handed on.
        let gives = match &state.status {
            Status::PerhapsCall(call) if self.is_result(value, *call) => self
                .verifying
                .iter()
                .find(|verifying| verifying.call == *call)
                .map(|verifying| verifying.gives),
            Status::PerhapsParameter(index) if self.is_parameter(value, *index) => Some(self.given),
            _ => None,
        };
        if let Some(gives) = gives {
            return Some(match gives.nothing {
                true => Way::Nothing,
                false if gives.empty => Way::Empty,
                false => return None,
            });
        }
        let values = self.model.eval(at(self.file, value));
        if let Some(found) = values.iter().find_map(|value| rejections::rejection(self.model, value)) {
            return Some(match found.kind {
                RejectionKind::HttpException => Way::ReturnsException,
                RejectionKind::Response => Way::Answers { status: found.status },
            });
        }
        let nothings = values
            .iter()
            .filter(|value| matches!(value.kind, ValueKind::None))
            .count();
        if !values.is_empty() && nothings == values.len() {
            return Some(Way::Nothing);
        }
        // A name that only the failed call would have bound.
        if let Status::Failed { by: Some(call), .. } = &state.status
            && self.needs(value, *call)
        {
            self.run.unbound.push(self.model.span(at(self.file, value)));
            return None;
        }
        let is_constant = values.iter().all(|value| {
            matches!(
                value.kind,
                ValueKind::Str(_)
                    | ValueKind::Dict(_)
                    | ValueKind::Int(_)
                    | ValueKind::Bool(true)
                    | ValueKind::Instance { .. }
            )
        });
        Some(match self.role {
            AuthenticatorRole::Handler | AuthenticatorRole::WebSocket => Way::Answers { status: Some(200) },
            _ => Way::Value { is_constant },
        })
    }

    /// Whether an expression reads a name that is bound nowhere but at a call that failed.
    fn needs(&self, expr: ExprId, call: ExprId) -> bool {
        self.ast.descendants(expr).into_iter().any(|part| {
            let bindings = self.model.bindings_of(at(self.file, part));
            !bindings.is_empty()
                && bindings.iter().all(|binding| match binding.kind {
                    BindingKind::Value(value) | BindingKind::Unpack { value, .. } => self.contains(value, call),
                    _ => false,
                })
        })
    }

    fn calls_next(&self, expr: ExprId) -> bool {
        let Some(next) = self.next else { return false };
        let call = awaited(self.ast, expr);
        match self.ast[call].kind {
            ExprKind::Call { function, .. } => matches!(self.ast[function].kind, ExprKind::Name(name) if name == next),
            _ => false,
        }
    }

    /// Whether the result that was never tested is read in a way that fails for `None`.
    fn is_read_after(&self, state: &State) -> bool {
        let (gives, subject) = match &state.status {
            Status::PerhapsCall(call) => {
                let verifying = self.verifying.iter().find(|verifying| verifying.call == *call);
                (
                    verifying.map(|verifying| verifying.gives).unwrap_or_default(),
                    Ok(*call),
                )
            }
            Status::PerhapsParameter(index) => (self.given, Err(*index)),
            _ => return false,
        };
        if gives.empty || gives.value {
            return false;
        }
        let Some(range) = self.ast.block_range(self.ast[self.function.id].body) else {
            return false;
        };
        self.ast.exprs().any(|(_, expr)| {
            let object = match expr.kind {
                ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => object,
                _ => return false,
            };
            range.contains_range(expr.range)
                && match subject {
                    Ok(call) => awaited(self.ast, object) == call || self.is_result(object, call),
                    Err(index) => self.is_parameter(object, index),
                }
        })
    }

    fn splits(&mut self, expr: ExprId, state: &State) {
        if state.is_formed || self.is_guarded(expr) {
            return;
        }
        for part in self.ast.descendants(expr) {
            let object = match self.ast[part].kind {
                ExprKind::Subscript { object, index } if matches!(self.ast[index].kind, ExprKind::Integer) => {
                    let text = &*self.model.written(at(self.file, index));
                    if text == "0" || text == "-1" {
                        continue;
                    }
                    object
                }
                // `scheme, token = header.split()`
                ExprKind::Call { .. } if part == expr && self.is_unpacked(expr) => part,
                _ => continue,
            };
            let ExprKind::Call { function, .. } = self.ast[object].kind else {
                continue;
            };
            let ExprKind::Attribute { object, name, .. } = self.ast[function].kind else {
                continue;
            };
            let name = self.model.file(self.file).source().name(name);
            let is_split = matches!(name, "split" | "rsplit");
            if is_split
                && self
                    .runs
                    .credentials
                    .is_credential(self.function, at(self.file, object))
            {
                let span = self.model.span(at(self.file, part));
                if !self.run.splits.contains(&span) {
                    self.run.splits.push(span);
                }
            }
        }
    }

    /// Whether the credential is given to something that is not followed, and may verify it.
    fn is_handed_on(&self, expr: ExprId) -> bool {
        self.ast.descendants(expr).into_iter().any(|part| {
            let ExprKind::Call { function, arguments } = self.ast[part].kind else {
                return false;
            };
            let given = |argument: &Argument| {
                let value = at(self.file, argument.value);
                matches!(
                    self.ast[argument.value].kind,
                    ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } | ExprKind::Subscript { .. }
                ) && self.runs.credentials.is_credential(self.function, value)
                    && !matches!(
                        self.model.eval(value).first().map(|value| &value.kind),
                        Some(ValueKind::Str(_))
                    )
            };
            // `execute(query, {"token": token})`
            let given_inside = |argument: &Argument| match self.ast[argument.value].kind {
                ExprKind::Dict(items) => self.ast[items].iter().any(|item| match *item {
                    DictItem::Pair { value, .. } => {
                        matches!(self.ast[value].kind, ExprKind::Name(_) | ExprKind::Attribute { .. })
                            && self.runs.credentials.is_credential(self.function, at(self.file, value))
                    }
                    DictItem::Spread(_) => false,
                }),
                _ => false,
            };
            if !self.ast[arguments]
                .iter()
                .any(|argument| given(argument) || given_inside(argument))
            {
                return false;
            }
            let name = match self.ast[function].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                    self.model.file(self.file).source().imported_name(name)
                }
                _ => return false,
            };
            !HARMLESS.contains(&name)
        })
    }

    fn is_unpacked(&self, expr: ExprId) -> bool {
        match self.ast[self.ast.stmt_of(expr)].kind {
            StmtKind::Assign { targets, value } if value == expr => self.ast[targets]
                .iter()
                .any(|&target| matches!(self.ast[target].kind, ExprKind::Tuple(items) if items.len() > 1)),
            _ => false,
        }
    }

    /// Whether an expression stands in the body of a `try`.
    fn is_guarded(&self, expr: ExprId) -> bool {
        let range = self.ast[expr].range;
        self.ast
            .ancestors(self.ast.stmt_of(expr))
            .any(|ancestor| match self.ast[ancestor].kind {
                StmtKind::Try { body, handlers, .. } => {
                    !handlers.is_empty()
                        && self
                            .ast
                            .block_range(body)
                            .is_some_and(|body| body.contains_range(range))
                }
                _ => false,
            })
    }
}

impl Walk for Walker<'_, '_, '_> {
    type State = State;

    fn evaluated(&mut self, expr: ExprId, state: &mut State) {
        self.splits(expr, state);
        if self.next.is_some() {
            let calls = self
                .ast
                .descendants(expr)
                .into_iter()
                .find(|&part| self.calls_next(part) && !matches!(self.ast[part].kind, ExprKind::Await(_)));
            if calls.is_some() {
                let stmt = self.ast.stmt_of(expr);
                self.exit(&state.clone(), Some(stmt), Way::PassesOn, None);
            }
        }
        // After a verification that failed, another may follow: a session that is looked up by the same token.
        if matches!(state.status, Status::Open | Status::Failed { .. }) && self.is_handed_on(expr) {
            state.status = Status::Verified;
        }
        for index in 0..self.verifying.len() {
            let Verifying { call, gives } = self.verifying[index];
            if !self.contains(expr, call) || !self.is_always_evaluated(call, expr) {
                continue;
            }
            state.status = match gives.nothing || gives.empty {
                true => Status::PerhapsCall(call),
                false => Status::Verified,
            };
        }
    }

    fn branched(&mut self, test: ExprId, truth: bool, state: &mut State) {
        let parts = semantic::implied(self.ast, test, truth);
        for (part, truth) in &parts {
            self.branch(*part, *truth, state);
        }
        // `if not header or not header.startswith("Bearer "):` says that one of them failed.
        if let [(only, only_truth)] = parts[..]
            && only == test
            && let ExprKind::Boolean { .. } = self.ast[only].kind
        {
            self.one_of(only, only_truth, state);
        }
    }

    fn caught(&mut self, thrower: StmtId, catch: &Catch, state: State) -> Option<State> {
        let verifying = self
            .verifying
            .iter()
            .find(|verifying| self.ast.stmt_of(verifying.call) == thrower);
        let Some(verifying) = verifying else {
            return Some(state);
        };
        let is_helper = !self.runs.roots.calls.contains(&at(self.file, verifying.call));
        if !escapes::may_refuse(self.model, self.file, catch, is_helper) {
            return Some(state);
        }
        let cause = match catches_expired(self.model, self.file, catch) {
            true => Cause::Expired,
            false => Cause::Invalid,
        };
        Some(State {
            status: Status::Failed {
                cause,
                told_at: catch.range,
                by: Some(verifying.call),
            },
            ..state
        })
    }

    fn returned(&mut self, stmt: StmtId, value: Option<ExprId>, state: &State) {
        if self.next.is_some() && value.is_some_and(|value| !matches!(self.ast[value].kind, ExprKind::Call { .. })) {
            // `return response` of a middleware: what counts is whether the handler ran.
            return;
        }
        if matches!(state.status, Status::PerhapsCall(_) | Status::PerhapsParameter(_)) && self.is_read_after(state) {
            return;
        }
        if let Some(way) = self.way_of(value, state) {
            let status_at = self.status_written(stmt, value);
            self.exit(state, Some(stmt), way, status_at);
        }
    }

    fn raised(&mut self, stmt: StmtId, exception: Option<ExprId>, state: &State) {
        let rejection = exception.and_then(|exception| rejections::raised(self.model, self.file, exception));
        let class = exception.map(|exception| {
            let callee = match self.ast[exception].kind {
                ExprKind::Call { function, .. } => function,
                _ => exception,
            };
            self.model.written(at(self.file, callee)).into_owned()
        });
        let Some(exception) = class else { return };
        let status = rejection.and_then(|Rejection { status, .. }| status);
        let status_at = rejection
            .and_then(|rejection| rejection.status_at)
            .filter(|at| at.file == self.file && self.ast[stmt].range.contains_range(at.range));
        if let Some(Rejection {
            status: Some(401),
            has_headers: false,
            call: Some(call),
            ..
        }) = rejection
            && !self.run.unchallenged.contains(&call)
        {
            self.run.unchallenged.push(call);
        }
        self.exit(state, Some(stmt), Way::Raises { status, exception }, status_at);
    }

    fn ended(&mut self, state: &State) {
        if self.next.is_some() || matches!(self.role, AuthenticatorRole::WebSocket) {
            return;
        }
        if matches!(state.status, Status::PerhapsCall(_) | Status::PerhapsParameter(_)) && self.is_read_after(state) {
            return;
        }
        self.exit(state, None, Way::Nothing, None);
    }
}

impl Walker<'_, '_, '_> {
    /// One operand of an `or` holds, or one of an `and` does not: which one is not known, and the worst is taken.
    fn one_of(&self, test: ExprId, truth: bool, state: &mut State) {
        let ExprKind::Boolean { left, right, .. } = self.ast[test].kind else {
            return;
        };
        let mut pending = vec![left, right];
        let mut steps = 0;
        while let Some(operand) = pending.pop() {
            steps += 1;
            if steps > 12 {
                return;
            }
            for (part, truth) in semantic::implied(self.ast, operand, truth) {
                if let ExprKind::Boolean { left, right, .. } = self.ast[part].kind {
                    pending.extend([left, right]);
                    continue;
                }
                let mut alone = state.clone();
                self.branch(part, truth, &mut alone);
                if matches!(alone.status, Status::Failed { .. }) && alone.status != state.status {
                    state.is_unsure = true;
                    state.status = alone.status;
                    return;
                }
                if alone.switch != state.switch {
                    state.switch = alone.switch;
                }
                state.is_routed |= alone.is_routed;
            }
        }
    }
}

/// Functions and methods that are given a credential and do not verify it.
const HARMLESS: &[&str] = &[
    "print",
    "len",
    "str",
    "bool",
    "type",
    "isinstance",
    "repr",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "critical",
    "log",
    "get",
    "getattr",
    "Depends",
    "HTTPException",
    "JSONResponse",
    "get_unverified_header",
    "get_unverified_claims",
    "get_authorization_scheme_param",
    "startswith",
    "call_next",
    "dict",
    "append",
];

/// Claims that name the caller.
const CALLER: &[&str] = &[
    "sub",
    "user_id",
    "userId",
    "userid",
    "uid",
    "id",
    "email",
    "username",
    "user",
    "login",
    "account_id",
    "exp",
];

/// Whether a handler catches expired tokens and no others.
pub(super) fn is_expired_alone(model: &Model<'_>, file: FileId, catch: &Catch) -> bool {
    catches_expired(model, file, catch)
}

fn is_user(name: &str) -> bool {
    let name = name.to_lowercase();
    ["user", "account", "member", "owner", "profile", "principal", "customer"]
        .iter()
        .any(|word| name.contains(word))
}

fn is_upper(name: &str) -> bool {
    name.len() > 2
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
}
