//! What is done with a dictionary or list of rows: entries that are read, stored, replaced and deleted.

use semantic::{BindingKind, ClassRef, ExprRef, NameUse, ValueKind};
use syntax::ast::*;
use text::Span;

use super::conditions::certain;
use super::{LIBRARY, Store, Stores};
use crate::libraries::data::Operation;
use crate::queries::conditions::class_of;
use crate::queries::follow::{Leaf, Place};
use crate::queries::reach::Kept;
use crate::queries::{ModelUse, Operator, Query, Stored};

/// How an expression is used.
enum Role {
    Read,
    Assigned(ExprId),
    Augmented,
    Deleted,
}

impl Stores<'_, '_, '_> {
    pub(super) fn access(&self, at: ExprRef, store: &Store) -> Option<Query> {
        let ast = self.reader.model.ast(at.file);
        if let Some(key) = self.key_of(at) {
            let entry = self.entry_of(at)?;
            return self.entry(at, entry, key, store);
        }
        if let Some((call, method)) = self.method_of(at) {
            let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                return None;
            };
            let argument = |index: usize| {
                let found = ast[arguments].get(index)?;
                Some(Place::new(ExprRef { id: found.value, ..at }))
            };
            return match method {
                "values" | "items" | "copy" => self.rows(call, at, store),
                "append" | "add" | "appendleft" | "put" => Some(self.insert(call, at, argument(0)?, store)),
                "insert" => Some(self.insert(call, at, argument(1)?, store)),
                "remove" | "discard" => {
                    let row = argument(0)?;
                    Some(Query {
                        object: Some(self.reader.operand(&row)),
                        ..self.query(call, at, store, Operation::Delete)
                    })
                }
                _ => None,
            };
        }
        let stmt = ast.stmt_of(at.id);
        match ast[stmt].kind {
            StmtKind::Global(_) | StmtKind::Nonlocal(_) | StmtKind::Delete(_) => return None,
            StmtKind::Assign { targets, value } if ast[targets].contains(&at.id) => {
                return self.kept_rows(at, value, store);
            }
            StmtKind::AnnotatedAssign { target, .. } if target == at.id => return None,
            StmtKind::AugmentedAssign { target, .. } if target == at.id => return None,
            _ => {}
        }
        match ast.parent_expr(at.id).map(|parent| ast[parent].kind) {
            Some(ExprKind::Compare { .. } | ExprKind::Attribute { .. }) => None,
            Some(ExprKind::Subscript { .. }) => {
                let slice = ExprRef {
                    id: ast.parent_expr(at.id)?,
                    ..at
                };
                matches!(self.role(slice), Role::Read).then(|| self.query(slice, at, store, Operation::ReadMany))
            }
            _ if store.is_dict && self.is_iterated(at) => None,
            _ => self.rows(at, at, store),
        }
    }

    /// Whether a loop or a function goes over the keys of a dictionary.
    fn is_iterated(&self, at: ExprRef) -> bool {
        let source = self.reader.model.file(at.file).source();
        let ast = source.ast();
        match ast.parent_expr(at.id).map(|parent| ast[parent].kind) {
            None => matches!(ast[ast.stmt_of(at.id)].kind, StmtKind::For { iterable, .. } if iterable == at.id),
            Some(ExprKind::Comprehension { clauses, .. }) => ast[clauses]
                .iter()
                .any(|clause| matches!(clause, ComprehensionClause::For { iterable, .. } if *iterable == at.id)),
            Some(ExprKind::Call { function, .. }) => match ast[function].kind {
                ExprKind::Name(name) => matches!(
                    source.name(name),
                    "list" | "sorted" | "set" | "iter" | "enumerate" | "len" | "max" | "min" | "tuple" | "bool"
                ),
                _ => false,
            },
            Some(_) => false,
        }
    }

    pub(super) fn query(&self, expr: ExprRef, source: ExprRef, store: &Store, operation: Operation) -> Query {
        let model = self.reader.model;
        let kept = Kept {
            model: store.model,
            is_variable: false,
        };
        self.reader.kept.borrow_mut().insert(expr, kept);
        Query {
            models: vec![ModelUse::Known(store.model)],
            ..Query::new(model, expr, source, LIBRARY, operation)
        }
    }

    /// `notes[note_id]`, in each of its roles.
    fn entry(&self, at: ExprRef, entry: ExprRef, key: ExprRef, store: &Store) -> Option<Query> {
        let ast = self.reader.model.ast(at.file);
        let role = self.role(entry);
        // `for i, note in enumerate(notes): … del notes[i]`
        let counted = (!store.is_dict).then(|| self.counted(key)).flatten();
        let mut query = match role {
            Role::Read => {
                let is_taken = matches!(self.method_of(at), Some((_, "pop")));
                if !is_taken && self.was_put(at, key) {
                    return None;
                }
                // `notes[-1]`, `notes[0]`: which row it is does not depend on the client.
                if !store.is_dict && matches!(ast[key.id].kind, ExprKind::Integer | ExprKind::Unary { .. }) {
                    return Some(self.query(entry, at, store, Operation::ReadMany));
                }
                let operation = if is_taken {
                    Operation::Delete
                } else {
                    Operation::ReadOne
                };
                self.query(entry, at, store, operation)
            }
            Role::Deleted => self.query(entry, at, store, Operation::Delete),
            Role::Augmented => self.query(entry, at, store, Operation::Update),
            Role::Assigned(value) => {
                let value = Place::new(ExprRef { id: value, ..at });
                let mut query = self.insert(entry, at, value, store);
                if counted.is_some() || self.replaces(at, key) {
                    query.operation = Operation::Update;
                }
                query
            }
        };
        if query.operation == Operation::Insert {
            return Some(query);
        }
        query.object = None;
        match counted {
            Some(iterable) => query.object = Some(self.reader.operand(&Place::new(iterable))),
            None => {
                let span = self.reader.model.span(key);
                let column = vec![store.key.clone()];
                let condition = self.compare(column, Operator::Equal, Place::new(key), span);
                query.conditions.push(certain(condition, span));
            }
        }
        Some(query)
    }

    fn role(&self, entry: ExprRef) -> Role {
        let ast = self.reader.model.ast(entry.file);
        match ast[ast.stmt_of(entry.id)].kind {
            StmtKind::Assign { targets, value } if ast[targets].contains(&entry.id) => Role::Assigned(value),
            StmtKind::AugmentedAssign { target, .. } if target == entry.id => Role::Augmented,
            StmtKind::Delete(targets) if ast[targets].contains(&entry.id) => Role::Deleted,
            _ => Role::Read,
        }
    }

    /// What a loop counts through, for the name of the number.
    fn counted(&self, key: ExprRef) -> Option<ExprRef> {
        let NameUse::Bound(definitions) = self.reader.model.definitions(key) else {
            return None;
        };
        definitions.iter().find_map(|definition| match definition.binding.kind {
            BindingKind::ElementUnpack { iterable, index: 0 } => Some(ExprRef {
                file: definition.file,
                id: iterable,
            }),
            _ => None,
        })
    }

    /// The statements of the function around an expression, and those before it.
    fn statements(&self, at: ExprRef) -> Vec<StmtId> {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        match model.enclosing_function(at) {
            Some(function) => ast.stmts_within(ast[function.id].body),
            None => Vec::new(),
        }
    }

    /// Whether the same entry was stored before in the same function: it is the row that was just made.
    fn was_put(&self, at: ExprRef, key: ExprRef) -> bool {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        let store = self.meant.get(&at);
        let written = model.written(key);
        self.statements(at).into_iter().any(|stmt| {
            let StmtKind::Assign { targets, .. } = ast[stmt].kind else {
                return false;
            };
            let is_before = ast[stmt].range.end() <= ast[at.id].range.start();
            is_before
                && ast[targets].iter().any(|&target| match ast[target].kind {
                    ExprKind::Subscript { object, index } => {
                        self.meant.get(&ExprRef { id: object, ..at }) == store
                            && model.written(ExprRef { id: index, ..at }) == written
                    }
                    _ => false,
                })
        })
    }

    /// Whether an assignment to an entry replaces a row that is there: the function turns away whoever names none.
    fn replaces(&self, at: ExprRef, key: ExprRef) -> bool {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        let text = |id: ExprId| model.written(ExprRef { file: at.file, id });
        let written = text(key.id);
        // `note = notes.get(note_id)`
        let mut names = Vec::new();
        let key_in = |id: ExprId| self.same_in(ExprRef { id, ..at }, at).map(|same| self.key_of(same));
        let takes = |id: ExprId| matches!(key_in(id), Some(Some(taken)) if text(taken.id) == written);
        for stmt in self.statements(at) {
            match ast[stmt].kind {
                StmtKind::Assign { targets, value } if takes(value) => {
                    names.extend(ast[targets].iter().copied().map(text))
                }
                StmtKind::If { branches, .. } => {
                    for branch in &ast[branches] {
                        let leaves = ast[branch.body].last().is_some_and(|&last| {
                            matches!(ast[last].kind, StmtKind::Raise { .. } | StmtKind::Return(_))
                        });
                        let is_about = |id: ExprId| takes(id) || names.contains(&text(id));
                        let is_absent = match ast[branch.test].kind {
                            ExprKind::Unary {
                                operator: UnaryOperator::Not,
                                operand,
                            } => is_about(operand),
                            ExprKind::Compare { first, rest } => match ast[rest] {
                                [comparison] => match comparison.operator {
                                    CompareOperator::NotIn => matches!(key_in(comparison.right), Some(None)),
                                    CompareOperator::Is | CompareOperator::Equal => {
                                        is_about(first) && matches!(ast[comparison.right].kind, ExprKind::None)
                                    }
                                    _ => false,
                                },
                                _ => false,
                            },
                            _ => false,
                        };
                        if leaves && is_absent {
                            return true;
                        }
                    }
                }
                _ => {}
            }
        }
        false
    }

    fn insert(&self, expr: ExprRef, at: ExprRef, row: Place, store: &Store) -> Query {
        let mut query = self.query(expr, at, store, Operation::Insert);
        let span = self.reader.model.span(row.expr);
        query.stored = self.made_of(&row, span, store);
        query.object = Some(self.reader.operand(&row));
        query
    }

    /// What a row is made of: a dictionary, or an object of a class.
    fn made_of(&self, row: &Place, span: Span, store: &Store) -> Vec<Stored> {
        for leaf in self.reader.follow(row) {
            let Leaf::Place { place, .. } = leaf else { continue };
            if let Some(class) = self.constructed(place.expr) {
                self.reader.add_document_class(store.model, class);
                return self.reader.stored_arguments(&place, usize::MAX);
            }
        }
        let stored = self.reader.stored(row, span);
        for entry in &stored {
            if let Stored::Copied(copied) = entry
                && let Some(class) = copied.class
                && self.reader.data().schema(class).is_some()
            {
                self.reader.add_document_class(store.model, class);
            }
        }
        if let Some(class) = class_of(self.reader, row)
            && self.reader.data().schema(class).is_some()
        {
            self.reader.add_document_class(store.model, class);
        }
        stored
    }

    fn constructed(&self, call: ExprRef) -> Option<ClassRef> {
        let model = self.reader.model;
        let ExprKind::Call { .. } = model.expr(call).kind else {
            return None;
        };
        model.callee(call).into_iter().find_map(|value| match value.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        })
    }

    /// The rows that are there from the beginning.
    pub(super) fn first_rows(&self, container: ExprRef, store: &Store) {
        let ast = self.reader.model.ast(container.file);
        let rows: Vec<ExprId> = match ast[container.id].kind {
            ExprKind::List(items) => ast[items].to_vec(),
            ExprKind::Dict(items) => ast[items]
                .iter()
                .filter_map(|item| match *item {
                    DictItem::Pair { value, .. } => Some(value),
                    DictItem::Spread(_) => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        for row in rows.into_iter().take(3) {
            let row = Place::new(ExprRef { id: row, ..container });
            let span = self.reader.model.span(row.expr);
            for entry in self.made_of(&row, span, store) {
                if let Stored::Column { column, span, .. } = entry {
                    self.reader.add_field(store.model, &column, span);
                }
            }
        }
    }

    pub(super) fn note_fields(&self, store: &Store, query: &Query) {
        for predicate in query.predicates() {
            self.reader
                .add_field(store.model, &predicate.column.path.join("."), predicate.span);
        }
        for entry in &query.stored {
            if let Stored::Column { column, span, .. } = entry {
                self.reader.add_field(store.model, column, *span);
            }
        }
    }
}
