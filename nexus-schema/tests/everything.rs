//! One file with every key of the format reads whole, and every key of the JSON Schema is in it.

use nexus_schema::document::parse;

const EVERYTHING: &str = include_str!("everything.yaml");
const ELSE: &str = include_str!("everything_else.yaml");

#[test]
fn everything_reads() {
    for (name, text) in [("everything", EVERYTHING), ("else", ELSE)] {
        let (declared, warnings) = parse(&format!("{name}.yaml"), text)
            .unwrap_or_else(|said| panic!("{}", said.render_human(nexus_schema::diagnostic::Color::Never)));
        assert!(warnings.is_empty(), "{}", warnings.render_short());
        insta::assert_snapshot!(name, declared.catalog.to_lines());
    }
}

/// Walks a value along its schema and takes note of every key that is used, by the shape it belongs to.
#[cfg(feature = "json-schema")]
fn walk(
    root: &serde_json::Value,
    shape: &str,
    schema: &serde_json::Value,
    value: &serde_json::Value,
    used: &mut std::collections::BTreeSet<String>,
) {
    if let Some(to) = schema["$ref"].as_str() {
        let name = to.trim_start_matches("#/$defs/");
        return walk(root, name, &root["$defs"][name], value, used);
    }
    for form in schema["anyOf"].as_array().into_iter().flatten() {
        walk(root, shape, form, value, used);
    }
    for item in value.as_array().into_iter().flatten() {
        walk(root, shape, &schema["items"], item, used);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        let property = &schema["properties"][key];
        if property.is_object() || property.as_bool() == Some(true) {
            used.insert(format!("{shape}.{key}"));
            walk(root, shape, property, item, used);
        }
        walk(root, shape, &schema["additionalProperties"], item, used);
    }
}

#[cfg(feature = "json-schema")]
#[test]
fn everything_has_every_key() {
    // What a file alone cannot show, and what says the same as another key.
    const APART: [&str; 2] = ["schema_file.include", "seed.from"];
    let schema = nexus_schema::jsonschema::json_schema().to_value();
    let mut used = std::collections::BTreeSet::from(APART.map(String::from));
    for text in [EVERYTHING, ELSE] {
        let file: serde_json::Value = serde_yaml::from_str(text).expect("it is YAML");
        walk(&schema, "", &schema, &file, &mut used);
    }
    // What can be said of any object is read in one place: one object that says it is enough.
    const SHARED: [&str; 7] = [
        "description",
        "was",
        "owner",
        "grants",
        "owner_privileges",
        "security_labels",
        "depends_on_extensions",
    ];
    let shared =
        |key: &str| SHARED.contains(&key) && used.iter().any(|used| used.ends_with(&format!(".{key}")));
    let mut unused = Vec::new();
    for (shape, definition) in schema["$defs"].as_object().expect("there are shapes") {
        let forms = definition["anyOf"].as_array().into_iter().flatten().chain([definition]);
        let keys = forms.flat_map(|form| form["properties"].as_object().into_iter().flatten());
        unused.extend(
            keys.map(|(key, _)| format!("{shape}.{key}")).filter(|key| {
                !used.contains(key) && !key.split_once('.').is_some_and(|(_, key)| shared(key))
            }),
        );
    }
    assert!(unused.is_empty(), "not in everything.yaml: {}", unused.join(", "));
}
