//! The book as one Markdown document.
//!
//! Whatever a name or a description holds is text here: nothing in it opens a cell, a tag or a block.

use super::book::{Book, Entry, Group, Reference, SeedRow, SeedTable, Table, TriggerEntry, capital};
use super::mermaid;
use crate::markdown::{Page, code, text};

/// The document.
pub(super) fn write(book: &Book<'_>) -> String {
    let mut out = Page::default();
    let name = &book.database.name;
    out.heading(1, &format!("{name} - Database Schema Documentation"));
    out.heading(2, "Overview");
    let about = book.database.description.as_deref().unwrap_or("The schema of the database.");
    out.paragraph(&text(about));
    out.paragraph(
        "This file is written by `nexus docs` from the schema file: change that, and run it again.",
    );
    out.heading(2, "Schema Version");
    if let Some(version) = &book.database.version {
        out.item(&format!("**Version**: {}", text(version)));
    }
    if let Some(major) = book.database.postgres {
        out.item(&format!("**Database**: PostgreSQL {major}+"));
    }
    out.item(&format!("**Schema hash**: `{}`", book.hash));
    out.end();
    out.heading(2, "Table Definitions");
    for group in &book.groups {
        write_group(&mut out, group);
    }
    types(&mut out, book);
    relations(&mut out, book);
    indexes(&mut out, book);
    triggers(&mut out, book);
    routines(&mut out, book);
    if !book.seeds.is_empty() {
        out.heading(2, "Default Data");
        for seeds in &book.seeds {
            write_seeds(&mut out, seeds);
        }
    }
    out.heading(2, "Diagram");
    out.block("mermaid", &mermaid::of(book));
    procedures(&mut out);
    out.finish()
}

fn write_group(out: &mut Page, group: &Group) {
    out.heading(3, &group.title);
    for table in &group.tables {
        out.heading(4, &table.name);
        if !table.description.is_empty() {
            out.paragraph(&text(&table.description));
        }
        if !table.tags.is_empty() {
            out.paragraph(&format!("Tags: {}.", table.tags.join(", ")));
        }
        let rows = table.columns.iter().map(|column| {
            [
                text(&column.name),
                text(&column.type_),
                text(&column.constraints.join(", ")),
                text(&column.description),
            ]
        });
        out.table(["Column", "Type", "Constraints", "Description"], rows.collect());
        details(out, table);
    }
}

/// What a table is beyond its columns, as one list.
fn details(out: &mut Page, table: &Table) {
    let mut any = false;
    for rule in &table.rules {
        out.item(&described(&format!("{}: {}", text(&rule.name), code(&rule.definition)), &rule.description));
        any = true;
    }
    for reference in &table.references {
        out.item(&format!("Foreign key {}: {}", code(&reference.name), arrow(reference)));
        any = true;
    }
    let tagged = table.columns.iter().filter(|column| !column.tags.is_empty());
    for column in tagged {
        out.item(&format!("{}: {}", code(&column.name), column.tags.join(", ")));
        any = true;
    }
    if any {
        out.end();
    }
}

fn arrow(reference: &Reference) -> String {
    let to = super::book::qualified(reference.to.path());
    let (from, target) = (reference.columns.join(", "), reference.target.join(", "));
    let actions =
        if reference.actions.is_empty() { String::new() } else { format!(" {}", reference.actions) };
    format!("({}) → {} ({}){actions}", text(&from), text(&to), text(&target))
}

fn types(out: &mut Page, book: &Book<'_>) {
    if book.types.is_empty() {
        return;
    }
    out.heading(2, "Types");
    for type_ in &book.types {
        let parts: Vec<_> = type_.parts.iter().map(|part| code(part)).collect();
        let line = format!("{} ({}): {}", code(&type_.name), type_.what.to_lowercase(), parts.join(", "));
        out.item(&described(&line, &type_.description));
    }
    out.end();
}

fn relations(out: &mut Page, book: &Book<'_>) {
    if book.relations.is_empty() {
        return;
    }
    out.heading(2, "Views");
    for relation in &book.relations {
        out.heading(3, &relation.name);
        out.paragraph(&described(relation.what, &relation.description));
        if !relation.columns.is_empty() {
            let rows =
                relation.columns.iter().map(|(name, type_, about)| [text(name), text(type_), text(about)]);
            out.table(["Column", "Type", "Description"], rows.collect());
        }
        out.block("sql", &relation.query);
    }
}

fn indexes(out: &mut Page, book: &Book<'_>) {
    let all: Vec<(&Table, &Entry)> =
        book.tables().flat_map(|table| table.indexes.iter().map(move |index| (table, index))).collect();
    if all.is_empty() {
        return;
    }
    out.heading(2, "Indexes");
    out.heading(3, "Performance Indexes");
    for (_, index) in &all {
        out.item(&described(&code(&index.name), &index.description));
    }
    out.end();
    let rows =
        all.iter().map(|(table, index)| [text(&index.name), text(&table.name), code(&index.definition)]);
    out.table(["Index", "Table", "Definition"], rows.collect());
}

fn triggers(out: &mut Page, book: &Book<'_>) {
    let all: Vec<&TriggerEntry> = book.tables().flat_map(|table| &table.triggers).collect();
    if all.is_empty() {
        return;
    }
    out.heading(2, "Triggers");
    let mut touched: Vec<&str> = all.iter().filter_map(|trigger| trigger.touches.as_deref()).collect();
    touched.sort_unstable();
    touched.dedup();
    for column in touched {
        out.heading(3, &format!("{} Triggers", capital(column)));
        out.paragraph(&format!("These keep {} current when a row is changed:", code(column)));
        for trigger in all.iter().filter(|trigger| trigger.touches.as_deref() == Some(column)) {
            out.item(&described(&code(&trigger.entry.name), &trigger.entry.description));
        }
        out.end();
    }
    let others: Vec<_> = all.iter().filter(|trigger| trigger.touches.is_none()).collect();
    if !others.is_empty() {
        out.heading(3, "Other Triggers");
        for trigger in others {
            let line = format!("{}: {}", code(&trigger.entry.name), code(&trigger.entry.definition));
            out.item(&described(&line, &trigger.entry.description));
        }
        out.end();
    }
}

fn routines(out: &mut Page, book: &Book<'_>) {
    if book.routines.is_empty() {
        return;
    }
    out.heading(2, "Functions");
    for routine in &book.routines {
        out.item(&described(&code(&routine.definition), &routine.description));
    }
    out.end();
}

fn write_seeds(out: &mut Page, seeds: &SeedTable) {
    out.heading(3, &seeds.title);
    for group in &seeds.groups {
        let margin = match &group.title {
            Some(title) => {
                out.item(&text(title));
                "  "
            }
            None => "",
        };
        for row in &group.rows {
            out.item_at(margin, &seed(row));
        }
    }
    out.end();
}

fn seed(row: &SeedRow) -> String {
    let key = format!("**{}**", text(&row.key));
    match &row.description {
        Some(about) => format!("{key}: {}", text(about)),
        None => {
            let values = row.values.iter().map(|(column, value)| {
                format!("{} {}", text(column), value.as_deref().map_or_else(|| "NULL".into(), code))
            });
            format!("{key}: {}", values.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The procedures of the schema's life, as commands.
fn procedures(out: &mut Page) {
    out.heading(2, "Migration Procedures");
    let parts: [(&str, &[&str]); 3] = [
        (
            "Creating New Tables",
            &[
                "Add the table to the schema file, with its indexes, and `touch:` for a column that triggers keep current.",
                "`nexus check`",
                "`nexus generate -n add_NAME` writes the migration, and only one that was proved; `--checklist` says what is left.",
                "`nexus docs -o DIR` brings this document up to date.",
                "`nexus apply` in development, and test there.",
            ],
        ),
        (
            "Modifying Existing Tables",
            &[
                "Change the table in the schema file; say `was: OLD` where something gets another name.",
                "`nexus diff --from migrations/ --to schema.yaml --format human` shows what it means.",
                "`nexus generate -n NAME`; read the comment on top of the file: locks, rewrites, lost data.",
                "Back up production data: `nexus backup -o DIR`, or `--backup DIR` in the next step.",
                "`nexus apply --dry-run`, then `nexus apply`.",
                "`nexus status`, and `nexus diff --from $DATABASE_URL --to schema.yaml --exit-code`.",
                "`nexus docs -o DIR`",
            ],
        ),
        (
            "Adding New Indexes",
            &[
                "Look at the query with EXPLAIN (ANALYZE, BUFFERS); `nexus advise --queries FILE` tries indexes for it.",
                "Add the index to its table under `indexes:`, with a `description:` of what it is for.",
                "`nexus generate -n NAME`, `nexus apply` in development, and look at the query again.",
                "`nexus apply` in production.",
            ],
        ),
    ];
    for (title, steps) in parts {
        out.heading(3, title);
        for (n, step) in steps.iter().enumerate() {
            out.line(&format!("{}. {step}", n + 1));
        }
        out.end();
    }
}

fn described(what: &str, about: &str) -> String {
    if about.is_empty() { what.to_owned() } else { format!("{what} - {}", text(about)) }
}
