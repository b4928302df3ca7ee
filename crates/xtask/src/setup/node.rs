//! Node.js and the npm packages of the build tools, of the page, and of the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Purpose, Tool, version};
use crate::environment::Environment;
use crate::{process, workspace};

const OLDEST_NODE: u32 = 20;

/// Node.js is a precondition: it is not installed, and its absence ends set-up.
pub(crate) fn require() -> Result<()> {
    let advice = "install it with `apt-get install nodejs npm`, `brew install node`, or from \
                  https://nodejs.org";
    let Ok(printed) = process::output(Command::new("node").arg("--version")) else {
        bail!("Node.js {OLDEST_NODE} or newer is missing; {advice}");
    };
    let major = version::printed(&printed).and_then(version::major);
    if major.is_none_or(|major| major < OLDEST_NODE) {
        bail!(
            "Node.js {} is too old, {OLDEST_NODE} or newer is needed; {advice}",
            printed.trim()
        );
    }
    if process::find("npm").is_none() {
        bail!("npm, which comes with Node.js, is missing; {advice}");
    }
    Ok(())
}

/// The folder with the npm packages of the build tools: binaryen, for wasm-opt.
pub(crate) fn tools_folder() -> PathBuf {
    workspace::root().join("crates/xtask/tools")
}

/// Every folder whose packages a purpose needs.
pub(crate) fn package_folders(purpose: Purpose) -> Result<Vec<PathBuf>> {
    let mut folders = vec![tools_folder(), workspace::root().join("web")];
    if purpose == Purpose::Everything {
        folders.extend(test_suites()?);
    }
    folders.retain(|folder| folder.join("package-lock.json").is_file());
    Ok(folders)
}

/// The folders below `tests/` that hold a node test suite, in order of their names.
pub(crate) fn test_suites() -> Result<Vec<PathBuf>> {
    let tests = workspace::root().join("tests");
    let mut suites = Vec::new();
    for entry in std::fs::read_dir(&tests).with_context(|| format!("{}", tests.display()))? {
        let folder = entry?.path();
        if folder.join("package.json").is_file() {
            suites.push(folder);
        }
    }
    suites.sort();
    Ok(suites)
}

/// The packages of one folder, exactly as its lock file names them.
pub(crate) struct Packages {
    pub(crate) folder: PathBuf,
}

impl Packages {
    /// A copy of the lock file that was installed: npm's own record differs in form.
    fn stamp(&self) -> PathBuf {
        self.folder.join("node_modules/.installed-package-lock.json")
    }

    fn lock(&self) -> PathBuf {
        self.folder.join("package-lock.json")
    }
}

impl Tool for Packages {
    fn provide(&self, _environment: &mut Environment) -> Result<bool> {
        let lock = std::fs::read(self.lock())?;
        Ok(std::fs::read(self.stamp()).is_ok_and(|installed| installed == lock))
    }

    fn plan(&self) -> String {
        let folder = self.folder.strip_prefix(workspace::root()).unwrap_or(&self.folder);
        format!("the npm packages of {} (npm ci)", Path::new(folder).display())
    }

    fn install(&self, environment: &Environment) -> Result<()> {
        // No package of ours needs an installation script, so none gets to run one.
        let mut command = environment.command("npm")?;
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(command.current_dir(&self.folder))
            .with_context(|| format!("npm packages are missing; run `npm ci` in {}", self.folder.display()))?;
        let lock = self.lock();
        std::fs::create_dir_all(self.folder.join("node_modules"))?;
        std::fs::copy(&lock, self.stamp()).with_context(|| format!("{} cannot be copied", lock.display()))?;
        Ok(())
    }
}
