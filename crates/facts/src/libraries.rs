//! What third-party libraries call things, and how they behave: one table per library.

mod authlib;
mod authx;
mod beanie;
pub(crate) mod conditions;
pub mod data;
pub mod databases;
pub mod fastapi;
mod fastapi_jwt;
mod fastapi_jwt_auth;
mod fastapi_login;
mod fastapi_users;
pub(crate) mod identity;
mod itsdangerous;
mod joserfc;
pub(crate) mod mongo;
mod mongoengine;
mod odmantic;
pub(crate) mod owners;
mod pyjwt;
mod python_jose;
pub(crate) mod requests;
pub(crate) mod schemas;
mod sql_drivers;
mod sqlalchemy;
mod sqlalchemy_crud_plus;
mod sqlmodel;
mod tortoise;
pub(crate) mod web;

use semantic::Injector;

/// Every library for tokens that is known.
pub const TOKEN_LIBRARIES: &[&TokenLibrary] = &[
    &pyjwt::PYJWT,
    &python_jose::PYTHON_JOSE,
    &authlib::AUTHLIB,
    &joserfc::JOSERFC,
];

/// Libraries that issue and verify tokens by themselves once they are given a secret.
pub const TOKEN_SERVICES: &[&TokenService] = &[
    &authx::AUTHX,
    &fastapi_jwt::FASTAPI_JWT,
    &fastapi_jwt_auth::FASTAPI_JWT_AUTH,
    &fastapi_login::FASTAPI_LOGIN,
    &fastapi_users::FASTAPI_USERS,
    &itsdangerous::ITSDANGEROUS,
];

/// Functions and classes that take a secret for something other than tokens of the API.
pub const OTHER_SECRETS: &[SecretArgument] = &[takes(
    "starlette.middleware.sessions.SessionMiddleware",
    argument(1, &["secret_key"]),
)];

/// `Depends(f)` stands for what `f` returns.
pub const INJECTORS: &[Injector] = &[
    Injector {
        path: "fastapi.Depends",
        keyword: "dependency",
    },
    Injector {
        path: "fastapi.Security",
        keyword: "dependency",
    },
    Injector {
        path: "fastapi.params.Depends",
        keyword: "dependency",
    },
];

/// A library that issues and verifies JSON Web Tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct TokenLibrary {
    /// As people call it.
    pub name: &'static str,
    pub decodes: &'static [DecodeFunction],
    pub encodes: &'static [EncodeFunction],
    /// Functions that read claims without verifying anything.
    pub unverified_claims: &'static [&'static str],
    /// Functions that read the header, which nothing has verified.
    pub unverified_headers: &'static [&'static str],
    pub without_algorithms: WithoutAlgorithms,
    /// Whether a token signed with `none` can pass where `none` is allowed.
    pub accepts_none: bool,
    /// Whether an empty HMAC key signs and verifies instead of raising.
    pub accepts_empty_key: bool,
    pub expiry: Expiry,
    /// `options={"verify_signature": False}` also turns the check of `exp` off.
    pub signature_option_covers_expiry: bool,
    /// How `exp` is demanded.
    pub require_expiry: RequireExpiry,
    /// Paths that stand for all algorithms the library knows.
    pub all_algorithms: &'static [&'static str],
    /// The version whose behaviour was measured.
    pub version: &'static str,
}

/// A library that issues and verifies tokens by itself.
#[derive(Debug, PartialEq, Eq)]
pub struct TokenService {
    /// As people call it.
    pub name: &'static str,
    /// Classes and functions that are given the secret. A project's subclass takes it like its base.
    pub secrets: &'static [SecretArgument],
    /// Attributes of a project's class that hold the secret.
    pub attributes: &'static [&'static str],
    /// Classes and functions that are given how long a token lives, where `None` means for ever.
    pub lifetimes: &'static [SecretArgument],
}

/// Where a function or class takes a secret, or something else that the table says.
#[derive(Debug, PartialEq, Eq)]
pub struct SecretArgument {
    pub path: &'static str,
    pub argument: Argument,
}

/// A function that verifies a token. Positions count from 0, without `self`.
#[derive(Debug, PartialEq, Eq)]
pub struct DecodeFunction {
    pub path: &'static str,
    pub token: Argument,
    pub key: Argument,
    pub algorithms: Option<Argument>,
    pub options: Option<Argument>,
    /// Where the algorithms are given when the object with this method is made.
    pub constructor_algorithms: Option<Argument>,
}

/// A function that issues a token.
#[derive(Debug, PartialEq, Eq)]
pub struct EncodeFunction {
    pub path: &'static str,
    pub payload: Argument,
    pub key: Argument,
    pub algorithm: EncodeAlgorithm,
}

#[derive(Debug, PartialEq, Eq)]
pub enum EncodeAlgorithm {
    Argument(Argument),
    /// `header={"alg": …}`
    Header(Argument),
}

/// Where an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    pub position: Option<usize>,
    pub keywords: &'static [&'static str],
}

/// What decoding without `algorithms` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutAlgorithms {
    /// Every token is refused: no harm but a broken login.
    Raises,
    /// Whatever the token's header says is accepted.
    AcceptsHeader,
    /// The library's own list, without `none`.
    OwnList,
}

/// What decoding does with an expired token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    Rejected,
    /// Accepted until a second call validates the claims.
    AcceptedUntilValidated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequireExpiry {
    /// `options={"require": ["exp"]}`
    RequireList,
    /// `options={"require_exp": True}`; a `require` list is silently ignored.
    RequireFlag,
    /// Given where the claims are validated.
    ClaimsOptions,
}

const fn takes(path: &'static str, argument: Argument) -> SecretArgument {
    SecretArgument { path, argument }
}

pub const fn argument(position: usize, keywords: &'static [&'static str]) -> Argument {
    Argument {
        position: Some(position),
        keywords,
    }
}

pub const fn keyword(keywords: &'static [&'static str]) -> Argument {
    Argument {
        position: None,
        keywords,
    }
}
