//! A finding as rules say it: byte spans, before lines and columns are known.

use report::{Confidence, Severity};
use text::Span;

use crate::fix::Fix;
use crate::rule::Rule;

/// One mistake at one place. Made by [`crate::rule::RuleContext::report`]; the methods refine it.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    /// What is wrong in this code, in one line, with the names from the code.
    pub(crate) message: String,
    pub(crate) primary: Span,
    /// Other places that matter, each with what it has to do with the finding.
    pub(crate) related: Vec<(Span, String)>,
    /// How the value came from its source to the primary place, first step first.
    pub(crate) trace: Vec<(Span, String)>,
    pub(crate) fix: Option<Fix>,
}

impl Finding {
    pub(crate) fn new(rule: &'static Rule, primary: Span, message: String) -> Finding {
        Finding {
            rule,
            severity: rule.severity,
            confidence: Confidence::High,
            message,
            primary,
            related: Vec::new(),
            trace: Vec::new(),
            fix: None,
        }
    }

    /// For a finding that is less (or more) grave than the rule: the library makes the mistake harmless, the
    /// value is only partly known. The message should say why.
    pub(crate) fn severity(&mut self, severity: Severity) -> &mut Finding {
        self.severity = severity;
        self
    }

    pub(crate) fn confidence(&mut self, confidence: Confidence) -> &mut Finding {
        self.confidence = confidence;
        self
    }

    /// Another place that matters: the configuration line, the key, the second decode.
    pub(crate) fn related(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.related.push((span, message.into()));
        self
    }

    /// The next step on the way of the value to the primary place.
    pub(crate) fn trace(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.trace.push((span, message.into()));
        self
    }

    /// Steps of a trace that facts already hold.
    pub(crate) fn traces(&mut self, steps: impl IntoIterator<Item = (Span, String)>) -> &mut Finding {
        self.trace.extend(steps);
        self
    }

    /// An edit that removes this finding. Takes an option, so that a helper which finds no right edit gives a
    /// finding without one.
    pub(crate) fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Finding {
        self.fix = fix.into();
        debug_assert!(
            self.fix.is_none() || self.rule.fixable,
            "{} offers a fix and is not declared `fixable`",
            self.rule.name
        );
        self
    }
}
