//! Text in, tree out; the next text of the same file re-parses only what changed.

use std::sync::Arc;

use text::LineIndex;
use tree_sitter::{InputEdit, Point, Tree};

use crate::ast::{Ast, Name};
use crate::kind::KindTable;
use crate::lower::lower;

/// Parses Python. One serves for any number of files.
pub struct Parser {
    parser: tree_sitter::Parser,
}

/// A parsed file.
pub struct SourceText {
    text: Arc<str>,
    tree: Tree,
    ast: Ast,
    line_index: LineIndex,
}

impl Default for Parser {
    fn default() -> Parser {
        Parser::new()
    }
}

impl Parser {
    pub fn new() -> Parser {
        let mut parser = tree_sitter::Parser::new();
        parser
            .set_language(&tree_sitter_python::LANGUAGE.into())
            .expect("the grammar's version is one that this tree-sitter reads");
        Parser { parser }
    }

    pub fn parse(&mut self, text: Arc<str>) -> SourceText {
        let tree = self.tree(&text, None);
        self.source(text, tree)
    }

    /// Parses a new text of the same file.
    pub fn reparse(&mut self, old: &SourceText, text: Arc<str>) -> SourceText {
        let mut edited = old.tree.clone();
        if let Some(edit) = difference(&old.text, &text) {
            edited.edit(&edit);
        }
        let tree = self.tree(&text, Some(&edited));
        self.source(text, tree)
    }

    /// Builds the concrete tree alone: the measure that the cost of an audit is held against.
    pub fn parse_only(&mut self, text: &str) {
        self.tree(text, None);
    }

    fn tree(&mut self, text: &str, old: Option<&Tree>) -> Tree {
        self.parser
            .parse(text, old)
            .expect("parsing stops early only without a language or when cancelled")
    }

    fn source(&self, text: Arc<str>, tree: Tree) -> SourceText {
        SourceText {
            ast: lower(&text, &tree, KindTable::get()),
            line_index: LineIndex::new(&text),
            tree,
            text,
        }
    }
}

impl SourceText {
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    pub fn line_index(&self) -> &LineIndex {
        &self.line_index
    }

    pub fn name(&self, name: Name) -> &str {
        &self.text[self.ast.names[name.0 as usize]]
    }

    /// What a name is called where it is imported from: `Optional` of `from typing import Optional as Maybe`. Other
    /// names are called what they are.
    pub fn imported_name(&self, name: Name) -> &str {
        let known = self.ast.aliases.binary_search_by_key(&name, |(alias, _)| *alias);
        known.map_or_else(|_| self.name(name), |at| &self.text[self.ast.aliases[at].1])
    }
}

/// The one replacement that turns `old` into `new`: what lies between their common start and end.
fn difference(old: &str, new: &str) -> Option<InputEdit> {
    if old == new {
        return None;
    }
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let mut start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    while !old.is_char_boundary(start) {
        start -= 1;
    }
    let shared = a[start..]
        .iter()
        .rev()
        .zip(b[start..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (mut old_end, mut new_end) = (a.len() - shared, b.len() - shared);
    while !old.is_char_boundary(old_end) {
        old_end += 1;
        new_end += 1;
    }
    Some(InputEdit {
        start_byte: start,
        old_end_byte: old_end,
        new_end_byte: new_end,
        start_position: point(a, start),
        old_end_position: point(a, old_end),
        new_end_position: point(b, new_end),
    })
}

/// Row and column in bytes, as tree-sitter counts them.
fn point(text: &[u8], offset: usize) -> Point {
    let before = &text[..offset];
    let row = before.iter().filter(|&&byte| byte == b'\n').count();
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count();
    Point { row, column }
}
