//! The project's commands: set-up, serve, build, test, bench, corpora, new rules.
//!
//! Everything a contributor or CI runs goes through here, so that `cargo xtask serve` and
//! `cargo xtask test` are all anybody has to know. Tools are installed under `target/tools`,
//! environment variables are set for child processes only.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks through its standard streams"
)]

mod bench;
mod corpus;
mod environment;
mod new_rule;
mod process;
mod serve;
mod setup;
mod site;
mod test;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Claimcheck's project commands",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and serve the playground on http://127.0.0.1:8080
    Serve {
        /// Open the page in the default browser
        #[arg(long)]
        open: bool,
        /// Port to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Set up and run every check; ends with "N passed, N failed"
    Test,
    /// Measure audit time against parse time, and the size of the built site
    Bench {
        /// Fail when a measure is over its budget
        #[arg(long)]
        check: bool,
    },
    /// Audit a folder of repositories, `<owner>+<name>/` each, and tell times, findings and edits
    Corpus {
        folder: PathBuf,
        /// Where to write the reports, as SARIF; target/corpus without it
        #[arg(long)]
        reports: Option<PathBuf>,
        /// A Python script that compares the reports with labels: it is given the folder and the reports
        #[arg(long, value_name = "SCRIPT")]
        score: Option<PathBuf>,
        /// Use the release build, for times that mean something
        #[arg(long)]
        release: bool,
        /// Apply each fix to a copy, and say which are not right: those that CPython does not parse, that leave their
        /// finding or add one, that black would lay out in another way, and those that never come to an end
        #[arg(long)]
        fixes: bool,
        /// Try the fixes of these rules alone
        #[arg(long = "rule", requires = "fixes")]
        rules: Vec<String>,
    },
    /// Build the release site into dist/
    Build,
    /// Build the release site and list what a host is given; see docs/hosting.md
    Dist,
    /// Build dist/claimcheck.html: the whole site in one file that runs without a server
    SingleFile,
    /// Install every tool the other commands need
    Setup,
    /// Create the file of a new audit rule
    NewRule {
        /// The rule's name, such as jwt-none-algorithm
        name: String,
    },
    /// Run a command inside the browser build's environment
    Exec {
        /// The command and its arguments, such as `trunk build --offline`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>) -> Result<ExitCode> {
    match command {
        None => {
            Arguments::command().print_help()?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Serve { open, port }) => serve::serve(port, open).map(success),
        Some(Command::Test) => test::test(),
        Some(Command::Bench { check }) => bench::bench(check),
        Some(Command::Corpus {
            folder,
            reports,
            score,
            release,
            fixes,
            rules,
        }) => corpus::corpus(&corpus::Arguments {
            folder,
            reports,
            score,
            release,
            fixes,
            rules,
        })
        .map(success),
        Some(Command::Build) => site::command().map(success),
        Some(Command::Dist) => site::dist().map(success),
        Some(Command::SingleFile) => site::single_file_command().map(success),
        Some(Command::Setup) => setup::set_up(setup::Purpose::Everything).map(success),
        Some(Command::NewRule { name }) => new_rule::new_rule(&name).map(success),
        Some(Command::Exec { command }) => environment::exec(&command),
    }
}

fn success<T>(_: T) -> ExitCode {
    ExitCode::SUCCESS
}
