//! Tables and their parts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AnyOrder, Inherited, Noun, Ordinal, QualifiedName, Sql, in_schema, is_default};
use crate::catalog::{Kind, ObjectId};

/// A table. Its columns, constraints, indexes and the rest are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Ordinary, partitioned by a key, or foreign.
    pub form: TableForm,
    /// Whether it survives a crash: false for UNLOGGED.
    pub logged: bool,
    /// Storage parameters such as `fillfactor=70`, those of its TOAST table with `toast.` before them.
    pub options: AnyOrder<String>,
    /// Parents by inheritance (not partitioning), in order.
    pub inherits: AnyOrder<QualifiedName>,
    /// The composite type of a typed table.
    pub of_type: Option<QualifiedName>,
    /// A table access method other than `heap`.
    pub access_method: Option<String>,
    /// A tablespace other than the database's.
    pub tablespace: Option<String>,
    /// Whether row security is on.
    pub row_security: bool,
    /// Whether row security binds the owner too.
    pub force_row_security: bool,
    /// `default`, `nothing`, `full` or the name of an index with a space before it.
    pub replica_identity: String,
    /// The index the table is clustered on.
    pub clustered_on: Option<String>,
}

/// What kind of table a table is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableForm {
    /// One that holds rows.
    Ordinary,
    /// One whose rows live in partitions, by a key such as `RANGE (at)`.
    Partitioned(Sql),
    /// One whose rows live on a foreign server.
    Foreign {
        /// The server.
        server: String,
        /// Options of the wrapper, `name=value`, sorted.
        #[serde(default, skip_serializing_if = "is_default")]
        options: Vec<String>,
    },
}

impl std::default::Default for Table {
    /// What a plain `CREATE TABLE` makes.
    fn default() -> Self {
        Self {
            form: TableForm::Ordinary,
            logged: true,
            options: AnyOrder(Vec::new()),
            inherits: AnyOrder(Vec::new()),
            of_type: None,
            access_method: None,
            tablespace: None,
            row_security: false,
            force_row_security: false,
            replica_identity: "default".into(),
            clustered_on: None,
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its place among the columns, from 1.
    pub ordinal: Ordinal,
    /// Its type as `format_type` spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// A collation other than the type's, schema-qualified and quoted.
    pub collation: Option<Sql>,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// What the constraint behind NOT NULL says beyond it, where it says anything (PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_null_as: NotNull,
    /// Numbers by itself.
    pub identity: Option<Identity>,
    /// Is computed from other columns.
    pub generated: Option<Generated>,
    /// A storage other than the type's: `plain`, `external`, `extended`, `main`.
    pub storage: Option<String>,
    /// `pglz` or `lz4`.
    pub compression: Option<String>,
    /// A statistics target other than the default.
    pub statistics: Option<i32>,
    /// Attribute options such as `n_distinct=5`.
    pub options: AnyOrder<String>,
    /// What a foreign table tells its wrapper of the column, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fdw_options: Vec<String>,
    /// Whether the column comes from a parent or a type alone, and is not declared here.
    pub inherited: Inherited,
}

impl Column {
    /// A plain nullable column of a type.
    pub fn of_type(type_: impl Into<String>, ordinal: u32) -> Self {
        Self {
            ordinal: Ordinal(ordinal),
            type_: type_.into(),
            collation: None,
            not_null: false,
            not_null_as: NotNull::default(),
            identity: None,
            generated: None,
            storage: None,
            compression: None,
            statistics: None,
            options: AnyOrder(Vec::new()),
            fdw_options: Vec::new(),
            inherited: Inherited(false),
        }
    }
}

/// What a not-null constraint says of itself; the default is what a plain `NOT NULL` makes.
#[derive(Debug, Clone, std::default::Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotNull {
    /// A name other than `table_column_not_null`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Whether existing rows may break it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_valid: bool,
    /// Whether children are exempt.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_inherit: bool,
}

/// The identity of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `ALWAYS`, or else `BY DEFAULT`.
    pub always: bool,
    /// The sequence inside.
    pub options: SequenceOptions,
}

/// How a sequence counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceOptions {
    /// First value.
    pub start: i64,
    /// Step.
    pub increment: i64,
    /// Lowest value.
    pub min: i64,
    /// Highest value.
    pub max: i64,
    /// How many values a session takes at once.
    pub cache: i64,
    /// Whether it begins again at the end.
    pub cycle: bool,
}

impl SequenceOptions {
    /// What PostgreSQL chooses for an ascending sequence of this type (`smallint`, `integer`, else `bigint`).
    pub fn of_type(data_type: &str) -> Self {
        let max = match data_type {
            "smallint" => i64::from(i16::MAX),
            "integer" => i64::from(i32::MAX),
            _ => i64::MAX,
        };
        Self { start: 1, increment: 1, min: 1, max, cache: 1, cycle: false }
    }
}

/// How a column is computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// The expression.
    pub expr: Sql,
    /// Whether the value is kept, or else computed when read (PostgreSQL 18).
    pub stored: bool,
}

/// The default of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Default {
    /// The expression.
    pub expr: Sql,
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// What it demands.
    pub body: ConstraintBody,
    /// Whether it can wait for the end of the transaction.
    pub deferrable: bool,
    /// Whether it does wait.
    pub initially_deferred: bool,
    /// Whether existing rows are known to satisfy it.
    pub valid: bool,
    /// Whether it comes from a parent alone, and is not declared here.
    pub inherited: Inherited,
    /// Whether nothing checks it (PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_enforced: bool,
}

impl Constraint {
    /// A constraint that is checked at once and holds for all rows.
    pub fn plain(body: ConstraintBody) -> Self {
        Self {
            body,
            deferrable: false,
            initially_deferred: false,
            valid: true,
            inherited: Inherited(false),
            not_enforced: false,
        }
    }
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ConstraintBody {
    /// A primary key.
    PrimaryKey {
        /// The key's columns.
        columns: Vec<String>,
        /// Columns carried in its index.
        include: Vec<String>,
        /// Storage parameters of its index.
        options: AnyOrder<String>,
        /// A tablespace of its index other than the database's.
        #[serde(default, skip_serializing_if = "is_default")]
        tablespace: Option<String>,
        /// Whether the last column is a range, and only overlapping ones are the same (PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    /// A unique constraint.
    Unique {
        /// The key's columns.
        columns: Vec<String>,
        /// Columns carried in its index.
        include: Vec<String>,
        /// Whether two NULLs are the same.
        nulls_not_distinct: bool,
        /// Storage parameters of its index.
        options: AnyOrder<String>,
        /// A tablespace of its index other than the database's.
        #[serde(default, skip_serializing_if = "is_default")]
        tablespace: Option<String>,
        /// Whether the last column is a range, and only overlapping ones are the same (PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    /// A check.
    Check {
        /// The condition.
        expr: Sql,
        /// Whether children are exempt.
        no_inherit: bool,
    },
    /// A foreign key.
    ForeignKey {
        /// The referencing columns.
        columns: Vec<String>,
        /// The referenced table: schema, then name.
        table: QualifiedName,
        /// The referenced columns.
        target: Vec<String>,
        /// How a partly-NULL key is taken.
        match_: Match,
        /// What happens on an update of the referenced key.
        on_update: Action,
        /// What happens on a delete of the referenced row.
        on_delete: Action,
        /// The columns that `SET NULL` or `SET DEFAULT` on delete touches; empty for all.
        on_delete_columns: Vec<String>,
        /// Whether the last column is a range that referenced rows must cover (PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        period: bool,
    },
    /// An exclusion constraint, or another one that the server spells whole.
    Definition(Sql),
}

/// How a foreign key takes a partly-NULL key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Any NULL satisfies it.
    Simple,
    /// All or none.
    Full,
}

/// What a foreign key does when the referenced row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Refuses at the end.
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Follows.
    Cascade,
    /// Sets NULL.
    SetNull,
    /// Sets the default.
    SetDefault,
}

/// An index that no constraint owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The table or materialized view; its schema is the index's own.
    pub table: String,
    /// Whether equal keys are refused.
    pub unique: bool,
    /// Whether two NULLs are the same.
    pub nulls_not_distinct: bool,
    /// `btree`, `hash`, `gin`, `gist`, `brin`, `spgist` or another access method.
    pub method: String,
    /// What it is on.
    pub keys: Vec<IndexKey>,
    /// Columns carried along.
    pub include: Vec<String>,
    /// Which rows it holds.
    pub predicate: Option<Sql>,
    /// Storage parameters.
    pub options: AnyOrder<String>,
    /// A tablespace other than the database's.
    pub tablespace: Option<String>,
    /// False for what a failed CONCURRENTLY left, or a partitioned index with parts missing.
    pub valid: bool,
    /// The partitioned index it is attached to: schema, then name.
    pub parent: Option<QualifiedName>,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexKey {
    /// The column it is on, unless it is on an expression.
    pub column: Option<String>,
    /// The expression it is on, with the parentheses it needs, unless it is on a column.
    pub expr: Option<Sql>,
    /// A collation other than the column's, schema-qualified and quoted.
    pub collation: Option<Sql>,
    /// An operator class other than the default, or with parameters; schema-qualified and quoted.
    pub opclass: Option<Sql>,
    /// Whether it runs downwards.
    pub descending: bool,
    /// Whether NULLs come first.
    pub nulls_first: bool,
    /// A statistics target of an expression.
    pub statistics: Option<i32>,
}

/// The attachment of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// The parent: schema, then name.
    pub parent: QualifiedName,
    /// `FOR VALUES …` or `DEFAULT`.
    pub bound: Sql,
}

/// Names a column: schema, table, column.
pub type ColumnRef = [String; 3];

fn columns_of<'a>(
    table: &'a ObjectId,
    names: impl IntoIterator<Item = &'a String> + 'a,
) -> impl Iterator<Item = ObjectId> + 'a {
    names.into_iter().map(|name| table.child(Kind::Column, name))
}

impl Noun for Table {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let parents = self.inherits.iter().map(|parent| ObjectId::new(Kind::Table, parent.clone()));
        let of_type = self.of_type.iter().map(|of| ObjectId::new(Kind::Composite, of.clone()));
        let server = match &self.form {
            TableForm::Foreign { server, .. } => Some(ObjectId::new(Kind::Server, [server.as_str()])),
            TableForm::Ordinary | TableForm::Partitioned(_) => None,
        };
        in_schema(id).into_iter().chain(parents).chain(of_type).chain(server).collect()
    }
}

impl Noun for Column {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Table, 2)])
    }
}

impl Noun for Default {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.as_kind(Kind::Column)])
    }
}

impl Noun for Constraint {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let table = id.ancestor(Kind::Table, 2);
        let mut needed = BTreeSet::from([table.clone()]);
        match &self.body {
            ConstraintBody::PrimaryKey { columns, include, .. }
            | ConstraintBody::Unique { columns, include, .. } => {
                needed.extend(columns_of(&table, columns.iter().chain(include)));
            }
            ConstraintBody::ForeignKey { columns, table: other, target, .. } => {
                let other = ObjectId::new(Kind::Table, other.clone());
                needed.extend(columns_of(&table, columns));
                needed.extend(columns_of(&other, target));
            }
            ConstraintBody::Check { .. } | ConstraintBody::Definition(_) => {}
        }
        needed
    }
}

impl Noun for Index {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let table = ObjectId::new(Kind::Table, [id.schema(), &self.table]);
        let keys = self.keys.iter().filter_map(|key| key.column.as_ref());
        let mut needed: BTreeSet<_> = columns_of(&table, keys.chain(&self.include)).collect();
        needed.extend(self.parent.iter().map(|parent| ObjectId::new(Kind::Index, parent.clone())));
        needed.insert(table.clone());
        needed
    }
}

impl Noun for Partition {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let parent = ObjectId::new(Kind::Table, self.parent.clone());
        BTreeSet::from([id.as_kind(Kind::Table), parent])
    }
}
