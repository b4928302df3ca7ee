//! Pydantic classes and their like: what bodies are read into and responses are made of.

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Model};
use syntax::ast::*;

use super::classes::{Classes, Member, argument, called_name, constant_text, flag, keyword, members};
use super::{DataModels, Extra, Schema, SchemaField, written};
use crate::libraries::schemas::{IGNORED_FIELDS, is_schema_base};

pub(super) fn find(model: &Model<'_>, classes: &Classes, found: &mut DataModels) {
    let mut bodies: FxHashMap<ClassRef, Vec<Member>> = FxHashMap::default();
    for &class in classes.all() {
        let is_schema = classes.outside(class).iter().any(|path| is_schema_base(path)) || is_dataclass(model, class);
        if !is_schema {
            continue;
        }
        let lineage = classes.lineage(class);
        let mut fields: Vec<SchemaField> = Vec::new();
        let mut extra = None;
        for &declared_in in &lineage {
            let body = bodies.entry(declared_in).or_insert_with(|| members(model, declared_in));
            extra = extra.or_else(|| configured_extra(model, declared_in, body));
            for member in body.iter() {
                let is_known = fields.iter().any(|field| field.name == member.name);
                if !is_known && let Some(field) = field(model, member, declared_in) {
                    fields.push(field);
                }
            }
        }
        let ast = model.ast(class.file);
        let schema = Schema {
            name: model.class_name(class).to_owned(),
            span: text::Span::new(class.file, ast[class.id].name_range),
            class,
            fields,
            extra: extra.unwrap_or_default(),
            bases: lineage[1..].to_vec(),
        };
        found.schema_by_class.insert(class, found.schemas.len());
        found.schemas.push(schema);
    }
}

fn field(model: &Model<'_>, member: &Member, declared_in: ClassRef) -> Option<SchemaField> {
    let annotation = member.annotation?;
    let written_type = written(model, annotation);
    let is_ignored = member.name.starts_with('_')
        || IGNORED_FIELDS.contains(&&*member.name)
        || written_type.starts_with("ClassVar")
        || written_type.starts_with("typing.ClassVar");
    if is_ignored {
        return None;
    }
    let call = member.value.filter(|value| {
        let name = called_name(model, *value);
        matches!(name.as_deref(), Some("Field" | "field" | "Body" | "Query" | "Form"))
    });
    if member
        .value
        .is_some_and(|value| called_name(model, value).as_deref() == Some("Relationship"))
    {
        return None;
    }
    let is_ellipsis = |expr: ExprRef| matches!(model.expr(expr).kind, ExprKind::Ellipsis);
    let has_default = match (member.value, call) {
        (None, _) => false,
        (Some(_), Some(call)) => {
            let default = argument(model, call, Some(0), &["default", "default_factory"]);
            default.is_some_and(|default| !is_ellipsis(default))
        }
        (Some(value), None) => !is_ellipsis(value),
    };
    let names = ["alias", "validation_alias", "serialization_alias"];
    let alias = |name: &str| constant_text(model, argument(model, call?, None, &[name])?);
    let is_excluded = call
        .and_then(|call| argument(model, call, None, &["exclude"]))
        .and_then(|value| flag(model, value));
    Some(SchemaField {
        name: member.name.clone(),
        span: member.span,
        written_type,
        aliases: names.iter().filter_map(|name| alias(name)).collect(),
        is_required: !has_default,
        declared_in,
        is_excluded: is_excluded == Some(true),
    })
}

/// `model_config = ConfigDict(extra="allow")`, `class Config: extra = "allow"`, `class A(BaseModel, extra="allow")`
fn configured_extra(model: &Model<'_>, class: ClassRef, body: &[Member]) -> Option<Extra> {
    let of_keyword = keyword(model, class, "extra").and_then(|value| extra(model, value));
    let of_config = body
        .iter()
        .find_map(|member| match (&*member.name, member.value, member.class) {
            ("model_config", Some(value), _) => {
                let given = match model.expr(value).kind {
                    ExprKind::Dict(items) => {
                        let ast = model.ast(value.file);
                        ast[items].iter().find_map(|item| match *item {
                            DictItem::Pair { key, value: id }
                                if ast.string(model.file(value.file).text(), key).as_deref() == Some("extra") =>
                            {
                                Some(ExprRef { file: value.file, id })
                            }
                            _ => None,
                        })
                    }
                    _ => argument(model, value, None, &["extra"]),
                };
                extra(model, given?)
            }
            ("Config", _, Some(config)) => {
                let given = members(model, config)
                    .into_iter()
                    .find(|member| member.name == "extra")?;
                extra(model, given.value?)
            }
            _ => None,
        });
    of_keyword.or(of_config)
}

/// `"allow"`, `Extra.allow`
fn extra(model: &Model<'_>, value: ExprRef) -> Option<Extra> {
    let text = constant_text(model, value).unwrap_or_else(|| written(model, value));
    match text.rsplit('.').next()? {
        "allow" => Some(Extra::Allow),
        "forbid" => Some(Extra::Forbid),
        "ignore" => Some(Extra::Ignore),
        _ => None,
    }
}

fn is_dataclass(model: &Model<'_>, class: ClassRef) -> bool {
    let file = model.file(class.file);
    let ast = file.ast();
    ast[ast[class.id].decorators].iter().any(|&decorator| {
        let named = match ast[decorator].kind {
            ExprKind::Call { function, .. } => function,
            _ => decorator,
        };
        match ast[named].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => file.imported_name(name) == "dataclass",
            _ => false,
        }
    })
}
