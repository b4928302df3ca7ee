//! Changes to objects after they were made: items set, entries merged, lists extended.

use super::texts::parts_of;
use super::*;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn mutate(&self, file: FileId, values: Values, mutation: &Mutation, frame: Context<'_>) -> Values {
        let at = |id: ExprId| ExprRef { file, id };
        values
            .into_iter()
            .map(|value| match mutation.kind {
                MutationKind::SetItem { key, value: item } => {
                    let key_values = self.eval(at(key), frame);
                    let pair = DictEntry::Pair {
                        key: only_str(&key_values),
                        value: self.eval(at(item), frame),
                        at: Span::new(file, self.ast(file)[mutation.stmt].range),
                    };
                    self.with_entries(value, |entries| insert(entries, pair))
                }
                MutationKind::DeleteItem { key } => match only_str(&self.eval(at(key), frame)) {
                    Some(key) => self.with_entries(value, |entries| remove(entries, &key)),
                    None => value,
                },
                MutationKind::Method { method, call } => {
                    self.mutating_method(value, self.name_text(file, method), at(call), frame)
                }
                MutationKind::Augment { operator, value: more } => match (operator, &value.kind) {
                    (BinaryOperator::BitOr, ValueKind::Dict(_)) => {
                        let more = self.eval(at(more), frame);
                        self.with_entries(value, |entries| self.spread_into(entries, more))
                    }
                    (BinaryOperator::Add, ValueKind::List(items)) => {
                        let mut items = items.to_vec();
                        for value in self.eval(at(more), frame) {
                            match &value.kind {
                                ValueKind::List(more) => items.extend(more.iter().cloned()),
                                _ => items.push(vec![value]),
                            }
                        }
                        Value {
                            kind: ValueKind::List(items.into()),
                            ..value
                        }
                    }
                    (BinaryOperator::Add, _) => {
                        let more = at(more);
                        let added = self.eval(more, frame);
                        let is_text = |value: &Value| matches!(value.kind, ValueKind::Str(_) | ValueKind::Format(_));
                        if !is_text(&value) && !added.iter().any(is_text) {
                            return Value {
                                kind: ValueKind::Unknown(Reason::Computed),
                                ..value
                            };
                        }
                        let steps = value.steps.clone();
                        let parts = [parts_of(more, vec![value]), parts_of(more, added)].concat();
                        match self.format(more, false, parts).pop() {
                            Some(text) => Value { steps, ..text },
                            None => Value::new(ValueKind::Unknown(Reason::Computed), self.model.span(more)),
                        }
                    }
                    (BinaryOperator::BitOr, _) => value,
                    _ => Value {
                        kind: ValueKind::Unknown(Reason::Computed),
                        ..value
                    },
                },
                MutationKind::SetAttribute { .. } => value,
            })
            .collect()
    }

    pub(super) fn mutating_method(&self, value: Value, method: &str, call: ExprRef, frame: Context<'_>) -> Value {
        match method {
            "update" => {
                let arguments = self.arguments(call, frame);
                let span = self.model.span(call);
                self.with_entries(value, |entries| {
                    for argument in arguments.positional() {
                        self.spread_into(entries, argument.values.clone());
                    }
                    self.named_into(entries, &arguments, span);
                })
            }
            "setdefault" => {
                let arguments = self.arguments(call, frame);
                let key = arguments
                    .get(Some(0), &[])
                    .and_then(|argument| only_str(&argument.values));
                let (Some(key), Some(item)) = (key, arguments.get(Some(1), &[])) else {
                    return value;
                };
                let pair = DictEntry::Pair {
                    key: Some(key.clone()),
                    value: item.values.clone(),
                    at: self.model.span(call),
                };
                self.with_entries(value, |entries| {
                    if !matches!(entry(entries, &key), Entry::Found(_)) {
                        insert(entries, pair);
                    }
                })
            }
            "pop" => match (&value.kind, self.arguments(call, frame).get(Some(0), &[])) {
                (ValueKind::Dict(_), Some(key)) => match only_str(&key.values) {
                    Some(key) => self.with_entries(value, |entries| remove(entries, &key)),
                    None => value,
                },
                _ => value,
            },
            "append" | "add" | "insert" | "extend" => {
                let ValueKind::List(items) = &value.kind else {
                    return value;
                };
                let mut items = items.to_vec();
                if let Some(argument) = self.arguments(call, frame).positional().last() {
                    for added in &argument.values {
                        match (&added.kind, method) {
                            (ValueKind::List(more), "extend") => items.extend(more.iter().cloned()),
                            _ => items.push(vec![added.clone()]),
                        }
                    }
                }
                Value {
                    kind: ValueKind::List(items.into()),
                    ..value
                }
            }
            _ => value,
        }
    }

    /// A dictionary with its entries changed; a value that is not followed counts as a dictionary of unknown keys.
    pub(super) fn with_entries(&self, value: Value, change: impl FnOnce(&mut Vec<DictEntry>)) -> Value {
        let mut entries = match &value.kind {
            ValueKind::Dict(entries) => entries.to_vec(),
            ValueKind::Parameter { .. }
            | ValueKind::Call { .. }
            | ValueKind::Attribute { .. }
            | ValueKind::Item { .. }
            | ValueKind::Unknown(_) => vec![DictEntry::Spread(vec![value.clone()])],
            _ => return value,
        };
        change(&mut entries);
        Value {
            kind: ValueKind::Dict(entries.into()),
            ..value
        }
    }

    pub(super) fn spread_into(&self, entries: &mut Vec<DictEntry>, values: Values) {
        match values.as_slice() {
            [
                Value {
                    kind: ValueKind::Dict(more),
                    ..
                },
            ] => more.iter().for_each(|entry| insert(entries, entry.clone())),
            _ => entries.push(DictEntry::Spread(values)),
        }
    }

    pub(super) fn named_into(&self, entries: &mut Vec<DictEntry>, arguments: &BoundArguments, span: Span) {
        for (name, argument) in arguments.named() {
            let pair = DictEntry::Pair {
                key: Some(name.into()),
                value: argument.values.clone(),
                at: argument.span,
            };
            insert(entries, pair);
        }
        if arguments.is_open() {
            let open = Value::new(ValueKind::Unknown(Reason::NotFollowed), span);
            entries.push(DictEntry::Spread(vec![open]));
        }
    }
}

/// What a dictionary holds under a key.
pub(super) enum Entry {
    Found(Values),
    Absent,
    /// Something unpacked into it, or a computed key, may be it.
    Unknown,
}

pub(super) fn entry(entries: &[DictEntry], wanted: &str) -> Entry {
    let mut open = false;
    for entry in entries.iter().rev() {
        match entry {
            DictEntry::Pair {
                key: Some(key), value, ..
            } if **key == *wanted => return Entry::Found(value.clone()),
            DictEntry::Pair { key: Some(_), .. } => {}
            DictEntry::Pair { key: None, .. } => open = true,
            DictEntry::Spread(values) => {
                // Alternatives that are all known are looked into.
                let mut found = Values::new();
                for value in values {
                    match &value.kind {
                        ValueKind::Dict(inner) => match self::entry(inner, wanted) {
                            Entry::Found(values) => found.extend(values),
                            Entry::Absent => {}
                            Entry::Unknown => open = true,
                        },
                        _ => open = true,
                    }
                }
                if !found.is_empty() {
                    return Entry::Found(found);
                }
            }
        }
    }
    match open {
        true => Entry::Unknown,
        false => Entry::Absent,
    }
}

pub(super) fn insert(entries: &mut Vec<DictEntry>, entry: DictEntry) {
    if let DictEntry::Pair { key: Some(key), .. } = &entry {
        remove(entries, &key.clone());
    }
    entries.push(entry);
}

pub(super) fn remove(entries: &mut Vec<DictEntry>, wanted: &str) {
    entries.retain(|entry| !matches!(entry, DictEntry::Pair { key: Some(key), .. } if **key == *wanted));
}
