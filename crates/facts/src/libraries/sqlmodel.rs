//! SQLModel, <https://sqlmodel.tiangolo.com>: SQLAlchemy's functions beside models that are pydantic classes.

use super::data::*;
use super::sqlalchemy;

pub(super) const SQLMODEL: DataLibrary = DataLibrary {
    name: "SQLModel",
    modules: &["sqlmodel"],
    bases: &[ModelBase {
        name: "SQLModel",
        table: TableRule::Keyword,
    }],
    fields: &[
        ("Field", FieldKind::Column),
        ("Column", FieldKind::Column),
        ("mapped_column", FieldKind::Column),
        ("Relationship", FieldKind::Relationship),
        ("relationship", FieldKind::Relationship),
        ("PrivateAttr", FieldKind::Other),
    ],
    functions: sqlalchemy::FUNCTIONS,
    session: sqlalchemy::SESSION,
    ..NOTHING
};
