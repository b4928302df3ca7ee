//! The domain in our words: tokens that are issued and verified, keys and where they come from, cross-origin
//! policies, SQL texts, answers to clients.
//!
//! Facts are plain structs with spans; rules read them and never look at syntax. What a library's functions and
//! arguments are called, and how they behave, stands in one table per library under [`libraries`].

pub mod acting;
pub mod administrators;
pub mod algorithms;
pub mod answers;
pub mod applications;
pub mod audiences;
pub mod authentication;
pub mod authenticators;
mod by_hand;
mod claims;
pub mod client_writes;
pub mod confusion;
mod constant_identities;
pub mod cookies;
pub mod cors;
pub mod credentials;
pub mod data;
pub mod debugging;
pub mod dependencies;
mod development;
pub mod environment;
pub mod expired;
pub mod expiry;
pub mod exposure;
pub mod flow;
mod guards;
mod handlers;
pub mod key_fetches;
pub mod key_origins;
pub mod keys;
pub mod libraries;
pub mod lifetimes;
pub mod logged;
pub mod login_answers;
mod logins;
pub mod models;
mod modules;
pub mod origin_pattern;
pub mod ownership;
pub mod passwords;
pub mod path_tests;
mod places;
mod privileges;
pub mod queries;
pub mod raw_credentials;
pub mod refusals;
pub mod replaced;
pub mod required_expiry;
pub mod secret_answers;
pub mod secret_comparisons;
pub mod secrets;
pub mod sensitive_claims;
pub mod sessions;
pub mod settings;
mod shapes;
pub mod shared_state;
pub mod source;
mod sql;
pub mod sql_rewrite;
pub mod sql_texts;
pub mod subjects;
mod surface;
pub mod switches;
pub mod token_kinds;
pub mod token_sources;
pub mod tokens;
pub mod trace;
pub mod undeclared;
pub mod unmaintained;
pub mod unraised;
pub mod unused_identity;
pub mod unverified;
pub mod validation;
pub mod variables;
mod verification;
pub mod verifiers;
mod visits;
pub mod written_checks;

use std::cell::OnceCell;

use acting::NamedUser;
use administrators::Privileges;
use answers::Leak;
use applications::Applications;
use authentication::{Authentication, CallLists, Calls};
use authenticators::Authenticators;
use cors::{AuthCookie, CorsPolicy, ReflectedOrigin};
use credentials::Credential;
use data::Data;
use dependencies::Dependency;
use expired::ExpiredAccepted;
use expiry::{EndlessService, IssuedToken};
use exposure::Exposures;
use flow::{Flow, Ground, RequestPart};
use handlers::Handlers;
use login_answers::TellingLogin;
use passwords::Passwords;
use refusals::Refusal;
use secret_comparisons::SecretComparison;
use secrets::Secret;
use semantic::{Model, Project};
use settings::Settings;
use shared_state::SharedState;
use sql_texts::SqlText;
use tokens::{TokenDecode, TokenEncode, UnverifiedRead};
use unused_identity::UnusedIdentity;
use verifiers::Verifiers;

/// Everything the rules know about one state of a project. A function of its text alone.
pub struct Facts<'a> {
    model: Model<'a>,
    surface: surface::Surface,
    settings: Settings,
    handlers: Handlers,
    applications: OnceCell<Applications>,
    ground: OnceCell<Ground>,
    callers_ground: OnceCell<Ground>,
    call_lists: CallLists,
    authentication: OnceCell<Authentication>,
    authenticators: OnceCell<Authenticators>,
    exposures: OnceCell<Exposures>,
    named_users: OnceCell<Vec<NamedUser>>,
    privileges: OnceCell<Privileges>,
    shared_state: OnceCell<Vec<SharedState>>,
    logins: OnceCell<Vec<usize>>,
    unused_identities: OnceCell<Vec<UnusedIdentity>>,
    data: OnceCell<Data>,
    refusals: OnceCell<Vec<Refusal>>,
    passwords: OnceCell<Passwords>,
    credentials: OnceCell<Vec<Credential>>,
    verifiers: OnceCell<Verifiers>,
    secret_comparisons: OnceCell<Vec<SecretComparison>>,
    telling_logins: OnceCell<Vec<TellingLogin>>,
    /// Calls that verify, or claim to verify, a token. In order of file and place, as everything below.
    pub decodes: Vec<TokenDecode>,
    /// Calls that issue a token.
    pub encodes: Vec<TokenEncode>,
    /// Parts of a token read without verification.
    pub unverified_reads: Vec<UnverifiedRead>,
    /// Handlers that take an expired token for a good one.
    pub expired_accepted: Vec<ExpiredAccepted>,
    /// Secrets that are written in the code or may be missing.
    pub secrets: Vec<Secret>,
    /// What limits the life of the tokens that are issued.
    pub issued: Vec<IssuedToken>,
    /// Libraries that are told to issue tokens without end.
    pub endless_services: Vec<EndlessService>,
    /// Starlette's `CORSMiddleware`, outside of blocks for development.
    pub cors_policies: Vec<CorsPolicy>,
    /// The request's origin sent back by hand, with credentials.
    pub reflected_origins: Vec<ReflectedOrigin>,
    /// Cookies that log users in; looked for where a cross-origin policy is open.
    pub auth_cookies: Vec<AuthCookie>,
    /// SQL whose text holds something that is not constant.
    pub sql_texts: Vec<SqlText>,
    /// What clients are told that they should not be.
    pub leaks: Vec<Leak>,
}

impl<'a> Facts<'a> {
    pub fn new(project: &'a Project) -> Facts<'a> {
        Facts::with_settings(project, Settings::default())
    }

    pub fn with_settings(project: &'a Project, settings: Settings) -> Facts<'a> {
        let model = Model::new(project, libraries::INJECTORS);
        let handlers = Handlers::new(&model);
        let tokens = tokens::find(&model, &handlers);
        let secrets = secrets::find(&model, &tokens);
        let issued = expiry::find(&model, &tokens);
        let endless_services = expiry::endless(&model);
        let cors = cors::find(&model);
        Facts {
            surface: surface::Surface::default(),
            decodes: tokens.decodes,
            encodes: tokens.encodes,
            unverified_reads: tokens.unverified_reads,
            expired_accepted: tokens.expired_accepted,
            secrets,
            issued,
            endless_services,
            cors_policies: cors.policies,
            reflected_origins: cors.reflected,
            auth_cookies: cors.cookies,
            applications: OnceCell::new(),
            ground: OnceCell::new(),
            callers_ground: OnceCell::new(),
            call_lists: CallLists::default(),
            authentication: OnceCell::new(),
            authenticators: OnceCell::new(),
            exposures: OnceCell::new(),
            named_users: OnceCell::new(),
            privileges: OnceCell::new(),
            shared_state: OnceCell::new(),
            logins: OnceCell::new(),
            unused_identities: OnceCell::new(),
            data: OnceCell::new(),
            refusals: OnceCell::new(),
            passwords: OnceCell::new(),
            credentials: OnceCell::new(),
            verifiers: OnceCell::new(),
            secret_comparisons: OnceCell::new(),
            telling_logins: OnceCell::new(),
            sql_texts: sql_texts::find(&model, &handlers),
            leaks: answers::find(&model, &handlers),
            handlers,
            settings,
            model,
        }
    }

    /// What the user says of the project.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Applications and their routes, found when they are first asked for.
    pub fn applications(&self) -> &Applications {
        self.applications.get_or_init(|| applications::find(&self.model))
    }

    /// Routes that nothing authenticates though something should, found when they are first asked for.
    pub fn exposures(&self) -> &Exposures {
        self.exposures.get_or_init(|| exposure::find(self))
    }

    /// The part of the request that a security scheme reads its credential from; `None` for other dependencies.
    pub fn credential_part(&self, dependency: &Dependency) -> Option<RequestPart> {
        raw_credentials::read_by(&self.model, dependency)
    }

    /// What authenticates the callers of the routes, found when it is first asked for.
    pub fn authentication(&self) -> &Authentication {
        self.authentication.get_or_init(|| {
            authentication::find(
                &self.model,
                &self.handlers,
                self.applications(),
                self.ground(),
                self.callers_ground(),
                &self.calls(),
                self.data(),
            )
        })
    }

    /// One ground for all flows: what one question found out serves the next.
    fn ground(&self) -> &Ground {
        self.ground
            .get_or_init(|| Ground::new(self.applications(), &self.decodes))
    }

    /// The ground for questions about callers and their rows, which are asked even where tokens are not verified.
    fn callers_ground(&self) -> &Ground {
        if self.decodes.iter().all(flow::verifies) {
            return self.ground();
        }
        self.callers_ground
            .get_or_init(|| Ground::presuming(self.applications(), &self.decodes))
    }

    fn callers_flow(&self) -> Flow<'_, 'a> {
        Flow::new(&self.model, self.data(), self.callers_ground())
    }

    fn flow(&self) -> Flow<'_, 'a> {
        Flow::new(&self.model, self.data(), self.ground())
    }

    fn calls(&self) -> Calls<'_, 'a> {
        Calls::new(&self.model, &self.call_lists)
    }
}
