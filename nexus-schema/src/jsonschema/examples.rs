//! An example for every key: how the files that have every key use it, which the tests read whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::yaml;

const EVERYTHING: [&str; 2] =
    [include_str!("../../tests/everything.yaml"), include_str!("../../tests/everything_else.yaml")];

/// Examples by the shape that a key belongs to; and by the key alone, for keys that many shapes share.
#[derive(Default)]
struct Examples {
    of_shape: BTreeMap<(String, String), Value>,
    of_key: BTreeMap<String, Value>,
}

/// Puts an example beside the description of every key.
pub(super) fn exemplify(definitions: &mut Map<String, Value>) {
    let mut examples = Examples::default();
    // The files are whole, so nothing in them includes another one.
    examples.of_key.insert("include".into(), json!(["billing.yaml"]));
    for text in EVERYTHING {
        let tree = yaml::parse(text).expect("the tests read this file");
        examples.collect(
            definitions,
            "schema_file",
            &json!({ "$ref": "#/$defs/schema_file" }),
            &plain(&tree),
        );
    }
    for (shape, schema) in definitions {
        examples.insert(shape, schema);
    }
}

impl Examples {
    /// Walks a value along its schema.
    fn collect(&mut self, definitions: &Map<String, Value>, shape: &str, schema: &Value, value: &Value) {
        if let Some(to) = schema.get("$ref").and_then(Value::as_str) {
            let shape = to.trim_start_matches("#/$defs/");
            if let Some(schema) = definitions.get(shape) {
                self.collect(definitions, shape, schema, value);
            }
            return;
        }
        for form in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            self.collect(definitions, shape, form, value);
        }
        if let Some(items) = schema.get("items") {
            for item in value.as_array().into_iter().flatten() {
                self.collect(definitions, shape, items, item);
            }
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(schema) = schema.get("properties").and_then(|properties| properties.get(key)) {
                let example = short(value, 0);
                self.of_key.entry(key.clone()).or_insert_with(|| example.clone());
                self.of_shape.entry((shape.to_owned(), key.clone())).or_insert(example);
                self.collect(definitions, shape, schema, value);
            } else if let Some(schema) = schema.get("additionalProperties") {
                self.collect(definitions, shape, schema, value);
            }
        }
    }

    fn insert(&self, shape: &str, schema: &mut Value) {
        let Some(schema) = schema.as_object_mut() else { return };
        for form in schema.get_mut("anyOf").and_then(Value::as_array_mut).into_iter().flatten() {
            self.insert(shape, form);
        }
        for inner in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get_mut(inner) {
                self.insert(shape, inner);
            }
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (key, property) in properties.into_iter().flatten() {
            self.insert(shape, property);
            let own = self.of_shape.get(&(shape.to_owned(), key.clone()));
            if let (Some(example), Some(property)) =
                (own.or_else(|| self.of_key.get(key)), property.as_object_mut())
            {
                property.insert("examples".into(), json!([example]));
            }
        }
    }
}

/// The beginning of a value that is long.
fn short(value: &Value, depth: usize) -> Value {
    let most = if depth == 0 { 1 } else { 3 };
    match value {
        Value::Object(entries) => {
            entries.iter().take(most).map(|(key, value)| (key.clone(), short(value, depth + 1))).collect()
        }
        Value::Array(items) => items.iter().take(most + 1).map(|item| short(item, depth + 1)).collect(),
        value => value.clone(),
    }
}

/// A tree without its places.
fn plain(node: &yaml::Node) -> Value {
    match &node.value {
        yaml::Value::Null => Value::Null,
        yaml::Value::Bool(value) => json!(value),
        yaml::Value::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| json!(digits)),
        yaml::Value::Text(text) | yaml::Value::Field(text) => json!(text),
        yaml::Value::Seq(items) => items.iter().map(plain).collect(),
        yaml::Value::Map(entries) => {
            entries.iter().map(|(key, value)| (key.text.clone(), plain(value))).collect()
        }
    }
}
