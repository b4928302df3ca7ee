//! Rows that a program keeps in variables of its own: a dictionary of notes by their number, a list of orders.
//!
//! What a database does with a statement, such programs do with expressions: `notes[note_id]` takes one row by its
//! key, `[n for n in notes if n["owner"] == user]` takes those for which a condition holds, `del notes[note_id]`
//! deletes one. Each use of such a variable becomes a [`Query`], so that everything that is asked of rows in a
//! database is asked of these, too.

mod access;
mod conditions;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, ExprRef, Model, NameUse, ScopeId, ValueKind};
use syntax::SourceText;
use syntax::ast::*;

use super::follow::{Leaf, Place};
use super::reach::{Kept, Reader};
use super::{ModelUse, Query};
use crate::libraries::owners::{IDENTITY_NAMES, LOGIN_COLUMNS};
use crate::libraries::purposes::is_for_running;
use crate::models::classes::constant_text;
use crate::models::{DataModelId, ModelSource};

/// What stands for the name of a library.
pub(crate) const LIBRARY: &str = "Python";

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
    /// Expressions that mean one of them, with what they mean.
    meant: FxHashMap<ExprRef, ExprRef>,
}

struct Container {
    name: String,
    is_dict: bool,
    /// `notes` of `db = {"notes": {}, "users": []}`
    parts: Vec<(String, ExprRef)>,
}

pub(super) fn queries(reader: &Reader<'_, '_>) -> Vec<Query> {
    let mut stores = Stores {
        reader,
        containers: containers(reader.model),
        meant: FxHashMap::default(),
    };
    if stores.containers.is_empty() {
        return Vec::new();
    }
    let uses = stores.uses();
    stores.meant = uses.iter().map(|&(container, at)| (at, container)).collect();
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
            let aliases = self.reader.aliases(file, |name| names.contains(name));
            for (id, expr) in ast.exprs() {
                let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = expr.kind else {
                    continue;
                };
                let name = source.name(name);
                if !names.contains(name) && !aliases.contains(name) {
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

    /// Where, inside an expression, the same dictionary or list is meant as by another one.
    fn same_in(&self, expr: ExprRef, at: ExprRef) -> Option<ExprRef> {
        let container = self.meant.get(&at)?;
        let inside = self.reader.model.ast(expr.file).descendants(expr.id);
        let mut inside = inside.into_iter().map(|id| ExprRef { id, ..expr });
        inside.find(|inner| self.meant.get(inner) == Some(container))
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
