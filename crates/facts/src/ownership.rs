//! Whether a route gives callers their own rows alone.
//!
//! The functions that a handler reaches are visited with the arguments they are called with. Each access to rows
//! that somebody owns must be tied to the verified identity: by a predicate on the column that owns the row, by
//! a comparison of that column after the fetch, or by the parent that the row belongs to.

use std::rc::Rc;

use rustc_hash::FxHashSet;
use semantic::{ExprRef, Frame, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::applications::Operation;
use crate::authentication::Calls;
use crate::data::Data;
use crate::flow::{Flow, Origins};
use crate::libraries::data::Operation as Access;
use crate::models::{DataModel, DataModelId};
use crate::queries::{ModelUse, Operand, Predicate, Query, Stored};

/// What a route does with rows that somebody owns.
#[derive(Debug, Clone, Default)]
pub struct RouteOwnership {
    pub verdict: OwnershipVerdict,
    /// Models whose rows are read or changed.
    pub data: Vec<DataModelId>,
    /// What ties rows to the caller, or does not.
    pub evidence: Vec<(Span, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwnershipVerdict {
    /// Some access cannot be followed.
    Unknown,
    /// No rows that anyone owns.
    #[default]
    NotApplicable,
    Enforced,
    Missing,
}

/// Functions inside functions that are visited from a handler.
const MAX_DEPTH: usize = 4;
/// Functions that are visited for one route.
const MAX_VISITS: usize = 60;

pub(crate) struct Judge<'m, 'a> {
    pub(crate) model: &'m Model<'a>,
    pub(crate) flow: &'m Flow<'m, 'a>,
    pub(crate) calls: &'m Calls<'m, 'a>,
    pub(crate) data: &'m Data,
}

/// A function with the call that leads there.
struct Visit {
    function: FunctionRef,
    frame: Option<Rc<Frame>>,
}

enum Tie {
    /// Rows are limited to the caller's.
    Tied(Span, String),
    Untied(Span, String),
    Unknown,
}

impl Judge<'_, '_> {
    pub(crate) fn route(&self, operation: &Operation) -> RouteOwnership {
        let mut out = RouteOwnership::default();
        let visits = self.visits(operation);
        let checks = self.checks(&visits);
        let mut ties: Vec<(DataModelId, Tie)> = Vec::new();
        let mut unknown = false;
        for visit in &visits {
            for query in self.data.queries.in_function(visit.function) {
                match query.models.first() {
                    Some(ModelUse::Known(id)) => {
                        let id = *id;
                        if !out.data.contains(&id) {
                            out.data.push(id);
                        }
                        let model = self.data.models.get(id);
                        if model.is_user() || (model.owners.is_empty() && model.parents.is_empty()) {
                            continue;
                        }
                        if let Some(tie) = self.tie(query, model, visit, &checks) {
                            ties.push((id, tie));
                        }
                    }
                    _ => unknown = true,
                }
            }
        }
        let tied_models: FxHashSet<DataModelId> = ties
            .iter()
            .filter(|(_, tie)| matches!(tie, Tie::Tied(..)))
            .map(|(id, _)| *id)
            .collect();
        let mut verdict = OwnershipVerdict::NotApplicable;
        for (id, tie) in ties {
            let parents = &self.data.models.get(id).parents;
            let by_parent = parents.iter().any(|parent| tied_models.contains(&parent.model));
            match tie {
                Tie::Tied(span, message) => {
                    out.evidence.push((span, message));
                    verdict = worse(verdict, OwnershipVerdict::Enforced);
                }
                // Its parent is limited to the caller's.
                _ if by_parent => verdict = worse(verdict, OwnershipVerdict::Enforced),
                Tie::Untied(span, message) => {
                    out.evidence.push((span, message));
                    verdict = worse(verdict, OwnershipVerdict::Missing);
                }
                Tie::Unknown => unknown = true,
            }
        }
        if unknown && verdict != OwnershipVerdict::Missing {
            verdict = OwnershipVerdict::Unknown;
        }
        out.verdict = verdict;
        out
    }

    /// What a query has to do with the caller; nothing for one that shows and changes no row.
    fn tie(&self, query: &Query, model: &DataModel, visit: &Visit, checks: &[Check]) -> Option<Tie> {
        let frame = visit.frame.as_ref();
        if matches!(query.operation, Access::Refresh | Access::Exists) {
            return None;
        }
        if matches!(query.operation, Access::Insert | Access::Save) {
            return self.stored(query, model, frame);
        }
        // `user.tasks`, `session.delete(task)` of a task that was fetched: told where it was fetched.
        if query.relationship.is_some() || matches!((&query.operation, &query.object), (Access::Delete, Some(_))) {
            let object = query
                .object
                .as_ref()
                .map(|object| self.origins(object, frame))
                .unwrap_or_default();
            return match is_callers(&object) {
                true => Some(Tie::Tied(query.span, "read through the caller's own row".to_owned())),
                false => None,
            };
        }
        let required = query.required();
        if let Some(predicate) = required.iter().find(|predicate| self.is_owner(predicate, model, frame)) {
            let message = format!("`{}` rows are limited to the caller's here", model.name);
            return Some(Tie::Tied(predicate.span, message));
        }
        if let Some(check) = checks.iter().find(|check| model.owner(&check.column).is_some()) {
            let message = format!("`{}` is compared with the caller here", check.column);
            return Some(Tie::Tied(check.span, message));
        }
        if model.owners.is_empty() {
            // A child: its parent decides.
            let by_parent = required.iter().any(|predicate| {
                model
                    .parents
                    .iter()
                    .any(|parent| parent.column == predicate.column.name())
            });
            return by_parent.then(|| {
                Tie::Untied(
                    query.span,
                    format!("`{}` rows are taken by their parent alone", model.name),
                )
            });
        }
        let is_vague = query.conditions.iter().any(|clause| !clause.is_certain) || query.fetch.is_none();
        let open = self.may_tie(query, model);
        Some(match is_vague && open {
            true => Tie::Unknown,
            false => Tie::Untied(
                query.span,
                format!("`{}` rows are not limited to the caller's here", model.name),
            ),
        })
    }

    /// Some condition names the owner, in a way that is not followed.
    fn may_tie(&self, query: &Query, model: &DataModel) -> bool {
        query
            .predicates()
            .iter()
            .any(|predicate| model.owner(predicate.column.name()).is_some())
    }

    fn is_owner(&self, predicate: &Predicate, model: &DataModel, frame: Option<&Rc<Frame>>) -> bool {
        model.owner(predicate.column.name()).is_some() && is_callers(&self.origins(&predicate.value, frame))
    }

    fn stored(&self, query: &Query, model: &DataModel, frame: Option<&Rc<Frame>>) -> Option<Tie> {
        let fills = self.data.queries.fills.iter().filter(|fill| {
            fill.function == query.function
                && matches!(&fill.model, Some(ModelUse::Known(id)) if query.model() == Some(*id))
        });
        let stored = query.stored.iter().chain(fills.flat_map(|fill| &fill.stored));
        let mut found = None;
        for stored in stored {
            if let Stored::Column {
                column, value, span, ..
            } = stored
                && model.owner(column).is_some()
            {
                let origins = self.origins(value, frame);
                if is_callers(&origins) {
                    found = Some(Tie::Tied(*span, format!("`{column}` is set to the caller here")));
                } else if origins.iter().any(|origin| origin.kind.is_from_client()) {
                    found = Some(Tie::Untied(*span, format!("`{column}` is what the client says")));
                }
            }
        }
        found
    }

    fn origins(&self, operand: &Operand, frame: Option<&Rc<Frame>>) -> Origins {
        match operand {
            Operand::Expr { expr, frame: own, .. } => {
                self.flow.origins_in(*expr, own.as_ref().or(frame)).as_ref().clone()
            }
            _ => Origins::new(),
        }
    }

    /// Comparisons of an attribute with the caller, in the tests of `if` and `assert`.
    fn checks(&self, visits: &[Visit]) -> Vec<Check> {
        let mut out = Vec::new();
        for visit in visits {
            let file = visit.function.file;
            let ast = self.model.ast(file);
            for compare in self.calls.comparisons(visit.function) {
                let ExprKind::Compare { first, rest } = ast[compare.id].kind else {
                    continue;
                };
                let [comparison] = ast[rest] else { continue };
                for (side, other) in [(first, comparison.right), (comparison.right, first)] {
                    let Some(column) = self.column(ExprRef { file, id: side }) else {
                        continue;
                    };
                    let origins = self.flow.origins_in(ExprRef { file, id: other }, visit.frame.as_ref());
                    if is_callers(&origins) {
                        out.push(Check {
                            column,
                            span: self.model.span(compare),
                        });
                    }
                }
            }
        }
        out
    }

    /// `user_id` of `task.user_id`, `str(task.user_id)` and `task["user_id"]`.
    fn column(&self, expr: ExprRef) -> Option<String> {
        let ast = self.model.ast(expr.file);
        match ast[expr.id].kind {
            ExprKind::Attribute { name, .. } => Some(self.model.file(expr.file).source().name(name).to_owned()),
            ExprKind::Call { arguments, .. } => match ast[arguments] {
                [argument] => match ast[argument.value].kind {
                    ExprKind::Attribute { name, .. } => Some(self.model.file(expr.file).source().name(name).to_owned()),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Subscript { index, .. } => ast.string(self.model.file(expr.file).text(), index).map(String::from),
            _ => None,
        }
    }

    /// The handler, its dependencies, and what they call.
    fn visits(&self, operation: &Operation) -> Vec<Visit> {
        let mut out: Vec<Visit> = Vec::new();
        let mut pending: Vec<(FunctionRef, Option<Rc<Frame>>, usize)> = Vec::new();
        pending.extend(operation.handler.function().map(|function| (function, None, 0)));
        let mut dependencies: Vec<_> = operation.dependencies.iter().collect();
        while let Some(dependency) = dependencies.pop() {
            pending.extend(dependency.callable.function().map(|function| (function, None, 1)));
            if pending.len() < MAX_VISITS {
                dependencies.extend(dependency.dependencies.iter());
            }
        }
        while let Some((function, frame, depth)) = pending.pop() {
            if out.len() >= MAX_VISITS {
                break;
            }
            if depth < MAX_DEPTH {
                for call in self.calls.of(function) {
                    for callee in self.flow.callee(call, frame.as_ref()) {
                        let (called, receiver) = match callee.kind {
                            ValueKind::Function(called) => (called, None),
                            ValueKind::Method { function, receiver } => (function, Some(receiver)),
                            _ => continue,
                        };
                        let entered = Rc::new(Frame {
                            function: called,
                            call,
                            receiver,
                            caller: frame.clone(),
                        });
                        pending.push((called, Some(entered), depth + 1));
                    }
                }
            }
            out.push(Visit { function, frame });
        }
        out
    }
}

struct Check {
    column: String,
    span: Span,
}

/// It comes from the verified identity, and from nothing that the client may choose.
fn is_callers(origins: &Origins) -> bool {
    origins.iter().any(|origin| origin.kind.is_verified()) && !origins.iter().any(|origin| origin.kind.is_from_client())
}

fn worse(a: OwnershipVerdict, b: OwnershipVerdict) -> OwnershipVerdict {
    use OwnershipVerdict::{Enforced, Missing, NotApplicable, Unknown};
    let rank = |verdict| match verdict {
        NotApplicable => 0,
        Enforced => 1,
        Unknown => 2,
        Missing => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}
