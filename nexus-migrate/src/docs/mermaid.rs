//! The tables and their foreign keys as a Mermaid `erDiagram`, for whoever renders Markdown.

use super::book::Book;

/// The text of the diagram: every table with its key columns, and a line for each foreign key.
pub(super) fn of(book: &Book<'_>) -> String {
    let mut out = String::from("erDiagram\n");
    for table in book.tables() {
        let keys = table.columns.iter().filter(|column| column.key || column.to.is_some());
        out.push_str(&format!("    {} {{\n", quoted(&table.name)));
        for column in keys {
            let mark = match (column.key, column.to.is_some()) {
                (true, true) => " PK,FK",
                (true, false) => " PK",
                _ => " FK",
            };
            out.push_str(&format!("        {} {}{mark}\n", word(&column.type_), word(&column.name)));
        }
        out.push_str("    }\n");
    }
    for reference in book.tables().flat_map(|table| &table.references) {
        let (from, to) =
            (super::book::qualified(reference.from.path()), super::book::qualified(reference.to.path()));
        let label = reference.columns.join(", ");
        out.push_str(&format!("    {} ||--o{{ {} : {}\n", quoted(&to), quoted(&from), quoted(&label)));
    }
    out
}

/// A name in quotes: the grammar has no escape for one inside, and some renderers take tags for tags.
fn quoted(name: &str) -> String {
    let inside =
        name.chars().map(|c| if matches!(c, '"' | '<' | '>' | '`') || c.is_control() { '\'' } else { c });
    format!("\"{}\"", inside.collect::<String>())
}

/// A name as one word of the grammar.
fn word(name: &str) -> String {
    let word: String = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_alphabetic()) { word } else { format!("x{word}") }
}
