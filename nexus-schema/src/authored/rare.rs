//! Sections for the rarer kinds: the keys of an object are the fields of its kind's struct.
//!
//! No shape is written by hand for them. A value is read by the type of its field, so a mistake is told at its own key;
//! what the file writes otherwise than the model (`name=value` as a mapping, a qualified name as one text) is turned
//! here, by type alone.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::decode::{Cx, Decode, Definitions, Entries, Loose, Scalar, Shape, Spanned, unknown};
use super::parts;
use super::probe::{Field, Type, fields};
use super::said::{self, Said};
use crate::catalog::Kind;
use crate::kinds;
use crate::report::{Spot, did_you_mean};
use crate::yaml::{Node, Value};

/// A kind that is read by its fields.
pub(crate) trait Rare: DeserializeOwned {
    /// The kind.
    const KIND: Kind;
    /// Keys on top of the fields, or in the place of some: what stands inside of the object in a file.
    type Parts: Shape + std::fmt::Debug + Clone + PartialEq;
    /// What the fields mean, as the JSON Schema of the struct says.
    fn docs() -> Json;
}

macro_rules! rare {
    ($($kind:ident $parts:ident,)*) => { $(
        impl Rare for kinds::$kind {
            const KIND: Kind = Kind::$kind;
            type Parts = parts::$parts;

            fn docs() -> Json {
                #[cfg(feature = "json-schema")]
                return schemars::schema_for!(kinds::$kind).to_value();
                #[cfg(not(feature = "json-schema"))]
                Json::Null
            }
        }
    )* };
}

rare! {
    Collation Nothing,
    Composite Attributes,
    Range Nothing,
    ShellType Nothing,
    BaseType Nothing,
    Aggregate Nothing,
    Cast Nothing,
    Operator Nothing,
    OperatorFamily Nothing,
    OperatorClass Nothing,
    Conversion Nothing,
    Transform Nothing,
    TextSearchParser Nothing,
    TextSearchTemplate Nothing,
    TextSearchDictionary Nothing,
    TextSearchConfiguration Nothing,
    Language Nothing,
    AccessMethod Nothing,
    ForeignDataWrapper Nothing,
    Server UserMappings,
    Publication Published,
    Subscription Nothing,
    EventTrigger Nothing,
    Role Memberships,
    Raw Nothing,
}

/// The objects of one section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Section<T: Rare> {
    pub(crate) objects: Vec<Written<T>>,
}

/// An object as its author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written<T: Rare> {
    pub(crate) name: Spanned<String>,
    /// Its fields in the shape of the struct, as far as they could be read.
    pub(crate) values: serde_json::Map<String, Json>,
    /// The fields that are given, readable or not, with where their values are.
    pub(crate) places: BTreeMap<&'static str, Spot>,
    pub(crate) parts: T::Parts,
    pub(crate) said: Option<Box<Said>>,
}

impl<T: Rare> Decode for Section<T> {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let fields = fields::<T>();
        let objects = match &node.value {
            Value::Map(entries) => {
                let entries = cx.distinct(entries).into_iter();
                entries.map(|(key, value)| object(cx.key(key), Some(value), &fields, cx)).collect()
            }
            // Names alone, where nothing must be said of them.
            Value::Seq(items) if !fields.iter().any(|field| field.required) => {
                let names: Vec<_> =
                    items.iter().filter_map(|item| Spanned::<String>::decode(item, cx)).collect();
                names.into_iter().map(|name| object(name, None, &fields, cx)).collect()
            }
            _ => {
                cx.expected("a mapping from names", node);
                return None;
            }
        };
        Some(Section { objects })
    }

    fn schema(definitions: &mut Definitions) -> Json {
        let fields = fields::<T>();
        let name = T::KIND.tag();
        let map = json!({
            "type": "object",
            "additionalProperties": { "$ref": format!("#/$defs/{name}") },
        });
        if !definitions.contains_key(name) {
            let schema = super::rare_schema::object::<T>(&fields, definitions);
            definitions.insert(name, schema);
        }
        match fields.iter().any(|field| field.required) {
            true => map,
            false => json!({ "anyOf": [map, { "type": "array", "items": { "type": "string" } }] }),
        }
    }
}

fn object<T: Rare>(
    name: Spanned<String>,
    node: Option<&Node>,
    fields: &[Field],
    cx: &mut Cx<'_>,
) -> Written<T> {
    let mut read = Written::<T> {
        name,
        values: serde_json::Map::new(),
        places: BTreeMap::new(),
        parts: T::Parts::default(),
        said: None,
    };
    let said = said::keys(T::KIND);
    let entries = match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => cx.distinct(entries),
        None | Some(Value::Null) => Vec::new(),
        Some(_) => {
            let what = super::decode::article(T::KIND.tag());
            node.into_iter().for_each(|node| cx.expected(&format!("the keys of {what}"), node));
            // Nothing is missing from what could not be read.
            let spot = read.name.spot;
            read.places.extend(fields.iter().map(|field| (field.name, spot)));
            Shape::broken(&mut read.parts);
            Vec::new()
        }
    };
    for (key, value) in entries {
        let shared = |keys: said::Keys| keys.iter().map(|(known, _)| *known).find(|known| *known == key.text);
        if let Some(known) = shared(T::Parts::KEYS) {
            read.parts.set(known, value, cx);
        } else if let Some(field) = fields.iter().find(|field| field.name == key.text) {
            read.places.insert(field.name, cx.spot(value));
            if let Some(json) = value_of(T::KIND, field.name, &field.type_, value, cx) {
                read.values.insert(field.name.into(), json);
            }
        } else if let Some(known) = shared(said) {
            read.said.get_or_insert_default().set(known, value, cx);
        } else {
            let others = T::Parts::KEYS.iter().chain(said).map(|(known, _)| *known);
            let known =
                fields.iter().map(|field| field.name).filter(|name| !overlaid::<T>(name)).chain(others);
            unknown(key, T::KIND.tag(), known, cx);
        }
    }
    read
}

/// The fields that the struct cannot do without.
pub(crate) fn required<T: Rare>() -> Vec<&'static str> {
    fields::<T>().into_iter().filter(|field| field.required).map(|field| field.name).collect()
}

/// Whether a part stands in the place of the field.
pub(super) fn overlaid<T: Rare>(field: &str) -> bool {
    T::Parts::KEYS.iter().any(|(key, _)| *key == field)
}

/// Whether a field of this name holds `name=value`, which a file writes as a mapping.
pub(super) fn holds_pairs(name: &str, type_: &Type) -> bool {
    ["options", "settings"].contains(&name) && matches!(type_, Type::List(item) if **item == Type::Text)
}

/// Whether a field holds keywords with their values, which a file writes as a mapping from words in lower case.
pub(super) fn holds_definition(type_: &Type) -> bool {
    matches!(type_, Type::List(item) if **item == Type::Row(vec![Type::Text, Type::Text]))
}

/// The value of a field in the shape of the struct; `None` after a mistake was recorded.
fn value_of(kind: Kind, name: &str, type_: &Type, node: &Node, cx: &mut Cx<'_>) -> Option<Json> {
    if holds_pairs(name, type_) {
        if let (Value::Map(entries), Kind::Server | Kind::ForeignDataWrapper) = (&node.value, kind) {
            for (key, _) in entries {
                super::secret::refuse(&key.text, Spot::new(cx.file, &key.span), cx.report);
            }
        }
        let mut pairs = pairs(node, cx)?;
        pairs.sort();
        return Some(pairs.into_iter().map(|(name, value)| Json::from(format!("{name}={value}"))).collect());
    }
    if holds_definition(type_) {
        known_words(kind, node, cx);
        let pairs = pairs(node, cx)?.into_iter();
        return Some(pairs.map(|(word, value)| json!([word.to_uppercase(), value])).collect());
    }
    match type_ {
        Type::Flag => bool::scalar(node, cx).map(Json::from),
        Type::Count => i64::scalar(node, cx).map(Json::from),
        Type::Text | Type::Any => {
            let text = String::scalar(node, cx)?;
            let words = choices(kind, name).unwrap_or(&[]);
            if !words.is_empty() && !words.contains(&text.as_str()) {
                let spot = cx.spot(node);
                let help = did_you_mean(&text, words.iter().copied());
                let help = help.unwrap_or_else(|| format!("write one of `{}`", words.join("`, `")));
                cx.report.error("NX0105", spot, format!("`{text}` is not a choice here"), "").help(help);
                return None;
            }
            Some(Json::from(text))
        }
        Type::Optional(inner) => value_of(kind, name, inner, node, cx),
        Type::List(item) => match &node.value {
            Value::Seq(items) => {
                Some(items.iter().filter_map(|node| value_of(kind, name, item, node, cx)).collect())
            }
            Value::Null | Value::Map(_) => {
                cx.expected("a list", node);
                None
            }
            _ => value_of(kind, name, item, node, cx).map(|item| json!([item])),
        },
        Type::Map(item) => {
            let Value::Map(entries) = &node.value else {
                cx.expected("a mapping", node);
                return None;
            };
            let entries = cx.distinct(entries).into_iter();
            let read = entries
                .filter_map(|(key, node)| Some((key.text.clone(), value_of(kind, name, item, node, cx)?)));
            Some(Json::Object(read.collect()))
        }
        Type::Row(_) => qualified(node, cx),
        Type::Struct(_) => unreachable!("a kind whose fields are structs has parts in their place"),
    }
}

/// Records words of a definition that there are not.
fn known_words(kind: Kind, node: &Node, cx: &mut Cx<'_>) {
    let words = match kind {
        Kind::Aggregate => AGGREGATE,
        _ => BASE_TYPE,
    };
    let Value::Map(entries) = &node.value else { return };
    for (key, _) in entries.iter().filter(|(key, _)| !words.contains(&key.text.as_str())) {
        unknown(
            key,
            &format!("definition of {}", super::decode::article(kind.tag())),
            words.iter().copied(),
            cx,
        );
    }
}

/// What `CREATE AGGREGATE` takes.
const AGGREGATE: &[&str] = &[
    "sfunc",
    "stype",
    "sspace",
    "finalfunc",
    "finalfunc_extra",
    "finalfunc_modify",
    "combinefunc",
    "serialfunc",
    "deserialfunc",
    "initcond",
    "msfunc",
    "minvfunc",
    "mstype",
    "msspace",
    "mfinalfunc",
    "mfinalfunc_extra",
    "mfinalfunc_modify",
    "minitcond",
    "sortop",
    "parallel",
    "hypothetical",
];

/// What `CREATE TYPE` takes of a base type.
const BASE_TYPE: &[&str] = &[
    "input",
    "output",
    "receive",
    "send",
    "typmod_in",
    "typmod_out",
    "analyze",
    "subscript",
    "internallength",
    "passedbyvalue",
    "alignment",
    "storage",
    "like",
    "category",
    "preferred",
    "default",
    "element",
    "delimiter",
    "collatable",
];

/// A mapping from names to one value each, in its order.
fn pairs(node: &Node, cx: &mut Cx<'_>) -> Option<Vec<(String, String)>> {
    let Entries(read) = Entries::<Spanned<Loose>>::decode(node, cx)?;
    Some(read.into_iter().map(|(name, value)| (name.value, value.value.0)).collect())
}

/// `schema.name` as the two names; `public` is meant where no schema is named.
fn qualified(node: &Node, cx: &mut Cx<'_>) -> Option<Json> {
    let text = String::scalar(node, cx)?;
    match crate::types::split(&text).as_deref() {
        Some([name]) => Some(json!(["public", name])),
        Some([schema, name]) => Some(json!([schema, name])),
        _ => {
            let spot = cx.spot(node);
            let help = "write `name` or `schema.name`; a name with a dot in it stands in double quotes";
            cx.report.error("NX0406", spot, format!("`{text}` is not a name"), "").help(help);
            None
        }
    }
}

/// The words that a field takes, where they are few.
pub(crate) fn choices(kind: Kind, field: &str) -> Option<&'static [&'static str]> {
    Some(match (kind, field) {
        (Kind::Collation, "provider") => &["icu", "libc", "builtin"],
        (Kind::Cast, "context") => &["explicit", "assignment", "implicit"],
        (Kind::AccessMethod, "type") => &["INDEX", "TABLE"],
        (Kind::Publication, "publish") => &["insert", "update", "delete", "truncate"],
        (Kind::Publication, "generated_columns") => &["stored"],
        (Kind::EventTrigger, "event") => {
            &["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"]
        }
        (Kind::EventTrigger, "enabled") => &["origin", "disabled", "replica", "always"],
        _ => return None,
    })
}
