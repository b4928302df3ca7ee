//! Comments that take findings out of the report: `# claimcheck: ignore[rule, rule] reason`, on the first or last
//! line of what is found, or alone on the line before it.

use facts::Facts;
use rustc_hash::FxHashMap;
use text::{FileId, Span, TextRange, TextSize};

use crate::finding::Finding;

/// One comment, in a file that is no test.
#[derive(Debug, Clone)]
pub(crate) struct IgnoreComment {
    /// From its `#` to the end of its reason.
    pub(crate) span: Span,
    pub(crate) rules: Vec<IgnoredRule>,
    pub(crate) reason: String,
    /// The line it is about, from 0.
    pub(crate) line: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct IgnoredRule {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// How many findings it took out.
    pub(crate) count: u32,
}

/// A finding and the comment that takes it out.
#[derive(Debug, Clone)]
pub(crate) struct Ignored {
    pub(crate) finding: Finding,
    pub(crate) reason: String,
    pub(crate) comment: Span,
}

const WORD: &str = "claimcheck:";

/// Every such comment, in order of file and place.
pub(crate) fn comments(facts: &Facts<'_>) -> Vec<IgnoreComment> {
    let mut out = Vec::new();
    for file in facts.files() {
        let text = facts.text(file);
        if facts.is_test(file) || !text.contains(WORD) {
            continue;
        }
        let comments = facts.comments(file);
        for (index, comment) in comments.iter().enumerate() {
            if let Some(mut found) = parse(file, text, *comment) {
                found.line = line_meant(facts, file, &comments[index..]);
                out.push(found);
            }
        }
    }
    out
}

/// Parts the findings that stay from those that a comment takes out.
pub(crate) fn apply(
    facts: &Facts<'_>,
    comments: &mut [IgnoreComment],
    findings: Vec<Finding>,
) -> (Vec<Finding>, Vec<Ignored>) {
    if comments.is_empty() {
        return (findings, Vec::new());
    }
    let mut by_line: FxHashMap<(FileId, u32), Vec<usize>> = FxHashMap::default();
    for (index, comment) in comments.iter().enumerate() {
        by_line
            .entry((comment.span.file, comment.line))
            .or_default()
            .push(index);
    }
    let (mut kept, mut ignored) = (Vec::new(), Vec::new());
    for finding in findings {
        let Span { file, range } = finding.primary;
        let line = |offset: TextSize| facts.line_index(file).line_column(offset).line;
        let lines = [line(range.start()), line(range.end())];
        let candidates = lines.iter().filter_map(|line| by_line.get(&(file, *line))).flatten();
        let mut by = None;
        for &index in candidates {
            let comment = &mut comments[index];
            if let Some(rule) = comment.rules.iter_mut().find(|rule| rule.name == finding.rule.name) {
                rule.count += 1;
                by = Some((comment.reason.clone(), comment.span));
                break;
            }
        }
        match by {
            Some((reason, comment)) => ignored.push(Ignored {
                finding,
                reason,
                comment,
            }),
            None => kept.push(finding),
        }
    }
    (kept, ignored)
}

/// The line of a comment behind code; for one that stands alone, the first line below that is no comment.
fn line_meant(facts: &Facts<'_>, file: FileId, comments: &[TextRange]) -> u32 {
    let (text, lines) = (facts.text(file), facts.line_index(file));
    let mut line = 0;
    for (index, comment) in comments.iter().enumerate() {
        let here = lines.line_column(comment.start()).line;
        if index > 0 && here != line {
            break;
        }
        let start = lines.line_range(here).map_or(comment.start(), |range| range.start());
        let before = &text[usize::from(start)..usize::from(comment.start())];
        if !before.trim_start_matches('\u{feff}').trim().is_empty() {
            return here;
        }
        line = here + 1;
    }
    line
}

/// `None` for a comment about something else.
fn parse(file: FileId, text: &str, comment: TextRange) -> Option<IgnoreComment> {
    let start = usize::from(comment.start());
    let whole = &text[start..usize::from(comment.end())];
    let at = whole.find(WORD)?;
    let before = whole[..at].trim_end();
    let hash = before.strip_suffix('#')?.len();
    let rest = whole[at + WORD.len()..].trim_start();
    let rest = rest.strip_prefix("ignore")?;
    // Another comment may follow: `# noqa`.
    let end = rest.find(" #").map_or(rest.len(), |end| end);
    let rest_start = start + whole.len() - rest.len();
    let rest = rest[..end].trim_end();
    let span_of = |from: usize, to: usize| {
        let offset = |at: usize| TextSize::new(at as u32);
        Span::new(file, TextRange::new(offset(from), offset(to)))
    };
    let mut rules = Vec::new();
    let mut reason = rest;
    if rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-')) {
        // `ignored`: another word.
        return None;
    }
    if let Some((list, after)) = rest
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        reason = after;
        let list_start = rest_start + rest.len() - after.len() - 1 - list.len();
        let mut at = list_start;
        for item in list.split(',') {
            let name = item.trim();
            let name_at = at + item.len() - item.trim_start().len();
            if !name.is_empty() {
                rules.push(IgnoredRule {
                    name: name.to_owned(),
                    span: span_of(name_at, name_at + name.len()),
                    count: 0,
                });
            }
            at += item.len() + 1;
        }
    }
    let is_mark = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—');
    Some(IgnoreComment {
        span: span_of(start + hash, rest_start + rest.len()),
        rules,
        reason: reason.trim_start_matches(is_mark).trim_end().to_owned(),
        line: 0,
    })
}

#[cfg(test)]
mod tests {
    use semantic::Project;

    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mut project = Project::new();
        project.set_file("main.py", text);
        let facts = Facts::new(&project);
        let shown = comments(&facts).into_iter().map(|comment| {
            let names: Vec<&str> = comment.rules.iter().map(|rule| facts.snippet(rule.span)).collect();
            let span = facts.snippet(comment.span);
            format!(
                "{}: {} | {} | {span}",
                comment.line + 1,
                names.join("+"),
                comment.reason
            )
        });
        shown.collect()
    }

    #[test]
    fn forms() {
        let text = "\
x = 1  # claimcheck: ignore[a] because
# claimcheck: ignore[a, b-c]: two of them
# and more
y = 2
z = 3  # noqa  # claimcheck:ignore [ a ] — said so  # noqa
w = 4  # claimcheck: ignore
v = 5  # claimcheck: ignored
u = '# claimcheck: ignore[a] no comment'
# see claimcheck: ignore[a] in the manual
";
        let expected = [
            "1: a | because | # claimcheck: ignore[a] because",
            "4: a+b-c | two of them | # claimcheck: ignore[a, b-c]: two of them",
            "5: a | said so | # claimcheck:ignore [ a ] — said so",
            "6:  |  | # claimcheck: ignore",
        ];
        assert_eq!(shown(text), expected);
    }
}
