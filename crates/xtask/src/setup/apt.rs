//! Debian's package manager, used where this program may use it.

use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::process;

/// Whether packages can be installed: the tool is there and this is root.
pub(crate) fn usable() -> bool {
    is_there() && process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether this machine is of the family that has the tool at all, for the advice given.
pub(crate) fn is_there() -> bool {
    process::find("apt-get").is_some()
}

/// Whether the configured sources hold every one of these packages.
pub(crate) fn offers(packages: &[&str]) -> bool {
    refresh_lists();
    packages.iter().all(|package| {
        process::output(Command::new("apt-cache").args(["policy", package])).is_ok_and(|policy| has_candidate(&policy))
    })
}

pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if !usable() {
        bail!("installing {} needs root", packages.join(", "));
    }
    refresh_lists();
    process::run(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// A fresh machine has no package lists. A failure shows when a package is not found.
fn refresh_lists() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let update = process::run(Command::new("apt-get").args(["update", "--quiet=2"]));
        if let Err(error) = update {
            eprintln!("warning: {error:#}");
        }
    });
}

fn has_candidate(policy: &str) -> bool {
    policy.lines().any(|line| {
        line.trim()
            .strip_prefix("Candidate:")
            .is_some_and(|version| version.trim() != "(none)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_candidate_is_not_offered() {
        assert!(has_candidate("chromium:\n  Installed: (none)\n  Candidate: 130.0-1\n"));
        assert!(!has_candidate("chromium:\n  Installed: (none)\n  Candidate: (none)\n"));
        assert!(!has_candidate(""));
    }
}
