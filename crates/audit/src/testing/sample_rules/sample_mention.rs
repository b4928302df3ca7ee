//! Flags every name that begins with `TODO_M`: superseded where it is the whole mark.

use report::{OwaspApi, Phase, Severity};

use super::sample_mark::occurrences;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A mention of something to do.
    ///
    /// ```python,finding
    /// x = TODO_MENTION
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Tests need a rule that another one supersedes.
    ///
    /// ## How it is exploited
    ///
    /// Not at all.
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// x = 1
    /// ```
    ///
    /// ## References
    ///
    /// - None.
    pub(super) static RULE: Rule = Rule {
        name: "sample-mention",
        summary: "Something to do was mentioned",
        severity: Severity::Warning,
        phase: Phase::CodeQuality,
        cwe: 546,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for file in facts.files() {
        for word in ["TODO_MARK", "TODO_MENTION"] {
            for span in occurrences(file, facts.text(file), word) {
                context.report(span, format!("`{word}` mentions something to do"));
            }
        }
    }
}
