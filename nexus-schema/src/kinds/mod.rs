//! What each kind of object *is*: one struct a kind, with the edges that follow from its own fields.
//!
//! Field names are the columns of the kind's catalog query in nexus-migrate; two values are equal
//! exactly when no DDL is needed to turn one into the other. What a kind *does* lives in nexus-migrate.

mod database;
mod facets;
mod foreign;
mod operators;
mod programs;
mod relations;
mod replication;
mod seed;
mod table;
mod text_search;
mod types;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use database::{AccessMethod, EventTrigger, Language, Membership, Raw, Role, SecurityLabel, Setting};
pub use facets::{Comment, DefaultPrivilege, Extension, ExtensionDependency, Grant, Owner, Schema};
pub use foreign::{ForeignDataWrapper, Server, UserMapping};
pub use operators::{
    BaseType, Cast, Conversion, Operator, OperatorClass, OperatorFamily, ShellType, Transform,
};
pub use programs::{Aggregate, Body, Function, Policy, Routine, Rule, Statistics, Trigger, Volatility};
pub use relations::{ColumnSettings, MaterializedView, Sequence, View, ViewColumn};
pub use replication::{Publication, PublicationSchema, PublicationTable, Subscription};
pub use seed::{OnEdit, OnInsert, OnRemoval, Seed, SeedPolicy};
pub use table::{
    Action, Column, ColumnRef, Constraint, ConstraintBody, Default, Generated, Identity, Index, IndexKey,
    Match, NotNull, Partition, SequenceOptions, Table, TableForm,
};
pub use text_search::{TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate};
pub use types::{Attribute, Collation, Composite, Domain, DomainCheck, Enum, Range};

use crate::catalog::ObjectId;

/// The one list of kinds: every dispatch over kinds grows from it.
///
/// Calls the given macro with `Kind "tag",` for each kind, in the order in which people read a schema.
#[macro_export]
macro_rules! for_each_kind {
    ($each:ident) => {
        $each! {
            /// A role of the server.
            Role "role",
            /// A role's being a member of another; its path is the role and the member.
            Membership "membership",
            /// A namespace.
            Schema "schema",
            /// An installed extension.
            Extension "extension",
            /// A procedural language.
            Language "language",
            /// An access method.
            AccessMethod "access method",
            /// A collation.
            Collation "collation",
            /// An enumerated type.
            Enum "enum",
            /// A domain.
            Domain "domain",
            /// A check of a domain; its path ends in the domain's and the check's name.
            DomainCheck "domain check",
            /// A composite type.
            Composite "composite type",
            /// A range type.
            Range "range type",
            /// The name of a base type before it has a definition.
            ShellType "shell type",
            /// A base type.
            BaseType "base type",
            /// A sequence that is not the inside of an identity column.
            Sequence "sequence",
            /// A foreign-data wrapper.
            ForeignDataWrapper "foreign-data wrapper",
            /// A foreign server.
            Server "server",
            /// How a role is known to a foreign server; its path is the server and the role, or empty for PUBLIC.
            UserMapping "user mapping",
            /// A table: ordinary, partitioned or foreign.
            Table "table",
            /// A column of a table.
            Column "column",
            /// The default of a column; its path is the column's.
            Default "default",
            /// A constraint of a table; its path ends in the table's and the constraint's name.
            Constraint "constraint",
            /// An index that no constraint owns; its path is its schema and its own name.
            Index "index",
            /// The attachment of a partition to its parent; its path is the partition's.
            Partition "partition",
            /// Extended statistics.
            Statistics "statistics",
            /// A function, procedure or window function; its path ends in its argument types.
            Function "function",
            /// An aggregate; its path ends in its argument types.
            Aggregate "aggregate",
            /// A cast; its path is the source and the target type.
            Cast "cast",
            /// An operator; its path is schema, name, left type (or empty) and right type.
            Operator "operator",
            /// An operator family; its path is schema, name and access method.
            OperatorFamily "operator family",
            /// An operator class; its path is schema, name and access method.
            OperatorClass "operator class",
            /// A conversion between encodings.
            Conversion "conversion",
            /// How a language takes and gives values of a type; its path is the type and the language.
            Transform "transform",
            /// A text search parser.
            TextSearchParser "text search parser",
            /// A text search template.
            TextSearchTemplate "text search template",
            /// A text search dictionary.
            TextSearchDictionary "text search dictionary",
            /// A text search configuration.
            TextSearchConfiguration "text search configuration",
            /// A view.
            View "view",
            /// A materialized view.
            MaterializedView "materialized view",
            /// A rewrite rule; its path ends in the relation's and the rule's name.
            Rule "rule",
            /// A trigger; its path ends in the relation's and the trigger's name.
            Trigger "trigger",
            /// A row security policy; its path ends in the table's and the policy's name.
            Policy "policy",
            /// A publication.
            Publication "publication",
            /// A table of a publication; its path is the publication's name and the table's.
            PublicationTable "publication table",
            /// A schema of a publication; its path is the publication's name and the schema's.
            PublicationSchema "publication schema",
            /// A subscription.
            Subscription "subscription",
            /// An event trigger.
            EventTrigger "event trigger",
            /// A setting of the database, or of a role in it; its path is the role, or empty, and the setting's name.
            Setting "setting",
            /// That an object goes with an extension; said of an object, its path is the extension.
            ExtensionDependency "extension dependency",
            /// An owner other than the database's own; said of an object.
            Owner "owner",
            /// What one role may do with an object; its path is the role, or empty for PUBLIC.
            Grant "grant",
            /// What a role may do with objects that another one has yet to make; its path is that other role, the schema or
            /// nothing, the class of objects, and the role, or nothing for PUBLIC.
            DefaultPrivilege "default privilege",
            /// A comment; said of an object.
            Comment "comment",
            /// A security label; said of an object, its path is the provider.
            SecurityLabel "security label",
            /// A row of default data; its path is the table's and the values of the row's key.
            Seed "seed",
            /// SQL for what no kind has a place for; its path is a name of its own.
            Raw "raw",
        }
    };
}

/// What every kind's struct can say of itself.
pub trait Noun {
    /// What the object's path and fields name that must exist first; servers know of more.
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId>;
}

/// The text of an SQL expression or query, as its author or a server wrote it.
#[derive(Debug, Clone, std::default::Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Sql(pub String);

impl Sql {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Sql {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// A place in an order that people see but that is not state: equal to every other.
#[derive(Debug, Clone, Copy, Default, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ordinal(pub u32);

impl PartialEq for Ordinal {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Things whose order people see but that is not state: equal to every other with the same things.
#[derive(Debug, Clone, std::default::Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnyOrder<T>(pub Vec<T>);

impl<T: Ord> Eq for AnyOrder<T> {}

impl<T: Ord> PartialEq for AnyOrder<T> {
    fn eq(&self, other: &Self) -> bool {
        let (mut mine, mut others): (Vec<&T>, Vec<&T>) = (self.0.iter().collect(), other.0.iter().collect());
        mine.sort();
        others.sort();
        mine == others
    }
}

impl<T> std::ops::Deref for AnyOrder<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> From<Vec<T>> for AnyOrder<T> {
    fn from(list: Vec<T>) -> Self {
        Self(list)
    }
}

/// Whether a part of a table comes from a parent alone, and is not declared where it is. PostgreSQL settles that when
/// the part is made and cannot change it later, so it is no state of its own: equal to every other.
#[derive(Debug, Clone, Copy, Default, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inherited(pub bool);

impl PartialEq for Inherited {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A schema-qualified name: schema, then name.
pub type QualifiedName = [String; 2];

/// Whether a field says no more than leaving it out does.
fn is_default<T: std::default::Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Kinds that need their schema and nothing else that their own fields name.
macro_rules! lives_in_schema {
    ($($noun:ty),*) => { $(impl Noun for $noun {
        fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> { in_schema(id) }
    })* };
}
use lives_in_schema;

/// The schema an object lives in, as a requirement; the ones every database has are never required.
fn in_schema(id: &ObjectId) -> BTreeSet<ObjectId> {
    BTreeSet::from([ObjectId::new(crate::catalog::Kind::Schema, [id.schema()])])
}
