//! Words, texts and placeholders of an SQL text.

use semantic::ExprRef;

use super::SqlPiece;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword, name or number.
    Word(String),
    /// A name in quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    Symbol(String),
    /// `?`, `%s`: counted from 0.
    Position(usize),
    /// `$1`: counted from 0.
    Argument(usize),
    /// `:name`, `%(name)s`, `@name`
    Named(String),
    Hole(ExprRef),
}

/// Longer texts are data, not statements.
const MAX_TOKENS: usize = 20_000;

impl Token {
    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self, Token::Symbol(text) if text == symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Token::Word(text) if text.eq_ignore_ascii_case(word))
    }

    /// The name that it can be.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Token::Word(text) | Token::Quoted(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn written(&self) -> String {
        match self {
            Token::Word(text) | Token::Symbol(text) => text.clone(),
            Token::Quoted(text) => format!("\"{text}\""),
            Token::Text(text) => format!("'{text}'"),
            Token::Position(_) => "?".to_owned(),
            Token::Argument(at) => format!("${}", at + 1),
            Token::Named(name) => format!(":{name}"),
            Token::Hole(_) => "{}".to_owned(),
        }
    }
}

pub(super) fn tokens(pieces: &[SqlPiece]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut positions = 0;
    for piece in pieces {
        match piece {
            SqlPiece::Text(text) => text_tokens(text, &mut positions, &mut out),
            SqlPiece::Hole(expr) => out.push(Token::Hole(*expr)),
        }
    }
    out
}

fn text_tokens(text: &str, positions: &mut usize, out: &mut Vec<Token>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if out.len() > MAX_TOKENS {
            return;
        }
        let after = &rest[first.len_utf8()..];
        if first.is_whitespace() {
            rest = after;
        } else if rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some(closing) = match first {
            '\'' => Some('\''),
            '"' => Some('"'),
            '`' => Some('`'),
            '[' if after.starts_with(|c: char| c.is_alphabetic()) => Some(']'),
            _ => None,
        } {
            // Without a closing quote in this piece: a hole stands inside, `'{name}'`.
            let end = after.find(closing);
            let inner = &after[..end.unwrap_or(0)];
            match (end, first) {
                (None, _) => {}
                (_, '\'') => out.push(Token::Text(inner.to_owned())),
                _ => out.push(Token::Quoted(inner.to_owned())),
            }
            rest = end.map_or(after, |end| &after[end + closing.len_utf8()..]);
        } else if is_word(first) {
            let (word, next) = word(rest);
            out.push(Token::Word(word.to_owned()));
            rest = next;
        } else {
            rest = symbol(rest, positions, out);
        }
    }
}

/// A placeholder or symbol; gives what follows it.
fn symbol<'t>(rest: &'t str, positions: &mut usize, out: &mut Vec<Token>) -> &'t str {
    let mut next_position = || {
        *positions += 1;
        Token::Position(*positions - 1)
    };
    if let Some(after) = rest.strip_prefix("%(")
        && let Some(end) = after.find(')')
    {
        out.push(Token::Named(after[..end].to_owned()));
        return after[end + 1..].trim_start_matches('s');
    }
    if let Some(after) = rest.strip_prefix("%s") {
        out.push(next_position());
        return after;
    }
    if let Some(after) = rest.strip_prefix('?') {
        out.push(next_position());
        return after;
    }
    // A cast, `x::uuid`.
    if let Some(after) = rest.strip_prefix("::") {
        return word(after).1;
    }
    for sign in ['$', ':', '@'] {
        if let Some(after) = rest.strip_prefix(sign)
            && after.starts_with(is_word)
        {
            let (name, next) = word(after);
            out.push(match name.parse::<usize>() {
                Ok(number) => Token::Argument(number.saturating_sub(1)),
                Err(_) => Token::Named(name.to_owned()),
            });
            return next;
        }
    }
    for two in ["<>", "!=", "<=", ">=", "||", "=="] {
        if let Some(after) = rest.strip_prefix(two) {
            out.push(Token::Symbol(two.to_owned()));
            return after;
        }
    }
    let len = rest.chars().next().map_or(0, char::len_utf8);
    out.push(Token::Symbol(rest[..len].to_owned()));
    &rest[len..]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()))
}
