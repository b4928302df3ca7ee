//! The report as SARIF 2.1.0, for GitHub code scanning and other readers of analysis results.
//!
//! What GitHub reads beyond the standard (`security-severity`, `precision`, `problem.severity`, tags of the form
//! `external/cwe/cwe-347`) is described in its "SARIF support for code scanning".

mod log;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use self::log::*;
use crate::{
    Confidence, FileReport, FileStatus, Finding, Fix, Location, Note, Report, RuleInfo, Severity, Strength, markdown,
};

/// The report as one run of a SARIF 2.1.0 log, with a line break at its end.
///
/// Locations are relative to the audited folder, which readers know as `%SRCROOT%`: audit the root of the
/// repository for results that GitHub can place. Columns are UTF-16 code units. A finding of a rule that is not
/// among `rules` goes without documentation. Strengths are results of kind `pass`; files that were not or only
/// partly read are notifications of the invocation. What comments ignore are results with a suppression. The verdicts,
/// escalations and routes of the report are properties of the run.
pub fn sarif(report: &Report, rules: &[RuleInfo]) -> String {
    let log = sarif_log(report, rules);
    let mut out = serde_json::to_string_pretty(&log).expect("a log holds only strings, numbers and lists");
    out.push('\n');
    out
}

/// What [`sarif`] writes, for whoever has a writer of JSON of their own.
pub fn sarif_log<'a>(report: &'a Report, rules: &'a [RuleInfo]) -> impl Serialize + 'a {
    let index = FileIndex::new(&report.files);
    let mut descriptors: Vec<Descriptor> = rules.iter().map(|rule| descriptor(rule, report)).collect();
    let strengths: BTreeMap<u8, usize> = report
        .strengths
        .iter()
        .map(|strength| strength.checklist_item)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .enumerate()
        .map(|(place, item)| (item, rules.len() + place))
        .collect();
    descriptors.extend(strengths.keys().map(|item| Descriptor {
        id: strength_id(*item),
        short_description: Some(text(format!("Item {item} of the checklist is met."))),
        ..Descriptor::default()
    }));

    let findings = report.findings.iter().map(|finding| {
        let rule = rules.iter().position(|rule| rule.name == finding.rule);
        finding_result(finding, rule, &index)
    });
    let ignored = report.ignored.iter().map(|ignored| {
        let rule = rules.iter().position(|rule| rule.name == ignored.finding.rule);
        SarifResult {
            suppressions: vec![Suppression {
                kind: "inSource",
                justification: Some(escaped(&ignored.reason)).filter(|reason| !reason.is_empty()),
                location: place(&ignored.comment, None, &index),
            }],
            ..finding_result(&ignored.finding, rule, &index)
        }
    });
    let passes = report
        .strengths
        .iter()
        .map(|strength| strength_result(strength, strengths[&strength.checklist_item], &index));

    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: &report.tool.name,
                    version: &report.tool.version,
                    semantic_version: &report.tool.version,
                    rules: descriptors,
                    notifications: [FILE_SKIPPED, FILE_PARTLY_READ].map(|(id, description)| Descriptor {
                        id: id.to_owned(),
                        short_description: Some(text(description)),
                        ..Descriptor::default()
                    }),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: report
                    .files
                    .iter()
                    .flat_map(|file| notifications(file, &index))
                    .collect(),
            }],
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                BaseId {
                    description: text("The audited folder."),
                },
            )]),
            artifacts: report.files.iter().map(|file| artifact(file, &index)).collect(),
            results: findings.chain(ignored).chain(passes).collect(),
            column_kind: "utf16CodeUnits",
            newline_sequences: ["\r\n", "\n", "\r"],
            properties: RunProperties {
                phases: &report.phases,
                escalations: &report.escalations,
                checklist: &report.checklist,
                routes: &report.routes,
                rules_off: &report.rules_off,
            },
        }],
    }
}

const ROOT: &str = "%SRCROOT%";
const FILE_SKIPPED: (&str, &str) = ("file-skipped", "A file was not audited.");
const FILE_PARTLY_READ: (&str, &str) = (
    "file-partly-read",
    "A file was audited only as far as it is valid Python.",
);

fn strength_id(checklist_item: u8) -> String {
    format!("checklist-item-{checklist_item}")
}

fn descriptor<'a>(rule: &'a RuleInfo, report: &Report) -> Descriptor<'a> {
    // No finding may look surer than it is, so that the least sure one speaks for its rule.
    let confidence = report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule.name)
        .map(|finding| finding.confidence)
        .max();
    let owasp = rule.owasp.title();
    Descriptor {
        id: rule.name.clone(),
        short_description: Some(text(&*rule.summary)),
        full_description: Some(text(
            markdown::reason(&rule.documentation)
                .unwrap_or(&rule.summary)
                .to_owned(),
        )),
        help: Some(Message {
            text: rule.documentation.as_str().into(),
            markdown: Some(&rule.documentation),
        }),
        default_configuration: Some(Configuration {
            level: level(rule.severity),
        }),
        properties: Some(RuleProperties {
            tags: vec![
                "security".to_owned(),
                format!("external/cwe/cwe-{:03}", rule.cwe),
                format!("external/owasp-api/{}", owasp.split(' ').next().unwrap_or(owasp)),
            ],
            precision: confidence.map(Confidence::name),
            problem_severity: match rule.severity {
                Severity::Critical => "error",
                Severity::Warning => "warning",
                Severity::Suggestion => "recommendation",
            },
            security_severity: match rule.severity {
                Severity::Critical => "9.0",
                Severity::Warning => "6.0",
                Severity::Suggestion => "3.0",
            },
            phase: rule.phase,
            fixable: rule.fixable,
        }),
    }
}

fn finding_result<'a>(finding: &'a Finding, rule: Option<usize>, files: &FileIndex) -> SarifResult<'a> {
    SarifResult {
        rule_id: finding.rule.clone(),
        rule_index: rule,
        kind: "fail",
        level: level(finding.severity),
        message: text(escaped(&finding.message)),
        locations: vec![place(&finding.location, None, files)],
        related_locations: finding
            .related
            .iter()
            .enumerate()
            .map(|(id, note)| PlaceWithId {
                id: id + 1,
                place: note_place(note, files),
            })
            .collect(),
        code_flows: match finding.trace.as_slice() {
            [] => vec![],
            trace => vec![CodeFlow {
                thread_flows: [ThreadFlow {
                    locations: trace
                        .iter()
                        .map(|note| ThreadFlowLocation {
                            location: note_place(note, files),
                        })
                        .collect(),
                }],
            }],
        },
        fixes: finding.fix.iter().filter_map(|f| fix(f, files)).collect(),
        suppressions: vec![],
        partial_fingerprints: Some(Fingerprints {
            claimcheck: &finding.fingerprint,
        }),
        properties: Some(ResultProperties {
            severity: finding.severity,
            confidence: finding.confidence,
            phase: finding.phase,
            cwe: finding.cwe,
            owasp: finding.owasp,
            checklist_item: finding.checklist_item,
            fix_applicability: finding.fix.as_ref().map(|fix| fix.applicability),
        }),
    }
}

fn strength_result<'a>(strength: &'a Strength, rule: usize, files: &FileIndex) -> SarifResult<'a> {
    SarifResult {
        rule_id: strength_id(strength.checklist_item),
        rule_index: Some(rule),
        kind: "pass",
        level: "none",
        message: text(escaped(&strength.message)),
        locations: vec![place(&strength.location, None, files)],
        related_locations: vec![],
        code_flows: vec![],
        fixes: vec![],
        suppressions: vec![],
        partial_fingerprints: None,
        properties: None,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "error",
        Severity::Warning => "warning",
        Severity::Suggestion => "note",
    }
}

/// The fix, or nothing where it edits nothing: the schema wants at least one replacement for each file.
fn fix<'a>(fix: &'a Fix, files: &FileIndex) -> Option<SarifFix<'a>> {
    let artifact_changes: Vec<ArtifactChange> = fix
        .files
        .iter()
        .filter(|file| !file.edits.is_empty())
        .map(|file| ArtifactChange {
            artifact_location: files.location(&file.file),
            replacements: file
                .edits
                .iter()
                .map(|edit| Replacement {
                    deleted_region: Region {
                        start_line: edit.start.line,
                        start_column: edit.start.column,
                        end_line: edit.end.line,
                        end_column: edit.end.column,
                    },
                    inserted_content: Content {
                        text: &edit.replacement,
                    },
                })
                .collect(),
        })
        .collect();
    (!artifact_changes.is_empty()).then(|| SarifFix {
        description: text(escaped(&fix.title)),
        artifact_changes,
    })
}

fn note_place<'a>(note: &'a Note, files: &FileIndex) -> Place<'a> {
    place(&note.location, Some(text(escaped(&note.message))), files)
}

fn place<'a>(location: &Location, message: Option<Message<'a>>, files: &FileIndex) -> Place<'a> {
    Place {
        physical_location: PhysicalLocation {
            artifact_location: files.location(&location.file),
            region: Some(Region {
                start_line: location.start.line,
                start_column: location.start.column,
                end_line: location.end.line,
                end_column: location.end.column,
            }),
        },
        message,
    }
}

fn artifact(file: &FileReport, files: &FileIndex) -> Artifact {
    Artifact {
        location: files.location(&file.path),
        roles: match file.status {
            FileStatus::Audited | FileStatus::PartlyRead => &["analysisTarget"],
            FileStatus::Skipped(_) => &[],
        },
        source_language: "python",
    }
}

fn notifications<'a>(file: &'a FileReport, files: &FileIndex) -> Vec<Notification<'a>> {
    let whole_file = Place {
        physical_location: PhysicalLocation {
            artifact_location: files.location(&file.path),
            region: None,
        },
        message: None,
    };
    let (id, level, message, locations) = match &file.status {
        FileStatus::Audited => return vec![],
        FileStatus::Skipped(reason) => (
            FILE_SKIPPED.0,
            "warning",
            escaped(&format!("Not audited: {reason}")),
            vec![whole_file],
        ),
        FileStatus::PartlyRead => {
            let mut places: Vec<Place> = file.syntax_errors.iter().map(|e| note_place(e, files)).collect();
            if places.is_empty() {
                places.push(whole_file);
            }
            (FILE_PARTLY_READ.0, "note", FILE_PARTLY_READ.1.to_owned(), places)
        }
    };
    vec![Notification {
        descriptor: DescriptorReference { id },
        level,
        message: text(message),
        locations,
    }]
}

fn text<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Message<'a> {
    Message {
        text: text.into(),
        markdown: None,
    }
}

/// A message whose brackets are not links. `[text](target)` is a link in SARIF's plain text (3.11.6), and code like
/// `options["verify"](x)` looks the same.
///
/// Braces stay as they are although 3.11.5 would have them doubled: messages name routes such as
/// `/todos/{todo_id}`, and the readers in use take only numbers in braces for placeholders.
fn escaped(message: &str) -> String {
    if !message.contains("](") {
        return message.to_owned();
    }
    message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Where each file stands among the artifacts of the run.
struct FileIndex<'a>(BTreeMap<&'a str, usize>);

impl<'a> FileIndex<'a> {
    fn new(files: &'a [FileReport]) -> FileIndex<'a> {
        FileIndex(
            files
                .iter()
                .enumerate()
                .map(|(i, file)| (file.path.as_str(), i))
                .collect(),
        )
    }

    fn location(&self, path: &str) -> ArtifactLocation {
        ArtifactLocation {
            uri: utf8_percent_encode(path, OUTSIDE_PATHS).to_string(),
            uri_base_id: ROOT,
            index: self.0.get(path).copied(),
        }
    }
}

/// What a path of a URI holds only in encoded form (RFC 3986): everything but unreserved characters and `/`. A `:`
/// would be allowed after the first `/` alone.
const OUTSIDE_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
