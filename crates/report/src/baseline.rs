//! What an earlier report knows already.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Report;

/// Fingerprints of the findings of an earlier report, those that comments ignored among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    fingerprints: BTreeSet<String>,
}

/// Why a text is no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBaseline {
    NotJson,
    /// JSON, and neither a report of this tool nor a SARIF log.
    NotAReport,
}

impl Baseline {
    /// Reads a report as [`crate::json`] or [`crate::sarif`] writes it, of this version or an earlier one.
    pub fn parse(text: &str) -> Result<Baseline, NoBaseline> {
        let report: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| NoBaseline::NotJson)?;
        let list = |value: &Value, name: &str| value[name].as_array().cloned();
        let mut fingerprints = BTreeSet::new();
        let mut add = |value: &Value| fingerprints.extend(value.as_str().map(str::to_owned));
        if let Some(runs) = list(&report, "runs") {
            for result in runs.iter().filter_map(|run| list(run, "results")).flatten() {
                add(&result["partialFingerprints"]["claimcheck/v1"]);
            }
        } else {
            let findings = list(&report, "findings").ok_or(NoBaseline::NotAReport)?;
            findings.iter().for_each(|finding| add(&finding["fingerprint"]));
            for ignored in list(&report, "ignored").into_iter().flatten() {
                add(&ignored["finding"]["fingerprint"]);
            }
        }
        Ok(Baseline { fingerprints })
    }
}

impl Report {
    /// Takes out the findings that the baseline knows. Verdicts stay: they are about the code, not about what is new.
    pub fn leave_out_known(&mut self, baseline: &Baseline) {
        let before = self.findings.len();
        self.findings
            .retain(|finding| !baseline.fingerprints.contains(&finding.fingerprint));
        self.summary.known += (before - self.findings.len()) as u32;
        self.settle();
    }
}
