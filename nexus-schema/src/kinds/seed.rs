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
    /// What becomes of the row where a database has it otherwise than it was declared last.
    #[serde(default, skip_serializing_if = "SeedPolicy::is_default")]
    pub policy: SeedPolicy,
}

/// What becomes of rows that somebody has edited, and of rows that are declared no more: equal to every other, because
/// it is no part of the row.
#[derive(Debug, Clone, Copy, Default, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedPolicy {
    /// What becomes of a row that somebody has edited.
    pub on_edit: OnEdit,
    /// What becomes of a row that is declared no more.
    pub delete: OnRemoval,
}

impl SeedPolicy {
    fn is_default(&self) -> bool {
        let Self { on_edit, delete } = self;
        (*on_edit, *delete) == Default::default()
    }
}

impl PartialEq for SeedPolicy {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What becomes of a row that is neither as it was declared last nor as it is declared now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnEdit {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes what is declared.
    Overwrite,
    /// The migration fails.
    Fail,
}

/// What becomes of a row that is declared no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRemoval {
    /// It stays.
    Never,
    /// It goes, unless somebody has edited it.
    #[default]
    Unchanged,
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
