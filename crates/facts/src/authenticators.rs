//! Functions that authenticate callers, and how they answer when that fails.
//!
//! ```python
//! def get_current_user(token: str = Depends(oauth2_scheme)):
//!     try:
//!         return jwt.decode(token, KEY, algorithms=["HS256"])
//!     except jwt.PyJWTError:
//!         return None          # the failure, and its way out
//! ```
//!
//! Dependencies, middleware, handlers and the helpers that they call are run on every way. A way on which a
//! credential was missing or refused, or on which nothing was verified, and that ends in something else than a
//! rejection, is a [`Exit`]; who uses what such a function gives stands in [`Authenticator::uses`].

mod credentials;
mod escapes;
mod rejections;
mod roots;
mod users;
mod walk;

use rustc_hash::FxHashMap;
use semantic::{ExprRef, FunctionRef, Model};
use text::Span;

use crate::Facts;
use crate::applications::Applications;
use crate::handlers::Handlers;
use crate::source::{CallSyntax, Function, call_syntax, function_of};
use crate::tokens::TokenDecode;

pub(crate) use credentials::Credentials;
pub(crate) use rejections::{raised, rejection};
pub(crate) use roots::called;

/// Every function that authenticates, in order of file and place.
#[derive(Debug, Default)]
pub struct Authenticators {
    pub functions: Vec<Authenticator>,
    /// Verifying coroutines that are called and never awaited.
    pub not_awaited: Vec<NotAwaited>,
    /// Something other than a middleware looks at `request.state`, and raises.
    pub checks_request_state: bool,
    by_function: FxHashMap<FunctionRef, usize>,
    roles: FxHashMap<FunctionRef, AuthenticatorRole>,
}

/// A function that reads a credential of the request or verifies a token, by itself or through what it calls.
#[derive(Debug, Clone)]
pub struct Authenticator {
    pub function: Function,
    pub role: AuthenticatorRole,
    /// Something in it, or in what it calls, verifies.
    pub verifies: bool,
    /// Ways out on which authentication failed, or did not happen.
    pub exits: Vec<Exit>,
    /// Where a wrong credential makes it fail with an exception that nobody meant.
    pub crashes: Vec<Crash>,
    /// For a dependency: the handlers that receive what it gives.
    pub uses: Vec<IdentityUse>,
    /// Its name or its scheme says that callers without a credential are welcome.
    pub is_optional: bool,
    /// It looks at the credential of a request, not at a token that came in a body or a mail.
    pub serves_requests: bool,
    /// Exceptions with 401 that it raises without `WWW-Authenticate`, where they are made.
    pub unchallenged: Vec<CallSyntax>,
    pub is_test: bool,
}

/// How the framework comes to call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthenticatorRole {
    Middleware,
    Dependency,
    WebSocket,
    Handler,
    /// Called by one of the others.
    Helper,
}

/// One way out that rejects, or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    pub cause: Cause,
    /// The test or handler that told the failure.
    pub told_at: Option<Span>,
    pub way: Way,
    /// The statement by which the function is left; the last line where it ends.
    pub span: Span,
    /// It stands in the block that deals with the failure, not behind it.
    pub is_answer: bool,
    /// Where the status is written in the statement.
    pub status_at: Option<Span>,
    /// The whole `if`, where it does nothing but take this way.
    pub bypass: Option<Span>,
}

/// What went wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// No credential, or not in the form that is asked for.
    Missing,
    Invalid,
    Expired,
    /// A claim that is needed is not there.
    Claim,
    /// The token is right, its user is gone.
    User,
    /// A setting says that nothing is verified, or there is no secret to verify with.
    Switch {
        name: String,
        is_secret: bool,
        is_set: bool,
    },
    /// The credential is compared with a text in the code.
    Magic {
        text: String,
    },
    /// Nothing was verified, for no reason that is known.
    Unknown,
}

/// How the function is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Raises {
        status: Option<u16>,
        /// The class, as written.
        exception: String,
    },
    /// A response object, or in a handler what it returns.
    Answers { status: Option<u16> },
    /// `return HTTPException(…)`
    ReturnsException,
    /// `None`, `False`, the end of the function.
    Nothing,
    /// `{}`, `[]`, `""`
    Empty,
    /// Something that looks like an identity.
    Value { is_constant: bool },
    /// `call_next(request)`
    PassesOn,
}

/// An exception that a wrong credential raises and nothing turns into 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    pub span: Span,
    pub kind: CrashKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrashKind {
    /// `header.split()[1]`, `scheme, token = header.split()`
    Split,
    /// A name that only the verification would have bound is read after it was refused.
    Unbound,
    /// The decode raises and nothing catches it.
    Uncaught { library: &'static str },
    /// The handler is for exceptions of another kind.
    WrongClass {
        caught: String,
        library: &'static str,
        handler: Span,
    },
    /// `HTTPException` inside `@app.middleware("http")`.
    RaisedInMiddleware,
}

/// Who gets what a dependency gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityUse {
    /// The parameter, or the item of `dependencies=[…]`.
    pub span: Span,
    /// Name of the handler.
    pub handler: String,
    pub kind: UseOfIdentity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseOfIdentity {
    /// It is tested, or another dependency of the route rejects.
    Checked,
    /// Nothing looks at it: the dependency is there as a gate.
    Gate,
    /// Attributes or items are read, which fails for `None`.
    Read,
    /// It is handed on to something that is not followed.
    Passed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAwaited {
    pub call: Span,
    pub name: String,
}

impl Authenticators {
    pub fn of(&self, function: FunctionRef) -> Option<&Authenticator> {
        Some(&self.functions[*self.by_function.get(&function)?])
    }

    /// How the framework comes to call a function; `None` where it does not.
    pub fn role_of(&self, function: FunctionRef) -> Option<AuthenticatorRole> {
        self.roles.get(&function).copied()
    }
}

impl Cause {
    /// `when the token is invalid`
    pub fn when(&self) -> String {
        match self {
            Cause::Missing => "when no token is sent".to_owned(),
            Cause::Invalid => "when the token is invalid".to_owned(),
            Cause::Expired => "when the token is expired".to_owned(),
            Cause::Claim => "when the token lacks a claim".to_owned(),
            Cause::User => "when the user does not exist".to_owned(),
            Cause::Switch { name, is_set: true, .. } => format!("while `{name}` holds"),
            Cause::Switch {
                name, is_set: false, ..
            } => format!("while `{name}` is not set"),
            Cause::Magic { text } => format!("when the token is `{text}`"),
            Cause::Unknown => "on some way".to_owned(),
        }
    }
}

impl Exit {
    /// A credential was missing or refused.
    pub fn is_refusal(&self) -> bool {
        matches!(self.cause, Cause::Invalid | Cause::Expired | Cause::Missing)
    }
}

impl Facts<'_> {
    /// What authenticates, and how that fails; found when it is first asked for.
    pub fn authenticators(&self) -> &Authenticators {
        self.authenticators
            .get_or_init(|| find(&self.model, &self.handlers, self.applications(), &self.decodes))
    }
}

fn find(
    model: &Model<'_>,
    handlers: &Handlers,
    applications: &Applications,
    decodes: &[TokenDecode],
) -> Authenticators {
    let roots = roots::find(model, handlers, applications, decodes);
    let credentials = Credentials::new(model);
    let runner = walk::Runs::new(model, &credentials, &roots);
    let mut functions: Vec<FunctionRef> = roots.verifying.iter().copied().collect();
    functions.extend(
        roots
            .roles
            .iter()
            .filter(|(function, role)| {
                let asks = matches!(role, AuthenticatorRole::Dependency | AuthenticatorRole::Middleware);
                asks && !roots.verifying.contains(*function) && credentials.reads(**function)
            })
            .map(|(function, _)| *function),
    );
    text::sort(&mut functions);
    functions.dedup();
    let mut out = Authenticators::default();
    for function in functions {
        let run = runner.of(function);
        let role = roots.role(function);
        let is_optional = users::is_optional(model, function);
        out.by_function.insert(function, out.functions.len());
        out.functions.push(Authenticator {
            function: function_of(model, function),
            role,
            verifies: roots.verifying.contains(&function),
            exits: run.exits.clone(),
            crashes: crashes(&run),
            uses: match role {
                AuthenticatorRole::Dependency
                    if run.exits.iter().any(|exit| !matches!(exit.way, Way::Raises { .. })) =>
                {
                    users::of(model, &runner, applications, function)
                }
                _ => Vec::new(),
            },
            is_optional,
            serves_requests: roots::serves_requests(model, &credentials, &roots, function),
            unchallenged: run
                .unchallenged
                .iter()
                .filter_map(|&call| call_syntax(model, call))
                .collect(),
            is_test: model.file(function.file).is_test(),
        });
    }
    escapes::add(model, handlers, decodes, &roots, &mut out);
    out.roles = roots.roles.clone();
    out.not_awaited = escapes::not_awaited(model, &roots);
    out.checks_request_state = users::checks_request_state(model, &roots);
    out
}

fn crashes(run: &walk::Run) -> Vec<Crash> {
    let splits = run.splits.iter().map(|&span| (span, CrashKind::Split));
    let unbound = run.unbound.iter().map(|&span| (span, CrashKind::Unbound));
    splits.chain(unbound).map(|(span, kind)| Crash { span, kind }).collect()
}

/// A call and where it stands.
pub(crate) fn at(file: text::FileId, id: syntax::ast::ExprId) -> ExprRef {
    ExprRef { file, id }
}
