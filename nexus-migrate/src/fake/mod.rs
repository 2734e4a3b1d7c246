//! Made-up rows for development: what tables let in, readable, and the same again for the same seed.
//!
//! Values follow from the names and types of columns; keys, references, checks, domains and partitions are kept. There is
//! no parser here: conditions are asked of the server, on scratch, where every row is put in before anybody sees it.

mod chance;
mod fill;
mod near;
mod print;
mod server;
mod table;
mod text;
mod value;
mod words;

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, ObjectId};

use crate::db::{DbError, Session};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// How many rows each table is to have.
    pub rows: u64,
    /// The tables; all where none is named. Those that they refer to get rows as well.
    pub tables: BTreeSet<ObjectId>,
    /// What the rows are made from: the same number gives the same rows.
    pub seed: u64,
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub struct Faked {
    /// Which table.
    pub table: ObjectId,
    /// How many there are.
    pub rows: usize,
    /// Why there are fewer than were asked for.
    pub reason: Option<String>,
    /// The statements that write them where they are not yet.
    pub statements: Vec<String>,
    /// The rows as CSV.
    pub csv: String,
}

/// Makes rows for the tables of a state, those first that others refer to, and puts them into the session's database,
/// which must be in that state and is on scratch.
pub async fn fake(session: &mut Session, state: &Catalog, wish: &Wish) -> Result<Vec<Faked>, DbError> {
    let order = order(state, &wish.tables);
    let mut tables: Vec<_> = order.into_iter().map(|id| table::table(state, id)).collect();
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    table::conditions(session, &mut tables).await?;
    let mut all = Vec::new();
    for table in &tables {
        let made = fill::fill(session, table, wish.rows, wish.seed).await?;
        all.push(Faked {
            table: table.id.clone(),
            rows: made.rows.len(),
            reason: made.reason,
            statements: print::statements(table, &made.rows),
            csv: print::csv(table, &made.rows),
        });
    }
    Ok(all)
}

/// The wanted tables and those that they refer to, those first that others refer to; in a circle, the first by its id.
fn order<'c>(state: &'c Catalog, wanted: &BTreeSet<ObjectId>) -> Vec<&'c ObjectId> {
    let all = table::tables(state);
    let mut reached: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut open: Vec<&ObjectId> =
        all.iter().copied().filter(|id| wanted.is_empty() || wanted.contains(*id)).collect();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            let referred = table::referred(state, id);
            open.extend(all.iter().copied().filter(|other| referred.contains(*other)));
        }
    }
    let mut order = Vec::new();
    while !reached.is_empty() {
        let waits = |id: &&ObjectId| {
            table::referred(state, id).iter().any(|other| other != *id && reached.contains(other))
        };
        let next = reached.iter().copied().find(|id| !waits(id)).or_else(|| reached.first().copied());
        let Some(next) = next else { break };
        reached.remove(next);
        order.push(next);
    }
    order
}
