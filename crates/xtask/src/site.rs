//! The release build of the site, and the one file that holds all of it.

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
pub(crate) fn single_file(environment: &Environment) -> Result<()> {
    let mut node = environment.command("node")?;
    process::run(node.arg("web/single_file.mjs").arg(workspace::dist())).context("the single file could not be made")
}

/// Builds the site into `dist/`, without the network.
pub(crate) fn build(environment: &Environment) -> Result<()> {
    let mut trunk = environment.command("trunk")?;
    process::run(trunk.args(["build", "--release", "--offline"])).context("the site could not be built")?;
    if !workspace::dist().join("index.html").is_file() {
        bail!("trunk ended without an error and without dist/index.html");
    }
    Ok(())
}
