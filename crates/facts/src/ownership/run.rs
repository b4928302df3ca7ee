//! One route, run on every way: its dependencies in order, its handler, the functions that they call.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ClassRef, ExprRef, Frame, FunctionRef, Model, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use super::owners::{is_private_by_name, is_public_by_name};
use super::path::Path;
use super::state::{Exit, Gives, Open, State, joined};
use super::ties::is_by_statement;
use super::values::{Context, Input, Who, chain};
use super::{
    Addition, CallerValue, CheckFault, Exposure, FailedCheck, Judge, LateCheck, OwnershipVerdict, RouteOwnership,
    RowAccess, Tie,
};
use crate::applications::Operation;
use crate::authentication::roles::{admits_everybody, asked};
use crate::dependencies::{CallableKind, Dependency};
use crate::libraries::data::{Fetch, Operation as Access, raises_without_rows};
use crate::libraries::owners::JUDGE_WORDS;
use crate::models::{DataModelId, ModelSource};
use crate::queries::{ModelUse, Query, Stored};

/// Functions inside functions that are run.
const MAX_DEPTH: usize = 6;
/// Calls that are entered for one route.
const MAX_ENTRIES: usize = 600;
/// Dependencies that are run for one route.
const MAX_DEPENDENCIES: usize = 40;
/// Accesses that are told apart in one route.
const MAX_ACCESSES: usize = 60;

pub(super) struct Run<'j, 'm, 'a> {
    pub(super) judge: &'j Judge<'m, 'a>,
    pub(super) accesses: RefCell<Vec<Met>>,
    pub(super) late: RefCell<Vec<LateCheck>>,
    pub(super) seen: RefCell<Vec<Seen>>,
    callees: RefCell<FxHashMap<(ExprRef, Vec<ExprRef>), Callees>>,
    entered: RefCell<Vec<Entered>>,
    /// Rows are there that cannot be told whose.
    pub(super) unknown: Cell<bool>,
    models: RefCell<Vec<DataModelId>>,
    /// Rows that are made, with whose they are.
    created: RefCell<Vec<(Span, OwnershipVerdict, String)>>,
    pub(super) additions: RefCell<Vec<Added>>,
    /// Inputs that were handed to something which by its name judges them.
    pub(super) judged: RefCell<Vec<Input>>,
    /// A dependency that is not followed may judge anything.
    pub(super) doubt_all: Cell<bool>,
    /// The database was told who calls, and may limit rows itself.
    pub(super) row_security: Cell<bool>,
    /// The roles that the dependency which runs was made with.
    pub(super) asked: RefCell<Vec<String>>,
    pub(super) left: Cell<usize>,
}

type Callees = Rc<[(FunctionRef, Option<Rc<Value>>)]>;

/// A function that was run from a state.
struct Entered {
    function: FunctionRef,
    calls: Vec<ExprRef>,
    start: State,
    exits: Rc<[Exit]>,
}

/// An access that the route met.
pub(super) struct Met {
    pub(super) query: usize,
    pub(super) chain: Vec<ExprRef>,
    frame: Option<Rc<Frame>>,
    pub(super) model: DataModelId,
    owner: Option<String>,
    is_many: bool,
    is_child: bool,
    is_visible: bool,
    pub(super) tie: Option<Tie>,
    pub(super) keyed: Vec<(String, Vec<Input>)>,
    pub(super) links: Vec<u32>,
    pub(super) closed: Option<Tie>,
    exposure: Option<Exposure>,
    is_doubtful: bool,
    /// A loop looks at each row and leaves some out.
    is_filtered: bool,
}

/// A row that is put below a parent which nobody checked.
pub(super) struct Added {
    pub(super) span: Span,
    pub(super) model: DataModelId,
    pub(super) parent: DataModelId,
    pub(super) owner: String,
    pub(super) frame: Option<Rc<Frame>>,
}

/// A comparison of rows that looks like a check.
pub(super) struct Seen {
    pub(super) rows: Vec<u32>,
    pub(super) check: FailedCheck,
}

/// What a route does with rows that somebody owns.
pub(super) fn route(judge: &Judge<'_, '_>, operation: &Operation) -> RouteOwnership {
    let run = Run {
        judge,
        accesses: RefCell::default(),
        late: RefCell::default(),
        seen: RefCell::default(),
        callees: RefCell::default(),
        entered: RefCell::default(),
        unknown: Cell::new(false),
        models: RefCell::default(),
        created: RefCell::default(),
        additions: RefCell::default(),
        judged: RefCell::default(),
        doubt_all: Cell::new(false),
        row_security: Cell::new(judge.limits_rows_everywhere()),
        asked: RefCell::default(),
        left: Cell::new(MAX_ENTRIES.min(judge.left.get())),
    };
    let before = run.left.get();
    let Some(handler) = operation.handler.function() else {
        return RouteOwnership::default();
    };
    if judge.sets_caller(handler) {
        run.row_security.set(true);
    }
    let mut state = State::default();
    let mut seen = FxHashSet::default();
    let mut left = MAX_DEPENDENCIES;
    for dependency in &operation.dependencies {
        state = run.dependency(dependency, state, &mut seen, &mut left);
    }
    if !state.open.is_empty() || run.is_relevant(handler, 0) {
        run.function(handler, None, state, true);
    }
    judge.left.set(judge.left.get() - (before - run.left.get()));
    run.finish(operation)
}

impl<'m, 'a> Run<'_, 'm, 'a> {
    pub(super) fn model(&self) -> &'m Model<'a> {
        self.judge.model
    }

    /// What a dependency asks for runs before it.
    fn dependency(
        &self,
        dependency: &Dependency,
        mut state: State,
        seen: &mut FxHashSet<FunctionRef>,
        left: &mut usize,
    ) -> State {
        if *left == 0 {
            return state;
        }
        *left -= 1;
        for inner in dependency.dependencies.iter() {
            state = self.dependency(inner, state, seen, left);
        }
        let callable = &dependency.callable;
        let is_for_few = |name: &str| {
            let name = name.to_ascii_lowercase();
            ["admin", "superuser", "staff", "moderator"]
                .iter()
                .any(|word| name.contains(word))
        };
        let scopes = dependency.scopes.iter().any(|scope| is_for_few(scope));
        if !dependency.is_conditional && (is_for_few(&callable.name) || scopes) {
            state.is_privileged = true;
        }
        let marker = self.model().text(dependency.marker);
        let roles = asked(self.model(), dependency);
        let is_ordinary = admits_everybody(&roles);
        if !is_ordinary && marker.len() < 200 && ["superuser=True", "admin"].iter().any(|word| marker.contains(word)) {
            state.is_privileged = true;
        }
        let function = match callable.kind {
            CallableKind::Function(function) | CallableKind::Method(function) => Some(function),
            CallableKind::Instance { class, .. } => method(self.model(), class, "__call__"),
            CallableKind::Class(class) => method(self.model(), class, "__init__"),
            CallableKind::External { .. } | CallableKind::Unknown => {
                let name = callable.name.to_ascii_lowercase();
                let judges = JUDGE_WORDS.iter().any(|word| name.contains(word));
                if judges || callable.kind == CallableKind::Unknown && dependency.parameter.is_none() {
                    self.doubt_all.set(true);
                }
                None
            }
            CallableKind::Lambda(_) => None,
        };
        let Some(function) = function else { return state };
        if self.judge.sets_caller(function) {
            self.row_security.set(true);
        }
        if !seen.insert(function) || !self.is_relevant(function, 0) || dependency.is_conditional {
            return state;
        }
        let around = self.asked.replace(roles);
        let exits = self.function(function, None, state.clone(), false);
        self.asked.replace(around);
        let after = joined(exits.iter().map(|exit| exit.state.clone()));
        if after.is_dead {
            return state;
        }
        let is_privileged = after.is_privileged && (!is_ordinary || state.is_privileged);
        State { is_privileged, ..after }
    }

    /// Runs a function from a state; gives its ways out.
    pub(super) fn function(
        &self,
        function: FunctionRef,
        frame: Context<'_>,
        start: State,
        is_handler: bool,
    ) -> Rc<[Exit]> {
        let calls = chain(frame);
        let known = self.entered.borrow().iter().find_map(|known| {
            let is_same = known.function == function && known.calls == calls && known.start == start;
            is_same.then(|| known.exits.clone())
        });
        if let Some(known) = known {
            return known;
        }
        let ast = self.model().ast(function.file);
        let mut path = Path::new(self, function, frame, is_handler);
        let inner = State {
            flags: Vec::new(),
            ..start.clone()
        };
        self.model()
            .walk(function.file, ast[function.id].body, inner, &mut path);
        let mut exits = path.exits;
        let before: Vec<u32> = start.open.iter().map(|open| open.access).collect();
        for exit in &mut exits {
            exit.state.flags.clone_from(&start.flags);
            // Rows that are not handed out of a function stay inside, unless they were changed.
            if matches!(exit.gives, Gives::Nothing | Gives::False) {
                exit.state
                    .open
                    .retain(|open| open.touched.is_some() || before.contains(&open.access));
            }
        }
        let exits: Rc<[Exit]> = exits.into();
        self.entered.borrow_mut().push(Entered {
            function,
            calls,
            start,
            exits: exits.clone(),
        });
        exits
    }

    /// Whether running a function can matter: it, or what it calls, reaches rows, compares something, or raises.
    pub(super) fn is_relevant(&self, function: FunctionRef, depth: usize) -> bool {
        if let Some(&known) = self.judge.relevant.borrow().get(&function) {
            return known;
        }
        if depth > 8 {
            return true;
        }
        self.judge.relevant.borrow_mut().insert(function, false);
        let queries = &self.judge.data.queries;
        let found = queries.in_function(function).next().is_some()
            || queries.fills.iter().any(|fill| fill.function == Some(function))
            || !self.judge.calls.comparisons(function).is_empty()
            || self.raises(function)
            || self.judge.calls.of(function).into_iter().any(|call| {
                self.model().callee(call).iter().any(|callee| match callee.kind {
                    ValueKind::Function(called) | ValueKind::Method { function: called, .. } => {
                        self.is_relevant(called, depth + 1)
                    }
                    _ => false,
                })
            });
        self.judge.relevant.borrow_mut().insert(function, found);
        found
    }

    /// Whether a function raises one of these exceptions itself.
    pub(super) fn may_raise(&self, function: FunctionRef, names: &[&str]) -> bool {
        let source = self.model().file(function.file).source();
        let ast = source.ast();
        ast.stmts_within(ast[function.id].body).iter().any(|&stmt| {
            let StmtKind::Raise { exception, .. } = ast[stmt].kind else {
                return false;
            };
            let class = exception.map(|id| match ast[id].kind {
                ExprKind::Call { function, .. } => ast[function].kind,
                kind => kind,
            });
            match class {
                Some(ExprKind::Name(name) | ExprKind::Attribute { name, .. }) => names.contains(&source.name(name)),
                _ => true,
            }
        })
    }

    fn raises(&self, function: FunctionRef) -> bool {
        let ast = self.model().ast(function.file);
        ast.stmts_within(ast[function.id].body)
            .iter()
            .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }))
    }

    /// The functions of the project that a call calls, with the objects whose methods they are.
    pub(super) fn callees(&self, call: ExprRef, frame: Context<'_>) -> Callees {
        let key = (call, chain(frame));
        if let Some(known) = self.callees.borrow().get(&key) {
            return known.clone();
        }
        let mut found: Vec<(FunctionRef, Option<Rc<Value>>)> = Vec::new();
        for value in self.judge.flow.callee(call, frame) {
            let callee = match value.kind {
                ValueKind::Function(function) => (function, None),
                ValueKind::Method { function, receiver } => (function, Some(receiver)),
                _ => continue,
            };
            if found.len() < 6 && !found.iter().any(|known| known.0 == callee.0) {
                found.push(callee);
            }
        }
        let found: Callees = found.into();
        self.callees.borrow_mut().insert(key, found.clone());
        found
    }

    /// The frame in which a call runs a function; none for one that runs already.
    pub(super) fn entered(
        &self,
        function: FunctionRef,
        receiver: Option<Rc<Value>>,
        call: ExprRef,
        frame: Context<'_>,
    ) -> Option<Rc<Frame>> {
        let outer = || std::iter::successors(frame, |frame| frame.caller.as_ref());
        if outer().count() >= MAX_DEPTH || outer().any(|frame| frame.function == function) {
            return None;
        }
        Some(Rc::new(Frame {
            function,
            call,
            receiver,
            caller: frame.cloned(),
        }))
    }

    /// The model of a query; for a generic one, that of this call.
    fn model_of(&self, query: &Query, frame: Context<'_>) -> Result<DataModelId, bool> {
        let (class, candidates) = match query.models.first() {
            Some(ModelUse::Known(id)) => return Ok(*id),
            Some(ModelUse::Generic { class, candidates }) => (class, candidates),
            _ => return Err(true),
        };
        let mut at = frame;
        while let Some(frame) = at {
            // `Repository(Task)`, `class Tasks(Repository[Task])`
            if let Some(ValueKind::Instance { class: found, call, .. }) =
                frame.receiver.as_ref().map(|value| &value.kind)
            {
                let made = call.and_then(|call| self.model_argument(call));
                if let Some(made) = made.filter(|made| candidates.iter().any(|known| known.model == *made)) {
                    return Ok(made);
                }
                let mut of_class = candidates
                    .iter()
                    .filter(|known| known.class == Some(*found) && Some(*found) != *class);
                if let (Some(only), None) = (of_class.next(), of_class.next()) {
                    return Ok(only.model);
                }
            }
            let passed = self.model_argument(frame.call);
            if let Some(passed) = passed.filter(|passed| candidates.iter().any(|known| known.model == *passed)) {
                return Ok(passed);
            }
            at = frame.caller.as_ref();
        }
        match candidates.as_slice() {
            [only] => Ok(only.model),
            _ => Err(candidates.iter().any(|known| self.is_owned(known.model, 0))),
        }
    }

    /// The model among the arguments of a call.
    fn model_argument(&self, call: ExprRef) -> Option<DataModelId> {
        let ast = self.model().ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return None;
        };
        ast[arguments].iter().take(6).find_map(|argument| {
            if !matches!(ast[argument.value].kind, ExprKind::Name(_) | ExprKind::Attribute { .. }) {
                return None;
            }
            let values = self.model().eval(ExprRef {
                file: call.file,
                id: argument.value,
            });
            values.into_iter().find_map(|value| match value.kind {
                ValueKind::Class(class) => self.judge.data.models.of_class(class),
                _ => None,
            })
        })
    }

    pub(super) fn is_owned(&self, id: DataModelId, depth: usize) -> bool {
        let model = self.judge.data.models.get(id);
        if self.judge.is_of_users {
            return model.is_user();
        }
        !model.is_user()
            && (!self.judge.owners.columns(id).is_empty()
                || depth < 2
                    && model
                        .parents
                        .iter()
                        .any(|parent| parent.model != id && self.is_owned(parent.model, depth + 1)))
    }

    /// Meets an access.
    pub(super) fn access(&self, index: usize, frame: Context<'_>, is_chosen: bool, state: &mut State) {
        let query = &self.judge.data.queries.all[index];
        let is_write = matches!(query.operation, Access::Update | Access::Delete);
        let deletes = query.operation == Access::Delete;
        if matches!(query.operation, Access::Insert | Access::Save) {
            self.stored(query, frame, state);
            self.adds(query, frame, state);
        }
        if matches!(query.operation, Access::Refresh | Access::Insert) {
            return;
        }
        // A question about rows gives none of them away; what it asks of the caller's may guard what follows.
        let is_question = matches!(query.operation, Access::Exists | Access::Count)
            || matches!(query.fetch, Some(Fetch::Exists | Fetch::Count));
        if let Some(object) = &query.object {
            let crate::queries::Operand::Expr { expr, frame: own, .. } = object else {
                return;
            };
            if is_write || query.operation == Access::Save {
                self.change(*expr, own.as_ref().or(frame), query, state);
            }
            return;
        }
        if query.operation == Access::Save {
            return;
        }
        let model = match self.model_of(query, frame) {
            Ok(model) => model,
            Err(may_be_owned) => {
                if may_be_owned && !is_constant_free(query) {
                    self.unknown.set(true);
                }
                return;
            }
        };
        if !self.models.borrow().contains(&model) {
            self.models.borrow_mut().push(model);
        }
        let is_owned = self.is_owned(model, 0);
        if !is_owned {
            if is_write && !state.is_privileged && !self.is_variable(model) {
                state.effects.push((query.span, deletes));
            }
            if is_write || self.judge.data.models.get(model).is_user() {
                return;
            }
        }
        let calls = chain(frame);
        let known = self
            .accesses
            .borrow()
            .iter()
            .position(|met| met.query == index && met.chain == calls);
        let mut limits = self.limits(query, model, frame, state);
        if self.row_security.get() {
            limits.tie.get_or_insert(Tie::Unknown);
        }
        let derived = limits.derived.clone();
        let is_one = limits.has_key
            || is_question
            || query.operation == Access::ReadOne
            || matches!(query.fetch, Some(Fetch::First | Fetch::One | Fetch::Scalar));
        let is_limited = matches!(limits.tie, Some(Tie::Predicate(_)));
        if is_question && !is_limited {
            return;
        }
        // Rows that nobody owns matter where the caller's own lead to them: what belongs to them is the caller's, too.
        if !is_owned && !is_limited && !limits.derived.iter().any(|row| state.closed.contains(row)) {
            return;
        }
        let number = match known {
            Some(known) => known as u32,
            None => {
                if self.accesses.borrow().len() >= MAX_ACCESSES {
                    self.unknown.set(true);
                    return;
                }
                let columns = self.judge.owners.columns(model);
                let met = Met {
                    query: index,
                    chain: calls,
                    frame: frame.cloned(),
                    model,
                    owner: columns.first().map(|column| column.name.clone()),
                    is_many: !is_one,
                    is_child: columns.is_empty(),
                    is_visible: limits.is_visible,
                    tie: limits.tie.clone(),
                    keyed: limits.keyed,
                    links: limits.derived.clone(),
                    closed: None,
                    exposure: None,
                    is_doubtful: false,
                    is_filtered: false,
                };
                self.accesses.borrow_mut().push(met);
                let number = self.accesses.borrow().len() as u32 - 1;
                self.link(number);
                number
            }
        };
        let tied = |number: u32| {
            let accesses = self.accesses.borrow();
            let met = &accesses[number as usize];
            matches!(
                met.tie,
                Some(Tie::Predicate(_) | Tie::Related | Tie::Privileged | Tie::Unknown | Tie::ClientSays)
            )
        };
        let links = self.accesses.borrow()[number as usize].links.clone();
        let by_link = links.iter().any(|&link| {
            // Nobody has looked whether the caller has such a row.
            if state.unproven.contains(&link) && !derived.contains(&link) {
                return false;
            }
            let is_limited = matches!(
                self.accesses.borrow()[link as usize].tie,
                Some(Tie::Predicate(_) | Tie::Related | Tie::Privileged)
            );
            is_limited || state.closed.contains(&link)
        });
        if state.is_privileged || is_chosen || tied(number) || by_link {
            let mut accesses = self.accesses.borrow_mut();
            let met = &mut accesses[number as usize];
            if met.tie.is_none() && (state.is_privileged || is_chosen) {
                met.closed = Some(Tie::Privileged);
            } else if met.tie.is_none() {
                met.tie = Some(Tie::Related);
            }
            drop(accesses);
            state.open.retain(|open| open.access != number);
            if !state.closed.contains(&number) {
                state.closed.push(number);
            }
            let may_be_absent = is_one
                && !state.is_privileged
                && matches!(self.accesses.borrow()[number as usize].tie, Some(Tie::Predicate(_)))
                && !is_write
                && !self.raises_without_rows(query);
            if may_be_absent {
                if !state.unproven.contains(&number) {
                    state.unproven.push(number);
                }
                return;
            }
            // What a tied row is linked to is tied, too.
            self.close(state, &links, None, Tie::Related);
            return;
        }
        state.open.retain(|open| open.access != number);
        state.closed.retain(|&closed| closed != number);
        state.open.push(Open {
            access: number,
            is_doubtful: self.doubt_all.get(),
            touched: None,
        });
        if is_by_statement(query) {
            let exposure = match deletes {
                true => Exposure::Delete(query.span),
                false => Exposure::Write(query.span),
            };
            state.written.push((number, exposure));
            state.effects.push((query.span, deletes));
        }
    }

    /// `.one()`, `.scalar_one()`: whoever has no such row gets no further.
    fn raises_without_rows(&self, query: &Query) -> bool {
        query.calls.iter().any(|&call| {
            let Some(function) = self.model().called(call) else {
                return false;
            };
            let name = match self.model().expr(function).kind {
                ExprKind::Attribute { name, .. } => self.model().file(call.file).source().name(name),
                _ => return false,
            };
            raises_without_rows(name, query.library)
        })
    }

    /// Whose a new row is.
    fn stored(&self, query: &Query, frame: Context<'_>, state: &State) {
        let Some(model) = query.model() else { return };
        let fills = query
            .function
            .into_iter()
            .flat_map(|function| self.judge.data.queries.fills_in(function))
            .filter(|fill| matches!(&fill.model, Some(ModelUse::Known(id)) if *id == model));
        let stored = query.stored.iter().chain(fills.flat_map(|fill| &fill.stored));
        for stored in stored {
            let Stored::Column {
                column, value, span, ..
            } = stored
            else {
                continue;
            };
            let crate::queries::Operand::Expr { expr, frame: own, .. } = value else {
                continue;
            };
            if !self.judge.owners.owns(model, column) {
                continue;
            }
            let found = match self.who(*expr, own.as_ref().or(frame), &state.same) {
                Who::Caller => (
                    OwnershipVerdict::Enforced,
                    format!("`{column}` is set to the caller here"),
                ),
                Who::Client => (OwnershipVerdict::Missing, format!("`{column}` is what the client says")),
                Who::Mixed | Who::Other => continue,
            };
            let mut models = self.models.borrow_mut();
            if !models.contains(&model) {
                models.push(model);
            }
            let mut created = self.created.borrow_mut();
            if !created.iter().any(|(known, ..)| known == span) {
                created.push((*span, found.0, found.1));
            }
        }
    }

    /// Links an access to those whose rows it belongs to.
    fn link(&self, number: u32) {
        let mut accesses = self.accesses.borrow_mut();
        let (before, new) = accesses.split_at_mut(number as usize);
        let Some(new) = new.first_mut() else { return };
        let models = &self.judge.data.models;
        for (other_number, other) in before.iter_mut().enumerate() {
            let is_parent = |child: &Met, column: &str, parent: &Met| {
                models
                    .get(child.model)
                    .parents
                    .iter()
                    .any(|found| found.column == column && found.model == parent.model)
            };
            let is_linked = new.keyed.iter().any(|(column, inputs)| {
                other.keyed.iter().any(|(other_column, other_inputs)| {
                    inputs.iter().any(|input| other_inputs.contains(input))
                        && (is_parent(new, column, other)
                            || is_parent(other, other_column, new)
                            || new.model == other.model && column == other_column
                            || matches!(other.tie, Some(Tie::Predicate(_)))
                            || matches!(new.tie, Some(Tie::Predicate(_))))
                })
            });
            let is_derived = new.links.contains(&(other_number as u32));
            if is_linked && !is_derived {
                new.links.push(other_number as u32);
            }
            if is_linked || is_derived {
                other.links.push(number);
            }
        }
    }

    /// The rows of these accesses, and of those they are linked to, are the caller's on this way.
    pub(super) fn close(&self, state: &mut State, rows: &[u32], check: Option<Span>, tie: Tie) {
        let mut pending: Vec<u32> = rows.to_vec();
        let mut seen: Vec<u32> = Vec::new();
        while let Some(number) = pending.pop() {
            if seen.contains(&number) {
                continue;
            }
            seen.push(number);
            let links = self.accesses.borrow()[number as usize].links.clone();
            pending.extend(links);
            if !state.closed.contains(&number) {
                state.closed.push(number);
            }
            let was_open = state.open.iter().any(|open| open.access == number);
            state.open.retain(|open| open.access != number);
            if was_open {
                let mut accesses = self.accesses.borrow_mut();
                let met = &mut accesses[number as usize];
                met.closed.get_or_insert(match rows.contains(&number) {
                    true => tie.clone(),
                    false => Tie::Related,
                });
            }
            let late: Vec<Exposure> = state
                .written
                .iter()
                .filter(|(written, _)| *written == number)
                .map(|(_, exposure)| *exposure)
                .collect();
            state.written.retain(|(written, _)| *written != number);
            if let (Some(check), Some(exposure)) = (check, late.first()) {
                let model = self.accesses.borrow()[number as usize].model;
                self.is_late(*exposure, check, true, Some(model));
            }
        }
    }

    pub(super) fn is_late(&self, exposure: Exposure, check: Span, is_owner: bool, model: Option<DataModelId>) {
        let (change, is_delete) = match exposure {
            Exposure::Read(_) => return,
            Exposure::Write(span) => (span, false),
            Exposure::Delete(span) => (span, true),
        };
        let mut late = self.late.borrow_mut();
        if !late.iter().any(|known| known.change == change) {
            late.push(LateCheck {
                change,
                check,
                is_owner,
                is_delete,
                model,
            });
        }
    }

    /// A row that was fetched is changed or deleted.
    fn change(&self, object: ExprRef, frame: Context<'_>, query: &Query, state: &mut State) {
        let rows = self.rows(object, frame);
        let exposure = match query.operation == Access::Delete {
            true => Exposure::Delete(query.span),
            false => Exposure::Write(query.span),
        };
        // A session keeps changes until they are committed; the others store them at once.
        let waits = matches!(query.library, "SQLAlchemy" | "SQLModel");
        for &row in &rows {
            if state.closed.contains(&row) {
                continue;
            }
            let Some(open) = state.open.iter_mut().find(|open| open.access == row) else {
                continue;
            };
            match (waits, query.operation) {
                // `session.add(task)` of a row that was not changed.
                (true, Access::Save | Access::Update) => {}
                (true, _) => open.touched = Some(exposure),
                (false, Access::Save) if open.touched.is_none() => {}
                (false, _) => {
                    let exposure = open.touched.unwrap_or(exposure);
                    if !state.written.contains(&(row, exposure)) {
                        state.written.push((row, exposure));
                    }
                }
            }
        }
        if rows.is_empty() && !state.is_privileged && query.operation == Access::Delete {
            state.effects.push((query.span, true));
        }
    }

    /// What was changed is changed for good.
    pub(super) fn commit(&self, state: &mut State) {
        for open in &mut state.open {
            if let Some(exposure) = open.touched
                && !state.written.contains(&(open.access, exposure))
            {
                state.written.push((open.access, exposure));
                if let Exposure::Write(span) | Exposure::Delete(span) = exposure {
                    state.effects.push((span, matches!(exposure, Exposure::Delete(_))));
                }
            }
        }
    }

    pub(super) fn filter(&self, rows: &[u32]) {
        let mut accesses = self.accesses.borrow_mut();
        for &row in rows {
            accesses[row as usize].is_filtered = true;
        }
    }

    /// Rows get out, or were changed, while they are open.
    pub(super) fn expose(&self, number: u32, exposure: Exposure, is_doubtful: bool) {
        let mut accesses = self.accesses.borrow_mut();
        let met = &mut accesses[number as usize];
        if is_doubtful {
            met.is_doubtful = true;
            return;
        }
        // Changing is worse than reading.
        let is_worse = matches!(met.exposure, Some(Exposure::Read(_))) && !matches!(exposure, Exposure::Read(_));
        if met.exposure.is_none() || is_worse {
            met.exposure = Some(exposure);
        }
    }

    fn finish(self, operation: &Operation) -> RouteOwnership {
        let mut out = RouteOwnership {
            data: self.models.take(),
            late_checks: self.late.take(),
            own_key: self.own_key(operation),
            ..RouteOwnership::default()
        };
        let seen = self.seen.take();
        let mut accesses = self.accesses.take();
        self.join_repeated(&mut accesses);
        for (number, met) in accesses.iter().enumerate() {
            let query = &self.judge.data.queries.all[met.query];
            let data = self.judge.data.models.get(met.model);
            let is_read = matches!(met.exposure, Some(Exposure::Read(_)));
            let tie = match (&met.tie, met.exposure) {
                (Some(tie), _) => tie.clone(),
                (None, Some(_)) if is_read && self.is_public_read(met) => Tie::Public,
                (None, Some(_)) if met.is_filtered => Tie::Unknown,
                (None, Some(_)) => Tie::Nothing,
                (None, None) if met.is_doubtful => Tie::Unknown,
                (None, None) => met.closed.clone().unwrap_or(Tie::Nothing),
            };
            let evidence = match &tie {
                Tie::Predicate(span) => Some((*span, format!("`{}` rows are limited to the caller's here", data.name))),
                Tie::Comparison(span) => Some((*span, format!("`{}` is compared with the caller here", data.name))),
                Tie::Related => Some((query.span, format!("`{}` rows belong to a checked row", data.name))),
                Tie::Privileged => Some((query.span, "only callers with special rights get here".to_owned())),
                Tie::ClientSays => Some((
                    query.span,
                    format!("the client says whose `{}` rows are meant", data.name),
                )),
                Tie::Nothing if met.exposure.is_some() => Some((
                    query.span,
                    format!("`{}` rows are not limited to the caller's here", data.name),
                )),
                Tie::Nothing | Tie::Public | Tie::Unknown => None,
            };
            out.evidence.extend(evidence);
            let failed = seen
                .iter()
                .filter(|seen| seen.rows.contains(&(number as u32)))
                .map(|seen| seen.check.clone());
            let mut failed_checks: Vec<FailedCheck> = Vec::new();
            for check in failed {
                if !failed_checks.contains(&check) {
                    failed_checks.push(check);
                }
            }
            let own_value = match (&tie, operation.handler.function(), &met.owner) {
                (Tie::ClientSays, Some(handler), Some(owner)) => self.caller_value(handler, None, met.model, owner),
                _ => None,
            };
            let is_open = tie == Tie::Nothing && met.exposure.is_some();
            out.accesses.push(RowAccess {
                query: met.query,
                span: query.span,
                model: met.model,
                owner: met.owner.clone(),
                is_many: met.is_many,
                is_child: met.is_child,
                tie,
                exposure: met.exposure,
                trace: self.trace(operation, met.frame.as_ref()),
                failed_checks,
                own_value,
                repair: (is_open && !met.is_child)
                    .then(|| self.repair(query, met.frame.as_ref(), met.model, met.owner.as_deref(), met.is_many))
                    .flatten(),
            });
        }
        out.settle(self.unknown.get());
        for added in self.additions.take() {
            let parent = &self.judge.data.models.get(added.parent).name;
            out.verdict = super::worse(out.verdict, OwnershipVerdict::Missing);
            out.evidence.push((
                added.span,
                format!("whose `{parent}` it is added to is not looked at here"),
            ));
            out.additions.push(Addition {
                span: added.span,
                model: added.model,
                parent: added.parent,
                owner: added.owner,
                trace: self.trace(operation, added.frame.as_ref()),
            });
        }
        for (span, verdict, message) in self.created.take() {
            out.verdict = super::worse(out.verdict, verdict);
            out.evidence.push((span, message));
        }
        out
    }

    /// A program takes its row out of a variable as often as it needs it: `notes[note_id]` here and there is one
    /// access, told where it is worst.
    fn join_repeated(&self, accesses: &mut [Met]) {
        let rank = |met: &Met| match met.exposure {
            Some(Exposure::Delete(_)) => 3,
            Some(Exposure::Write(_)) => 2,
            Some(Exposure::Read(_)) => 1,
            None => 0,
        };
        for index in 1..accesses.len() {
            let (before, rest) = accesses.split_at_mut(index);
            let Some(met) = rest.first_mut() else { return };
            let is_variable = self.is_variable(met.model);
            let same = before
                .iter_mut()
                .find(|other| other.model == met.model && other.keyed == met.keyed && rank(other) > 0);
            if let Some(other) = same.filter(|_| is_variable) {
                match rank(met) > rank(other) {
                    true => other.exposure = None,
                    false => met.exposure = None,
                }
            }
        }
    }

    /// Whether rows of a model are kept in a variable of the program.
    fn is_variable(&self, model: DataModelId) -> bool {
        self.judge.data.models.get(model).source == ModelSource::Variable
    }

    fn own_key(&self, operation: &Operation) -> Option<CallerValue> {
        let handler = operation.handler.function()?;
        let mut users = self.judge.data.models.all().filter(|(_, model)| model.is_user());
        let (id, user) = users.next().filter(|_| users.next().is_none())?;
        let key = user.columns.iter().find(|column| column.is_primary_key)?;
        self.caller_value(handler, None, id, &key.name)
    }

    /// The calls from the handler to a query.
    fn trace(&self, operation: &Operation, frame: Context<'_>) -> Vec<(Span, String)> {
        let mut out: Vec<(Span, String)> = std::iter::successors(frame, |frame| frame.caller.as_ref())
            .map(|frame| {
                let name = self.model().function_name(frame.function);
                (self.model().span(frame.call), format!("`{name}` is called here"))
            })
            .collect();
        out.push((
            operation.declaration,
            format!("the route `{}` begins here", operation.path.text),
        ));
        out.reverse();
        out
    }

    /// Rows that are there for everybody: by their name, by a condition, by a route that anyone may call.
    fn is_public_read(&self, met: &Met) -> bool {
        if met.is_visible || self.is_public(met.model) {
            return true;
        }
        let name = &self.judge.data.models.get(met.model).name;
        if is_private_by_name(name) && !is_public_by_name(name) {
            return false;
        }
        self.open_reads(|reads| reads.contains(&(met.model, met.is_many)))
    }

    /// Whether anyone may read rows of a model.
    pub(super) fn is_read_openly(&self, model: DataModelId) -> bool {
        self.open_reads(|reads| reads.contains(&(model, true)) || reads.contains(&(model, false)))
    }

    fn open_reads(&self, holds: impl Fn(&FxHashSet<(DataModelId, bool)>) -> bool) -> bool {
        let mut known = self.judge.public_reads.borrow_mut();
        let known = known.get_or_insert_with(|| {
            let mut out = FxHashSet::default();
            for &handler in &self.judge.open_handlers {
                self.reads_of(handler, 0, &mut out);
            }
            out
        });
        holds(known)
    }

    /// The models that a function reads.
    fn reads_of(&self, function: FunctionRef, depth: usize, out: &mut FxHashSet<(DataModelId, bool)>) {
        for query in self.judge.data.queries.in_function(function) {
            if let (Some(id), Access::ReadMany | Access::ReadOne) = (query.model(), query.operation) {
                let is_one = query.operation == Access::ReadOne
                    || matches!(query.fetch, Some(Fetch::First | Fetch::One | Fetch::Scalar));
                out.insert((id, !is_one));
            }
        }
        if depth < 3 {
            for call in self.judge.calls.of(function) {
                for callee in self.callees(call, None).iter() {
                    self.reads_of(callee.0, depth + 1, out);
                }
            }
        }
    }
}

/// A query of which nothing is known that could hold rows.
fn is_constant_free(query: &Query) -> bool {
    query.models.is_empty()
}

impl Run<'_, '_, '_> {
    pub(super) fn saw(&self, rows: Vec<u32>, span: Span, fault: CheckFault) {
        let mut seen = self.seen.borrow_mut();
        if let Some(known) = seen.iter_mut().find(|known| known.check.span == span) {
            for row in rows {
                if !known.rows.contains(&row) {
                    known.rows.push(row);
                }
            }
            return;
        }
        seen.push(Seen {
            rows,
            check: FailedCheck { span, fault },
        });
    }
}

pub(super) fn method(model: &Model<'_>, class: ClassRef, name: &str) -> Option<FunctionRef> {
    match model.class_binding(class, name)?.kind {
        BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    }
}
