//! What a server has counted: rows, reads, updates, and how far sequences have come. Asks, and judges nothing.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::db::{DbError, Session};

/// The schema and the name of a relation.
pub(super) type Path = [String; 2];

/// What was counted of the relations of a database.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) server: Server,
    pub(super) tables: BTreeMap<Path, Table>,
    pub(super) indexes: BTreeMap<Path, Index>,
    pub(super) counters: Vec<Counter>,
}

/// What the server says of itself.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// Whether it counts.
    pub(super) counts: bool,
    /// Since when, for people.
    pub(super) since: String,
    /// For how many seconds.
    pub(super) seconds: u64,
    /// Whether it takes dead rows away by itself.
    pub(super) cleans: bool,
    /// Whether it is a replica.
    pub(super) is_replica: bool,
}

/// What was counted of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Rows as the planner knows them; negative where nobody ever looked.
    pub(super) known: i64,
    pub(super) live: i64,
    pub(super) dead: i64,
    /// From how many dead rows on autovacuum takes them away.
    pub(super) bearable: i64,
    pub(super) updates: i64,
    /// Updates that changed no index.
    pub(super) hot: i64,
    /// Updates that found no room on their page; PostgreSQL 16 counts them.
    pub(super) moved: Option<i64>,
    pub(super) reads: i64,
    pub(super) is_analyzed: bool,
    pub(super) has_rows: bool,
}

impl Table {
    /// About how many rows it has.
    pub(super) fn rows(&self) -> i64 {
        if self.known >= 0 { self.known.max(self.live) } else { self.live }
    }
}

/// What was counted of an index.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) table: Path,
    pub(super) scans: i64,
    pub(super) bytes: i64,
    pub(super) is_valid: bool,
    pub(super) is_partitioned: bool,
}

/// A sequence, and a column that it counts for.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) sequence: Path,
    pub(super) type_: String,
    pub(super) step: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) last: i64,
    /// The column's path and its type.
    pub(super) column: Option<([String; 3], String)>,
}

impl Figures {
    /// Asks the server, within the transaction that is open.
    pub(super) async fn ask(session: &mut Session) -> Result<Self, DbError> {
        let mut figures = Self::default();
        for row in &session.rows(include_str!("server.sql")).await? {
            figures.server = Server {
                counts: is(row, 0),
                since: text(row, 1).to_owned(),
                seconds: number(row, 2),
                cleans: is(row, 3),
                is_replica: is(row, 4),
            };
        }
        for row in &session.rows(include_str!("tables.sql")).await? {
            let table = Table {
                known: number(row, 1),
                live: number(row, 2),
                dead: number(row, 3),
                bearable: number(row, 4),
                updates: number(row, 5),
                hot: number(row, 6),
                moved: row.get(7).and_then(|value| value.as_ref()?.parse().ok()),
                reads: number(row, 8),
                is_analyzed: is(row, 9),
                has_rows: is(row, 10),
            };
            figures.tables.extend(path(row, 0).map(|path| (path, table)));
        }
        for row in &session.rows(include_str!("indexes.sql")).await? {
            let (Some(index), Some(table)) = (path(row, 0), path(row, 1)) else { continue };
            let (scans, bytes) = (number(row, 2), number(row, 3));
            let (is_valid, is_partitioned) = (is(row, 4), is(row, 5));
            figures.indexes.insert(index, Index { table, scans, bytes, is_valid, is_partitioned });
        }
        for row in &session.rows(include_str!("counters.sql")).await? {
            let Some(sequence) = path(row, 0) else { continue };
            figures.counters.push(Counter {
                sequence,
                type_: text(row, 1).to_owned(),
                step: number(row, 2),
                min: number(row, 3),
                max: number(row, 4),
                last: number(row, 5),
                column: path(row, 6).map(|column| (column, text(row, 7).to_owned())),
            });
        }
        Ok(figures)
    }
}

fn text(row: &[Option<String>], at: usize) -> &str {
    row.get(at).and_then(Option::as_deref).unwrap_or_default()
}

fn number<T: FromStr + Default>(row: &[Option<String>], at: usize) -> T {
    text(row, at).parse().unwrap_or_default()
}

fn is(row: &[Option<String>], at: usize) -> bool {
    text(row, at) == "t"
}

/// A path that the server gave as JSON; one with nothing in it is none.
fn path<const N: usize>(row: &[Option<String>], at: usize) -> Option<[String; N]> {
    let names: Vec<String> = serde_json::from_str(text(row, at)).ok()?;
    names.try_into().ok()
}
