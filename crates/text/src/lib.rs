//! Positions in source text and edits to it.
//!
//! Everything below the page speaks in byte offsets into UTF-8 text ([`TextRange`]). Lines and UTF-16
//! columns, which editors and SARIF readers want, are derived once at the edge through [`LineIndex`].

mod edit;
mod glob;
mod line_index;
mod sort;
mod span;

pub use edit::{Edit, EditError, TextEdit};
pub use glob::glob_matches;
pub use line_index::{LineColumn, LineIndex};
pub use sort::{sort, sort_by, sort_by_key, sort_by_number};
pub use span::{FileId, Span};
pub use text_size::{TextRange, TextSize};
