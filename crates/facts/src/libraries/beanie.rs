//! Beanie, <https://beanie-odm.dev>.

use super::data::*;

pub(super) const BEANIE: DataLibrary = DataLibrary {
    name: "Beanie",
    modules: &["beanie", "fastapi_users_db_beanie"],
    bases: &[
        ModelBase {
            name: "Document",
            table: TableRule::Every,
        },
        ModelBase {
            name: "DocumentWithSoftDelete",
            table: TableRule::Every,
        },
    ],
    fields: &[
        ("Field", FieldKind::Column),
        ("Indexed", FieldKind::Column),
        ("PrivateAttr", FieldKind::Other),
    ],
    user_bases: &["BeanieBaseUser", "BeanieBaseUserDocument"],
    on_model: &[
        access("find", Takes::Conditions, Operation::ReadMany),
        access("find_many", Takes::Conditions, Operation::ReadMany),
        access("find_all", Takes::Nothing, Operation::ReadMany),
        access("all", Takes::Nothing, Operation::ReadMany),
        access("find_one", Takes::Conditions, Operation::ReadOne),
        access("get", Takes::Key, Operation::ReadOne),
        access("count", Takes::Nothing, Operation::Count),
        access("aggregate", Takes::Pipeline, Operation::ReadMany),
        access("insert_one", Takes::Object, Operation::Insert),
        access("insert_many", Takes::Object, Operation::Insert),
        access("delete_all", Takes::Nothing, Operation::Delete),
        access("update_all", Takes::Nothing, Operation::Update),
    ],
    on_object: &[
        access("insert", Takes::Nothing, Operation::Insert),
        access("create", Takes::Nothing, Operation::Insert),
        access("save", Takes::Nothing, Operation::Save),
        access("save_changes", Takes::Nothing, Operation::Update),
        access("replace", Takes::Nothing, Operation::Update),
        access("update", Takes::Nothing, Operation::Update),
        access("set", Takes::Nothing, Operation::Update),
        access("delete", Takes::Nothing, Operation::Delete),
        access("sync", Takes::Nothing, Operation::Refresh),
    ],
    ..NOTHING
};
