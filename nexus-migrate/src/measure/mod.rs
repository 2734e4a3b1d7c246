//! What statements do to relations that were there before them: locks, work, and which clients wait meanwhile.
//!
//! Looks at a scratch server from within the statement's own transaction, so one connection is enough; a statement
//! that cannot run in a transaction is watched by other sessions where the server has room for them. Knows no plan and
//! no kind of object: relations are what `pg_locks` and `pg_class` call so.
//!
//! The bytes of WAL are not kept: they vary with alignment and checkpoints from run to run, and what is proportional
//! to the table follows from the files that are written anew.

mod alone;
mod mode;
mod relations;
mod watch;

use serde::Serialize;

pub use alone::{Company, alone, alone_since};
pub use mode::{Client, Mode};
pub use relations::Before;
pub use watch::Watch;

use std::collections::BTreeSet;

/// The strongest lock on a relation that existed before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lock {
    /// The relation as SQL names it: table, index, view, sequence.
    pub relation: String,
    /// How strong.
    pub mode: Mode,
}

/// Which clients of a table wait.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Blocked {
    /// The table, view or sequence.
    pub table: String,
    /// What its clients cannot do, the mildest first.
    pub clients: BTreeSet<Client>,
}

/// How an observation came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// From within the transaction, which holds its locks until it ends.
    #[default]
    Within,
    /// From other sessions, at each place where the statement waits for clients; weaker locks than
    /// SHARE UPDATE EXCLUSIVE need not be among what is seen.
    Sampled,
    /// Only what is left behind: the server has one connection, and nobody saw the locks.
    Left,
}

/// What a statement did, as far as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// Locks that it took, the strongest on each relation that was there before; what the transaction held already
    /// is not repeated.
    pub locks: Vec<Lock>,
    /// Tables and materialized views whose files were written anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<String>,
    /// Indexes that were built again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rebuilt: Vec<String>,
    /// Tables that were read from end to end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scanned: Vec<String>,
    /// Tables in which it updated or deleted rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Which clients waited meanwhile, because of its own locks or of those that the transaction held already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<Blocked>,
    /// Whether clients waited for work that grows with a table.
    pub long: bool,
    /// How it was seen.
    pub seen: Seen,
}

impl Observation {
    /// Whether work was done that grows with a table.
    pub fn works(&self) -> bool {
        !(self.rewritten.is_empty() && self.rebuilt.is_empty() && self.scanned.is_empty())
    }

    /// The strongest lock that was taken on a table or what belongs to it.
    pub fn strongest(&self) -> Option<Mode> {
        self.locks.iter().map(|lock| lock.mode).max()
    }

    /// Lines for people, one fact each; empty if nobody notices.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for lock in self.locks.iter().filter(|lock| lock.mode.is_felt()) {
            lines.push(format!("locks {} in {}", lock.relation, lock.mode.words()));
        }
        let lists = [
            ("rewrites", &self.rewritten),
            ("rebuilds", &self.rebuilt),
            ("reads all of", &self.scanned),
            ("changes rows of", &self.changed),
        ];
        for (verb, list) in lists {
            if !list.is_empty() {
                lines.push(format!("{verb} {}", list.join(", ")));
            }
        }
        if self.long {
            for blocked in &self.blocked {
                let clients: Vec<_> = blocked.clients.iter().map(|client| client.words()).collect();
                lines.push(format!("meanwhile nobody can {} {}", clients.join(", "), blocked.table));
            }
        }
        if self.seen == Seen::Left {
            lines.push("locks not seen: this server has one connection".into());
        }
        lines
    }
}
