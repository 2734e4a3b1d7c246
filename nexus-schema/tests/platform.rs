//! The schema of the platform itself, line by line what its document says.

use std::path::Path;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::document::{Declared, load};

fn platform() -> Declared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    match load(&path) {
        Ok((declared, warnings)) => {
            assert!(warnings.is_empty(), "{}", warnings.render_short());
            declared
        }
        Err(diagnostics) => panic!("{}", diagnostics.render_short()),
    }
}

#[test]
fn everything_the_document_lists_is_there() {
    let declared = platform();
    let count = |kind: Kind| declared.catalog.of_kind(kind).count();
    let groups: std::collections::BTreeSet<_> =
        declared.tables.iter().filter_map(|table| table.group.clone()).collect();
    assert_eq!((declared.tables.len(), groups.len()), (13, 7));
    assert_eq!((count(Kind::Index), count(Kind::Trigger), count(Kind::Function)), (16, 6, 1));
    let seeds = |table: &str| declared.catalog.under(Kind::Seed, &["public".into(), table.into()]).count();
    assert_eq!((seeds("roles"), seeds("api_endpoints"), seeds("ssot_anchors")), (4, 22, 5));
    assert_eq!((count(Kind::Table), count(Kind::Column)), (13, 113));
}

#[test]
fn the_whole_state_reads_as_documented() {
    insta::assert_snapshot!(platform().catalog.to_lines());
}

#[test]
fn ids_of_seeds_stay_the_same() {
    let declared = platform();
    let id = ObjectId::new(Kind::Seed, ["public", "roles", "admin"]);
    let Some(Object::Seed(seed)) = declared.catalog.get(&id) else { panic!("the role is there") };
    insta::assert_snapshot!(seed.on_insert.0["id"]);
}

#[test]
fn places_point_into_the_file() {
    let declared = platform();
    let table = ObjectId::new(Kind::Table, ["public", "users"]);
    let place = declared.place(&table.child(Kind::Column, "email")).expect("the column is declared");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let line = text.lines().nth(place.line - 1).expect("the line is there");
    assert!(line[place.column - 1..].starts_with("email:"), "{line}");
}
