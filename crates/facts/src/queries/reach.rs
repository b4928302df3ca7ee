//! Which calls reach data, told by the library that they are of or by what they are given.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{ClassRef, ExprRef, Model, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use super::follow::{Leaf, Place};
use super::trails::Trail;
use super::{Candidate, ModelUse};
use crate::libraries::data::{Access, DATA_LIBRARIES, DataLibrary, MANAGER, Operation, Takes};
use crate::libraries::mongo;
use crate::models::classes::{Classes, argument};
use crate::models::{DataModelId, DataModels};

/// Reads the queries of a project; remembers what it found.
pub(crate) struct Reader<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) classes: &'m Classes,
    data: RefCell<DataModels>,
    /// Names of relationships, of whatever model.
    pub(super) relationships: FxHashSet<String>,
    /// Libraries that the project's models are of.
    libraries: FxHashSet<&'static str>,
    /// Some models are tables without a class, with methods of their own: `tasks.insert()`.
    has_tables: bool,
    /// Names of the project's functions: a method with another name is a library's.
    pub(super) functions: FxHashSet<&'a str>,
    pub(super) trails: RefCell<Trails>,
    /// Queries inside queries, and calls inside calls, that are being read.
    pub(super) depth: Cell<usize>,
    reached: RefCell<FxHashMap<ExprRef, Option<Reach>>>,
    /// Calls that are part of another query.
    pub(super) taken: RefCell<FxHashSet<ExprRef>>,
    pub(super) generic: RefCell<Generics>,
    /// Variables that hold rows, and what is taken from them.
    pub(super) kept: RefCell<FxHashMap<ExprRef, Kept>>,
}

/// What generic classes work on, by class and attribute.
pub(super) type Generics = FxHashMap<(ClassRef, String), Rc<[Candidate]>>;

/// What an expression holds of the rows that are kept in a variable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub(super) model: DataModelId,
    /// The dictionary or list itself.
    pub(super) is_variable: bool,
}

/// Trails by the call that they end in and the calls that are being followed.
pub(super) type Trails = FxHashMap<(ExprRef, Vec<ExprRef>), Rc<[Trail]>>;

/// A call that begins or runs a query.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) access: &'static Access,
    pub(super) library: &'static DataLibrary,
    pub(super) on: On,
}

/// What the call stands on.
#[derive(Debug, Clone)]
pub(super) enum On {
    /// A function of the library, or a method of a session.
    Library,
    /// A model's class, or a manager of it.
    Model(ModelUse),
    /// A row.
    Object(ModelUse),
    /// A collection with this name.
    Collection(Option<String>),
}

impl<'m, 'a> Reader<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, classes: &'m Classes, data: DataModels) -> Reader<'m, 'a> {
        let functions = model.file_ids().flat_map(|file| {
            let source = model.file(file).source();
            let named = move |(_, function): (FunctionId, &Function)| source.name(function.name);
            source.ast().functions().map(named)
        });
        let all = data.all().flat_map(|(_, model)| model.relationships.iter());
        let relationships = all.map(|relationship| relationship.name.clone()).collect();
        let has_tables = data.all().any(|(_, model)| model.class.is_none());
        let libraries = data.all().map(|(_, model)| model.library).collect();
        Reader {
            model,
            classes,
            relationships,
            has_tables,
            libraries,
            functions: functions.collect(),
            data: RefCell::new(data),
            trails: RefCell::default(),
            depth: Cell::new(0),
            reached: RefCell::default(),
            taken: RefCell::default(),
            generic: RefCell::default(),
            kept: RefCell::default(),
        }
    }

    pub(super) fn into_models(self) -> DataModels {
        self.data.into_inner()
    }

    pub(super) fn data(&self) -> Ref<'_, DataModels> {
        self.data.borrow()
    }

    pub(super) fn collection(&self, name: &str, library: &'static str, at: Span) -> DataModelId {
        self.data.borrow_mut().collection(name, library, at)
    }

    pub(super) fn add_variable(&self, name: &str, library: &'static str, at: Span) -> DataModelId {
        self.data.borrow_mut().variable(name, library, at)
    }

    pub(super) fn add_field(&self, id: DataModelId, name: &str, at: Span) {
        self.data.borrow_mut().add_field(id, name, at);
    }

    pub(super) fn add_document_class(&self, id: DataModelId, class: ClassRef) {
        self.data.borrow_mut().add_document_class(id, class);
    }

    /// Every name of a function or method that may reach data.
    pub(super) fn names() -> FxHashSet<&'static str> {
        DATA_LIBRARIES
            .iter()
            .flat_map(|library| accesses(library))
            .chain(MANAGER)
            .map(|access| access.name)
            .collect()
    }

    /// What names that are wanted are called in a file where they are imported under others.
    pub(super) fn aliases(&self, file: FileId, is_wanted: impl Fn(&str) -> bool) -> FxHashSet<&'a str> {
        let aliases = self.model.imported_aliases(file).into_iter();
        aliases
            .filter(|(path, _)| is_wanted(path))
            .map(|(_, alias)| alias)
            .collect()
    }

    /// What a call reaches, if it begins or runs a query.
    pub(super) fn reach(&self, place: &Place) -> Option<Reach> {
        if let Some(known) = self.reached.borrow().get(&place.expr) {
            return known.clone();
        }
        // A call that is asked about while it is looked at is not one of its own parts.
        self.reached.borrow_mut().insert(place.expr, None);
        let found = self.find_reach(place);
        self.reached.borrow_mut().insert(place.expr, found.clone());
        found
    }

    fn find_reach(&self, place: &Place) -> Option<Reach> {
        let call = place.expr;
        let source = self.model.file(call.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return None;
        };
        match ast[function].kind {
            ExprKind::Name(_) => self.function(call),
            ExprKind::Attribute { object, name, .. } => {
                let name = source.name(name);
                if !self.is_possible(place, name, &ast[arguments]) {
                    return None;
                }
                let object = place.at(object);
                let values = self.model.eval_in(object.expr, place.frame.as_ref());
                if values.iter().any(|value| matches!(value.kind, ValueKind::External(_)))
                    && let Some(found) = self.function(call)
                {
                    return Some(found);
                }
                // A method that the project writes itself is followed, not taken for a library's.
                let callee = place.at(function);
                let is_own = |value: &Value| matches!(value.kind, ValueKind::Function(_) | ValueKind::Method { .. });
                if self.functions.contains(name)
                    && self
                        .model
                        .eval_in(callee.expr, callee.frame.as_ref())
                        .iter()
                        .any(is_own)
                {
                    return None;
                }
                self.on_model(&object, name)
                    .or_else(|| self.on_session(place, &values, name, &ast[arguments]))
                    .or_else(|| self.on_object(&object, name))
                    .or_else(|| self.on_collection(place, &object, &values, name))
                    .or_else(|| self.on_repository(&object, &values, name))
            }
            _ => None,
        }
    }

    /// Whether a method of this name with these arguments can reach data, before anything is evaluated.
    fn is_possible(&self, place: &Place, name: &str, arguments: &[Argument]) -> bool {
        let ast = self.model.ast(place.expr.file);
        let is_literal = |argument: &Argument| {
            matches!(
                ast[argument.value].kind,
                ExprKind::String { .. } | ExprKind::Integer | ExprKind::True | ExprKind::False | ExprKind::None
            )
        };
        let fits = |access: &Access| match access.takes {
            Takes::Models => arguments.iter().any(|argument| !is_literal(argument)),
            Takes::ModelAndKey | Takes::ModelAndConditions | Takes::Object => {
                arguments.first().is_some_and(|first| !is_literal(first))
            }
            Takes::Statement => !arguments.is_empty(),
            _ => true,
        };
        let named = |accesses: &'static [Access]| accesses.iter().filter(|access| access.name == name);
        DATA_LIBRARIES.iter().any(|library| {
            let has_models = self.libraries.contains(library.name);
            let of_models = named(library.on_model).chain(named(library.on_object));
            named(library.functions).chain(named(library.session)).any(fits)
                || self.has_tables && named(library.functions).next().is_some()
                || named(library.on_collection)
                    .chain(named(library.on_repository))
                    .next()
                    .is_some()
                || has_models && of_models.count() > 0
                || has_models && !library.managers.is_empty() && named(MANAGER).next().is_some()
        })
    }

    /// `select(…)`, `sa.select(…)`
    fn function(&self, call: ExprRef) -> Option<Reach> {
        let path = self.model.called_path(call)?;
        let name = path.rsplit('.').next()?;
        DATA_LIBRARIES.iter().find_map(|library| {
            let is_function = library.has_path(&path) && !path.contains('(');
            let access = library
                .functions
                .iter()
                .find(|access| access.name == name && is_function)?;
            Some(Reach {
                access,
                library,
                on: On::Library,
            })
        })
    }

    /// `Task.filter(…)`, `Task.objects.get(…)`, `tasks.select()`
    fn on_model(&self, object: &Place, name: &str) -> Option<Reach> {
        if let Some(found) = self.model_of(object) {
            let library = self.library_of(&found)?;
            let on_table = library
                .functions
                .iter()
                .find(|access| access.name == name && !self.has_class(&found));
            let access = library
                .on_model
                .iter()
                .find(|access| access.name == name)
                .or(on_table)?;
            return Some(Reach {
                access,
                library,
                on: On::Model(found),
            });
        }
        // A manager: `Task.objects`, `Task.query`.
        let source = self.model.file(object.expr.file).source();
        let ast = source.ast();
        let ExprKind::Attribute {
            object: class,
            name: manager,
            ..
        } = ast[object.expr.id].kind
        else {
            return None;
        };
        let manager = source.name(manager);
        if !DATA_LIBRARIES.iter().any(|library| library.managers.contains(&manager)) {
            return None;
        }
        let found = self.model_of(&object.at(class))?;
        let library = self
            .library_of(&found)
            .filter(|library| library.managers.contains(&manager))?;
        let access = MANAGER.iter().find(|access| access.name == name)?;
        Some(Reach {
            access,
            library,
            on: On::Model(found),
        })
    }

    /// `session.exec(…)`, told by what it is given or by the class of the session.
    fn on_session(&self, place: &Place, values: &Values, name: &str, arguments: &[Argument]) -> Option<Reach> {
        let of_path = |library: &&&'static DataLibrary| {
            values
                .iter()
                .any(|value| path_of(value).is_some_and(|path| library.has_path(&path)))
        };
        let known = DATA_LIBRARIES.iter().filter(of_path);
        let others = DATA_LIBRARIES.iter().filter(|library| !of_path(library));
        for library in known.chain(others) {
            for access in library.session.iter().filter(|access| access.name == name) {
                let is_certain = of_path(&library);
                if self.fits(place, access.takes, arguments, is_certain) {
                    return Some(Reach {
                        access,
                        library,
                        on: On::Library,
                    });
                }
            }
        }
        None
    }

    /// Whether the arguments are what the access takes.
    fn fits(&self, place: &Place, takes: Takes, arguments: &[Argument], is_session: bool) -> bool {
        let first = arguments.first().map(|argument| place.at(argument.value));
        match takes {
            Takes::Models => arguments
                .iter()
                .any(|argument| !self.models_in(&place.at(argument.value)).is_empty()),
            Takes::ModelAndKey | Takes::ModelAndConditions => {
                first.is_some_and(|first| self.model_of(&first).is_some())
            }
            Takes::Statement => self
                .statement(place)
                .is_some_and(|statement| self.is_statement(&statement, is_session)),
            Takes::Object => {
                let is_row = |first: &Place| self.model_of_object(first).is_some();
                first.is_some_and(|first| is_session || is_row(&first))
            }
            _ => is_session,
        }
    }

    /// The argument that is the statement.
    pub(super) fn statement(&self, place: &Place) -> Option<Place> {
        let names = ["statement", "query", "sql", "command", "object", "clause"];
        let expr = argument(self.model, place.expr, Some(0), &names)?;
        Some(place.at(expr.id))
    }

    fn is_statement(&self, statement: &Place, is_session: bool) -> bool {
        self.follow(statement).iter().any(|leaf| match leaf {
            Leaf::Parameter { .. } => is_session,
            Leaf::Place { place, .. } => match self.model.expr(place.expr).kind {
                ExprKind::Call { .. } => !self.trails(place).is_empty() || self.is_sql(place),
                _ => self.is_sql(place),
            },
        })
    }

    /// `await task.delete()`
    fn on_object(&self, object: &Place, name: &str) -> Option<Reach> {
        let is_known = |library: &&&'static DataLibrary| {
            self.libraries.contains(library.name) && library.on_object.iter().any(|access| access.name == name)
        };
        DATA_LIBRARIES.iter().find(is_known)?;
        let found = self.model_of_object(object)?;
        let library = self.library_of(&found)?;
        let access = library.on_object.iter().find(|access| access.name == name)?;
        Some(Reach {
            access,
            library,
            on: On::Object(found),
        })
    }

    /// `db["tasks"].find_one({…})`
    fn on_collection(&self, place: &Place, object: &Place, values: &Values, name: &str) -> Option<Reach> {
        let library = DATA_LIBRARIES
            .iter()
            .find(|library| !library.on_collection.is_empty())?;
        let access = library.on_collection.iter().find(|access| access.name == name)?;
        let is_library = |value: &Value| path_of(value).is_some_and(|path| library.has_path(&path));
        let is_evident = mongo::is_certain(name) || values.iter().any(is_library) || self.takes_dictionary(place);
        // A class's own method of this name is not a collection's.
        let is_own = |value: &Value| matches!(value.kind, ValueKind::Class(_) | ValueKind::Str(_));
        if !is_evident || values.iter().any(is_own) {
            return None;
        }
        Some(Reach {
            access,
            library,
            on: On::Collection(self.collection_name(object)),
        })
    }

    fn takes_dictionary(&self, place: &Place) -> bool {
        let Some(first) = argument(self.model, place.expr, Some(0), &["filter", "pipeline"]) else {
            return false;
        };
        let first = place.at(first.id);
        self.follow(&first).iter().any(|leaf| match leaf {
            Leaf::Place { place, .. } => match self.model.expr(place.expr).kind {
                ExprKind::Dict(_) => true,
                ExprKind::List(items) => {
                    let ast = self.model.ast(place.expr.file);
                    ast[items]
                        .first()
                        .is_some_and(|&item| matches!(ast[item].kind, ExprKind::Dict(_)))
                }
                _ => false,
            },
            Leaf::Parameter { .. } => false,
        })
    }

    /// Methods that `self`, or an object of a repository, inherits from a library.
    fn on_repository(&self, object: &Place, values: &Values, name: &str) -> Option<Reach> {
        let is_known = |library: &&&'static DataLibrary| library.on_repository.iter().any(|access| access.name == name);
        let library = DATA_LIBRARIES.iter().find(is_known)?;
        let class = values.iter().find_map(|value| match value.kind {
            ValueKind::Instance { class, .. } => Some(class),
            _ => None,
        })?;
        let is_of_library = self.classes.outside(class).iter().any(|path| library.has_path(path));
        let own = self
            .classes
            .lineage(class)
            .iter()
            .any(|class| self.model.class_binding(*class, name).is_some());
        if !is_of_library || own {
            return None;
        }
        let access = library.on_repository.iter().find(|access| access.name == name)?;
        let found = self.generic_model(class, "model", self.model.span(object.expr));
        Some(Reach {
            access,
            library,
            on: On::Model(found),
        })
    }

    pub(super) fn library_of(&self, found: &ModelUse) -> Option<&'static DataLibrary> {
        let id = match found {
            ModelUse::Known(id) => *id,
            ModelUse::Generic { candidates, .. } => candidates.first()?.model,
            ModelUse::Unknown { .. } => return None,
        };
        let data = self.data();
        let name = data.get(id).library;
        DATA_LIBRARIES.iter().find(|library| library.name == name).copied()
    }

    fn has_class(&self, found: &ModelUse) -> bool {
        match found {
            ModelUse::Known(id) => self.data().get(*id).class.is_some(),
            _ => true,
        }
    }
}

impl Reach {
    /// Whether the call runs a statement that it is given.
    pub(super) fn runs_statement(&self) -> bool {
        self.access.takes == Takes::Statement
    }

    /// Whether further methods can narrow it down: `select(…)`, `query(…)`, `Task.filter(…)`.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.on, On::Object(_)) && !matches!(self.access.takes, Takes::Object | Takes::Documents)
    }

    pub(super) fn is_write(&self) -> bool {
        use Operation::*;
        matches!(self.access.operation, Insert | Save | Update | Delete)
    }
}

fn accesses(library: &'static DataLibrary) -> impl Iterator<Item = &'static Access> {
    let tables = [
        library.functions,
        library.session,
        library.on_model,
        library.on_object,
        library.on_collection,
        library.on_repository,
    ];
    tables.into_iter().flatten()
}

/// The path from outside that a value begins with.
pub(super) fn path_of(value: &Value) -> Option<Rc<str>> {
    let mut value = value;
    // `client["app"]["tasks"]`
    for _ in 0..8 {
        match &value.kind {
            ValueKind::External(path) | ValueKind::Call { path, .. } => return Some(path.clone()),
            ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => value = base,
            ValueKind::MethodCall { receiver, .. } => value = receiver,
            _ => return None,
        }
    }
    None
}
