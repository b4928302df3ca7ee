//! `claimcheck fix`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use report::{Applicability, Change, Finding, MOST_ROUNDS, Report, visible};

use crate::arguments::Fix;
use crate::core::Core;
use crate::project::{self, Project, ProjectFile};
use crate::read::{self, BYTE_ORDER_MARK};
use crate::{audit_command, explain_command, output};

pub(crate) fn run(arguments: &Fix) -> anyhow::Result<ExitCode> {
    let rules = audit::rules();
    for rule in &arguments.rules {
        explain_command::find(&rules, rule)?;
    }
    let project = project::read(&arguments.paths)?;
    audit_command::name_skipped_files(&project);
    let fixed = fix(&project, &mut Core::new(&project), |finding| {
        is_wanted(finding, arguments)
    })?;
    let changed: Vec<Changed<'_>> = fixed
        .texts
        .iter()
        .filter_map(|(path, text)| {
            let file = project.files.iter().find(|file| file.path == *path);
            let target = match file {
                Some(file) => file.writable.clone(),
                None => Some(project.place_of_new_file(path)?),
            };
            Some(Changed {
                path,
                before: file,
                after: text,
                target,
            })
        })
        .collect();
    if arguments.write {
        write(&changed)?;
        output::print(&summary(&fixed, changed.len(), "fixed"), false)?;
    } else {
        output::print(&patch(&changed), false)?;
        output::say_on_stderr(summary(&fixed, changed.len(), "the patch fixes").trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

fn is_wanted(finding: &Finding, arguments: &Fix) -> bool {
    let is_named = arguments.rules.contains(&finding.rule);
    if !arguments.rules.is_empty() && !is_named {
        return false;
    }
    finding.fix.as_ref().is_some_and(|fix| match fix.applicability {
        Applicability::Safe | Applicability::ChangesBehaviour => true,
        Applicability::NeedsValue => is_named || arguments.placeholders,
    })
}

/// A file that fixes change or make.
struct Changed<'a> {
    path: &'a str,
    /// `None`: the project does not have it yet.
    before: Option<&'a ProjectFile>,
    after: &'a str,
    /// Where it can be written.
    target: Option<PathBuf>,
}

/// What is audited again after each round of fixes; in tests, something that answers as told.
trait Audit {
    fn report(&mut self) -> Report;
    fn set_text(&mut self, path: &str, text: &str);
}

impl Audit for Core {
    fn report(&mut self) -> Report {
        Core::report(self)
    }

    fn set_text(&mut self, path: &str, text: &str) {
        Core::set_text(self, path, text);
    }
}

struct Fixed {
    /// The changed texts by path, without byte order marks.
    texts: BTreeMap<String, String>,
    /// Fixes that were made, in all rounds together.
    count: usize,
    /// The audit of the changed project.
    rest: Report,
}

/// Makes the fixes of all wanted findings, audits again, and so on until nothing changes any more.
fn fix(project: &Project, core: &mut impl Audit, is_wanted: impl Fn(&Finding) -> bool) -> anyhow::Result<Fixed> {
    let mut texts: BTreeMap<String, Arc<str>> = project
        .files
        .iter()
        .filter(|file| file.can_be_fixed())
        .map(|file| (file.path.clone(), file.text.clone()))
        .collect();
    let mut count = 0;
    let mut rest = core.report();
    for _ in 0..MOST_ROUNDS {
        let wanted = rest.findings.iter().filter(|finding| {
            let mut files = finding.fix.iter().flat_map(|fix| &fix.files);
            is_wanted(finding)
                && files.all(|file| {
                    let path = file.file.as_str();
                    texts.contains_key(path) || project.place_of_new_file(path).is_some()
                })
        });
        let plan = report::plan(wanted);
        let mut is_changed = false;
        for (path, edits) in &plan.edits {
            let text = texts.entry((*path).to_owned()).or_insert_with(|| "".into());
            let after = report::apply(text, edits)
                .with_context(|| format!("a fix does not fit {}; please report this", visible(path)))?;
            if after != **text {
                is_changed = true;
                core.set_text(path, &after);
                *text = after.into();
            }
        }
        if !is_changed {
            break;
        }
        count += plan.taken.len();
        rest = core.report();
    }
    for file in &project.files {
        if texts.get(&file.path).is_some_and(|after| *after == file.text) {
            texts.remove(&file.path);
        }
    }
    let texts = texts
        .into_iter()
        .map(|(path, after)| (path, after.to_string()))
        .collect();
    Ok(Fixed { texts, count, rest })
}

impl ProjectFile {
    /// Standard input has no file and can still be fixed in a patch.
    fn can_be_fixed(&self) -> bool {
        self.writable.is_some() || self.path == project::STANDARD_INPUT_NAME
    }

    fn with_byte_order_mark(&self, text: &str) -> String {
        let mark = if self.byte_order_mark { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{text}")
    }
}

impl Changed<'_> {
    /// As it shall stand in the file.
    fn written(&self) -> String {
        match self.before {
            Some(file) => file.with_byte_order_mark(self.after),
            None => self.after.to_owned(),
        }
    }
}

fn patch(changed: &[Changed<'_>]) -> String {
    let versions: Vec<(&str, Option<String>, String)> = changed
        .iter()
        .map(|change| {
            let before = change.before.map(|file| file.with_byte_order_mark(&file.text));
            (change.path, before, change.written())
        })
        .collect();
    report::patch(versions.iter().map(|(path, before, after)| Change {
        path,
        before: before.as_deref(),
        after,
    }))
}

/// Writes all files, after a look at each of them: it is all or nothing as far as that can be known before.
fn write(changed: &[Changed<'_>]) -> anyhow::Result<()> {
    let mut targets = Vec::new();
    for change in changed {
        let path = change.target.as_ref().with_context(|| {
            format!(
                "{} cannot be written; leave out --write to get a patch",
                visible(change.path)
            )
        })?;
        let is_as_it_was = match change.before {
            Some(file) => read::read_file(path).is_ok_and(|content| content.text == *file.text),
            None => path.symlink_metadata().is_err(),
        };
        anyhow::ensure!(
            is_as_it_was,
            "{} was changed by someone else meanwhile; nothing is written",
            path.display()
        );
        targets.push((path, change));
    }
    for (path, change) in targets {
        match change.before {
            Some(_) => output::replace_file(path, change.written().as_bytes())?,
            None => output::write_file(path, &change.written())?,
        }
    }
    Ok(())
}

fn summary(fixed: &Fixed, files: usize, verb: &str) -> String {
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let mut out = format!(
        "{verb} {} in {}\n",
        counted(fixed.count, "finding"),
        counted(files, "file")
    );
    if fixed.rest.findings.is_empty() {
        out.push_str("nothing remains\n");
        return out;
    }
    let remaining = fixed.rest.findings.len();
    let verb = if remaining == 1 { "remains" } else { "remain" };
    writeln!(out, "{} {verb}:", counted(remaining, "finding")).expect("a string takes everything");
    for finding in &fixed.rest.findings {
        writeln!(
            out,
            "  {}:{}: {}[{}]: {}{}",
            visible(&finding.location.file),
            finding.location.start.line,
            finding.severity.name(),
            finding.rule,
            visible(&finding.message),
            match finding.fix.as_ref().map(|fix| fix.applicability) {
                Some(Applicability::NeedsValue) => " (the fix needs a value from you: --placeholders)",
                Some(_) => " (can be fixed)",
                None => "",
            }
        )
        .expect("a string takes everything");
    }
    out
}

#[cfg(test)]
mod tests {
    use report::{Confidence, FileFix, FixEdit, Location, OwaspApi, Phase, Position, Severity};

    use super::*;

    /// Finds every occurrence of some texts and has another text for each.
    struct Replacer<'a> {
        texts: BTreeMap<String, String>,
        /// What is found, what it becomes, and how sure that is right.
        rules: &'a [(&'a str, &'a str, Applicability)],
        rounds: usize,
    }

    impl Audit for Replacer<'_> {
        fn report(&mut self) -> Report {
            self.rounds += 1;
            let mut findings = Vec::new();
            for (old, new, applicability) in self.rules {
                for (file, text) in &self.texts {
                    for (start, _) in text.match_indices(old) {
                        findings.push(finding(file, (start, old, new), *applicability));
                    }
                }
            }
            Report {
                findings,
                ..Report::default()
            }
        }

        fn set_text(&mut self, path: &str, text: &str) {
            self.texts.insert(path.to_owned(), text.to_owned());
        }
    }

    fn finding(file: &str, (start, old, new): (usize, &str, &str), applicability: Applicability) -> Finding {
        let position = |offset: usize| Position {
            offset: offset as u32,
            line: 1,
            column: 1,
        };
        let (start, end) = (position(start), position(start + old.len()));
        Finding {
            rule: format!("no-{old}"),
            severity: Severity::Warning,
            confidence: Confidence::High,
            phase: Phase::CodeQuality,
            message: format!("`{old}` is wrong"),
            location: Location {
                file: file.to_owned(),
                start,
                end,
            },
            related: vec![],
            trace: vec![],
            cwe: 1,
            owasp: OwaspApi::SecurityMisconfiguration,
            checklist_item: None,
            fix: Some(report::Fix {
                title: format!("Write `{new}`"),
                applicability,
                files: vec![FileFix {
                    file: file.to_owned(),
                    edits: vec![FixEdit {
                        start,
                        end,
                        replacement: new.to_owned(),
                    }],
                    diff: String::new(),
                }],
            }),
            fingerprint: String::new(),
        }
    }

    /// The text after all fixes, their number, and how often it was audited.
    fn fixed(text: &str, rules: &[(&str, &str, Applicability)]) -> (String, usize, usize) {
        let project = Project {
            files: vec![ProjectFile {
                path: "a.py".to_owned(),
                text: text.into(),
                byte_order_mark: false,
                writable: Some("a.py".into()),
            }],
            ..Project::default()
        };
        let mut core = Replacer {
            texts: BTreeMap::from([("a.py".to_owned(), text.to_owned())]),
            rules,
            rounds: 0,
        };
        let fixed = fix(&project, &mut core, |_| true).expect("edits are inside the text");
        let after = fixed.texts.get("a.py").map_or(text, String::as_str);
        assert_eq!(after, core.texts["a.py"]);
        (after.to_owned(), fixed.count, core.rounds)
    }

    const SAFE: Applicability = Applicability::Safe;

    #[test]
    fn fixes_that_overlap_are_made_in_turn() {
        assert_eq!(
            fixed("abc", &[("ab", "x", SAFE), ("bc", "y", SAFE)]),
            ("xc".to_owned(), 1, 2)
        );
        assert_eq!(
            fixed("ab cd", &[("ab", "1", SAFE), ("b c", "2", SAFE), ("cd", "3", SAFE)]),
            ("1 3".to_owned(), 2, 2)
        );
    }

    #[test]
    fn what_a_fix_uncovers_is_fixed_too() {
        assert_eq!(
            fixed("a", &[("a", "b", SAFE), ("b", "c", SAFE)]),
            ("c".to_owned(), 2, 3)
        );
    }

    #[test]
    fn fixes_that_undo_each_other_end() {
        let (text, count, rounds) = fixed("a", &[("a", "b", SAFE), ("b", "a", SAFE)]);
        assert_eq!((text.as_str(), count, rounds), ("a", MOST_ROUNDS, MOST_ROUNDS + 1));
        // A fix that changes nothing ends it at once.
        assert_eq!(fixed("a", &[("a", "a", SAFE)]), ("a".to_owned(), 0, 1));
    }

    #[test]
    fn which_fixes_are_wanted() {
        let arguments = |rules: &[&str], placeholders| Fix {
            paths: crate::arguments::Paths {
                paths: vec![],
                configuration: Default::default(),
            },
            write: false,
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            placeholders,
        };
        let wanted = |applicability, arguments| is_wanted(&finding("a.py", (0, "a", "b"), applicability), &arguments);
        assert!(wanted(SAFE, arguments(&[], false)));
        assert!(wanted(Applicability::ChangesBehaviour, arguments(&["no-a"], false)));
        assert!(!wanted(SAFE, arguments(&["no-b"], false)));
        assert!(!wanted(Applicability::NeedsValue, arguments(&[], false)));
        assert!(wanted(Applicability::NeedsValue, arguments(&[], true)));
        assert!(wanted(Applicability::NeedsValue, arguments(&["no-a"], false)));
        assert!(!wanted(Applicability::NeedsValue, arguments(&["no-b"], true)));
    }
}
