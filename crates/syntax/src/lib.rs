//! Python source to a compact syntax tree.
//!
//! The only crate that names tree-sitter. A [`SourceText`] owns the text, the concrete tree (kept so that the
//! next parse is incremental) and the [`Ast`] lowered from it: flat tables of expressions and statements
//! with their byte ranges. Children come before their parents in the tables, so a scan of a table visits the
//! whole file without recursion; nothing here recurses on syntax depth.
//!
//! Parsing is total: every text gives a tree. What is not valid Python is listed in [`Ast::errors`] and the rest
//! is lowered as far as it goes.

pub mod ast;
mod kind;
mod literal;
mod lower;
mod parse;

pub use ast::{Ast, ExprId, Name, StmtId};
pub use parse::{Parser, SourceText};
