//! Environment variables that hold the shared secret by which tokens are verified.

use text::Span;

use crate::Facts;
use crate::confusion::is_symmetric;
use crate::keys::KeySource;

/// A variable that some decode takes its secret from.
#[derive(Debug, Clone)]
pub struct SecretVariable {
    pub name: String,
    /// The first read.
    pub read: Span,
    /// What the code says about the field or constant: more names of the variable may stand there.
    pub declaration: Span,
    /// The first decode that uses it.
    pub decode: Span,
    /// Variables that go with it, or stand in for it, in the same key.
    pub others: Vec<String>,
    /// The project signs tokens with it, too.
    pub is_signed_with: bool,
}

impl Facts<'_> {
    /// In order of the reads, each variable once.
    pub fn secret_variables(&self) -> Vec<SecretVariable> {
        let mut out: Vec<SecretVariable> = Vec::new();
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let mut names = decode
                .algorithms
                .known
                .iter()
                .flat_map(|way| way.value.names())
                .peekable();
            let is_shared = names.peek().is_none() || names.any(|name| is_symmetric(&name.name));
            let Some(key) = decode.key.as_ref().filter(|_| is_shared) else {
                continue;
            };
            let variables = || {
                key.sources.iter().filter_map(|source| match &source.value {
                    KeySource::Environment { variable, .. } => Some((variable.clone()?, source.origin)),
                    _ => None,
                })
            };
            let is_public = key
                .sources
                .iter()
                .any(|source| matches!(source.value, KeySource::PublicKey | KeySource::KeySet { .. }));
            if is_public {
                continue;
            }
            for (name, read) in variables() {
                if self.is_test(read.file) || out.iter().any(|known| known.name == name) {
                    continue;
                }
                out.push(SecretVariable {
                    others: variables()
                        .map(|(other, _)| other)
                        .filter(|other| *other != name)
                        .collect(),
                    is_signed_with: self.signs_with(&name),
                    declaration: self.statement_around(read),
                    decode: decode.call.span,
                    name,
                    read,
                });
            }
        }
        text::sort_by_number(&mut out, |variable| variable.read.number());
        out
    }

    fn signs_with(&self, name: &str) -> bool {
        let encodes = self.encodes.iter().filter(|encode| !encode.call.is_test);
        encodes.filter_map(|encode| encode.key.as_ref()).any(|key| {
            key.sources.iter().any(
                |source| matches!(&source.value, KeySource::Environment { variable: Some(variable), .. } if variable == name),
            )
        })
    }

    /// The simple statement that holds an expression.
    fn statement_around(&self, span: Span) -> Span {
        let model = &self.model;
        match model.expr_of(span) {
            Some(expr) => {
                let ast = model.ast(expr.file);
                Span::new(expr.file, ast[ast.stmt_of(expr.id)].range)
            }
            // A field that is only declared stands on its line.
            None => {
                let text = self.text(span.file);
                let start = text[..usize::from(span.range.start())]
                    .rfind('\n')
                    .map_or(0, |at| at + 1);
                let rest = &text[usize::from(span.range.end())..];
                let end = usize::from(span.range.end()) + rest.find('\n').unwrap_or(rest.len());
                Span::new(
                    span.file,
                    text::TextRange::new((start as u32).into(), (end as u32).into()),
                )
            }
        }
    }
}
