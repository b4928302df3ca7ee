//! What is wrong with a fixture, shown in its text.

use std::fmt::Write;

use crate::fixture::Fixture;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// `None`: it concerns the project.
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) path: String,
    /// From 0.
    pub(crate) line: usize,
    /// Characters of the line to underline, from 0.
    pub(crate) columns: Option<(usize, usize)>,
}

impl Problem {
    pub(crate) fn of_project(message: impl Into<String>) -> Problem {
        Problem {
            place: None,
            message: message.into(),
        }
    }
}

/// Lines of code shown before and after a line with a problem.
const CONTEXT: usize = 3;

/// The problems with the code around them. `None` when there are none.
pub(crate) fn show(fixture: &Fixture, problems: &[Problem]) -> Option<String> {
    if problems.is_empty() {
        return None;
    }
    let mut out = format!("{} problem(s) in this fixture:\n", problems.len());
    for problem in problems.iter().filter(|problem| problem.place.is_none()) {
        let _ = writeln!(out, "\n- {}", problem.message.trim_end().replace('\n', "\n  "));
    }
    for file in &fixture.files {
        let of_file = |problem: &&Problem| problem.place.as_ref().is_some_and(|place| place.path == file.path);
        let here: Vec<&Problem> = problems.iter().filter(of_file).collect();
        if !here.is_empty() {
            let _ = writeln!(out, "\n{}", file.path);
            show_file(&mut out, &file.text, &here);
        }
    }
    Some(out)
}

fn show_file(out: &mut String, text: &str, problems: &[&Problem]) {
    let at_line = |number: usize| {
        let on_line = move |problem: &&&Problem| problem.place.as_ref().is_some_and(|place| place.line == number);
        problems.iter().filter(on_line)
    };
    // A text that ends in a line break has an empty last line where something may be reported too.
    let lines: Vec<&str> = text.split('\n').collect();
    let mut left_out = false;
    for (number, line) in lines.iter().enumerate() {
        let around = number.saturating_sub(CONTEXT)..=number + CONTEXT;
        if around.clone().all(|near| at_line(near).next().is_none()) {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) {
            let _ = writeln!(out, "     …");
        }
        let _ = writeln!(out, "{:>4} | {}", number + 1, line.trim_end());
        for problem in at_line(number) {
            let columns = problem.place.as_ref().and_then(|place| place.columns);
            let (start, end) = columns.unwrap_or((0, 0));
            let underline = format!("{}{}", " ".repeat(start), "^".repeat(end - start));
            let gap = if underline.is_empty() { "" } else { " " };
            let _ = writeln!(out, "     | {underline}{gap}{}", problem.message);
        }
    }
}
