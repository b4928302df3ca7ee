//! What an application takes in and gives away: facts that only some rules ask for, each found when it is first
//! asked for.

use std::cell::OnceCell;

use crate::Facts;
use crate::client_writes::{self, ClientWrites};
use crate::cookies::{self, LoginCookie};
use crate::debugging::{self, Debugging};
use crate::secret_answers::{self, SecretAnswer};
use crate::sessions::{self, Sessions};

#[derive(Default)]
pub(crate) struct Surface {
    client_writes: OnceCell<ClientWrites>,
    secret_answers: OnceCell<Vec<SecretAnswer>>,
    login_cookies: OnceCell<Vec<LoginCookie>>,
    debugging: OnceCell<Debugging>,
    sessions: OnceCell<Sessions>,
}

impl Facts<'_> {
    /// What clients say of rows that they should not.
    pub fn client_writes(&self) -> &ClientWrites {
        self.surface.client_writes.get_or_init(|| {
            client_writes::find(
                &self.model,
                self.applications(),
                self.authentication(),
                &self.flow(),
                self.data(),
            )
        })
    }

    /// Routes that answer with secrets of rows.
    pub fn secret_answers(&self) -> &[SecretAnswer] {
        self.surface
            .secret_answers
            .get_or_init(|| secret_answers::find(&self.model, self.applications(), self.data()))
    }

    /// Cookies that carry a login.
    pub fn login_cookies(&self) -> &[LoginCookie] {
        self.surface.login_cookies.get_or_init(|| cookies::find(&self.model))
    }

    /// Debug modes, and routes that answer with the environment or the settings.
    pub fn debugging(&self) -> &Debugging {
        self.surface
            .debugging
            .get_or_init(|| debugging::find(&self.model, self.applications()))
    }

    /// Identities that come from sessions or from other servers.
    pub fn sessions(&self) -> &Sessions {
        self.surface
            .sessions
            .get_or_init(|| sessions::find(&self.model, &self.decodes, || self.applications()))
    }
}
