//! Parameters and arguments: what calls pass, what annotations and injectors promise.

use super::*;
use crate::definitions::NameUse;

/// Aliases of aliases of an annotation that are followed.
const MAX_ALIASES: usize = 8;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn parameter(&self, function: FunctionRef, index: u32, frame: Context<'_>) -> Values {
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
    pub(super) fn argument(
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
            let skipped = self.model.forwarded(call).map_or(0, |(_, skipped)| skipped);
            for argument in &ast[arguments][skipped..] {
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
    pub(crate) fn annotated(&self, file: FileId, annotation: ExprId, span: Span) -> Option<Value> {
        if self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.annotated_one(file, annotation, span);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn annotated_one(&self, file: FileId, annotation: ExprId, span: Span) -> Option<Value> {
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
                let items = subscripts(ast, index);
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
                    ValueKind::Item { .. } | ValueKind::Unknown(_) => {
                        let alias = self.annotation_alias(at(annotation))?;
                        self.annotated(alias.file, alias.id, span)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What the alias of an annotation stands for.
    fn annotation_alias(&self, annotation: ExprRef) -> Option<ExprRef> {
        let ast = self.ast(annotation.file);
        let found = match ast[annotation.id].kind {
            ExprKind::Name(_) => self.model.definitions(annotation),
            // `deps.CurrentUser`
            ExprKind::Attribute { object, name, .. } => {
                let object = ExprRef {
                    file: annotation.file,
                    id: object,
                };
                let module = self.eval(object, None).into_iter().find_map(|value| match value.kind {
                    ValueKind::Module(module) => Some(module),
                    _ => None,
                })?;
                self.model
                    .global_definitions(module, self.name_text(annotation.file, name))
            }
            _ => return None,
        };
        let NameUse::Bound(definitions) = found else {
            return None;
        };
        definitions
            .iter()
            .rev()
            .find_map(|definition| match definition.binding.kind {
                BindingKind::Value(id) => Some(ExprRef {
                    file: definition.file,
                    id,
                }),
                _ => None,
            })
    }

    /// What stands behind the type in `Annotated[…]`, aliases followed.
    fn annotation_metadata(&self, annotation: ExprRef) -> Vec<ExprRef> {
        let mut at = annotation;
        for _ in 0..MAX_ALIASES {
            let ast = self.ast(at.file);
            if let ExprKind::Subscript { object, index } = ast[at.id].kind {
                let object = ExprRef {
                    file: at.file,
                    id: object,
                };
                let path = self.eval(object, None).into_iter().find_map(external);
                if path.is_none_or(|path| last_segment(&path) != "Annotated") {
                    return Vec::new();
                }
                let items = subscripts(ast, index).into_iter().skip(1);
                return items.map(|id| ExprRef { file: at.file, id }).collect();
            }
            match self.annotation_alias(at) {
                Some(alias) => at = alias,
                None => break,
            }
        }
        Vec::new()
    }

    /// What an injector in a parameter's default or annotation calls; `None` when nothing is injected.
    pub(crate) fn injected(&self, function: FunctionRef, index: u32) -> Option<Values> {
        let ast = self.ast(function.file);
        let parameter = ast[ast[function.id].parameters][index as usize];
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        let metadata = parameter.annotation.map(|id| self.annotation_metadata(at(id)));
        let places = parameter
            .default
            .map(at)
            .into_iter()
            .chain(metadata.into_iter().flatten());
        for place in places {
            for value in self.eval(place, None) {
                let Some((call, keyword)) = self.injector(&value) else {
                    continue;
                };
                let arguments = self.arguments(call, None);
                return match arguments.get(Some(0), &[keyword]) {
                    Some(dependency) => Some(dependency.values.clone()),
                    // `common: Common = Depends()` calls the class of the annotation.
                    None => {
                        let class = parameter.annotation?;
                        Some(self.eval(at(class), None))
                    }
                };
            }
        }
        None
    }

    pub(super) fn injected_value(&self, expr: ExprRef) -> Option<Value> {
        let values = self.eval(expr, None);
        values
            .iter()
            .find_map(|value| self.injection(value))?
            .into_iter()
            .next()
    }

    /// What an injected parameter gets: `Depends(f)` stands for what `f` returns.
    pub(super) fn injection(&self, value: &Value) -> Option<Values> {
        let (call, keyword) = self.injector(value)?;
        let arguments = self.arguments(call, None);
        let dependency = arguments.get(Some(0), &[keyword])?;
        let mut out = Values::new();
        for value in &dependency.values {
            join(&mut out, self.apply(value, call, None));
        }
        Some(out)
    }

    /// The call of an injector that a value is, and the keyword of what it injects.
    fn injector(&self, value: &Value) -> Option<(ExprRef, &'static str)> {
        let ValueKind::Call {
            path, call: Some(call), ..
        } = &value.kind
        else {
            return None;
        };
        let injector = self.model.injectors.iter().find(|injector| *injector.path == **path)?;
        Some((*call, injector.keyword))
    }
}

/// `a, b` of `X[a, b]`
fn subscripts(ast: &Ast, index: ExprId) -> Vec<ExprId> {
    match ast[index].kind {
        ExprKind::Tuple(items) => ast[items].to_vec(),
        _ => vec![index],
    }
}

pub(super) fn external(value: Value) -> Option<Rc<str>> {
    match value.kind {
        ValueKind::External(path) => Some(path),
        _ => None,
    }
}

pub(super) fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Types whose name says nothing about where a value comes from.
pub(super) fn is_builtin_type(path: &str) -> bool {
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
