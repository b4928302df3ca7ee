//! What is put into an SQL text: whose it is, and what it can look like.

use semantic::{ClassRef, ExprRef, FunctionRef, Model, NameUse, TextOrValue, Value, ValueKind};
use syntax::ast::*;

use super::InputSource;
use crate::environment::{environment_read, is_settings_class};
use crate::handlers::Handlers;
use crate::libraries::{databases, web};
use crate::shapes::{self, Shape};

pub(super) struct Classifier<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) handlers: &'m Handlers,
}

/// `None`: harmless.
pub(super) type Class = Option<InputSource>;

impl Classifier<'_, '_> {
    /// A name that is a parameter which the framework fills, even if the project calls the function itself too.
    pub(super) fn parameter_of_handler(&self, expr: ExprRef) -> Option<Class> {
        let NameUse::Bound(definitions) = self.model.definitions(expr) else {
            return None;
        };
        definitions.iter().find_map(|definition| {
            let semantic::BindingKind::Parameter { function, index } = definition.binding.kind else {
                return None;
            };
            let function = FunctionRef {
                file: definition.file,
                id: function,
            };
            if !self.handlers.takes_input(function) {
                return None;
            }
            let Some(injected) = self.model.injected(function, index) else {
                return Some(self.parameter(function, index));
            };
            // What a dependency returns, over all its ways.
            let results = injected.iter().flat_map(|callable| match callable.kind {
                ValueKind::Function(function) => self.model.result(function),
                _ => semantic::Values::new(),
            });
            let classes: Vec<Class> = results.map(|value| self.classify(&value)).collect();
            match classes.is_empty() {
                true => None,
                false => Some(classes.into_iter().flatten().min()),
            }
        })
    }

    pub(super) fn classify(&self, value: &Value) -> Class {
        let mut worst: Class = None;
        let mut pending = vec![(value.clone(), 0)];
        let mut steps = 0;
        while let Some((value, depth)) = pending.pop() {
            steps += 1;
            if depth > 12 || steps > 200 {
                return worst.or(Some(InputSource::Unknown));
            }
            let mut next = Vec::new();
            if let Some(found) = self.classify_one(&value, &mut next) {
                worst = Some(match worst {
                    Some(worst) => worst.min(found),
                    None => found,
                });
            }
            pending.extend(next.into_iter().map(|value| (value, depth + 1)));
        }
        worst
    }

    /// What a value is by itself; what it is made of goes into `next`.
    fn classify_one(&self, value: &Value, next: &mut Vec<Value>) -> Class {
        let model = self.model;
        if environment_read(model, value).is_some() {
            return None;
        }
        match &value.kind {
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float
            | ValueKind::Str(_)
            | ValueKind::Bytes(_)
            | ValueKind::Function(_)
            | ValueKind::Class(_)
            | ValueKind::Module(_)
            | ValueKind::Method { .. }
            | ValueKind::Lambda(_) => None,
            ValueKind::Format(parts) => {
                for part in parts.iter() {
                    if let TextOrValue::Value(_, values) = part {
                        next.extend(values.iter().cloned());
                    }
                }
                None
            }
            ValueKind::List(items) => {
                next.extend(items.iter().flatten().cloned());
                None
            }
            ValueKind::Dict(entries) => {
                for entry in entries.iter() {
                    match entry {
                        semantic::DictEntry::Pair { value, .. } | semantic::DictEntry::Spread(value) => {
                            next.extend(value.iter().cloned());
                        }
                    }
                }
                None
            }
            ValueKind::Comprehension { .. } => {
                next.extend(model.elements(value));
                None
            }
            ValueKind::Instance { class, .. } => {
                let is_enum = model.descends_from(*class, |path| path.starts_with("enum."));
                (!is_enum).then_some(InputSource::Unknown)
            }
            ValueKind::Field { class, name, .. } => self.field(*class, name),
            ValueKind::Parameter { function, index } => self.parameter(*function, *index),
            ValueKind::External(path) => match web::sent_by_client(path) {
                Some(part) => Some(InputSource::Client {
                    what: format!("`{part}` of the request"),
                }),
                None if is_harmless_path(path) => None,
                None => Some(InputSource::Unknown),
            },
            ValueKind::Call { path, call, frame } => self.external(value, path, *call, frame.as_ref(), next),
            ValueKind::MethodCall {
                receiver,
                name,
                call,
                frame,
            } => {
                if is_harmless_method(name) {
                    return None;
                }
                if !keeps_content(name) {
                    return Some(InputSource::Unknown);
                }
                next.push(receiver.as_ref().clone());
                if matches!(&**name, "join" | "get" | "replace" | "setdefault" | "pop" | "format") {
                    let arguments = model.arguments(*call, frame.as_ref());
                    // The key of a look-up is not what comes out; its default is.
                    let skipped = usize::from(!matches!(&**name, "join" | "format"));
                    let given = arguments.positional().iter().skip(skipped);
                    next.extend(given.flat_map(|argument| argument.values.iter().cloned()));
                }
                None
            }
            ValueKind::Attribute { base, name } => match &base.kind {
                ValueKind::Class(_) | ValueKind::Module(_) | ValueKind::Function(_) => None,
                ValueKind::Instance { class, .. } if self.is_enum(*class) => None,
                _ if name.starts_with("__") => None,
                // What an object holds, not what the parameter is.
                ValueKind::Parameter { function, .. } if !self.handlers.takes_input(*function) => {
                    Some(InputSource::Unknown)
                }
                _ => {
                    next.push(base.as_ref().clone());
                    None
                }
            },
            ValueKind::Item { base, key } => self.item(base, key, next),
            ValueKind::Caught { .. } => Some(InputSource::Unknown),
            ValueKind::Unknown(_) => self.unknown(value, next),
        }
    }

    fn is_enum(&self, class: ClassRef) -> bool {
        self.model.descends_from(class, |path| path.starts_with("enum."))
    }

    fn parameter(&self, function: FunctionRef, index: u32) -> Class {
        let file = self.model.file(function.file);
        let parameter = file.ast()[file.ast()[function.id].parameters].get(index as usize)?;
        let name = file.source().name(parameter.name);
        match shapes::of_parameter(self.model, function, index) {
            Shape::Fixed => return None,
            Shape::Number => return Some(InputSource::Number),
            Shape::Any => {}
        }
        let function_name = self.model.function_name(function).to_owned();
        if self.handlers.takes_input(function) {
            return Some(InputSource::Client {
                what: format!("a parameter of `{function_name}`"),
            });
        }
        Some(match function_name.as_str() {
            "__init__" => InputSource::Attribute,
            _ => InputSource::Parameter {
                name: name.to_owned(),
                function: function_name,
            },
        })
    }

    /// A field of a pydantic or SQLModel class.
    fn field(&self, class: ClassRef, name: &str) -> Class {
        let model = self.model;
        if is_settings_class(model, class) {
            return None;
        }
        match field_annotation(model, class, name)
            .map(|annotation| shapes::of_annotation(model, annotation.file, annotation.id))
        {
            Some(Shape::Fixed) => return None,
            Some(Shape::Number) => return Some(InputSource::Number),
            _ => {}
        }
        self.any_field(class)
    }

    fn external(
        &self,
        value: &Value,
        path: &str,
        call: Option<ExprRef>,
        frame: Option<&std::rc::Rc<semantic::Frame>>,
        next: &mut Vec<Value>,
    ) -> Class {
        let model = self.model;
        if let Some(part) = web::sent_by_client(path) {
            return Some(InputSource::Client {
                what: format!("`{part}` of the request"),
            });
        }
        // The parameter beside it says what it is.
        if web::is_parameter_function(path) {
            return None;
        }
        let Some(call) = call else {
            // An object of a class from outside, by its annotation: `email: EmailStr` of a route.
            let function = model.function_at(value.origin.file, value.origin.range.start());
            let is_text = path.starts_with("pydantic.") && !path.ends_with("BaseModel");
            return match function {
                Some(function) if is_text && self.handlers.takes_input(function) => Some(InputSource::Client {
                    what: format!("a parameter of `{}`", model.function_name(function)),
                }),
                _ => Some(InputSource::Unknown),
            };
        };
        let last = path.rsplit('.').next().unwrap_or(path);
        if path == "builtins.int" || path == "builtins.float" || path == "decimal.Decimal" {
            return Some(InputSource::Number);
        }
        if is_harmless_path(path) || is_harmless_method(last) || databases::QUOTING.contains(&last) {
            return None;
        }
        let arguments = || model.arguments(call, frame);
        if path == "re.sub" {
            // `re.sub(r"[^a-z_]", "", name)` leaves names.
            let arguments = arguments();
            let pattern = arguments
                .get(Some(0), &["pattern"])
                .and_then(|pattern| pattern.values.first()?.as_str().map(str::to_owned));
            let keeps_names = pattern
                .and_then(|pattern| Some(format!("[{}", pattern.strip_prefix("[^")?)))
                .is_some_and(|kept| shapes::is_strict(&kept, false));
            if !keeps_names {
                next.extend(
                    arguments
                        .get(Some(2), &["string"])
                        .into_iter()
                        .flat_map(|a| a.values.clone()),
                );
            }
            return None;
        }
        if passes_on(path) {
            let arguments = arguments();
            next.extend(
                arguments
                    .positional()
                    .iter()
                    .flat_map(|argument| argument.values.clone()),
            );
            return None;
        }
        // `request.query_params.get("q").strip()` is told by its path; other methods say nothing.
        Some(InputSource::Unknown)
    }

    fn item(&self, base: &Value, key: &[Value], next: &mut Vec<Value>) -> Class {
        let first = matches!(
            key,
            [Value {
                kind: ValueKind::Int(0),
                ..
            }]
        );
        let path_of = |value: &Value| match &value.kind {
            ValueKind::Call { path, .. } => Some(path.clone()),
            _ => None,
        };
        let path = path_of(base);
        if path.as_deref() == Some("builtins.range") {
            return None;
        }
        if let ValueKind::Item { base: inner, .. } = &base.kind
            && first
            && path_of(inner).as_deref() == Some("builtins.enumerate")
        {
            return None;
        }
        // A pydantic object as a dictionary: `data["name"]`, and the parts of `data.items()`.
        if let Some(class) = self.dumped_class(base) {
            return match key {
                [key] if key.as_str().is_some() => self.field(class, key.as_str().unwrap_or_default()),
                // Iterating over it gives the names of its fields.
                _ if path.is_some_and(|path| !path.ends_with(".values") && !path.ends_with(".items")) => None,
                _ => self.any_field(class),
            };
        }
        if let ValueKind::Item { base: inner, .. } = &base.kind
            && let Some(class) = self.dumped_class(inner)
        {
            return match first {
                true => None,
                false => self.any_field(class),
            };
        }
        next.push(base.clone());
        None
    }

    /// The class of the object behind `body.model_dump()`, also through `.items()` and its like.
    fn dumped_class(&self, value: &Value) -> Option<ClassRef> {
        let mut value = value.clone();
        for _ in 0..3 {
            let ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } = &value.kind
            else {
                return None;
            };
            let object = self.model.receiver(*call)?;
            let objects = self.model.eval_in(object, frame.as_ref());
            if path.ends_with(".model_dump") || path.ends_with(".dict") {
                return objects.iter().find_map(|object| match object.kind {
                    ValueKind::Instance { class, .. } => Some(class),
                    _ => None,
                });
            }
            value = objects.into_iter().next()?;
        }
        None
    }

    /// Some field of a class, whichever.
    fn any_field(&self, class: ClassRef) -> Class {
        match self.handlers.is_input(self.model, class) {
            true => Some(InputSource::Client {
                what: format!("a field of `{}`", self.model.class_name(class)),
            }),
            false => Some(InputSource::Unknown),
        }
    }

    /// A computation, by its syntax.
    fn unknown(&self, value: &Value, next: &mut Vec<Value>) -> Class {
        let model = self.model;
        let Some(expr) = model.expr_of(value.origin) else {
            return Some(InputSource::Unknown);
        };
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match model.expr(expr).kind {
            ExprKind::Binary { operator, left, right } => match operator {
                // `"?" * n`, `["?"] * n`
                BinaryOperator::Multiply => {
                    let sides = [model.eval(at(left)), model.eval(at(right))];
                    let repeated = sides.iter().find(|side| {
                        side.iter().any(|value| {
                            matches!(
                                value.kind,
                                ValueKind::Str(_) | ValueKind::Format(_) | ValueKind::List(_)
                            )
                        })
                    });
                    match repeated {
                        Some(side) => next.extend(side.iter().cloned()),
                        None => return Some(InputSource::Number),
                    }
                    None
                }
                BinaryOperator::Add => {
                    next.extend(model.eval(at(left)));
                    next.extend(model.eval(at(right)));
                    None
                }
                _ => Some(InputSource::Number),
            },
            ExprKind::Compare { .. } => None,
            ExprKind::Unary { .. } => Some(InputSource::Number),
            _ => Some(InputSource::Unknown),
        }
    }
}

fn field_annotation(model: &Model<'_>, class: ClassRef, name: &str) -> Option<ExprRef> {
    let binding = model.class_binding(class, name)?;
    match model.ast(class.file)[binding.stmt].kind {
        StmtKind::AnnotatedAssign { annotation, .. } => Some(ExprRef {
            file: class.file,
            id: annotation,
        }),
        _ => None,
    }
}

/// Functions that give nothing a client could choose.
fn is_harmless_path(path: &str) -> bool {
    let modules = [
        "uuid.",
        "datetime.",
        "time.",
        "secrets.",
        "hashlib.",
        "random.",
        "os.getpid",
        "calendar.",
        "math.",
    ];
    let functions = [
        "builtins.len",
        "builtins.hash",
        "builtins.id",
        "builtins.ord",
        "builtins.range",
        "builtins.bool",
        "builtins.round",
        "builtins.type",
        "builtins.isinstance",
    ];
    modules.iter().any(|module| path.starts_with(module))
        || functions.iter().any(|function| {
            path.strip_prefix(function)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
        || path.split('.').any(|part| part.starts_with("__"))
}

/// Methods that give numbers, flags or digests.
fn is_harmless_method(name: &str) -> bool {
    matches!(
        name,
        "count"
            | "index"
            | "find"
            | "hexdigest"
            | "isoformat"
            | "timestamp"
            | "bit_length"
            | "total_seconds"
            | "isdigit"
            | "startswith"
            | "endswith"
            | "quote"
            | "__len__"
            | "strftime"
    )
}

/// Methods of texts and containers that give what is in them.
fn keeps_content(name: &str) -> bool {
    matches!(
        name,
        "strip"
            | "lstrip"
            | "rstrip"
            | "lower"
            | "upper"
            | "title"
            | "capitalize"
            | "casefold"
            | "swapcase"
            | "replace"
            | "split"
            | "rsplit"
            | "splitlines"
            | "partition"
            | "rpartition"
            | "removeprefix"
            | "removesuffix"
            | "encode"
            | "decode"
            | "zfill"
            | "ljust"
            | "rjust"
            | "center"
            | "translate"
            | "format"
            | "join"
            | "get"
            | "items"
            | "keys"
            | "values"
            | "pop"
            | "setdefault"
            | "copy"
            | "model_dump"
            | "dict"
    )
}

/// Functions that give what they are given, in another form.
fn passes_on(path: &str) -> bool {
    matches!(
        path,
        "builtins.repr"
            | "builtins.format"
            | "builtins.reversed"
            | "builtins.next"
            | "builtins.filter"
            | "builtins.map"
            | "builtins.min"
            | "builtins.max"
            | "builtins.zip"
            | "builtins.sum"
            | "builtins.abs"
            | "builtins.enumerate"
            | "urllib.parse.unquote"
            | "urllib.parse.unquote_plus"
            | "urllib.parse.quote"
            | "html.escape"
            | "html.unescape"
            | "json.loads"
            | "json.dumps"
            | "base64.b64decode"
            | "base64.urlsafe_b64decode"
            | "fastapi.encoders.jsonable_encoder"
    )
}
