//! What becomes of columns that a parent and its children share.

use nexus_schema::catalog::{Kind, Object, ObjectId};

use super::super::{Cx, inheritance};
use super::{alter_table, change};
use crate::plan::Steps;
use crate::sql::Pen;

/// The column of a parent that stays and gets this one now, and brings it along.
pub(super) fn new_leader<'a>(cx: &Cx<'a>, id: &ObjectId) -> Option<(ObjectId, &'a Object)> {
    let leader = inheritance::leading_column(cx, id).filter(|leader| !cx.prev.contains(leader))?;
    let object = cx.next.get(&leader)?;
    Some((leader, object))
}

/// The new column above all others that this one comes with.
pub(super) fn first_leader(cx: &Cx, leader: &ObjectId) -> ObjectId {
    let mut first = leader.clone();
    while let Some((above, _)) = new_leader(cx, &first) {
        first = above;
    }
    first
}

/// Columns below that stay as they are get back what this one's change took from them.
pub(super) fn keep_below(cx: &Cx, id: &ObjectId, out: &mut Steps) {
    for below in inheritance::unchanged_below(cx, id) {
        if let Some(Object::Column(column)) = cx.next.get(&below) {
            change(cx, &inheritance::after_parent(cx, &below, column), column, &below, out);
            keep_below(cx, &below, out);
        }
    }
}

/// Whether the parent's new column brings a default along that this one does not have.
pub(super) fn drops_default(cx: &Cx, id: &ObjectId, leader: &ObjectId) -> bool {
    cx.next.contains(&leader.as_kind(Kind::Default)) && !cx.next.contains(&id.as_kind(Kind::Default))
}

/// The columns below that the drop of this one takes along.
pub(super) fn gone_with(cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
    let below = inheritance::descendants(cx.prev, &id.ancestor(Kind::Table, 2));
    let columns = below.into_iter().map(|child| child.child(Kind::Column, id.name()));
    columns.filter(|column| !cx.next.contains(column) || cx.next.contains(id)).collect()
}

/// Drops a column, and with it those of children that go too; a child may keep its own.
pub(super) fn drop_for_some(cx: &Cx, id: &ObjectId, out: &mut Steps) {
    let table = id.ancestor(Kind::Table, 2);
    let of_children =
        inheritance::children(cx.prev, &table).into_iter().map(|c| c.child(Kind::Column, id.name()));
    // A column that comes back brings those of the children back.
    let stays = |column: &ObjectId| cx.next.contains(column) && !cx.next.contains(id);
    let (kept, gone): (Vec<_>, Vec<_>) = of_children.into_iter().partition(stays);
    if kept.is_empty() {
        out.run(alter_table(id).and("DROP COLUMN").ident(id.name()));
        return;
    }
    out.run(Pen::kw("ALTER TABLE ONLY").name(table.path()).and("DROP COLUMN").ident(id.name()));
    for column in gone {
        drop_for_some(cx, &column, out);
    }
}
