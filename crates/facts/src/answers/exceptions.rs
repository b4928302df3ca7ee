//! Exceptions that are caught: whose text it is that they carry.

use rustc_hash::FxHashSet;
use semantic::{ClassRef, ExprRef, FunctionRef, Model, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::libraries::{databases, web};

/// Whose words the text of an exception is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Author {
    /// The project's: a message that its authors wrote for clients.
    Project,
    /// Possibly the project's.
    Perhaps,
    /// A library's, or the interpreter's.
    Library,
    /// A database's: statements, values, names of tables.
    Database,
}

pub(super) fn is_exception_path(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    matches!(path, "builtins.Exception" | "builtins.BaseException")
        || (name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning"))
        || matches!(
            name,
            "KeyboardInterrupt" | "StopIteration" | "DoesNotExist" | "NoResultFound"
        )
}

/// The author of what `except types as name` catches; `origin` is the name's place.
pub(super) fn author_of_caught(model: &Model<'_>, types: Option<ExprRef>, origin: Span) -> Author {
    let Some(types) = types else { return Author::Library };
    let mut worst = Author::Project;
    for value in model.eval(types) {
        match &value.kind {
            ValueKind::List(items) => {
                for value in items.iter().flatten() {
                    worst = worst.max(author_of_type(model, value, Some(origin)));
                }
            }
            _ => worst = worst.max(author_of_type(model, &value, Some(origin))),
        }
    }
    worst
}

/// The author of the text of an exception of a class. `caught`: where it is caught, so that the guarded code can
/// be asked who raises it.
pub(super) fn author_of_type(model: &Model<'_>, class: &Value, caught: Option<Span>) -> Author {
    match &class.kind {
        ValueKind::Class(class) => author_of_own(model, *class),
        ValueKind::External(path) => author_of_path(model, path, caught),
        // HTTP status codes: the exception is Starlette's own. A class that is not given is most likely the
        // project's too.
        _ => Author::Project,
    }
}

pub(super) fn author_of_path(model: &Model<'_>, path: &str, caught: Option<Span>) -> Author {
    if web::OWN_EXCEPTIONS.contains(&path) || web::VALIDATION_EXCEPTIONS.contains(&path) {
        return Author::Project;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    if databases::EXCEPTIONS.iter().any(|prefix| path.starts_with(prefix)) {
        return match databases::MISSING_ROW.contains(&name) {
            true => Author::Library,
            false => Author::Database,
        };
    }
    match path.strip_prefix("builtins.") {
        Some("Exception" | "BaseException" | "OSError" | "IOError" | "SystemExit") => Author::Library,
        Some(_) => match caught {
            Some(caught) => author_of_builtin(model, path, caught),
            None => Author::Library,
        },
        None => Author::Library,
    }
}

/// An exception class of the project: its texts are the project's, unless it wraps another exception's.
fn author_of_own(model: &Model<'_>, class: ClassRef) -> Author {
    let name = model.class_name(class);
    for file in model.file_ids() {
        for call in model.calls_named(file, [name]) {
            let is_it = model
                .callee(call)
                .iter()
                .any(|callee| matches!(callee.kind, ValueKind::Class(found) if found == class));
            if !is_it {
                continue;
            }
            let arguments = model.arguments(call, None);
            let named = arguments.named().map(|(_, argument)| argument);
            for argument in arguments.positional().iter().chain(named) {
                if argument.values.iter().any(|value| carries_caught(model, value)) {
                    return Author::Perhaps;
                }
            }
        }
    }
    Author::Project
}

/// Whether a value holds the text of an exception that is not the project's.
fn carries_caught(model: &Model<'_>, value: &Value) -> bool {
    let mut pending = vec![(value.clone(), 0)];
    let mut steps = 0;
    while let Some((value, depth)) = pending.pop() {
        steps += 1;
        if depth > 6 || steps > 60 {
            return false;
        }
        match &value.kind {
            ValueKind::Caught { types } => {
                let is_own = types.is_some_and(|types| {
                    model.eval(types).iter().all(|value| match &value.kind {
                        ValueKind::Class(_) => true,
                        ValueKind::External(path) => {
                            web::OWN_EXCEPTIONS.contains(&&**path) || web::VALIDATION_EXCEPTIONS.contains(&&**path)
                        }
                        _ => false,
                    })
                });
                if !is_own {
                    return true;
                }
            }
            ValueKind::Format(parts) => {
                for part in parts.iter() {
                    if let semantic::TextOrValue::Value(_, values) = part {
                        pending.extend(values.iter().map(|value| (value.clone(), depth + 1)));
                    }
                }
            }
            ValueKind::Attribute { base, .. } | ValueKind::Item { base, .. } => {
                pending.push((base.as_ref().clone(), depth + 1));
            }
            _ => {}
        }
    }
    false
}

/// A built-in exception such as `ValueError`: the project's when the code that is guarded raises it itself, in
/// functions that it calls too.
fn author_of_builtin(model: &Model<'_>, path: &str, caught: Span) -> Author {
    let Some(body) = model.guarded_block(caught) else {
        return Author::Library;
    };
    let mut search = Search {
        model,
        path,
        seen: FxHashSet::default(),
        raises: false,
        wraps: false,
        is_open: false,
    };
    search.block(caught.file, body, 0);
    match search {
        Search { wraps: true, .. } => Author::Library,
        Search { raises: true, .. } => Author::Project,
        Search { is_open: true, .. } => Author::Perhaps,
        _ => Author::Library,
    }
}

/// Looks for `raise` of one class in a block and in what it calls.
struct Search<'m, 'a> {
    model: &'m Model<'a>,
    path: &'m str,
    seen: FxHashSet<FunctionRef>,
    raises: bool,
    /// It is raised with the text of another exception.
    wraps: bool,
    /// Something is called that is not followed and may be the project's.
    is_open: bool,
}

impl Search<'_, '_> {
    fn block(&mut self, file: text::FileId, block: Block, depth: usize) {
        let model = self.model;
        let ast = model.ast(file);
        let Some(range) = ast.block_range(block) else { return };
        for stmt in ast.stmts_within(block) {
            if let StmtKind::Raise {
                exception: Some(exception),
                ..
            } = ast[stmt].kind
            {
                self.raised(ExprRef { file, id: exception });
            }
        }
        if depth > 3 || self.seen.len() > 60 {
            self.is_open = true;
            return;
        }
        for call in model.calls_within(file, range) {
            self.called(call, depth);
        }
    }

    fn raised(&mut self, exception: ExprRef) {
        let model = self.model;
        let mut class = exception;
        if let ExprKind::Call { function, .. } = model.expr(exception).kind {
            class.id = function;
        }
        let is_it = model.eval(class).iter().any(|value| match &value.kind {
            ValueKind::External(path) => **path == *self.path,
            ValueKind::Class(class) => model.descends_from(*class, |base| base == self.path),
            _ => false,
        });
        if !is_it {
            return;
        }
        let is_call = matches!(model.expr(exception).kind, ExprKind::Call { .. });
        let wraps = is_call
            && model
                .arguments(exception, None)
                .positional()
                .iter()
                .flat_map(|argument| &argument.values)
                .any(|value| carries_caught(model, value));
        self.raises |= !wraps;
        self.wraps |= wraps;
    }

    fn called(&mut self, call: ExprRef, depth: usize) {
        let model = self.model;
        for callee in model.callee(call) {
            let function = match &callee.kind {
                ValueKind::Function(function) | ValueKind::Method { function, .. } => *function,
                ValueKind::Class(class) => {
                    self.constructed(*class, depth);
                    continue;
                }
                ValueKind::External(_) => continue,
                // A method of an object whose class is not known.
                _ => {
                    self.is_open = true;
                    continue;
                }
            };
            if self.seen.insert(function) {
                let body = model.ast(function.file)[function.id].body;
                self.block(function.file, body, depth + 1);
            }
        }
    }

    /// A constructor, or the validators of a pydantic class.
    fn constructed(&mut self, class: ClassRef, depth: usize) {
        let model = self.model;
        let ast = model.ast(class.file);
        for stmt in ast.stmts_within(ast[class.id].body) {
            if let StmtKind::Function(id) = ast[stmt].kind {
                let function = FunctionRef { file: class.file, id };
                let is_run = model.function_name(function).starts_with("__") || !ast[ast[id].decorators].is_empty();
                if is_run && self.seen.insert(function) {
                    self.block(function.file, ast[id].body, depth + 1);
                }
            }
        }
    }
}

/// The exception parameter of a function that handles exceptions for the application, and what it is.
pub(super) fn handled_type(model: &Model<'_>, function: FunctionRef, index: u32) -> Option<ExprRef> {
    let ast = model.ast(function.file);
    let parameter = ast[ast[function.id].parameters].get(index as usize)?;
    let annotation = parameter.annotation?;
    Some(ExprRef {
        file: function.file,
        id: annotation,
    })
}

/// The parameter at a place.
pub(super) fn parameter_at(model: &Model<'_>, origin: Span) -> Option<(FunctionRef, u32)> {
    let function = model.function_at(origin.file, origin.range.start())?;
    let ast = model.ast(function.file);
    let index = ast[ast[function.id].parameters]
        .iter()
        .position(|parameter| parameter.name_range == origin.range)?;
    Some((function, index as u32))
}
