//! The order in which findings are listed, and stepped through.

use report::{Phase, Report, Severity};

/// The findings of one severity and phase, by their indices in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub severity: Severity,
    pub phase: Phase,
    pub findings: Vec<usize>,
}

/// By severity, then phase; groups without findings are left out. With `of_route`, those alone that concern this
/// route of the report.
pub fn groups(report: &Report, of_route: Option<usize>) -> Vec<Group> {
    let route = of_route.and_then(|index| report.routes.get(index));
    let mut out: Vec<Group> = Vec::new();
    for severity in [Severity::Critical, Severity::Warning, Severity::Suggestion] {
        for phase in Phase::ALL {
            let findings = report.findings.iter().enumerate().filter(|(_, finding)| {
                let is_of_route = route.is_none_or(|route| route.findings.contains(&finding.fingerprint));
                finding.severity == severity && finding.phase == phase && is_of_route
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
    use report::{Confidence, Finding, Location, OwaspApi, OwnershipVerdict, Position, RouteSummary};

    use super::*;

    fn location() -> Location {
        let place = Position {
            offset: 0,
            line: 1,
            column: 1,
        };
        Location {
            file: "main.py".to_owned(),
            start: place,
            end: place,
        }
    }

    fn finding(fingerprint: &str, severity: Severity, phase: Phase) -> Finding {
        Finding {
            rule: String::new(),
            severity,
            confidence: Confidence::High,
            phase,
            message: String::new(),
            location: location(),
            related: Vec::new(),
            trace: Vec::new(),
            cwe: 1,
            owasp: OwaspApi::BrokenAuthentication,
            checklist_item: None,
            fix: None,
            fingerprint: fingerprint.to_owned(),
        }
    }

    #[test]
    fn by_severity_then_phase_and_of_one_route() {
        let report = Report {
            findings: vec![
                finding("a", Severity::Critical, Phase::CodeQuality),
                finding("b", Severity::Critical, Phase::AuthenticationInfrastructure),
                finding("c", Severity::Warning, Phase::CodeQuality),
            ],
            routes: vec![RouteSummary {
                method: "GET".to_owned(),
                path: "/".to_owned(),
                handler: String::new(),
                application: None,
                location: location(),
                guard: None,
                identity: None,
                ownership: OwnershipVerdict::Unknown,
                public: false,
                findings: vec!["c".to_owned()],
            }],
            ..Report::default()
        };
        let indices = |route| -> Vec<usize> {
            let groups = groups(&report, route).into_iter();
            groups.flat_map(|group| group.findings).collect()
        };
        assert_eq!(indices(None), [1, 0, 2]);
        assert_eq!(indices(Some(0)), [2]);
        // A route of an earlier report is none.
        assert_eq!(indices(Some(9)), [1, 0, 2]);
    }
}
