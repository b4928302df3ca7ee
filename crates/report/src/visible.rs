//! Text of others made safe to show in one line.

use std::borrow::Cow;

/// `text` with every character that could move the cursor, end the line or reorder its neighbours replaced by
/// one that can be seen: control characters by their Unicode pictures (`␛`, `␊`), the others by `�`.
///
/// For names of files and messages that quote code: both are written by whoever wrote the audited project.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| replacement(c).unwrap_or(c)).collect())
}

fn replacement(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls, line and paragraph separators, and what changes the direction of text.
        '\u{80}'..='\u{9f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn controls_are_shown_and_letters_kept() {
        assert_eq!(visible("app/名é🔒 x.py"), "app/名é🔒 x.py");
        assert_eq!(visible("a\nb\x1b[31m"), "a␊b␛[31m");
        assert_eq!(visible("x\u{202e}yp"), "x\u{fffd}yp");
    }
}
