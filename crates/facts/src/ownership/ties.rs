//! What the conditions of a query have to do with the caller.

use semantic::ExprRef;
use syntax::ast::*;

use super::Tie;
use super::owners::{is_owner_like, is_public_by_name, plain};
use super::run::Run;
use super::state::State;
use super::values::{Context, Input, Who};
use crate::libraries::data::Operation;
use crate::libraries::owners::{SHARED_VALUES, SHARED_WORDS, VISIBILITY_WORDS};
use crate::models::DataModelId;
use crate::queries::{Condition, ModelUse, Operand, Operator, Predicate, Query, Subquery};

/// What is known of a query before anything is compared.
pub(super) struct Limits {
    pub(super) tie: Option<Tie>,
    /// Conditions choose rows that anyone may see.
    pub(super) is_visible: bool,
    /// Columns with the inputs that they are compared to.
    pub(super) keyed: Vec<(String, Vec<Input>)>,
    /// Accesses whose rows the conditions are made of.
    pub(super) derived: Vec<u32>,
    /// A row is chosen by its key.
    pub(super) has_key: bool,
}

/// A column, the value that it is compared to, and the calls in which that stands.
type Handed = (String, ExprRef, Option<std::rc::Rc<semantic::Frame>>);

impl Run<'_, '_, '_> {
    pub(super) fn limits(&self, query: &Query, model: DataModelId, frame: Context<'_>, state: &State) -> Limits {
        let mut out = Limits {
            tie: None,
            is_visible: false,
            keyed: Vec::new(),
            derived: Vec::new(),
            has_key: false,
        };
        for predicate in query.required() {
            self.required(predicate, model, frame, state, &mut out);
        }
        if self.is_swapped(query, model, frame, state) {
            out.tie = None;
            return out;
        }
        for join in query.joins.iter().filter(|join| join.is_certain) {
            for condition in &join.on {
                let mut found = Vec::new();
                compares(condition, &mut found);
                for predicate in found {
                    self.required(predicate, model, frame, state, &mut out);
                }
            }
        }
        for predicate in query.predicates() {
            if let Operand::Expr { expr, frame: own, .. } = &predicate.value {
                let inputs = self.inputs(*expr, own.as_ref().or(frame));
                let column = predicate.column.name().to_owned();
                if !inputs.is_empty() && !out.keyed.contains(&(column.clone(), inputs.clone())) {
                    out.keyed.push((column, inputs));
                }
            }
        }
        if out.tie.is_none() {
            let conditions = query.conditions.iter();
            for clause in conditions {
                let found = match self.handed(&clause.condition, frame) {
                    Some(handed) => self.handed_tie(&handed, state, &mut out),
                    None => self.condition(&clause.condition, model, frame, state),
                };
                let found = match (clause.is_certain, found) {
                    (false, Some(Tie::Predicate(span))) => Some(self.sometimes(span, frame)),
                    (_, found) => found,
                };
                match found {
                    Some(Tie::Public) => out.is_visible = true,
                    Some(tie) => out.tie = Some(better(out.tie.take(), tie)),
                    None => {}
                }
            }
        }
        out
    }

    fn required(&self, predicate: &Predicate, model: DataModelId, frame: Context<'_>, state: &State, out: &mut Limits) {
        let column = predicate.column.name();
        if is_visibility(column) && !self.judge.owners.owns(model, column) {
            out.is_visible = true;
        }
        let is_equal = matches!(
            predicate.operator,
            Operator::Equal | Operator::In | Operator::Like | Operator::Other(_)
        );
        // Who shows the secret of a row may have it: a link that was mailed, an invitation.
        if predicate.operator == Operator::Equal && is_capability(column) {
            out.tie = Some(better(out.tie.take(), Tie::Unknown));
        }
        if !is_equal {
            return;
        }
        match &predicate.value {
            Operand::Expr { expr, frame: own, .. } => {
                let frame = own.as_ref().or(frame);
                let rows = self.rows(*expr, frame);
                out.derived.extend(rows.iter().copied());
                let is_key = self.is_key(model, predicate);
                out.has_key |= is_key && predicate.operator == Operator::Equal;
                let tie = match self.who(*expr, frame, &state.same) {
                    Who::Caller if rows.is_empty() => Some(Tie::Predicate(predicate.span)),
                    Who::Client
                        if !self.judge.is_of_users && self.judge.owners.owns(model, column) && rows.is_empty() =>
                    {
                        Some(Tie::ClientSays)
                    }
                    Who::Mixed if self.judge.owners.owns(model, column) && rows.is_empty() => Some(Tie::Unknown),
                    // Also of a membership that is joined: whose it is cannot be told.
                    Who::Other
                        if (self.judge.owners.owns(model, column)
                            || predicate.column.model.is_some() && is_owner_like(column))
                            && !self.is_literal(*expr) =>
                    {
                        Some(Tie::Unknown)
                    }
                    _ => None,
                };
                if let Some(tie) = tie {
                    out.tie = Some(better(out.tie.take(), tie));
                }
            }
            Operand::Subquery(inner) => {
                if let Some(tie) = self.inner(inner, model, frame, state) {
                    out.tie = Some(better(out.tie.take(), tie));
                }
            }
            Operand::Unresolved { .. } if self.judge.owners.owns(model, column) => {
                out.tie = Some(better(out.tie.take(), Tie::Unknown));
            }
            _ => {}
        }
    }

    /// `WHERE id = ? AND user_id = ?` with `(user.id, note_id)`: the key is compared with the caller, and the owner
    /// with what the client says.
    fn is_swapped(&self, query: &Query, model: DataModelId, frame: Context<'_>, state: &State) -> bool {
        let (mut key_is_caller, mut owner_is_client) = (false, false);
        for predicate in query.required() {
            let Operand::Expr { expr, frame: own, .. } = &predicate.value else {
                continue;
            };
            if predicate.operator != Operator::Equal {
                continue;
            }
            let owns = self.judge.owners.owns(model, predicate.column.name());
            match self.who(*expr, own.as_ref().or(frame), &state.same) {
                Who::Caller => key_is_caller |= !owns && self.is_key(model, predicate),
                Who::Client => owner_is_client |= owns,
                Who::Mixed | Who::Other => {}
            }
        }
        !self.judge.is_of_users && key_is_caller && owner_is_client
    }

    fn is_literal(&self, expr: ExprRef) -> bool {
        let values = self.judge.model.eval(expr);
        !values.is_empty()
            && values.iter().all(|value| {
                matches!(
                    value.kind,
                    semantic::ValueKind::Str(_) | semantic::ValueKind::Int(_) | semantic::ValueKind::None
                )
            })
    }

    /// What a condition that is not a plain comparison says of the caller. Conditions nest no deeper than they are read.
    fn condition(&self, condition: &Condition, model: DataModelId, frame: Context<'_>, state: &State) -> Option<Tie> {
        let part = |part: &Condition| self.condition(part, model, frame, state);
        match condition {
            Condition::Compare(predicate) => {
                let is_public = is_visibility(predicate.column.name()).then_some(Tie::Public);
                match &predicate.value {
                    Operand::Expr { expr, frame: own, .. }
                        if !matches!(predicate.operator, Operator::NotEqual | Operator::NotIn)
                            && self.who(*expr, own.as_ref().or(frame), &state.same) == Who::Caller =>
                    {
                        Some(Tie::Predicate(predicate.span))
                    }
                    Operand::Subquery(inner) => self.inner(inner, model, frame, state).or(is_public),
                    _ => is_public,
                }
            }
            Condition::All(parts) | Condition::OneOf(parts) => parts
                .iter()
                .filter_map(part)
                .fold(None, |best, tie| Some(better(best, tie))),
            // The rows of the other ways come, too.
            Condition::Any(parts) => {
                let mut best = None;
                for other in parts {
                    if self.opens(other, model, frame, state) {
                        return None;
                    }
                    best = part(other).map(|tie| better(best.clone(), tie)).or(best);
                }
                best
            }
            Condition::Exists(inner) => self.inner(inner, model, frame, state),
            // What Python makes of it is another rule's business.
            Condition::Python(python) => {
                let ties = python.operands.iter().filter_map(part);
                ties.fold(None, |best, tie| Some(better(best, tie)))
            }
            Condition::Unresolved { .. } => Some(Tie::Unknown),
            Condition::Not(_) | Condition::Always(_) | Condition::Never(_) => None,
        }
    }

    /// Whether one of several ways to be chosen lets in rows that are neither the caller's nor made for everybody:
    /// `or_(Task.owner_id == me, Task.id == task_id)`.
    fn opens(&self, condition: &Condition, model: DataModelId, frame: Context<'_>, state: &State) -> bool {
        match condition {
            Condition::Always(_) => true,
            Condition::Compare(predicate) => {
                let column = predicate.column.name();
                let owns = self.judge.owners.owns(model, column);
                // Rows that nobody holds are shared.
                let is_shared = owns && predicate.operator == Operator::IsNull;
                if is_shared || is_visibility(column) && !owns || speaks_for_all(column) {
                    return false;
                }
                let Operand::Expr { expr, frame: own, .. } = &predicate.value else {
                    return matches!(predicate.value, Operand::Literal { .. });
                };
                let frame = own.as_ref().or(frame);
                let texts = self.texts(*expr, frame);
                if texts.iter().any(|text| {
                    SHARED_VALUES
                        .iter()
                        .any(|word| text.to_ascii_lowercase().contains(word))
                }) {
                    return false;
                }
                let is_other = matches!(predicate.operator, Operator::NotEqual | Operator::NotIn);
                match self.who(*expr, frame, &state.same) {
                    Who::Caller => owns && is_other,
                    // A value of a row that was fetched before: its parent, its group.
                    _ if !self.rows(*expr, frame).is_empty() => false,
                    Who::Client => true,
                    Who::Other => self.is_plain_value(*expr),
                    Who::Mixed => false,
                }
            }
            Condition::All(parts) => {
                parts.iter().all(|part| self.opens(part, model, frame, state))
                    && self.condition(condition, model, frame, state).is_none()
            }
            Condition::Any(parts) => parts.iter().any(|part| self.opens(part, model, frame, state)),
            _ => false,
        }
    }

    /// `True`, `"done"`, `5`: the same for every caller.
    fn is_plain_value(&self, expr: ExprRef) -> bool {
        let is_written = matches!(
            self.judge.model.expr(expr).kind,
            ExprKind::True | ExprKind::False | ExprKind::None | ExprKind::Integer | ExprKind::Float
        );
        is_written || self.is_literal(expr)
    }

    /// A condition that the function is given: `query_filter`, `**filters`. Each column with its value.
    fn handed(&self, condition: &Condition, frame: Context<'_>) -> Option<Vec<Handed>> {
        let mut pending = vec![condition];
        while let Some(condition) = pending.pop() {
            let span = match condition {
                Condition::OneOf(parts) | Condition::All(parts) => {
                    pending.extend(parts);
                    continue;
                }
                Condition::Unresolved { span, .. } => *span,
                _ => continue,
            };
            let frame = frame?;
            let model = self.judge.model;
            let written = model.text(span);
            let stars = written.len() - written.trim_start_matches('*').len();
            let mut inner = span;
            inner.range = text::TextRange::new(
                span.range.start() + text::TextSize::from(stars as u32),
                span.range.end(),
            );
            let expr = model.expr_of(inner)?;
            if stars == 2
                && let Some(given) = self.keywords(expr, frame)
            {
                return Some(given);
            }
            let (passed, outer) = self.passed(expr, Some(frame));
            if passed == expr {
                return None;
            }
            return self.pairs(passed, outer);
        }
        None
    }

    /// Columns and values of a condition that is passed on, as far as it is written at the call.
    fn pairs(&self, passed: ExprRef, frame: Option<std::rc::Rc<semantic::Frame>>) -> Option<Vec<Handed>> {
        let model = self.judge.model;
        let ast = model.ast(passed.file);
        let mut out = Vec::new();
        let mut pending = vec![passed.id];
        let mut left = 60;
        while let Some(id) = pending.pop() {
            left -= 1;
            if left == 0 {
                return None;
            }
            let at = |id| ExprRef { file: passed.file, id };
            match ast[id].kind {
                ExprKind::None => {}
                ExprKind::Compare { first, rest } => {
                    let [comparison] = ast[rest] else { return None };
                    for (side, other) in [(first, comparison.right), (comparison.right, first)] {
                        if let ExprKind::Attribute { name, .. } = ast[side].kind {
                            let name = model.file(passed.file).source().name(name).to_owned();
                            out.push((name, at(other), frame.clone()));
                        }
                    }
                }
                ExprKind::Dict(items) => {
                    for item in &ast[items] {
                        let DictItem::Pair { key, value } = *item else {
                            return None;
                        };
                        let name = model.eval(at(key)).first()?.as_str()?.to_owned();
                        match ast[value].kind {
                            ExprKind::Dict(_) | ExprKind::List(_) => pending.push(value),
                            _ => out.push((name, at(value), frame.clone())),
                        }
                    }
                }
                ExprKind::List(items) | ExprKind::Tuple(items) => pending.extend(&ast[items]),
                ExprKind::Binary { left, right, .. } => pending.extend([left, right]),
                ExprKind::Call { arguments, .. } => {
                    for argument in &ast[arguments] {
                        match argument.kind {
                            ArgumentKind::Keyword(name) => {
                                let name = model.file(passed.file).source().name(name).to_owned();
                                out.push((name, at(argument.value), frame.clone()));
                            }
                            _ => pending.push(argument.value),
                        }
                    }
                }
                ExprKind::Name(_) => {
                    let semantic::NameUse::Bound(definitions) = model.definitions(at(id)) else {
                        return None;
                    };
                    let [only] = definitions.as_slice() else { return None };
                    match only.binding.kind {
                        semantic::BindingKind::Value(value)
                            if only.file == passed.file && only.mutations.is_empty() =>
                        {
                            pending.push(value);
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
        Some(out)
    }

    /// `**filters` of a function: the keywords of its call that are no parameters.
    fn keywords(&self, expr: ExprRef, frame: &std::rc::Rc<semantic::Frame>) -> Option<Vec<Handed>> {
        let model = self.judge.model;
        let file = model.file(frame.function.file);
        let ast = file.ast();
        let ExprKind::Name(name) = model.expr(expr).kind else {
            return None;
        };
        let parameters = &ast[ast[frame.function.id].parameters];
        let is_rest = parameters
            .iter()
            .any(|parameter| parameter.kind == ParameterKind::DoubleStar && parameter.name == name);
        if !is_rest {
            return None;
        }
        let call = model.ast(frame.call.file);
        let ExprKind::Call { arguments, .. } = call[frame.call.id].kind else {
            return None;
        };
        let mut out = Vec::new();
        for argument in &call[arguments] {
            match argument.kind {
                ArgumentKind::Keyword(name) => {
                    let name = model.file(frame.call.file).source().name(name);
                    let is_parameter = parameters
                        .iter()
                        .any(|parameter| file.source().name(parameter.name) == name);
                    if !is_parameter {
                        let value = ExprRef {
                            file: frame.call.file,
                            id: argument.value,
                        };
                        out.push((name.to_owned(), value, frame.caller.clone()));
                    }
                }
                ArgumentKind::DoubleStar | ArgumentKind::Star => return None,
                ArgumentKind::Positional => {}
            }
        }
        Some(out)
    }

    fn handed_tie(&self, handed: &[Handed], state: &State, out: &mut Limits) -> Option<Tie> {
        let mut tie = None;
        for (column, value, frame) in handed {
            let frame = frame.as_ref();
            out.derived.extend(self.rows(*value, frame));
            let inputs = self.inputs(*value, frame);
            match self.who(*value, frame, &state.same) {
                Who::Caller => tie = Some(Tie::Predicate(self.judge.model.span(*value))),
                Who::Mixed => tie = tie.or(Some(Tie::Unknown)),
                Who::Client | Who::Other => {}
            }
            out.has_key |= matches!(&*plain(column), "id" | "pk");
            if !inputs.is_empty() {
                out.keyed.push((column.clone(), inputs));
            }
        }
        tie
    }

    fn inner(&self, inner: &Subquery, model: DataModelId, frame: Context<'_>, state: &State) -> Option<Tie> {
        let known = inner.models.iter().find_map(|used| match used {
            ModelUse::Known(id) => Some(*id),
            _ => None,
        });
        let model = known.unwrap_or(model);
        inner
            .conditions
            .iter()
            .find_map(|clause| self.condition(&clause.condition, model, frame, state))
            .filter(|tie| !matches!(tie, Tie::Public))
    }

    /// A condition on the owner that is only there on some ways: `if mine: …` lets the client leave it out.
    fn sometimes(&self, span: text::Span, frame: Context<'_>) -> Tie {
        let model = self.judge.model;
        let Some(expr) = model.expr_of(span) else {
            return Tie::Predicate(span);
        };
        let ast = model.ast(span.file);
        let around = ast.ancestors(ast.stmt_of(expr.id));
        for stmt in around {
            let StmtKind::If { branches, .. } = ast[stmt].kind else {
                continue;
            };
            let tests: Vec<ExprRef> = ast[branches]
                .iter()
                .map(|branch| ExprRef {
                    file: span.file,
                    id: branch.test,
                })
                .collect();
            if tests
                .iter()
                .all(|test| self.who(*test, frame, &[]) == Who::Client && self.is_flag(*test))
            {
                return Tie::Nothing;
            }
            break;
        }
        Tie::Predicate(span)
    }

    /// `mine`, `not everyone`
    fn is_flag(&self, test: ExprRef) -> bool {
        let ast = self.judge.model.ast(test.file);
        match ast[test.id].kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } => true,
            ExprKind::Unary { operand, .. } => {
                matches!(ast[operand].kind, ExprKind::Name(_))
            }
            _ => false,
        }
    }

    fn is_key(&self, model: DataModelId, predicate: &Predicate) -> bool {
        let name = predicate.column.name();
        let data = self.judge.data.models.get(model);
        let is_declared = data
            .column(name)
            .is_some_and(|column| column.is_primary_key || column.is_unique);
        is_declared || matches!(&*plain(name), "id" | "pk" | "uuid" | "uid") || name == "_id"
    }

    /// Whether rows of a model are made to be read by everybody.
    pub(super) fn is_public(&self, model: DataModelId) -> bool {
        let found = self.judge.data.models.get(model);
        is_public_by_name(&found.name)
            || self.judge.owners.columns(model).is_empty()
                && found.parents.iter().any(|parent| {
                    let parent = self.judge.data.models.get(parent.model);
                    is_public_by_name(&parent.name) && !super::owners::is_private_by_name(&found.name)
                })
    }
}

fn compares<'c>(condition: &'c Condition, out: &mut Vec<&'c Predicate>) {
    let mut pending = vec![condition];
    while let Some(condition) = pending.pop() {
        match condition {
            Condition::Compare(predicate) => out.push(predicate),
            Condition::All(parts) => pending.extend(parts),
            _ => {}
        }
    }
}

fn better(a: Option<Tie>, b: Tie) -> Tie {
    let rank = |tie: &Tie| match tie {
        Tie::Predicate(_) | Tie::Comparison(_) | Tie::Related | Tie::Privileged => 5,
        Tie::Public => 4,
        Tie::Unknown => 2,
        Tie::ClientSays => 3,
        Tie::Nothing => 1,
    };
    match a {
        Some(a) if rank(&a) >= rank(&b) => a,
        _ => b,
    }
}

fn is_capability(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    ["token", "otp", "secret"].iter().any(|word| name.contains(word))
}

pub(super) fn is_visibility(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    VISIBILITY_WORDS.iter().any(|word| name.contains(word))
}

/// Columns of rows that come with the product and belong to everybody: `is_default`, `builtin`.
fn speaks_for_all(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    SHARED_WORDS.iter().any(|word| name.contains(word))
}

/// Whether an access shows or changes rows by itself.
pub(super) fn is_by_statement(query: &Query) -> bool {
    matches!(query.operation, Operation::Update | Operation::Delete) && query.object.is_none()
}
