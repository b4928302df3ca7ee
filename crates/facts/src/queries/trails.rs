//! From a call back to where its query begins, with every step between them.

use std::rc::Rc;

use semantic::{ExprRef, Frame, FunctionRef};
use syntax::ast::*;

use super::follow::{Leaf, MAX_LEAVES, Place};
use super::reach::{Reach, Reader};
use crate::libraries::data::{Step, step};

/// One beginning of a query, and what was done to it until a call.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    pub(super) root: Root,
    pub(super) steps: Vec<TrailStep>,
    /// The call that runs the statement.
    pub(super) execution: Option<Place>,
    /// The call of a function that runs the statement for its caller.
    pub(super) anchor: Option<ExprRef>,
}

#[derive(Debug, Clone)]
pub(super) enum Root {
    Call {
        place: Place,
        reach: Reach,
    },
    /// SQL text.
    Sql(Place),
    /// A statement that the function is given.
    Parameter {
        function: FunctionRef,
        index: u32,
    },
}

#[derive(Debug, Clone)]
pub(super) struct TrailStep {
    pub(super) step: Step,
    pub(super) place: Place,
    /// On every way.
    pub(super) is_certain: bool,
}

/// Calls that are looked into for one question. Parts of a chain are met before the whole, so that long chains are
/// no deeper than short ones.
const MAX_DEPTH: usize = 24;
/// Longer chains of methods are cut off.
const MAX_STEPS: usize = 64;
/// Callers at which a statement that is passed on is looked up.
const MAX_CALLERS: usize = 24;
/// Functions that pass a statement on to one another.
const MAX_FORWARDS: usize = 3;

impl Reader<'_, '_> {
    /// The trails that end in a call; none where it has nothing to do with data.
    pub(super) fn trails(&self, place: &Place) -> Rc<[Trail]> {
        let calls = std::iter::successors(place.frame.as_ref(), |frame| frame.caller.as_ref());
        let key = (place.expr, calls.map(|frame| frame.call).collect::<Vec<_>>());
        if let Some(known) = self.trails.borrow().get(&key) {
            return known.clone();
        }
        if self.depth.get() >= MAX_DEPTH {
            return Rc::new([]);
        }
        // A loop that adds to its own statement comes back here.
        self.trails.borrow_mut().insert(key.clone(), Rc::new([]));
        self.depth.set(self.depth.get() + 1);
        let found: Rc<[Trail]> = self.find_trails(place).into();
        self.depth.set(self.depth.get() - 1);
        self.trails.borrow_mut().insert(key, found.clone());
        found
    }

    fn find_trails(&self, place: &Place) -> Vec<Trail> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, .. } = ast[place.expr.id].kind else {
            return Vec::new();
        };
        let method = match ast[function].kind {
            ExprKind::Attribute { object, name, .. } => Some((place.at(object), source.name(name))),
            _ => None,
        };
        // A method of a query, unless what it stands on is none.
        if let Some((object, name)) = &method
            && let Some(step) = step(name)
        {
            let found = self.stepped(place, object, step);
            if !found.is_empty() {
                return found;
            }
        }
        let Some(reach) = self.reach(place) else {
            return Vec::new();
        };
        if !reach.runs_statement() {
            let root = Root::Call {
                place: place.clone(),
                reach,
            };
            return vec![Trail::new(root)];
        }
        let Some(statement) = self.statement(place) else {
            return Vec::new();
        };
        let mut found = self.statement_trails(&statement);
        self.take(&statement);
        for trail in &mut found {
            trail.execution.get_or_insert_with(|| place.clone());
        }
        found
    }

    /// The trails of a method's object, with the method as a further step.
    fn stepped(&self, place: &Place, object: &Place, step: Step) -> Vec<Trail> {
        let is_result = matches!(step, Step::Rows | Step::Fetch(_));
        let mut alternatives = Vec::new();
        let leaves = self.follow(object);
        let is_cut = leaves.len() >= MAX_LEAVES;
        for leaf in leaves {
            match leaf {
                Leaf::Place {
                    place: call,
                    is_awaited,
                } => {
                    let mut found = self.trails(&call).to_vec();
                    // What a fetch gives is a row, and its methods are those of a row.
                    found.retain(|trail| is_result || !(trail.is_fetched() || is_awaited));
                    if !found.is_empty() {
                        self.taken.borrow_mut().insert(call.expr);
                        alternatives.push(found);
                    } else if matches!(step, Step::Parameters | Step::Keep) && self.is_sql(&call) {
                        // `text("…").bindparams(…)`
                        alternatives.push(vec![Trail::new(Root::Sql(call))]);
                    }
                }
                Leaf::Parameter { function, index } if self.may_be_query(function, index, step) => {
                    alternatives.push(vec![Trail::new(Root::Parameter { function, index })]);
                }
                Leaf::Parameter { .. } => {}
            }
        }
        let mut merged = self.merge(alternatives, is_cut);
        for trail in &mut merged {
            if trail.steps.len() < MAX_STEPS {
                trail.steps.push(TrailStep {
                    step,
                    place: place.clone(),
                    is_certain: true,
                });
            }
        }
        merged
    }

    /// Whether a parameter whose method is called may be a query: said by the method where nothing else has it.
    fn may_be_query(&self, function: FunctionRef, index: u32, step: Step) -> bool {
        let ast = self.model.ast(function.file);
        let Some(parameter) = ast[ast[function.id].parameters].get(index as usize) else {
            return false;
        };
        if index == 0 && ast.class_of_method(function.id).is_some() {
            return false;
        }
        let names = [
            "Select",
            "Query",
            "Result",
            "ScalarResult",
            "QuerySet",
            "FindMany",
            "SelectOfScalar",
        ];
        match parameter.annotation {
            Some(annotation) => {
                let text = &*self.model.written(ExprRef {
                    file: function.file,
                    id: annotation,
                });
                names.iter().any(|name| text.contains(name)) || text == "Any"
            }
            None => !matches!(
                step,
                Step::Key | Step::Update | Step::Delete | Step::Values | Step::Keep | Step::Join
            ),
        }
    }

    /// The trails of a statement that is passed to a call.
    pub(super) fn statement_trails(&self, statement: &Place) -> Vec<Trail> {
        let mut alternatives = Vec::new();
        let leaves = self.follow(statement);
        let is_cut = leaves.len() >= MAX_LEAVES;
        for leaf in leaves {
            match leaf {
                Leaf::Place { place, .. } => {
                    let found = self.trails(&place).to_vec();
                    if !found.is_empty() {
                        alternatives.push(found);
                    } else if self.is_sql(&place) {
                        // The name itself, because of what was added to its text.
                        let text = if self.is_sql(statement) {
                            statement.clone()
                        } else {
                            place
                        };
                        alternatives.push(vec![Trail::new(Root::Sql(text))]);
                    }
                }
                Leaf::Parameter { function, index } => {
                    alternatives.push(vec![Trail::new(Root::Parameter { function, index })]);
                }
            }
        }
        self.merge(alternatives, is_cut)
    }

    /// Records that a statement is part of another query.
    pub(super) fn take(&self, statement: &Place) {
        for leaf in self.follow(statement) {
            if let Leaf::Place { place, .. } = leaf {
                self.taken.borrow_mut().insert(place.expr);
            }
        }
    }

    /// Replaces statements that a function is given by those that its callers give it.
    pub(super) fn forwarded(&self, trail: &Trail) -> Vec<Trail> {
        let mut out = Vec::new();
        let mut pending = vec![(trail.clone(), 0)];
        while let Some((trail, depth)) = pending.pop() {
            let Root::Parameter { function, index } = trail.root else {
                out.push(trail);
                continue;
            };
            if depth >= MAX_FORWARDS {
                continue;
            }
            let callers = self.model.callers(function);
            for &call in callers.iter().take(MAX_CALLERS) {
                let skips_receiver = self.is_bound_call(function, call);
                let Some(passed) = self.passed_at(function, index, call, skips_receiver) else {
                    continue;
                };
                // The callee's own expressions are read with this caller's arguments.
                let frame = Rc::new(Frame {
                    function,
                    call,
                    receiver: None,
                    caller: None,
                });
                self.take(&Place::new(passed));
                for mut found in self.statement_trails(&Place::new(passed)) {
                    let here = |step: &TrailStep| TrailStep {
                        place: Place {
                            expr: step.place.expr,
                            frame: step.place.frame.clone().or_else(|| Some(frame.clone())),
                        },
                        ..step.clone()
                    };
                    found.steps.extend(trail.steps.iter().map(here));
                    let run = trail.execution.as_ref().map(|place| Place {
                        expr: place.expr,
                        frame: place.frame.clone().or_else(|| Some(frame.clone())),
                    });
                    found.execution = found.execution.or(run);
                    found.anchor = Some(call);
                    pending.push((found, depth + 1));
                }
            }
        }
        out
    }
}

impl Trail {
    fn new(root: Root) -> Trail {
        Trail {
            root,
            steps: Vec::new(),
            execution: None,
            anchor: None,
        }
    }

    /// Rows have been taken from it.
    fn is_fetched(&self) -> bool {
        let is_fetch = |step: &TrailStep| matches!(step.step, Step::Fetch(_));
        self.execution.is_some()
            || self.steps.iter().any(is_fetch)
            || matches!(&self.root, Root::Call { reach, .. } if !reach.is_open())
    }

    fn key(&self) -> Key {
        match &self.root {
            Root::Call { place, .. } | Root::Sql(place) => Key::Expr(place.expr),
            Root::Parameter { function, index } => Key::Parameter(*function, *index),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Key {
    Expr(ExprRef),
    Parameter(FunctionRef, u32),
}

impl Reader<'_, '_> {
    /// Alternatives with the same beginning become one: a step that some of them lack is not certain.
    fn merge(&self, alternatives: Vec<Vec<Trail>>, is_cut: bool) -> Vec<Trail> {
        if alternatives.len() == 1 && !is_cut {
            return alternatives.into_iter().next().unwrap_or_default();
        }
        let mut out: Vec<(Trail, usize)> = Vec::new();
        for trail in alternatives.into_iter().flatten() {
            let Some((known, count)) = out.iter_mut().find(|(known, _)| known.key() == trail.key()) else {
                out.push((trail, 1));
                continue;
            };
            *count += 1;
            for step in &mut known.steps {
                let same = trail.steps.iter().find(|other| self.is_same_step(other, step));
                step.is_certain &= same.is_some_and(|same| same.is_certain);
            }
            for step in trail.steps {
                let is_known = known.steps.iter().any(|other| self.is_same_step(other, &step));
                if !is_known && known.steps.len() < MAX_STEPS {
                    known.steps.push(TrailStep {
                        is_certain: false,
                        ..step
                    });
                }
            }
        }
        if is_cut {
            for (trail, _) in &mut out {
                trail.steps.iter_mut().for_each(|step| step.is_certain = false);
            }
        }
        out.into_iter().map(|(trail, _)| trail).collect()
    }

    /// The same call, or one that says the same in another branch.
    fn is_same_step(&self, a: &TrailStep, b: &TrailStep) -> bool {
        a.place.expr == b.place.expr
            || a.step == b.step
                && a.place.expr.file == b.place.expr.file
                && self.model.text(self.step_span(&a.place)) == self.model.text(self.step_span(&b.place))
    }
}
