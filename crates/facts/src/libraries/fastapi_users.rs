//! fastapi-users, <https://fastapi-users.github.io/fastapi-users>.

use super::*;

pub(super) const FASTAPI_USERS: TokenService = TokenService {
    name: "fastapi-users",
    secrets: &[
        takes("fastapi_users.authentication.JWTStrategy", argument(0, &["secret"])),
        takes(
            "fastapi_users.authentication.strategy.JWTStrategy",
            argument(0, &["secret"]),
        ),
        takes(
            "fastapi_users.authentication.strategy.jwt.JWTStrategy",
            argument(0, &["secret"]),
        ),
        takes(
            "fastapi_users.authentication.JWTAuthentication",
            argument(0, &["secret"]),
        ),
        takes("fastapi_users.jwt.generate_jwt", argument(1, &["secret"])),
        takes("fastapi_users.jwt.decode_jwt", argument(1, &["secret"])),
    ],
    attributes: &["reset_password_token_secret", "verification_token_secret"],
    lifetimes: &[
        takes(
            "fastapi_users.authentication.JWTStrategy",
            argument(1, &["lifetime_seconds"]),
        ),
        takes(
            "fastapi_users.authentication.strategy.JWTStrategy",
            argument(1, &["lifetime_seconds"]),
        ),
        takes(
            "fastapi_users.authentication.strategy.jwt.JWTStrategy",
            argument(1, &["lifetime_seconds"]),
        ),
    ],
    endless_attributes: &[],
};
