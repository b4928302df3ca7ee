//! What the user may set.

/// Settings of an audit. The defaults suit a FastAPI service behind Better Auth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Name of the environment variable that holds the shared secret.
    pub secret_name: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            secret_name: "BETTER_AUTH_SECRET".to_owned(),
        }
    }
}
