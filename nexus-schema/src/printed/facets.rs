//! What is said of an object: description, owner, grants, security labels.

use std::collections::{BTreeMap, BTreeSet};

use super::Printer;
use super::tree::{Map, Tree};
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
        let (mut holders, mut labels) = (BTreeMap::new(), Map::default());
        let mut owner = None;
        let mut extensions = Vec::new();
        for (facet, object) in facets {
            self.left.remove(facet);
            match object {
                Object::Comment(Comment { text }) => map.put(description, text),
                Object::Owner(Owner { role }) => owner = Some(role),
                Object::Grant(Grant { privileges, grantable }) => {
                    let (holder, by) = match facet.path() {
                        [holder @ .., by, grantor] if by == "by" => (holder, Some(grantor)),
                        holder => (holder, None),
                    };
                    let held: &mut Held<'_> = holders.entry(holder).or_default();
                    match by {
                        Some(grantor) => held.by.put(grantor, self::held(privileges, grantable)),
                        None => held.own = Some((privileges, grantable)),
                    }
                }
                Object::SecurityLabel(SecurityLabel { label }) => labels.put(facet.name(), label),
                Object::ExtensionDependency(ExtensionDependency {}) => {
                    extensions.push(Tree::Text(facet.name().to_owned()));
                }
                _ => {}
            }
        }
        map.maybe("owner", owner);
        let (mut grants, mut owners_own) = (Map::default(), None);
        for (holder, held) in holders {
            match holder {
                [_, owner] if owner == "owner" => owners_own = Some(held.tree()),
                _ => grants.put(role(holder.first().map_or("", String::as_str)), held.tree()),
            }
        }
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

/// What a role may do, by whom it was told so.
#[derive(Default)]
struct Held<'a> {
    /// From the owner.
    own: Option<(&'a BTreeSet<String>, &'a BTreeSet<String>)>,
    /// From those who may grant on.
    by: Map,
}

impl Held<'_> {
    fn tree(self) -> Tree {
        let own = self.own.map(|(privileges, grantable)| held(privileges, grantable));
        match (own, self.by.is_empty()) {
            (Some(own), true) => own,
            (own, _) => {
                let mut map = match own {
                    Some(Tree::Map(own)) => own,
                    Some(list) => {
                        let mut map = Map::default();
                        map.put("privileges", list);
                        map
                    }
                    None => Map::default(),
                };
                map.filled("by", self.by);
                map.into()
            }
        }
    }
}

/// Privileges in lower case, with those that can be passed on.
pub(super) fn held(privileges: &BTreeSet<String>, grantable: &BTreeSet<String>) -> Tree {
    let list = |all: &BTreeSet<String>| -> Vec<Tree> {
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
