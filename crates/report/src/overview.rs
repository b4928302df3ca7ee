//! The routes of a project in short, as an audit shows them beside its findings.

use serde::{Deserialize, Serialize};

use crate::{Location, OwnershipVerdict, Phase, Report, Severity};

/// One method on one path, with what is known of its protection. The whole table is [`crate::RouteTable`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteSummary {
    /// Upper case; `WEBSOCKET` for a WebSocket.
    pub method: String,
    pub path: String,
    pub handler: String,
    /// Name of the application; `null` where several routes of tests or none reach one.
    pub application: Option<String>,
    /// The decorator or call that registers it.
    pub location: Location,
    /// Name of what authenticates the caller; `null` where nothing is known to.
    pub guard: Option<String>,
    /// The claim or the session that names the caller.
    pub identity: Option<String>,
    pub ownership: OwnershipVerdict,
    /// Settings say that anyone may call it.
    pub public: bool,
    /// Fingerprints of the findings in its handler and in what runs before it.
    pub findings: Vec<String>,
}

/// Findings of one phase, by severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseSummary {
    pub phase: Phase,
    pub title: String,
    pub critical: u32,
    pub warning: u32,
    pub suggestion: u32,
}

impl PhaseSummary {
    /// One for each phase, in order.
    pub fn all(report: &Report) -> Vec<PhaseSummary> {
        let of = |phase: Phase| {
            let count = |severity: Severity| {
                let findings = report.findings.iter();
                let found = findings.filter(|finding| finding.phase == phase && finding.severity == severity);
                found.count() as u32
            };
            PhaseSummary {
                phase,
                title: phase.title().to_owned(),
                critical: count(Severity::Critical),
                warning: count(Severity::Warning),
                suggestion: count(Severity::Suggestion),
            }
        };
        Phase::ALL.map(of).to_vec()
    }
}

/// Short names of the findings of one report, by which its tables speak of them: `C1`, `W2`, `S3`.
pub(crate) struct Names<'a>(Vec<(&'a str, String)>);

impl<'a> Names<'a> {
    /// Counted by severity, and then in the order of the phases.
    pub(crate) fn new(report: &'a Report) -> Names<'a> {
        let mut names = Vec::new();
        for (severity, letter) in [
            (Severity::Critical, 'C'),
            (Severity::Warning, 'W'),
            (Severity::Suggestion, 'S'),
        ] {
            let of_severity = || report.findings.iter().filter(|finding| finding.severity == severity);
            let in_order = Phase::ALL
                .into_iter()
                .flat_map(|phase| of_severity().filter(move |finding| finding.phase == phase));
            for (index, finding) in in_order.enumerate() {
                names.push((finding.fingerprint.as_str(), format!("{letter}{}", index + 1)));
            }
        }
        Names(names)
    }

    pub(crate) fn has(&self, fingerprint: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == fingerprint)
    }

    pub(crate) fn of(&self, fingerprint: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == fingerprint);
        found.map_or("–", |(_, name)| name)
    }
}
