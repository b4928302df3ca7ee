//! Rules over facts, and the report they make.

use std::sync::Arc;

use report::{Report, RuleInfo};

/// One Python file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the audited folder, with `/`.
    pub path: String,
    pub text: Arc<str>,
}

/// What the user may set.
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

/// Audits a project from its text.
pub fn audit(_files: &[SourceFile], _options: &Options) -> Report {
    Report {
        schema_version: report::SCHEMA_VERSION,
        tool: report::Tool {
            name: "claimcheck".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        summary: Default::default(),
        files: Vec::new(),
        findings: Vec::new(),
        strengths: Vec::new(),
    }
}

/// The documentation of every rule, by name.
pub fn rules() -> Vec<RuleInfo> {
    Vec::new()
}
