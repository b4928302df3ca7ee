//! Values with where they are written and the way they came.

use semantic::{Step, Value};
use text::Span;

/// A value that was followed from where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced<T> {
    pub value: T,
    pub origin: Span,
    /// From the origin to the place of the fact, first step first, each with a word for a reader.
    pub steps: Vec<(Span, String)>,
    /// The calls through which it is passed on its way.
    pub(crate) passed_at: Vec<Span>,
}

/// What an argument or option is given, over all ways that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// What is known, one entry for each way.
    pub known: Vec<Traced<T>>,
    /// On some way it is not given.
    pub absent: bool,
    /// On some way it cannot be followed.
    pub unknown: bool,
}

impl<T> Default for Setting<T> {
    /// Never given.
    fn default() -> Setting<T> {
        Setting {
            known: Vec::new(),
            absent: true,
            unknown: false,
        }
    }
}

impl<T> Setting<T> {
    /// The first known value that passes, if any.
    pub fn find(&self, passes: impl Fn(&T) -> bool) -> Option<&Traced<T>> {
        self.known.iter().find(|traced| passes(&traced.value))
    }

    /// It is known on every way.
    pub fn is_certain(&self) -> bool {
        !self.absent && !self.unknown
    }

    /// It is known on every way, and all of them pass.
    pub fn always(&self, passes: impl Fn(&T) -> bool) -> bool {
        self.is_certain() && self.known.iter().all(|traced| passes(&traced.value))
    }
}

impl<T> Traced<T> {
    pub fn new(value: T, from: &Value) -> Traced<T> {
        Traced {
            value,
            origin: from.origin,
            steps: steps(from),
            passed_at: passed_at(from),
        }
    }

    /// Another value that came the same way.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Traced<U> {
        Traced {
            value: change(self.value),
            origin: self.origin,
            steps: self.steps,
            passed_at: self.passed_at,
        }
    }

    /// Adds the way of the container that the value came in.
    pub(crate) fn came_in(mut self, container: &Value) -> Traced<T> {
        self.steps.extend(steps(container));
        self.passed_at.extend(passed_at(container));
        self
    }

    pub(crate) fn passed(&self) -> impl Iterator<Item = Span> + '_ {
        self.passed_at.iter().copied()
    }
}

fn passed_at(value: &Value) -> Vec<Span> {
    let passed = |step: Step| match step {
        Step::Passed { at, .. } => Some(at),
        _ => None,
    };
    value.steps().into_iter().filter_map(passed).collect()
}

/// The steps of a value in words.
pub fn steps(value: &Value) -> Vec<(Span, String)> {
    value
        .steps()
        .into_iter()
        .map(|step| {
            let at = step.at();
            let words = match step {
                Step::Bound { name, .. } => format!("`{name}` is set here"),
                Step::Passed { parameter, .. } => format!("passed as `{parameter}` here"),
                Step::Returned { function, .. } => format!("`{function}()` is called here"),
                Step::Attribute { name, .. } => format!("`{name}` is read here"),
            };
            (at, words)
        })
        .collect()
}
