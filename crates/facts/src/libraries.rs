//! What third-party libraries call things, and how they behave: one table per library.

mod authlib;
mod authx;
mod beanie;
pub(crate) mod callers;
pub(crate) mod conditions;
pub(crate) mod credentials;
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
mod jwcrypto;
pub mod key_sinks;
pub(crate) mod mongo;
mod mongoengine;
mod odmantic;
pub(crate) mod owners;
pub(crate) mod passwords;
pub(crate) mod privileges;
pub(crate) mod purposes;
mod pyjwt;
mod python_jose;
mod python_jwt;
pub(crate) mod random;
pub(crate) mod requests;
pub(crate) mod schemas;
mod sql_drivers;
mod sqlalchemy;
mod sqlalchemy_crud_plus;
mod sqlmodel;
mod tortoise;
pub mod unmaintained;
pub(crate) mod web;

use semantic::Injector;

/// Every library for tokens that is known.
pub const TOKEN_LIBRARIES: &[&TokenLibrary] = &[
    &pyjwt::PYJWT,
    &python_jose::PYTHON_JOSE,
    &authlib::AUTHLIB,
    &joserfc::JOSERFC,
    &python_jwt::PYTHON_JWT,
];

/// Libraries that issue and verify tokens by themselves once they are given a secret.
pub const TOKEN_SERVICES: &[&TokenService] = &[
    &authx::AUTHX,
    &fastapi_jwt::FASTAPI_JWT,
    &fastapi_jwt_auth::FASTAPI_JWT_AUTH,
    &fastapi_login::FASTAPI_LOGIN,
    &fastapi_users::FASTAPI_USERS,
    &itsdangerous::ITSDANGEROUS,
    &jwcrypto::JWCRYPTO,
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
    pub signs_none: SignsNone,
    pub expiry: Expiry,
    /// Methods that check the times of claims, on the claims or with the claims as argument.
    pub claims_validators: &'static [&'static str],
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
    /// Attributes of a project's class that say so; `False` means for ever.
    pub endless_attributes: &'static [&'static str],
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
    pub constructor_options: Option<ConstructorOptions>,
    pub verify: Option<VerifyArgument>,
}

/// Options that are given when the object with a method is made; those of the call go before them.
#[derive(Debug, PartialEq, Eq)]
pub struct ConstructorOptions {
    pub argument: Argument,
    /// `verify_signature` has no effect here.
    pub ignores_signature: bool,
}

/// An argument that turns all verification off, or did in an older version.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifyArgument {
    pub argument: Argument,
    /// In the version that was measured.
    pub is_honoured: bool,
}

/// A function that issues a token.
#[derive(Debug, PartialEq, Eq)]
pub struct EncodeFunction {
    pub path: &'static str,
    pub payload: Argument,
    pub key: Argument,
    pub algorithm: EncodeAlgorithm,
    /// Headers, whose `alg` goes before the algorithm.
    pub headers: Option<Argument>,
    /// Where the algorithms that may be used are given, at the call or when the object with this method is made.
    pub allowed: Option<Argument>,
    pub constructor_allowed: Option<Argument>,
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

/// When a token is signed with `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignsNone {
    /// Where no key is given; with a key it raises.
    WithoutKey,
    /// Where the list of allowed algorithms holds it.
    WhereAllowed,
    /// It always raises.
    Never,
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

/// Keys that bring their algorithm along, so that a call with one needs no list.
pub(crate) const KEYS_WITH_ALGORITHM: &[&str] = &[
    "jwt.PyJWK",
    "jwt.PyJWK.from_dict",
    "jwt.PyJWK.from_json",
    "jwt.api_jwk.PyJWK",
    "jwt.api_jwk.PyJWK.from_dict",
    "jwt.api_jwk.PyJWK.from_json",
    "jwt.PyJWKClient().get_signing_key_from_jwt",
    "jwt.PyJWKClient().get_signing_key",
    "jwt.jwks_client.PyJWKClient().get_signing_key_from_jwt",
    "jwt.jwks_client.PyJWKClient().get_signing_key",
];

/// Exceptions for expired tokens, raised after the signature was verified.
pub(crate) const EXPIRED_EXCEPTIONS: &[&str] = &["ExpiredSignatureError", "ExpiredSignature", "ExpiredTokenError"];

/// Exceptions for other claims, raised after the signature was verified.
pub(crate) const CLAIMS_EXCEPTIONS: &[&str] = &[
    "MissingRequiredClaimError",
    "InvalidAudienceError",
    "InvalidIssuerError",
    "InvalidIssuedAtError",
    "InvalidSubjectError",
    "InvalidJTIError",
    "ImmatureSignatureError",
    "JWTClaimsError",
    "InvalidClaimError",
    "MissingClaimError",
];

/// Functions that read base64, as tokens are written.
pub(crate) const BASE64_DECODERS: &[&str] = &[
    "base64.b64decode",
    "base64.urlsafe_b64decode",
    "base64.standard_b64decode",
    "base64.decodebytes",
    "jwt.utils.base64url_decode",
    "jose.utils.base64url_decode",
    "authlib.common.encoding.urlsafe_b64decode",
    "joserfc.util.urlsafe_b64decode",
    "jwcrypto.common.base64url_decode",
];

/// Functions that read JSON.
pub(crate) const JSON_READERS: &[&str] = &[
    "json.loads",
    "orjson.loads",
    "ujson.loads",
    "simplejson.loads",
    "rapidjson.loads",
    "jwcrypto.common.json_decode",
    "ast.literal_eval",
    "pydantic_core.from_json",
];
