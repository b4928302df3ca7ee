//! The report as JSON, the form other programs read.

use crate::Report;

/// The report as indented JSON with a line break at its end. The same report always gives the same bytes.
/// The shape is that of [`Report`], described in `docs/report.schema.json` and versioned by
/// [`crate::SCHEMA_VERSION`].
pub fn json(report: &Report) -> String {
    let mut out = serde_json::to_string_pretty(report).expect("a report holds only strings, numbers and lists");
    out.push('\n');
    out
}
