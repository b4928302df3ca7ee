//! How a file is written: quotes and indentation.

use text::TextSize;

/// `value` as a string literal with the quotes that the file uses more often, `"` when in doubt.
pub(crate) fn string_literal(text: &str, value: &str) -> String {
    // The beginning tells; a large file need not be read for every fix.
    let count = |quote: u8| text.bytes().take(20_000).filter(|&byte| byte == quote).count();
    let quote = if count(b'\'') > count(b'"') { '\'' } else { '"' };
    let mut out = String::from(quote);
    for character in value.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ if character == quote => out.extend(['\\', quote]),
            _ => out.push(character),
        }
    }
    out.push(quote);
    out
}

/// What one level of indentation is in this file: by the first block that is indented, four spaces without one.
pub(crate) fn indent_unit(text: &str) -> &str {
    let mut header: Option<&str> = None;
    for line in text.lines().take(1_000).filter(|line| !line.trim().is_empty()) {
        let indent = indent_of(line);
        if let Some(unit) = header
            .and_then(|header| indent.strip_prefix(header))
            .filter(|unit| !unit.is_empty())
        {
            return unit;
        }
        // A comment after the colon hides it; the next block tells.
        header = line.trim_end().ends_with(':').then_some(indent);
    }
    "    "
}

/// The indentation of the line that holds `offset`.
pub(crate) fn indent_at(text: &str, offset: TextSize) -> &str {
    indent_of(&text[line_start(text, offset.into())..])
}

pub(super) fn indent_of(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Where the line that holds `offset` begins. Behind the byte order mark, which is not part of a line.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    let start = text[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    start.max(mark).min(offset)
}

/// Where the line that holds `offset` ends, in front of its line break.
pub(crate) fn line_end(text: &str, offset: TextSize) -> TextSize {
    let rest = &text[usize::from(offset)..];
    offset + TextSize::new(rest.find(['\n', '\r']).unwrap_or(rest.len()) as u32)
}

/// Where the next line begins, or `None` when the line that holds `offset` is the last and has no line break.
pub(crate) fn next_line(text: &str, offset: usize) -> Option<usize> {
    let rest = &text[offset..];
    let at = rest.find(['\n', '\r'])?;
    let width = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
    Some(offset + at + width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_follow_the_file() {
        assert_eq!(string_literal("x = 1", "a\"b\\"), r#""a\"b\\""#);
        assert_eq!(string_literal("x = 'a'", "it's\n"), r"'it\'s\n'");
    }

    #[test]
    fn indentation() {
        assert_eq!(indent_unit("x = (\n  1)\nif x:\n\n\tpass\n"), "\t");
        assert_eq!(indent_unit("class A:\n  def f(self):\n    pass\n"), "  ");
        assert_eq!(indent_unit("x = 1\n"), "    ");
        assert_eq!(indent_at("if x:\r\n  y = 1", 11.into()), "  ");
    }

    #[test]
    fn lines() {
        assert_eq!(line_start("\u{feff}ab", 4), 3);
        assert_eq!(line_start("a\r\nb", 4), 3);
        assert_eq!(next_line("a\r\nb", 0), Some(3));
        assert_eq!(next_line("a\nb", 2), None);
    }
}
