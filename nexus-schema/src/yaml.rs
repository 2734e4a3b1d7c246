//! The only file that knows the YAML reader: text in, a tree with a place on every key and value out.
//!
//! A tree, and not structs straight from serde, because serde stops at the first mistake. Numbers keep the
//! author's digits: `0.10` stays `0.10`. Knows nothing of schemas.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};

/// A value and the bytes it is written at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number by its own digits.
    Number(String),
    Text(String),
    /// A field of a CSV file: a text that means what its column's type makes of it.
    Field(String),
    Seq(Vec<Node>),
    /// Keys in their order; one that comes twice is kept twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) | Value::Field(_) => "a text",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// The text is not YAML, or more of it than anybody writes.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

/// How deep mappings and lists may stand in each other.
const DEPTH: usize = 48;

/// Reads one document. Memory stays within a small multiple of the text, aliases included.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            flow_nesting_limit: DEPTH,
            max_documents: 1,
            max_nodes: 1_000_000,
            max_events: 2_200_000,
            max_anchors: 1_000,
            max_aliases: 10_000,
            max_recorded_anchor_events: 100_000,
            max_recorded_anchor_bytes: 8 * 1024 * 1024,
            max_total_scalar_bytes: 16 * 1024 * 1024,
        },
        alias_limits: limits(),
    };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Ok(raw.value.located(&raw.defined, text)),
        Err(error) => {
            let span = error.location().map_or(0..0, |location| bytes(&location, text));
            Err(YamlError { message: message(&error), span })
        }
    }
}

fn limits() -> serde_saphyr::options::AliasLimits {
    let mut limits = serde_saphyr::options::AliasLimits::default();
    limits.max_total_replayed_events = 100_000;
    limits.max_replay_stack_depth = 16;
    limits
}

/// The reader's own words without the place, which the snippet shows.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = match text.rfind(" at line ") {
        Some(at) => &text[..at],
        None => text,
    };
    if text.contains("merge keys") {
        return "merge keys (`<<`) have no place in a schema; an alias can stand for a whole value".into();
    }
    if text.contains("Documents") {
        return "a file holds one document; list further files under `include:`".into();
    }
    if text.contains("budget") || text.contains("recursion") {
        return format!("it is larger or deeper than a schema can be ({text})");
    }
    let text = text.strip_prefix("error: ").unwrap_or(text);
    match text.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        Some((_, rest)) => rest.to_owned(),
        None => text.to_owned(),
    }
}

fn bytes(location: &serde_saphyr::Location, text: &str) -> Range<usize> {
    let span = location.span();
    let start = match span.byte_offset() {
        Some(offset) => usize::try_from(offset).unwrap_or(text.len()),
        // Errors of the scanner carry characters alone.
        None => {
            let line = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
            let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
            let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let rest = text.get(before..).unwrap_or_default();
            before + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
        }
    };
    let len = span.byte_len().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    let start = start.min(text.len());
    start..start.saturating_add(len).min(text.len())
}

/// A value before its place and its digits are known.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    Seq(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl Raw {
    fn located(self, location: &serde_saphyr::Location, text: &str) -> Node {
        let span = bytes(location, text);
        let value = match self {
            Raw::Null => Value::Null,
            Raw::Bool(value) => Value::Bool(value),
            Raw::Number => Value::Number(text.get(span.clone()).unwrap_or_default().trim().to_owned()),
            Raw::Text(value) => Value::Text(value),
            Raw::Seq(items) => {
                Value::Seq(items.into_iter().map(|item| item.value.located(&item.defined, text)).collect())
            }
            Raw::Map(entries) => {
                let entry = |(key, value): (Spanned<String>, Spanned<Raw>)| {
                    let span = bytes(&key.defined, text);
                    (Key { span, text: key.value }, value.value.located(&value.defined, text))
                };
                Value::Map(entries.into_iter().map(entry).collect())
            }
        };
        Node { span, value }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Raw, E> {
        Err(E::custom("binary values have no place in a schema"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            if entries.len() >= 100_000 {
                return Err(A::Error::custom("a mapping of more than 100000 keys"));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &Node, text: &str, out: &mut String) {
        out.push_str(&format!("{:?}={:?} ", &text[node.span.clone()], node.value.word()));
        match &node.value {
            Value::Seq(items) => items.iter().for_each(|item| show(item, text, out)),
            Value::Map(entries) => {
                for (key, value) in entries {
                    out.push_str(&format!("[{}:{:?}] ", key.text, &text[key.span.clone()]));
                    show(value, text, out);
                }
            }
            Value::Number(digits) => out.push_str(&format!("<{digits}> ")),
            _ => {}
        }
    }

    #[test]
    fn every_value_knows_its_bytes() {
        let text = "é: 0.10\nlist: [1, \"no\", no, ~, 007, 1_000, 1e5, 0x1F, .inf, 99999999999999999999999999]\n'k': &a |\n  text\nl: *a\nd: 1\nd: 2\nm: {a: b, c: }\n";
        let mut out = String::new();
        show(&parse(text).expect("the text is YAML"), text, &mut out);
        insta::assert_snapshot!(out);
    }

    #[test]
    fn malformed_text_is_an_error_with_a_place() {
        let shown: Vec<_> = [
            "a: {b",
            "a: [1\n",
            "\tx: 1",
            "a: *nope",
            "a: 1\n---\nb: 2",
            "a: 'x",
            "? [a]\n: b",
            "<<: {a: 1}",
            "a: b: c",
            "",
            "~: 1",
            "a: !!binary x",
            "\u{0}",
        ]
        .iter()
        .map(|text| match parse(text) {
            Ok(node) => format!("{text:?}: {node:?}"),
            Err(error) => format!("{text:?}: {} @ {:?}", error.message, error.span),
        })
        .collect();
        insta::assert_snapshot!(shown.join("\n"));
    }
}
