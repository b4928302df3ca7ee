//! Which bindings of a name can be in force at a place, and what was done to their objects since.
//!
//! A small abstract execution of one scope for one name: only statements that bind or change the name are looked
//! at. Branches join, loops run once more, what a block that returns or raises did is lost to the code after it,
//! and what one that ends in `break` or `continue` did comes out behind the loop.

use std::cell::RefCell;

use syntax::ast::*;
use text::{TextRange, TextSize};

use crate::index::{Binding, BindingKind, Mutation};

/// One way to arrive: a binding, then changes in order. Numbers count the name's bindings and mutations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct State {
    /// `None`: not bound yet.
    pub(crate) binding: Option<usize>,
    pub(crate) mutations: Vec<usize>,
}

/// More ways than this are not told apart.
const MAX_STATES: usize = 16;
/// Blocks nested deeper than this are not entered.
const MAX_DEPTH: usize = 60;

/// The states of a name just before `place`, or at the end of the scope.
pub(crate) fn states(
    ast: &Ast,
    body: Block,
    bindings: &[Binding],
    mutations: &[Mutation],
    place: Option<TextSize>,
) -> Vec<State> {
    if let ([_], []) = (bindings, mutations) {
        return vec![bound(0)];
    }
    let left = RefCell::default();
    let run = Run {
        ast,
        bindings,
        mutations,
        place,
        left: &left,
    };
    let parameter = bindings
        .iter()
        .rposition(|binding| matches!(binding.kind, BindingKind::Parameter { .. }));
    let start = vec![State {
        binding: parameter,
        mutations: Vec::new(),
    }];
    let mut states = match run.block(body, start, 0) {
        Flow::Reached(states) | Flow::Passed(states) => states,
        Flow::Ended => Vec::new(),
    };
    if states.iter().any(|state| state.binding.is_some()) {
        states.retain(|state| state.binding.is_some());
    } else {
        // Used before it is bound in the text: by a later call, or in a way that is not followed.
        states = (0..bindings.len()).take(MAX_STATES).map(bound).collect();
    }
    states
}

fn bound(binding: usize) -> State {
    State {
        binding: Some(binding),
        mutations: Vec::new(),
    }
}

/// Whether control never leaves a block at its end.
pub(crate) fn terminates(ast: &Ast, block: Block) -> bool {
    let Some(&last) = ast[block].last() else { return false };
    match ast[last].kind {
        StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Continue | StmtKind::Break => true,
        StmtKind::If { branches, otherwise } => {
            otherwise.is_some_and(|block| ast[block].len() <= MAX_DEPTH && ends_simply(ast, block))
                && ast[branches].iter().all(|branch| ends_simply(ast, branch.body))
        }
        StmtKind::With { body, .. } => ends_simply(ast, body),
        StmtKind::Expr(expr) => is_exit(ast, expr),
        _ => false,
    }
}

/// As [`terminates`], one level deep, so that nothing recurses on nesting.
fn ends_simply(ast: &Ast, block: Block) -> bool {
    ast[block].last().is_some_and(|&last| match ast[last].kind {
        StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Continue | StmtKind::Break => true,
        StmtKind::Expr(expr) => is_exit(ast, expr),
        _ => false,
    })
}

/// `sys.exit(…)`, `exit(…)`, `os._exit(…)`, `os.abort()`: told by their names, which nothing else bears.
fn is_exit(ast: &Ast, expr: ExprId) -> bool {
    let ExprKind::Call { function, .. } = ast[expr].kind else {
        return false;
    };
    let name = match ast[function].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => name,
        _ => return false,
    };
    ["exit", "_exit", "abort"]
        .iter()
        .any(|exit| ast.name(exit) == Some(name))
}

struct Run<'a> {
    ast: &'a Ast,
    bindings: &'a [Binding],
    mutations: &'a [Mutation],
    place: Option<TextSize>,
    /// For each loop around the current statement, the states in which `break` and `continue` leave its body.
    left: &'a RefCell<Vec<Vec<State>>>,
}

enum Flow {
    /// The place was reached, in these states.
    Reached(Vec<State>),
    Passed(Vec<State>),
    /// Returned or raised before.
    Ended,
}

impl Run<'_> {
    fn block(&self, block: Block, mut states: Vec<State>, depth: usize) -> Flow {
        for &stmt in &self.ast[block] {
            let range = self.ast[stmt].range;
            let here = self.is_in(range);
            if !here && self.place.is_some_and(|place| place < range.start()) {
                return Flow::Reached(states);
            }
            if !here && !self.has_events(range) {
                continue;
            }
            match self.stmt(stmt, states, depth) {
                Flow::Passed(after) => states = after,
                flow => return flow,
            }
        }
        match terminates(self.ast, block) {
            true => {
                let last = self.ast[block].last().map(|&last| self.ast[last].kind);
                if matches!(last, Some(StmtKind::Break | StmtKind::Continue))
                    && let Some(left) = self.left.borrow_mut().last_mut()
                {
                    join(left, states);
                }
                Flow::Ended
            }
            false => Flow::Passed(states),
        }
    }

    fn stmt(&self, id: StmtId, states: Vec<State>, depth: usize) -> Flow {
        let stmt = &self.ast[id];
        let mut blocks = Vec::new();
        self.ast.blocks(id, |block| {
            blocks.extend(self.ast.block_range(block).map(|range| (block, range)));
        });
        let in_header = self.is_in(stmt.range) && !blocks.iter().any(|(_, range)| self.is_in(*range));
        if in_header {
            return Flow::Reached(states);
        }
        // What the statement's own expressions do: a target, a walrus, a handler's name.
        let handlers = match stmt.kind {
            StmtKind::Try { handlers, .. } => &self.ast[handlers],
            _ => &[],
        };
        let header = |at: TextSize| {
            let in_handler = handlers.iter().any(|handler| handler.range.contains(at));
            !in_handler && !blocks.iter().any(|(_, range)| range.contains(at))
        };
        let states = self.events(stmt.range, header, states);
        if depth >= MAX_DEPTH {
            return Flow::Passed(states);
        }
        let run = |block: Block, states: Vec<State>| self.block(block, states, depth + 1);
        match stmt.kind {
            StmtKind::If { branches, otherwise } => {
                let bodies = self.ast[branches].iter().map(|branch| branch.body).chain(otherwise);
                let bodies = bodies.map(|body| (body, states.clone()));
                self.alternatives(bodies, otherwise.is_none().then(|| states.clone()), depth)
            }
            StmtKind::Match { cases, .. } => {
                let bodies = self.ast[cases].iter().map(|case| (case.body, states.clone()));
                self.alternatives(bodies, Some(states.clone()), depth)
            }
            StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } => {
                let once = Run { place: None, ..*self };
                let mut entry = states;
                self.left.borrow_mut().push(Vec::new());
                if let Flow::Passed(after) = once.block(body, entry.clone(), depth + 1) {
                    join(&mut entry, after);
                }
                join(&mut entry, self.left.borrow_mut().pop().unwrap_or_default());
                let mut out = entry.clone();
                self.left.borrow_mut().push(Vec::new());
                let flow = run(body, entry);
                let left = self.left.borrow_mut().pop().unwrap_or_default();
                match flow {
                    Flow::Passed(after) => join(&mut out, after),
                    Flow::Reached(states) => return Flow::Reached(states),
                    Flow::Ended => {}
                }
                let out = match otherwise.map(|block| run(block, out.clone())) {
                    None => Some(out),
                    Some(Flow::Passed(after)) => Some(after),
                    Some(Flow::Reached(states)) => return Flow::Reached(states),
                    Some(Flow::Ended) => None,
                };
                // `break` goes past the `else`.
                let mut out = out.unwrap_or_default();
                join(&mut out, left);
                match out.is_empty() {
                    true => Flow::Ended,
                    false => Flow::Passed(out),
                }
            }
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                let mut caught = states.clone();
                let mut out = Vec::new();
                match run(body, states) {
                    Flow::Reached(states) => return Flow::Reached(states),
                    Flow::Passed(after) => {
                        join(&mut caught, after.clone());
                        match otherwise.map(|block| run(block, after.clone())) {
                            None => out = after,
                            Some(Flow::Passed(after)) => out = after,
                            Some(Flow::Reached(states)) => return Flow::Reached(states),
                            Some(Flow::Ended) => {}
                        }
                    }
                    Flow::Ended => {}
                }
                // Each handler binds its own name, often the same one.
                let handlers = self.ast[handlers].iter().map(|handler| {
                    let body = self.ast.block_range(handler.body);
                    let is_header = |at: TextSize| body.is_none_or(|body| !body.contains(at));
                    (handler.body, self.events(handler.range, is_header, caught.clone()))
                });
                match self.alternatives(handlers, None, depth) {
                    Flow::Reached(states) => return Flow::Reached(states),
                    Flow::Passed(after) => join(&mut out, after),
                    Flow::Ended => {}
                }
                match finally {
                    Some(block) => run(block, if out.is_empty() { caught } else { out }),
                    None if out.is_empty() => Flow::Ended,
                    None => Flow::Passed(out),
                }
            }
            StmtKind::With { body, .. } => run(body, states),
            StmtKind::Class(class) => run(self.ast[class].body, states),
            StmtKind::Function(function) => {
                // A `global` assignment: it may have run or not.
                let mut out = states.clone();
                let body = self.ast[function].body;
                let within = self.ast.block_range(body).unwrap_or(stmt.range);
                join(&mut out, self.events(within, |_| true, states));
                Flow::Passed(out)
            }
            _ => Flow::Passed(states),
        }
    }

    fn alternatives(
        &self,
        bodies: impl Iterator<Item = (Block, Vec<State>)>,
        otherwise: Option<Vec<State>>,
        depth: usize,
    ) -> Flow {
        let mut passes = otherwise.is_some();
        let mut out = otherwise.unwrap_or_default();
        for (body, states) in bodies {
            match self.block(body, states, depth + 1) {
                Flow::Reached(states) => return Flow::Reached(states),
                Flow::Passed(after) => {
                    passes = true;
                    join(&mut out, after);
                }
                Flow::Ended => {}
            }
        }
        match passes {
            true => Flow::Passed(out),
            false => Flow::Ended,
        }
    }

    fn is_in(&self, range: TextRange) -> bool {
        self.place.is_some_and(|place| range.contains(place))
    }

    fn has_events(&self, range: TextRange) -> bool {
        let first = self.bindings.partition_point(|binding| binding.at < range.start());
        let bound = self
            .bindings
            .get(first)
            .is_some_and(|binding| range.contains(binding.at));
        let first = self.mutations.partition_point(|mutation| mutation.at < range.start());
        bound
            || self
                .mutations
                .get(first)
                .is_some_and(|mutation| range.contains(mutation.at))
    }

    /// Applies the events in `range` whose place passes `here`.
    fn events(&self, range: TextRange, here: impl Fn(TextSize) -> bool, mut states: Vec<State>) -> Vec<State> {
        let first = self.mutations.partition_point(|mutation| mutation.at < range.start());
        for (index, mutation) in self.mutations.iter().enumerate().skip(first) {
            if mutation.at >= range.end() {
                break;
            }
            if here(mutation.at) {
                for state in &mut states {
                    state.mutations.push(index);
                }
            }
        }
        let first = self.bindings.partition_point(|binding| binding.at < range.start());
        for (index, binding) in self.bindings.iter().enumerate().skip(first) {
            if binding.at >= range.end() {
                break;
            }
            if here(binding.at) && !matches!(binding.kind, BindingKind::Parameter { .. }) {
                states = vec![bound(index)];
            }
        }
        states
    }
}

fn join(into: &mut Vec<State>, more: Vec<State>) {
    for state in more {
        if into.contains(&state) {
            continue;
        }
        if into.len() < MAX_STATES {
            into.push(state);
        } else if let Some(last) = into.iter_mut().rfind(|last| last.binding == state.binding) {
            // Too many to tell apart: nothing that may have been done is forgotten.
            last.mutations.extend(&state.mutations);
            last.mutations.sort_unstable();
            last.mutations.dedup();
        }
    }
}
