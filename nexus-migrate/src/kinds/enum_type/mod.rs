//! Enumerated types. Values are added in place; any other change puts a new type in its place.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Enum;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Enum {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::kw("CREATE TYPE").name(id.path()).and("AS ENUM ").literals(&self.labels));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let kept: Vec<_> = next.labels.iter().filter(|label| self.labels.contains(label)).collect();
        if kept.len() != self.labels.len() || !kept.into_iter().eq(&self.labels) {
            return Way::Swap;
        }
        add_values(id, &self.labels, &next.labels, out);
        Way::InPlace
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}

fn add_values(id: &ObjectId, prev: &[String], next: &[String], out: &mut Steps) {
    for (n, label) in next.iter().enumerate().filter(|(_, label)| !prev.contains(label)) {
        let add = Pen::kw("ALTER TYPE").name(id.path()).and("ADD VALUE").literal(label);
        // The one before is there already: it is old, or was added by the step before this one.
        let placed = match (n.checked_sub(1).and_then(|before| next.get(before)), prev.first()) {
            (Some(before), _) => add.and("AFTER").literal(before),
            (None, Some(first)) => add.and("BEFORE").literal(first),
            (None, None) => add,
        };
        // A new value cannot be used in the transaction that added it (55P04, measured row C11).
        out.commit_after(placed);
    }
}
