//! Models and the queries over them, found together when they are first asked for.

use semantic::Model;

use crate::Facts;
use crate::models::DataModels;
use crate::models::classes::Classes;
use crate::queries::{self, Queries};
use crate::settings::Settings;

/// What a project stores, and where it reads and changes it.
#[derive(Debug, Default)]
pub struct Data {
    pub models: DataModels,
    pub queries: Queries,
}

impl Data {
    pub(crate) fn new(model: &Model<'_>, settings: &Settings) -> Data {
        let classes = Classes::new(model);
        let models = DataModels::new(model, &classes, settings);
        let (models, queries) = queries::find(model, &classes, models);
        Data { models, queries }
    }
}

impl Facts<'_> {
    /// Models, schemas and queries.
    pub fn data(&self) -> &Data {
        self.data.get_or_init(|| Data::new(&self.model, &self.settings))
    }
}
