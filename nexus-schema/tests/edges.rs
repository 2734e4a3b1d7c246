//! What needs what: no schema that passes asks for an order that there is not.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, ObjectId};
use nexus_schema::document::parse;

/// The objects that need one another in a circle; none where an order can be found.
fn circle(catalog: &Catalog) -> Vec<&ObjectId> {
    let mut left: BTreeSet<_> = catalog.iter().map(|(id, _)| id).collect();
    loop {
        let waits = |id: &&&ObjectId| {
            let entry = catalog.entry(id).expect("the id is of the catalog");
            entry.requires.iter().any(|needed| left.contains(needed))
        };
        let next: BTreeSet<_> = left.iter().filter(waits).copied().collect();
        if next.len() == left.len() {
            return left.into_iter().collect();
        }
        left = next;
    }
}

#[test]
fn words_in_queries_and_bodies_close_no_circle() {
    let text = "
nexus: 1
database: shop
sequences: { numbers: { owned_by: orders.id } }
functions:
  next_id: { returns: bigint, body: \"SELECT nextval('numbers') + (SELECT count(*) FROM orders) -- other_id()\" }
  other_id: { returns: bigint, body: SELECT next_id() }
tables:
  orders:
    columns:
      id: { type: bigint, primary_key: true, default_expr: \"nextval('numbers') + next_id()\" }
      parent: { type: bigint, references: orders.id, check: \"parent > other_id()\" }
      line: { type: bigint, references: lines.id }
  lines:
    columns: { id: { type: bigint, primary_key: true }, order_id: { type: bigint, references: orders.id } }
  part: { inherits: [orders, lines], columns: { note: text } }
views:
  one: { query: \"SELECT 1 AS two FROM orders, lines AS one\" }
  two: { query: \"SELECT 1 AS one FROM lines AS two\", materialized: true }
";
    let (declared, _) = parse("schema.yaml", text).expect("the schema is sound");
    assert_eq!(circle(&declared.catalog), Vec::<&ObjectId>::new());
}

#[test]
fn the_platform_has_an_order() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    let (declared, _) = nexus_schema::document::load(&path).expect("the reference schema is sound");
    assert_eq!(circle(&declared.catalog), Vec::<&ObjectId>::new());
}

#[test]
fn everything_has_an_order() {
    for text in [include_str!("everything.yaml"), include_str!("everything_else.yaml")] {
        let (declared, _) = parse("schema.yaml", text).expect("the schema is sound");
        assert_eq!(circle(&declared.catalog), Vec::<&ObjectId>::new());
    }
}
