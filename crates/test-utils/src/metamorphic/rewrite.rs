//! Rewritten projects that know where each of their characters came from.

use std::sync::Arc;

use report::Location;
use syntax::{Parser, SourceText};
use text::{TextRange, TextSize};

use crate::fixture::{Fixture, SourceText as File};

/// The files of a fixture, parsed.
pub(crate) struct Project {
    pub(crate) files: Vec<ParsedFile>,
}

pub(crate) struct ParsedFile {
    pub(crate) path: String,
    pub(crate) source: SourceText,
}

impl Project {
    pub(crate) fn of(fixture: &Fixture) -> Project {
        let mut parser = Parser::new();
        let files = fixture.files.iter().map(|file| ParsedFile {
            path: file.path.clone(),
            source: parser.parse(Arc::from(&*file.text)),
        });
        Project { files: files.collect() }
    }

    /// The line of a byte in one of the files, from 1.
    pub(crate) fn line(&self, path: &str, offset: u32) -> u32 {
        let file = self.files.iter().find(|file| file.path == path);
        file.map_or(0, |file| file.source.line_index().line_column(offset.into()).line + 1)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.files.iter().any(|file| !file.source.ast().errors.is_empty())
    }
}

/// What stands in the new text.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// What stood there before, with the edits inside it.
    Old(TextRange),
    New(String),
}

#[derive(Debug)]
struct Edit {
    range: TextRange,
    parts: Vec<Part>,
}

/// Edits of a project: they may lie within each other, where the outer one keeps the text of the inner one.
pub(crate) struct Rewrite<'p> {
    pub(crate) project: &'p Project,
    edits: Vec<Vec<Edit>>,
    /// Files to add: each takes its old parts from the file with this number.
    added: Vec<(String, usize, Vec<Part>)>,
}

impl<'p> Rewrite<'p> {
    pub(crate) fn new(project: &'p Project) -> Rewrite<'p> {
        Rewrite {
            project,
            edits: project.files.iter().map(|_| Vec::new()).collect(),
            added: Vec::new(),
        }
    }

    pub(crate) fn insert(&mut self, file: usize, at: TextSize, text: impl Into<String>) {
        self.replace(file, TextRange::empty(at), text);
    }

    pub(crate) fn replace(&mut self, file: usize, range: TextRange, text: impl Into<String>) {
        self.rearrange(file, range, vec![Part::New(text.into())]);
    }

    pub(crate) fn wrap(&mut self, file: usize, range: TextRange, before: &str, after: &str) {
        let parts = vec![Part::New(before.into()), Part::Old(range), Part::New(after.into())];
        self.rearrange(file, range, parts);
    }

    pub(crate) fn rearrange(&mut self, file: usize, range: TextRange, parts: Vec<Part>) {
        self.edits[file].push(Edit { range, parts });
    }

    pub(crate) fn add_file(&mut self, path: String, from: usize, parts: Vec<Part>) {
        self.added.push((path, from, parts));
    }

    /// `None`: there is nothing to change.
    pub(crate) fn finish(mut self) -> Option<Rewritten> {
        if self.edits.iter().all(Vec::is_empty) {
            return None;
        }
        let mut files = Vec::new();
        for (number, file) in self.project.files.iter().enumerate() {
            // Outer ones first; what is inserted before a place comes before what changes the place.
            self.edits[number].sort_by_key(|edit| {
                let range = edit.range;
                (range.start(), !range.is_empty(), std::cmp::Reverse(range.end()))
            });
            let mut text = MovedText::new(&file.path, number, file.source.text());
            let whole = TextRange::up_to(TextSize::of(&**file.source.text()));
            text.render(&self.edits[number], whole, None);
            files.push(text);
        }
        for (path, from, parts) in &self.added {
            let mut text = MovedText::new(path, *from, self.project.files[*from].source.text());
            for part in parts {
                match part {
                    Part::Old(range) => text.keep(*range),
                    Part::New(new) => text.push(new, None, false),
                }
            }
            files.push(text);
        }
        let paths = self.project.files.iter().map(|file| file.path.clone()).collect();
        let files = files.into_iter().map(MovedText::finish).collect();
        Some(Rewritten { paths, files })
    }
}

/// A project after the edits.
pub(crate) struct Rewritten {
    /// Of the files before.
    paths: Vec<String>,
    files: Vec<NewFile>,
}

struct NewFile {
    path: String,
    from: usize,
    text: String,
    pieces: Vec<Piece>,
}

struct Piece {
    start: u32,
    end: u32,
    /// Where it stood. `None`: nowhere.
    old: Option<TextRange>,
    /// Whether it still reads as it did.
    same: bool,
}

/// A place in the project before the edits, in bytes.
pub(crate) type OldPlace<'r> = (&'r str, u32, u32);

impl Rewritten {
    pub(crate) fn fixture(&self, before: &Fixture) -> Fixture {
        let files = self.files.iter().map(|file| File {
            path: file.path.clone(),
            text: file.text.clone(),
        });
        Fixture {
            files: files.collect(),
            ..before.clone()
        }
    }

    /// Where that which stands at a place now stood before. What was put around a place belongs to it.
    pub(crate) fn old_place<'r>(&'r self, location: &'r Location) -> OldPlace<'r> {
        let (start, end) = (location.start.offset, location.end.offset);
        let Some(file) = self.files.iter().find(|file| file.path == location.file) else {
            return (&location.file, start, end);
        };
        let pieces = &file.pieces;
        let first = pieces.partition_point(|piece| piece.end <= start);
        let old_start = pieces[first.min(pieces.len())..].iter().find_map(|piece| {
            let old = u32::from(piece.old?.start());
            let inside = if piece.same {
                start.saturating_sub(piece.start)
            } else {
                0
            };
            Some(old + inside)
        });
        let last = pieces.partition_point(|piece| piece.start < end);
        let old_end = pieces[..last].iter().rev().find_map(|piece| {
            let old = u32::from(piece.old?.end());
            let inside = if piece.same { piece.end.saturating_sub(end) } else { 0 };
            Some(old - inside)
        });
        let old_start = old_start.or(old_end).unwrap_or(0);
        let old_end = if start == end {
            old_start
        } else {
            old_end.unwrap_or(old_start)
        };
        (&self.paths[file.from], old_start, old_end)
    }
}

struct MovedText<'t> {
    old: &'t str,
    new: NewFile,
}

impl<'t> MovedText<'t> {
    fn new(path: &str, from: usize, old: &'t str) -> MovedText<'t> {
        let new = NewFile {
            path: path.to_owned(),
            from,
            text: String::new(),
            pieces: Vec::new(),
        };
        MovedText { old, new }
    }

    fn finish(self) -> NewFile {
        self.new
    }

    /// The text of `range` with the edits inside it, but not those of the whole range unless they lie within `outer`.
    /// Fixtures are small and their expressions flat: this may recurse.
    fn render(&mut self, edits: &[Edit], range: TextRange, outer: Option<usize>) {
        let mut at = range.start();
        for (index, edit) in edits.iter().enumerate() {
            let is_whole =
                edit.range == range && outer.is_some_and(|outer| edits[outer].range != range || index <= outer);
            if edit.range.start() < at || !range.contains_range(edit.range) || is_whole {
                continue;
            }
            self.keep(TextRange::new(at, edit.range.start()));
            let mut kept = edit.range.start();
            for (number, part) in edit.parts.iter().enumerate() {
                match part {
                    Part::Old(range) => {
                        self.render(edits, *range, Some(index));
                        kept = range.end();
                    }
                    // It stands for what it replaces, up to the next part that is kept.
                    Part::New(text) => {
                        let next = edit.parts[number..].iter().find_map(|part| match part {
                            Part::Old(range) => Some(range.start()),
                            Part::New(_) => None,
                        });
                        let next = next.unwrap_or(edit.range.end());
                        let gone = (kept < next).then(|| TextRange::new(kept, next));
                        self.push(text, gone, false);
                    }
                }
            }
            at = edit.range.end();
        }
        self.keep(TextRange::new(at, range.end()));
    }

    fn keep(&mut self, range: TextRange) {
        self.push(&self.old[range], Some(range), true);
    }

    fn push(&mut self, text: &str, old: Option<TextRange>, same: bool) {
        if text.is_empty() {
            return;
        }
        let start = self.new.text.len() as u32;
        self.new.text.push_str(text);
        self.new.pieces.push(Piece {
            start,
            end: start + text.len() as u32,
            old,
            same,
        });
    }
}
