//! Names: which binding is in force, and what it holds.

use super::*;
use crate::model::InExpression;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn name(&self, expr: ExprRef, name: Name, frame: Context<'_>) -> Values {
        match self.model.bound_in_expression(expr, name) {
            Some(InExpression::Element { iterable, index }) => {
                return self.element_at(expr, iterable, index, frame);
            }
            Some(InExpression::Opaque) => return self.unknown(expr, Reason::Computed),
            None => {}
        }
        let file = self.model.file(expr.file);
        let (scope, place) = self.model.use_place(expr);
        let mut first = true;
        for scope in self.model.enclosing_scopes(expr.file, scope) {
            // Names of a class body are seen from the body alone.
            let is_class = matches!(file.index().scope(scope).kind, ScopeKind::Class(_));
            if (first || !is_class) && !file.index().bindings(scope, name).is_empty() {
                let place = first.then_some(place);
                return self.binding_values(expr.file, scope, name, place, frame);
            }
            first = false;
        }
        let text = self.name_text(expr.file, name);
        if let Some(values) = self.star_imported(expr.file, text) {
            return values;
        }
        if file.index().mutations(ScopeId::MODULE, name).is_empty() {
            return self.one(expr, ValueKind::External(format!("builtins.{text}").into()));
        }
        self.unknown(expr, Reason::Unbound)
    }

    pub(super) fn binding_values(
        &self,
        file: FileId,
        scope: ScopeId,
        name: Name,
        place: Option<text::TextSize>,
        frame: Context<'_>,
    ) -> Values {
        let index = self.model.file(file).index();
        let bindings = index.bindings(scope, name);
        let mutations = index.mutations(scope, name);
        let body = self.model.scope_body(file, scope);
        let states = history::states(self.ast(file), body, bindings, mutations, place);
        let mut out = Values::new();
        for state in states {
            join(&mut out, self.state_values(file, bindings, mutations, &state, frame));
        }
        out
    }

    pub(super) fn state_values(
        &self,
        file: FileId,
        bindings: &[Binding],
        mutations: &[Mutation],
        state: &State,
        frame: Context<'_>,
    ) -> Values {
        let Some(binding) = state.binding.map(|index| &bindings[index]) else {
            return Values::new();
        };
        let mut values = self.binding(file, binding, frame);
        for &index in &state.mutations {
            values = self.mutate(file, values, &mutations[index], frame);
        }
        values
    }

    pub(super) fn binding(&self, file: FileId, binding: &Binding, frame: Context<'_>) -> Values {
        let span = Span::new(file, binding.range);
        let name = self.name_text(file, binding.name);
        let at = |id: ExprId| ExprRef { file, id };
        let unknown = |reason| vec![Value::new(ValueKind::Unknown(reason), span)];
        let bound = |values: Values| -> Values {
            let step = Step::Bound {
                name: name.to_owned(),
                at: span,
            };
            values.into_iter().map(|value| value.with_step(step.clone())).collect()
        };
        match binding.kind {
            BindingKind::Value(value) => bound(self.eval(at(value), frame)),
            BindingKind::Context(context) => bound(self.eval(at(context), frame)),
            BindingKind::Unpack { value, index } => bound(self.unpacked(self.eval(at(value), frame), index, span)),
            BindingKind::Parameter { function, index } => {
                self.parameter(FunctionRef { file, id: function }, index, frame)
            }
            BindingKind::Function(id) => {
                let outer = self.ast(file).enclosing_function(binding.stmt);
                let is_inner = |frame: &&Rc<Frame>| frame.function.file == file && outer == Some(frame.function.id);
                vec![Value {
                    closure: frame.filter(is_inner).cloned(),
                    ..Value::new(ValueKind::Function(FunctionRef { file, id }), span)
                }]
            }
            BindingKind::Class(id) => vec![Value::new(ValueKind::Class(ClassRef { file, id }), span)],
            BindingKind::Module { path } => {
                let path = &self.model.file(file).text()[path];
                let kind = match self.model.modules.absolute(file, path) {
                    Some(found) => ValueKind::Module(found),
                    None => ValueKind::External(path.into()),
                };
                vec![Value::new(kind, span)]
            }
            BindingKind::Member { import, name } => {
                let name = &self.model.file(file).text()[name];
                match self.model.import_source(file, import) {
                    ImportSource::File(module) => match self.member(module, name) {
                        Some(values) => values,
                        None => unknown(Reason::Unbound),
                    },
                    ImportSource::External(module) => {
                        vec![Value::new(self.outside(file, format!("{module}.{name}")), span)]
                    }
                    // `from . import users` in a folder without `__init__`.
                    ImportSource::Missing => match self.model.relative_module(file, import, name) {
                        Some(module) => vec![Value::new(ValueKind::Module(module), span)],
                        None => unknown(Reason::NotFollowed),
                    },
                }
            }
            BindingKind::Declared(annotation) => match self.annotated(file, annotation, span) {
                Some(value) => vec![value],
                None => unknown(Reason::NotFollowed),
            },
            BindingKind::Element(iterable) => self.iterated(at(iterable), span, frame),
            BindingKind::ElementUnpack { iterable, index } => {
                let elements = self.iterated(at(iterable), span, frame);
                self.unpacked(elements, index, span)
            }
            BindingKind::Exception(types) => vec![Value::new(ValueKind::Caught { types: types.map(at) }, span)],
            BindingKind::Opaque => unknown(Reason::NotFollowed),
        }
    }

    /// A dotted path: a module of the project whose folder has no `__init__`, or something from outside.
    pub(super) fn outside(&self, file: FileId, path: String) -> ValueKind {
        match self.model.modules.absolute(file, &path) {
            Some(module) => ValueKind::Module(module),
            None => ValueKind::External(path.into()),
        }
    }

    /// `module.name`, also a module inside a package and what the module star-imports.
    pub(super) fn member(&self, module: FileId, name: &str) -> Option<Values> {
        self.global(module, name).or_else(|| {
            let found = self.model.modules.member(module, name)?;
            let span = Span::new(found, Default::default());
            Some(vec![Value::new(ValueKind::Module(found), span)])
        })
    }

    pub(crate) fn global(&self, file: FileId, name: &str) -> Option<Values> {
        if self.fuel.get() == 0 || self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let interned = self.ast(file).name(name);
        let index = self.model.file(file).index();
        let bound = interned.filter(|&name| !index.bindings(ScopeId::MODULE, name).is_empty());
        let values = match bound {
            Some(name) => Some(self.binding_values(file, ScopeId::MODULE, name, None, None)),
            None => self.star_imported(file, name),
        };
        self.depth.set(self.depth.get() - 1);
        values
    }

    pub(super) fn star_imported(&self, file: FileId, name: &str) -> Option<Values> {
        self.model.file(file).index().star_imports().iter().find_map(|&import| {
            match self.model.import_source(file, import) {
                ImportSource::File(module) if module != file => self.global(module, name),
                _ => None,
            }
        })
    }
}
