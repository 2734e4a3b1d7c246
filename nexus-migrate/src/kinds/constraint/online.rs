//! Constraints that come to a table while clients use it.
//!
//! | Constraint          | Instead of holding clients up while rows are read                                        |
//! | ------------------- | ---------------------------------------------------------------------------------------- |
//! | check, foreign key  | `NOT VALID`, which holds for new rows at once; `VALIDATE` in a transaction of its own    |
//! | … of a partitioned table that refers | the same for each partition; the parent's takes them over               |
//! | unique, primary key | a unique index made concurrently, which becomes the constraint's                         |
//! | exclusion, periods  | nothing: PostgreSQL has no other way                                                     |
//!
//! Facts 2.4 and 2.6; that a partitioned table takes no `NOT VALID` foreign key before PostgreSQL 18, facts 2.3.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Constraint, ConstraintBody, Partition, TableForm};

use super::super::{Cx, temporary};
use super::{alter, is_partitioned, marks, named, waits};
use crate::plan::Steps;
use crate::sql::Pen;

/// Adds a constraint.
pub(super) fn add(constraint: &Constraint, cx: &Cx, id: &ObjectId, out: &mut Steps) {
    let plain = alter(id).and("ADD").pen(named(id, constraint));
    let mut gentle = Steps::default();
    if !gently(constraint, cx, id, &mut gentle) {
        // At least nothing else is locked for as long.
        gentle.own(plain.clone());
    }
    out.gently(&id.ancestor(Kind::Table, 2), plain, gentle);
}

/// Writes how one key takes another one's place: its index is made while the other still holds.
pub(super) fn replace(
    prev: &Constraint,
    next: &Constraint,
    cx: &Cx,
    id: &ObjectId,
    out: &mut Steps,
) -> Option<ObjectId> {
    if prev.inherited.0 || next.inherited.0 || index(prev, cx, id).is_none() {
        return None;
    }
    let (make, take) = index(next, cx, id)?;
    let aside = temporary::name("old", id);
    out.run(alter(id).and("RENAME CONSTRAINT").ident(id.name()).and("TO").ident(&aside));
    out.outside(make);
    out.run(alter(id).and("DROP CONSTRAINT").ident(&aside));
    out.run(take);
    marks::again(cx, &id.ancestor(Kind::Table, 2), id.name(), out);
    Some(id.ancestor(Kind::Table, 2))
}

/// The statements that take away a foreign key between two tables with rows of their own, and the other table: it has
/// to be locked too (facts L30), and both are before anything is done.
pub(in super::super) fn part(constraint: &Constraint, cx: &Cx, id: &ObjectId) -> Option<(ObjectId, Pen)> {
    let ConstraintBody::ForeignKey { table: other, .. } = &constraint.body else { return None };
    let (table, other) = (id.ancestor(Kind::Table, 2), ObjectId::new(Kind::Table, other.clone()));
    let is_plain = |id: &ObjectId| {
        matches!(cx.prev.get(id), Some(Object::Table(it)) if it.form == TableForm::Ordinary)
            && !cx.prev.contains(&id.as_kind(Kind::Partition))
    };
    let goes = !cx.next.contains(id) && !constraint.inherited.0 && cx.next.contains(&other);
    if !goes || table == other || !is_plain(&table) || !is_plain(&other) {
        return None;
    }
    let both = [&table, &other].map(|table| Pen::new().name(table.path()));
    let lock = Pen::kw("LOCK TABLE").commas(both).and("IN ACCESS EXCLUSIVE MODE");
    Some((other, lock.then(alter(id).and("DROP CONSTRAINT").ident(id.name()))))
}

/// Writes what does without reading rows under a strong lock; `false` where there is no such way.
fn gently(constraint: &Constraint, cx: &Cx, id: &ObjectId, out: &mut Steps) -> bool {
    let checks = constraint.valid && !constraint.not_enforced;
    match &constraint.body {
        ConstraintBody::Check { .. } if checks => add_and_validate(constraint, id, out),
        ConstraintBody::ForeignKey { .. } if checks => {
            let table = id.ancestor(Kind::Table, 2);
            if is_partitioned(cx, id) {
                let copies =
                    parts(cx, &table).into_iter().map(|part| part.child(Kind::Constraint, id.name()));
                for copy in copies.filter(|copy| !cx.prev.contains(copy) && cx.next.contains(copy)) {
                    add_and_validate(constraint, &copy, out);
                }
                out.run(alter(id).and("ADD").pen(named(id, constraint)));
            } else {
                add_and_validate(constraint, id, out);
            }
        }
        // Between the drop of a key and the end of its index nothing would hold.
        _ if cx.prev.contains(id) => return false,
        _ => {
            let Some((make, take)) = index(constraint, cx, id) else { return false };
            out.outside(make);
            out.run(take);
        }
    }
    true
}

fn add_and_validate(constraint: &Constraint, id: &ObjectId, out: &mut Steps) {
    let doubted = Constraint { valid: false, ..constraint.clone() };
    out.run(alter(id).and("ADD").pen(named(id, &doubted)));
    out.own(alter(id).and("VALIDATE CONSTRAINT").ident(id.name()));
}

/// The statements that make a key's index, and make it the key's; nothing where a key cannot come about so.
fn index(constraint: &Constraint, cx: &Cx, id: &ObjectId) -> Option<(Pen, Pen)> {
    let (columns, include, nulls_not_distinct, options, tablespace, words) = match &constraint.body {
        ConstraintBody::PrimaryKey { columns, include, options, tablespace, without_overlaps: false } => {
            (columns, include, false, options, tablespace, "PRIMARY KEY USING INDEX")
        }
        ConstraintBody::Unique {
            columns,
            include,
            nulls_not_distinct,
            options,
            tablespace,
            without_overlaps: false,
        } => (columns, include, *nulls_not_distinct, options, tablespace, "UNIQUE USING INDEX"),
        _ => return None,
    };
    if is_partitioned(cx, id) {
        return None;
    }
    let table = id.ancestor(Kind::Table, 2);
    let make = Pen::kw("CREATE UNIQUE INDEX CONCURRENTLY").ident(id.name()).and("ON").name(table.path());
    let make = make.idents(columns);
    let make = if include.is_empty() { make } else { make.and("INCLUDE").idents(include) };
    let make = make.and_if(nulls_not_distinct, "NULLS NOT DISTINCT");
    let make = if options.is_empty() { make } else { make.and("WITH").options(options) };
    let make = match tablespace {
        Some(tablespace) => make.and("TABLESPACE").ident(tablespace),
        None => make,
    };
    let take = alter(id).and("ADD CONSTRAINT").ident(id.name()).and(words).ident(id.name());
    Some((make, waits(take, constraint.deferrable, constraint.initially_deferred)))
}

/// The tables below a partitioned one that stay where they are and hold rows.
fn parts(cx: &Cx, table: &ObjectId) -> Vec<ObjectId> {
    let of = |object: &Object| matches!(object, Object::Partition(Partition { parent, .. }) if parent.as_slice() == table.path());
    let attached = cx
        .prev
        .of_kind(Kind::Partition)
        .filter(|(id, entry)| of(&entry.object) && cx.next.get(id) == Some(&entry.object));
    attached
        .map(|(id, _)| id.as_kind(Kind::Table))
        .flat_map(|part| if is_partitioned(cx, &part) { parts(cx, &part) } else { vec![part] })
        .collect()
}
