//! rustfmt and clippy, which a minimal Rust installation leaves out.

use std::process::Command;

use anyhow::{Context, Result};

use super::Tool;
use crate::environment::Environment;
use crate::process;

pub(crate) struct Components;

impl Tool for Components {
    fn provide(&self, _environment: &mut Environment) -> Result<bool> {
        Ok(["fmt", "clippy"]
            .iter()
            .all(|name| process::output(process::cargo().args([name, "--version"])).is_ok()))
    }

    fn plan(&self) -> String {
        "rustfmt and clippy (rustup component add)".into()
    }

    fn install(&self, _environment: &Environment) -> Result<()> {
        process::run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"])).context(
            "rustfmt or clippy is missing; install them with \
                 `rustup component add rustfmt clippy`",
        )
    }
}
