//! Attachments of partitions.
//!
//! A partition is created as a table of its own, with its keys and indexes, and attached last: what it
//! shares with its parent then merges by itself, under the partition's own names.

pub(super) mod online;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Constraint, ConstraintBody, Partition};

use super::{Cx, Verb, Way, table};
use crate::plan::Steps;

impl Verb for Partition {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        online::attach(self, cx, id, out);
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        online::detach(self, cx, id, out);
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        // A foreign key to the parent holds the partition for as long as it is one.
        let refers = |object: &Object| {
            matches!(object, Object::Constraint(Constraint { body: ConstraintBody::ForeignKey { table, .. }, .. })
                     if *table == self.parent)
        };
        let table = id.as_kind(Kind::Table);
        // Where the rows are carried over, it stays what it is until they are, and no key refers to it by then.
        let is_carried = table::carry::carried_from(cx, &table).is_some();
        if !is_carried && cx.prev.of_kind(Kind::Constraint).any(|(_, entry)| refers(&entry.object)) {
            return Vec::new();
        }
        vec![table]
    }

    fn joins(&self, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.as_kind(Kind::Table), online::parent_of(self)]
    }

    fn outlives(&self, needed: &ObjectId) -> bool {
        // It is attached after them, and stays so when the parent's changes bring theirs about.
        matches!(needed.kind(), Kind::Column | Kind::Constraint | Kind::Index)
    }
}
