//! The published JSON Schema and the manual say what the parser reads.
#![cfg(feature = "json-schema")]

use std::path::Path;

#[test]
fn the_published_json_schema_is_the_parsers_own() {
    let schema = nexus_schema::jsonschema::json_schema();
    let text = serde_json::to_string_pretty(schema.as_value()).expect("it is JSON") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/nexus.schema.json");
    // `INSTA_UPDATE=always` writes it, as it writes snapshots.
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the file is there"), text);
}

#[test]
fn every_code_is_in_the_manual() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("../docs/schema.md")).expect("the manual is there");
    let mut folders = vec![root.join("src")];
    let mut missing = std::collections::BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).expect("a source is text");
                let codes = text.split('"').filter(|word| word.len() == 6 && word.starts_with("NX0"));
                missing.extend(codes.filter(|code| !manual.contains(*code)).map(String::from));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
