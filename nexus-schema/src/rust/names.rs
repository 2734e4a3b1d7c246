//! What tables, columns and enums are called in Rust, as text: the one place that turns a name of SQL into one of Rust.
//!
//! Every name here is hostile: whatever comes in, what goes out is one identifier.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Words that cannot be identifiers as they stand, in any edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that cannot be identifiers even after `r#`.
const NEVER_RAW: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Plurals whose singular does not follow from their last letters.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("atlases", "atlas"),
    ("axes", "axis"),
    ("biases", "bias"),
    ("bonuses", "bonus"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("calories", "calorie"),
    ("campuses", "campus"),
    ("canvases", "canvas"),
    ("censuses", "census"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("crises", "crisis"),
    ("diagnoses", "diagnosis"),
    ("echoes", "echo"),
    ("feet", "foot"),
    ("gases", "gas"),
    ("halves", "half"),
    ("heroes", "hero"),
    ("hypotheses", "hypothesis"),
    ("indices", "index"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("lenses", "lens"),
    ("lives", "life"),
    ("matrices", "matrix"),
    ("men", "man"),
    ("mice", "mouse"),
    ("movies", "movie"),
    ("niches", "niche"),
    ("nexuses", "nexus"),
    ("people", "person"),
    ("potatoes", "potato"),
    ("quizzes", "quiz"),
    ("selves", "self"),
    ("shelves", "shelf"),
    ("statuses", "status"),
    ("surpluses", "surplus"),
    ("synopses", "synopsis"),
    ("teeth", "tooth"),
    ("theses", "thesis"),
    ("tomatoes", "tomato"),
    ("vertices", "vertex"),
    ("viruses", "virus"),
    ("wives", "wife"),
    ("wolves", "wolf"),
    ("women", "woman"),
];

/// Words that are their own singular.
const UNCOUNTED: &[&str] = &[
    "chassis",
    "corps",
    "data",
    "goods",
    "headquarters",
    "kudos",
    "logistics",
    "means",
    "media",
    "metadata",
    "news",
    "physics",
    "pos",
    "series",
    "species",
    "statistics",
];

/// The singular of the last word of a snake-case name; the name itself where no rule is sure.
pub(crate) fn singular(name: &str) -> String {
    let (head, word) = match name.rfind('_') {
        Some(at) => name.split_at(at + 1),
        None => ("", name),
    };
    let lower = word.to_ascii_lowercase();
    let one = match IRREGULAR.iter().find(|(many, _)| *many == lower) {
        Some((_, one)) => (*one).to_owned(),
        None if UNCOUNTED.contains(&lower.as_str()) => word.to_owned(),
        None => regular(word),
    };
    format!("{head}{one}")
}

fn regular(word: &str) -> String {
    let keep = ["ss", "us", "is"];
    let two = ["sses", "shes", "ches", "xes", "zzes"];
    if word.len() > 4
        && let Some(stem) = word.strip_suffix("ies")
    {
        return format!("{stem}y");
    }
    if two.iter().any(|end| word.ends_with(end)) {
        return word.strip_suffix("es").unwrap_or(word).to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !keep.iter().any(|end| word.ends_with(end)) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The name of the struct for a table.
pub(crate) fn row_type(table: &str) -> String {
    upper_camel(&singular(&clean(table).to_snake_case()), "Unnamed")
}

/// The name of the Rust enum for an SQL enum.
pub(crate) fn enum_type(name: &str) -> String {
    upper_camel(name, "Unnamed")
}

/// The name of the variant for a label.
#[cfg(feature = "codegen")]
pub(crate) fn variant(label: &str) -> String {
    upper_camel(label, "Empty")
}

/// The name of the field for a column.
pub(crate) fn field(column: &str) -> String {
    let clean = clean(column);
    let as_is = !clean.trim_matches('_').is_empty()
        && !clean.trim_matches('_').contains("__")
        && !clean.chars().any(char::is_uppercase);
    let name = if as_is { clean } else { clean.to_snake_case() };
    match name.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if first == '_' || unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("_{name}"),
    }
}

/// Whether a text that an author chose can be an identifier.
pub(crate) fn is_ident(name: &str) -> bool {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
        && !NEVER_RAW.contains(&name)
}

/// The name as code spells it: raw where the word is a keyword, with a `_` after it where even that is refused.
pub(crate) fn spelled(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

fn upper_camel(name: &str, if_empty: &str) -> String {
    let name = clean(name).to_upper_camel_case();
    match name.chars().next() {
        None => if_empty.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("N{name}"),
    }
}

fn clean(name: &str) -> String {
    name.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_of_a_table() {
        for (table, row) in [
            ("users", "User"),
            ("api_aliases", "ApiAlias"),
            ("system_metrics", "SystemMetric"),
            ("audit_logs", "AuditLog"),
            ("ai_insights", "AiInsight"),
            ("addresses", "Address"),
            ("statuses", "Status"),
            ("companies", "Company"),
            ("data", "Data"),
            ("databases", "Database"),
            ("warehouses", "Warehouse"),
            ("boxes", "Box"),
            ("movies", "Movie"),
            ("access", "Access"),
            ("status", "Status"),
            ("analysis", "Analysis"),
            ("OrderLines", "OrderLine"),
            ("people", "Person"),
            ("ties", "Tie"),
            ("s", "S"),
            ("2fa_keys", "N2faKey"),
            ("*/", "Unnamed"),
        ] {
            assert_eq!(row_type(table), row, "{table}");
        }
    }
}
