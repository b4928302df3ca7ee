//! A few lines cut out of a file for a terminal.
//!
//! The renderer gets these instead of the whole file: its work would grow with the file for every finding, and a
//! line of five megabytes would be printed as it is.

use std::ops::Range;

use text::{LineIndex, TextSize};

/// A line of more bytes than this is cut.
pub(crate) const LONGEST_LINE: usize = 240;
/// Bytes that are left of it at most.
const WINDOW: usize = 110;
/// Bytes kept before and after the place in question.
const AROUND: usize = 40;
const CUT: &str = "...";

/// Lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// Each line ends in `\n`, whatever it ends with in the file.
    pub(crate) text: String,
    /// Number of the first line, from 1.
    pub(crate) first_line: usize,
    /// The places in question, in bytes of `text`.
    pub(crate) spans: Vec<Range<usize>>,
    /// Some line was too long to be shown whole.
    pub(crate) is_cut: bool,
}

/// Cuts out the lines from the first to the last of `spans`, which are byte ranges of `source`. They should lie
/// close together. Ranges outside of the text end at its end.
pub(crate) fn excerpt(source: &str, index: &LineIndex, spans: &[Range<u32>]) -> Excerpt {
    let line_of = |offset: u32| index.line_column(TextSize::new(offset)).line;
    let first = spans.iter().map(|span| line_of(span.start)).min().unwrap_or(0);
    let last = spans.iter().map(|span| line_of(span.end)).max().unwrap_or(0);
    let mut shown: Vec<Option<Range<usize>>> = vec![None; spans.len()];
    let mut excerpt = Excerpt {
        text: String::new(),
        first_line: first as usize + 1,
        spans: Vec::new(),
        is_cut: false,
    };
    for line in first..=last {
        let Some(range) = index.line_range(line) else { break };
        let start = usize::from(range.start());
        let content = source[start..usize::from(range.end())].trim_end_matches(['\r', '\n']);
        // The part of each span that lies in this line, in bytes of the line.
        let parts: Vec<Option<Range<usize>>> = spans
            .iter()
            .map(|span| {
                let within = line_of(span.start) <= line && line <= line_of(span.end);
                let clamp = |offset: u32| (offset as usize).saturating_sub(start).min(content.len());
                within.then(|| clamp(span.start)..clamp(span.end))
            })
            .collect();
        let window = window(content, parts.iter().flatten());
        if window.start > 0 {
            excerpt.text.push_str(CUT);
        }
        let shift = |offset: usize| excerpt.text.len() + offset.clamp(window.start, window.end) - window.start;
        for (shown, part) in shown.iter_mut().zip(&parts) {
            if let Some(part) = part {
                let start = shown.as_ref().map_or(shift(part.start), |shown| shown.start);
                *shown = Some(start..shift(part.end));
            }
        }
        excerpt.text.push_str(&content[window.clone()]);
        if window.end < content.len() {
            excerpt.text.push_str(CUT);
        }
        excerpt.text.push('\n');
        excerpt.is_cut |= window != (0..content.len());
    }
    excerpt.spans = shown.into_iter().map(Option::unwrap_or_default).collect();
    excerpt
}

/// The part of a line that is shown.
fn window<'a>(line: &str, parts: impl Iterator<Item = &'a Range<usize>>) -> Range<usize> {
    if line.len() <= LONGEST_LINE {
        return 0..line.len();
    }
    let (start, end) = parts.fold((usize::MAX, 0), |(start, end), part| {
        (start.min(part.start), end.max(part.end))
    });
    let start = start.min(line.len()).saturating_sub(AROUND);
    let end = (end + AROUND).min(start + WINDOW);
    line.floor_char_boundary(start)..line.floor_char_boundary(end)
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "one span is a list of spans too")]
mod tests {
    use super::*;

    fn cut(source: &str, spans: &[Range<u32>]) -> Excerpt {
        excerpt(source, &LineIndex::new(source), spans)
    }

    #[test]
    fn lines_of_the_spans() {
        let source = "a = 1\r\nbé = 2\rc = 3\nd = 4";
        let excerpt = cut(source, &[10..11, 15..20]);
        assert_eq!(excerpt.text, "bé = 2\nc = 3\n");
        assert_eq!(excerpt.first_line, 2);
        let shown: Vec<&str> = excerpt.spans.iter().map(|span| &excerpt.text[span.clone()]).collect();
        assert_eq!(shown, [" ", "c = 3"]);
        assert!(!excerpt.is_cut);
    }

    #[test]
    fn a_span_over_several_lines() {
        let excerpt = cut("x(\n  1,\n)\ny\n", &[1..9]);
        assert_eq!(excerpt.text, "x(\n  1,\n)\n");
        assert_eq!(&excerpt.text[excerpt.spans[0].clone()], "(\n  1,\n)");
    }

    #[test]
    fn the_end_of_the_text() {
        assert_eq!(cut("", &[0..0]).text, "\n");
        let excerpt = cut("a\n", &[2..99]);
        assert_eq!((excerpt.text.as_str(), excerpt.first_line), ("\n", 2));
        assert_eq!(excerpt.spans, [0..0]);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let source = format!("{}needle{}", "é".repeat(1_000_000), "名".repeat(1_000_000));
        let excerpt = cut(&source, &[2_000_000..2_000_006]);
        assert!(excerpt.is_cut);
        assert!(excerpt.text.len() < WINDOW + 10);
        assert_eq!(&excerpt.text[excerpt.spans[0].clone()], "needle");
        assert!(excerpt.text.starts_with("...é") && excerpt.text.ends_with("名...\n"));
    }

    #[test]
    fn a_place_longer_than_what_is_shown() {
        let source = "x".repeat(5_000_000);
        let excerpt = cut(&source, &[0..5_000_000]);
        assert_eq!(excerpt.text, format!("{}...\n", "x".repeat(WINDOW)));
        assert_eq!(excerpt.spans, [0..WINDOW]);
    }
}
