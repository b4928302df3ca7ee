//! The examples of the menu: real FastAPI code, each with something to learn from.

/// A small project to audit. Its title and description stand in [`crate::strings`], by its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Example {
    pub(crate) id: &'static str,
    /// Path and text of each file; the first one is shown.
    pub(crate) files: &'static [(&'static str, &'static str)],
}

/// The first one is what a first visit shows.
pub(crate) static EXAMPLES: [Example; 6] = [
    Example {
        id: "todo",
        files: &[("main.py", include_str!("../examples/todo.py"))],
    },
    Example {
        id: "todo-repaired",
        files: &[("main.py", include_str!("../examples/todo_repaired.py"))],
    },
    Example {
        id: "oauth2",
        files: &[("main.py", include_str!("../examples/oauth2_password.py"))],
    },
    Example {
        id: "two-files",
        files: &[
            ("app/auth.py", include_str!("../examples/two_files/app/auth.py")),
            ("app/config.py", include_str!("../examples/two_files/app/config.py")),
        ],
    },
    Example {
        id: "jose",
        files: &[("auth.py", include_str!("../examples/jose_auth.py"))],
    },
    Example {
        id: "cors-sql",
        files: &[("main.py", include_str!("../examples/cors_sql.py"))],
    },
];
