//! The release build of the site, and the one file that holds all of it.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::{process, setup, workspace};

/// `cargo xtask build`.
pub(crate) fn command() -> Result<()> {
    let environment = setup::set_up(setup::Purpose::Build)?;
    build(&environment)?;
    println!("The site is in {}", workspace::dist().display());
    Ok(())
}

/// `cargo xtask dist`: what a host is given.
pub(crate) fn dist() -> Result<()> {
    let environment = setup::set_up(setup::Purpose::Build)?;
    build(&environment)?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workspace::dist())? {
        let entry = entry?;
        files.push((
            entry.file_name().to_string_lossy().into_owned(),
            entry.metadata()?.len(),
        ));
    }
    files.sort();
    for (name, bytes) in files {
        println!("{bytes:>9}  {name}");
    }
    println!(
        "The site is in {}: static files for any path of any host. docs/hosting.md has the headers.",
        workspace::dist().display()
    );
    Ok(())
}

/// `cargo xtask single-file`.
pub(crate) fn single_file_command() -> Result<()> {
    let environment = setup::set_up(setup::Purpose::Build)?;
    build(&environment)?;
    single_file(&environment)?;
    println!(
        "{} holds everything and runs from a disk",
        workspace::dist().join(SINGLE_FILE).display()
    );
    Ok(())
}

const SINGLE_FILE: &str = "claimcheck.html";

/// Makes `dist/claimcheck.html` of the built site.
fn single_file(environment: &Environment) -> Result<()> {
    process::run(&mut single_file_build(environment)?).context("the single file could not be made")
}

/// Builds the site into `dist/`, without the network.
pub(crate) fn build(environment: &Environment) -> Result<()> {
    process::run(&mut trunk_build(environment)?).context("the site could not be built")?;
    if !workspace::dist().join("index.html").is_file() {
        bail!("trunk ended without an error and without dist/index.html");
    }
    Ok(())
}

/// What makes the site and the single file, one after the other.
pub(crate) fn build_commands(environment: &Environment) -> Result<Vec<Command>> {
    Ok(vec![trunk_build(environment)?, single_file_build(environment)?])
}

fn trunk_build(environment: &Environment) -> Result<Command> {
    let mut trunk = environment.command("trunk")?;
    trunk.args(["build", "--release", "--offline"]);
    Ok(trunk)
}

/// It reads what trunk built, and fails without.
fn single_file_build(environment: &Environment) -> Result<Command> {
    let mut node = environment.command("node")?;
    node.arg("web/single_file.mjs").arg(workspace::dist());
    Ok(node)
}
