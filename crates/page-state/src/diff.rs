//! A unified diff as lines to draw.

/// One line of a diff as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine<'a> {
    pub kind: DiffLineKind,
    /// Number in the old file, from 1.
    pub old: Option<u32>,
    /// Number in the new file, from 1.
    pub new: Option<u32>,
    pub text: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffLineKind {
    Same,
    Removed,
    Added,
    /// Lines are left out here.
    Gap,
}

/// Reads a unified diff of one file. The names of the file and marks of missing line breaks are left out.
pub fn diff_lines(diff: &str) -> Vec<DiffLine<'_>> {
    let mut lines = Vec::new();
    let mut numbers: Option<(u32, u32)> = None;
    for line in diff.split_terminator('\n') {
        if let Some(next) = hunk_start(line) {
            if numbers.is_some() {
                lines.push(DiffLine {
                    kind: DiffLineKind::Gap,
                    old: None,
                    new: None,
                    text: "",
                });
            }
            numbers = Some(next);
            continue;
        }
        // What stands before the first hunk names the file.
        let Some((old, new)) = &mut numbers else {
            continue;
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (kind, text) = match line.split_at_checked(1) {
            Some(("-", text)) => (DiffLineKind::Removed, text),
            Some(("+", text)) => (DiffLineKind::Added, text),
            Some((" ", text)) => (DiffLineKind::Same, text),
            Some(_) => continue,
            None => (DiffLineKind::Same, ""),
        };
        let take = |number: &mut u32, is_there: bool| {
            is_there.then(|| {
                *number += 1;
                *number - 1
            })
        };
        lines.push(DiffLine {
            kind,
            old: take(old, kind != DiffLineKind::Added),
            new: take(new, kind != DiffLineKind::Removed),
            text,
        });
    }
    lines
}

/// The lines as two columns: what was removed stands beside what was added in its place.
pub fn side_by_side<'l, 'a>(lines: &'l [DiffLine<'a>]) -> Vec<(Option<&'l DiffLine<'a>>, Option<&'l DiffLine<'a>>)> {
    let is_kept = |line: &DiffLine<'_>| matches!(line.kind, DiffLineKind::Same | DiffLineKind::Gap);
    let mut pairs = Vec::new();
    for run in lines.chunk_by(|a, b| is_kept(a) == is_kept(b)) {
        if run.first().is_some_and(is_kept) {
            pairs.extend(run.iter().map(|line| (Some(line), Some(line))));
            continue;
        }
        let mut old = run.iter().filter(|line| line.kind == DiffLineKind::Removed);
        let mut new = run.iter().filter(|line| line.kind == DiffLineKind::Added);
        loop {
            match (old.next(), new.next()) {
                (None, None) => break,
                pair => pairs.push(pair),
            }
        }
    }
    pairs
}

/// The first old and new line of `@@ -12,7 +12,8 @@`.
fn hunk_start(line: &str) -> Option<(u32, u32)> {
    let mut words = line.strip_prefix("@@ ")?.split(' ');
    let mut number = |sign| words.next()?.strip_prefix(sign)?.split(',').next()?.parse().ok();
    Some((number('-')?, number('+')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(diff: &str) -> Vec<String> {
        let number = |number: Option<u32>| number.map_or("·".to_owned(), |number| number.to_string());
        diff_lines(diff)
            .into_iter()
            .map(|line| {
                format!(
                    "{} {} {:?} {}",
                    number(line.old),
                    number(line.new),
                    line.kind,
                    line.text
                )
            })
            .collect()
    }

    #[test]
    fn lines_are_numbered_on_both_sides() {
        let diff = "--- a/main.py\n+++ b/main.py\n@@ -3,3 +3,4 @@\n same\n-old\n+new\n+more\n\n";
        assert_eq!(
            draw(diff),
            [
                "3 3 Same same",
                "4 · Removed old",
                "· 4 Added new",
                "· 5 Added more",
                "5 6 Same "
            ]
        );
    }

    #[test]
    fn hunks_are_parted_and_marks_left_out() {
        let diff = "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n@@ -9,1 +9,1 @@\n--- not a header\n";
        assert_eq!(
            draw(diff),
            [
                "1 · Removed a",
                "· 1 Added b",
                "· · Gap ",
                "9 · Removed -- not a header"
            ]
        );
    }

    #[test]
    fn removed_lines_stand_beside_added_ones() {
        let lines = diff_lines("@@ -1,4 +1,4 @@\n same\n-one\n-two\n+uno\n end\n+more\n");
        let text = |line: Option<&DiffLine<'_>>| line.map_or("·".to_owned(), |line| line.text.to_owned());
        let pairs = side_by_side(&lines).into_iter();
        let drawn: Vec<String> = pairs.map(|(old, new)| [text(old), text(new)].join(" | ")).collect();
        assert_eq!(drawn, ["same | same", "one | uno", "two | ·", "end | end", "· | more"]);
    }

    #[test]
    fn windows_line_breaks_are_not_shown() {
        assert_eq!(draw("@@ -1 +1 @@\r\n-a\r\n+b\r\n"), ["1 · Removed a", "· 1 Added b"]);
    }
}
