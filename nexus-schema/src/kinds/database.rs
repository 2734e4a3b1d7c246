//! Objects of the database as a whole, and of the server around it: roles, languages, access methods, event triggers,
//! settings; and SQL that no kind has a place for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, is_default};
use crate::catalog::{Kind, ObjectId};

/// A role. It belongs to the server and not to a database: it is made and changed, and never dropped. Passwords are
/// never read, kept or compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    /// Whether nothing is forbidden to it.
    #[serde(skip_serializing_if = "is_default")]
    pub superuser: bool,
    /// Whether it may make databases.
    #[serde(skip_serializing_if = "is_default")]
    pub create_db: bool,
    /// Whether it may make roles.
    #[serde(skip_serializing_if = "is_default")]
    pub create_role: bool,
    /// Whether it has the privileges of the roles it is a member of; true if nothing is said.
    #[serde(skip_serializing_if = "is_true")]
    pub inherit: bool,
    /// Whether it may log in.
    #[serde(skip_serializing_if = "is_default")]
    pub login: bool,
    /// Whether it may stream the log.
    #[serde(skip_serializing_if = "is_default")]
    pub replication: bool,
    /// Whether no row security binds it.
    #[serde(skip_serializing_if = "is_default")]
    pub bypass_rls: bool,
    /// How many sessions it may have at once.
    #[serde(skip_serializing_if = "is_default")]
    pub connection_limit: Option<i32>,
    /// When its password ends.
    #[serde(skip_serializing_if = "is_default")]
    pub valid_until: Option<String>,
}

fn is_true(value: &bool) -> bool {
    *value
}

impl Default for Role {
    fn default() -> Self {
        Self {
            superuser: false,
            create_db: false,
            create_role: false,
            inherit: true,
            login: false,
            replication: false,
            bypass_rls: false,
            connection_limit: None,
            valid_until: None,
        }
    }
}

impl Noun for Role {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// That one role is a member of another; its path is the role and the member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Whether the member may take in others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub admin: bool,
    /// Whether the member has the role's privileges by itself, where it is not as the member's own `inherit` says (16).
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherit: Option<bool>,
    /// Whether the member may not become the role with `SET ROLE` (16).
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_set: bool,
}

impl Noun for Membership {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        id.path().iter().map(|role| ObjectId::new(Kind::Role, [role.as_str()])).collect()
    }
}

/// A procedural language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Whether everyone may use it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trusted: bool,
    /// The handler function, schema-qualified and quoted.
    pub handler: Sql,
    /// The function that runs `DO`, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inline: Option<Sql>,
    /// The function that checks bodies, schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub validator: Option<Sql>,
}

impl Noun for Language {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// An access method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessMethod {
    /// `INDEX` or `TABLE`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The handler function, schema-qualified and quoted.
    pub handler: Sql,
}

impl Noun for AccessMethod {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// An event trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventTrigger {
    /// `ddl_command_start`, `ddl_command_end`, `sql_drop`, `table_rewrite` or `login`.
    pub event: String,
    /// The commands it is for, sorted; all if empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
    /// The function: schema, then name.
    pub function: super::QualifiedName,
    /// `origin` (as created), `disabled`, `replica` or `always`.
    #[serde(default = "origin", skip_serializing_if = "is_origin")]
    pub enabled: String,
}

fn origin() -> String {
    "origin".into()
}

fn is_origin(enabled: &String) -> bool {
    enabled == "origin"
}

impl Noun for EventTrigger {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        let [schema, name] = &self.function;
        BTreeSet::from([ObjectId::new(Kind::Function, [schema.as_str(), name, ""])])
    }
}

/// A setting of the database, or of a role in it; its path is the role, or empty for all, and the setting's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The value as the catalog holds it.
    pub value: String,
}

impl Noun for Setting {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// A security label; said of an object, its path is the provider's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityLabel {
    /// The label.
    pub label: String,
}

impl Noun for SecurityLabel {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        id.target().cloned().into_iter().collect()
    }
}

/// SQL for what no kind has a place for; its path is a name that its author gave it. No server can read it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Raw {
    /// What makes it.
    pub create: Sql,
    /// What takes it away.
    pub drop: Sql,
    /// What it needs.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub depends_on: BTreeSet<ObjectId>,
    /// What it makes, as an error names it that says that an object has no place in the model.
    #[serde(default, skip_serializing_if = "is_default")]
    pub covers: BTreeSet<String>,
}

impl Noun for Raw {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        self.depends_on.clone()
    }
}
