//! A row of default data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Noun, Ordinal};
use crate::catalog::{Kind, ObjectId};

/// A row that belongs to the schema: found by its key, inserted if missing, updated if it differs.
///
/// Values are the texts PostgreSQL prints for them; `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The columns of the key, in the order of the values in the id.
    pub key: Vec<String>,
    /// Columns kept equal to these values, the key's included.
    pub values: BTreeMap<String, Option<String>>,
    /// Columns given a value only when the row is first inserted, such as a derived id.
    pub on_insert: OnInsert,
    /// Where the row stands among the rows of its table.
    pub ordinal: Ordinal,
}

/// Values that only a new row gets: equal to every other, because an existing row keeps its own.
#[derive(Debug, Clone, Default, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OnInsert(pub BTreeMap<String, String>);

impl PartialEq for OnInsert {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Noun for Seed {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        let columns = self.values.keys().chain(self.on_insert.0.keys());
        columns.map(|column| table.child(Kind::Column, column)).collect()
    }
}
