//! Unified diffs that `git apply` takes as they are.
//!
//! The format is git's own rather than that of plain `diff`, for three reasons: names may hold spaces, quotes and
//! line breaks; only `\n` ends a line for git, so that a lone `\r` (which Python and editors count as a line
//! break) must stay inside its line; and a last line without a line break is said to have none.

use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag};

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// One file in two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// As in [`crate::FileReport::path`].
    pub path: &'a str,
    /// `None`: there is no such file yet.
    pub before: Option<&'a str>,
    pub after: &'a str,
}

/// The changes as one patch, in the order given. A file that stays the same leaves no trace.
///
/// Fixes of one file must be put together first (see [`crate::plan`]): diffs that were each made from the
/// unchanged file do not apply one after the other.
pub fn patch<'a>(changes: impl IntoIterator<Item = Change<'a>>) -> String {
    let mut out = String::new();
    for change in changes.into_iter().filter(|change| change.before != Some(change.after)) {
        let (mut old, new) = (quoted("a/", change.path), quoted("b/", change.path));
        writeln!(out, "diff --git {old} {new}").expect("a string takes everything");
        if change.before.is_none() {
            out.push_str("new file mode 100644\n");
            "/dev/null".clone_into(&mut old);
        }
        // As git does, so that a name with a space is not cut at the space.
        let end = if change.path.contains(' ') { "\t" } else { "" };
        let old_end = if change.before.is_some() { end } else { "" };
        writeln!(out, "--- {old}{old_end}\n+++ {new}{end}").expect("a string takes everything");
        hunks(&mut out, change.before.unwrap_or_default(), change.after);
    }
    out
}

fn hunks(out: &mut String, before: &str, after: &str) {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let operations = similar::capture_diff_slices(Algorithm::Myers, &old, &new);
    for group in similar::group_diff_ops(operations, CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let old_lines = (first.old_range().start, last.old_range().end);
        let new_lines = (first.new_range().start, last.new_range().end);
        writeln!(out, "@@ -{} +{} @@", lines(old_lines), lines(new_lines)).expect("a string takes everything");
        for operation in &group {
            for change in operation.iter_changes(&old, &new) {
                let sign = match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                };
                out.push(sign);
                out.push_str(change.value());
                if !change.value().ends_with('\n') {
                    out.push_str("\n\\ No newline at end of file\n");
                }
            }
        }
    }
}

/// `first line,number of lines` as a hunk's header wants it: one line goes without its number, and no line is
/// said to stand after the line before it.
fn lines((start, end): (usize, usize)) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => (start + 1).to_string(),
        count => format!("{},{count}", start + 1),
    }
}

/// A name in git's notation: in quotes with escapes where it holds a quote, a backslash or a control character.
fn quoted(prefix: &str, path: &str) -> String {
    if !path.chars().any(|c| c.is_ascii_control() || c == '"' || c == '\\') {
        return format!("{prefix}{path}");
    }
    let mut out = format!("\"{prefix}");
    for c in path.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_control() => write!(out, "\\{:03o}", u32::from(c)).expect("a string takes everything"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn one(path: &str, before: &str, after: &str) -> String {
        let before = Some(before);
        patch([Change { path, before, after }])
    }

    #[test]
    fn what_stays_the_same_leaves_no_trace() {
        assert_eq!(one("a.py", "x\n", "x\n"), "");
    }

    #[test]
    fn change_with_context() {
        expect![[r#"
            diff --git a/app/main.py b/app/main.py
            --- a/app/main.py
            +++ b/app/main.py
            @@ -2,7 +2,7 @@
             2
             3
             4
            -5
            +five
             6
             7
             8
        "#]]
        .assert_eq(&one(
            "app/main.py",
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
        ));
    }

    #[test]
    fn empty_files_and_missing_line_breaks() {
        expect![[r#"
            diff --git a/a.py b/a.py
            --- a/a.py
            +++ b/a.py
            @@ -0,0 +1 @@
            +x
            \ No newline at end of file
        "#]]
        .assert_eq(&one("a.py", "", "x"));
        expect![[r#"
            diff --git a/a.py b/a.py
            --- a/a.py
            +++ b/a.py
            @@ -1 +1 @@
            -x
            \ No newline at end of file
            +x
        "#]]
        .assert_eq(&one("a.py", "x", "x\n"));
    }

    #[test]
    fn a_file_that_is_made() {
        expect![[r#"
            diff --git a/app/auth.py b/app/auth.py
            new file mode 100644
            --- /dev/null
            +++ b/app/auth.py
            @@ -0,0 +1,2 @@
            +x
            +y
        "#]]
        .assert_eq(&patch([Change {
            path: "app/auth.py",
            before: None,
            after: "x\ny\n",
        }]));
    }

    #[test]
    fn a_lone_carriage_return_stays_in_its_line() {
        assert_eq!(
            one("a.py", "a\rb\r\n", "a\rc\r\n"),
            "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\rb\r\n+a\rc\r\n"
        );
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        assert_eq!(quoted("a/", "x y.py"), "a/x y.py");
        assert_eq!(quoted("a/", "名.py"), "a/名.py");
        assert_eq!(quoted("b/", "a\n\"\\\u{1}.py"), r#""b/a\n\"\\\001.py""#);
    }
}
