//! From a YAML tree to authored structs: every mistake is recorded and reading goes on.
//!
//! A struct's table of keys drives reading, "did you mean" and the JSON Schema, so there is one place of knowledge.

#![cfg_attr(not(feature = "json-schema"), allow(dead_code, reason = "the JSON Schema is a feature"))]

use serde_json::json;

use super::said::{self, Said};
use crate::report::{Report, Spot, did_you_mean};
use crate::yaml::{Key, Node, Value};

/// What reading needs: where mistakes go and the number of the file.
pub(crate) struct Cx<'a> {
    pub(crate) report: &'a mut Report,
    pub(crate) file: usize,
}

impl Cx<'_> {
    pub(crate) fn spot(&self, node: &Node) -> Spot {
        Spot::new(self.file, &node.span)
    }

    pub(crate) fn key(&self, key: &Key) -> Spanned<String> {
        Spanned { value: key.text.clone(), spot: Spot::new(self.file, &key.span) }
    }

    /// Records that a node is of the wrong shape.
    pub(crate) fn expected(&mut self, what: &str, node: &Node) {
        let (spot, found) = (self.spot(node), node.value.word());
        let found = self.report.error(
            "NX0104",
            spot,
            format!("expected {what}, found {found}"),
            format!("this is {found}"),
        );
        match &node.value {
            Value::Number(_) | Value::Bool(_) if what.contains("text") => {
                found.help("put it in quotes");
            }
            Value::Text(text) if what.contains("`true`") && ["yes", "on"].contains(&text.as_str()) => {
                found.help("write `true`");
            }
            Value::Text(text) if what.contains("`true`") && ["no", "off"].contains(&text.as_str()) => {
                found.help("write `false`");
            }
            _ => {}
        }
    }

    /// Records keys that come twice in a mapping, and returns the entries without the later ones.
    pub(crate) fn distinct<'n>(&mut self, entries: &'n [(Key, Node)]) -> Vec<&'n (Key, Node)> {
        let mut first = std::collections::BTreeMap::new();
        let mut kept = Vec::new();
        for entry in entries {
            match first.get(entry.0.text.as_str()) {
                None => {
                    first.insert(entry.0.text.as_str(), &entry.0);
                    kept.push(entry);
                }
                Some(earlier) => {
                    let (spot, earlier) =
                        (Spot::new(self.file, &entry.0.span), Spot::new(self.file, &earlier.span));
                    self.report
                        .error(
                            "NX0103",
                            spot,
                            format!("`{}` is given twice", entry.0.text),
                            "given again here",
                        )
                        .also(earlier, "first given here")
                        .help("keep one of the two");
                }
            }
        }
        kept
    }
}

/// The definitions of a JSON Schema by the names of their shapes.
pub(crate) type Definitions = std::collections::BTreeMap<&'static str, serde_json::Value>;

/// Something that can be read from a node.
pub(crate) trait Decode: Sized {
    /// Reads it; `None` after a mistake was recorded.
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self>;
    /// The JSON Schema of it.
    fn schema(definitions: &mut Definitions) -> serde_json::Value;
}

/// A value with the spot it is written at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) spot: Spot,
}

/// A value of one word, number or text.
pub(crate) trait Scalar: Sized {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self>;
    fn schema() -> serde_json::Value;
}

impl<T: Scalar> Decode for Spanned<T> {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let value = T::scalar(node, cx)?;
        Some(Spanned { value, spot: cx.spot(node) })
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        T::schema()
    }
}

impl Scalar for String {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.value {
            // No text of PostgreSQL can hold it.
            Value::Text(text) if text.contains('\0') => {
                let spot = cx.spot(node);
                cx.report.error("NX0104", spot, "a text holds the character NUL", "").help("take it out");
                None
            }
            Value::Text(text) => Some(text.clone()),
            _ => {
                cx.expected("a text", node);
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }
}

impl Scalar for bool {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => {
                cx.expected("`true` or `false`", node);
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "boolean" })
    }
}

impl Scalar for i64 {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let number = match &node.value {
            Value::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            cx.expected("a whole number", node);
        }
        number
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer" })
    }
}

/// A text that people also write as a number, such as a version.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Loose(pub(crate) String);

impl Scalar for Loose {
    fn scalar(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.value {
            Value::Number(text) => Some(Loose(text.clone())),
            Value::Bool(value) => Some(Loose(value.to_string())),
            _ => String::scalar(node, cx).map(Loose),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": ["string", "number", "boolean"] })
    }
}

/// Any value, kept as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal {
    pub(crate) spot: Spot,
    pub(crate) node: Node,
}

impl Decode for Literal {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        distinct_within(node, cx);
        Some(Literal { spot: cx.spot(node), node: node.clone() })
    }

    fn schema(_: &mut Definitions) -> serde_json::Value {
        json!({})
    }
}

fn distinct_within(node: &Node, cx: &mut Cx<'_>) {
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| distinct_within(item, cx)),
        Value::Map(entries) => {
            cx.distinct(entries).into_iter().for_each(|(_, value)| distinct_within(value, cx))
        }
        _ => {}
    }
}

/// A list, or a single item in its place.
impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.value {
            Value::Seq(items) => Some(items.iter().filter_map(|item| T::decode(item, cx)).collect()),
            Value::Null => {
                cx.expected("a list", node);
                None
            }
            _ => T::decode(node, cx).map(|item| vec![item]),
        }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        let item = T::schema(definitions);
        json!({ "anyOf": [{ "type": "array", "items": item }, item] })
    }
}

/// A mapping whose keys are the author's own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entries<T>(pub(crate) Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<T: Decode> Decode for Entries<T> {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            cx.expected("a mapping", node);
            return None;
        };
        let mut read = Vec::new();
        for (key, value) in cx.distinct(entries) {
            if let Some(value) = T::decode(value, cx) {
                read.push((cx.key(key), value));
            }
        }
        Some(Entries(read))
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }
}

/// How the members of a [`Members`] may be listed without names before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Only as a mapping from names.
    Never,
    /// As a list of names alone.
    Names,
    /// As a list of values that PostgreSQL names.
    Unnamed,
}

/// A struct of the file: its keys, and its short form where it has one.
pub(crate) trait Shape: Default {
    /// What it is called in messages.
    const NAME: &'static str;
    /// Its keys with what they mean, in the order of the manual.
    const KEYS: &'static [(&'static str, &'static str)];
    /// The key that a value other than a mapping stands for.
    const SHORT: Option<&'static str>;
    /// How several of them may be listed.
    const LISTED: Listed;
    /// The keys it shares with others of what can be said of an object.
    const SAID: said::Keys;
    /// Reads the value of one key.
    fn set(&mut self, key: &'static str, node: &Node, cx: &mut Cx<'_>);
    /// Reads the value of one of the shared keys.
    fn say(&mut self, key: &'static str, node: &Node, cx: &mut Cx<'_>);
    /// Takes all keys as given, so that none is missed after a mistake.
    fn broken(&mut self);
    /// Takes note of where it is.
    fn place(&mut self, spot: Spot);
    /// The schemas of the keys, in the order of `KEYS`.
    fn schemas(definitions: &mut Definitions) -> Vec<serde_json::Value>;
}

/// Reads a shape; a broken one comes back with what could be read, so that its name stays known.
pub(crate) fn shape<T: Shape>(node: &Node, cx: &mut Cx<'_>) -> T {
    let mut read = T::default();
    read.place(cx.spot(node));
    match (&node.value, T::SHORT) {
        (Value::Map(entries), _) => {
            for (key, value) in cx.distinct(entries) {
                let find = |keys: said::Keys| keys.iter().find(|(known, _)| *known == key.text);
                match (find(T::KEYS), find(T::SAID)) {
                    (Some((known, _)), _) => read.set(known, value, cx),
                    (None, Some((known, _))) => read.say(known, value, cx),
                    (None, None) => {
                        let known = T::KEYS.iter().chain(T::SAID).map(|(known, _)| *known);
                        unknown(key, T::NAME, known, cx);
                    }
                }
            }
        }
        // Names alone: `schemas: { auth: }`.
        (Value::Null, _) if T::LISTED == Listed::Names => {}
        (Value::Null, _) | (_, None) => {
            cx.expected(&format!("the keys of {}", article(T::NAME)), node);
            read.broken();
        }
        (_, Some(short)) => read.set(short, node, cx),
    }
    read
}

/// Records a key that nothing is known of.
pub(crate) fn unknown<'k>(
    key: &Key,
    what: &str,
    known: impl Iterator<Item = &'k str> + Clone,
    cx: &mut Cx<'_>,
) {
    let help = did_you_mean(&key.text, known.clone()).unwrap_or_else(|| {
        let known: Vec<_> = known.map(|key| format!("`{key}`")).collect();
        match known.as_slice() {
            [] => format!("{} takes no keys", article(what)),
            known => format!("{} takes {}", article(what), known.join(", ")),
        }
    });
    let spot = Spot::new(cx.file, &key.span);
    cx.report
        .error("NX0102", spot, format!("unknown key `{}` in {}", key.text, article(what)), "")
        .help(help);
}

/// The words with `a` or `an` before them.
pub(crate) fn article(what: &str) -> String {
    match what.starts_with(['a', 'e', 'i', 'o']) {
        true => format!("an {what}"),
        false => format!("a {what}"),
    }
}

/// The JSON Schema of a shape, by reference into the definitions.
pub(crate) fn shape_schema<T: Shape>(definitions: &mut Definitions) -> serde_json::Value {
    let reference = json!({ "$ref": format!("#/$defs/{}", T::NAME) });
    if definitions.contains_key(T::NAME) {
        return reference;
    }
    definitions.insert(T::NAME, json!(true));
    let schemas = T::schemas(definitions);
    let mut short = None;
    let mut properties = serde_json::Map::new();
    for ((key, doc), mut schema) in T::KEYS.iter().zip(schemas) {
        if T::SHORT == Some(key) {
            short = Some(schema.clone());
        }
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".into(), json!(doc));
        }
        properties.insert((*key).into(), schema);
    }
    for (key, doc) in T::SAID {
        let mut schema = Said::schema(key, definitions);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".into(), json!(doc));
        }
        properties.insert((*key).into(), schema);
    }
    let object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    let nothing = (T::LISTED == Listed::Names).then(|| json!({ "type": "null" }));
    let mut forms: Vec<_> = [Some(object), short, nothing].into_iter().flatten().collect();
    let schema = match forms.len() {
        1 => forms.remove(0),
        _ => json!({ "anyOf": forms }),
    };
    definitions.insert(T::NAME, schema);
    reference
}

/// Several of a shape, with the names their author gave them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Members<T>(pub(crate) Vec<(Option<Spanned<String>>, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Members(Vec::new())
    }
}

impl<T: Shape> Decode for Members<T> {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        match (&node.value, T::LISTED) {
            (Value::Map(entries), _) => {
                let entries = cx.distinct(entries).into_iter();
                Some(Members(entries.map(|(key, value)| (Some(cx.key(key)), shape(value, cx))).collect()))
            }
            (Value::Seq(items), Listed::Unnamed) => {
                Some(Members(items.iter().map(|item| (None, shape(item, cx))).collect()))
            }
            (Value::Seq(items), Listed::Names) => {
                let names = items.iter().filter_map(|item| Spanned::<String>::decode(item, cx));
                Some(Members(names.map(|name| (Some(name), T::default())).collect()))
            }
            _ => {
                cx.expected("a mapping from names", node);
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        let member = shape_schema::<T>(definitions);
        let map = json!({ "type": "object", "additionalProperties": member });
        match T::LISTED {
            Listed::Never => map,
            Listed::Names => json!({ "anyOf": [map, { "type": "array", "items": { "type": "string" } }] }),
            Listed::Unnamed => json!({ "anyOf": [map, { "type": "array", "items": member }] }),
        }
    }
}

/// Declares shapes: structs with a table of keys.
macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $shape:ident $name:literal $listed:ident $(short $short:literal)? $(of $kind:ident)? {
        $($key:literal $field:ident: $type:ty = $means:literal,)*
    })*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub(crate) struct $shape {
            pub(crate) spot: crate::report::Spot,
            /// The keys that are given, readable or not.
            pub(crate) given: std::collections::BTreeSet<&'static str>,
            $(pub(crate) $field: Option<$type>,)*
            /// What is said of it besides, where anything is.
            pub(crate) said: Option<Box<crate::authored::said::Said>>,
        }

        impl crate::authored::decode::Shape for $shape {
            const NAME: &'static str = $name;
            const KEYS: &'static [(&'static str, &'static str)] = &[$(($key, $means),)*];
            const SHORT: Option<&'static str> = [$(Some($short),)? None][0];
            const LISTED: crate::authored::decode::Listed = crate::authored::decode::Listed::$listed;
            const SAID: crate::authored::said::Keys =
                [$(crate::authored::said::keys(crate::catalog::Kind::$kind),)? &[]][0];

            #[allow(unused_variables, reason = "a shape may have no keys of its own")]
            fn set(&mut self, key: &'static str, node: &crate::yaml::Node, cx: &mut crate::authored::decode::Cx<'_>) {
                self.given.insert(key);
                match key {
                    $($key => self.$field = crate::authored::decode::Decode::decode(node, cx),)*
                    _ => unreachable!("only keys of the table are set"),
                }
            }

            fn say(&mut self, key: &'static str, node: &crate::yaml::Node, cx: &mut crate::authored::decode::Cx<'_>) {
                self.said.get_or_insert_default().set(key, node, cx);
            }

            fn broken(&mut self) {
                self.given.extend(<Self as crate::authored::decode::Shape>::KEYS.iter().map(|(key, _)| key));
            }

            fn place(&mut self, spot: crate::report::Spot) {
                self.spot = spot;
            }

            #[allow(unused_variables, reason = "a shape may have no keys of its own")]
            fn schemas(definitions: &mut crate::authored::decode::Definitions) -> Vec<serde_json::Value> {
                vec![$(<$type as crate::authored::decode::Decode>::schema(definitions),)*]
            }
        }

        impl crate::authored::decode::Decode for $shape {
            fn decode(node: &crate::yaml::Node, cx: &mut crate::authored::decode::Cx<'_>) -> Option<Self> {
                Some(crate::authored::decode::shape(node, cx))
            }

            fn schema(definitions: &mut crate::authored::decode::Definitions) -> serde_json::Value {
                crate::authored::decode::shape_schema::<Self>(definitions)
            }
        }
    )* };
}

/// Declares the words of a closed choice.
macro_rules! words {
    ($($type:ty { $($word:literal => $value:expr,)* })*) => { $(
        impl crate::authored::decode::Scalar for $type {
            fn scalar(node: &crate::yaml::Node, cx: &mut crate::authored::decode::Cx<'_>) -> Option<Self> {
                const WORDS: &[&str] = &[$($word),*];
                let crate::yaml::Value::Text(text) = &node.value else {
                    cx.expected(&format!("one of `{}`", WORDS.join("`, `")), node);
                    return None;
                };
                match text.to_lowercase().replace(' ', "_").as_str() {
                    $($word => Some($value),)*
                    _ => {
                        let spot = cx.spot(node);
                        let help = crate::report::did_you_mean(text, WORDS.iter().copied());
                        let help = help.unwrap_or_else(|| format!("write one of `{}`", WORDS.join("`, `")));
                        cx.report.error("NX0105", spot, format!("`{text}` is not a choice here"), "").help(help);
                        None
                    }
                }
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({ "enum": [$($word),*] })
            }
        }
    )* };
}

pub(crate) use {shapes, words};
