//! What follows from the findings of a report: its sums, its phases, what it escalates.

use crate::{Escalation, EscalationKind, PhaseSummary, Report, Severity};

impl Report {
    /// Computes again what follows from the findings, the strengths and what is ignored.
    pub fn settle(&mut self) {
        let count = |severity| {
            let findings = self.findings.iter();
            findings.filter(|finding| finding.severity == severity).count() as u32
        };
        self.summary.critical = count(Severity::Critical);
        self.summary.warning = count(Severity::Warning);
        self.summary.suggestion = count(Severity::Suggestion);
        self.summary.strengths = self.strengths.len() as u32;
        self.summary.ignored = self.ignored.len() as u32;
        self.phases = PhaseSummary::all(self);
        self.escalations.clear();
        for kind in EscalationKind::ALL {
            let findings = self.findings.iter();
            let of_kind = findings.filter(|finding| EscalationKind::of(&finding.rule, finding.severity) == Some(kind));
            let findings: Vec<String> = of_kind.map(|finding| finding.fingerprint.clone()).collect();
            if !findings.is_empty() {
                self.escalations.push(Escalation { kind, findings });
            }
        }
    }
}
