//! The parts of a Markdown text that tests read.

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'t> {
    /// What stands after the fence, split at commas: `python`, `finding`, ….
    pub info: Vec<&'t str>,
    pub text: String,
    /// Line of the opening fence, from 1.
    pub line: usize,
}

/// The code blocks fenced by three backticks, in order.
pub fn code_blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (number, line) in markdown.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(info), None) => {
                open = Some(Block {
                    info: info.split(',').map(str::trim).filter(|word| !word.is_empty()).collect(),
                    text: String::new(),
                    line: number + 1,
                });
            }
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The headings of the second level, in order, outside code blocks, each with its own text under it.
pub fn headings(markdown: &str) -> Vec<(&str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        in_code ^= line.trim_start().starts_with("```");
        match line.strip_prefix("## ") {
            Some(heading) if !in_code => out.push((heading.trim(), String::new())),
            _ => {
                if let Some((_, text)) = out.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## One\n\n```python,finding\n## not a heading\n```\n## Two\nx\n```\ny\n```\n";

    #[test]
    fn blocks() {
        let blocks = code_blocks(TEXT);
        assert_eq!(blocks[0].info, ["python", "finding"]);
        assert_eq!((&*blocks[0].text, blocks[0].line), ("## not a heading\n", 3));
        assert_eq!((blocks[1].info.len(), &*blocks[1].text), (0, "y\n"));
    }

    #[test]
    fn sections() {
        let names: Vec<&str> = headings(TEXT).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["One", "Two"]);
    }
}
