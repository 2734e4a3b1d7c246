//! Objects of the database itself, and what is said *of* other objects: comments, owners, grants.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Noun;
use crate::catalog::{Kind, ObjectId};

/// A namespace. Its name is its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {}

impl Noun for Schema {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }
}

/// An installed extension; the objects it owns are its own business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The schema its objects live in; `None` leaves it to the extension.
    pub schema: Option<String>,
}

impl Noun for Extension {
    fn requires(&self, _: &ObjectId) -> BTreeSet<ObjectId> {
        self.schema.iter().map(|schema| ObjectId::new(Kind::Schema, [schema.as_str()])).collect()
    }
}

/// A comment on an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The text, verbatim.
    pub text: String,
}

impl Noun for Comment {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        id.target().cloned().into_iter().collect()
    }
}

/// That an object goes when an extension goes, without being the extension's own (`ALTER … DEPENDS ON EXTENSION`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionDependency {}

impl Noun for ExtensionDependency {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let extension = ObjectId::new(Kind::Extension, [id.name()]);
        id.target().cloned().into_iter().chain([extension]).collect()
    }
}

/// The owner of an object that does not belong to the database's own owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The owning role.
    pub role: String,
}

impl Noun for Owner {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let role = ObjectId::new(Kind::Role, [self.role.as_str()]);
        id.target().cloned().into_iter().chain([role]).collect()
    }
}

/// What one role may do with an object; its path is the role (nothing for PUBLIC, nothing and `owner` for the owner), then
/// `by` and who gave it where that is not the owner. Where it differs from what a new object allows by itself,
/// the grant is recorded even if it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Privileges by PostgreSQL's own words, such as `SELECT`, without the right to pass them on.
    pub privileges: BTreeSet<String>,
    /// Privileges held with grant option.
    pub grantable: BTreeSet<String>,
}

impl Noun for Grant {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let Some(target) = id.target() else { return BTreeSet::new() };
        let whole =
            if target.kind() == Kind::Column { target.ancestor(Kind::Table, 2) } else { target.clone() };
        // An owner's own privileges change hands with the object.
        let owner = whole.of(Kind::Owner, []);
        let path: Vec<&str> = id.path().iter().map(String::as_str).collect();
        let roles = match path.as_slice() {
            [_, "owner", rest @ ..] => rest,
            roles => roles,
        };
        let named = roles.iter().filter(|role| !role.is_empty() && **role != "by");
        let roles = named.map(|role| ObjectId::new(Kind::Role, [*role]));
        roles.chain([target.clone(), owner]).collect()
    }
}

/// What a role may do with objects that another one has yet to make, where it differs from the built-in default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultPrivilege {
    /// Privileges by PostgreSQL's own words, without the right to pass them on.
    pub privileges: BTreeSet<String>,
    /// Privileges with grant option.
    pub grantable: BTreeSet<String>,
}

impl Noun for DefaultPrivilege {
    fn requires(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let schema = id.path().get(1).filter(|schema| !schema.is_empty());
        schema.map(|schema| ObjectId::new(Kind::Schema, [schema])).into_iter().collect()
    }
}
