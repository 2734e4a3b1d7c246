//! What types are made of and how values meet: base types, casts, operators with their classes and families,
//! conversions, transforms.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, in_schema, is_default, lives_in_schema};
use crate::catalog::{Kind, ObjectId};

/// The name of a base type before it has a definition: what its own functions are declared with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShellType {}

/// A base type: the pairs of its definition, each value already spelled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BaseType {
    /// `INPUT`, `OUTPUT` and the rest, in the order of the manual, keyword and value; defaults left out.
    pub definition: Vec<(String, Sql)>,
}

impl Noun for BaseType {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        in_schema(id).into_iter().chain([id.as_kind(Kind::ShellType)]).collect()
    }
}

/// A cast; its path is the source and the target as `format_type` spells them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The function with its argument types, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub function: Option<Sql>,
    /// Whether it goes through text, where there is no function; else the bytes are the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inout: bool,
    /// `explicit`, `assignment` or `implicit`.
    pub context: String,
}

impl Noun for Cast {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// An operator; its path is schema, name, left type (empty for a prefix operator) and right type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The function, schema-qualified and quoted.
    pub function: Sql,
    /// Its commutator: schema, then name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub commutator: Option<super::QualifiedName>,
    /// Its negator: schema, then name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub negator: Option<super::QualifiedName>,
    /// The restriction estimator, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub restrict: Option<Sql>,
    /// The join estimator, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub join: Option<Sql>,
    /// Whether it can support a hash join.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hashes: bool,
    /// Whether it can support a merge join.
    #[serde(default, skip_serializing_if = "is_default")]
    pub merges: bool,
}

/// An operator family; its path is schema, name and access method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorFamily {
    /// Its loose members, those that no class of it has: as `ADD` takes them, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub members: Vec<Sql>,
}

/// An operator class; its path is schema, name and access method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorClass {
    /// Whether it is the default for its type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: bool,
    /// The type as `format_type` spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// Its family: schema, then name.
    pub family: super::QualifiedName,
    /// The type that is stored, where it is another one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub storage: Option<String>,
    /// `OPERATOR …` and `FUNCTION …` as `CREATE OPERATOR CLASS` takes them, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub members: Vec<Sql>,
}

impl Noun for OperatorClass {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let [schema, name] = &self.family;
        let method = id.name();
        let family = ObjectId::new(Kind::OperatorFamily, [schema.as_str(), name, method]);
        in_schema(id).into_iter().chain([family]).collect()
    }
}

/// A conversion between encodings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The encoding it reads.
    pub from: String,
    /// The encoding it writes.
    pub to: String,
    /// The function, schema-qualified and quoted.
    pub function: Sql,
    /// Whether it is the one that PostgreSQL takes by itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: bool,
}

/// How a language takes and gives values of a type; its path is the type and the language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// The function that hands values over, with its argument types, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from_sql: Option<Sql>,
    /// The function that takes values back, with its argument types, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub to_sql: Option<Sql>,
}

impl Noun for Transform {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

lives_in_schema!(ShellType, Operator, OperatorFamily, Conversion);
