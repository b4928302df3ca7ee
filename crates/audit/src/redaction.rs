//! Code without its secrets, for whoever hands it on.

use std::sync::Arc;

use facts::Facts;
use semantic::Project;
use text::{Edit, LineIndex, TextEdit};

use crate::SourceFile;

/// One file in which something looked like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedFile {
    pub path: String,
    /// With every such literal replaced.
    pub text: String,
    pub replaced: Vec<Replaced>,
}

/// A literal that was replaced, as it was written and as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// From 1.
    pub line: u32,
    pub was: String,
    pub becomes: String,
}

/// The files in which string literals look like secrets, in order of path, with those replaced by `"redacted-1"` and so
/// on. What was the same text stays the same text; everything else stays as it is.
pub fn redact(files: &[SourceFile]) -> Vec<RedactedFile> {
    let mut project = Project::new();
    for file in files {
        project.set_file(&file.path, Arc::clone(&file.text));
    }
    let facts = Facts::new(&project);
    let literals = facts.secret_literals();
    let mut known: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for of_file in literals.chunk_by(|a, b| a.file == b.file) {
        let file = of_file[0].file;
        let text = facts.text(file);
        let lines = LineIndex::new(text);
        let mut edits = Vec::new();
        let mut replaced = Vec::new();
        for span in of_file {
            let was = &text[span.range];
            let content = was.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let number = known.iter().position(|known| *known == content).unwrap_or_else(|| {
                known.push(content);
                known.len() - 1
            });
            let prefix = if was.starts_with(['b', 'B']) { "b" } else { "" };
            let quote = if content.starts_with('\'') { '\'' } else { '"' };
            let becomes = format!("{prefix}{quote}redacted-{}{quote}", number + 1);
            replaced.push(Replaced {
                line: lines.line_column(span.range.start()).line + 1,
                was: was.to_owned(),
                becomes: becomes.clone(),
            });
            edits.push(Edit::replace(span.range, becomes));
        }
        // The literals lie apart, so that this always succeeds.
        if let Ok(text) = TextEdit::new(edits).and_then(|edits| edits.apply(text)) {
            out.push(RedactedFile {
                path: facts.path(file).to_owned(),
                text,
                replaced,
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile {
            path: path.to_owned(),
            text: text.into(),
        }
    }

    #[test]
    fn the_same_secret_is_the_same_in_every_file() {
        let auth = "import jwt\nKEY = 'Tr0ub4dor-and-3-horses-é'  # 名\njwt.decode(t, KEY, algorithms=['HS256'])\n";
        let other = "import jwt\n\njwt.encode({}, b'Tr0ub4dor-and-3-horses-é', \"HS256\")\n";
        let found = redact(&[
            file("b.py", other),
            file("a.py", auth),
            file("c.py", "x = 'plain words'\n"),
        ]);
        let texts: Vec<(&str, &str)> = found.iter().map(|file| (&*file.path, &*file.text)).collect();
        assert_eq!(
            texts,
            [
                (
                    "a.py",
                    "import jwt\nKEY = 'redacted-1'  # 名\njwt.decode(t, KEY, algorithms=['HS256'])\n"
                ),
                ("b.py", "import jwt\n\njwt.encode({}, b'redacted-1', \"HS256\")\n"),
            ]
        );
        let replaced = &found[0].replaced[0];
        assert_eq!((replaced.line, &*replaced.was), (2, "'Tr0ub4dor-and-3-horses-é'"));
    }
}
