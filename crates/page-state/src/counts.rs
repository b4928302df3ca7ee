//! How many findings there are in each file and folder.

use std::collections::BTreeMap;

use report::{Report, Severity};

/// Findings by file, and by folder with everything below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    files: BTreeMap<String, Count>,
    folders: BTreeMap<String, Count>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub findings: usize,
    pub worst: Severity,
}

impl Counts {
    pub fn of(report: &Report) -> Counts {
        let mut counts = Counts::default();
        for finding in &report.findings {
            add(&mut counts.files, &finding.location.file, 1, finding.severity);
        }
        for (path, count) in &counts.files {
            for (slash, _) in path.match_indices('/') {
                add(&mut counts.folders, &path[..slash], count.findings, count.worst);
            }
        }
        counts
    }

    pub fn of_file(&self, path: &str) -> Option<Count> {
        self.files.get(path).copied()
    }

    pub fn of_folder(&self, path: &str) -> Option<Count> {
        self.folders.get(path).copied()
    }
}

fn add(counts: &mut BTreeMap<String, Count>, path: &str, findings: usize, severity: Severity) {
    match counts.get_mut(path) {
        Some(count) => {
            count.findings += findings;
            count.worst = count.worst.min(severity);
        }
        None => {
            let worst = severity;
            counts.insert(path.to_owned(), Count { findings, worst });
        }
    }
}

#[cfg(test)]
mod tests {
    use report::{Confidence, Finding, Location, OwaspApi, Phase, Position};

    use super::*;

    fn finding(file: &str, severity: Severity) -> Finding {
        let place = Position {
            offset: 0,
            line: 1,
            column: 1,
        };
        Finding {
            rule: String::new(),
            severity,
            confidence: Confidence::High,
            phase: Phase::CodeQuality,
            message: String::new(),
            location: Location {
                file: file.to_owned(),
                start: place,
                end: place,
            },
            related: Vec::new(),
            trace: Vec::new(),
            cwe: 1,
            owasp: OwaspApi::BrokenAuthentication,
            checklist_item: None,
            fix: None,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn files_and_the_folders_around_them() {
        let report = Report {
            findings: vec![
                finding("app/a/x.py", Severity::Warning),
                finding("app/a/x.py", Severity::Suggestion),
                finding("app/y.py", Severity::Critical),
                finding("z.py", Severity::Suggestion),
            ],
            ..Report::default()
        };
        let counts = Counts::of(&report);
        let count = |findings, worst| Some(Count { findings, worst });
        assert_eq!(counts.of_file("app/a/x.py"), count(2, Severity::Warning));
        assert_eq!(counts.of_folder("app/a"), count(2, Severity::Warning));
        assert_eq!(counts.of_folder("app"), count(3, Severity::Critical));
        assert_eq!(counts.of_file("app"), None);
        assert_eq!(counts.of_folder("z.py"), None);
    }
}
