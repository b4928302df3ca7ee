//! Findings and routes for tests.

use report::{
    Confidence, Finding, Location, OwaspApi, OwnershipVerdict, Phase, Position, Report, RouteSummary, Severity,
};

pub(crate) fn location(file: &str, line: u32) -> Location {
    let place = Position {
        offset: 0,
        line,
        column: 1,
    };
    Location {
        file: file.to_owned(),
        start: place,
        end: place,
    }
}

pub(crate) fn finding(fingerprint: &str, severity: Severity, phase: Phase) -> Finding {
    Finding {
        rule: String::new(),
        severity,
        confidence: Confidence::High,
        phase,
        message: String::new(),
        location: location("main.py", 1),
        related: Vec::new(),
        trace: Vec::new(),
        cwe: 1,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fix: None,
        fingerprint: fingerprint.to_owned(),
    }
}

pub(crate) fn report(findings: &[(&str, Severity, Phase)]) -> Report {
    Report {
        findings: findings
            .iter()
            .map(|(fingerprint, severity, phase)| finding(fingerprint, *severity, *phase))
            .collect(),
        ..Report::default()
    }
}

pub(crate) fn route(method: &str, path: &str, findings: &[&str]) -> RouteSummary {
    RouteSummary {
        method: method.to_owned(),
        path: path.to_owned(),
        handler: String::new(),
        application: None,
        location: location("main.py", 1),
        guard: None,
        identity: None,
        ownership: OwnershipVerdict::Unknown,
        public: false,
        findings: findings.iter().map(|finding| (*finding).to_owned()).collect(),
    }
}

/// What an audit says of one file.
pub(crate) fn audited(text: &str) -> (Report, report::RouteTable) {
    let mut auditor = audit::Auditor::new();
    auditor.set_file("main.py", text);
    auditor.report_and_routes()
}
