//! Byte offsets to lines and UTF-16 columns, and back.

use text_size::{TextRange, TextSize};

/// A place as editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, counted from 0.
    pub line: u32,
    /// UTF-16 code units from the start of the line, counted from 0.
    pub column: u32,
}

/// Where the lines of one text start, and where its characters are wider than one byte.
///
/// `\n`, `\r\n` and a lone `\r` each end a line, as in Python and in browser editors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Byte offset of the first character of each line. Never empty.
    starts: Vec<u32>,
    /// Characters of more than one byte, by byte offset, in order.
    wide: Vec<WideChar>,
    len: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WideChar {
    start: u32,
    /// Bytes more than UTF-16 units, over the wide characters up to and with this one.
    excess: u32,
}

impl LineIndex {
    /// Reads `text` once. Texts over 4 GiB are not supported; callers refuse them before.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut wide = Vec::new();
        let mut excess = 0;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            match byte {
                b'\n' => starts.push(at as u32 + 1),
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at as u32 + 1),
                _ => {}
            }
            let width = utf8_width(byte);
            if width > 1 {
                excess += width as u32 - if width == 4 { 2 } else { 1 };
                wide.push(WideChar {
                    start: at as u32,
                    excess,
                });
            }
            at += width;
        }
        LineIndex {
            starts,
            wide,
            len: bytes.len() as u32,
        }
    }

    /// Number of lines; a text that ends in a line break has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line and column of a byte offset. Offsets past the end give the end.
    pub fn line_column(&self, offset: TextSize) -> LineColumn {
        let offset = u32::from(offset).min(self.len);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let start = self.starts[line];
        LineColumn {
            line: line as u32,
            column: offset - start - (self.excess_before(offset) - self.excess_before(start)),
        }
    }

    /// Bytes more than UTF-16 units before an offset.
    fn excess_before(&self, offset: u32) -> u32 {
        match self.wide.partition_point(|c| c.start < offset) {
            0 => 0,
            count => self.wide[count - 1].excess,
        }
    }

    /// The byte offset of a line and column; `None` when the line does not exist. A column past the end of
    /// its line gives the end of the text at most.
    pub fn offset(&self, place: LineColumn) -> Option<TextSize> {
        let start = *self.starts.get(place.line as usize)?;
        let before = self.excess_before(start);
        // The last wide character of the line that starts left of the column.
        let first = self.wide.partition_point(|c| c.start < start);
        let mut excess = 0;
        let is_left = |index: usize| {
            let known = if index == first {
                before
            } else {
                self.wide[index - 1].excess
            };
            self.wide[index].start - start - (known - before) < place.column
        };
        let (mut low, mut high) = (first, self.wide.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if is_left(middle) {
                excess = self.wide[middle].excess - before;
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(TextSize::new((start + place.column + excess).min(self.len)))
    }

    /// Bytes of a line (from 0), its line break included.
    pub fn line_range(&self, line: u32) -> Option<TextRange> {
        let start = *self.starts.get(line as usize)?;
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(self.len);
        Some(TextRange::new(start.into(), end.into()))
    }
}

/// Length in bytes of the character that starts with `first`.
fn utf8_width(first: u8) -> usize {
    match first {
        0..=0xDF if first < 0xC0 => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: u32) -> (u32, u32) {
        let at = LineIndex::new(text).line_column(offset.into());
        (at.line, at.column)
    }

    #[test]
    fn ascii() {
        assert_eq!(place("ab\ncd", 0), (0, 0));
        assert_eq!(place("ab\ncd", 2), (0, 2));
        assert_eq!(place("ab\ncd", 3), (1, 0));
        assert_eq!(place("ab\ncd", 99), (1, 2));
    }

    #[test]
    fn every_kind_of_line_break() {
        assert_eq!(place("a\r\nb", 3), (1, 0));
        assert_eq!(place("a\rb", 2), (1, 0));
        assert_eq!(LineIndex::new("a\r\n\r\n").line_count(), 3);
    }

    #[test]
    fn wide_characters_count_in_utf16() {
        // é is 2 bytes and 1 unit, 名 is 3 and 1, 🔒 is 4 and 2.
        let text = "é名🔒x";
        assert_eq!(place(text, 2), (0, 1));
        assert_eq!(place(text, 5), (0, 2));
        assert_eq!(place(text, 9), (0, 4));
    }

    #[test]
    fn there_and_back() {
        let text = "\u{feff}x = 'é名🔒'\r\ny = 1\n\rz";
        let index = LineIndex::new(text);
        for (offset, _) in text.char_indices() {
            let offset = TextSize::new(offset as u32);
            assert_eq!(index.offset(index.line_column(offset)), Some(offset));
        }
    }
}
