//! From an expression to the accesses that gave the rows in it.

use std::rc::Rc;

use semantic::{BindingKind, ExprRef, Frame, FunctionRef, MutationKind, NameUse, ValueKind};
use syntax::ast::*;

use super::run::Run;
use super::values::{Context, chain};

/// Expressions looked at for one question.
const MAX_STEPS: usize = 160;
const MAX_FRAMES: usize = 6;

/// Functions whose result tells nothing of the rows they are given.
const TELL_NOTHING: &[&str] = &[
    "len",
    "bool",
    "isinstance",
    "hasattr",
    "type",
    "id",
    "any",
    "all",
    "print",
    "callable",
];

impl Run<'_, '_, '_> {
    /// The accesses, by number, whose rows an expression holds or is made of.
    pub(super) fn rows(&self, expr: ExprRef, frame: Context<'_>) -> Vec<u32> {
        let mut out = Vec::new();
        if self.accesses.borrow().is_empty() {
            return out;
        }
        let model = self.judge.model;
        let mut pending: Vec<(ExprRef, Option<Rc<Frame>>)> = vec![(expr, frame.cloned())];
        let mut seen: Vec<(ExprRef, usize)> = Vec::new();
        while let Some((expr, frame)) = pending.pop() {
            let depth = chain(frame.as_ref()).len();
            if seen.len() >= MAX_STEPS {
                break;
            }
            if seen.contains(&(expr, depth)) {
                continue;
            }
            seen.push((expr, depth));
            let ast = model.ast(expr.file);
            let at = |id: ExprId| (ExprRef { file: expr.file, id }, frame.clone());
            let calls = chain(frame.as_ref());
            for index in self.judge.data.queries.indices_at(expr) {
                for (number, access) in self.accesses.borrow().iter().enumerate() {
                    if access.query == index && access.chain == calls && !out.contains(&(number as u32)) {
                        out.push(number as u32);
                    }
                }
            }
            match ast[expr.id].kind {
                ExprKind::Name(_) => self.name_rows(expr, frame.as_ref(), &mut pending),
                ExprKind::Attribute { object, name, .. } => {
                    if !self.self_rows(expr, object, name, &mut pending) {
                        pending.push(at(object));
                    }
                }
                ExprKind::Subscript { object, .. } => pending.push(at(object)),
                ExprKind::Call { function, arguments } => {
                    let followed = self.returned(expr, frame.as_ref());
                    if !followed.is_empty() {
                        pending.extend(followed);
                        continue;
                    }
                    let name = match ast[function].kind {
                        ExprKind::Name(name) => Some(model.file(expr.file).source().imported_name(name)),
                        _ => None,
                    };
                    if name.is_some_and(|name| TELL_NOTHING.contains(&name)) {
                        continue;
                    }
                    // `filter(lambda task: task.user_id == me, tasks)`
                    if name == Some("filter")
                        && let Some(first) = ast[arguments].first()
                        && let ExprKind::Lambda { body, .. } = ast[first.value].kind
                        && self.keeps_callers(ExprRef { id: body, ..expr }, frame.as_ref())
                    {
                        continue;
                    }
                    if let ExprKind::Attribute { object, name, .. } = ast[function].kind {
                        pending.push(at(object));
                        let name = model.file(expr.file).source().name(name);
                        if name.starts_with("fetch") {
                            self.cursor_rows(ExprRef { id: object, ..expr }, &calls, &mut out);
                        }
                    }
                    pending.extend(ast[arguments].iter().map(|argument| at(argument.value)));
                }
                ExprKind::Comprehension {
                    element,
                    value,
                    clauses,
                    ..
                } => {
                    let is_filtered = ast[clauses].iter().any(|clause| match clause {
                        ComprehensionClause::If(test) => {
                            let test = ExprRef {
                                file: expr.file,
                                id: *test,
                            };
                            self.keeps_callers(test, frame.as_ref())
                        }
                        ComprehensionClause::For { .. } => false,
                    });
                    if !is_filtered {
                        pending.push(at(element));
                        pending.extend(value.map(at));
                    }
                }
                // Answers to questions about rows, not rows.
                ExprKind::Compare { .. }
                | ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    ..
                }
                | ExprKind::Lambda { .. } => {}
                ExprKind::Conditional { then, otherwise, .. } => {
                    pending.push(at(then));
                    pending.push(at(otherwise));
                }
                _ => ast.children(expr.id, |child| pending.push(at(child))),
            }
        }
        out
    }

    /// `cursor.fetchall()` after `cursor.execute(…)`: the last statement that was run on the cursor before.
    fn cursor_rows(&self, cursor: ExprRef, calls: &[ExprRef], out: &mut Vec<u32>) {
        let model = self.judge.model;
        let (text, at) = (model.written(cursor), model.span(cursor).range.start());
        let function = model.enclosing_function(cursor);
        let accesses = self.accesses.borrow();
        let runs = accesses.iter().enumerate().filter(|(_, access)| {
            let query = &self.judge.data.queries.all[access.query];
            access.chain == calls
                && query.function == function
                && query.expr.file == cursor.file
                && query.span.range.start() < at
                && model
                    .receiver(query.expr)
                    .is_some_and(|receiver| model.written(receiver) == text)
        });
        let last = runs.max_by_key(|(_, access)| self.judge.data.queries.all[access.query].span.range.start());
        if let Some((number, _)) = last
            && !out.contains(&(number as u32))
        {
            out.push(number as u32);
        }
    }

    fn name_rows(&self, expr: ExprRef, frame: Context<'_>, pending: &mut Vec<(ExprRef, Option<Rc<Frame>>)>) {
        let model = self.judge.model;
        let definitions = match model.definitions(expr) {
            NameUse::Bound(definitions) => definitions,
            NameUse::Element { iterable } => {
                pending.push((iterable, frame.cloned()));
                return;
            }
            NameUse::Outside | NameUse::Opaque => return,
        };
        for definition in &definitions {
            let at = |id: ExprId| ExprRef {
                file: definition.file,
                id,
            };
            // A global, or a name of the function around a closure, has no part in this call.
            let own = |id: ExprId| {
                let inside = model.enclosing_function(at(id));
                let frame = frame.filter(|frame| inside == Some(frame.function));
                (at(id), frame.cloned())
            };
            match definition.binding.kind {
                BindingKind::Value(id)
                | BindingKind::Context(id)
                | BindingKind::Element(id)
                | BindingKind::ElementUnpack { iterable: id, .. } => pending.push(own(id)),
                BindingKind::Unpack { value, index } => {
                    let ast = model.ast(definition.file);
                    let part = match ast[value].kind {
                        ExprKind::Tuple(items) | ExprKind::List(items) => ast[items].get(index as usize).copied(),
                        _ => None,
                    };
                    pending.push(own(part.unwrap_or(value)));
                }
                BindingKind::Parameter { function, index } => {
                    let function = FunctionRef {
                        file: definition.file,
                        id: function,
                    };
                    match frame.filter(|frame| frame.function == function) {
                        Some(frame) => {
                            let argument = self.parameter_argument(function, index, frame);
                            pending.extend(argument.map(|argument| (argument, frame.caller.clone())));
                        }
                        None => pending.extend(self.injected_rows(function, index)),
                    }
                }
                _ => {}
            }
            for mutation in &definition.mutations {
                match mutation.kind {
                    MutationKind::SetItem { value, .. } | MutationKind::Augment { value, .. } => {
                        pending.push(own(value))
                    }
                    MutationKind::Method { call, .. } => {
                        let ast = model.ast(definition.file);
                        if let ExprKind::Call { arguments, .. } = ast[call].kind {
                            pending.extend(ast[arguments].iter().map(|argument| own(argument.value)));
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// What a dependency gives to a parameter.
    fn injected_rows(&self, function: FunctionRef, index: u32) -> Vec<(ExprRef, Option<Rc<Frame>>)> {
        let mut out = Vec::new();
        for value in self.judge.model.injected(function, index).into_iter().flatten() {
            let called = match value.kind {
                ValueKind::Function(called) | ValueKind::Method { function: called, .. } => called,
                ValueKind::Instance { class, .. } => {
                    let Some(called) = super::run::method(self.judge.model, class, "__call__") else {
                        continue;
                    };
                    called
                }
                _ => continue,
            };
            let returns = self.judge.model.returns(called);
            out.extend(returns.iter().map(|&id| (ExprRef { file: called.file, id }, None)));
        }
        out
    }

    /// `self.task`: what methods of the class assign to it. Whether the object is `self`.
    fn self_rows(
        &self,
        expr: ExprRef,
        object: ExprId,
        name: Name,
        pending: &mut Vec<(ExprRef, Option<Rc<Frame>>)>,
    ) -> bool {
        let file = self.judge.model.file(expr.file);
        let ast = file.ast();
        let ExprKind::Name(base) = ast[object].kind else {
            return false;
        };
        let Some(function) = ast.enclosing_function(ast.stmt_of(expr.id)) else {
            return false;
        };
        let Some(class) = ast.class_of_method(function) else {
            return false;
        };
        let is_self = ast[ast[function].parameters]
            .first()
            .is_some_and(|first| first.name == base);
        if is_self {
            let attributes = file.index().self_attributes(class, name).take(6);
            pending.extend(attributes.map(|attribute| {
                let id = attribute.value;
                (ExprRef { file: expr.file, id }, None)
            }));
        }
        is_self
    }

    /// What the functions of the project return to a call.
    fn returned(&self, call: ExprRef, frame: Context<'_>) -> Vec<(ExprRef, Option<Rc<Frame>>)> {
        let mut out = Vec::new();
        if chain(frame).len() >= MAX_FRAMES {
            return out;
        }
        for callee in self.callees(call, frame).iter() {
            let entered = self.entered(callee.0, callee.1.clone(), call, frame);
            let Some(entered) = entered else { continue };
            let returns = self.judge.model.returns(callee.0);
            out.extend(returns.iter().map(|&id| {
                let file = callee.0.file;
                (ExprRef { file, id }, Some(entered.clone()))
            }));
        }
        out
    }

    /// Whether a condition keeps what is the caller's.
    fn keeps_callers(&self, test: ExprRef, frame: Context<'_>) -> bool {
        let ast = self.judge.model.ast(test.file);
        let ids = ast.descendants(test.id);
        ids.into_iter().take(40).any(|id| {
            let ExprKind::Compare { first, rest } = ast[id].kind else {
                return false;
            };
            if !super::checks::says_equal(ast, id) {
                return false;
            }
            let sides = std::iter::once(first).chain(ast[rest].iter().map(|comparison| comparison.right));
            sides.into_iter().any(|id| {
                let side = ExprRef { file: test.file, id };
                self.who(side, frame, &[]) == super::values::Who::Caller
            })
        })
    }
}
