//! Applies fixes and diffs of a report to the texts they were made for.

use report::{Finding, Fix};
use text::{Edit, EditError, TextRange};

use crate::fixture::{Fixture, SourceText};

/// The edits of a fix in one file.
pub(crate) fn edits_in(fix: &Fix, path: &str) -> Vec<Edit> {
    let files = fix.files.iter().filter(|file| file.file == path);
    let edits = files.flat_map(|file| &file.edits).map(|edit| {
        let range = TextRange::new(edit.start.offset.into(), edit.end.offset.into());
        Edit::replace(range, edit.replacement.as_str())
    });
    edits.collect()
}

/// The project with the fixes of some findings applied: all that can be applied together.
pub(crate) fn apply<'f>(
    fixture: &Fixture,
    findings: impl IntoIterator<Item = &'f Finding>,
) -> Result<Fixture, EditError> {
    let plan = report::plan(findings);
    let mut fixed = fixture.clone();
    for file in &mut fixed.files {
        if let Some(edits) = plan.edits.get(&*file.path) {
            file.text = edits.apply(&file.text)?;
        }
    }
    for (path, edits) in &plan.edits {
        if fixed.files.iter().all(|file| &*file.path != *path) {
            fixed.files.push(SourceText {
                path: (*path).to_owned(),
                text: edits.apply("")?,
            });
        }
    }
    Ok(fixed)
}

/// Where the byte at `offset` is after `edits`, which are sorted and disjoint. An insertion at `offset` pushes it.
pub(crate) fn map_offset(edits: &[Edit], offset: u32) -> u32 {
    let before = edits.iter().filter(|edit| edit.range.1 <= offset);
    let shift: i64 = before
        .map(|edit| edit.text.len() as i64 - i64::from(edit.range.1 - edit.range.0))
        .sum();
    (i64::from(offset) + shift) as u32
}

/// What a unified diff of one file makes of `before`. The reason when it does not apply.
pub(crate) fn apply_diff(before: &str, diff: &str) -> Result<String, String> {
    let source: Vec<&str> = before.split_inclusive('\n').collect();
    let mut out = String::new();
    let mut at = 0;
    let mut previous = ' ';
    // The first lines name the file.
    let lines = diff.split_inclusive('\n');
    for line in lines.skip_while(|line| !line.starts_with("@@ -")) {
        if let Some(header) = line.strip_prefix("@@ -") {
            let end = header.find([',', ' ']).unwrap_or(0);
            let start: usize = header[..end]
                .parse()
                .map_err(|_| format!("no line number in {line:?}"))?;
            // A hunk that takes nothing away from an empty file begins at line 0.
            let start = start.saturating_sub(1);
            out.extend(source.get(at..start).ok_or("hunks out of order")?.iter().copied());
            at = start;
            continue;
        }
        let mut characters = line.chars();
        let mark = characters.next().unwrap_or(' ');
        match mark {
            '\\' if previous == '-' => {}
            '\\' => out.truncate(out.strip_suffix('\n').unwrap_or(&out).len()),
            '+' => out.push_str(characters.as_str()),
            ' ' | '-' => {
                let have = source.get(at).copied().unwrap_or_default();
                if have.trim_end_matches('\n') != characters.as_str().trim_end_matches('\n') {
                    return Err(format!("line {} is {have:?}, the diff has {line:?}", at + 1));
                }
                if mark == ' ' {
                    out.push_str(characters.as_str());
                }
                at += 1;
            }
            _ => return Err(format!("not a line of a diff: {line:?}")),
        }
        previous = mark;
    }
    out.extend(source.get(at..).unwrap_or_default().iter().copied());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diffs_apply() {
        for (before, after) in [
            ("a\nb\nc\n", "a\nx\nc\n"),
            ("a\n", "a"),
            ("a", "a\nb"),
            ("", "new\n"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nten\n"),
        ] {
            let diff = report::patch([report::Change {
                path: "x.py",
                before: Some(before),
                after,
            }]);
            assert_eq!(apply_diff(before, &diff).as_deref(), Ok(after), "{diff}");
        }
        assert!(
            apply_diff(
                "b\n",
                &report::patch([report::Change {
                    path: "x.py",
                    before: Some("a\n"),
                    after: "c\n"
                }])
            )
            .is_err()
        );
    }

    #[test]
    fn offsets_move() {
        let edits = [
            Edit::replace(TextRange::new(2.into(), 4.into()), "abc"),
            Edit::insert(6.into(), "x"),
        ];
        assert_eq!([1, 4, 5, 6].map(|offset| map_offset(&edits, offset)), [1, 5, 6, 8]);
    }
}
