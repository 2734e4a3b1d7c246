//! Documents about a schema: a Markdown file in the shape that people write such documents in, and a static site.
//!
//! Pure: a declared schema in, the contents of files out. What a document says is `book`'s; `markdown`, `mermaid` and
//! `site` only say how it is written down.

mod book;
mod definition;
mod diagram;
mod layout;
mod markdown;
mod mermaid;
mod reader;
mod site;
mod spelling;

use std::collections::BTreeMap;

use nexus_schema::codegen;
use nexus_schema::document::Declared;

use book::Book;

/// The Markdown file.
pub const MARKDOWN: &str = "schema.md";
/// The first page of the site.
pub const HOME: &str = "index.html";

/// Writes all documents of a schema; returns their contents by their paths in the folder, with `/` between names.
///
/// The same schema gives the same files, byte for byte. Values of columns that are tagged `sensitive` are left out.
///
/// ```
/// let text = "nexus: 1\ndatabase: { name: shop }\ntables: { users: { columns: { name: text } } }\n";
/// let (declared, _) = nexus_schema::document::parse("schema.yaml", text).unwrap();
/// let files = nexus_migrate::docs::files(&declared);
/// assert!(files[nexus_migrate::docs::MARKDOWN].contains("#### users"));
/// assert!(files.contains_key("tables/users.html"));
/// ```
pub fn files(declared: &Declared) -> BTreeMap<String, String> {
    let book = Book::of(declared, hash(declared));
    let mut files = site::write(&book);
    files.insert(MARKDOWN.to_owned(), markdown::write(&book));
    files
}

/// The beginning of the `SCHEMA_HASH` in the models of the same schema, short enough to compare by eye.
fn hash(declared: &Declared) -> String {
    codegen::hash(&declared.catalog).chars().take(16).collect()
}
