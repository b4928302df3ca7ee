//! A report as the audit would make it, over two small files, with every kind of content and hostile names.

#![allow(dead_code, reason = "each test uses its part")]

use report::{
    Applicability, CHECKLIST, ChecklistItem, Confidence, FileFix, FileReport, FileStatus, Finding, Fix, FixEdit,
    IgnoredFinding, Location, Note, OwaspApi, OwnershipVerdict, Phase, Position, Report, RouteSummary, RuleInfo,
    Severity, Strength, Summary, Tool, Verdict,
};
use text::{LineIndex, TextEdit};

pub(crate) const AUTH_PATH: &str = "app/auth.py";
pub(crate) const AUTH: &str = "\
import jwt

from app.config import SECRET
USERS = {}
# Called by every route.
def current_user(token: str):
    return jwt.decode(token, SECRET, algorithms=[\"none\"])
";
/// A name that tries to be markup, a link, a mention and a second line.
pub(crate) const CONFIG_PATH: &str = "app/`x` |<img src=y>[a](http://b) @team 名\n#.py";
pub(crate) const CONFIG: &str = "# ```\nSECRET = \"🔒 hunter2\"\n";

/// The place of the one occurrence of `needle` in `text`.
pub(crate) fn locate(file: &str, text: &str, needle: &str) -> Location {
    let start = text.find(needle).expect("the needle is in the text") as u32;
    Location {
        file: file.to_owned(),
        start: position(text, start),
        end: position(text, start + needle.len() as u32),
    }
}

fn position(text: &str, offset: u32) -> Position {
    let place = LineIndex::new(text).line_column(offset.into());
    Position {
        offset,
        line: place.line + 1,
        column: place.column + 1,
    }
}

pub(crate) fn file_fix(file: &str, text: &str, old: &str, new: &str) -> FileFix {
    let place = locate(file, text, old);
    let edit = text::Edit {
        range: (place.start.offset, place.end.offset),
        text: new.to_owned(),
    };
    let after = TextEdit::new(vec![edit])
        .and_then(|e| e.apply(text))
        .expect("inside the text");
    FileFix {
        file: file.to_owned(),
        edits: vec![FixEdit {
            start: place.start,
            end: place.end,
            replacement: new.to_owned(),
        }],
        diff: report::patch([report::Change {
            path: "x.py",
            before: Some(text),
            after: &after,
        }]),
    }
}

pub(crate) fn report() -> Report {
    let none = Finding {
        rule: "jwt-none-algorithm".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        phase: Phase::AuthenticationInfrastructure,
        message: "`jwt.decode` accepts unsigned tokens: `algorithms=[\"none\"]`".to_owned(),
        location: locate(AUTH_PATH, AUTH, "jwt.decode(token, SECRET, algorithms=[\"none\"])"),
        related: vec![Note {
            location: locate(AUTH_PATH, AUTH, "import jwt"),
            message: "this is PyJWT".to_owned(),
        }],
        trace: vec![],
        cwe: 347,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fix: Some(Fix {
            title: "Accept `HS256` alone".to_owned(),
            applicability: Applicability::Safe,
            files: vec![file_fix(AUTH_PATH, AUTH, "none", "HS256")],
        }),
        fingerprint: "00aa".to_owned(),
    };
    let secret = Finding {
        rule: "jwt-hardcoded-secret".to_owned(),
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        phase: Phase::SecurityConfiguration,
        message: "SECRET is <b>written</b> in [the](code) for @everyone, see https://x.y #1".to_owned(),
        location: locate(CONFIG_PATH, CONFIG, "SECRET = \"🔒 hunter2\"\n"),
        related: vec![],
        trace: vec![
            Note {
                location: locate(CONFIG_PATH, CONFIG, "\"🔒 hunter2\""),
                message: "written here".to_owned(),
            },
            Note {
                location: locate(AUTH_PATH, AUTH, "SECRET,"),
                message: "used as key".to_owned(),
            },
        ],
        cwe: 798,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(10),
        fix: Some(Fix {
            title: "Read it from the environment".to_owned(),
            applicability: Applicability::NeedsValue,
            files: vec![file_fix(
                CONFIG_PATH,
                CONFIG,
                "\"🔒 hunter2\"",
                "os.environ[\"BETTER_AUTH_SECRET\"]",
            )],
        }),
        fingerprint: "00bb".to_owned(),
    };
    let ignored = Finding {
        fingerprint: "00cc".to_owned(),
        fix: None,
        ..secret.clone()
    };
    let mut report = Report {
        schema_version: report::SCHEMA_VERSION,
        tool: Tool {
            name: "claimcheck".to_owned(),
            version: "0.1.0".to_owned(),
        },
        summary: Summary {
            files_audited: 1,
            files_partly_read: 1,
            files_skipped: 1,
            ..Summary::default()
        },
        files: vec![
            FileReport {
                path: CONFIG_PATH.to_owned(),
                status: FileStatus::PartlyRead,
                lines: 3,
                syntax_errors: vec![Note {
                    location: locate(CONFIG_PATH, CONFIG, "```"),
                    message: "not valid Python".to_owned(),
                }],
            },
            FileReport {
                path: AUTH_PATH.to_owned(),
                status: FileStatus::Audited,
                lines: 8,
                syntax_errors: vec![],
            },
            FileReport {
                path: "app/old.py".to_owned(),
                status: FileStatus::Skipped("it is not UTF-8".to_owned()),
                lines: 0,
                syntax_errors: vec![],
            },
        ],
        findings: vec![none, secret],
        strengths: vec![Strength {
            checklist_item: 11,
            message: "queries are built with `select`".to_owned(),
            location: locate(AUTH_PATH, AUTH, "def current_user"),
        }],
        ignored: vec![IgnoredFinding {
            finding: ignored,
            reason: "only [for](http://b) @tests".to_owned(),
            comment: locate(AUTH_PATH, AUTH, "# Called by every route."),
        }],
        checklist: vec![
            ChecklistItem {
                item: 2,
                title: CHECKLIST[1].to_owned(),
                verdict: Verdict::Fail,
                reason: "1 finding speaks against it".to_owned(),
                evidence: vec![],
                findings: vec!["00aa".to_owned()],
            },
            ChecklistItem {
                item: 11,
                title: CHECKLIST[10].to_owned(),
                verdict: Verdict::Pass,
                reason: "queries are built with `a|b`".to_owned(),
                evidence: vec![Note {
                    location: locate(AUTH_PATH, AUTH, "def current_user"),
                    message: "a query".to_owned(),
                }],
                findings: vec![],
            },
        ],
        routes: vec![RouteSummary {
            method: "GET".to_owned(),
            path: "/a|b/{x}".to_owned(),
            handler: "read".to_owned(),
            application: Some("app/auth.py:app".to_owned()),
            location: locate(AUTH_PATH, AUTH, "def current_user"),
            guard: Some("current_user".to_owned()),
            identity: None,
            ownership: OwnershipVerdict::Missing,
            public: false,
            findings: vec!["00aa".to_owned()],
        }],
        rules_off: vec!["sql-injection".to_owned()],
        ..Report::default()
    };
    report.settle();
    report
}

pub(crate) fn rules() -> Vec<RuleInfo> {
    vec![RuleInfo {
        name: "jwt-none-algorithm".to_owned(),
        summary: "Unsigned tokens are accepted".to_owned(),
        documentation: "## What it finds\n\nA decode that accepts `none`.\n\n## Why it matters\n\nAnyone can write \
                        such a token.\n\n```python,finding\njwt.decode(t, k, algorithms=[\"none\"])\n```\n\n## Use instead\n\nOne algorithm:\n\n\
                        ```python,ok\njwt.decode(t, k, algorithms=[\"HS256\"])\n```\n"
            .to_owned(),
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 347,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
    }]
}
