//! Which findings are listed.

use std::collections::BTreeMap;

use report::{Confidence, Finding, Phase, Report, Severity};

/// What is asked of a finding; what is left open admits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words, each of them in the message, the rule's name or the path of the file.
    pub text: String,
    pub severity: Option<Severity>,
    pub phase: Option<Phase>,
    pub rule: Option<String>,
    pub file: Option<String>,
    pub confidence: Option<Confidence>,
    /// Index into the report's routes.
    pub route: Option<usize>,
}

impl Filter {
    pub fn of_route(route: usize) -> Filter {
        Filter {
            route: Some(route),
            ..Filter::default()
        }
    }

    /// Whether nothing is asked.
    pub fn is_open(&self) -> bool {
        self.asked() == 0
    }

    /// How many things are asked of a finding.
    pub fn asked(&self) -> usize {
        [
            !self.text.trim().is_empty(),
            self.severity.is_some(),
            self.phase.is_some(),
            self.rule.is_some(),
            self.file.is_some(),
            self.confidence.is_some(),
            self.route.is_some(),
        ]
        .into_iter()
        .filter(|asked| *asked)
        .count()
    }

    pub fn admits(&self, report: &Report, finding: &Finding) -> bool {
        // A route of an earlier report is none.
        let route = self.route.and_then(|index| report.routes.get(index));
        self.severity.is_none_or(|asked| finding.severity == asked)
            && self.phase.is_none_or(|asked| finding.phase == asked)
            && self.rule.as_ref().is_none_or(|asked| finding.rule == *asked)
            && self.file.as_ref().is_none_or(|asked| finding.location.file == *asked)
            && self.confidence.is_none_or(|asked| finding.confidence == asked)
            && route.is_none_or(|route| route.findings.contains(&finding.fingerprint))
            && has_words(&self.text, &[&finding.message, &finding.rule, &finding.location.file])
    }

    /// How many findings of the report are not listed.
    pub fn hidden(&self, report: &Report) -> usize {
        let findings = report.findings.iter();
        findings.filter(|finding| !self.admits(report, finding)).count()
    }
}

/// The rules, or the files, of a report's findings with their number, by name.
pub fn counted<'a>(report: &'a Report, of: impl Fn(&'a Finding) -> &'a str) -> Vec<(&'a str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(of(finding)).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// Whether each of the words stands in one of the texts, in whatever case.
pub(crate) fn has_words(words: &str, texts: &[&str]) -> bool {
    let words = words.to_lowercase();
    let mut words = words.split_whitespace().peekable();
    if words.peek().is_none() {
        return true;
    }
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    words.all(|word| texts.iter().any(|text| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{finding, report, route};

    #[test]
    fn what_is_asked_is_asked_together() {
        let mut report = report(&[
            ("a", Severity::Critical, Phase::CodeQuality),
            ("b", Severity::Warning, Phase::CodeQuality),
            ("c", Severity::Warning, Phase::SecurityConfiguration),
        ]);
        report.findings[1].rule = "cors-wildcard-origin".to_owned();
        report.findings[1].message = "any origin may read answers".to_owned();
        report.findings[2].location.file = "app/Settings.py".to_owned();
        report.routes = vec![route("GET", "/", &["b"])];
        let admitted = |filter: &Filter| -> Vec<&str> {
            let findings = report.findings.iter();
            let admitted = findings.filter(|finding| filter.admits(&report, finding));
            admitted.map(|finding| finding.fingerprint.as_str()).collect()
        };
        let open = Filter::default();
        assert!(open.is_open());
        assert_eq!(admitted(&open), ["a", "b", "c"]);

        let warnings = Filter {
            severity: Some(Severity::Warning),
            ..Filter::default()
        };
        assert_eq!(admitted(&warnings), ["b", "c"]);
        assert_eq!((warnings.asked(), warnings.hidden(&report)), (1, 1));
        let of_quality = Filter {
            phase: Some(Phase::CodeQuality),
            ..warnings
        };
        assert_eq!(admitted(&of_quality), ["b"]);

        let with_text = |text: &str| Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        assert_eq!(admitted(&with_text(" Origin CORS ")), ["b"]);
        assert_eq!(admitted(&with_text("settings")), ["c"]);
        assert_eq!(admitted(&with_text("origin settings")), [""; 0]);
        assert!(with_text("  ").is_open());

        assert_eq!(admitted(&Filter::of_route(0)), ["b"]);
        assert_eq!(admitted(&Filter::of_route(9)), ["a", "b", "c"]);
    }

    #[test]
    fn rules_are_counted() {
        let report = Report {
            findings: ["b", "a", "b"]
                .map(|rule| Finding {
                    rule: rule.to_owned(),
                    ..finding(rule, Severity::Warning, Phase::CodeQuality)
                })
                .to_vec(),
            ..Report::default()
        };
        assert_eq!(counted(&report, |finding| &finding.rule), [("a", 1), ("b", 2)]);
    }
}
