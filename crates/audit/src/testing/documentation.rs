//! The documentation of a rule is a test: its examples are audited.

use report::{Finding, Report, Severity};
use test_utils::{Block, Fixture, code_blocks, headings};

use super::{Rules, report_with, sample_rules, with_subject};
use crate::rule::Rule;
use crate::rules;

/// What the documentation of every rule has, in this order.
const SECTIONS: [&str; 5] = [
    "What it finds",
    "Why it matters",
    "How it is exploited",
    "Use instead",
    "References",
];

#[test]
fn of_every_rule() {
    assert_good(rules::ALL);
}

#[test]
fn of_the_sample_rules() {
    assert_good(sample_rules::ALL);
}

#[track_caller]
fn assert_good(rules: Rules) {
    let problems: Vec<String> = rules.iter().flat_map(|rule| problems(rule, rules)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

fn problems(rule: &Rule, rules: Rules) -> Vec<String> {
    let documentation = rule.documentation();
    let mut problems = Vec::new();
    let sections = headings(&documentation);
    let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
    if names != SECTIONS {
        problems.push(format!("has the sections {names:?}, not {SECTIONS:?}"));
    }
    let empty = sections.iter().filter(|(_, text)| text.trim().is_empty());
    problems.extend(empty.map(|(name, _)| format!("says nothing under {name:?}")));

    let blocks = code_blocks(&documentation);
    let has = |kind: &str| blocks.iter().any(|block| is(block, kind));
    for kind in ["finding", "ok"] {
        if !has(kind) {
            problems.push(format!("has no block ```python,{kind}"));
        }
    }
    if has("fixed") != rule.fixable {
        problems.push("has a block ```python,fixed when the rule is fixable, and only then".to_owned());
    }
    let mut last_finding: Option<&Block<'_>> = None;
    for block in blocks.iter().filter(|block| block.info.first() == Some(&"python")) {
        let problem = if is(block, "finding") {
            last_finding = Some(block);
            finding_block_problem(rule, block, rules)
        } else if is(block, "ok") {
            ok_block_problem(rule, block, rules)
        } else if is(block, "fixed") {
            fixed_block_problem(rule, last_finding, block, rules)
        } else {
            None
        };
        problems.extend(problem.map(|problem| format!("block in line {}: {problem}\n{}", block.line, block.text)));
    }
    problems
        .into_iter()
        .map(|problem| format!("the documentation of {} {problem}", rule.name))
        .collect()
}

fn is(block: &Block<'_>, kind: &str) -> bool {
    block.info.first() == Some(&"python") && block.info.get(1) == Some(&kind)
}

/// One finding of this rule, and nothing critical but of rules that the block names after `finding`.
fn finding_block_problem(rule: &Rule, block: &Block<'_>, rules: Rules) -> Option<String> {
    let report = report_with(rules, &Fixture::parse(&block.text));
    let count = report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule.name)
        .count();
    if count != 1 {
        return Some(format!(
            "{count} findings of the rule, not one; all: {}",
            shown(&report)
        ));
    }
    let others = &block.info[2..];
    let unnamed = |finding: &&Finding| {
        finding.severity == Severity::Critical && finding.rule != rule.name && !others.contains(&&*finding.rule)
    };
    let finding = report.findings.iter().find(unnamed)?;
    Some(format!(
        "{} is found too; name it after `finding,` or write another example",
        finding.rule
    ))
}

fn ok_block_problem(rule: &Rule, block: &Block<'_>, rules: Rules) -> Option<String> {
    let report = report_with(rules, &Fixture::parse(&block.text));
    let partly = report.summary.files_partly_read > 0;
    let found = report.findings.iter().any(|finding| finding.rule == rule.name);
    (found || partly).then(|| format!("not in order: {}", shown(&report)))
}

fn fixed_block_problem(rule: &Rule, finding: Option<&Block<'_>>, fixed: &Block<'_>, rules: Rules) -> Option<String> {
    let Some(finding) = finding else {
        return Some("no block ```python,finding stands before it".to_owned());
    };
    // The example need not announce what other rules say of it.
    let all_rules: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
    let unannounced = format!("#- unannounced: {}\n", all_rules.join(", "));
    let before = Fixture::parse(&(unannounced + &finding.text));
    let after = Fixture::parse(&fixed.text);
    with_subject(rules, |subject| {
        test_utils::check_fix(&before, &after, rule.name, subject)
    })
    .err()
}

fn shown(report: &Report) -> String {
    let findings = report
        .findings
        .iter()
        .map(|f| format!("line {}: {} {}", f.location.start.line, f.rule, f.message));
    let findings: Vec<String> = findings.collect();
    if findings.is_empty() {
        "none".to_owned()
    } else {
        findings.join("; ")
    }
}
