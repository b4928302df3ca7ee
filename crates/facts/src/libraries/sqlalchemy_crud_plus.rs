//! sqlalchemy-crud-plus, <https://github.com/fastapi-practices/sqlalchemy-crud-plus>: a generic repository.

use super::data::*;

pub(super) const SQLALCHEMY_CRUD_PLUS: DataLibrary = DataLibrary {
    name: "sqlalchemy-crud-plus",
    modules: &["sqlalchemy_crud_plus"],
    on_repository: &[
        access("select_model", Takes::SessionAndKey, Operation::ReadOne),
        access(
            "select_model_by_column",
            Takes::SessionAndConditions,
            Operation::ReadOne,
        ),
        access("select_models", Takes::SessionAndConditions, Operation::ReadMany),
        access("select_models_order", Takes::SessionAndConditions, Operation::ReadMany),
        access("select", Takes::Conditions, Operation::ReadMany),
        access("select_order", Takes::SessionAndConditions, Operation::ReadMany),
        access("count", Takes::SessionAndConditions, Operation::Count),
        access("exists", Takes::SessionAndConditions, Operation::Exists),
        access("create_model", Takes::SessionAndValues, Operation::Insert),
        access("create_models", Takes::SessionAndValues, Operation::Insert),
        access("bulk_create_models", Takes::SessionAndValues, Operation::Insert),
        access("update_model", Takes::SessionKeyAndValues, Operation::Update),
        access("update_model_by_column", Takes::SessionAndConditions, Operation::Update),
        access("delete_model", Takes::SessionAndKey, Operation::Delete),
        access("delete_model_by_column", Takes::SessionAndConditions, Operation::Delete),
    ],
    ..NOTHING
};
