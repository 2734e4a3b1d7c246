//! What a place of the file takes, by its path of keys: the one table behind completion, definition, references and
//! rename.

use super::names::What;
use super::outline::{Outline, plain};

/// What a place of the file takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The name of something that is declared by it.
    Declares(What),
    /// A table, or a view.
    Relation,
    /// A column of the table that the text names.
    Column(String),
    /// `table`, `table.column` or `table(column, …)`.
    Reference,
    /// A type in any spelling.
    Type,
    /// A function, such as a trigger's.
    Function,
    /// SQL, in which names may stand as well.
    Sql,
    /// Anything else.
    Other,
}

/// What stands in the key at the end of a path.
pub(crate) fn of_key(path: &[&str]) -> Slot {
    match path {
        ["tables" | "views", _] => Slot::Declares(What::Relation),
        ["tables" | "views", _, "columns", _] => Slot::Declares(What::Column),
        ["enums" | "domains" | "composites" | "ranges" | "base_types", _] => Slot::Declares(What::Type),
        ["functions", _] => Slot::Declares(What::Function),
        ["seeds", _] | ["publications", _, "tables", _] => Slot::Relation,
        ["seeds", table, "rows", _] | ["seeds", table, "groups", _, _] => Slot::Column((*table).to_owned()),
        _ => Slot::Other,
    }
}

/// What stands in the value at the end of a path; `sibling` gives the value of a key beside the last one.
pub(crate) fn of_value<'s>(path: &[&str], sibling: impl Fn(&str) -> Option<&'s str>) -> Slot {
    let column_of = |table: &str| Slot::Column(table.to_owned());
    let beside = |of: &str| sibling(of).map_or(Slot::Other, column_of);
    match path {
        ["tables" | "views", _, "columns", _] | ["tables" | "views", _, "columns", _, "type"] => Slot::Type,
        ["domains", _] | ["domains", _, "type"] | ["ranges", _, "subtype"] => Slot::Type,
        ["composites", _, "attributes", _] | ["composites", _, "attributes", _, "type"] => Slot::Type,
        ["tables", _, "of_type"] => Slot::Type,
        ["tables", _, "columns", _, "references"] | ["tables", _, "columns", _, "references", "to"] => {
            Slot::Reference
        }
        ["tables", _, "columns", _, "references", "table"] => Slot::Relation,
        ["tables", _, "columns", _, "references", "column"] => beside("table"),
        ["tables", _, "foreign_keys", .., "references"]
        | ["tables", _, "foreign_keys", .., "references", "to"] => Slot::Reference,
        ["tables", _, "foreign_keys", .., "references", "table"] => Slot::Relation,
        ["tables", _, "foreign_keys", .., "references", "columns"] => beside("table"),
        ["tables", table, "foreign_keys", .., "columns" | "on_delete_columns"] => column_of(table),
        ["tables", _, "partition_of", "table"] | ["tables", _, "inherits"] => Slot::Relation,
        ["tables", table, "touch"]
        | ["tables", table, "policies", _]
        | ["tables", table, "policies", _, "column"] => column_of(table),
        ["tables", table, "primary_key"] | ["tables", table, "primary_key", "columns" | "include"] => {
            column_of(table)
        }
        ["tables", table, "unique"]
        | ["tables", table, "unique", _]
        | ["tables", table, "unique", _, "columns" | "include"] => column_of(table),
        ["tables" | "views", table, "indexes" | "statistics", rest @ ..] => match rest {
            [.., "expr" | "where" | "definition"] => Slot::Sql,
            [] | [_] | [.., "on" | "column" | "include"] => column_of(table),
            _ => Slot::Other,
        },
        ["tables" | "views", table, "triggers", _, last] => match *last {
            "columns" => column_of(table),
            "function" => Slot::Function,
            "from_table" => Slot::Relation,
            "when" => Slot::Sql,
            _ => Slot::Other,
        },
        ["seeds", table, "key"] => column_of(table),
        ["publications", _, "tables"] => Slot::Relation,
        ["publications", _, "tables", table, "columns"] => column_of(table),
        ["sequences", _, "owned_by"] | ["database", "allow", "of"] => Slot::Reference,
        ["event_triggers", _, "function"] => Slot::Function,
        [.., "description" | "was" | "name" | "owner" | "language" | "group" | "rust" | "title"] => {
            Slot::Other
        }
        [
            "seeds" | "settings" | "roles" | "database" | "include" | "enums" | "extensions" | "schemas",
            ..,
        ] => Slot::Other,
        [
            "tables",
            _,
            "checks" | "policies" | "rules" | "exclusions" | "partition_by" | "partition_of",
            ..,
        ] => Slot::Sql,
        ["tables", _, "columns", _, "check" | "default_expr" | "generated", ..] => Slot::Sql,
        ["tables", ..] => Slot::Other,
        [
            "views" | "functions" | "raw" | "domains" | "publications" | "aggregates" | "casts" | "operators",
            ..,
        ] => Slot::Sql,
        _ => Slot::Other,
    }
}

/// What stands in a node's key, and what in its value.
pub(crate) fn slots(prefix: &[String], outline: &Outline, text: &str, at: usize) -> (Slot, Slot) {
    let inner = outline.path(text, at);
    let path: Vec<&str> = prefix.iter().map(String::as_str).chain(inner.iter().map(AsRef::as_ref)).collect();
    let Some(node) = outline.nodes.get(at) else { return (Slot::Other, Slot::Other) };
    let key = if node.key.is_empty() { Slot::Other } else { of_key(&path) };
    // An item of a list stands in for its key.
    let mut keyed = at;
    while let Some(node) = outline.nodes.get(keyed).filter(|node| node.key.is_empty()) {
        match node.parent {
            Some(parent) => keyed = parent,
            None => break,
        }
    }
    let parent = outline.nodes.get(keyed).and_then(|node| node.parent);
    let beside = |key: &str| {
        let (_, node) = outline
            .children(parent)
            .find(|(_, node)| text.get(node.key.clone()).is_some_and(|k| plain(k) == key))?;
        let raw = text.get(node.value.clone()?)?;
        Some(raw.trim_matches(['"', '\'']))
    };
    (key, of_value(&path, beside))
}
