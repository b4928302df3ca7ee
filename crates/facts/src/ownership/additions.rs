//! Rows that are put below a parent: whether somebody looked whose the parent is.

use semantic::{BindingKind, ExprRef, NameUse};
use syntax::ast::*;
use text::Span;

use super::owners::{is_public_by_name, words};
use super::run::{Added, Run};
use super::state::State;
use super::values::{Context, Input, Who};
use super::{Exposure, Tie};
use crate::flow::RequestPart;
use crate::libraries::owners::JOINING_NAMES;
use crate::models::DataModelId;
use crate::queries::{Fill, ModelUse, Operand, Query, Stored};

impl Run<'_, '_, '_> {
    /// What is stored by a query that adds a row.
    pub(super) fn adds(&self, query: &Query, frame: Context<'_>, state: &State) {
        if self.judge.is_of_users {
            return;
        }
        if let Some(model) = query.model() {
            self.below(query.stored.iter(), query.span, model, frame, state);
        }
        if let Some(Operand::Expr { expr, frame: own, .. }) = &query.object
            && let Some((fill, frame)) = self.construction(*expr, own.as_ref().or(frame))
            && let Some(ModelUse::Known(model)) = fill.model
        {
            self.below(fill.stored.iter(), fill.span, model, frame.as_ref(), state);
        }
    }

    /// Where the object that is added was made.
    fn construction(
        &self,
        object: ExprRef,
        frame: Context<'_>,
    ) -> Option<(&Fill, Option<std::rc::Rc<semantic::Frame>>)> {
        let model = self.model();
        let mut at = (object, frame.cloned());
        for _ in 0..6 {
            at = self.passed(at.0, at.1.as_ref());
            if !matches!(model.expr(at.0).kind, ExprKind::Name(_)) {
                break;
            }
            let NameUse::Bound(definitions) = model.definitions(at.0) else {
                return None;
            };
            let [only] = definitions.as_slice() else { return None };
            let BindingKind::Value(id) = only.binding.kind else {
                return None;
            };
            at.0 = ExprRef { file: only.file, id };
        }
        let function = model.enclosing_function(at.0)?;
        let mut fills = self.judge.data.queries.fills_in(function);
        let fill = fills.find(|fill| fill.call == Some(at.0))?;
        Some((fill, at.1))
    }

    /// Columns of a row that say what it belongs to.
    pub(super) fn below<'s>(
        &self,
        stored: impl Iterator<Item = &'s Stored>,
        span: Span,
        model: DataModelId,
        frame: Context<'_>,
        state: &State,
    ) {
        if state.is_privileged || state.is_dead || self.doubt_all.get() {
            return;
        }
        let data = self.judge.data.models.get(model);
        if data.parents.is_empty() || words(&data.name).iter().any(|word| JOINING_NAMES.contains(&&**word)) {
            return;
        }
        // A later entry wins.
        let mut said: Vec<(&str, DataModelId, &Operand, Option<&str>)> = Vec::new();
        for entry in stored {
            let (value, named) = match entry {
                Stored::Column { column, value, .. } => (value, Some(column.as_str())),
                Stored::Copied(copied) if !copied.is_filtered => (&copied.value, None),
                Stored::Copied(_) => continue,
            };
            for parent in &data.parents {
                let column = parent.column.as_str();
                let is_copied = || match entry {
                    Stored::Copied(copied) => {
                        let schema = copied.class.and_then(|class| self.judge.data.models.schema(class));
                        schema.is_some_and(|schema| schema.fields.iter().any(|field| field.name == column))
                            && !copied.excluded.iter().any(|name| name == column)
                            && copied
                                .included
                                .as_ref()
                                .is_none_or(|names| names.iter().any(|name| name == column))
                    }
                    Stored::Column { .. } => false,
                };
                if named == Some(column) || named.is_none() && is_copied() {
                    said.retain(|known| known.0 != column);
                    said.push((column, parent.model, value, named));
                }
            }
        }
        for (column, parent, value, named) in said {
            let Operand::Expr { expr, frame: own, .. } = value else {
                continue;
            };
            let frame = own.as_ref().or(frame);
            let Some(owner) = self
                .judge
                .owners
                .columns(parent)
                .first()
                .filter(|owner| owner.is_certain)
            else {
                continue;
            };
            let is_open_to_all = self.is_public(parent)
                || is_public_by_name(&self.judge.data.models.get(parent).name)
                || self.is_read_openly(parent);
            if parent == model || is_open_to_all {
                continue;
            }
            let rows = self.rows(*expr, frame);
            if named.is_some() && !rows.is_empty() {
                // The parent was fetched: it should have been checked.
                for open in state.open.iter().filter(|open| rows.contains(&open.access)) {
                    if self.accesses.borrow()[open.access as usize].model == parent {
                        self.expose(open.access, Exposure::Write(span), open.is_doubtful);
                    }
                }
                continue;
            }
            if self.who(*expr, frame, &state.same) != Who::Client {
                continue;
            }
            let mut inputs = self.inputs(*expr, frame);
            if named.is_none() {
                for input in &mut inputs {
                    input.1 = column.to_owned();
                }
                inputs.retain(|(part, _)| matches!(part, RequestPart::Body | RequestPart::Any));
            }
            if inputs.is_empty() || self.is_answered(&inputs, parent, span, state) {
                continue;
            }
            let mut additions = self.additions.borrow_mut();
            if !additions
                .iter()
                .any(|known| known.span == span && known.parent == parent)
            {
                additions.push(Added {
                    span,
                    model,
                    parent,
                    owner: owner.name.clone(),
                    frame: frame.cloned(),
                });
            }
        }
    }

    /// Whether something with this key was looked up and found to be the caller's.
    fn is_answered(&self, inputs: &[Input], parent: DataModelId, span: Span, state: &State) -> bool {
        let judged = self.judged.borrow();
        if inputs.iter().any(|input| judged.contains(input)) {
            return true;
        }
        let keyed: Vec<u32> = {
            let accesses = self.accesses.borrow();
            let is_keyed = |number: &u32| {
                let met = &accesses[*number as usize];
                met.keyed
                    .iter()
                    .any(|(_, known)| known.iter().any(|input| inputs.contains(input)))
            };
            (0..accesses.len() as u32).filter(is_keyed).collect()
        };
        // `if project_id is not None: …`: on the other way there is no parent.
        let is_met = |number: &u32| {
            state.closed.contains(number)
                || state.unproven.contains(number)
                || state.open.iter().any(|open| open.access == *number)
        };
        if !keyed.is_empty() && !keyed.iter().any(is_met) {
            return true;
        }
        for number in keyed {
            let (is_tied, is_parent) = {
                let accesses = self.accesses.borrow();
                let met = &accesses[number as usize];
                let is_tied = state.closed.contains(&number)
                    || matches!(
                        met.tie,
                        Some(Tie::Predicate(_) | Tie::Related | Tie::Privileged | Tie::Unknown | Tie::ClientSays)
                    );
                (is_tied, met.model == parent)
            };
            if is_tied && !state.unproven.contains(&number) {
                return true;
            }
            let open = state.open.iter().find(|open| open.access == number);
            if let Some(open) = open.filter(|_| is_parent) {
                self.expose(number, Exposure::Write(span), open.is_doubtful);
                return true;
            }
        }
        false
    }
}
