//! MongoDB without models: Motor, PyMongo.

use super::data::*;

pub(super) const MONGO: DataLibrary = DataLibrary {
    name: "MongoDB",
    modules: &["motor", "pymongo", "mongomock", "mongomock_motor"],
    on_collection: &[
        access("find", Takes::Filter, Operation::ReadMany),
        access("find_one", Takes::Filter, Operation::ReadOne),
        access("count_documents", Takes::Filter, Operation::Count),
        access("estimated_document_count", Takes::Nothing, Operation::Count),
        access("distinct", Takes::FieldAndFilter, Operation::ReadMany),
        access("aggregate", Takes::Pipeline, Operation::ReadMany),
        access("insert_one", Takes::Documents, Operation::Insert),
        access("insert_many", Takes::Documents, Operation::Insert),
        access("update_one", Takes::FilterAndUpdate, Operation::Update),
        access("update_many", Takes::FilterAndUpdate, Operation::Update),
        access("replace_one", Takes::FilterAndUpdate, Operation::Update),
        access("find_one_and_update", Takes::FilterAndUpdate, Operation::Update),
        access("find_one_and_replace", Takes::FilterAndUpdate, Operation::Update),
        access("find_one_and_delete", Takes::Filter, Operation::Delete),
        access("delete_one", Takes::Filter, Operation::Delete),
        access("delete_many", Takes::Filter, Operation::Delete),
    ],
    ..NOTHING
};

/// Methods that nothing but a collection has: no further evidence is needed.
pub(crate) fn is_certain(method: &str) -> bool {
    !matches!(method, "find" | "distinct" | "aggregate")
}

/// Methods of a database that give a collection by its name.
pub(crate) fn collection_getter(method: &str) -> bool {
    matches!(method, "get_collection" | "collection" | "with_options")
}
