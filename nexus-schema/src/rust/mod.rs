//! What things are called in Rust, for whoever asks: the check of a schema file and the generator of models.
//!
//! Sees the catalog and the author's hints; knows no token and no file.

pub(crate) mod ids;
pub(crate) mod names;

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Kind, ObjectId};
use ids::Ids;

/// What the author says about an object's Rust side: `rust: { name: …, type: … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RustHint {
    /// The name of the struct, enum or field.
    pub name: Option<String>,
    /// The Rust type of a column, an enum, a domain or a composite type.
    pub type_: Option<String>,
    /// Which parts of a table's models there are, before what the file says.
    pub parts: Option<Parts>,
    /// Paths of further traits that a table's structs derive.
    pub derives: Derives,
    /// Further attributes of a table's row, without `#[` and `]`.
    pub attributes: Vec<String>,
    /// The column of a table that counts or dates the changes of a row: its optimistic lock.
    pub version: Option<String>,
    /// Whether a table has no models.
    pub skip: bool,
    /// The enum of the values that a column has in default rows: `as_enum:` of these.
    pub lookup: Option<String>,
}

/// What the file says of the models of all tables: `models: { parts: rows }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelsHint {
    /// Which parts there are.
    pub parts: Parts,
    /// Paths of traits that all structs derive, before those of each table.
    pub derives: Derives,
}

/// Which parts of a table's models there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Parts {
    /// The row, what it is written with, and the queries.
    #[default]
    All,
    /// The row alone, and its id.
    Rows,
}

/// Paths of further traits that structs derive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derives {
    /// Of rows.
    pub row: Vec<String>,
    /// Of new rows.
    pub new: Vec<String>,
    /// Of patches.
    pub patch: Vec<String>,
}

/// The names of a schema's objects in Rust.
#[derive(Clone, Copy)]
pub(crate) struct Naming<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) hints: &'a BTreeMap<ObjectId, RustHint>,
}

/// Two objects that would have one name in Rust: two columns of a table, or two that make a type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    /// The second one; the table where the name is that of its id type.
    pub(crate) id: ObjectId,
    pub(crate) name: String,
    /// The first one.
    pub(crate) other: ObjectId,
}

impl Naming<'_> {
    /// The name of a table's struct, of an enum or of a column's field; a hint that is no name counts for nothing.
    pub(crate) fn of(&self, id: &ObjectId) -> String {
        let hint = self.hints.get(id).and_then(|hint| hint.name.as_deref());
        match hint.filter(|name| names::is_ident(name)) {
            Some(name) => name.to_owned(),
            None => match id.kind() {
                Kind::Table | Kind::View | Kind::MaterializedView => names::row_type(id.name()),
                Kind::Column => names::field(id.name()),
                _ => names::enum_type(id.name()),
            },
        }
    }

    /// The id types.
    pub(crate) fn ids(&self) -> Ids {
        Ids::new(self.catalog, |table| self.has_models(table), |table| self.of(table))
    }

    /// Whether there are models of a table: partitions are rows of their parent, and an author may want none.
    pub(crate) fn has_models(&self, table: &ObjectId) -> bool {
        let skipped = self.hints.get(table).is_some_and(|hint| hint.skip);
        !skipped && !self.catalog.contains(&table.as_kind(Kind::Partition))
    }

    /// Every name that two objects would have; `has_id` says whether a table's key is of a type that makes an id type.
    pub(crate) fn clashes(&self, ids: &Ids, has_id: impl Fn(&ObjectId) -> bool) -> Vec<Clash> {
        let mut found = Vec::new();
        let mut types = BTreeMap::new();
        for (id, name) in self.hints.iter().filter_map(|(id, hint)| Some((id, hint.lookup.as_ref()?))) {
            claim(&mut types, name, id, &mut found);
        }
        for (id, _) in self.catalog.of_kind(Kind::Enum) {
            claim(&mut types, &self.of(id), id, &mut found);
        }
        for (id, _) in self.catalog.of_kind(Kind::Table) {
            if !self.has_models(id) {
                continue;
            }
            let row = self.of(id);
            let so_far = found.len();
            claim(&mut types, &row, id, &mut found);
            // Said once is enough: what is called after two rows of one name follows from them.
            if found.len() == so_far {
                for name in beside(&row) {
                    claim(&mut types, &name, id, &mut found);
                }
            }
            let mut fields = BTreeMap::new();
            for (column, _) in self.catalog.columns(id) {
                claim(&mut fields, &self.of(column), column, &mut found);
                if let Some(name) = ids.own(column).filter(|_| has_id(id)) {
                    claim(&mut types, name, id, &mut found);
                }
            }
        }
        found
    }
}

/// The types that a table has beside its row.
pub(crate) fn beside(row: &str) -> [String; 4] {
    let row = row.strip_prefix("r#").unwrap_or(row);
    [format!("New{row}"), format!("{row}Patch"), format!("{row}Column"), format!("{row}Constraint")]
}

fn claim(taken: &mut BTreeMap<String, ObjectId>, name: &str, id: &ObjectId, found: &mut Vec<Clash>) {
    let name = names::spelled(name);
    if let Some(other) = taken.get(&name) {
        found.push(Clash { id: id.clone(), name, other: other.clone() });
    } else {
        taken.insert(name, id.clone());
    }
}
