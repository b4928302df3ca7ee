//! Tokens, passwords and secrets that are written to a log.

use semantic::{ExprRef, Model, ValueKind};
use syntax::ast::*;
use text::{Span, TextRange};

use crate::Facts;
use crate::development::is_development_only;
use crate::environment::environment_read;
use crate::source::statement_of;

/// Something that a log should not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedSecret {
    /// The part of the call that holds it.
    pub span: Span,
    /// As written.
    pub name: String,
    pub kind: LoggedKind,
    /// `print`, `logger.info`
    pub call: String,
    /// The whole statement, where the call logs nothing else and other statements stand beside it.
    pub statement: Option<Span>,
    /// It stands in an f-string.
    pub is_within_text: bool,
    /// The braces of an f-string around it.
    pub interpolation: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedKind {
    /// A token, password or key, by its name or where it comes from.
    Credential,
    /// All headers or cookies of a request.
    Headers,
    /// All variables of the environment.
    Environment,
}

const LOGGING: &[&str] = &[
    "print",
    "pprint",
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "fatal",
    "log",
    "trace",
    "success",
];

/// Functions and methods that give back what they were given, in another form.
const TRANSPARENT: &[&str] = &[
    "str",
    "repr",
    "format",
    "join",
    "dumps",
    "dict",
    "list",
    "strip",
    "decode",
    "encode",
    "lower",
    "upper",
    "replace",
    "removeprefix",
    "model_dump",
    "pformat",
];

impl Facts<'_> {
    /// In order of file and place.
    pub fn logged_secrets(&self) -> Vec<LoggedSecret> {
        let model = &self.model;
        let mut out: Vec<LoggedSecret> = Vec::new();
        for file in model.file_ids() {
            if model.file(file).is_test() {
                continue;
            }
            for call in model.calls_named(file, LOGGING.iter().copied()) {
                let Some(name) = log_call(model, call) else { continue };
                for part in parts(model, call) {
                    let Some(kind) = kind_of(model, part) else { continue };
                    let span = model.span(part);
                    if !is_development_only(model, model.span(call)) && !out.iter().any(|known| known.span == span) {
                        out.push(LoggedSecret {
                            span,
                            name: model.text(span).trim_matches(['(', ')']).to_owned(),
                            kind,
                            call: name.clone(),
                            statement: lone_statement(model, call, part),
                            is_within_text: is_within_text(model, part),
                            interpolation: interpolation(model, part),
                        });
                    }
                }
            }
        }
        text::sort_by_number(&mut out, |found| found.span.number());
        out
    }
}

/// `print(token)`, as a statement among others.
fn lone_statement(model: &Model<'_>, call: ExprRef, part: ExprRef) -> Option<Span> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    let [only] = ast[arguments] else { return None };
    let statement = statement_of(model, call).filter(|_| only.value == part.id)?;
    let stmt = ast.stmt_of(call.id);
    let mut has_others = ast[ast.body].len() > 1 && ast[ast.body].contains(&stmt);
    if let Some(parent) = ast.parent_stmt(stmt) {
        ast.blocks(parent, |block| {
            has_others |= ast[block].contains(&stmt) && ast[block].len() > 1;
        });
    }
    has_others.then_some(statement.span)
}

fn is_within_text(model: &Model<'_>, part: ExprRef) -> bool {
    let ast = model.ast(part.file);
    let mut at = part.id;
    while let Some(parent) = ast.parent_expr(at) {
        if matches!(ast[parent].kind, ExprKind::String { .. }) {
            return true;
        }
        at = parent;
    }
    false
}

/// `{token}` of an f-string.
fn interpolation(model: &Model<'_>, part: ExprRef) -> Option<Span> {
    let ast = model.ast(part.file);
    let parent = ast.parent_expr(part.id)?;
    let is_it = matches!(ast[parent].kind, ExprKind::String { parts, .. } if ast[parts].iter().any(|inner| {
        matches!(inner, StringPart::Interpolation(expr) if *expr == part.id)
    }));
    let text = model.file(part.file).text();
    let range = ast[part.id].range;
    let start = text[..usize::from(range.start())].trim_end().strip_suffix('{')?.len();
    let rest = &text[usize::from(range.end())..];
    let end = usize::from(range.end()) + rest.find('}')? + 1;
    // A width that is computed has braces of its own.
    let is_plain = is_it && !rest[..end - usize::from(range.end())].contains('{');
    is_plain.then(|| Span::new(part.file, TextRange::new((start as u32).into(), (end as u32).into())))
}

/// `logger.info`, where a call writes to a log.
fn log_call(model: &Model<'_>, call: ExprRef) -> Option<String> {
    let ast = model.ast(call.file);
    let ExprKind::Call { function, .. } = ast[call.id].kind else {
        return None;
    };
    let written = &*model.written(ExprRef {
        file: call.file,
        id: function,
    });
    let is_known = || {
        model.called_path(call).is_some_and(|path| {
            matches!(&*path, "builtins.print" | "pprint.pprint")
                || ["logging.", "loguru.", "structlog."]
                    .iter()
                    .any(|logger| path.starts_with(logger))
        })
    };
    let is_log = match ast[function].kind {
        ExprKind::Name(_) => is_known(),
        ExprKind::Attribute { object, .. } => {
            let object = model
                .written(ExprRef {
                    file: call.file,
                    id: object,
                })
                .to_lowercase();
            let last = object.rsplit('.').next().unwrap_or_default();
            let last = last.trim_start_matches('_');
            matches!(last, "logger" | "log" | "logging" | "console" | "pprint")
                || last.ends_with("_logger")
                || object.starts_with("logging.getlogger")
                || is_known()
        }
        _ => false,
    };
    (is_log && written.len() <= 60).then(|| written.to_owned())
}

/// What the arguments of a call are put together from.
fn parts(model: &Model<'_>, call: ExprRef) -> Vec<ExprRef> {
    let ast = model.ast(call.file);
    let file = model.file(call.file);
    let mut out = Vec::new();
    let mut pending: Vec<ExprId> = Vec::new();
    if let ExprKind::Call { arguments, .. } = ast[call.id].kind {
        for argument in ast[arguments].iter().rev() {
            let is_message = match argument.kind {
                ArgumentKind::Keyword(name) => {
                    !matches!(file.source().name(name), "exc_info" | "stack_info" | "file" | "flush")
                }
                _ => true,
            };
            if is_message {
                pending.push(argument.value);
            }
        }
    }
    let mut steps = 0;
    while let Some(expr) = pending.pop() {
        steps += 1;
        if steps > 200 {
            break;
        }
        match ast[expr].kind {
            ExprKind::String { .. }
            | ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::Starred(_)
            | ExprKind::Await(_)
            | ExprKind::Binary {
                operator: BinaryOperator::Add | BinaryOperator::Modulo,
                ..
            } => ast.children(expr, |child| pending.push(child)),
            ExprKind::Dict(items) => {
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { value, .. } | DictItem::Spread(value) => pending.push(value),
                    }
                }
            }
            ExprKind::Boolean {
                operator: BooleanOperator::Or,
                left,
                right,
            } => pending.extend([left, right]),
            ExprKind::Conditional { then, otherwise, .. } => pending.extend([then, otherwise]),
            ExprKind::Call { function, arguments } => {
                let name = match ast[function].kind {
                    ExprKind::Name(name) | ExprKind::Attribute { name, .. } => file.source().imported_name(name),
                    _ => continue,
                };
                // `text.decode("utf-8")`, not `jwt.decode(token)`.
                let is_coding = matches!(name, "decode" | "encode")
                    && ast[arguments]
                        .iter()
                        .any(|argument| !matches!(ast[argument.value].kind, ExprKind::String { .. }));
                if !TRANSPARENT.contains(&name) || is_coding {
                    out.push(ExprRef {
                        file: call.file,
                        id: expr,
                    });
                    continue;
                }
                if let ExprKind::Attribute { object, .. } = ast[function].kind {
                    pending.push(object);
                }
                pending.extend(ast[arguments].iter().map(|argument| argument.value));
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => out.push(ExprRef {
                file: call.file,
                id: expr,
            }),
            _ => {}
        }
    }
    out
}

fn kind_of(model: &Model<'_>, part: ExprRef) -> Option<LoggedKind> {
    let file = model.file(part.file);
    let ast = file.ast();
    match ast[part.id].kind {
        ExprKind::Name(name) => {
            let name = file.source().imported_name(name);
            match name == "environ" && is_environ(model, part) {
                true => Some(LoggedKind::Environment),
                false => named(model, part, name),
            }
        }
        ExprKind::Attribute { object, name, .. } => {
            let name = file.source().name(name);
            if matches!(name, "headers" | "cookies") && is_request(model, part.file, object) {
                return Some(LoggedKind::Headers);
            }
            if name == "environ" && model.called_path(part).is_none() && is_environ(model, part) {
                return Some(LoggedKind::Environment);
            }
            named(model, part, name)
        }
        // `token[:8]` is what should be logged of it.
        ExprKind::Subscript { index, .. } if matches!(ast[index].kind, ExprKind::Slice { .. }) => None,
        ExprKind::Subscript { index, .. } => {
            let key = ast.string(file.text(), index)?;
            is_secret(&key).then_some(LoggedKind::Credential)
        }
        // `os.getenv("SECRET_KEY")`, `request.headers.get("Authorization")`
        ExprKind::Call { arguments, function } => {
            // Whether it is there tells nothing of it.
            if model.called_path(part).is_some_and(|path| &*path == "builtins.bool") {
                return None;
            }
            let values = model.eval(part);
            let read = values.iter().find_map(|value| environment_read(model, value));
            if let Some(variable) = read.and_then(|read| read.variable) {
                return is_secret(&variable).then_some(LoggedKind::Credential);
            }
            let ExprKind::Attribute { name, .. } = ast[function].kind else {
                return None;
            };
            if file.source().name(name) == "get_secret_value" {
                return Some(LoggedKind::Credential);
            }
            let first = ast[arguments].first()?;
            let key = ast.string(file.text(), first.value)?;
            (file.source().name(name) == "get" && is_secret(&key)).then_some(LoggedKind::Credential)
        }
        _ => None,
    }
}

/// Something with the name of a secret that is not known to be anything else.
fn named(model: &Model<'_>, part: ExprRef, name: &str) -> Option<LoggedKind> {
    if !is_secret(name) {
        return None;
    }
    let values = model.eval(part);
    let is_harmless = !values.is_empty()
        && values.iter().all(|value| match &value.kind {
            ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::None | ValueKind::Function(_) | ValueKind::Class(_) => {
                true
            }
            // Masked already: `token = "***"`, `token = mask(token)`, `token = token[:8]`.
            ValueKind::Str(text) => text.len() < 4 || text.contains("**"),
            ValueKind::Call { path, .. } => path.contains("Secret") || path.ends_with("len") || path.contains("hash"),
            ValueKind::Field { class, name, .. } => is_masked_field(model, *class, name),
            ValueKind::Instance { .. } | ValueKind::Module(_) => true,
            ValueKind::External(path) => !path.contains("()") && !path.starts_with("os.environ"),
            _ => false,
        });
    if is_harmless || is_made_short(model, part) {
        return None;
    }
    Some(LoggedKind::Credential)
}

/// Whether a name is bound to a slice, or to what a masking function gives.
fn is_made_short(model: &Model<'_>, part: ExprRef) -> bool {
    let ast = model.ast(part.file);
    let bindings = model.bindings_of(part);
    !bindings.is_empty()
        && bindings.iter().all(|binding| match binding.kind {
            semantic::BindingKind::Value(value) => match ast[value].kind {
                ExprKind::Subscript { index, .. } => matches!(ast[index].kind, ExprKind::Slice { .. }),
                ExprKind::Binary { .. } => true,
                ExprKind::Call { .. } => {
                    let text = model
                        .written(ExprRef {
                            file: part.file,
                            id: value,
                        })
                        .to_lowercase();
                    ["mask", "redact", "hash", "sha", "obfusc", "censor", "truncat", "len("]
                        .iter()
                        .any(|word| text.contains(word))
                }
                _ => false,
            },
            _ => false,
        })
}

/// `key: SecretStr`, which prints stars.
fn is_masked_field(model: &Model<'_>, class: semantic::ClassRef, name: &str) -> bool {
    let ast = model.ast(class.file);
    let Some(binding) = model.class_binding(class, name) else {
        return false;
    };
    match ast[binding.stmt].kind {
        StmtKind::AnnotatedAssign { annotation, .. } => model
            .written(ExprRef {
                file: class.file,
                id: annotation,
            })
            .contains("Secret"),
        _ => false,
    }
}

fn is_environ(model: &Model<'_>, part: ExprRef) -> bool {
    model
        .eval(part)
        .iter()
        .any(|value| matches!(&value.kind, ValueKind::External(path) if &**path == "os.environ"))
}

fn is_request(model: &Model<'_>, file: text::FileId, object: ExprId) -> bool {
    let text = &*model.written(ExprRef { file, id: object });
    matches!(text, "request" | "req" | "websocket" | "self.request" | "conn")
}

/// Whether a name says that it holds a secret itself: `access_token`, `hashed_password`; not `token_type`.
fn is_secret(name: &str) -> bool {
    let lower = name.to_lowercase().replace('-', "_");
    let words: Vec<&str> = lower.split('_').filter(|word| !word.is_empty()).collect();
    let Some(&last) = words.last() else { return false };
    let about = [
        "type",
        "id",
        "url",
        "uri",
        "count",
        "name",
        "expires",
        "expire",
        "length",
        "len",
        "is",
        "has",
        "max",
        "num",
        "total",
        "valid",
        "prefix",
        "used",
        "usage",
        "n",
        "minutes",
        "hours",
        "days",
        "seconds",
        "field",
        "header",
        "scheme",
        "policy",
        "error",
        "status",
        "exists",
        "version",
        "limit",
        "remaining",
        "input",
        "output",
        "prompt",
        "completion",
        "checked",
        "csrf",
        "next",
        "page",
        "cancel",
        "set",
        "file",
        "path",
    ];
    if words.iter().any(|word| about.contains(word)) && !matches!(&*lower, "auth_header" | "authorization_header") {
        return false;
    }
    matches!(
        last,
        "token"
            | "jwt"
            | "password"
            | "passwd"
            | "pwd"
            | "secret"
            | "authorization"
            | "credentials"
            | "apikey"
            | "passphrase"
            | "otp"
    ) || matches!(
        &*lower,
        "secret_key"
            | "api_key"
            | "private_key"
            | "jwt_key"
            | "signing_key"
            | "encryption_key"
            | "access_key"
            | "jwt_secret_key"
            | "auth_header"
            | "authorization_header"
            | "password_hash"
            | "bearer"
    ) || lower.ends_with("_secret_key")
        || lower.ends_with("_api_key")
        || lower.ends_with("_private_key")
}
