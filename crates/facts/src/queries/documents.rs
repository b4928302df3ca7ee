//! Dictionaries: filters of documents, and what is stored.

use semantic::{MutationKind, NameUse};
use syntax::ast::*;
use text::Span;

use super::conditions::{all, unresolved};
use super::follow::Place;
use super::reach::Reader;
use super::{Clause, ColumnUse, Condition, Operator, Predicate, Unresolved};
use crate::models::classes::{argument, constant_text};

/// Filters inside filters.
const MAX_DEPTH: usize = 10;

/// A key, where it is constant, its value, where there is one, and whether it is there on every way.
pub(super) type Entry = (Option<String>, Option<Place>, bool);

impl Reader<'_, '_> {
    /// The entries of a dictionary, through names and what is set on them; nothing of a part that is not followed.
    pub(super) fn entries(&self, place: &Place) -> Vec<Entry> {
        self.entries_at(place, 0)
    }

    fn entries_at(&self, place: &Place, depth: usize) -> Vec<Entry> {
        let ast = self.model.ast(place.expr.file);
        if let ExprKind::Name(_) = ast[place.expr.id].kind
            && let NameUse::Bound(definitions) = self.model.definitions(place.expr)
            && !definitions.is_empty()
        {
            let ways: Vec<Vec<Entry>> = definitions
                .iter()
                .map(|found| self.defined_entries(found, place, depth))
                .collect();
            return joined(ways);
        }
        self.literal_entries(place, depth)
    }

    fn defined_entries(&self, definition: &semantic::Definition, from: &Place, depth: usize) -> Vec<Entry> {
        let at = |id: ExprId| Place {
            expr: semantic::ExprRef {
                file: definition.file,
                id,
            },
            frame: from.frame.clone(),
        };
        let mut out = match definition.binding.kind {
            semantic::BindingKind::Value(id) => self.literal_entries(&at(id), depth + 1),
            semantic::BindingKind::Parameter { function, index } => {
                let function = semantic::FunctionRef {
                    file: definition.file,
                    id: function,
                };
                let passed = self.argument_of(from.frame.as_ref(), function, index);
                match passed.filter(|passed| passed.expr != from.expr) {
                    Some(passed) => self.literal_entries(&passed, depth + 1),
                    None => vec![(None, Some(from.clone()), true)],
                }
            }
            _ => vec![(None, Some(from.clone()), true)],
        };
        for mutation in &definition.mutations {
            match mutation.kind {
                MutationKind::SetItem { key, value } => {
                    let key = constant_text(self.model, at(key).expr);
                    set(&mut out, (key, Some(at(value)), true));
                }
                MutationKind::DeleteItem { key } => {
                    let key = constant_text(self.model, at(key).expr);
                    out.retain(|(known, ..)| known.is_none() || *known != key);
                }
                MutationKind::Method { method, call } => {
                    let method = self.model.file(definition.file).source().name(method);
                    self.changed_by(method, &at(call), depth, &mut out);
                }
                MutationKind::Augment { value, .. } => {
                    for entry in self.literal_entries(&at(value), depth + 1) {
                        set(&mut out, entry);
                    }
                }
                MutationKind::SetAttribute { .. } => {}
            }
        }
        out
    }

    fn changed_by(&self, method: &str, call: &Place, depth: usize, out: &mut Vec<Entry>) {
        match method {
            "update" => {
                let source = self.model.file(call.expr.file).source();
                let ast = source.ast();
                let ExprKind::Call { arguments, .. } = ast[call.expr.id].kind else {
                    return;
                };
                for argument in &ast[arguments] {
                    let value = call.at(argument.value);
                    match argument.kind {
                        ArgumentKind::Keyword(name) => {
                            set(out, (Some(source.name(name).to_owned()), Some(value), true));
                        }
                        _ => self
                            .literal_entries(&value, depth + 1)
                            .into_iter()
                            .for_each(|entry| set(out, entry)),
                    }
                }
            }
            "setdefault" => {
                let key = argument(self.model, call.expr, Some(0), &[]).and_then(|key| constant_text(self.model, key));
                let value = argument(self.model, call.expr, Some(1), &[]).map(|value| call.at(value.id));
                if key.is_some() && !out.iter().any(|(known, ..)| *known == key) {
                    out.push((key, value, true));
                }
            }
            "pop" => {
                let key = argument(self.model, call.expr, Some(0), &[]).and_then(|key| constant_text(self.model, key));
                if key.is_some() {
                    out.retain(|(known, ..)| *known != key);
                    // What it was copied from has it, and it is taken out.
                    out.push((key, None, true));
                }
            }
            _ => {}
        }
    }

    fn literal_entries(&self, place: &Place, depth: usize) -> Vec<Entry> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        if depth > MAX_DEPTH {
            return vec![(None, Some(place.clone()), true)];
        }
        match ast[place.expr.id].kind {
            ExprKind::Await(inner) => self.literal_entries(&place.at(inner), depth + 1),
            ExprKind::Dict(items) => {
                let mut out = Vec::new();
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { key, value } => {
                            // Beanie: `{Task.owner: user}`
                            let key = constant_text(self.model, place.at(key).expr)
                                .or_else(|| Some(self.column_of(&place.at(key))?.path.join(".")));
                            set(&mut out, (key, Some(place.at(value)), true));
                        }
                        DictItem::Spread(inner) => {
                            let inner = place.at(inner);
                            let more = match ast[inner.expr.id].kind {
                                ExprKind::Name(_) if depth < MAX_DEPTH => self.entries_at(&inner, depth + 1),
                                _ => self.literal_entries(&inner, depth + 1),
                            };
                            more.into_iter().for_each(|entry| set(&mut out, entry));
                        }
                    }
                }
                out
            }
            ExprKind::Binary {
                operator: BinaryOperator::BitOr,
                left,
                right,
            } => {
                let mut out = self.literal_entries(&place.at(left), depth + 1);
                for entry in self.literal_entries(&place.at(right), depth + 1) {
                    set(&mut out, entry);
                }
                out
            }
            ExprKind::Call { arguments, .. }
                if self.model.called_path(place.expr).as_deref() == Some("builtins.dict") =>
            {
                let mut out = Vec::new();
                for argument in &ast[arguments] {
                    let value = place.at(argument.value);
                    match argument.kind {
                        ArgumentKind::Keyword(name) => {
                            set(&mut out, (Some(source.name(name).to_owned()), Some(value), true));
                        }
                        _ => self
                            .literal_entries(&value, depth + 1)
                            .into_iter()
                            .for_each(|entry| set(&mut out, entry)),
                    }
                }
                out
            }
            ExprKind::Conditional { then, otherwise, .. } => joined(vec![
                self.literal_entries(&place.at(then), depth + 1),
                self.literal_entries(&place.at(otherwise), depth + 1),
            ]),
            // A dictionary that a function of the project makes, or a name inside one.
            ExprKind::Call { .. } | ExprKind::Name(_) => {
                let leaves = self.follow(place);
                let mut ways = Vec::new();
                for leaf in leaves {
                    match leaf {
                        super::follow::Leaf::Place { place: found, .. } if found.expr != place.expr => {
                            ways.push(self.literal_entries(&found, depth + 1));
                        }
                        _ => ways.push(vec![(None, Some(place.clone()), true)]),
                    }
                }
                joined(ways)
            }
            ExprKind::None => Vec::new(),
            _ => vec![(None, Some(place.clone()), true)],
        }
    }

    /// A dictionary of conditions: `{"_id": id, "metadata.owner_email": email, "$or": [{…}, {…}]}`.
    pub(super) fn filter(&self, place: &Place) -> Vec<Clause> {
        self.filter_at(place, &[], 0)
    }

    fn filter_at(&self, place: &Place, prefix: &[String], depth: usize) -> Vec<Clause> {
        let mut out = Vec::new();
        for (key, value, is_certain) in self.entries(place) {
            let span = value
                .as_ref()
                .map_or(self.model.span(place.expr), |value| self.model.span(value.expr));
            let (Some(key), Some(value)) = (&key, &value) else {
                if value.is_some() || key.is_none() {
                    out.push(Clause {
                        condition: unresolved(span, Unresolved::Spread),
                        span,
                        is_certain,
                    });
                }
                continue;
            };
            out.push(Clause {
                condition: self.filter_entry(key, value, prefix, span, depth),
                span,
                is_certain,
            });
        }
        out
    }

    fn filter_entry(&self, key: &str, value: &Place, prefix: &[String], span: Span, depth: usize) -> Condition {
        if depth > MAX_DEPTH {
            return unresolved(span, Unresolved::TooDeep);
        }
        let parts = |reader: &Self| -> Vec<Condition> {
            let items = reader.items(value);
            let part = |item: Option<Place>| match item {
                Some(item) => all(reader.filter_at(&item, prefix, depth + 1)),
                None => unresolved(span, Unresolved::Spread),
            };
            items
                .into_iter()
                .map(|(item, is_certain)| match is_certain {
                    true => part(item),
                    false => Condition::OneOf(vec![part(item), Condition::Always(span)]),
                })
                .collect()
        };
        match key {
            "$and" => return Condition::All(parts(self)),
            "$or" => return Condition::Any(parts(self)),
            "$nor" => return Condition::Not(Box::new(Condition::Any(parts(self)))),
            "$not" => return Condition::Not(Box::new(all(self.filter_at(value, prefix, depth + 1)))),
            _ => {}
        }
        let mut path = prefix.to_vec();
        if !key.starts_with('$') {
            path.extend(key.split('.').map(str::to_owned));
        }
        let column = ColumnUse {
            model: None,
            path: path.clone(),
            span,
        };
        let compare = |operator: Operator| {
            Condition::Compare(Predicate {
                column: column.clone(),
                operator,
                value: self.operand(value),
                span,
            })
        };
        if key.starts_with('$') {
            return compare(operator(key));
        }
        // `{"age": {"$gt": 3}}`; a dictionary without operators is a value.
        if let ExprKind::Dict(items) = self.model.expr(value.expr).kind {
            let ast = self.model.ast(value.expr.file);
            let is_operator = |item: &DictItem| match *item {
                DictItem::Pair { key, .. } => {
                    constant_text(self.model, value.at(key).expr).is_some_and(|key| key.starts_with('$'))
                }
                DictItem::Spread(_) => false,
            };
            if ast[items].iter().any(is_operator) {
                return all(self.filter_at(value, &path, depth + 1));
            }
        }
        compare(Operator::Equal)
    }
}

fn operator(key: &str) -> Operator {
    match key {
        "$eq" => Operator::Equal,
        "$ne" => Operator::NotEqual,
        "$gt" => Operator::Greater,
        "$gte" => Operator::GreaterOrEqual,
        "$lt" => Operator::Less,
        "$lte" => Operator::LessOrEqual,
        "$in" => Operator::In,
        "$nin" => Operator::NotIn,
        "$regex" => Operator::Like,
        other => Operator::Other(other.to_owned()),
    }
}

/// A later entry replaces an earlier one of the same key.
fn set(entries: &mut Vec<Entry>, entry: Entry) {
    if entry.0.is_some() {
        entries.retain(|(known, ..)| *known != entry.0);
    }
    entries.push(entry);
}

/// Entries of several ways: those that all of them have are certain.
fn joined(ways: Vec<Vec<Entry>>) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    let same = |a: &Entry, b: &Entry| match (&a.0, &b.0) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.1.as_ref().map(|place| place.expr) == b.1.as_ref().map(|place| place.expr),
        _ => false,
    };
    for way in &ways {
        for entry in way {
            let is_known = out.iter().any(|known| {
                same(known, entry)
                    && known.1.as_ref().map(|place| place.expr) == entry.1.as_ref().map(|place| place.expr)
            });
            if !is_known {
                let everywhere = ways
                    .iter()
                    .all(|way| way.iter().any(|other| same(other, entry) && other.2));
                out.push((entry.0.clone(), entry.1.clone(), everywhere && entry.2));
            }
        }
    }
    out
}
