//! The parts of the page. Each gets what it shows and says what the user did; the state is the application's.

pub(crate) mod detail;
pub(crate) mod dialog;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod file_bar;
pub(crate) mod file_tree;
pub(crate) mod filters;
pub(crate) mod findings;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod hunks;
pub(crate) mod icons;
pub(crate) mod ignore;
pub(crate) mod left_out;
pub(crate) mod markdown;
pub(crate) mod notices;
pub(crate) mod opened_link;
pub(crate) mod rename;
pub(crate) mod review;
pub(crate) mod route_map;
pub(crate) mod route_picture;
pub(crate) mod seal;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod verdicts;
