//! What is said of an object: description, owner, grants, security labels.

use super::Printer;
use super::tree::{Map, Room, Tree};
use crate::catalog::{Object, ObjectId};
use crate::kinds::{Comment, ExtensionDependency, Grant, Owner, SecurityLabel};

impl<'a> Printer<'a> {
    /// Adds everything that is said of an object.
    pub(super) fn facets(&mut self, id: &ObjectId, map: &mut Map) {
        self.facets_under(id, "description", map);
    }

    /// Adds everything that is said of an object, its comment under a key of its own.
    pub(super) fn facets_under(&mut self, id: &ObjectId, description: &str, map: &mut Map) {
        let facets = self.facets.get(id).cloned().unwrap_or_default();
        let (mut grants, mut labels) = (Map::of(Room::Line), Map::default());
        let (mut owner, mut owners_own) = (None, None);
        let mut extensions = Vec::new();
        for (facet, object) in facets {
            self.left.remove(facet);
            match object {
                Object::Comment(Comment { text }) => map.put(description, text),
                Object::Owner(Owner { role }) => owner = Some(role),
                Object::Grant(grant) => match facet.path() {
                    [_, _] => owners_own = Some(privileges(grant)),
                    _ => grants.put(role(facet.name()), privileges(grant)),
                },
                Object::SecurityLabel(SecurityLabel { label }) => labels.put(facet.name(), label),
                Object::ExtensionDependency(ExtensionDependency {}) => {
                    extensions.push(Tree::Text(facet.name().to_owned()));
                }
                _ => {}
            }
        }
        map.maybe("owner", owner);
        map.filled("grants", grants);
        map.maybe("owner_privileges", owners_own);
        map.filled("security_labels", labels);
        map.filled("depends_on_extensions", extensions);
    }

    /// Whether anything is said of an object but a comment.
    pub(super) fn is_spoken_of(&self, id: &ObjectId) -> bool {
        self.facets.contains_key(id)
    }
}

/// A role, or everybody.
pub(super) fn role(name: &str) -> &str {
    if name.is_empty() { "public" } else { name }
}

fn privileges(grant: &Grant) -> Tree {
    let Grant { privileges, grantable } = grant;
    held(privileges, grantable)
}

/// Privileges in lower case, with those that can be passed on.
pub(super) fn held(
    privileges: &std::collections::BTreeSet<String>,
    grantable: &std::collections::BTreeSet<String>,
) -> Tree {
    let list = |all: &std::collections::BTreeSet<String>| -> Vec<Tree> {
        all.iter().map(|word| Tree::Text(word.to_lowercase())).collect()
    };
    if grantable.is_empty() {
        return list(privileges).into();
    }
    let mut map = Map::default();
    map.filled("privileges", list(privileges));
    map.put("grantable", list(grantable));
    map.into()
}
