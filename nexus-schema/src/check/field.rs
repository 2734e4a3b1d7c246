//! What a field of a CSV file means: the value that a YAML file would give for a column of its type.

use crate::types::{Builtin, TypeRef};
use crate::yaml::Value;

/// Reads a field for a type; what reads as nothing of it is left as a text, for the type to take or refuse.
pub(super) fn read(field: &str, type_: &TypeRef) -> Value {
    use Builtin as B;
    let text = || Value::Text(field.to_owned());
    match type_.builtin().filter(|_| !type_.array) {
        Some(B::Bool) => match field.to_ascii_lowercase().as_str() {
            "true" | "t" => Value::Bool(true),
            "false" | "f" => Value::Bool(false),
            _ => text(),
        },
        Some(B::Int2 | B::Int4 | B::Int8 | B::Oid | B::Numeric | B::Float4 | B::Float8 | B::Money) => {
            let is_of_number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
            match field.contains(|c: char| c.is_ascii_digit()) && field.chars().all(is_of_number) {
                true => Value::Number(field.to_owned()),
                false => text(),
            }
        }
        _ => text(),
    }
}
