//! `cargo xtask bench`: how long an audit takes against parsing alone, and what travels.
//!
//! Times are compared within one run, since a machine's speed is not ours to promise; sizes are
//! exact. Both have a budget, which `--check` and the tests enforce.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::environment::Environment;
use crate::{process, setup, site, test, workspace};

/// How much longer than its parse an audit may take.
const AUDIT_TO_PARSE_BUDGET: f64 = 1.6;
/// What a first visit may load, in bytes after gzip.
const SITE_GZIP_BUDGET: u64 = 600_000;
/// What it should be; the table says how far it is.
const SITE_GZIP_GOAL: u64 = 450_000;
/// The site is far over its budget: the rules of the catalogue and their model, then projects, routes, fixes, exports,
/// links and a second language in the page. Until it is not, the tests see to it that it grows no further than what
/// was decided: the last step, of 30 kB, is for rows in variables, values under other names, and edits that write a
/// dependency.
const SITE_GZIP_RATCHET: u64 = 1_715_000;

pub(crate) fn bench(check: bool) -> Result<ExitCode> {
    let environment = setup::set_up(setup::Purpose::Build)?;
    let texts = texts()?;
    let mut times = native_times(&texts)?;
    let projects = project_times()?;
    times.extend(wasm_times(&environment, &texts)?);
    site::build(&environment)?;
    let sizes = sizes(&environment)?;

    println!("\n{}\n{projects}\n{}", times_table(&times), sizes_table(&sizes));
    if !check {
        return Ok(ExitCode::SUCCESS);
    }
    let mut over = times_over_budget(&times);
    over.extend(sizes_over_budget(&sizes));
    for line in &over {
        eprintln!("error: {line}");
    }
    Ok(if over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Fails when the built site grows past the ratchet; says so when it is over its budget.
pub(crate) fn check_sizes(environment: &Environment) -> Result<()> {
    let sizes = sizes(environment)?;
    println!("{}", sizes_table(&sizes));
    if let Some(message) = sizes_over_budget(&sizes) {
        println!("warning: {message}");
    }
    let total = total(&sizes).gzip;
    if total > SITE_GZIP_RATCHET {
        bail!(
            "the site is {} after gzip and may not grow past {}",
            kilobytes(total),
            kilobytes(SITE_GZIP_RATCHET)
        );
    }
    Ok(())
}

/// The Python files that are measured: `tests/bench/*.py`, as paths from the top folder.
fn texts() -> Result<Vec<PathBuf>> {
    let folder = PathBuf::from("tests/bench");
    let mut files = Vec::new();
    if let Ok(entries) = std::fs::read_dir(workspace::root().join(&folder)) {
        for entry in entries {
            let name = PathBuf::from(entry?.file_name());
            if name.extension().is_some_and(|extension| extension == "py") {
                files.push(folder.join(name));
            }
        }
    }
    files.sort();
    Ok(files)
}

struct Time {
    build: &'static str,
    name: String,
    bytes: u64,
    parse: f64,
    audit: f64,
}

impl Time {
    fn ratio(&self) -> f64 {
        self.audit / self.parse
    }
}

/// The example `bench` of the audit crate prints one JSON object per file it is given.
fn native_times(texts: &[PathBuf]) -> Result<Vec<Time>> {
    if !workspace::root().join("crates/audit/examples/bench.rs").is_file() {
        println!("native times: not measured, crates/audit/examples/bench.rs does not exist");
        return Ok(Vec::new());
    }
    let mut command = process::cargo();
    command.args(["run", "--release", "--package", "audit", "--example", "bench", "--"]);
    times("native", &process::output(command.args(texts))?)
}

/// A project of about a hundred files, and copies of it side by side: the cost of a file stays what it is.
fn project_times() -> Result<String> {
    let mut command = process::cargo();
    command.args(["run", "--release", "--package", "audit", "--example", "bench", "--"]);
    let output = process::output(command.arg("tests/oracle"))?;
    let mut table = String::from(
        "| Copies | Files | Parse | Model | Audit | Audit of a file | Model ÷ audit |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for line in output.lines().filter(|line| line.starts_with('{')) {
        let value: Value = serde_json::from_str(line)?;
        let number = |name: &str| {
            value[name]
                .as_f64()
                .with_context(|| format!("no number {name} in {line}"))
        };
        let (files, model, audit) = (number("files")?, number("model_ms")?, number("audit_ms")?);
        let _ = writeln!(
            table,
            "| {} | {files} | {:.1} ms | {model:.1} ms | {audit:.1} ms | {:.3} ms | {:.2} |",
            number("copies")?,
            number("parse_ms")?,
            audit / files,
            model / audit
        );
    }
    Ok(table)
}

/// The wasm module's function `bench(text, rounds)` returns the two times of one text.
fn wasm_times(environment: &Environment, texts: &[PathBuf]) -> Result<Vec<Time>> {
    let module = test::build_wasm(environment)?;
    let mut command = environment.command("node")?;
    command
        .args(["--eval", include_str!("bench/wasm.js")])
        .arg(module)
        .args(texts);
    let output = process::output(&mut command)?;
    if output.trim() == "no bench" {
        println!("wasm times: not measured, crates/wasm exports no function bench");
        return Ok(Vec::new());
    }
    times("wasm", &output)
}

fn times(build: &'static str, lines: &str) -> Result<Vec<Time>> {
    lines
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| {
            let value: Value = serde_json::from_str(line)?;
            let number = |name: &str| {
                value[name]
                    .as_f64()
                    .with_context(|| format!("no number {name} in {line}"))
            };
            Ok(Time {
                build,
                name: value["name"].as_str().unwrap_or_default().to_owned(),
                bytes: value["bytes"].as_u64().unwrap_or(0),
                parse: number("parse_ms")?,
                audit: number("audit_ms")?,
            })
        })
        .collect()
}

fn times_table(times: &[Time]) -> String {
    let mut table = String::from(
        "| Text | Bytes | Build | Parse | Audit | Audit ÷ parse |\n\
         | --- | ---: | --- | ---: | ---: | ---: |\n",
    );
    for time in times {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {:.2} ms | {:.2} ms | {:.2} |",
            time.name,
            time.bytes,
            time.build,
            time.parse,
            time.audit,
            time.ratio()
        );
    }
    table
}

fn times_over_budget(times: &[Time]) -> Vec<String> {
    let over = |time: &&Time| time.ratio() > AUDIT_TO_PARSE_BUDGET;
    let message = |time: &Time| {
        format!(
            "{} ({}): the audit takes {:.2} times as long as the parse, over the budget of \
             {AUDIT_TO_PARSE_BUDGET}",
            time.name,
            time.build,
            time.ratio()
        )
    };
    times.iter().filter(over).map(message).collect()
}

struct Size {
    file: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// The sizes of every file of the built site. Node compresses: it is there and it is fast.
fn sizes(environment: &Environment) -> Result<Vec<Size>> {
    let mut command = environment.command("node")?;
    command
        .args(["--eval", include_str!("bench/sizes.js")])
        .arg(workspace::dist());
    let output = process::output(&mut command)?;
    output
        .lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line)?;
            let number = |name: &str| {
                value[name]
                    .as_u64()
                    .with_context(|| format!("no number {name} in {line}"))
            };
            Ok(Size {
                file: value["file"].as_str().unwrap_or_default().to_owned(),
                raw: number("raw")?,
                gzip: number("gzip")?,
                brotli: number("brotli")?,
            })
        })
        .collect()
}

/// Everything together: what a first visit loads at most.
fn total(sizes: &[Size]) -> Size {
    let sum = |of: fn(&Size) -> u64| sizes.iter().map(of).sum();
    Size {
        file: "**first load**".into(),
        raw: sum(|size| size.raw),
        gzip: sum(|size| size.gzip),
        brotli: sum(|size| size.brotli),
    }
}

fn sizes_table(sizes: &[Size]) -> String {
    let mut table = String::from("| File | Raw | gzip | Brotli |\n| --- | ---: | ---: | ---: |\n");
    for size in sizes.iter().chain([&total(sizes)]) {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |",
            size.file,
            kilobytes(size.raw),
            kilobytes(size.gzip),
            kilobytes(size.brotli)
        );
    }
    let _ = writeln!(
        table,
        "\nAfter gzip: {} of a budget of {}; the goal is {}.",
        kilobytes(total(sizes).gzip),
        kilobytes(SITE_GZIP_BUDGET),
        kilobytes(SITE_GZIP_GOAL)
    );
    table
}

fn sizes_over_budget(sizes: &[Size]) -> Option<String> {
    let total = total(sizes).gzip;
    (total > SITE_GZIP_BUDGET).then(|| {
        format!(
            "the site is {} after gzip, over the budget of {}",
            kilobytes(total),
            kilobytes(SITE_GZIP_BUDGET)
        )
    })
}

/// Bytes in thousands, rounded to one decimal in whole numbers.
fn kilobytes(bytes: u64) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(gzip: u64) -> Size {
        Size {
            file: "a.wasm".into(),
            raw: 1_049_950,
            gzip,
            brotli: 1,
        }
    }

    #[test]
    fn the_budget_counts_all_files_together() {
        assert!(sizes_over_budget(&[size(SITE_GZIP_BUDGET)]).is_none());
        let message = sizes_over_budget(&[size(SITE_GZIP_BUDGET), size(100)]);
        assert_eq!(
            message.as_deref(),
            Some("the site is 600.1 kB after gzip, over the budget of 600.0 kB")
        );
    }

    #[test]
    fn times_are_read_from_json_lines_and_held_against_the_budget() -> Result<()> {
        let lines = "Compiling\n{\"name\":\"a.py\",\"bytes\":10,\"parse_ms\":2.0,\"audit_ms\":3.0}\n\
                     {\"name\":\"b.py\",\"bytes\":10,\"parse_ms\":1.0,\"audit_ms\":2}\n";
        let times = times("native", lines)?;
        assert_eq!(times.len(), 2);
        let over = times_over_budget(&times);
        assert_eq!(over.len(), 1);
        assert!(over[0].starts_with("b.py (native): the audit takes 2.00 times"));
        assert!(times_table(&times).contains("| a.py | 10 | native | 2.00 ms | 3.00 ms | 1.50 |"));
        assert!(super::times("native", "{\"name\":\"a.py\"}").is_err());
        Ok(())
    }

    #[test]
    fn kilobytes_are_rounded() {
        assert_eq!(kilobytes(1_049_950), "1050.0 kB");
        assert_eq!(kilobytes(49), "0.0 kB");
    }
}
