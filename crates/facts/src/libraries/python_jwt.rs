//! python_jwt, <https://github.com/davedoesdev/python-jwt>, deprecated.

use super::*;

pub(super) const PYTHON_JWT: TokenLibrary = TokenLibrary {
    name: "python_jwt",
    decodes: &[DecodeFunction {
        path: "python_jwt.verify_jwt",
        token: argument(0, &["jwt"]),
        key: argument(1, &["pub_key"]),
        algorithms: Some(argument(2, &["allowed_algs"])),
        options: None,
        constructor_algorithms: None,
        constructor_options: None,
        verify: None,
    }],
    // `generate_jwt` is given a lifetime beside the claims, which no other library does.
    encodes: &[],
    unverified_claims: &["python_jwt.process_jwt"],
    unverified_headers: &[],
    without_algorithms: WithoutAlgorithms::Raises,
    accepts_none: true,
    accepts_empty_key: false,
    signs_none: SignsNone::WithoutKey,
    expiry: Expiry::Rejected,
    claims_validators: &[],
    signature_option_covers_expiry: false,
    require_expiry: RequireExpiry::RequireFlag,
    all_algorithms: &[],
    version: "4.1",
};
