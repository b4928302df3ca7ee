//! The files to audit, read into memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use audit::Options;

use crate::arguments::Paths;
use crate::read::{self, Content};
use crate::settings;
use crate::walk::{self, EntryKind};

/// What the paths on the command line hold.
#[derive(Debug, Default)]
pub(crate) struct Project {
    /// By path, each path once.
    pub(crate) files: Vec<ProjectFile>,
    /// Path and reason of what could not be read.
    pub(crate) skipped: BTreeMap<String, String>,
    /// Settings that hold for it. The files they leave out are not among `files`.
    pub(crate) options: Options,
    /// The folder to which paths in the report are relative.
    pub(crate) base: PathBuf,
}

#[derive(Debug)]
pub(crate) struct ProjectFile {
    /// As it stands in the report: relative, with `/`.
    pub(crate) path: String,
    pub(crate) text: Arc<str>,
    pub(crate) byte_order_mark: bool,
    /// Where it can be written back; none for standard input and for a file that was reached through a link, which
    /// belongs to someone else and which no patch can reach.
    pub(crate) writable: Option<PathBuf>,
}

/// How standard input is called in the report.
pub(crate) const STANDARD_INPUT_NAME: &str = "stdin.py";

/// Reads all files that `paths` name or hold.
///
/// Fails when a path does not exist, when the settings mean nothing, or when it is no Python project at all: with
/// nothing to audit and nothing skipped.
pub(crate) fn read(arguments: &Paths) -> anyhow::Result<Project> {
    let paths = &arguments.paths;
    let named: Vec<&PathBuf> = paths.iter().filter(|path| !is_standard_input(path)).collect();
    let roots = named
        .iter()
        .map(|path| root(path))
        .collect::<anyhow::Result<Vec<Root>>>()?;
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let current = current.ok();
    let base = base(&roots, current.as_deref());
    let settings_from = if base.as_os_str().is_empty() {
        current.as_deref().unwrap_or(&base)
    } else {
        &base
    };
    let mut settings = settings::read(&arguments.configuration, settings_from)?;
    // The candidates are sorted out here, where it is known what the patterns are relative to.
    let exclude = Options {
        exclude: std::mem::take(&mut settings.options.exclude),
        ..Options::default()
    };
    let mut candidates = candidates(roots);
    let folder = settings.folder.as_deref().unwrap_or(&base);
    candidates.retain(|entry| !exclude.leaves_out(&report_path(&entry.path, folder).0));
    let mut project = Project {
        options: settings.options,
        base: base.clone(),
        ..Project::default()
    };
    if named.len() < paths.len() {
        project.add_standard_input();
    }
    project.add(candidates, &base);
    project.files.sort_by(|a, b| a.path.cmp(&b.path));
    if project.files.is_empty() && project.skipped.is_empty() {
        let places: Vec<String> = named.iter().map(|path| path.display().to_string()).collect();
        bail!(
            "no Python files in {} (what .gitignore and the settings exclude, virtual environments and node_modules are left out)",
            places.join(", ")
        );
    }
    Ok(project)
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A path of the command line, absolute, with the links on the way to it resolved.
#[derive(Debug)]
enum Root {
    Folder(PathBuf),
    File { path: PathBuf, kind: EntryKind },
}

fn root(path: &Path) -> anyhow::Result<Root> {
    let itself = path
        .symlink_metadata()
        .with_context(|| format!("cannot audit {}", path.display()))?;
    let kind = match path.metadata() {
        Ok(target) if target.is_dir() => {
            let folder = path.canonicalize();
            return folder
                .map(Root::Folder)
                .with_context(|| format!("cannot audit {}", path.display()));
        }
        Ok(_) if itself.is_symlink() => EntryKind::Link,
        // Whoever names a pipe or a device wants it read.
        Ok(_) => EntryKind::File,
        Err(_) => EntryKind::Unreadable(walk::BROKEN_LINK.to_owned()),
    };
    // The name stays as given, also when it is that of a link.
    let name = path.file_name().context("a file has a name")?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder
        .canonicalize()
        .with_context(|| format!("cannot audit {}", path.display()))?;
    Ok(Root::File {
        path: folder.join(name),
        kind,
    })
}

/// The folder to which the paths in the report are relative.
fn base(roots: &[Root], current: Option<&Path>) -> PathBuf {
    if let [Root::Folder(folder)] = roots {
        return folder.clone();
    }
    let mut folders = roots.iter().map(|root| match root {
        Root::Folder(folder) => folder.as_path(),
        Root::File { path, .. } => path.parent().unwrap_or(path),
    });
    if let Some(current) = current.filter(|current| folders.clone().all(|folder| folder.starts_with(current))) {
        return current.to_owned();
    }
    let Some(first) = folders.next() else {
        return PathBuf::new();
    };
    let common = folders.fold(first, |common, folder| {
        common
            .ancestors()
            .find(|ancestor| folder.starts_with(ancestor))
            .unwrap_or(common)
    });
    common.to_owned()
}

fn candidates(roots: Vec<Root>) -> Vec<walk::Entry> {
    roots
        .into_iter()
        .flat_map(|root| match root {
            Root::Folder(folder) => walk::python_files(&folder),
            Root::File { path, kind } => vec![walk::Entry { path, kind }],
        })
        .collect()
}

impl Project {
    /// Where a file that the project does not have can be made; `None` where something is there already.
    pub(crate) fn place_of_new_file(&self, path: &str) -> Option<PathBuf> {
        let is_known = self.files.iter().any(|file| file.path == path) || self.skipped.contains_key(path);
        let place = self.base.join(path);
        let has_folder = place.parent().is_some_and(Path::is_dir);
        (!is_known && has_folder && place.symlink_metadata().is_err()).then_some(place)
    }

    fn add_standard_input(&mut self) {
        match read::read(io::stdin().lock()) {
            Ok(content) => self.push(STANDARD_INPUT_NAME.to_owned(), content, None),
            Err(reason) => {
                self.skipped.insert(STANDARD_INPUT_NAME.to_owned(), reason);
            }
        }
    }

    /// Reads the candidates; each file once, however many paths and links lead to it.
    fn add(&mut self, mut candidates: Vec<walk::Entry>, base: &Path) {
        candidates.sort_by(|a, b| {
            let is_link = |entry: &walk::Entry| entry.kind == EntryKind::Link;
            // A file goes before the links to it.
            (is_link(a), &a.path).cmp(&(is_link(b), &b.path))
        });
        candidates.dedup_by(|a, b| a.path == b.path);
        let mut seen = std::collections::HashSet::new();
        for walk::Entry { path, kind } in candidates {
            let (name, is_unicode) = report_path(&path, base);
            let content = match &kind {
                EntryKind::Unreadable(reason) => Err(reason.clone()),
                _ if !is_unicode => Err("its name is not UTF-8".to_owned()),
                EntryKind::File | EntryKind::Link => {
                    if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                        continue;
                    }
                    read::read_file(&path)
                }
            };
            match content {
                Ok(content) => self.push(name, content, (kind == EntryKind::File).then_some(path)),
                Err(reason) => {
                    self.skipped.insert(name, reason);
                }
            }
        }
    }

    fn push(&mut self, path: String, content: Content, writable: Option<PathBuf>) {
        self.files.push(ProjectFile {
            path,
            text: content.text.into(),
            byte_order_mark: content.byte_order_mark,
            writable,
        });
    }
}

/// The path relative to `base` with `/`, and whether it could be written without loss.
fn report_path(path: &Path, base: &Path) -> (String, bool) {
    let relative = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let name = if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    };
    (name, relative.to_str().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Root {
        Root::File {
            path: path.into(),
            kind: EntryKind::File,
        }
    }

    fn folder(path: &str) -> Root {
        Root::Folder(path.into())
    }

    #[test]
    fn base_is_the_folder_the_current_folder_or_what_is_common() {
        let base = |roots: &[Root]| base(roots, Some(Path::new("/src/here")));
        assert_eq!(base(&[folder("/src/here/app")]), Path::new("/src/here/app"));
        assert_eq!(base(&[folder("/else")]), Path::new("/else"));
        assert_eq!(base(&[file("/src/here/app/main.py")]), Path::new("/src/here"));
        assert_eq!(
            base(&[folder("/src/here/a"), folder("/src/here/b")]),
            Path::new("/src/here")
        );
        assert_eq!(
            base(&[folder("/src/a/x"), file("/src/a/y/main.py")]),
            Path::new("/src/a")
        );
        assert_eq!(base(&[file("/else/main.py")]), Path::new("/else"));
        assert_eq!(base(&[folder("/a"), folder("/b")]), Path::new("/"));
    }

    #[test]
    fn report_paths_are_relative_with_slashes() {
        let path: PathBuf = ["base", "app", "x y.py"].iter().collect();
        assert_eq!(report_path(&path, Path::new("base")), ("app/x y.py".to_owned(), true));
    }
}
