//! Where the values of a name come from, as places instead of values.
//!
//! [`Model::eval`] says what a name holds; analyses that follow a value with their own eyes ask here where it was
//! bound, and go on from there.

use syntax::ast::{ExprKind, Name};
use text::FileId;

use crate::history;
use crate::index::{Binding, BindingKind, Mutation, ScopeId, ScopeKind};
use crate::model::{ImportSource, InExpression, Model};
use crate::value::ExprRef;

/// What can be in force where a name is used.
#[derive(Debug, Clone)]
pub enum NameUse {
    /// Bindings in the project, imports followed; empty when an import leads out of what was given.
    Bound(Vec<Definition>),
    /// The variable of a comprehension.
    Element { iterable: ExprRef },
    /// A parameter of a `lambda`, or part of a pattern.
    Opaque,
    /// From outside the project, or built in.
    Outside,
}

/// A binding, and what was done to its object before the use.
#[derive(Debug, Clone)]
pub struct Definition {
    pub file: FileId,
    pub binding: Binding,
    pub mutations: Vec<Mutation>,
}

/// Imports of imports that are followed.
const MAX_HOPS: usize = 8;

impl Model<'_> {
    /// The bindings that can be in force where a name is used.
    pub fn definitions(&self, expr: ExprRef) -> NameUse {
        let ExprKind::Name(name) = self.expr(expr).kind else {
            return NameUse::Opaque;
        };
        match self.bound_in_expression(expr, name) {
            Some(InExpression::Element { iterable, .. }) => return NameUse::Element { iterable },
            Some(InExpression::Opaque) => return NameUse::Opaque,
            None => {}
        }
        let index = self.file(expr.file).index();
        let (scope, place) = self.use_place(expr);
        let mut first = true;
        for scope in self.enclosing_scopes(expr.file, scope) {
            let is_class = matches!(index.scope(scope).kind, ScopeKind::Class(_));
            if (first || !is_class) && !index.bindings(scope, name).is_empty() {
                return self.followed(expr.file, scope, name, first.then_some(place));
            }
            first = false;
        }
        let text = self.file(expr.file).source().name(name);
        match self.star_import_of(expr.file, text) {
            Some((file, name)) => self.followed(file, ScopeId::MODULE, name, None),
            None => NameUse::Outside,
        }
    }

    /// The bindings of a module-level name after its file has run, imports followed.
    pub fn global_definitions(&self, file: FileId, name: &str) -> NameUse {
        match self.ast(file).name(name) {
            Some(name) => self.followed(file, ScopeId::MODULE, name, None),
            None => NameUse::Outside,
        }
    }

    fn followed(&self, file: FileId, scope: ScopeId, name: Name, place: Option<text::TextSize>) -> NameUse {
        let mut pending = self.local(file, scope, name, place);
        let mut out = Vec::new();
        let mut leads_out = false;
        for _ in 0..MAX_HOPS {
            for definition in std::mem::take(&mut pending) {
                match definition.binding.kind {
                    BindingKind::Member { import, name } => {
                        let text = &self.file(definition.file).text()[name];
                        match self.import_source(definition.file, import) {
                            ImportSource::File(module) => match self.ast(module).name(text) {
                                Some(name) => pending.extend(self.local(module, ScopeId::MODULE, name, None)),
                                None => leads_out = true,
                            },
                            _ => leads_out = true,
                        }
                    }
                    BindingKind::Module { .. } => leads_out = true,
                    _ => out.push(definition),
                }
            }
            if pending.is_empty() {
                break;
            }
        }
        match leads_out && out.is_empty() {
            true => NameUse::Outside,
            false => NameUse::Bound(out),
        }
    }

    fn local(&self, file: FileId, scope: ScopeId, name: Name, place: Option<text::TextSize>) -> Vec<Definition> {
        let index = self.file(file).index();
        let (bindings, mutations) = (index.bindings(scope, name), index.mutations(scope, name));
        let body = self.scope_body(file, scope);
        history::states(self.ast(file), body, bindings, mutations, place)
            .into_iter()
            .filter_map(|state| {
                Some(Definition {
                    file,
                    binding: bindings[state.binding?],
                    mutations: state.mutations.iter().map(|&index| mutations[index]).collect(),
                })
            })
            .collect()
    }

    fn star_import_of(&self, file: FileId, name: &str) -> Option<(FileId, Name)> {
        self.file(file).index().star_imports().iter().find_map(|&import| {
            let ImportSource::File(module) = self.import_source(file, import) else {
                return None;
            };
            let interned = self.ast(module).name(name)?;
            let bound = !self.file(module).index().bindings(ScopeId::MODULE, interned).is_empty();
            bound.then_some((module, interned))
        })
    }
}
