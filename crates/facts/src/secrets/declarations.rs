//! Secrets that are told by their name: constants, fields and attributes, keys of settings, variables that the code
//! sets itself.

use semantic::{Binding, BindingKind, ClassRef, ExprRef, Model, ScopeId, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use super::Evidence;
use super::conditions::is_environment;
use super::names::{is_for_tokens, is_same_name, is_secret_name, is_service};
use crate::keys;
use crate::libraries::OTHER_SECRETS;

/// What a name holds that is the name of a secret.
pub(super) struct NamedValue {
    pub(super) name: String,
    pub(super) values: Values,
    pub(super) evidence: Evidence,
}

/// Values of a file whose names are those of secrets.
pub(super) fn named_values(model: &Model<'_>, file: FileId) -> Vec<NamedValue> {
    let mut out = constants(model, file);
    out.extend(fields(model, file));
    out.extend(assigned(model, file));
    out
}

fn constants(model: &Model<'_>, file: FileId) -> Vec<NamedValue> {
    let source = model.file(file).source();
    let mut out: Vec<NamedValue> = Vec::new();
    let mut last = None;
    for binding in model.file(file).index().bindings_in(ScopeId::MODULE) {
        // Bindings of one name stand together.
        let name = source.name(binding.name);
        if !is_value(binding) || last.replace(binding.name) == Some(binding.name) || !is_secret_name(name) {
            continue;
        }
        out.extend(model.global(file, name).map(|values| NamedValue::of(name, values)));
    }
    out
}

/// Fields of the classes in a file, and what their makers are given for them.
fn fields(model: &Model<'_>, file: FileId) -> Vec<NamedValue> {
    let source = model.file(file).source();
    let ast = source.ast();
    let index = model.file(file).index();
    let mut out: Vec<NamedValue> = Vec::new();
    for (id, class) in ast.classes() {
        let class_name = source.name(class.name);
        let bindings = index.bindings_in(index.class_scope(id));
        let names: Vec<&Binding> = bindings
            .iter()
            .filter(|binding| is_value(binding) || matches!(binding.kind, BindingKind::Declared(_)))
            .filter(|binding| is_secret_name(source.name(binding.name)))
            .collect();
        if names.is_empty() {
            continue;
        }
        // A pair of keys of an object store.
        let has_access_key = bindings.iter().any(|binding| {
            let name = source.name(binding.name).to_lowercase();
            name.contains("access_key") || name.contains("accesskey")
        });
        let class = ClassRef { file, id };
        if model.descends_from(class, |path| path.starts_with("enum.")) {
            continue;
        }
        for binding in names {
            let name = source.name(binding.name);
            if !is_for_tokens(name) && (has_access_key || is_service(class_name)) {
                continue;
            }
            if is_value(binding) {
                out.push(NamedValue::of(name, class_value(model, class, name)));
            }
            for call in model.file_ids().flat_map(|file| model.calls_named(file, [class_name])) {
                if model.file(call.file).is_test() {
                    continue;
                }
                let is_maker = model
                    .callee(call)
                    .iter()
                    .any(|callee| matches!(callee.kind, ValueKind::Class(found) if found == class));
                if is_maker && let Some(given) = model.arguments(call, None).get(None, &[name]) {
                    out.push(NamedValue::of(name, given.values.clone()));
                }
            }
        }
    }
    out
}

/// `app.state.jwt_secret = "…"`, `app.config["JWT_SECRET"] = "…"`, `os.environ["JWT_SECRET"] = "…"`, and
/// `JWT = {"secret_key": "…"}`.
fn assigned(model: &Model<'_>, file: FileId) -> Vec<NamedValue> {
    let source = model.file(file).source();
    let ast = source.ast();
    let mut out: Vec<NamedValue> = Vec::new();
    for (_, stmt) in ast.stmts() {
        let StmtKind::Assign { targets, value } = stmt.kind else {
            continue;
        };
        let at = |id: ExprId| ExprRef { file, id };
        for &target in &ast[targets] {
            match ast[target].kind {
                ExprKind::Attribute { name, .. } if is_secret_name(source.name(name)) => {
                    out.push(NamedValue::of(source.name(name), model.eval(at(value))));
                }
                ExprKind::Subscript { object, index } => {
                    let Some(name) = ast.string(source.text(), index).filter(|name| is_secret_name(name)) else {
                        continue;
                    };
                    let mut named = NamedValue::of(&name, model.eval(at(value)));
                    if is_environment(model, at(object)) {
                        named.evidence = Evidence::Variable;
                    }
                    out.push(named);
                }
                _ => {}
            }
        }
        if let ExprKind::Dict(items) = ast[value].kind {
            let holder = ast[targets].first().map_or("", |&target| match ast[target].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => source.name(name),
                _ => "",
            });
            for item in &ast[items] {
                let DictItem::Pair { key, value } = *item else { continue };
                let Some(name) = ast.string(source.text(), key).filter(|name| is_secret_name(name)) else {
                    continue;
                };
                if is_for_tokens(&name) || is_for_tokens(holder) {
                    out.push(NamedValue::of(&name, model.eval(at(value))));
                }
            }
        }
    }
    if ast.name("environ").is_some() {
        for call in model.calls_named(file, ["setdefault"]) {
            let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                continue;
            };
            let name = ast[arguments]
                .first()
                .and_then(|name| ast.string(source.text(), name.value));
            if let Some(name) = name.filter(|name| is_secret_name(name)) {
                out.push(NamedValue {
                    evidence: Evidence::Variable,
                    ..NamedValue::of(&name, model.eval(call))
                });
            }
        }
    }
    out
}

impl NamedValue {
    fn of(name: &str, values: Values) -> NamedValue {
        NamedValue {
            name: name.to_owned(),
            values,
            evidence: Evidence::Name,
        }
    }
}

fn is_value(binding: &Binding) -> bool {
    matches!(binding.kind, BindingKind::Value(_))
}

/// What a class holds under a name.
pub(super) fn class_value(model: &Model<'_>, class: ClassRef, name: &str) -> Values {
    let span = Span::new(class.file, model.ast(class.file)[class.id].name_range);
    model.attribute(&Value::new(ValueKind::Class(class), span), name)
}

/// Values that no one signs with although the name is that of a secret: a variable's own name, a path, a template.
pub(super) fn is_no_secret(name: &str, text: &str) -> bool {
    is_same_name(name, text)
        || text.starts_with(['/', '$', '{', '<', '%'])
        || text.starts_with("./")
        || text.contains("://")
        || text.starts_with("arn:")
        || text.starts_with("vault:")
        || text.starts_with("projects/")
        || text.starts_with("django-insecure")
        || text.contains("{{")
        // Of a script that only wants to import the application.
        || text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
}

/// Places of values that are given to something else than tokens.
pub(crate) fn other_secrets(model: &Model<'_>) -> Vec<Span> {
    let mut out = Vec::new();
    for file in model.file_ids() {
        if model.ast(file).name("SessionMiddleware").is_none() {
            continue;
        }
        for call in model.calls_named(file, ["SessionMiddleware", "add_middleware", "Middleware"]) {
            let arguments = model.arguments(call, None);
            let is_other = |value: &Value| {
                matches!(&value.kind, ValueKind::External(path)
                    if OTHER_SECRETS.iter().any(|other| *other.path == **path))
            };
            let is_given = arguments
                .positional()
                .first()
                .is_some_and(|first| first.values.iter().any(is_other));
            if !is_given && !model.callee(call).iter().any(is_other) {
                continue;
            }
            if let Some(secret) = arguments.get(None, &["secret_key"]) {
                out.extend(
                    keys::sources(model, &secret.values)
                        .into_iter()
                        .map(|source| source.origin),
                );
            }
        }
    }
    out
}
