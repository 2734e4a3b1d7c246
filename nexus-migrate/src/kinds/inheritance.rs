//! What tables share with the tables they inherit from or are partitions of.
//!
//! Most changes of a parent bring the same change of its children about; some leave them alone. Here is which.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Constraint, ConstraintBody, NotNull, QualifiedName, Table};

use super::Cx;

/// The parents of a table, by inheritance or as a partition.
pub(super) fn parents(catalog: &Catalog, table: &ObjectId) -> Vec<ObjectId> {
    if let Some(Object::Partition(attachment)) = catalog.get(&table.as_kind(Kind::Partition)) {
        return vec![ObjectId::new(Kind::Table, attachment.parent.clone())];
    }
    match catalog.get(table) {
        Some(Object::Table(Table { inherits, .. })) => {
            inherits.iter().map(|parent| ObjectId::new(Kind::Table, parent.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// The parents that a table has before and after, all along.
pub(super) fn kept_parents(cx: &Cx, table: &ObjectId) -> Vec<ObjectId> {
    let attachment = table.as_kind(Kind::Partition);
    // With another bound a partition is detached for a while.
    if cx.prev.get(&attachment) != cx.next.get(&attachment) {
        return Vec::new();
    }
    let after = parents(cx.next, table);
    parents(cx.prev, table).into_iter().filter(|parent| after.contains(parent)).collect()
}

/// Tables that inherit from this one; partitions are not among them.
pub(super) fn children(catalog: &Catalog, table: &ObjectId) -> Vec<ObjectId> {
    let inherits = |object: &Object| match object {
        Object::Table(child) => child.inherits.iter().any(|parent| *parent == *table.path()),
        _ => false,
    };
    catalog.of_kind(Kind::Table).filter(|(_, e)| inherits(&e.object)).map(|(id, _)| id.clone()).collect()
}

/// Tables that inherit from this one, and its partitions.
fn directly_below(catalog: &Catalog, table: &ObjectId) -> Vec<ObjectId> {
    let mut below = children(catalog, table);
    let partitions = catalog.of_kind(Kind::Partition).filter(|(_, entry)| match &entry.object {
        Object::Partition(attachment) => attachment.parent == *table.path(),
        _ => false,
    });
    below.extend(partitions.map(|(id, _)| id.as_kind(Kind::Table)));
    below
}

/// Whether there are tables below those that are right below this one.
pub(super) fn is_deep(catalog: &Catalog, table: &ObjectId) -> bool {
    directly_below(catalog, table).iter().any(|below| !directly_below(catalog, below).is_empty())
}

/// All tables below this one, by inheritance or as partitions.
pub(super) fn descendants(catalog: &Catalog, table: &ObjectId) -> Vec<ObjectId> {
    let below = directly_below(catalog, table);
    let deeper: Vec<_> = below.iter().flat_map(|child| descendants(catalog, child)).collect();
    [below, deeper].concat()
}

/// Whether the tables below this one stay below it, and no others come there.
pub(super) fn stays_whole(cx: &Cx, table: &ObjectId) -> bool {
    let below = [cx.prev, cx.next].map(|state| descendants(state, table)).concat();
    below.iter().all(|at| !cx.next.contains(at) || !kept_parents(cx, at).is_empty())
}

/// The column of a parent, kept all along, whose change is also this one's.
pub(super) fn leading_column(cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
    let table = id.ancestor(Kind::Table, 2);
    let of_parent = kept_parents(cx, &table).into_iter().map(|parent| parent.child(Kind::Column, id.name()));
    of_parent.into_iter().find(|column| cx.prev.contains(column) || cx.next.contains(column))
}

/// The columns above this one, kept all along, of which it is; those nearest come first.
fn above(cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
    let mut found = vec![id.clone()];
    let mut at = 0;
    while let Some(id) = found.get(at).cloned() {
        let parents = kept_parents(cx, &id.ancestor(Kind::Table, 2));
        for column in parents.into_iter().map(|parent| parent.child(Kind::Column, id.name())) {
            if cx.prev.contains(&column) && cx.next.contains(&column) && !found.contains(&column) {
                found.push(column);
            }
        }
        at += 1;
    }
    found.split_off(1)
}

/// The columns above this one that change, and may bring a change of this one about.
pub(super) fn changed_above(cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
    above(cx, id).into_iter().filter(|column| cx.prev.get(column) != cx.next.get(column)).collect()
}

/// The columns right below this one that stay as they are.
pub(super) fn unchanged_below(cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
    let table = id.ancestor(Kind::Table, 2);
    let tables =
        directly_below(cx.next, &table).into_iter().filter(|at| kept_parents(cx, at).contains(&table));
    let columns = tables.map(|table| table.child(Kind::Column, id.name()));
    columns.filter(|column| cx.next.contains(column) && cx.prev.get(column) == cx.next.get(column)).collect()
}

/// Whether the change of a column goes down to those below it.
pub(super) fn goes_down(before: &Column, after: &Column) -> bool {
    let what = |column: &Column| {
        let Column { type_, collation, not_null, storage, statistics, .. } = column.clone();
        (type_, collation, not_null, storage, statistics, column.generated.is_some())
    };
    what(before) != what(after)
}

/// The column as it is once those above have changed: from there on its own statements take over.
///
/// Type, collation, NOT NULL, storage and statistics target go down to children; options, compression and identity do
/// not. What has come down anew is what the parent has, which has seen to its own by then.
pub(super) fn after_parent(cx: &Cx, id: &ObjectId, prev: &Column) -> Column {
    let above = above(cx, id);
    let Some(Object::Column(parent)) = above.first().and_then(|id| cx.next.get(id)) else {
        return prev.clone();
    };
    let changes = above.iter().filter_map(|id| match (cx.prev.get(id), cx.next.get(id)) {
        (Some(Object::Column(before)), Some(Object::Column(after))) => Some((before, after)),
        _ => None,
    });
    let mut reached = prev.clone();
    for (before, after) in changes {
        if (&before.type_, &before.collation) != (&after.type_, &after.collation) {
            reached.type_.clone_from(&parent.type_);
            reached.collation.clone_from(&parent.collation);
        }
        if not_null_below(before) != not_null_below(after) {
            reached.not_null = not_null_below(parent);
        }
        if before.storage != after.storage {
            reached.storage.clone_from(&parent.storage);
        }
        if before.statistics != after.statistics {
            reached.statistics = parent.statistics;
        }
        if before.generated.is_some() && after.generated.is_none() {
            reached.generated = None;
        }
    }
    reached
}

/// The column that `ADD COLUMN` to a parent makes in a child.
pub(super) fn brought(parent: &Column) -> Column {
    let not_null = not_null_below(parent);
    let not_null_as = if not_null { parent.not_null_as.clone() } else { NotNull::default() };
    let own = parent.clone();
    Column {
        identity: None,
        options: Vec::new().into(),
        fdw_options: Vec::new(),
        not_null,
        not_null_as,
        ..own
    }
}

/// Whether children get a column's NOT NULL: from PostgreSQL 18 on it can be the parent's alone.
fn not_null_below(column: &Column) -> bool {
    column.not_null && !column.not_null_as.no_inherit
}

/// The column that a new child has of its parents.
pub(super) fn brought_by(catalog: &Catalog, parents: &[QualifiedName], name: &str) -> Option<Column> {
    let columns = parents.iter().filter_map(|parent| {
        let table = ObjectId::new(Kind::Table, parent.clone());
        match (catalog.get(&table.child(Kind::Column, name)), catalog.get(&table)) {
            (Some(Object::Column(column)), _) => Some(column.clone()),
            // Of a column that comes by itself, its author need not speak.
            (_, Some(Object::Table(table))) => brought_by(catalog, &table.inherits, name),
            _ => None,
        }
    });
    let columns: Vec<_> = columns.collect();
    let first = brought(columns.first()?);
    // Storage, compression and statistics target are not inherited by CREATE TABLE, but for the storage.
    Some(Column { not_null: columns.iter().any(not_null_below), statistics: None, ..first })
}

/// The constraint of the same name of a parent, kept all along, with which this one comes and goes.
pub(super) fn leading_constraint(cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
    let table = id.ancestor(Kind::Table, 2);
    let of_parent =
        kept_parents(cx, &table).into_iter().map(|parent| parent.child(Kind::Constraint, id.name()));
    let goes_down = |catalog: &Catalog, id: &ObjectId| match catalog.get(id) {
        Some(Object::Constraint(Constraint { body: ConstraintBody::Check { no_inherit, .. }, .. })) => {
            !no_inherit
        }
        found => found.is_some(),
    };
    of_parent.into_iter().find(|id| goes_down(cx.prev, id) || goes_down(cx.next, id))
}
