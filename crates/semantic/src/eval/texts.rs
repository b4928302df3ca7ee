//! Texts and operators: constants joined, the rest kept as parts.

use super::*;

/// Bytes of a text that is repeated.
const MAX_REPEATED: usize = 256;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn string(&self, expr: ExprRef, bytes: bool, parts: List<StringPart>, frame: Context<'_>) -> Values {
        let ast = self.ast(expr.file);
        let text = self.model.file(expr.file).text();
        let mut out = Vec::new();
        for &part in &ast[parts] {
            match part {
                StringPart::Interpolation(id) => {
                    let inner = ExprRef { file: expr.file, id };
                    out.push(TextOrValue::Value(inner, self.eval(inner, frame)));
                }
                StringPart::Text { .. } => {
                    if let Some(text) = ast.string_part(text, part) {
                        out.push(TextOrValue::Text(text.into()));
                    }
                }
            }
        }
        self.format(expr, bytes, out)
    }

    /// Parts of a text as one text, constant if all of them are.
    pub(super) fn format(&self, expr: ExprRef, bytes: bool, parts: Vec<TextOrValue>) -> Values {
        let mut joined: Vec<TextOrValue> = Vec::new();
        let mut push = |text: &str| match joined.last_mut() {
            Some(TextOrValue::Text(last)) => *last = format!("{last}{text}").into(),
            _ => joined.push(TextOrValue::Text(text.into())),
        };
        let mut pending = Vec::new();
        for part in parts {
            match &part {
                TextOrValue::Text(text) => push(text),
                TextOrValue::Value(_, values) => match values.as_slice() {
                    [
                        Value {
                            kind: ValueKind::Str(text),
                            ..
                        },
                    ] => push(text),
                    [
                        Value {
                            kind: ValueKind::Int(value),
                            ..
                        },
                    ] => push(&value.to_string()),
                    _ => {
                        pending.push(part);
                        // A placeholder keeps the order; it is replaced below.
                        push("\u{0}");
                    }
                },
            }
        }
        let kind = |text: Rc<str>| match bytes {
            true => ValueKind::Bytes(text),
            false => ValueKind::Str(text),
        };
        if pending.is_empty() {
            let text = match joined.first() {
                Some(TextOrValue::Text(text)) => text.clone(),
                _ => "".into(),
            };
            return self.one(expr, kind(text));
        }
        let mut out = Vec::new();
        let mut pending = pending.into_iter();
        if let Some(TextOrValue::Text(text)) = joined.first() {
            let mut rest = &**text;
            while let Some(at) = rest.find('\u{0}') {
                if at > 0 {
                    out.push(TextOrValue::Text(rest[..at].into()));
                }
                out.extend(pending.next());
                rest = &rest[at + 1..];
            }
            if !rest.is_empty() {
                out.push(TextOrValue::Text(rest.into()));
            }
        }
        self.one(expr, ValueKind::Format(out.into()))
    }

    pub(super) fn binary(
        &self,
        expr: ExprRef,
        operator: BinaryOperator,
        left: ExprRef,
        right: ExprRef,
        frame: Context<'_>,
    ) -> Values {
        let lefts = self.eval(left, frame);
        let rights = self.eval(right, frame);
        let is_text = |values: &Values| {
            values.iter().any(|value| {
                matches!(
                    value.kind,
                    ValueKind::Str(_) | ValueKind::Bytes(_) | ValueKind::Format(_)
                )
            })
        };
        match operator {
            BinaryOperator::Add if is_text(&lefts) || is_text(&rights) => {
                let parts = [parts_of(left, lefts), parts_of(right, rights)].concat();
                self.format(expr, false, parts)
            }
            BinaryOperator::Modulo if is_text(&lefts) => {
                let items = match rights.as_slice() {
                    [
                        Value {
                            kind: ValueKind::List(items),
                            ..
                        },
                    ] => items.to_vec(),
                    _ => vec![rights.clone()],
                };
                if let Some(text) = only_str(&lefts).and_then(|text| percent(&text, &items)) {
                    return self.one(expr, ValueKind::Str(text.into()));
                }
                let mut parts = parts_of(left, lefts);
                parts.push(TextOrValue::Value(right, rights));
                match parts.as_slice() {
                    // A literal without placeholders would be an error in Python; nothing is constant here.
                    [_, TextOrValue::Value(_, values)] if values.len() == 1 => {
                        self.one(expr, ValueKind::Format(parts.into()))
                    }
                    _ => self.one(expr, ValueKind::Format(parts.into())),
                }
            }
            BinaryOperator::Add => match (lefts.as_slice(), rights.as_slice()) {
                (
                    [
                        Value {
                            kind: ValueKind::List(a),
                            ..
                        },
                    ],
                    [
                        Value {
                            kind: ValueKind::List(b),
                            ..
                        },
                    ],
                ) => self.one(expr, ValueKind::List(a.iter().chain(b.iter()).cloned().collect())),
                ([a], [b]) => match (&a.kind, &b.kind) {
                    (ValueKind::Int(a), ValueKind::Int(b)) => self.one(expr, ValueKind::Int(a.saturating_add(*b))),
                    // A list and something that is not followed: what it holds may be among the items.
                    (ValueKind::List(known), _) => {
                        let rest = self.elements(rights.clone(), self.model.span(right));
                        self.one(expr, ValueKind::List(known.iter().cloned().chain([rest]).collect()))
                    }
                    (_, ValueKind::List(known)) => {
                        let rest = self.elements(lefts.clone(), self.model.span(left));
                        let items = std::iter::once(rest).chain(known.iter().cloned());
                        self.one(expr, ValueKind::List(items.collect()))
                    }
                    _ => self.unknown(expr, Reason::Computed),
                },
                _ => self.unknown(expr, Reason::Computed),
            },
            BinaryOperator::Multiply => match (lefts.as_slice(), rights.as_slice()) {
                ([a], [b]) => match (&a.kind, &b.kind) {
                    (ValueKind::Int(a), ValueKind::Int(b)) => self.one(expr, ValueKind::Int(a.saturating_mul(*b))),
                    // `"x" * 32`; a longer one tells no more.
                    (ValueKind::Str(text), ValueKind::Int(times)) if !text.is_empty() => {
                        let longest = MAX_REPEATED / text.len();
                        let times = usize::try_from(*times).unwrap_or(0).min(longest.max(1));
                        self.one(expr, ValueKind::Str(text.repeat(times).into()))
                    }
                    _ => self.unknown(expr, Reason::Computed),
                },
                _ => self.unknown(expr, Reason::Computed),
            },
            BinaryOperator::BitOr if lefts.iter().any(|value| matches!(value.kind, ValueKind::Dict(_))) => {
                let mut entries = Vec::new();
                self.spread_into(&mut entries, lefts);
                self.spread_into(&mut entries, rights);
                self.one(expr, ValueKind::Dict(entries.into()))
            }
            _ => self.unknown(expr, Reason::Computed),
        }
    }
}

/// `text % items`, where everything is constant.
fn percent(text: &str, items: &[Values]) -> Option<String> {
    let mut items = items.iter();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        match rest.as_bytes().get(at + 1)? {
            b'%' => out.push('%'),
            b's' | b'd' => out.push_str(&constant(items.next()?)?),
            _ => return None,
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    items.next().is_none().then_some(out)
}

/// `text.format(…)`, where everything is constant and no field has a format of its own.
pub(super) fn format_fields(text: &str, arguments: &BoundArguments) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut next = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        // `{{` and `}}`
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{")?;
        let field = &rest[..end];
        let given = match field.parse::<usize>() {
            Ok(position) => arguments.positional().get(position),
            Err(_) if field.is_empty() => {
                next += 1;
                arguments.positional().get(next - 1)
            }
            Err(_) => arguments.get(None, &[field]),
        };
        out.push_str(&constant(&given?.values)?);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(out)
}

fn constant(values: &Values) -> Option<String> {
    match values.as_slice() {
        [
            Value {
                kind: ValueKind::Str(text),
                ..
            },
        ] => Some(text.to_string()),
        [
            Value {
                kind: ValueKind::Int(number),
                ..
            },
        ] => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn parts_of(expr: ExprRef, values: Values) -> Vec<TextOrValue> {
    match values.as_slice() {
        [
            Value {
                kind: ValueKind::Str(text),
                ..
            },
        ] => vec![TextOrValue::Text(text.clone())],
        [
            Value {
                kind: ValueKind::Format(parts),
                ..
            },
        ] => parts.to_vec(),
        _ => vec![TextOrValue::Value(expr, values)],
    }
}
