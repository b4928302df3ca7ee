//! PyJWT, <https://pyjwt.readthedocs.io>.

use super::*;

pub(super) const PYJWT: TokenLibrary = TokenLibrary {
    name: "PyJWT",
    decodes: &[
        decode("jwt.decode"),
        decode("jwt.decode_complete"),
        decode("jwt.api_jwt.decode"),
        decode("jwt.api_jwt.decode_complete"),
        decode("jwt.PyJWT().decode"),
        decode("jwt.PyJWT().decode_complete"),
        decode("jwt.api_jwt.PyJWT().decode"),
        decode("jwt.PyJWS().decode"),
        decode("jwt.api_jws.decode"),
    ],
    encodes: &[
        encode("jwt.encode"),
        encode("jwt.api_jwt.encode"),
        encode("jwt.PyJWT().encode"),
    ],
    unverified_claims: &[],
    unverified_headers: &["jwt.get_unverified_header", "jwt.api_jws.get_unverified_header"],
    without_algorithms: WithoutAlgorithms::Raises,
    accepts_none: false,
    accepts_empty_key: false,
    expiry: Expiry::Rejected,
    signature_option_covers_expiry: true,
    require_expiry: RequireExpiry::RequireList,
    all_algorithms: &[
        "jwt.algorithms.get_default_algorithms",
        "jwt.algorithms.requires_cryptography",
    ],
    version: "2.15",
};

const fn decode(path: &'static str) -> DecodeFunction {
    DecodeFunction {
        path,
        token: argument(0, &["jwt"]),
        key: argument(1, &["key"]),
        algorithms: Some(argument(2, &["algorithms"])),
        options: Some(argument(3, &["options"])),
        constructor_algorithms: None,
    }
}

const fn encode(path: &'static str) -> EncodeFunction {
    EncodeFunction {
        path,
        payload: argument(0, &["payload"]),
        key: argument(1, &["key"]),
        algorithm: EncodeAlgorithm::Argument(argument(2, &["algorithm"])),
    }
}
