//! fastapi-jwt, <https://k4black.github.io/fastapi-jwt>.

use super::*;

pub(super) const FASTAPI_JWT: TokenService = TokenService {
    name: "fastapi-jwt",
    secrets: &[
        takes("fastapi_jwt.JwtAccessBearer", SECRET),
        takes("fastapi_jwt.JwtAccessCookie", SECRET),
        takes("fastapi_jwt.JwtAccessBearerCookie", SECRET),
        takes("fastapi_jwt.JwtRefreshBearer", SECRET),
        takes("fastapi_jwt.JwtRefreshCookie", SECRET),
        takes("fastapi_jwt.JwtRefreshBearerCookie", SECRET),
    ],
    attributes: &[],
    lifetimes: &[],
    endless_attributes: &[],
};

const SECRET: Argument = argument(0, &["secret_key"]);
