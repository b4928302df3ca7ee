//! What a fixture says about its own lines.

/// One expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotation {
    pub(crate) kind: Kind,
    /// The line it speaks of, from 0.
    pub(crate) line: usize,
    /// Set by a line of carets.
    pub(crate) columns: Option<Columns>,
    pub(crate) rule: String,
    /// Words in parentheses: severity, confidence, fix.
    pub(crate) conditions: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Finding,
    TodoFinding,
    TodoOk,
}

/// Characters of a line, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The span goes on over later lines.
    pub(crate) open: bool,
}

const MARKERS: [(&str, Kind); 3] = [
    ("# finding:", Kind::Finding),
    ("# todo-finding:", Kind::TodoFinding),
    ("# todo-ok:", Kind::TodoOk),
];

/// The annotations of a text, in order of lines.
pub(crate) fn annotations(text: &str) -> Vec<Annotation> {
    let mut out: Vec<Annotation> = Vec::new();
    let mut code_line = 0;
    for (number, line) in text.lines().enumerate() {
        if let Some((columns, kind, list)) = caret_line(line) {
            for (rule, conditions) in announcements(list) {
                let refined = out.iter_mut().find(|earlier| {
                    earlier.line == code_line
                        && earlier.kind == kind
                        && earlier.rule == rule
                        && earlier.columns.is_none()
                });
                match refined {
                    Some(earlier) => {
                        earlier.columns = Some(columns);
                        earlier.conditions.extend(conditions);
                    }
                    None => out.push(Annotation {
                        kind,
                        line: code_line,
                        columns: Some(columns),
                        rule,
                        conditions,
                    }),
                }
            }
            continue;
        }
        code_line = number;
        if let Some((kind, _, list)) = line_annotation(line) {
            out.extend(announcements(list).into_iter().map(|(rule, conditions)| Annotation {
                kind,
                line: number,
                columns: None,
                rule,
                conditions,
            }));
        }
    }
    out
}

/// The text as it would be without its annotations: to compare what a fix makes of it.
pub fn without_annotations(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if caret_line(line).is_some() {
            continue;
        }
        match line_annotation(line).map(|(_, at, _)| at).or_else(|| ok_mark(line)) {
            Some(at) => {
                out.push_str(line[..at].trim_end());
                out.push_str(&line[line.trim_end_matches(['\r', '\n']).len()..]);
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Where the ` # ok` of a line begins.
pub(crate) fn ok_mark(line: &str) -> Option<usize> {
    let at = line.rfind("# ok")?;
    let rest = line[at + "# ok".len()..].trim_end();
    (rest.is_empty() || rest.starts_with(':')).then_some(at)
}

/// Kind, place and list of a `# finding: …`.
fn line_annotation(line: &str) -> Option<(Kind, usize, &str)> {
    MARKERS.iter().find_map(|&(marker, kind)| {
        let at = line.rfind(marker)?;
        Some((kind, at, &line[at + marker.len()..]))
    })
}

fn caret_line(line: &str) -> Option<(Columns, Kind, &str)> {
    let indent = line.len() - line.trim_start().len();
    let rest = line[indent..].strip_prefix('#')?;
    let from_first = rest.starts_with('<');
    let rest = rest.strip_prefix('<').unwrap_or(rest);
    let carets = rest.trim_start_matches(' ');
    let after = carets.trim_start_matches('^');
    let count = carets.len() - after.len();
    if count == 0 {
        return None;
    }
    // All characters up to here are one byte wide and one column.
    let end = line.len() - after.len();
    let list = after.strip_prefix("...");
    let columns = Columns {
        start: if from_first { indent } else { end - count },
        end,
        open: list.is_some(),
    };
    let list = list.unwrap_or(after).strip_prefix(' ')?;
    for (marker, kind) in MARKERS {
        if let Some(list) = list.strip_prefix(&marker["# ".len()..]) {
            return Some((columns, kind, list));
        }
    }
    Some((columns, Kind::Finding, list))
}

/// `rule, other (warning, low)` as names with their conditions.
fn announcements(list: &str) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let rule = rest[..end].trim().to_owned();
        rest = &rest[end..];
        let mut conditions = Vec::new();
        if let Some(inside) = rest.strip_prefix('(') {
            let (words, after) = inside.split_once(')').unwrap_or((inside, ""));
            conditions = words.split(',').map(|word| word.trim().to_owned()).collect();
            rest = after;
        }
        out.push((rule, conditions));
        rest = rest.trim_start().trim_start_matches(',').trim_start();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = annotations(text).into_iter().map(|a| {
            let columns = a
                .columns
                .map(|c| format!(" {}..{}{}", c.start, c.end, if c.open { "+" } else { "" }));
            format!(
                "{} {:?}{} {} {:?}",
                a.line,
                a.kind,
                columns.unwrap_or_default(),
                a.rule,
                a.conditions
            )
        });
        shown.collect()
    }

    #[test]
    fn lists_and_conditions() {
        assert_eq!(
            shown("x\ny  # noqa  # finding: a-b (warning, low), c\nz  # todo-ok: d\nz  # todo-finding: e  # ok\n"),
            [
                "1 Finding a-b [\"warning\", \"low\"]",
                "1 Finding c []",
                "2 TodoOk d []",
                "3 TodoFinding e  # ok []"
            ]
        );
    }

    #[test]
    fn carets_refine_or_announce() {
        assert_eq!(
            shown("f(ab)  # finding: a\n# ^^ a\n#<^ b (low)\n#  ^... todo-ok: c\n    g\n    #<^ a\n"),
            [
                "0 Finding 2..4 a []",
                "0 Finding 0..3 b [\"low\"]",
                "0 TodoOk 3..4+ c []",
                "4 Finding 4..7 a []"
            ]
        );
    }

    #[test]
    fn ordinary_comments_say_nothing() {
        assert_eq!(shown("# x ^^ y\n# ok\n#^\n# a finding\n"), [""; 0]);
    }

    #[test]
    fn annotations_are_taken_away() {
        let text = "f(a)  # finding: a\r\n# ^ a\r\ng()  # ok\nh()  # okay\n";
        assert_eq!(without_annotations(text), "f(a)\r\ng()\nh()  # okay\n");
    }
}
