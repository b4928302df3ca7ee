//! What containers hold: elements of iterables, parts of tuples.

use super::*;

impl<'a> Evaluator<'_, 'a> {
    /// What iterating over values gives.
    pub(crate) fn elements(&self, iterables: Values, at: Span) -> Values {
        let mut out = Values::new();
        for iterable in iterables {
            match &iterable.kind {
                ValueKind::List(items) => items.iter().for_each(|item| join(&mut out, item.clone())),
                ValueKind::Dict(entries) => join(&mut out, self.keys(entries, at)),
                ValueKind::Comprehension { expr, frame } => {
                    if let ExprKind::Comprehension { element, .. } = self.ast(expr.file)[expr.id].kind {
                        let element = ExprRef {
                            file: expr.file,
                            id: element,
                        };
                        join(&mut out, self.eval(element, frame.as_ref()));
                    }
                }
                // The members of an enumeration.
                ValueKind::Class(class) => {
                    let file = self.model.file(class.file);
                    let scope = file.index().class_scope(class.id);
                    for binding in file.index().bindings_in(scope) {
                        if let BindingKind::Value(value) = binding.kind {
                            let file = class.file;
                            join(&mut out, self.eval(ExprRef { file, id: value }, None));
                        }
                    }
                }
                ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float => {}
                ValueKind::Unknown(_) | ValueKind::Str(_) | ValueKind::Bytes(_) => {
                    join(&mut out, vec![Value::new(ValueKind::Unknown(Reason::Computed), at)]);
                }
                _ => {
                    let any = Value::new(ValueKind::Unknown(Reason::Computed), at);
                    let item = ValueKind::Item {
                        base: Rc::new(iterable),
                        key: Rc::new(vec![any]),
                    };
                    out.push(Value::new(item, at));
                }
            }
        }
        out.truncate(MAX_VALUES);
        out
    }

    /// `{key: False for key in ("a", "b")}`, where each round is known.
    pub(super) fn rounds(&self, expr: ExprRef, frame: Context<'_>) -> Option<ValueKind> {
        let ast = self.ast(expr.file);
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        let ExprKind::Comprehension {
            element,
            value: Some(value),
            clauses,
            ..
        } = ast[expr.id].kind
        else {
            return None;
        };
        let [ComprehensionClause::For { iterable, .. }] = ast[clauses] else {
            return None;
        };
        let iterables = self.eval(at(iterable), frame);
        let [
            Value {
                kind: ValueKind::List(items),
                ..
            },
        ] = iterables.as_slice()
        else {
            return None;
        };
        let mut entries = Vec::new();
        for index in 0..items.len().min(MAX_VALUES) {
            let iterable = at(iterable);
            let mut iterations = self.iterations.to_vec();
            iterations.push(Iteration { iterable, index });
            let round = Evaluator {
                model: self.model,
                fuel: self.fuel.clone(),
                depth: self.depth.clone(),
                iterations: &iterations,
            };
            entries.push(DictEntry::Pair {
                key: only_str(&round.eval(at(element), frame)),
                value: round.eval(at(value), frame),
                at: self.model.span(expr),
            });
            self.fuel.set(round.fuel.get());
        }
        (items.len() <= MAX_VALUES).then(|| ValueKind::Dict(entries.into()))
    }

    /// What a loop over `iterable` gives its variable: the item of the round that the question is about.
    pub(super) fn iterated(&self, iterable: ExprRef, at: Span, frame: Context<'_>) -> Values {
        let values = self.eval(iterable, frame);
        let Some(round) = self.iterations.iter().find(|round| round.iterable == iterable) else {
            return self.elements(values, at);
        };
        let mut out = Values::new();
        for value in values {
            match &value.kind {
                ValueKind::List(items) => join(&mut out, items.get(round.index).cloned().unwrap_or_default()),
                _ => join(&mut out, self.elements(vec![value], at)),
            }
        }
        out
    }

    /// A variable of a comprehension.
    pub(super) fn element_at(
        &self,
        expr: ExprRef,
        iterable: ExprRef,
        index: Option<u32>,
        frame: Context<'_>,
    ) -> Values {
        let span = self.model.span(expr);
        let elements = self.iterated(iterable, span, frame);
        match index {
            Some(index) => self.unpacked(elements, index, span),
            None => elements,
        }
    }

    /// One part of values that are unpacked.
    pub(super) fn unpacked(&self, values: Values, index: u32, at: Span) -> Values {
        let mut out = Values::new();
        for value in values {
            match &value.kind {
                ValueKind::List(items) if (index as usize) < items.len() => {
                    join(&mut out, items[index as usize].clone());
                }
                _ => {
                    let key = vec![Value::new(ValueKind::Int(i64::from(index)), at)];
                    let item = ValueKind::Item {
                        base: Rc::new(value),
                        key: Rc::new(key),
                    };
                    out.push(Value::new(item, at));
                }
            }
        }
        out
    }

    /// Keys of a dictionary; of an open one, some are unknown.
    pub(super) fn keys(&self, entries: &[DictEntry], at: Span) -> Values {
        let mut out = Values::new();
        for entry in entries {
            match entry {
                DictEntry::Pair { key: Some(key), at, .. } => {
                    join(&mut out, vec![Value::new(ValueKind::Str(key.clone()), *at)]);
                }
                DictEntry::Pair { key: None, .. } => {
                    join(&mut out, vec![Value::new(ValueKind::Unknown(Reason::Computed), at)]);
                }
                DictEntry::Spread(values) => join(&mut out, self.elements(values.clone(), at)),
            }
        }
        out
    }

    /// `keys()`, `values()` and `items()` of a dictionary that is known in full.
    pub(super) fn view(&self, entries: &[DictEntry], name: &str) -> Option<Vec<Values>> {
        let mut out = Vec::new();
        for entry in entries {
            let DictEntry::Pair {
                key: Some(key),
                value,
                at,
            } = entry
            else {
                return None;
            };
            let key = || vec![Value::new(ValueKind::Str(key.clone()), *at)];
            out.push(match name {
                "keys" => key(),
                "values" => value.clone(),
                _ => vec![Value::new(ValueKind::List([key(), value.clone()].into()), *at)],
            });
        }
        Some(out)
    }

    /// What a look-up under a key that is not known can give, where everything in the container is.
    pub(super) fn any_item(&self, base: &Value) -> Option<Values> {
        let mut out = Values::new();
        match &base.kind {
            ValueKind::Dict(entries) if !entries.is_empty() => {
                for entry in entries.iter() {
                    match entry {
                        DictEntry::Pair { value, .. } => join(&mut out, value.clone()),
                        DictEntry::Spread(_) => return None,
                    }
                }
            }
            ValueKind::List(items) if !items.is_empty() => {
                items.iter().for_each(|item| join(&mut out, item.clone()));
            }
            _ => return None,
        }
        Some(out)
    }
}
