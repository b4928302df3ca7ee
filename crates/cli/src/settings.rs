//! Where the settings of a project stand: in the nearest `claimcheck.toml` or `pyproject.toml`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use audit::Options;
use configuration::File;
use text::{LineIndex, TextSize};

use crate::arguments::Configuration;

/// What holds for one run.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) options: Options,
    /// The folder of the file that they stand in, to which the patterns of `exclude` are relative.
    pub(crate) folder: Option<PathBuf>,
}

const OWN_FILE: &str = "claimcheck.toml";
const PROJECT_FILE: &str = "pyproject.toml";

/// The settings that `arguments` name, or else those of the nearest file in `folder` or above it, up to the root of
/// the repository.
pub(crate) fn read(arguments: &Configuration, folder: &Path) -> anyhow::Result<Settings> {
    if arguments.no_config {
        return Ok(Settings::default());
    }
    if let Some(path) = &arguments.config {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let found = parse_file(path, &text)?;
        return Ok(Settings {
            options: found.unwrap_or_default(),
            folder: path
                .canonicalize()
                .ok()
                .and_then(|path| Some(path.parent()?.to_owned())),
        });
    }
    for folder in folder.ancestors() {
        for name in [OWN_FILE, PROJECT_FILE] {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            // A project's file that is broken, or a template of one, is its own affair as long as it does not speak
            // of this tool.
            if name == PROJECT_FILE && !mentions_us(&text) {
                continue;
            }
            let text = String::from_utf8(text).with_context(|| format!("cannot read {}", path.display()))?;
            if let Some(options) = parse_file(&path, &text)? {
                return Ok(Settings {
                    options,
                    folder: Some(folder.to_owned()),
                });
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(Settings::default())
}

fn mentions_us(text: &[u8]) -> bool {
    let name = b"claimcheck";
    text.windows(name.len()).any(|window| window == name)
}

/// `None` for a `pyproject.toml` that does not speak of Claimcheck.
fn parse_file(path: &Path, text: &str) -> anyhow::Result<Option<Options>> {
    let is_project_file = path.file_name().is_some_and(|name| name == PROJECT_FILE);
    let file = if is_project_file { File::Project } else { File::Own };
    configuration::read(text, file).map_err(|problem| {
        let offset = TextSize::try_from(problem.place.start.min(text.len())).unwrap_or_default();
        let place = LineIndex::new(text).line_column(offset);
        anyhow::anyhow!(
            "{}:{}:{}: {}",
            shown(path).display(),
            place.line + 1,
            place.column + 1,
            problem.message
        )
    })
}

/// Relative to the current folder where it lies in it.
fn shown(path: &Path) -> &Path {
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let relative = current.ok().and_then(|current| path.strip_prefix(current).ok());
    relative.unwrap_or(path)
}
