//! The values of literals.

use std::borrow::Cow;

use crate::ast::{Ast, ExprId, ExprKind, List, StringPart};

impl Ast {
    /// The value of a string literal without interpolations, escapes decoded.
    pub fn string<'t>(&self, text: &'t str, expr: ExprId) -> Option<Cow<'t, str>> {
        match self[expr].kind {
            ExprKind::String { parts, .. } => self.string_parts(text, parts),
            _ => None,
        }
    }

    fn string_parts<'t>(&self, text: &'t str, parts: List<StringPart>) -> Option<Cow<'t, str>> {
        match self[parts] {
            [] => Some(Cow::Borrowed("")),
            [part] => self.string_part(text, part),
            ref parts => {
                let mut value = String::new();
                for part in parts {
                    value.push_str(&self.string_part(text, *part)?);
                }
                Some(Cow::Owned(value))
            }
        }
    }

    /// The value of one literal part of a string; `None` for an interpolation.
    pub fn string_part<'t>(&self, text: &'t str, part: StringPart) -> Option<Cow<'t, str>> {
        let StringPart::Text { range, raw, format } = part else {
            return None;
        };
        let written = &text[range];
        let plain = (raw || !written.contains('\\')) && !(format && written.contains(['{', '}']));
        Some(match plain {
            true => Cow::Borrowed(written),
            false => Cow::Owned(unescape(written, raw, format)),
        })
    }

    /// The value of an integer literal that fits.
    pub fn integer(&self, text: &str, expr: ExprId) -> Option<i64> {
        let ExprKind::Integer = self[expr].kind else {
            return None;
        };
        let digits = text[self[expr].range]
            .trim_matches(['(', ')', ' '])
            .replace('_', "")
            .to_ascii_lowercase();
        let (digits, radix) = match digits.get(..2) {
            Some("0x") => (&digits[2..], 16),
            Some("0o") => (&digits[2..], 8),
            Some("0b") => (&digits[2..], 2),
            _ => (&digits[..], 10),
        };
        i64::from_str_radix(digits, radix).ok()
    }
}

/// Decodes the escapes of the language reference, 2.4.1; what is no escape stands for itself.
fn unescape(written: &str, raw: bool, format: bool) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        if format && (c == '{' || c == '}') && rest.peek() == Some(&c) {
            rest.next();
            out.push(c);
        } else if c == '\\' && !raw {
            match rest.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('a') => out.push('\u{7}'),
                Some('b') => out.push('\u{8}'),
                Some('f') => out.push('\u{c}'),
                Some('v') => out.push('\u{b}'),
                Some('\n') => {}
                Some('\r') => {
                    rest.next_if_eq(&'\n');
                }
                Some(c @ ('\\' | '\'' | '"')) => out.push(c),
                Some('x') => push_code(&mut out, &mut rest, 2, 16, 'x'),
                Some('u') => push_code(&mut out, &mut rest, 4, 16, 'u'),
                Some('U') => push_code(&mut out, &mut rest, 8, 16, 'U'),
                Some(digit @ '0'..='7') => {
                    let mut code = digit.to_digit(8).unwrap_or(0);
                    for _ in 0..2 {
                        match rest.peek().and_then(|c| c.to_digit(8)) {
                            Some(next) => {
                                code = code * 8 + next;
                                rest.next();
                            }
                            None => break,
                        }
                    }
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn push_code(
    out: &mut String,
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    len: usize,
    radix: u32,
    letter: char,
) {
    let mut digits = String::new();
    while digits.len() < len
        && let Some(c) = rest.next_if(|c| c.is_digit(radix))
    {
        digits.push(c);
    }
    match u32::from_str_radix(&digits, radix) {
        Ok(code) if digits.len() == len => out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
        _ => {
            out.push('\\');
            out.push(letter);
            out.push_str(&digits);
        }
    }
}
