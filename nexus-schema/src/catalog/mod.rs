//! The complete model of a schema state: one flat map of objects with edges.
//!
//! A column, a constraint, a comment, a grant are each an object of their own. Knows no YAML,
//! no SQL text beyond expressions it carries, and no server.

mod id;
mod lines;
mod object;

pub use id::{ObjectId, ParseIdError};
pub use lines::ReadLinesError;
pub use object::{Kind, Object};

use std::collections::{BTreeMap, BTreeSet};

/// An object with what it needs to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The object itself.
    pub object: Object,
    /// Ids that must exist before this object can; some may lie outside the catalog (roles, system objects).
    pub requires: BTreeSet<ObjectId>,
}

/// A schema state: every object by its id.
///
/// ```
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::kinds::Schema;
///
/// let mut catalog = Catalog::default();
/// let id = ObjectId::new(Kind::Schema, ["auth"]);
/// catalog.insert(id.clone(), Schema {});
/// assert!(catalog.contains(&id));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    objects: BTreeMap<ObjectId, Entry>,
}

impl Catalog {
    /// Adds an object with the edges its own fields imply; returns the object it displaces.
    pub fn insert(&mut self, id: ObjectId, object: impl Into<Object>) -> Option<Entry> {
        let object = object.into();
        debug_assert_eq!(id.kind(), object.kind(), "an id names the kind of its object");
        let requires = object.requires(&id);
        self.objects.insert(id, Entry { object, requires })
    }

    /// Adds a whole entry, edges included; returns the one it displaces.
    pub fn insert_entry(&mut self, id: ObjectId, entry: Entry) -> Option<Entry> {
        self.objects.insert(id, entry)
    }

    /// Takes an object out.
    pub fn remove(&mut self, id: &ObjectId) -> Option<Entry> {
        self.objects.remove(id)
    }

    /// Records that `id` needs `needed`; does nothing where `id` is not in the catalog or is itself `needed`.
    pub fn require(&mut self, id: &ObjectId, needed: ObjectId) {
        if *id != needed
            && let Some(entry) = self.objects.get_mut(id)
        {
            entry.requires.insert(needed);
        }
    }

    /// Whether an object with this id exists.
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.objects.contains_key(id)
    }

    /// Returns an object.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.get(id).map(|e| &e.object)
    }

    /// Returns an object with the catalog's own copy of its id.
    pub fn find(&self, id: &ObjectId) -> Option<(&ObjectId, &Object)> {
        self.objects.get_key_value(id).map(|(id, entry)| (id, &entry.object))
    }

    /// Returns an object with its edges.
    pub fn entry(&self, id: &ObjectId) -> Option<&Entry> {
        self.objects.get(id)
    }

    /// Returns an object with its edges, to change.
    pub fn entry_mut(&mut self, id: &ObjectId) -> Option<&mut Entry> {
        self.objects.get_mut(id)
    }

    /// All objects in id order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Entry)> {
        self.objects.iter()
    }

    /// All objects of one kind, in id order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&ObjectId, &Entry)> {
        self.objects.range(ObjectId::first_of(kind)..).take_while(move |(id, _)| id.kind() == kind)
    }

    /// All objects of one kind whose path begins with `prefix`, in id order: the columns of a table, say.
    pub fn under<'a>(
        &'a self,
        kind: Kind,
        prefix: &'a [String],
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Entry)> {
        self.objects
            .range(ObjectId::new(kind, prefix.iter().cloned())..)
            .take_while(move |(id, _)| id.kind() == kind && id.path().starts_with(prefix))
    }

    /// What objects of one kind say of `target`, in id order: its comment, say, or its grants.
    pub fn said_of<'a>(
        &'a self,
        kind: Kind,
        target: &'a ObjectId,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Entry)> {
        self.objects
            .range(target.of(kind, [])..)
            .take_while(move |(id, _)| id.kind() == kind && id.target() == Some(target))
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is no object at all.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Keeps the objects for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&ObjectId, &Entry) -> bool) {
        self.objects.retain(|id, entry| keep(id, entry));
    }

    /// The relation (table, view or materialized view) called `schema.name`, if there is one.
    pub fn relation(&self, schema: &str, name: &str) -> Option<ObjectId> {
        [Kind::Table, Kind::View, Kind::MaterializedView]
            .into_iter()
            .map(|kind| ObjectId::new(kind, [schema, name]))
            .find(|id| self.contains(id))
    }

    /// The columns of a table in their order.
    pub fn columns<'a>(&'a self, table: &'a ObjectId) -> Vec<(&'a ObjectId, &'a crate::kinds::Column)> {
        let mut columns: Vec<_> = self
            .under(Kind::Column, table.path())
            .filter_map(|(id, entry)| match &entry.object {
                Object::Column(column) => Some((id, column)),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|(_, column)| column.ordinal.0);
        columns
    }

    /// The names of the columns of a table's primary key, in its order; none where it has no key.
    pub fn primary_key<'a>(&'a self, table: &'a ObjectId) -> &'a [String] {
        let key = self.under(Kind::Constraint, table.path()).find_map(|(_, entry)| match &entry.object {
            Object::Constraint(crate::kinds::Constraint {
                body: crate::kinds::ConstraintBody::PrimaryKey { columns, .. },
                ..
            }) => Some(columns.as_slice()),
            _ => None,
        });
        key.unwrap_or_default()
    }
}

impl FromIterator<(ObjectId, Entry)> for Catalog {
    fn from_iter<I: IntoIterator<Item = (ObjectId, Entry)>>(iter: I) -> Self {
        Self { objects: iter.into_iter().collect() }
    }
}

impl IntoIterator for Catalog {
    type Item = (ObjectId, Entry);
    type IntoIter = std::collections::btree_map::IntoIter<ObjectId, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.objects.into_iter()
    }
}
