//! fastapi-jwt-auth and its asynchronous fork, <https://indominusbyte.github.io/fastapi-jwt-auth>.

use super::*;

/// The settings are a class that a function under `@AuthJWT.load_config` gives.
pub(super) const FASTAPI_JWT_AUTH: TokenService = TokenService {
    name: "fastapi-jwt-auth",
    secrets: &[],
    attributes: &["authjwt_secret_key", "authjwt_private_key"],
    lifetimes: &[],
    endless_attributes: &["authjwt_access_token_expires", "authjwt_refresh_token_expires"],
};
