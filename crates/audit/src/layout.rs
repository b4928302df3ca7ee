//! Changed statements, laid out over lines as black does.
//!
//! What a fix writes is longer or shorter than what was there. Where a statement stood as black (or `ruff format`)
//! would write it, it is laid out anew, so that the check for formatting stays green. Only brackets, commas and
//! operators are looked at; what is not understood is left as the fix wrote it.

use text::{Edit, TextEdit};

use crate::fixes::style::{line_start, next_line};

/// Deeper than this nobody reviews code.
const MAX_DEPTH: usize = 12;
/// Line lengths that projects agree on, black's own first.
const LIMITS: [usize; 3] = [88, 100, 120];
/// Bytes that are read to find where a statement begins, and how long lines are.
const SCANNED: usize = 20_000;

/// The edits of a text, with the statements that they change laid out.
pub(crate) fn settled(text: &str, edits: TextEdit) -> TextEdit {
    let Some(limit) = limit(text) else { return edits };
    let mut out: Vec<Edit> = Vec::new();
    let mut rest = edits.edits();
    while let Some(first) = rest.first() {
        let statement = statement_around(text, first.range.0 as usize);
        let within = |edit: &&Edit| {
            statement.is_some_and(|(start, end)| start <= edit.range.0 as usize && edit.range.1 as usize <= end)
        };
        let count = rest.iter().take_while(within).count().max(1);
        let (group, others) = rest.split_at(count);
        rest = others;
        match statement
            .filter(|_| within(&first))
            .and_then(|(start, end)| changed(&text[start..end], start, group, limit))
        {
            Some(edit) => out.push(edit),
            None => out.extend_from_slice(group),
        }
    }
    TextEdit::new(out).unwrap_or(edits)
}

/// The length that no line of a file is longer than.
fn limit(text: &str) -> Option<usize> {
    let lines = text.get(..SCANNED).unwrap_or(text).lines();
    let longest = lines.map(|line| line.chars().count()).max()?;
    LIMITS.into_iter().find(|&limit| longest <= limit)
}

/// One edit instead of those of a statement at `start`, when its layout is not what they make.
fn changed(statement: &str, start: usize, edits: &[Edit], limit: usize) -> Option<Edit> {
    if laid_out(statement, limit)? != statement {
        return None;
    }
    let moved = |edit: &Edit| Edit {
        range: (edit.range.0 - start as u32, edit.range.1 - start as u32),
        text: edit.text.clone(),
    };
    let after = TextEdit::new(edits.iter().map(moved).collect())
        .ok()?
        .apply(statement)
        .ok()?;
    let mut lines = Vec::new();
    let mut at = 0;
    while at < after.len() {
        let end = logical_end(&after, at);
        let line = &after[at..end];
        lines.push(laid_out(line, limit).unwrap_or_else(|| line.to_owned()));
        at = end + 1;
    }
    let settled = lines.join("\n");
    if settled == after.trim_end_matches('\n') {
        return None;
    }
    let settled = match after.ends_with('\n') {
        true => settled + "\n",
        false => settled,
    };
    let same = |a: &str, b: &str| -> usize {
        let pairs = a.chars().zip(b.chars());
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let head = same(statement, &settled);
    let reversed = |text: &str| text[head..].chars().rev().collect::<String>();
    let tail = same(&reversed(statement), &reversed(&settled));
    Some(Edit {
        range: ((start + head) as u32, (start + statement.len() - tail) as u32),
        text: settled[head..settled.len() - tail].to_owned(),
    })
}

/// The statement that holds a place: from the beginning of its first line to the end of its last one. Of a compound
/// statement its head.
fn statement_around(text: &str, place: usize) -> Option<(usize, usize)> {
    let mut start = line_start(text, place);
    // What begins at the margin begins a statement.
    while !text[start..].starts_with(|character: char| character.is_alphabetic() || matches!(character, '_' | '@')) {
        let before = text[..start].strip_suffix(['\n', '\r'])?;
        if place - start > SCANNED {
            return None;
        }
        start = line_start(text, before.len());
    }
    loop {
        let end = logical_end(text, start);
        if place <= end {
            return (!text[start..end].trim().is_empty()).then_some((start, end));
        }
        start = next_line(text, end)?;
    }
}

/// Where the line ends that begins at `start`, with all that its brackets and texts hold.
fn logical_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
                continue;
            }
            b'\n' if depth == 0 => return at,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\\' => at += 1,
            b'"' | b'\'' => {
                let quote = match text.get(at..at + 3) {
                    Some(three @ ("\"\"\"" | "'''")) => three,
                    _ => &text[at..=at],
                };
                at += quote.len();
                while at < bytes.len() && !bytes[at..].starts_with(quote.as_bytes()) {
                    if bytes[at] == b'\n' && quote.len() == 1 {
                        break;
                    }
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += quote.len() - 1;
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// `statement`, which begins with its indentation, with no line longer than `limit` where that can be had. `None` when
/// it holds something that is not understood: comments, strings over several lines, tabs.
fn laid_out(statement: &str, limit: usize) -> Option<String> {
    if statement.contains(['\t', '\r']) {
        return None;
    }
    let (statement, comment) = match comment(statement) {
        Some(at) => (statement[..at].trim_end(), &statement[at..]),
        None => (statement, ""),
    };
    let code = statement.trim_start_matches(' ');
    let indent = statement.len() - code.len();
    let line = joined(code)?;
    let mut layout = Layout {
        limit,
        lines: Vec::new(),
    };
    layout.statement(&line, indent)?;
    let out = layout.lines.join("\n");
    match comment {
        "" => Some(out),
        _ => Some(format!("{out}  {comment}")),
    }
}

/// Where the comment begins that a statement ends with.
fn comment(statement: &str) -> Option<usize> {
    let last = statement.rfind('\n').map_or(0, |at| at + 1);
    let at = last + statement[last..].rfind("  # ")? + 2;
    let code = tokens(statement[..at].trim_end())?;
    // A text with such a part has an end behind it.
    (!code.is_empty()).then_some(at)
}

/// The statement on one line, as black writes it before it splits: a comma before a closing bracket stays, and says
/// that the bracket is to be split.
fn joined(code: &str) -> Option<String> {
    let mut out = String::new();
    let mut is_line_start = false;
    for (text, kind) in tokens(code)? {
        match kind {
            Kind::LineBreak => is_line_start = true,
            _ if text.trim().is_empty() && is_line_start => {}
            _ => {
                let joins = out.is_empty() || out.ends_with(['(', '[', '{']) || text.starts_with([')', ']', '}', '.']);
                if is_line_start && !joins {
                    out.push(' ');
                }
                is_line_start = false;
                out.push_str(text);
            }
        }
    }
    Some(without_optional_parentheses(&out).unwrap_or(out))
}

/// `x = (value)` and `return (value)` without the parentheses, which black adds and takes away as it needs them.
fn without_optional_parentheses(line: &str) -> Option<String> {
    let start = value_start(line)?;
    let value = &line[start..];
    let whole = Brackets::of(value)?;
    let &[(0, close)] = &whole.pairs[..] else { return None };
    let inner = &value[1..close];
    let within = Brackets::of(inner)?;
    let is_plain = close + 1 == value.len()
        && value.starts_with('(')
        && !inner.is_empty()
        && within.commas.is_empty()
        && !inner.contains(" for ")
        && !inner.contains(":=")
        && !inner.starts_with(['*', '('])
        && !inner.starts_with("yield");
    is_plain.then(|| format!("{}{inner}", &line[..start]))
}

/// Where the value begins that black may put into parentheses.
fn value_start(line: &str) -> Option<usize> {
    if let Some(rest) = line.strip_prefix("return ") {
        return Some(line.len() - rest.len());
    }
    let brackets = Brackets::of(line)?;
    brackets.assignments.last().map(|at| at + 2)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Text,
    LineBreak,
}

/// A piece of code for each character outside of texts, a piece for each text. `None` where a comment or a text over
/// several lines is, or a line that is carried on by a backslash.
fn tokens(code: &str) -> Option<Vec<(&str, Kind)>> {
    let bytes = code.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b'#' | b'\\' => return None,
            b'\n' => Kind::LineBreak,
            quote @ (b'"' | b'\'') => {
                if code[at..].starts_with("\"\"\"") || code[at..].starts_with("'''") {
                    return None;
                }
                at += 1;
                loop {
                    match bytes.get(at)? {
                        b'\\' => at += 2,
                        b'\n' => return None,
                        byte if *byte == quote => break,
                        _ => at += 1,
                    }
                }
                Kind::Text
            }
            _ => Kind::Code,
        };
        at += 1;
        while !code.is_char_boundary(at) {
            at += 1;
        }
        out.push((code.get(start..at)?, kind));
    }
    Some(out)
}

/// What stands outside of all brackets of a line.
#[derive(Default)]
struct Brackets {
    /// Where outermost brackets open and close.
    pairs: Vec<(usize, usize)>,
    commas: Vec<usize>,
    /// Spaces before `=` with spaces around it.
    assignments: Vec<usize>,
    /// Where a line may be broken before an operator, with its rank.
    operators: Vec<(usize, Rank)>,
    /// Whether a comma stands before a closing bracket, anywhere.
    has_magic_comma: bool,
}

/// From what binds loosest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    For,
    Conditional,
    Logic,
    TextAfterText,
    Comparison,
    BitOr,
    BitAnd,
    Sum,
    Product,
    Dot,
}

const OPERATORS: [(&str, Rank); 22] = [
    (" for ", Rank::For),
    (" async for ", Rank::For),
    (" if ", Rank::Conditional),
    (" else ", Rank::Conditional),
    (" and ", Rank::Logic),
    (" or ", Rank::Logic),
    (" not in ", Rank::Comparison),
    (" in ", Rank::Comparison),
    (" is ", Rank::Comparison),
    (" == ", Rank::Comparison),
    (" != ", Rank::Comparison),
    (" < ", Rank::Comparison),
    (" > ", Rank::Comparison),
    (" <= ", Rank::Comparison),
    (" >= ", Rank::Comparison),
    (" | ", Rank::BitOr),
    (" & ", Rank::BitAnd),
    (" + ", Rank::Sum),
    (" - ", Rank::Sum),
    (" * ", Rank::Product),
    (" / ", Rank::Product),
    (" % ", Rank::Product),
];

impl Brackets {
    fn of(line: &str) -> Option<Brackets> {
        let mut found = Brackets::default();
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        let mut before = ("", Kind::Code);
        let tokens = tokens(line)?;
        for (index, &(text, kind)) in tokens.iter().enumerate() {
            match text {
                "(" | "[" | "{" if kind == Kind::Code => open.push(at),
                ")" | "]" | "}" if kind == Kind::Code => {
                    let start = open.pop()?;
                    if before.0 == "," && !is_tuple_of_one(line, start, at) {
                        found.has_magic_comma = true;
                    }
                    if open.is_empty() {
                        found.pairs.push((start, at));
                    }
                }
                "," if kind == Kind::Code && open.is_empty() => found.commas.push(at),
                "." if open.is_empty() && kind == Kind::Code && matches!(before.0, ")" | "]" | "}") => {
                    found.operators.push((at, Rank::Dot));
                }
                " " if open.is_empty() && kind == Kind::Code => {
                    let rest = &line[at..];
                    if rest.starts_with(" = ") {
                        found.assignments.push(at + 1);
                    } else if let Some((_, rank)) = OPERATORS.iter().find(|(operator, _)| rest.starts_with(operator)) {
                        // `not in` once, and not `in` again.
                        let is_tail = rest.starts_with(" in ") && line[..at].ends_with(" not");
                        if !is_tail {
                            found.operators.push((at, *rank));
                        }
                    } else if before.1 == Kind::Text && begins_with_text(&tokens[index + 1..]) {
                        found.operators.push((at, Rank::TextAfterText));
                    }
                }
                _ => {}
            }
            at += text.len();
            before = (text, kind);
        }
        if let Some(first) = found
            .operators
            .iter()
            .find(|(_, rank)| *rank == Rank::For)
            .map(|(at, _)| *at)
        {
            // What follows are names and conditions of the comprehension.
            found.commas.retain(|comma| *comma < first || *comma + 1 == line.len());
            found
                .operators
                .retain(|(at, _)| *at <= first || !line[*at..].starts_with(" in "));
            for (_, rank) in found.operators.iter_mut().filter(|(at, _)| *at > first) {
                if *rank == Rank::Conditional {
                    *rank = Rank::For;
                }
            }
        }
        let names_parameters = !found.commas.is_empty() && line.contains("lambda ");
        (open.is_empty() && !names_parameters).then_some(found)
    }
}

/// `f"…"` or `"…"`
fn begins_with_text(tokens: &[(&str, Kind)]) -> bool {
    let prefix = tokens
        .iter()
        .take(2)
        .take_while(|(text, kind)| *kind == Kind::Code && text.chars().all(|character| "rbfuRBFU".contains(character)));
    tokens.get(prefix.count()).is_some_and(|(_, kind)| *kind == Kind::Text)
}

/// `(x,)`, whose comma makes the tuple.
fn is_tuple_of_one(line: &str, open: usize, close: usize) -> bool {
    let content = &line[open + 1..close];
    !is_called(&line[..open]) && line[open..].starts_with('(') && content.matches(',').count() == 1
}

/// Whether a bracket that opens behind `before` calls or subscripts what stands there.
fn is_called(before: &str) -> bool {
    before.ends_with(|character: char| character.is_alphanumeric() || matches!(character, '_' | ')' | ']' | '"' | '\''))
}

struct Layout {
    limit: usize,
    lines: Vec<String>,
}

impl Layout {
    fn fits(&self, line: &str, indent: usize) -> bool {
        // Ideographs are two columns wide.
        let width = |character: char| if character < '\u{1100}' { 1 } else { 2 };
        indent + line.chars().map(width).sum::<usize>() <= self.limit
    }

    fn push(&mut self, line: &str, indent: usize) {
        self.lines.push(format!("{:indent$}{line}", ""));
    }

    /// A line that stands in no brackets.
    fn statement(&mut self, line: &str, indent: usize) -> Option<()> {
        let brackets = Brackets::of(line)?;
        let is_list_of_names = line.starts_with("from ") && line.ends_with(",)");
        if !brackets.has_magic_comma && !is_list_of_names && self.fits(line, indent) {
            self.push(line, indent);
            return Some(());
        }
        if line.starts_with("from ")
            && let Some((head, names)) = line.split_once(" import ")
        {
            let names = names.trim_start_matches('(').trim_end_matches([')', ',']);
            self.push(&format!("{head} import ("), indent);
            for name in names.split(", ") {
                self.push(&format!("{name},"), indent + 4);
            }
            self.push(")", indent);
            return Some(());
        }
        let is_definition = ["def ", "async def ", "class "]
            .iter()
            .any(|word| line.starts_with(word));
        if is_definition {
            let &(open, close) = brackets.pairs.first()?;
            return self.split(line, (open, close), indent, true, 0);
        }
        if [
            "if ", "elif ", "while ", "for ", "with ", "assert ", "async ", "except ", "del ",
        ]
        .iter()
        .any(|word| line.starts_with(word))
            && !brackets.operators.is_empty()
        {
            return None;
        }
        if let Some(start) = value_start(line) {
            let within = Brackets::of(&line[start..])?;
            if self.wants_parentheses(&line[start..], &within, start + indent) {
                return self.in_parentheses(&line[..start], &line[start..], indent);
            }
        }
        self.at_last_bracket(line, &brackets, indent, 0)
    }

    /// Whether a value is put into parentheses rather than split at its last bracket.
    fn wants_parentheses(&self, value: &str, brackets: &Brackets, before: usize) -> bool {
        if brackets.has_magic_comma && brackets.operators.is_empty() {
            return false;
        }
        let Some(&rank) = brackets.operators.iter().map(|(_, rank)| rank).min() else {
            // A name or a text, with nothing in it that could be split.
            return brackets.pairs.iter().all(|(open, close)| open + 1 == *close) && self.fits(value, 4);
        };
        let count = brackets.operators.iter().filter(|(_, other)| *other == rank).count();
        if count > 1 {
            return true;
        }
        if rank == Rank::Dot {
            return false;
        }
        match brackets.pairs.last() {
            Some(&(open, close)) if close + 1 == value.len() && open + 1 < close => before + open + 1 > self.limit,
            _ => true,
        }
    }

    fn in_parentheses(&mut self, head: &str, value: &str, indent: usize) -> Option<()> {
        self.push(&format!("{head}("), indent);
        self.inside(value, indent + 4, 0)?;
        self.push(")", indent);
        Some(())
    }

    /// A line that stands in brackets, where it may be broken anywhere.
    fn inside(&mut self, line: &str, indent: usize, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let brackets = Brackets::of(line)?;
        if !brackets.has_magic_comma && self.fits(line, indent) {
            self.push(line, indent);
            return Some(());
        }
        let own_comma = usize::from(line.ends_with(','));
        let commas = &brackets.commas[..brackets.commas.len() - own_comma];
        if !commas.is_empty() {
            return self.items(line, indent, depth);
        }
        let rank = brackets.operators.iter().map(|(_, rank)| *rank).min();
        if let Some(rank) = rank {
            let places: Vec<usize> = brackets
                .operators
                .iter()
                .filter(|(_, other)| *other == rank)
                .map(|(at, _)| *at)
                .collect();
            if rank != Rank::Dot || places.len() > 1 {
                let mut start = 0;
                for place in places {
                    self.inside(line[start..place].trim_start(), indent, depth + 1)?;
                    start = place;
                }
                return self.inside(line[start..].trim_start(), indent, depth + 1);
            }
        }
        self.at_last_bracket(line, &brackets, indent, depth)
    }

    /// Each item on lines of its own, with a comma behind the last one, too.
    fn items(&mut self, line: &str, indent: usize, depth: usize) -> Option<()> {
        let brackets = Brackets::of(line)?;
        let mut start = 0;
        for &comma in &brackets.commas {
            self.inside(line[start..=comma].trim_start(), indent, depth + 1)?;
            start = comma + 1;
        }
        let last = line[start..].trim();
        if !last.is_empty() {
            self.inside(&format!("{last},"), indent, depth + 1)?;
        }
        Some(())
    }

    /// Split at the last bracket whose line then fits.
    fn at_last_bracket(&mut self, line: &str, brackets: &Brackets, indent: usize, depth: usize) -> Option<()> {
        let mut filled = brackets.pairs.iter().rev().filter(|(open, close)| open + 1 < *close);
        let holds_magic_comma =
            |&&(open, close): &&(usize, usize)| line[open..close].ends_with(',') && !is_tuple_of_one(line, open, close);
        let chosen = match brackets.pairs.iter().rev().find(holds_magic_comma) {
            Some(magic) => Some(magic),
            None => filled
                .clone()
                .find(|(open, _)| self.fits(&line[..=*open], indent))
                .or_else(|| filled.next()),
        };
        match chosen {
            Some(&pair) => self.split(line, pair, indent, false, depth),
            None => {
                self.push(line, indent);
                Some(())
            }
        }
    }

    /// `head(`, what is in the bracket, and `)tail`.
    fn split(
        &mut self,
        line: &str,
        pair: (usize, usize),
        indent: usize,
        is_definition: bool,
        depth: usize,
    ) -> Option<()> {
        let (open, close) = pair;
        let (head, content, tail) = (&line[..=open], &line[open + 1..close], &line[close..]);
        if content.is_empty() || depth > MAX_DEPTH {
            return None;
        }
        let before = Brackets::of(&line[..open])?;
        if before.has_magic_comma || !self.fits(head, indent) {
            return None;
        }
        self.push(head, indent);
        let brackets = Brackets::of(content)?;
        let has_comma = !brackets.commas.is_empty();
        // A list or dictionary that does not fit is never left on one line.
        let is_display = !is_called(&line[..open]);
        let is_split = content.ends_with(',') || has_comma && is_display || is_definition && !has_comma;
        match is_split || brackets.has_magic_comma || !self.fits(content, indent + 4) {
            true if has_comma || is_definition => self.items(content, indent + 4, depth + 1)?,
            true => self.inside(content, indent + 4, depth + 1)?,
            false => self.push(content, indent + 4),
        }
        let after = Brackets::of(&tail[1..])?;
        match after.has_magic_comma || !self.fits(tail, indent) {
            true => None,
            false => {
                self.push(tail, indent);
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Statements as black 26 leaves them: over several lines, and the same on one.
    #[track_caller]
    fn check(statement: &str) {
        assert_eq!(laid_out(statement, 60).as_deref(), Some(statement));
    }

    #[test]
    fn as_black() {
        check("x = f(a)");
        check("x = f(\"  # \")  # why");
        check("payload = jwt.decode(\n    token, settings.secret, algorithms=[\"HS256\"]\n)");
        check(
            "payload = jwt.decode(\n    token,\n    key=settings.better_auth_secret_value,\n    algorithms=[\"HS256\"],\n)",
        );
        check(
            "    return jwt.encode(\n        {\"sub\": user, \"exp\": expires_at_that_time},\n        SECRET_KEY,\n    )",
        );
        check("    raise HTTPException(\n        status_code=401, detail=\"Could not validate\"\n    ) from error");
        check(
            "x = (\n    session.query(Task)\n    .filter(Task.id == task_id)\n    .filter(Task.owner == user.id)\n    .first()\n)",
        );
        check("task = session.exec(\n    select(Task).where(Task.id == task_id, Task.owner == me)\n).first()");
        check("from fastapi import (\n    APIRouter,\n    Depends,\n    FastAPI,\n    HTTPException,\n    status,\n)");
        check("async def read(\n    id: int, user: str | None = Depends(get_current_user)\n) -> Task:");
        check("def read(\n    id: int = Path(\n        description=\"The number of the task here\"\n    ),\n):");
        check("title = \"a text that does not fit behind the name of it\"");
        check("expire = datetime.now(timezone.utc) + timedelta(\n    minutes=settings.ACCESS_TOKEN_EXPIRE_MINUTES\n)");
        check("names = [\n    name\n    for name, value in settings_of_everything.items()\n    if value\n]");
        check("f(\n    a,\n)");
        check("users[form.email] = {\n    \"password\": hasher.hash(form.password),\n    \"staff\": True,\n}");
    }

    #[test]
    fn what_is_not_understood() {
        assert_eq!(laid_out("x = f(  # why\n    a\n)", 60), None);
        assert_eq!(laid_out("x = \"\"\"a\nb\"\"\"", 60), None);
        assert_eq!(laid_out("x = 1 + \\\n    2", 60), None);
        assert_eq!(laid_out("x = f(a", 60), None);
        assert_eq!(laid_out("x = f(a)  # why\r", 60), None);
    }

    #[track_caller]
    fn settles(before: &str, old: &str, new: &str, after: &str) {
        let at = before.find(old).expect("it is there") as u32;
        let edit = Edit {
            range: (at, at + old.len() as u32),
            text: new.to_owned(),
        };
        let edits = TextEdit::new(vec![edit]).expect("there is one");
        assert_eq!(settled(before, edits).apply(before).as_deref(), Ok(after));
    }

    #[test]
    fn changed_statements() {
        let long = "settings.a_name_that_is_long_enough_for_a_line_of_its_own_and_more";
        settles(
            "def f():\n    x = decode(a)\n",
            "a)",
            &format!("{long}, b)"),
            &format!("def f():\n    x = decode({long}, b)\n"),
        );
        let longer = format!("x = decode(\n    {long},\n    algorithms=[\"HS256\"],\n    b=1,\n)\n");
        settles(
            "x = decode(a)\n",
            "a",
            &format!("{long}, algorithms=[\"HS256\"], b=1"),
            &longer,
        );
        // What becomes short enough is joined.
        settles(
            "x = f(\n    \"SELECT id, name, mail FROM users WHERE name = '%s' AND password_hash = '%s'\" % name\n)\n",
            "\"SELECT id, name, mail FROM users WHERE name = '%s' AND password_hash = '%s'\" % name",
            "query",
            "x = f(query)\n",
        );
        // Nobody laid this out; it is left alone.
        settles(
            "x = f( a )\ny = f(a,\n      b)\n",
            "b",
            &format!("b, {long}"),
            &format!("x = f( a )\ny = f(a,\n      b, {long})\n"),
        );
    }
}
