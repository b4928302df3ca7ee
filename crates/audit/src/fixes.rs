//! Edits that many rules make.
//!
//! Each helper gives [`crate::fix::Replacement`]s that follow the file: its quotes, its indentation, its grouping
//! of imports. Line breaks are written as `\n` and become those of the file when the report is made.

pub(crate) mod answers;
pub(crate) mod calls;
pub(crate) mod challenge;
pub(crate) mod environment;
pub(crate) mod expiry;
pub(crate) mod imports;
pub(crate) mod lists;
pub(crate) mod logins;
pub(crate) mod owners;
pub(crate) mod style;
pub(crate) mod tokens;
