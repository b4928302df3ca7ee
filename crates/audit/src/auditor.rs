//! A project under audit, kept between edits.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use facts::Facts;
use report::{FileFix, Report, RouteTable};
use semantic::Project;
use text::{Span, TextRange};

use crate::options::Options;
use crate::rule::Rule;
use crate::{checklist, convert, engine, ignoring, routes, rules};

/// Holds the files of a project and audits them again after each change; what did not change is not parsed
/// again. The report is the same as that of a fresh audit of the same files.
pub struct Auditor {
    project: Project,
    options: Options,
    /// Files that were given and could not be read, with the reason.
    skipped: BTreeMap<String, String>,
    /// Files that the settings leave out, in case the settings change.
    left_out: BTreeMap<String, Arc<str>>,
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
            left_out: BTreeMap::new(),
            rules,
        }
    }

    /// Adds a file or gives it another text. `path` is relative to the audited folder, with `/`.
    pub fn set_file(&mut self, path: &str, text: impl Into<Arc<str>>) {
        self.skipped.remove(path);
        if self.options.leaves_out(path) {
            self.project.remove_file(path);
            self.left_out.insert(path.to_owned(), text.into());
        } else {
            self.left_out.remove(path);
            self.project.set_file(path, text);
        }
    }

    /// Names a file that belongs to the project and cannot be audited, so that the report says so: not UTF-8,
    /// too large, unreadable.
    pub fn set_skipped(&mut self, path: &str, reason: &str) {
        self.remove_file(path);
        if !self.options.leaves_out(path) {
            self.skipped.insert(path.to_owned(), reason.to_owned());
        }
    }

    /// Forgets a file. Nothing happens when there is none of that path.
    pub fn remove_file(&mut self, path: &str) {
        self.skipped.remove(path);
        self.left_out.remove(path);
        self.project.remove_file(path);
    }

    pub fn set_options(&mut self, options: Options) {
        if self.options.exclude == options.exclude {
            self.options = options;
            return;
        }
        self.options = options;
        let files = self.project.files();
        let files = files.map(|file| (file.path().to_owned(), Arc::from(file.text())));
        let files: Vec<(String, Arc<str>)> = files.chain(std::mem::take(&mut self.left_out)).collect();
        for (path, text) in files {
            self.set_file(&path, text);
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts::with_settings(&self.project, self.options.settings())
    }

    pub fn report(&mut self) -> Report {
        self.report_of(&self.facts())
    }

    fn report_of(&self, facts: &Facts<'_>) -> Report {
        let outcome = engine::run(self.rules, facts, &self.options);
        let mut report = convert::report(facts, &outcome, &self.skipped, &self.options);
        checklist::judge(facts, &self.options, self.rules, &mut report);
        report.routes = routes::summaries(facts, &outcome.findings, &report.findings);
        report
    }

    /// The table of routes.
    pub fn routes(&mut self) -> RouteTable {
        routes::table(&self.facts())
    }

    /// Both, for less than each on its own: what is known of the routes is found once.
    pub fn report_and_routes(&mut self) -> (Report, RouteTable) {
        let facts = self.facts();
        (self.report_of(&facts), routes::table(&facts))
    }

    /// The edit that puts a finding of `rule` under a comment with a reason. `finding` is a range of bytes of the file.
    /// `None` where no comment can stand, or the reason is empty.
    pub fn ignore(&self, path: &str, finding: Range<u32>, rule: &str, reason: &str) -> Option<FileFix> {
        let facts = self.facts();
        let file = facts.files().find(|file| facts.path(*file) == path)?;
        let range = TextRange::new(finding.start.into(), finding.end.max(finding.start).into());
        let edit = ignoring::edit(&facts, Span::new(file, range), rule, reason)?;
        convert::edits(&facts, file, vec![edit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_left_out_come_back() {
        let paths = |auditor: &mut Auditor| -> Vec<String> {
            let files = auditor.report().files.into_iter();
            files.map(|file| file.path).collect()
        };
        let mut auditor = Auditor::new();
        auditor.set_file("app/main.py", "x = 1\n");
        auditor.set_file("legacy/old.py", "y = 1\n");
        auditor.set_options(Options {
            exclude: vec!["legacy".to_owned()],
            ..Options::default()
        });
        assert_eq!(paths(&mut auditor), ["app/main.py"]);
        auditor.set_file("legacy/older.py", "z = 1\n");
        assert_eq!(paths(&mut auditor), ["app/main.py"]);
        auditor.set_options(Options::default());
        assert_eq!(paths(&mut auditor), ["app/main.py", "legacy/old.py", "legacy/older.py"]);
    }
}
