//! Literals that look like secrets, for whoever is about to hand code on.
//!
//! Wider than what rules speak of: tests and samples count, and so does whatever looks random, since a literal too many
//! costs nothing here and one too few is out in the world.

use rustc_hash::FxHashSet;
use syntax::ast::*;
use text::Span;

use super::formats;
use crate::Facts;

/// Shorter texts are not taken for random.
const LEAST_RANDOM: usize = 20;

impl Facts<'_> {
    /// In order of file and place, none inside another.
    pub fn secret_literals(&self) -> Vec<Span> {
        let secrets = self.secrets.iter().map(|secret| secret.origin);
        let known: FxHashSet<Span> = secrets
            .chain(self.credentials().iter().map(|credential| credential.span))
            .collect();
        let mut out = Vec::new();
        for file in self.model.file_ids() {
            let source = self.model.file(file).source();
            let formats = formats::mentioned(source.text());
            let mut found: Vec<Span> = Vec::new();
            for (_, expr) in source.ast().exprs() {
                if !matches!(expr.kind, ExprKind::String { .. }) {
                    continue;
                }
                let span = Span::new(file, expr.range);
                let raw = &source.text()[expr.range];
                let has_format = formats::token(raw, &formats).is_some()
                    || formats::is_telegram(raw)
                    || formats::is_web_token(raw)
                    || formats::is_private_key(raw);
                if known.contains(&span) || has_format || looks_random(raw) {
                    found.push(span);
                }
            }
            text::sort_by_key(&mut found, |span| {
                (span.range.start(), std::cmp::Reverse(span.range.end()))
            });
            for span in found {
                let is_inside = out
                    .last()
                    .is_some_and(|last: &Span| last.file == file && last.range.contains_range(span.range));
                if !is_inside {
                    out.push(span);
                }
            }
        }
        out
    }
}

/// Whether a literal is one word of letters and digits that nobody would choose to read.
fn looks_random(literal: &str) -> bool {
    let inner = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let inner = inner.trim_matches(['"', '\'']);
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '=' | '$');
    if inner.len() < LEAST_RANDOM || !inner.chars().all(is_word) {
        return false;
    }
    let count = |is_wanted: fn(&char) -> bool| inner.chars().filter(is_wanted).count();
    let digits = count(char::is_ascii_digit);
    let upper = count(char::is_ascii_uppercase);
    let lower = count(char::is_ascii_lowercase);
    let different: FxHashSet<char> = inner.chars().collect();
    different.len() >= 8 && upper + lower > 0 && (digits >= 4 || (digits >= 1 && upper >= 1 && lower >= 1))
}

#[cfg(test)]
mod tests {
    use semantic::Project;

    use crate::Facts;

    fn literals(text: &str) -> Vec<String> {
        let mut project = Project::new();
        project.set_file("tests/test_main.py", text);
        let facts = Facts::new(&project);
        let spans = facts.secret_literals().into_iter();
        spans.map(|span| text[span.range].to_owned()).collect()
    }

    #[test]
    fn secrets_and_what_looks_random() {
        let text = "\
import jwt
SECRET = 'todo-service-8f2b1c'
KEY = b'c2VjcmV0LWtleS1vZi10aGlzLXNlcnZpY2U='
SESSION = \"4f1c9e7a2b8d6035e9a7c1f4\"
def read(token):
    return jwt.decode(token, SECRET, algorithms=['HS256'])
";
        assert_eq!(
            literals(text),
            [
                "'todo-service-8f2b1c'",
                "b'c2VjcmV0LWtleS1vZi10aGlzLXNlcnZpY2U='",
                "\"4f1c9e7a2b8d6035e9a7c1f4\"",
            ]
        );
    }

    #[test]
    fn words_and_addresses_are_none() {
        let text = "\
'''A module about tokens of 2024, and of 2025 and 2026.'''
PATH = '/api/v1/organisations/{organisation_id}/members'
NAME = 'app.routers.organisations.members'
WHEN = '2025-01-01T00:00:00+00:00'
FORMAT = '%(asctime)s %(levelname)s %(message)s'
";
        assert_eq!(literals(text), [""; 0]);
    }
}
