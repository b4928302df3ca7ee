//! Authlib's `authlib.jose`, <https://docs.authlib.org>.

use super::*;

pub(super) const AUTHLIB: TokenLibrary = TokenLibrary {
    name: "Authlib",
    decodes: &[
        decode("authlib.jose.jwt.decode", None),
        decode("authlib.jose.JsonWebToken().decode", Some(argument(0, &["algorithms"]))),
        decode(
            "authlib.jose.rfc7519.JsonWebToken().decode",
            Some(argument(0, &["algorithms"])),
        ),
    ],
    encodes: &[
        encode("authlib.jose.jwt.encode", None),
        encode("authlib.jose.JsonWebToken().encode", Some(argument(0, &["algorithms"]))),
    ],
    unverified_claims: &[],
    unverified_headers: &[],
    without_algorithms: WithoutAlgorithms::OwnList,
    accepts_none: true,
    accepts_empty_key: false,
    signs_none: SignsNone::WhereAllowed,
    expiry: Expiry::AcceptedUntilValidated,
    claims_validators: &["validate", "validate_exp"],
    signature_option_covers_expiry: false,
    require_expiry: RequireExpiry::ClaimsOptions,
    all_algorithms: &[],
    version: "1.9",
};

const fn decode(path: &'static str, constructor_algorithms: Option<Argument>) -> DecodeFunction {
    DecodeFunction {
        path,
        token: argument(0, &["s"]),
        key: argument(1, &["key"]),
        algorithms: None,
        options: None,
        constructor_algorithms,
        constructor_options: None,
        verify: None,
    }
}

const fn encode(path: &'static str, constructor_allowed: Option<Argument>) -> EncodeFunction {
    EncodeFunction {
        path,
        payload: argument(1, &["payload"]),
        key: argument(2, &["key"]),
        algorithm: EncodeAlgorithm::Header(argument(0, &["header"])),
        headers: None,
        allowed: None,
        constructor_allowed,
    }
}
