//! Calls: functions of the project are entered, a few from outside are known.

use super::changes::{Entry, entry};
use super::texts::{format_fields, parts_of};
use super::*;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn call(&self, expr: ExprRef, function: ExprId, frame: Context<'_>) -> Values {
        let ast = self.ast(expr.file);
        let mut out = Values::new();
        if let Some((forwarded, _)) = self.model.forwarded(expr) {
            for callee in self.eval(forwarded, frame) {
                join(&mut out, self.apply(&callee, expr, frame));
            }
            return out;
        }
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind {
            let object = ExprRef {
                file: expr.file,
                id: object,
            };
            let name = self.name_text(expr.file, name);
            for base in self.eval(object, frame) {
                if let Some(values) = self.builtin_method(expr, object, &base, name, frame) {
                    join(&mut out, values);
                } else {
                    for callee in self.attribute(&base, name, self.model.span(expr)) {
                        join(&mut out, self.apply(&callee, expr, frame));
                    }
                }
            }
            return out;
        }
        let callee = ExprRef {
            file: expr.file,
            id: function,
        };
        for callee in self.eval(callee, frame) {
            join(&mut out, self.apply(&callee, expr, frame));
        }
        out
    }

    /// The result of calling a value.
    pub(super) fn apply(&self, callee: &Value, call: ExprRef, frame: Context<'_>) -> Values {
        match &callee.kind {
            ValueKind::Function(function) => self.enter(*function, None, call, frame),
            ValueKind::Method { function, receiver } => self.enter(*function, Some(receiver), call, frame),
            ValueKind::Class(class) => self.one(
                call,
                ValueKind::Instance {
                    class: *class,
                    call: Some(call),
                    frame: frame.cloned(),
                },
            ),
            ValueKind::Lambda(lambda) => match self.ast(lambda.file)[lambda.id].kind {
                ExprKind::Lambda { body, .. } => self.eval(
                    ExprRef {
                        file: lambda.file,
                        id: body,
                    },
                    callee.closure(),
                ),
                _ => Values::new(),
            },
            ValueKind::Instance { class, .. } => match self.class_member(*class, "__call__", callee, false) {
                Some(methods) => {
                    let mut out = Values::new();
                    for method in methods {
                        if let ValueKind::Method { function, receiver } = &method.kind {
                            join(&mut out, self.enter(*function, Some(receiver), call, frame));
                        }
                    }
                    out
                }
                None => self.unknown(call, Reason::NotFollowed),
            },
            ValueKind::External(path) => self.external_call(path, call, frame),
            // `FastAPIUsers[User, int](…)`
            ValueKind::Item { base, .. } if is_generic_class(base) => self.apply(base, call, frame),
            ValueKind::Call { path, .. } => self.one(
                call,
                ValueKind::Call {
                    path: format!("{path}()").into(),
                    call: Some(call),
                    frame: frame.cloned(),
                },
            ),
            ValueKind::Attribute { base, name } => self.one(
                call,
                ValueKind::MethodCall {
                    receiver: base.clone(),
                    name: name.clone(),
                    call,
                    frame: frame.cloned(),
                },
            ),
            _ => self.unknown(call, Reason::NotFollowed),
        }
    }

    /// Calls from outside that only pass their argument on, or build a container.
    pub(super) fn external_call(&self, path: &Rc<str>, call: ExprRef, frame: Context<'_>) -> Values {
        let result = || {
            self.one(
                call,
                ValueKind::Call {
                    path: path.clone(),
                    call: Some(call),
                    frame: frame.cloned(),
                },
            )
        };
        let passed = |position: usize| match self.arguments(call, frame).positional().get(position) {
            Some(argument) => argument.values.clone(),
            None => result(),
        };
        match &**path {
            // A step, because `str(None)` is a text, and `bool(secret)` tells nothing of the secret.
            "builtins.str" | "builtins.bool" => {
                let step = Step::Returned {
                    function: path["builtins.".len()..].to_owned(),
                    at: self.model.span(call),
                };
                let values = passed(0);
                values.into_iter().map(|value| value.with_step(step.clone())).collect()
            }
            "builtins.getattr" => self.named_attribute(call, frame).unwrap_or_else(result),
            "builtins.list"
            | "builtins.tuple"
            | "builtins.set"
            | "builtins.frozenset"
            | "builtins.bytes"
            | "builtins.sorted"
            | "pydantic.SecretStr"
            | "copy.copy"
            | "copy.deepcopy"
            | "builtins.iter"
            | "textwrap.dedent"
            | "inspect.cleandoc"
            | "types.MappingProxyType" => passed(0),
            "importlib.import_module" | "builtins.__import__" => {
                match only_str(
                    &self
                        .arguments(call, frame)
                        .get(Some(0), &["name"])
                        .map_or_else(Values::new, |name| name.values.clone()),
                ) {
                    Some(name) if !name.starts_with('.') => self.one(call, self.outside(call.file, name.to_string())),
                    _ => result(),
                }
            }
            // `Template("… $name").substitute(name=x)`
            "string.Template().substitute" | "string.Template().safe_substitute" => {
                let arguments = self.arguments(call, frame);
                let all = arguments
                    .positional()
                    .iter()
                    .chain(arguments.named().map(|(_, argument)| argument));
                let mut parts: Vec<TextOrValue> = all
                    .map(|argument| TextOrValue::Value(argument.expr.unwrap_or(call), argument.values.clone()))
                    .collect();
                let template = self.model.receiver(call).map(|receiver| self.eval(receiver, frame));
                for value in template.into_iter().flatten() {
                    if let ValueKind::Call {
                        call: Some(made),
                        frame,
                        ..
                    } = &value.kind
                        && let Some(text) = self.arguments(*made, frame.as_ref()).get(Some(0), &["template"])
                    {
                        parts.insert(0, TextOrValue::Value(text.expr.unwrap_or(*made), text.values.clone()));
                    }
                }
                self.format(call, false, parts)
            }
            // Each key with the same value.
            "builtins.dict.fromkeys" => {
                let arguments = self.arguments(call, frame);
                let [keys, rest @ ..] = arguments.positional() else {
                    return result();
                };
                let [
                    Value {
                        kind: ValueKind::List(keys),
                        ..
                    },
                ] = keys.values.as_slice()
                else {
                    return result();
                };
                let value = match rest.first() {
                    Some(value) => value.values.clone(),
                    None => self.one(call, ValueKind::None),
                };
                let entries = keys.iter().map(|key| DictEntry::Pair {
                    key: only_str(key),
                    value: value.clone(),
                    at: self.model.span(call),
                });
                self.one(call, ValueKind::Dict(entries.collect()))
            }
            "builtins.int" => {
                // Nothing but a number comes out, whatever goes in.
                let number = |value: &Value| match &value.kind {
                    ValueKind::Int(number) => Some(*number),
                    ValueKind::Str(text) => text.trim().parse().ok(),
                    _ => None,
                };
                let numbers: Option<Vec<Value>> = passed(0)
                    .into_iter()
                    .map(|value| {
                        let kind = ValueKind::Int(number(&value)?);
                        Some(Value { kind, ..value })
                    })
                    .collect();
                numbers.unwrap_or_else(result)
            }
            "typing.cast" => passed(1),
            // The field of a dataclass, as its objects have it unless they are made with something else.
            "dataclasses.field" => {
                let arguments = self.arguments(call, frame);
                let mut out = Values::new();
                if let Some(default) = arguments.get(None, &["default"]) {
                    join(&mut out, default.values.clone());
                }
                if let Some(factory) = arguments.get(None, &["default_factory"]) {
                    for factory in &factory.values {
                        let is_own = matches!(factory.kind, ValueKind::Lambda(_) | ValueKind::Function(_));
                        let made = if is_own {
                            self.apply(factory, call, frame)
                        } else {
                            result()
                        };
                        join(&mut out, made);
                    }
                }
                if out.is_empty() { result() } else { out }
            }
            "builtins.dict" => {
                let arguments = self.arguments(call, frame);
                let mut entries = Vec::new();
                for argument in arguments.positional() {
                    match pairs(&argument.values, self.model.span(call)) {
                        Some(pairs) => pairs.into_iter().for_each(|pair| insert(&mut entries, pair)),
                        None => self.spread_into(&mut entries, argument.values.clone()),
                    }
                }
                self.named_into(&mut entries, &arguments, self.model.span(call));
                self.one(call, ValueKind::Dict(entries.into()))
            }
            _ => result(),
        }
    }

    /// `getattr(base, "name", default)`
    fn named_attribute(&self, call: ExprRef, frame: Context<'_>) -> Option<Values> {
        let arguments = self.arguments(call, frame);
        let [base, name, default @ ..] = arguments.positional() else {
            return None;
        };
        let name = only_str(&name.values)?;
        let mut out = Values::new();
        for base in &base.values {
            join(&mut out, self.attribute(base, &name, self.model.span(call)));
        }
        let is_certain = |value: &Value| !matches!(value.kind, ValueKind::Attribute { .. } | ValueKind::Unknown(_));
        if let [default] = default
            && !out.iter().all(is_certain)
        {
            join(&mut out, default.values.clone());
        }
        Some(out)
    }

    /// What a function of the project returns to a call.
    pub(super) fn enter(
        &self,
        function: FunctionRef,
        receiver: Option<&Rc<Value>>,
        call: ExprRef,
        frame: Context<'_>,
    ) -> Values {
        let depth = frames(frame);
        let is_recursive =
            std::iter::successors(frame, |frame| frame.caller.as_ref()).any(|frame| frame.function == function);
        if depth >= MAX_FRAMES || is_recursive {
            return self.unknown(call, Reason::TooComplex);
        }
        let entered = Rc::new(Frame {
            function,
            call,
            receiver: receiver.cloned(),
            caller: frame.cloned(),
        });
        let step = Step::Returned {
            function: self.model.function_name(function).to_owned(),
            at: self.model.span(call),
        };
        let values = self.returned(function, Some(&entered), self.model.span(call));
        values.into_iter().map(|value| value.with_step(step.clone())).collect()
    }

    /// What a function returns when nothing is known of its arguments.
    pub(crate) fn result(&self, function: FunctionRef) -> Values {
        let ast = self.ast(function.file);
        let span = Span::new(function.file, ast[function.id].name_range);
        self.returned(function, None, span)
    }

    pub(super) fn returned(&self, function: FunctionRef, frame: Context<'_>, span: Span) -> Values {
        let returns = self.model.returns(function);
        let mut out = Values::new();
        for &id in returns.iter() {
            let expr = ExprRef {
                file: function.file,
                id,
            };
            join(&mut out, self.eval(expr, frame));
        }
        if returns.is_empty() {
            out.push(Value::new(ValueKind::None, span));
        }
        out
    }

    /// Methods of texts and containers.
    pub(super) fn builtin_method(
        &self,
        call: ExprRef,
        object: ExprRef,
        base: &Value,
        name: &str,
        frame: Context<'_>,
    ) -> Option<Values> {
        let is_opaque = matches!(
            base.kind,
            ValueKind::Parameter { .. } | ValueKind::Field { .. } | ValueKind::Call { .. } | ValueKind::Item { .. }
        );
        match (&base.kind, name) {
            (ValueKind::Str(_) | ValueKind::Bytes(_), "encode" | "decode" | "get_secret_value" | "__str__") => {
                Some(vec![base.clone()])
            }
            (ValueKind::Format(_), "strip" | "lstrip" | "rstrip" | "encode") => Some(vec![base.clone()]),
            (ValueKind::Str(text), "strip" | "lstrip" | "rstrip" | "lower" | "upper") => {
                let text = match name {
                    "strip" | "lstrip" | "rstrip" => text.trim().to_owned(),
                    "lower" => text.to_lowercase(),
                    _ => text.to_uppercase(),
                };
                Some(vec![Value {
                    kind: ValueKind::Str(text.into()),
                    ..base.clone()
                }])
            }
            (ValueKind::Str(text), "split") => {
                let arguments = self.arguments(call, frame);
                let separator = arguments
                    .get(Some(0), &["sep"])
                    .and_then(|argument| only_str(&argument.values))?;
                if separator.is_empty() {
                    return None;
                }
                let items: Vec<Values> = text
                    .split(&*separator)
                    .map(|item| vec![Value::new(ValueKind::Str(item.into()), base.origin)])
                    .collect();
                Some(self.one(call, ValueKind::List(items.into())))
            }
            (ValueKind::Str(_) | ValueKind::Format(_), "format") => {
                let mut parts = parts_of(object, vec![base.clone()]);
                let arguments = self.arguments(call, frame);
                if let Some(text) = base.as_str().and_then(|text| format_fields(text, &arguments)) {
                    return Some(self.one(call, ValueKind::Str(text.into())));
                }
                let all = arguments
                    .positional()
                    .iter()
                    .chain(arguments.named().map(|(_, argument)| argument));
                parts.extend(
                    all.map(|argument| TextOrValue::Value(argument.expr.unwrap_or(call), argument.values.clone())),
                );
                // `.format(**values)`
                if arguments.is_open() {
                    let open = self.unknown(call, Reason::NotFollowed);
                    parts.push(TextOrValue::Value(call, open));
                }
                Some(self.one(call, ValueKind::Format(parts.into())))
            }
            (ValueKind::Str(_), "join") => {
                let arguments = self.arguments(call, frame);
                let joined = arguments.positional().first()?;
                let expr = joined.expr?;
                let mut parts = Vec::new();
                for value in &joined.values {
                    match &value.kind {
                        ValueKind::List(items) => {
                            parts.extend(items.iter().map(|item| TextOrValue::Value(expr, item.clone())));
                        }
                        _ => parts.push(TextOrValue::Value(expr, vec![value.clone()])),
                    }
                }
                Some(self.format(call, false, parts))
            }
            (ValueKind::Dict(_) | ValueKind::List(_), "copy") => Some(vec![base.clone()]),
            (ValueKind::Dict(entries), "keys" | "values" | "items") => {
                Some(self.one(call, ValueKind::List(self.view(entries, name)?.into())))
            }
            (ValueKind::Dict(entries), "get" | "pop") => {
                let arguments = self.arguments(call, frame);
                let key = arguments
                    .get(Some(0), &[])
                    .and_then(|argument| only_str(&argument.values));
                let Some(key) = key else {
                    let mut values = self.any_item(base)?;
                    match arguments.get(Some(1), &["default"]) {
                        Some(default) => join(&mut values, default.values.clone()),
                        None => join(&mut values, self.one(call, ValueKind::None)),
                    }
                    return Some(values);
                };
                Some(match entry(entries, &key) {
                    Entry::Found(values) => values,
                    Entry::Unknown => self.unknown(call, Reason::NotFollowed),
                    Entry::Absent => match arguments.get(Some(1), &["default"]) {
                        Some(default) => default.values.clone(),
                        None => self.one(call, ValueKind::None),
                    },
                })
            }
            (_, "copy" | "get_secret_value") if is_opaque => Some(vec![base.clone()]),
            // `key.encode("utf-8")`, and not `tokens.encode({"alg": "HS256"}, claims, key)`.
            (_, "encode") if is_opaque => {
                let arguments = self.arguments(call, frame);
                let encoding = arguments.positional().first();
                let is_text = encoding.is_none_or(|encoding| only_str(&encoding.values).is_some());
                is_text.then(|| vec![base.clone()])
            }
            _ => None,
        }
    }
}

/// `[("key", value)]`, as `dict` takes it.
fn pairs(values: &Values, at: Span) -> Option<Vec<DictEntry>> {
    let [
        Value {
            kind: ValueKind::List(items),
            ..
        },
    ] = values.as_slice()
    else {
        return None;
    };
    let pair = |item: &Values| match item.as_slice() {
        [
            Value {
                kind: ValueKind::List(pair),
                ..
            },
        ] => match &**pair {
            [key, value] => Some(DictEntry::Pair {
                key: only_str(key),
                value: value.clone(),
                at,
            }),
            _ => None,
        },
        _ => None,
    };
    items.iter().map(pair).collect()
}

/// Whether subscripting a value gives the same class with its types filled in.
fn is_generic_class(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Class(_) => true,
        ValueKind::External(path) => path
            .rsplit('.')
            .next()
            .is_some_and(|name| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)),
        _ => false,
    }
}
