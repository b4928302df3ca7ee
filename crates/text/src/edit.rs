//! Replacements in a text.

use std::collections::HashSet;
use std::fmt;

use text_size::TextRange;

use crate::sort::sort_by_number;

/// One replacement: the bytes of `range` become `text`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    pub range: (u32, u32),
    pub text: String,
}

impl Edit {
    pub fn replace(range: TextRange, text: impl Into<String>) -> Edit {
        Edit {
            range: (range.start().into(), range.end().into()),
            text: text.into(),
        }
    }

    pub fn insert(at: text_size::TextSize, text: impl Into<String>) -> Edit {
        Edit::replace(TextRange::empty(at), text)
    }

    pub fn delete(range: TextRange) -> Edit {
        Edit::replace(range, "")
    }

    pub fn range(&self) -> TextRange {
        TextRange::new(self.range.0.into(), self.range.1.into())
    }
}

/// Replacements in one text: sorted, disjoint, none of them twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TextEdit {
    edits: Vec<Edit>,
}

/// Why edits could not be put together or applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// Two edits want the same bytes.
    Overlap(TextRange, TextRange),
    /// An edit lies outside the text or inside a character.
    OutOfBounds(TextRange),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditError::Overlap(a, b) => write!(f, "the edits at bytes {a:?} and {b:?} overlap"),
            EditError::OutOfBounds(at) => {
                write!(f, "the edit at bytes {at:?} is outside the text or inside a character")
            }
        }
    }
}

impl std::error::Error for EditError {}

impl TextEdit {
    /// Sorts the edits. Identical edits become one; two insertions at one place keep their order.
    pub fn new(mut edits: Vec<Edit>) -> Result<TextEdit, EditError> {
        let mut seen = HashSet::new();
        edits.retain(|edit| seen.insert(edit.clone()));
        sort_by_number(&mut edits, |edit| {
            u128::from(edit.range.0) << 32 | u128::from(edit.range.1)
        });
        for pair in edits.windows(2) {
            if pair[0].range.1 > pair[1].range.0 {
                return Err(EditError::Overlap(pair[0].range(), pair[1].range()));
            }
        }
        Ok(TextEdit { edits })
    }

    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Both sets of edits as one.
    pub fn union(&self, other: &TextEdit) -> Result<TextEdit, EditError> {
        TextEdit::new(self.edits.iter().chain(&other.edits).cloned().collect())
    }

    pub fn apply(&self, text: &str) -> Result<String, EditError> {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.edits {
            let (start, end) = (edit.range.0 as usize, edit.range.1 as usize);
            let kept = text.get(at..start).ok_or(EditError::OutOfBounds(edit.range()))?;
            if !text.is_char_boundary(end.min(text.len())) || end > text.len() {
                return Err(EditError::OutOfBounds(edit.range()));
            }
            out.push_str(kept);
            out.push_str(&edit.text);
            at = end;
        }
        out.push_str(&text[at..]);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit {
            range: (start, end),
            text: text.to_owned(),
        }
    }

    #[test]
    fn applies_in_order() {
        let edits = TextEdit::new(vec![edit(4, 5, "Y"), edit(0, 1, "X"), edit(2, 2, "-")]).expect("disjoint");
        assert_eq!(edits.apply("a b c").as_deref(), Ok("X -b Y"));
    }

    #[test]
    fn refuses_overlap_and_bad_places() {
        assert!(matches!(
            TextEdit::new(vec![edit(0, 3, ""), edit(2, 4, "")]),
            Err(EditError::Overlap(..))
        ));
        for bad in [edit(0, 9, ""), edit(1, 2, ""), edit(9, 9, "")] {
            let edits = TextEdit::new(vec![bad]).expect("one edit");
            assert!(matches!(edits.apply("é"), Err(EditError::OutOfBounds(_))));
        }
    }

    #[test]
    fn identical_edits_become_one() {
        let edits = TextEdit::new(vec![edit(0, 0, "import os\n"), edit(0, 0, "import os\n")]).expect("disjoint");
        assert_eq!(edits.apply("x").as_deref(), Ok("import os\nx"));
    }
}
