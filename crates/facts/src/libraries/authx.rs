//! AuthX, <https://authx.yezz.me>.

use super::*;

pub(super) const AUTHX: TokenService = TokenService {
    name: "AuthX",
    secrets: &[
        takes("authx.AuthXConfig", keyword(&["JWT_SECRET_KEY"])),
        takes("authx.AuthXConfig", keyword(&["JWT_PRIVATE_KEY"])),
        takes("authx.config.AuthXConfig", keyword(&["JWT_SECRET_KEY"])),
    ],
    attributes: &[],
    lifetimes: &[],
    endless_attributes: &[],
};
