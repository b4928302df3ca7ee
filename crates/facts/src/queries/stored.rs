//! What is stored in rows: constructions, assignments, dictionaries of changes, bodies that are copied.

use rustc_hash::FxHashSet;
use semantic::{BindingKind, ExprRef, NameUse, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use super::conditions::class_of;
use super::follow::Place;
use super::reach::Reader;
use super::{Copied, Fill, FillForm, ModelUse, Operand, Stored, UnknownModel};
use crate::models::classes::{argument, constant_text};

/// Methods between an object and the dictionary of its fields.
const MAX_WRAPPERS: usize = 6;

impl Reader<'_, '_> {
    /// What the arguments of a call store: keywords, unpacked dictionaries, one dictionary by position.
    pub(super) fn stored_arguments(&self, call: &Place, skip: usize) -> Vec<Stored> {
        let source = self.model.file(call.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { arguments, .. } = ast[call.expr.id].kind else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (index, argument) in ast[arguments].iter().enumerate() {
            let value = call.at(argument.value);
            let span = Span::new(call.expr.file, argument.range);
            match argument.kind {
                ArgumentKind::Keyword(name) => {
                    let name = source.name(name);
                    if name == "synchronize_session" {
                        continue;
                    }
                    out.push(Stored::Column {
                        column: name.to_owned(),
                        value: self.operand(&value),
                        span,
                        is_certain: true,
                    });
                }
                ArgumentKind::DoubleStar => out.extend(self.stored(&value, span)),
                ArgumentKind::Positional if index >= skip => out.extend(self.stored(&value, span)),
                ArgumentKind::Positional | ArgumentKind::Star => {}
            }
        }
        out
    }

    /// What a dictionary, or an object whose fields are copied, stores.
    pub(super) fn stored(&self, place: &Place, span: Span) -> Vec<Stored> {
        let mut out: Vec<Stored> = Vec::new();
        for (key, value, is_certain) in self.entries(place) {
            match (key, value) {
                (Some(key), Some(value)) => out.push(Stored::Column {
                    column: key,
                    span: self.model.span(value.expr),
                    value: self.operand(&value),
                    is_certain,
                }),
                // `data.pop("owner_id")`: what was copied before goes without it.
                (Some(key), None) => {
                    for copied in &mut out {
                        if let Stored::Copied(copied) = copied {
                            copied.excluded.push(key.clone());
                        }
                    }
                }
                (None, Some(value)) => out.push(Stored::Copied(self.copied(&value, span))),
                (None, None) => {}
            }
        }
        out
    }

    /// What updates of documents store: `{"$set": {…}, "$inc": {…}}`.
    pub(super) fn stored_update(&self, place: &Place, span: Span) -> Vec<Stored> {
        let mut out = Vec::new();
        for (key, value, is_certain) in self.entries(place) {
            match (key, value) {
                (Some(key), Some(value)) if key.starts_with('$') => {
                    // `$unset` and the like take keys, too; their values say nothing.
                    out.extend(self.stored(&value, self.model.span(value.expr)));
                }
                (Some(key), Some(value)) => out.push(Stored::Column {
                    column: key,
                    span: self.model.span(value.expr),
                    value: self.operand(&value),
                    is_certain,
                }),
                (None, Some(value)) => out.push(Stored::Copied(self.copied(&value, span))),
                _ => {}
            }
        }
        out
    }

    /// `body.model_dump(exclude={"id"})` as what it copies.
    fn copied(&self, place: &Place, span: Span) -> Copied {
        let mut place = place.clone();
        let mut excluded = Vec::new();
        let mut included = None;
        let mut is_filtered = false;
        for _ in 0..MAX_WRAPPERS {
            let source = self.model.file(place.expr.file).source();
            let ast = source.ast();
            match ast[place.expr.id].kind {
                ExprKind::Await(inner) | ExprKind::Starred(inner) => place = place.at(inner),
                ExprKind::Call { function, arguments } => {
                    let names = |keyword: &str| {
                        let given = argument(self.model, place.expr, None, &[keyword])?;
                        Some(self.texts_in(&place.at(given.id)))
                    };
                    excluded.extend(names("exclude").unwrap_or_default());
                    included = names("include").or(included);
                    // `body.model_copy(update={"owner_id": user.id})`: the body's own value is not used.
                    excluded.extend(names("update").unwrap_or_default());
                    match ast[function].kind {
                        ExprKind::Attribute { object, name, .. } if is_dump(source.name(name)) => {
                            place = place.at(object);
                        }
                        ExprKind::Name(name)
                            if matches!(
                                source.imported_name(name),
                                "jsonable_encoder" | "vars" | "dict" | "asdict" | "deepcopy" | "copy"
                            ) =>
                        {
                            match ast[arguments].first() {
                                Some(first) => place = place.at(first.value),
                                None => break,
                            }
                        }
                        _ => break,
                    }
                }
                ExprKind::Attribute { object, name, .. } if source.name(name) == "__dict__" => {
                    place = place.at(object);
                }
                // `{k: v for k, v in body.model_dump().items() if v is not None}`
                ExprKind::Comprehension { clauses, .. } => {
                    let mut picked = Picked::default();
                    let mut iterable = None;
                    let mut key = None;
                    for clause in &ast[clauses] {
                        match *clause {
                            ComprehensionClause::For { target, iterable: from } => {
                                key = loop_key(ast, target);
                                iterable = iterable.or(Some(from));
                            }
                            ComprehensionClause::If(test) => {
                                if let Some(key) = key {
                                    self.pick(&place.at(test), key, true, &mut picked);
                                }
                            }
                        }
                    }
                    excluded.extend(picked.excluded);
                    included = picked.included.or(included);
                    is_filtered |= picked.is_unknown;
                    match iterable {
                        Some(iterable) => place = place.at(iterable),
                        None => break,
                    }
                }
                ExprKind::Name(_) => match self.only_value(&place).filter(|value| self.is_dumped(value)) {
                    Some(value) => place = value,
                    None => break,
                },
                _ => break,
            }
        }
        Copied {
            class: class_of(self, &place),
            value: self.operand(&place),
            span,
            excluded,
            included,
            is_filtered,
        }
    }

    /// What the tests of a loop around a call let through of the keys that it goes over.
    fn picked_in_loop(&self, call: &Place, key: Name) -> Picked {
        let ast = self.model.ast(call.expr.file);
        let mut picked = Picked::default();
        let place = ast[call.expr.id].range;
        let around = ast.ancestors(ast.stmt_of(call.expr.id));
        let Some(body) = around.into_iter().find_map(|stmt| match ast[stmt].kind {
            StmtKind::For { body, .. } => Some(body),
            _ => None,
        }) else {
            return picked;
        };
        for stmt in ast.stmts_within(body) {
            let StmtKind::If { branches, .. } = ast[stmt].kind else {
                continue;
            };
            for branch in &ast[branches] {
                let holds = ast
                    .block_range(branch.body)
                    .is_some_and(|range| range.contains_range(place));
                self.pick(&call.at(branch.test), key, holds, &mut picked);
            }
        }
        picked
    }

    /// What a test on a key lets through: `key in ALLOWED`, `key != "owner_id"`.
    fn pick(&self, test: &Place, key: Name, passes: bool, picked: &mut Picked) {
        let ast = self.model.ast(test.expr.file);
        for part in ast.descendants(test.expr.id) {
            let ExprKind::Compare { first, rest } = ast[part].kind else {
                continue;
            };
            let [comparison] = ast[rest] else { continue };
            if !matches!(ast[first].kind, ExprKind::Name(name) if name == key) {
                continue;
            }
            let right = test.at(comparison.right);
            let (names, is_within) = match comparison.operator {
                CompareOperator::In => (self.texts_in(&right), true),
                CompareOperator::NotIn => (self.texts_in(&right), false),
                CompareOperator::Equal => (constant_text(self.model, right.expr).into_iter().collect(), true),
                CompareOperator::NotEqual => (constant_text(self.model, right.expr).into_iter().collect(), false),
                _ => continue,
            };
            match (names.is_empty(), is_within == passes) {
                (true, _) => picked.is_unknown = true,
                (false, true) => picked.included = Some(names),
                (false, false) => picked.excluded.extend(names),
            }
        }
    }

    fn is_dumped(&self, place: &Place) -> bool {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        match ast[place.expr.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } => is_dump(source.name(name)),
                ExprKind::Name(name) => matches!(source.imported_name(name), "jsonable_encoder" | "vars" | "dict"),
                _ => false,
            },
            ExprKind::Comprehension { .. } | ExprKind::Await(_) => true,
            _ => false,
        }
    }

    /// Constant texts in a set, list or dictionary.
    fn texts_in(&self, place: &Place) -> Vec<String> {
        let ast = self.model.ast(place.expr.file);
        let items: Vec<ExprId> = match ast[place.expr.id].kind {
            ExprKind::Set(items) | ExprKind::List(items) | ExprKind::Tuple(items) => ast[items].to_vec(),
            ExprKind::Dict(items) => ast[items]
                .iter()
                .filter_map(|item| match *item {
                    DictItem::Pair { key, .. } => Some(key),
                    DictItem::Spread(_) => None,
                })
                .collect(),
            ExprKind::Name(_) => {
                return match self.only_value(place) {
                    Some(value) if !matches!(self.model.expr(value.expr).kind, ExprKind::Name(_)) => {
                        self.texts_in(&value)
                    }
                    _ => Vec::new(),
                };
            }
            _ => Vec::new(),
        };
        items
            .into_iter()
            .filter_map(|item| constant_text(self.model, place.at(item).expr))
            .collect()
    }
}

/// Which keys of a dictionary the code picks.
#[derive(Default)]
struct Picked {
    excluded: Vec<String>,
    included: Option<Vec<String>>,
    is_unknown: bool,
}

/// `key` of `for key, value in …` and `for key in …`.
fn loop_key(ast: &Ast, target: ExprId) -> Option<Name> {
    let key = match ast[target].kind {
        ExprKind::Tuple(items) | ExprKind::List(items) => *ast[items].first()?,
        _ => target,
    };
    match ast[key].kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

fn is_dump(name: &str) -> bool {
    matches!(
        name,
        "model_dump"
            | "dict"
            | "items"
            | "copy"
            | "to_dict"
            | "as_dict"
            | "_asdict"
            | "model_copy"
            | "to_mongo"
            | "create_update_dict"
            | "create_update_dict_superuser"
            | "json"
            | "asdict"
            | "dump"
    )
}

/// Every construction of a model, and every change of a row by assignment.
pub(super) fn fills(reader: &Reader<'_, '_>) -> Vec<Fill> {
    let mut names: FxHashSet<String> = FxHashSet::default();
    let mut columns: FxHashSet<String> = FxHashSet::default();
    for (_, model) in reader.data().all() {
        names.insert(model.name.clone());
        for &class in &model.document_classes {
            names.insert(reader.model.class_name(class).to_owned());
        }
        columns.extend(model.columns.iter().map(|column| column.name.clone()));
        columns.extend(model.relationships.iter().map(|relationship| relationship.name.clone()));
    }
    let mut out = Vec::new();
    if names.is_empty() {
        return out;
    }
    for file in reader.model.file_ids() {
        let aliases = reader.aliases(file, |name| names.contains(name));
        let is_model_name = |name: &str| names.contains(name) || aliases.contains(name);
        calls(reader, file, &is_model_name, &mut out);
        assignments(reader, file, &columns, &mut out);
    }
    text::sort_by_key(&mut out, |fill: &Fill| fill.span);
    out
}

fn calls(reader: &Reader<'_, '_>, file: FileId, is_model_name: &dyn Fn(&str) -> bool, out: &mut Vec<Fill>) {
    let source = reader.model.file(file).source();
    let ast = source.ast();
    for (id, expr) in ast.exprs() {
        let ExprKind::Call { function, .. } = expr.kind else {
            continue;
        };
        let call = Place::new(ExprRef { file, id });
        let found = match ast[function].kind {
            ExprKind::Name(name) => match source.imported_name(name) {
                "setattr" => set_attribute(reader, &call),
                name if is_model_name(name) || name.to_lowercase().contains("model") || name == "cls" => {
                    construction(reader, &call, function)
                }
                _ => None,
            },
            ExprKind::Attribute { object, name, .. } => match source.imported_name(name) {
                "model_validate" | "from_orm" | "parse_obj" | "model_construct" | "construct" => {
                    validation(reader, &call, &call.at(object))
                }
                "sqlmodel_update" | "update_from_dict" => update(reader, &call, &call.at(object)),
                // `task.__dict__.update(…)`, and of a dictionary that is itself a row
                "update" => match ast[object].kind {
                    ExprKind::Attribute { object, name, .. } if source.name(name) == "__dict__" => {
                        update(reader, &call, &call.at(object))
                    }
                    _ if reader.holds_kept(&call.at(object)) => update(reader, &call, &call.at(object)),
                    _ => None,
                },
                // `carts[user_id].append(item)`
                "append" | "extend" | "remove" | "pop" | "clear" if reader.holds_kept(&call.at(object)) => Some(Fill {
                    model: reader.model_of_object(&call.at(object)),
                    object: Some(object_operand(reader, &call.at(object))),
                    ..fill(reader, call.expr, FillForm::Update)
                }),
                name if is_model_name(name) || name.to_lowercase().contains("model") => {
                    construction(reader, &call, function)
                }
                _ => None,
            },
            _ => None,
        };
        out.extend(found);
    }
}

fn fill(reader: &Reader<'_, '_>, expr: ExprRef, form: FillForm) -> Fill {
    Fill {
        span: reader.model.span(expr),
        call: Some(expr),
        function: reader.model.enclosing_function(expr),
        form,
        model: None,
        class: None,
        object: None,
        stored: Vec::new(),
        is_test: reader.model.file(expr.file).is_test(),
    }
}

/// `Task(**body.model_dump(), owner_id=user.id)`
fn construction(reader: &Reader<'_, '_>, call: &Place, function: ExprId) -> Option<Fill> {
    let class = call.at(function);
    let model = reader.model_of(&class)?;
    Some(Fill {
        class: class_named(reader, &class),
        stored: reader.stored_arguments(call, usize::MAX),
        model: Some(model),
        ..fill(reader, call.expr, FillForm::Construction)
    })
}

/// `Task.model_validate(body, update={"owner_id": user.id})`
fn validation(reader: &Reader<'_, '_>, call: &Place, object: &Place) -> Option<Fill> {
    let model = reader.model_of(object)?;
    let mut stored = Vec::new();
    let source = argument(reader.model, call.expr, Some(0), &["obj"]);
    if let Some(source) = source {
        let source = call.at(source.id);
        stored.extend(reader.stored(&source, reader.model.span(source.expr)));
    } else {
        stored.extend(reader.stored_arguments(call, 0));
    }
    if let Some(update) = argument(reader.model, call.expr, None, &["update"]) {
        let update = call.at(update.id);
        stored.extend(reader.stored(&update, reader.model.span(update.expr)));
    }
    Some(Fill {
        class: class_named(reader, object),
        stored,
        model: Some(model),
        ..fill(reader, call.expr, FillForm::Validation)
    })
}

/// `task.sqlmodel_update(data, update={…})`
fn update(reader: &Reader<'_, '_>, call: &Place, object: &Place) -> Option<Fill> {
    let model = reader.model_of_object(object).unwrap_or(ModelUse::Unknown {
        written: reader.model.written(object.expr).into_owned(),
        reason: UnknownModel::NotFollowed,
    });
    let mut stored = Vec::new();
    if let Some(source) = argument(reader.model, call.expr, Some(0), &["obj", "data"]) {
        let source = call.at(source.id);
        stored.extend(reader.stored(&source, reader.model.span(source.expr)));
    }
    if let Some(update) = argument(reader.model, call.expr, None, &["update"]) {
        let update = call.at(update.id);
        stored.extend(reader.stored(&update, reader.model.span(update.expr)));
    }
    Some(Fill {
        model: Some(model),
        class: class_of(reader, object),
        object: Some(object_operand(reader, object)),
        stored,
        ..fill(reader, call.expr, FillForm::Update)
    })
}

/// `setattr(task, key, value)`, also over the items of a body.
fn set_attribute(reader: &Reader<'_, '_>, call: &Place) -> Option<Fill> {
    let place = |position: usize| argument(reader.model, call.expr, Some(position), &[]).map(|expr| call.at(expr.id));
    let (object, key, value) = (place(0)?, place(1)?, place(2)?);
    let span = reader.model.span(value.expr);
    let stored = match constant_text(reader.model, key.expr) {
        Some(column) => Stored::Column {
            column,
            value: reader.operand(&value),
            span,
            is_certain: true,
        },
        None => match iterated(reader, &key) {
            // `for key, value in body.model_dump().items()`
            Some(iterable) => {
                let mut copied = reader.copied(&iterable, reader.model.span(iterable.expr));
                if let ExprKind::Name(name) = reader.model.expr(key.expr).kind {
                    let picked = reader.picked_in_loop(call, name);
                    copied.excluded.extend(picked.excluded);
                    copied.included = picked.included.or(copied.included);
                    copied.is_filtered |= picked.is_unknown;
                }
                Stored::Copied(copied)
            }
            None => Stored::Copied(reader.copied(&value, span)),
        },
    };
    let known = reader.model_of_object(&object);
    // Of something else, one attribute at a time.
    if known.is_none() && iterated(reader, &key).is_none() {
        return None;
    }
    let model = known.unwrap_or(ModelUse::Unknown {
        written: reader.model.written(object.expr).into_owned(),
        reason: UnknownModel::NotFollowed,
    });
    Some(Fill {
        model: Some(model),
        class: class_of(reader, &object),
        object: Some(object_operand(reader, &object)),
        stored: vec![stored],
        ..fill(reader, call.expr, FillForm::SetAttribute)
    })
}

/// What a loop's variable comes from.
fn iterated(reader: &Reader<'_, '_>, key: &Place) -> Option<Place> {
    match reader.model.definitions(key.expr) {
        NameUse::Element { iterable } => Some(key.at(iterable.id)),
        NameUse::Bound(definitions) => definitions.iter().find_map(|definition| match definition.binding.kind {
            BindingKind::Element(iterable) | BindingKind::ElementUnpack { iterable, .. } => Some(key.at(iterable)),
            _ => None,
        }),
        _ => None,
    }
}

/// `task.owner_id = …`
fn assignments(reader: &Reader<'_, '_>, file: FileId, columns: &FxHashSet<String>, out: &mut Vec<Fill>) {
    let source = reader.model.file(file).source();
    let ast = source.ast();
    for (_, stmt) in ast.stmts() {
        let (targets, value): (&[ExprId], ExprId) = match stmt.kind {
            StmtKind::Assign { targets, value } => (&ast[targets], value),
            _ => continue,
        };
        for &target in targets {
            let (object, name) = match ast[target].kind {
                ExprKind::Attribute { object, name, .. } => (object, source.name(name).to_owned()),
                // `note["owner"] = …` of a dictionary that is itself a row.
                ExprKind::Subscript { object, index } => {
                    let key = constant_text(reader.model, ExprRef { file, id: index });
                    let kept = Place::new(ExprRef { file, id: object });
                    match key.filter(|_| reader.holds_kept(&kept)) {
                        Some(key) => (object, key),
                        None => continue,
                    }
                }
                _ => continue,
            };
            let object = Place::new(ExprRef { file, id: object });
            if !columns.contains(&name) {
                continue;
            }
            let Some(model) = reader.model_of_object(&object) else {
                continue;
            };
            let value = Place::new(ExprRef { file, id: value });
            let target = ExprRef { file, id: target };
            let span = Span::new(file, stmt.range);
            out.push(Fill {
                span,
                call: None,
                model: Some(model),
                class: class_of(reader, &object),
                object: Some(object_operand(reader, &object)),
                stored: vec![Stored::Column {
                    column: name,
                    value: reader.operand(&value),
                    span,
                    is_certain: true,
                }],
                ..fill(reader, target, FillForm::Attribute)
            });
        }
    }
}

fn object_operand(reader: &Reader<'_, '_>, object: &Place) -> Operand {
    Operand::Expr {
        expr: object.expr,
        span: reader.model.span(object.expr),
        frame: object.frame.clone(),
    }
}

fn class_named(reader: &Reader<'_, '_>, place: &Place) -> Option<semantic::ClassRef> {
    let values = reader.model.eval_in(place.expr, place.frame.as_ref());
    values.into_iter().find_map(|value| match value.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    })
}
