//! The order in which findings are listed, and stepped through.

use report::{Phase, Report, Severity};

use crate::Filter;

/// The findings of one severity and phase, by their indices in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub severity: Severity,
    pub phase: Phase,
    pub findings: Vec<usize>,
}

/// By severity, then phase; groups without a finding that the filter admits are left out.
pub fn groups(report: &Report, filter: &Filter) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for severity in [Severity::Critical, Severity::Warning, Severity::Suggestion] {
        for phase in Phase::ALL {
            let findings = report.findings.iter().enumerate().filter(|(_, finding)| {
                finding.severity == severity && finding.phase == phase && filter.admits(report, finding)
            });
            let findings: Vec<usize> = findings.map(|(index, _)| index).collect();
            if !findings.is_empty() {
                out.push(Group {
                    severity,
                    phase,
                    findings,
                });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn by_severity_then_phase_and_of_one_route() {
        let mut report = samples::report(&[
            ("a", Severity::Critical, Phase::CodeQuality),
            ("b", Severity::Critical, Phase::AuthenticationInfrastructure),
            ("c", Severity::Warning, Phase::CodeQuality),
        ]);
        report.routes = vec![samples::route("GET", "/", &["c"])];
        let indices = |filter: Filter| -> Vec<usize> {
            let groups = groups(&report, &filter).into_iter();
            groups.flat_map(|group| group.findings).collect()
        };
        assert_eq!(indices(Filter::default()), [1, 0, 2]);
        assert_eq!(indices(Filter::of_route(0)), [2]);
    }
}
