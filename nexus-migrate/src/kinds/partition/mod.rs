//! Attachments of partitions.
//!
//! A partition is created as a table of its own, with its keys and indexes, and attached last: what it
//! shares with its parent then merges by itself, under the partition's own names.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Partition;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Partition {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { parent, bound } = self;
        out.run(Pen::kw("ALTER TABLE ONLY").name(parent).and("ATTACH PARTITION").name(id.path()).sql(bound));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("ALTER TABLE ONLY").name(&self.parent).and("DETACH PARTITION").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.as_kind(Kind::Table)]
    }
}
