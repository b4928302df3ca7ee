//! What libraries that store data call things: bases of models, functions that declare columns, functions and
//! methods that read and change rows.

use super::{beanie, mongo, mongoengine, odmantic, sql_drivers, sqlalchemy, sqlalchemy_crud_plus, sqlmodel, tortoise};

/// Every library for data that is known.
pub const DATA_LIBRARIES: &[&DataLibrary] = &[
    &sqlmodel::SQLMODEL,
    &sqlalchemy::SQLALCHEMY,
    &tortoise::TORTOISE,
    &beanie::BEANIE,
    &odmantic::ODMANTIC,
    &mongoengine::MONGOENGINE,
    &mongo::MONGO,
    &sql_drivers::SQL_DRIVERS,
    &sqlalchemy_crud_plus::SQLALCHEMY_CRUD_PLUS,
];

/// A library that stores data.
#[derive(Debug, PartialEq, Eq)]
pub struct DataLibrary {
    /// As people call it.
    pub name: &'static str,
    /// First segments of the paths under which its names are imported.
    pub modules: &'static [&'static str],
    /// Classes, or functions that make classes, whose subclasses are models.
    pub bases: &'static [ModelBase],
    /// Functions that declare a member of a model.
    pub fields: &'static [(&'static str, FieldKind)],
    /// Classes that have the columns of a user's account.
    pub user_bases: &'static [&'static str],
    /// Functions that begin a statement: `select(Task)`.
    pub functions: &'static [Access],
    /// Methods of sessions, engines, connections.
    pub session: &'static [Access],
    /// Methods of the model class: `Task.filter(…)`.
    pub on_model: &'static [Access],
    /// Methods of one row: `task.delete()`.
    pub on_object: &'static [Access],
    /// Methods of a collection of documents: `db["tasks"].find_one({…})`.
    pub on_collection: &'static [Access],
    /// Methods that a class inherits from a generic repository of the library.
    pub on_repository: &'static [Access],
    /// Attributes of the model class that hold its queries: `Task.objects`.
    pub managers: &'static [&'static str],
}

/// Nothing at all: tables of libraries name what they have.
pub const NOTHING: DataLibrary = DataLibrary {
    name: "",
    modules: &[],
    bases: &[],
    fields: &[],
    user_bases: &[],
    functions: &[],
    session: &[],
    on_model: &[],
    on_object: &[],
    on_collection: &[],
    on_repository: &[],
    managers: &[],
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelBase {
    /// The last segment of its path.
    pub name: &'static str,
    pub table: TableRule,
}

/// Which subclasses of a base hold rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableRule {
    /// Those with `table=True`; the others are schemas.
    Keyword,
    /// Those that name a table, here or in a base.
    Named,
    /// All that are not declared abstract.
    Every,
    /// None: parts of other documents.
    Embedded,
}

/// What the member of a model is that a function declares. A name of `*Field` stands for every name that ends so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Column,
    /// Rows of another model, without a column of its own.
    Relationship,
    /// Rows of another model, with a column called `<name>_id`.
    ForeignKey,
    /// The other model's key in a column of this name.
    Reference,
    /// Neither.
    Other,
}

/// One function or method that reaches data.
#[derive(Debug, PartialEq, Eq)]
pub struct Access {
    pub name: &'static str,
    pub takes: Takes,
    pub operation: Operation,
}

pub(crate) const fn access(name: &'static str, takes: Takes, operation: Operation) -> Access {
    Access { name, takes, operation }
}

/// What the arguments of an access are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Models or columns.
    Models,
    /// A model and the primary key of a row.
    ModelAndKey,
    /// A model, then conditions.
    ModelAndConditions,
    /// The primary key of a row.
    Key,
    /// Conditions by position, and columns by keyword.
    Conditions,
    /// Columns by keyword are what is stored.
    Values,
    /// A statement or SQL text, then its parameters.
    Statement,
    /// A row, or a list of rows.
    Object,
    /// A dictionary of conditions.
    Filter,
    /// A dictionary of conditions, then one of changes.
    FilterAndUpdate,
    /// A document, or a list of documents.
    Documents,
    /// A list of stages.
    Pipeline,
    /// A field name, then a dictionary of conditions.
    FieldAndFilter,
    /// A session, then the primary key of a row.
    SessionAndKey,
    /// A session, then the primary key, then what is stored.
    SessionKeyAndValues,
    /// A session, then conditions.
    SessionAndConditions,
    /// A session, then what is stored.
    SessionAndValues,
    Nothing,
}

/// What an access does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    ReadOne,
    ReadMany,
    /// A count, sum or other figure over rows.
    Count,
    /// Whether there are rows.
    Exists,
    Insert,
    /// Inserted, or changed where it is there already.
    Save,
    Update,
    Delete,
    /// A row that is already there is read again.
    Refresh,
}

/// A method of a query or of its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Conditions by position, and columns by keyword: all of them hold.
    Conditions,
    /// None of the conditions holds.
    Exclude,
    /// What is stored, by keyword or dictionary; for a query, columns to read.
    Values,
    Join,
    Order,
    Limit,
    Offset,
    /// A further model.
    From,
    /// Relationships that are loaded with the rows.
    Load,
    /// The rows themselves instead of tuples of one row.
    Rows,
    /// The row with this primary key, or these columns.
    Key,
    Fetch(Fetch),
    /// Every row of the query is changed.
    Update,
    /// Every row of the query is deleted.
    Delete,
    /// Values of named parameters in SQL text.
    Parameters,
    /// A yes or no, used in another query.
    Exists,
    /// Nothing that matters here.
    Keep,
}

/// How rows are taken from a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    First,
    /// Raises, or may raise, when there are none or several.
    One,
    All,
    /// The first column of the first row.
    Scalar,
    Count,
    Exists,
}

/// Whether a method raises where there is no row.
pub(crate) fn raises_without_rows(method: &str, library: &str) -> bool {
    matches!(
        method,
        "one" | "scalar_one" | "get_one" | "get_or_404" | "first_or_404" | "get_or_raise"
    ) || method == "get" && library == "Tortoise ORM"
}

/// Methods of queries and results, in whatever library.
pub(crate) const STEPS: &[(&str, Step)] = &[
    ("where", Step::Conditions),
    ("filter", Step::Conditions),
    ("filter_by", Step::Conditions),
    ("find", Step::Conditions),
    ("find_many", Step::Conditions),
    ("having", Step::Keep),
    ("exclude", Step::Exclude),
    ("values", Step::Values),
    ("values_list", Step::Keep),
    ("set", Step::Update),
    ("join", Step::Join),
    ("outerjoin", Step::Join),
    ("join_from", Step::Join),
    ("select_from", Step::From),
    ("order_by", Step::Order),
    ("sort", Step::Order),
    ("limit", Step::Limit),
    ("offset", Step::Offset),
    ("skip", Step::Offset),
    ("options", Step::Load),
    ("prefetch_related", Step::Load),
    ("select_related", Step::Load),
    ("scalars", Step::Rows),
    ("mappings", Step::Rows),
    ("tuples", Step::Rows),
    ("unique", Step::Rows),
    ("partitions", Step::Rows),
    ("get", Step::Key),
    ("get_or_none", Step::Key),
    ("first", Step::Fetch(Fetch::First)),
    ("first_or_none", Step::Fetch(Fetch::First)),
    ("find_one", Step::Conditions),
    ("fetchone", Step::Fetch(Fetch::First)),
    ("fetchall", Step::Fetch(Fetch::All)),
    ("fetchmany", Step::Fetch(Fetch::All)),
    ("one", Step::Fetch(Fetch::One)),
    ("one_or_none", Step::Fetch(Fetch::One)),
    ("scalar_one", Step::Fetch(Fetch::One)),
    ("scalar_one_or_none", Step::Fetch(Fetch::One)),
    ("scalar", Step::Fetch(Fetch::Scalar)),
    ("all", Step::Fetch(Fetch::All)),
    ("to_list", Step::Fetch(Fetch::All)),
    ("count", Step::Fetch(Fetch::Count)),
    ("exists", Step::Exists),
    ("update", Step::Update),
    ("delete", Step::Delete),
    ("bindparams", Step::Parameters),
    ("params", Step::Parameters),
    ("alias", Step::Keep),
    ("as_scalar", Step::Keep),
    ("cte", Step::Keep),
    ("correlate", Step::Keep),
    ("distinct", Step::Keep),
    ("execution_options", Step::Keep),
    ("group_by", Step::Keep),
    ("on_conflict_do_nothing", Step::Keep),
    ("on_conflict_do_update", Step::Keep),
    ("populate_existing", Step::Keep),
    ("project", Step::Keep),
    ("returning", Step::Keep),
    ("scalar_subquery", Step::Keep),
    ("subquery", Step::Keep),
    ("union", Step::Keep),
    ("union_all", Step::Keep),
    ("using_db", Step::Keep),
    ("with_entities", Step::Keep),
    ("with_for_update", Step::Keep),
    ("with_only_columns", Step::Keep),
    ("with_session", Step::Keep),
    ("yield_per", Step::Keep),
    ("select_for_update", Step::Keep),
    ("annotate", Step::Keep),
];

/// The step that a method of a query is.
pub(crate) fn step(name: &str) -> Option<Step> {
    STEPS.iter().find(|(known, _)| *known == name).map(|(_, step)| *step)
}

impl DataLibrary {
    /// Whether a path from outside is of this library.
    pub(crate) fn has_path(&self, path: &str) -> bool {
        let first = path.split(['.', '(']).next().unwrap_or_default();
        self.modules.contains(&first)
    }

    /// What a function that declares a member makes of it.
    pub(crate) fn field(&self, name: &str) -> Option<FieldKind> {
        let exact = self.fields.iter().find(|(known, _)| *known == name);
        let pattern = || {
            let ends = |known: &str| known.strip_prefix('*').is_some_and(|end| name.ends_with(end));
            self.fields.iter().find(|(known, _)| ends(known))
        };
        exact.or_else(pattern).map(|(_, kind)| *kind)
    }
}

/// Methods of a manager: `Task.objects.get(…)`, `Task.query.filter_by(…)`.
pub(crate) const MANAGER: &[Access] = &[
    access("all", Takes::Nothing, Operation::ReadMany),
    access("filter", Takes::Conditions, Operation::ReadMany),
    access("filter_by", Takes::Conditions, Operation::ReadMany),
    access("exclude", Takes::Conditions, Operation::ReadMany),
    access("order_by", Takes::Nothing, Operation::ReadMany),
    access("get", Takes::Conditions, Operation::ReadOne),
    access("get_or_none", Takes::Conditions, Operation::ReadOne),
    access("first", Takes::Conditions, Operation::ReadOne),
    access("count", Takes::Conditions, Operation::Count),
    access("exists", Takes::Conditions, Operation::Exists),
    access("create", Takes::Values, Operation::Insert),
];
