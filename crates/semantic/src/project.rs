//! The files of a project, parsed and indexed.

use std::sync::Arc;

use syntax::{Ast, Name, Parser, SourceText};
use text::{FileId, LineIndex};

use crate::index::FileIndex;

/// The Python files that are audited together.
#[derive(Default)]
pub struct Project {
    parser: Parser,
    /// In order of path, so that every analysis sees the files in the same order.
    files: Vec<File>,
}

/// One file, parsed and indexed.
pub struct File {
    path: Arc<str>,
    is_test: bool,
    source: SourceText,
    index: FileIndex,
}

impl Project {
    pub fn new() -> Project {
        Project::default()
    }

    /// Adds a file or gives it a new text; what did not change is not parsed again. `path` is relative, with `/`.
    pub fn set_file(&mut self, path: &str, text: impl Into<Arc<str>>) {
        let text = text.into();
        let place = self.place(path);
        let source = match place {
            Ok(known) if *self.files[known].source.text() == text => return,
            Ok(known) => self.parser.reparse(&self.files[known].source, text),
            Err(_) => self.parser.parse(text),
        };
        let file = File {
            path: path.into(),
            is_test: is_test(path),
            index: FileIndex::new(&source),
            source,
        };
        match place {
            Ok(known) => self.files[known] = file,
            Err(place) => self.files.insert(place, file),
        }
    }

    pub fn remove_file(&mut self, path: &str) {
        if let Ok(known) = self.place(path) {
            self.files.remove(known);
        }
    }

    /// Where a path is, or would be.
    fn place(&self, path: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| file.path().cmp(path))
    }

    /// In order of path; a [`FileId`] is a place in this order, valid until the files change.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    pub fn file_ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }
}

impl File {
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the file holds tests, by its path.
    pub fn is_test(&self) -> bool {
        self.is_test
    }

    pub fn text(&self) -> &str {
        self.source.text()
    }

    pub fn source(&self) -> &SourceText {
        &self.source
    }

    pub fn ast(&self) -> &Ast {
        self.source.ast()
    }

    pub fn line_index(&self) -> &LineIndex {
        self.source.line_index()
    }

    /// See [`SourceText::imported_name`].
    pub fn imported_name(&self, name: Name) -> &str {
        self.source.imported_name(name)
    }

    pub fn index(&self) -> &FileIndex {
        &self.index
    }
}

/// In a folder of tests, or named as one.
fn is_test(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or("");
    let is_named = name.starts_with("test_")
        || name.ends_with("_test.py")
        || name.ends_with("_tests.py")
        || name.ends_with("-test.py")
        || matches!(name, "conftest.py" | "tests.py");
    is_named || parts.any(|folder| matches!(folder, "tests" | "test" | "testing" | "e2e"))
}
