//! The release build of the site.

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

/// Builds the site into `dist/`, without the network.
pub(crate) fn build(environment: &Environment) -> Result<()> {
    let mut trunk = environment.command("trunk")?;
    process::run(trunk.args(["build", "--release", "--offline"])).context("the site could not be built")?;
    if !workspace::dist().join("index.html").is_file() {
        bail!("trunk ended without an error and without dist/index.html");
    }
    Ok(())
}
