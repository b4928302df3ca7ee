//! Routes that answer with a user's password hash or another secret of their row.
//!
//! FastAPI answers with what the handler returns, cut to the response model where there is one; without one, with
//! every column of the row.

use semantic::{BindingKind, ClassRef, ExprRef, Model, MutationKind, NameUse, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::applications::{Applications, Route};
use crate::data::Data;
use crate::libraries::data::Operation as Access;
use crate::libraries::owners::{LOGIN_COLUMNS, PASSWORD_COLUMNS};
use crate::libraries::privileges::plain;
use crate::models::classes::{argument, constant_text};
use crate::models::{DataModel, DataModelId, ModelSource};
use crate::queries::Query;

/// A route that tells a secret of a row.
#[derive(Debug, Clone)]
pub struct SecretAnswer {
    /// What tells it: what is returned, or the response model.
    pub span: Span,
    pub kind: AnswerKind,
    /// The class or table.
    pub class: String,
    /// The field, with its place where it is declared.
    pub field: String,
    pub field_span: Option<Span>,
    /// Index in [`Applications::routes`].
    pub route: usize,
    /// All such fields of the class, where the answer is made by it alone.
    pub cut: Option<Cut>,
}

/// What the route could leave out of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub fields: Vec<String>,
    /// `list[User]`
    pub is_list: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// A row without a response model.
    Row,
    /// The field alone.
    Field,
    /// `response_model=` has the field.
    ResponseModel,
    /// The return annotation has it.
    ReturnType,
}

/// Other secrets of an account than its password.
const SECRETS: &[&str] = &[
    "salt",
    "passwordsalt",
    "totpsecret",
    "otpsecret",
    "mfasecret",
    "twofactorsecret",
    "resettoken",
    "passwordresettoken",
    "resetpasswordtoken",
    "refreshtoken",
    "apikeyhash",
];

const MAX_STEPS: usize = 60;
const MAX_DEPTH: usize = 5;

pub(crate) fn find(model: &Model<'_>, applications: &Applications, data: &Data) -> Vec<SecretAnswer> {
    let has_secret = data.models.all().any(|(_, model)| secret_column(model).is_some());
    let has_schema = data
        .models
        .schemas
        .iter()
        .any(|schema| schema.fields.iter().any(|field| is_secret(&field.name)));
    if !has_secret && !has_schema {
        return Vec::new();
    }
    let finder = Finder { model, data };
    let mut out: Vec<SecretAnswer> = Vec::new();
    for (index, route) in applications.routes.iter().enumerate() {
        if model.file(route.operation.declaration.file).is_test() || route.operation.methods.is_empty() {
            continue;
        }
        for found in finder.route(index, route) {
            if !out.iter().any(|known| known.span == found.span) {
                out.push(found);
            }
        }
    }
    text::sort_by_number(&mut out, |answer| answer.span.number());
    out
}

struct Finder<'f, 'a> {
    model: &'f Model<'a>,
    data: &'f Data,
}

/// A secret that a value tells.
struct Told {
    kind: AnswerKind,
    class: String,
    field: String,
    field_span: Option<Span>,
}

/// What cuts the answer of a route.
enum Filter {
    /// A response model that tells a secret, or a return annotation.
    Tells(Told, Span),
    /// One that does not, or is not followed.
    Cuts,
    None,
}

fn is_secret(name: &str) -> bool {
    let name = plain(name);
    PASSWORD_COLUMNS.contains(&&*name) || SECRETS.contains(&&*name)
}

/// A type that does not show its value, or only says whether there is one.
fn is_hidden(written_type: &str) -> bool {
    written_type.contains("Secret") || written_type.split([' ', '|', '[', ']', ',']).any(|word| word == "bool")
}

fn secret_column(model: &DataModel) -> Option<&crate::models::Column> {
    let is_account = model.is_user()
        || (model
            .columns
            .iter()
            .any(|column| PASSWORD_COLUMNS.contains(&&*plain(&column.name)))
            && model
                .columns
                .iter()
                .any(|column| LOGIN_COLUMNS.contains(&&*plain(&column.name))));
    let secret = |names: &[&str]| {
        model.columns.iter().find(|column| {
            names.contains(&&*plain(&column.name)) && !column.written_type.as_deref().is_some_and(is_hidden)
        })
    };
    match is_account {
        true => secret(PASSWORD_COLUMNS).or_else(|| secret(SECRETS)),
        false => None,
    }
}

impl Finder<'_, '_> {
    fn route(&self, index: usize, route: &Route) -> Vec<SecretAnswer> {
        let operation = &route.operation;
        let Some(function) = operation.handler.function() else {
            return Vec::new();
        };
        let answer = |told: Told, span: Span| SecretAnswer {
            span,
            kind: told.kind,
            class: told.class,
            field: told.field,
            field_span: told.field_span,
            route: index,
            cut: None,
        };
        let returns = self.model.returns(function);
        let registration = self.model.expr_of(operation.registration);
        match self.filter(registration, function) {
            Filter::Cuts => Vec::new(),
            Filter::Tells(told, span) => {
                let at = match (told.kind, returns.first()) {
                    (AnswerKind::ReturnType, Some(&first)) => {
                        let ast = self.model.ast(function.file);
                        Span::new(function.file, ast[first].range)
                    }
                    _ => span,
                };
                let cut = self.cut(&told, span);
                vec![SecretAnswer {
                    cut,
                    ..answer(told, at)
                }]
            }
            Filter::None => {
                let mut out = Vec::new();
                for &id in returns.iter() {
                    let expr = ExprRef {
                        file: function.file,
                        id,
                    };
                    if let Some(told) = self.told(expr) {
                        out.push(answer(told, self.model.span(expr)));
                    }
                }
                out
            }
        }
    }

    fn cut(&self, told: &Told, annotation: Span) -> Option<Cut> {
        let expr = self.model.expr_of(annotation)?;
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let class = |id: ExprId| {
            let values = self.model.eval(ExprRef { file: expr.file, id });
            let mut classes = values.iter().map(|value| match value.kind {
                ValueKind::Class(class) => self.data.models.schema(class),
                _ => None,
            });
            classes.next().flatten().filter(|schema| schema.name == told.class)
        };
        let (schema, is_list) = match ast[expr.id].kind {
            ExprKind::Subscript { object, index, .. } => match ast[object].kind {
                ExprKind::Name(name) if matches!(source.name(name), "list" | "List" | "Sequence") => {
                    (class(index)?, true)
                }
                _ => return None,
            },
            _ => (class(expr.id)?, false),
        };
        let fields = schema
            .fields
            .iter()
            .filter(|field| is_secret(&field.name) && !field.is_excluded);
        Some(Cut {
            fields: fields.map(|field| field.name.clone()).collect(),
            is_list,
        })
    }

    fn filter(&self, registration: Option<ExprRef>, function: semantic::FunctionRef) -> Filter {
        if let Some(call) = registration {
            let given = argument(self.model, call, None, &["response_model"]);
            if let Some(given) = given {
                if matches!(self.model.expr(given).kind, ExprKind::None) {
                    return Filter::None;
                }
                let told = self.told_by_annotation(given, AnswerKind::ResponseModel);
                return match told.filter(|told| !self.is_cut(call, &told.field)) {
                    Some(told) => Filter::Tells(told, self.model.span(given)),
                    None => Filter::Cuts,
                };
            }
            if argument(
                self.model,
                call,
                None,
                &["response_model_exclude", "response_model_include"],
            )
            .is_some()
            {
                return Filter::Cuts;
            }
        }
        let ast = self.model.ast(function.file);
        let Some(id) = ast[function.id].returns else {
            return Filter::None;
        };
        let annotation = ExprRef {
            file: function.file,
            id,
        };
        if self.is_open(annotation) {
            return Filter::None;
        }
        match self.told_by_annotation(annotation, AnswerKind::ReturnType) {
            Some(told) => Filter::Tells(told, self.model.span(annotation)),
            None => Filter::Cuts,
        }
    }

    /// `response_model_exclude={"hashed_password"}`
    fn is_cut(&self, call: ExprRef, field: &str) -> bool {
        let names = |keyword: &str| {
            let given = argument(self.model, call, None, &[keyword])?;
            let ast = self.model.ast(given.file);
            let texts: Vec<String> = ast
                .descendants(given.id)
                .into_iter()
                .filter_map(|id| constant_text(self.model, ExprRef { file: given.file, id }))
                .collect();
            Some(texts)
        };
        let has = |names: &[String]| names.iter().any(|name| name == field);
        names("response_model_exclude").is_some_and(|names| names.is_empty() || has(&names))
            || names("response_model_include").is_some_and(|names| !has(&names))
    }

    /// An annotation that cuts nothing: `dict`, `Any`, a response.
    fn is_open(&self, annotation: ExprRef) -> bool {
        const OPEN: [&str; 14] = [
            "dict", "Dict", "Any", "list", "List", "object", "str", "None", "Optional", "Union", "typing", "Mapping",
            "t", "Sequence",
        ];
        let file = self.model.file(annotation.file);
        let ast = file.ast();
        let is_own = |part: ExprId| {
            let part = ExprRef {
                file: annotation.file,
                id: part,
            };
            let values = self.model.eval(part);
            values.iter().any(|value| matches!(value.kind, ValueKind::Class(_)))
        };
        ast.descendants(annotation.id)
            .into_iter()
            .all(|part| match ast[part].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                    let name = file.imported_name(name);
                    let is_response = name.ends_with("Response") && !is_own(part);
                    OPEN.contains(&name) || is_response || matches!(name, "fastapi" | "starlette" | "responses")
                }
                _ => true,
            })
    }

    /// The secret of a class in an annotation.
    fn told_by_annotation(&self, annotation: ExprRef, kind: AnswerKind) -> Option<Told> {
        let ast = self.model.ast(annotation.file);
        ast.descendants(annotation.id).into_iter().take(40).find_map(|id| {
            if !matches!(ast[id].kind, ExprKind::Name(_) | ExprKind::Attribute { .. }) {
                return None;
            }
            let part = ExprRef {
                file: annotation.file,
                id,
            };
            self.model.eval(part).into_iter().find_map(|value| match value.kind {
                ValueKind::Class(class) => self.told_by_class(class, kind, 0),
                ValueKind::Call {
                    ref path,
                    call: Some(call),
                    ..
                } if path.ends_with(".pydantic_model_creator") => self.told_by_creator(call, kind),
                _ => None,
            })
        })
    }

    /// Tortoise: `pydantic_model_creator(User)` has every column that it is not told to leave out.
    fn told_by_creator(&self, call: ExprRef, kind: AnswerKind) -> Option<Told> {
        let of = argument(self.model, call, Some(0), &["cls"])?;
        let class = self.model.eval(of).into_iter().find_map(|value| match value.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        })?;
        let model = self.data.models.get(self.data.models.of_class(class)?);
        let column = secret_column(model)?;
        let names = |keyword: &str| {
            let given = argument(self.model, call, None, &[keyword])?;
            let ast = self.model.ast(given.file);
            let texts = ast.descendants(given.id).into_iter();
            let mut texts = texts.filter_map(|id| constant_text(self.model, ExprRef { file: given.file, id }));
            Some(texts.any(|name| name == column.name))
        };
        let is_left_out = names("exclude") == Some(true) || names("include") == Some(false);
        (!is_left_out).then(|| Told {
            kind,
            class: model.name.clone(),
            field: column.name.clone(),
            field_span: Some(column.span),
        })
    }

    /// A class of an account with a secret among its fields, or in a class of its fields.
    fn told_by_class(&self, class: ClassRef, kind: AnswerKind, depth: usize) -> Option<Told> {
        let schema = self.data.models.schema(class)?;
        let is_account = schema
            .fields
            .iter()
            .any(|field| LOGIN_COLUMNS.contains(&&*plain(&field.name)));
        let own = schema.fields.iter().find(|field| {
            is_account && is_secret(&field.name) && !field.is_excluded && !is_hidden(&field.written_type)
        });
        if let Some(field) = own {
            return Some(Told {
                kind,
                class: schema.name.clone(),
                field: field.name.clone(),
                field_span: Some(field.span),
            });
        }
        // Relationships of tables are not answered.
        if depth > 2 || self.data.models.of_class(class).is_some() {
            return None;
        }
        schema.fields.iter().find_map(|field| {
            let mut named = self.data.models.schemas.iter().filter(|other| {
                field
                    .written_type
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == other.name)
            });
            let inner = named.next()?;
            match named.next() {
                Some(_) => None,
                None => self.told_by_class(inner.class, kind, depth + 1),
            }
        })
    }

    /// The secret that a returned value tells.
    fn told(&self, expr: ExprRef) -> Option<Told> {
        let mut pending = vec![(expr, 0)];
        let mut steps = 0;
        while let Some((expr, depth)) = pending.pop() {
            steps += 1;
            if steps > MAX_STEPS {
                return None;
            }
            let source = self.model.file(expr.file).source();
            let ast = source.ast();
            let at = |id: ExprId| ExprRef { file: expr.file, id };
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
                ExprKind::Comprehension { element, value, .. } => {
                    pending.push((at(value.unwrap_or(element)), depth));
                }
                ExprKind::Conditional { then, otherwise, .. } => {
                    pending.push((at(then), depth));
                    pending.push((at(otherwise), depth));
                }
                ExprKind::Boolean { left, right, .. } => {
                    pending.push((at(left), depth));
                    pending.push((at(right), depth));
                }
                ExprKind::Attribute { object, name, .. } => {
                    let name = source.name(name);
                    if name == "__dict__" {
                        pending.push((at(object), depth));
                    } else if is_secret(name)
                        && let Some(id) = self.row(at(object), depth)
                    {
                        let model = self.data.models.get(id);
                        if let Some(column) = model.column(name) {
                            return Some(Told {
                                kind: AnswerKind::Field,
                                class: model.name.clone(),
                                field: name.to_owned(),
                                field_span: Some(column.span),
                            });
                        }
                    }
                }
                ExprKind::Call { function, .. } => {
                    if let Some(told) = self.told_by_call(expr, function, depth, &mut pending) {
                        return Some(told);
                    }
                }
                ExprKind::Name(_) => {
                    if let Some(told) = self.told_by_row(expr, depth) {
                        return Some(told);
                    }
                    if let NameUse::Bound(definitions) = self.model.definitions(expr) {
                        for definition in &definitions {
                            let is_cut = self.is_cleared(definition);
                            // `out.append(user)`
                            for mutation in &definition.mutations {
                                let mutated = self.model.file(definition.file).source();
                                if let MutationKind::Method { method, call } = mutation.kind
                                    && mutated.name(method) == "append"
                                    && depth < MAX_DEPTH
                                {
                                    let call = ExprRef {
                                        file: definition.file,
                                        id: call,
                                    };
                                    let added = argument(self.model, call, Some(0), &[]);
                                    pending.extend(added.map(|added| (added, depth + 1)));
                                }
                            }
                            if let BindingKind::Value(id) = definition.binding.kind
                                && !is_cut
                                && depth < MAX_DEPTH
                            {
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

    fn told_by_call(
        &self,
        call: ExprRef,
        function: ExprId,
        depth: usize,
        pending: &mut Vec<(ExprRef, usize)>,
    ) -> Option<Told> {
        let source = self.model.file(call.file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file: call.file, id };
        // `user.model_dump(exclude={…})` leaves out what it says.
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind
            && matches!(
                source.name(name),
                "model_dump" | "dict" | "copy" | "model_copy" | "_asdict"
            )
            && !self.is_own_method(at(function))
        {
            let cuts = argument(self.model, call, None, &["exclude", "include"]).is_some();
            if !cuts {
                pending.push((at(object), depth));
            }
            return None;
        }
        if let Some(told) = self.told_by_row(call, depth) {
            return Some(told);
        }
        for value in self.model.callee(call) {
            match value.kind {
                ValueKind::External(path) => match path.rsplit('.').next() {
                    Some("jsonable_encoder" | "dict" | "vars" | "list" | "asdict") => {
                        let cuts = argument(self.model, call, None, &["exclude", "include"]).is_some();
                        let first = argument(self.model, call, Some(0), &["obj"]);
                        pending.extend(first.filter(|_| !cuts).map(|first| (first, depth)));
                    }
                    Some("JSONResponse" | "ORJSONResponse" | "UJSONResponse") => {
                        let content = argument(self.model, call, Some(0), &["content"]);
                        pending.extend(content.map(|content| (content, depth)));
                    }
                    _ => {}
                },
                // A class cuts what it is made of to its own fields.
                ValueKind::Class(class) => {
                    let found = self.told_by_class(class, AnswerKind::Row, 0);
                    let is_table = self.data.models.of_class(class).is_some();
                    if let Some(told) = found.filter(|_| !is_table) {
                        return Some(told);
                    }
                }
                ValueKind::Function(function) | ValueKind::Method { function, .. } if depth < MAX_DEPTH => {
                    let returned = self.model.returns(function);
                    pending.extend(returned.iter().map(|&id| {
                        let expr = ExprRef {
                            file: function.file,
                            id,
                        };
                        (expr, depth + 1)
                    }));
                }
                _ => {}
            }
        }
        None
    }

    fn is_own_method(&self, callee: ExprRef) -> bool {
        let values = self.model.eval(callee);
        values
            .iter()
            .any(|value| matches!(value.kind, ValueKind::Method { .. } | ValueKind::Function(_)))
    }

    fn told_by_row(&self, expr: ExprRef, depth: usize) -> Option<Told> {
        let id = self.row(expr, depth)?;
        let model = self.data.models.get(id);
        let column = secret_column(model)?;
        let is_excluded = model
            .class
            .and_then(|class| self.data.models.schema(class))
            .is_some_and(|schema| {
                schema
                    .fields
                    .iter()
                    .any(|field| field.name == column.name && field.is_excluded)
            });
        (!is_excluded).then(|| Told {
            kind: AnswerKind::Row,
            class: model.name.clone(),
            field: column.name.clone(),
            field_span: Some(column.span),
        })
    }

    /// The model of the row, or rows, that an expression holds with all its columns.
    fn row(&self, expr: ExprRef, depth: usize) -> Option<DataModelId> {
        let mut pending = vec![(expr, depth)];
        let mut steps = 0;
        while let Some((expr, depth)) = pending.pop() {
            steps += 1;
            if steps > MAX_STEPS || depth > MAX_DEPTH {
                return None;
            }
            let source = self.model.file(expr.file).source();
            let ast = source.ast();
            let at = |id: ExprId| ExprRef { file: expr.file, id };
            match ast[expr.id].kind {
                ExprKind::Await(inner) => pending.push((at(inner), depth)),
                ExprKind::Name(_) => {
                    if let Some(id) = self.annotated_row(expr) {
                        return Some(id);
                    }
                    match self.model.definitions(expr) {
                        NameUse::Element { iterable } => pending.push((iterable, depth + 1)),
                        NameUse::Bound(definitions) => {
                            for definition in &definitions {
                                if self.is_cleared(definition) {
                                    return None;
                                }
                                let id = match definition.binding.kind {
                                    BindingKind::Value(id) | BindingKind::Element(id) => id,
                                    // `user = Depends(get_current_user)`
                                    BindingKind::Parameter { function, index } => {
                                        let function = semantic::FunctionRef {
                                            file: definition.file,
                                            id: function,
                                        };
                                        pending.extend(self.given(function, index).map(|given| (given, depth + 1)));
                                        continue;
                                    }
                                    _ => continue,
                                };
                                let value = ExprRef {
                                    file: definition.file,
                                    id,
                                };
                                if value != expr {
                                    pending.push((value, depth + 1));
                                }
                            }
                        }
                        _ => {}
                    }
                }
                ExprKind::Call { function, .. } => {
                    let mut queries = self.data.queries.at(expr).peekable();
                    if queries.peek().is_some() {
                        let found = queries.find(|query| self.gives_rows(query));
                        return found.and_then(Query::model);
                    }
                    // `rows.scalars().all()` of a result, `list(rows)`
                    for value in self.model.eval(at(function)) {
                        match value.kind {
                            ValueKind::Class(class) => {
                                let id = self.data.models.of_class(class)?;
                                let is_class = self.data.models.get(id).source == ModelSource::Class;
                                return is_class.then_some(id);
                            }
                            ValueKind::Function(function) | ValueKind::Method { function, .. } => {
                                pending.extend(self.model.returns(function).iter().map(|&id| {
                                    let expr = ExprRef {
                                        file: function.file,
                                        id,
                                    };
                                    (expr, depth + 1)
                                }));
                            }
                            _ => {}
                        }
                    }
                }
                ExprKind::Subscript { object, index } if !matches!(ast[index].kind, ExprKind::String { .. }) => {
                    pending.push((at(object), depth));
                }
                _ => {}
            }
        }
        None
    }

    /// What the dependency that fills a parameter returns.
    fn given(&self, function: semantic::FunctionRef, index: u32) -> impl Iterator<Item = ExprRef> {
        let injected = self.model.injected(function, index).unwrap_or_default();
        let mut out = Vec::new();
        for value in injected {
            if let ValueKind::Function(function) | ValueKind::Method { function, .. } = value.kind {
                out.extend(self.model.returns(function).iter().map(|&id| ExprRef {
                    file: function.file,
                    id,
                }));
            }
        }
        out.into_iter()
    }

    /// `current_user: User = Depends(…)`
    fn annotated_row(&self, expr: ExprRef) -> Option<DataModelId> {
        let NameUse::Bound(definitions) = self.model.definitions(expr) else {
            return None;
        };
        let [definition] = definitions.as_slice() else {
            return None;
        };
        let BindingKind::Parameter { function, index } = definition.binding.kind else {
            return None;
        };
        if self.is_cleared(definition) {
            return None;
        }
        let ast = self.model.ast(definition.file);
        let annotation = ast[ast[function].parameters].get(index as usize)?.annotation?;
        let annotation = ExprRef {
            file: definition.file,
            id: annotation,
        };
        match self.model.annotated(annotation)?.kind {
            ValueKind::Instance { class, .. } => {
                let id = self.data.models.of_class(class)?;
                (self.data.models.get(id).class == Some(class)).then_some(id)
            }
            _ => None,
        }
    }

    /// `user.hashed_password = None`, `user.pop("password")`, `del user["password"]`
    fn is_cleared(&self, definition: &semantic::Definition) -> bool {
        let source = self.model.file(definition.file).source();
        let key = |id: ExprId| {
            let key = ExprRef {
                file: definition.file,
                id,
            };
            constant_text(self.model, key).is_none_or(|name| is_secret(&name))
        };
        definition.mutations.iter().any(|mutation| match mutation.kind {
            MutationKind::SetAttribute { attribute, .. } => is_secret(source.name(attribute)),
            MutationKind::DeleteItem { key: id } | MutationKind::SetItem { key: id, .. } => key(id),
            MutationKind::Method { method, call } => {
                let call = ExprRef {
                    file: definition.file,
                    id: call,
                };
                source.name(method) == "pop"
                    && argument(self.model, call, Some(0), &[]).is_none_or(|first| key(first.id))
            }
            MutationKind::Augment { .. } => false,
        })
    }

    /// Whether a query gives rows with all their columns.
    fn gives_rows(&self, query: &Query) -> bool {
        if !matches!(
            query.operation,
            Access::ReadOne | Access::ReadMany | Access::Insert | Access::Save | Access::Update
        ) {
            return false;
        }
        let Some(id) = query.model() else { return false };
        let class = self.data.models.get(id).class;
        let text = self.model.text(query.source);
        // SQL: rows have the columns that it names.
        if query.library.contains("SQL text") || text.starts_with(['"', '\'']) || text.starts_with("f\"") {
            return text.contains('*');
        }
        let cuts = [
            "load_only",
            "defer",
            "with_only_columns",
            "values",
            "values_list",
            "only",
            "project",
            "projection",
            "exclude",
            "count",
        ];
        query.calls.iter().all(|&call| {
            let source = self.model.file(call.file).source();
            let ast = source.ast();
            let ExprKind::Call { function, arguments } = ast[call.id].kind else {
                return true;
            };
            let parts = ast.descendants(call.id);
            let is_cut = parts.into_iter().take(200).any(|part| match ast[part].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => cuts.contains(&source.imported_name(name)),
                _ => false,
            });
            let name = match ast[function].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name),
                _ => "",
            };
            // `find_one({…}, {"password": 0})`
            let is_projected = matches!(name, "find" | "find_one")
                && (ast[arguments].len() > 1 && class.is_none()
                    || argument(self.model, call, None, &["projection"]).is_some());
            let selects_columns = matches!(name, "select" | "query")
                && ast[arguments].iter().any(|argument| {
                    matches!(ast[argument.value].kind, ExprKind::Attribute { .. })
                        && !self
                            .model
                            .eval(ExprRef {
                                file: call.file,
                                id: argument.value,
                            })
                            .iter()
                            .any(|value| matches!(value.kind, ValueKind::Class(_)))
                });
            !is_cut && !is_projected && !selects_columns
        })
    }
}
