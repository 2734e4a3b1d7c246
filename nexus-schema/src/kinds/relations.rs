//! Relations that are not tables: sequences, views, materialized views.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AnyOrder, ColumnRef, Noun, SequenceOptions, Sql, in_schema, is_default};
use crate::catalog::{Kind, ObjectId};

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// Start, step, bounds, cache and cycle.
    pub options: SequenceOptions,
    /// Whether it survives a crash: false for UNLOGGED.
    pub logged: bool,
    /// The column that it is dropped with.
    pub owned_by: Option<ColumnRef>,
}

impl Noun for Sequence {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        // The owning column often needs the sequence for its default: ownership is a later step, not an edge.
        in_schema(id)
    }
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The names and types of its columns in their order.
    pub columns: Vec<ViewColumn>,
    /// Options such as `security_invoker=true`.
    pub options: AnyOrder<String>,
    /// The query without a closing semicolon.
    pub query: Sql,
}

/// A column of a view, as the server derived it from the query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// Its type as `format_type` spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// A default of its own (`ALTER VIEW … SET DEFAULT`).
    pub default: Option<Sql>,
}

/// A materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterializedView {
    /// The names and types of its columns in their order.
    pub columns: Vec<ViewColumn>,
    /// Storage parameters.
    pub options: AnyOrder<String>,
    /// The query without a closing semicolon.
    pub query: Sql,
    /// Whether it holds rows.
    pub populated: bool,
    /// A table access method other than `heap`.
    pub access_method: Option<String>,
    /// A tablespace other than the database's.
    pub tablespace: Option<String>,
    /// The index it is clustered on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clustered_on: Option<String>,
    /// `nothing`, `full` or the name of an index with a space before it, where it is not the default.
    #[serde(default, skip_serializing_if = "is_default")]
    pub replica_identity: Option<String>,
    /// How columns are kept, for those of which anything is said; by name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Vec<ColumnSettings>,
}

/// How a column of a materialized view is kept.
#[derive(Debug, Clone, std::default::Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSettings {
    /// The column.
    pub column: String,
    /// A storage other than the type's.
    pub storage: Option<String>,
    /// `pglz` or `lz4`.
    pub compression: Option<String>,
    /// A statistics target other than the default.
    pub statistics: Option<i32>,
    /// Attribute options such as `n_distinct=5`, sorted.
    pub options: Vec<String>,
}

impl Noun for View {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Schema, 1)])
    }
}

impl Noun for MaterializedView {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Schema, 1)])
    }
}
