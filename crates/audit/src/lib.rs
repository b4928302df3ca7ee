//! Rules over facts, and the report they make.
//!
//! A rule is one file under `rules/`: documentation, metadata, check, fix and tests together. Rules read
//! [`facts`] and say findings in byte spans; this crate runs them, lets one finding speak where several mean
//! the same place, and turns what is left into a [`report::Report`]. The result is a function of the text of
//! the project and the options alone: no input or output, clock or randomness, natively and in the browser.

mod auditor;
mod checklist;
mod convert;
mod diff;
mod engine;
mod finding;
mod fingerprint;
mod fix;
mod fixes;
mod ignore;
mod ignoring;
mod layout;
mod options;
mod redaction;
mod routes;
mod rule;
mod rules;
#[cfg(test)]
mod testing;
mod untied;

use std::sync::Arc;

use report::{Report, RuleInfo};

pub use auditor::Auditor;
pub use options::{Options, RuleSetting};
pub use redaction::{RedactedFile, Replaced, redact};

/// The crate under its own name, for test support that is compiled here and in `tests/` alike.
#[cfg(test)]
extern crate self as audit;

/// One Python file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the audited folder, with `/`.
    pub path: String,
    pub text: Arc<str>,
}

/// Audits a project from its text. When one path is given twice, the later text counts.
pub fn audit(files: &[SourceFile], options: &Options) -> Report {
    let mut auditor = Auditor::new();
    auditor.set_options(options.clone());
    for file in files {
        auditor.set_file(&file.path, file.text.clone());
    }
    auditor.report()
}

/// The documentation of every rule, by name.
pub fn rules() -> Vec<RuleInfo> {
    rules::ALL.iter().map(|rule| rule.info()).collect()
}
