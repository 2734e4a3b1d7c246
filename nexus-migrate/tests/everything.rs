//! A file with every key of the format is built on a real server, and what was declared is read back.

mod support;

use std::path::Path;

use nexus_migrate::db::{Prefer, ScratchOptions};
use nexus_migrate::doors::{self, Bench};
use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use serde_json::Value;

/// What differs between two objects, key by key.
fn differences(id: &ObjectId, declared: &Value, built: &Value, path: &str, out: &mut Vec<String>) {
    match (declared, built) {
        (Value::Object(one), Value::Object(two)) => {
            let keys: std::collections::BTreeSet<_> = one.keys().chain(two.keys()).collect();
            for key in keys {
                let at = |all: &serde_json::Map<String, Value>| all.get(key).cloned().unwrap_or_default();
                differences(id, &at(one), &at(two), &format!("{path}.{key}"), out);
            }
        }
        (one, two) if one == two => {}
        (one, two) => out.push(format!("{id}{path}: {one} is {two}")),
    }
}

fn json(catalog: &Catalog, id: &ObjectId) -> Option<Value> {
    catalog.get(id).map(|object| serde_json::to_value(object).expect("an object is JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_declared_is_there() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nexus-schema/tests/everything.yaml");
    let (declared, _) = nexus_schema::document::load(&path).expect("the file is right");
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let mut bench = Bench::new(options);
    if let Err(error) = bench.scratch().await {
        return support::left_out("the file with every key", &error.to_string());
    }
    let state = doors::authored(&mut bench, &declared).await;
    bench.stop().await;
    let state = state.unwrap_or_else(|error| panic!("{error:?}"));
    let mut said = Vec::new();
    for (id, _) in declared.catalog.iter() {
        // No server can read it back, and the server's own roles are not asked for.
        if matches!(id.kind(), Kind::Raw) {
            continue;
        }
        let (Some(one), two) = (json(&declared.catalog, id), json(&state.catalog, id)) else { continue };
        match two {
            None => said.push(format!("{id} is missing")),
            Some(two) => differences(id, &one, &two, "", &mut said),
        }
    }
    insta::assert_snapshot!(said.join("\n"));
}
