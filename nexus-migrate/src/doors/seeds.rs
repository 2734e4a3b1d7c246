//! Rows of default data: reading them from tables, and the order that foreign keys ask of them.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{ConstraintBody, Seed};

use crate::db::{DbError, Session};
use crate::kinds::seed;

/// The rows that two states declare, those of `next` in its own shape.
pub fn wanted(prev: &Catalog, next: &Catalog) -> Catalog {
    let of = |catalog: &Catalog| -> Vec<(ObjectId, Entry)> {
        catalog.of_kind(Kind::Seed).map(|(id, entry)| (id.clone(), entry.clone())).collect()
    };
    of(prev).into_iter().chain(of(next)).collect()
}

/// Looks in the session's tables for the rows that `wanted` declares and puts those it finds into `catalog`,
/// with the values they have there, spelled by the server.
pub async fn read(
    session: &mut Session,
    catalog: &mut Catalog,
    wanted: Option<&Catalog>,
) -> Result<(), DbError> {
    let Some(wanted) = wanted else { return Ok(()) };
    for group in groups(catalog, wanted) {
        let Some((first, shape)) = group.first() else { continue };
        let table = first.ancestor(Kind::Table, 2);
        let by_key: BTreeMap<Vec<&str>, &Seed> = group
            .iter()
            .map(|(id, seed)| (id.path().iter().skip(2).map(String::as_str).collect(), *seed))
            .collect();
        for row in session.rows(&seed::query(&table, &group).end()).await? {
            let (key, found) = seed::from_row(shape, &row);
            let spelled: Vec<&str> = key.iter().map(String::as_str).collect();
            let declared = by_key.get(&spelled).copied().unwrap_or(shape);
            let found = Seed { on_insert: declared.on_insert.clone(), ordinal: declared.ordinal, ..found };
            let id = key.into_iter().fold(table.as_kind(Kind::Seed), |id, value| id.child(Kind::Seed, value));
            catalog.insert(id, found);
        }
    }
    in_order(catalog);
    Ok(())
}

/// The table of a row, the columns of its key, and all of its columns.
type Shape<'a> = (Vec<String>, Vec<&'a String>, Vec<&'a String>);

/// Declared rows by table and shape, where the table and the columns exist.
fn groups<'a>(catalog: &Catalog, wanted: &'a Catalog) -> Vec<Vec<(&'a ObjectId, &'a Seed)>> {
    let mut groups: BTreeMap<Shape, Vec<_>> = BTreeMap::new();
    for (id, entry) in wanted.of_kind(Kind::Seed) {
        let Object::Seed(seed) = &entry.object else { continue };
        let table = id.ancestor(Kind::Table, 2);
        let has = |column: &String| catalog.contains(&table.child(Kind::Column, column));
        if seed.values.keys().all(has) && seed.key.iter().all(has) {
            let shape = (table.path().to_vec(), seed.key.iter().collect(), seed.values.keys().collect());
            groups.entry(shape).or_default().push((id, seed));
        }
    }
    groups.into_values().collect()
}

/// Makes the rows of a table need those of the tables it refers to.
pub(super) fn in_order(catalog: &mut Catalog) {
    let mut seeded: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for (id, _) in catalog.of_kind(Kind::Seed) {
        seeded.entry(id.ancestor(Kind::Table, 2)).or_default().push(id.clone());
    }
    let mut edges: BTreeSet<(ObjectId, ObjectId)> = BTreeSet::new();
    for (id, entry) in catalog.of_kind(Kind::Constraint) {
        let table = id.ancestor(Kind::Table, 2);
        if let Object::Constraint(constraint) = &entry.object
            && let ConstraintBody::ForeignKey { table: other, .. } = &constraint.body
        {
            let other = ObjectId::new(Kind::Table, other.clone());
            if other != table && seeded.contains_key(&table) && seeded.contains_key(&other) {
                edges.insert((table, other));
            }
        }
    }
    for (table, other) in edges {
        for id in seeded.get(&table).into_iter().flatten() {
            for needed in seeded.get(&other).into_iter().flatten() {
                catalog.require(id, needed.clone());
            }
        }
    }
}
