//! Texts that are credentials by the way they look.

use crate::libraries::credentials::{Alphabet, TOKEN_FORMATS, TokenFormat};

use super::values::is_obvious_placeholder;

/// The formats whose beginning a file mentions at all.
pub(super) fn mentioned(text: &str) -> Vec<&'static TokenFormat> {
    TOKEN_FORMATS
        .iter()
        .filter(|format| text.contains(format.prefix))
        .collect()
}

/// The format of a token somewhere in a literal.
pub(super) fn token(raw: &str, formats: &[&'static TokenFormat]) -> Option<&'static TokenFormat> {
    formats.iter().copied().find(|format| {
        raw.match_indices(format.prefix).any(|(at, _)| {
            let is_inside = raw[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let rest = &raw[at + format.prefix.len()..];
            let length = rest.find(|c: char| !is_of(format.alphabet, c)).unwrap_or(rest.len());
            let body = &rest[..length];
            let is_exact = format.alphabet != Alphabet::Upper || length == format.least;
            !is_inside && length >= format.least && is_exact && is_random(body) && !is_obvious_placeholder(body)
        })
    })
}

fn is_of(alphabet: Alphabet, c: char) -> bool {
    match alphabet {
        Alphabet::Upper => c.is_ascii_uppercase() || c.is_ascii_digit(),
        Alphabet::Alphanumeric => c.is_ascii_alphanumeric(),
        Alphabet::Url => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'),
    }
}

/// Several different characters, with a digit: not `xxxxxxxx` or `your-key-goes-here`.
fn is_random(body: &str) -> bool {
    let mut seen: Vec<char> = Vec::new();
    for c in body.chars() {
        if !seen.contains(&c) {
            seen.push(c);
        }
    }
    seen.len() >= 6 && body.contains(|c: char| c.is_ascii_digit())
}

/// A bot of Telegram: its number and 35 characters that begin with `AA`.
pub(super) fn is_telegram(raw: &str) -> bool {
    raw.match_indices(":AA").any(|(at, _)| {
        let digits = raw[..at].chars().rev().take_while(char::is_ascii_digit).count();
        let rest = &raw[at + 1..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(rest.len());
        digits >= 8 && (33..=40).contains(&length) && is_random(&rest[..length])
    })
}

/// A private key in PEM form with a body.
pub(super) fn is_private_key(raw: &str) -> bool {
    let Some((_, rest)) = raw.split_once("PRIVATE KEY-----") else {
        return false;
    };
    let body = rest.split("-----END").next().unwrap_or_default();
    let letters = body.chars().filter(|c| c.is_ascii_alphanumeric()).count();
    raw.contains("-----BEGIN") && letters >= 24 && !body.contains("...") && !body.to_lowercase().contains("your")
}

/// Three parts of base64, the first of which begins an object: a JSON Web Token that is signed.
pub(super) fn is_web_token(raw: &str) -> bool {
    let Some(at) = raw.find("eyJ") else { return false };
    let token: &str = raw[at..]
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .next()
        .unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return false;
    };
    // Supabase's key for browsers has the role `anon`, which everybody may know: these letters in each alignment.
    let is_public = ["InJvbGUiOiJhbm9uI", "yb2xlIjoiYW5vbi", "JvbGUiOiJhbm9uI"]
        .iter()
        .any(|role| payload.contains(role));
    header.len() >= 10 && payload.len() >= 10 && signature.len() >= 20 && !is_public && is_random(signature)
}
