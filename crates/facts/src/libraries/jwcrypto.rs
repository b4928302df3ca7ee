//! jwcrypto, <https://jwcrypto.readthedocs.io>: its keys.

use super::*;

pub(super) const JWCRYPTO: TokenService = TokenService {
    name: "jwcrypto",
    secrets: &[
        takes("jwcrypto.jwk.JWK", keyword(&["k"])),
        takes("jwcrypto.jwk.JWK.from_password", argument(0, &["password"])),
    ],
    attributes: &[],
    lifetimes: &[],
    endless_attributes: &[],
};
