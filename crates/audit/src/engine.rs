//! Runs the rules and settles which findings speak.

use facts::Facts;

use text::sort_by_number;

use crate::finding::Finding;
use crate::ignore::{self, Ignored};
use crate::options::{Options, RuleSetting};
use crate::rule::{Rule, RuleContext};

/// What the rules say of a project: by severity, path, place, then rule, each mistake once.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Finding>,
    /// In the same order.
    pub(crate) ignored: Vec<Ignored>,
}

pub(crate) fn run(rules: &[&'static Rule], facts: &Facts<'_>, options: &Options) -> Outcome {
    let mut findings = Vec::new();
    for rule in rules {
        findings.append(&mut of_rule(RuleContext::new(rule, facts, options), rule, options));
    }
    let mut findings = let_one_speak(findings);
    sort(&mut findings);
    let mut comments = ignore::comments(facts);
    let (mut findings, ignored) = ignore::apply(facts, &mut comments, findings);
    if !comments.is_empty() {
        // Whether a comment ignores anything is known only now.
        for rule in rules {
            let context = RuleContext::new(rule, facts, options).with_ignore_comments(&comments);
            if rule.name == ABOUT_IGNORE_COMMENTS {
                findings.append(&mut of_rule(context, rule, options));
            }
        }
        sort(&mut findings);
    }
    Outcome { findings, ignored }
}

const ABOUT_IGNORE_COMMENTS: &str = "unjustified-ignore-comment";

fn of_rule(mut context: RuleContext<'_>, rule: &Rule, options: &Options) -> Vec<Finding> {
    let setting = options.rules.get(rule.name);
    if setting == Some(&RuleSetting::Off) {
        return Vec::new();
    }
    (rule.check)(&mut context);
    let mut findings = merge_repeated(context.into_findings());
    if let Some(RuleSetting::Severity(severity)) = setting {
        for finding in &mut findings {
            finding.severity = *severity;
        }
    }
    findings
}

fn sort(findings: &mut [Finding]) {
    // Numbers of files follow their paths.
    // Stable: rules run in the order of their names.
    sort_by_number(findings, |finding| {
        (finding.severity as u128) << 96 | finding.primary.number()
    });
}

/// One rule on one span is one finding: the gravest and surest, the first among equals.
fn merge_repeated(mut findings: Vec<Finding>) -> Vec<Finding> {
    sort_by_number(&mut findings, |finding| {
        finding.primary.number() << 8 | (finding.severity as u128) << 4 | finding.confidence as u128
    });
    findings.dedup_by_key(|finding| finding.primary);
    findings
}

/// Where a rule speaks of the same span as a rule it supersedes, the other's finding becomes a related place.
fn let_one_speak(mut findings: Vec<Finding>) -> Vec<Finding> {
    sort_by_number(&mut findings, |finding| finding.primary.number());
    let mut out = Vec::with_capacity(findings.len());
    for group in findings.chunk_by(|a, b| a.primary == b.primary) {
        let speakers: Vec<usize> = (0..group.len()).map(|index| speaker(group, index)).collect();
        for (index, finding) in group.iter().enumerate().filter(|&(index, _)| speakers[index] == index) {
            let mut finding = finding.clone();
            for (other, _) in speakers.iter().enumerate().filter(|&(_, &by)| by == index) {
                if other != index {
                    let silent = &group[other];
                    finding.related(silent.primary, format!("{}: {}", silent.rule.name, silent.message));
                }
            }
            out.push(finding);
        }
    }
    out
}

/// Which finding of a group at one place speaks for the one at `index`: the end of the chain of rules that
/// supersede each other. A test sees to it that the chain has an end; the loop is bounded all the same.
fn speaker(group: &[Finding], index: usize) -> usize {
    let above = |of: usize| {
        let name = group[of].rule.name;
        group.iter().position(|other| other.rule.supersedes.contains(&name))
    };
    let mut at = index;
    for _ in 0..group.len() {
        match above(at) {
            Some(next) => at = next,
            None => return at,
        }
    }
    index
}
