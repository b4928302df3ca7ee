//! `claimcheck`: the audit core on the command line. Files in, report out, an exit code for scripts.
//!
//! The only crate that reads files and prints; everything it says about code comes from [`audit`] and is given
//! its form by [`report`].
//!
//! Exit codes: 0 for nothing at or above `--fail-on`, 1 for findings, 2 when the audit could not be made as asked:
//! wrong usage, a path that does not exist, output that cannot be written, or nothing that could be audited, which
//! must never look like a clean result.

mod arguments;
mod audit_command;
mod core;
mod excerpt;
mod explain_command;
mod fix_command;
mod output;
mod project;
mod read;
mod routes_command;
mod settings;
mod terminal;
mod walk;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

const FINDINGS: u8 = 1;
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Audit(audit) => audit_command::run(audit, arguments.color),
        Command::Fix(fix) => fix_command::run(fix),
        Command::Routes(routes) => routes_command::run(routes, arguments.color),
        Command::Explain { rule } => explain_command::explain(rule),
        Command::Rules => explain_command::list(),
    };
    result.unwrap_or_else(|error| {
        output::say_on_stderr(&format!("error: {error:#}"));
        ExitCode::from(FAILURE)
    })
}
