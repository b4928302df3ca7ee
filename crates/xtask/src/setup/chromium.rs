//! Chromium, which the browser tests drive.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{Tool, apt};
use crate::environment::Environment;
use crate::{process, workspace};

/// The environment variable that names the browser, for the tests and as the user's own choice.
pub(crate) const VARIABLE: &str = "CHROMIUM";

pub(crate) struct Chromium;

impl Tool for Chromium {
    fn provide(&self, environment: &mut Environment) -> Result<bool> {
        let Some(browser) = find(environment) else {
            return Ok(false);
        };
        environment.set(VARIABLE, browser);
        Ok(true)
    }

    fn plan(&self) -> String {
        let way = if apt::usable() {
            "apt-get install chromium"
        } else {
            "playwright's build"
        };
        format!("Chromium for the browser tests ({way})")
    }

    fn install(&self, environment: &Environment) -> Result<()> {
        if apt::usable() && apt::install(&["chromium"]).is_ok() {
            return Ok(());
        }
        if playwright().is_dir() {
            let mut command = environment.command("node")?;
            command.arg(playwright().join("cli.js")).args(["install", "chromium"]);
            if process::run(command.env(BROWSERS_VARIABLE, browsers())).is_ok() {
                return Ok(());
            }
        }
        bail!(
            "Chromium is missing; install it with `{}`, or name a Chromium or Chrome in the \
             environment variable {VARIABLE}",
            if apt::is_there() {
                "sudo apt-get install chromium"
            } else if cfg!(target_os = "macos") {
                "brew install --cask chromium"
            } else {
                "your system's package manager"
            }
        )
    }
}

fn find(environment: &Environment) -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let on_path = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
        .iter()
        .filter_map(|name| process::find(name));
    let applications = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    .iter()
    .map(PathBuf::from);
    let downloaded = std::iter::once_with(|| playwright_browser(environment)).flatten();
    named
        .into_iter()
        .chain(on_path)
        .chain(applications)
        .chain(downloaded)
        .find(|file| runs(file))
}

/// Some systems have a placeholder of the same name that only tells how to install the browser.
fn runs(browser: &Path) -> bool {
    browser.is_file() && process::output(Command::new(browser).arg("--version")).is_ok()
}

const BROWSERS_VARIABLE: &str = "PLAYWRIGHT_BROWSERS_PATH";

fn browsers() -> PathBuf {
    workspace::tools().join("browsers")
}

fn playwright() -> PathBuf {
    workspace::root().join("tests/browser/node_modules/playwright-core")
}

/// Where playwright puts the browser of its own, whether it is there or not.
fn playwright_browser(environment: &Environment) -> Option<PathBuf> {
    if !browsers().is_dir() {
        return None;
    }
    let mut command = environment.command("node").ok()?;
    command
        .args(["-p", "require(process.argv[1]).chromium.executablePath()"])
        .arg(playwright())
        .env(BROWSERS_VARIABLE, browsers());
    Some(PathBuf::from(process::output(&mut command).ok()?.trim()))
}
