//! `cargo xtask test`: every check, in one order, with one line of result.
//!
//! A step that fails counts as failed and the steps that do not need its result still run, so
//! that one run shows everything there is to repair.

mod beside;
mod tally;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::setup::{self, wasm_std};
use crate::{bench, process, site, workspace};
use beside::Beside;
use tally::Tally;

pub(crate) fn test() -> Result<ExitCode> {
    let started = Instant::now();
    let environment = match setup::set_up(setup::Purpose::Everything) {
        Ok(environment) => environment,
        Err(error) => {
            eprintln!("error: {error:#}");
            println!("0 passed, 1 failed");
            return Ok(ExitCode::FAILURE);
        }
    };
    let was_clean = is_clean();
    let mut steps = Steps::default();
    steps.took("set-up", started.elapsed());

    // The site takes as long as the Rust tests, and needs none of them.
    let site = Beside::start(vec![("site".into(), site::build_commands(&environment)?)]);
    steps.check("formatting", || {
        process::run(process::cargo().args(["fmt", "--all", "--check"]))
    });
    steps.check("clippy", clippy);
    steps.check("clippy for the browser", || clippy_for_the_browser(&environment));
    steps.count("Rust tests", rust_tests);

    let mut built = vec![(Part::Cli, steps.check("command line tool", build_cli))];
    built.push((
        Part::Site,
        steps.ended(site, |_, succeeded| Tally::of_check(succeeded))?,
    ));
    // After the site, which has the same module in it.
    built.push((
        Part::Wasm,
        steps.check("wasm module for node", || build_wasm(&environment).map(drop)),
    ));
    let is_built = |part: Part| built.contains(&(part, true));
    if is_built(Part::Site) {
        steps.check("size budget", || bench::check_sizes(&environment));
    } else {
        steps.blocked("size budget", "there is no site");
    }

    let mut ready = Vec::new();
    for suite in setup::test_suites()? {
        let description = Suite::read(suite)?;
        match description.needs.iter().find(|part| !is_built(**part)) {
            None => ready.push(description),
            Some(part) => steps.blocked(&description.name(), &format!("there is no {}", part.name())),
        }
    }
    // The browser's tests wait for a browser half of their time: the others run meanwhile. What measures time is last.
    let (measuring, others): (Vec<_>, Vec<_>) = ready.into_iter().partition(|suite| suite.runs_alone);
    let mut beside = Vec::new();
    for suite in &others {
        beside.push((suite.name(), vec![suite.command(&environment, &["test"])?]));
    }
    let beside = Beside::start(beside);
    for suite in &measuring {
        steps.count(&suite.name(), || suite.run(&environment, &["test"]));
    }
    steps.ended(beside, |printed, succeeded| {
        tally::of_node_run(printed).of_tests().with_outcome(succeeded)
    })?;
    for suite in &measuring {
        steps.count(&format!("{}, alone", suite.name()), || {
            suite.run(&environment, &["run", "alone"])
        });
    }
    if was_clean {
        steps.check("generated files", || {
            process::run(git().args(["diff", "--exit-code", "--stat"]))
                .context("a generated file is out of date; commit what the run has written")
        });
    }

    steps.took("in all", started.elapsed());
    Ok(steps.end())
}

/// What a node test suite may need to be built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Cli,
    Wasm,
    Site,
}

impl Part {
    const ALL: [Part; 3] = [Part::Cli, Part::Wasm, Part::Site];

    fn name(self) -> &'static str {
        match self {
            Part::Cli => "cli",
            Part::Wasm => "wasm",
            Part::Site => "site",
        }
    }
}

fn clippy() -> Result<()> {
    let mut command = process::cargo();
    command.args(["clippy", "--workspace", "--exclude", "web", "--all-targets"]);
    process::run(command.args(["--", "-D", "warnings"]))
}

fn clippy_for_the_browser(environment: &Environment) -> Result<()> {
    let mut command = wasm_std::clippy(environment)?;
    command.args([
        "--target",
        wasm_std::TARGET,
        "--package",
        "web",
        "--package",
        "claimcheck-wasm",
    ]);
    process::run(command.args(["--", "-D", "warnings"]))
}

fn rust_tests() -> Result<Tally> {
    let mut tally = Tally::default();
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--exclude", "web", "--no-fail-fast"]);
    // The parity suite audits the same fixtures with the other build.
    let fixtures = kept_fixtures();
    if fixtures.exists() {
        std::fs::remove_dir_all(&fixtures)?;
    }
    command.env("CLAIMCHECK_KEEP_FIXTURES", &fixtures);
    let succeeded = process::run_lines(&mut command, |line| tally += tally::of_libtest(line))?;
    Ok(tally.with_outcome(succeeded))
}

/// Every fixture that the Rust tests have audited, a folder each.
fn kept_fixtures() -> PathBuf {
    workspace::target().join("fixtures")
}

/// The command line tool, optimised as far as the suites need it.
fn build_cli() -> Result<()> {
    process::run(process::cargo().args(["build", "--profile", "suites", "--package", "claimcheck"]))
}

fn cli() -> PathBuf {
    workspace::target().join("suites").join("claimcheck")
}

/// Builds the audit core as a module that node can load, and returns its path.
pub(crate) fn build_wasm(environment: &Environment) -> Result<PathBuf> {
    let mut command = process::cargo();
    environment.apply(&mut command)?;
    command.args([
        "build",
        // As the site is built.
        "--profile",
        "browser",
        "--package",
        "claimcheck-wasm",
        "--target",
        wasm_std::TARGET,
    ]);
    process::run(&mut command)?;
    let built = workspace::wasm_target()
        .join(wasm_std::TARGET)
        .join("browser/claimcheck_wasm.wasm");
    if !built.is_file() {
        bail!("crates/wasm makes no claimcheck_wasm.wasm; its crate-type needs \"cdylib\"");
    }
    let folder = workspace::target().join("wasm-node");
    let mut bindgen = environment.command("wasm-bindgen")?;
    bindgen
        .args(["--target", "nodejs", "--out-dir"])
        .arg(&folder)
        .arg(built);
    process::run(&mut bindgen)?;
    // Node looks for the module type upwards; the answer must not depend on what lies there.
    std::fs::write(folder.join("package.json"), "{ \"type\": \"commonjs\" }\n")?;
    Ok(folder.join("claimcheck_wasm.js"))
}

/// A folder of tests that node runs.
struct Suite {
    folder: PathBuf,
    /// The parts it names under `claimcheck.needs` in its package.json; all, when it names none.
    needs: Vec<Part>,
    /// Whether it has a script `alone`: tests that measure time, and want the machine for themselves.
    runs_alone: bool,
}

impl Suite {
    fn read(folder: PathBuf) -> Result<Suite> {
        let path = folder.join("package.json");
        let text = std::fs::read_to_string(&path)?;
        let package: serde_json::Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        let part = |name: &serde_json::Value| {
            let part = Part::ALL.into_iter().find(|part| name == part.name());
            part.with_context(|| format!("{}: nothing is called {name}", path.display()))
        };
        let needs = match package["claimcheck"]["needs"].as_array() {
            Some(named) => named.iter().map(part).collect::<Result<_>>()?,
            None => Part::ALL.into(),
        };
        let runs_alone = package["scripts"]["alone"].is_string();
        Ok(Suite {
            folder,
            needs,
            runs_alone,
        })
    }

    fn name(&self) -> String {
        let within = self.folder.strip_prefix(workspace::root()).unwrap_or(&self.folder);
        within.display().to_string()
    }

    fn command(&self, environment: &Environment, script: &[&str]) -> Result<Command> {
        let mut command = environment.command("npm")?;
        command
            .args(script)
            .arg("--silent")
            .current_dir(&self.folder)
            .env("CLAIMCHECK_DIST", workspace::dist())
            .env(
                "CLAIMCHECK_WASM",
                workspace::target().join("wasm-node/claimcheck_wasm.js"),
            )
            .env("CLAIMCHECK_FIXTURES", kept_fixtures())
            .env("CLAIMCHECK_BIN", cli());
        Ok(command)
    }

    fn run(&self, environment: &Environment, script: &[&str]) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut command = self.command(environment, script)?;
        let succeeded = process::run_lines(&mut command, |line| tally += tally::of_node(line))?;
        Ok(tally.of_tests().with_outcome(succeeded))
    }
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(workspace::root());
    command
}

/// Whether nothing tracked was changed before the run; what a run generates shows only then.
fn is_clean() -> bool {
    process::output(git().args(["diff", "--quiet", "HEAD"])).is_ok()
}

/// The steps so far: what they counted and how long they took.
#[derive(Default)]
struct Steps {
    lines: Vec<String>,
    tally: Tally,
}

impl Steps {
    /// Runs a step that counts as one check. Returns whether it passed.
    fn check(&mut self, name: &str, body: impl FnOnce() -> Result<()>) -> bool {
        self.count(name, || body().map(|()| Tally::of_check(true)))
    }

    /// Runs a step that counts for itself. An error is one more failure.
    fn count(&mut self, name: &str, body: impl FnOnce() -> Result<Tally>) -> bool {
        println!("\n== {name}");
        let started = Instant::now();
        let tally = body().unwrap_or_else(|error| {
            eprintln!("error: {name}: {error:#}");
            Tally { passed: 0, failed: 1 }
        });
        self.add(name, tally, started.elapsed());
        tally.failed == 0
    }

    fn add(&mut self, name: &str, tally: Tally, took: Duration) {
        self.tally += tally;
        let outcome = format!("{} passed, {} failed", tally.passed, tally.failed);
        let seconds = took.as_secs_f64();
        self.lines.push(format!("{name:<24} {outcome:<26} {seconds:>7.1} s"));
    }

    /// Waits for steps that ran beside others, and counts them by what they printed. Returns whether all passed.
    fn ended(&mut self, beside: Beside, count: impl Fn(&str, bool) -> Tally) -> Result<bool> {
        let failed = self.tally.failed;
        for step in beside.end()? {
            println!("\n== {}\n{}", step.name, step.printed);
            if let Some(error) = &step.error {
                eprintln!("error: {}: {error:#}", step.name);
            }
            self.add(&step.name, count(&step.printed, step.error.is_none()), step.took);
        }
        Ok(self.tally.failed == failed)
    }

    /// A step that cannot run because another one failed: it fails, too.
    fn blocked(&mut self, name: &str, reason: &str) {
        println!("\n== {name}\nnot run: {reason}");
        self.tally += Tally { passed: 0, failed: 1 };
        self.lines.push(format!("{name:<24} not run: {reason}"));
    }

    fn took(&mut self, name: &str, time: Duration) {
        self.lines
            .push(format!("{name:<24} {:<26} {:>7.1} s", "", time.as_secs_f64()));
    }

    /// Prints the summary; the very last line is the result.
    fn end(self) -> ExitCode {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.tally.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_counted_and_the_next_one_runs() {
        let mut steps = Steps::default();
        assert!(!steps.check("first", || bail!("broken")));
        assert!(steps.check("second", || Ok(())));
        steps.blocked("third", "there is no site");
        assert!(!steps.count("fourth", || Ok(Tally { passed: 5, failed: 1 })));
        assert_eq!(steps.tally, Tally { passed: 6, failed: 3 });
        assert_eq!(steps.end(), ExitCode::FAILURE);
    }
}
