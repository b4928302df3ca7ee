//! The environment a browser build needs, given to child processes and to nobody else.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{process, setup, workspace};

/// Variables and `PATH` entries on top of the user's own environment.
#[derive(Default)]
pub(crate) struct Environment {
    variables: Vec<(String, OsString)>,
    /// Folders put before the user's `PATH`, the first one first.
    folders: Vec<PathBuf>,
}

impl Environment {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<OsString>) {
        self.variables.push((name.into(), value.into()));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsString> {
        self.variables
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn add_folder(&mut self, folder: PathBuf) {
        if !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
    }

    /// `PATH` with this environment's folders in front.
    pub(crate) fn path(&self) -> Result<OsString> {
        let user = std::env::var_os("PATH").unwrap_or_default();
        let all = self.folders.iter().cloned().chain(std::env::split_paths(&user));
        std::env::join_paths(all).context("the checkout's path holds a character that PATH cannot carry")
    }

    /// A command, started from the checkout's top folder, that runs inside this environment.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let path = self.path()?;
        let mut command = match process::find_in(&path, program) {
            Some(found) => Command::new(found),
            None => Command::new(program),
        };
        command.current_dir(workspace::root());
        self.apply(&mut command)?;
        Ok(command)
    }

    /// Gives this environment to a command.
    pub(crate) fn apply(&self, command: &mut Command) -> Result<()> {
        command.env("PATH", self.path()?);
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            // By convention any value counts; trunk insists on a boolean.
            command.env("NO_COLOR", "true");
        }
        Ok(())
    }

    /// The same as a script for a POSIX shell.
    pub(crate) fn shell_script(&self) -> String {
        let mut script =
            String::from("# Written by `cargo xtask setup`: source it to run trunk and browser builds by hand.\n");
        for (name, value) in &self.variables {
            let _ = writeln!(script, "export {name}={}", quoted(&value.to_string_lossy()));
        }
        for folder in self.folders.iter().rev() {
            let _ = writeln!(script, "export PATH={}:\"$PATH\"", quoted(&folder.to_string_lossy()));
        }
        script
    }
}

/// `cargo xtask exec`: runs a command inside the environment, from the folder the user is in.
pub(crate) fn exec(words: &[OsString]) -> Result<ExitCode> {
    let environment = setup::set_up(setup::Purpose::Build)?;
    let (program, arguments) = words.split_first().context("no command is given")?;
    let mut command = environment.command(&program.to_string_lossy())?;
    command.args(arguments).current_dir(std::env::current_dir()?);
    let status = command
        .status()
        .with_context(|| format!("`{}` cannot be started", process::shown(&command)))?;
    Ok(ExitCode::from(
        status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
    ))
}

/// One word of a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_quotes_values_and_keeps_the_order_of_folders() {
        let mut environment = Environment::default();
        environment.set("CC", "it's");
        environment.add_folder("/first".into());
        environment.add_folder("/second".into());
        environment.add_folder("/first".into());
        let script = environment.shell_script();
        assert_eq!(
            script.lines().skip(1).collect::<Vec<_>>(),
            [
                "export CC='it'\\''s'",
                "export PATH='/second':\"$PATH\"",
                "export PATH='/first':\"$PATH\"",
            ]
        );
    }

    #[test]
    fn the_last_value_of_a_variable_wins() {
        let mut environment = Environment::default();
        environment.set("A", "1");
        environment.set("A", "2");
        assert_eq!(environment.get("A"), Some(&OsString::from("2")));
        assert_eq!(environment.get("B"), None);
    }
}
