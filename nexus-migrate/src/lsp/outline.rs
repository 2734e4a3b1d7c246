//! A text as somebody types it: keys and values by their places, whether or not it is YAML yet.
//!
//! Reads what schema files are made of, line by line, and goes on after whatever it cannot read. Says where things
//! stand; what they mean, and whether the text is right, is for those who read it in earnest.

mod reader;

use std::ops::Range;

/// A key with its value, or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What it stands in; nothing at the top.
    pub(crate) parent: Option<usize>,
    /// The key as it is written, quotes included; empty for an item of a list.
    pub(crate) key: Range<usize>,
    /// The value where it is one text, as it is written; what stands in for a mapping or a list is their bracket on.
    pub(crate) value: Option<Range<usize>>,
    /// The last byte of it and what is in it.
    pub(crate) end: usize,
    /// The column of its key, in bytes from 0.
    pub(crate) column: usize,
    /// How its value is written.
    pub(crate) style: Style,
    /// Whether it stands within brackets.
    pub(crate) in_flow: bool,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Not at all, or as lines below.
    Open,
    /// As it is.
    Plain,
    /// In quotes.
    Quoted,
    /// As a block of lines after `|` or `>`.
    Block,
    /// In braces or brackets.
    Flow,
    /// As an alias of another one.
    Alias,
}

/// The keys and values of a text, each after what it stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) nodes: Vec<Node>,
}

impl Outline {
    /// Reads a text, all of it in any case.
    pub(crate) fn of(text: &str) -> Self {
        let mut nodes = reader::nodes(text);
        for at in (0..nodes.len()).rev() {
            let end = nodes[at].end;
            if let Some(parent) = nodes[at].parent.and_then(|parent| nodes.get_mut(parent)) {
                parent.end = parent.end.max(end);
            }
        }
        Self { nodes }
    }

    /// The keys from the top down to a node, items of lists left out.
    pub(crate) fn path<'t>(&self, text: &'t str, at: usize) -> Vec<std::borrow::Cow<'t, str>> {
        let mut path = Vec::new();
        let mut next = Some(at);
        while let Some(node) = next.and_then(|at| self.nodes.get(at)) {
            if !node.key.is_empty() {
                path.push(plain(text.get(node.key.clone()).unwrap_or_default()));
            }
            next = node.parent;
        }
        path.reverse();
        path
    }

    /// The node whose key or value holds the byte, the innermost one.
    pub(crate) fn at(&self, byte: usize) -> Option<usize> {
        let holds = |range: &Range<usize>| !range.is_empty() && range.start <= byte && byte <= range.end;
        let last = self.nodes.partition_point(|node| node.key.start <= byte);
        // What is written later and further in comes first.
        (0..last).rev().take(20_000).find(|at| {
            let node = &self.nodes[*at];
            holds(&node.key) || (node.style != Style::Flow && node.value.as_ref().is_some_and(holds))
        })
    }

    /// What stands directly in a node, or at the top.
    pub(crate) fn children(&self, parent: Option<usize>) -> impl Iterator<Item = (usize, &Node)> {
        let first = parent.map_or(0, |at| at + 1);
        let end = parent.and_then(|at| self.nodes.get(at)).map_or(usize::MAX, |node| node.end);
        let within =
            self.nodes.iter().enumerate().skip(first).take_while(move |(_, node)| node.key.start <= end);
        within.filter(move |(_, node)| node.parent == parent)
    }
}

/// A key or a value without its quotes.
pub(crate) fn plain(raw: &str) -> std::borrow::Cow<'_, str> {
    let inner = |quote: char| raw.strip_prefix(quote).map(|rest| rest.strip_suffix(quote).unwrap_or(rest));
    if let Some(inner) = inner('\'') {
        return if inner.contains("''") { inner.replace("''", "'").into() } else { inner.into() };
    }
    match inner('"') {
        Some(inner) if inner.contains('\\') => inner.replace("\\\"", "\"").replace("\\\\", "\\").into(),
        Some(inner) => inner.into(),
        None => raw.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let outline = Outline::of(text);
        let line = |at: usize| {
            let node = &outline.nodes[at];
            let value = node.value.clone().map_or("-", |range| &text[range]);
            format!("{} = {value}", outline.path(text, at).join("/"))
        };
        (0..outline.nodes.len()).map(line).collect()
    }

    #[test]
    fn blocks_brackets_and_lists_have_their_paths() {
        let text = "tables:\n  users: # who\n    columns:\n      id: { type: uuid, references: \"a.b\" }\n      note: text\n    indexes:\n    - on: [a, b]\n      unique: true\n    checks: [ 'x > 0' ]\n";
        assert_eq!(
            shown(text),
            [
                "tables = -",
                "tables/users = -",
                "tables/users/columns = -",
                "tables/users/columns/id = { type: uuid, references: \"a.b\" }",
                "tables/users/columns/id/type = uuid",
                "tables/users/columns/id/references = \"a.b\"",
                "tables/users/columns/note = text",
                "tables/users/indexes = -",
                "tables/users/indexes = -",
                "tables/users/indexes/on = [a, b]",
                "tables/users/indexes/on = a",
                "tables/users/indexes/on = b",
                "tables/users/indexes/unique = true",
                "tables/users/checks = [ 'x > 0' ]",
                "tables/users/checks = 'x > 0'",
            ]
        );
    }

    #[test]
    fn what_is_not_finished_swallows_nothing() {
        for open in ["{ type: te", "[a, b", "\"text", "'text", "{ a: { b: [", "{", "["] {
            let text =
                format!("tables:\n  a:\n    columns:\n      x: {open}\n  b:\n    columns: {{ y: text }}\n");
            let shown = shown(&text);
            assert!(shown.contains(&"tables/b/columns/y = text".to_owned()), "{open}: {shown:?}");
        }
    }

    #[test]
    fn lines_of_a_text_are_no_keys() {
        let text = "functions:\n  f:\n    body: |\n      a: b\n\n      c: d\n    language: sql\n";
        assert_eq!(
            shown(text),
            [
                "functions = -",
                "functions/f = -",
                "functions/f/body = |\n      a: b\n\n      c: d",
                "functions/f/language = sql"
            ]
        );
    }

    #[test]
    fn any_bytes_are_read_to_the_end() {
        let alphabet = [
            "a", ":", " ", "\n", "{", "}", "[", "]", "\"", "'", "-", "|", "#", "é", "\\", ",", "*", "&",
            "\t", "\r",
        ];
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..24 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(alphabet[usize::try_from(seed >> 33).unwrap_or(0) % alphabet.len()]);
            }
            let outline = Outline::of(&text);
            for (at, node) in outline.nodes.iter().enumerate() {
                assert!(node.parent.is_none_or(|parent| parent < at));
                assert!(text.get(node.key.clone()).is_some(), "{text:?}: {node:?}");
                assert!(
                    node.value.clone().is_none_or(|value| text.get(value).is_some()),
                    "{text:?}: {node:?}"
                );
            }
            for byte in 0..=text.len() {
                outline.at(byte);
            }
        }
    }
}
