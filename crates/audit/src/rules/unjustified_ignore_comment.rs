//! Flags `# claimcheck: ignore[…]` comments that give no reason, name no rule that exists, or ignore nothing.

use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::ignore::IgnoreComment;
use crate::options::RuleSetting;
use crate::rule::{Rule, RuleContext, declare_rule};
use crate::rules;

declare_rule! {
    /// ## What it finds
    ///
    /// A comment `# claimcheck: ignore[rule] reason` without a reason, with the name of a rule that does not exist,
    /// or where the rule has nothing to say. Such a comment stands on the first or last line of what is found, or
    /// alone on the line before.
    ///
    /// ```python,finding
    /// import os
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]  # claimcheck: ignore[jwt-hardcoded-secret] only for development
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A comment that outlives its finding takes the next one out of the report unseen. One without a reason leaves
    /// reviewers guessing whether anybody looked.
    ///
    /// ## How it is exploited
    ///
    /// Not by itself. Years later somebody writes a literal secret into the marked line, no audit says so, and with
    /// the secret from the repository anyone signs their own tokens:
    ///
    /// ```text
    /// Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.<signed with the published secret>
    /// ```
    ///
    /// ## Use instead
    ///
    /// No comment where nothing is found:
    ///
    /// ```python,fixed
    /// import os
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    /// ```
    ///
    /// And where something is, the reason why it is right:
    ///
    /// ```python,ok
    /// import jwt
    ///
    ///
    /// def issuer(token: str) -> dict:
    ///     # claimcheck: ignore[jwt-signature-not-verified] the gateway has verified it, see docs/gateway.md
    ///     return jwt.decode(token, options={"verify_signature": False})
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-1116, inaccurate comments: <https://cwe.mitre.org/data/definitions/1116.html>
    pub(super) static RULE: Rule = Rule {
        name: "unjustified-ignore-comment",
        summary: "A comment ignores findings without a reason, or ignores nothing",
        severity: Severity::Suggestion,
        phase: Phase::CodeQuality,
        cwe: 1116,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

/// Runs once more than other rules: with the comments, after all others have spoken.
fn check(context: &mut RuleContext<'_>) {
    for comment in context.ignore_comments() {
        if comment.rules.is_empty() {
            let fix = removal(context, comment);
            context
                .report(comment.span, "this comment names no rule to ignore")
                .fix(fix);
            continue;
        }
        let useless = useless_rules(context, comment);
        for (span, message) in &useless {
            // What is left of the comment when one of several names goes would have to be read again.
            let fix = (useless.len() == comment.rules.len())
                .then(|| removal(context, comment))
                .flatten();
            context.report(*span, message).fix(fix);
        }
        if useless.is_empty() && comment.reason.is_empty() {
            let name = &comment.rules[0].name;
            let message = format!("this comment ignores `{name}` without saying why");
            context.report(comment.span, message);
        }
    }
}

/// Names that take nothing out, each with what is wrong.
fn useless_rules(context: &RuleContext<'_>, comment: &IgnoreComment) -> Vec<(Span, String)> {
    let unused = comment.rules.iter().filter(|rule| rule.count == 0);
    let judged = unused.filter_map(|rule| {
        let name = &rule.name;
        if !rules::ALL.iter().any(|known| known.name == name) {
            return Some((rule.span, format!("there is no rule `{name}` to ignore")));
        }
        // Nobody knows what a rule that is turned off would say.
        let is_off = context.options().rules.get(name) == Some(&RuleSetting::Off);
        (!is_off).then(|| (rule.span, format!("`{name}` finds nothing here to ignore")))
    });
    judged.collect()
}

/// Takes out the whole comment, with the line that it has for itself.
fn removal(context: &RuleContext<'_>, comment: &IgnoreComment) -> Option<Fix> {
    let facts = context.facts();
    let Span { file, range } = comment.span;
    let text = facts.text(file);
    let whole = facts.comments(file).iter().find(|whole| whole.contains_range(range))?;
    // A carriage return may be counted to the comment.
    let rest = &text[usize::from(range.end())..usize::from(whole.end())];
    if whole.start() != range.start() || !rest.trim().is_empty() {
        return None;
    }
    let before = &text[..usize::from(range.start())];
    let code = before.trim_end_matches([' ', '\t']);
    let is_alone = code.is_empty() || code.ends_with(['\n', '\r']);
    let after = &text[usize::from(range.end())..];
    let line_break = match after {
        _ if !is_alone => 0,
        _ if after.starts_with("\r\n") => 2,
        _ => after.len().min(1),
    };
    let start = u32::try_from(code.len()).ok()?;
    let end = u32::from(range.end()) + line_break as u32;
    let removed = Span::new(file, text::TextRange::new(start.into(), end.into()));
    Some(Fix::safe("Remove the comment").delete(removed))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn no_reason() {
        check(
            r#"
            import jwt
            def f(token):
                # claimcheck: ignore[jwt-signature-not-verified]
                #<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unjustified-ignore-comment (suggestion, no-fix)
                return jwt.decode(token, options={"verify_signature": False})
            "#,
        );
    }

    #[test]
    fn nothing_to_ignore() {
        check(
            r#"
            import jwt
            x = 1  # claimcheck: ignore[sql-injection] looked at it    # finding: unjustified-ignore-comment
            y = 1  # claimcheck: ignore    # finding: unjustified-ignore-comment
            z = 1  # claimcheck: ignore[sql-injektion] a reason    # finding: unjustified-ignore-comment
            # claimcheck: ignore[sql-injection] two lines too early    # finding: unjustified-ignore-comment

            def f(token):
                # claimcheck: ignore[jwt-signature-not-verified] of the issuer alone
                return jwt.decode(token, options={"verify_signature": False})
            "#,
        );
    }

    #[test]
    fn one_of_two() {
        let found = report(
            r#"
            import jwt
            def f(token):
                # claimcheck: ignore[jwt-signature-not-verified, sql-injection] verified by the gateway
                return jwt.decode(token, options={"verify_signature": False})
            "#,
        );
        assert_eq!(found.findings.len(), 1, "{:#?}", found.findings);
        assert_eq!(
            found.findings[0].message,
            "`sql-injection` finds nothing here to ignore"
        );
        assert_eq!(found.findings[0].fix, None);
        assert_eq!((found.summary.ignored, found.ignored.len()), (1, 1));
        assert_eq!(found.ignored[0].reason, "verified by the gateway");
        assert_eq!(found.ignored[0].finding.rule, "jwt-signature-not-verified");
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            #- main.py
            import jwt
            def f(token):
                return jwt.decode(token, options={"verify_signature": False})  # claimcheck: ignore[jwt-signature-not-verified] verified by the gateway
            def g(token):
                # claimcheck: ignore[jwt-signature-not-verified] verified by the gateway,
                # which nobody gets around
                return jwt.decode(
                    token,
                    options={"verify_signature": False},
                )
            TEXT = '# claimcheck: ignore[sql-injection]'  # ok
            # see claimcheck: ignore[sql-injection] in the manual
            #- tests/test_main.py
            x = 1  # claimcheck: ignore[sql-injection]
            "#,
        );
    }

    #[test]
    fn removes_the_comment() {
        check_fix(
            &RULE,
            "#- unannounced: unjustified-ignore-comment\nx = 1  # claimcheck: ignore[sql-injection] why\n\nif x:\n    # claimcheck: ignore\n    y = 2\n",
            "x = 1\n\nif x:\n    y = 2\n",
        );
    }
}
