//! The Markdown of the rules' documentation.
//!
//! A reader of its own because of its size: the usual crate for Markdown adds 50 kB to what every visitor downloads,
//! for tables of entities and cases that our own texts never hold. It knows headings, paragraphs, lists of one
//! level, fenced code, and inside a line code, strong, emphasis and links. What it does not know stays visible as
//! text, and a test reads the documentation of every rule to show that none needs more.

/// A part of a text that begins on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// From 1, as many as it has `#`.
    Heading(usize, Vec<Inline>),
    Paragraph(Vec<Inline>),
    List {
        ordered: bool,
        items: Vec<Vec<Inline>>,
    },
    Code {
        /// What stands behind the fence: `python,finding`.
        label: String,
        /// Without the last line break.
        text: String,
    },
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Code(String),
    Strong(String),
    Emphasis(String),
    Link { text: String, address: String },
}

/// Reads a text.
pub fn markdown(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for line in text.lines() {
        reader.line(line);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// The block whose lines are still coming.
    open: Open,
}

#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    Paragraph(String),
    List {
        ordered: bool,
        items: Vec<String>,
    },
    Code {
        label: String,
        text: String,
    },
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Open::Code { text, .. } = &mut self.open {
            if line.trim() == FENCE {
                self.close();
            } else {
                text.push_str(line);
                text.push('\n');
            }
            return;
        }
        let line = line.trim();
        if line.is_empty() {
            self.close();
        } else if let Some(label) = line.strip_prefix(FENCE) {
            self.close();
            self.open = Open::Code {
                label: label.trim().to_owned(),
                text: String::new(),
            };
        } else if let Some((level, heading)) = heading(line) {
            self.close();
            self.blocks.push(Block::Heading(level, inline(heading)));
        } else if let Some((ordered, item)) = list_item(line) {
            self.list_item(ordered, item);
        } else {
            self.continuation(line);
        }
    }

    fn list_item(&mut self, ordered: bool, item: &str) {
        match &mut self.open {
            Open::List { ordered: known, items } if *known == ordered => items.push(item.to_owned()),
            _ => {
                self.close();
                self.open = Open::List {
                    ordered,
                    items: vec![item.to_owned()],
                };
            }
        }
    }

    /// A line that begins nothing belongs to what is open.
    fn continuation(&mut self, line: &str) {
        match &mut self.open {
            Open::Paragraph(text) => add_line(text, line),
            Open::List { items, .. } => {
                if let Some(item) = items.last_mut() {
                    add_line(item, line);
                }
            }
            Open::Nothing | Open::Code { .. } => self.open = Open::Paragraph(line.to_owned()),
        }
    }

    fn close(&mut self) {
        match std::mem::take(&mut self.open) {
            Open::Nothing => {}
            Open::Paragraph(text) => self.blocks.push(Block::Paragraph(inline(&text))),
            Open::List { ordered, items } => self.blocks.push(Block::List {
                ordered,
                items: items.iter().map(|item| inline(item)).collect(),
            }),
            Open::Code { label, mut text } => {
                text.pop();
                self.blocks.push(Block::Code { label, text });
            }
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close();
        self.blocks
    }
}

const FENCE: &str = "```";

fn add_line(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line);
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (level > 0).then_some((level, text.strip_prefix(' ')?))
}

fn list_item(line: &str) -> Option<(bool, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, item));
    }
    let item = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (item.len() < line.len()).then_some((true, item.strip_prefix(". ")?))
}

fn inline(text: &str) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (part, after) = match part(rest) {
            Some(found) => found,
            None => {
                let escaped = rest.strip_prefix('\\').and_then(|after| after.chars().next());
                let shown = escaped.filter(char::is_ascii_punctuation).unwrap_or(first);
                plain.push(shown);
                rest = rest
                    .strip_prefix('\\')
                    .filter(|_| escaped == Some(shown))
                    .unwrap_or(rest);
                rest = &rest[shown.len_utf8()..];
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(Inline::Text(std::mem::take(&mut plain)));
        }
        parts.push(part);
        rest = after;
    }
    if !plain.is_empty() {
        parts.push(Inline::Text(plain));
    }
    parts
}

/// The part that begins here, when one does, and what follows it.
fn part(text: &str) -> Option<(Inline, &str)> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    if ticks > 0 {
        let (code, after) = between(text, &text[..ticks], &text[..ticks])?;
        return Some((Inline::Code(code.trim().to_owned()), after));
    }
    if let Some((strong, after)) = between(text, "**", "**") {
        return Some((Inline::Strong(strong.to_owned()), after));
    }
    if let Some((emphasis, after)) = between(text, "*", "*")
        && !emphasis.starts_with(' ')
    {
        return Some((Inline::Emphasis(emphasis.to_owned()), after));
    }
    if let Some((address, after)) = between(text, "<http", ">") {
        let address = format!("http{address}");
        return Some((
            Inline::Link {
                text: address.clone(),
                address,
            },
            after,
        ));
    }
    let (label, after) = between(text, "[", "]")?;
    let (address, after) = between(after, "(", ")")?;
    Some((
        Inline::Link {
            text: label.replace('`', ""),
            address: address.to_owned(),
        },
        after,
    ))
}

/// What stands between two signs at the start of a text, never nothing, and what follows it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<(&'a str, &'a str)> {
    let (inside, after) = text.strip_prefix(start)?.split_once(end)?;
    (!inside.is_empty()).then_some((inside, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    #[test]
    fn blocks() {
        let read = markdown("# What it does\nOne\ntwo.\n\n- a\n- b\n  c\n\n1. first\n2. second\n");
        assert_eq!(
            read,
            [
                Block::Heading(1, vec![text("What it does")]),
                Block::Paragraph(vec![text("One two.")]),
                Block::List {
                    ordered: false,
                    items: vec![vec![text("a")], vec![text("b c")]]
                },
                Block::List {
                    ordered: true,
                    items: vec![vec![text("first")], vec![text("second")]]
                },
            ]
        );
    }

    #[test]
    fn code_is_kept_as_it_is() {
        let read = markdown("Before\n```python,finding\n# not a heading\n\n    - no item **\n```\nafter");
        assert_eq!(
            read,
            [
                Block::Paragraph(vec![text("Before")]),
                Block::Code {
                    label: "python,finding".to_owned(),
                    text: "# not a heading\n\n    - no item **".to_owned()
                },
                Block::Paragraph(vec![text("after")]),
            ]
        );
        assert_eq!(markdown("```\nnever closed").len(), 1);
    }

    #[test]
    fn parts_of_a_line() {
        let read = inline("A `jwt.decode(*a, **b)` is **bad**, *very* so: [RFC 8725](https://rfc/8725), <https://x>.");
        assert_eq!(
            read,
            [
                text("A "),
                Inline::Code("jwt.decode(*a, **b)".to_owned()),
                text(" is "),
                Inline::Strong("bad".to_owned()),
                text(", "),
                Inline::Emphasis("very".to_owned()),
                text(" so: "),
                Inline::Link {
                    text: "RFC 8725".to_owned(),
                    address: "https://rfc/8725".to_owned()
                },
                text(", "),
                Inline::Link {
                    text: "https://x".to_owned(),
                    address: "https://x".to_owned()
                },
                text("."),
            ]
        );
    }

    #[test]
    fn signs_without_a_partner_are_text() {
        for plain in [
            "2 * 3 = 6",
            "a ` b",
            "[not a link]",
            "5 ** ",
            "ends with \\",
            "名`",
            "<b>no markup</b>",
        ] {
            assert_eq!(inline(plain), [text(plain)], "{plain}");
        }
        assert_eq!(inline(r"\*no emphasis\*"), [text("*no emphasis*")]);
        assert_eq!(inline("``a ` b``"), [Inline::Code("a ` b".to_owned())]);
    }

    /// Markup that the reader does not know would stand in a text as it is.
    #[test]
    fn the_documentation_of_every_rule_is_understood() {
        fn check(rule: &str, parts: &[Inline]) {
            for part in parts {
                let (Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Link { text, .. }) =
                    part
                else {
                    continue;
                };
                for markup in ["`", "**", "](", "|", "~~~", "<!--", "&amp;", "&lt;"] {
                    assert!(!text.contains(markup), "{rule}: {markup} in {text:?}");
                }
            }
        }
        for rule in audit::rules() {
            for block in markdown(&rule.documentation) {
                match block {
                    Block::Heading(_, parts) | Block::Paragraph(parts) => check(&rule.name, &parts),
                    Block::List { items, .. } => items.iter().for_each(|item| check(&rule.name, item)),
                    Block::Code { label, .. } => assert!(!label.is_empty(), "{}: code without a label", rule.name),
                }
            }
        }
    }
}
