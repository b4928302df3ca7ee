//! Places in the files of a project.

use text_size::TextRange;

/// One file of a project. Numbers are handed out by the project and mean nothing outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    pub file: FileId,
    pub range: TextRange,
}

impl Span {
    pub fn new(file: FileId, range: TextRange) -> Span {
        Span { file, range }
    }

    /// A number in the order of spans: by file, then start, then end. It has 96 bits.
    pub fn number(self) -> u128 {
        let (start, end) = (u32::from(self.range.start()), u32::from(self.range.end()));
        u128::from(self.file.0) << 64 | u128::from(start) << 32 | u128::from(end)
    }
}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Span) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By file, then start, then end.
impl Ord for Span {
    fn cmp(&self, other: &Span) -> std::cmp::Ordering {
        self.number().cmp(&other.number())
    }
}
