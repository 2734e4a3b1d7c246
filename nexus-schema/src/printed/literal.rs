//! Defaults as values: the mirror of `check::literal`.
//!
//! A value is written only where the resolver makes the same SQL of it that the server holds.

use super::tree::{Map, Tree};
use crate::check::literal;
use crate::types::{Builtin, TypeRef};
use crate::yaml::{Key, Node, Value};

/// How deep a JSON value may be to be written as one.
const DEPTH: usize = 6;
/// How long a key may be: YAML's own bound for keys on a line is 1024.
const KEY: usize = 100;

/// A text where people also write numbers and flags, such as the value of an option.
pub(super) fn loose(text: &str) -> Tree {
    match text {
        "true" => Tree::Bool(true),
        "false" => Tree::Bool(false),
        _ if is_number(text) => Tree::Number(text.to_owned()),
        _ => Tree::from(text),
    }
}

/// The value that stands for a default expression of a column of a type that is no domain.
pub(super) fn of_expression(expr: &str, type_: &TypeRef) -> Option<Tree> {
    let numeric = !type_.array && type_.builtin().is_some_and(is_numeric);
    if !type_.array && (numeric || type_.builtin() == Some(Builtin::Bool)) && says(&loose(expr), expr, type_)
    {
        return Some(loose(expr));
    }
    let (text, cast) = constant(expr)?;
    let cast = TypeRef::parse(cast).ok()?;
    if numeric {
        // PostgreSQL keeps a negative number as a constant of the type that its digits have.
        let digits = text.strip_prefix('-').filter(|digits| is_number(digits))?;
        return (cast.to_string() == type_of_digits(digits)).then(|| Tree::Number(text.clone()));
    }
    if !is_same(type_, &cast) || literal::is_call(&text) {
        return None;
    }
    of_text(&text, type_)
}

/// Whether two types are the same but for their modifiers.
fn is_same(one: &TypeRef, two: &TypeRef) -> bool {
    // `format_type` calls blank-padded text without a length by its name in the catalog.
    let name = |type_: &TypeRef| match type_.builtin() {
        Some(Builtin::Bpchar) => "character".to_owned(),
        Some(Builtin::Interval) => "interval".to_owned(),
        _ => type_.name.clone(),
    };
    (name(one), &one.schema, one.array) == (name(two), &two.schema, two.array)
}

/// The value that has this text in a column of the type.
pub(super) fn of_text(text: &str, type_: &TypeRef) -> Option<Tree> {
    let is_json = matches!(type_.builtin(), Some(Builtin::Json | Builtin::Jsonb));
    let first = match type_.builtin() {
        _ if type_.array => array(text, type_).map(Tree::List),
        Some(Builtin::Bool) => Some(loose(text)),
        Some(builtin) if is_numeric(builtin) => Some(loose(text)),
        _ if is_json => serde_json::from_str(text).ok().and_then(|value| json(&value, 0)),
        _ => None,
    };
    first.into_iter().chain([Tree::from(text)]).find(|tree| says(tree, text, type_))
}

/// Whether the resolver reads the value as this text.
fn says(tree: &Tree, text: &str, type_: &TypeRef) -> bool {
    literal::text(&node(tree), type_, None).is_ok_and(|read| {
        // The resolver keeps the digits of a number as they are.
        read.as_deref() == Some(text) || matches!(tree, Tree::Number(digits) if digits == text)
    })
}

/// The tree as the reader gives it.
fn node(tree: &Tree) -> Node {
    let value = match tree {
        Tree::Null => Value::Null,
        Tree::Bool(value) => Value::Bool(*value),
        Tree::Number(digits) => Value::Number(digits.clone()),
        Tree::Text(text) => Value::Text(text.clone()),
        Tree::List(items) => Value::Seq(items.iter().map(node).collect()),
        Tree::Map(map) => {
            let entries = map.entries.iter();
            Value::Map(
                entries.map(|(key, value)| (Key { span: 0..0, text: key.clone() }, node(value))).collect(),
            )
        }
    };
    Node { span: 0..0, value }
}

/// Takes `'text'::type` apart.
fn constant(expr: &str) -> Option<(String, &str)> {
    let rest = expr.strip_prefix('\'')?;
    let mut text = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => return Some((text, rest[at + 1..].strip_prefix("::")?)),
            c => text.push(c),
        }
    }
    None
}

fn is_numeric(builtin: Builtin) -> bool {
    use Builtin as B;
    matches!(builtin, B::Int2 | B::Int4 | B::Int8 | B::Numeric | B::Float4 | B::Float8)
}

/// Digits that YAML and SQL both take for the same number.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits =
        |text: &str| !text.is_empty() && text.len() < 200 && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// The type that the scanner gives to digits.
fn type_of_digits(digits: &str) -> &'static str {
    match digits.parse::<i64>() {
        Ok(number) if i32::try_from(number).is_ok() => "integer",
        Ok(_) => "bigint",
        Err(_) => "numeric",
    }
}

/// A JSON value, where its texts and keys are few and short.
pub(super) fn json(value: &serde_json::Value, depth: usize) -> Option<Tree> {
    if depth > DEPTH {
        return None;
    }
    Some(match value {
        serde_json::Value::Null => Tree::Null,
        serde_json::Value::Bool(value) => Tree::Bool(*value),
        serde_json::Value::Number(number) if is_number(&number.to_string()) => {
            Tree::Number(number.to_string())
        }
        serde_json::Value::Number(_) => return None,
        // A text alone would be read as JSON itself.
        serde_json::Value::String(text) => (depth > 0).then(|| Tree::from(text))?,
        serde_json::Value::Array(items) => {
            Tree::List(items.iter().map(|item| json(item, depth + 1)).collect::<Option<_>>()?)
        }
        serde_json::Value::Object(entries) => {
            let mut map = Map::default();
            for (key, value) in entries {
                if key.len() > KEY {
                    return None;
                }
                map.put(key, json(value, depth + 1)?);
            }
            Tree::Map(map)
        }
    })
}

/// The items of an array of one dimension whose texts need no escapes.
fn array(text: &str, type_: &TypeRef) -> Option<Vec<Tree>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let numbers = type_.builtin().is_some_and(is_numeric);
    let item = |item: &str| match item {
        "NULL" => Tree::Null,
        digits if numbers => loose(digits),
        text => Tree::from(text),
    };
    (!inner.contains(['{', '}', '"', '\\'])).then(|| inner.split(',').map(item).collect())
}
