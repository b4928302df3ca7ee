//! Tortoise ORM, <https://tortoise.github.io>.

use super::data::*;

pub(super) const TORTOISE: DataLibrary = DataLibrary {
    name: "Tortoise ORM",
    modules: &["tortoise", "fastapi_users_db_tortoise", "fastapi_users_tortoise"],
    bases: &[ModelBase {
        name: "Model",
        table: TableRule::Every,
    }],
    fields: &[
        ("ForeignKeyField", FieldKind::ForeignKey),
        ("OneToOneField", FieldKind::ForeignKey),
        ("ManyToManyField", FieldKind::Relationship),
        ("*Field", FieldKind::Column),
    ],
    user_bases: &["TortoiseBaseUserModel", "TortoiseBaseUserAccountModel"],
    on_model: &[
        access("all", Takes::Nothing, Operation::ReadMany),
        access("filter", Takes::Conditions, Operation::ReadMany),
        access("exclude", Takes::Conditions, Operation::ReadMany),
        access("first", Takes::Conditions, Operation::ReadOne),
        access("get", Takes::Conditions, Operation::ReadOne),
        access("get_or_none", Takes::Conditions, Operation::ReadOne),
        access("get_or_create", Takes::Conditions, Operation::Save),
        access("update_or_create", Takes::Conditions, Operation::Save),
        access("exists", Takes::Conditions, Operation::Exists),
        access("in_bulk", Takes::Key, Operation::ReadMany),
        access("create", Takes::Values, Operation::Insert),
        access("bulk_create", Takes::Object, Operation::Insert),
        access("bulk_update", Takes::Object, Operation::Update),
    ],
    on_object: &[
        access("save", Takes::Nothing, Operation::Save),
        access("delete", Takes::Nothing, Operation::Delete),
        access("refresh_from_db", Takes::Nothing, Operation::Refresh),
    ],
    ..NOTHING
};
