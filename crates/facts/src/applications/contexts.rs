//! The ways in which code runs: at the import of its module, or by the calls of the function it stands in.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ExprRef, Frame, FunctionRef, Iteration, Model, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span, TextSize};

use super::objects::{Construction, ObjectKind};
use super::order::{LATE, Moment, Order};
use crate::libraries::fastapi;

/// Calls of one function that are told apart.
const MAX_CONTEXTS: usize = 24;
/// Functions around functions that are followed.
const MAX_DEPTH: usize = 5;
/// Rounds of loops that are told apart.
const MAX_ROUNDS: usize = 256;

/// One way in which the body of a function runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) frame: Option<Rc<Frame>>,
    /// When, outermost first.
    pub(super) moment: Vec<Moment>,
    /// Tests without which it does not run.
    pub(super) conditions: Vec<Span>,
}

pub(super) struct Contexts<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    order: &'m Order,
    /// Calls that run an `__init__` of an application or router.
    inits: FxHashMap<FunctionRef, Vec<ExprRef>>,
    /// Applications that run a function at their start.
    lifespans: FxHashMap<FunctionRef, Vec<Value>>,
    known: RefCell<FxHashMap<FunctionRef, Rc<[Context]>>>,
    pending: RefCell<Vec<FunctionRef>>,
}

impl<'m, 'a> Contexts<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, order: &'m Order, constructions: &[Construction]) -> Contexts<'m, 'a> {
        let mut contexts = Contexts {
            model,
            order,
            inits: FxHashMap::default(),
            lifespans: FxHashMap::default(),
            known: RefCell::default(),
            pending: RefCell::default(),
        };
        for construction in constructions {
            if let Some(init) = construction.init {
                contexts.inits.entry(init).or_default().push(construction.call);
            }
        }
        for construction in constructions {
            if construction.kind == ObjectKind::Application {
                contexts.add_lifespans(construction.call);
            }
        }
        contexts.known.borrow_mut().clear();
        contexts
    }

    fn add_lifespans(&mut self, call: ExprRef) {
        let mut found = Vec::new();
        for context in self.around(call).iter() {
            let frame = context.frame.as_ref();
            let arguments = self.model.arguments(call, frame);
            let Some(lifespan) = arguments.get(fastapi::LIFESPAN.position, fastapi::LIFESPAN.keywords) else {
                continue;
            };
            let functions: Vec<FunctionRef> = lifespan
                .values
                .iter()
                .filter_map(|value| match value.kind {
                    ValueKind::Function(function) => Some(function),
                    _ => None,
                })
                .collect();
            for application in self.model.eval_in(call, frame) {
                found.extend(functions.iter().map(|function| (*function, application.clone())));
            }
        }
        for (function, application) in found {
            self.lifespans.entry(function).or_default().push(application);
        }
    }

    /// The ways in which an expression runs.
    pub(super) fn around(&self, expr: ExprRef) -> Rc<[Context]> {
        match self.model.enclosing_function(expr) {
            Some(function) => self.of(function),
            None => Rc::new([Context::default()]),
        }
    }

    /// When an expression runs in one of these ways and rounds.
    pub(super) fn moment(&self, context: &Context, rounds: &[Iteration], expr: ExprRef, nth: u32) -> Vec<Moment> {
        let ast = self.model.ast(expr.file);
        let stmt = ast[ast.stmt_of(expr.id)];
        // Decorators run when their function is defined.
        let at = match stmt.kind {
            StmtKind::Function(_) | StmtKind::Class(_) => stmt.range.start(),
            _ => ast[expr.id].range.start(),
        };
        let mut moment = context.moment.clone();
        let mut when = match moment.is_empty() {
            true => self.order.at(expr.file, at),
            false => 0,
        };
        for round in rounds {
            let start = ast[round.iterable.id].range.start();
            moment.push((std::mem::take(&mut when), start, round.index as u32));
        }
        moment.push((when, at, nth));
        moment
    }

    /// The tests around an expression, up to the function it stands in; those that are known to hold do not count.
    pub(super) fn conditions(&self, context: &Context, expr: ExprRef) -> Vec<Span> {
        let file = expr.file;
        let ast = self.model.ast(file);
        let mut out = Vec::new();
        let mut inner = ast.stmt_of(expr.id);
        let outer: Vec<StmtId> = ast
            .ancestors(inner)
            .take_while(|&stmt| !matches!(ast[stmt].kind, StmtKind::Function(_)))
            .collect();
        for stmt in outer {
            let at = ast[inner].range;
            match ast[stmt].kind {
                StmtKind::If { branches, otherwise } => {
                    let tests = ast[branches].iter().map(|branch| ExprRef { file, id: branch.test });
                    let is_within = |block: Block| ast.block_range(block).is_some_and(|range| range.contains_range(at));
                    let own = ast[branches].iter().position(|branch| is_within(branch.body));
                    let is_else = otherwise.is_some_and(is_within);
                    // The first branch whose test always holds is no condition.
                    let holds = own.is_some_and(|index| {
                        let test = ExprRef {
                            file,
                            id: ast[branches][index].test,
                        };
                        index == 0 && self.is_true(test, context)
                    });
                    if !holds {
                        out.extend(
                            tests
                                .take(own.map_or(usize::MAX, |index| index + 1))
                                .map(|test| self.model.span(test)),
                        );
                    }
                    debug_assert!(own.is_some() || is_else || !out.is_empty());
                }
                StmtKind::Match { subject, .. } => out.push(Span::new(file, ast[subject].range)),
                StmtKind::Try { handlers, .. } => {
                    let handler = ast[handlers].iter().find(|handler| handler.range.contains_range(at));
                    out.extend(handler.map(|handler| Span::new(file, handler.range)));
                }
                _ => {}
            }
            inner = stmt;
        }
        out.reverse();
        let mut all = context.conditions.clone();
        all.extend(out);
        all
    }

    fn is_true(&self, test: ExprRef, context: &Context) -> bool {
        let values = self.model.eval_in(test, context.frame.as_ref());
        !values.is_empty() && values.iter().all(|value| value.truth() == Some(true))
    }

    /// The rounds of the loops around an expression: one without any, where there is none or its list is not known.
    pub(super) fn rounds(&self, context: &Context, expr: ExprRef) -> Vec<Vec<Iteration>> {
        let file = expr.file;
        let ast = self.model.ast(file);
        let mut iterables: Vec<ExprId> = Vec::new();
        let mut at = expr.id;
        while let Some(parent) = ast.parent_expr(at) {
            if let ExprKind::Comprehension { clauses, .. } = ast[parent].kind {
                iterables.extend(ast[clauses].iter().rev().filter_map(|clause| match *clause {
                    ComprehensionClause::For { iterable, .. } => Some(iterable),
                    ComprehensionClause::If(_) => None,
                }));
            }
            at = parent;
        }
        let stmt = ast.stmt_of(expr.id);
        let outer = ast
            .ancestors(stmt)
            .take_while(|&stmt| !matches!(ast[stmt].kind, StmtKind::Function(_)));
        for stmt in outer {
            if let StmtKind::For { iterable, .. } = ast[stmt].kind {
                iterables.push(iterable);
            }
        }
        let mut rounds = vec![Vec::new()];
        for &iterable in iterables.iter().rev() {
            let iterable = ExprRef { file, id: iterable };
            let mut next = Vec::new();
            for round in rounds {
                let values = self.model.eval_in_iterations(iterable, context.frame.as_ref(), &round);
                let length = values.iter().map(|value| match &value.kind {
                    ValueKind::List(items) => Some(items.len()),
                    _ => None,
                });
                match length.max().flatten() {
                    Some(length) => next.extend((0..length).map(|index| {
                        let mut round = round.clone();
                        round.push(Iteration { iterable, index });
                        round
                    })),
                    None => next.push(round),
                }
            }
            next.truncate(MAX_ROUNDS);
            rounds = next;
        }
        rounds
    }

    /// The ways in which a function runs. One without a frame where no call of it is known.
    fn of(&self, function: FunctionRef) -> Rc<[Context]> {
        if let Some(known) = self.known.borrow().get(&function) {
            return known.clone();
        }
        if self.pending.borrow().contains(&function) || self.pending.borrow().len() >= MAX_DEPTH {
            return Rc::new([]);
        }
        self.pending.borrow_mut().push(function);
        let mut found = Vec::new();
        let callers = self.model.callers(function);
        let inits = self.inits.get(&function).into_iter().flatten();
        let mut calls: Vec<ExprRef> = callers.iter().chain(inits).copied().collect();
        text::sort(&mut calls);
        calls.dedup();
        for call in calls {
            self.add_calls(function, call, &mut found);
        }
        self.pending.borrow_mut().pop();
        self.add_lifespan(function, &mut found);
        if found.is_empty() {
            found.push(Context {
                frame: None,
                moment: vec![self.end_of(function.file)],
                conditions: Vec::new(),
            });
        }
        found.truncate(MAX_CONTEXTS);
        let found: Rc<[Context]> = found.into();
        // An answer given inside another question may have been cut short.
        if self.pending.borrow().is_empty() {
            self.known.borrow_mut().insert(function, found.clone());
        }
        found
    }

    fn add_calls(&self, function: FunctionRef, call: ExprRef, found: &mut Vec<Context>) {
        if self.model.enclosing_function(call) == Some(function) {
            return;
        }
        for context in self.around(call).iter() {
            if found.len() >= MAX_CONTEXTS {
                return;
            }
            let receivers: Vec<Option<Rc<Value>>> = match self.model.ast(function.file).class_of_method(function.id) {
                None => vec![None],
                Some(_) => self.receivers(function, call, context.frame.as_ref()),
            };
            for receiver in receivers {
                found.push(Context {
                    frame: Some(Rc::new(Frame {
                        function,
                        call,
                        receiver,
                        caller: context.frame.clone(),
                    })),
                    moment: self.moment(context, &[], call, 0),
                    conditions: self.conditions(context, call),
                });
            }
        }
    }

    /// The objects whose method a call calls.
    fn receivers(&self, function: FunctionRef, call: ExprRef, frame: Option<&Rc<Frame>>) -> Vec<Option<Rc<Value>>> {
        if self.model.function_name(function) == "__init__" {
            // `Class(…)` gives the object; `super().__init__(…)` is called on the one at hand.
            let made = self.model.eval_in(call, frame).into_iter();
            let objects: Vec<Option<Rc<Value>>> = made
                .filter(|value| matches!(value.kind, ValueKind::Instance { .. }))
                .map(|value| Some(Rc::new(value)))
                .collect();
            return objects;
        }
        let values = match self.model.receiver(call) {
            Some(receiver) => self.model.eval_in(receiver, frame),
            None => Vec::new(),
        };
        let objects: Vec<Option<Rc<Value>>> = values
            .into_iter()
            .filter(|value| matches!(value.kind, ValueKind::Instance { .. } | ValueKind::Class(_)))
            .map(|value| Some(Rc::new(value)))
            .collect();
        if objects.is_empty() { vec![None] } else { objects }
    }

    /// `FastAPI(lifespan=function)` calls it with the application, when everything else has run.
    fn add_lifespan(&self, function: FunctionRef, found: &mut Vec<Context>) {
        for application in self.lifespans.get(&function).into_iter().flatten() {
            let (ValueKind::Call { call, frame, .. } | ValueKind::Instance { call, frame, .. }) = &application.kind
            else {
                continue;
            };
            let Some(call) = call else { continue };
            found.push(Context {
                frame: Some(Rc::new(Frame {
                    function,
                    call: *call,
                    receiver: Some(Rc::new(application.clone())),
                    caller: frame.clone(),
                })),
                moment: vec![(LATE, TextSize::new(0), 0)],
                conditions: Vec::new(),
            });
        }
    }

    fn end_of(&self, file: FileId) -> Moment {
        let end = TextSize::of(self.model.file(file).text());
        (self.order.at(file, end), end, 0)
    }
}
