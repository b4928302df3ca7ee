//! What the page knows, without a browser.
//!
//! The parts of the page's state that can be wrong in interesting ways, as plain values: which files are open,
//! which audit answers which text, what changed between two reports, in which order findings are listed, what settings
//! mean, what the lines of a diff and of a documentation are. The page itself (`web`) adds the editor, the worker and the drawing.

mod changes;
mod counts;
mod diff;
mod files;
mod filter;
mod hunks;
mod markdown;
mod order;
mod revisions;
mod route_map;
mod route_picture;
#[cfg(test)]
mod samples;
mod settings;
mod tree;

pub use changes::Changes;
pub use counts::{Count, Counts};
pub use diff::{DiffLine, DiffLineKind, diff_lines, side_by_side};
pub use files::{Files, RenameProblem};
pub use filter::{Filter, counted};
pub use hunks::{Decisions, Hunk, HunkKey, edits_of, hunks, wanted};
pub use markdown::{Block, Inline, markdown};
pub use order::{Group, groups};
pub use revisions::{Answer, Request, Revisions};
pub use route_map::{
    RouteColumn, RouteFilter, RouteRow, RouteSort, RouteVerdict, Step, StepRole, route_methods, route_rows,
    route_verdicts, shown_routes, worst,
};
pub use route_picture::{Element, PictureWords, RoutePicture, route_picture, self_contained, verdict_shape};
pub use settings::{DEFAULT_SECRET_NAME, RULE_SETTINGS, ReadSettings, Settings};
pub use tree::{Tree, TreeRow};
