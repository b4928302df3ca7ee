//! Rules for the tests of the framework, which do not depend on real ones.

mod sample_mark;
mod sample_mention;

use crate::rule::Rule;

pub(super) static MARK: &Rule = &sample_mark::RULE;
pub(super) use sample_mark::occurrences;

pub(super) static ALL: &[&Rule] = &[&sample_mark::RULE, &sample_mention::RULE];
