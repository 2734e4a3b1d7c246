//! `nexus schema-json`: the JSON Schema of the schema file, for editors.

use super::{CommandError, Failure};

/// Returns the JSON Schema.
pub fn schema_json() -> Result<serde_json::Value, CommandError> {
    Err(CommandError::Usage(Failure::new("this build does not know the JSON Schema of schema files")))
}
