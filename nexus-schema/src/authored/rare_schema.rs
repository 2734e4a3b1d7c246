//! The JSON Schema of the rarer kinds: from the same fields that reading goes by.

use serde_json::{Value as Json, json};

use super::decode::{Definitions, Loose, Scalar, Shape};
use super::probe::{Field, Type};
use super::rare::{Rare, choices, holds_definition, holds_pairs, overlaid};
use super::said::{self, Said};
use crate::catalog::Kind;

/// The schema of one object of a kind.
pub(super) fn object<T: Rare>(fields: &[Field], definitions: &mut Definitions) -> Json {
    let docs = T::docs();
    let mut properties = serde_json::Map::new();
    let mut describe = |name: &str, mut schema: Json, doc: &Json| {
        if let (Some(schema), Some(doc)) = (schema.as_object_mut(), doc.as_str()) {
            schema.insert("description".into(), doc.split_whitespace().collect::<Vec<_>>().join(" ").into());
        }
        properties.insert(name.into(), schema);
    };
    for field in fields.iter().filter(|field| !overlaid::<T>(field.name)) {
        let schema = value(T::KIND, field.name, &field.type_);
        describe(field.name, schema, &docs["properties"][field.name]["description"]);
    }
    let parts = T::Parts::schemas(definitions);
    for ((key, doc), schema) in T::Parts::KEYS.iter().zip(parts) {
        describe(key, schema, &json!(doc));
    }
    for (key, doc) in said::keys(T::KIND) {
        describe(key, Said::schema(key, definitions), &json!(doc));
    }
    let object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    match fields.iter().any(|field| field.required) {
        true => object,
        false => json!({ "anyOf": [object, { "type": "null" }] }),
    }
}

/// The schema of a field's value.
fn value(kind: Kind, name: &str, type_: &Type) -> Json {
    let text = || json!({ "type": "string" });
    if holds_pairs(name, type_) || holds_definition(type_) {
        return json!({ "type": "object", "additionalProperties": <Loose as Scalar>::schema() });
    }
    match type_ {
        Type::Flag => json!({ "type": "boolean" }),
        Type::Count => json!({ "type": "integer" }),
        Type::Text => match choices(kind, name) {
            Some(words) => json!({ "enum": words }),
            None => text(),
        },
        Type::Optional(inner) => value(kind, name, inner),
        Type::List(item) => {
            let item = value(kind, name, item);
            json!({ "anyOf": [{ "type": "array", "items": item }, item] })
        }
        Type::Map(item) => json!({ "type": "object", "additionalProperties": value(kind, "", item) }),
        Type::Any | Type::Row(_) | Type::Struct(_) => text(),
    }
}
