//! One route, run on every way: its dependencies in order, its handler, the functions that they call.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, Catch, ClassRef, ExprRef, Frame, FunctionRef, Model, Value, ValueKind, Walk};
use syntax::ast::*;
use text::Span;

use super::checks::constant;
use super::owners::{is_private_by_name, is_public_by_name};
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
use crate::queries::{FillForm, ModelUse, Query, Stored};

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
    unknown: Cell<bool>,
    models: RefCell<Vec<DataModelId>>,
    /// Rows that are made, with whose they are.
    created: RefCell<Vec<(Span, OwnershipVerdict, String)>>,
    pub(super) additions: RefCell<Vec<Added>>,
    /// Inputs that were handed to something which by its name judges them.
    pub(super) judged: RefCell<Vec<Input>>,
    /// A dependency that is not followed may judge anything.
    pub(super) doubt_all: Cell<bool>,
    /// The database was told who calls, and may limit rows itself.
    row_security: Cell<bool>,
    /// The roles that the dependency which runs was made with.
    pub(super) asked: RefCell<Vec<String>>,
    left: Cell<usize>,
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

/// What holds on one way.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct State {
    /// Accesses whose rows may be anybody's.
    pub(super) open: Vec<Open>,
    pub(super) closed: Vec<u32>,
    /// Rows of the caller that were asked for and may not be there: nobody has looked yet.
    pub(super) unproven: Vec<u32>,
    pub(super) is_privileged: bool,
    /// Inputs that were compared with the caller.
    pub(super) same: Vec<Input>,
    /// Open rows that were changed for good.
    pub(super) written: Vec<(u32, Exposure)>,
    /// Changes of any rows.
    pub(super) effects: Vec<(Span, bool)>,
    /// Names that are tested later, with how they would come out.
    pub(super) flags: Vec<(Name, bool)>,
    /// Nothing comes back from here.
    pub(super) is_dead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Open {
    pub(super) access: u32,
    /// Something that is not understood may have judged it.
    pub(super) is_doubtful: bool,
    /// It is changed, and not yet committed.
    pub(super) touched: Option<Exposure>,
}

/// One way out of a function.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    pub(super) state: State,
    pub(super) gives: Gives,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Nothing,
    False,
    True,
    Something,
}

impl State {
    pub(super) fn join(mut self, other: &State) -> State {
        if self.is_dead {
            return other.clone();
        }
        if other.is_dead {
            return self;
        }
        for open in &other.open {
            match self.open.iter_mut().find(|known| known.access == open.access) {
                Some(known) => {
                    known.is_doubtful &= open.is_doubtful;
                    known.touched = known.touched.or(open.touched);
                }
                None => self.open.push(*open),
            }
        }
        let closed = |access: &u32| other.closed.contains(access);
        self.closed.retain(closed);
        for access in &other.unproven {
            if !self.unproven.contains(access) {
                self.unproven.push(*access);
            }
        }
        self.is_privileged &= other.is_privileged;
        self.same.retain(|input| other.same.contains(input));
        self.flags.retain(|flag| other.flags.contains(flag));
        for written in &other.written {
            if !self.written.contains(written) {
                self.written.push(*written);
            }
        }
        for effect in &other.effects {
            if !self.effects.contains(effect) {
                self.effects.push(*effect);
            }
        }
        self
    }

    pub(super) fn dead() -> State {
        State {
            is_dead: true,
            ..State::default()
        }
    }
}

pub(super) fn joined(states: impl IntoIterator<Item = State>) -> State {
    states
        .into_iter()
        .fold(State::dead(), |whole, state| whole.join(&state))
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
    fn function(&self, function: FunctionRef, frame: Context<'_>, start: State, is_handler: bool) -> Rc<[Exit]> {
        let calls = chain(frame);
        let known = self.entered.borrow().iter().find_map(|known| {
            let is_same = known.function == function && known.calls == calls && known.start == start;
            is_same.then(|| known.exits.clone())
        });
        if let Some(known) = known {
            return known;
        }
        let ast = self.model().ast(function.file);
        let mut path = Path {
            run: self,
            function,
            frame: frame.cloned(),
            exits: Vec::new(),
            outcomes: Vec::new(),
            tested: tested_names(ast, ast[function.id].body),
            is_handler,
        };
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
    fn is_relevant(&self, function: FunctionRef, depth: usize) -> bool {
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
    fn access(&self, index: usize, frame: Context<'_>, is_chosen: bool, state: &mut State) {
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
    fn commit(&self, state: &mut State) {
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

/// One function, on every way.
pub(super) struct Path<'r, 'j, 'm, 'a> {
    pub(super) run: &'r Run<'j, 'm, 'a>,
    pub(super) function: FunctionRef,
    pub(super) frame: Option<Rc<Frame>>,
    exits: Vec<Exit>,
    /// How calls that were met came out, for tests of their results.
    pub(super) outcomes: Vec<(ExprId, Vec<Exit>)>,
    /// Names that tests of the function ask for.
    tested: Vec<Name>,
    is_handler: bool,
}

impl Path<'_, '_, '_, '_> {
    pub(super) fn at(&self, id: ExprId) -> ExprRef {
        ExprRef {
            file: self.function.file,
            id,
        }
    }

    fn expression(&mut self, expr: ExprId, state: &mut State) {
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        let mut calls = model.calls_within(file, ast[expr].range);
        // What stands inside runs first.
        text::sort_by_number(&mut calls, |call| u128::from(u32::from(ast[call.id].range.end())));
        for call in calls {
            if state.is_dead {
                return;
            }
            self.call(call, state);
        }
        let queries = &self.run.judge.data.queries;
        for &index in queries.without_call(self.function) {
            let query = &queries.all[index];
            if ast[expr].range.contains_range(query.span.range) {
                let frame = self.frame.clone();
                self.run.access(index, frame.as_ref(), false, state);
            }
        }
        self.fills(expr, state);
    }

    fn call(&mut self, call: ExprRef, state: &mut State) {
        let run = self.run;
        let model = run.model();
        let frame = self.frame.clone();
        let mut is_query = false;
        for index in run.judge.data.queries.indices_at(call) {
            let query = &run.judge.data.queries.all[index];
            is_query = true;
            if query.expr == call && query.relationship.is_none() {
                let is_chosen = !state.is_privileged && self.is_chosen_by_right(query);
                run.access(index, frame.as_ref(), is_chosen, state);
            }
        }
        let ast = model.ast(call.file);
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return;
        };
        let source = model.file(call.file).source();
        let name = match ast[function].kind {
            ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name),
            _ => "",
        };
        let lower = name.to_ascii_lowercase();
        if !is_query && JUDGE_WORDS.iter().any(|word| lower.contains(word)) {
            for argument in &ast[arguments] {
                let inputs = run.inputs(self.at(argument.value), frame.as_ref());
                run.judged.borrow_mut().extend(inputs);
            }
        }
        let is_method = matches!(ast[function].kind, ExprKind::Attribute { .. });
        if is_method && name == "commit" {
            run.commit(state);
        }
        if is_method && matches!(name, "send_json" | "send_text" | "send_bytes") {
            for argument in &ast[arguments] {
                self.shown(self.at(argument.value), model.span(call), state);
            }
        }
        if is_query {
            return;
        }
        let callees = run.callees(call, frame.as_ref());
        let mut exits: Vec<Exit> = Vec::new();
        let mut is_entered = false;
        for (callee, receiver) in callees.iter() {
            if run.judge.sets_caller(*callee) {
                run.row_security.set(true);
            }
            if !run.is_relevant(*callee, 0) {
                continue;
            }
            let home = model.ast(callee.file);
            if home[callee.id].is_async && self.is_never_awaited(call) {
                self.not_awaited(call, state);
                continue;
            }
            let Some(entered) = run.entered(*callee, receiver.clone(), call, frame.as_ref()) else {
                continue;
            };
            if run.left.get() == 0 {
                run.unknown.set(true);
                run.doubt_all.set(true);
                state.open.iter_mut().for_each(|open| open.is_doubtful = true);
                continue;
            }
            run.left.set(run.left.get() - 1);
            is_entered = true;
            exits.extend(
                run.function(*callee, Some(&entered), state.clone(), false)
                    .iter()
                    .cloned(),
            );
        }
        if is_entered {
            *state = joined(exits.iter().map(|exit| exit.state.clone()));
            self.outcomes.retain(|(known, _)| *known != call.id);
            self.outcomes.push((call.id, exits));
        } else if callees.is_empty() {
            self.unfollowed(call, name, state);
        }
    }

    /// Whether a statement is one that only callers with special rights get: `select(Task) if user.is_admin else …`,
    /// also where it is made in one branch and run after it.
    fn is_chosen_by_right(&mut self, query: &Query) -> bool {
        let model = self.run.model();
        let file = self.function.file;
        let Some(root) = model.expr_of(query.source).filter(|root| root.file == file) else {
            return false;
        };
        if model.enclosing_function(root) != Some(self.function) {
            return false;
        }
        let ast = model.ast(file);
        let mut tests: Vec<(ExprId, bool)> = Vec::new();
        for around in std::iter::successors(ast.parent_expr(root.id), |&id| ast.parent_expr(id)) {
            if let ExprKind::Conditional { test, then, otherwise } = ast[around].kind {
                let holds = |part: ExprId| ast[part].range.contains_range(ast[root.id].range);
                if holds(then) || holds(otherwise) {
                    tests.push((test, holds(then)));
                }
            }
        }
        let stmt = ast.stmt_of(root.id);
        for around in ast.ancestors(stmt) {
            let StmtKind::If { branches, otherwise } = ast[around].kind else {
                continue;
            };
            let within = |block: Block| {
                ast[block]
                    .iter()
                    .any(|&inner| ast[inner].range.contains_range(ast[stmt].range))
            };
            let taken = ast[branches].iter().position(|branch| within(branch.body));
            let passed = match taken {
                Some(taken) => {
                    tests.push((ast[branches][taken].test, true));
                    taken
                }
                None if otherwise.is_some_and(within) => ast[branches].len(),
                None => continue,
            };
            tests.extend(ast[branches][..passed].iter().map(|branch| (branch.test, false)));
        }
        tests
            .into_iter()
            .any(|(test, truth)| self.holds(test, truth, State::default(), 0).is_privileged)
    }

    /// A call that is not followed may judge the rows that it is given.
    fn unfollowed(&mut self, call: ExprRef, name: &str, state: &mut State) {
        if state.open.is_empty() && state.unproven.is_empty() {
            return;
        }
        let model = self.run.model();
        let ast = model.ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return;
        };
        let arguments: Vec<ExprRef> = ast[arguments].iter().map(|argument| self.at(argument.value)).collect();
        if arguments.is_empty() || arguments.len() > 8 {
            return;
        }
        let lower = name.to_ascii_lowercase();
        // `owns = lambda task: task.user_id == user.id`
        let is_lambda = || {
            let callee = model.callee(call);
            callee.iter().any(|value| matches!(value.kind, ValueKind::Lambda(_)))
        };
        if !JUDGE_WORDS.iter().any(|word| lower.contains(word)) && !is_lambda() {
            return;
        }
        let frame = self.frame.as_ref();
        for argument in arguments {
            for row in self.run.rows(argument, frame) {
                for open in state.open.iter_mut().filter(|open| open.access == row) {
                    open.is_doubtful = true;
                }
                state.unproven.retain(|&unproven| unproven != row);
            }
        }
    }

    /// Whether a call of a coroutine stands where its result can only be thrown away or taken for true.
    fn is_never_awaited(&self, call: ExprRef) -> bool {
        let ast = self.run.model().ast(call.file);
        match ast.parent_expr(call.id) {
            Some(parent) => matches!(
                ast[parent].kind,
                ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    ..
                } | ExprKind::Boolean { .. }
            ),
            None => matches!(ast[ast.stmt_of(call.id)].kind, StmtKind::Expr(_) | StmtKind::If { .. }),
        }
    }

    fn not_awaited(&mut self, call: ExprRef, state: &State) {
        let ast = self.run.model().ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return;
        };
        let mut rows = Vec::new();
        for argument in &ast[arguments] {
            rows.extend(self.run.rows(self.at(argument.value), self.frame.as_ref()));
        }
        rows.retain(|row| state.open.iter().any(|open| open.access == *row));
        if !rows.is_empty() {
            let span = self.run.model().span(call);
            self.run.saw(rows, span, CheckFault::NotAwaited);
        }
    }

    /// `task = Task(owner_id=me)` where `task` held a row: on this way it is gone.
    fn replaced(&mut self, expr: ExprId, state: &mut State) {
        if state.open.is_empty() {
            return;
        }
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        let bound_by = |expr: ExprId| match ast[ast.stmt_of(expr)].kind {
            StmtKind::Assign { targets, .. } => match ast[targets] {
                [target] => match ast[target].kind {
                    ExprKind::Name(name) => Some(name),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(name) = bound_by(expr) else { return };
        if !matches!(ast[expr].kind, ExprKind::Call { .. })
            || !self.run.rows(self.at(expr), self.frame.as_ref()).is_empty()
        {
            return;
        }
        let queries = &self.run.judge.data.queries;
        let accesses = self.run.accesses.borrow();
        let holds = |access: u32| {
            let span = queries.all[accesses[access as usize].query].span;
            let fetched = model.expr_of(span).filter(|fetched| fetched.file == file);
            fetched.is_some_and(|fetched| {
                bound_by(fetched.id) == Some(name) && model.enclosing_function(fetched) == Some(self.function)
            })
        };
        state.open.retain(|open| !holds(open.access));
    }

    fn flag(&self, expr: ExprId) -> Option<bool> {
        let model = self.run.model();
        let ast = model.ast(self.function.file);
        match ast[expr].kind {
            ExprKind::Integer => Some(!model.text(model.span(self.at(expr))).trim_matches('0').is_empty()),
            _ => constant(ast, expr),
        }
    }

    /// `error = 403`, `allowed = False`: what a later test of the name comes out as.
    fn flagged(&self, expr: ExprId, state: &mut State) {
        let ast = self.run.model().ast(self.function.file);
        let targets: &[ExprId] = match &ast[ast.stmt_of(expr)].kind {
            StmtKind::Assign { targets, value } if *value == expr => &ast[*targets],
            StmtKind::AnnotatedAssign { target, value, .. } if *value == Some(expr) => std::slice::from_ref(target),
            StmtKind::AugmentedAssign { target, value, .. } if *value == expr => std::slice::from_ref(target),
            _ => return,
        };
        let is_assigned = matches!(
            ast[ast.stmt_of(expr)].kind,
            StmtKind::Assign { .. } | StmtKind::AnnotatedAssign { .. }
        );
        for &target in targets {
            let ExprKind::Name(name) = ast[target].kind else {
                continue;
            };
            state.flags.retain(|(known, _)| *known != name);
            if is_assigned
                && self.tested.contains(&name)
                && let Some(truth) = self.flag(expr)
            {
                state.flags.push((name, truth));
            }
        }
    }

    /// `task.title = …`, `setattr(task, …)`
    fn fills(&mut self, expr: ExprId, state: &mut State) {
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        let range = ast[expr].range;
        let stmt = ast.stmt_of(expr);
        let assigned = matches!(ast[stmt].kind, StmtKind::Assign { targets, value } if value == expr || ast[targets].contains(&expr))
            || matches!(ast[stmt].kind, StmtKind::AugmentedAssign { value, .. } if value == expr);
        // A counter goes up: everybody may do that.
        if matches!(ast[stmt].kind, StmtKind::AugmentedAssign { .. }) {
            return;
        }
        let queries = &self.run.judge.data.queries;
        for fill in queries.fills_in(self.function) {
            let is_here = fill.span.file == file
                && (range.contains_range(fill.span.range) || assigned && fill.span.range.contains_range(range));
            let changes = matches!(
                fill.form,
                FillForm::Attribute | FillForm::SetAttribute | FillForm::Update
            );
            let Some(crate::queries::Operand::Expr { expr: object, .. }) = &fill.object else {
                continue;
            };
            if !is_here || !changes {
                continue;
            }
            let rows = self.run.rows(*object, self.frame.as_ref());
            if rows.iter().any(|row| state.closed.contains(row))
                && let Some(ModelUse::Known(id)) = fill.model
            {
                self.run
                    .below(fill.stored.iter(), fill.span, id, self.frame.as_ref(), state);
            }
            for row in rows {
                for open in state.open.iter_mut().filter(|open| open.access == row) {
                    open.touched.get_or_insert(Exposure::Write(fill.span));
                }
            }
        }
    }

    /// An expression is sent to the client.
    fn shown(&mut self, expr: ExprRef, span: Span, state: &State) {
        if state.open.is_empty() || state.is_dead {
            return;
        }
        let rows = self.run.rows(expr, self.frame.as_ref());
        for open in &state.open {
            if rows.contains(&open.access) {
                self.run.expose(open.access, Exposure::Read(span), open.is_doubtful);
            }
        }
    }

    fn leave(&mut self, state: &State) {
        for open in &state.open {
            if let Some(exposure) = open.touched {
                self.run.expose(open.access, exposure, open.is_doubtful);
            }
        }
        for (access, exposure) in &state.written {
            let open = state.open.iter().find(|open| open.access == *access);
            self.run
                .expose(*access, *exposure, open.is_some_and(|open| open.is_doubtful));
        }
    }
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

impl Walk for Path<'_, '_, '_, '_> {
    type State = State;

    fn evaluated(&mut self, expr: ExprId, state: &mut State) {
        self.expression(expr, state);
        self.used(expr, state);
        self.compared(expr, state);
        self.replaced(expr, state);
        self.flagged(expr, state);
    }

    fn changed(&mut self, target: ExprId, state: &mut State) {
        if !state.is_dead {
            self.expression(target, state);
        }
    }

    fn branched(&mut self, test: ExprId, truth: bool, state: &mut State) {
        if state.is_dead {
            return;
        }
        *state = self.tested(test, truth, state);
    }

    /// What this time round the loop fetched, and did not change, is of no more use.
    fn skipped(&mut self, stmt: StmtId, state: &mut State) {
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        let body = ast
            .ancestors(stmt)
            .into_iter()
            .find_map(|around| match ast[around].kind {
                StmtKind::For { body, .. } | StmtKind::While { body, .. } => ast.block_range(body),
                _ => None,
            });
        let Some(body) = body else { return };
        let accesses = self.run.accesses.borrow();
        let calls = chain(self.frame.as_ref());
        let is_of_loop = |open: &Open| {
            let met = &accesses[open.access as usize];
            let query = &self.run.judge.data.queries.all[met.query];
            let mut places = met
                .chain
                .iter()
                .filter(|call| !calls.contains(call))
                .chain([&query.expr]);
            places.any(|place| place.file == file && body.contains_range(ast[place.id].range))
        };
        state.open.retain(|open| open.touched.is_some() || !is_of_loop(open));
    }

    fn matched(&mut self, subject: ExprId, _: &Case, state: &mut State) {
        let rows = self.run.rows(self.at(subject), self.frame.as_ref());
        self.present(&rows, state);
    }

    fn caught(&mut self, thrower: StmtId, catch: &Catch, state: State) -> Option<State> {
        self.caught_by(thrower, catch, state)
    }

    fn returned(&mut self, _: StmtId, value: Option<ExprId>, state: &State) {
        if state.is_dead {
            return;
        }
        if self.is_handler {
            if let Some(value) = value {
                let span = self.run.model().span(self.at(value));
                self.shown(self.at(value), span, state);
            }
            self.leave(state);
            return;
        }
        let ast = self.run.model().ast(self.function.file);
        let exits: Vec<Exit> = match value.map(|value| ast[value].kind) {
            None | Some(ExprKind::None) => vec![Exit {
                state: state.clone(),
                gives: Gives::Nothing,
            }],
            Some(ExprKind::False) => vec![Exit {
                state: state.clone(),
                gives: Gives::False,
            }],
            Some(ExprKind::True) => vec![Exit {
                state: state.clone(),
                gives: Gives::True,
            }],
            Some(
                ExprKind::Compare { .. }
                | ExprKind::Boolean { .. }
                | ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    ..
                },
            ) => {
                let test = value.unwrap_or_else(|| unreachable!("matched above"));
                let (yes, no) = (self.tested(test, true, state), self.tested(test, false, state));
                vec![
                    Exit {
                        state: yes,
                        gives: Gives::True,
                    },
                    Exit {
                        state: no,
                        gives: Gives::False,
                    },
                ]
            }
            _ => {
                // What another function says is passed on.
                let called = value.and_then(|value| {
                    let value = match ast[value].kind {
                        ExprKind::Await(inner) => inner,
                        _ => value,
                    };
                    self.outcomes.iter().find(|(call, _)| *call == value)
                });
                match called {
                    Some((_, exits)) => exits.clone(),
                    None => vec![Exit {
                        state: state.clone(),
                        gives: Gives::Something,
                    }],
                }
            }
        };
        for exit in exits {
            if self.exits.len() < 48 {
                self.exits.push(exit);
            }
        }
    }

    fn ended(&mut self, state: &State) {
        if state.is_dead {
            return;
        }
        if self.is_handler {
            self.leave(state);
            return;
        }
        self.exits.push(Exit {
            state: state.clone(),
            gives: Gives::Nothing,
        });
    }
}

/// Names that stand in tests and get their values by assignments alone.
fn tested_names(ast: &Ast, body: Block) -> Vec<Name> {
    let mut tests: Vec<ExprId> = Vec::new();
    let mut others: Vec<ExprId> = Vec::new();
    for stmt in ast.stmts_within(body) {
        match ast[stmt].kind {
            StmtKind::If { branches, .. } => tests.extend(ast[branches].iter().map(|branch| branch.test)),
            StmtKind::While { test, .. } => tests.push(test),
            StmtKind::For { target, .. } => others.push(target),
            StmtKind::With { items, .. } => others.extend(ast[items].iter().filter_map(|item| item.target)),
            StmtKind::Try { handlers, .. } => others.extend(ast[handlers].iter().filter_map(|handler| handler.name)),
            StmtKind::Global(names) | StmtKind::Nonlocal(names) => others.extend(&ast[names]),
            _ => {}
        }
    }
    let names = |roots: Vec<ExprId>| -> Vec<Name> {
        let parts = roots
            .into_iter()
            .flat_map(|root| ast.descendants(root).into_iter().chain([root]));
        let names = parts.filter_map(|id| match ast[id].kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        });
        names.collect()
    };
    let bound_otherwise = names(others);
    let mut out = names(tests);
    out.retain(|name| !bound_otherwise.contains(name));
    out
}

pub(super) fn method(model: &Model<'_>, class: ClassRef, name: &str) -> Option<FunctionRef> {
    match model.class_binding(class, name)?.kind {
        BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
        _ => None,
    }
}
