//! Rows as statements, and as CSV.

use super::fill::Row;
use super::table::Table;
use crate::sql::{Pen, dotted};

/// How many rows stand in one statement.
const TOGETHER: usize = 250;

/// One INSERT for rows of a table.
pub(super) fn insert(table: &Table<'_>, rows: &[&Row]) -> Pen {
    let names = || table.columns.iter().map(|column| column.name);
    let literal = |value: &Option<String>, has_default: bool| match value {
        Some(text) => Pen::new().literal(text),
        // Nobody knows a value of the type, but the table has one.
        None if has_default => Pen::kw("DEFAULT"),
        None => Pen::kw("NULL"),
    };
    let row = |row: &&Row| {
        let values = row.iter().zip(&table.columns);
        Pen::new().list(values.map(|(value, column)| literal(value, column.has_default && !column.nullable)))
    };
    let pen =
        Pen::kw("INSERT INTO").name(table.id.path()).idents(names()).and("OVERRIDING SYSTEM VALUE VALUES");
    pen.rows(rows.iter().map(row))
}

/// The statements that write rows which are not there yet, and let what counts go on after them.
pub(super) fn statements(table: &Table<'_>, rows: &[Row]) -> Vec<String> {
    let rows: Vec<&Row> = rows.iter().collect();
    let inserts = rows.chunks(TOGETHER).map(|part| insert(table, part).and("\nON CONFLICT DO NOTHING").end());
    let counted = table.columns.iter().filter(|column| column.counted && !rows.is_empty());
    let go_on = counted.map(|column| {
        let sequence = Pen::kw("pg_get_serial_sequence(")
            .literal(&dotted(table.id.path()))
            .text(",")
            .literal(column.name);
        let sequence = sequence.text(")");
        let most = Pen::kw("SELECT max(").ident(column.name).text(") FROM").name(table.id.path());
        let setval = Pen::kw("SELECT setval(")
            .pen(sequence.clone())
            .text(", greatest((")
            .pen(most)
            .text("), nextval(");
        setval.pen(sequence).text(")))").end()
    });
    inserts.chain(go_on).collect()
}

/// Rows as CSV with the names of the columns first, as COPY … (FORMAT csv, HEADER) reads them: NULL is nothing, and an
/// empty text stands in quotes.
pub(super) fn csv(table: &Table<'_>, rows: &[Row]) -> String {
    let field = |text: &str| match text.is_empty() || text.contains([',', '"', '\n', '\r']) || text == "\\." {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let names: Vec<_> = table.columns.iter().map(|column| field(column.name)).collect();
    let mut out = names.join(",") + "\n";
    for row in rows {
        let row: Vec<_> = row.iter().map(|value| value.as_deref().map(field).unwrap_or_default()).collect();
        out.push_str(&row.join(","));
        out.push('\n');
    }
    out
}
