//! Expressions to values: constants, names, containers, calls of the project's functions.

use std::cell::Cell;
use std::rc::Rc;

use syntax::ast::*;
use text::{FileId, Span};

use crate::history::{self, State};
use crate::index::{Binding, BindingKind, Mutation, MutationKind, ScopeId, ScopeKind};
use crate::model::{BoundArgument, BoundArguments, ImportSource, Model};
use crate::value::*;

/// Steps that one question may take.
const FUEL: u32 = 4_000;
/// Questions inside questions.
const MAX_DEPTH: u32 = 40;
/// Calls that are followed into calls.
const MAX_FRAMES: usize = 6;
/// Alternatives that are told apart.
const MAX_VALUES: usize = 16;
/// Callers that a parameter is looked up at.
const MAX_CALLERS: usize = 12;

pub(crate) struct Evaluator<'m, 'a> {
    model: &'m Model<'a>,
    fuel: Cell<u32>,
    depth: Cell<u32>,
}

type Context<'f> = Option<&'f Rc<Frame>>;

impl<'m, 'a> Evaluator<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>) -> Evaluator<'m, 'a> {
        Evaluator {
            model,
            fuel: Cell::new(FUEL),
            depth: Cell::new(0),
        }
    }

    pub(crate) fn eval(&self, expr: ExprRef, frame: Context<'_>) -> Values {
        if frame.is_none()
            && let Some(known) = self.model.evaluated.borrow().get(&expr)
        {
            return known.as_ref().clone();
        }
        if self.fuel.get() == 0 || self.depth.get() >= MAX_DEPTH {
            return self.unknown(expr, Reason::TooComplex);
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let mut values = self.compute(expr, frame);
        self.depth.set(self.depth.get() - 1);
        values.truncate(MAX_VALUES);
        // Answers given with what was left of another question's steps may be incomplete: only whole ones are kept.
        if frame.is_none() && self.depth.get() == 0 && self.fuel.get() > 0 {
            let mut evaluated = self.model.evaluated.borrow_mut();
            evaluated.insert(expr, Rc::new(values.clone()));
        }
        values
    }

    fn ast(&self, file: FileId) -> &'a Ast {
        self.model.ast(file)
    }

    fn name_text(&self, file: FileId, name: Name) -> &'a str {
        self.model.file(file).source().name(name)
    }

    fn one(&self, expr: ExprRef, kind: ValueKind) -> Values {
        vec![Value::new(kind, self.model.span(expr))]
    }

    fn unknown(&self, expr: ExprRef, reason: Reason) -> Values {
        self.one(expr, ValueKind::Unknown(reason))
    }

    fn compute(&self, expr: ExprRef, frame: Context<'_>) -> Values {
        let file = expr.file;
        let ast = self.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        match ast[expr.id].kind {
            ExprKind::True => self.one(expr, ValueKind::Bool(true)),
            ExprKind::False => self.one(expr, ValueKind::Bool(false)),
            ExprKind::None => self.one(expr, ValueKind::None),
            ExprKind::Float => self.one(expr, ValueKind::Float),
            ExprKind::Integer => match ast.integer(self.model.file(file).text(), expr.id) {
                Some(value) => self.one(expr, ValueKind::Int(value)),
                None => self.one(expr, ValueKind::Float),
            },
            ExprKind::String { bytes, parts } => self.string(expr, bytes, parts, frame),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                let mut out: Vec<Values> = Vec::new();
                for &item in &ast[items] {
                    if let ExprKind::Starred(inner) = ast[item].kind {
                        let values = self.eval(at(inner), frame);
                        match values.as_slice() {
                            [
                                Value {
                                    kind: ValueKind::List(items),
                                    ..
                                },
                            ] => out.extend(items.iter().cloned()),
                            _ => out.push(self.unknown(at(inner), Reason::NotFollowed)),
                        }
                    } else {
                        out.push(self.eval(at(item), frame));
                    }
                }
                self.one(expr, ValueKind::List(out.into()))
            }
            ExprKind::Dict(items) => {
                let mut entries = Vec::new();
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { key, value } => {
                            let key_value = self.eval(at(key), frame);
                            let pair = DictEntry::Pair {
                                key: only_str(&key_value),
                                value: self.eval(at(value), frame),
                                at: Span::new(file, ast[key].range.cover(ast[value].range)),
                            };
                            insert(&mut entries, pair);
                        }
                        DictItem::Spread(inner) => self.spread_into(&mut entries, self.eval(at(inner), frame)),
                    }
                }
                self.one(expr, ValueKind::Dict(entries.into()))
            }
            ExprKind::Name(name) => self.name(expr, name, frame),
            ExprKind::Attribute { object, name, .. } => {
                let name = self.name_text(file, name);
                let mut out = Values::new();
                for base in self.eval(at(object), frame) {
                    join(&mut out, self.attribute(&base, name, self.model.span(expr)));
                }
                out
            }
            ExprKind::Subscript { object, index } => {
                let bases = self.eval(at(object), frame);
                let key = self.eval(at(index), frame);
                let mut out = Values::new();
                for base in bases {
                    join(&mut out, self.item(expr, base, &key));
                }
                out
            }
            ExprKind::Call { function, .. } => self.call(expr, function, frame),
            ExprKind::Await(inner) => self.eval(at(inner), frame),
            ExprKind::Walrus { value, .. } => self.eval(at(value), frame),
            ExprKind::Lambda { .. } => self.one(expr, ValueKind::Lambda(expr)),
            ExprKind::Conditional { test, then, otherwise } => {
                let test = self.eval(at(test), frame);
                match only_truth(&test) {
                    Some(true) => self.eval(at(then), frame),
                    Some(false) => self.eval(at(otherwise), frame),
                    None => {
                        let mut out = self.eval(at(then), frame);
                        join(&mut out, self.eval(at(otherwise), frame));
                        out
                    }
                }
            }
            ExprKind::Boolean { operator, left, right } => {
                let is_or = operator == BooleanOperator::Or;
                let mut out = Values::new();
                let mut goes_on = false;
                for value in self.eval(at(left), frame) {
                    match value.truth() {
                        Some(truth) if truth == is_or => out.push(value),
                        Some(_) => goes_on = true,
                        None => {
                            goes_on = true;
                            out.push(value);
                        }
                    }
                }
                if goes_on {
                    join(&mut out, self.eval(at(right), frame));
                }
                out
            }
            ExprKind::Unary { operator, operand } => {
                let operand = self.eval(at(operand), frame);
                match operator {
                    UnaryOperator::Not => match only_truth(&operand) {
                        Some(truth) => self.one(expr, ValueKind::Bool(!truth)),
                        None => self.unknown(expr, Reason::Computed),
                    },
                    UnaryOperator::Minus => match operand.as_slice() {
                        [
                            Value {
                                kind: ValueKind::Int(value),
                                ..
                            },
                        ] => self.one(expr, ValueKind::Int(value.saturating_neg())),
                        _ => self.unknown(expr, Reason::Computed),
                    },
                    _ => self.unknown(expr, Reason::Computed),
                }
            }
            ExprKind::Binary { operator, left, right } => self.binary(expr, operator, at(left), at(right), frame),
            ExprKind::Compare { .. } => self.unknown(expr, Reason::Computed),
            ExprKind::Comprehension { .. } => self.unknown(expr, Reason::NotFollowed),
            ExprKind::Starred(inner) => self.eval(at(inner), frame),
            ExprKind::Error
            | ExprKind::Ellipsis
            | ExprKind::Slice { .. }
            | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_) => self.unknown(expr, Reason::NotFollowed),
        }
    }

    // Texts

    fn string(&self, expr: ExprRef, bytes: bool, parts: List<StringPart>, frame: Context<'_>) -> Values {
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
    fn format(&self, expr: ExprRef, bytes: bool, parts: Vec<TextOrValue>) -> Values {
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

    fn binary(
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
                    _ => self.unknown(expr, Reason::Computed),
                },
                _ => self.unknown(expr, Reason::Computed),
            },
            BinaryOperator::Multiply => match (lefts.as_slice(), rights.as_slice()) {
                ([a], [b]) => match (&a.kind, &b.kind) {
                    (ValueKind::Int(a), ValueKind::Int(b)) => self.one(expr, ValueKind::Int(a.saturating_mul(*b))),
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

    // Names

    fn name(&self, expr: ExprRef, name: Name, frame: Context<'_>) -> Values {
        if self.model.is_bound_in_expression(expr, name) {
            return self.unknown(expr, Reason::Computed);
        }
        let file = self.model.file(expr.file);
        let (scope, place) = self.model.use_place(expr);
        let mut first = true;
        for scope in self.model.enclosing_scopes(expr.file, scope) {
            // Names of a class body are seen from the body alone.
            let is_class = matches!(file.index().scope(scope).kind, ScopeKind::Class(_));
            if (first || !is_class) && !file.index().bindings(scope, name).is_empty() {
                let place = first.then_some(place);
                return self.binding_values(expr.file, scope, name, place, frame);
            }
            first = false;
        }
        let text = self.name_text(expr.file, name);
        if let Some(values) = self.star_imported(expr.file, text) {
            return values;
        }
        if file.index().mutations(ScopeId::MODULE, name).is_empty() {
            return self.one(expr, ValueKind::External(format!("builtins.{text}").into()));
        }
        self.unknown(expr, Reason::Unbound)
    }

    fn binding_values(
        &self,
        file: FileId,
        scope: ScopeId,
        name: Name,
        place: Option<text::TextSize>,
        frame: Context<'_>,
    ) -> Values {
        let index = self.model.file(file).index();
        let bindings = index.bindings(scope, name);
        let mutations = index.mutations(scope, name);
        let body = self.model.scope_body(file, scope);
        let states = history::states(self.ast(file), body, bindings, mutations, place);
        let mut out = Values::new();
        for state in states {
            join(&mut out, self.state_values(file, bindings, mutations, &state, frame));
        }
        out
    }

    fn state_values(
        &self,
        file: FileId,
        bindings: &[Binding],
        mutations: &[Mutation],
        state: &State,
        frame: Context<'_>,
    ) -> Values {
        let Some(binding) = state.binding.map(|index| &bindings[index]) else {
            return Values::new();
        };
        let mut values = self.binding(file, binding, frame);
        for &index in &state.mutations {
            values = self.mutate(file, values, &mutations[index], frame);
        }
        values
    }

    fn binding(&self, file: FileId, binding: &Binding, frame: Context<'_>) -> Values {
        let span = Span::new(file, binding.range);
        let name = self.name_text(file, binding.name);
        let at = |id: ExprId| ExprRef { file, id };
        let unknown = |reason| vec![Value::new(ValueKind::Unknown(reason), span)];
        let bound = |values: Values| -> Values {
            let step = Step::Bound {
                name: name.to_owned(),
                at: span,
            };
            values.into_iter().map(|value| value.with_step(step.clone())).collect()
        };
        match binding.kind {
            BindingKind::Value(value) => bound(self.eval(at(value), frame)),
            BindingKind::Context(context) => bound(self.eval(at(context), frame)),
            BindingKind::Unpack { value, index } => {
                let mut out = Values::new();
                for value in self.eval(at(value), frame) {
                    match &value.kind {
                        ValueKind::List(items) if (index as usize) < items.len() => {
                            join(&mut out, items[index as usize].clone());
                        }
                        _ => {
                            let key = vec![Value::new(ValueKind::Int(i64::from(index)), span)];
                            let item = ValueKind::Item {
                                base: Rc::new(value),
                                key: Rc::new(key),
                            };
                            out.push(Value::new(item, span));
                        }
                    }
                }
                bound(out)
            }
            BindingKind::Parameter { function, index } => {
                self.parameter(FunctionRef { file, id: function }, index, frame)
            }
            BindingKind::Function(id) => vec![Value::new(ValueKind::Function(FunctionRef { file, id }), span)],
            BindingKind::Class(id) => vec![Value::new(ValueKind::Class(ClassRef { file, id }), span)],
            BindingKind::Module { path } => {
                let path = &self.model.file(file).text()[path];
                let kind = match self.model.modules.absolute(file, path) {
                    Some(found) => ValueKind::Module(found),
                    None => ValueKind::External(path.into()),
                };
                vec![Value::new(kind, span)]
            }
            BindingKind::Member { import, name } => {
                let name = &self.model.file(file).text()[name];
                match self.model.import_source(file, import) {
                    ImportSource::File(module) => match self.member(module, name) {
                        Some(values) => values,
                        None => unknown(Reason::Unbound),
                    },
                    ImportSource::External(module) => {
                        vec![Value::new(self.outside(file, format!("{module}.{name}")), span)]
                    }
                    ImportSource::Missing => unknown(Reason::NotFollowed),
                }
            }
            BindingKind::Declared(annotation) => match self.annotated(file, annotation, span) {
                Some(value) => vec![value],
                None => unknown(Reason::NotFollowed),
            },
            BindingKind::Element(iterable) => {
                let mut out = Values::new();
                for value in self.eval(at(iterable), frame) {
                    match &value.kind {
                        ValueKind::List(items) => items.iter().for_each(|item| join(&mut out, item.clone())),
                        _ => join(&mut out, unknown(Reason::Computed)),
                    }
                }
                out
            }
            BindingKind::Exception(_) => unknown(Reason::Computed),
            BindingKind::Opaque => unknown(Reason::NotFollowed),
        }
    }

    /// A dotted path: a module of the project whose folder has no `__init__`, or something from outside.
    fn outside(&self, file: FileId, path: String) -> ValueKind {
        match self.model.modules.absolute(file, &path) {
            Some(module) => ValueKind::Module(module),
            None => ValueKind::External(path.into()),
        }
    }

    /// `module.name`, also a module inside a package and what the module star-imports.
    fn member(&self, module: FileId, name: &str) -> Option<Values> {
        self.global(module, name).or_else(|| {
            let found = self.model.modules.member(module, name)?;
            let span = Span::new(found, Default::default());
            Some(vec![Value::new(ValueKind::Module(found), span)])
        })
    }

    pub(crate) fn global(&self, file: FileId, name: &str) -> Option<Values> {
        if self.fuel.get() == 0 || self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let interned = self.ast(file).name(name);
        let index = self.model.file(file).index();
        let bound = interned.filter(|&name| !index.bindings(ScopeId::MODULE, name).is_empty());
        let values = match bound {
            Some(name) => Some(self.binding_values(file, ScopeId::MODULE, name, None, None)),
            None => self.star_imported(file, name),
        };
        self.depth.set(self.depth.get() - 1);
        values
    }

    fn star_imported(&self, file: FileId, name: &str) -> Option<Values> {
        self.model.file(file).index().star_imports().iter().find_map(|&import| {
            match self.model.import_source(file, import) {
                ImportSource::File(module) if module != file => self.global(module, name),
                _ => None,
            }
        })
    }

    // Parameters

    fn parameter(&self, function: FunctionRef, index: u32, frame: Context<'_>) -> Values {
        let ast = self.ast(function.file);
        let parameter = ast[ast[function.id].parameters][index as usize];
        let span = Span::new(function.file, parameter.name_range);
        let name = self.name_text(function.file, parameter.name);
        let default = |out: &mut Values| {
            if let Some(id) = parameter.default {
                let file = function.file;
                join(out, self.eval(ExprRef { file, id }, None));
            }
        };
        if let Some(frame) = frame.filter(|frame| frame.function == function) {
            if index == 0
                && let Some(receiver) = &frame.receiver
            {
                return vec![receiver.as_ref().clone()];
            }
            let mut out = self.argument(
                frame.call,
                frame.caller.as_ref(),
                &parameter,
                name,
                index,
                frame.receiver.is_some(),
            );
            if out.is_empty() {
                default(&mut out);
            }
            return out;
        }
        if let Some(class) = ast.class_of_method(function.id)
            && index == 0
            && !self.has_decorator(function, "staticmethod")
        {
            let class = ClassRef {
                file: function.file,
                id: class,
            };
            let kind = match self.has_decorator(function, "classmethod") {
                true => ValueKind::Class(class),
                false => ValueKind::Instance {
                    class,
                    call: None,
                    frame: None,
                },
            };
            return vec![Value::new(kind, span)];
        }
        if let Some(annotation) = parameter.annotation
            && let Some(value) = self.annotated(function.file, annotation, span)
        {
            return vec![value];
        }
        if let Some(id) = parameter.default {
            let default = self.eval(
                ExprRef {
                    file: function.file,
                    id,
                },
                None,
            );
            if let Some(injected) = default.iter().find_map(|value| self.injection(value)) {
                return injected;
            }
        }
        let mut out = Values::new();
        let is_method = ast.class_of_method(function.id).is_some();
        let callers = self.model.callers(function);
        for &call in callers.iter().take(MAX_CALLERS) {
            let mut passed = self.argument(call, None, &parameter, name, index, is_method);
            if passed.is_empty() {
                default(&mut passed);
            }
            let step = Step::Passed {
                parameter: name.to_owned(),
                at: self.model.span(call),
            };
            join(
                &mut out,
                passed.into_iter().map(|value| value.with_step(step.clone())).collect(),
            );
        }
        if out.is_empty() {
            default(&mut out);
            out.push(Value::new(ValueKind::Parameter { function, index }, span));
        }
        out
    }

    /// What a call passes for a parameter; empty when it passes nothing.
    fn argument(
        &self,
        call: ExprRef,
        caller: Context<'_>,
        parameter: &Parameter,
        name: &str,
        index: u32,
        skips_receiver: bool,
    ) -> Values {
        let arguments = self.arguments(call, caller);
        let position = (index as usize).checked_sub(usize::from(skips_receiver));
        let span = self.model.span(call);
        match parameter.kind {
            ParameterKind::DoubleStar => {
                let mut entries: Vec<DictEntry> = arguments
                    .named()
                    .map(|(name, argument)| DictEntry::Pair {
                        key: Some(name.into()),
                        value: argument.values.clone(),
                        at: argument.span,
                    })
                    .collect();
                if arguments.is_open() {
                    entries.push(DictEntry::Spread(vec![Value::new(
                        ValueKind::Unknown(Reason::NotFollowed),
                        span,
                    )]));
                }
                vec![Value::new(ValueKind::Dict(entries.into()), span)]
            }
            ParameterKind::Star => vec![Value::new(ValueKind::Unknown(Reason::NotFollowed), span)],
            _ => {
                let position = position.filter(|_| parameter.kind != ParameterKind::KeywordOnly);
                match arguments.get(position, &[name]) {
                    Some(argument) => argument.values.clone(),
                    None if arguments.is_open() => vec![Value::new(ValueKind::Unknown(Reason::NotFollowed), span)],
                    None => Values::new(),
                }
            }
        }
    }

    pub(crate) fn arguments(&self, call: ExprRef, frame: Context<'_>) -> BoundArguments {
        let ast = self.ast(call.file);
        let mut out = BoundArguments::new();
        if let ExprKind::Call { arguments, .. } = ast[call.id].kind {
            for argument in &ast[arguments] {
                let value = ExprRef {
                    file: call.file,
                    id: argument.value,
                };
                let name = match argument.kind {
                    ArgumentKind::Keyword(name) => Some(self.name_text(call.file, name).into()),
                    _ => None,
                };
                let bound = BoundArgument {
                    values: self.eval(value, frame),
                    span: Span::new(call.file, argument.range),
                    expr: Some(value),
                };
                out.push(argument.kind, name, bound);
            }
        }
        out
    }

    /// An object of the class that an annotation names; `None` for built-in types and what is not followed.
    fn annotated(&self, file: FileId, annotation: ExprId, span: Span) -> Option<Value> {
        let ast = self.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        match ast[annotation].kind {
            // `User | None`
            ExprKind::Binary {
                operator: BinaryOperator::BitOr,
                left,
                right,
            } => self
                .annotated(file, left, span)
                .or_else(|| self.annotated(file, right, span)),
            ExprKind::Subscript { object, index } => {
                let path = self.eval(at(object), None).into_iter().find_map(external)?;
                let items = match ast[index].kind {
                    ExprKind::Tuple(items) => ast[items].to_vec(),
                    _ => vec![index],
                };
                match last_segment(&path) {
                    "Annotated" => {
                        let injected = items.iter().skip(1).find_map(|&item| self.injected_value(at(item)));
                        self.annotated(file, items[0], span).or(injected)
                    }
                    "Optional" | "Union" => items.iter().find_map(|&item| self.annotated(file, item, span)),
                    _ => None,
                }
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let value = self.eval(at(annotation), None).into_iter().next()?;
                match value.kind {
                    ValueKind::Class(class) => {
                        let kind = ValueKind::Instance {
                            class,
                            call: None,
                            frame: None,
                        };
                        Some(Value::new(kind, span))
                    }
                    ValueKind::External(path) if !is_builtin_type(&path) => {
                        let kind = ValueKind::Call {
                            path,
                            call: None,
                            frame: None,
                        };
                        Some(Value::new(kind, span))
                    }
                    // `SessionDep = Annotated[Session, Depends(get_session)]`
                    ValueKind::Item { .. } | ValueKind::Unknown(_) => self.alias(value.origin, span),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// An alias of an annotation, by the place where it is written.
    fn alias(&self, origin: Span, span: Span) -> Option<Value> {
        if self.depth.get() >= MAX_DEPTH || self.fuel.get() == 0 {
            return None;
        }
        let ast = self.ast(origin.file);
        let (id, expr) = ast
            .exprs()
            .find(|(_, expr)| expr.range == origin.range && matches!(expr.kind, ExprKind::Subscript { .. }))?;
        debug_assert!(matches!(expr.kind, ExprKind::Subscript { .. }));
        self.depth.set(self.depth.get() + 1);
        let value = self.annotated(origin.file, id, span);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn injected_value(&self, expr: ExprRef) -> Option<Value> {
        let values = self.eval(expr, None);
        values
            .iter()
            .find_map(|value| self.injection(value))?
            .into_iter()
            .next()
    }

    /// What an injected parameter gets: `Depends(f)` stands for what `f` returns.
    fn injection(&self, value: &Value) -> Option<Values> {
        let ValueKind::Call {
            path, call: Some(call), ..
        } = &value.kind
        else {
            return None;
        };
        let injector = self.model.injectors.iter().find(|injector| *injector.path == **path)?;
        let arguments = self.arguments(*call, None);
        let dependency = arguments.get(Some(0), &[injector.keyword])?;
        let mut out = Values::new();
        for value in &dependency.values {
            join(&mut out, self.apply(value, *call, None));
        }
        Some(out)
    }

    // Attributes

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
    fn field(&self, field: &Value) -> Values {
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
    fn class_member(&self, class: ClassRef, name: &str, receiver: &Value, on_class: bool) -> Option<Values> {
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

    fn self_attribute(&self, class: ClassRef, name: &str, receiver: &Value) -> Option<Values> {
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

    fn declared_member(&self, class: ClassRef, name: &str, receiver: &Value, on_class: bool) -> Option<Values> {
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
    fn external_base(&self, class: ClassRef) -> Option<Rc<str>> {
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

    fn has_decorator(&self, function: FunctionRef, name: &str) -> bool {
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

    fn item(&self, expr: ExprRef, base: Value, key: &Values) -> Values {
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
            _ => self.one(
                expr,
                ValueKind::Item {
                    base: Rc::new(base),
                    key: Rc::new(key.clone()),
                },
            ),
        }
    }

    // Calls

    fn call(&self, expr: ExprRef, function: ExprId, frame: Context<'_>) -> Values {
        let ast = self.ast(expr.file);
        let mut out = Values::new();
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
    fn apply(&self, callee: &Value, call: ExprRef, frame: Context<'_>) -> Values {
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
                    None,
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
            ValueKind::Call { path, .. } => self.one(
                call,
                ValueKind::Call {
                    path: format!("{path}()").into(),
                    call: Some(call),
                    frame: frame.cloned(),
                },
            ),
            _ => self.unknown(call, Reason::NotFollowed),
        }
    }

    /// Calls from outside that only pass their argument on, or build a container.
    fn external_call(&self, path: &Rc<str>, call: ExprRef, frame: Context<'_>) -> Values {
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
            "builtins.str" | "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.frozenset"
            | "builtins.bytes" | "builtins.sorted" | "pydantic.SecretStr" | "copy.copy" | "copy.deepcopy"
            | "builtins.iter" | "builtins.bool" | "builtins.int" => passed(0),
            "typing.cast" => passed(1),
            "builtins.dict" => {
                let arguments = self.arguments(call, frame);
                let mut entries = Vec::new();
                for argument in arguments.positional() {
                    self.spread_into(&mut entries, argument.values.clone());
                }
                self.named_into(&mut entries, &arguments, self.model.span(call));
                self.one(call, ValueKind::Dict(entries.into()))
            }
            _ => result(),
        }
    }

    /// What a function of the project returns to a call.
    fn enter(&self, function: FunctionRef, receiver: Option<&Rc<Value>>, call: ExprRef, frame: Context<'_>) -> Values {
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

    fn returned(&self, function: FunctionRef, frame: Context<'_>, span: Span) -> Values {
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
    fn builtin_method(
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
            (ValueKind::Str(text), "strip" | "lower" | "upper") => {
                let text = match name {
                    "strip" => text.trim().to_owned(),
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
                let all = arguments
                    .positional()
                    .iter()
                    .chain(arguments.named().map(|(_, argument)| argument));
                parts.extend(
                    all.filter_map(|argument| Some(TextOrValue::Value(argument.expr?, argument.values.clone()))),
                );
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
            (ValueKind::Dict(entries), "get" | "pop") => {
                let arguments = self.arguments(call, frame);
                let key = arguments
                    .get(Some(0), &[])
                    .and_then(|argument| only_str(&argument.values))?;
                Some(match entry(entries, &key) {
                    Entry::Found(values) => values,
                    Entry::Unknown => self.unknown(call, Reason::NotFollowed),
                    Entry::Absent => match arguments.get(Some(1), &["default"]) {
                        Some(default) => default.values.clone(),
                        None => self.one(call, ValueKind::None),
                    },
                })
            }
            (_, "copy" | "get_secret_value" | "encode") if is_opaque => Some(vec![base.clone()]),
            // `dict.fromkeys` and the like are not followed.
            _ => None,
        }
    }

    // Changes

    fn mutate(&self, file: FileId, values: Values, mutation: &Mutation, frame: Context<'_>) -> Values {
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
                    (BinaryOperator::Add, ValueKind::Str(_) | ValueKind::Format(_)) => {
                        let more = at(more);
                        let parts = [parts_of(more, vec![value]), parts_of(more, self.eval(more, frame))].concat();
                        match self.format(more, false, parts).pop() {
                            Some(value) => value,
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

    fn mutating_method(&self, value: Value, method: &str, call: ExprRef, frame: Context<'_>) -> Value {
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
    fn with_entries(&self, value: Value, change: impl FnOnce(&mut Vec<DictEntry>)) -> Value {
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

    fn spread_into(&self, entries: &mut Vec<DictEntry>, values: Values) {
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

    fn named_into(&self, entries: &mut Vec<DictEntry>, arguments: &BoundArguments, span: Span) {
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
pub(crate) enum Entry {
    Found(Values),
    Absent,
    /// Something unpacked into it, or a computed key, may be it.
    Unknown,
}

pub(crate) fn entry(entries: &[DictEntry], wanted: &str) -> Entry {
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

fn insert(entries: &mut Vec<DictEntry>, entry: DictEntry) {
    if let DictEntry::Pair { key: Some(key), .. } = &entry {
        remove(entries, &key.clone());
    }
    entries.push(entry);
}

fn remove(entries: &mut Vec<DictEntry>, wanted: &str) {
    entries.retain(|entry| !matches!(entry, DictEntry::Pair { key: Some(key), .. } if **key == *wanted));
}

fn parts_of(expr: ExprRef, values: Values) -> Vec<TextOrValue> {
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

/// Adds alternatives that are not there yet.
fn join(into: &mut Values, more: Values) {
    for value in more {
        let is_known = |known: &Value| {
            known.origin == value.origin && std::mem::discriminant(&known.kind) == std::mem::discriminant(&value.kind)
        };
        let is_container = matches!(
            value.kind,
            ValueKind::Dict(_) | ValueKind::List(_) | ValueKind::Format(_)
        );
        if into.len() < MAX_VALUES && (is_container || !into.iter().any(is_known)) {
            into.push(value);
        }
    }
}

fn only_str(values: &Values) -> Option<Rc<str>> {
    match values.as_slice() {
        [
            Value {
                kind: ValueKind::Str(text),
                ..
            },
        ] => Some(text.clone()),
        _ => None,
    }
}

fn only_truth(values: &Values) -> Option<bool> {
    let mut truths = values.iter().map(Value::truth);
    let first = truths.next()??;
    truths.all(|truth| truth == Some(first)).then_some(first)
}

fn external(value: Value) -> Option<Rc<str>> {
    match value.kind {
        ValueKind::External(path) => Some(path),
        _ => None,
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Types whose name says nothing about where a value comes from.
fn is_builtin_type(path: &str) -> bool {
    [
        "builtins.",
        "typing.",
        "typing_extensions.",
        "datetime.",
        "uuid.",
        "decimal.",
        "collections.",
    ]
    .iter()
    .any(|module| path.starts_with(module))
}

fn frames(frame: Context<'_>) -> usize {
    std::iter::successors(frame, |frame| frame.caller.as_ref()).count()
}
