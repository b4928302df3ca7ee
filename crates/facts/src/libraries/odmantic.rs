//! ODMantic, <https://art049.github.io/odmantic>.

use super::data::*;

pub(super) const ODMANTIC: DataLibrary = DataLibrary {
    name: "ODMantic",
    modules: &["odmantic"],
    bases: &[
        ModelBase {
            name: "Model",
            table: TableRule::Every,
        },
        ModelBase {
            name: "EmbeddedModel",
            table: TableRule::Embedded,
        },
    ],
    fields: &[("Field", FieldKind::Column), ("Reference", FieldKind::Reference)],
    session: &[
        access("find", Takes::ModelAndConditions, Operation::ReadMany),
        access("find_one", Takes::ModelAndConditions, Operation::ReadOne),
        access("count", Takes::ModelAndConditions, Operation::Count),
        access("remove", Takes::ModelAndConditions, Operation::Delete),
        access("save", Takes::Object, Operation::Save),
        access("save_all", Takes::Object, Operation::Save),
        access("delete", Takes::Object, Operation::Delete),
    ],
    ..NOTHING
};
