//! Libraries for tokens that nobody mends any more.

/// A library, by the module that is imported.
#[derive(Debug, PartialEq, Eq)]
pub struct Unmaintained {
    pub module: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// What became of it.
    pub state: &'static str,
    /// What to use instead.
    pub instead: &'static str,
}

pub(crate) const UNMAINTAINED: &[Unmaintained] = &[
    Unmaintained {
        module: "jose",
        name: "python-jose",
        state: "is hardly maintained",
        instead: "PyJWT or joserfc",
    },
    Unmaintained {
        module: "authlib.jose",
        name: "`authlib.jose`",
        state: "is deprecated",
        instead: "joserfc",
    },
    Unmaintained {
        module: "python_jwt",
        name: "python_jwt",
        state: "is archived",
        instead: "PyJWT or joserfc",
    },
    Unmaintained {
        module: "fastapi_jwt_auth",
        name: "fastapi-jwt-auth",
        state: "has had no release since 2020",
        instead: "PyJWT or joserfc",
    },
];
