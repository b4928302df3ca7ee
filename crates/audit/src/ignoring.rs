//! Writes the comments that [`crate::ignore`] reads.
//!
//! Where a comment can stand is not worked out but tried: a line may end inside a string, or with a backslash. Of the
//! places that come into question the first counts where the comment, once it is written, is read as being about the
//! finding, and where the file has no more mistakes in its syntax than before.

use facts::Facts;
use semantic::Project;
use text::{Edit, FileId, Span, TextSize};

use crate::ignore::{self, IgnoreComment};

/// Lines stay as short as black's where the comment can stand above instead.
const LONGEST: usize = 88;

/// `None` where no comment can stand, or without a reason.
pub(crate) fn edit(facts: &Facts<'_>, finding: Span, rule: &str, reason: &str) -> Option<Edit> {
    let reason = plain(reason);
    if reason.is_empty() {
        return None;
    }
    let file = finding.file;
    let text = facts.text(file);
    let lines = facts.line_index(file);
    let first = lines.line_column(finding.range.start()).line;
    let last = lines.line_column(finding.range.end()).line;
    let known = ignore::comments(facts)
        .into_iter()
        .filter(|known| known.span.file == file);
    let grown = known
        .filter(|known| known.line == first || known.line == last)
        .map(|known| grown(&known, rule, &reason));

    let comment = format!("# claimcheck: ignore[{rule}] {reason}");
    let behind = |line: u32| {
        let line = lines.line_range(line)?;
        let code = text.get(usize::from(line.start())..usize::from(line.end()))?.trim_end();
        let end = line.start() + TextSize::try_from(code.len()).ok()?;
        Some((code, Edit::insert(end, format!("  {comment}"))))
    };
    let above = || {
        let line = lines.line_range(first)?;
        let code = text.get(usize::from(line.start())..usize::from(line.end()))?;
        let mark = if code.starts_with('\u{feff}') { 3 } else { 0 };
        let code = &code[mark..];
        let indent = &code[..code.len() - code.trim_start_matches([' ', '\t']).len()];
        let start = line.start() + TextSize::try_from(mark).ok()?;
        Some(Edit::insert(start, format!("{indent}{comment}\n")))
    };
    let fits = |code: &str| code.chars().count() + 2 + comment.chars().count() <= LONGEST;
    let mut candidates: Vec<Edit> = grown.collect();
    candidates.extend(behind(first).filter(|(code, _)| fits(code)).map(|(_, edit)| edit));
    candidates.extend(above());
    candidates.extend([first, last].into_iter().filter_map(behind).map(|(_, edit)| edit));
    let mistakes = facts.syntax_errors(file).len();
    candidates
        .into_iter()
        .find(|edit| holds(facts, file, edit, (first, last), rule, mistakes))
}

/// One line, without what would end the reason: another comment begins with ` #`.
fn plain(reason: &str) -> String {
    let words: Vec<&str> = reason
        .split(|c: char| c.is_whitespace() || c.is_control())
        .map(|word| word.trim_start_matches('#'))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A comment that ignores other rules there, with this one among them.
fn grown(known: &IgnoreComment, rule: &str, reason: &str) -> Edit {
    let mut names: Vec<&str> = known.rules.iter().map(|known| known.name.as_str()).collect();
    names.push(rule);
    let names = names.join(", ");
    let reasons = match known.reason.as_str() {
        "" => reason.to_owned(),
        said if said == reason => reason.to_owned(),
        said => format!("{said}; {reason}"),
    };
    Edit::replace(known.span.range, format!("# claimcheck: ignore[{names}] {reasons}"))
}

/// Whether the file with the edit has a comment that ignores the rule at one of the finding's lines.
fn holds(facts: &Facts<'_>, file: FileId, edit: &Edit, found: (u32, u32), rule: &str, mistakes: usize) -> bool {
    let Ok(edits) = text::TextEdit::new(vec![edit.clone()]) else {
        return false;
    };
    let Ok(after) = edits.apply(facts.text(file)) else {
        return false;
    };
    // Lines below one that is new move down.
    let moved = u32::from(edit.text.ends_with('\n'));
    let mut project = Project::new();
    project.set_file(facts.path(file), after);
    let facts = Facts::new(&project);
    let mut comments = ignore::comments(&facts).into_iter();
    let is_read = comments.any(|comment| {
        let is_there = comment.line == found.0 + moved || comment.line == found.1 + moved;
        is_there && comment.rules.iter().any(|known| known.name == rule)
    });
    let mistakes_after: usize = facts.files().map(|file| facts.syntax_errors(file).len()).sum();
    is_read && mistakes_after <= mistakes
}

#[cfg(test)]
mod tests {
    use text::TextRange;

    use super::*;

    /// The text with the finding between `«` and `»` under a comment.
    fn ignored(text: &str, reason: &str) -> Option<String> {
        let start = text.find('«')?;
        let end = text.find('»')? - '«'.len_utf8();
        let text = text.replace(['«', '»'], "");
        let mut project = Project::new();
        project.set_file("main.py", text.as_str());
        let facts = Facts::new(&project);
        let file = facts.files().next()?;
        let range = TextRange::new((start as u32).into(), (end as u32).into());
        let edit = edit(&facts, Span::new(file, range), "a-rule", reason)?;
        let edits = text::TextEdit::new(vec![edit]).ok()?;
        edits.apply(&text).ok()
    }

    #[track_caller]
    fn check(before: &str, after: &str) {
        assert_eq!(ignored(before, "seen to").as_deref(), Some(after));
    }

    #[test]
    fn behind_a_short_line_and_above_a_long_one() {
        check("x = «f()»\n", "x = f()  # claimcheck: ignore[a-rule] seen to\n");
        check("x = «f()»", "x = f()  # claimcheck: ignore[a-rule] seen to");
        let long = "f(".to_owned() + &"a, ".repeat(30) + ")";
        check(
            &format!("if y:\n    «{long}»\n"),
            &format!("if y:\n    # claimcheck: ignore[a-rule] seen to\n    {long}\n"),
        );
    }

    #[test]
    fn behind_other_comments() {
        check(
            "x = «f()»  # noqa\n",
            "x = f()  # noqa  # claimcheck: ignore[a-rule] seen to\n",
        );
    }

    #[test]
    fn a_comment_that_is_there_grows() {
        check(
            "x = «f()»  # claimcheck: ignore[b] known\n",
            "x = f()  # claimcheck: ignore[b, a-rule] known; seen to\n",
        );
        check(
            "# claimcheck: ignore[b, c]\nx = «f()»\n",
            "# claimcheck: ignore[b, c, a-rule] seen to\nx = f()\n",
        );
        check(
            "x = «f()»  # claimcheck: ignore  # noqa\n",
            "x = f()  # claimcheck: ignore[a-rule] seen to  # noqa\n",
        );
        check(
            "x = «f()»  # claimcheck: ignore[] known\n",
            "x = f()  # claimcheck: ignore[a-rule] known; seen to\n",
        );
    }

    #[test]
    fn never_inside_a_string_or_behind_a_backslash() {
        check(
            "q = f(«\"\"\"select\nfrom x\"\"\"»)\n",
            "# claimcheck: ignore[a-rule] seen to\nq = f(\"\"\"select\nfrom x\"\"\")\n",
        );
        check(
            "x = \\\n    1 + \\\n    «f()»\n",
            "x = \\\n    1 + \\\n    f()  # claimcheck: ignore[a-rule] seen to\n",
        );
        assert_eq!(ignored("q = \"\"\"\n  «a\n  b»\n  c\"\"\"\n", "seen to"), None);
    }

    #[test]
    fn line_breaks_and_marks_of_the_file() {
        check(
            "\u{feff}x = «f()»\r\n",
            "\u{feff}x = f()  # claimcheck: ignore[a-rule] seen to\r\n",
        );
    }

    #[test]
    fn reasons_stay_on_their_line() {
        assert_eq!(
            ignored("x = «f()»", " see #12\n\t# noqa ").as_deref(),
            Some("x = f()  # claimcheck: ignore[a-rule] see 12 noqa")
        );
        assert_eq!(ignored("x = «f()»", " # \n"), None);
    }
}
