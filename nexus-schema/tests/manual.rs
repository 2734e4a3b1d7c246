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

/// Calls `look` with every key of a schema.
fn keys(at: &str, schema: &serde_json::Value, look: &mut impl FnMut(&str, &serde_json::Value)) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}.{key}");
        look(&at, property);
        keys(&at, property, look);
    }
    for inner in ["items", "additionalProperties"].map(|key| &schema[key]) {
        if inner.is_object() {
            keys(at, inner, look);
        }
    }
    for form in schema["anyOf"].as_array().into_iter().flatten() {
        keys(at, form, look);
    }
}

#[test]
fn every_key_says_what_it_means_and_shows_an_example() {
    let schema = nexus_schema::jsonschema::json_schema().to_value();
    let mut lacking = Vec::new();
    let mut count = 0;
    for (shape, definition) in schema["$defs"].as_object().expect("there are shapes") {
        keys(shape, definition, &mut |at, property| {
            count += 1;
            let says =
                property["description"].as_str().is_some_and(|text| text.ends_with(['.', ')', '…', '?']));
            if !says || property["examples"].as_array().is_none_or(Vec::is_empty) {
                lacking.push(at.to_owned());
            }
        });
    }
    assert!(count > 500, "{count} keys");
    assert!(lacking.is_empty(), "{}", lacking.join(", "));
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
