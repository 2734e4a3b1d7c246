//! `nexus schema-json`: the JSON Schema of the schema file, for editors.

use serde_json::Value;

/// Returns the JSON Schema.
pub fn schema_json() -> Value {
    nexus_schema::jsonschema::json_schema().into()
}
