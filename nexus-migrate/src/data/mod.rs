//! Personal data: what is where, of whom, and what becomes of it.
//!
//! `reach` follows foreign keys from a person's row, `script` writes what erases or exports what it reaches, and `proof`
//! shows on scratch that nothing tagged is left. Knows tags and the declared state, and nothing of how tables came about.

mod inventory;
mod proof;
mod reach;
mod report;
mod retention;
mod script;
mod value;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

pub use inventory::{Held, held, to_markdown};
pub use proof::{Canaries, prove};
pub use reach::{Edge, Fate, Reach, Reached};
pub use report::{Check, Regime, Verdict, checks, subjects};
pub use retention::{Due, Term, due, run, terms};
pub use script::{Export, collect, erase, exported, tally};

/// A person: a table and the key of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The table.
    pub table: ObjectId,
    /// The key's value as a text.
    pub key: String,
}

impl Subject {
    /// Reads `users:7` or `auth.users:7`; nothing where no such table is declared or the key is missing.
    pub fn parse(text: &str, catalog: &Catalog) -> Option<Self> {
        let (name, key) = text.split_once(':')?;
        let path = match name.split_once('.') {
            Some((schema, name)) => [schema, name],
            None => ["public", name],
        };
        let table = ObjectId::new(Kind::Table, path);
        let known = catalog.contains(&table) && !key.is_empty();
        known.then(|| Self { table, key: key.to_owned() })
    }
}
