//! What became of the findings between two audits.

use std::collections::BTreeSet;

use report::Report;

/// How many findings are gone and how many are new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub fixed: usize,
    pub new: usize,
}

impl Changes {
    /// Compares by fingerprint, which stays the same when lines move.
    pub fn between(before: &Report, after: &Report) -> Changes {
        let before = fingerprints(before);
        let after = fingerprints(after);
        Changes {
            fixed: before.difference(&after).count(),
            new: after.difference(&before).count(),
        }
    }

    pub fn is_empty(self) -> bool {
        self == Changes::default()
    }
}

fn fingerprints(report: &Report) -> BTreeSet<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.fingerprint.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use report::{Confidence, Finding, Location, OwaspApi, Phase, Position, Severity};

    use super::*;

    fn report(fingerprints: &[&str]) -> Report {
        let place = Position {
            offset: 0,
            line: 1,
            column: 1,
        };
        let finding = |fingerprint: &&str| Finding {
            rule: "jwt-none-algorithm".to_owned(),
            severity: Severity::Critical,
            confidence: Confidence::High,
            phase: Phase::CodeQuality,
            message: String::new(),
            location: Location {
                file: "main.py".to_owned(),
                start: place,
                end: place,
            },
            related: Vec::new(),
            trace: Vec::new(),
            cwe: 347,
            owasp: OwaspApi::BrokenAuthentication,
            checklist_item: None,
            fix: None,
            fingerprint: (*fingerprint).to_owned(),
        };
        Report {
            findings: fingerprints.iter().map(finding).collect(),
            ..Report::default()
        }
    }

    #[test]
    fn counts_what_is_gone_and_what_is_new() {
        let changes = Changes::between(&report(&["a", "b", "c"]), &report(&["c", "d"]));
        assert_eq!(changes, Changes { fixed: 2, new: 1 });
        assert!(Changes::between(&report(&["a"]), &report(&["a"])).is_empty());
    }
}
