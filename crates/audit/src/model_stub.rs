//! Stands in for the project and its facts until the `facts` crate provides them.

use std::collections::BTreeMap;
use std::sync::Arc;

use text::{FileId, LineIndex, TextRange};

#[derive(Debug, Default)]
pub(crate) struct Project {
    files: BTreeMap<String, File>,
    next: u32,
}

#[derive(Debug)]
struct File {
    id: FileId,
    text: Arc<str>,
    lines: LineIndex,
}

pub(crate) struct Facts<'a> {
    project: &'a Project,
}

impl Project {
    pub(crate) fn new() -> Project {
        Project::default()
    }

    pub(crate) fn set_file(&mut self, path: &str, text: impl Into<Arc<str>>) {
        let text = text.into();
        let lines = LineIndex::new(&text);
        let id = self.files.get(path).map_or(FileId(self.next), |file| file.id);
        self.next += 1;
        self.files.insert(path.to_owned(), File { id, text, lines });
    }

    pub(crate) fn remove_file(&mut self, path: &str) {
        self.files.remove(path);
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts { project: self }
    }
}

impl Facts<'_> {
    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> {
        self.project.files.values().map(|file| file.id)
    }

    pub(crate) fn path(&self, file: FileId) -> &str {
        self.get(file).0
    }

    pub(crate) fn text(&self, file: FileId) -> &str {
        &self.get(file).1.text
    }

    pub(crate) fn line_index(&self, file: FileId) -> &LineIndex {
        &self.get(file).1.lines
    }

    pub(crate) fn syntax_errors(&self, _file: FileId) -> &[TextRange] {
        &[]
    }

    fn get(&self, id: FileId) -> (&str, &File) {
        let found = self.project.files.iter().find(|(_, file)| file.id == id);
        let (path, file) = found.expect("file ids come from this project");
        (path, file)
    }
}
