//! Every way through a block of statements, for questions such as "is this always done before that".
//!
//! A small abstract execution: the caller brings a state and says how expressions, tests and handlers change it;
//! [`Model::walk`] brings the control flow. Branches keep their states apart, a loop's body runs not at all or
//! once, an exception may leave the body of a `try` before each of its statements.

use syntax::ast::*;
use text::{FileId, TextRange, TextSize};

use crate::model::Model;
use crate::value::{ExprRef, FunctionRef, ValueKind};

/// What happens on the way.
pub trait Walk {
    type State: Clone + PartialEq;

    /// An expression at the top of a statement was evaluated.
    fn evaluated(&mut self, expr: ExprId, state: &mut Self::State);

    /// Something other than a name was assigned to, or deleted.
    fn changed(&mut self, _target: ExprId, _state: &mut Self::State) {}

    /// A test came out as `truth`.
    fn branched(&mut self, _test: ExprId, _truth: bool, _state: &mut Self::State) {}

    /// A case of `match subject` was taken.
    fn matched(&mut self, _subject: ExprId, _case: &Case, _state: &mut Self::State) {}

    /// `continue`: the rest of a loop's body is left out this time.
    fn skipped(&mut self, _stmt: StmtId, _state: &mut Self::State) {}

    /// An exception that `thrower` raises in `state` is caught; `None` if it cannot be.
    fn caught(&mut self, thrower: StmtId, catch: &Catch, state: Self::State) -> Option<Self::State>;

    /// The function returns.
    fn returned(&mut self, stmt: StmtId, value: Option<ExprId>, state: &Self::State);

    /// An exception is raised here: by `raise`, or by a call that never comes back.
    fn raised(&mut self, _stmt: StmtId, _exception: Option<ExprId>, _state: &Self::State) {}

    /// The end of the block is reached.
    fn ended(&mut self, state: &Self::State);
}

/// What catches exceptions: `except A, B:`, or `with suppress(A, B):`.
#[derive(Debug, Clone)]
pub struct Catch {
    /// Empty: everything.
    pub types: Vec<ExprId>,
    /// The types as written, or the `except` where there are none.
    pub range: TextRange,
}

impl Catch {
    pub fn of(ast: &Ast, handler: &Handler) -> Catch {
        let types = match handler.types {
            None => Vec::new(),
            Some(types) => match ast[types].kind {
                ExprKind::Tuple(items) => ast[items].to_vec(),
                _ => vec![types],
            },
        };
        Catch {
            types,
            range: match handler.types {
                Some(types) => ast[types].range,
                None => TextRange::at(handler.range.start(), TextSize::of("except")),
            },
        }
    }
}

/// What holds when a test comes out as `truth`, taken apart at `not`, `and`, `or`: expressions and their truth.
pub fn implied(ast: &Ast, test: ExprId, truth: bool) -> Vec<(ExprId, bool)> {
    let mut out = Vec::new();
    let mut pending = vec![(test, truth)];
    while let Some((test, truth)) = pending.pop() {
        match ast[test].kind {
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => pending.push((operand, !truth)),
            ExprKind::Boolean { operator, left, right } if truth == (operator == BooleanOperator::And) => {
                pending.push((left, truth));
                pending.push((right, truth));
            }
            _ => out.push((test, truth)),
        }
    }
    out
}

/// States that are told apart at one place.
const MAX_STATES: usize = 24;
/// Blocks nested deeper than this are not entered.
const MAX_DEPTH: usize = 60;

impl<'a> Model<'a> {
    /// Runs a block from `start` on every way.
    pub fn walk<W: Walk>(&self, file: FileId, body: Block, start: W::State, walk: &mut W) {
        let mut runner = Runner {
            model: self,
            file,
            ast: self.ast(file),
            walk,
            thrown: Vec::new(),
            loops: Vec::new(),
        };
        let ends = runner.block(body, vec![start], 0);
        for state in &ends {
            runner.walk.ended(state);
        }
    }

    /// Whether a function raises on every way, by the look of its end.
    pub fn never_returns(&self, function: FunctionRef) -> bool {
        let ast = self.ast(function.file);
        let body = ast[function.id].body;
        // What raises `NotImplementedError` is written elsewhere, and comes back there.
        let is_abstract = |exception: Option<ExprId>| {
            let class = exception.map(|id| match ast[id].kind {
                ExprKind::Call { function, .. } => function,
                _ => id,
            });
            let values = class.map(|id| {
                self.eval(ExprRef {
                    file: function.file,
                    id,
                })
            });
            values.into_iter().flatten().any(|value| match &value.kind {
                ValueKind::External(path) => {
                    matches!(&**path, "builtins.NotImplementedError" | "builtins.NotImplemented")
                }
                _ => false,
            })
        };
        let raises =
            |&end: &StmtId| matches!(ast[end].kind, StmtKind::Raise { exception, .. } if !is_abstract(exception));
        !ast[body].is_empty() && ast.ends(body).iter().all(raises) && !returns(ast, body)
    }
}

/// Where `break` and `continue` arrive.
struct Loop<S> {
    breaks: Vec<S>,
    continues: Vec<S>,
}

struct Runner<'r, 'a, W: Walk> {
    model: &'r Model<'a>,
    file: FileId,
    ast: &'a Ast,
    walk: &'r mut W,
    /// For each `try` around the current statement, what its body may raise, and in which state.
    thrown: Vec<Vec<(StmtId, W::State)>>,
    loops: Vec<Loop<W::State>>,
}

impl<W: Walk> Runner<'_, '_, W> {
    fn block(&mut self, block: Block, mut states: Vec<W::State>, depth: usize) -> Vec<W::State> {
        if depth > MAX_DEPTH {
            return states;
        }
        let ast = self.ast;
        for &stmt in &ast[block] {
            if states.is_empty() {
                break;
            }
            states = self.stmt(stmt, states, depth);
        }
        states
    }

    fn stmt(&mut self, id: StmtId, mut states: Vec<W::State>, depth: usize) -> Vec<W::State> {
        let ast = self.ast;
        if let Some(thrown) = self.thrown.last_mut() {
            for state in &states {
                if thrown.len() < 4 * MAX_STATES && !thrown.iter().any(|known| known.0 == id && known.1 == *state) {
                    thrown.push((id, state.clone()));
                }
            }
        }
        match ast[id].kind {
            StmtKind::Expr(value)
            | StmtKind::Assign { value, .. }
            | StmtKind::AugmentedAssign { value, .. }
            | StmtKind::AnnotatedAssign { value: Some(value), .. } => {
                self.evaluate(value, &mut states);
                if self.exits(value) {
                    for state in &states {
                        self.walk.raised(id, Some(value), state);
                    }
                    return Vec::new();
                }
                match ast[id].kind {
                    StmtKind::Assign { targets, .. } => self.change(&ast[targets], states),
                    StmtKind::AugmentedAssign { target, .. } | StmtKind::AnnotatedAssign { target, .. } => {
                        self.change(&[target], states)
                    }
                    _ => states,
                }
            }
            StmtKind::Delete(targets) => self.change(&ast[targets], states),
            StmtKind::Assert { test, .. } => {
                self.evaluate(test, &mut states);
                self.branch(test, true, states)
            }
            StmtKind::Return(value) => {
                value.into_iter().for_each(|value| self.evaluate(value, &mut states));
                // `return unauthorized()` of a helper that raises gives nothing back.
                let raises = value.filter(|&value| self.exits(value));
                for state in &states {
                    match raises {
                        Some(_) => self.walk.raised(id, raises, state),
                        None => self.walk.returned(id, value, state),
                    }
                }
                Vec::new()
            }
            StmtKind::Raise { exception, .. } => {
                exception.into_iter().for_each(|expr| self.evaluate(expr, &mut states));
                for state in &states {
                    self.walk.raised(id, exception, state);
                }
                Vec::new()
            }
            StmtKind::Break | StmtKind::Continue => {
                if matches!(ast[id].kind, StmtKind::Continue) {
                    for state in &mut states {
                        self.walk.skipped(id, state);
                    }
                }
                if let Some(around) = self.loops.last_mut() {
                    match ast[id].kind {
                        StmtKind::Break => join(&mut around.breaks, states),
                        _ => join(&mut around.continues, states),
                    }
                }
                Vec::new()
            }
            StmtKind::If { branches, otherwise } => {
                let mut out = Vec::new();
                for branch in &ast[branches] {
                    self.evaluate(branch.test, &mut states);
                    let taken = self.branch(branch.test, true, states.clone());
                    join(&mut out, self.block(branch.body, taken, depth + 1));
                    states = self.branch(branch.test, false, states);
                }
                if let Some(block) = otherwise {
                    states = self.block(block, states, depth + 1);
                }
                join(&mut out, states);
                out
            }
            StmtKind::For {
                iterable,
                body,
                otherwise,
                ..
            } => {
                self.evaluate(iterable, &mut states);
                self.looped(states.clone(), states, body, otherwise, depth)
            }
            StmtKind::While { test, body, otherwise } => {
                self.evaluate(test, &mut states);
                let enters = self.branch(test, true, states.clone());
                let skips = self.branch(test, false, states);
                self.looped(enters, skips, body, otherwise, depth)
            }
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                let catches: Vec<(Catch, Option<Block>)> = ast[handlers]
                    .iter()
                    .map(|handler| (Catch::of(ast, handler), Some(handler.body)))
                    .collect();
                let swallowing = finally.filter(|&block| returns(ast, block));
                if swallowing.is_some() {
                    self.thrown.push(Vec::new());
                }
                let mut out = self.guarded(body, &catches, otherwise, states, depth);
                // `finally: return` ends every exception that is on its way.
                if let Some(block) = swallowing {
                    let thrown = self.thrown.pop().unwrap_or_default();
                    let catch = Catch {
                        types: Vec::new(),
                        range: ast[block].first().map_or(ast[id].range, |&first| ast[first].range),
                    };
                    let mut caught = Vec::new();
                    for (thrower, state) in thrown {
                        let state = self.walk.caught(thrower, &catch, state);
                        join(&mut caught, state.into_iter().collect());
                    }
                    self.block(block, caught, depth + 1);
                }
                if let Some(block) = finally {
                    out = self.block(block, out, depth + 1);
                }
                out
            }
            StmtKind::With { items, body } => {
                for item in &ast[items] {
                    self.evaluate(item.context, &mut states);
                }
                match ast[items]
                    .iter()
                    .find_map(|item| suppressed(self.model, self.file, item.context))
                {
                    Some(catch) => self.guarded(body, &[(catch, None)], None, states, depth),
                    None => self.block(body, states, depth + 1),
                }
            }
            StmtKind::Match { subject, cases } => {
                self.evaluate(subject, &mut states);
                let mut out = Vec::new();
                let mut is_exhaustive = false;
                for case in &ast[cases] {
                    let mut taken = states.clone();
                    for state in &mut taken {
                        self.walk.matched(subject, case, state);
                    }
                    join(&mut out, self.block(case.body, taken, depth + 1));
                    is_exhaustive |= case.guard.is_none() && matches!(ast[case.pattern].kind, ExprKind::Name(_));
                }
                if !is_exhaustive {
                    join(&mut out, states);
                }
                out
            }
            _ => states,
        }
    }

    /// A body whose exceptions are caught; a catch without a block goes on after the body.
    fn guarded(
        &mut self,
        body: Block,
        catches: &[(Catch, Option<Block>)],
        otherwise: Option<Block>,
        states: Vec<W::State>,
        depth: usize,
    ) -> Vec<W::State> {
        self.thrown.push(Vec::new());
        let mut out = self.block(body, states, depth + 1);
        let thrown = self.thrown.pop().unwrap_or_default();
        if let Some(block) = otherwise {
            out = self.block(block, out, depth + 1);
        }
        for (catch, block) in catches {
            let mut caught = Vec::new();
            for (thrower, state) in &thrown {
                let state = self.walk.caught(*thrower, catch, state.clone());
                join(&mut caught, state.into_iter().collect());
            }
            if let Some(block) = block {
                caught = self.block(*block, caught, depth + 1);
            }
            join(&mut out, caught);
        }
        if let Some(outer) = self.thrown.last_mut() {
            outer.extend(thrown);
            outer.truncate(4 * MAX_STATES);
        }
        out
    }

    fn looped(
        &mut self,
        enters: Vec<W::State>,
        skips: Vec<W::State>,
        body: Block,
        otherwise: Option<Block>,
        depth: usize,
    ) -> Vec<W::State> {
        self.loops.push(Loop {
            breaks: Vec::new(),
            continues: Vec::new(),
        });
        let is_endless = skips.is_empty();
        let after = self.block(body, enters, depth + 1);
        let around = self.loops.pop();
        let mut out = skips;
        if !is_endless {
            join(&mut out, after);
        }
        let (breaks, continues) = around
            .map(|around| (around.breaks, around.continues))
            .unwrap_or_default();
        if !is_endless {
            join(&mut out, continues);
        }
        if let Some(block) = otherwise {
            out = self.block(block, out, depth + 1);
        }
        join(&mut out, breaks);
        out
    }

    fn evaluate(&mut self, expr: ExprId, states: &mut Vec<W::State>) {
        let mut out = Vec::new();
        for mut state in states.drain(..) {
            self.walk.evaluated(expr, &mut state);
            join(&mut out, vec![state]);
        }
        *states = out;
    }

    fn change(&mut self, targets: &[ExprId], mut states: Vec<W::State>) -> Vec<W::State> {
        for &target in targets {
            if matches!(self.ast[target].kind, ExprKind::Name(_)) {
                continue;
            }
            for state in &mut states {
                self.walk.changed(target, state);
            }
        }
        states
    }

    fn branch(&mut self, test: ExprId, truth: bool, mut states: Vec<W::State>) -> Vec<W::State> {
        let never = match self.ast[test].kind {
            ExprKind::True => !truth,
            ExprKind::False => truth,
            _ => false,
        };
        if never {
            return Vec::new();
        }
        for state in &mut states {
            self.walk.branched(test, truth, state);
        }
        let mut out = Vec::new();
        join(&mut out, states);
        out
    }

    /// A call that never comes back: `sys.exit()`, or a function of the project that always raises.
    fn exits(&self, expr: ExprId) -> bool {
        let call = match self.ast[expr].kind {
            ExprKind::Await(inner) => inner,
            _ => expr,
        };
        if !matches!(self.ast[call].kind, ExprKind::Call { .. }) {
            return false;
        }
        let callees = self.model.callee(ExprRef {
            file: self.file,
            id: call,
        });
        !callees.is_empty()
            && callees.iter().all(|callee| match &callee.kind {
                ValueKind::Function(function) | ValueKind::Method { function, .. } => {
                    self.model.never_returns(*function)
                }
                ValueKind::External(path) => matches!(&**path, "sys.exit" | "os._exit" | "os.abort" | "builtins.exit"),
                _ => false,
            })
    }
}

fn returns(ast: &Ast, block: Block) -> bool {
    let stmts = ast.stmts_within(block);
    stmts.iter().any(|&stmt| matches!(ast[stmt].kind, StmtKind::Return(_)))
}

/// `suppress(A, B)` of a `with` statement.
fn suppressed(model: &Model<'_>, file: FileId, context: ExprId) -> Option<Catch> {
    let ast = model.ast(file);
    let ExprKind::Call { arguments, .. } = ast[context].kind else {
        return None;
    };
    let path = model.called_path(ExprRef { file, id: context })?;
    (&*path == "contextlib.suppress").then(|| Catch {
        types: ast[arguments].iter().map(|argument| argument.value).collect(),
        range: ast[context].range,
    })
}

fn join<S: PartialEq>(into: &mut Vec<S>, more: Vec<S>) {
    for state in more {
        if into.len() < MAX_STATES && !into.contains(&state) {
            into.push(state);
        }
    }
}
