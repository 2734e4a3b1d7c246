//! Rows of default data: found by their key, inserted if missing, updated if they differ.
//!
//! The statements can run again and again. Their rows live in tables, so the live door reads them with
//! [`query`] for the keys that the other side declares.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Seed;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::{Pen, dotted, quote_name};

impl Verb for Seed {
    const CATALOG: &'static str = "SELECT 0, 0, 0, '[]', '{}' WHERE false";

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(upsert(id, &[self]));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DELETE FROM").name(id.path().iter().take(2)).and("WHERE").pen(is_key(id, self)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { key, values, on_insert: _, ordinal: _ } = next;
        if self.key != *key {
            return Way::Rebuild;
        }
        let set = values.iter().filter(|(column, value)| self.values.get(*column) != Some(value));
        let set: Vec<_> = set
            .map(|(column, value)| Pen::new().ident(column).and("=").pen(literal(value.as_deref())))
            .collect();
        if !set.is_empty() {
            out.run(
                Pen::kw("UPDATE")
                    .name(id.path().iter().take(2))
                    .and("SET")
                    .commas(set)
                    .and("WHERE")
                    .pen(is_key(id, next)),
            );
        }
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Table, 2)]
    }
}

fn literal(value: Option<&str>) -> Pen {
    match value {
        Some(text) => Pen::new().literal(text),
        None => Pen::kw("NULL"),
    }
}

fn is_key(id: &ObjectId, seed: &Seed) -> Pen {
    let values = id.path().iter().skip(2);
    let pairs =
        seed.key.iter().zip(values).map(|(column, value)| Pen::new().ident(column).and("=").literal(value));
    let mut all = Pen::new();
    for (n, pair) in pairs.enumerate() {
        all = all.and_if(n > 0, "AND").pen(pair);
    }
    all
}

/// The columns that a row gives, in order: what new rows alone get first, then the rest.
fn columns(seed: &Seed) -> Vec<&String> {
    let kept = seed.values.keys().filter(|column| !seed.on_insert.0.contains_key(*column));
    let key_first = seed.key.iter();
    let rest = kept.filter(|column| !seed.key.contains(column));
    seed.on_insert.0.keys().chain(key_first).chain(rest).collect()
}

/// Whether two rows of one table can stand in one statement.
pub(crate) fn alike(a: &Seed, b: &Seed) -> bool {
    a.key == b.key && columns(a) == columns(b)
}

/// One INSERT for rows that are [`alike`].
pub(crate) fn upsert(id: &ObjectId, seeds: &[&Seed]) -> Pen {
    let Some(first) = seeds.first() else { return Pen::new() };
    let names = columns(first);
    let rows = seeds.iter().map(|seed| {
        Pen::new().list(columns(seed).into_iter().map(|column| match seed.on_insert.0.get(column) {
            Some(value) => literal(Some(value)),
            None => literal(seed.values.get(column).and_then(|value| value.as_deref())),
        }))
    });
    let table = ["seeded"];
    let pen = Pen::kw("INSERT INTO")
        .name(id.path().iter().take(2))
        .and("AS")
        .name(table)
        .idents(&names)
        .and("VALUES")
        .rows(rows);
    let pen = pen.and("\nON CONFLICT").idents(&first.key);
    let kept: Vec<_> = first.values.keys().filter(|column| !first.key.contains(column)).collect();
    if kept.is_empty() {
        return pen.and("DO NOTHING");
    }
    let set = kept.iter().map(|column| Pen::new().ident(column).and("=").name(["excluded", column.as_str()]));
    let own = Pen::new().list(kept.iter().map(|column| Pen::new().name(["seeded", column.as_str()])));
    let given = Pen::new().list(kept.iter().map(|column| Pen::new().name(["excluded", column.as_str()])));
    pen.and("DO UPDATE SET").commas(set).and("\nWHERE").pen(own).and("IS DISTINCT FROM").pen(given)
}

/// A query for the rows with the given keys: `values` of each kept column as text, in the order of their names.
///
/// All seeds must be of one table and [`alike`] in key and kept columns.
pub(crate) fn query(table: &ObjectId, seeds: &[(&ObjectId, &Seed)]) -> Pen {
    let Some((_, first)) = seeds.first() else { return Pen::new() };
    let key = Pen::new().list(first.key.iter().map(|column| Pen::new().name(["seeded", column.as_str()])));
    let wanted = seeds
        .iter()
        .map(|(id, _)| Pen::new().list(id.path().iter().skip(2).map(|value| literal(Some(value)))));
    rows(table, first).and("WHERE").pen(key).and("IN").list(wanted)
}

/// A query for all rows of a table, by their keys, in the shape of [`query`].
pub(crate) fn all(table: &ObjectId, shape: &Seed) -> Pen {
    let key = shape.key.iter().map(|column| Pen::new().name(["seeded", column.as_str()]));
    rows(table, shape).and("ORDER BY").commas(key)
}

fn rows(table: &ObjectId, shape: &Seed) -> Pen {
    let texts = shape.key.iter().chain(shape.values.keys()).map(|column| Pen::new().text(&text_of(column)));
    Pen::kw("SELECT").commas(texts).and("FROM").name(table.path()).and("AS").name(["seeded"])
}

fn text_of(column: &str) -> String {
    let name = dotted(["seeded", column]);
    format!("{name}::text AS {}", quote_name(column))
}

/// The seed that a row of [`query`] stands for, next to the declared one: the same key and columns, the live values.
pub(crate) fn from_row(declared: &Seed, row: &[Option<String>]) -> (Vec<String>, Seed) {
    let keys = row.iter().take(declared.key.len()).map(|value| value.clone().unwrap_or_default()).collect();
    let values: BTreeMap<_, _> =
        declared.values.keys().cloned().zip(row.iter().skip(declared.key.len()).cloned()).collect();
    (keys, Seed { values, ..declared.clone() })
}
