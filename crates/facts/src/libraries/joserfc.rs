//! joserfc, <https://jose.authlib.org>.

use super::*;

pub(super) const JOSERFC: TokenLibrary = TokenLibrary {
    name: "joserfc",
    decodes: &[DecodeFunction {
        path: "joserfc.jwt.decode",
        token: argument(0, &["value"]),
        key: argument(1, &["key"]),
        algorithms: Some(argument(2, &["algorithms"])),
        options: None,
        constructor_algorithms: None,
        constructor_options: None,
        verify: None,
    }],
    encodes: &[EncodeFunction {
        path: "joserfc.jwt.encode",
        payload: argument(1, &["claims"]),
        key: argument(2, &["key"]),
        algorithm: EncodeAlgorithm::Header(argument(0, &["header"])),
        headers: None,
        allowed: Some(argument(3, &["algorithms"])),
        constructor_allowed: None,
    }],
    unverified_claims: &["joserfc.jws.extract_compact"],
    unverified_headers: &[],
    without_algorithms: WithoutAlgorithms::OwnList,
    accepts_empty_key: false,
    // Measured with 1.8: rejected by default, accepted where the list of algorithms holds it.
    accepts_none: true,
    signs_none: SignsNone::WhereAllowed,
    expiry: Expiry::AcceptedUntilValidated,
    claims_validators: &["validate", "validate_exp"],
    signature_option_covers_expiry: false,
    require_expiry: RequireExpiry::ClaimsOptions,
    all_algorithms: &[],
    version: "1.8",
};
