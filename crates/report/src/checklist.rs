//! The twelve verdicts of an audit, and the findings that are named before all others.

use serde::{Deserialize, Serialize};

use crate::{Note, Severity};

/// One of the twelve items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// 1 to 12.
    pub item: u8,
    /// What is asked for.
    pub title: String,
    pub verdict: Verdict,
    /// Why, in one line.
    pub reason: String,
    /// Where the code proves a `pass`.
    pub evidence: Vec<Note>,
    /// Fingerprints of the findings that speak against it, the gravest first.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The code proves it, and no finding speaks against it.
    Pass,
    Fail,
    /// The project has nothing that the item speaks of.
    NotApplicable,
    /// The code proves neither.
    Unknown,
}

/// What the report names at its top, each kind once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    pub kind: EscalationKind,
    /// Fingerprints of the critical findings behind it, in the order of the report.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EscalationKind {
    AuthenticationBypass,
    HardcodedSecret,
    NoAuthentication,
    SqlInjection,
}

/// What each item asks for, from the first on.
pub const CHECKLIST: [&str; 12] = [
    "Tokens are taken from `Authorization: Bearer` alone",
    "Signatures are verified with a key from the environment or a key set",
    "Expiry is enforced",
    "Missing, invalid and expired tokens are answered with 401",
    "Authentication is centralised in a dependency or middleware",
    "The user comes from verified claims, never from the client",
    "Protected endpoints filter by the authenticated user",
    "Ownership is enforced on create, read, update and delete",
    "No session authentication is mixed in, nobody else is asked to verify",
    "Secrets come from the environment, never from code",
    "Queries are parameterised",
    "Errors and answers leak nothing",
];

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotApplicable => "not applicable",
            Verdict::Unknown => "unknown",
        }
    }
}

impl EscalationKind {
    pub const ALL: [EscalationKind; 4] = [
        EscalationKind::AuthenticationBypass,
        EscalationKind::HardcodedSecret,
        EscalationKind::NoAuthentication,
        EscalationKind::SqlInjection,
    ];

    pub fn title(self) -> &'static str {
        match self {
            EscalationKind::AuthenticationBypass => "Active authentication bypass",
            EscalationKind::HardcodedSecret => "Hardcoded secret or credential",
            EscalationKind::NoAuthentication => "No authentication on sensitive endpoints",
            EscalationKind::SqlInjection => "SQL injection",
        }
    }

    /// The kind that a finding belongs to; critical ones alone are escalated.
    pub fn of(rule: &str, severity: Severity) -> Option<EscalationKind> {
        if severity != Severity::Critical {
            return None;
        }
        match rule {
            "jwt-signature-not-verified"
            | "jwt-none-algorithm"
            | "jwt-algorithms-not-pinned"
            | "jwt-algorithm-confusion"
            | "jwt-untrusted-key-source"
            | "scheme-without-verification"
            | "auth-fails-open"
            | "auth-exception-not-raised"
            | "auth-bypass-left-in"
            | "middleware-path-bypass"
            | "dependency-not-declared"
            | "cross-request-user-state" => Some(EscalationKind::AuthenticationBypass),
            "jwt-hardcoded-secret" | "jwt-secret-fallback" | "hardcoded-credential" => {
                Some(EscalationKind::HardcodedSecret)
            }
            "route-without-auth" => Some(EscalationKind::NoAuthentication),
            "sql-injection" => Some(EscalationKind::SqlInjection),
            _ => None,
        }
    }
}
