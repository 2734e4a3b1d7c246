//! What a file holds, for a list beside it: sections, their members, the columns of tables.

use std::ops::Range;

use lsp_types as lsp;

use super::outline::{Outline, plain};
use super::texts::Text;

/// Returns the symbols of a file.
pub(crate) fn symbols(text: &Text) -> Vec<lsp::DocumentSymbol> {
    let outline = Outline::of(&text.text);
    let mut sections = Vec::new();
    for (at, node) in outline.children(None) {
        let name = plain(text.text.get(node.key.clone()).unwrap_or_default()).into_owned();
        let (member, part) = match name.as_str() {
            "tables" => (lsp::SymbolKind::CLASS, Some("columns")),
            "views" => (lsp::SymbolKind::INTERFACE, Some("columns")),
            "composites" => (lsp::SymbolKind::STRUCT, Some("attributes")),
            "enums" | "domains" => (lsp::SymbolKind::ENUM, None),
            "functions" | "aggregates" => (lsp::SymbolKind::FUNCTION, None),
            "nexus" | "database" | "include" => continue,
            _ => (lsp::SymbolKind::OBJECT, None),
        };
        let members = outline.children(Some(at)).filter(|(_, node)| !node.key.is_empty());
        let members = members.map(|(at, _)| {
            let parts = part.map(|part| parts(text, &outline, at, part)).unwrap_or_default();
            symbol(text, &outline, at, member, parts)
        });
        let members = members.collect();
        sections.push(symbol(text, &outline, at, lsp::SymbolKind::NAMESPACE, members));
    }
    sections
}

/// The columns of a table.
fn parts(text: &Text, outline: &Outline, whole: usize, key: &str) -> Vec<lsp::DocumentSymbol> {
    let is = |range: &Range<usize>| text.text.get(range.clone()) == Some(key);
    let Some((at, _)) = outline.children(Some(whole)).find(|(_, node)| is(&node.key)) else {
        return Vec::new();
    };
    let parts = outline.children(Some(at)).filter(|(_, node)| !node.key.is_empty());
    parts.map(|(at, _)| symbol(text, outline, at, lsp::SymbolKind::FIELD, Vec::new())).collect()
}

#[allow(deprecated, reason = "the protocol's struct has a field that is superseded by tags")]
fn symbol(
    text: &Text,
    outline: &Outline,
    at: usize,
    kind: lsp::SymbolKind,
    children: Vec<lsp::DocumentSymbol>,
) -> lsp::DocumentSymbol {
    let (key, end) = outline.nodes.get(at).map(|node| (node.key.clone(), node.end)).unwrap_or_default();
    let name = plain(text.text.get(key.clone()).unwrap_or_default()).into_owned();
    lsp::DocumentSymbol {
        // A name of nothing is refused by editors.
        name: if name.is_empty() { "\"\"".to_owned() } else { name },
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: text.lines.range(&text.text, &(key.start..end.max(key.end))),
        selection_range: text.lines.range(&text.text, &key),
        children: (!children.is_empty()).then_some(children),
    }
}
