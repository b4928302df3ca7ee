//! The framework itself, with sample rules.

use super::{check_fix_with, check_with, sample_rules};

#[track_caller]
fn good(text: &str) {
    if let Err(problems) = check_with(sample_rules::ALL, text) {
        panic!("{problems}");
    }
}

#[track_caller]
fn bad(text: &str, expected: &str) {
    let problems = check_with(sample_rules::ALL, text).expect_err("something is wrong with the fixture");
    assert!(problems.contains(expected), "{expected:?} is not in:\n{problems}");
}

#[test]
fn announced_findings() {
    good(
        r#"
        #- a.py
        "é名🔒"; TODO_MARK  # finding: sample-mark (critical, high, fix, safe)
        #      ^^^^^^^^^ sample-mark
        TODO_KEEP
        #<^^^^^^^ sample-mark (suggestion, low, no-fix)
        x = 1  # ok
        #- b/c.py
        TODO_MENTION  # finding: sample-mention
        TODO_KEEP; TODO_MARK  # finding: sample-mark (suggestion), sample-mark (critical)
        "#,
    );
}

#[test]
fn todo() {
    good("x = 1  # todo-finding: sample-mark\nTODO_KEEP  # todo-ok: sample-mark\n");
    bad("TODO_KEEP  # todo-finding: sample-mark\n", "found now, which is right");
    bad("x = 1  # todo-ok: sample-mark\n", "no longer found, which is right");
}

#[test]
fn what_fails() {
    bad(
        "TODO_MARK\n",
        "unexpected: sample-mark (critical, high): `TODO_MARK` was left in the code",
    );
    bad("x  # finding: sample-mark\n", "missing: sample-mark");
    bad(
        "x = TODO_MARK\n#   ^^^^ sample-mark\n",
        "stands here, not where announced",
    );
    bad(
        "TODO_KEEP  # finding: sample-mark (critical)\n",
        "announced as critical and is suggestion",
    );
    bad("TODO_KEEP  # finding: sample-mark (bad)\n", "`(bad)` means nothing");
    bad("x  # todo-finding: no-such\n", "there is no rule `no-such`");
}

#[test]
fn failures_are_shown_in_the_code() {
    let problems = check_with(sample_rules::ALL, "a\nb\nc\nd\ne\nx = TODO_KEEP\n").expect_err("not announced");
    let expected = "\
main.py
     …
   3 | c
   4 | d
   5 | e
   6 | x = TODO_KEEP
     |     ^^^^^^^^^ unexpected: sample-mark (suggestion, low): `TODO_KEEP` was left in the code
   7 |
";
    let shown = problems
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect::<String>();
    assert!(shown.contains(expected), "{problems}");
}

#[test]
fn fixes() {
    let fix = |before, after| check_fix_with(sample_rules::ALL, sample_rules::MARK, before, after);
    let before = "x = TODO_MARK  # finding: sample-mark\ny = TODO_MARK  # finding: sample-mark\n";
    assert_eq!(fix(before, "x = DONE_MARK\ny = DONE_MARK\n"), Ok(()));
    let problems = fix(before, "x = DONE_MARK\n").expect_err("another text");
    assert!(problems.contains("+y = DONE_MARK"), "{problems}");
}

#[test]
fn superseded_findings_are_related() {
    let report = super::report_with(sample_rules::ALL, &test_utils::Fixture::parse("TODO_MARK\n"));
    let [finding] = &report.findings[..] else {
        panic!("one finding, not {:?}", report.findings);
    };
    assert_eq!(finding.rule, "sample-mark");
    assert_eq!(
        finding.related[0].message,
        "sample-mention: `TODO_MARK` mentions something to do"
    );
}

/// Rules with the mistakes that every fixture is checked for.
mod mistakes {
    use report::{OwaspApi, Phase, Severity};
    use text::{Span, TextRange};

    use crate::fix::Fix;
    use crate::rule::{Rule, RuleContext};
    use crate::testing::{check_with, sample_rules};

    /// Reports every `mark`, with a fix that puts `replacement` in its place.
    fn replace(context: &mut RuleContext<'_>, replacement: &str) {
        let facts = context.facts();
        for file in facts.files() {
            for span in sample_rules::occurrences(file, facts.text(file), "mark") {
                context
                    .report(span, "a mark")
                    .fix(Fix::safe("Replace it").edit(span, replacement));
            }
        }
    }

    /// One problem of the fixture must speak of `expected`.
    #[track_caller]
    fn bad(check: fn(&mut RuleContext<'_>), expected: &str) {
        let rule: &'static Rule = Box::leak(Box::new(Rule {
            name: "mistaken",
            summary: "Makes a mistake",
            raw_documentation: "",
            severity: Severity::Warning,
            phase: Phase::CodeQuality,
            cwe: 1,
            owasp: OwaspApi::SecurityMisconfiguration,
            checklist_item: None,
            fixable: true,
            supersedes: &[],
            check,
        }));
        let rules = Box::leak(Box::new([rule, sample_rules::MARK]));
        let problems = check_with(rules, "mark  # finding: mistaken\n").expect_err("the rule makes a mistake");
        assert!(problems.contains(expected), "{expected:?} is not in:\n{problems}");
    }

    #[test]
    fn fixes() {
        bad(|context| replace(context, "mark"), "changes nothing");
        bad(
            |context| replace(context, "(mark)"),
            "leaves a finding of mistaken in line 1",
        );
        bad(
            |context| replace(context, "def ("),
            "leaves text that is not valid Python",
        );
        bad(
            |context| replace(context, "TODO_KEEP"),
            "adds a finding of sample-mark in line 1",
        );
    }

    #[test]
    fn message_of_two_lines() {
        bad(
            |context| {
                let file = context.facts().files().next().expect("the fixture has a file");
                context.report(Span::new(file, TextRange::empty(0.into())), "one.\ntwo");
            },
            "not one line without a full stop",
        );
    }

    #[test]
    fn finding_that_depends_on_lines_before() {
        bad(
            |context| {
                let facts = context.facts();
                for file in facts.files() {
                    let lines = facts.text(file).lines().count();
                    for span in sample_rules::occurrences(file, facts.text(file), "mark") {
                        context.report(span, format!("a file of {lines} lines"));
                    }
                }
            },
            "make(s) a difference",
        );
    }
}
