//! Finding the Python files of a folder.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::read::unreadable;

/// A file of a folder, or a place that could not be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) kind: EntryKind,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    /// A link that leads to a file.
    Link,
    /// With the reason.
    Unreadable(String),
}

/// Every `.py` file below `folder` that no `.gitignore` excludes, in no particular order.
///
/// Only `.gitignore` files count, not settings of the machine, so that two checkouts give the same report. Folders
/// that hold other people's code are left out: virtual environments, `site-packages`, `node_modules`. Links to
/// folders are not followed, which rules out loops; links to files are.
pub(crate) fn python_files(folder: &Path) -> Vec<Entry> {
    WalkBuilder::new(folder)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .follow_links(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_foreign_folder(entry))
        .build()
        .filter_map(|entry| match entry {
            Ok(entry) => python_file(&entry),
            Err(error) => Some(Entry {
                path: path_of(&error).unwrap_or(folder).to_owned(),
                kind: EntryKind::Unreadable(match error.io_error() {
                    Some(io) => unreadable(io),
                    None => error.to_string(),
                }),
            }),
        })
        .collect()
}

fn is_foreign_folder(entry: &DirEntry) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return false;
    }
    let name = entry.file_name().to_str().unwrap_or_default();
    matches!(
        name,
        ".git" | ".hg" | ".svn" | "node_modules" | "__pycache__" | "site-packages"
    ) || entry.path().join("pyvenv.cfg").exists()
}

fn python_file(entry: &DirEntry) -> Option<Entry> {
    let path = entry.path();
    if path.extension()? != "py" {
        return None;
    }
    let kind = kind(path, entry.file_type()?)?;
    Some(Entry {
        path: path.to_owned(),
        kind,
    })
}

fn kind(path: &Path, file_type: FileType) -> Option<EntryKind> {
    if file_type.is_dir() {
        return None;
    }
    if file_type.is_file() {
        return Some(EntryKind::File);
    }
    if !file_type.is_symlink() {
        return Some(EntryKind::Unreadable("it is not a regular file".to_owned()));
    }
    match path.metadata() {
        Ok(target) if target.is_file() => Some(EntryKind::Link),
        Ok(target) if target.is_dir() => None,
        Ok(_) => Some(EntryKind::Unreadable("it is not a regular file".to_owned())),
        Err(_) => Some(EntryKind::Unreadable(BROKEN_LINK.to_owned())),
    }
}

pub(crate) const BROKEN_LINK: &str = "it is a broken link";

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}
