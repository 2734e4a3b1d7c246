//! Rows of default data: found by their key, inserted if missing, updated if they differ and nobody else has touched them.
//!
//! Three states meet in each statement: the row as it was declared last, as it is declared now, and as a database has
//! it. The first two are known when the statement is written, and the third when it runs: so the statement carries the
//! condition. It can run again and again. Rows live in tables, so the live door reads them with [`query`] for the keys
//! that the other side declares.

mod statements;

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{OnEdit, OnRemoval, Seed, SeedPolicy};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

pub(crate) use statements::{alike, all, edited, edits, found, insert, query};
use statements::{delete, update};

impl Verb for Seed {
    const CATALOG: &'static str = "SELECT 0, 0, 0, '[]', '{}' WHERE false";

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if self.policy.on_edit == OnEdit::Fail {
            out.run(refusal(cx.next, id, None, Some(self)));
        }
        out.run(insert(cx.next, id, &[self]));
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        let SeedPolicy { on_edit, delete: removal } = policy(cx.next, id, self);
        if removal == OnRemoval::Never {
            return;
        }
        if on_edit == OnEdit::Fail {
            out.run(refusal(cx.prev, id, Some(self), None));
        }
        out.run(delete(cx.prev, id, self));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { key, values, on_insert: _, ordinal: _, policy } = next;
        if self.key != *key {
            return Way::Rebuild;
        }
        if values.iter().all(|(column, value)| self.values.get(column) == Some(value)) {
            return Way::InPlace;
        }
        let last = comparable(cx.prev, cx.next, id, self);
        if policy.on_edit == OnEdit::Fail {
            out.run(refusal(cx.next, id, Some(&last), Some(next)));
        }
        out.run(update(cx.next, id, &last, next));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Table, 2)]
    }

    fn place(&self) -> u32 {
        self.ordinal.0
    }
}

/// What becomes of a row that `next` does not declare: what it says of its other rows there, or else what was said of it.
pub(crate) fn policy(next: &Catalog, id: &ObjectId, seed: &Seed) -> SeedPolicy {
    let table = id.ancestor(Kind::Seed, 2);
    match next.under(Kind::Seed, table.path()).next().map(|(_, entry)| &entry.object) {
        Some(Object::Seed(other)) => other.policy,
        _ => seed.policy,
    }
}

/// The row as it was, with what can still be said of it in the state after: columns that are there and of the same type.
pub(crate) fn comparable(prev: &Catalog, next: &Catalog, id: &ObjectId, seed: &Seed) -> Seed {
    let table = id.ancestor(Kind::Table, 2);
    let type_of = |catalog: &Catalog, column: &str| match catalog.get(&table.child(Kind::Column, column)) {
        Some(Object::Column(column)) => Some(column.type_.clone()),
        _ => None,
    };
    let stays = |column: &str| type_of(next, column).is_some_and(|it| Some(it) == type_of(prev, column));
    let values = seed.values.iter().filter(|(column, _)| stays(column));
    Seed { values: values.map(|(column, value)| (column.clone(), value.clone())).collect(), ..seed.clone() }
}

/// Fails where the row is neither as it was nor as it is to be.
fn refusal(catalog: &Catalog, id: &ObjectId, last: Option<&Seed>, next: Option<&Seed>) -> Pen {
    let message = format!("{id} has been edited in the database");
    let query = Pen::kw("SELECT FROM").name(id.path().iter().take(2)).and("AS").name(["seeded"]);
    Pen::refuse_if_exists(query.and("WHERE").pen(edited(catalog, id, last, next)), &message)
}

/// The seed that a row of [`query`] stands for, next to the declared one: the same key and columns, the live values.
pub(crate) fn from_row(declared: &Seed, row: &[Option<String>]) -> (Vec<String>, Seed) {
    let keys = row.iter().take(declared.key.len()).map(|value| value.clone().unwrap_or_default()).collect();
    let values: BTreeMap<_, _> =
        declared.values.keys().cloned().zip(row.iter().skip(declared.key.len()).cloned()).collect();
    (keys, Seed { values, ..declared.clone() })
}
