//! What personal data is where, on what ground, for how long, and what becomes of it.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::document::{Declared, Erase};
use serde::Serialize;

use super::reach::tags;
use crate::markdown;

/// A column that holds what is a person's, or must not be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The table, with its schema where that is not `public`.
    pub table: String,
    /// The column.
    pub column: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// What it holds.
    pub description: Option<String>,
    /// Whether it is personal data.
    pub pii: bool,
    /// Whether it must not be shown.
    pub sensitive: bool,
    /// On what ground it is held.
    pub basis: Option<String>,
    /// How long it may be kept.
    pub retention: Option<String>,
    /// What becomes of it when a person is erased, where the author says so.
    pub erase: Option<&'static str>,
    /// Whether changes of it are kept, masked.
    pub audited: bool,
}

/// The tagged columns of a schema in the order of its files.
pub fn held(declared: &Declared) -> Vec<Held> {
    let mut all = Vec::new();
    for table in declared.tables.iter().map(|table| &table.id) {
        let of_table = tags(declared, table);
        for (id, column) in declared.catalog.columns(table) {
            let tags = tags(declared, id);
            if !tags.pii && !tags.sensitive {
                continue;
            }
            let description = match declared.catalog.get(&id.of(Kind::Comment, [])) {
                Some(Object::Comment(comment)) => Some(comment.text.clone()),
                _ => None,
            };
            all.push(Held {
                table: name(table),
                column: id.name().to_owned(),
                type_: column.type_.clone(),
                description,
                pii: tags.pii,
                sensitive: tags.sensitive,
                basis: tags.basis.or_else(|| of_table.basis.clone()),
                retention: tags.retention.or_else(|| of_rows(declared, table)),
                erase: tags.erase.map(Erase::word),
                audited: of_table.audit.is_some(),
            });
        }
    }
    all
}

/// How long rows of a table may be kept.
pub(super) fn of_rows(declared: &Declared, table: &ObjectId) -> Option<String> {
    let columns = declared.catalog.columns(table);
    let mut times = columns.into_iter().filter(|(_, column)| super::value::is_time(column));
    times.find_map(|(id, _)| tags(declared, id).retention)
}

pub(super) fn name(table: &ObjectId) -> String {
    if table.schema() == "public" { table.name().to_owned() } else { table.path().join(".") }
}

/// The inventory as a document.
pub fn to_markdown(declared: &Declared, held: &[Held]) -> String {
    let mut page = markdown::Page::default();
    page.line(&format!("# Personal data in {}", markdown::text(&declared.database.name)));
    page.end();
    let (personal, sensitive) =
        (held.iter().filter(|it| it.pii).count(), held.iter().filter(|it| it.sensitive).count());
    page.line(&format!(
        "{personal} columns are personal data, {sensitive} are sensitive, as the schema file tags them."
    ));
    page.end();
    if held.is_empty() {
        return page.finish();
    }
    page.line("| Column | Type | What | Holds | Ground | Kept | When erased | Trail |");
    page.line("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for it in held {
        let what = match (it.pii, it.sensitive) {
            (true, true) => "personal, sensitive",
            (true, false) => "personal",
            _ => "sensitive",
        };
        let or = |text: &Option<String>, none: &str| {
            text.as_deref().map_or_else(|| none.to_owned(), markdown::text)
        };
        page.line(&format!(
            "| {} | {} | {what} | {} | {} | {} | {} | {} |",
            markdown::code(&format!("{}.{}", it.table, it.column)),
            markdown::code(&it.type_),
            or(&it.description, ""),
            or(&it.basis, "not stated"),
            or(&it.retention, "not stated"),
            it.erase.unwrap_or("by foreign keys"),
            if it.audited { "masked" } else { "none" },
        ));
    }
    page.finish()
}
