//! Reads of the environment: `os.getenv`, settings classes, decouple and their like.

use semantic::{BindingKind, ClassRef, ExprRef, Model, Value, ValueKind, Values};
use syntax::ast::{ExprId, ExprKind, StmtKind};

/// A value that comes from the environment.
#[derive(Debug, Clone)]
pub struct EnvironmentRead {
    /// The variable, where its name is constant.
    pub variable: Option<String>,
    /// Start-up fails, or the value cannot be empty, when the variable is not set.
    pub is_required: bool,
    /// What stands in for an unset variable; empty where nothing does.
    pub default: Values,
}

/// A function that reads a variable: path, and position and keyword of the default.
struct Reader {
    path: &'static str,
    default: Option<(usize, &'static str)>,
    /// Without a default, an unset variable raises.
    raises: bool,
}

const READERS: &[Reader] = &[
    reader("os.getenv", 1, "default", false),
    reader("os.environ.get", 1, "default", false),
    reader("os.environ.setdefault", 1, "value", false),
    reader("os.environ.pop", 1, "default", true),
    reader("os.environb.get", 1, "default", false),
    reader("dotenv.dotenv_values().get", 1, "default", false),
    reader("decouple.config", 1, "default", true),
    reader("decouple.Config()", 1, "default", true),
    reader("decouple.AutoConfig()", 1, "default", true),
    reader("starlette.config.Config()", 2, "default", true),
    reader("starlette.config.Config().get", 2, "default", true),
    reader("environs.Env()", 1, "default", true),
    reader("environs.Env().str", 1, "default", true),
    reader("environs.env", 1, "default", true),
    reader("environs.env.str", 1, "default", true),
    reader("environ.Env()", 2, "default", true),
    reader("environ.Env().str", 1, "default", true),
    Reader {
        path: "dotenv.get_key",
        default: None,
        raises: false,
    },
];

const fn reader(path: &'static str, position: usize, keyword: &'static str, raises: bool) -> Reader {
    Reader {
        path,
        default: Some((position, keyword)),
        raises,
    }
}

/// Whether a path is that of a function that reads a variable.
pub(crate) fn is_reader(path: &str) -> bool {
    READERS.iter().any(|reader| reader.path == path)
}

/// Variables in this mapping raise when they are not set.
const MAPPINGS: &[&str] = &["os.environ", "os.environb"];

/// The read of the environment that a value is, if it is one.
pub fn environment_read(model: &Model<'_>, value: &Value) -> Option<EnvironmentRead> {
    match &value.kind {
        ValueKind::Item { base, key } => match &base.kind {
            ValueKind::External(path) if MAPPINGS.contains(&&**path) => Some(EnvironmentRead {
                variable: first_str(key),
                is_required: true,
                default: Values::new(),
            }),
            // `dotenv_values()["X"]`
            ValueKind::Call { path, .. } if &**path == "dotenv.dotenv_values" => Some(EnvironmentRead {
                variable: first_str(key),
                is_required: true,
                default: Values::new(),
            }),
            _ => None,
        },
        ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } => {
            let reader = READERS.iter().find(|reader| *reader.path == **path)?;
            let arguments = model.arguments(*call, frame.as_ref());
            let variable = arguments.get(Some(0), &["key", "option", "name", "var"]);
            let default = reader
                .default
                .and_then(|(position, keyword)| arguments.get(Some(position), &[keyword]));
            Some(EnvironmentRead {
                variable: variable.and_then(|variable| first_str(&variable.values)),
                is_required: reader.raises && default.is_none(),
                default: default.map(|default| default.values.clone()).unwrap_or_default(),
            })
        }
        ValueKind::Field { class, name, default } if is_settings_class(model, *class) => {
            let declared = Declared::new(model, *default);
            let own_name = || format!("{}{name}", prefix(model, *class)).to_uppercase();
            let only_none = |values: &Values| values.iter().all(|value| matches!(value.kind, ValueKind::None));
            let default = declared
                .default
                .filter(|default| default.is_empty() || !only_none(default) || takes_none(model, *class, name));
            Some(EnvironmentRead {
                variable: Some(declared.variable.unwrap_or_else(own_name)),
                is_required: default.is_none(),
                default: default.unwrap_or_default(),
            })
        }
        _ => None,
    }
}

/// Whether a class reads its fields from the environment: by itself, or as a part of one that does.
pub fn is_settings_class(model: &Model<'_>, class: ClassRef) -> bool {
    reads_environment(model, class) || is_part_of_settings(model, class)
}

/// Whether a class reads its fields from the environment by itself.
pub(crate) fn reads_environment(model: &Model<'_>, class: ClassRef) -> bool {
    model.descends_from(class, |path| path.rsplit('.').next() == Some("BaseSettings"))
}

/// Whether a pydantic model is the type of a field of a settings class: `jwt: JWTSettings`.
fn is_part_of_settings(model: &Model<'_>, class: ClassRef) -> bool {
    if !model.descends_from(class, |path| path.rsplit('.').next() == Some("BaseModel")) {
        return false;
    }
    let name = model.class_name(class);
    model.file_ids().any(|file| {
        let ast = model.ast(file);
        let Some(name) = ast.name(name) else { return false };
        if ast.name("BaseSettings").is_none() {
            return false;
        }
        let is_it = |part: ExprId| {
            matches!(ast[part].kind, ExprKind::Name(found) | ExprKind::Attribute { name: found, .. } if found == name)
        };
        ast.classes().any(|(id, holder)| {
            let has_field = ast[holder.body].iter().any(|&stmt| match ast[stmt].kind {
                StmtKind::AnnotatedAssign { annotation, .. } => ast.descendants(annotation).into_iter().any(is_it),
                _ => false,
            });
            has_field && reads_environment(model, ClassRef { file, id })
        })
    })
}

/// What a field of a pydantic class or dataclass holds when nothing is given: of `Field(default=…)`,
/// `field(default_factory=…)` or the value itself. `None` where the field is required.
pub(crate) fn declared_default(model: &Model<'_>, default: ExprRef) -> Option<Values> {
    Declared::new(model, Some(default)).default
}

/// Whether `None` passes where a field has it as default. Settings of pydantic 2 validate their defaults; in
/// pydantic 1 a default of `None` makes any field optional.
fn takes_none(model: &Model<'_>, class: ClassRef, name: &str) -> bool {
    if model.descends_from(class, |path| path == "pydantic.BaseSettings") {
        return true;
    }
    let ast = model.ast(class.file);
    let Some(binding) = model.class_binding(class, name) else {
        return true;
    };
    let StmtKind::AnnotatedAssign { annotation, .. } = ast[binding.stmt].kind else {
        return true;
    };
    let file = model.file(class.file);
    ast.descendants(annotation)
        .into_iter()
        .any(|part| match ast[part].kind {
            ExprKind::None => true,
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                matches!(file.imported_name(name), "Optional" | "Any" | "object")
            }
            _ => false,
        })
}

/// What the names of a settings class's variables begin with.
fn prefix(model: &Model<'_>, class: ClassRef) -> String {
    let class_value = |name: &str| match model.class_binding(class, name)?.kind {
        BindingKind::Value(id) => Some(model.eval(ExprRef { file: class.file, id })),
        BindingKind::Class(id) => {
            let inner = ClassRef { file: class.file, id };
            match model.class_binding(inner, "env_prefix")?.kind {
                BindingKind::Value(id) => Some(model.eval(ExprRef { file: class.file, id })),
                _ => None,
            }
        }
        _ => None,
    };
    // `class Config: env_prefix = …` of pydantic 1.
    if let Some(prefix) = class_value("Config").as_ref().and_then(first_str) {
        return prefix;
    }
    let configured = class_value("model_config").unwrap_or_default();
    let of_call = configured.iter().find_map(|value| match &value.kind {
        ValueKind::Call { call: Some(call), .. } => {
            let arguments = model.arguments(*call, None);
            first_str(&arguments.get(None, &["env_prefix"])?.values)
        }
        ValueKind::Dict(entries) => entries.iter().find_map(|entry| match entry {
            semantic::DictEntry::Pair {
                key: Some(key), value, ..
            } if &**key == "env_prefix" => first_str(value),
            _ => None,
        }),
        _ => None,
    });
    of_call.unwrap_or_default()
}

/// Functions that declare a field: default, then where the default comes from.
const FIELDS: &[&str] = &[
    "pydantic.Field",
    "pydantic.fields.Field",
    "sqlmodel.Field",
    "dataclasses.field",
    "attr.ib",
    "attr.field",
    "attrs.field",
    "msgspec.field",
];

/// Whether a path is that of a function that declares a field.
pub(crate) fn is_field_function(path: &str) -> bool {
    FIELDS.contains(&path)
}

/// A field as its class declares it.
struct Declared {
    variable: Option<String>,
    /// `None`: required.
    default: Option<Values>,
}

impl Declared {
    fn new(model: &Model<'_>, default: Option<ExprRef>) -> Declared {
        let Some(default) = default else {
            return Declared {
                variable: None,
                default: None,
            };
        };
        let is_ellipsis =
            |expr: Option<ExprRef>| expr.is_some_and(|expr| matches!(model.expr(expr).kind, ExprKind::Ellipsis));
        // `SECRET: str = ...`
        if is_ellipsis(Some(default)) {
            return Declared {
                variable: None,
                default: None,
            };
        }
        let values = model.eval(default);
        let field = values.iter().find_map(|value| match &value.kind {
            ValueKind::Call {
                path, call: Some(call), ..
            } if is_field_function(path) => Some(*call),
            _ => None,
        });
        let Some(call) = field else {
            return Declared {
                variable: None,
                default: Some(values),
            };
        };
        let arguments = model.arguments(call, None);
        let given = arguments
            .get(Some(0), &["default"])
            .filter(|argument| !is_ellipsis(argument.expr))
            .map(|argument| argument.values.clone());
        let made = || {
            let given = arguments.get(None, &["default_factory", "factory"])?;
            let factory = given.values.iter().find_map(|value| match &value.kind {
                ValueKind::Function(function) => Some(model.result(*function)),
                ValueKind::Lambda(lambda) => match model.expr(*lambda).kind {
                    ExprKind::Lambda { body, .. } => Some(model.eval(ExprRef {
                        file: lambda.file,
                        id: body,
                    })),
                    _ => None,
                },
                ValueKind::External(path) => Some(vec![Value::new(
                    ValueKind::Call {
                        path: path.clone(),
                        call: None,
                        frame: None,
                    },
                    given.expr.map_or(given.span, |expr| model.span(expr)),
                )]),
                _ => None,
            });
            Some(factory.unwrap_or_default())
        };
        Declared {
            variable: arguments
                .get(None, &["validation_alias", "alias", "env"])
                .and_then(|name| first_str(&name.values)),
            default: given.or_else(made),
        }
    }
}

fn first_str(values: &Values) -> Option<String> {
    values.first()?.as_str().map(str::to_owned)
}
