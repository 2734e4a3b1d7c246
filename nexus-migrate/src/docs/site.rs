//! The book as a static site: a page for each table, found by name, that reads nothing from the network.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, html};
use nexus_schema::catalog::ObjectId;
use serde_json::json;

use super::book::{Book, ColumnRow, Entry, Reference, SeedTable, Table};
use super::diagram::Diagram;

const STYLE: &str = include_str!("site.css");
const SCRIPT: &str = include_str!("site.js");

/// The files of the site, by their paths in it.
pub(super) fn write(book: &Book<'_>) -> BTreeMap<String, String> {
    let site = Site { pages: pages(book), book };
    let mut files = BTreeMap::from([
        ("style.css".to_owned(), STYLE.to_owned()),
        ("site.js".to_owned(), SCRIPT.to_owned()),
        ("index.js".to_owned(), site.index()),
        ("index.html".to_owned(), site.home().into_string()),
        ("diagram.html".to_owned(), site.diagram().into_string()),
    ]);
    for table in book.tables() {
        files.insert(site.at(&table.id), site.table(table).into_string());
    }
    files
}

struct Site<'a> {
    book: &'a Book<'a>,
    /// Where the page of each table is, from the root of the site.
    pages: BTreeMap<&'a ObjectId, String>,
}

/// A file for each table. Names that a file system could take for one another are told apart by a number.
fn pages<'a>(book: &'a Book<'_>) -> BTreeMap<&'a ObjectId, String> {
    let mut taken = BTreeSet::new();
    let mut pages = BTreeMap::new();
    for table in book.tables() {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.' { c } else { '-' };
        let name: String = table.name.chars().map(plain).collect();
        let name = name.trim_start_matches('.').to_owned();
        let mut file = name.clone();
        let mut n = 1;
        while !taken.insert(file.to_lowercase()) {
            n += 1;
            file = format!("{name}-{n}");
        }
        pages.insert(&table.id, format!("tables/{file}.html"));
    }
    pages
}

impl Site<'_> {
    fn at(&self, table: &ObjectId) -> String {
        self.pages.get(table).cloned().unwrap_or_default()
    }

    fn page(&self, root: &str, title: &str, body: &Markup) -> Markup {
        let name = &self.book.database.name;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (name) }
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href={ (root) "style.css" };
                    script src={ (root) "index.js" } defer {}
                    script src={ (root) "site.js" } defer {}
                }
                body data-root=(root) {
                    header {
                        a .home href={ (root) "index.html" } { (name) }
                        a href={ (root) "diagram.html" } { "Diagram" }
                        div .search {
                            input #search type="search" placeholder="Search tables, columns, indexes (/)" autocomplete="off" aria-label="Search";
                            ul #found hidden {}
                        }
                    }
                    div .body {
                        nav aria-label="Tables" { (self.contents(root)) }
                        main { (body) }
                    }
                    footer {
                        @if let Some(version) = &self.book.database.version { "Version " (version) " · " }
                        "schema " code { (self.book.hash) }
                    }
                }
            }
        }
    }

    fn contents(&self, root: &str) -> Markup {
        html! {
            @for group in &self.book.groups {
                h2 { (group.title) }
                ul {
                    @for table in &group.tables {
                        li { a href={ (root) (self.at(&table.id)) } { (table.name) } }
                    }
                }
            }
        }
    }

    fn home(&self) -> Markup {
        let book = self.book;
        let body = html! {
            h1 { (book.database.name) }
            @if let Some(about) = &book.database.description { p .lead { (about) } }
            dl .facts {
                @if let Some(version) = &book.database.version { dt { "Version" } dd { (version) } }
                @if let Some(major) = book.database.postgres { dt { "Database" } dd { "PostgreSQL " (major) "+" } }
                dt { "Tables" } dd { (book.tables().count()) }
                dt { "Columns" } dd { (book.tables().map(|table| table.columns.len()).sum::<usize>()) }
                dt { "Foreign keys" } dd { (book.tables().map(|table| table.references.len()).sum::<usize>()) }
            }
            @for group in &book.groups {
                h2 { (group.title) }
                table {
                    thead { tr { th { "Table" } th { "Description" } th { "Columns" } } }
                    tbody {
                        @for table in &group.tables {
                            tr {
                                td { a href=(self.at(&table.id)) { code { (table.name) } } (tags(&table.tags)) }
                                td { (table.description) }
                                td { (table.columns.len()) }
                            }
                        }
                    }
                }
            }
            (self.types()) (self.relations())
            (entries("Functions", &book.routines))
            @if !book.seeds.is_empty() {
                h2 { "Default data" }
                @for seeds in &book.seeds { (self.seeds(seeds)) }
            }
        };
        self.page("", "Schema", &body)
    }

    fn diagram(&self) -> Markup {
        let body = html! {
            h1 { "Diagram" }
            p { "Drag to move, turn the wheel to zoom, press a table for its page. A line runs from the referenced table to the crow's foot of the one that refers to it." }
            div .canvas { (Diagram::whole(self.book).svg(|id| self.at(id))) }
        };
        self.page("", "Diagram", &body)
    }

    fn table(&self, table: &Table) -> Markup {
        let body = html! {
            h1 { code { (table.name) } (tags(&table.tags)) }
            p .lead { (table.description) }
            h2 { "Columns" }
            table {
                thead { tr { th { "Column" } th { "Type" } th { "Constraints" } th { "Description" } } }
                tbody { @for column in &table.columns { (self.column(column)) } }
            }
            (entries("Rules", &table.rules))
            (self.references("Foreign keys", &table.references, |it| &it.to))
            (self.references("Referenced by", &table.referenced_by, |it| &it.from))
            (entries("Indexes", &table.indexes))
            @let triggers: Vec<Entry> = table.triggers.iter().map(|it| it.entry.clone()).collect();
            (entries("Triggers", &triggers))
            @if !table.references.is_empty() || !table.referenced_by.is_empty() {
                h2 { "Neighbours" }
                div .canvas { (Diagram::around(self.book, table).svg(|id| format!("../{}", self.at(id)))) }
            }
        };
        self.page("../", &table.name, &body)
    }

    fn column(&self, column: &ColumnRow) -> Markup {
        html! {
            tr #{ "column-" (column.name) } {
                td { code .key[column.key] { (column.name) } (tags(&column.tags)) }
                td { code { (column.type_) } }
                td {
                    (column.constraints.join(", "))
                    @if let Some((table, target)) = &column.to { " → " (self.link(table, target)) }
                }
                td { (column.description) }
            }
        }
    }

    /// A link to a column, from the page of a table.
    fn link(&self, table: &ObjectId, column: &str) -> Markup {
        let name = super::book::qualified(table.path());
        html! {
            @if self.pages.contains_key(table) {
                a href={ "../" (self.at(table)) "#column-" (column) } { (name) "." (column) }
            } @else {
                (name) "." (column)
            }
        }
    }

    fn references(&self, title: &str, all: &[Reference], other: impl Fn(&Reference) -> &ObjectId) -> Markup {
        html! {
            @if !all.is_empty() {
                h2 { (title) }
                ul {
                    @for it in all {
                        li {
                            code { (it.name) } ": (" (it.columns.join(", ")) ") → "
                            (super::book::qualified(it.to.path())) " (" (it.target.join(", ")) ") " (it.actions)
                            @if self.pages.contains_key(other(it)) {
                                " · " a href={ "../" (self.at(other(it))) } { (super::book::qualified(other(it).path())) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn types(&self) -> Markup {
        html! {
            @if !self.book.types.is_empty() {
                h2 { "Types" }
                dl {
                    @for type_ in &self.book.types {
                        dt #{ "type-" (type_.name) } { code { (type_.name) } " " small { (type_.what) } }
                        dd { (type_.description) " " @for part in &type_.parts { code { (part) } " " } }
                    }
                }
            }
        }
    }

    fn relations(&self) -> Markup {
        html! {
            @if !self.book.relations.is_empty() {
                h2 { "Views" }
                @for view in &self.book.relations {
                    h3 #{ "view-" (view.name) } { code { (view.name) } " " small { (view.what) } }
                    p { (view.description) }
                    @if !view.columns.is_empty() {
                        ul { @for (name, type_, about) in &view.columns { li { code { (name) } " " (type_) " " (about) } } }
                    }
                    pre { (view.query) }
                }
            }
        }
    }

    fn seeds(&self, seeds: &SeedTable) -> Markup {
        html! {
            h3 { (seeds.title) " " small { (seeds.table) } }
            @for group in &seeds.groups {
                @if let Some(title) = &group.title { h4 { (title) } }
                ul {
                    @for row in &group.rows {
                        li {
                            b { (row.key) }
                            @if let Some(about) = &row.description { ": " (about) } @else {
                                @for (column, value) in &row.values { " " (column) "=" (value.as_deref().unwrap_or("NULL")) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the search looks through: what it is, its name, where it is, what is said of it.
    fn index(&self) -> String {
        let mut entries = Vec::new();
        for table in self.book.tables() {
            let page = self.at(&table.id);
            entries.push(json!(["table", table.name, page, table.description]));
            for column in &table.columns {
                let name = format!("{}.{}", table.name, column.name);
                let at = format!("{page}#column-{}", column.name);
                entries.push(json!(["column", name, at, column.description]));
            }
            for index in &table.indexes {
                entries.push(json!(["index", index.name, page, index.description]));
            }
            for trigger in &table.triggers {
                entries.push(json!(["trigger", trigger.entry.name, page, trigger.entry.description]));
            }
        }
        for view in &self.book.relations {
            entries.push(json!([
                "view",
                view.name,
                format!("index.html#view-{}", view.name),
                view.description
            ]));
        }
        for type_ in &self.book.types {
            entries.push(json!([
                "type",
                type_.name,
                format!("index.html#type-{}", type_.name),
                type_.description
            ]));
        }
        let lines: Vec<_> = entries.iter().map(ToString::to_string).collect();
        format!("\"use strict\";\nconst INDEX = [\n{}\n];\n", lines.join(",\n"))
    }
}

fn tags(tags: &[String]) -> Markup {
    html! { @for tag in tags { " " span .tag { (tag) } } }
}

fn entries(title: &str, entries: &[Entry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            h2 { (title) }
            table {
                thead { tr { th { "Name" } th { "Definition" } th { "Description" } } }
                tbody {
                    @for entry in entries {
                        tr { td { code { (entry.name) } } td { code { (entry.definition) } } td { (entry.description) } }
                    }
                }
            }
        }
    }
}
