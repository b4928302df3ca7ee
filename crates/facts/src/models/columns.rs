//! Classes of mappers, their columns and relationships.

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Model, ValueKind};
use syntax::ast::*;

use super::classes::{Classes, Member, argument, called_name, constant_text, flag, keyword, members};
use super::{Column, DataModel, DataModels, ForeignKey, Relationship, written};
use crate::libraries::data::{DATA_LIBRARIES, DataLibrary, FieldKind, ModelBase, TableRule};
use crate::libraries::owners::USER_BASE_COLUMNS;

/// Members of classes, read once.
type Bodies = FxHashMap<ClassRef, Vec<Member>>;

pub(super) fn find(model: &Model<'_>, classes: &Classes, found: &mut DataModels) {
    let mut bodies = Bodies::default();
    for &class in classes.all() {
        let Some((library, rule)) = library(model, classes, class) else {
            continue;
        };
        let lineage = classes.lineage(class);
        for class in &lineage {
            bodies.entry(*class).or_insert_with(|| members(model, *class));
        }
        if !is_table(model, class, rule, &lineage, &bodies) {
            continue;
        }
        let mut data = DataModel::of_class(model, class, library);
        data.table = table_name(model, library, rule, &lineage, &bodies);
        data.bases = lineage[1..].to_vec();
        for class in &lineage {
            for member in &bodies[class] {
                add_member(model, library, member, &mut data);
            }
        }
        add_library_columns(classes, rule, &mut data, class);
        found.add(data);
    }
}

/// Columns that base classes from outside declare.
fn add_library_columns(classes: &Classes, rule: TableRule, data: &mut DataModel, class: ClassRef) {
    let outside = classes.outside(class);
    let is_user_base = |path: &str| {
        let is_base = |library: &&DataLibrary| {
            library.has_path(path)
                && path
                    .rsplit('.')
                    .next()
                    .is_some_and(|last| library.user_bases.contains(&last))
        };
        DATA_LIBRARIES.iter().copied().any(|library| is_base(&library))
    };
    let mut names: Vec<&str> = Vec::new();
    if outside.iter().any(|path| is_user_base(path)) {
        names.extend(USER_BASE_COLUMNS);
    } else if rule == TableRule::Every {
        // Mappers for documents have a key of their own.
        names.push("id");
    }
    for name in names {
        if data.column(name).is_none() {
            let has_key = data.columns.iter().any(|column| column.is_primary_key);
            data.columns.push(Column {
                is_primary_key: name == "id" && !has_key,
                is_unique: name == "email",
                ..Column::new(name, data.span)
            });
        }
    }
}

/// The library whose models a class belongs to, and how it tells tables from other classes.
fn library(model: &Model<'_>, classes: &Classes, class: ClassRef) -> Option<(&'static DataLibrary, TableRule)> {
    let outside = classes.outside(class);
    for library in DATA_LIBRARIES {
        let is_base = |base: &&ModelBase| {
            outside
                .iter()
                .any(|path| library.has_path(path) && path.rsplit('.').next() == Some(base.name))
        };
        if let Some(base) = library.bases.iter().find(is_base) {
            return Some((library, base.table));
        }
    }
    // `class Task(Base)` whose base is not among the files, or is made by a decorator: told by the table that is
    // named.
    let lineage = classes.lineage(class);
    let names_table = lineage.iter().any(|class| {
        model.class_binding(*class, "__tablename__").is_some()
            || model
                .class_binding(*class, "__table__")
                .is_some_and(|binding| is_call(model, *class, binding))
    });
    let sqlalchemy = DATA_LIBRARIES.iter().find(|library| library.name == "SQLAlchemy")?;
    names_table.then_some((*sqlalchemy, TableRule::Named))
}

/// `__table__ = Table(…)`; a text under this name is another library's.
fn is_call(model: &Model<'_>, class: ClassRef, binding: &semantic::Binding) -> bool {
    match binding.kind {
        semantic::BindingKind::Value(id) => matches!(model.ast(class.file)[id].kind, ExprKind::Call { .. }),
        _ => false,
    }
}

fn is_table(model: &Model<'_>, class: ClassRef, rule: TableRule, lineage: &[ClassRef], bodies: &Bodies) -> bool {
    let own = |name: &str| bodies[&class].iter().find(|member| member.name == name);
    let is_abstract = own("__abstract__")
        .and_then(|member| member.value)
        .and_then(|value| flag(model, value));
    if is_abstract == Some(true) {
        return false;
    }
    match rule {
        TableRule::Keyword => keyword(model, class, "table").and_then(|value| flag(model, value)) == Some(true),
        TableRule::Named => {
            let names = |class: &ClassRef| {
                let is_name = |member: &Member| matches!(&*member.name, "__tablename__" | "__table__");
                bodies[class].iter().any(is_name)
            };
            // A base with a computed table name, or a mixin, has no columns that a mapper declares for itself.
            let is_computed = own("__tablename__").is_some_and(|member| member.function.is_some());
            !is_computed && lineage.iter().any(names)
        }
        TableRule::Every => match own("Meta").and_then(|member| member.class) {
            Some(meta) => {
                let declared = members(model, meta)
                    .into_iter()
                    .find(|member| member.name == "abstract");
                declared.and_then(|member| flag(model, member.value?)) != Some(true)
            }
            None => match own("meta").and_then(|member| member.value) {
                Some(meta) => entry(model, meta, "abstract").and_then(|value| flag(model, value)) != Some(true),
                None => true,
            },
        },
        TableRule::Embedded => false,
    }
}

/// The table or collection that a class says it is stored in.
fn table_name(
    model: &Model<'_>,
    library: &DataLibrary,
    rule: TableRule,
    lineage: &[ClassRef],
    bodies: &Bodies,
) -> Option<String> {
    for class in lineage {
        for member in &bodies[class] {
            let named = match (&*member.name, member.value, member.class) {
                ("__tablename__", Some(value), _) => constant_text(model, value),
                // `__table__ = Table("tasks", …)`
                ("__table__", Some(value), _) => {
                    let name = argument(model, value, Some(0), &["name"]);
                    name.and_then(|name| constant_text(model, name))
                }
                ("meta" | "model_config", Some(value), _) => {
                    entry(model, value, "collection").and_then(|name| constant_text(model, name))
                }
                ("Settings" | "Meta" | "Config" | "Collection", _, Some(inner)) => {
                    let inner = members(model, inner);
                    let name = inner
                        .iter()
                        .find(|member| matches!(&*member.name, "name" | "table" | "collection"));
                    name.and_then(|member| constant_text(model, member.value?))
                }
                _ => None,
            };
            if named.is_some() {
                return named;
            }
        }
    }
    // SQLModel's default; the others change the name in ways of their own.
    let name = || model.class_name(lineage[0]);
    match rule {
        TableRule::Keyword => Some(name().to_lowercase()),
        TableRule::Every if library.name == "Beanie" => Some(name().to_owned()),
        TableRule::Every => Some(name().to_lowercase()),
        _ => None,
    }
}

/// The value under a key of a dictionary, or of a keyword of a call.
fn entry(model: &Model<'_>, expr: ExprRef, wanted: &str) -> Option<ExprRef> {
    let ast = model.ast(expr.file);
    if let ExprKind::Dict(items) = ast[expr.id].kind {
        return ast[items].iter().find_map(|item| match *item {
            DictItem::Pair { key, value }
                if ast.string(model.file(expr.file).text(), key).as_deref() == Some(wanted) =>
            {
                Some(ExprRef {
                    file: expr.file,
                    id: value,
                })
            }
            _ => None,
        });
    }
    argument(model, expr, None, &[wanted])
}

fn add_member(model: &Model<'_>, library: &DataLibrary, member: &Member, data: &mut DataModel) {
    let is_taken = data.columns.iter().any(|column| column.name == member.name)
        || data
            .relationships
            .iter()
            .any(|relationship| relationship.name == member.name);
    if is_taken || member.name.starts_with("__") {
        return;
    }
    // `@declared_attr def user_id(cls): return Column(…)`
    let value = member.value.or_else(|| declared_attribute(model, member));
    let declared = value.and_then(|value| declaring_call(model, library, value));
    let annotation = member.annotation.map(|annotation| aliased(model, annotation));
    let kind = match (&declared, annotation) {
        (Some((_, kind)), _) => *kind,
        // `id: Mapped[int]`, `title: str` of a pydantic class.
        (None, Some(annotation)) if is_stored_annotation(model, library, member, annotation) => FieldKind::Column,
        _ => return,
    };
    let call = declared.map(|(call, _)| call);
    let reference = match kind {
        FieldKind::Column => annotation.and_then(|annotation| linked(model, annotation)),
        _ => None,
    };
    match kind {
        FieldKind::Column if reference.is_none() => {
            if annotation.is_some_and(|annotation| is_relationship_annotation(model, library, annotation, call)) {
                add_relationship(model, member, annotation, call, data);
            } else {
                let column = column(model, member, annotation, call);
                data.columns.push(column);
            }
        }
        // A link of documents: the other document's key stands in this field.
        FieldKind::Column | FieldKind::Reference => {
            let target = reference.or_else(|| argument(model, call?, Some(0), &["document_type"]));
            let mut column = column(model, member, annotation, call);
            column.foreign_key = target.or(annotation).map(|target| ForeignKey {
                target: class_text(model, target),
                span: model.span(target),
                model: None,
                column: None,
            });
            data.columns.push(column);
        }
        FieldKind::ForeignKey => {
            let target = call.and_then(|call| argument(model, call, Some(0), &["model_name", "to"]));
            let mut column = column(model, member, None, call);
            column.name = format!("{}_id", member.name);
            column.written_type = None;
            column.foreign_key = target.map(|target| ForeignKey {
                target: class_text(model, target),
                span: model.span(target),
                model: None,
                column: None,
            });
            data.columns.push(column);
            add_relationship(model, member, None, call, data);
        }
        FieldKind::Relationship => add_relationship(model, member, annotation, call, data),
        FieldKind::Other => {}
    }
}

/// What a method with `@declared_attr` gives.
fn declared_attribute(model: &Model<'_>, member: &Member) -> Option<ExprRef> {
    let function = member.function?;
    let ast = model.ast(function.file);
    let file = model.file(function.file);
    let is_declared = ast[ast[function.id].decorators].iter().any(|&decorator| {
        ast.descendants(decorator).into_iter().any(|part| match ast[part].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => file.imported_name(name) == "declared_attr",
            _ => false,
        })
    });
    let returned = model.returns(function);
    let id = *returned.first().filter(|_| is_declared)?;
    Some(ExprRef {
        file: function.file,
        id,
    })
}

/// The call that declares a member, and what it makes of it.
fn declaring_call(model: &Model<'_>, library: &DataLibrary, value: ExprRef) -> Option<(ExprRef, FieldKind)> {
    let name = called_name(model, value)?;
    let kind = library.field(&name)?;
    // `deferred(Column(…))`
    let call = match &*name {
        "deferred" => argument(model, value, Some(0), &[]).unwrap_or(value),
        _ => value,
    };
    Some((call, kind))
}

/// The annotation that an alias stands for: `user_key = Annotated[int, mapped_column(ForeignKey("users.id"))]`.
fn aliased(model: &Model<'_>, annotation: ExprRef) -> ExprRef {
    let ast = model.ast(annotation.file);
    let name = match ast[annotation.id].kind {
        ExprKind::Name(_) => annotation,
        ExprKind::Subscript { index, .. } if matches!(ast[index].kind, ExprKind::Name(_)) => ExprRef {
            file: annotation.file,
            id: index,
        },
        _ => return annotation,
    };
    match bound_to(model, name) {
        Some(value) if matches!(model.expr(value).kind, ExprKind::Subscript { .. }) => value,
        _ => annotation,
    }
}

/// The only expression that a name is bound to.
fn bound_to(model: &Model<'_>, name: ExprRef) -> Option<ExprRef> {
    let semantic::NameUse::Bound(definitions) = model.definitions(name) else {
        return None;
    };
    match definitions.as_slice() {
        [only] => match only.binding.kind {
            semantic::BindingKind::Value(id) => Some(ExprRef { file: only.file, id }),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an annotation alone declares a column.
fn is_stored_annotation(model: &Model<'_>, library: &DataLibrary, member: &Member, annotation: ExprRef) -> bool {
    if member.function.is_some() || member.name.starts_with('_') {
        return false;
    }
    let outer = outer_name(model, annotation);
    match library.name {
        "SQLAlchemy" => outer
            .as_deref()
            .is_some_and(|name| name == "Mapped" || name == "Annotated"),
        "SQLModel" | "Beanie" | "ODMantic" => {
            !matches!(outer.as_deref(), Some("ClassVar" | "BackLink")) && member.name != "model_config"
        }
        _ => false,
    }
}

/// `Mapped[list["Task"]]` without a value is a relationship; so is `Mapped["User"]` when the text names a class.
fn is_relationship_annotation(
    model: &Model<'_>,
    library: &DataLibrary,
    annotation: ExprRef,
    call: Option<ExprRef>,
) -> bool {
    call.is_none()
        && library.name == "SQLAlchemy"
        && targets(model, annotation).iter().any(|target| {
            let is_text = matches!(model.expr(*target).kind, ExprKind::String { .. });
            let is_model = |class: ClassRef| model.class_binding(class, "__tablename__").is_some();
            match is_text {
                true => class_text(model, *target)
                    .chars()
                    .next()
                    .is_some_and(char::is_uppercase),
                false => model
                    .eval(*target)
                    .iter()
                    .any(|value| matches!(value.kind, ValueKind::Class(class) if is_model(class))),
            }
        })
}

/// `Mapped` of `Mapped[int]`, `orm.Mapped[int]`.
fn outer_name(model: &Model<'_>, annotation: ExprRef) -> Option<String> {
    let file = model.file(annotation.file);
    let ast = file.ast();
    let at = match ast[annotation.id].kind {
        ExprKind::Subscript { object, .. } => object,
        _ => annotation.id,
    };
    match ast[at].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name).to_owned()),
        _ => None,
    }
}

/// `User` of `Link[User]`, also inside `Optional` and lists.
fn linked(model: &Model<'_>, annotation: ExprRef) -> Option<ExprRef> {
    let ast = model.ast(annotation.file);
    ast.descendants(annotation.id).into_iter().take(40).find_map(|part| {
        let ExprKind::Subscript { object, index } = ast[part].kind else {
            return None;
        };
        match ast[object].kind {
            ExprKind::Name(name)
                if matches!(
                    model.file(annotation.file).imported_name(name),
                    "Link" | "PydanticDBRef"
                ) =>
            {
                Some(ExprRef {
                    file: annotation.file,
                    id: index,
                })
            }
            _ => None,
        }
    })
}

fn column(model: &Model<'_>, member: &Member, annotation: Option<ExprRef>, call: Option<ExprRef>) -> Column {
    let mut column = Column::new(&member.name, member.span);
    column.written_type = annotation.map(|annotation| written(model, annotation));
    let annotated = annotation
        .into_iter()
        .flat_map(|annotation| calls_in(model, annotation));
    for call in call.into_iter().chain(annotated).collect::<Vec<_>>() {
        describe(model, call, &mut column);
    }
    if column.is_nullable.is_none()
        && let Some(annotation) = annotation
    {
        column.is_nullable = Some(takes_none(model, annotation));
    }
    if column.is_primary_key {
        column.is_nullable = Some(false);
    }
    column
}

/// Reads the arguments of `Column(…)`, `Field(…)`, `mapped_column(…)`, `IntField(…)`.
pub(super) fn describe(model: &Model<'_>, call: ExprRef, column: &mut Column) {
    let flag_of = |names: &[&str]| argument(model, call, None, names).and_then(|value| flag(model, value));
    column.is_primary_key |= flag_of(&["primary_key", "pk"]) == Some(true);
    column.is_unique |= flag_of(&["unique"]) == Some(true);
    if let Some(is_nullable) = flag_of(&["nullable", "null"]) {
        column.is_nullable = Some(is_nullable);
    } else if flag_of(&["required"]) == Some(true) {
        column.is_nullable = Some(false);
    }
    if let Some(target) = argument(model, call, None, &["foreign_key"]) {
        column.foreign_key = Some(foreign_key(model, target));
    }
    let ast = model.ast(call.file);
    for inner in calls_in(model, call) {
        match called_name(model, inner).as_deref() {
            Some("ForeignKey") => {
                if let Some(target) = argument(model, inner, Some(0), &["column"]) {
                    column.foreign_key = Some(foreign_key(model, target));
                }
            }
            // `Field(sa_column=Column(…))`
            Some("Column" | "mapped_column") if inner != call => {
                let given = |name: &str| argument(model, inner, None, &[name]).and_then(|value| flag(model, value));
                column.is_primary_key |= given("primary_key") == Some(true);
                column.is_unique |= given("unique") == Some(true);
                column.is_nullable = given("nullable").or(column.is_nullable);
            }
            _ => {}
        }
    }
    if column.written_type.is_none()
        && let ExprKind::Call { arguments, .. } = ast[call.id].kind
    {
        let is_type = |argument: &&Argument| {
            argument.kind == ArgumentKind::Positional && !matches!(ast[argument.value].kind, ExprKind::String { .. })
        };
        let first = ast[arguments].iter().find(is_type).map(|argument| ExprRef {
            file: call.file,
            id: argument.value,
        });
        let name = first.filter(|first| called_name(model, *first).as_deref() != Some("ForeignKey"));
        column.written_type = match name {
            Some(name) => Some(written(model, name)),
            None => called_name(model, call).filter(|name| name.ends_with("Field")),
        };
    }
}

/// A foreign key's target: `"users.id"`, `User.id`.
pub(super) fn foreign_key(model: &Model<'_>, target: ExprRef) -> ForeignKey {
    let text = constant_text(model, target)
        .or_else(|| format_text(model, target))
        .unwrap_or_else(|| written(model, target));
    let mut segments = text.rsplit('.');
    let column = segments.next().map(str::to_owned).filter(|_| text.contains('.'));
    ForeignKey {
        span: model.span(target),
        model: None,
        column,
        target: text,
    }
}

/// The constant end of a text with parts that are not: `f"{SCHEMA}.users.id"`.
fn format_text(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    model.eval(expr).into_iter().find_map(|value| match value.kind {
        ValueKind::Format(parts) => match parts.last()? {
            semantic::TextOrValue::Text(text) => Some(text.trim_start_matches('.').to_owned()),
            semantic::TextOrValue::Value(..) => None,
        },
        _ => None,
    })
}

/// Calls inside an expression, itself included.
pub(super) fn calls_in(model: &Model<'_>, expr: ExprRef) -> Vec<ExprRef> {
    let ast = model.ast(expr.file);
    let parts = ast.descendants(expr.id).into_iter().take(400);
    parts
        .filter(|&part| matches!(ast[part].kind, ExprKind::Call { .. }))
        .map(|id| ExprRef { file: expr.file, id })
        .collect()
}

fn takes_none(model: &Model<'_>, annotation: ExprRef) -> bool {
    let file = model.file(annotation.file);
    let ast = file.ast();
    ast.descendants(annotation.id)
        .into_iter()
        .take(40)
        .any(|part| match ast[part].kind {
            ExprKind::None => true,
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => file.imported_name(name) == "Optional",
            _ => false,
        })
}

fn add_relationship(
    model: &Model<'_>,
    member: &Member,
    annotation: Option<ExprRef>,
    call: Option<ExprRef>,
    data: &mut DataModel,
) {
    let given = call.and_then(|call| argument(model, call, Some(0), &["argument", "model_name", "to"]));
    let target = given.or_else(|| annotation.and_then(|annotation| targets(model, annotation).into_iter().next()));
    let text = |names: &[&str]| {
        let value = argument(model, call?, None, names)?;
        constant_text(model, value)
    };
    let is_list = annotation.is_some_and(|annotation| {
        let source = model.file(annotation.file).source();
        let ast = source.ast();
        ast.descendants(annotation.id)
            .into_iter()
            .take(40)
            .any(|part| match ast[part].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => matches!(
                    model.file(annotation.file).imported_name(name),
                    "List" | "list" | "Set" | "set" | "Sequence" | "DynamicMapped" | "WriteOnlyMapped"
                ),
                ExprKind::String { .. } => {
                    let text = ast.string(source.text(), part).unwrap_or_default().to_lowercase();
                    text.starts_with("list[") || text.starts_with("set[")
                }
                _ => false,
            })
    });
    let one = call
        .and_then(|call| argument(model, call, None, &["uselist"]))
        .and_then(|value| flag(model, value));
    let is_many_to_many = call.and_then(|call| called_name(model, call)).as_deref() == Some("ManyToManyField");
    data.relationships.push(Relationship {
        name: member.name.clone(),
        span: member.span,
        target: target.map(|target| class_text(model, target)).unwrap_or_default(),
        model: None,
        back_populates: text(&["back_populates", "backref", "related_name"]),
        is_many: (is_list || is_many_to_many) && one != Some(false),
    });
}

/// Parts of an annotation that name a class: texts, and names that are not containers.
fn targets(model: &Model<'_>, annotation: ExprRef) -> Vec<ExprRef> {
    let source = model.file(annotation.file).source();
    let ast = source.ast();
    const CONTAINERS: [&str; 16] = [
        "Mapped",
        "DynamicMapped",
        "WriteOnlyMapped",
        "List",
        "list",
        "Set",
        "set",
        "Sequence",
        "Optional",
        "Union",
        "Annotated",
        "Relationship",
        "orm",
        "typing",
        "t",
        "None",
    ];
    ast.descendants(annotation.id)
        .into_iter()
        .take(40)
        .filter(|&part| match ast[part].kind {
            ExprKind::Name(name) => !CONTAINERS.contains(&model.file(annotation.file).imported_name(name)),
            ExprKind::String { .. } => true,
            _ => false,
        })
        .map(|id| ExprRef {
            file: annotation.file,
            id,
        })
        .collect()
}

/// A class as a text or expression names it: `User` of `"List[app.models.User]"`, `lambda: User`.
fn class_text(model: &Model<'_>, expr: ExprRef) -> String {
    let ast = model.ast(expr.file);
    let expr = match ast[expr.id].kind {
        ExprKind::Lambda { body, .. } => ExprRef {
            file: expr.file,
            id: body,
        },
        _ => expr,
    };
    let text = constant_text(model, expr).unwrap_or_else(|| written(model, expr));
    let inner = text
        .rsplit('[')
        .next()
        .unwrap_or(&text)
        .split(']')
        .next()
        .unwrap_or(&text);
    let inner = inner.split('|').next().unwrap_or(inner).trim();
    inner.trim_matches(['"', '\'', ' ']).to_owned()
}
