//! What a condition says of a secret: whether it is true when the secret has its default, or is not set.

use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

/// A secret as conditions speak of it.
pub(super) struct Subject<'s> {
    /// Where it is written and where it is read.
    pub(super) origins: &'s [Span],
    /// Names that hold it somewhere.
    pub(super) names: &'s [String],
    /// The environment variable that it comes from.
    pub(super) variable: Option<&'s str>,
    /// The value that it has by default; `None` when it is not set at all.
    pub(super) text: Option<&'s str>,
    /// A parameter that stands for it: of a validator, or of a function that it is passed to.
    pub(super) parameter: Option<(FunctionRef, Name)>,
    /// The field that it is, inside the validators of its class: `values["SECRET_KEY"]`.
    pub(super) field: Option<&'s str>,
}

/// Whether a condition is true of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// It does not speak of the secret.
    Elsewhere,
    Unknown,
    True,
    False,
}

/// Conditions nested deeper than this are not looked into.
const MAX_DEPTH: usize = 20;

impl Truth {
    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            other => other,
        }
    }

    fn of(value: bool) -> Truth {
        match value {
            true => Truth::True,
            false => Truth::False,
        }
    }

    /// It may be true of the secret.
    pub(super) fn may_hold(self) -> bool {
        matches!(self, Truth::True | Truth::Unknown)
    }

    /// It may be false of the secret.
    pub(super) fn may_fail(self) -> bool {
        matches!(self, Truth::False | Truth::Unknown)
    }
}

impl Subject<'_> {
    pub(super) fn truth(&self, model: &Model<'_>, test: ExprRef) -> Truth {
        self.truth_at(model, test, 0)
    }

    fn truth_at(&self, model: &Model<'_>, test: ExprRef, depth: usize) -> Truth {
        if depth > MAX_DEPTH {
            return Truth::Elsewhere;
        }
        if let Some(text) = self.value(model, test) {
            return Truth::of(text.is_some_and(|text| !text.is_empty()));
        }
        let ast = model.ast(test.file);
        let at = |id: ExprId| ExprRef { file: test.file, id };
        match ast[test.id].kind {
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.truth_at(model, at(operand), depth + 1).not(),
            ExprKind::Boolean { operator, left, right } => {
                let sides = [left, right].map(|side| self.truth_at(model, at(side), depth + 1));
                let decides = match operator {
                    BooleanOperator::And => Truth::False,
                    BooleanOperator::Or => Truth::True,
                };
                if sides.contains(&decides) {
                    decides
                } else if sides.contains(&Truth::Unknown) {
                    Truth::Unknown
                } else if sides == [Truth::Elsewhere; 2] {
                    Truth::Elsewhere
                } else {
                    decides.not()
                }
            }
            ExprKind::Compare { first, rest } => match &ast[rest] {
                [comparison] => self.comparison(model, at(first), comparison.operator, at(comparison.right)),
                _ => Truth::Elsewhere,
            },
            ExprKind::Call { function, arguments } => self.call(model, test, function, &ast[arguments]),
            _ => Truth::Elsewhere,
        }
    }

    fn comparison(&self, model: &Model<'_>, left: ExprRef, operator: CompareOperator, right: ExprRef) -> Truth {
        let ast = model.ast(left.file);
        // `len(SECRET) < 32`
        if let ExprKind::Call { function, arguments } = ast[left.id].kind
            && let [argument] = &ast[arguments]
            && is_name(model, left.file, function, "len")
            && let Some(text) = self.value(
                model,
                ExprRef {
                    file: left.file,
                    id: argument.value,
                },
            )
        {
            let limits = kinds(model, right);
            let Some([ValueKind::Int(limit)]) = limits.as_deref() else {
                return Truth::Unknown;
            };
            let length = text.map_or(0, |text| text.len()) as i64;
            return match operator {
                CompareOperator::Less => Truth::of(length < *limit),
                CompareOperator::LessEqual => Truth::of(length <= *limit),
                CompareOperator::Greater => Truth::of(length > *limit),
                CompareOperator::GreaterEqual => Truth::of(length >= *limit),
                CompareOperator::Equal => Truth::of(length == *limit),
                CompareOperator::NotEqual => Truth::of(length != *limit),
                _ => Truth::Unknown,
            };
        }
        if let Some(text) = self.value(model, left) {
            // `DEFAULT_SECRET == settings.SECRET_KEY`, where the default is a constant of its own.
            if self.value(model, right).is_some() {
                let is_positive = matches!(operator, CompareOperator::Equal | CompareOperator::Is);
                return Truth::of(is_positive);
            }
            return self.compared(model, text.as_deref(), operator, right);
        }
        let is_in = matches!(operator, CompareOperator::In | CompareOperator::NotIn);
        let found = if let Some(text) = self.value(model, right) {
            match operator {
                // `"changeme" in SECRET`
                CompareOperator::In | CompareOperator::NotIn => texts(model, left).map(|parts| {
                    parts
                        .iter()
                        .any(|part| text.as_deref().unwrap_or_default().contains(part))
                }),
                // `"changethis" == SECRET`
                _ => return self.compared(model, text.as_deref(), operator, left),
            }
        } else if is_in && self.variable.is_some() && texts(model, left).is_some_and(|texts| self.names_it(&texts)) {
            // `"JWT_SECRET" in os.environ`
            match is_environment(model, right) {
                true => Some(false),
                false => return Truth::Elsewhere,
            }
        } else {
            return Truth::Elsewhere;
        };
        match (found, operator) {
            (None, _) => Truth::Unknown,
            (Some(found), CompareOperator::In) => Truth::of(found),
            (Some(found), _) => Truth::of(!found),
        }
    }

    /// The secret compared with something.
    fn compared(&self, model: &Model<'_>, text: Option<&str>, operator: CompareOperator, other: ExprRef) -> Truth {
        let is_negated = matches!(
            operator,
            CompareOperator::NotEqual | CompareOperator::IsNot | CompareOperator::NotIn
        );
        let same = match operator {
            CompareOperator::In | CompareOperator::NotIn => match list(model, other) {
                Some(items) => items.iter().any(|item| item.as_deref() == text),
                None => return Truth::Unknown,
            },
            CompareOperator::Equal | CompareOperator::NotEqual | CompareOperator::Is | CompareOperator::IsNot => {
                let Some(kinds) = kinds(model, other) else {
                    // With what a client sent, for instance.
                    return Truth::Elsewhere;
                };
                kinds.iter().any(|kind| match kind {
                    ValueKind::None => text.is_none(),
                    ValueKind::Str(other) | ValueKind::Bytes(other) => text == Some(&**other),
                    _ => false,
                })
            }
            _ => return Truth::Elsewhere,
        };
        Truth::of(same != is_negated)
    }

    fn call(&self, model: &Model<'_>, call: ExprRef, function: ExprId, arguments: &[Argument]) -> Truth {
        let ast = model.ast(call.file);
        let at = |id: ExprId| ExprRef { file: call.file, id };
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind
            && let Some(text) = self.value(model, at(object))
        {
            let text = text.unwrap_or_default();
            let parts = arguments.first().and_then(|part| texts(model, at(part.value)));
            return match (model.file(call.file).source().name(name), parts) {
                ("startswith", Some(parts)) => Truth::of(parts.iter().any(|part| text.starts_with(&**part))),
                ("endswith", Some(parts)) => Truth::of(parts.iter().any(|part| text.ends_with(&**part))),
                _ => Truth::Unknown,
            };
        }
        // `is_weak(SECRET)`, and not `verify(token, SECRET)`.
        let is_about = |argument: &&Argument| self.value(model, at(argument.value)).is_some();
        let is_constant = |argument: &Argument| kinds(model, at(argument.value)).is_some();
        if arguments.iter().any(|argument| is_about(&argument)) {
            let all = arguments
                .iter()
                .all(|argument| is_about(&argument) || is_constant(argument));
            return if all { Truth::Unknown } else { Truth::Elsewhere };
        }
        // `any(word in SECRET for word in WEAK)`, `all([SECRET, DATABASE_URL])`
        let is_quantifier = ["any", "all"]
            .iter()
            .any(|name| is_name(model, call.file, function, name));
        let mentions = |argument: &Argument| {
            ast.descendants(argument.value)
                .into_iter()
                .any(|part| self.value(model, at(part)).is_some())
        };
        match is_quantifier && arguments.iter().any(mentions) {
            true => Truth::Unknown,
            false => Truth::Elsewhere,
        }
    }

    /// What the secret is there, if an expression is the secret. The inner `None` is an unset one.
    pub(super) fn value(&self, model: &Model<'_>, expr: ExprRef) -> Option<Option<String>> {
        let mut expr = expr;
        let mut change: Option<fn(&str) -> String> = None;
        let file = model.file(expr.file);
        let ast = file.ast();
        for _ in 0..6 {
            if self.is(model, expr) {
                let text = self.text.map(|text| match change {
                    Some(change) => change(text),
                    None => text.to_owned(),
                });
                return Some(text);
            }
            let inner = match ast[expr.id].kind {
                ExprKind::Walrus { value, .. } => value,
                ExprKind::Call { function, arguments } => match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } => match file.source().name(name) {
                        "lower" | "casefold" => {
                            change = Some(str::to_lowercase);
                            object
                        }
                        "upper" => {
                            change = Some(str::to_uppercase);
                            object
                        }
                        "strip" | "get_secret_value" | "encode" | "decode" => object,
                        _ => return None,
                    },
                    ExprKind::Name(name) if matches!(file.source().imported_name(name), "str" | "bool") => {
                        ast[arguments].first()?.value
                    }
                    _ => return None,
                },
                _ => return None,
            };
            expr = ExprRef {
                file: expr.file,
                id: inner,
            };
        }
        None
    }

    /// Whether an expression is the secret itself.
    fn is(&self, model: &Model<'_>, expr: ExprRef) -> bool {
        let file = model.file(expr.file);
        let ast = file.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Name(name) => {
                let is_parameter = self.parameter.is_some_and(|(function, parameter)| {
                    parameter == name
                        && function.file == expr.file
                        && ast[ast[function.id].stmt].range.contains_range(ast[expr.id].range)
                });
                is_parameter || self.comes_from(model, expr, file.source().imported_name(name))
            }
            ExprKind::Attribute { name, .. } => self.comes_from(model, expr, file.source().name(name)),
            ExprKind::Subscript { object, index } => {
                let Some(keys) = texts(model, at(index)) else {
                    return false;
                };
                let is_field = self.field.is_some_and(|field| keys.iter().any(|key| **key == *field));
                is_field || (self.names_it(&keys) && is_environment(model, at(object)))
            }
            ExprKind::Call { function, arguments } => {
                let (ExprKind::Attribute { name, .. } | ExprKind::Name(name)) = ast[function].kind else {
                    return false;
                };
                let method = file.source().imported_name(name);
                if !matches!(method, "get" | "getenv") {
                    return false;
                }
                let Some(keys) = ast[arguments].first().and_then(|key| texts(model, at(key.value))) else {
                    return false;
                };
                // `values.get("SECRET_KEY")` in a validator.
                if method == "get" && self.field.is_some_and(|field| keys.iter().any(|key| **key == *field)) {
                    return true;
                }
                self.names_it(&keys)
                    && model
                        .called_path(expr)
                        .is_some_and(|path| matches!(&*path, "os.getenv" | "os.environ.get"))
            }
            _ => false,
        }
    }

    fn comes_from(&self, model: &Model<'_>, expr: ExprRef, name: &str) -> bool {
        let is_named = self.names.iter().any(|known| known == name);
        is_named
            && model
                .eval(expr)
                .iter()
                .any(|value| self.origins.contains(&value.origin))
    }

    fn names_it(&self, texts: &[String]) -> bool {
        self.variable
            .is_some_and(|variable| texts.iter().any(|text| *text == variable))
    }
}

/// Whether an expression is `os.environ`.
pub(super) fn is_environment(model: &Model<'_>, expr: ExprRef) -> bool {
    model
        .eval(expr)
        .iter()
        .any(|value| matches!(&value.kind, ValueKind::External(path) if &**path == "os.environ"))
}

fn is_name(model: &Model<'_>, file: text::FileId, expr: ExprId, wanted: &str) -> bool {
    matches!(model.ast(file)[expr].kind, ExprKind::Name(name) if model.file(file).source().imported_name(name) == wanted)
}

/// The values of an expression, if all of them are constant.
fn kinds(model: &Model<'_>, expr: ExprRef) -> Option<Vec<ValueKind>> {
    let values = model.eval(expr);
    let is_constant = |kind: &ValueKind| {
        matches!(
            kind,
            ValueKind::None | ValueKind::Str(_) | ValueKind::Bytes(_) | ValueKind::Int(_) | ValueKind::Bool(_)
        )
    };
    let kinds: Vec<ValueKind> = values.into_iter().map(|value| value.kind).collect();
    (!kinds.is_empty() && kinds.iter().all(is_constant)).then_some(kinds)
}

/// The constant texts of an expression or of a list of them.
fn texts(model: &Model<'_>, expr: ExprRef) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for value in model.eval(expr) {
        match &value.kind {
            ValueKind::Str(text) | ValueKind::Bytes(text) => out.push(text.to_string()),
            ValueKind::List(items) => out.extend(
                items
                    .iter()
                    .flatten()
                    .filter_map(|item| item.as_str().map(str::to_owned)),
            ),
            _ => {}
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The items of a list of constants; `None` items are Python's.
fn list(model: &Model<'_>, expr: ExprRef) -> Option<Vec<Option<String>>> {
    let mut out = Vec::new();
    for value in model.eval(expr) {
        let ValueKind::List(items) = &value.kind else {
            return None;
        };
        for item in items.iter().flatten() {
            match &item.kind {
                ValueKind::None => out.push(None),
                ValueKind::Str(text) | ValueKind::Bytes(text) => out.push(Some(text.to_string())),
                _ => return None,
            }
        }
    }
    Some(out)
}
