//! Arguments of a call, items of a list or dictionary: adding one, taking one away.

use text::{FileId, Span, TextRange, TextSize};

use super::style::{indent_of, line_start, next_line};
use crate::fix::Replacement;

/// Adds `item` behind the last of `items`, or into the empty brackets that open just before `open`. An item on a
/// line of its own is followed by one on a line of its own.
///
/// ```python
/// jwt.decode(token, key)                        # + algorithms=["HS256"]
/// jwt.decode(token, key, algorithms=["HS256"])
/// ```
pub(crate) fn append(file: FileId, text: &str, items: &[TextRange], open: TextSize, item: &str) -> Replacement {
    let Some(last) = items.last() else {
        return insertion(file, open, item.to_owned());
    };
    let line = line_start(text, last.start().into());
    let indent = indent_of(&text[line..]);
    let begins_line = line + indent.len() == usize::from(last.start());
    let gap = if begins_line {
        format!(",\n{indent}")
    } else {
        ", ".to_owned()
    };
    insertion(file, last.end(), gap + item)
}

/// Takes away the item at `index` of `items`, with its comma; with its line when it is alone on it.
pub(crate) fn remove(file: FileId, text: &str, items: &[TextRange], index: usize) -> Replacement {
    Replacement {
        span: Span::new(file, removed(text, items, index)),
        text: String::new(),
    }
}

fn removed(text: &str, items: &[TextRange], index: usize) -> TextRange {
    let item = items[index];
    let (start, end) = (usize::from(item.start()), usize::from(item.end()));
    let comma = end_with_comma(text, end);
    let line = line_start(text, start);
    let after = text[comma..].trim_start_matches([' ', '\t']);
    let ends_line = after.is_empty() || after.starts_with(['\n', '\r']);
    if text[line..start].trim().is_empty()
        && ends_line
        && let Some(next) = next_line(text, comma)
    {
        return range(line, next);
    }
    match (items.get(index + 1), index.checked_sub(1)) {
        (Some(next), _) => range(start, next.start().into()),
        (None, Some(previous)) => range(items[previous].end().into(), end),
        (None, None) => range(start, comma),
    }
}

/// Behind the comma that follows `end`, if one does before anything else.
fn end_with_comma(text: &str, end: usize) -> usize {
    let rest = text[end..].trim_start();
    match rest.strip_prefix(',') {
        Some(rest) => text.len() - rest.len(),
        None => end,
    }
}

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new((start as u32).into(), (end as u32).into())
}

fn insertion(file: FileId, at: TextSize, text: String) -> Replacement {
    Replacement {
        span: Span::new(file, TextRange::empty(at)),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    /// Items are the lower-case letters of the text.
    fn items(text: &str) -> Vec<TextRange> {
        let letters = text
            .char_indices()
            .filter(|(_, character)| character.is_ascii_lowercase());
        letters.map(|(at, _)| range(at, at + 1)).collect()
    }

    fn applied(text: &str, replacement: &Replacement) -> String {
        let mut out = text.to_owned();
        let range = replacement.span.range;
        out.replace_range(usize::from(range.start())..range.end().into(), &replacement.text);
        out
    }

    #[track_caller]
    fn appends(before: &str, after: &str) {
        let open = before.find('(').expect("brackets") as u32 + 1;
        let replacement = append(FILE, before, &items(before), open.into(), "x");
        assert_eq!(applied(before, &replacement), after);
    }

    #[track_caller]
    fn removes(before: &str, index: usize, after: &str) {
        let replacement = remove(FILE, before, &items(before), index);
        assert_eq!(applied(before, &replacement), after);
    }

    #[test]
    fn appended() {
        appends("F()", "F(x)");
        appends("F(a)", "F(a, x)");
        appends("F(a,)", "F(a, x,)");
        appends("F(\n  a,\n  b,\n)", "F(\n  a,\n  b,\n  x,\n)");
        appends("F(a,\n  b)", "F(a,\n  b,\n  x)");
    }

    #[test]
    fn removed_with_comma() {
        removes("F(a)", 0, "F()");
        removes("F(a,)", 0, "F()");
        removes("F(a, b)", 0, "F(b)");
        removes("F(a, b)", 1, "F(a)");
        removes("F(a, b,)", 1, "F(a,)");
    }

    #[test]
    fn removed_with_line() {
        removes("F(\n  a,  # A\n  b,\n)", 1, "F(\n  a,  # A\n)");
        removes("F(\n  a,\n  b\n)", 1, "F(\n  a,\n)");
        removes("F(\n  a,\n  b\n)", 0, "F(\n  b\n)");
    }
}
