//! Names for findings that survive edits elsewhere in the file.

use rustc_hash::FxHashMap;

use text::{LineIndex, TextRange};

/// Hands out fingerprints for the findings of one report, in the order in which they stand in their files.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints {
    seen: FxHashMap<u64, u32>,
}

impl Fingerprints {
    /// Hash of the rule, the path, the text of the lines under `range` with its white space evened out, and how
    /// many findings with all of these came before. 16 hexadecimal digits.
    pub(crate) fn next(&mut self, rule: &str, path: &str, text: &str, lines: &LineIndex, range: TextRange) -> String {
        let mut hash = Fnv1a::new();
        hash.field(rule);
        hash.field(path);
        for word in covered_lines(text, lines, range)
            .trim_start_matches('\u{feff}')
            .split_whitespace()
        {
            hash.field(word);
        }
        let count = self.seen.entry(hash.0).or_insert(0);
        hash.field(&count.to_string());
        *count += 1;
        format!("{:016x}", hash.0)
    }
}

/// The whole lines that `range` touches, as far as they are near its start: with all of a line of megabytes, the
/// work would be quadratic in the number of findings.
fn covered_lines<'t>(text: &'t str, lines: &LineIndex, range: TextRange) -> &'t str {
    let line_of = |offset| lines.line_range(lines.line_column(offset).line);
    let (Some(first), Some(last)) = (line_of(range.start()), line_of(range.end())) else {
        return "";
    };
    let at = usize::from(range.start());
    let start = usize::from(first.start()).max(text.floor_char_boundary(at.saturating_sub(NEAR)));
    let end = usize::from(last.end()).min(text.floor_char_boundary(at + NEAR));
    &text[start..end]
}

/// Bytes before and after the start of a finding that name it.
const NEAR: usize = 500;

/// The 64-bit hash of Fowler, Noll and Vo, variant 1a. Written out because it must never change: fingerprints
/// are kept in baselines and by code hosts, and are the same natively and in the browser.
struct Fnv1a(u64);

impl Fnv1a {
    fn new() -> Fnv1a {
        Fnv1a(0xcbf2_9ce4_8422_2325)
    }

    /// The bytes of `text` and an end mark, which no UTF-8 text holds.
    fn field(&mut self, text: &str) {
        for &byte in text.as_bytes().iter().chain(&[0xff]) {
            self.0 ^= u64::from(byte);
            self.0 = self.0.wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(text: &str, at: &str) -> String {
        let start = text.find(at).expect("`at` is in the text") as u32;
        let range = TextRange::new(start.into(), (start + at.len() as u32).into());
        Fingerprints::default().next("rule", "a.py", text, &LineIndex::new(text), range)
    }

    #[test]
    fn known_value() {
        assert_eq!(fingerprint("x = 1\n", "x"), "315631cddd17b571");
    }

    #[test]
    fn survives_moves_and_white_space() {
        let here = fingerprint("a = f(1)\n", "f(1)");
        assert_eq!(here, fingerprint("import os\r\n\r\n\ta  = f(1)\r\n", "f(1)"));
        assert_eq!(here, fingerprint("\u{feff}a = f(1)", "f(1)"));
        assert_ne!(here, fingerprint("b = f(1)\n", "f(1)"));
    }

    #[test]
    fn equals_are_numbered() {
        let (text, range) = ("x\n", TextRange::new(0.into(), 1.into()));
        let lines = LineIndex::new(text);
        let mut fingerprints = Fingerprints::default();
        let first = fingerprints.next("rule", "a.py", text, &lines, range);
        assert_ne!(first, fingerprints.next("rule", "a.py", text, &lines, range));
    }
}
