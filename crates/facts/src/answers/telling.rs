//! Values that tell a client too much.

use std::rc::Rc;

use semantic::{ExprRef, FunctionRef, Model, Step, TextOrValue, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use super::exceptions::{self, Author};
use super::{Told, home_of, one_line};
use crate::environment::environment_read;
use crate::handlers::{HandlerKind, Handlers};

/// Something that a value tells.
pub(super) struct Telling {
    pub(super) told: Told,
    pub(super) worded: Worded,
    pub(super) steps: Vec<(Span, String)>,
    /// It is a part of a container, not of a text.
    pub(super) is_nested: bool,
}

/// Where something is put into words.
pub(super) struct Worded {
    pub(super) at: Span,
    /// It is a text there.
    pub(super) is_text: bool,
    pub(super) function: Option<FunctionRef>,
}

pub(super) struct Teller<'m, 'a> {
    model: &'m Model<'a>,
    handlers: &'m Handlers,
}

impl<'m, 'a> Teller<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, handlers: &'m Handlers) -> Teller<'m, 'a> {
        Teller { model, handlers }
    }

    /// What an expression tells. `in_error`: the answer says that something went wrong, where a token or a
    /// variable of the environment has no business.
    pub(super) fn tellings(&self, expr: ExprRef, in_error: bool) -> Vec<Telling> {
        let mut out: Vec<Telling> = Vec::new();
        let is_container = |value: &Value| {
            matches!(
                value.kind,
                ValueKind::Dict(_) | ValueKind::List(_) | ValueKind::Instance { .. } | ValueKind::Comprehension { .. }
            )
        };
        let is_nested = self.model.eval(expr).iter().any(is_container);
        for (value, part) in parts(self.model, expr) {
            if is_truth(&value) {
                continue;
            }
            let found = self
                .told(&value)
                .or_else(|| in_error.then(|| self.misplaced(part, &value)).flatten());
            let Some(told) = found else { continue };
            let worded = self.worded(&value);
            let is_known = out
                .iter()
                .any(|known| known.told == told && known.worded.at == worded.at);
            if !is_known && out.len() < 8 {
                out.push(Telling {
                    told,
                    worded,
                    steps: crate::trace::steps(&value),
                    is_nested,
                });
            }
        }
        out
    }

    /// Whether an expression holds something that is worded at one of these places.
    pub(super) fn returns_from(&self, expr: ExprRef, places: &[Span]) -> bool {
        let holds = |at: &Span| {
            places
                .iter()
                .any(|place| place.file == at.file && place.range.contains_range(at.range))
        };
        parts(self.model, expr).iter().any(|(value, part)| {
            holds(&value.origin) || holds(&self.model.span(*part)) || value.steps().iter().any(|step| holds(&step.at()))
        })
    }

    /// The text that is made of what is told, `str(e)` or the f-string around it; without one the call that passes
    /// `e` on or the name in `except`. And the function that makes it.
    fn worded(&self, value: &Value) -> Worded {
        let home = home_of(self.model, value.origin);
        let steps = value.steps();
        let first = steps.iter().find(|step| {
            let at = step.at();
            !matches!(step, Step::Bound { .. }) && at.file == value.origin.file && home_of(self.model, at) == home
        });
        let at = first.map_or(value.origin, Step::at);
        let is_str = first.is_some_and(|step| matches!(step, Step::Returned { function, .. } if function == "str"));
        let made = self.model.expr_of(at).filter(|_| is_str);
        Worded {
            at: made.map_or(at, |made| self.model.span(self.text_around(made))),
            is_text: made.is_some(),
            function: home,
        }
    }

    /// The text that an expression is a part of.
    fn text_around(&self, part: ExprRef) -> ExprRef {
        let ast = self.model.ast(part.file);
        let is_text = |expr: ExprId| {
            matches!(
                ast[expr].kind,
                ExprKind::String { .. }
                    | ExprKind::Binary {
                        operator: BinaryOperator::Add | BinaryOperator::Modulo,
                        ..
                    }
            )
        };
        let around = std::iter::successors(Some(part.id), |&expr| {
            ast.parent_expr(expr).filter(|&expr| is_text(expr))
        });
        ExprRef {
            file: part.file,
            id: around.last().unwrap_or(part.id),
        }
    }

    fn told(&self, value: &Value) -> Option<Told> {
        let model = self.model;
        match &value.kind {
            ValueKind::Caught { types } => self.caught(value, *types),
            ValueKind::Attribute { base, name } => match is_harmless_attribute(name) {
                true => None,
                false => self.told_by_exception(base),
            },
            ValueKind::Item { base, .. } => self.told(base),
            ValueKind::MethodCall { receiver, name, .. } => match &**name {
                "__str__" | "__repr__" | "strip" | "split" | "lower" | "upper" | "replace" | "title" | "capitalize"
                | "join" | "splitlines" | "format_exc" => self.told(receiver),
                _ => None,
            },
            ValueKind::Parameter { function, index } => self.handled(*function, *index),
            ValueKind::Call { path, call: None, .. } => {
                // `exc: IntegrityError` of an exception handler.
                let (function, index) = exceptions::parameter_at(model, value.origin)?;
                exceptions::is_exception_path(path)
                    .then(|| self.handled(function, index))
                    .flatten()
            }
            ValueKind::External(path) => {
                if path.starts_with("traceback.") || path.starts_with("sys.exc_info") {
                    return Some(Told::Traceback);
                }
                let (class, attribute) = path.split_once("().")?;
                let name = attribute.split(['.', '(']).next()?;
                if !exceptions::is_exception_path(class) || is_harmless_attribute(name) {
                    return None;
                }
                let author = exceptions::author_of_path(model, class, None);
                self.exception(author, class.rsplit('.').next()?, class)
            }
            ValueKind::Call { path, .. } => {
                let is_traceback = [
                    "traceback.format_exc",
                    "traceback.format_exception",
                    "traceback.format_exception_only",
                    "traceback.format_tb",
                    "traceback.format_stack",
                    "traceback.format_list",
                    "traceback.extract_tb",
                    "traceback.extract_stack",
                    "traceback.TracebackException",
                    "sys.exc_info",
                    "sys.exception",
                ]
                .iter()
                .any(|known| {
                    path.strip_prefix(known)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
                });
                is_traceback.then_some(Told::Traceback)
            }
            // `exc: DomainError` of an exception handler.
            ValueKind::Instance { class, call: None, .. } => {
                if !model.descends_from(*class, exceptions::is_exception_path) {
                    return None;
                }
                exceptions::parameter_at(model, value.origin)?;
                let class_value = Value::new(ValueKind::Class(*class), value.origin);
                let author = exceptions::author_of_type(model, &class_value, None);
                self.exception(author, model.class_name(*class), model.class_name(*class))
            }
            _ => None,
        }
    }

    /// As [`Teller::told`], for the object of an attribute: chains such as `e.response.text` end at an exception.
    fn told_by_exception(&self, base: &Value) -> Option<Told> {
        let mut base = base;
        for _ in 0..6 {
            match &base.kind {
                ValueKind::Attribute { base: inner, name } if !is_harmless_attribute(name) => base = inner,
                ValueKind::Item { base: inner, .. } => base = inner,
                ValueKind::Caught { .. } | ValueKind::Parameter { .. } | ValueKind::Instance { .. } => {
                    return self.told(base);
                }
                _ => return None,
            }
        }
        None
    }

    fn caught(&self, value: &Value, types: Option<ExprRef>) -> Option<Told> {
        let author = exceptions::author_of_caught(self.model, types, value.origin);
        let name = one_line(self.model, value.origin);
        let types = types.map(|types| one_line(self.model, self.model.span(types)));
        self.exception(author, &name, &types.unwrap_or_default())
    }

    /// The exception that a handler of the application is given.
    fn handled(&self, function: FunctionRef, index: u32) -> Option<Told> {
        let model = self.model;
        if self.handlers.kind(function) != Some(HandlerKind::ExceptionHandler) {
            return None;
        }
        let ast = model.ast(function.file);
        let parameters = &ast[ast[function.id].parameters];
        // `(request, exc)`, after `self` perhaps.
        if index as usize + 1 != parameters.len() || index == 0 {
            return None;
        }
        let name = model.file(function.file).source().name(parameters[index as usize].name);
        let registered = self.handlers.exception_of(function);
        let annotated = exceptions::handled_type(model, function, index);
        let types = registered.or(annotated);
        let author = match types {
            Some(types) => {
                let values = model.eval(types);
                let authors = values
                    .iter()
                    .map(|value| exceptions::author_of_type(model, value, None));
                authors.max().unwrap_or(Author::Library)
            }
            None => Author::Library,
        };
        let types = types.map(|types| one_line(model, model.span(types)));
        self.exception(author, name, &types.unwrap_or_default())
    }

    fn exception(&self, author: Author, name: &str, types: &str) -> Option<Told> {
        (author != Author::Project).then(|| Told::Exception {
            name: name.to_owned(),
            types: types.to_owned(),
            is_database: author == Author::Database,
            may_be_own: author == Author::Perhaps,
        })
    }

    /// What an error has no reason to tell: secrets of the environment, the token that was sent.
    fn misplaced(&self, part: ExprRef, value: &Value) -> Option<Told> {
        let model = self.model;
        if let ValueKind::External(path) = &value.kind
            && &**path == "os.environ"
        {
            return Some(Told::Environment { variable: None });
        }
        if let Some(read) = environment_read(model, value) {
            let variable = read.variable?;
            return is_secret_name(&variable).then_some(Told::Environment {
                variable: Some(variable),
            });
        }
        let is_opaque = matches!(
            value.kind,
            ValueKind::Parameter { .. }
                | ValueKind::External(_)
                | ValueKind::Call { .. }
                | ValueKind::Item { .. }
                | ValueKind::Attribute { .. }
                | ValueKind::MethodCall { .. }
                | ValueKind::Field { .. }
                | ValueKind::Unknown(_)
        );
        if !is_opaque {
            return None;
        }
        let file = model.file(part.file);
        let name = match file.ast()[part.id].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => file.source().imported_name(name),
            _ => return None,
        };
        let lower = name.to_lowercase();
        let is_token = matches!(
            &*lower,
            "token"
                | "jwt"
                | "access_token"
                | "refresh_token"
                | "id_token"
                | "bearer_token"
                | "auth_token"
                | "raw_token"
                | "session_token"
                | "api_key"
                | "apikey"
                | "password"
                | "secret"
                | "secret_key"
                | "credentials"
                | "authorization"
                | "auth_header"
                | "authorization_header"
        );
        is_token.then(|| Told::Token {
            name: one_line(model, model.span(part)),
        })
    }
}

/// The values that an expression is put together from, with the expression that puts each in.
fn parts(model: &Model<'_>, expr: ExprRef) -> Vec<(Value, ExprRef)> {
    let mut out = Vec::new();
    let mut pending: Vec<(Value, ExprRef, usize)> =
        model.eval(expr).into_iter().map(|value| (value, expr, 0)).collect();
    let mut steps = 0;
    while let Some((value, part, depth)) = pending.pop() {
        steps += 1;
        if depth > 8 || steps > 200 {
            continue;
        }
        match &value.kind {
            ValueKind::Format(parts) => {
                for inner in parts.iter() {
                    if let TextOrValue::Value(inner, values) = inner {
                        pending.extend(values.iter().map(|value| (value.clone(), *inner, depth + 1)));
                    }
                }
            }
            ValueKind::List(items) => {
                pending.extend(items.iter().flatten().map(|value| (value.clone(), part, depth + 1)));
            }
            ValueKind::Dict(entries) => {
                for entry in entries.iter() {
                    match entry {
                        semantic::DictEntry::Pair { value, .. } | semantic::DictEntry::Spread(value) => {
                            pending.extend(value.iter().map(|value| (value.clone(), part, depth + 1)));
                        }
                    }
                }
            }
            ValueKind::Comprehension { .. } => {
                pending.extend(model.elements(&value).into_iter().map(|value| (value, part, depth + 1)));
            }
            // `Problem(message=str(e))`
            ValueKind::Instance {
                call: Some(call),
                frame,
                ..
            } => pending.extend(arguments_of(model, *call, frame.as_ref(), depth)),
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } => {
                let passes_on = matches!(
                    &**path,
                    "builtins.repr"
                        | "builtins.format"
                        | "builtins.ascii"
                        | "json.dumps"
                        | "fastapi.encoders.jsonable_encoder"
                        | "html.escape"
                        | "builtins.next"
                        | "builtins.reversed"
                        | "builtins.map"
                        | "builtins.filter"
                );
                if passes_on {
                    pending.extend(arguments_of(model, *call, frame.as_ref(), depth));
                }
                // `problem.model_dump()`
                let is_dump = [".model_dump", ".dict", ".json"].iter().any(|end| path.ends_with(end));
                if let Some(object) = model.receiver(*call).filter(|_| is_dump) {
                    let objects = model.eval_in(object, frame.as_ref());
                    pending.extend(objects.into_iter().map(|value| (value, object, depth + 1)));
                }
                out.push((value, part));
            }
            _ => out.push((value, part)),
        }
    }
    out
}

fn arguments_of(
    model: &Model<'_>,
    call: ExprRef,
    frame: Option<&Rc<semantic::Frame>>,
    depth: usize,
) -> Vec<(Value, ExprRef, usize)> {
    let arguments = model.arguments(call, frame);
    let named = arguments.named().map(|(_, argument)| argument);
    arguments
        .positional()
        .iter()
        .chain(named)
        .flat_map(|argument| {
            let at = argument.expr.unwrap_or(call);
            argument.values.iter().map(move |value| (value.clone(), at, depth + 1))
        })
        .collect()
}

/// Attributes of exceptions that say no more than what kind it is.
fn is_harmless_attribute(name: &str) -> bool {
    matches!(
        name,
        "status_code"
            | "code"
            | "errno"
            | "headers"
            | "detail"
            | "status"
            | "http_status"
            | "error_code"
            | "__class__"
            | "__name__"
            | "msg"
            | "user_message"
            | "lineno"
            | "colno"
            | "pos"
            | "errors"
            | "title"
            | "type"
    )
}

/// `bool(value)` tells whether there is one, and nothing of it.
fn is_truth(value: &Value) -> bool {
    let steps = value.steps();
    steps
        .iter()
        .any(|step| matches!(step, Step::Returned { function, .. } if function == "bool"))
}

/// Variables of the environment that no client should see: `STRIPE_API_KEY`, `DATABASE_URL`, and not
/// `PASSWORD_MIN_LENGTH`, `TOKEN_URL`, `DB_NAME` or `PUBLIC_KEY`.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_store = || {
        holds(&[
            "DATABASE", "DB", "REDIS", "MONGO", "POSTGRES", "AMQP", "RABBIT", "BROKER", "SQL",
        ])
    };
    ends(&[
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASS",
        "TOKEN",
        "DSN",
        "CREDENTIALS",
        "CREDENTIAL",
    ]) || (ends(&["KEY"]) && !holds(&["PUBLIC", "PUBLISHABLE"]))
        || (ends(&["URL", "URI", "CONNECTION_STRING", "CONNECTION"]) && is_store())
}
