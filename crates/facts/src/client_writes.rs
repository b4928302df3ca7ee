//! Columns of rows whose values the client chooses, where they say whose a row is or what a user may do.
//!
//! Starts at routes that read such a field, or fields without limit, from the request; visits what they call; and
//! runs what is stored there in order, because a later value wins over an earlier one.

mod inputs;
mod outcome;
mod roles;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::applications::{Applications, Route};
use crate::authentication::Authentication;
use crate::data::Data;
use crate::dependencies::CallableKind;
use crate::flow::Flow;
use crate::libraries::data::Operation as Access;
use crate::libraries::owners::USER_COLUMNS;
use crate::libraries::privileges::{ACCOUNT, AMBIGUOUS_OWNERS, LINKS, OTHER_PEOPLE, RIGHTS, ROLES, plain};
use crate::models::{DataModel, DataModelId, OwnerReason};
use crate::privileges;
use crate::queries::{Fill, FillForm, ModelUse, Stored};
use crate::source::{CallSyntax, call_syntax};
use crate::visits::{Bodies, Visit, all_dependencies};

use inputs::Input;
pub use inputs::InputKind;
use outcome::{Chosen, Outcome};

/// A place that stores what the client chooses.
#[derive(Debug, Clone)]
pub struct ClientWrite {
    /// The argument or statement that stores it: `**body.model_dump()`, `owner_id=body.owner_id`.
    pub span: Span,
    /// The class or table whose row it is.
    pub model: String,
    /// The gravest first.
    pub columns: Vec<ClientColumn>,
    pub source: ClientSource,
    /// Many columns at once, as opposed to one.
    pub is_copied: bool,
    /// An existing row is changed.
    pub is_update: bool,
    /// Indices of [`Applications::routes`].
    pub routes: Vec<usize>,
    /// Somebody vouches for the caller of one of the routes, or may do so.
    pub is_authenticated: bool,
    /// From the handler to the place, outermost first.
    pub way: Vec<(Span, String)>,
    /// `body.model_dump()`, where it is written there.
    pub dump: Option<CallSyntax>,
    /// What holds the caller's id where it is stored, as it is written there: `user_id`, `current_user.id`.
    pub caller_id: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ClientColumn {
    pub name: String,
    pub kind: ColumnKind,
    /// The field of the body's class that carries it.
    pub field: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnKind {
    /// It says whose the row is.
    Owner,
    /// It says what a user may do.
    Role,
    /// A user must not say it of their own account.
    Account,
}

#[derive(Debug, Clone)]
pub struct ClientSource {
    /// The parameter, or what stands for the request.
    pub parameter: String,
    pub span: Span,
    pub kind: InputKind,
    /// The class of the body, where it has one.
    pub class: Option<(String, Span)>,
}

/// A table class that a route reads from the request.
#[derive(Debug, Clone)]
pub struct TableBody {
    /// The annotation of the parameter.
    pub span: Span,
    pub parameter: String,
    pub model: DataModelId,
    /// Its columns that the client chooses and nothing sets afterwards.
    pub columns: Vec<ClientColumn>,
    /// The object itself is stored, or copied whole; else only some of its fields are read.
    pub is_stored: bool,
    pub route: usize,
    pub is_authenticated: bool,
}

#[derive(Debug, Default)]
pub struct ClientWrites {
    /// In order of file and place.
    pub writes: Vec<ClientWrite>,
    pub table_bodies: Vec<TableBody>,
}

pub(crate) fn find(
    model: &Model<'_>,
    applications: &Applications,
    authentication: &Authentication,
    flow: &Flow<'_, '_>,
    data: &Data,
) -> ClientWrites {
    let bodies = Bodies::new(model);
    let mut fills: FxHashMap<FunctionRef, Vec<&Fill>> = FxHashMap::default();
    for fill in &data.queries.fills {
        if let Some(function) = fill.function {
            fills.entry(function).or_default().push(fill);
        }
    }
    let finder = Finder {
        model,
        flow,
        bodies: &bodies,
        data,
        fills,
    };
    let mut out = ClientWrites::default();
    for (index, route) in applications.routes.iter().enumerate() {
        let is_guarded = authentication
            .routes
            .get(index)
            .is_some_and(|known| known.guard.is_some());
        finder.route(index, route, is_guarded, &mut out);
    }
    text::sort_by_number(&mut out.writes, |write| write.span.number());
    text::sort_by_number(&mut out.table_bodies, |body| body.span.number());
    out
}

struct Finder<'f, 'a> {
    model: &'f Model<'a>,
    flow: &'f Flow<'f, 'a>,
    bodies: &'f Bodies<'f, 'a>,
    data: &'f Data,
    fills: FxHashMap<FunctionRef, Vec<&'f Fill>>,
}

/// One place that stores something, in one visit.
struct Write<'f> {
    span: Span,
    model: DataModelId,
    stored: Vec<&'f Stored>,
    is_update: bool,
    /// `setattr(…)` of a loop over what is copied.
    is_loop: bool,
}

/// A route that is looked at.
struct Scene<'s> {
    inputs: &'s [Input],
    visits: &'s [Visit],
}

impl<'f> Finder<'f, '_> {
    fn route(&self, index: usize, route: &Route, is_guarded: bool, out: &mut ClientWrites) {
        let operation = &route.operation;
        if self.model.file(operation.declaration.file).is_test() {
            return;
        }
        let inputs = self.inputs(operation);
        if !inputs.iter().any(|input| self.is_of_interest(input)) {
            return;
        }
        let visits = self.bodies.visits(operation);
        let is_for_the_privileged =
            privileges::are_demanded(self.model, operation, &visits) || plain(&operation.path.text).contains("admin");
        let is_authenticated = is_guarded
            || all_dependencies(operation)
                .iter()
                .any(|dependency| matches!(dependency.callable.kind, CallableKind::Unknown));
        let hands_over = ["transfer", "assign", "share", "invite", "handover"]
            .iter()
            .any(|word| operation.path.text.to_ascii_lowercase().contains(word));
        let scene = Scene {
            inputs: &inputs,
            visits: &visits,
        };
        let mut of_tables: Vec<ClientColumn> = Vec::new();
        for visit in &visits {
            for write in self.writes(visit) {
                let data_model = self.data.models.get(write.model);
                let is_tied = self.is_tied(&write, data_model, visit, &scene);
                for column in columns_of_interest(&self.data.models, data_model, is_tied) {
                    let is_owner = column.kind == ColumnKind::Owner;
                    if is_for_the_privileged || (is_owner && (!is_authenticated || hands_over)) {
                        continue;
                    }
                    let Some((place, chosen, is_copied)) = self.chosen(&column.name, &write, visit, &scene) else {
                        continue;
                    };
                    let input = &inputs[chosen.input];
                    if self.is_set_later(&column.name, &write, visit, &scene)
                        || self.is_tested(&column, &scene)
                        || (column.kind == ColumnKind::Role && self.is_harmless(&column.name, &chosen))
                    {
                        continue;
                    }
                    let column = ClientColumn {
                        field: chosen.field,
                        ..column
                    };
                    if let InputKind::Table(_) = input.kind
                        && is_copied
                    {
                        if !of_tables.iter().any(|known| known.name == column.name) {
                            of_tables.push(column);
                        }
                        continue;
                    }
                    let class = chosen.class.or(input.class());
                    let source = ClientSource {
                        parameter: input.parameter.clone(),
                        span: input.span,
                        kind: input.kind,
                        class: class.map(|class| (self.model.class_name(class).to_owned(), self.class_span(class))),
                    };
                    let write = ClientWrite {
                        span: if write.is_loop { write.span } else { place },
                        model: data_model.name.clone(),
                        columns: vec![column],
                        source,
                        is_copied,
                        is_update: write.is_update,
                        routes: vec![index],
                        is_authenticated,
                        way: self.bodies.way(visit),
                        dump: self.dump(place),
                        caller_id: self.caller_id(visit.function),
                    };
                    add(&mut out.writes, write);
                }
                if !is_for_the_privileged && is_authenticated {
                    self.boundless(index, &write, data_model, visit, &scene, out);
                }
            }
        }
        self.tables(index, &scene, of_tables, is_authenticated, out);
    }

    /// A body without limits copied onto a row, whatever its columns are.
    fn boundless(
        &self,
        index: usize,
        write: &Write<'_>,
        data_model: &DataModel,
        visit: &Visit,
        scene: &Scene<'_>,
        out: &mut ClientWrites,
    ) {
        for stored in &write.stored {
            let Stored::Copied(copied) = stored else { continue };
            if copied.included.is_some() || copied.is_filtered {
                continue;
            }
            let Outcome::Client(chosen) = self.of_copied("", copied, visit, scene) else {
                continue;
            };
            let input = &scene.inputs[chosen.input];
            let is_boundless = matches!(input.kind, InputKind::Dict | InputKind::Request | InputKind::Extra(_));
            if !is_boundless {
                continue;
            }
            let write = ClientWrite {
                span: if write.is_loop { write.span } else { copied.span },
                model: data_model.name.clone(),
                columns: Vec::new(),
                source: ClientSource {
                    parameter: input.parameter.clone(),
                    span: input.span,
                    kind: input.kind,
                    class: input
                        .class()
                        .map(|class| (self.model.class_name(class).to_owned(), self.class_span(class))),
                },
                is_copied: true,
                is_update: write.is_update,
                routes: vec![index],
                is_authenticated: true,
                way: self.bodies.way(visit),
                dump: None,
                caller_id: None,
            };
            add(&mut out.writes, write);
        }
    }

    fn class_span(&self, class: ClassRef) -> Span {
        Span::new(class.file, self.model.ast(class.file)[class.id].name_range)
    }

    /// What a visit stores, by row.
    fn writes(&self, visit: &Visit) -> Vec<Write<'f>> {
        let mut out = Vec::new();
        for fill in self.fills.get(&visit.function).into_iter().flatten() {
            if let Some(model) = fill.model.as_ref().and_then(|found| self.model_in(found, visit)) {
                out.push(Write {
                    span: fill.span,
                    model,
                    stored: fill.stored.iter().collect(),
                    is_update: !matches!(fill.form, FillForm::Construction | FillForm::Validation),
                    is_loop: fill.form == FillForm::SetAttribute,
                });
            }
        }
        for query in self.data.queries.in_function(visit.function) {
            if query.stored.is_empty() {
                continue;
            }
            if let Some(model) = query.models.first().and_then(|found| self.model_in(found, visit)) {
                out.push(Write {
                    span: query.span,
                    model,
                    stored: query.stored.iter().collect(),
                    is_update: matches!(query.operation, Access::Update),
                    is_loop: false,
                });
            }
        }
        out
    }

    /// The model that a place means in one visit: for a generic class, the one of the object that is called.
    fn model_in(&self, found: &ModelUse, visit: &Visit) -> Option<DataModelId> {
        let candidates = match found {
            ModelUse::Known(id) => return Some(*id),
            ModelUse::Unknown { .. } => return None,
            ModelUse::Generic { candidates, .. } => candidates,
        };
        if let [only] = candidates.as_slice() {
            return Some(only.model);
        }
        let frames = std::iter::successors(visit.frame.as_ref(), |frame| frame.caller.as_ref());
        for frame in frames {
            let Some(receiver) = &frame.receiver else { continue };
            let ValueKind::Instance { class, .. } = receiver.kind else {
                continue;
            };
            let found = candidates.iter().find(|candidate| candidate.class == Some(class));
            if let Some(found) = found {
                return Some(found.model);
            }
        }
        None
    }

    /// Where the client's value for a column enters, if nothing replaces it in the same place.
    fn chosen(
        &self,
        column: &str,
        write: &Write<'_>,
        visit: &Visit,
        scene: &Scene<'_>,
    ) -> Option<(Span, Chosen, bool)> {
        let mut found = None;
        for stored in &write.stored {
            match stored {
                Stored::Column {
                    column: name,
                    value,
                    span,
                    ..
                } => {
                    if name == column {
                        found = self
                            .of_operand(value, visit, scene)
                            .map(|chosen| (*span, chosen, false));
                    }
                }
                Stored::Copied(copied) => match self.of_copied(column, copied, visit, scene) {
                    Outcome::Client(chosen) => found = Some((copied.span, chosen, true)),
                    Outcome::Own => found = None,
                    Outcome::Absent => {}
                },
            }
        }
        found
    }

    /// Some other column says that the row is the caller's.
    fn is_tied(&self, write: &Write<'_>, data_model: &DataModel, visit: &Visit, scene: &Scene<'_>) -> bool {
        let is_audit = |name: &str| {
            let name = plain(name);
            name.starts_with("created") || name.starts_with("updated") || name.starts_with("modified")
        };
        let says = |name: &str| {
            let is_person = data_model
                .relationship(name)
                .and_then(|relationship| relationship.model)
                .is_some_and(|id| self.data.models.get(id).is_user());
            (data_model.owner(name).is_some() || is_person) && !is_audit(name)
        };
        let in_write = write.stored.iter().any(|stored| match stored {
            Stored::Column { column, value, .. } => {
                says(column) && self.is_callers(value, visit) && self.chosen(column, write, visit, scene).is_none()
            }
            Stored::Copied(_) => false,
        });
        in_write
            || self
                .assignments(write, visit, scene)
                .any(|(visit, stored)| match stored {
                    Stored::Column { column, value, .. } => says(column) && self.is_callers(value, visit),
                    Stored::Copied(_) => false,
                })
    }

    /// `task.user_id = user.id` after the row was made.
    fn is_set_later(&self, column: &str, write: &Write<'_>, visit: &Visit, scene: &Scene<'_>) -> bool {
        self.assignments(write, visit, scene)
            .any(|(visit, stored)| match stored {
                Stored::Column {
                    column: name, value, ..
                } => name == column && self.of_operand(value, visit, scene).is_none(),
                Stored::Copied(_) => false,
            })
    }

    /// Assignments to attributes of rows of the same model: later ones in the same function, and those of callers.
    fn assignments<'s>(
        &'s self,
        write: &'s Write<'_>,
        visit: &'s Visit,
        scene: &'s Scene<'_>,
    ) -> impl Iterator<Item = (&'s Visit, &'s Stored)> {
        scene.visits.iter().flat_map(move |other| {
            let fills = self.fills.get(&other.function).into_iter().flatten();
            let later = fills.filter(move |fill| {
                let is_after = other.function != visit.function || fill.span.range.start() > write.span.range.end();
                let is_same = fill
                    .model
                    .as_ref()
                    .is_some_and(|found| self.model_in(found, other) == Some(write.model));
                fill.form == FillForm::Attribute && is_after && is_same
            });
            later.flat_map(move |fill| fill.stored.iter().map(move |stored| (other, stored)))
        })
    }

    /// The injected parameter that brings the caller's id: the id itself, or an object of the model of users.
    fn caller_id(&self, function: FunctionRef) -> Option<String> {
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        ast[ast[function.id].parameters]
            .iter()
            .enumerate()
            .find_map(|(index, parameter)| {
                let injected = self.model.injected(function, index as u32)?;
                let annotation = ExprRef {
                    file: function.file,
                    id: parameter.annotation?,
                };
                let name = source.name(parameter.name);
                let is_user = self.model.annotated(annotation).is_some_and(|value| match value.kind {
                    ValueKind::Instance { class, .. } => {
                        let found = self.data.models.of_class(class);
                        found.is_some_and(|id| {
                            let model = self.data.models.get(id);
                            model.is_user() && model.column("id").is_some()
                        })
                    }
                    _ => false,
                });
                if is_user {
                    return Some(format!("{name}.id"));
                }
                let is_id = plain(name).ends_with("id");
                // Said by the parameter, or by what an alias injects.
                let is_scalar = |at: ExprRef| {
                    let text = &*self.model.written(at);
                    matches!(text, "str" | "int" | "UUID" | "uuid.UUID")
                };
                let is_verified = is_id
                    && injected.iter().any(|value| match value.kind {
                        ValueKind::Function(function) => {
                            let at = |id| ExprRef {
                                file: function.file,
                                id,
                            };
                            let told = self.model.ast(function.file)[function.id].returns;
                            let returns = self.model.returns(function);
                            (is_scalar(annotation) || told.is_some_and(|told| is_scalar(at(told))))
                                && returns.iter().any(|&id| self.is_verified(at(id), None))
                        }
                        _ => false,
                    });
                is_verified.then(|| name.to_owned())
            })
    }

    /// A call of `model_dump` or `dict` at the place.
    fn dump(&self, place: Span) -> Option<CallSyntax> {
        let text = self.model.text(place);
        let inside = text.strip_prefix("**").unwrap_or(text).trim_start();
        let start = place.range.end() - text::TextSize::of(inside);
        let mut expr = self
            .model
            .expr_of(Span::new(place.file, text::TextRange::new(start, place.range.end())))?;
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        for _ in 0..2 {
            let ExprKind::Call { function, .. } = ast[expr.id].kind else {
                return None;
            };
            match ast[function].kind {
                ExprKind::Attribute { name, .. } if matches!(source.name(name), "model_dump" | "dict") => {
                    return call_syntax(self.model, expr);
                }
                ExprKind::Attribute { object, name, .. } if source.name(name) == "items" => {
                    expr = self.expr_in(expr, object);
                }
                _ => return None,
            }
        }
        None
    }

    /// The parameters that are tables, with what is done to their objects.
    fn tables(
        &self,
        index: usize,
        scene: &Scene<'_>,
        mut columns: Vec<ClientColumn>,
        is_authenticated: bool,
        out: &mut ClientWrites,
    ) {
        for input in scene.inputs {
            let InputKind::Table(id) = input.kind else { continue };
            let Some(annotation) = input.annotation else { continue };
            let span = self.model.span(annotation);
            let is_stored = self.is_kept_whole(input, scene);
            if is_stored {
                columns.extend(self.columns_of_kept(input, id, scene, is_authenticated, &columns));
            }
            text::sort_by_number(&mut columns, |column| column.kind as u128);
            if out.table_bodies.iter().any(|known| known.span == span) {
                continue;
            }
            out.table_bodies.push(TableBody {
                span,
                parameter: input.parameter.clone(),
                model: id,
                columns: columns.clone(),
                is_stored: is_stored || !columns.is_empty(),
                route: index,
                is_authenticated,
            });
        }
    }

    /// The columns that an object which is stored as it came brings along.
    fn columns_of_kept(
        &self,
        input: &Input,
        id: DataModelId,
        scene: &Scene<'_>,
        is_authenticated: bool,
        known: &[ClientColumn],
    ) -> Vec<ClientColumn> {
        let data_model = self.data.models.get(id);
        let assigned: Vec<&str> = scene
            .visits
            .iter()
            .flat_map(|visit| self.fills.get(&visit.function).into_iter().flatten())
            .filter(|fill| fill.form == FillForm::Attribute)
            .filter(|fill| matches!(fill.model, Some(ModelUse::Known(found)) if found == id))
            .flat_map(|fill| &fill.stored)
            .filter_map(|stored| match stored {
                Stored::Column { column, .. } => Some(&**column),
                Stored::Copied(_) => None,
            })
            .collect();
        let is_tied = assigned.iter().any(|name| {
            let is_person = data_model
                .relationship(name)
                .and_then(|relationship| relationship.model)
                .is_some_and(|id| self.data.models.get(id).is_user());
            data_model.owner(name).is_some() || is_person
        });
        columns_of_interest(&self.data.models, data_model, is_tied)
            .into_iter()
            .filter(|column| column.kind != ColumnKind::Owner || is_authenticated)
            .filter(|column| !assigned.contains(&&*column.name))
            .filter(|column| !known.iter().any(|known| known.name == column.name))
            .filter(|column| !self.is_tested(column, scene))
            .map(|column| ClientColumn {
                field: data_model.column(&column.name).map(|column| column.span),
                ..column
            })
            .filter(|_| !input.parameter.is_empty())
            .collect()
    }
}

/// Adds what one route writes to what other routes, or other columns, write at the same place.
fn add(writes: &mut Vec<ClientWrite>, write: ClientWrite) {
    let Some(known) = writes.iter_mut().find(|known| known.span == write.span) else {
        writes.push(write);
        return;
    };
    for column in write.columns {
        if !known.columns.iter().any(|other| other.name == column.name) {
            known.columns.push(column);
        }
    }
    text::sort_by_number(&mut known.columns, |column| column.kind as u128);
    for route in write.routes {
        if !known.routes.contains(&route) {
            known.routes.push(route);
        }
    }
    known.is_authenticated |= write.is_authenticated;
}

/// Columns of a model that a client must not choose.
fn columns_of_interest(models: &crate::models::DataModels, model: &DataModel, is_tied: bool) -> Vec<ClientColumn> {
    let mut out = Vec::new();
    let mut add = |name: &str, kind: ColumnKind| {
        out.push(ClientColumn {
            name: name.to_owned(),
            kind,
            field: None,
        });
    };
    let is_user = model.is_user();
    for column in &model.columns {
        let name = plain(&column.name);
        if !is_user && !is_tied && owns(models, model, &column.name, &name) {
            add(&column.name, ColumnKind::Owner);
        }
        if RIGHTS.contains(&&*name) || (is_user && ROLES.contains(&&*name)) {
            add(&column.name, ColumnKind::Role);
        } else if is_user && ACCOUNT.contains(&&*name) {
            add(&column.name, ColumnKind::Account);
        }
    }
    out
}

/// Whether a column says whose a row is, and not who else has to do with it.
fn owns(models: &crate::models::DataModels, model: &DataModel, column: &str, name: &str) -> bool {
    let Some(owner) = model.owner(column) else { return false };
    let of_model = plain(&model.name);
    if OTHER_PEOPLE.iter().any(|part| name.contains(part)) || LINKS.iter().any(|part| of_model.contains(part)) {
        return false;
    }
    let has_other = model.owners.iter().any(|other| {
        other.column != column && USER_COLUMNS.contains(&&*plain(&other.column)) && !other.column.starts_with("created")
    });
    let is_usual = USER_COLUMNS.contains(&name);
    let is_ambiguous = AMBIGUOUS_OWNERS.contains(&name);
    match owner.reason {
        OwnerReason::Setting => true,
        OwnerReason::ForeignKey => (is_usual && !is_ambiguous) || !has_other,
        OwnerReason::UserName => !is_ambiguous,
        // The user has one tenant, and the row is of it.
        OwnerReason::GroupName => models
            .all()
            .any(|(_, other)| other.is_user() && other.column(column).is_some()),
    }
}

impl Finder<'_, '_> {
    fn expr_in(&self, expr: ExprRef, id: ExprId) -> ExprRef {
        ExprRef { file: expr.file, id }
    }
}
