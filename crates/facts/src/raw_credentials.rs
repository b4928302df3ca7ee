//! Credentials that a route asks for and that nothing verifies.
//!
//! ```python
//! def get_current_user(token: str = Depends(oauth2_scheme)):
//!     return User(name=token)      # whatever the client sent
//! ```
//!
//! For each route without a guard, the value of its security schemes, or of the header that a dependency reads, is
//! followed. Anything that may verify it ends the search: a comparison with something that is not constant, a
//! look-up, a call that is not followed.

use std::cell::Cell;

use semantic::{BindingKind, ExprRef, Following, FunctionRef, Model, UseKind, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::applications::Operation;
use crate::authenticators::{AuthenticatorRole, Cause, Credentials, Way, called};
use crate::dependencies::{CallableKind, Dependency, Level};
use crate::flow::RequestPart;
use crate::libraries::fastapi::RouteKind;
use crate::libraries::requests;

/// A credential that is asked for and not verified, and what passes for its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCredential {
    /// The dependency that stands for authentication: the function, or the security scheme where the route asks for
    /// it directly.
    pub guard: String,
    /// Where the function lets callers in, or the place that asks for the scheme.
    pub span: Span,
    pub is_function: bool,
    pub fate: CredentialFate,
    /// What asks for the scheme, where that is another place.
    pub scheme: Option<Span>,
    /// Names of the handlers behind it.
    pub handlers: Vec<String>,
    /// Where they are registered as routes of an application that the call makes, where every route takes
    /// `dependencies=[…]`.
    pub registrations: Option<(Vec<Span>, Span)>,
    /// The credential is what stands behind `Bearer`.
    pub is_bearer: bool,
}

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialFate {
    Unused,
    /// It is looked at whether there is one.
    Present,
    /// It is taken for an identity, or handed back.
    Taken,
    /// Something may verify it.
    PerhapsVerified,
}

const MAX_DEPTH: usize = 6;
const MAX_USES: usize = 120;

impl Facts<'_> {
    /// Credentials that nothing verifies, one for each guard, in order of file and place.
    pub fn raw_credentials(&self) -> Vec<RawCredential> {
        let credentials = Credentials::new(&self.model);
        let search = Search {
            model: &self.model,
            credentials: &credentials,
            takes_names: Cell::new(false),
        };
        let mut out: Vec<RawCredential> = Vec::new();
        // Starlette's `AuthenticationMiddleware` with a backend that refuses what it does not verify.
        let is_behind_backend = self.authenticators().functions.iter().any(|known| {
            known.function.name == "authenticate"
                && known.role == AuthenticatorRole::Middleware
                && known.verifies
                && !known.exits.iter().any(|exit| {
                    matches!(exit.cause, Cause::Invalid | Cause::Expired)
                        && matches!(exit.way, Way::Nothing | Way::Empty | Way::Value { .. })
                })
        });
        if is_behind_backend {
            return out;
        }
        let known = &self.authentication().routes;
        for (route, known) in self.applications().routes.iter().zip(known) {
            // A look-up guards, unless it takes the credential for the name of a user.
            let is_looked_up = known.guard.is_some() && !self.is_verified(&route.operation.dependencies);
            if (known.guard.is_some() && !is_looked_up) || self.applications().applications[route.application].is_test {
                continue;
            }
            search.takes_names.set(false);
            for found in search.route(&route.operation) {
                if is_looked_up && !(search.takes_names.get() && found.fate == CredentialFate::Taken) {
                    continue;
                }
                if self.is_test(found.span.file) {
                    continue;
                }
                let application = self.applications().applications[route.application].span;
                let is_plain = route.operation.kind == RouteKind::Api;
                let place = is_plain.then(|| (vec![route.operation.registration], application));
                let found = RawCredential {
                    registrations: place,
                    ..found
                };
                match out.iter_mut().find(|known| known.span == found.span) {
                    Some(known) => {
                        known.fate = known.fate.max(found.fate);
                        known.handlers.extend(found.handlers);
                        known.registrations = match (known.registrations.take(), found.registrations) {
                            (Some((mut all, application)), Some((new, _))) => {
                                all.extend(new);
                                Some((all, application))
                            }
                            _ => None,
                        };
                    }
                    None => out.push(found),
                }
            }
        }
        out.retain(|found| found.fate != CredentialFate::PerhapsVerified);
        text::sort_by_number(&mut out, |found| found.span.number());
        out
    }
}

impl Facts<'_> {
    /// Whether a dependency, or one that it asks for, verifies a token.
    fn is_verified(&self, dependencies: &[Dependency]) -> bool {
        let mut pending: Vec<&Dependency> = dependencies.iter().collect();
        let mut left = 100;
        while let Some(dependency) = pending.pop() {
            left -= 1;
            if left == 0 {
                return true;
            }
            match called(&self.model, &dependency.callable) {
                Some(function) => {
                    let known = self.authenticators().of(function);
                    if known.is_some_and(|known| known.verifies) {
                        return true;
                    }
                }
                None if !is_scheme(&self.model, dependency) => return true,
                None => {}
            }
            pending.extend(dependency.dependencies.iter());
        }
        dependencies.is_empty()
    }
}

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    credentials: &'m Credentials<'m, 'a>,
    /// A credential was looked up among users by their names.
    takes_names: Cell<bool>,
}

/// Who receives a value: a parameter of a function; none where the dependency is an item of a list.
#[derive(Debug, Clone, Copy)]
struct Receiver {
    function: FunctionRef,
    parameter: u32,
}

impl Search<'_, '_> {
    fn route(&self, operation: &Operation) -> Vec<RawCredential> {
        let mut out: Vec<RawCredential> = Vec::new();
        for dependency in &operation.dependencies {
            let mut fates: Vec<(CredentialFate, Option<Span>)> = Vec::new();
            let receiver = receiver(self.model, operation.handler.function(), dependency);
            self.visit(dependency, &mut vec![receiver], &mut fates);
            let Some(fate) = fates.iter().map(|(fate, _)| *fate).max() else {
                continue;
            };
            let is_function = !is_scheme(self.model, dependency) || called(self.model, &dependency.callable).is_some();
            let span = match (is_function, dependency.callable.span) {
                (true, Some(span)) => called(self.model, &dependency.callable)
                    .and_then(|function| self.lets_in(function))
                    .unwrap_or(span),
                _ => dependency.declared,
            };
            let scheme = fates.iter().find_map(|(_, scheme)| *scheme);
            out.push(RawCredential {
                guard: match is_function {
                    true => dependency.callable.name.clone(),
                    false => self.model.text(dependency.declared).to_owned(),
                },
                span,
                is_function,
                fate,
                scheme: scheme.filter(|_| is_function),
                handlers: vec![operation.handler.name.clone()],
                registrations: None,
                is_bearer: is_bearer(self.model, dependency),
            });
        }
        // One credential that may be verified is enough for the route.
        if out.iter().any(|found| found.fate == CredentialFate::PerhapsVerified) {
            out.iter_mut()
                .for_each(|found| found.fate = CredentialFate::PerhapsVerified);
        }
        out
    }

    /// Where a function lets its callers in: what it returns last, or the condition under which it refuses them.
    fn lets_in(&self, function: FunctionRef) -> Option<Span> {
        let ast = self.model.ast(function.file);
        let statements = ast.stmts_within(ast[function.id].body);
        let own = || {
            statements
                .iter()
                .copied()
                .filter(|&stmt| ast.enclosing_function(stmt) == Some(function.id))
        };
        let returned = own().filter_map(|stmt| match ast[stmt].kind {
            StmtKind::Return(Some(value)) if !matches!(ast[value].kind, ExprKind::None) => Some(ast[value].range),
            _ => None,
        });
        let last = returned.max_by_key(|range| range.start());
        let asked = || {
            own().find_map(|stmt| match ast[stmt].kind {
                StmtKind::If { branches, .. } => ast[branches]
                    .first()
                    .filter(|branch| !matches!(ast[branch.test].kind, ExprKind::True))
                    .map(|branch| ast[branch.test].range),
                _ => None,
            })
        };
        last.or_else(asked).map(|range| Span::new(function.file, range))
    }

    /// `receivers` are those of the dependency's result, the outermost first.
    fn visit(
        &self,
        dependency: &Dependency,
        receivers: &mut Vec<Option<Receiver>>,
        fates: &mut Vec<(CredentialFate, Option<Span>)>,
    ) {
        if receivers.len() > MAX_DEPTH || dependency.is_conditional {
            return;
        }
        let function = called(self.model, &dependency.callable);
        match function {
            None if is_scheme(self.model, dependency) => {
                let fate = self.received(receivers, receivers.len());
                fates.push((fate, Some(dependency.declared)));
            }
            None if matches!(
                dependency.callable.kind,
                CallableKind::Unknown | CallableKind::Lambda(_)
            ) =>
            {
                fates.push((CredentialFate::PerhapsVerified, None));
            }
            None => {}
            Some(function) => {
                let sources = self.sources(function, is_scheme(self.model, dependency));
                if !sources.is_empty() && self.is_about_authentication(function, dependency) {
                    let mut fate = CredentialFate::Unused;
                    for source in sources {
                        fate = fate.max(self.fate(source, function, receivers, receivers.len()));
                    }
                    fates.push((fate, None));
                }
                for inner in dependency.dependencies.iter() {
                    receivers.push(receiver(self.model, Some(function), inner));
                    self.visit(inner, receivers, fates);
                    receivers.pop();
                }
            }
        }
    }

    /// Expressions of a function that read the credential from the request themselves.
    fn sources(&self, function: FunctionRef, is_scheme: bool) -> Vec<ExprRef> {
        let file = self.model.file(function.file);
        let ast = file.ast();
        let mut out = Vec::new();
        let scope = file.index().function_scope(function.id);
        for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
            if self.model.injected(function, index as u32).is_none()
                && self.credentials.is_credential_parameter(function, index as u32)
            {
                let mut bindings = file.index().bindings(scope, parameter.name).iter();
                let binding = bindings.find(|binding| matches!(binding.kind, BindingKind::Parameter { .. }));
                let reads = binding.map(|binding| self.model.reads(function.file, binding));
                match reads {
                    Some(reads) if !reads.is_empty() => out.extend(reads),
                    // Asked for and not read: the annotation stands for it.
                    _ => {}
                }
            }
        }
        let Some(body) = ast.block_range(ast[function.id].body) else {
            return out;
        };
        for call in self.model.calls_within(function.file, body) {
            if self.credentials.is_read(call) || (is_scheme && self.is_super_call(call)) {
                out.push(call);
            }
        }
        if ast.name("headers").is_some() {
            for (id, expr) in ast.exprs() {
                if matches!(expr.kind, ExprKind::Subscript { .. }) && body.contains_range(expr.range) {
                    let read = ExprRef {
                        file: function.file,
                        id,
                    };
                    if self.credentials.is_read(read) {
                        out.push(read);
                    }
                }
            }
        }
        out
    }

    /// `super().__call__(request)` of a security scheme.
    fn is_super_call(&self, call: ExprRef) -> bool {
        let file = self.model.file(call.file);
        let ast = file.ast();
        match ast[call.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } => file.source().name(name) == "__call__",
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a function that reads a credential is there to authenticate: it is named so, or rejects.
    fn is_about_authentication(&self, function: FunctionRef, dependency: &Dependency) -> bool {
        let name = dependency.callable.name.to_lowercase();
        let is_named = [
            "auth", "user", "token", "login", "verify", "require", "protect", "secure", "jwt", "bearer",
        ]
        .iter()
        .any(|word| name.contains(word));
        let ast = self.model.ast(function.file);
        is_named
            || ast
                .stmts_within(ast[function.id].body)
                .iter()
                .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }))
    }

    /// What becomes of a value that the receiver number `count - 1` gets.
    fn received(&self, receivers: &[Option<Receiver>], count: usize) -> CredentialFate {
        let Some(Some(receiver)) = count.checked_sub(1).map(|index| receivers[index]) else {
            return CredentialFate::Unused;
        };
        let file = self.model.file(receiver.function.file);
        let ast = file.ast();
        let name = ast[ast[receiver.function.id].parameters][receiver.parameter as usize].name;
        let scope = file.index().function_scope(receiver.function.id);
        let bindings = file.index().bindings(scope, name).iter();
        let mut fate = CredentialFate::Unused;
        for binding in bindings.filter(|binding| matches!(binding.kind, BindingKind::Parameter { .. })) {
            for read in self.model.reads(receiver.function.file, binding) {
                fate = fate.max(self.fate(read, receiver.function, receivers, count - 1));
            }
        }
        fate
    }

    /// What becomes of an expression in `function`; what that returns goes to the receiver number `above - 1`.
    fn fate(
        &self,
        source: ExprRef,
        function: FunctionRef,
        receivers: &[Option<Receiver>],
        above: usize,
    ) -> CredentialFate {
        let passes = |path: &str| matches!(path, "builtins.str" | "builtins.bytes");
        let following = Following {
            passes_through: &passes,
            into_callers: true,
        };
        let mut fate = CredentialFate::Unused;
        let mut pending = vec![source];
        let mut seen: Vec<ExprRef> = Vec::new();
        let mut returned = false;
        while let Some(expr) = pending.pop() {
            if seen.contains(&expr) {
                continue;
            }
            seen.push(expr);
            if seen.len() > MAX_USES {
                return CredentialFate::PerhapsVerified;
            }
            for used in self.model.uses(expr, following) {
                let ast = self.model.ast(used.value.file);
                let found = match used.kind {
                    UseKind::Tested => CredentialFate::Present,
                    // `f"Bearer {token}"`
                    UseKind::Text => {
                        pending.extend(ast.parent_expr(used.value.id).map(|id| ExprRef {
                            file: used.value.file,
                            id,
                        }));
                        CredentialFate::Present
                    }
                    UseKind::Compared { comparison } => self.compared(used.value, comparison),
                    UseKind::Item { item, .. } => {
                        pending.push(item);
                        CredentialFate::Present
                    }
                    UseKind::Attribute { call: None, .. } => {
                        pending.extend(ast.parent_expr(used.value.id).map(|id| ExprRef {
                            file: used.value.file,
                            id,
                        }));
                        CredentialFate::Present
                    }
                    UseKind::Attribute { name, call: Some(call) } => match &*name {
                        "startswith" | "endswith" | "isalnum" | "count" | "find" => CredentialFate::Present,
                        "split" | "rsplit" | "replace" | "removeprefix" | "partition" | "strip" | "lstrip"
                        | "rstrip" | "upper" | "title" => {
                            pending.push(call);
                            CredentialFate::Present
                        }
                        _ => CredentialFate::PerhapsVerified,
                    },
                    UseKind::Argument { call } => self.passed(call),
                    UseKind::Index { container } => self.looked_up(container),
                    UseKind::Returned { function: by } => {
                        if by == function {
                            returned = true;
                        }
                        CredentialFate::Taken
                    }
                    UseKind::Escapes => match ast.parent_expr(used.value.id) {
                        // `token + "x"`
                        Some(id) if matches!(ast[id].kind, ExprKind::Binary { .. }) => {
                            pending.push(ExprRef {
                                file: used.value.file,
                                id,
                            });
                            CredentialFate::Present
                        }
                        _ => self.kept(used.value),
                    },
                };
                fate = fate.max(found);
                if fate == CredentialFate::PerhapsVerified {
                    return fate;
                }
            }
        }
        match returned {
            true => fate.max(self.received(receivers, above)),
            false => fate,
        }
    }

    fn compared(&self, value: ExprRef, comparison: ExprRef) -> CredentialFate {
        let ast = self.model.ast(comparison.file);
        let ExprKind::Compare { first, rest } = ast[comparison.id].kind else {
            return CredentialFate::PerhapsVerified;
        };
        let [compared] = ast[rest] else {
            return CredentialFate::PerhapsVerified;
        };
        let other = match first == value.id {
            true => compared.right,
            false => first,
        };
        match ast[other].kind {
            ExprKind::None | ExprKind::Integer => CredentialFate::Present,
            ExprKind::String { .. } => {
                let text = ast
                    .string(self.model.file(comparison.file).text(), other)
                    .unwrap_or_default();
                match text.trim().to_lowercase().as_str() {
                    "" | "bearer" | "token" | "jwt" | "null" | "undefined" => CredentialFate::Present,
                    // A magic token, of which another rule speaks.
                    _ => CredentialFate::PerhapsVerified,
                }
            }
            _ if matches!(compared.operator, CompareOperator::In | CompareOperator::NotIn)
                && other == compared.right =>
            {
                self.looked_up(ExprRef {
                    file: comparison.file,
                    id: other,
                })
            }
            _ => CredentialFate::PerhapsVerified,
        }
    }

    /// `users[token]`: a list of users that is written in the code, by their names, is no list of tokens.
    fn looked_up(&self, container: ExprRef) -> CredentialFate {
        let name = self.credentials.last_name(container).unwrap_or_default().to_lowercase();
        if ["token", "session", "key", "secret"]
            .iter()
            .any(|word| name.contains(word))
        {
            return CredentialFate::PerhapsVerified;
        }
        let values = self.model.eval(container);
        let are_users = values.iter().any(|value| match &value.kind {
            ValueKind::Dict(entries) => {
                let is_record = |entry: &semantic::DictEntry| match entry {
                    semantic::DictEntry::Pair { value, .. } => value.iter().any(|value| {
                        matches!(&value.kind, ValueKind::Dict(fields) if fields.iter().any(|field| {
                            matches!(field, semantic::DictEntry::Pair { key: Some(key), .. }
                                if matches!(&**key, "username" | "email" | "hashed_password" | "password"))
                        }))
                    }),
                    semantic::DictEntry::Spread(_) => false,
                };
                entries.iter().any(is_record)
            }
            _ => false,
        });
        match are_users {
            true => {
                self.takes_names.set(true);
                CredentialFate::Taken
            }
            false => CredentialFate::PerhapsVerified,
        }
    }

    fn passed(&self, call: ExprRef) -> CredentialFate {
        for callee in self.model.callee(call) {
            let path = match &callee.kind {
                ValueKind::External(path) => path.clone(),
                // `User(name=token)`
                ValueKind::Class(class) => {
                    let has_code = self.model.class_binding(*class, "__init__").is_some();
                    return match has_code {
                        true => CredentialFate::PerhapsVerified,
                        false => CredentialFate::Taken,
                    };
                }
                _ => return CredentialFate::PerhapsVerified,
            };
            if matches!(
                &*path,
                "builtins.print"
                    | "builtins.len"
                    | "builtins.bool"
                    | "builtins.isinstance"
                    | "builtins.type"
                    | "builtins.repr"
            ) || path.starts_with("logging.")
                || path.starts_with("loguru.")
                || path.ends_with("HTTPException")
                || path.ends_with("Response")
            {
                return CredentialFate::Present;
            }
        }
        CredentialFate::PerhapsVerified
    }

    /// `return {"token": token}`
    fn kept(&self, value: ExprRef) -> CredentialFate {
        let ast = self.model.ast(value.file);
        let mut expr = value.id;
        while let Some(parent) = ast.parent_expr(expr) {
            match ast[parent].kind {
                ExprKind::Dict(_) | ExprKind::List(_) | ExprKind::Tuple(_) => expr = parent,
                _ => return CredentialFate::PerhapsVerified,
            }
        }
        match ast[ast.stmt_of(expr)].kind {
            StmtKind::Return(_) => CredentialFate::Taken,
            _ => CredentialFate::PerhapsVerified,
        }
    }
}

/// The parameter that gets what a dependency gives.
fn receiver(model: &Model<'_>, function: Option<FunctionRef>, dependency: &Dependency) -> Option<Receiver> {
    let function = function.filter(|_| dependency.level == Level::Parameter)?;
    let ast = model.ast(function.file);
    let parameter = ast[ast[function.id].parameters]
        .iter()
        .position(|parameter| parameter.range == dependency.declared.range)?;
    Some(Receiver {
        function,
        parameter: parameter as u32,
    })
}

fn is_scheme(model: &Model<'_>, dependency: &Dependency) -> bool {
    read_by(model, dependency).is_some()
}

fn is_bearer(model: &Model<'_>, dependency: &Dependency) -> bool {
    match &dependency.callable.kind {
        CallableKind::External { path, is_object: true } => requests::is_bearer_scheme(path),
        CallableKind::Instance { class, .. } => model.descends_from(*class, requests::is_bearer_scheme),
        _ => false,
    }
}

/// The part of the request that a dependency reads a credential from, where it is a security scheme of FastAPI or an
/// object of a class derived from one.
pub(crate) fn read_by(model: &Model<'_>, dependency: &Dependency) -> Option<RequestPart> {
    match &dependency.callable.kind {
        CallableKind::External { path, is_object: true } => requests::scheme_part(path),
        CallableKind::Instance { class, .. } => [RequestPart::Header, RequestPart::Query, RequestPart::Cookie]
            .into_iter()
            .find(|part| model.descends_from(*class, |path| requests::scheme_part(path) == Some(*part))),
        _ => None,
    }
}
