//! From an expression to the expressions that it stands for, as places rather than values.

use std::rc::Rc;

use semantic::{BindingKind, Definition, ExprRef, Frame, FunctionRef, NameUse, ValueKind};
use syntax::ast::*;

use super::reach::Reader;

/// An expression in a call that is being followed.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) expr: ExprRef,
    pub(super) frame: Option<Rc<Frame>>,
}

/// Where following ends.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    Place {
        place: Place,
        /// Through an `await`: what a library's call gives, not the call's own object.
        is_awaited: bool,
    },
    /// A parameter; its callers say more.
    Parameter { function: FunctionRef, index: u32 },
}

/// Expressions looked at for one question.
const MAX_STEPS: usize = 80;
/// Leaves told apart.
pub(super) const MAX_LEAVES: usize = 16;
/// Calls inside calls.
const MAX_FRAMES: usize = 5;

impl Place {
    pub(super) fn new(expr: ExprRef) -> Place {
        Place { expr, frame: None }
    }

    /// Another expression of the same file and call.
    pub(super) fn at(&self, id: ExprId) -> Place {
        Place {
            expr: ExprRef {
                file: self.expr.file,
                id,
            },
            frame: self.frame.clone(),
        }
    }
}

impl Reader<'_, '_> {
    /// What an expression can stand for: names to what they are bound to, parameters to the arguments of the call
    /// that is being followed, calls of the project's functions to what they return.
    pub(super) fn follow(&self, place: &Place) -> Vec<Leaf> {
        let mut out = Vec::new();
        let mut pending = vec![(place.clone(), false)];
        let mut steps = 0;
        while let Some((place, is_awaited)) = pending.pop() {
            steps += 1;
            if out.len() >= MAX_LEAVES {
                break;
            }
            let leaf = |place: Place| Leaf::Place { place, is_awaited };
            if steps > MAX_STEPS {
                out.push(leaf(place));
                continue;
            }
            let ast = self.model.ast(place.expr.file);
            match ast[place.expr.id].kind {
                ExprKind::Await(inner) => pending.push((place.at(inner), true)),
                ExprKind::Starred(inner) | ExprKind::Walrus { value: inner, .. } => {
                    pending.push((place.at(inner), is_awaited));
                }
                ExprKind::Conditional { then, otherwise, .. } => {
                    pending.push((place.at(otherwise), is_awaited));
                    pending.push((place.at(then), is_awaited));
                }
                ExprKind::Name(_) => match self.model.definitions(place.expr) {
                    NameUse::Bound(definitions) if !definitions.is_empty() => {
                        for definition in definitions.iter().rev() {
                            match self.defined(definition, &place) {
                                Some(Leaf::Place { place, .. }) => pending.push((place, is_awaited)),
                                Some(parameter) => out.push(parameter),
                                None => out.push(leaf(place.clone())),
                            }
                        }
                    }
                    _ => out.push(leaf(place)),
                },
                ExprKind::Attribute { object, name, .. } => {
                    let values = self.self_attribute(&place, object, name);
                    match values.is_empty() {
                        true => out.push(leaf(place)),
                        false => pending.extend(values.into_iter().map(|value| (value, is_awaited))),
                    }
                }
                ExprKind::Call { function, arguments } => {
                    if let Some(passed) = self.passed_on(&place, function, &ast[arguments]) {
                        pending.push((passed, is_awaited));
                        continue;
                    }
                    let returned = self.returned(&place, function);
                    match returned.is_empty() {
                        true => out.push(leaf(place)),
                        // What a function of the project awaits is its own business.
                        false => pending.extend(returned.into_iter().rev().map(|place| (place, false))),
                    }
                }
                _ => out.push(leaf(place)),
            }
        }
        out
    }

    fn defined(&self, definition: &Definition, from: &Place) -> Option<Leaf> {
        let at = |id: ExprId| {
            let expr = ExprRef {
                file: definition.file,
                id,
            };
            let frame = from.frame.clone().filter(|frame| self.stands_in(expr, frame.function));
            let place = Place { expr, frame };
            // `x = x.filter(…)` in a loop comes back to itself.
            (expr != from.expr).then_some(Leaf::Place {
                place,
                is_awaited: false,
            })
        };
        match definition.binding.kind {
            BindingKind::Value(id) | BindingKind::Context(id) => at(id),
            BindingKind::Parameter { function, index } => {
                let function = FunctionRef {
                    file: definition.file,
                    id: function,
                };
                match self.argument_of(from.frame.as_ref(), function, index) {
                    Some(place) => Some(Leaf::Place {
                        place,
                        is_awaited: false,
                    }),
                    None => Some(Leaf::Parameter { function, index }),
                }
            }
            _ => None,
        }
    }

    pub(super) fn stands_in(&self, expr: ExprRef, function: FunctionRef) -> bool {
        self.model.enclosing_function(expr) == Some(function)
    }

    /// What the call that is being followed passes for a parameter, as written there; its default where it passes
    /// nothing.
    pub(super) fn argument_of(&self, frame: Option<&Rc<Frame>>, function: FunctionRef, index: u32) -> Option<Place> {
        let frame = frame.filter(|frame| frame.function == function)?;
        let skips_receiver = frame.receiver.is_some() || self.is_bound_call(function, frame.call);
        self.passed_at(function, index, frame.call, skips_receiver)
            .map(|expr| Place {
                expr,
                frame: frame.caller.clone(),
            })
    }

    /// The argument for a parameter at a call.
    pub(super) fn passed_at(
        &self,
        function: FunctionRef,
        index: u32,
        call: ExprRef,
        skips_receiver: bool,
    ) -> Option<ExprRef> {
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        let parameter = ast[ast[function.id].parameters].get(index as usize)?;
        let name = source.name(parameter.name);
        let position = (index as usize)
            .checked_sub(usize::from(skips_receiver))
            .filter(|_| matches!(parameter.kind, ParameterKind::Normal | ParameterKind::PositionalOnly));
        crate::models::classes::argument(self.model, call, position, &[name])
    }

    /// Whether a call of a method leaves its first parameter to the object.
    pub(super) fn is_bound_call(&self, function: FunctionRef, call: ExprRef) -> bool {
        let ast = self.model.ast(function.file);
        if ast.class_of_method(function.id).is_none() {
            return false;
        }
        let callee = self.model.callee(call);
        !callee
            .iter()
            .any(|value| matches!(value.kind, ValueKind::Function(found) if found == function))
    }

    /// `self.statement`: what methods of the class assign to it.
    fn self_attribute(&self, place: &Place, object: ExprId, name: Name) -> Vec<Place> {
        let file = place.expr.file;
        let source = self.model.file(file).source();
        let ast = source.ast();
        let ExprKind::Name(base) = ast[object].kind else {
            return Vec::new();
        };
        let Some(function) = ast.enclosing_function(ast.stmt_of(place.expr.id)) else {
            return Vec::new();
        };
        let Some(class) = ast.class_of_method(function) else {
            return Vec::new();
        };
        let is_self = ast[ast[function].parameters]
            .first()
            .is_some_and(|first| first.name == base);
        if !is_self {
            return Vec::new();
        }
        let attributes = self.model.file(file).index().self_attributes(class, name);
        attributes
            .filter(|attribute| attribute.value != place.expr.id)
            .take(MAX_LEAVES)
            .map(|attribute| {
                Place::new(ExprRef {
                    file,
                    id: attribute.value,
                })
            })
            .collect()
    }

    /// The argument of a call that gives it back: `list(x)`, `cast(T, x)`.
    fn passed_on(&self, place: &Place, function: ExprId, arguments: &[Argument]) -> Option<Place> {
        let source = self.model.file(place.expr.file).source();
        let ExprKind::Name(name) = source.ast()[function].kind else {
            return None;
        };
        let position = match source.imported_name(name) {
            "list" | "tuple" | "set" | "sorted" | "iter" | "next" | "reversed" => 0,
            "cast" => 1,
            _ => return None,
        };
        let argument = arguments.get(position)?;
        Some(place.at(argument.value))
    }

    /// What a function of the project returns to a call.
    fn returned(&self, place: &Place, function: ExprId) -> Vec<Place> {
        let depth = std::iter::successors(place.frame.as_ref(), |frame| frame.caller.as_ref());
        if depth.count() >= MAX_FRAMES {
            return Vec::new();
        }
        let source = self.model.file(place.expr.file).source();
        if let ExprKind::Attribute { name, .. } = source.ast()[function].kind
            && !self.functions.contains(source.name(name))
        {
            return Vec::new();
        }
        let callee = self.model.eval_in(place.at(function).expr, place.frame.as_ref());
        let mut out = Vec::new();
        for value in callee {
            let (function, receiver) = match value.kind {
                ValueKind::Function(function) => (function, None),
                ValueKind::Method { function, receiver } => (function, Some(receiver)),
                _ => continue,
            };
            let is_entered = std::iter::successors(place.frame.as_ref(), |frame| frame.caller.as_ref())
                .any(|frame| frame.function == function);
            if is_entered {
                continue;
            }
            let entered = Rc::new(Frame {
                function,
                call: place.expr,
                receiver,
                caller: place.frame.clone(),
            });
            out.extend(self.model.returns(function).iter().map(|&id| Place {
                expr: ExprRef {
                    file: function.file,
                    id,
                },
                frame: Some(entered.clone()),
            }));
        }
        out.truncate(MAX_LEAVES);
        out
    }
}
