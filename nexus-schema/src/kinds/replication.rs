//! What a database tells others, and takes from them: publications with their members, and subscriptions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, is_default};
use crate::catalog::{Kind, ObjectId};

/// A publication. Its tables and schemas are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Whether it has every table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub all_tables: bool,
    /// `insert`, `update`, `delete`, `truncate`, in this order.
    pub publish: Vec<String>,
    /// Whether changes of partitions are told as the root's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub via_root: bool,
    /// Which generated columns are told, if any: `stored` (PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub generated_columns: Option<String>,
}

impl Default for Publication {
    fn default() -> Self {
        let publish = ["insert", "update", "delete", "truncate"].map(String::from).to_vec();
        Self { all_tables: false, publish, via_root: false, generated_columns: None }
    }
}

impl Noun for Publication {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// A table of a publication; its path is the publication's name and the table's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationTable {
    /// The columns that are told; all if empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: Vec<String>,
    /// Which rows are told.
    #[serde(rename = "where", default, skip_serializing_if = "is_default")]
    pub filter: Option<Sql>,
}

impl Noun for PublicationTable {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let table = ObjectId::new(Kind::Table, id.path().iter().skip(1).map(String::as_str));
        let columns = self.columns.iter().map(|column| table.child(Kind::Column, column));
        columns.chain([id.ancestor(Kind::Publication, 1), table.clone()]).collect()
    }
}

/// A schema of a publication; its path is the publication's name and the schema's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationSchema {}

impl Noun for PublicationSchema {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Publication, 1), ObjectId::new(Kind::Schema, [id.name()])])
    }
}

/// A subscription. Making one never connects; passwords are never read, kept or compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Where it connects to, without passwords.
    pub connection: String,
    /// The publications it takes, sorted.
    pub publications: Vec<String>,
    /// Options other than the defaults, `name=value`, sorted, `slot_name` among them; `streaming` always, because its
    /// default is not the same everywhere. Whether it is enabled is no part of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<String>,
}

impl Noun for Subscription {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}
