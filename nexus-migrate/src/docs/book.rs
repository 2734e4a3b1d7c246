//! What a document says: the schema in the order in which people read it, in words, without any markup.

use std::collections::BTreeMap;

use nexus_schema::catalog::ObjectId;
use nexus_schema::document::{Database, Declared};

/// A schema, ready to be written down.
pub(super) struct Book<'a> {
    pub(super) database: &'a Database,
    /// Of the whole state: what was documented.
    pub(super) hash: String,
    pub(super) groups: Vec<Group>,
    pub(super) relations: Vec<Relation>,
    pub(super) types: Vec<Type>,
    pub(super) routines: Vec<Entry>,
    pub(super) seeds: Vec<SeedTable>,
}

/// Tables under one heading.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) tables: Vec<Table>,
}

/// A table.
pub(super) struct Table {
    pub(super) id: ObjectId,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) columns: Vec<ColumnRow>,
    /// What it is beside its columns: keys of several columns, checks, partitioning, row security.
    pub(super) rules: Vec<Entry>,
    pub(super) references: Vec<Reference>,
    pub(super) referenced_by: Vec<Reference>,
    pub(super) indexes: Vec<Entry>,
    pub(super) triggers: Vec<TriggerEntry>,
}

/// A row of the table of columns.
pub(super) struct ColumnRow {
    pub(super) name: String,
    pub(super) type_: String,
    pub(super) constraints: Vec<String>,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) key: bool,
    /// Where a foreign key of this column alone leads.
    pub(super) to: Option<(ObjectId, String)>,
}

/// A foreign key, seen from either side.
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) from: ObjectId,
    pub(super) columns: Vec<String>,
    pub(super) to: ObjectId,
    pub(super) target: Vec<String>,
    /// What happens on update and delete, where it is not the usual.
    pub(super) actions: String,
}

/// Something with a name, a definition, and what it is for.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) description: String,
}

/// A trigger, with the function that it calls.
pub(super) struct TriggerEntry {
    pub(super) entry: Entry,
    /// The column that the trigger keeps current, for one that `touch:` makes.
    pub(super) touches: Option<String>,
}

/// A view.
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) description: String,
    pub(super) columns: Vec<(String, String, String)>,
    pub(super) query: String,
}

/// A type that the schema makes.
pub(super) struct Type {
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) description: String,
    pub(super) parts: Vec<String>,
}

/// Default rows of a table.
pub(super) struct SeedTable {
    pub(super) title: String,
    pub(super) table: String,
    pub(super) groups: Vec<SeedGroup>,
}

/// Default rows under one heading, or under none.
pub(super) struct SeedGroup {
    pub(super) title: Option<String>,
    pub(super) rows: Vec<SeedRow>,
}

/// A default row: what it is called, and what it is.
pub(super) struct SeedRow {
    pub(super) key: String,
    pub(super) description: Option<String>,
    pub(super) values: BTreeMap<String, Option<String>>,
}

impl<'a> Book<'a> {
    pub(super) fn of(declared: &'a Declared, hash: String) -> Self {
        super::reader::read(declared, hash)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.groups.iter().flat_map(|group| &group.tables)
    }

    pub(super) fn table(&self, id: &ObjectId) -> Option<&Table> {
        self.tables().find(|table| table.id == *id)
    }
}

/// A name with its schema, unless that is `public`.
pub(super) fn qualified(path: &[String]) -> String {
    match path {
        [schema, rest @ ..] if schema == "public" => rest.join("."),
        path => path.join("."),
    }
}

/// A word with a capital letter.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
