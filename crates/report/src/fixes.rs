//! Several fixes as one change.

use std::collections::BTreeMap;

use text::{Edit, EditError, TextEdit};

use crate::{Finding, FixEdit};

/// A fix can uncover another finding, whose fix can uncover the next; ten times is more than any honest project
/// needs and an end for fixes that undo each other.
pub const MOST_ROUNDS: usize = 10;

/// Which fixes can be made together, and what they do to each file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan<'a> {
    /// By file, as in [`crate::FileReport::path`].
    pub edits: BTreeMap<&'a str, TextEdit>,
    /// Findings whose fix is part of the plan.
    pub taken: Vec<&'a Finding>,
    /// Findings whose fix wants text that another fix changes. An audit after this plan offers it again.
    pub postponed: Vec<&'a Finding>,
}

/// Takes each fix, in the order given, that leaves alone what those before it change.
///
/// A fix is taken whole or not at all. An edit that two fixes share, such as the import both need, is made once;
/// two different edits that so much as touch are kept apart, since neither knows what the other writes there.
pub fn plan<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let free = fix.files.iter().all(|file| {
            let made = edits.get(file.file.as_str()).map_or(&[][..], Vec::as_slice);
            let new: Vec<Edit> = file.edits.iter().map(edit).collect();
            new.iter()
                .all(|new| made.iter().all(|old| old == new || !touch(old, new)))
                && TextEdit::new(new).is_ok()
        });
        if !free {
            plan.postponed.push(finding);
            continue;
        }
        for file in &fix.files {
            edits.entry(&file.file).or_default().extend(file.edits.iter().map(edit));
        }
        plan.taken.push(finding);
    }
    plan.edits = edits
        .into_iter()
        .map(|(file, edits)| (file, TextEdit::new(edits).expect("edits that touch were kept apart")))
        .collect();
    plan
}

/// `text` with the edits made. Line breaks in what is written follow the text: `\r\n` where most of its lines end
/// so.
///
/// Fails when an edit lies outside the text or inside a character, which means that it was made for another text.
pub fn apply(text: &str, edits: &TextEdit) -> Result<String, EditError> {
    let windows = text.matches("\r\n").count();
    let unix = text.matches('\n').count() - windows;
    if windows <= unix {
        return edits.apply(text);
    }
    let edits = edits.edits().iter().map(|edit| Edit {
        range: edit.range,
        text: edit.text.replace("\r\n", "\n").replace('\n', "\r\n"),
    });
    TextEdit::new(edits.collect())?.apply(text)
}

fn edit(edit: &FixEdit) -> Edit {
    Edit {
        range: (edit.start.offset, edit.end.offset),
        text: edit.replacement.clone(),
    }
}

fn touch(a: &Edit, b: &Edit) -> bool {
    a.range.0 <= b.range.1 && b.range.0 <= a.range.1
}
