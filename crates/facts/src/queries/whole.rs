//! Trails as queries: models, conditions, what is stored, how rows are taken.

use rustc_hash::FxHashSet;
use semantic::ExprRef;
use syntax::ast::*;
use text::Span;

use super::conditions::all;
use super::follow::{Leaf, Place};
use super::reach::{On, Reach, Reader};
use super::trails::{Root, Trail, TrailStep};
use super::{Clause, ColumnUse, Condition, Join, ModelUse, Operand, Operator, Predicate, Query, Stored, UnknownModel};
use crate::libraries::data::{Fetch, Operation, STEPS, Step, Takes};
use crate::models::classes::argument;
use crate::sql::Verb;

/// Every query of a project, relationships apart.
pub(super) fn queries(reader: &Reader<'_, '_>) -> Vec<Query> {
    let mut names: FxHashSet<&str> = Reader::names();
    names.extend(STEPS.iter().map(|(name, _)| *name));
    let mut ends: Vec<Place> = Vec::new();
    for file in reader.model.file_ids() {
        let source = reader.model.file(file).source();
        let ast = source.ast();
        let aliases = reader.aliases(file, |name| names.contains(name));
        for (id, expr) in ast.exprs() {
            let ExprKind::Call { function, .. } = expr.kind else {
                continue;
            };
            let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
                continue;
            };
            let name = source.imported_name(name);
            if !names.contains(name) && !aliases.contains(name) {
                continue;
            }
            let place = Place::new(ExprRef { file, id });
            if !reader.trails(&place).is_empty() {
                ends.push(place);
            }
        }
    }
    let mut found: Vec<(ExprRef, Query)> = Vec::new();
    for end in ends {
        if reader.taken.borrow().contains(&end.expr) {
            continue;
        }
        for trail in reader.trails(&end).iter() {
            // `statement.where(…)` whose result is thrown away runs nothing.
            let narrows = matches!(
                trail.steps.last(),
                Some(TrailStep {
                    step: Step::Conditions,
                    ..
                })
            );
            if narrows && trail.is_select() && is_thrown_away(reader, end.expr) {
                continue;
            }
            match trail.root {
                Root::Parameter { .. } => {
                    let forwarded = reader.forwarded(trail);
                    found.extend(forwarded.iter().map(|trail| (end.expr, reader.query(&end, trail))));
                }
                _ => found.push((end.expr, reader.query(&end, trail))),
            }
        }
    }
    // What turned out to be part of another query is none of its own. So is a step of a statement that grows on more
    // ways than are told apart, when the statement is run.
    let taken = reader.taken.borrow();
    let is_name_only = |end: ExprRef, query: &Query| query.fetch.is_none() && is_assigned(reader, end);
    let run: FxHashSet<Span> = found
        .iter()
        .filter(|(end, query)| !is_name_only(*end, query))
        .map(|(_, query)| query.source)
        .collect();
    let own = found
        .into_iter()
        .filter(|(end, _)| !taken.contains(end))
        .filter(|(end, query)| !is_name_only(*end, query) || !run.contains(&query.source));
    own.map(|(_, query)| query)
        .filter(|query| !query.models.is_empty())
        .collect()
}

/// Whether a call is no more than given a name: `statement = statement.where(…)`.
fn is_assigned(reader: &Reader<'_, '_>, call: ExprRef) -> bool {
    let ast = reader.model.ast(call.file);
    matches!(ast[ast.stmt_of(call.id)].kind, StmtKind::Assign { value, .. } if value == call.id)
}

/// Whether a method of a name stands alone.
fn is_thrown_away(reader: &Reader<'_, '_>, call: ExprRef) -> bool {
    let ast = reader.model.ast(call.file);
    let of_name = reader
        .model
        .receiver(call)
        .is_some_and(|object| matches!(ast[object.id].kind, ExprKind::Name(_)));
    of_name && matches!(ast[ast.stmt_of(call.id)].kind, StmtKind::Expr(value) if value == call.id)
}

impl Trail {
    /// A statement that reads and has not been run.
    pub(super) fn is_select(&self) -> bool {
        let is_fetch = |step: &TrailStep| matches!(step.step, Step::Fetch(_) | Step::Rows);
        match &self.root {
            Root::Call { reach, .. } => {
                self.execution.is_none()
                    && reach.access.takes == Takes::Models
                    && !reach.is_write()
                    && !self.steps.iter().any(is_fetch)
            }
            _ => false,
        }
    }
}

impl Reader<'_, '_> {
    fn query(&self, end: &Place, trail: &Trail) -> Query {
        let expr = trail.anchor.unwrap_or(end.expr);
        let root = match &trail.root {
            Root::Call { place, .. } | Root::Sql(place) => place.expr,
            Root::Parameter { .. } => end.expr,
        };
        let mut calls = vec![root];
        calls.extend(trail.steps.iter().map(|step| step.place.expr));
        calls.extend(trail.execution.as_ref().map(|place| place.expr));
        calls.push(expr);
        text::sort(&mut calls);
        calls.dedup();
        let mut query = Query {
            calls,
            ..Query::new(self.model, expr, root, "SQL", Operation::ReadMany)
        };
        match &trail.root {
            Root::Call { place, reach } => self.begin(place, reach, &mut query),
            Root::Sql(text) => self.begin_sql(text, trail, &mut query),
            Root::Parameter { .. } => {}
        }
        self.add_steps(trail, &mut query);
        if query.models.is_empty() && !self.is_constant(trail) {
            query.models.push(ModelUse::Unknown {
                written: String::new(),
                reason: UnknownModel::NotFollowed,
            });
        }
        if let Some(execution) = &trail.execution
            && query.operation == Operation::ReadMany
            && let Some(reach) = self.reach(execution)
            && reach.access.operation == Operation::ReadOne
        {
            query.operation = Operation::ReadOne;
        }
        query
    }

    /// Whether nothing is read but constants: `SELECT 1`, `select(1)`.
    fn is_constant(&self, trail: &Trail) -> bool {
        match &trail.root {
            Root::Call { place, reach } if reach.access.takes == Takes::Models => {
                let ast = self.model.ast(place.expr.file);
                let ExprKind::Call { arguments, .. } = ast[place.expr.id].kind else {
                    return false;
                };
                ast[arguments]
                    .iter()
                    .all(|argument| self.is_literal(&place.at(argument.value)))
            }
            Root::Sql(_) => true,
            _ => false,
        }
    }

    fn is_literal(&self, place: &Place) -> bool {
        matches!(
            self.model.expr(place.expr).kind,
            ExprKind::Integer | ExprKind::String { .. } | ExprKind::True
        ) || self.is_text(place)
    }

    /// Models and conditions of a statement inside another query.
    pub(super) fn trail_conditions(&self, trail: &Trail) -> (Vec<ModelUse>, Vec<Clause>) {
        let Root::Call { place, .. } = &trail.root else {
            return (Vec::new(), Vec::new());
        };
        let query = self.query(place, trail);
        (query.models, query.conditions)
    }

    fn begin(&self, place: &Place, reach: &Reach, query: &mut Query) {
        query.library = reach.library.name;
        query.operation = reach.access.operation;
        let given = |position: usize, names: &[&str]| {
            argument(self.model, place.expr, Some(position), names).map(|expr| place.at(expr.id))
        };
        let receiver = self.model.receiver(place.expr).map(|object| place.at(object.id));
        match &reach.on {
            On::Model(found) => query.models.push(found.clone()),
            On::Object(found) => {
                query.models.push(found.clone());
                query.object = receiver.as_ref().map(|object| self.operand(object));
            }
            On::Collection(name) => {
                let model = match name {
                    Some(name) => {
                        ModelUse::Known(self.collection(name, reach.library.name, self.model.span(place.expr)))
                    }
                    None => ModelUse::Unknown {
                        written: receiver.map(|object| self.written(&object)).unwrap_or_default(),
                        reason: UnknownModel::Computed,
                    },
                };
                query.models.push(model);
            }
            On::Library => {}
        }
        match reach.access.takes {
            Takes::Models => {
                let on_table = !query.models.is_empty();
                query.models.extend(self.selected(place));
                if query.models.is_empty() && !on_table {
                    query
                        .models
                        .extend(self.unknown_model(given(0, &[]).filter(|first| !self.is_literal(first))));
                }
                if query.operation == Operation::ReadMany && self.is_aggregate(place) {
                    query.operation = Operation::Count;
                }
            }
            Takes::ModelAndKey => {
                query
                    .models
                    .extend(given(0, &["entity"]).and_then(|first| self.model_of(&first)));
                self.add_key(given(1, &["ident", "id"]), query);
            }
            Takes::ModelAndConditions => {
                query
                    .models
                    .extend(given(0, &["model"]).and_then(|first| self.model_of(&first)));
                query.conditions.extend(self.argument_conditions(place, 1));
            }
            Takes::Key => self.add_key(given(0, &["document_id", "id"]), query),
            Takes::Conditions => self.add_conditions_or_key(place, reach.access.name, query),
            Takes::Values => query.stored = self.stored_arguments(place, 0),
            Takes::Object => self.add_object(given(0, &["instance", "obj", "objects"]), query),
            Takes::Filter => query.conditions.extend(self.filter_argument(given(0, &["filter"]))),
            Takes::FieldAndFilter => query.conditions.extend(self.filter_argument(given(1, &["filter"]))),
            Takes::FilterAndUpdate => {
                query.conditions.extend(self.filter_argument(given(0, &["filter"])));
                if let Some(update) = given(1, &["update", "replacement"]) {
                    query.stored = self.stored_update(&update, self.model.span(update.expr));
                }
            }
            Takes::Documents => self.add_documents(given(0, &["document", "documents"]), query),
            Takes::Pipeline => self.add_pipeline(given(0, &["pipeline", "aggregation_pipeline"]), query),
            Takes::SessionAndKey => self.add_key(given(1, &["pk"]), query),
            Takes::SessionKeyAndValues => {
                self.add_key(given(1, &["pk"]), query);
                if let Some(values) = given(2, &["obj"]) {
                    query.stored = self.stored(&values, self.model.span(values.expr));
                }
            }
            Takes::SessionAndConditions => {
                query.conditions.extend(self.argument_conditions(place, usize::MAX));
                if let Some(values) = given(1, &["obj"]).filter(|_| query.operation == Operation::Update) {
                    query.stored = self.stored(&values, self.model.span(values.expr));
                }
            }
            Takes::SessionAndValues => {
                if let Some(values) = given(1, &["obj"]) {
                    query.stored = self.stored(&values, self.model.span(values.expr));
                }
            }
            Takes::Nothing if matches!(reach.on, On::Object(_)) => {
                if let Some(values) = given(0, &[]).filter(|_| query.operation == Operation::Update) {
                    query.stored = self.stored_update(&values, self.model.span(values.expr));
                }
            }
            Takes::Nothing | Takes::Statement => {}
        }
        self.note_fields(query);
    }

    fn begin_sql(&self, text: &Place, trail: &Trail, query: &mut Query) {
        let found = self.sql_query(text, trail);
        query.operation = match found.verb {
            Verb::Insert => Operation::Insert,
            Verb::Update => Operation::Update,
            Verb::Delete => Operation::Delete,
            _ if found.is_aggregate => Operation::Count,
            _ => Operation::ReadMany,
        };
        query.models = found.models;
        query.conditions = found.conditions;
        query.joins = found.joins;
        query.stored = found.stored;
        let span = self.model.span(text.expr);
        query.limit = found.has_limit.then_some(span);
        query.order = found.is_ordered.then_some(span);
    }

    fn add_steps(&self, trail: &Trail, query: &mut Query) {
        for step in &trail.steps {
            let place = &step.place;
            let span = self.step_span(place);
            let given = |position: usize, names: &[&str]| {
                argument(self.model, place.expr, Some(position), names).map(|expr| place.at(expr.id))
            };
            let certain = |mut clause: Clause| {
                clause.is_certain &= step.is_certain;
                clause
            };
            match step.step {
                Step::Conditions => {
                    query
                        .conditions
                        .extend(self.argument_conditions(place, 0).into_iter().map(certain));
                    if self.called_as(place, "find_one") {
                        query.fetch = Some(Fetch::First);
                    }
                }
                Step::Exclude => {
                    let excluded = all(self.argument_conditions(place, 0));
                    query.conditions.push(certain(Clause {
                        condition: Condition::Not(Box::new(excluded)),
                        span,
                        is_certain: true,
                    }));
                }
                Step::Key => {
                    let before = query.conditions.len();
                    self.add_conditions_or_key(place, "get", query);
                    for clause in &mut query.conditions[before..] {
                        clause.is_certain &= step.is_certain;
                    }
                    query.fetch = Some(Fetch::One);
                }
                Step::Values => {
                    if matches!(query.operation, Operation::Insert | Operation::Update | Operation::Save) {
                        let stored = self.stored_arguments(place, 0);
                        query
                            .stored
                            .extend(stored.into_iter().map(|entry| entry.in_case(step.is_certain)));
                    }
                }
                Step::Join => query.joins.extend(self.join(place, step.is_certain)),
                Step::Order => query.order = Some(span),
                Step::Limit => query.limit = Some(span),
                Step::Offset | Step::Rows | Step::Keep | Step::Parameters => {}
                Step::From => self.add_from(place, query),
                Step::Load => {
                    query
                        .loads
                        .extend(given(0, &[]).map(|first| self.model.span(first.expr)));
                    query
                        .conditions
                        .extend(self.loader_criteria(place, query).into_iter().map(certain));
                }
                Step::Fetch(fetch) => query.fetch = Some(fetch),
                Step::Update => {
                    query.operation = Operation::Update;
                    let stored = match given(0, &["values"]) {
                        Some(first) => self.stored_update(&first, self.model.span(first.expr)),
                        None => self.stored_arguments(place, 0),
                    };
                    query.stored.extend(stored);
                }
                Step::Delete => query.operation = Operation::Delete,
                Step::Exists => query.operation = Operation::Exists,
            }
        }
        let is_read = matches!(query.operation, Operation::ReadMany | Operation::ReadOne);
        match query.fetch {
            Some(Fetch::First | Fetch::One | Fetch::Scalar) if is_read => query.operation = Operation::ReadOne,
            Some(Fetch::All) if is_read => query.operation = Operation::ReadMany,
            Some(Fetch::Count) if is_read => query.operation = Operation::Count,
            Some(Fetch::Exists) if is_read => query.operation = Operation::Exists,
            _ => {}
        }
        self.note_fields(query);
    }

    /// `.options(with_loader_criteria(Task, Task.owner_id == me))`
    fn loader_criteria(&self, options: &Place, query: &Query) -> Vec<Clause> {
        let ast = self.model.ast(options.expr.file);
        let ExprKind::Call { arguments, .. } = ast[options.expr.id].kind else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for option in &ast[arguments] {
            let option = options.at(option.value);
            let path = self.model.called_path(option.expr);
            if !path.is_some_and(|path| path.ends_with(".with_loader_criteria")) {
                continue;
            }
            let entity = argument(self.model, option.expr, Some(0), &["entity_or_base"]);
            let is_same = entity
                .and_then(|entity| self.model_of(&option.at(entity.id)))
                .is_none_or(|model| query.models.first() == Some(&model));
            if is_same {
                out.extend(self.argument_conditions(&option, 1).into_iter().take(1));
            }
        }
        out
    }

    /// `get(id)`, `get(id=…)`, `filter(…)`
    fn add_conditions_or_key(&self, place: &Place, name: &str, query: &mut Query) {
        let first = self.first_argument(place);
        let positional = argument(self.model, place.expr, Some(0), &[]);
        if name == "get" && positional.is_some() && first.is_some() {
            let clauses = self.argument_conditions(place, 0);
            let is_key = |clause: &Clause| matches!(clause.condition, Condition::Unresolved { .. });
            if clauses.first().is_some_and(is_key) {
                self.add_key(first, query);
                query.conditions.extend(clauses.into_iter().skip(1));
                return;
            }
        }
        let clauses = self.argument_conditions(place, 0);
        match name {
            "exclude" => query.conditions.push(Clause {
                span: self.step_span(place),
                condition: Condition::Not(Box::new(all(clauses))),
                is_certain: true,
            }),
            _ => query.conditions.extend(clauses),
        }
        if let Some(defaults) = argument(self.model, place.expr, None, &["defaults"]) {
            let defaults = place.at(defaults.id);
            query
                .stored
                .extend(self.stored(&defaults, self.model.span(defaults.expr)));
        }
    }

    /// The primary key equals a value.
    fn add_key(&self, key: Option<Place>, query: &mut Query) {
        let Some(key) = key else { return };
        let names: Vec<String> = match query.models.first() {
            Some(ModelUse::Known(id)) => {
                let data = self.data();
                let keys = data.get(*id).columns.iter().filter(|column| column.is_primary_key);
                keys.map(|column| column.name.clone()).collect()
            }
            _ => Vec::new(),
        };
        // `(user_id, project_id)`, `{"user_id": …, "project_id": …}`
        let ast = self.model.ast(key.expr.file);
        let parts: Vec<(String, Place)> = match ast[key.expr.id].kind {
            ExprKind::Tuple(items) if names.len() > 1 && ast[items].len() == names.len() => {
                let values = ast[items].iter().map(|&item| key.at(item));
                names.into_iter().zip(values).collect()
            }
            ExprKind::Dict(_) => {
                let entries = self.entries(&key).into_iter();
                entries.filter_map(|(name, value, _)| Some((name?, value?))).collect()
            }
            _ => vec![(names.into_iter().next().unwrap_or_else(|| "id".to_owned()), key)],
        };
        for (name, value) in parts {
            let span = self.model.span(value.expr);
            query.conditions.push(Clause {
                condition: Condition::Compare(Predicate {
                    column: ColumnUse {
                        model: None,
                        path: vec![name],
                        span,
                    },
                    operator: Operator::Equal,
                    value: self.operand(&value),
                    span,
                }),
                span,
                is_certain: true,
            });
        }
    }

    /// `session.add(task)`: inserted when it was made here, changed when it was read.
    fn add_object(&self, object: Option<Place>, query: &mut Query) {
        let Some(object) = object else { return };
        if query.models.is_empty() {
            query
                .models
                .push(self.model_of_object(&object).unwrap_or_else(|| ModelUse::Unknown {
                    written: self.written(&object),
                    reason: UnknownModel::NotFollowed,
                }));
        }
        if query.operation == Operation::Save {
            let leaves = self.follow(&object);
            let is_made = |leaf: &Leaf| match leaf {
                Leaf::Place { place, .. } => self.is_construction(place),
                Leaf::Parameter { .. } => false,
            };
            let is_read = |leaf: &Leaf| match leaf {
                Leaf::Place { place, .. } => !self.trails(place).is_empty(),
                Leaf::Parameter { .. } => false,
            };
            if !leaves.is_empty() && leaves.iter().all(is_made) {
                query.operation = Operation::Insert;
            } else if !leaves.is_empty() && leaves.iter().all(is_read) {
                query.operation = Operation::Update;
            }
        }
        query.object = Some(Operand::Expr {
            expr: object.expr,
            span: self.model.span(object.expr),
            frame: object.frame,
        });
    }

    /// A call of a model's class, or of a method that makes an object of it.
    fn is_construction(&self, place: &Place) -> bool {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, .. } = ast[place.expr.id].kind else {
            return false;
        };
        let class = match ast[function].kind {
            ExprKind::Attribute { object, name, .. }
                if matches!(
                    source.name(name),
                    "model_validate" | "from_orm" | "parse_obj" | "model_construct"
                ) =>
            {
                object
            }
            _ => function,
        };
        self.model_of(&place.at(class)).is_some()
    }

    fn add_documents(&self, document: Option<Place>, query: &mut Query) {
        let Some(document) = document else { return };
        query.stored = self.stored(&document, self.model.span(document.expr));
        query.object = Some(Operand::Expr {
            expr: document.expr,
            span: self.model.span(document.expr),
            frame: document.frame.clone(),
        });
        let Some(ModelUse::Known(id)) = query.models.first() else {
            return;
        };
        // `insert_one(todo.model_dump())`: documents are made of this class.
        for entry in &query.stored {
            if let Stored::Copied(copied) = entry
                && let Some(class) = copied.class
                && self.data().schema(class).is_some()
            {
                self.add_document_class(*id, class);
            }
        }
    }

    fn filter_argument(&self, filter: Option<Place>) -> Vec<Clause> {
        filter.map(|filter| self.filter(&filter)).unwrap_or_default()
    }

    /// `[{"$match": {…}}, …]`
    fn add_pipeline(&self, pipeline: Option<Place>, query: &mut Query) {
        let Some(pipeline) = pipeline else { return };
        for (stage, is_certain) in self.items(&pipeline) {
            let Some(stage) = stage else { continue };
            for (key, value, _) in self.entries(&stage) {
                match (key.as_deref(), value) {
                    (Some("$match"), Some(value)) => {
                        query
                            .conditions
                            .extend(self.filter(&value).into_iter().map(|mut clause| {
                                clause.is_certain &= is_certain;
                                clause
                            }));
                    }
                    (Some("$limit"), Some(value)) => query.limit = Some(self.model.span(value.expr)),
                    (Some("$sort"), Some(value)) => query.order = Some(self.model.span(value.expr)),
                    (Some("$count"), _) => query.operation = Operation::Count,
                    _ => {}
                }
            }
        }
    }

    fn join(&self, place: &Place, is_certain: bool) -> Option<Join> {
        let span = self.step_span(place);
        let given = |position: usize, names: &[&str]| {
            argument(self.model, place.expr, Some(position), names).map(|expr| place.at(expr.id))
        };
        // `join_from(Task, Project, …)` names both sides.
        let skip = usize::from(self.called_as(place, "join_from"));
        let target = given(skip, &["target", "right"])?;
        let related = || {
            let column = self.column_of(&target)?;
            self.related(column.model.as_ref()?, column.name())
        };
        let model = self
            .model_of(&target)
            .filter(ModelUse::is_known)
            .or_else(related)
            .unwrap_or_else(|| ModelUse::Unknown {
                written: self.written(&target),
                reason: UnknownModel::NotFollowed,
            });
        let on = given(skip + 1, &["onclause"]).map(|on| self.condition(&on));
        Some(Join {
            model,
            on: on.into_iter().collect(),
            span,
            is_certain,
        })
    }

    /// `select(func.count()).select_from(Task)`, also of a statement.
    fn add_from(&self, place: &Place, query: &mut Query) {
        let Some(first) = self.first_argument(place) else {
            return;
        };
        if let Some(inner) = self.subquery(&first) {
            query.models.retain(ModelUse::is_known);
            query.models.extend(inner.models);
            query.conditions.extend(inner.conditions);
            return;
        }
        query.models.retain(ModelUse::is_known);
        for found in self.models_in(&first) {
            if !query.models.contains(&found) {
                query.models.push(found);
            }
        }
    }

    /// Fields that a collection is known by.
    fn note_fields(&self, query: &Query) {
        let Some(ModelUse::Known(id)) = query.models.first() else {
            return;
        };
        let is_by_use = self.data().get(*id).source == crate::models::ModelSource::Collection;
        if !is_by_use || query.library != "MongoDB" {
            return;
        }
        for predicate in query.predicates() {
            self.add_field(*id, &predicate.column.path.join("."), predicate.span);
        }
        for entry in &query.stored {
            if let Stored::Column { column, span, .. } = entry {
                self.add_field(*id, column, *span);
            }
        }
    }

    fn is_aggregate(&self, place: &Place) -> bool {
        let ast = self.model.ast(place.expr.file);
        let ExprKind::Call { arguments, .. } = ast[place.expr.id].kind else {
            return false;
        };
        ast[arguments].first().is_some_and(|first| {
            let mut at = place.at(first.value);
            // `func.count(Task.id).label("total")`
            for _ in 0..3 {
                if let Some(path) = self.model.called_path(at.expr) {
                    let name = path.rsplit('.').next().unwrap_or_default();
                    if path.contains(".func.") || name == "count" {
                        return matches!(name, "count" | "sum" | "avg" | "min" | "max");
                    }
                }
                match self.model.receiver(at.expr) {
                    Some(object) => at = place.at(object.id),
                    None => return false,
                }
            }
            false
        })
    }

    fn unknown_model(&self, place: Option<Place>) -> Option<ModelUse> {
        Some(ModelUse::Unknown {
            written: self.written(&place?),
            reason: UnknownModel::NotFollowed,
        })
    }

    fn called_as(&self, place: &Place, wanted: &str) -> bool {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        match ast[place.expr.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } => source.name(name) == wanted,
                _ => false,
            },
            _ => false,
        }
    }

    /// From the method's name to the end of the call, not the chain before it.
    pub(super) fn step_span(&self, place: &Place) -> Span {
        let ast = self.model.ast(place.expr.file);
        let whole = ast[place.expr.id].range;
        match ast[place.expr.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name_range, .. } => {
                    Span::new(place.expr.file, text::TextRange::new(name_range.start(), whole.end()))
                }
                _ => Span::new(place.expr.file, whole),
            },
            _ => Span::new(place.expr.file, whole),
        }
    }

    fn written(&self, place: &Place) -> String {
        let text = &*self.model.written(place.expr);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Stored {
    fn in_case(mut self, holds: bool) -> Stored {
        if let Stored::Column { is_certain, .. } = &mut self {
            *is_certain &= holds;
        }
        self
    }
}
