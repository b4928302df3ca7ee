//! What an audit says, in the form in which it leaves the core.
//!
//! The only crate that knows serde. The command line, the page and the npm package all read these types;
//! JSON, SARIF, Markdown and patches are renderings of one [`Report`]. The JSON form is versioned by
//! [`SCHEMA_VERSION`]: a field may be added within a version, never renamed or given another meaning.

mod baseline;
mod checklist;
mod fixes;
mod html;
mod json;
mod markdown;
mod overview;
mod patch;
mod routes;
mod sarif;
mod settle;
mod visible;

use serde::{Deserialize, Serialize};

pub use baseline::{Baseline, NoBaseline};
pub use checklist::*;
pub use fixes::{MOST_ROUNDS, Plan, apply, plan};
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use overview::{PhaseSummary, RouteSummary};
pub use patch::{Change, patch};
pub use routes::*;
pub use sarif::{sarif, sarif_log};
pub use visible::visible;

/// Version of the JSON form.
pub const SCHEMA_VERSION: u32 = 1;

/// The result of auditing one project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub schema_version: u32,
    pub tool: Tool,
    pub summary: Summary,
    /// The four phases, in order.
    #[serde(default)]
    pub phases: Vec<PhaseSummary>,
    /// What is named before all else, in the order of [`EscalationKind::ALL`].
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// Every file that was given, in order of path.
    pub files: Vec<FileReport>,
    /// By severity, then path, then place.
    pub findings: Vec<Finding>,
    /// What the project does right, with evidence.
    pub strengths: Vec<Strength>,
    /// Findings that a comment in the code takes out of the report.
    #[serde(default)]
    pub ignored: Vec<IgnoredFinding>,
    /// The twelve verdicts, from the first item on.
    #[serde(default)]
    pub checklist: Vec<ChecklistItem>,
    /// By application, then in the order in which FastAPI tries them; without those of tests.
    #[serde(default)]
    pub routes: Vec<RouteSummary>,
    /// Rules that the settings turn off.
    #[serde(default)]
    pub rules_off: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// Findings by severity, and how much was read. Each file counts once: as audited, partly read or skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub critical: u32,
    pub warning: u32,
    pub suggestion: u32,
    pub strengths: u32,
    pub files_audited: u32,
    pub files_partly_read: u32,
    pub files_skipped: u32,
    /// Findings that a comment ignores; they are not among those above.
    #[serde(default)]
    pub ignored: u32,
    /// Findings that the baseline knows; they are not among those above.
    #[serde(default)]
    pub known: u32,
}

/// One file and how far it was understood. What was not read is never counted as clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// Relative to the audited folder, with `/`.
    pub path: String,
    pub status: FileStatus,
    /// Number of lines; 0 for a skipped file.
    pub lines: u32,
    /// Places that are not valid Python, for `partly-read`.
    pub syntax_errors: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "reason")]
pub enum FileStatus {
    Audited,
    /// Audited as far as it parses.
    PartlyRead,
    /// Not audited, and why: not UTF-8, too large, unreadable, ….
    Skipped(String),
}

/// As two plain fields: what serde derives for such an enumeration keeps the second one, whatever it is, until it has
/// seen the first, with code that the page would download for this alone.
impl<'de> Deserialize<'de> for FileStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<FileStatus, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            kind: String,
            #[serde(default)]
            reason: Option<String>,
        }
        let written = Written::deserialize(deserializer)?;
        match (written.kind.as_str(), written.reason) {
            ("audited", None) => Ok(FileStatus::Audited),
            ("partly-read", None) => Ok(FileStatus::PartlyRead),
            ("skipped", Some(reason)) => Ok(FileStatus::Skipped(reason)),
            _ => Err(serde::de::Error::custom("not a status of a file")),
        }
    }
}

/// Which section of the report a finding stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Leads to unauthorised access, takeover or exposure of data.
    Critical,
    /// Weakens the defence; not exploitable alone.
    Warning,
    Suggestion,
}

/// How sure the analysis is, apart from how bad it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    High,
    Medium,
    Low,
}

/// The four phases of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    AuthenticationInfrastructure,
    AuthorizationAndUserIsolation,
    SecurityConfiguration,
    CodeQuality,
}

/// Category of the OWASP API Security Top 10, 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OwaspApi {
    #[serde(rename = "API1:2023")]
    BrokenObjectLevelAuthorization,
    #[serde(rename = "API2:2023")]
    BrokenAuthentication,
    #[serde(rename = "API3:2023")]
    BrokenObjectPropertyLevelAuthorization,
    #[serde(rename = "API5:2023")]
    BrokenFunctionLevelAuthorization,
    #[serde(rename = "API8:2023")]
    SecurityMisconfiguration,
}

/// One mistake in the audited code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's stable name, for instance `jwt-none-algorithm`.
    pub rule: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub phase: Phase,
    /// What is wrong in this code, in one line, with the names from the code.
    pub message: String,
    pub location: Location,
    /// Other places that matter, each with what it has to do with the finding.
    pub related: Vec<Note>,
    /// How the value came from its source to the place of the finding, first step first.
    pub trace: Vec<Note>,
    /// Number in the Common Weakness Enumeration.
    pub cwe: u32,
    pub owasp: OwaspApi,
    /// Item of the twelve-point checklist that the rule belongs to.
    pub checklist_item: Option<u8>,
    pub fix: Option<Fix>,
    /// Stays the same when the lines move; differs between two findings of one report.
    pub fingerprint: String,
}

/// A finding that stands under `# claimcheck: ignore[rule] reason`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredFinding {
    pub finding: Finding,
    /// As the comment says; empty where it does not.
    pub reason: String,
    /// The comment.
    pub comment: Location,
}

/// Something the project does right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Strength {
    pub checklist_item: u8,
    pub message: String,
    pub location: Location,
}

/// A place with a word about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub location: Location,
    pub message: String,
}

/// A span of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// As in [`FileReport::path`].
    pub file: String,
    pub start: Position,
    /// Just past the last character.
    pub end: Position,
}

/// One place, in every unit that its readers want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Bytes of UTF-8 from the start of the file.
    pub offset: u32,
    /// From 1.
    pub line: u32,
    /// UTF-16 code units, from 1.
    pub column: u32,
}

/// A change that removes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What to do, in the imperative.
    pub title: String,
    pub applicability: Applicability,
    pub files: Vec<FileFix>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Honest clients see no difference.
    Safe,
    /// Right, and clients or deployments may notice.
    ChangesBehaviour,
    /// Holds a placeholder that only the author can fill.
    NeedsValue,
}

/// The edits of a fix in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFix {
    /// As in [`FileReport::path`]; a file that the report does not list is to be made.
    pub file: String,
    /// In order, disjoint. Of a file that is to be made, one edit at its beginning.
    pub edits: Vec<FixEdit>,
    /// Unified diff with three lines of context.
    pub diff: String,
}

/// The text between `start` and `end` becomes `replacement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixEdit {
    pub start: Position,
    pub end: Position,
    pub replacement: String,
}

/// A rule as documentation: the page of `claimcheck explain`, the help of SARIF, the panel of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleInfo {
    pub name: String,
    /// One line: what the rule finds.
    pub summary: String,
    /// Markdown.
    pub documentation: String,
    /// The severity it has where nothing lowers it.
    pub severity: Severity,
    pub phase: Phase,
    pub cwe: u32,
    pub owasp: OwaspApi,
    pub checklist_item: Option<u8>,
    /// Whether it can offer an edit.
    pub fixable: bool,
}

impl Summary {
    /// For instance `2 critical, 1 warning, 3 suggestions in 14 files (1 of them partly read), 2 files skipped`.
    pub fn sentence(&self) -> String {
        let read = self.files_audited + self.files_partly_read;
        let mut out = format!(
            "{} critical, {}, {} in {}",
            self.critical,
            counted(self.warning, "warning"),
            counted(self.suggestion, "suggestion"),
            counted(read, "file"),
        );
        if self.files_partly_read > 0 {
            out += &format!(" ({} of them partly read)", self.files_partly_read);
        }
        if self.files_skipped > 0 {
            out += &format!(", {} skipped", counted(self.files_skipped, "file"));
        }
        if self.known > 0 {
            out += &format!(", {} known from the baseline", self.known);
        }
        if self.ignored > 0 {
            out += &format!(", {} ignored by comments", self.ignored);
        }
        out
    }
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Location {
    /// First and last line with a character of the span, from 1.
    pub fn lines(&self) -> (u32, u32) {
        let last = if self.end.column == 1 && self.end.line > self.start.line {
            // The span ends with a line break.
            self.end.line - 1
        } else {
            self.end.line
        };
        (self.start.line, last)
    }
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Suggestion => "suggestion",
        }
    }
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

impl Phase {
    pub const ALL: [Phase; 4] = [
        Phase::AuthenticationInfrastructure,
        Phase::AuthorizationAndUserIsolation,
        Phase::SecurityConfiguration,
        Phase::CodeQuality,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Phase::AuthenticationInfrastructure => "Authentication infrastructure",
            Phase::AuthorizationAndUserIsolation => "Authorization and user isolation",
            Phase::SecurityConfiguration => "Security configuration",
            Phase::CodeQuality => "Code quality",
        }
    }
}

impl OwaspApi {
    /// For instance `API1:2023 Broken Object Level Authorization`.
    pub fn title(self) -> &'static str {
        match self {
            OwaspApi::BrokenObjectLevelAuthorization => "API1:2023 Broken Object Level Authorization",
            OwaspApi::BrokenAuthentication => "API2:2023 Broken Authentication",
            OwaspApi::BrokenObjectPropertyLevelAuthorization => "API3:2023 Broken Object Property Level Authorization",
            OwaspApi::BrokenFunctionLevelAuthorization => "API5:2023 Broken Function Level Authorization",
            OwaspApi::SecurityMisconfiguration => "API8:2023 Security Misconfiguration",
        }
    }
}

impl Applicability {
    pub fn title(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::ChangesBehaviour => "changes behaviour",
            Applicability::NeedsValue => "needs a value from you",
        }
    }
}
