//! The registry: every rule, by name.
//!
//! Written by the test `registry_is_up_to_date` from the files in `rules/`. Do not edit.

mod cors_wildcard_with_credentials;

use crate::rule::Rule;

#[rustfmt::skip]
pub(crate) static ALL: &[&Rule] = &[
    &cors_wildcard_with_credentials::RULE,
];
