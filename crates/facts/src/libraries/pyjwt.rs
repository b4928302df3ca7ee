//! PyJWT, <https://pyjwt.readthedocs.io>.

use super::*;

pub(super) const PYJWT: TokenLibrary = TokenLibrary {
    name: "PyJWT",
    decodes: &[
        decode("jwt.decode"),
        decode("jwt.decode_complete"),
        decode("jwt.api_jwt.decode"),
        decode("jwt.api_jwt.decode_complete"),
        method("jwt.PyJWT().decode"),
        method("jwt.PyJWT().decode_complete"),
        method("jwt.api_jwt.PyJWT().decode"),
        method("jwt.api_jwt.PyJWT().decode_complete"),
        signature_method("jwt.PyJWS().decode"),
        signature_method("jwt.PyJWS().decode_complete"),
        signature_method("jwt.api_jws.PyJWS().decode"),
        signature_method("jwt.api_jws.PyJWS().decode_complete"),
        decode("jwt.api_jws.decode"),
        decode("jwt.api_jws.decode_complete"),
    ],
    encodes: &[
        encode("jwt.encode"),
        encode("jwt.api_jwt.encode"),
        encode("jwt.PyJWT().encode"),
        encode("jwt.api_jwt.PyJWT().encode"),
    ],
    unverified_claims: &[],
    unverified_headers: &["jwt.get_unverified_header", "jwt.api_jws.get_unverified_header"],
    without_algorithms: WithoutAlgorithms::Raises,
    accepts_none: false,
    accepts_empty_key: false,
    signs_none: SignsNone::WithoutKey,
    expiry: Expiry::Rejected,
    claims_validators: &[],
    signature_option_covers_expiry: true,
    require_expiry: RequireExpiry::RequireList,
    all_algorithms: &[
        "jwt.algorithms.get_default_algorithms",
        "jwt.algorithms.requires_cryptography",
        "jwt.PyJWS().get_algorithms",
        "jwt.api_jws.PyJWS().get_algorithms",
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
        constructor_options: None,
        // Of PyJWT 1; since 2.0 it is ignored.
        verify: Some(VerifyArgument {
            argument: keyword(&["verify"]),
            is_honoured: false,
        }),
    }
}

/// Of an object that takes options for all its calls; `verify_signature` is set anew in each call.
const fn method(path: &'static str) -> DecodeFunction {
    DecodeFunction {
        constructor_options: Some(ConstructorOptions {
            argument: argument(0, &["options"]),
            ignores_signature: true,
        }),
        ..decode(path)
    }
}

const fn signature_method(path: &'static str) -> DecodeFunction {
    DecodeFunction {
        constructor_options: Some(ConstructorOptions {
            argument: argument(1, &["options"]),
            ignores_signature: false,
        }),
        ..decode(path)
    }
}

const fn encode(path: &'static str) -> EncodeFunction {
    EncodeFunction {
        path,
        payload: argument(0, &["payload"]),
        key: argument(1, &["key"]),
        algorithm: EncodeAlgorithm::Argument(argument(2, &["algorithm"])),
        headers: Some(argument(3, &["headers"])),
        allowed: None,
        constructor_allowed: None,
    }
}
