//! MongoEngine, <https://docs.mongoengine.org>.

use super::data::*;

pub(super) const MONGOENGINE: DataLibrary = DataLibrary {
    name: "MongoEngine",
    modules: &["mongoengine"],
    bases: &[
        ModelBase {
            name: "Document",
            table: TableRule::Every,
        },
        ModelBase {
            name: "DynamicDocument",
            table: TableRule::Every,
        },
        ModelBase {
            name: "EmbeddedDocument",
            table: TableRule::Embedded,
        },
    ],
    fields: &[
        ("ReferenceField", FieldKind::Reference),
        ("LazyReferenceField", FieldKind::Reference),
        ("CachedReferenceField", FieldKind::Reference),
        ("*Field", FieldKind::Column),
    ],
    // `Task.objects(owner=user)`
    on_model: &[access("objects", Takes::Conditions, Operation::ReadMany)],
    on_object: &[
        access("save", Takes::Nothing, Operation::Save),
        access("update", Takes::Nothing, Operation::Update),
        access("modify", Takes::Nothing, Operation::Update),
        access("delete", Takes::Nothing, Operation::Delete),
        access("reload", Takes::Nothing, Operation::Refresh),
    ],
    managers: &["objects"],
    ..NOTHING
};
