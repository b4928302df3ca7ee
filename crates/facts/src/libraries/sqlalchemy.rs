//! SQLAlchemy, <https://docs.sqlalchemy.org>: Core, the classic ORM and 2.0.

use super::data::*;

pub(super) const SQLALCHEMY: DataLibrary = DataLibrary {
    name: "SQLAlchemy",
    modules: &[
        "sqlalchemy",
        "fastapi_users_db_sqlalchemy",
        "fastapi_sqlalchemy",
        "sqlalchemy_utils",
        "geoalchemy2",
    ],
    bases: &[
        named("DeclarativeBase"),
        named("DeclarativeBaseNoMeta"),
        named("declarative_base()"),
        named("generate_base()"),
        named("automap_base()"),
    ],
    fields: FIELDS,
    user_bases: &[
        "SQLAlchemyBaseUserTable",
        "SQLAlchemyBaseUserTableUUID",
        "SQLAlchemyBaseUserTableUUID()",
    ],
    functions: FUNCTIONS,
    session: SESSION,
    managers: &["query"],
    ..NOTHING
};

const fn named(name: &'static str) -> ModelBase {
    ModelBase {
        name,
        table: TableRule::Named,
    }
}

pub(super) const FIELDS: &[(&str, FieldKind)] = &[
    ("Column", FieldKind::Column),
    ("mapped_column", FieldKind::Column),
    ("deferred", FieldKind::Column),
    ("relationship", FieldKind::Relationship),
    ("relation", FieldKind::Relationship),
    ("dynamic_loader", FieldKind::Relationship),
    ("association_proxy", FieldKind::Other),
    ("column_property", FieldKind::Other),
    ("composite", FieldKind::Other),
    ("synonym", FieldKind::Other),
    ("hybrid_property", FieldKind::Other),
    ("query_expression", FieldKind::Other),
];

pub(super) const FUNCTIONS: &[Access] = &[
    access("select", Takes::Models, Operation::ReadMany),
    access("exists", Takes::Models, Operation::Exists),
    access("update", Takes::Models, Operation::Update),
    access("delete", Takes::Models, Operation::Delete),
    access("insert", Takes::Models, Operation::Insert),
];

pub(super) const SESSION: &[Access] = &[
    access("query", Takes::Models, Operation::ReadMany),
    access("exec", Takes::Statement, Operation::ReadMany),
    access("execute", Takes::Statement, Operation::ReadMany),
    access("scalars", Takes::Statement, Operation::ReadMany),
    access("scalar", Takes::Statement, Operation::ReadOne),
    access("stream", Takes::Statement, Operation::ReadMany),
    access("stream_scalars", Takes::Statement, Operation::ReadMany),
    access("exec_driver_sql", Takes::Statement, Operation::ReadMany),
    access("get", Takes::ModelAndKey, Operation::ReadOne),
    access("get_one", Takes::ModelAndKey, Operation::ReadOne),
    access("add", Takes::Object, Operation::Save),
    access("add_all", Takes::Object, Operation::Save),
    access("bulk_save_objects", Takes::Object, Operation::Save),
    access("merge", Takes::Object, Operation::Save),
    access("delete", Takes::Object, Operation::Delete),
    access("refresh", Takes::Object, Operation::Refresh),
];
