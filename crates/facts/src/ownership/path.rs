//! One function on every way: what it takes, compares, changes and answers.

use std::rc::Rc;

use semantic::{Catch, ExprRef, Frame, FunctionRef, ValueKind, Walk};
use syntax::ast::*;
use text::Span;

use super::checks::constant;
use super::run::Run;
use super::state::{Exit, Gives, Open, State, joined};
use super::values::{Context, chain};
use super::{CheckFault, Exposure};
use crate::libraries::owners::JUDGE_WORDS;
use crate::queries::{FillForm, ModelUse, Query};

/// One function, on every way.
pub(super) struct Path<'r, 'j, 'm, 'a> {
    pub(super) run: &'r Run<'j, 'm, 'a>,
    pub(super) function: FunctionRef,
    pub(super) frame: Option<Rc<Frame>>,
    pub(super) exits: Vec<Exit>,
    /// How calls that were met came out, for tests of their results.
    pub(super) outcomes: Vec<(ExprId, Vec<Exit>)>,
    /// Names that tests of the function ask for.
    tested: Vec<Name>,
    is_handler: bool,
}

impl<'r, 'j, 'm, 'a> Path<'r, 'j, 'm, 'a> {
    pub(super) fn new(
        run: &'r Run<'j, 'm, 'a>,
        function: FunctionRef,
        frame: Context<'_>,
        is_handler: bool,
    ) -> Path<'r, 'j, 'm, 'a> {
        let ast = run.model().ast(function.file);
        Path {
            run,
            function,
            frame: frame.cloned(),
            exits: Vec::new(),
            outcomes: Vec::new(),
            tested: tested_names(ast, ast[function.id].body),
            is_handler,
        }
    }
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
            ExprKind::Integer => Some(!model.written(self.at(expr)).trim_matches('0').is_empty()),
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
