//! Command line tools built from crates: trunk, wasm-bindgen.

use std::io::IsTerminal;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Tool, version};
use crate::environment::Environment;
use crate::{process, workspace};

/// One binary of one crate in exactly one version.
pub(crate) struct CargoTool {
    pub(crate) package: &'static str,
    pub(crate) binary: &'static str,
    pub(crate) version: String,
    /// How long building it takes on two cores, for the user's patience.
    pub(crate) minutes: u32,
}

impl Tool for CargoTool {
    fn provide(&self, environment: &mut Environment) -> Result<bool> {
        let Some(program) = process::find_in(&environment.path()?, self.binary) else {
            return Ok(false);
        };
        let printed = process::output(Command::new(program).arg("--version").env_remove("NO_COLOR"));
        Ok(printed.is_ok_and(|text| version::printed(&text) == Some(self.version.as_str())))
    }

    fn plan(&self) -> String {
        format!(
            "{} {} into target/tools (cargo install, about {} minutes)",
            self.package, self.version, self.minutes
        )
    }

    fn install(&self, _environment: &Environment) -> Result<()> {
        // A folder of its own lets an interrupted installation go on where it stopped.
        let build = workspace::tools().join("build").join(self.package);
        let install = |locked: bool| {
            let mut command = process::cargo();
            command.arg("install").arg(format!("{}@{}", self.package, self.version));
            command.arg("--force");
            // What is saved here is waited for by everybody; the tools run for seconds.
            command.env("CARGO_PROFILE_RELEASE_LTO", "off");
            command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
            command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
            // A terminal gets cargo's progress bar, a log is spared some hundred lines.
            if !std::io::stderr().is_terminal() {
                command.arg("--quiet");
            }
            command.arg("--root").arg(workspace::tools());
            command.arg("--target-dir").arg(&build);
            if locked {
                command.arg("--locked");
            }
            process::run(&mut command)
        };
        // The tested set of dependencies comes first. Where the registry lacks one of them,
        // versions that fit are still better than no tool.
        install(true)
            .or_else(|_| {
                println!(
                    "Set-up: once more, with other versions of what {} depends on",
                    self.package
                );
                install(false)
            })
            .with_context(|| {
                format!(
                    "{package} {version} is missing; install it with `cargo install {package}@{version}` on a \
                     machine with a network",
                    package = self.package,
                    version = self.version
                )
            })?;
        // Nothing needs the build folder any more; it holds up to a gigabyte.
        let _ = std::fs::remove_dir_all(build);
        Ok(())
    }
}
