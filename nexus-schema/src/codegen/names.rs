//! Turns SQL names and comments into Rust identifiers and documentation.
//!
//! Every text here is hostile: whatever comes in, what goes out is one identifier or one line of a doc comment.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

use crate::catalog::ObjectId;
use crate::types::quote_ident;

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

/// The candidate that `name` was probably meant to be, if one is near enough.
///
/// ```
/// use nexus_schema::codegen::nearest;
/// assert_eq!(nearest("emial", ["id", "email"]), Some("email"));
/// assert_eq!(nearest("balance", ["id", "email"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let ratio = |candidate: &str| similar::TextDiff::from_chars(name, candidate).ratio();
    let all = candidates.into_iter().map(|candidate| (ratio(candidate), candidate));
    all.filter(|(ratio, _)| *ratio > 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Whether a text that an author chose can be an identifier.
pub(crate) fn is_ident(name: &str) -> bool {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
        && !NEVER_RAW.contains(&name)
}

/// The identifier for a name of this module; raw where the word is a keyword.
pub(crate) fn ident(name: &str) -> Ident {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if NEVER_RAW.contains(&name) {
        Ident::new(&format!("{name}_"), Span::call_site())
    } else if KEYWORDS.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
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

/// The lines of a doc comment that says `text` and does nothing: no doctest, no link, no markup, no odd character.
pub(crate) fn docs(text: &str) -> Vec<String> {
    text.split(['\n', '\r']).map(|line| doc_line(line.trim())).collect::<Vec<_>>().trim_blank()
}

/// The name of an object in SQL, with its schema.
pub(crate) fn qualified(id: &ObjectId) -> String {
    format!("{}.{}", quote_ident(id.schema()), quote_ident(id.name()))
}

/// A name between backticks, for a sentence of documentation.
pub(crate) fn quoted(name: &str) -> String {
    let name: String = name.chars().map(|c| if c == '`' || is_odd(c) { '\u{fffd}' } else { c }).collect();
    format!("`{name}`")
}

fn doc_line(line: &str) -> String {
    let fence = line.starts_with("```") || line.starts_with("~~~");
    let closed = line.matches('`').count().is_multiple_of(2) && !fence;
    let mut code = false;
    let mut out = String::from(if line.is_empty() { "" } else { " " });
    for c in line.chars() {
        match c {
            '`' if closed => code = !code,
            '`' | '~' if fence => out.push('\\'),
            '`' | '[' | ']' | '<' if !code => out.push('\\'),
            _ => {}
        }
        out.push(if is_odd(c) { '\u{fffd}' } else { c });
    }
    out
}

/// Control characters, and those that make a line read otherwise than it is (rustc refuses them in comments).
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

trait TrimBlank {
    fn trim_blank(self) -> Self;
}

impl TrimBlank for Vec<String> {
    fn trim_blank(mut self) -> Self {
        while self.last().is_some_and(String::is_empty) {
            self.pop();
        }
        let blank = self.iter().take_while(|line| line.is_empty()).count();
        self.drain(..blank);
        self
    }
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

    #[test]
    fn comments_cannot_run_link_or_mislead() {
        let text = "\n```rust\npanic!()\n```\n    let indented;\n[a] <b> `[c]` \u{202e}\r\n\n";
        let wanted =
            [" \\`\\`\\`rust", " panic!()", " \\`\\`\\`", " let indented;", " \\[a\\] \\<b> `[c]` \u{fffd}"];
        assert_eq!(docs(text), wanted);
    }
}
