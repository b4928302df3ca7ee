//! Rows that a program keeps in variables of its own: a dictionary of notes by their number, a list of orders.
//!
//! What a database does with a statement, such programs do with expressions: `notes[note_id]` takes one row by its
//! key, `[n for n in notes if n["owner"] == user]` takes those for which a condition holds, `del notes[note_id]`
//! deletes one. Each use of such a variable becomes a [`Query`], so that everything that is asked of rows in a
//! database is asked of these, too.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ClassRef, ExprRef, Model, NameUse, ScopeId, ValueKind};
use syntax::SourceText;
use syntax::ast::*;
use text::Span;

use super::conditions::class_of;
use super::follow::{Leaf, Place};
use super::reach::{Kept, Reader};
use super::{Clause, ColumnUse, Condition, ModelUse, Operand, Operator, Predicate, Query, Stored, Unresolved};
use crate::libraries::data::{Fetch, Operation};
use crate::libraries::owners::{IDENTITY_NAMES, LOGIN_COLUMNS};
use crate::libraries::purposes::is_for_running;
use crate::models::classes::constant_text;
use crate::models::{DataModelId, ModelSource};

/// What stands for the name of a library.
pub(crate) const LIBRARY: &str = "Python";

/// Conditions inside conditions.
const MAX_DEPTH: usize = 8;

/// A dictionary or list that holds rows.
struct Store {
    model: DataModelId,
    is_dict: bool,
    /// What the keys of the dictionary are, as a column.
    key: String,
}

/// The variables of a project that may hold rows, by the expression that makes the dictionary or list.
struct Stores<'r, 'm, 'a> {
    reader: &'r Reader<'m, 'a>,
    containers: FxHashMap<ExprRef, Container>,
}

struct Container {
    name: String,
    is_dict: bool,
    /// `notes` of `db = {"notes": {}, "users": []}`
    parts: Vec<(String, ExprRef)>,
}

/// The names under which a loop or comprehension sees a row and its key.
#[derive(Default)]
struct Row {
    value: Option<Name>,
    key: Option<Name>,
}

/// How an expression is used.
enum Role {
    Read,
    Assigned(ExprId),
    Augmented,
    Deleted,
}

pub(super) fn queries(reader: &Reader<'_, '_>) -> Vec<Query> {
    let stores = Stores {
        reader,
        containers: containers(reader.model),
    };
    if stores.containers.is_empty() {
        return Vec::new();
    }
    let uses = stores.uses();
    let mut known: FxHashMap<ExprRef, Store> = FxHashMap::default();
    for (container, at) in &uses {
        let Some(found) = stores.containers.get(container) else {
            continue;
        };
        let store = known.entry(*container).or_insert_with(|| Store {
            model: reader.add_variable(&found.name, LIBRARY, reader.model.span(*container)),
            is_dict: found.is_dict,
            key: "id".to_owned(),
        });
        if let Some(key) = stores.key_of(*at).and_then(|key| owner_key(reader.model, key)) {
            store.key = key;
        }
    }
    let mut all: Vec<Query> = Vec::new();
    for (container, at) in uses {
        let Some(store) = known.get(&container) else { continue };
        let kept = Kept {
            model: store.model,
            is_variable: true,
        };
        reader.kept.borrow_mut().insert(container, kept);
        if let Some(query) = stores.access(at, store) {
            stores.note_fields(store, &query);
            all.push(query);
        }
    }
    let mut stored: Vec<(ExprRef, Store)> = known.into_iter().collect();
    stored.sort_by_key(|(container, _)| *container);
    for (container, store) in stored {
        stores.first_rows(container, &store);
        // Texts, numbers, times: there is nothing in it that somebody could own.
        let has_columns = reader
            .data()
            .get(store.model)
            .columns
            .iter()
            .any(|column| column.name != "id");
        if !has_columns {
            all.retain(|query| query.models != [ModelUse::Known(store.model)]);
        }
    }
    all
}

/// Dictionaries and lists that modules, classes and objects keep.
fn containers(model: &Model<'_>) -> FxHashMap<ExprRef, Container> {
    let mut out = FxHashMap::default();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        let index = model.file(file).index();
        let source = model.file(file).source();
        let ast = source.ast();
        let classes = ast.classes().map(|(id, _)| index.class_scope(id));
        for scope in std::iter::once(ScopeId::MODULE).chain(classes) {
            for binding in index.bindings_in(scope) {
                let name = &model.file(file).text()[binding.range];
                if let BindingKind::Value(value) = binding.kind
                    && !is_for_running(name)
                {
                    container(model, ExprRef { file, id: value }, name, &mut out);
                }
            }
        }
        for attribute in index.all_self_attributes() {
            let (id, name) = (attribute.value, source.name(attribute.name));
            let class = source.name(ast[attribute.class].name);
            if !is_for_running(name) && !is_for_running(class) {
                container(model, ExprRef { file, id }, name, &mut out);
            }
        }
    }
    out
}

fn container(model: &Model<'_>, at: ExprRef, name: &str, out: &mut FxHashMap<ExprRef, Container>) -> bool {
    let source = model.file(at.file).source();
    let ast = source.ast();
    let is_row = |id: ExprId| {
        matches!(
            ast[id].kind,
            ExprKind::Dict(_) | ExprKind::Call { .. } | ExprKind::List(_)
        )
    };
    let mut parts = Vec::new();
    let is_dict = match ast[at.id].kind {
        ExprKind::List(items) => {
            if !ast[items].iter().all(|&item| is_row(item)) {
                return false;
            }
            false
        }
        ExprKind::Dict(items) => {
            for item in &ast[items] {
                let DictItem::Pair { key, value } = *item else {
                    return false;
                };
                if !is_row(value) {
                    return false;
                }
                let part = ExprRef { id: value, ..at };
                if let Some(key) = ast.string(model.file(at.file).text(), key)
                    && holds_rows(source, value)
                {
                    parts.push((key.into_owned(), part));
                }
            }
            // Some of its values are rows.
            if parts.len() < ast[items].len() {
                parts.clear();
            }
            true
        }
        ExprKind::Call { function, .. } => {
            let Some(is_dict) = made_by_call(source, function) else {
                return false;
            };
            is_dict
        }
        _ => return false,
    };
    for (name, part) in &parts {
        container(model, *part, name, out);
    }
    let name = name.trim_start_matches('_').to_owned();
    out.insert(at, Container { name, is_dict, parts });
    true
}

/// Whether a call that makes a dictionary or a list makes a dictionary.
fn made_by_call(source: &SourceText, function: ExprId) -> Option<bool> {
    let (ExprKind::Name(called) | ExprKind::Attribute { name: called, .. }) = source.ast()[function].kind else {
        return None;
    };
    match source.name(called) {
        "dict" | "defaultdict" | "OrderedDict" => Some(true),
        "list" | "deque" => Some(false),
        _ => None,
    }
}

/// Whether a value in a dictionary is itself a table of rows, not one row.
fn holds_rows(source: &SourceText, value: ExprId) -> bool {
    let ast = source.ast();
    let is_row = |&id: &ExprId| matches!(ast[id].kind, ExprKind::Dict(_) | ExprKind::Call { .. });
    match ast[value].kind {
        ExprKind::Call { function, .. } => made_by_call(source, function).is_some(),
        ExprKind::List(items) => ast[items].iter().all(is_row),
        ExprKind::Dict(items) => ast[items]
            .iter()
            .all(|item| matches!(item, DictItem::Pair { value, .. } if is_row(value))),
        _ => false,
    }
}

impl Stores<'_, '_, '_> {
    /// Every expression that means one of the dictionaries or lists, with what it means.
    fn uses(&self) -> Vec<(ExprRef, ExprRef)> {
        let model = self.reader.model;
        let mut names: FxHashSet<&str> = FxHashSet::default();
        for container in self.containers.keys() {
            let source = model.file(container.file).source();
            let ast = source.ast();
            let targets: &[ExprId] = match &ast[ast.stmt_of(container.id)].kind {
                StmtKind::Assign { targets, .. } => &ast[*targets],
                StmtKind::AnnotatedAssign { target, .. } => std::slice::from_ref(target),
                _ => &[],
            };
            for &target in targets {
                if let ExprKind::Name(name) | ExprKind::Attribute { name, .. } = ast[target].kind {
                    names.insert(source.name(name));
                }
            }
        }
        let mut out = Vec::new();
        for file in model.file_ids() {
            let source = model.file(file).source();
            let ast = source.ast();
            let aliases: Vec<&str> = model
                .imported_aliases(file)
                .into_iter()
                .filter(|(path, _)| names.contains(path))
                .map(|(_, alias)| alias)
                .collect();
            for (id, expr) in ast.exprs() {
                let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = expr.kind else {
                    continue;
                };
                let name = source.name(name);
                if !names.contains(name) && !aliases.contains(&name) {
                    continue;
                }
                let mut at = ExprRef { file, id };
                let Some(mut container) = self.container(at) else {
                    continue;
                };
                // `db["notes"]`
                while let Some((around, key)) = self.keyed(at)
                    && let Some(part) = self.part(container, &key)
                {
                    (at, container) = (around, part);
                }
                out.push((container, at));
            }
        }
        out
    }

    /// The dictionary or list that a name or attribute means.
    fn container(&self, at: ExprRef) -> Option<ExprRef> {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        if !matches!(
            ast[ast.stmt_of(at.id)].kind,
            StmtKind::Global(_) | StmtKind::Nonlocal(_) | StmtKind::Import(_) | StmtKind::ImportFrom { .. }
        ) && let ExprKind::Attribute { object, name, .. } = ast[at.id].kind
        {
            let name = model.file(at.file).source().name(name);
            if let Some(found) = self.member(ExprRef { id: object, ..at }, name) {
                return Some(found);
            }
        }
        let leaves = self.reader.follow(&Place::new(at));
        leaves.into_iter().find_map(|leaf| match leaf {
            Leaf::Place { place, .. } if self.containers.contains_key(&place.expr) => Some(place.expr),
            _ => None,
        })
    }

    /// `notes` of `storage.notes`, `Storage.notes`, `self.storage.notes`.
    fn member(&self, object: ExprRef, name: &str) -> Option<ExprRef> {
        let model = self.reader.model;
        let known = |at: ExprRef| self.containers.contains_key(&at).then_some(at);
        model.eval(object).into_iter().find_map(|value| match value.kind {
            ValueKind::Module(file) => match model.global_definitions(file, name) {
                NameUse::Bound(definitions) => definitions.into_iter().find_map(|found| match found.binding.kind {
                    BindingKind::Value(id) => known(ExprRef { file: found.file, id }),
                    _ => None,
                }),
                _ => None,
            },
            ValueKind::Class(class) | ValueKind::Instance { class, .. } => {
                let bound = model.class_binding(class, name).and_then(|binding| match binding.kind {
                    BindingKind::Value(id) => known(ExprRef { file: class.file, id }),
                    _ => None,
                });
                bound.or_else(|| {
                    let name = model.ast(class.file).name(name)?;
                    let index = model.file(class.file).index();
                    index.self_attributes(class.id, name).find_map(|attribute| {
                        known(ExprRef {
                            file: class.file,
                            id: attribute.value,
                        })
                    })
                })
            }
            _ => None,
        })
    }

    fn part(&self, container: ExprRef, key: &str) -> Option<ExprRef> {
        let parts = &self.containers.get(&container)?.parts;
        parts.iter().find(|(name, _)| name == key).map(|(_, part)| *part)
    }

    /// `db["notes"]`, `db.get("notes")` around `db`, with the key.
    fn keyed(&self, at: ExprRef) -> Option<(ExprRef, String)> {
        let key = self.key_of(at)?;
        let file = self.reader.model.file(at.file);
        let text = file.ast().string(file.text(), key.id)?.into_owned();
        Some((self.entry_of(at)?, text))
    }

    /// `notes[key]`, `notes.get(key)`, `notes.pop(key)` around `notes`.
    fn entry_of(&self, at: ExprRef) -> Option<ExprRef> {
        let ast = self.reader.model.ast(at.file);
        let parent = ast.parent_expr(at.id)?;
        match ast[parent].kind {
            ExprKind::Subscript { object, .. } if object == at.id => Some(ExprRef { id: parent, ..at }),
            ExprKind::Attribute { .. } => self.method_of(at).map(|(call, _)| call),
            _ => None,
        }
    }

    /// The key of `notes[key]` and of the methods that take one.
    fn key_of(&self, at: ExprRef) -> Option<ExprRef> {
        let ast = self.reader.model.ast(at.file);
        let entry = self.entry_of(at)?;
        let id = match ast[entry.id].kind {
            ExprKind::Subscript { index, .. } => index,
            ExprKind::Call { arguments, .. } => {
                let (_, method) = self.method_of(at)?;
                let takes_key = matches!(method, "get" | "pop" | "setdefault" | "__getitem__");
                ast[arguments].first().filter(|_| takes_key)?.value
            }
            _ => return None,
        };
        (!matches!(ast[id].kind, ExprKind::Slice { .. })).then_some(ExprRef { id, ..at })
    }

    /// The call and name of a method that is called on a dictionary or list.
    fn method_of(&self, at: ExprRef) -> Option<(ExprRef, &str)> {
        let source = self.reader.model.file(at.file).source();
        let ast = source.ast();
        let member = ast.parent_expr(at.id)?;
        let ExprKind::Attribute { object, name, .. } = ast[member].kind else {
            return None;
        };
        let call = ast.parent_expr(member)?;
        let is_called = matches!(ast[call].kind, ExprKind::Call { function, .. } if function == member);
        (object == at.id && is_called).then(|| (ExprRef { id: call, ..at }, source.name(name)))
    }

    fn access(&self, at: ExprRef, store: &Store) -> Option<Query> {
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

    fn query(&self, expr: ExprRef, source: ExprRef, store: &Store, operation: Operation) -> Query {
        let model = self.reader.model;
        let kept = Kept {
            model: store.model,
            is_variable: false,
        };
        self.reader.kept.borrow_mut().insert(expr, kept);
        Query {
            expr,
            span: model.span(expr),
            calls: vec![expr],
            function: model.enclosing_function(expr),
            source: model.span(source),
            library: LIBRARY,
            operation,
            models: vec![ModelUse::Known(store.model)],
            conditions: Vec::new(),
            joins: Vec::new(),
            stored: Vec::new(),
            object: None,
            relationship: None,
            fetch: None,
            limit: None,
            order: None,
            loads: Vec::new(),
            is_test: model.file(expr.file).is_test(),
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
        let text = |id: ExprId| model.written(ExprRef { file: at.file, id });
        let (object, written) = (text(at.id), text(key.id));
        self.statements(at).into_iter().any(|stmt| {
            let StmtKind::Assign { targets, .. } = ast[stmt].kind else {
                return false;
            };
            let is_before = ast[stmt].range.end() <= ast[at.id].range.start();
            is_before
                && ast[targets].iter().any(|&target| match ast[target].kind {
                    ExprKind::Subscript { object: into, index } => text(into) == object && text(index) == written,
                    _ => false,
                })
        })
    }

    /// Whether an assignment to an entry replaces a row that is there: the function turns away whoever names none.
    fn replaces(&self, at: ExprRef, key: ExprRef) -> bool {
        let model = self.reader.model;
        let source = model.file(at.file).source();
        let ast = source.ast();
        let text = |id: ExprId| model.written(ExprRef { file: at.file, id });
        let (object, written) = (text(at.id), text(key.id));
        // `note = notes.get(note_id)`
        let mut names = Vec::new();
        let takes = |id: ExprId| text(id).starts_with(&*object) && text(id).contains(&*written);
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
                                    CompareOperator::NotIn => text(comparison.right).starts_with(&*object),
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
    fn first_rows(&self, container: ExprRef, store: &Store) {
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

    fn note_fields(&self, store: &Store, query: &Query) {
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

    /// Many rows, under the conditions of the loop or comprehension that goes over them.
    fn rows(&self, expr: ExprRef, at: ExprRef, store: &Store) -> Option<Query> {
        let mut query = self.query(expr, at, store, Operation::ReadMany);
        let source = self.reader.model.file(at.file).source();
        let ast = source.ast();
        // `enumerate(notes)`, `list(notes.values())`
        let mut around = expr.id;
        let mut is_counted = false;
        while let Some(parent) = ast.parent_expr(around)
            && let ExprKind::Call { function, .. } = ast[parent].kind
            && let ExprKind::Name(name) = ast[function].kind
            && matches!(
                source.name(name),
                "enumerate" | "list" | "sorted" | "reversed" | "tuple" | "iter"
            )
        {
            is_counted |= source.name(name) == "enumerate";
            around = parent;
        }
        let has_keys = matches!(self.method_of(at), Some((_, "items")));
        let row = |target: ExprId| {
            let name = |id: ExprId| match ast[id].kind {
                ExprKind::Name(name) => Some(name),
                _ => None,
            };
            match ast[target].kind {
                ExprKind::Tuple(items) => Row {
                    key: ast[items]
                        .first()
                        .filter(|_| has_keys && !is_counted)
                        .and_then(|&id| name(id)),
                    value: ast[items].last().and_then(|&id| name(id)),
                },
                _ => Row {
                    key: None,
                    value: name(target),
                },
            }
        };
        let parent = ast.parent_expr(around);
        match parent.map(|parent| (parent, ast[parent].kind)) {
            Some((comprehension, ExprKind::Comprehension { clauses, .. })) => {
                let clauses = &ast[clauses];
                let of = clauses.iter().position(
                    |clause| matches!(clause, ComprehensionClause::For { iterable, .. } if *iterable == around),
                )?;
                let ComprehensionClause::For { target, .. } = clauses[of] else {
                    return None;
                };
                let row = row(target);
                for clause in &clauses[of + 1..] {
                    if let ComprehensionClause::If(test) = clause {
                        self.limit(&mut query, ExprRef { id: *test, ..at }, true, &row, store);
                    }
                }
                if self.is_first(ExprRef {
                    id: comprehension,
                    ..at
                }) {
                    query.fetch = Some(Fetch::First);
                }
            }
            // `filter(lambda note: note["owner"] == user, notes)`
            Some((_, ExprKind::Call { function, arguments })) => {
                let is_filter = matches!(ast[function].kind, ExprKind::Name(name) if source.name(name) == "filter");
                let test = ast[arguments].first().filter(|_| is_filter);
                if let Some(test) = test
                    && let ExprKind::Lambda { parameters, body } = ast[test.value].kind
                    && let [parameter] = &ast[parameters]
                {
                    let row = Row {
                        value: Some(parameter.name),
                        key: None,
                    };
                    self.limit(&mut query, ExprRef { id: body, ..at }, true, &row, store);
                }
            }
            // A loop that does nothing but under one test.
            None => {
                if let StmtKind::For {
                    target, iterable, body, ..
                } = ast[ast.stmt_of(around)].kind
                    && iterable == around
                    && let [only] = ast[body]
                    && let StmtKind::If {
                        branches,
                        otherwise: None,
                    } = ast[only].kind
                    && let [branch] = ast[branches]
                {
                    let test = ExprRef { id: branch.test, ..at };
                    self.limit(&mut query, test, true, &row(target), store);
                }
            }
            _ => {}
        }
        if query.required().iter().any(|predicate| is_key(predicate, store)) {
            query.operation = Operation::ReadOne;
        }
        Some(query)
    }

    /// `next(… for …)`, `[…][0]`
    fn is_first(&self, comprehension: ExprRef) -> bool {
        let source = self.reader.model.file(comprehension.file).source();
        let ast = source.ast();
        match ast.parent_expr(comprehension.id).map(|parent| ast[parent].kind) {
            Some(ExprKind::Call { function, .. }) => {
                matches!(ast[function].kind, ExprKind::Name(name) if source.name(name) == "next")
            }
            Some(ExprKind::Subscript { object, index }) => {
                object == comprehension.id && matches!(ast[index].kind, ExprKind::Integer)
            }
            _ => false,
        }
    }

    /// `notes = [note for note in notes if note["id"] != note_id]`: the others are deleted.
    fn kept_rows(&self, at: ExprRef, value: ExprId, store: &Store) -> Option<Query> {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        let ExprKind::Comprehension { clauses, .. } = ast[value].kind else {
            return None;
        };
        model.enclosing_function(at)?;
        let expr = ExprRef { id: value, ..at };
        let name = &*model.written(at);
        let mut row = None;
        let mut query = self.query(expr, at, store, Operation::Delete);
        for clause in &ast[clauses] {
            match *clause {
                ComprehensionClause::For { target, iterable } => {
                    let text = model.written(ExprRef {
                        file: at.file,
                        id: iterable,
                    });
                    let of = |id: ExprId| match ast[id].kind {
                        ExprKind::Name(name) => Some(name),
                        _ => None,
                    };
                    row = match ast[target].kind {
                        _ if !text.starts_with(name) => return None,
                        ExprKind::Tuple(items) => Some(Row {
                            key: ast[items].first().and_then(|&id| of(id)),
                            value: ast[items].last().and_then(|&id| of(id)),
                        }),
                        _ => Some(Row {
                            key: None,
                            value: of(target),
                        }),
                    };
                }
                ComprehensionClause::If(test) => {
                    self.limit(&mut query, ExprRef { id: test, ..at }, false, row.as_ref()?, store);
                }
            }
        }
        Some(query)
    }

    fn limit(&self, query: &mut Query, test: ExprRef, truth: bool, row: &Row, store: &Store) {
        let span = self.reader.model.span(test);
        let condition = self.condition(&Place::new(test), truth, row, store, 0);
        query
            .conditions
            .extend(condition.map(|condition| certain(condition, span)));
    }

    /// What a test says of a row, where it comes out as `truth`; nothing where it speaks of neither keys nor people.
    fn condition(&self, test: &Place, truth: bool, row: &Row, store: &Store, depth: usize) -> Option<Condition> {
        let model = self.reader.model;
        let span = model.span(test.expr);
        if depth > MAX_DEPTH {
            return Some(Condition::Unresolved {
                span,
                reason: Unresolved::TooDeep,
            });
        }
        let ast = model.ast(test.expr.file);
        match ast[test.expr.id].kind {
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.condition(&test.at(operand), !truth, row, store, depth + 1),
            ExprKind::Boolean { operator, left, right } => {
                let part = |id: ExprId| self.condition(&test.at(id), truth, row, store, depth + 1);
                let (left, right) = (part(left), part(right));
                match truth == (operator == BooleanOperator::And) {
                    true => match (left, right) {
                        (Some(left), Some(right)) => Some(Condition::All(vec![left, right])),
                        (left, right) => left.or(right),
                    },
                    false => {
                        let always = || Condition::Always(span);
                        Some(Condition::Any(vec![
                            left.unwrap_or_else(always),
                            right.unwrap_or_else(always),
                        ]))
                    }
                }
            }
            ExprKind::Compare { first, rest } => {
                let [comparison] = ast[rest] else { return None };
                let (left, right) = (test.at(first), test.at(comparison.right));
                let (column, value, is_swapped) =
                    match (self.column(&left, row, store), self.column(&right, row, store)) {
                        (Some(column), None) => (column, right, false),
                        (None, Some(column)) => (column, left, true),
                        _ => return None,
                    };
                let operator = match (comparison.operator, truth) {
                    (CompareOperator::Equal | CompareOperator::Is, true)
                    | (CompareOperator::NotEqual | CompareOperator::IsNot, false) => Operator::Equal,
                    (CompareOperator::NotEqual | CompareOperator::IsNot, true)
                    | (CompareOperator::Equal | CompareOperator::Is, false) => Operator::NotEqual,
                    (CompareOperator::In, true) | (CompareOperator::NotIn, false) if !is_swapped => Operator::In,
                    // `user in note["members"]`
                    (CompareOperator::In, true) | (CompareOperator::NotIn, false) => {
                        Operator::Other("contains".to_owned())
                    }
                    (CompareOperator::In | CompareOperator::NotIn, _) => Operator::NotIn,
                    _ => return None,
                };
                Some(self.compare(column, operator, value, span))
            }
            // `if note.is_public`
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } if truth => {
                let column = self.column(test, row, store)?;
                Some(self.compare(column, Operator::IsTrue, test.clone(), span))
            }
            // `if may_see(user, note)`
            ExprKind::Call { arguments, .. } => {
                let is_row = |argument: &Argument| match ast[argument.value].kind {
                    ExprKind::Name(name) => Some(name) == row.value,
                    _ => false,
                };
                ast[arguments].iter().any(is_row).then_some(Condition::Unresolved {
                    span,
                    reason: Unresolved::NotUnderstood,
                })
            }
            _ => None,
        }
    }

    fn compare(&self, path: Vec<String>, operator: Operator, value: Place, span: Span) -> Condition {
        Condition::Compare(Predicate {
            column: ColumnUse {
                model: None,
                path,
                span,
            },
            operator,
            value: Operand::Expr {
                expr: value.expr,
                span: self.reader.model.span(value.expr),
                frame: value.frame,
            },
            span,
        })
    }

    /// `["owner"]` of `note["owner"]`, `note.owner`, `note.get("owner")`, `str(note.owner)`; the key's column for a key.
    fn column(&self, place: &Place, row: &Row, store: &Store) -> Option<Vec<String>> {
        let model = self.reader.model;
        let source = model.file(place.expr.file).source();
        let ast = source.ast();
        let mut path = Vec::new();
        let mut at = place.expr.id;
        for _ in 0..MAX_DEPTH {
            match ast[at].kind {
                ExprKind::Name(name) if Some(name) == row.value && !path.is_empty() => {
                    path.reverse();
                    return Some(path);
                }
                ExprKind::Name(name) if Some(name) == row.key && path.is_empty() => {
                    return Some(vec![store.key.clone()]);
                }
                ExprKind::Attribute { object, name, .. } => {
                    path.push(source.name(name).to_owned());
                    at = object;
                }
                ExprKind::Subscript { object, index } => {
                    path.push(constant_text(model, place.at(index).expr)?);
                    at = object;
                }
                ExprKind::Call { function, arguments } => match (ast[function].kind, &ast[arguments]) {
                    (ExprKind::Attribute { object, name, .. }, [first, ..]) if source.name(name) == "get" => {
                        path.push(constant_text(model, place.at(first.value).expr)?);
                        at = object;
                    }
                    (ExprKind::Attribute { object, name, .. }, [])
                        if matches!(source.name(name), "lower" | "strip") =>
                    {
                        at = object;
                    }
                    (ExprKind::Name(_), [only]) => at = only.value,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }
}

fn certain(condition: Condition, span: Span) -> Clause {
    Clause {
        condition,
        span,
        is_certain: true,
    }
}

/// `note["id"] == note_id`, `note["note_id"] == note_id`
fn is_key(predicate: &Predicate, store: &Store) -> bool {
    let name = predicate.column.name().to_ascii_lowercase();
    predicate.operator == Operator::Equal
        && (name == store.key || matches!(&*name, "id" | "_id" | "uuid" | "pk" | "uid"))
}

/// What keys are, where they say who somebody is: `carts[user.id]`, `profiles[username]`.
fn owner_key(model: &Model<'_>, key: ExprRef) -> Option<String> {
    let source = model.file(key.file).source();
    let ast = source.ast();
    let mut at = key.id;
    if let ExprKind::Call { arguments, .. } = ast[at].kind
        && let [only] = &ast[arguments]
    {
        at = only.value;
    }
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let (name, of) = match ast[at].kind {
        ExprKind::Name(name) => (source.name(name), None),
        ExprKind::Attribute { object, name, .. } => match ast[object].kind {
            ExprKind::Name(of) | ExprKind::Attribute { name: of, .. } => (source.name(name), Some(source.name(of))),
            _ => return None,
        },
        ExprKind::Subscript { index, .. } => {
            let key = constant_text(model, ExprRef { id: index, ..key })?;
            let is_known = matches!(&*plain(&key), "sub" | "userid" | "username" | "email");
            return is_known.then(|| column_of(&plain(&key)));
        }
        _ => return None,
    };
    let (name, of) = (plain(name), of.map(plain));
    let is_user = |name: &str| name.ends_with("user") || name == "me" || name.ends_with("userid");
    let found = match &of {
        Some(of) if name == "id" => is_user(of),
        _ => {
            is_user(&name)
                || LOGIN_COLUMNS.contains(&&*name)
                || IDENTITY_NAMES.contains(&&*name) && !matches!(&*name, "id" | "uid" | "name")
        }
    };
    found.then(|| column_of(&name))
}

fn column_of(name: &str) -> String {
    match LOGIN_COLUMNS.contains(&name) {
        true => name.to_owned(),
        false => "user_id".to_owned(),
    }
}

impl Reader<'_, '_> {
    /// Whether an expression is a row of those that are kept in variables: not the variable itself.
    pub(super) fn holds_kept(&self, place: &Place) -> bool {
        if self.kept.borrow().is_empty() {
            return false;
        }
        let is_variable = self.follow(place).iter().any(|leaf| match leaf {
            Leaf::Place { place, .. } => self.kept.borrow().get(&place.expr).is_some_and(|kept| kept.is_variable),
            Leaf::Parameter { .. } => false,
        });
        !is_variable
            && match self.model_of_object(place) {
                Some(ModelUse::Known(id)) => self.data().get(id).source == ModelSource::Variable,
                _ => false,
            }
    }
}
