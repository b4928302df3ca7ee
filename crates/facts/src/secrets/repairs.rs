//! What an edit does to keep a secret out of the code.

use semantic::{ExprRef, Model, ValueKind};
use syntax::ast::*;
use text::{Span, TextRange};

use super::{LiteralForm, Secret, SecretKind};
use crate::environment::reads_environment;
use crate::source::{CallSyntax, call_syntax, expr_at};

/// An edit, as far as facts know it.
#[derive(Debug, Clone)]
pub enum Repair {
    /// The value at `span` becomes a read of the environment that fails when the variable is not set.
    Read(Read),
    /// The argument of `call` at an index goes away: without it, the call fails when the variable is not set.
    RemoveArgument { call: CallSyntax, index: usize },
    /// The default of a settings field becomes `...`.
    Ellipsis { span: Span },
    /// These bytes go away: the default of a settings field.
    Delete { span: Span },
    /// The annotation of a settings field, `Optional[str]`, becomes the `str` in it, and its default goes away.
    RequiredField {
        annotation: Span,
        inner: Span,
        default: Box<Repair>,
    },
    /// The statement that sets the fallback raises instead.
    Raise { stmt: Span, variable: String },
}

/// A value that becomes a read of the environment.
#[derive(Debug, Clone)]
pub struct Read {
    pub span: Span,
    /// The variable, where the code names one.
    pub variable: Option<String>,
    /// The value stands in a function, and would be read at each call.
    pub is_in_function: bool,
    pub is_bytes: bool,
}

/// Reads that have a twin which fails: `os.environ[…]`.
const LENIENT: &[&str] = &["os.getenv", "os.environ.get"];
/// Reads that fail by themselves when they have no default.
const STRICT: &[&str] = &[
    "decouple.config",
    "starlette.config.Config()",
    "environs.Env().str",
    "environs.env.str",
    "environs.Env()",
    "environs.env",
];

pub(super) fn repair(model: &Model<'_>, secret: &Secret, expr: Option<ExprRef>) -> Option<Repair> {
    match &secret.kind {
        SecretKind::Written { .. } => written(model, expr?),
        SecretKind::Missing { variable } => {
            lenient_read(model, expr?, variable.clone()).or_else(|| optional_field(model, expr?))
        }
        SecretKind::Fallback {
            variable,
            form: LiteralForm::None,
            ..
        } => lenient_read(model, expr?, variable.clone()),
        SecretKind::Generated {
            variable,
            read: Some(read),
            ..
        } => fallback(model, expr?, *read, variable.clone()),
        SecretKind::Generated { read: None, .. } => generated(model, expr?),
        SecretKind::Fallback { variable, read, .. } => fallback(model, expr?, *read, variable.clone()),
    }
}

/// The default of a read of the environment goes away.
pub(crate) fn of_default(model: &Model<'_>, literal: ExprRef, read: ExprRef) -> Option<Repair> {
    let ast = model.ast(read.file);
    let ExprKind::Call { arguments, .. } = ast[read.id].kind else {
        return None;
    };
    let source = model.file(read.file).source();
    let variable = ast.string(source.text(), ast[arguments].first()?.value)?;
    fallback(model, literal, model.span(read), Some(variable.into_owned()))
}

/// A literal becomes a read of a variable that has to be set.
pub(crate) fn required(model: &Model<'_>, literal: ExprRef, variable: &str) -> Repair {
    Repair::Read(Read {
        span: model.span(literal),
        variable: Some(variable.to_owned()),
        is_in_function: false,
        is_bytes: matches!(model.expr(literal).kind, ExprKind::String { bytes: true, .. }),
    })
}

/// The same on the spot: a constant that stands before it holds the variable.
pub(crate) fn passed(model: &Model<'_>, literal: ExprRef, variable: &str) -> Repair {
    Repair::Read(Read {
        span: model.span(literal),
        variable: Some(variable.to_owned()),
        is_in_function: model.enclosing_function(literal).is_some(),
        is_bytes: matches!(model.expr(literal).kind, ExprKind::String { bytes: true, .. }),
    })
}

fn written(model: &Model<'_>, expr: ExprRef) -> Option<Repair> {
    let ast = model.ast(expr.file);
    // A part of a longer literal, such as an item of a split text, is no expression of its own.
    if !matches!(ast[expr.id].kind, ExprKind::String { .. } | ExprKind::Binary { .. }) {
        return None;
    }
    let is_default = matches!(ast[ast.stmt_of(expr.id)].kind, StmtKind::Function(_));
    Some(Repair::Read(Read {
        span: model.span(expr),
        variable: None,
        is_in_function: !is_default && model.enclosing_function(expr).is_some(),
        is_bytes: matches!(ast[expr.id].kind, ExprKind::String { bytes: true, .. }),
    }))
}

/// A random value that a constant holds becomes a read of the environment; one in a function is left alone.
fn generated(model: &Model<'_>, expr: ExprRef) -> Option<Repair> {
    let ast = model.ast(expr.file);
    let stmt = ast.stmt_of(expr.id);
    let is_constant = matches!(ast[stmt].kind, StmtKind::Assign { value, .. } | StmtKind::AnnotatedAssign { value: Some(value), .. }
        if ast[value].range.contains_range(ast[expr.id].range));
    let is_outside = model.enclosing_function(expr).is_none();
    (is_constant && is_outside && !matches!(ast[expr.id].kind, ExprKind::Name(_))).then(|| {
        Repair::Read(Read {
            span: model.span(expr),
            variable: None,
            is_in_function: false,
            is_bytes: false,
        })
    })
}

/// `os.getenv("X")` becomes `os.environ["X"]`.
fn lenient_read(model: &Model<'_>, read: ExprRef, variable: Option<String>) -> Option<Repair> {
    let path = model.called_path(read)?;
    if !LENIENT.contains(&&*path) || !names_variable(model, read) {
        return None;
    }
    Some(Repair::Read(Read {
        span: model.span(read),
        variable: Some(variable?),
        is_in_function: false,
        is_bytes: false,
    }))
}

/// Whether the variable is written at the call, and not a helper's parameter.
fn names_variable(model: &Model<'_>, read: ExprRef) -> bool {
    let ast = model.ast(read.file);
    let ExprKind::Call { arguments, .. } = ast[read.id].kind else {
        return false;
    };
    ast[arguments]
        .first()
        .is_some_and(|first| matches!(ast[first.value].kind, ExprKind::String { .. }))
}

fn fallback(model: &Model<'_>, literal: ExprRef, read: Span, variable: Option<String>) -> Option<Repair> {
    let file = literal.file;
    let ast = model.ast(file);
    let is_here = read.file == file;
    let read_expr = expr_at(model, read).filter(|_| is_here);
    let literal_range = ast[literal.id].range;
    if let Some(read) = read_expr
        && ast[read.id].range.contains_range(literal_range)
        && matches!(ast[read.id].kind, ExprKind::Call { .. })
    {
        // `os.getenv("X", "…")`, `config("X", default="…")`
        if let Some(repair) = lenient_read(model, read, variable.clone()) {
            return Some(repair);
        }
        let is_strict = model.callee(read).iter().any(|callee| match &callee.kind {
            ValueKind::External(path) => STRICT.contains(&&**path),
            // `config("X")` of `config = Config(".env")`
            ValueKind::Call { path, .. } => STRICT.contains(&&*format!("{path}()")),
            _ => false,
        });
        if !is_strict {
            return None;
        }
        return remove_argument(model, read, literal_range);
    }
    if let Some(repair) = expression(model, literal, read_expr, variable.clone()) {
        return Some(repair);
    }
    if let Some(repair) = settings_field(model, literal) {
        return Some(repair);
    }
    statement(model, literal, variable?)
}

fn remove_argument(model: &Model<'_>, call: ExprRef, literal: TextRange) -> Option<Repair> {
    let call = call_syntax(model, call)?;
    let index = call
        .arguments
        .iter()
        .position(|argument| argument.span.range.contains_range(literal))?;
    Some(Repair::RemoveArgument { call, index })
}

/// `os.getenv("X") or "…"`, `"…" if DEBUG else os.environ["X"]`
fn expression(model: &Model<'_>, literal: ExprRef, read: Option<ExprRef>, variable: Option<String>) -> Option<Repair> {
    let ast = model.ast(literal.file);
    let read = read?;
    let parent = ast.parent_expr(literal.id)?;
    let is_joined = match ast[parent].kind {
        ExprKind::Boolean {
            operator: BooleanOperator::Or,
            left,
            right,
        } => left == read.id && right == literal.id,
        ExprKind::Conditional { then, otherwise, .. } => {
            [then, otherwise].contains(&literal.id) && [then, otherwise].contains(&read.id)
        }
        _ => false,
    };
    let is_plain = match ast[read.id].kind {
        ExprKind::Call { .. } => {
            names_variable(model, read) && model.called_path(read).is_some_and(|path| LENIENT.contains(&&*path))
        }
        ExprKind::Subscript { .. } => true,
        _ => false,
    };
    (is_joined && is_plain).then(|| {
        Repair::Read(Read {
            span: Span::new(literal.file, ast[parent].range),
            variable,
            is_in_function: false,
            is_bytes: false,
        })
    })
}

/// `SECRET_KEY: str = "…"`, `SECRET_KEY: str = Field("…")` of a settings class.
pub(crate) fn settings_field(model: &Model<'_>, literal: ExprRef) -> Option<Repair> {
    let file = literal.file;
    let ast = model.ast(file);
    let stmt = ast.stmt_of(literal.id);
    let class = match ast[ast.parent_stmt(stmt)?].kind {
        StmtKind::Class(id) => semantic::ClassRef { file, id },
        _ => return None,
    };
    // A part of settings is made without arguments where it is declared: it cannot require anything.
    if !reads_environment(model, class) {
        return None;
    }
    let StmtKind::AnnotatedAssign {
        annotation,
        value: Some(value),
        ..
    } = ast[stmt].kind
    else {
        return None;
    };
    let literal = ast[literal.id].range;
    if let ExprKind::Call { function, .. } = ast[value].kind
        && let ExprKind::Name(name) | ExprKind::Attribute { name, .. } = ast[function].kind
        && model.file(file).source().name(name) == "Field"
    {
        let call = call_syntax(model, ExprRef { file, id: value })?;
        let index = call
            .arguments
            .iter()
            .position(|argument| argument.span.range.contains_range(literal))?;
        return match call.arguments[index].form {
            crate::source::ArgumentForm::Positional => Some(Repair::Ellipsis {
                span: call.arguments[index].value,
            }),
            _ => Some(Repair::RemoveArgument { call, index }),
        };
    }
    let range = TextRange::new(ast[annotation].range.end(), ast[value].range.end());
    Some(Repair::Delete {
        span: Span::new(file, range),
    })
}

/// `SECRET_KEY: Optional[str] = None`, `SECRET_KEY: str | None = Field(default=None)` of a settings class.
fn optional_field(model: &Model<'_>, none: ExprRef) -> Option<Repair> {
    let default = settings_field(model, none)?;
    let file = none.file;
    let ast = model.ast(file);
    let StmtKind::AnnotatedAssign { annotation, .. } = ast[ast.stmt_of(none.id)].kind else {
        return None;
    };
    let is_none = |expr: ExprId| matches!(ast[expr].kind, ExprKind::None);
    let inner = match ast[annotation].kind {
        ExprKind::Subscript { index, .. } => match ast[index].kind {
            // `Union[str, None]`
            ExprKind::Tuple(items) => match ast[items] {
                [inner, other] if is_none(other) => inner,
                _ => return None,
            },
            _ => index,
        },
        ExprKind::Binary { left, right, .. } if is_none(right) => left,
        ExprKind::Binary { left, right, .. } if is_none(left) => right,
        // `SECRET_KEY: str = None`
        ExprKind::Name(_) | ExprKind::Attribute { .. } => annotation,
        _ => return None,
    };
    // Without a default, `str | None` is required, and may still be told to be nothing.
    Some(Repair::RequiredField {
        annotation: Span::new(file, ast[annotation].range),
        inner: Span::new(file, ast[inner].range),
        default: Box::new(default),
    })
}

/// `if not SECRET: SECRET = "…"`, `except KeyError: SECRET = "…"`
fn statement(model: &Model<'_>, literal: ExprRef, variable: String) -> Option<Repair> {
    let ast = model.ast(literal.file);
    let stmt = ast.stmt_of(literal.id);
    let StmtKind::Assign { targets, value } = ast[stmt].kind else {
        return None;
    };
    if value != literal.id || targets.len() != 1 {
        return None;
    }
    let parent = ast.parent_stmt(stmt)?;
    let is_last_resort = match ast[parent].kind {
        StmtKind::If { branches, otherwise } => {
            // The branch of the fallback must be that of an unset secret, which `not` and `is None` say.
            let branch = ast[branches].iter().find(|branch| ast[branch.body].contains(&stmt))?;
            let says_unset = match ast[branch.test].kind {
                ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    ..
                } => true,
                ExprKind::Compare { rest, .. } => ast[rest].iter().all(|comparison| {
                    comparison.operator == CompareOperator::Is && matches!(ast[comparison.right].kind, ExprKind::None)
                }),
                _ => false,
            };
            says_unset && otherwise.is_none()
        }
        StmtKind::Try { handlers, .. } => ast[handlers].iter().any(|handler| ast[handler.body].contains(&stmt)),
        _ => false,
    };
    is_last_resort.then(|| Repair::Raise {
        stmt: Span::new(literal.file, ast[stmt].range),
        variable,
    })
}
