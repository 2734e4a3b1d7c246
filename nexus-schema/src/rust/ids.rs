//! Decides which columns hold an id: the single-column primary keys, and the columns that refer to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::kinds::ConstraintBody;

/// Which id type each column holds.
pub(crate) struct Ids {
    /// Key column to the name of its own id type.
    own: BTreeMap<ObjectId, String>,
    /// Column to the columns it refers to.
    refers: BTreeMap<ObjectId, BTreeSet<ObjectId>>,
}

impl Ids {
    pub(crate) fn new(
        catalog: &Catalog,
        has_models: impl Fn(&ObjectId) -> bool,
        type_name: impl Fn(&ObjectId) -> String,
    ) -> Self {
        let mut ids = Self { own: BTreeMap::new(), refers: BTreeMap::new() };
        for (id, _) in catalog.of_kind(Kind::Table) {
            if !has_models(id) {
                continue;
            }
            if let [column] = catalog.primary_key(id) {
                ids.own.insert(id.child(Kind::Column, column), format!("{}Id", type_name(id)));
            }
        }
        for (id, entry) in catalog.of_kind(Kind::Constraint) {
            let Object::Constraint(constraint) = &entry.object else { continue };
            let ConstraintBody::ForeignKey { columns, table, target, .. } = &constraint.body else {
                continue;
            };
            let home = id.ancestor(Kind::Table, 2);
            let there = ObjectId::new(Kind::Table, table.clone());
            for (column, target) in columns.iter().zip(target) {
                let from = home.child(Kind::Column, column);
                let to = there.child(Kind::Column, target);
                if from != to {
                    ids.refers.entry(from).or_default().insert(to);
                }
            }
        }
        let elsewhere: BTreeSet<_> = ids.own.keys().filter(|id| ids.is_held_elsewhere(id)).cloned().collect();
        ids.own.retain(|id, _| !elsewhere.contains(id));
        ids
    }

    /// The name of the id type whose home this column is.
    pub(crate) fn own(&self, column: &ObjectId) -> Option<&str> {
        self.own.get(column).map(String::as_str)
    }

    /// The id type a column holds, with the column that is its home; none where two references disagree.
    #[cfg(feature = "codegen")]
    pub(crate) fn held_by(&self, column: &ObjectId) -> Option<(&str, &ObjectId)> {
        let mut homes = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut next = vec![column];
        while let Some(id) = next.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.own.get_key_value(id) {
                Some((home, name)) => {
                    homes.insert((name.as_str(), home));
                }
                None => next.extend(self.refers.get(id).into_iter().flatten()),
            }
        }
        let mut homes = homes.into_iter();
        homes.next().filter(|_| homes.next().is_none())
    }

    /// The columns that a column refers to by a foreign key.
    #[cfg(feature = "codegen")]
    pub(crate) fn targets(&self, column: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.refers.get(column).into_iter().flatten()
    }

    /// Whether a key column takes its id from another table's key, and not in a circle.
    fn is_held_elsewhere(&self, id: &ObjectId) -> bool {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = self.refers.get(id).into_iter().flatten().collect();
        let mut reaches_key = false;
        while let Some(other) = next.pop() {
            if other == id {
                return false;
            }
            if seen.insert(other) {
                reaches_key |= self.own.contains_key(other);
                next.extend(self.refers.get(other).into_iter().flatten());
            }
        }
        reaches_key
    }
}
