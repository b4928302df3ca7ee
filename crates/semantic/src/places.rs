//! Where a value is kept: whether two expressions speak of the same thing.
//!
//! A value that cannot be known can still be recognised: `token`, `credentials.credentials` and
//! `header.split(" ")[1]` each lead back to a parameter, or to the place where a name was bound, and two
//! expressions that lead back to the same place mean the same value.

use std::rc::Rc;

use syntax::ast::*;
use text::{FileId, TextRange};

use crate::history;
use crate::index::{Binding, BindingKind, ScopeKind};
use crate::model::Model;
use crate::value::{ClassRef, ExprRef, FunctionRef, ValueKind};

/// What an expression leads back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub root: PlaceRoot,
    /// Attributes and constant keys from there: `credentials` of `bearer.credentials`.
    pub path: Vec<Rc<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceRoot {
    Parameter(FunctionRef, u32),
    /// `self`, whichever method it is read in.
    Receiver(ClassRef),
    /// A name bound to something that is not followed, by where it is bound.
    Bound(FileId, TextRange),
}

/// Names and calls that one question follows.
const MAX_STEPS: usize = 24;
/// Alternatives that are told apart.
const MAX_PLACES: usize = 8;

/// Methods whose result is their object in another form, or a part of it.
const TRANSPARENT_METHODS: &[&str] = &[
    "split",
    "rsplit",
    "partition",
    "rpartition",
    "strip",
    "lstrip",
    "rstrip",
    "removeprefix",
    "removesuffix",
    "replace",
    "encode",
    "decode",
    "lower",
    "upper",
    "get_secret_value",
    "copy",
];

/// Functions whose result is their first argument in another form.
const TRANSPARENT_FUNCTIONS: &[&str] = &["builtins.str", "builtins.bytes", "copy.copy", "copy.deepcopy"];

impl<'a> Model<'a> {
    /// The bindings of a name that can be in force where it is read.
    pub fn bindings_of(&self, expr: ExprRef) -> Vec<Binding> {
        let file = self.file(expr.file);
        let ExprKind::Name(name) = file.ast()[expr.id].kind else {
            return Vec::new();
        };
        if self.bound_in_expression(expr, name).is_some() {
            return Vec::new();
        }
        let (scope, place) = self.use_place(expr);
        let mut first = true;
        for scope in self.enclosing_scopes(expr.file, scope) {
            let is_class = matches!(file.index().scope(scope).kind, ScopeKind::Class(_));
            let bindings = file.index().bindings(scope, name);
            if (first || !is_class) && !bindings.is_empty() {
                let body = self.scope_body(expr.file, scope);
                let place = first.then_some(place);
                let mutations = file.index().mutations(scope, name);
                let states = history::states(file.ast(), body, bindings, mutations, place);
                let mut indices: Vec<usize> = states.into_iter().filter_map(|state| state.binding).collect();
                indices.sort_unstable();
                indices.dedup();
                return indices.into_iter().map(|index| bindings[index]).collect();
            }
            first = false;
        }
        Vec::new()
    }

    /// What an expression leads back to, one place for each way; empty for what is made on the spot.
    pub fn places(&self, expr: ExprRef) -> Vec<Place> {
        let mut out = Vec::new();
        self.places_into(expr, &mut Vec::new(), 0, &mut out);
        out
    }

    /// `path` holds what is read from `expr`, outermost first.
    fn places_into(&self, expr: ExprRef, path: &mut Vec<Rc<str>>, steps: usize, out: &mut Vec<Place>) {
        if steps > MAX_STEPS || out.len() >= MAX_PLACES {
            return;
        }
        let file = self.file(expr.file);
        let ast = file.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Name(_) => {
                for binding in self.bindings_of(expr) {
                    self.places_of_binding(expr.file, &binding, path, steps, out);
                }
            }
            ExprKind::Attribute { object, name, .. } => {
                path.push(file.source().name(name).into());
                self.places_into(at(object), path, steps + 1, out);
                path.pop();
            }
            ExprKind::Subscript { object, index } => match self.constant_key(at(index)) {
                Some(key) => {
                    path.push(key);
                    self.places_into(at(object), path, steps + 1, out);
                    path.pop();
                }
                // A number or a slice: a part of the same text.
                None => self.places_into(at(object), path, steps + 1, out),
            },
            ExprKind::Call { function, arguments } => {
                let arguments = &ast[arguments];
                if let ExprKind::Attribute { object, name, .. } = ast[function].kind {
                    let method = file.source().name(name);
                    let key = arguments.first().and_then(|first| self.constant_key(at(first.value)));
                    match (method, key) {
                        ("get" | "pop", Some(key)) => {
                            path.push(key);
                            self.places_into(at(object), path, steps + 1, out);
                            path.pop();
                        }
                        // `text.decode("utf-8")`, not `library.decode(text)`.
                        ("encode" | "decode", None) if !arguments.is_empty() => {}
                        _ if TRANSPARENT_METHODS.contains(&method) => {
                            self.places_into(at(object), path, steps + 1, out);
                        }
                        _ => {}
                    }
                } else if let Some(first) = arguments.first()
                    && self
                        .called_path(expr)
                        .is_some_and(|path| TRANSPARENT_FUNCTIONS.contains(&&*path))
                {
                    self.places_into(at(first.value), path, steps + 1, out);
                }
            }
            ExprKind::Await(inner) | ExprKind::Walrus { value: inner, .. } => {
                self.places_into(at(inner), path, steps + 1, out);
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                self.places_into(at(then), path, steps + 1, out);
                self.places_into(at(otherwise), path, steps + 1, out);
            }
            ExprKind::Boolean { left, right, .. }
            | ExprKind::Binary {
                operator: BinaryOperator::Add,
                left,
                right,
            } => {
                self.places_into(at(left), path, steps + 1, out);
                self.places_into(at(right), path, steps + 1, out);
            }
            // `f"Bearer {token}"`
            ExprKind::String { parts, .. } => {
                for part in &ast[parts] {
                    if let StringPart::Interpolation(inner) = *part {
                        self.places_into(at(inner), path, steps + 1, out);
                    }
                }
            }
            _ => {}
        }
    }

    fn places_of_binding(
        &self,
        file: FileId,
        binding: &Binding,
        path: &mut Vec<Rc<str>>,
        steps: usize,
        out: &mut Vec<Place>,
    ) {
        let mut found = Vec::new();
        match binding.kind {
            BindingKind::Value(value) | BindingKind::Context(value) | BindingKind::Unpack { value, .. } => {
                self.places_into(ExprRef { file, id: value }, path, steps + 1, &mut found);
            }
            _ => {}
        }
        let is_followed = !found.is_empty();
        for place in found {
            if !out.contains(&place) {
                out.push(place);
            }
        }
        if is_followed {
            return;
        }
        let root = match binding.kind {
            BindingKind::Parameter { function, index } => {
                let ast = self.ast(file);
                match ast.class_of_method(function) {
                    Some(id) if index == 0 => PlaceRoot::Receiver(ClassRef { file, id }),
                    _ => PlaceRoot::Parameter(FunctionRef { file, id: function }, index),
                }
            }
            _ => PlaceRoot::Bound(file, binding.range),
        };
        let place = Place {
            root,
            path: path.iter().rev().cloned().collect(),
        };
        if !out.contains(&place) {
            out.push(place);
        }
    }

    fn constant_key(&self, expr: ExprRef) -> Option<Rc<str>> {
        if !matches!(
            self.expr(expr).kind,
            ExprKind::String { .. } | ExprKind::Name(_) | ExprKind::Attribute { .. }
        ) {
            return None;
        }
        match self.eval(expr).as_slice() {
            [value] => match &value.kind {
                ValueKind::Str(text) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Place {
    /// Where a callee finds this value when `outer`, which holds it or is it, is passed as `root`.
    pub fn moved(&self, outer: &Place, root: PlaceRoot) -> Option<Place> {
        let rest = self.path.strip_prefix(&outer.path[..])?;
        (self.root == outer.root).then(|| Place {
            root,
            path: rest.to_vec(),
        })
    }
}
