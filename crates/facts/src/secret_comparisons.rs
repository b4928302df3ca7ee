//! Secrets that are compared with `==`, which stops at the first character that differs.

use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::Facts;
use crate::answers::one_line;
use crate::credentials::named_kind;
use crate::environment::environment_read;
use crate::secrets::names::{is_secret_name, words};
use crate::secrets::surroundings::is_sample;

/// A comparison of a secret with what a client sends.
#[derive(Debug, Clone)]
pub struct SecretComparison {
    /// The whole comparison.
    pub span: Span,
    pub is_negated: bool,
    /// What the server knows.
    pub secret: Span,
    pub secret_text: String,
    /// What was sent.
    pub given: Span,
    pub given_text: String,
    /// Both are texts on every way, never `None`.
    pub are_texts: bool,
}

impl Facts<'_> {
    /// Comparisons of secrets, found when they are first asked for. In order of file and place.
    pub fn secret_comparisons(&self) -> &[SecretComparison] {
        self.secret_comparisons.get_or_init(|| find(&self.model))
    }
}

/// What one side of a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// A setting, a constant, or a signature that was computed.
    Held,
    /// A column or field of that name.
    Kept,
    /// A parameter or variable of that name.
    Sent,
    Other,
}

fn find(model: &Model<'_>) -> Vec<SecretComparison> {
    let mut out = Vec::new();
    for file in model.file_ids() {
        if is_sample(model, file) || !mentions_secrets(model, file) {
            continue;
        }
        let ast = model.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        for (id, expr) in ast.exprs() {
            let ExprKind::Compare { first, rest } = expr.kind else {
                continue;
            };
            let [comparison] = &ast[rest] else { continue };
            let is_negated = match comparison.operator {
                CompareOperator::Equal => false,
                CompareOperator::NotEqual => true,
                _ => continue,
            };
            let (left, right) = (at(first), at(comparison.right));
            // Columns of a query, and constants of the code, which nobody measures.
            if is_constant(ast, first)
                || is_constant(ast, comparison.right)
                || is_column(model, left)
                || is_column(model, right)
            {
                continue;
            }
            let (secret, given) = match (side(model, left), side(model, right)) {
                (Side::Held, Side::Sent | Side::Kept) => (left, right),
                (Side::Sent | Side::Kept, Side::Held) => (right, left),
                (Side::Kept, Side::Sent) => (left, right),
                (Side::Sent, Side::Kept) => (right, left),
                _ => continue,
            };
            out.push(SecretComparison {
                span: model.span(at(id)),
                is_negated,
                secret: model.span(secret),
                secret_text: one_line(model, model.span(secret)),
                given: model.span(given),
                given_text: one_line(model, model.span(given)),
                are_texts: is_text(model, secret) && is_text(model, given),
            });
        }
    }
    out
}

fn mentions_secrets(model: &Model<'_>, file: FileId) -> bool {
    let text = model.file(file).text();
    [
        "key", "KEY", "Key", "oken", "TOKEN", "ecret", "SECRET", "assw", "PASSW", "ignature", "hmac", "digest",
    ]
    .iter()
    .any(|word| text.contains(word))
}

fn side(model: &Model<'_>, expr: ExprRef) -> Side {
    if is_computed_signature(model, expr) {
        return Side::Held;
    }
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let Some(name) = last_name(model, expr) else {
        return Side::Other;
    };
    let is_signature = words(&name)
        .iter()
        .any(|word| matches!(word.as_str(), "signature" | "hmac" | "sig" | "digest"));
    let is_password = is_password(&name);
    if named_kind(&name).is_none() && !is_secret_name(&name) && !is_signature {
        // `token` alone says it beside a setting.
        return match name.as_str() {
            "token" | "key" | "credentials" | "provided" | "x_token" => Side::Sent,
            _ => Side::Other,
        };
    }
    if is_held(model, expr) {
        return Side::Held;
    }
    match ast[expr.id].kind {
        ExprKind::Attribute { .. } if !is_signature && !is_password => Side::Kept,
        _ => Side::Sent,
    }
}

/// Stored passwords are another matter: they should be hashes.
fn is_password(name: &str) -> bool {
    words(name).iter().any(|word| word.contains("pass") || word == "pwd")
}

/// `settings.api_key`, `API_KEY`, `os.environ["API_KEY"]`
fn is_held(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let says_settings = |text: &str| {
        words(text)
            .iter()
            .any(|word| matches!(word.as_str(), "settings" | "config" | "conf" | "env" | "environ"))
    };
    let is_named = match ast[expr.id].kind {
        ExprKind::Name(name) => {
            let name = source.imported_name(name);
            name.len() > 2 && !name.contains(|c: char| c.is_ascii_lowercase())
        }
        ExprKind::Attribute { object, name, .. } => {
            let object = &*model.written(ExprRef {
                file: expr.file,
                id: object,
            });
            says_settings(object) || !source.name(name).contains(|c: char| c.is_ascii_lowercase())
        }
        ExprKind::Call { function, .. } => says_settings(&model.written(ExprRef {
            file: expr.file,
            id: function,
        })),
        _ => false,
    };
    is_named || {
        let values = model.eval(expr);
        !values.is_empty()
            && values.iter().all(|value| {
                environment_read(model, value).is_some() || value.as_str().is_some_and(|text| !text.is_empty())
            })
    }
}

/// `hmac.new(…).hexdigest()`
fn is_computed_signature(model: &Model<'_>, expr: ExprRef) -> bool {
    model.eval(expr).iter().any(|value| match &value.kind {
        ValueKind::Call { path, .. } => path.starts_with("hmac.new()") || &**path == "hmac.digest",
        ValueKind::Format(parts) => parts.iter().any(|part| match part {
            semantic::TextOrValue::Value(_, values) => values
                .iter()
                .any(|value| matches!(&value.kind, ValueKind::Call { path, .. } if path.starts_with("hmac.new()"))),
            semantic::TextOrValue::Text(_) => false,
        }),
        _ => false,
    })
}

fn is_constant(ast: &Ast, expr: ExprId) -> bool {
    matches!(
        ast[expr].kind,
        ExprKind::String { .. }
            | ExprKind::None
            | ExprKind::Integer
            | ExprKind::True
            | ExprKind::False
            | ExprKind::List(_)
    )
}

/// `User.api_key` of a class, which makes a condition.
fn is_column(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let ExprKind::Attribute { object, .. } = ast[expr.id].kind else {
        return false;
    };
    matches!(ast[object].kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if {
        let name = source.imported_name(name);
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
    })
}

fn last_name(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let mut at = expr.id;
    for _ in 0..6 {
        at = match ast[at].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                return Some(source.imported_name(name).to_owned());
            }
            ExprKind::Subscript { index, .. } => return ast.string(source.text(), index).map(|key| key.into_owned()),
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => match source.imported_name(name) {
                    "get" | "getenv" => {
                        let key = ast[arguments].first()?.value;
                        return ast.string(source.text(), key).map(|key| key.replace('-', "_"));
                    }
                    "encode" | "decode" | "strip" | "get_secret_value" | "lower" => object,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
    }
    None
}

/// Whether an expression is a text and never `None`: annotated so, a constant, or read with `os.environ[…]`.
fn is_text(model: &Model<'_>, expr: ExprRef) -> bool {
    let values = model.eval(expr);
    let is_known_text = !values.is_empty()
        && values.iter().all(|value| {
            let is_required = || {
                environment_read(model, value)
                    .is_some_and(|read| read.is_required && !matches!(value.kind, ValueKind::Field { .. }))
            };
            let is_digest = matches!(&value.kind, ValueKind::Call { path, .. } if &**path == "hmac.new().hexdigest");
            matches!(value.kind, ValueKind::Str(_)) || is_required() || is_digest
        });
    is_known_text || is_text_parameter(model, expr) || is_text_field(model, expr)
}

/// `key: str` of a function.
fn is_text_parameter(model: &Model<'_>, expr: ExprRef) -> bool {
    let NameUse::Bound(definitions) = model.definitions(expr) else {
        return false;
    };
    let [definition] = definitions.as_slice() else {
        return false;
    };
    let BindingKind::Parameter { function, index } = definition.binding.kind else {
        return false;
    };
    let function = FunctionRef {
        file: definition.file,
        id: function,
    };
    let ast = model.ast(function.file);
    let parameter = ast[ast[function.id].parameters][index as usize];
    let is_none = parameter.default.is_some_and(|default| {
        let text = &*model.written(ExprRef {
            file: function.file,
            id: default,
        });
        text == "None" || text.contains("(None") || text.contains("default=None")
    });
    let annotation = parameter.annotation.map(|annotation| {
        model.written(ExprRef {
            file: function.file,
            id: annotation,
        })
    });
    annotation.is_some_and(|written| written == "str" || written.starts_with("Annotated[str,")) && !is_none
}

/// `api_key: str` of a settings class.
fn is_text_field(model: &Model<'_>, expr: ExprRef) -> bool {
    let values = model.eval(expr);
    !values.is_empty()
        && values.iter().all(|value| {
            let ValueKind::Field { class, name, .. } = &value.kind else {
                return false;
            };
            let Some(binding) = model.class_binding(*class, name) else {
                return false;
            };
            let ast = model.ast(class.file);
            matches!(ast[binding.stmt].kind, StmtKind::AnnotatedAssign { annotation, .. }
                if model.written(ExprRef { file: class.file, id: annotation }) == "str")
        })
}
