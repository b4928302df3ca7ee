//! Conditions of `WHERE` and `ON`.

use super::tokens::Token;
use super::{SqlCondition, SqlValue, closing, top_level};

/// Conditions nested deeper than this are kept as text.
const MAX_DEPTH: usize = 12;

pub(super) fn parse(tokens: &[Token]) -> SqlCondition {
    condition(tokens, 0)
}

fn condition(tokens: &[Token], depth: usize) -> SqlCondition {
    let written = || SqlCondition::Unresolved(text(tokens));
    if depth > MAX_DEPTH {
        return written();
    }
    let any = split_at(tokens, "or");
    if any.len() > 1 {
        return SqlCondition::Any(any.into_iter().map(|part| condition(part, depth + 1)).collect());
    }
    let all = split_at(tokens, "and");
    if all.len() > 1 {
        return SqlCondition::All(all.into_iter().map(|part| condition(part, depth + 1)).collect());
    }
    match tokens {
        [first, rest @ ..] if first.is_word("not") => SqlCondition::Not(Box::new(condition(rest, depth + 1))),
        [first, .., last] if first.is("(") && last.is(")") && closing(tokens, 0) + 1 == tokens.len() => {
            condition(&tokens[1..tokens.len() - 1], depth + 1)
        }
        _ => compare(tokens).unwrap_or_else(written),
    }
}

fn compare(tokens: &[Token]) -> Option<SqlCondition> {
    const OPERATORS: [&str; 8] = ["=", "==", "!=", "<>", "<", ">", "<=", ">="];
    const WORDS: [&str; 5] = ["in", "like", "ilike", "is", "between"];
    let top = top_level(tokens);
    let is_operator = |token: &Token| {
        OPERATORS.iter().any(|operator| token.is(operator)) || WORDS.iter().any(|word| token.is_word(word))
    };
    let at = top.into_iter().find(|&at| is_operator(&tokens[at]))?;
    let is_negated = at > 0 && tokens[at - 1].is_word("not");
    let left = &tokens[..at - usize::from(is_negated)];
    let mut right = &tokens[at + 1..];
    let mut operator = tokens[at].written().to_ascii_lowercase();
    if is_negated {
        operator = format!("not {operator}");
    }
    if operator == "is" && right.first().is_some_and(|token| token.is_word("not")) {
        operator = "is not".to_owned();
        right = &right[1..];
    }
    let (column, value) = match (value(left), value(right)) {
        (SqlValue::Column(column), value) => (column, value),
        // `$1 = user_id`, `:id in (…)`
        (value, SqlValue::Column(column)) if OPERATORS[..4].contains(&operator.as_str()) => (column, value),
        _ => return None,
    };
    Some(SqlCondition::Compare {
        column,
        operator,
        value,
    })
}

/// What one side of a comparison, or a value that is stored, is.
pub(super) fn value(tokens: &[Token]) -> SqlValue {
    match tokens {
        [Token::Position(at)] => SqlValue::Position(*at),
        [Token::Argument(at)] => SqlValue::Argument(*at),
        [Token::Named(name)] => SqlValue::Named(name.clone()),
        [Token::Hole(expr)] => SqlValue::Hole(*expr),
        [Token::Text(text)] => SqlValue::Literal(format!("'{text}'")),
        [token @ (Token::Word(_) | Token::Quoted(_))] => match token.written() {
            word if word.starts_with(|c: char| c.is_ascii_digit()) => SqlValue::Literal(word),
            word if ["true", "false", "null"].contains(&word.to_ascii_lowercase().as_str()) => SqlValue::Literal(word),
            _ => SqlValue::Column(token.name().unwrap_or_default()),
        },
        [table, dot, column] if dot.is(".") => match (table.name(), column.name()) {
            (Some(table), Some(column)) => SqlValue::Column(format!("{table}.{column}")),
            _ => SqlValue::Unresolved(text(tokens)),
        },
        // `lower(email)`, `CAST($1 AS uuid)`, `ANY($1)`, `($1)`
        [.., open_part, last] if last.is(")") && tokens.len() >= 3 => {
            let open = usize::from(!tokens[0].is("("));
            let name = tokens[0].name().unwrap_or_default().to_ascii_lowercase();
            let passes = ["", "lower", "upper", "cast", "any", "trim", "coalesce"].contains(&name.as_str());
            let inner = &tokens[(open + 1).min(tokens.len() - 1)..tokens.len() - 1];
            let inner = match inner.iter().position(|token| token.is_word("as")) {
                Some(at) => &inner[..at],
                None => inner,
            };
            // One value deep: no text can make this go on for long.
            match inner {
                [_] | [_, _, _] if passes && tokens[open].is("(") && !open_part.is("(") => shallow(inner),
                _ => SqlValue::Unresolved(text(tokens)),
            }
        }
        _ => SqlValue::Unresolved(text(tokens)),
    }
}

fn shallow(tokens: &[Token]) -> SqlValue {
    match tokens {
        [.., last] if last.is(")") => SqlValue::Unresolved(text(tokens)),
        _ => value(tokens),
    }
}

/// Parts between a word outside parentheses; the `and` of `between a and b` divides nothing.
fn split_at<'t>(tokens: &'t [Token], word: &str) -> Vec<&'t [Token]> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut is_between = false;
    for at in top_level(tokens) {
        if tokens[at].is_word("between") {
            is_between = true;
        } else if tokens[at].is_word(word) {
            if std::mem::take(&mut is_between) && word == "and" {
                continue;
            }
            out.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    out.push(&tokens[start..]);
    out
}

fn text(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens.iter().take(60) {
        let written = token.written();
        let is_tight = out.is_empty() || written == "." || written == ")" || out.ends_with(['.', '(']);
        if !is_tight {
            out.push(' ');
        }
        out.push_str(&written);
    }
    out
}
