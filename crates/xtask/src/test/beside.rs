//! Steps that run while others do, since most of them keep one processor busy and wait half of their time.

use std::io::Read;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::process;

/// A step that is over: what its commands printed, and the error that ended it.
pub(super) struct Ended {
    pub(super) name: String,
    pub(super) printed: String,
    pub(super) error: Option<anyhow::Error>,
    pub(super) took: Duration,
}

/// Steps on their way, one after the other. Nothing of them is seen before they are asked for, so that what they print
/// stays in one piece.
pub(super) struct Beside(JoinHandle<Vec<Ended>>);

impl Beside {
    /// Starts steps by their names: each a list of commands, of which the first that fails is the last.
    pub(super) fn start(steps: Vec<(String, Vec<Command>)>) -> Beside {
        Beside(thread::spawn(|| steps.into_iter().map(run).collect()))
    }

    /// Waits for the end of all steps.
    pub(super) fn end(self) -> Result<Vec<Ended>> {
        self.0
            .join()
            .map_err(|_| anyhow!("a step that ran beside others broke down"))
    }
}

fn run((name, commands): (String, Vec<Command>)) -> Ended {
    let started = Instant::now();
    let mut printed = Vec::new();
    let outcome = commands.into_iter().try_for_each(|command| keep(command, &mut printed));
    Ended {
        name,
        printed: String::from_utf8_lossy(&printed).into_owned(),
        error: outcome.err(),
        took: started.elapsed(),
    }
}

/// Runs a command; both of its outputs go into one text, in their order.
fn keep(mut command: Command, printed: &mut Vec<u8>) -> Result<()> {
    let shown = process::shown(&command);
    let (mut reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    // It holds the other end of the pipe, which would never end.
    drop(command);
    reader.read_to_end(printed)?;
    let status = child.wait()?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn steps_keep_what_they_print_and_a_failure_ends_its_own_step_alone() -> Result<()> {
        let ended = Beside::start(vec![
            (
                "first".into(),
                vec![shell("echo one; echo two >&2; exit 3"), shell("echo never")],
            ),
            ("second".into(), vec![shell("echo three"), shell("echo four")]),
        ])
        .end()?;
        let seen: Vec<_> = ended
            .iter()
            .map(|step| (step.name.as_str(), step.printed.as_str(), step.error.is_some()))
            .collect();
        assert_eq!(
            seen,
            [("first", "one\ntwo\n", true), ("second", "three\nfour\n", false)]
        );
        Ok(())
    }
}
