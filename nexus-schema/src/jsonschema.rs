//! The JSON Schema of the file format, for editors.
//!
//! Grows from the same tables of keys as reading does; its examples are from files that the tests read.

mod examples;

use serde_json::{Value, json};

use crate::authored::File;
use crate::authored::decode::{Definitions, shape_schema};

/// Returns the JSON Schema (draft 2020-12) of a schema file.
///
/// ```
/// let schema = nexus_schema::jsonschema::json_schema();
/// assert_eq!(schema.get("title").unwrap(), "NEXUS schema file");
/// ```
pub fn json_schema() -> schemars::Schema {
    let mut definitions = Definitions::new();
    shape_schema::<File>(&mut definitions);
    // Names with blanks are no names for a `$ref`.
    let underscored = |name: &str| name.replace(' ', "_");
    let mut definitions: serde_json::Map<_, _> =
        definitions.into_iter().map(|(name, schema)| (underscored(name), references(schema))).collect();
    examples::exemplify(&mut definitions);
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "NEXUS schema file",
        "$ref": "#/$defs/schema_file",
        "$defs": definitions,
    });
    let object = root.as_object_mut().map(std::mem::take).unwrap_or_default();
    schemars::Schema::from(object)
}

fn references(schema: Value) -> Value {
    match schema {
        Value::Object(object) => {
            let entry = |(key, value): (String, Value)| match (key.as_str(), value) {
                ("$ref", Value::String(to)) => (key, Value::String(to.replace(' ', "_"))),
                (_, value) => (key, references(value)),
            };
            Value::Object(object.into_iter().map(entry).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(references).collect()),
        other => other,
    }
}
