//! Applications that run in debug mode, and routes that answer with the environment or the settings.

use semantic::{BindingKind, ClassRef, ExprRef, Model, NameUse, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::applications::Applications;
use crate::development::is_development_only;
use crate::environment::{environment_read, is_reader, is_settings_class};
use crate::libraries::privileges::plain;
use crate::models::classes::argument;
use crate::privileges;
use crate::visits::Bodies;

#[derive(Debug, Default)]
pub struct Debugging {
    pub modes: Vec<DebugMode>,
    pub dumps: Vec<Dump>,
}

/// `FastAPI(debug=True)`, `app.debug = True`
#[derive(Debug, Clone)]
pub struct DebugMode {
    /// The value.
    pub span: Span,
    /// The setting that it is the default of.
    pub default_of: Option<String>,
}

/// A route that answers with what nobody outside should know.
#[derive(Debug, Clone)]
pub struct Dump {
    pub span: Span,
    pub kind: DumpKind,
    /// Index in [`Applications::routes`].
    pub route: usize,
    /// Its callers need more than a login.
    pub is_for_the_privileged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DumpKind {
    /// All variables.
    Environment,
    /// An object of a class of settings, one of whose fields is secret.
    Settings { class: String, field: String },
    /// One secret.
    Secret { name: String },
}

const MAX_STEPS: usize = 80;
const MAX_DEPTH: usize = 4;

pub(crate) fn find(model: &Model<'_>, applications: &Applications) -> Debugging {
    let mut out = Debugging::default();
    for application in applications
        .applications
        .iter()
        .filter(|application| !application.is_test)
    {
        let Some(call) = model.expr_of(application.span) else {
            continue;
        };
        let arguments = model.arguments(call, None);
        let Some(debug) = arguments.get(None, &["debug"]) else {
            continue;
        };
        let span = argument(model, call, None, &["debug"]).map_or(debug.span, |value| model.span(value));
        add_mode(model, &debug.values, span, &mut out.modes);
    }
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        assigned_modes(model, file, &mut out.modes);
    }
    let bodies = Bodies::new(model);
    for (index, route) in applications.routes.iter().enumerate() {
        let operation = &route.operation;
        let Some(function) = operation.handler.function() else {
            continue;
        };
        if model.file(function.file).is_test() {
            continue;
        }
        let is_cut = model
            .expr_of(operation.registration)
            .is_some_and(|call| argument(model, call, None, &["response_model"]).is_some());
        for &id in model.returns(function).iter() {
            let expr = ExprRef {
                file: function.file,
                id,
            };
            let Some((span, kind)) = dumped(model, expr) else {
                continue;
            };
            if (is_cut && kind != DumpKind::Environment) || is_development_only(model, span) {
                continue;
            }
            if out.dumps.iter().any(|known| known.span == span) {
                continue;
            }
            let visits = bodies.visits(operation);
            out.dumps.push(Dump {
                span,
                kind,
                route: index,
                is_for_the_privileged: privileges::are_demanded(model, operation, &visits),
            });
        }
    }
    text::sort_by_number(&mut out.modes, |mode| mode.span.number());
    text::sort_by_number(&mut out.dumps, |dump| dump.span.number());
    out
}

fn add_mode(model: &Model<'_>, values: &semantic::Values, span: Span, out: &mut Vec<DebugMode>) {
    if values.is_empty() || is_development_only(model, span) {
        return;
    }
    let is_on = |value: &semantic::Value| value.as_bool() == Some(true);
    if values.iter().all(is_on) {
        out.push(DebugMode { span, default_of: None });
        return;
    }
    // `debug: bool = True` of a settings class.
    if let [value] = values.as_slice()
        && let Some(read) = environment_read(model, value)
        && !read.default.is_empty()
        && read.default.iter().all(is_on)
    {
        out.push(DebugMode {
            span,
            default_of: read.variable,
        });
    }
}

/// `app.debug = True` of an application.
fn assigned_modes(model: &Model<'_>, file: text::FileId, out: &mut Vec<DebugMode>) {
    let ast = model.ast(file);
    let Some(debug) = ast.name("debug") else { return };
    if ast.name("FastAPI").is_none() {
        return;
    }
    for (_, stmt) in ast.stmts() {
        let StmtKind::Assign { targets, value } = stmt.kind else {
            continue;
        };
        for &target in &ast[targets] {
            let ExprKind::Attribute { object, name, .. } = ast[target].kind else {
                continue;
            };
            if name != debug {
                continue;
            }
            let is_application = model.eval(ExprRef { file, id: object }).iter().any(
                |value| matches!(&value.kind, ValueKind::Call { path, .. } if path.rsplit('.').next() == Some("FastAPI")),
            );
            if is_application {
                let value = ExprRef { file, id: value };
                add_mode(model, &model.eval(value), model.span(value), out);
            }
        }
    }
}

/// What of a returned value tells the environment or the settings.
fn dumped(model: &Model<'_>, expr: ExprRef) -> Option<(Span, DumpKind)> {
    let mut pending = vec![(expr, 0)];
    let mut steps = 0;
    while let Some((expr, depth)) = pending.pop() {
        steps += 1;
        if steps > MAX_STEPS {
            return None;
        }
        let source = model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        let span = model.span(expr);
        match ast[expr.id].kind {
            ExprKind::Await(inner) | ExprKind::Starred(inner) => pending.push((at(inner), depth)),
            ExprKind::Dict(items) => {
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { value, .. } | DictItem::Spread(value) => pending.push((at(value), depth)),
                    }
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                pending.extend(ast[items].iter().map(|&item| (at(item), depth)));
            }
            // `{name: value for name, value in os.environ.items()}`, unless some are picked.
            ExprKind::Comprehension { clauses, .. } => {
                let is_picked = ast[clauses]
                    .iter()
                    .any(|clause| matches!(clause, ComprehensionClause::If(_)));
                for clause in &ast[clauses] {
                    if let ComprehensionClause::For { iterable, .. } = *clause
                        && !is_picked
                        && is_environment(model, at(iterable))
                    {
                        return Some((span, DumpKind::Environment));
                    }
                }
            }
            ExprKind::Call { function, arguments } => {
                if is_environment(model, expr) {
                    return Some((span, DumpKind::Environment));
                }
                let is_read = model.called_path(expr).is_some_and(|path| is_reader(&path));
                if is_read && let Some(name) = secret_read(model, expr) {
                    return Some((span, DumpKind::Secret { name }));
                }
                let method = match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } => Some((object, source.name(name))),
                    _ => None,
                };
                let callee = match ast[function].kind {
                    ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name),
                    _ => "",
                };
                if argument(model, expr, None, &["include", "exclude"]).is_some() {
                    continue;
                }
                match (method, callee) {
                    (Some((object, "model_dump" | "dict" | "copy" | "items")), _) => pending.push((at(object), depth)),
                    (_, "dict" | "vars" | "jsonable_encoder" | "asdict" | "JSONResponse" | "ORJSONResponse") => {
                        pending.extend(ast[arguments].iter().map(|argument| (at(argument.value), depth)));
                    }
                    _ => {}
                }
            }
            ExprKind::Attribute { object, name, .. } => {
                if is_environment(model, expr) {
                    return Some((span, DumpKind::Environment));
                }
                let name = source.name(name);
                if name == "__dict__" {
                    pending.push((at(object), depth));
                    continue;
                }
                if let Some(found) = settings(model, expr).or_else(|| secret_field(model, expr, name)) {
                    return Some((span, found));
                }
            }
            ExprKind::Subscript { .. } => {
                if let Some(name) = secret_read(model, expr) {
                    return Some((span, DumpKind::Secret { name }));
                }
            }
            ExprKind::Name(_) => {
                if is_environment(model, expr) {
                    return Some((span, DumpKind::Environment));
                }
                if let Some(found) = settings(model, expr) {
                    return Some((span, found));
                }
                if let NameUse::Bound(definitions) = model.definitions(expr)
                    && depth < MAX_DEPTH
                {
                    for definition in &definitions {
                        if let BindingKind::Value(id) = definition.binding.kind {
                            let value = ExprRef {
                                file: definition.file,
                                id,
                            };
                            pending.push((value, depth + 1));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    None
}

/// `os.environ`, and copies of it.
fn is_environment(model: &Model<'_>, expr: ExprRef) -> bool {
    model.eval(expr).iter().any(|value| match &value.kind {
        ValueKind::External(path) => &**path == "os.environ",
        ValueKind::Call { path, .. } => matches!(
            &**path,
            "os.environ.copy" | "os.environ.items" | "dotenv.dotenv_values" | "os.environ.values"
        ),
        _ => false,
    })
}

/// An object of a class of settings, with a field that is secret.
fn settings(model: &Model<'_>, expr: ExprRef) -> Option<DumpKind> {
    let class = model.eval(expr).into_iter().find_map(|value| match value.kind {
        ValueKind::Instance { class, .. } if is_settings_class(model, class) => Some(class),
        _ => None,
    })?;
    let field = secret_of(model, class)?;
    Some(DumpKind::Settings {
        class: model.class_name(class).to_owned(),
        field,
    })
}

/// `settings.SECRET_KEY`
fn secret_field(model: &Model<'_>, expr: ExprRef, name: &str) -> Option<DumpKind> {
    let is_setting = model.eval(expr).iter().any(|value| match &value.kind {
        ValueKind::Field { class, .. } => is_settings_class(model, *class),
        _ => environment_read(model, value).is_some(),
    });
    (is_setting && is_secret_name(name)).then(|| DumpKind::Secret { name: name.to_owned() })
}

/// `os.environ["SECRET_KEY"]`, `os.getenv("DATABASE_URL")`
fn secret_read(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    model.eval(expr).iter().find_map(|value| {
        environment_read(model, value)?
            .variable
            .filter(|name| is_secret_name(name))
    })
}

fn secret_of(model: &Model<'_>, class: ClassRef) -> Option<String> {
    let source = model.file(class.file).source();
    let ast = source.ast();
    ast[ast[class.id].body].iter().find_map(|&stmt| {
        let (target, annotation) = match ast[stmt].kind {
            StmtKind::AnnotatedAssign { target, annotation, .. } => (target, Some(annotation)),
            StmtKind::Assign { targets, .. } => (*ast[targets].first()?, None),
            _ => return None,
        };
        let ExprKind::Name(name) = ast[target].kind else {
            return None;
        };
        let name = source.name(name);
        // A `SecretStr` is not shown.
        let is_hidden = annotation.is_some_and(|annotation| {
            let at = ExprRef {
                file: class.file,
                id: annotation,
            };
            model.written(at).contains("Secret")
        });
        (is_secret_name(name) && !is_hidden).then(|| name.to_owned())
    })
}

fn is_secret_name(name: &str) -> bool {
    let name = plain(name);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&[
        "secret",
        "password",
        "passwd",
        "apikey",
        "privatekey",
        "databaseurl",
        "dburl",
        "databaseuri",
        "mongouri",
        "mongourl",
        "accesskey",
        "authtoken",
        "signingkey",
        "jwtkey",
        "encryptionkey",
    ]) && !has(&[
        "public",
        "publishable",
        "expire",
        "minutes",
        "length",
        "algorithm",
        "enabled",
        "header",
        "name",
    ])
}
