//! Data models and schemas of a project: what is stored, with which columns, and which of them may say whose it is.

pub(crate) mod classes;
mod columns;
mod links;
mod schemas;
mod tables;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Model};
use text::{FileId, Span};

use crate::libraries::data::DataLibrary;
use crate::settings::Settings;
use classes::Classes;

/// A data model of a project: a number that stays the same for one state of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataModelId(pub u32);

/// What rows or documents of one kind look like.
#[derive(Debug, Clone)]
pub struct DataModel {
    /// Of the class; of the table or collection where there is no class.
    pub name: String,
    /// The name where it is defined, or the place that first names the collection.
    pub span: Span,
    pub file: FileId,
    pub source: ModelSource,
    /// `None` for tables and collections without a class.
    pub class: Option<ClassRef>,
    /// Pydantic classes that are stored in, or made of documents of, a collection.
    pub document_classes: Vec<ClassRef>,
    /// The library of its base class.
    pub library: &'static str,
    /// Table or collection, where its name is known.
    pub table: Option<String>,
    pub columns: Vec<Column>,
    pub relationships: Vec<Relationship>,
    /// Classes of the project that it inherits columns from, nearest first.
    pub bases: Vec<ClassRef>,
    /// Why it looks like the model of users; empty when it does not.
    pub user_evidence: Vec<UserEvidence>,
    /// Columns that may say whose a row is.
    pub owners: Vec<OwnerColumn>,
    /// Models whose rows the rows of this one belong to.
    pub parents: Vec<Parent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSource {
    /// A class of an object-relational or document mapper.
    Class,
    /// `Table("tasks", metadata, Column(…))`
    Table,
    /// `op.create_table("tasks", …)`, where no class or table has this name.
    Migration,
    /// `CREATE TABLE` in a text.
    Sql,
    /// A collection or table, known by its use.
    Collection,
    /// A dictionary or list that the program keeps in a variable.
    Variable,
}

impl ModelSource {
    /// Columns are known by what is done with the rows alone.
    fn is_by_use(self) -> bool {
        matches!(self, ModelSource::Collection | ModelSource::Variable)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The name where it is declared, or where it is first used.
    pub span: Span,
    /// The annotation, or the type that the column function is given.
    pub written_type: Option<String>,
    pub foreign_key: Option<ForeignKey>,
    pub is_primary_key: bool,
    /// `None`: not said.
    pub is_nullable: Option<bool>,
    pub is_unique: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// As written: `users.id`, `models.User`.
    pub target: String,
    pub span: Span,
    /// The model, where the project has it.
    pub model: Option<DataModelId>,
    /// The column in it, where it is said.
    pub column: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    pub name: String,
    pub span: Span,
    /// As written.
    pub target: String,
    pub model: Option<DataModelId>,
    pub back_populates: Option<String>,
    /// A list of rows.
    pub is_many: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserEvidence {
    /// A base class of a library for users.
    Base(String),
    ClassName,
    TableName,
    /// A column with a password or its hash.
    PasswordColumn(String),
    /// A column that people log in with.
    LoginColumn(String),
}

/// A column that may say whose a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerColumn {
    pub column: String,
    pub reason: OwnerReason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerReason {
    /// The user says so.
    Setting,
    /// It refers to the model of users.
    ForeignKey,
    /// By its name, a person.
    UserName,
    /// By its name, a group of people: tenant, organisation.
    GroupName,
}

/// Rows of one model that belong to rows of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The column that holds the other row's key.
    pub column: String,
    pub model: DataModelId,
    /// By its name alone: `offer_id` beside a model `Offer`.
    pub is_by_name: bool,
}

/// What a request body is read into, or a response made of.
#[derive(Debug, Clone)]
pub struct Schema {
    pub name: String,
    pub span: Span,
    pub class: ClassRef,
    /// Own ones first, then inherited.
    pub fields: Vec<SchemaField>,
    /// Fields that the class does not declare.
    pub extra: Extra,
    /// Classes of the project that it descends from, nearest first.
    pub bases: Vec<ClassRef>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaField {
    pub name: String,
    pub span: Span,
    pub written_type: String,
    /// Other names under which input is read.
    pub aliases: Vec<String>,
    pub is_required: bool,
    /// The class that declares it.
    pub declared_in: ClassRef,
    /// Left out of what is sent or dumped.
    pub is_excluded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extra {
    /// Dropped: pydantic's default.
    #[default]
    Ignore,
    Forbid,
    Allow,
}

/// Every data model and schema of a project.
#[derive(Debug, Default)]
pub struct DataModels {
    models: Vec<DataModel>,
    /// In order of file and place.
    pub schemas: Vec<Schema>,
    by_class: FxHashMap<ClassRef, DataModelId>,
    /// Table, collection and class names, in lower case.
    by_name: FxHashMap<String, Vec<DataModelId>>,
    schema_by_class: FxHashMap<ClassRef, usize>,
    /// Tables by the place of the call that makes them.
    by_call: FxHashMap<Span, DataModelId>,
    /// Folders of the files that hold models: a name means the model nearest to it.
    folders: FxHashMap<FileId, Vec<String>>,
    settings: Settings,
}

impl DataModels {
    pub(crate) fn new(model: &Model<'_>, classes: &Classes, settings: &Settings) -> DataModels {
        let mut found = DataModels {
            settings: settings.clone(),
            ..DataModels::default()
        };
        for file in model.file_ids() {
            let path = model.file(file).path();
            let folders = path.split('/').rev().skip(1).map(str::to_owned).collect::<Vec<_>>();
            found.folders.insert(file, folders.into_iter().rev().collect());
        }
        columns::find(model, classes, &mut found);
        tables::find(model, &mut found);
        schemas::find(model, classes, &mut found);
        links::resolve(model, classes, &mut found);
        found
    }

    /// In order of file and place; those known by their use alone come last.
    pub fn all(&self) -> impl Iterator<Item = (DataModelId, &DataModel)> {
        self.models
            .iter()
            .enumerate()
            .map(|(index, model)| (DataModelId(index as u32), model))
    }

    pub fn get(&self, id: DataModelId) -> &DataModel {
        &self.models[id.0 as usize]
    }

    /// The model of a class; for a pydantic class that is stored in a collection, the collection.
    pub fn of_class(&self, class: ClassRef) -> Option<DataModelId> {
        self.by_class.get(&class).copied()
    }

    pub fn schema(&self, class: ClassRef) -> Option<&Schema> {
        self.schema_by_class.get(&class).map(|&index| &self.schemas[index])
    }

    /// The model of a table, collection or class name that stands in a file: the one that lies nearest.
    pub fn named(&self, name: &str, from: FileId) -> Option<DataModelId> {
        self.named_except(name, from, None)
    }

    fn named_except(&self, name: &str, from: FileId, except: Option<DataModelId>) -> Option<DataModelId> {
        let found = self.by_name.get(&name.to_ascii_lowercase())?;
        let candidates = found.iter().copied().filter(|id| Some(*id) != except);
        // The first of those that are equally near.
        candidates
            .rev()
            .max_by_key(|id| self.nearness(from, self.get(*id).file))
    }

    fn nearness(&self, a: FileId, b: FileId) -> usize {
        if a == b {
            return usize::MAX;
        }
        match (self.folders.get(&a), self.folders.get(&b)) {
            (Some(a), Some(b)) => a.iter().zip(b).take_while(|(a, b)| a == b).count(),
            _ => 0,
        }
    }

    /// The model of a table that a call makes.
    pub(crate) fn of_call(&self, span: Span) -> Option<DataModelId> {
        self.by_call.get(&span).copied()
    }

    /// The collection or table of this name, made when it is not there yet.
    pub(crate) fn collection(&mut self, name: &str, library: &'static str, at: Span) -> DataModelId {
        let known = self
            .by_name
            .get(&name.to_ascii_lowercase())
            .cloned()
            .unwrap_or_default();
        let is_document = |id: &DataModelId| {
            let model = self.get(*id);
            model.source == ModelSource::Collection || model.table.as_deref() == Some(name)
        };
        if let Some(id) = known
            .into_iter()
            .filter(is_document)
            .max_by_key(|id| self.nearness(at.file, self.get(*id).file))
        {
            return id;
        }
        self.add(DataModel::of_table(name, at, ModelSource::Collection, library))
    }

    /// The rows that a variable holds.
    pub(crate) fn variable(&mut self, name: &str, library: &'static str, at: Span) -> DataModelId {
        self.add(DataModel::of_table(name, at, ModelSource::Variable, library))
    }

    /// Records that documents of a collection have a field.
    pub(crate) fn add_field(&mut self, id: DataModelId, name: &str, at: Span) {
        let model = &mut self.models[id.0 as usize];
        let is_new = !model.columns.iter().any(|column| column.name == name);
        if model.source.is_by_use() && is_new && !name.starts_with('$') {
            model.columns.push(Column::new(name, at));
        }
    }

    /// Records that documents of a collection are made of objects of a class.
    pub(crate) fn add_document_class(&mut self, id: DataModelId, class: ClassRef) {
        if !self.get(id).source.is_by_use() || self.by_class.get(&class).is_some_and(|known| *known != id) {
            return;
        }
        let fields: Vec<(String, Span, String)> = self
            .schema(class)
            .map(|schema| {
                schema
                    .fields
                    .iter()
                    .map(|field| (field.name.clone(), field.span, field.written_type.clone()))
                    .collect()
            })
            .unwrap_or_default();
        let model = &mut self.models[id.0 as usize];
        if model.document_classes.contains(&class) {
            return;
        }
        model.document_classes.push(class);
        for (name, span, written_type) in fields {
            if !model.columns.iter().any(|column| column.name == name) {
                let written_type = Some(written_type);
                model.columns.push(Column {
                    written_type,
                    ..Column::new(&name, span)
                });
            }
        }
        self.by_class.insert(class, id);
    }

    /// Says again who may own the collections, after their fields are known.
    pub(crate) fn settle_collections(&mut self, model: &Model<'_>) {
        links::describe_collections(model, self);
    }

    fn add(&mut self, model: DataModel) -> DataModelId {
        let id = DataModelId(self.models.len() as u32);
        if let Some(class) = model.class {
            self.by_class.insert(class, id);
        }
        let names = [Some(model.name.clone()), model.table.clone()];
        for name in names.into_iter().flatten() {
            let ids = self.by_name.entry(name.to_ascii_lowercase()).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        self.models.push(model);
        id
    }
}

impl DataModel {
    fn of_class(model: &Model<'_>, class: ClassRef, library: &DataLibrary) -> DataModel {
        let ast = model.ast(class.file);
        DataModel {
            name: model.class_name(class).to_owned(),
            span: Span::new(class.file, ast[class.id].name_range),
            file: class.file,
            source: ModelSource::Class,
            class: Some(class),
            document_classes: Vec::new(),
            library: library.name,
            table: None,
            columns: Vec::new(),
            relationships: Vec::new(),
            bases: Vec::new(),
            user_evidence: Vec::new(),
            owners: Vec::new(),
            parents: Vec::new(),
        }
    }

    fn of_table(name: &str, span: Span, source: ModelSource, library: &'static str) -> DataModel {
        DataModel {
            name: name.to_owned(),
            span,
            file: span.file,
            source,
            class: None,
            document_classes: Vec::new(),
            library,
            table: Some(name.to_owned()),
            columns: Vec::new(),
            relationships: Vec::new(),
            bases: Vec::new(),
            user_evidence: Vec::new(),
            owners: Vec::new(),
            parents: Vec::new(),
        }
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn relationship(&self, name: &str) -> Option<&Relationship> {
        self.relationships.iter().find(|relationship| relationship.name == name)
    }

    /// The column that may say whose a row is, with the best reason first.
    pub fn owner(&self, column: &str) -> Option<&OwnerColumn> {
        self.owners.iter().find(|owner| owner.column == column)
    }

    pub fn is_user(&self) -> bool {
        !self.user_evidence.is_empty()
    }

    /// Whether its rows are users who log in, or that a library makes so: more than a class of that name.
    pub fn holds_accounts(&self) -> bool {
        let is_name = |evidence: &UserEvidence| matches!(evidence, UserEvidence::ClassName | UserEvidence::TableName);
        !self.user_evidence.iter().all(is_name)
    }
}

impl Column {
    pub(crate) fn new(name: &str, span: Span) -> Column {
        Column {
            name: name.to_owned(),
            span,
            written_type: None,
            foreign_key: None,
            is_primary_key: false,
            is_nullable: None,
            is_unique: false,
        }
    }
}

/// The text of an expression, on one line.
fn written(model: &Model<'_>, expr: ExprRef) -> String {
    let text = &*model.written(expr);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
