//! What a transaction of the plan does to relations that were there before it: locks held at its end, rewrites.
//!
//! Seen from the same session, so it works with one connection. Who waits for whom needs a second one, and is not
//! said here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::db::{DbError, Session};
use crate::plan::Step;

/// The strongest lock on a relation that existed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// The relation.
    pub relation: String,
    /// The mode in the words of `pg_locks`, such as `AccessExclusiveLock`.
    pub mode: String,
    /// Whether its file was written anew.
    pub rewritten: bool,
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// The steps in it, in words.
    pub steps: Vec<String>,
    /// Locks on relations that existed before it, by relation.
    pub locks: Vec<Lock>,
}

impl Lock {
    /// Whether it keeps anything but plain reading and writing out, or rewrites the relation.
    pub fn is_felt(&self) -> bool {
        self.rewritten || rank(&self.mode) >= 4
    }
}

/// Relations by oid: name and file.
pub(super) type Relations = BTreeMap<String, (String, String)>;

const RELATIONS: &str = "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), coalesce(pg_relation_filenode(c.oid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid";

const LOCKS: &str = "SELECT l.relation, l.mode, coalesce(pg_relation_filenode(l.relation), 0)
FROM pg_locks l WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.granted AND l.relation >= 16384
ORDER BY l.relation, l.mode";

/// The relations there are.
pub(super) async fn relations(session: &mut Session) -> Result<Relations, DbError> {
    let rows = session.rows(RELATIONS).await?;
    let text = |row: &Vec<Option<String>>, n: usize| row.get(n).cloned().flatten().unwrap_or_default();
    Ok(rows.iter().map(|row| (text(row, 0), (text(row, 1), text(row, 2)))).collect())
}

/// The locks that the open transaction holds.
pub(super) async fn measure(
    session: &mut Session,
    steps: &[Step],
    before: &Relations,
) -> Result<Vec<Measured>, DbError> {
    let mut strongest: BTreeMap<String, Lock> = BTreeMap::new();
    for row in session.rows(LOCKS).await? {
        let text = |n: usize| row.get(n).cloned().flatten().unwrap_or_default();
        let Some((relation, file)) = before.get(&text(0)) else { continue };
        let rewritten = text(2) != *file && text(2) != "0";
        let lock = Lock { relation: relation.clone(), mode: text(1), rewritten };
        match strongest.get(relation) {
            Some(other) if rank(&other.mode) >= rank(&lock.mode) => {}
            _ => {
                strongest.insert(relation.clone(), lock);
            }
        }
    }
    let steps = steps.iter().map(|step| format!("{} {}", step.verb(), step.id)).collect();
    Ok(vec![Measured { steps, locks: strongest.into_values().collect() }])
}

/// Strength of a lock, from 1 for reading to 8 for shutting everybody out (the manual's table 13.2).
fn rank(mode: &str) -> u8 {
    const MODES: [&str; 8] = [
        "AccessShareLock",
        "RowShareLock",
        "RowExclusiveLock",
        "ShareUpdateExclusiveLock",
        "ShareLock",
        "ShareRowExclusiveLock",
        "ExclusiveLock",
        "AccessExclusiveLock",
    ];
    MODES.iter().position(|known| *known == mode).map_or(0, |n| u8::try_from(n).unwrap_or(0) + 1)
}
