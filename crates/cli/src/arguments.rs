//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use report::Severity;

/// Audits FastAPI code for mistakes in JWT authentication and user isolation.
#[derive(Debug, Parser)]
#[command(name = "claimcheck", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Whether to colour text; `auto` means on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Audit(Audit),
    Fix(Fix),
    Routes(Routes),
    /// Print the documentation of a rule
    Explain {
        /// Name of the rule, for instance `jwt-none-algorithm`
        rule: String,
    },
    /// List all rules
    Rules,
}

/// Audit files and folders and report what is found
///
/// Exits with 0 when nothing at or above --fail-on is found, 1 when something is, and 2 when the audit could not
/// be made: wrong usage, a path that does not exist, or no file that could be audited.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) paths: Paths,

    /// Form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,

    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Report only what this earlier report, JSON or SARIF, does not have
    ///
    /// Findings are known by their fingerprints, which stay the same when lines move. Audit the same folder for both
    /// reports. The exit code follows what is new.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// Least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "critical")]
    pub(crate) fail_on: FailOn,
}

/// Print the fixes as a patch for `git apply`, or make them with --write
///
/// Fixes that hold a placeholder only you can fill in are left out unless --placeholders is given or their rule is
/// named with --rule.
#[derive(Debug, Args)]
pub(crate) struct Fix {
    #[command(flatten)]
    pub(crate) paths: Paths,

    /// Change the files instead of printing a patch
    #[arg(long)]
    pub(crate) write: bool,

    /// Fix findings of this rule alone; may be given several times
    #[arg(long = "rule", value_name = "RULE")]
    pub(crate) rules: Vec<String>,

    /// Also make fixes that hold a placeholder for a value you have to fill in
    #[arg(long)]
    pub(crate) placeholders: bool,
}

/// List the routes of the applications found, with the dependencies that run before each handler
#[derive(Debug, Args)]
pub(crate) struct Routes {
    #[command(flatten)]
    pub(crate) paths: Paths,

    /// Form of the table
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: RoutesFormat,

    /// Write the table to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Paths {
    /// Files and folders; `-` reads standard input as `stdin.py`
    ///
    /// Folders are searched for `.py` files that .gitignore does not exclude. Reported paths are relative to the
    /// folder when one folder is given, otherwise to the current folder, or to the deepest folder that holds all
    /// of them when some lie outside of it.
    #[arg(value_name = "PATHS", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) configuration: Configuration,
}

/// Where settings come from
#[derive(Debug, Default, Args)]
pub(crate) struct Configuration {
    /// File with settings: a `claimcheck.toml`, or a `pyproject.toml` with `[tool.claimcheck]`
    ///
    /// Without it the nearest of these counts, in the audited folder or above it up to the root of the repository.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,

    /// Look for no file with settings
    #[arg(long)]
    pub(crate) no_config: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Sarif,
    Markdown,
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoutesFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Critical,
    Warning,
    Suggestion,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl FailOn {
    pub(crate) fn includes(self, severity: Severity) -> bool {
        match self {
            FailOn::Critical => severity <= Severity::Critical,
            FailOn::Warning => severity <= Severity::Warning,
            FailOn::Suggestion => true,
            FailOn::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn fail_on_includes_what_is_worse() {
        assert!(FailOn::Warning.includes(Severity::Critical));
        assert!(FailOn::Warning.includes(Severity::Warning));
        assert!(!FailOn::Warning.includes(Severity::Suggestion));
        assert!(!FailOn::Never.includes(Severity::Critical));
    }
}
