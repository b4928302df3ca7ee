//! Where a value goes: through names, parameters and returns to what is done with it.

use std::rc::Rc;

use rustc_hash::FxHashSet;
use syntax::ast::*;
use text::{FileId, TextRange, TextSize};

use crate::index::{Binding, BindingKind, ScopeKind};
use crate::model::Model;
use crate::value::{ExprRef, FunctionRef, ValueKind};

/// One thing that is done with a value.
#[derive(Debug, Clone)]
pub struct Use {
    /// The expression that holds the value there.
    pub value: ExprRef,
    pub kind: UseKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseKind {
    /// `value["key"]`, `value.get("key")`: `item` is the whole expression, `key` is `None` where it is computed.
    Item { key: Option<Rc<str>>, item: ExprRef },
    /// `value.name`; with the call for `value.name(…)`.
    Attribute { name: Rc<str>, call: Option<ExprRef> },
    /// Passed to something outside the project.
    Argument { call: ExprRef },
    /// Returned by a function whose callers are not known.
    Returned { function: FunctionRef },
    /// An operand of the comparison.
    Compared { comparison: ExprRef },
    /// Tested for truth.
    Tested,
    /// The index of `container[value]`.
    Index { container: ExprRef },
    /// Part of a text.
    Text,
    /// Kept in a container, an attribute or a global; in a way that is not followed.
    Escapes,
}

/// How a search goes on.
#[derive(Clone, Copy)]
pub struct Following<'f> {
    /// Paths of functions outside whose result counts as the value.
    pub passes_through: &'f dyn Fn(&str) -> bool,
    /// Whether a value that a function returns is looked for at its calls.
    pub into_callers: bool,
}

/// Uses that one search finds.
const MAX_USES: usize = 200;

impl<'a> Model<'a> {
    /// What is done with the value of an expression.
    pub fn uses(&self, expr: ExprRef, following: Following<'_>) -> Vec<Use> {
        let mut search = Search {
            model: self,
            following,
            seen: Vec::new(),
            pending: vec![expr],
            out: Vec::new(),
        };
        while let Some(expr) = search.pending.pop() {
            if search.seen.len() >= MAX_USES || search.seen.contains(&expr) {
                continue;
            }
            search.seen.push(expr);
            search.step(expr);
        }
        search.out
    }

    /// Every place where a binding is read, in order.
    pub fn reads(&self, file: FileId, binding: &Binding) -> Vec<ExprRef> {
        let ast = self.ast(file);
        let index = self.file(file).index();
        let bindings = index.bindings(binding.scope, binding.name);
        let bound: FxHashSet<TextRange> = bindings.iter().map(|bound| bound.range).collect();
        let range = match index.scope(binding.scope).kind {
            ScopeKind::Function(function) => ast[ast[function].stmt].range,
            ScopeKind::Module | ScopeKind::Class(_) => TextRange::up_to(TextSize::of(self.file(file).text())),
        };
        self.names_within(file, binding.name, range)
            .into_iter()
            // Where the name is bound it is not read.
            .filter(|&id| !bound.contains(&ast[id].range))
            .map(|id| ExprRef { file, id })
            .filter(|&read| self.bindings_of(read).iter().any(|found| found.range == binding.range))
            .collect()
    }

    /// Every place where a parameter is read.
    pub fn parameter_reads(&self, function: FunctionRef, index: u32) -> Vec<ExprRef> {
        let file = self.file(function.file);
        let ast = file.ast();
        let Some(parameter) = ast[ast[function.id].parameters].get(index as usize) else {
            return Vec::new();
        };
        let bindings = file
            .index()
            .bindings(file.index().function_scope(function.id), parameter.name);
        let binding = bindings
            .iter()
            .find(|binding| matches!(binding.kind, BindingKind::Parameter { .. }));
        binding.map_or_else(Vec::new, |binding| self.reads(function.file, binding))
    }

    /// The parameters that an argument of a call becomes, for functions of the project.
    pub fn parameters_of(&self, call: ExprRef, argument: ExprId) -> Vec<(FunctionRef, u32)> {
        let ast = self.ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return Vec::new();
        };
        let skipped = self.forwarded(call).map_or(0, |(_, skipped)| skipped);
        let arguments = &ast[arguments][skipped..];
        let Some(position) = arguments.iter().position(|given| given.value == argument) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for callee in self.callee(call) {
            let (function, skipped) = match callee.kind {
                ValueKind::Function(function) => (function, 0),
                ValueKind::Method { function, .. } => (function, 1),
                _ => continue,
            };
            let home = self.file(function.file);
            let parameters = &home.ast()[home.ast()[function.id].parameters];
            let is_named =
                |parameter: &Parameter| matches!(parameter.kind, ParameterKind::PositionalOnly | ParameterKind::Normal);
            let found = match arguments[position].kind {
                ArgumentKind::Keyword(name) => {
                    let name = self.file(call.file).source().name(name);
                    parameters
                        .iter()
                        .position(|parameter| home.source().name(parameter.name) == name)
                }
                ArgumentKind::Positional => {
                    let index = position + skipped;
                    parameters
                        .get(index)
                        .filter(|parameter| is_named(parameter))
                        .map(|_| index)
                }
                ArgumentKind::Star | ArgumentKind::DoubleStar => None,
            };
            out.extend(found.map(|index| (function, index as u32)));
        }
        out
    }
}

struct Search<'m, 'a, 'f> {
    model: &'m Model<'a>,
    following: Following<'f>,
    seen: Vec<ExprRef>,
    pending: Vec<ExprRef>,
    out: Vec<Use>,
}

impl Search<'_, '_, '_> {
    /// What the surroundings of an expression do with its value.
    fn step(&mut self, value: ExprRef) {
        let ast = self.model.ast(value.file);
        let at = |id: ExprId| ExprRef { file: value.file, id };
        let Some(parent) = ast.parent_expr(value.id) else {
            return self.statement(value);
        };
        match ast[parent].kind {
            ExprKind::Subscript { object, index } if object == value.id => {
                let key = self.key(at(index));
                let item = at(parent);
                self.found(value, UseKind::Item { key, item });
            }
            ExprKind::Subscript { object, .. } => {
                let container = at(object);
                self.found(value, UseKind::Index { container });
            }
            ExprKind::Attribute { object, name, .. } if object == value.id => {
                let name = self.model.file(value.file).source().name(name);
                let call = ast
                    .parent_expr(parent)
                    .filter(|&outer| matches!(ast[outer].kind, ExprKind::Call { function, .. } if function == parent));
                self.attribute(value, name, call.map(at));
            }
            ExprKind::Call { .. } => self.argument(value, at(parent)),
            ExprKind::Await(_) => self.pending.push(at(parent)),
            ExprKind::Walrus { target, .. } if target != value.id => {
                self.bound(value.file, target);
                self.pending.push(at(parent));
            }
            ExprKind::Conditional { test, .. } => match test == value.id {
                true => self.found(value, UseKind::Tested),
                false => self.pending.push(at(parent)),
            },
            ExprKind::Boolean { .. } => self.pending.push(at(parent)),
            ExprKind::Compare { .. } => {
                let comparison = at(parent);
                self.found(value, UseKind::Compared { comparison });
            }
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                ..
            } => self.found(value, UseKind::Tested),
            ExprKind::String { .. } => self.found(value, UseKind::Text),
            _ => self.found(value, UseKind::Escapes),
        }
    }

    fn statement(&mut self, value: ExprRef) {
        let ast = self.model.ast(value.file);
        let stmt = ast.stmt_of(value.id);
        match ast[stmt].kind {
            StmtKind::Assign { targets, value: given } if given == value.id => {
                for &target in &ast[targets] {
                    self.target(value, target);
                }
            }
            StmtKind::AnnotatedAssign {
                target,
                value: Some(given),
                ..
            } if given == value.id => self.target(value, target),
            StmtKind::Return(Some(_)) => self.returned(value),
            StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Assert { .. } => {
                self.found(value, UseKind::Tested);
            }
            StmtKind::With { items, .. } => {
                for item in &ast[items] {
                    if item.context == value.id
                        && let Some(target) = item.target
                    {
                        self.bound(value.file, target);
                    }
                }
            }
            // The value is thrown away.
            StmtKind::Expr(_) => {}
            _ => self.found(value, UseKind::Escapes),
        }
    }

    fn target(&mut self, value: ExprRef, target: ExprId) {
        match self.model.ast(value.file)[target].kind {
            ExprKind::Name(_) => self.bound(value.file, target),
            _ => self.found(value, UseKind::Escapes),
        }
    }

    /// The value is bound to a name: where is that read?
    fn bound(&mut self, file: FileId, target: ExprId) {
        let ast = self.model.ast(file);
        let ExprKind::Name(name) = ast[target].kind else {
            return;
        };
        let index = self.model.file(file).index();
        let scope = index.scope_of(ast.stmt_of(target));
        let scopes = self.model.enclosing_scopes(file, scope).collect::<Vec<_>>();
        let binding = scopes
            .into_iter()
            .chain([crate::index::ScopeId::MODULE])
            .find_map(|scope| {
                let bindings = index.bindings(scope, name);
                bindings.iter().find(|binding| binding.range == ast[target].range)
            });
        if let Some(binding) = binding {
            self.pending.extend(self.model.reads(file, binding));
        }
    }

    fn attribute(&mut self, value: ExprRef, name: &str, call: Option<ExprRef>) {
        let Some(call) = call else {
            return self.found(
                value,
                UseKind::Attribute {
                    name: name.into(),
                    call: None,
                },
            );
        };
        let ast = self.model.ast(value.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return;
        };
        match name {
            "get" | "pop" | "__getitem__" | "setdefault" => {
                let key = ast[arguments].first().and_then(|first| {
                    self.key(ExprRef {
                        file: value.file,
                        id: first.value,
                    })
                });
                self.found(value, UseKind::Item { key, item: call });
            }
            "copy" | "decode" | "encode" | "strip" | "lower" => self.pending.push(call),
            _ => self.found(
                value,
                UseKind::Attribute {
                    name: name.into(),
                    call: Some(call),
                },
            ),
        }
    }

    fn argument(&mut self, value: ExprRef, call: ExprRef) {
        let parameters = self.model.parameters_of(call, value.id);
        if !parameters.is_empty() {
            for (function, index) in parameters {
                self.pending.extend(self.model.parameter_reads(function, index));
            }
            return;
        }
        let passes = self
            .model
            .called_path(call)
            .is_some_and(|path| (self.following.passes_through)(&path));
        match passes {
            true => self.pending.push(call),
            false => self.found(value, UseKind::Argument { call }),
        }
    }

    fn returned(&mut self, value: ExprRef) {
        let Some(function) = self.model.enclosing_function(value) else {
            return;
        };
        let callers = match self.following.into_callers {
            true => self.model.callers(function),
            false => [].into(),
        };
        match callers.is_empty() {
            true => self.found(value, UseKind::Returned { function }),
            false => self.pending.extend(callers.iter().copied()),
        }
    }

    fn found(&mut self, value: ExprRef, kind: UseKind) {
        self.out.push(Use { value, kind });
    }

    fn key(&self, expr: ExprRef) -> Option<Rc<str>> {
        match self.model.eval(expr).as_slice() {
            [value] => value.as_str().map(Into::into),
            _ => None,
        }
    }
}
