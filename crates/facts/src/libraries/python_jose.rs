//! python-jose, <https://python-jose.readthedocs.io>.

use super::*;

pub(super) const PYTHON_JOSE: TokenLibrary = TokenLibrary {
    name: "python-jose",
    decodes: &[
        DecodeFunction {
            path: "jose.jwt.decode",
            token: argument(0, &["token"]),
            key: argument(1, &["key"]),
            algorithms: Some(argument(2, &["algorithms"])),
            options: Some(argument(3, &["options"])),
            constructor_algorithms: None,
            constructor_options: None,
            verify: None,
        },
        DecodeFunction {
            path: "jose.jws.verify",
            token: argument(0, &["token"]),
            key: argument(1, &["key"]),
            algorithms: Some(argument(2, &["algorithms"])),
            options: None,
            constructor_algorithms: None,
            constructor_options: None,
            verify: Some(VerifyArgument {
                argument: argument(3, &["verify"]),
                is_honoured: true,
            }),
        },
    ],
    encodes: &[EncodeFunction {
        path: "jose.jwt.encode",
        payload: argument(0, &["claims"]),
        key: argument(1, &["key"]),
        algorithm: EncodeAlgorithm::Argument(argument(2, &["algorithm"])),
        headers: None,
        allowed: None,
        constructor_allowed: None,
    }],
    unverified_claims: &["jose.jwt.get_unverified_claims", "jose.jws.get_unverified_claims"],
    unverified_headers: &[
        "jose.jwt.get_unverified_header",
        "jose.jwt.get_unverified_headers",
        "jose.jws.get_unverified_header",
        "jose.jws.get_unverified_headers",
    ],
    without_algorithms: WithoutAlgorithms::AcceptsHeader,
    accepts_none: false,
    accepts_empty_key: true,
    signs_none: SignsNone::Never,
    expiry: Expiry::Rejected,
    claims_validators: &[],
    signature_option_covers_expiry: false,
    require_expiry: RequireExpiry::RequireFlag,
    all_algorithms: &[
        "jose.constants.ALGORITHMS.ALL",
        "jose.constants.ALGORITHMS.SUPPORTED",
        "jose.constants.Algorithms().ALL",
        "jose.constants.Algorithms().SUPPORTED",
    ],
    version: "3.5",
};
