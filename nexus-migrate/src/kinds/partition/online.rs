//! Partitions that come and go while clients use their parent.
//!
//! A table that becomes a partition is read under the strongest lock, to see that its rows belong there, and so is the
//! default partition, to see that none of its rows do. A check that says so, and was validated before, spares both (facts
//! L32). A partition leaves concurrently, except where there is a default one; PostgreSQL then leaves it a check of its
//! own making, unless one of ours says the same (facts L34).

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::Partition;

use super::super::{Cx, temporary};
use crate::plan::Steps;
use crate::sql::Pen;

/// Attaches a partition.
pub(super) fn attach(partition: &Partition, cx: &Cx, id: &ObjectId, out: &mut Steps) {
    let Partition { parent, bound } = partition;
    let plain = Pen::kw("ALTER TABLE ONLY").name(parent).and("ATTACH PARTITION").name(id.path()).sql(bound);
    let (Some(holds), Some(busiest)) = (cx.traffic.bound(id), read_when_attached(cx, partition, id)) else {
        out.run(plain);
        return;
    };
    let mut gentle = Steps::default();
    let mut checks = Vec::new();
    let table = id.as_kind(Kind::Table);
    if cx.prev.contains(&table) {
        checks.push(Check::new(table, Pen::new().sql(holds)));
    }
    if let Some(rest) = default_of(cx, parent.as_slice(), id) {
        checks.push(Check::new(rest, Pen::kw("NOT").list([Pen::new().sql(holds)])));
    }
    for check in &checks {
        check.add(id, &mut gentle);
    }
    gentle.run(plain.clone());
    for check in &checks {
        check.drop(id, &mut gentle);
    }
    out.gently(&busiest, plain, gentle);
}

/// Detaches a partition.
pub(super) fn detach(partition: &Partition, cx: &Cx, id: &ObjectId, out: &mut Steps) {
    let plain = Pen::kw("ALTER TABLE ONLY").name(&partition.parent).and("DETACH PARTITION").name(id.path());
    let Some(concurrently) = leave(partition, cx.prev, id) else {
        out.run(plain);
        return;
    };
    let table = id.as_kind(Kind::Table);
    let mut gentle = Steps::default();
    match cx.traffic.bound(id) {
        // What PostgreSQL leaves it goes with it.
        _ if !cx.next.contains(&table) => gentle.outside(concurrently),
        Some(holds) => {
            let check = Check::new(table, Pen::new().sql(holds));
            check.add(id, &mut gentle);
            gentle.outside(concurrently);
            check.drop(id, &mut gentle);
        }
        None => gentle.run(plain.clone()),
    }
    out.gently(&parent_of(partition), plain, gentle);
}

/// The statement by which a partition leaves while others read and write, where there is one.
pub(in super::super) fn leave(partition: &Partition, state: &Catalog, id: &ObjectId) -> Option<Pen> {
    let has_default = state
        .of_kind(Kind::Partition)
        .any(|(_, entry)| is_default(&entry.object, partition.parent.as_slice()));
    let pen = Pen::kw("ALTER TABLE").name(&partition.parent).and("DETACH PARTITION").name(id.path());
    (!has_default).then(|| pen.and("CONCURRENTLY"))
}

/// The table that the partitions are of.
pub(in super::super) fn parent_of(partition: &Partition) -> ObjectId {
    ObjectId::new(Kind::Table, partition.parent.clone())
}

/// A table with rows that PostgreSQL would read.
fn read_when_attached(cx: &Cx, partition: &Partition, id: &ObjectId) -> Option<ObjectId> {
    let table = id.as_kind(Kind::Table);
    let there = cx.prev.contains(&table).then_some(table);
    there.or_else(|| default_of(cx, partition.parent.as_slice(), id))
}

/// The default partition that is there all along, beside the one that comes.
fn default_of(cx: &Cx, parent: &[String], but: &ObjectId) -> Option<ObjectId> {
    let mut all = cx.prev.of_kind(Kind::Partition);
    let found = all.find(|(id, entry)| {
        *id != but && is_default(&entry.object, parent) && cx.next.get(id) == Some(&entry.object)
    });
    found.map(|(id, _)| id.as_kind(Kind::Table))
}

fn is_default(object: &Object, of: &[String]) -> bool {
    matches!(object, Object::Partition(Partition { parent, bound })
        if parent.as_slice() == of && bound.as_str() == "DEFAULT")
}

/// A check that a table has for a while.
struct Check {
    table: ObjectId,
    holds: Pen,
}

impl Check {
    fn new(table: ObjectId, holds: Pen) -> Self {
        Self { table, holds }
    }

    fn name(of: &ObjectId) -> String {
        temporary::name("bound", of)
    }

    fn alter(&self) -> Pen {
        Pen::kw("ALTER TABLE").name(self.table.path())
    }

    fn add(&self, of: &ObjectId, out: &mut Steps) {
        let add =
            self.alter().and("ADD CONSTRAINT").ident(&Self::name(of)).and("CHECK").list([self.holds.clone()]);
        out.run(add.and("NOT VALID"));
        out.own(self.alter().and("VALIDATE CONSTRAINT").ident(&Self::name(of)));
    }

    fn drop(&self, of: &ObjectId, out: &mut Steps) {
        out.run(self.alter().and("DROP CONSTRAINT").ident(&Self::name(of)));
    }
}
