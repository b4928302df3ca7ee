//! The same SQL with bound parameters: what to edit where an f-string, `%`, `.format` or `+` puts values in.

use semantic::{BindingKind, ExprRef, Model, NameUse};
use syntax::ast::*;
use text::{Span, TextRange, TextSize};

use crate::libraries::databases::{self, BindStyle};
use crate::source::{CallSyntax, call_syntax};

/// How a text becomes one with bound parameters.
#[derive(Debug, Clone)]
pub struct Rewrite {
    pub style: BindStyle,
    /// Values in the order of their places.
    pub values: Vec<BoundValue>,
    pub text: TextEdits,
    /// The call that is given the values.
    pub target: CallSyntax,
    pub passing: Passing,
    /// The quote that the text is written in.
    pub quote: char,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundValue {
    /// A name for the placeholder.
    pub name: String,
    /// Python that gives the value.
    pub value: String,
}

/// How the text changes.
#[derive(Debug, Clone)]
pub enum TextEdits {
    /// Places in string literals that become the placeholder of a value, and bytes that go away.
    InPlace {
        placeholders: Vec<(Span, usize)>,
        removed: Vec<Span>,
        /// `%` that stand for themselves.
        percents: Vec<Span>,
    },
    /// An expression that becomes one literal.
    Rendered { span: Span, pieces: Vec<TextPiece> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPiece {
    Text(String),
    /// The placeholder of a value.
    Placeholder(usize),
}

/// How the values are passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// A further argument: a dictionary for `text`, a tuple for `?` and `%s`, each value for `$1`.
    Argument,
    /// A keyword argument with a dictionary.
    Keyword(&'static str),
    /// `text(…).bindparams(…)`
    BindParams,
}

/// Longer texts are left to their authors.
const MAX_LENGTH: usize = 8_000;
const MAX_VALUES: usize = 12;

pub(crate) fn rewrite(model: &Model<'_>, call: ExprRef, argument: ExprRef, style: BindStyle) -> Option<Rewrite> {
    if style == BindStyle::Unknown {
        return None;
    }
    let built = built_at(model, argument)?;
    let source = model.span(built);
    if usize::from(source.range.len()) > MAX_LENGTH {
        return None;
    }
    let pieces = Pieces::of(model, built)?;
    let slots = slots(&pieces.elements)?;
    if slots.is_empty() || slots.len() > MAX_VALUES || holds_placeholders(&pieces.elements, &slots, style) {
        return None;
    }
    let (target, passing) = passing(model, call, style)?;
    let mut values: Vec<BoundValue> = Vec::new();
    for slot in &slots {
        let value = value_of(model, &pieces.elements[slot.start..slot.end])?;
        let name = unique_name(&value, &pieces.elements, &values);
        values.push(BoundValue { name, value });
    }
    let text = edits(&pieces, &slots, source, style)?;
    Some(Rewrite {
        style,
        values,
        text,
        target,
        passing,
        quote: model.text(source).chars().find(|c| matches!(c, '"' | '\''))?,
    })
}

/// The expression that builds the text: the argument, or the only thing that its variable is ever given.
fn built_at(model: &Model<'_>, argument: ExprRef) -> Option<ExprRef> {
    let ast = model.ast(argument.file);
    let ExprKind::Name(name) = ast[argument.id].kind else {
        return Some(argument);
    };
    let NameUse::Bound(definitions) = model.definitions(argument) else {
        return None;
    };
    let [definition] = &definitions[..] else { return None };
    let BindingKind::Value(id) = definition.binding.kind else {
        return None;
    };
    let built = ExprRef {
        file: definition.file,
        id,
    };
    let function = model.enclosing_function(argument);
    if built.file != argument.file || !definition.mutations.is_empty() || model.enclosing_function(built) != function {
        return None;
    }
    // Bound once and used here alone: nothing else wants the text as it was.
    let within = function.map(|function| ast[ast[function.id].stmt].range);
    let uses = ast
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::Name(other) if other == name))
        .filter(|(_, expr)| within.is_none_or(|within| within.contains_range(expr.range)))
        .count();
    (uses == 2).then_some(built)
}

/// One character of SQL, or a value that is put in.
#[derive(Debug, Clone, Copy)]
enum Element {
    Char {
        char: char,
        range: Option<TextRange>,
    },
    /// With the braces around it, where it is written in place.
    Value {
        expr: ExprRef,
        range: Option<TextRange>,
    },
}

struct Pieces {
    elements: Vec<Element>,
    /// The letters before the quotes of f-strings, and which elements their literals hold.
    literals: Vec<Literal>,
    /// Made of string literals with values in them, so that places can be edited.
    is_in_place: bool,
}

struct Literal {
    prefix: Span,
    first: usize,
    end: usize,
}

impl Pieces {
    fn of(model: &Model<'_>, built: ExprRef) -> Option<Pieces> {
        let ast = model.ast(built.file);
        let at = |id: ExprId| ExprRef { file: built.file, id };
        let mut pieces = Pieces {
            elements: Vec::new(),
            literals: Vec::new(),
            is_in_place: false,
        };
        match ast[built.id].kind {
            ExprKind::String { bytes: false, parts } => {
                pieces.is_in_place = true;
                pieces.read_literals(model, built, &ast[parts])?;
            }
            ExprKind::Binary {
                operator: BinaryOperator::Modulo,
                left,
                right,
            } => {
                let values = match ast[right].kind {
                    ExprKind::Tuple(items) => ast[items].to_vec(),
                    ExprKind::Dict(_) => return None,
                    _ => vec![right],
                };
                let template = ast.string(model.file(built.file).text(), left)?;
                pieces.read_template(&template, "%s", values.into_iter().map(at))?;
            }
            ExprKind::Call { function, arguments } => {
                let ExprKind::Attribute { object, name, .. } = ast[function].kind else {
                    return None;
                };
                let is_positional = |argument: &Argument| argument.kind == ArgumentKind::Positional;
                if model.file(built.file).source().name(name) != "format" || !ast[arguments].iter().all(is_positional) {
                    return None;
                }
                let template = ast.string(model.file(built.file).text(), object)?;
                pieces.read_template(
                    &template,
                    "{}",
                    ast[arguments].iter().map(|argument| at(argument.value)),
                )?;
            }
            ExprKind::Binary {
                operator: BinaryOperator::Add,
                ..
            } => {
                // Left-deep: the operands come out from right to left.
                let mut operands = Vec::new();
                let mut expr = built.id;
                while let ExprKind::Binary {
                    operator: BinaryOperator::Add,
                    left,
                    right,
                } = ast[expr].kind
                {
                    operands.push(right);
                    expr = left;
                }
                operands.push(expr);
                for operand in operands.into_iter().rev() {
                    match ast.string(model.file(built.file).text(), operand) {
                        Some(text) => pieces.push_text(&text),
                        None => pieces.elements.push(Element::Value {
                            expr: at(operand),
                            range: None,
                        }),
                    }
                }
            }
            _ => return None,
        }
        Some(pieces)
    }

    fn push_text(&mut self, text: &str) {
        let chars = text.chars().map(|char| Element::Char { char, range: None });
        self.elements.extend(chars);
    }

    /// Text with `placeholder` for each value.
    fn read_template(
        &mut self,
        template: &str,
        placeholder: &str,
        mut values: impl Iterator<Item = ExprRef>,
    ) -> Option<()> {
        let marker = &placeholder[..1];
        let mut parts = template.split(placeholder);
        let first = parts.next()?;
        // `%d`, `%%`, `{0}`, `{{`: another form.
        if template.replace(placeholder, "").contains(marker) {
            return None;
        }
        self.push_text(first);
        for part in parts {
            let expr = values.next()?;
            self.elements.push(Element::Value { expr, range: None });
            self.push_text(part);
        }
        values.next().is_none().then_some(())
    }

    /// Adjacent literals as they are written, f-strings and plain ones.
    fn read_literals(&mut self, model: &Model<'_>, built: ExprRef, parts: &[StringPart]) -> Option<()> {
        let file = built.file;
        let source = model.file(file).text();
        let range = model.expr(built).range;
        let mut values = parts.iter().filter_map(|part| match *part {
            StringPart::Interpolation(id) => Some(ExprRef { file, id }),
            _ => None,
        });
        let text = |from: usize, to: usize| &source[from..to];
        let (mut at, end) = (usize::from(range.start()), usize::from(range.end()));
        while at < end {
            let rest = text(at, end);
            let first = rest.chars().next()?;
            if first.is_whitespace() || matches!(first, '(' | ')' | '\\') {
                at += first.len_utf8();
                continue;
            }
            if first == '#' {
                at += rest.find('\n')?;
                continue;
            }
            let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let prefix = rest[..letters].to_ascii_lowercase();
            if prefix.contains('b') || letters > 2 {
                return None;
            }
            let quote = ["\"\"\"", "'''", "\"", "'"]
                .into_iter()
                .find(|quote| rest[letters..].starts_with(quote))?;
            let is_format = prefix.contains('f');
            let start = self.elements.len();
            let mut inner = at + letters + quote.len();
            loop {
                let rest = text(inner, end);
                if rest.starts_with(quote) {
                    inner += quote.len();
                    break;
                }
                let char = rest.chars().next()?;
                // Escapes would have to be decoded and written again.
                if char == '\\' {
                    return None;
                }
                if is_format && (char == '{' || char == '}') {
                    if char == '}' || rest.starts_with("{{") {
                        return None;
                    }
                    let expr = values.next()?;
                    let written = model.expr(expr).range;
                    let before = text(inner + 1, written.start().into());
                    let after = text(written.end().into(), end);
                    let close = after.find('}')?;
                    if !before.trim().is_empty() || !after[..close].trim().is_empty() {
                        return None;
                    }
                    let stop = usize::from(written.end()) + close + 1;
                    let range = Some(range_of(inner, stop));
                    self.elements.push(Element::Value { expr, range });
                    inner = stop;
                    continue;
                }
                let next = inner + char.len_utf8();
                let range = Some(range_of(inner, next));
                self.elements.push(Element::Char { char, range });
                inner = next;
            }
            if is_format {
                let letter = at + prefix.find('f')?;
                self.literals.push(Literal {
                    prefix: Span::new(file, range_of(letter, letter + 1)),
                    first: start,
                    end: self.elements.len(),
                });
            }
            at = inner;
        }
        values.next().is_none().then_some(())
    }
}

fn range_of(start: usize, end: usize) -> TextRange {
    TextRange::new(TextSize::new(start as u32), TextSize::new(end as u32))
}

/// Elements that together become one placeholder.
struct Slot {
    start: usize,
    end: usize,
}

/// Where the values of a text stand; `None` when one of them is no value of SQL: a table, a column, a keyword.
fn slots(elements: &[Element]) -> Option<Vec<Slot>> {
    let char_at = |index: usize| match elements.get(index) {
        Some(Element::Char { char, .. }) => Some(*char),
        _ => None,
    };
    let mut slots = Vec::new();
    // What was read so far, values as `\0`.
    let mut before = String::new();
    let mut index = 0;
    while index < elements.len() {
        match elements[index] {
            Element::Char { char: '\'', .. } => {
                let mut end = index + 1;
                let mut holds_value = false;
                loop {
                    match elements.get(end)? {
                        Element::Char { char: '\'', .. } if char_at(end + 1) == Some('\'') => end += 2,
                        Element::Char { char: '\'', .. } => break,
                        Element::Char { .. } => end += 1,
                        Element::Value { .. } => {
                            holds_value = true;
                            end += 1;
                        }
                    }
                }
                end += 1;
                if holds_value {
                    // `INTERVAL '{n} days'` and its like take no parameter.
                    if matches!(
                        last_word(&before).as_str(),
                        "interval" | "date" | "time" | "timestamp" | "as"
                    ) {
                        return None;
                    }
                    slots.push(Slot { start: index, end });
                }
                before.push('\0');
                index = end;
            }
            // A comment, or a name in quotes, with who knows what in it.
            Element::Char { char: '"' | '`', .. } => {
                let quote = char_at(index)?;
                let mut end = index + 1;
                while char_at(end)? != quote {
                    end += 1;
                }
                before.push('x');
                index = end + 1;
            }
            Element::Char { char, .. } => {
                before.push(char);
                index += 1;
            }
            Element::Value { .. } => {
                let ends = matches!(char_at(index + 1), Some(c) if c.is_whitespace() || matches!(c, ')' | ',' | ';'))
                    || index + 1 == elements.len();
                if !ends || !is_value_position(&before) {
                    return None;
                }
                slots.push(Slot {
                    start: index,
                    end: index + 1,
                });
                before.push('\0');
                index += 1;
            }
        }
    }
    Some(slots)
}

fn last_word(text: &str) -> String {
    let trimmed = text.trim_end();
    let word = trimmed.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    word.unwrap_or("").to_lowercase()
}

/// Whether a value of SQL follows this text.
fn is_value_position(before: &str) -> bool {
    let trimmed = before.trim_end();
    if trimmed.ends_with(['=', '<', '>']) {
        return true;
    }
    match last_word(before).as_str() {
        "like" | "ilike" | "limit" | "offset" | "between" => return true,
        "and" => {
            let lower = trimmed.to_lowercase();
            return lower
                .rfind("between")
                .is_some_and(|at| !lower[at + 7..lower.len() - 3].contains(" and "));
        }
        _ => {}
    }
    // `VALUES (a, b), (c`
    let lower = trimmed.to_lowercase();
    let Some(values) = lower.rfind("values") else {
        return false;
    };
    let list = &lower[values + "values".len()..];
    let is_list = list
        .chars()
        .all(|c| matches!(c, '(' | ')' | ',' | '\0') || c.is_whitespace() || c.is_alphanumeric());
    is_list && list.matches('(').count() == list.matches(')').count() + 1 && trimmed.ends_with(['(', ','])
}

/// Python for the value of a slot: the expression, or an f-string of what stands between the quotes.
fn value_of(model: &Model<'_>, elements: &[Element]) -> Option<String> {
    let inner = match elements {
        [
            Element::Char { char: '\'', .. },
            inner @ ..,
            Element::Char { char: '\'', .. },
        ] => inner,
        inner => inner,
    };
    let written = |expr: ExprRef| {
        let text = model.text(model.span(expr)).trim();
        // One line, nothing that ends at a comma: it goes into a dictionary or tuple.
        let is_simple = !text.contains('\n')
            && !matches!(
                model.expr(expr).kind,
                ExprKind::Yield(_)
                    | ExprKind::YieldFrom(_)
                    | ExprKind::Lambda { .. }
                    | ExprKind::Starred(_)
                    | ExprKind::Walrus { .. }
            );
        is_simple.then_some(text)
    };
    if let [Element::Value { expr, .. }] = inner {
        return written(*expr).map(str::to_owned);
    }
    let mut out = String::from("f\"");
    for element in inner {
        match element {
            Element::Char { char, .. } => match char {
                '"' | '\\' | '{' | '}' | '\n' | '\r' | '\'' => return None,
                _ => out.push(*char),
            },
            Element::Value { expr, .. } => {
                let text = written(*expr)?;
                if text.contains(['"', '\\']) {
                    return None;
                }
                out.push_str(&format!("{{{text}}}"));
            }
        }
    }
    out.push('"');
    Some(out)
}

/// A name for a placeholder: the last name in the value that is not taken yet.
fn unique_name(value: &str, elements: &[Element], taken: &[BoundValue]) -> String {
    let inner = match value.strip_prefix("f\"") {
        Some(text) => text
            .split('{')
            .nth(1)
            .and_then(|rest| rest.split('}').next())
            .unwrap_or(""),
        None => value,
    };
    let is_name = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let base = inner.rsplit('.').next().filter(|name| is_name(name)).unwrap_or("value");
    let sql: String = elements
        .iter()
        .map(|element| match element {
            Element::Char { char, .. } => *char,
            Element::Value { .. } => ' ',
        })
        .collect();
    let is_free = |name: &str| {
        // The same value twice has one name.
        taken.iter().all(|other| other.name != name || other.value == value) && !sql.contains(&format!(":{name}"))
    };
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    std::iter::once(base.to_owned())
        .chain(numbered.take(100))
        .find(|name| is_free(name))
        .unwrap_or_else(|| base.to_owned())
}

fn edits(pieces: &Pieces, slots: &[Slot], built: Span, style: BindStyle) -> Option<TextEdits> {
    let in_slot = |index: usize| slots.iter().any(|slot| slot.start <= index && index < slot.end);
    let doubles_percent = style == BindStyle::Percent;
    if !pieces.is_in_place {
        let mut out = Vec::new();
        let mut text = String::new();
        let mut index = 0;
        while index < pieces.elements.len() {
            if let Some(number) = slots.iter().position(|slot| slot.start == index) {
                out.push(TextPiece::Text(std::mem::take(&mut text)));
                out.push(TextPiece::Placeholder(number));
                index = slots[number].end;
                continue;
            }
            if let Element::Char { char, .. } = pieces.elements[index] {
                text.push(char);
                if char == '%' && doubles_percent {
                    text.push('%');
                }
            }
            index += 1;
        }
        out.push(TextPiece::Text(text));
        return Some(TextEdits::Rendered {
            span: built,
            pieces: out,
        });
    }
    let range_at = |index: usize| match pieces.elements[index] {
        Element::Char { range, .. } | Element::Value { range, .. } => range,
    };
    let mut placeholders = Vec::new();
    for (number, slot) in slots.iter().enumerate() {
        let (first, last) = (range_at(slot.start)?, range_at(slot.end - 1)?);
        // Quotes of SQL that open in one literal and close in another.
        let within = |literal: &Literal| literal.first <= slot.start && slot.end <= literal.end;
        if !pieces.literals.iter().any(within) {
            return None;
        }
        placeholders.push((Span::new(built.file, first.cover(last)), number));
    }
    let mut percents = Vec::new();
    if doubles_percent {
        for (index, element) in pieces.elements.iter().enumerate() {
            if let Element::Char {
                char: '%',
                range: Some(range),
            } = *element
                && !in_slot(index)
            {
                percents.push(Span::new(built.file, range));
            }
        }
    }
    Some(TextEdits::InPlace {
        placeholders,
        removed: pieces.literals.iter().map(|literal| literal.prefix).collect(),
        percents,
    })
}

/// Whether the text beside the values has placeholders, or what would be taken for some.
fn holds_placeholders(elements: &[Element], slots: &[Slot], style: BindStyle) -> bool {
    let outside = elements.iter().enumerate().map(|(index, element)| match element {
        Element::Char { char, .. } if !slots.iter().any(|slot| slot.start <= index && index < slot.end) => *char,
        _ => ' ',
    });
    let text: String = outside.collect();
    let chars: Vec<char> = text.chars().collect();
    match style {
        BindStyle::QuestionMark => text.contains('?'),
        BindStyle::Dollar => text.contains('$'),
        // `created::date` is a cast.
        BindStyle::Text | BindStyle::Values => chars.windows(3).any(|window| {
            window[0] != ':' && window[1] == ':' && (window[2].is_ascii_alphabetic() || window[2] == '_')
        }),
        BindStyle::Percent | BindStyle::Unknown => false,
    }
}

/// The call that is to be given the values, and how; `None` where it is given some already.
fn passing(model: &Model<'_>, call: ExprRef, style: BindStyle) -> Option<(CallSyntax, Passing)> {
    let syntax = call_syntax(model, call)?;
    match style {
        BindStyle::Text => {
            let outer = runner_of(model, call);
            if let Some((outer, name)) = outer {
                let (_, argument) = databases::STATEMENT_RUNNERS.iter().find(|(known, _)| *known == name)?;
                let is_alone = outer.arguments.len() == 1;
                if is_alone {
                    let passing = match argument.position {
                        Some(_) => Passing::Argument,
                        None => Passing::Keyword("params"),
                    };
                    return Some((outer, passing));
                }
            }
            (syntax.arguments.len() == 1).then_some((syntax, Passing::BindParams))
        }
        BindStyle::Values | BindStyle::QuestionMark | BindStyle::Percent | BindStyle::Dollar => {
            let name = called_name(model, call)?;
            let takes_values = databases::TAKING_VALUES
                .iter()
                .any(|(known, names)| *known == style && names.contains(&name));
            let passing = match style {
                BindStyle::Values => Passing::Keyword("values"),
                _ => Passing::Argument,
            };
            (takes_values && syntax.arguments.len() == 1).then_some((syntax, passing))
        }
        BindStyle::Unknown => None,
    }
}

fn called_name<'a>(model: &Model<'a>, call: ExprRef) -> Option<&'a str> {
    let file = model.file(call.file);
    let ExprKind::Call { function, .. } = file.ast()[call.id].kind else {
        return None;
    };
    match file.ast()[function].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name)),
        _ => None,
    }
}

/// The call whose first argument a `text(…)` is, with its name: `execute` of `session.execute(text(…))`.
fn runner_of<'a>(model: &Model<'a>, call: ExprRef) -> Option<(CallSyntax, &'a str)> {
    let ast = model.ast(call.file);
    let parent = ast.parent_expr(call.id)?;
    let ExprKind::Call { function, arguments } = ast[parent].kind else {
        return None;
    };
    let first = ast[arguments].first()?;
    let ExprKind::Attribute { name, .. } = ast[function].kind else {
        return None;
    };
    let name = model.file(call.file).source().name(name);
    if first.value != call.id || !databases::STATEMENT_RUNNERS.iter().any(|(known, _)| *known == name) {
        return None;
    }
    let outer = call_syntax(
        model,
        ExprRef {
            file: call.file,
            id: parent,
        },
    )?;
    Some((outer, name))
}
