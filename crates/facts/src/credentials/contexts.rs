//! Where a literal stands: what it is bound to, passed as, compared with.

use semantic::{ClassRef, ExprRef, Model};
use syntax::ast::*;

use super::names::kind;
use crate::environment::reads_environment;
use crate::libraries::credentials::{READERS, WRAPPERS};
use crate::passwords::held::hashes;
use crate::secrets::names::words;

/// What is around a literal.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) name: Option<String>,
    pub(super) site: Site,
    /// It stands in for something that is not set.
    pub(super) is_default: bool,
    /// A docstring, or a text for readers.
    pub(super) is_prose: bool,
    /// Shown in documentation.
    pub(super) is_example: bool,
    /// The dictionary around it names a user, a host or the like, too.
    pub(super) has_login: bool,
    /// The other side of the comparison is a constant or a setting.
    pub(super) is_guard: bool,
    /// One of several in a list or dictionary.
    pub(super) is_item: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// A constant of a module or class, or an attribute.
    Constant,
    /// A variable of a function.
    Local,
    Keyword,
    Dict,
    Compared,
    Returned,
    Other,
}

/// Words of names of lists whose items are turned away.
const REFUSED: &[&str] = &[
    "weak",
    "insecure",
    "common",
    "forbidden",
    "blocked",
    "banned",
    "bad",
    "known",
    "rejected",
    "invalid",
    "disallowed",
    "unsafe",
    "breached",
    "placeholder",
    "default",
];

/// Keywords and keys under which samples are shown to readers.
const EXAMPLES: &[&str] = &[
    "example",
    "examples",
    "openapi_examples",
    "json_schema_extra",
    "schema_extra",
    "responses",
    "example_value",
];
/// Keywords whose values are texts for readers.
const PROSE: &[&str] = &[
    "description",
    "title",
    "summary",
    "detail",
    "pattern",
    "regex",
    "alias",
    "help",
    "label",
    "placeholder",
    "msg",
    "message",
    "text",
    "prefix",
    "validation_alias",
];
/// Functions that declare what clients send.
const INPUTS: &[&str] = &[
    "Query",
    "Form",
    "Header",
    "Body",
    "Path",
    "Cookie",
    "Column",
    "mapped_column",
    "CharField",
];

/// Steps upwards from a literal.
const MAX_STEPS: usize = 10;

impl Context {
    fn new() -> Context {
        Context {
            name: None,
            site: Site::Other,
            is_default: false,
            is_prose: false,
            is_example: false,
            has_login: false,
            is_guard: false,
            is_item: false,
        }
    }

    /// Of an argument that came by a variable.
    pub(super) fn passed(name: &str) -> Context {
        Context {
            name: Some(name.to_owned()),
            site: Site::Keyword,
            ..Context::new()
        }
    }
}

/// What is around a literal whose name may be that of a credential; `None` for all others.
pub(super) fn named(model: &Model<'_>, literal: ExprRef) -> Option<Context> {
    let context = climbed(model, literal);
    let name = context.name.as_deref()?;
    kind(name)?;
    Some(of_surroundings(model, literal, context))
}

/// What is around any literal.
pub(super) fn of(model: &Model<'_>, literal: ExprRef) -> Context {
    let context = climbed(model, literal);
    of_surroundings(model, literal, context)
}

/// The read of the environment that a literal is the default of: `getenv("X", "…")`, `getenv("X") or "…"`.
pub(super) fn read_around(model: &Model<'_>, literal: ExprRef) -> Option<ExprRef> {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    let parent = ast.parent_expr(literal.id)?;
    let at = |id: ExprId| ExprRef { file: literal.file, id };
    match ast[parent].kind {
        ExprKind::Call { function, .. } => {
            let name = callee_name(model, literal.file, function)?;
            (READERS.contains(&name) && name != "setdefault").then(|| at(parent))
        }
        ExprKind::Boolean {
            operator: BooleanOperator::Or,
            left,
            right,
        } if right == literal.id => matches!(ast[left].kind, ExprKind::Call { .. }).then(|| at(left)),
        _ => None,
    }
}

fn climbed(model: &Model<'_>, literal: ExprRef) -> Context {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    let text_of = |id: ExprId| ast.string(source.text(), id).map(|text| text.into_owned());
    let mut out = Context::new();
    // The variable or key that a default belongs to.
    let mut hint: Option<String> = None;
    let mut is_item = false;
    let mut at = literal.id;
    for _ in 0..MAX_STEPS {
        let Some(parent) = ast.parent_expr(at) else {
            return of_statement(model, literal, at, out, hint, is_item);
        };
        match ast[parent].kind {
            ExprKind::Call { function, arguments } if function != at => {
                let callee = callee_name(model, literal.file, function).unwrap_or_default();
                let Some(index) = ast[arguments].iter().position(|argument| argument.value == at) else {
                    return out;
                };
                let first = ast[arguments].first().map(|argument| argument.value);
                match ast[arguments][index].kind {
                    ArgumentKind::Keyword(name) => {
                        let name = source.name(name);
                        let is_default = matches!(name, "default" | "fallback" | "default_value" | "default_factory");
                        if is_default && INPUTS.contains(&callee) {
                            return out;
                        }
                        if is_default && (READERS.contains(&callee) || WRAPPERS.contains(&callee)) {
                            out.is_default = true;
                            hint = hint.or_else(|| first.filter(|&first| first != at).and_then(text_of));
                            at = parent;
                            continue;
                        }
                        if EXAMPLES.contains(&name) {
                            out.is_example = true;
                        } else if PROSE.contains(&name) {
                            out.is_prose = true;
                        } else {
                            out.name = Some(name.to_owned());
                            out.site = Site::Keyword;
                        }
                        return out;
                    }
                    ArgumentKind::Positional => {
                        if index >= 1 && READERS.contains(&callee) {
                            out.is_default = true;
                            hint = hint.or_else(|| first.and_then(text_of));
                            at = parent;
                            continue;
                        }
                        if index == 0 && (WRAPPERS.contains(&callee) || hashes(callee)) {
                            at = parent;
                            continue;
                        }
                        let name = match (callee, index) {
                            // `smtp.login("user", "…")`
                            ("login" | "HTTPBasicAuth" | "BasicAuth" | "HTTPDigestAuth", 1)
                                if ast[arguments].len() == 2 =>
                            {
                                Some("password".to_owned())
                            }
                            ("Fernet", 0) => Some("encryption_key".to_owned()),
                            ("compare_digest", _) => {
                                out.site = Site::Compared;
                                let other = ast[arguments].iter().find(|argument| argument.value != at);
                                let other = other.map(|argument| ExprRef {
                                    file: literal.file,
                                    id: argument.value,
                                });
                                out.is_guard = other.is_some_and(|other| is_setting(model, other));
                                other.and_then(|other| last_name(model, other))
                            }
                            _ => None,
                        };
                        if out.site == Site::Other && name.is_some() {
                            out.site = Site::Keyword;
                        }
                        out.name = name;
                        return out;
                    }
                    _ => return out,
                }
            }
            // `"…".encode()`
            ExprKind::Attribute { object, .. } if object == at => match ast.parent_expr(parent) {
                Some(call) if matches!(ast[call].kind, ExprKind::Call { function, .. } if function == parent) => {
                    at = call
                }
                _ => return out,
            },
            ExprKind::Boolean {
                operator: BooleanOperator::Or,
                left,
                right,
            } if right == at => {
                out.is_default = true;
                hint = hint.or_else(|| {
                    read_variable(
                        model,
                        ExprRef {
                            file: literal.file,
                            id: left,
                        },
                    )
                });
                at = parent;
            }
            ExprKind::Conditional { test, then, otherwise } if test != at => {
                let other = if then == at { otherwise } else { then };
                hint = hint.or_else(|| {
                    read_variable(
                        model,
                        ExprRef {
                            file: literal.file,
                            id: other,
                        },
                    )
                });
                at = parent;
            }
            ExprKind::Compare { first, rest } => {
                let [comparison] = &ast[rest] else { return out };
                if matches!(comparison.operator, CompareOperator::Equal | CompareOperator::NotEqual) {
                    let other = ExprRef {
                        file: literal.file,
                        id: if first == at { comparison.right } else { first },
                    };
                    out.name = last_name(model, other);
                    out.is_guard = is_setting(model, other);
                    out.site = Site::Compared;
                }
                return out;
            }
            ExprKind::Dict(items) => {
                let keys = || {
                    ast[items].iter().filter_map(|item| match *item {
                        DictItem::Pair { key, .. } => Some(key),
                        DictItem::Spread(_) => None,
                    })
                };
                let key = ast[items].iter().find_map(|item| match *item {
                    DictItem::Pair { key, value } if value == at => Some(key),
                    _ => None,
                });
                match key {
                    Some(key) => {
                        out.name = text_of(key);
                        out.site = Site::Dict;
                        // `{"password": "provider", "email": "email"}` says which name stands for which.
                        let is_renaming = ast[items].iter().any(|item| match *item {
                            DictItem::Pair { key, value } => {
                                text_of(key).is_some_and(|key| text_of(value).as_deref() == Some(&*key))
                            }
                            DictItem::Spread(_) => false,
                        });
                        out.has_login =
                            !is_renaming && keys().any(|key| text_of(key).is_some_and(|key| is_login(&key)));
                        return out;
                    }
                    // `api_keys = {"publicKey": …, "secretKey": …}` names what it holds.
                    None if keys().any(|key| text_of(key).is_some_and(|key| kind(&key).is_some())) => return out,
                    // `API_KEYS = {"…": "alice"}`
                    None => {
                        is_item = true;
                        at = parent;
                    }
                }
            }
            // `DB_USER, DB_PASSWORD = "app", "…"`
            ExprKind::Tuple(items) | ExprKind::List(items) if unpacked(ast, parent, ast[items].len()).is_some() => {
                let index = ast[items].iter().position(|&item| item == at);
                let target = index.zip(unpacked(ast, parent, ast[items].len()));
                out.name = target.and_then(|(index, targets)| match ast[ast[targets][index]].kind {
                    ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                        Some(source.imported_name(name).to_owned())
                    }
                    _ => None,
                });
                out.site = Site::Constant;
                return out;
            }
            // `x_api_key not in ["…", "…"]`
            ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) if membership(ast, parent).is_some() => {
                let other = membership(ast, parent).map(|id| ExprRef { file: literal.file, id });
                out.name = other.and_then(|other| last_name(model, other));
                out.is_guard = other.is_some_and(|other| is_setting(model, other));
                out.site = Site::Compared;
                out.is_item = true;
                return out;
            }
            // `auth=("admin", "…")`
            ExprKind::Tuple(items)
                if ast[items].len() == 2 && ast[items][1] == at && is_auth_argument(model, literal, parent) =>
            {
                out.name = Some("password".to_owned());
                out.site = Site::Keyword;
                return out;
            }
            ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Tuple(_) => {
                is_item = true;
                at = parent;
            }
            ExprKind::Lambda { body, .. } if body == at => {
                out.is_default = true;
                at = parent;
            }
            _ => return out,
        }
    }
    out
}

/// The name that a statement gives to a value.
fn of_statement(
    model: &Model<'_>,
    literal: ExprRef,
    at: ExprId,
    mut out: Context,
    hint: Option<String>,
    is_item: bool,
) -> Context {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    let stmt = ast.stmt_of(literal.id);
    let target = |target: ExprId| match ast[target].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(source.imported_name(name).to_owned()),
        ExprKind::Subscript { index, .. } => ast.string(source.text(), index).map(|key| key.into_owned()),
        _ => None,
    };
    let is_in_function = ast.enclosing_function(stmt).is_some();
    out.site = match is_in_function {
        true => Site::Local,
        false => Site::Constant,
    };
    let name = match ast[stmt].kind {
        StmtKind::Expr(_) => {
            out.is_prose = true;
            None
        }
        StmtKind::Assign { targets, value } if value == at => ast[targets].first().and_then(|&first| {
            if matches!(ast[first].kind, ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) {
                out.site = Site::Constant;
            }
            target(first)
        }),
        StmtKind::AnnotatedAssign {
            target: to,
            value: Some(value),
            ..
        } if value == at => target(to),
        StmtKind::Return(Some(value)) if value == at => {
            out.site = Site::Returned;
            ast.enclosing_function(stmt)
                .map(|function| source.name(ast[function].name).to_owned())
        }
        StmtKind::Function(function) => ast[ast[function].parameters].iter().find_map(|parameter| {
            (parameter.default? == at).then(|| {
                out.is_default = true;
                source.name(parameter.name).to_owned()
            })
        }),
        _ => None,
    };
    if let Some(class) = class_around(ast, stmt, is_in_function) {
        let class = ClassRef {
            file: literal.file,
            id: class,
        };
        if !holds_configuration(model, class) {
            return Context::new();
        }
        out.is_default |= reads_environment(model, class);
    }
    // `VALID_API_KEYS = ["…"]` holds keys; `password_fields = ["…"]` does not.
    let name = match is_item {
        true => name.and_then(|name| {
            let lower = name.to_lowercase();
            let singular = ["keys", "tokens", "secrets", "passwords"]
                .iter()
                .any(|plural| lower.ends_with(plural));
            // `WEAK_PASSWORDS` are refused.
            let is_refused = words(&name).iter().any(|word| REFUSED.contains(&word.as_str()));
            (singular && !is_refused).then(|| name[..name.len() - 1].to_owned())
        }),
        false => name,
    };
    out.is_item = is_item;
    let hinted = hint.filter(|hint| kind(hint).is_some());
    out.name = match is_item {
        true => name,
        false => hinted.or(name),
    };
    out
}

/// The targets that a tuple of values is unpacked to.
fn unpacked(ast: &Ast, values: ExprId, count: usize) -> Option<List<ExprId>> {
    if ast.parent_expr(values).is_some() {
        return None;
    }
    let StmtKind::Assign { targets, value } = ast[ast.stmt_of(values)].kind else {
        return None;
    };
    let [target] = ast[targets] else { return None };
    match ast[target].kind {
        ExprKind::Tuple(items) | ExprKind::List(items) if value == values && ast[items].len() == count => Some(items),
        _ => None,
    }
}

/// What is looked for in a list.
fn membership(ast: &Ast, list: ExprId) -> Option<ExprId> {
    match ast[ast.parent_expr(list)?].kind {
        ExprKind::Compare { first, rest } => match ast[rest] {
            [comparison]
                if comparison.right == list
                    && matches!(comparison.operator, CompareOperator::In | CompareOperator::NotIn) =>
            {
                Some(first)
            }
            _ => None,
        },
        _ => None,
    }
}

fn class_around(ast: &Ast, stmt: StmtId, is_in_function: bool) -> Option<ClassId> {
    if is_in_function {
        return None;
    }
    match ast[ast.parent_stmt(stmt)?].kind {
        StmtKind::Class(class) => Some(class),
        _ => None,
    }
}

/// A class of settings or constants, and not an enumeration, a schema or a table.
fn holds_configuration(model: &Model<'_>, class: ClassRef) -> bool {
    if reads_environment(model, class) {
        return true;
    }
    let name = model.class_name(class);
    let says = words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "config" | "configuration" | "settings" | "setting" | "conf" | "secrets" | "constants" | "credentials"
        )
    });
    let is_other = model.descends_from(class, |path| {
        path.starts_with("enum.")
            || matches!(
                path.rsplit('.').next(),
                Some("BaseModel" | "SQLModel" | "Document" | "Model" | "Base" | "TypedDict" | "StrEnum")
            )
    });
    !is_other || says
}

/// Whether what is around the literal is shown to readers.
fn of_surroundings(model: &Model<'_>, literal: ExprRef, mut out: Context) -> Context {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    if out.is_example || out.is_prose {
        return out;
    }
    let is_example = |name: &str| {
        EXAMPLES.contains(&name)
            || words(name)
                .iter()
                .any(|word| matches!(word.as_str(), "example" | "examples" | "sample" | "samples"))
    };
    let mut at = literal.id;
    for _ in 0..24 {
        let Some(parent) = ast.parent_expr(at) else { break };
        match ast[parent].kind {
            ExprKind::Call { function, arguments } => {
                let is_shown = ast[arguments].iter().any(|argument| {
                    argument.value == at
                        && matches!(argument.kind, ArgumentKind::Keyword(name) if is_example(source.name(name)))
                });
                let is_input = callee_name(model, literal.file, function).is_some_and(|name| INPUTS.contains(&name));
                let is_print = callee_name(model, literal.file, function).is_some_and(|name| {
                    matches!(name, "print" | "info" | "debug" | "warning" | "error" | "HTTPException")
                });
                out.is_example |= is_shown || is_input;
                out.is_prose |= is_print;
            }
            ExprKind::Dict(items) => {
                let key = ast[items].iter().find_map(|item| match *item {
                    DictItem::Pair { key, value } if value == at => ast.string(source.text(), key),
                    _ => None,
                });
                out.is_example |= key.is_some_and(|key| is_example(&key));
            }
            _ => {}
        }
        at = parent;
    }
    let stmt = ast.stmt_of(literal.id);
    if let StmtKind::Assign { targets, .. } = ast[stmt].kind
        && let Some(&first) = ast[targets].first()
        && let ExprKind::Name(name) | ExprKind::Attribute { name, .. } = ast[first].kind
    {
        out.is_example |= is_example(source.imported_name(name));
    }
    out.is_prose |= matches!(ast[stmt].kind, StmtKind::Expr(expr) if expr == literal.id);
    out
}

fn is_auth_argument(model: &Model<'_>, literal: ExprRef, tuple: ExprId) -> bool {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    let Some(call) = ast.parent_expr(tuple) else {
        return false;
    };
    let ExprKind::Call { arguments, .. } = ast[call].kind else {
        return false;
    };
    ast[arguments].iter().any(|argument| {
        argument.value == tuple && matches!(argument.kind, ArgumentKind::Keyword(name) if matches!(source.name(name), "auth" | "basic_auth" | "http_auth"))
    })
}

/// The variable that a read of the environment names: `X` of `os.getenv("X")`, `os.environ["X"]`.
fn read_variable(model: &Model<'_>, read: ExprRef) -> Option<String> {
    let source = model.file(read.file).source();
    let ast = source.ast();
    let key = match ast[read.id].kind {
        ExprKind::Call { arguments, .. } => ast[arguments].first()?.value,
        ExprKind::Subscript { index, .. } => index,
        ExprKind::Attribute { name, .. } => return Some(source.name(name).to_owned()),
        _ => return None,
    };
    ast.string(source.text(), key).map(|key| key.into_owned())
}

/// Keys that stand beside a password where somebody logs in.
fn is_login(key: &str) -> bool {
    matches!(
        key.to_lowercase().as_str(),
        "user"
            | "username"
            | "email"
            | "login"
            | "host"
            | "hostname"
            | "database"
            | "dbname"
            | "db"
            | "port"
            | "role"
            | "account"
    )
}

/// `settings.password`, `SECRET`: what start-up checks look at.
fn is_setting(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    match ast[expr.id].kind {
        ExprKind::Name(name) => {
            let name = source.imported_name(name);
            name.len() > 2 && !name.contains(|c: char| c.is_ascii_lowercase())
        }
        ExprKind::Attribute { object, name, .. } => {
            let is_constant = !source.name(name).contains(|c: char| c.is_ascii_lowercase());
            let object = ExprRef {
                file: expr.file,
                id: object,
            };
            is_constant
                || last_name(model, object).is_some_and(|name| {
                    words(&name)
                        .iter()
                        .any(|word| matches!(word.as_str(), "self" | "cls" | "settings" | "config" | "conf" | "env"))
                })
        }
        _ => false,
    }
}

fn callee_name<'a>(model: &Model<'a>, file: text::FileId, function: ExprId) -> Option<&'a str> {
    let file = model.file(file);
    match file.ast()[function].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name)),
        _ => None,
    }
}

/// The name that an expression ends in.
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
            ExprKind::Await(value) => value,
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => match source.imported_name(name) {
                    "get" => {
                        let key = ast[arguments].first()?.value;
                        return ast.string(source.text(), key).map(|key| key.into_owned());
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
