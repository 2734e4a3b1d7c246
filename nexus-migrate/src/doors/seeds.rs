//! Rows of default data: reading them from tables, and the order that foreign keys ask of them.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, ConstraintBody, OnRemoval, Ordinal, Seed};

use crate::db::{DbError, Session};
use crate::kinds::seed;

/// The rows that two states declare, those of `next` in its own shape; without those of `prev` alone that are nobody's
/// business any more, because they are never deleted.
pub fn wanted(prev: &Catalog, next: &Catalog) -> Catalog {
    let counts = |(id, entry): &(&ObjectId, &Entry)| match &entry.object {
        Object::Seed(seed) => next.contains(id) || seed::policy(next, id, seed).delete != OnRemoval::Never,
        _ => false,
    };
    let prev = prev.of_kind(Kind::Seed).filter(counts);
    prev.chain(next.of_kind(Kind::Seed)).map(|(id, entry)| (id.clone(), entry.clone())).collect()
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
        for row in session.rows(&seed::query(catalog, &table, &group).end()).await? {
            let (key, found) = seed::from_row(shape, &row);
            let spelled: Vec<&str> = key.iter().map(String::as_str).collect();
            let declared = by_key.get(&spelled).copied().unwrap_or(shape);
            let Seed { on_insert, ordinal, policy, key: _, values: _ } = declared.clone();
            let found = Seed { on_insert, ordinal, policy, ..found };
            let id = key.into_iter().fold(table.as_kind(Kind::Seed), |id, value| id.child(Kind::Seed, value));
            catalog.insert(id, found);
        }
    }
    in_order(catalog);
    Ok(())
}

/// Where rows are that have the keys of those that `wanted` declares: their tables and places, as the server spells them.
pub async fn places(
    session: &mut Session,
    catalog: &Catalog,
    wanted: &Catalog,
) -> Result<BTreeSet<(String, String)>, DbError> {
    let mut found = BTreeSet::new();
    for group in groups(catalog, wanted) {
        let Some((first, _)) = group.first() else { continue };
        let table = first.ancestor(Kind::Table, 2);
        for row in session.rows(&seed::found(catalog, &table, &group).end()).await? {
            if let Ok([Some(table), Some(place)]) = <[_; 2]>::try_from(row) {
                found.insert((table, place));
            }
        }
    }
    Ok(found)
}

/// Puts all rows of a table into `catalog`, each found by the first key that tells rows apart; false without such a key.
pub async fn take(session: &mut Session, catalog: &mut Catalog, table: &ObjectId) -> Result<bool, DbError> {
    let Some(shape) = shape(catalog, table) else { return Ok(false) };
    let before = u32::try_from(catalog.of_kind(Kind::Seed).count()).unwrap_or(u32::MAX);
    for (ordinal, row) in
        (before.saturating_add(1)..).zip(session.rows(&seed::all(table, &shape).end()).await?)
    {
        let (key, found) = seed::from_row(&shape, &row);
        let id = key.into_iter().fold(table.as_kind(Kind::Seed), |id, value| id.child(Kind::Seed, value));
        catalog.insert(id, Seed { ordinal: Ordinal(ordinal), ..found });
    }
    in_order(catalog);
    Ok(true)
}

/// What a row of a table gives: all that nobody computes, found by a key without NULL.
fn shape(catalog: &Catalog, table: &ObjectId) -> Option<Seed> {
    let columns = catalog.columns(table);
    let given = |column: &Column| column.generated.is_none() && column.identity.is_none();
    let is_key = |key: &&Vec<String>| {
        let named = |name: &String| columns.iter().find(|(id, _)| id.name() == name);
        key.iter().all(|name| named(name).is_some_and(|(_, column)| column.not_null && given(column)))
    };
    let keys = |primary: bool| {
        catalog.under(Kind::Constraint, table.path()).filter_map(move |(_, entry)| match &entry.object {
            Object::Constraint(constraint) => match &constraint.body {
                ConstraintBody::PrimaryKey { columns, .. } if primary => Some(columns),
                ConstraintBody::Unique { columns, .. } if !primary => Some(columns),
                _ => None,
            },
            _ => None,
        })
    };
    let key = keys(true).chain(keys(false)).find(is_key)?.clone();
    let values = columns.iter().filter(|(_, column)| given(column));
    let values = values.map(|(id, _)| (id.name().to_owned(), None)).collect();
    let (on_insert, policy) = Default::default();
    Some(Seed { key, values, on_insert, ordinal: Ordinal(0), policy })
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
    // One id stands for all rows of a table: as many edges as there are pairs of rows would be too many.
    for (table, other) in edges {
        for id in seeded.get(&table).into_iter().flatten() {
            catalog.require(id, other.as_kind(Kind::Seed));
        }
    }
}
