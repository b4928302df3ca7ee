//! `cargo xtask corpus`: audits a folder of repositories, and says how long each took and how much of what is found
//! comes with an edit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{process, workspace};

/// What is asked of a folder of repositories.
pub(crate) struct Arguments {
    pub(crate) folder: PathBuf,
    pub(crate) reports: Option<PathBuf>,
    /// A script that takes the folder and the reports.
    pub(crate) score: Option<PathBuf>,
    pub(crate) release: bool,
    /// Each fix is tried.
    pub(crate) fixes: bool,
    /// Those of these rules, where some are named.
    pub(crate) rules: Vec<String>,
}

/// What one audit gave.
struct Audited {
    name: String,
    time: Duration,
    tally: Tally,
    by_rule: BTreeMap<String, Tally>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    critical: usize,
    warning: usize,
    suggestion: usize,
    /// Critical findings and warnings with an edit.
    fixable: usize,
}

/// Audits `folder/<owner>+<name>/`, each by itself and without settings of its own. Reports are written as SARIF.
pub(crate) fn corpus(arguments: &Arguments) -> Result<()> {
    let Arguments { folder, score, .. } = arguments;
    let reports = arguments.reports.clone();
    let reports = reports.unwrap_or_else(|| workspace::target().join("corpus"));
    std::fs::create_dir_all(&reports).with_context(|| format!("{} cannot be made", reports.display()))?;
    let binary = build(arguments.release)?;
    let mut audited = Vec::new();
    for repository in repositories(folder)? {
        audited.push(audit(&binary, &repository, &reports)?);
    }
    if audited.is_empty() {
        bail!("{} holds no folder `<owner>+<name>`", folder.display());
    }
    print!("{}\n{}", table(&audited), by_rule(&audited));
    if arguments.fixes {
        let mut command = Command::new(python());
        command.arg(workspace::root().join("tests/exploits/corpus.py"));
        process::run(command.arg(&binary).arg(folder).args(&arguments.rules))?;
    }
    if let Some(score) = score {
        let mut command = Command::new("python3");
        process::run(command.arg(score).arg(folder).arg(&reports))?;
    }
    Ok(())
}

fn build(release: bool) -> Result<PathBuf> {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(workspace::root())
        .args(["build", "-p", "claimcheck"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(workspace::target, PathBuf::from);
    let profile = if release { "release" } else { "debug" };
    Ok(target
        .join(profile)
        .join(format!("claimcheck{}", std::env::consts::EXE_SUFFIX)))
}

/// The Python with black that the tests install; the system's before they ran.
fn python() -> PathBuf {
    let installed = workspace::target().join(if cfg!(windows) {
        "python-venv/Scripts/python.exe"
    } else {
        "python-venv/bin/python"
    });
    match installed.exists() {
        true => installed,
        false => "python3".into(),
    }
}

/// In order of name. Folders of any name, where none names an owner.
fn repositories(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    let is_owned = |path: &PathBuf| name_of(path).contains('+');
    if found.iter().any(is_owned) {
        found.retain(is_owned);
    }
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn audit(binary: &Path, repository: &Path, reports: &Path) -> Result<Audited> {
    let name = name_of(repository);
    let report = reports.join(format!("{name}.sarif"));
    let mut command = Command::new(binary);
    command
        .args([
            "audit",
            "--no-config",
            "--format",
            "sarif",
            "--fail-on",
            "never",
            "--output",
        ])
        .arg(&report)
        .arg(repository);
    let start = Instant::now();
    process::output(&mut command)?;
    let time = start.elapsed();
    let text = std::fs::read_to_string(&report).with_context(|| format!("{} cannot be read", report.display()))?;
    let log: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", report.display()))?;
    Ok(Audited {
        name,
        time,
        tally: Tally::of(&log, |_| true),
        by_rule: rules_of(&log)
            .map(|rule| (rule.to_owned(), Tally::of(&log, |other| other == rule)))
            .collect(),
    })
}

fn results(log: &Value) -> impl Iterator<Item = &Value> {
    let runs = log["runs"].as_array().into_iter().flatten();
    runs.flat_map(|run| run["results"].as_array().into_iter().flatten())
}

fn rules_of(log: &Value) -> impl Iterator<Item = &str> {
    let rules: BTreeSet<&str> = results(log).filter_map(|result| result["ruleId"].as_str()).collect();
    rules.into_iter()
}

impl Tally {
    /// Of the rules that are wanted.
    fn of(log: &Value, is_wanted: impl Fn(&str) -> bool) -> Tally {
        let mut tally = Tally::default();
        let wanted = results(log).filter(|result| is_wanted(result["ruleId"].as_str().unwrap_or_default()));
        for result in wanted.filter(|result| result["kind"] == "fail" && result["suppressions"].is_null()) {
            let is_fixable = result["fixes"].is_array();
            match result["level"].as_str() {
                Some("error") => tally.critical += 1,
                Some("warning") => tally.warning += 1,
                _ => {
                    tally.suggestion += 1;
                    continue;
                }
            }
            tally.fixable += usize::from(is_fixable);
        }
        tally
    }

    fn add(self, other: Tally) -> Tally {
        Tally {
            critical: self.critical + other.critical,
            warning: self.warning + other.warning,
            suggestion: self.suggestion + other.suggestion,
            fixable: self.fixable + other.fixable,
        }
    }

    /// The share of critical findings and warnings with an edit.
    fn share(self) -> String {
        match self.critical + self.warning {
            0 => "-".to_owned(),
            all => format!("{} %", (100 * self.fixable + all / 2) / all),
        }
    }
}

fn table(audited: &[Audited]) -> String {
    let mut out = format!(
        "{:>8}  {:>8}  {:>8}  {:>10}  {:>9}  repository\n",
        "ms", "critical", "warnings", "suggestions", "with edit"
    );
    let mut row = |time: Duration, tally: Tally, name: &str| {
        out += &format!(
            "{:>8}  {:>8}  {:>8}  {:>10}  {:>9}  {name}\n",
            time.as_millis(),
            tally.critical,
            tally.warning,
            tally.suggestion,
            tally.share()
        );
    };
    for audited in audited {
        row(audited.time, audited.tally, &audited.name);
    }
    let time = audited.iter().map(|audited| audited.time).sum();
    let tally = audited
        .iter()
        .fold(Tally::default(), |sum, audited| sum.add(audited.tally));
    row(time, tally, &format!("all {}", audited.len()));
    out
}

/// Rules by how many of their critical findings and warnings have no edit.
fn by_rule(audited: &[Audited]) -> String {
    let mut sums: BTreeMap<&str, Tally> = BTreeMap::new();
    for (rule, tally) in audited.iter().flat_map(|audited| &audited.by_rule) {
        let sum = sums.entry(rule).or_default();
        *sum = sum.add(*tally);
    }
    let mut rows: Vec<(usize, &str, Tally)> = sums
        .into_iter()
        .map(|(rule, tally)| (tally.critical + tally.warning - tally.fixable, rule, tally))
        .filter(|(.., tally)| tally.critical + tally.warning > 0)
        .collect();
    rows.sort_by_key(|(without, rule, _)| (usize::MAX - without, *rule));
    let mut out = format!("{:>8}  {:>12}  rule\n", "findings", "without edit");
    for (without, rule, tally) in rows {
        out += &format!("{:>8}  {without:>12}  {rule}\n", tally.critical + tally.warning);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn findings_are_counted_and_nothing_else() {
        let log = json!({"runs": [{"results": [
            {"kind": "fail", "level": "error", "fixes": []},
            {"kind": "fail", "level": "error"},
            {"kind": "fail", "level": "warning", "fixes": []},
            {"kind": "fail", "level": "warning", "fixes": [], "suppressions": [{}]},
            {"kind": "fail", "level": "note", "fixes": []},
            {"kind": "pass", "level": "none"},
        ]}]});
        let tally = Tally::of(&log, |_| true);
        let expected = Tally {
            critical: 2,
            warning: 1,
            suggestion: 1,
            fixable: 2,
        };
        assert_eq!(tally, expected);
        assert_eq!(tally.share(), "67 %");
        assert_eq!(Tally::of(&json!({}), |_| true).share(), "-");
    }

    #[test]
    fn the_last_row_is_the_sum() {
        let one = |name: &str, milliseconds| Audited {
            name: name.to_owned(),
            time: Duration::from_millis(milliseconds),
            tally: Tally {
                critical: 1,
                ..Tally::default()
            },
            by_rule: BTreeMap::new(),
        };
        let table = table(&[one("a+b", 10), one("c+d", 20)]);
        let last = table.lines().last().expect("a row");
        assert_eq!(
            last.split_whitespace().collect::<Vec<_>>(),
            ["30", "2", "0", "0", "0", "%", "all", "2"]
        );
    }
}
