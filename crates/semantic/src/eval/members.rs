//! Attributes and items of modules, classes and their objects.

use super::changes::{Entry, entry};
use super::parameters::external;
use super::*;

impl<'a> Evaluator<'_, 'a> {
    pub(crate) fn attribute(&self, base: &Value, name: &str, at: Span) -> Values {
        let step = Step::Attribute {
            name: name.to_owned(),
            at,
        };
        let here = |kind: ValueKind| vec![Value::new(kind, at)];
        let read = |values: Values| values.into_iter().map(|value| value.with_step(step.clone())).collect();
        match &base.kind {
            ValueKind::Module(module) => match self.member(*module, name) {
                Some(values) => read(values),
                None => here(ValueKind::Unknown(Reason::Unbound)),
            },
            ValueKind::External(path) => here(self.outside(at.file, format!("{path}.{name}"))),
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } if matches!(&**path, "types.SimpleNamespace" | "argparse.Namespace")
                && let Some(given) = self.arguments(*call, frame.as_ref()).get(None, &[name]) =>
            {
                read(given.values.clone())
            }
            ValueKind::Call { path, .. } => here(ValueKind::External(format!("{path}().{name}").into())),
            ValueKind::Class(class) => match self.class_member(*class, name, base, true) {
                Some(values) => read(values),
                None => here(ValueKind::Attribute {
                    base: Rc::new(base.clone()),
                    name: name.into(),
                }),
            },
            ValueKind::Instance { class, .. } => match self.class_member(*class, name, base, false) {
                Some(values) => read(values),
                None => match self.external_base(*class) {
                    Some(path) => here(ValueKind::External(format!("{path}().{name}").into())),
                    None => here(ValueKind::Attribute {
                        base: Rc::new(base.clone()),
                        name: name.into(),
                    }),
                },
            },
            ValueKind::Field { .. } => {
                let mut out = Values::new();
                for value in self.field(base) {
                    join(&mut out, self.attribute(&value, name, at));
                }
                if out.is_empty() {
                    out = here(ValueKind::Attribute {
                        base: Rc::new(base.clone()),
                        name: name.into(),
                    });
                }
                out
            }
            // `Algorithm.HS256.value`
            ValueKind::Str(_) | ValueKind::Int(_) if name == "value" => vec![base.clone()],
            ValueKind::Unknown(_) => here(ValueKind::Unknown(Reason::NotFollowed)),
            _ => here(ValueKind::Attribute {
                base: Rc::new(base.clone()),
                name: name.into(),
            }),
        }
    }

    /// The objects that a declared field can hold.
    pub(super) fn field(&self, field: &Value) -> Values {
        let ValueKind::Field { class, name, default } = &field.kind else {
            return Values::new();
        };
        if self.fuel.get() == 0 || self.depth.get() >= MAX_DEPTH {
            return Values::new();
        }
        self.depth.set(self.depth.get() + 1);
        let mut out = default.map(|default| self.eval(default, None)).unwrap_or_default();
        if out.is_empty()
            && let Some(binding) = self.model.class_binding(*class, name)
            && let BindingKind::Declared(annotation) = binding.kind
        {
            out.extend(self.annotated(class.file, annotation, field.origin));
        }
        self.depth.set(self.depth.get() - 1);
        out
    }

    /// A member of a class or of its bases in the project.
    pub(super) fn class_member(&self, class: ClassRef, name: &str, receiver: &Value, on_class: bool) -> Option<Values> {
        let mut classes = vec![class];
        classes.extend(self.model.bases(class).iter().filter_map(|base| match base.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        }));
        for class in classes {
            if !on_class && let Some(values) = self.self_attribute(class, name, receiver) {
                return Some(values);
            }
            if let Some(values) = self.declared_member(class, name, receiver, on_class) {
                return Some(values);
            }
        }
        None
    }

    pub(super) fn self_attribute(&self, class: ClassRef, name: &str, receiver: &Value) -> Option<Values> {
        let file = self.model.file(class.file);
        let name = file.ast().name(name)?;
        let mut found = None;
        for attribute in file.index().self_attributes(class.id, name) {
            let function = FunctionRef {
                file: class.file,
                id: attribute.function,
            };
            let value = ExprRef {
                file: class.file,
                id: attribute.value,
            };
            let frame = match &receiver.kind {
                ValueKind::Instance {
                    call: Some(call),
                    frame,
                    ..
                } if self.model.function_name(function) == "__init__" && frames(frame.as_ref()) < MAX_FRAMES => {
                    Some(Rc::new(Frame {
                        function,
                        call: *call,
                        receiver: Some(Rc::new(receiver.clone())),
                        caller: frame.clone(),
                    }))
                }
                _ => None,
            };
            join(found.get_or_insert_default(), self.eval(value, frame.as_ref()));
        }
        found
    }

    pub(super) fn declared_member(
        &self,
        class: ClassRef,
        name: &str,
        receiver: &Value,
        on_class: bool,
    ) -> Option<Values> {
        let binding = self.model.class_binding(class, name)?;
        let file = class.file;
        let span = Span::new(file, binding.range);
        if let BindingKind::Function(id) = binding.kind {
            let function = FunctionRef { file, id };
            if !on_class
                && ["property", "cached_property", "computed_field"]
                    .iter()
                    .any(|d| self.has_decorator(function, d))
            {
                return Some(self.result(function));
            }
            let is_static = self.has_decorator(function, "staticmethod");
            let is_bound = !is_static && (!on_class || self.has_decorator(function, "classmethod"));
            let kind = match is_bound {
                true => ValueKind::Method {
                    function,
                    receiver: Rc::new(receiver.clone()),
                },
                false => ValueKind::Function(function),
            };
            return Some(vec![Value::new(kind, span)]);
        }
        let default = match binding.kind {
            BindingKind::Value(id) => Some(ExprRef { file, id }),
            BindingKind::Declared(_) => None,
            _ => return Some(self.binding(file, binding, None)),
        };
        // pydantic and SQLModel fill declared fields; a plain class holds what the body assigns.
        if self.external_base(class).is_some() {
            let kind = ValueKind::Field {
                class,
                name: name.into(),
                default,
            };
            return Some(vec![Value::new(kind, span)]);
        }
        Some(self.binding(file, binding, None))
    }

    /// The first base from outside that can do something with the members of a class.
    pub(super) fn external_base(&self, class: ClassRef) -> Option<Rc<str>> {
        self.model.bases(class).into_iter().filter_map(external).find(|path| {
            let inert = [
                "builtins.",
                "enum.",
                "abc.",
                "typing.",
                "typing_extensions.",
                "collections.",
            ];
            !inert.iter().any(|prefix| path.starts_with(prefix))
        })
    }

    pub(super) fn has_decorator(&self, function: FunctionRef, name: &str) -> bool {
        let ast = self.ast(function.file);
        ast[ast[function.id].decorators].iter().any(|&decorator| {
            let decorator = match ast[decorator].kind {
                ExprKind::Call { function, .. } => function,
                _ => decorator,
            };
            match ast[decorator].kind {
                ExprKind::Name(found) | ExprKind::Attribute { name: found, .. } => {
                    self.name_text(function.file, found) == name
                }
                _ => false,
            }
        })
    }

    fn is_slice(&self, expr: ExprRef) -> bool {
        let ast = self.ast(expr.file);
        matches!(ast[expr.id].kind, ExprKind::Subscript { index, .. } if matches!(ast[index].kind, ExprKind::Slice { .. }))
    }

    pub(super) fn item(&self, expr: ExprRef, base: Value, key: &Values) -> Values {
        match (&base.kind, key.as_slice()) {
            (ValueKind::Dict(entries), [key]) if key.as_str().is_some() => {
                match entry(entries, key.as_str().unwrap_or_default()) {
                    Entry::Found(values) => values,
                    Entry::Absent => Values::new(),
                    Entry::Unknown => self.unknown(expr, Reason::NotFollowed),
                }
            }
            (
                ValueKind::List(items),
                [
                    Value {
                        kind: ValueKind::Int(index),
                        ..
                    },
                ],
            ) => {
                let index = match *index {
                    index if index < 0 => items.len() as i64 + index,
                    index => index,
                };
                match items.get(index as usize) {
                    Some(values) => values.clone(),
                    None => Values::new(),
                }
            }
            (ValueKind::Unknown(_), _) => self.unknown(expr, Reason::NotFollowed),
            (ValueKind::Dict(_) | ValueKind::List(_), _)
                if !self.is_slice(expr)
                    && let Some(values) = self.any_item(&base) =>
            {
                values
            }
            // A part of a list is a list of the same things.
            (ValueKind::List(_), _) if self.is_slice(expr) => vec![base],
            _ => self.one(
                expr,
                ValueKind::Item {
                    base: Rc::new(base),
                    key: Rc::new(key.clone()),
                },
            ),
        }
    }
}
