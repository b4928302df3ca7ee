//! fastapi-login, <https://fastapi-login.readthedocs.io>.

use super::*;

pub(super) const FASTAPI_LOGIN: TokenService = TokenService {
    name: "fastapi-login",
    secrets: &[
        takes("fastapi_login.LoginManager", argument(0, &["secret"])),
        takes("fastapi_login.fastapi_login.LoginManager", argument(0, &["secret"])),
    ],
    attributes: &[],
    lifetimes: &[],
    endless_attributes: &[],
};
