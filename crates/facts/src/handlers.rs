//! Functions that the framework calls: routes, dependencies, exception handlers, middleware.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{ClassRef, ExprRef, FunctionRef, Model, Value, ValueKind, Values};
use syntax::ast::*;

use crate::libraries::web;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandlerKind {
    Route,
    WebSocket,
    /// What `Depends` calls.
    Dependency,
    ExceptionHandler,
    Middleware,
}

const EXCEPTION: &[&str] = &["exc_class_or_status_code"];

/// Every function of a project that the framework calls.
#[derive(Debug, Default)]
pub(crate) struct Handlers {
    kinds: FxHashMap<FunctionRef, HandlerKind>,
    /// Classes that parameters of routes and dependencies are annotated with: what a request body is read into.
    inputs: OnceCell<FxHashSet<ClassRef>>,
    /// What an exception handler is registered for.
    exceptions: FxHashMap<FunctionRef, ExprRef>,
}

impl Handlers {
    pub(crate) fn new(model: &Model<'_>) -> Handlers {
        let mut handlers = Handlers::default();
        for file in model.file_ids() {
            let ast = model.ast(file);
            for (id, function) in ast.functions() {
                let function_ref = FunctionRef { file, id };
                let decorated = ast[function.decorators].iter().find_map(|&id| {
                    let decorator = ExprRef { file, id };
                    Some((decorator, decorated_kind(model, decorator)?))
                });
                if let Some((decorator, kind)) = decorated {
                    handlers.kinds.insert(function_ref, kind);
                    if kind == HandlerKind::ExceptionHandler {
                        let exception = model
                            .arguments(decorator, None)
                            .get(Some(0), EXCEPTION)
                            .and_then(|a| a.expr);
                        handlers
                            .exceptions
                            .extend(exception.map(|exception| (function_ref, exception)));
                    }
                } else if model.function_name(function_ref) == "dispatch" && is_middleware_method(model, function_ref) {
                    handlers.kinds.insert(function_ref, HandlerKind::Middleware);
                }
            }
            for registration in web::REGISTRATIONS {
                for call in model.calls_named(file, [registration.name]) {
                    let arguments = model.arguments(call, None);
                    let given = arguments.get(Some(registration.position), &[registration.keyword]);
                    if let Some(given) = given {
                        handlers.add(model, &given.values, registration.kind);
                    }
                    if registration.kind == HandlerKind::ExceptionHandler
                        && let Some(given) = given
                        && let Some(exception) = arguments.get(Some(0), EXCEPTION).and_then(|a| a.expr)
                    {
                        let functions = given.values.iter().filter_map(|value| match value.kind {
                            ValueKind::Function(function) => Some(function),
                            _ => None,
                        });
                        handlers
                            .exceptions
                            .extend(functions.map(|function| (function, exception)));
                    }
                }
            }
            for call in model.calls_named(file, ["FastAPI", "Starlette"]) {
                if let Some(given) = model.arguments(call, None).get(None, &["exception_handlers"]) {
                    for value in &given.values {
                        if let ValueKind::Dict(entries) = &value.kind {
                            for entry in entries.iter() {
                                if let semantic::DictEntry::Pair { value, .. } = entry {
                                    handlers.add(model, value, HandlerKind::ExceptionHandler);
                                }
                            }
                        }
                    }
                }
            }
        }
        handlers
    }

    pub(crate) fn kind(&self, function: FunctionRef) -> Option<HandlerKind> {
        self.kinds.get(&function).copied()
    }

    /// Whether clients fill the parameters of a function.
    pub(crate) fn takes_input(&self, function: FunctionRef) -> bool {
        matches!(
            self.kind(function),
            Some(HandlerKind::Route | HandlerKind::WebSocket | HandlerKind::Dependency)
        )
    }

    /// Whether a class is what a request body or query is read into.
    pub(crate) fn is_input(&self, model: &Model<'_>, class: ClassRef) -> bool {
        self.inputs.get_or_init(|| self.find_inputs(model)).contains(&class)
    }

    /// What an exception handler is registered for, where that is written at the registration.
    pub(crate) fn exception_of(&self, function: FunctionRef) -> Option<ExprRef> {
        self.exceptions.get(&function).copied()
    }

    /// In no particular order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (FunctionRef, HandlerKind)> {
        self.kinds.iter().map(|(function, kind)| (*function, *kind))
    }

    fn add(&mut self, model: &Model<'_>, values: &Values, kind: HandlerKind) {
        for value in values {
            let function = match &value.kind {
                ValueKind::Function(function) | ValueKind::Method { function, .. } => Some(*function),
                ValueKind::Class(class) => method(model, *class, "__init__"),
                ValueKind::Instance { class, .. } => method(model, *class, "__call__"),
                _ => None,
            };
            if let Some(function) = function {
                self.kinds.entry(function).or_insert(kind);
            }
        }
    }

    fn find_inputs(&self, model: &Model<'_>) -> FxHashSet<ClassRef> {
        let mut inputs = FxHashSet::default();
        let takers: Vec<FunctionRef> = self
            .kinds
            .keys()
            .copied()
            .filter(|&function| self.takes_input(function))
            .collect();
        for function in takers {
            let ast = model.ast(function.file);
            for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
                let Some(annotation) = parameter.annotation else {
                    continue;
                };
                // What a dependency returns is not what the client sends.
                if model.injected(function, index as u32).is_some() {
                    continue;
                }
                // `Annotated[Filters, Query()]`, `list[Item]`, `Item | None`: every class in it.
                for part in ast.descendants(annotation) {
                    if !matches!(ast[part].kind, ExprKind::Name(_) | ExprKind::Attribute { .. }) {
                        continue;
                    }
                    let part = ExprRef {
                        file: function.file,
                        id: part,
                    };
                    for value in model.eval(part) {
                        if let ValueKind::Class(class) = value.kind {
                            inputs.insert(class);
                            inputs.extend(model.bases(class).into_iter().filter_map(class_of));
                        }
                    }
                }
            }
        }
        inputs
    }
}

fn class_of(value: Value) -> Option<ClassRef> {
    match value.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    }
}

fn method(model: &Model<'_>, class: ClassRef, name: &str) -> Option<FunctionRef> {
    match model.class_binding(class, name)?.kind {
        semantic::BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    }
}

/// `@router.get("/x")`, `@app.exception_handler(E)`, `@app.middleware("http")`: told by the method and, for
/// routes, by the path, because routers come from factories and files that are not given.
fn decorated_kind(model: &Model<'_>, decorator: ExprRef) -> Option<HandlerKind> {
    let file = model.file(decorator.file);
    let ast = file.ast();
    let ExprKind::Call { function, arguments } = ast[decorator.id].kind else {
        return None;
    };
    let ExprKind::Attribute { name, .. } = ast[function].kind else {
        return None;
    };
    let kind = web::DECORATORS
        .iter()
        .find(|(known, _)| *known == file.source().name(name))?
        .1;
    if !matches!(kind, HandlerKind::Route | HandlerKind::WebSocket) {
        return Some(kind);
    }
    let is_path = |argument: &&Argument| match argument.kind {
        ArgumentKind::Positional => true,
        ArgumentKind::Keyword(name) => file.source().name(name) == "path",
        _ => false,
    };
    let path = ast[arguments].iter().find(is_path)?;
    match ast.string(file.text(), path.value) {
        Some(path) if !path.is_empty() && !path.starts_with('/') => None,
        _ => Some(kind),
    }
}

fn is_middleware_method(model: &Model<'_>, function: FunctionRef) -> bool {
    let Some(id) = model.ast(function.file).class_of_method(function.id) else {
        return false;
    };
    let class = ClassRef {
        file: function.file,
        id,
    };
    model.descends_from(class, |path| path.ends_with(".BaseHTTPMiddleware"))
}
