//! User-defined types and collations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, in_schema, lives_in_schema};
use crate::catalog::{Kind, ObjectId};

/// An enumerated type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enum {
    /// The labels in their order.
    pub labels: Vec<String>,
}

/// A domain over a base type. Its checks are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The base type as `format_type` spells it.
    pub base: String,
    /// A collation other than the base type's, schema-qualified and quoted.
    pub collation: Option<Sql>,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// The default of columns of this type.
    pub default: Option<Sql>,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainCheck {
    /// The condition on `VALUE`.
    pub expr: Sql,
    /// Whether existing values are known to satisfy it.
    pub valid: bool,
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Composite {
    /// The attributes in their order.
    pub attributes: Vec<Attribute>,
}

/// An attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type as `format_type` spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// A collation other than the type's, schema-qualified and quoted.
    pub collation: Option<Sql>,
}

/// A range type, with its multirange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The type of the bounds.
    pub subtype: String,
    /// An operator class other than the subtype's default, schema-qualified and quoted.
    pub opclass: Option<Sql>,
    /// A collation other than the subtype's, schema-qualified and quoted.
    pub collation: Option<Sql>,
    /// The canonical function, schema-qualified and quoted.
    pub canonical: Option<Sql>,
    /// The subtype difference function, schema-qualified and quoted.
    pub subtype_diff: Option<Sql>,
    /// The name of the multirange type, in the schema of the range.
    pub multirange: String,
}

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collation {
    /// `icu`, `libc` or `builtin`.
    pub provider: String,
    /// Whether equal means the same bytes.
    pub deterministic: bool,
    /// LC_COLLATE, or the locale of the other providers.
    pub locale: Option<String>,
    /// LC_CTYPE of a `libc` collation where it differs.
    pub ctype: Option<String>,
    /// Additional ICU rules.
    pub rules: Option<String>,
}

lives_in_schema!(Enum, Domain, Composite, Range, Collation);

impl Noun for DomainCheck {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Domain, 2)])
    }
}
