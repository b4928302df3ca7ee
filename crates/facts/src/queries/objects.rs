//! Rows: which model an object is of, and relationships that are read from it.

use semantic::{BindingKind, ExprRef, NameUse, ValueKind};
use syntax::ast::*;

use super::follow::{Leaf, Place};
use super::reach::{On, Reader};
use super::trails::Root;
use super::{ModelUse, Operand, Query};
use crate::libraries::data::{Operation, Takes};

/// Attributes and calls between an object and where it comes from.
const MAX_HOPS: usize = 6;

impl Reader<'_, '_> {
    /// The model of the row, or rows, that an expression holds.
    pub(super) fn model_of_object(&self, place: &Place) -> Option<ModelUse> {
        self.object_model(place, 0)
    }

    fn object_model(&self, place: &Place, depth: usize) -> Option<ModelUse> {
        if depth > MAX_HOPS {
            return None;
        }
        for leaf in self.follow(place) {
            let found = match &leaf {
                Leaf::Place { place, .. } => self.leaf_model(place, depth),
                Leaf::Parameter { .. } => None,
            };
            if found.is_some() {
                return found;
            }
        }
        // Annotated, injected, or passed by every caller.
        for value in self.model.eval_in(place.expr, place.frame.as_ref()) {
            let found = match value.kind {
                ValueKind::Instance { class, .. } => self.data().of_class(class).map(ModelUse::Known),
                ValueKind::Call {
                    call: Some(call),
                    frame,
                    ..
                }
                | ValueKind::MethodCall { call, frame, .. }
                    if call != place.expr =>
                {
                    self.rows_of(&Place { expr: call, frame })
                }
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn leaf_model(&self, place: &Place, depth: usize) -> Option<ModelUse> {
        if let Some(kept) = self.kept.borrow().get(&place.expr) {
            return Some(ModelUse::Known(kept.model));
        }
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        match ast[place.expr.id].kind {
            ExprKind::Call { function, .. } => {
                // `Task(…)`, `Task.model_validate(…)`
                let class = match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } if is_maker(source.name(name)) => place.at(object),
                    _ => place.at(function),
                };
                let is_name = matches!(
                    self.model.expr(class.expr).kind,
                    ExprKind::Name(_) | ExprKind::Attribute { .. }
                );
                let made = self.model_of(&class).filter(|_| is_name);
                made.or_else(|| self.rows_of(place))
            }
            // `for task in tasks`, `rows[0]`
            ExprKind::Name(_) => match self.model.definitions(place.expr) {
                NameUse::Element { iterable } => self.object_model(&place.at(iterable.id), depth + 1),
                NameUse::Bound(definitions) => definitions.iter().find_map(|definition| {
                    let id = match definition.binding.kind {
                        BindingKind::Element(id) => id,
                        // `task, owner = row`
                        BindingKind::Unpack { value, index: 0 }
                        | BindingKind::ElementUnpack {
                            iterable: value,
                            index: 0,
                        } => value,
                        _ => return None,
                    };
                    self.object_model(&place.at(id), depth + 1)
                }),
                _ => None,
            },
            ExprKind::Subscript { object, .. } => self.object_model(&place.at(object), depth + 1),
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let first = *ast[items].first()?;
                self.object_model(&place.at(first), depth + 1)
            }
            ExprKind::Comprehension { element, .. } => self.object_model(&place.at(element), depth + 1),
            ExprKind::Attribute { object, name, .. } => {
                let name = source.name(name);
                if !self.relationships.contains(name) {
                    return None;
                }
                let owner = self.object_model(&place.at(object), depth + 1)?;
                self.related(&owner, name)
            }
            ExprKind::Boolean { left, right, .. } => {
                let left = self.object_model(&place.at(left), depth + 1);
                left.or_else(|| self.object_model(&place.at(right), depth + 1))
            }
            _ => None,
        }
    }

    /// The model of what a query gives.
    fn rows_of(&self, place: &Place) -> Option<ModelUse> {
        self.trails(place).iter().find_map(|trail| {
            let Root::Call { place, reach } = &trail.root else {
                return None;
            };
            match (&reach.on, reach.access.takes) {
                (On::Model(found) | On::Object(found), _) => Some(found.clone()),
                (On::Library, Takes::Models | Takes::ModelAndKey | Takes::ModelAndConditions) => {
                    self.selected(place).into_iter().next()
                }
                // `merged = session.merge(task)`
                (On::Library, Takes::Object) => {
                    let first = self.first_argument(place)?;
                    self.object_model(&first, MAX_HOPS)
                }
                _ => None,
            }
        })
    }

    pub(super) fn first_argument(&self, place: &Place) -> Option<Place> {
        let ast = self.model.ast(place.expr.file);
        let ExprKind::Call { arguments, .. } = ast[place.expr.id].kind else {
            return None;
        };
        ast[arguments].first().map(|argument| place.at(argument.value))
    }

    /// The models that the arguments of a call name, in order.
    pub(super) fn selected(&self, place: &Place) -> Vec<ModelUse> {
        let ast = self.model.ast(place.expr.file);
        let ExprKind::Call { arguments, .. } = ast[place.expr.id].kind else {
            return Vec::new();
        };
        let mut out: Vec<ModelUse> = Vec::new();
        for argument in &ast[arguments] {
            for found in self.models_in(&place.at(argument.value)) {
                if !out.contains(&found) {
                    out.push(found);
                }
            }
        }
        out
    }

    pub(super) fn related(&self, owner: &ModelUse, name: &str) -> Option<ModelUse> {
        let ModelUse::Known(id) = owner else { return None };
        let data = self.data();
        let relationship = data.get(*id).relationship(name)?;
        relationship.model.map(ModelUse::Known)
    }
}

fn is_maker(name: &str) -> bool {
    matches!(
        name,
        "model_validate" | "from_orm" | "parse_obj" | "model_construct" | "construct" | "validate" | "create"
    )
}

/// Reads of `user.tasks`, where `tasks` is a relationship of the model of `user`.
pub(super) fn relationship_reads(reader: &Reader<'_, '_>) -> Vec<Query> {
    let model = reader.model;
    let mut out = Vec::new();
    if reader.relationships.is_empty() {
        return out;
    }
    for file in model.file_ids() {
        let source = model.file(file).source();
        let ast = source.ast();
        for (id, expr) in ast.exprs() {
            let ExprKind::Attribute { object, name, .. } = expr.kind else {
                continue;
            };
            let name = source.name(name);
            if !reader.relationships.contains(name) || is_target(ast, id) {
                continue;
            }
            let object = Place::new(ExprRef { file, id: object });
            // Columns and relationships of the class itself build queries.
            if reader.model_of(&object).is_some() {
                continue;
            }
            let Some(owner) = reader.model_of_object(&object) else {
                continue;
            };
            let Some(related) = reader.related(&owner, name) else {
                continue;
            };
            let is_many = match &owner {
                ModelUse::Known(id) => reader
                    .data()
                    .get(*id)
                    .relationship(name)
                    .is_some_and(|found| found.is_many),
                _ => false,
            };
            let expr = ExprRef { file, id };
            let library = reader.library_of(&owner).map_or("", |library| library.name);
            let operation = match is_many {
                true => Operation::ReadMany,
                false => Operation::ReadOne,
            };
            out.push(Query {
                models: vec![related],
                object: Some(Operand::Expr {
                    expr: object.expr,
                    span: model.span(object.expr),
                    frame: None,
                }),
                relationship: Some(name.to_owned()),
                ..Query::new(model, expr, expr, library, operation)
            });
        }
    }
    out
}

/// Whether an attribute is assigned to, not read.
fn is_target(ast: &Ast, id: ExprId) -> bool {
    match ast[ast.stmt_of(id)].kind {
        StmtKind::Assign { targets, .. } => ast[targets].contains(&id),
        StmtKind::AnnotatedAssign { target, .. } => target == id,
        _ => false,
    }
}
