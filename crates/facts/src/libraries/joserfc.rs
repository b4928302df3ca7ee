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
    }],
    encodes: &[EncodeFunction {
        path: "joserfc.jwt.encode",
        payload: argument(1, &["claims"]),
        key: argument(2, &["key"]),
        algorithm: EncodeAlgorithm::Header(argument(0, &["header"])),
    }],
    unverified_claims: &[],
    unverified_headers: &[],
    without_algorithms: WithoutAlgorithms::OwnList,
    accepts_none: false,
    accepts_empty_key: false,
    expiry: Expiry::AcceptedUntilValidated,
    signature_option_covers_expiry: false,
    require_expiry: RequireExpiry::ClaimsOptions,
    all_algorithms: &[],
    version: "1.8",
};
