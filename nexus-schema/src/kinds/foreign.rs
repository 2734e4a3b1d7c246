//! Data that lives elsewhere: foreign-data wrappers, servers, user mappings. Foreign tables are a form of table.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, is_default};
use crate::catalog::{Kind, ObjectId};

/// A foreign-data wrapper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ForeignDataWrapper {
    /// The handler function, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub handler: Option<Sql>,
    /// The validator function, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub validator: Option<Sql>,
    /// Options, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<String>,
}

impl Noun for ForeignDataWrapper {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// A foreign server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The foreign-data wrapper it is reached through.
    pub wrapper: String,
    /// What it is, in the wrapper's words.
    #[serde(rename = "type", default, skip_serializing_if = "is_default")]
    pub type_: Option<String>,
    /// Its version, in the wrapper's words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: Option<String>,
    /// Options, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<String>,
}

impl Noun for Server {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([ObjectId::new(Kind::ForeignDataWrapper, [self.wrapper.as_str()])])
    }
}

/// How a role is known to a foreign server. Passwords are never read, kept or compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserMapping {
    /// Options without the secret ones, `name=value`, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<String>,
}

impl Noun for UserMapping {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::from([id.ancestor(Kind::Server, 1)])
    }
}
