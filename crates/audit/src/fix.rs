//! Edits that remove a finding.

use report::Applicability;
use text::{Edit, FileId, Span, TextRange, TextSize, sort_by_number};

/// A change over one or several files, offered with a finding.
#[derive(Debug, Clone)]
pub(crate) struct Fix {
    /// What to do, in the imperative, without a full stop.
    pub(crate) title: String,
    pub(crate) applicability: Applicability,
    replacements: Vec<Replacement>,
    new_file: Option<NewFile>,
}

/// A file that the project does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The text of `span` becomes `text`. What the helpers in [`crate::fixes`] give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replacement {
    pub(crate) span: Span,
    pub(crate) text: String,
}

impl Fix {
    /// Honest clients see no difference.
    pub(crate) fn safe(title: impl Into<String>) -> Fix {
        Fix::new(title.into(), Applicability::Safe)
    }

    /// Right, and clients or deployments may notice.
    pub(crate) fn changes_behaviour(title: impl Into<String>) -> Fix {
        Fix::new(title.into(), Applicability::ChangesBehaviour)
    }

    /// Holds a placeholder that only the author can fill.
    pub(crate) fn needs_value(title: impl Into<String>) -> Fix {
        Fix::new(title.into(), Applicability::NeedsValue)
    }

    fn new(title: String, applicability: Applicability) -> Fix {
        Fix {
            title,
            applicability,
            replacements: Vec::new(),
            new_file: None,
        }
    }

    /// The text of `span` becomes `text`.
    pub(crate) fn edit(mut self, span: Span, text: impl Into<String>) -> Fix {
        let text = text.into();
        self.replacements.push(Replacement { span, text });
        self
    }

    pub(crate) fn insert(self, file: FileId, offset: TextSize, text: impl Into<String>) -> Fix {
        self.edit(Span::new(file, TextRange::empty(offset)), text)
    }

    pub(crate) fn delete(self, span: Span) -> Fix {
        self.edit(span, "")
    }

    /// Adds what a helper made: one replacement, several, or an option of one.
    pub(crate) fn with(mut self, replacements: impl IntoIterator<Item = Replacement>) -> Fix {
        self.replacements.extend(replacements);
        self
    }

    pub(crate) fn create(mut self, file: NewFile) -> Fix {
        self.new_file = Some(file);
        self
    }

    pub(crate) fn new_file(&self) -> Option<&NewFile> {
        self.new_file.as_ref()
    }

    /// The edits by file, in the order of files and then of the rule.
    pub(crate) fn by_file(&self) -> Vec<(FileId, Vec<Edit>)> {
        let mut ordered: Vec<&Replacement> = self.replacements.iter().collect();
        sort_by_number(&mut ordered, |replacement| u128::from(replacement.span.file.0));
        let of_one_file = ordered.chunk_by(|a, b| a.span.file == b.span.file);
        let edits = |replacements: &[&Replacement]| {
            let edit = |replacement: &&Replacement| Edit::replace(replacement.span.range, replacement.text.as_str());
            replacements.iter().map(edit).collect()
        };
        of_one_file
            .map(|replacements| (replacements[0].span.file, edits(replacements)))
            .collect()
    }
}
