//! What a rule is, and what it sees while it checks.

use facts::Facts;
use report::{OwaspApi, Phase, RuleInfo, Severity};
use text::Span;

use crate::finding::Finding;
use crate::ignore::IgnoreComment;
use crate::options::Options;

/// One mistake that the audit knows. Declared by [`declare_rule!`] in a file of its own under `rules/`.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The stable id in kebab-case: the file name with `-` for `_`. Says the bad thing.
    pub(crate) name: &'static str,
    /// One line: what the rule finds. No full stop.
    pub(crate) summary: &'static str,
    /// The doc comment as the macro sees it, each line with the space after `///`; see [`Rule::documentation`].
    pub(crate) raw_documentation: &'static str,
    /// Where nothing in the code lowers it.
    pub(crate) severity: Severity,
    pub(crate) phase: Phase,
    /// Number in the Common Weakness Enumeration.
    pub(crate) cwe: u32,
    pub(crate) owasp: OwaspApi,
    /// Item of the twelve-point checklist, 1 to 12.
    pub(crate) checklist_item: Option<u8>,
    /// Whether some finding of this rule carries a fix.
    pub(crate) fixable: bool,
    /// Rules that fall silent where this one speaks: their findings with the same primary span become related
    /// places of this rule's finding.
    pub(crate) supersedes: &'static [&'static str],
    pub(crate) check: fn(&mut RuleContext<'_>),
}

/// Declares the `RULE` of a rule file and keeps its doc comment, which is Markdown, as the rule's documentation.
/// The fields are those of [`Rule`]; leaving one out is a compile error.
macro_rules! declare_rule {
    ($(#[doc = $line:literal])+ pub(super) static RULE: $rule:ident = $same:ident { $($field:tt)+ };) => {
        pub(super) static RULE: $rule = $same {
            raw_documentation: concat!($($line, "\n"),+),
            $($field)+
        };
    };
}
pub(crate) use declare_rule;

impl Rule {
    /// The doc comment as Markdown.
    pub(crate) fn documentation(&self) -> String {
        let lines = self.raw_documentation.lines();
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        format!("{}\n", lines.join("\n").trim())
    }

    pub(crate) fn info(&self) -> RuleInfo {
        RuleInfo {
            name: self.name.to_owned(),
            summary: self.summary.to_owned(),
            documentation: self.documentation(),
            severity: self.severity,
            phase: self.phase,
            cwe: self.cwe,
            owasp: self.owasp,
            checklist_item: self.checklist_item,
            fixable: self.fixable,
        }
    }
}

/// What a rule reads, and where it says its findings.
pub(crate) struct RuleContext<'a> {
    rule: &'static Rule,
    facts: &'a Facts<'a>,
    options: &'a Options,
    /// Empty until the rules that say findings about code have spoken.
    ignore_comments: &'a [IgnoreComment],
    findings: Vec<Finding>,
}

impl<'a> RuleContext<'a> {
    pub(crate) fn new(rule: &'static Rule, facts: &'a Facts<'a>, options: &'a Options) -> RuleContext<'a> {
        RuleContext {
            rule,
            facts,
            options,
            ignore_comments: &[],
            findings: Vec::new(),
        }
    }

    /// What ignores findings, with how many of them.
    pub(crate) fn with_ignore_comments(self, ignore_comments: &'a [IgnoreComment]) -> RuleContext<'a> {
        RuleContext {
            ignore_comments,
            ..self
        }
    }

    pub(crate) fn ignore_comments(&self) -> &'a [IgnoreComment] {
        self.ignore_comments
    }

    /// The facts outlive the context: a rule iterates over them while it reports.
    pub(crate) fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    pub(crate) fn options(&self) -> &'a Options {
        self.options
    }

    /// Says that the code at `span` is wrong. `message` is one line with the names from the code and no full
    /// stop. The finding has the rule's severity and high confidence until told otherwise:
    ///
    /// ```text
    /// context.report(call.span, "`jwt.decode` accepts …").severity(Severity::Warning).related(key.span, "the key")
    /// ```
    pub(crate) fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.findings.push(Finding::new(self.rule, span, message.into()));
        self.findings.last_mut().expect("just pushed")
    }

    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
