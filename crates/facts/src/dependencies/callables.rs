//! Values as callables, under the names that Python gives them.

use semantic::{ClassRef, ExprRef, FunctionRef, Model, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use super::{Bound, Callable, CallableKind, Resolver};

/// Partials of partials and wrappers of wrappers that are followed.
const MAX_WRAPPERS: usize = 8;
/// A callable that cannot be followed is named by its text, if that is short.
const LONGEST_NAME: usize = 60;

impl Resolver<'_, '_> {
    /// What one of these values is when it is called; `written` is where it stands.
    pub(crate) fn callable(&self, values: &Values, written: Option<Span>) -> Callable {
        let mut found: Vec<Callable> = Vec::new();
        for value in values {
            if let Some(callable) = self.callable_value(value)
                && found.iter().all(|known| known.key() != callable.key())
            {
                found.push(callable);
            }
        }
        if found.is_empty() {
            return self.unknown_callable(written);
        }
        let mut first = found.remove(0);
        first.alternatives = found;
        first
    }

    pub(crate) fn unknown_callable(&self, written: Option<Span>) -> Callable {
        let text = written.map(|span| self.model.text(span).split_whitespace().collect::<Vec<_>>().join(" "));
        Callable {
            kind: CallableKind::Unknown,
            name: text
                .filter(|text| text.len() <= LONGEST_NAME)
                .unwrap_or_else(|| "?".to_owned()),
            span: None,
            bound: Bound::default(),
            closure: None,
            alternatives: Vec::new(),
        }
    }

    fn callable_value(&self, value: &Value) -> Option<Callable> {
        let mut value = value.clone();
        let mut bound = Bound::default();
        for _ in 0..MAX_WRAPPERS {
            let inner = self.partial(&value, &mut bound).or_else(|| self.wrapped(&value));
            let Some(inner) = inner else { break };
            value = inner;
        }
        let (kind, name, span) = match &value.kind {
            ValueKind::Function(function) => {
                let ast = self.model.ast(function.file);
                let decorators = &ast[ast[function.id].decorators];
                return Some(Callable {
                    bound,
                    ..self.decorated(*function, decorators, &value)
                });
            }
            ValueKind::Method { function, .. } => {
                let kind = CallableKind::Method(*function);
                (kind, function_name(self.model, *function), self.name_span(*function))
            }
            ValueKind::Class(class) => {
                return Some(Callable {
                    bound,
                    ..self.class(*class)
                });
            }
            ValueKind::Instance { class, call, .. } => {
                let kind = CallableKind::Instance {
                    class: *class,
                    made: *call,
                };
                (kind, class_name(self.model, *class), self.class_span(*class))
            }
            ValueKind::Lambda(lambda) => {
                let kind = CallableKind::Lambda(*lambda);
                (kind, lambda_name(self.model, *lambda), self.model.span(*lambda))
            }
            ValueKind::External(path) | ValueKind::Call { path, .. } => {
                let kind = CallableKind::External {
                    path: path.clone(),
                    is_object: matches!(value.kind, ValueKind::Call { .. }),
                };
                return Some(Callable {
                    kind,
                    name: path.to_string(),
                    span: None,
                    bound,
                    closure: None,
                    alternatives: Vec::new(),
                });
            }
            _ => return None,
        };
        Some(Callable {
            kind,
            name,
            span: Some(span),
            bound,
            closure: value.closure().cloned(),
            alternatives: Vec::new(),
        })
    }

    /// The function inside `functools.partial(function, …)`.
    fn partial(&self, value: &Value, bound: &mut Bound) -> Option<Value> {
        let ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } = &value.kind
        else {
            return None;
        };
        if &**path != "functools.partial" {
            return None;
        }
        let arguments = self.model.arguments(*call, frame.as_ref());
        let (function, given) = arguments.positional().split_first()?;
        bound.positional += given.len();
        bound.keywords.extend(arguments.named().map(|(name, _)| name.into()));
        function.values.first().cloned()
    }

    /// The function that another one passes for: that of `@functools.wraps(function)`, in the call that made it.
    fn wrapped(&self, value: &Value) -> Option<Value> {
        let ValueKind::Function(function) = value.kind else {
            return None;
        };
        let call = self.wraps(function)?;
        let arguments = self.model.arguments(call, value.closure());
        let given = arguments.positional().first()?.values.first()?.clone();
        let is_known = !matches!(given.kind, ValueKind::Unknown(_) | ValueKind::Parameter { .. });
        (is_known && value.closure().is_some()).then_some(given)
    }

    /// The call of `functools.wraps` that decorates a function.
    fn wraps(&self, function: FunctionRef) -> Option<ExprRef> {
        let file = function.file;
        let ast = self.model.ast(file);
        ast[ast[function.id].decorators].iter().find_map(|&id| {
            let ExprKind::Call { function: callee, .. } = ast[id].kind else {
                return None;
            };
            let is_wraps =
                |value: &Value| matches!(&value.kind, ValueKind::External(path) if &**path == "functools.wraps");
            let callee = ExprRef { file, id: callee };
            self.model
                .eval(callee)
                .iter()
                .any(is_wraps)
                .then_some(ExprRef { file, id })
        })
    }

    /// A function as its decorators leave it: those of the project that return another function, which does not
    /// pass for the first one by `functools.wraps`, put that in its place.
    pub(crate) fn decorated(&self, function: FunctionRef, decorators: &[ExprId], value: &Value) -> Callable {
        let mut current = function;
        for &decorator in decorators.iter().rev() {
            let decorator = ExprRef {
                file: function.file,
                id: decorator,
            };
            let replaced = self.model.eval(decorator).iter().find_map(|value| match value.kind {
                ValueKind::Function(decorator) => self.replacement(decorator),
                _ => None,
            });
            current = replaced.unwrap_or(current);
        }
        Callable {
            kind: CallableKind::Function(current),
            name: function_name(self.model, current),
            span: Some(self.name_span(current)),
            bound: Bound::default(),
            closure: value.closure().filter(|_| current == function).cloned(),
            alternatives: Vec::new(),
        }
    }

    fn replacement(&self, decorator: FunctionRef) -> Option<FunctionRef> {
        let ast = self.model.ast(decorator.file);
        let returned = self.model.result(decorator);
        let [value] = &returned[..] else { return None };
        let ValueKind::Function(inner) = value.kind else {
            return None;
        };
        let is_inner = inner.file == decorator.file && ast.enclosing_function(ast[inner.id].stmt) == Some(decorator.id);
        (is_inner && self.wraps(inner).is_none()).then_some(inner)
    }

    pub(super) fn class(&self, class: ClassRef) -> Callable {
        Callable {
            kind: CallableKind::Class(class),
            name: class_name(self.model, class),
            span: Some(self.class_span(class)),
            bound: Bound::default(),
            closure: None,
            alternatives: Vec::new(),
        }
    }

    fn name_span(&self, function: FunctionRef) -> Span {
        Span::new(function.file, self.model.ast(function.file)[function.id].name_range)
    }

    fn class_span(&self, class: ClassRef) -> Span {
        Span::new(class.file, self.model.ast(class.file)[class.id].name_range)
    }
}

/// `__qualname__` of a function.
pub(crate) fn function_name(model: &Model<'_>, function: FunctionRef) -> String {
    let stmt = model.ast(function.file)[function.id].stmt;
    qualified(model, function.file, stmt, model.function_name(function))
}

/// `__qualname__` of a class.
pub(crate) fn class_name(model: &Model<'_>, class: ClassRef) -> String {
    let stmt = model.ast(class.file)[class.id].stmt;
    qualified(model, class.file, stmt, model.class_name(class))
}

fn lambda_name(model: &Model<'_>, lambda: ExprRef) -> String {
    let ast = model.ast(lambda.file);
    let stmt = ast.stmt_of(lambda.id);
    qualified(model, lambda.file, stmt, "<lambda>")
}

fn qualified(model: &Model<'_>, file: FileId, stmt: StmtId, name: &str) -> String {
    let ast = model.ast(file);
    let source = model.file(file).source();
    let mut parts = vec![name.to_owned()];
    for outer in ast.ancestors(stmt) {
        match ast[outer].kind {
            StmtKind::Function(function) => parts.push(format!("{}.<locals>", source.name(ast[function].name))),
            StmtKind::Class(class) => parts.push(source.name(ast[class].name).to_owned()),
            _ => {}
        }
    }
    parts.reverse();
    parts.join(".")
}
