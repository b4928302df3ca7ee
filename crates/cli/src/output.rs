//! Writing to standard output, standard error and files.

use std::io::{self, Write as _};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;

use crate::arguments::Color;

/// Whether text for standard output is to be coloured.
pub(crate) fn is_coloured(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        // A terminal, and nothing in the environment (NO_COLOR, TERM=dumb) against it.
        Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
    }
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str, coloured: bool) -> anyhow::Result<()> {
    let stdout = io::stdout().lock();
    let result = if coloured {
        // On Windows this also makes older consoles understand the colours.
        write_all(AutoStream::new(stdout, ColorChoice::Always), text)
    } else {
        write_all(stdout, text)
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

fn write_all(mut out: impl io::Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a line to standard error. There is no one left to tell when that fails.
pub(crate) fn say_on_stderr(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

pub(crate) fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Replaces a file in one step, so that at no time half of it can be read; its permissions stay.
pub(crate) fn replace_file(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().context("a file stands in a folder")?;
    let replace = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text)?;
        file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
        file.persist(path)?;
        Ok(())
    };
    replace().with_context(|| format!("cannot write {}", path.display()))
}
