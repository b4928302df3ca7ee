//! Flags `TODO_MARK` and `TODO_KEEP` by their text, which a real rule never does.

use report::{Confidence, OwaspApi, Phase, Severity};
use text::{FileId, Span, TextRange};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A mark that was left in the code.
    ///
    /// ```python,finding
    /// x = TODO_MARK
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Tests need something to find.
    ///
    /// ## How it is exploited
    ///
    /// Not at all.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// x = DONE_MARK
    /// ```
    ///
    /// ```python,ok
    /// x = 1
    /// ```
    ///
    /// ## References
    ///
    /// - None.
    pub(super) static RULE: Rule = Rule {
        name: "sample-mark",
        summary: "A mark was left in the code",
        severity: Severity::Critical,
        phase: Phase::CodeQuality,
        cwe: 546,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: true,
        supersedes: &["sample-mention"],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for file in facts.files() {
        for span in occurrences(file, facts.text(file), "TODO_MARK") {
            let fix = Fix::safe("Do it").edit(span, "DONE_MARK");
            context.report(span, "`TODO_MARK` was left in the code").fix(fix);
        }
        for span in occurrences(file, facts.text(file), "TODO_KEEP") {
            context
                .report(span, "`TODO_KEEP` was left in the code")
                .severity(Severity::Suggestion)
                .confidence(Confidence::Low)
                .related(span, "the mark")
                .trace(span, "it begins here");
        }
    }
}

pub(in crate::testing) fn occurrences(file: FileId, text: &str, word: &str) -> Vec<Span> {
    let found = text.match_indices(word).map(|(at, word)| {
        let (start, end) = (at as u32, (at + word.len()) as u32);
        Span::new(file, TextRange::new(start.into(), end.into()))
    });
    found.collect()
}
