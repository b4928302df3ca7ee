//! The unified diff of edits, read off the lines around them.
//!
//! Comparing two whole texts for every fix would make an audit quadratic in the number of findings.

use report::{Change, patch};
use text::{Edit, LineIndex, TextEdit, TextRange, TextSize};

/// Lines shown before and after a change, as [`patch`] does.
const CONTEXT: u32 = 3;

/// Lines before the first hunk of a patch of one file.
const HEADER_LINES: usize = 3;

/// Bytes of the lines that one diff may show. Code with longer lines was not written by hand, and no one reviews
/// a change of it by its diff.
const LIMIT: usize = 20_000;

/// What [`patch`] gives for `text` before and after `edits`, which lie in it on character boundaries.
/// `None` when the lines around them are too long to show.
pub(crate) fn diff(path: &str, text: &str, lines: &LineIndex, edits: &TextEdit) -> Option<String> {
    if has_lone_carriage_return(text) {
        // A line for editors and none for git: numbers of lines do not carry over.
        let after = edits.apply(text).ok()?;
        return (text.len() <= LIMIT).then(|| one(path, text, &after));
    }
    let mut out = String::new();
    let mut shown = 0;
    // By how many lines what follows has moved.
    let mut moved = 0;
    for window in windows(lines, edits) {
        let before = &text[window.range];
        shown += before.len();
        if shown > LIMIT {
            return None;
        }
        let after = TextEdit::new(window.edits).ok()?.apply(before).ok()?;
        let hunks = one(path, before, &after);
        let head = hunks
            .match_indices('\n')
            .nth(HEADER_LINES - 1)
            .map_or(0, |(at, _)| at + 1);
        if out.is_empty() {
            out.push_str(&hunks[..head]);
        }
        for line in hunks[head..].split_inclusive('\n') {
            match renumbered(line, window.first_line, moved) {
                Some(header) => out.push_str(&header),
                None => out.push_str(line),
            }
        }
        moved += i64::from(LineIndex::new(&after).line_count()) - i64::from(LineIndex::new(before).line_count());
    }
    Some(out)
}

fn one(path: &str, before: &str, after: &str) -> String {
    let before = Some(before);
    patch([Change { path, before, after }])
}

fn has_lone_carriage_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('\r')
        .any(|(at, _)| bytes.get(at + 1) != Some(&b'\n'))
}

/// Edits that share a stretch of the text.
struct Window {
    /// Whole lines.
    range: TextRange,
    first_line: u32,
    /// Within `range`.
    edits: Vec<Edit>,
}

fn windows(lines: &LineIndex, edits: &TextEdit) -> Vec<Window> {
    // First and last line of each, with the edits that fall there.
    let mut groups: Vec<(u32, u32, Vec<&Edit>)> = Vec::new();
    for edit in edits.edits() {
        let line_of = |offset: TextSize| lines.line_column(offset).line;
        let (first, last) = (line_of(edit.range().start()), line_of(edit.range().end()));
        match groups.last_mut() {
            // Their contexts meet.
            Some(group) if first <= group.1 + 2 * CONTEXT + 1 => {
                group.1 = group.1.max(last);
                group.2.push(edit);
            }
            _ => groups.push((first, last, vec![edit])),
        }
    }
    let windows = groups.into_iter().filter_map(|(first, last, edits)| {
        let first_line = first.saturating_sub(CONTEXT);
        let last_line = (last + CONTEXT).min(lines.line_count() - 1);
        let range = lines.line_range(first_line)?.cover(lines.line_range(last_line)?);
        let edits = edits
            .into_iter()
            .map(|edit| Edit::replace(edit.range() - range.start(), edit.text.as_str()));
        Some(Window {
            range,
            first_line,
            edits: edits.collect(),
        })
    });
    windows.collect()
}

/// The header of a hunk, `@@ -1,7 +1,8 @@`, with its lines counted from the start of the file.
fn renumbered(line: &str, first_line: u32, moved: i64) -> Option<String> {
    let (old, new) = line.strip_prefix("@@ -")?.strip_suffix(" @@\n")?.split_once(" +")?;
    let shifted = |range: &str, by: i64| {
        let (start, count) = range
            .split_once(',')
            .map_or((range, None), |(start, count)| (start, Some(count)));
        let start: i64 = start.parse().ok()?;
        let count = count.map(|count| format!(",{count}")).unwrap_or_default();
        Some(format!("{}{count}", start + by))
    };
    let by = i64::from(first_line);
    Some(format!("@@ -{} +{} @@\n", shifted(old, by)?, shifted(new, by + moved)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replaces, in a text of numbered lines, each of the given ones.
    #[track_caller]
    fn check(count: usize, changes: &[(usize, &str)], end: &str) {
        let lines: Vec<String> = (1..=count).map(|number| format!("line {number}")).collect();
        let text = lines.join("\n") + end;
        let index = LineIndex::new(&text);
        let edits = changes.iter().map(|&(line, new)| {
            let range = index.line_range(line as u32 - 1).expect("the line is there");
            Edit::replace(range, new)
        });
        let edits = TextEdit::new(edits.collect()).expect("disjoint");
        let after = edits.apply(&text).expect("within");
        let expected = one("a.py", &text, &after);
        assert_eq!(diff("a.py", &text, &index, &edits).as_deref(), Some(&*expected));
    }

    #[test]
    fn same_as_comparing_the_texts() {
        check(1, &[(1, "x")], "");
        check(3, &[(1, "")], "\n");
        check(30, &[(1, "x\ny\n"), (15, ""), (30, "z")], "\n");
        check(30, &[(10, "x\n"), (16, "y\n"), (17, "z\n")], "");
        for second in 2..16 {
            check(40, &[(1, "a\nb\nc\n"), (second, "y\n"), (38, "")], "\n");
        }
    }

    #[test]
    fn long_lines_are_not_shown() {
        let text = "x".repeat(LIMIT + 1);
        let edits = TextEdit::new(vec![Edit::insert(0.into(), "y")]).expect("one edit");
        assert_eq!(diff("a.py", &text, &LineIndex::new(&text), &edits), None);
    }
}
