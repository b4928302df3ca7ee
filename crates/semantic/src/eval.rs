//! Expressions to values: constants, names, containers, calls of the project's functions.

mod calls;
mod changes;
mod elements;
mod members;
mod names;
mod parameters;
mod texts;

use changes::insert;
use std::cell::Cell;
use std::rc::Rc;

use syntax::ast::*;
use text::{FileId, Span};

use crate::history::{self, State};
use crate::index::{Binding, BindingKind, Mutation, MutationKind, ScopeId, ScopeKind};
use crate::model::{BoundArgument, BoundArguments, ImportSource, Model};
use crate::value::*;

/// Steps that one question may take.
const FUEL: u32 = 4_000;
/// Questions inside questions.
const MAX_DEPTH: u32 = 40;
/// Calls that are followed into calls.
const MAX_FRAMES: usize = 6;
/// Alternatives that are told apart.
const MAX_VALUES: usize = 16;
/// Callers that a parameter is looked up at.
const MAX_CALLERS: usize = 12;

pub(crate) struct Evaluator<'m, 'a> {
    model: &'m Model<'a>,
    fuel: Cell<u32>,
    depth: Cell<u32>,
    /// Rounds of loops that the question is about; elsewhere a loop variable is any item.
    iterations: &'m [Iteration],
}

type Context<'f> = Option<&'f Rc<Frame>>;

impl<'m, 'a> Evaluator<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>) -> Evaluator<'m, 'a> {
        Evaluator {
            model,
            fuel: Cell::new(FUEL),
            depth: Cell::new(0),
            iterations: &[],
        }
    }

    pub(crate) fn in_iterations(model: &'m Model<'a>, iterations: &'m [Iteration]) -> Evaluator<'m, 'a> {
        Evaluator {
            iterations,
            ..Evaluator::new(model)
        }
    }

    pub(crate) fn eval(&self, expr: ExprRef, frame: Context<'_>) -> Values {
        let is_general = frame.is_none() && self.iterations.is_empty();
        if is_general && let Some(known) = self.model.evaluated.borrow().get(&expr) {
            return known.as_ref().clone();
        }
        if self.fuel.get() == 0 || self.depth.get() >= MAX_DEPTH {
            return self.unknown(expr, Reason::TooComplex);
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let mut values = self.compute(expr, frame);
        self.depth.set(self.depth.get() - 1);
        values.truncate(MAX_VALUES);
        // Answers given with what was left of another question's steps may be incomplete: only those to whole questions
        // are kept, and where one took too many steps it will do so again.
        if is_general && self.depth.get() == 0 {
            let mut evaluated = self.model.evaluated.borrow_mut();
            evaluated.insert(expr, Rc::new(values.clone()));
        }
        values
    }

    fn ast(&self, file: FileId) -> &'a Ast {
        self.model.ast(file)
    }

    fn name_text(&self, file: FileId, name: Name) -> &'a str {
        self.model.file(file).source().name(name)
    }

    fn one(&self, expr: ExprRef, kind: ValueKind) -> Values {
        vec![Value::new(kind, self.model.span(expr))]
    }

    fn unknown(&self, expr: ExprRef, reason: Reason) -> Values {
        self.one(expr, ValueKind::Unknown(reason))
    }

    fn compute(&self, expr: ExprRef, frame: Context<'_>) -> Values {
        let file = expr.file;
        let ast = self.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        match ast[expr.id].kind {
            ExprKind::True => self.one(expr, ValueKind::Bool(true)),
            ExprKind::False => self.one(expr, ValueKind::Bool(false)),
            ExprKind::None => self.one(expr, ValueKind::None),
            ExprKind::Float => self.one(expr, ValueKind::Float),
            ExprKind::Integer => match ast.integer(self.model.file(file).text(), expr.id) {
                Some(value) => self.one(expr, ValueKind::Int(value)),
                None => self.one(expr, ValueKind::Float),
            },
            ExprKind::String { bytes, parts } => self.string(expr, bytes, parts, frame),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                let mut out: Vec<Values> = Vec::new();
                for &item in &ast[items] {
                    if let ExprKind::Starred(inner) = ast[item].kind {
                        let values = self.eval(at(inner), frame);
                        match values.as_slice() {
                            [
                                Value {
                                    kind: ValueKind::List(items),
                                    ..
                                },
                            ] => out.extend(items.iter().cloned()),
                            _ => out.push(self.unknown(at(inner), Reason::NotFollowed)),
                        }
                    } else {
                        out.push(self.eval(at(item), frame));
                    }
                }
                self.one(expr, ValueKind::List(out.into()))
            }
            ExprKind::Dict(items) => {
                let mut entries = Vec::new();
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { key, value } => {
                            let key_value = self.eval(at(key), frame);
                            let pair = DictEntry::Pair {
                                key: only_str(&key_value),
                                value: self.eval(at(value), frame),
                                at: Span::new(file, ast[key].range.cover(ast[value].range)),
                            };
                            insert(&mut entries, pair);
                        }
                        DictItem::Spread(inner) => self.spread_into(&mut entries, self.eval(at(inner), frame)),
                    }
                }
                self.one(expr, ValueKind::Dict(entries.into()))
            }
            ExprKind::Name(name) => self.name(expr, name, frame),
            ExprKind::Attribute { object, name, .. } => {
                let name = self.name_text(file, name);
                let mut out = Values::new();
                for base in self.eval(at(object), frame) {
                    join(&mut out, self.attribute(&base, name, self.model.span(expr)));
                }
                out
            }
            ExprKind::Subscript { object, index } => {
                let bases = self.eval(at(object), frame);
                let key = self.eval(at(index), frame);
                let mut out = Values::new();
                for base in bases {
                    join(&mut out, self.item(expr, base, &key));
                }
                out
            }
            ExprKind::Call { function, .. } => self.call(expr, function, frame),
            ExprKind::Await(inner) => self.eval(at(inner), frame),
            ExprKind::Walrus { value, .. } => self.eval(at(value), frame),
            ExprKind::Lambda { .. } => vec![Value {
                closure: frame.cloned(),
                ..Value::new(ValueKind::Lambda(expr), self.model.span(expr))
            }],
            ExprKind::Conditional { test, then, otherwise } => {
                let test = self.eval(at(test), frame);
                match only_truth(&test) {
                    Some(true) => self.eval(at(then), frame),
                    Some(false) => self.eval(at(otherwise), frame),
                    None => {
                        let mut out = self.eval(at(then), frame);
                        join(&mut out, self.eval(at(otherwise), frame));
                        out
                    }
                }
            }
            ExprKind::Boolean { operator, left, right } => {
                let is_or = operator == BooleanOperator::Or;
                let mut out = Values::new();
                let mut goes_on = false;
                for value in self.eval(at(left), frame) {
                    match value.truth() {
                        Some(truth) if truth == is_or => out.push(value),
                        Some(_) => goes_on = true,
                        None => {
                            goes_on = true;
                            out.push(value);
                        }
                    }
                }
                if goes_on {
                    join(&mut out, self.eval(at(right), frame));
                }
                out
            }
            ExprKind::Unary { operator, operand } => {
                let operand = self.eval(at(operand), frame);
                match operator {
                    UnaryOperator::Not => match only_truth(&operand) {
                        Some(truth) => self.one(expr, ValueKind::Bool(!truth)),
                        None => self.unknown(expr, Reason::Computed),
                    },
                    UnaryOperator::Minus => match operand.as_slice() {
                        [
                            Value {
                                kind: ValueKind::Int(value),
                                ..
                            },
                        ] => self.one(expr, ValueKind::Int(value.saturating_neg())),
                        _ => self.unknown(expr, Reason::Computed),
                    },
                    _ => self.unknown(expr, Reason::Computed),
                }
            }
            ExprKind::Binary { operator, left, right } => self.binary(expr, operator, at(left), at(right), frame),
            ExprKind::Compare { .. } => self.unknown(expr, Reason::Computed),
            ExprKind::Comprehension { .. } => {
                let kind = self.rounds(expr, frame).unwrap_or_else(|| ValueKind::Comprehension {
                    expr,
                    frame: frame.cloned(),
                });
                self.one(expr, kind)
            }
            ExprKind::Starred(inner) => self.eval(at(inner), frame),
            ExprKind::Error
            | ExprKind::Ellipsis
            | ExprKind::Slice { .. }
            | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_) => self.unknown(expr, Reason::NotFollowed),
        }
    }
}

/// Adds alternatives that are not there yet.
fn join(into: &mut Values, more: Values) {
    for value in more {
        let is_known = |known: &Value| known.origin == value.origin && is_same(&known.kind, &value.kind);
        let is_container = matches!(
            value.kind,
            ValueKind::Dict(_) | ValueKind::List(_) | ValueKind::Format(_)
        );
        if into.len() < MAX_VALUES && (is_container || !into.iter().any(is_known)) {
            into.push(value);
        }
    }
}

/// Whether two values that are made at one place are one. A call of a helper gives another value for each of the
/// calls that lead to it.
fn is_same(a: &ValueKind, b: &ValueKind) -> bool {
    let same_frames = |a: Context<'_>, b: Context<'_>| {
        let calls =
            |frame| std::iter::successors(frame, |frame: &&Rc<Frame>| frame.caller.as_ref()).map(|frame| frame.call);
        calls(a).eq(calls(b))
    };
    match (a, b) {
        (ValueKind::Str(a), ValueKind::Str(b)) | (ValueKind::Bytes(a), ValueKind::Bytes(b)) => a == b,
        (ValueKind::Int(a), ValueKind::Int(b)) => a == b,
        (ValueKind::Call { frame: a, path: at, .. }, ValueKind::Call { frame: b, path: bt, .. }) => {
            at == bt && same_frames(a.as_ref(), b.as_ref())
        }
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn only_str(values: &Values) -> Option<Rc<str>> {
    match values.as_slice() {
        [
            Value {
                kind: ValueKind::Str(text),
                ..
            },
        ] => Some(text.clone()),
        _ => None,
    }
}

fn only_truth(values: &Values) -> Option<bool> {
    let mut truths = values.iter().map(Value::truth);
    let first = truths.next()??;
    truths.all(|truth| truth == Some(first)).then_some(first)
}

fn frames(frame: Context<'_>) -> usize {
    std::iter::successors(frame, |frame| frame.caller.as_ref()).count()
}
