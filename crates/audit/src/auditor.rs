//! A project under audit, kept between edits.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::Facts;
use report::{Report, RouteTable};
use semantic::Project;

use crate::options::Options;
use crate::rule::Rule;
use crate::{convert, engine, routes, rules};

/// Holds the files of a project and audits them again after each change; what did not change is not parsed
/// again. The report is the same as that of a fresh audit of the same files.
pub struct Auditor {
    project: Project,
    options: Options,
    /// Files that were given and could not be read, with the reason.
    skipped: BTreeMap<String, String>,
    rules: &'static [&'static Rule],
}

impl Default for Auditor {
    fn default() -> Auditor {
        Auditor::new()
    }
}

impl Auditor {
    pub fn new() -> Auditor {
        Auditor::with_rules(rules::ALL)
    }

    pub(crate) fn with_rules(rules: &'static [&'static Rule]) -> Auditor {
        Auditor {
            project: Project::new(),
            options: Options::default(),
            skipped: BTreeMap::new(),
            rules,
        }
    }

    /// Adds a file or gives it another text. `path` is relative to the audited folder, with `/`.
    pub fn set_file(&mut self, path: &str, text: impl Into<Arc<str>>) {
        self.skipped.remove(path);
        self.project.set_file(path, text);
    }

    /// Names a file that belongs to the project and cannot be audited, so that the report says so: not UTF-8,
    /// too large, unreadable.
    pub fn set_skipped(&mut self, path: &str, reason: &str) {
        self.project.remove_file(path);
        self.skipped.insert(path.to_owned(), reason.to_owned());
    }

    /// Forgets a file. Nothing happens when there is none of that path.
    pub fn remove_file(&mut self, path: &str) {
        self.skipped.remove(path);
        self.project.remove_file(path);
    }

    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    pub fn report(&mut self) -> Report {
        let facts = Facts::new(&self.project);
        let findings = engine::run(self.rules, &facts, &self.options);
        convert::report(&facts, &findings, &self.skipped)
    }

    /// The table of routes.
    pub fn routes(&mut self) -> RouteTable {
        routes::table(&Facts::new(&self.project))
    }
}
