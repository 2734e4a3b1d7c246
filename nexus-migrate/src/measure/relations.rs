//! The relations of a database at one moment: names, files, counters.

use std::collections::{BTreeMap, BTreeSet};

use super::mode::{Client, Mode};
use super::{Blocked, Lock, Observation};
use crate::db::{DbError, ResultSet, Session};

/// The id of a relation on its server.
pub(super) type Oid = u32;

/// A moment: relations that are made later have greater ids.
#[derive(Debug, Clone, Copy)]
pub struct Before(Oid);

impl Before {
    /// No relation is left out.
    pub const EVER: Self = Self(Oid::MAX);

    /// This moment.
    pub async fn now(session: &mut Session) -> Result<Self, DbError> {
        Ok(Self(Relations::read(session).await?.newest()))
    }
}

/// A relation at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) file: String,
    /// The table, of an index.
    pub(super) of_table: Option<Oid>,
    /// Whether clients open it, of an index.
    pub(super) live: bool,
    pub(super) parents: Vec<Oid>,
    /// Reads from end to end and changed rows in this transaction.
    pub(super) scans: i64,
    pub(super) changes: i64,
    /// Reads from end to end since the statistics began.
    pub(super) all_scans: i64,
}

impl Relation {
    pub(super) fn is_index(&self) -> bool {
        matches!(self.kind.as_str(), "i" | "I")
    }

    /// Whether its file grows with its rows.
    pub(super) fn has_rows(&self) -> bool {
        matches!(self.kind.as_str(), "r" | "m")
    }
}

/// Relations by id.
#[derive(Debug, Clone, Default)]
pub(super) struct Relations(BTreeMap<Oid, Relation>);

type Names<'a> = BTreeMap<&'a str, &'a Relation>;

/// The strongest lock on each relation.
pub(super) type Held = BTreeMap<Oid, Mode>;

impl Relations {
    /// Those outside the server's own schemas.
    pub(super) async fn read(session: &mut Session) -> Result<Self, DbError> {
        Ok(Self::parse(session.rows(include_str!("relations.sql")).await?))
    }

    /// A query for those that the open transaction has locked, and their indexes.
    pub(super) fn touched(newest: Oid) -> String {
        include_str!("touched.sql").replace("{newest}", &newest.to_string())
    }

    /// What that query answers, or the one of all.
    pub(super) fn parse(rows: ResultSet) -> Self {
        let relation = |row: Vec<Option<String>>| {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            let oid: Oid = next().parse().ok()?;
            let (name, kind, file) = (next(), next(), next());
            let (of_table, live) = (next().parse().ok(), next() == "t");
            let parents = next().split(' ').filter_map(|oid| oid.parse().ok()).collect();
            let mut count = || next().parse().unwrap_or_default();
            let (scans, changes, all_scans) = (count(), count(), count());
            let relation = Relation { name, kind, file, of_table, live, parents, scans, changes, all_scans };
            Some((oid, relation))
        };
        Self(rows.into_iter().filter_map(relation).collect())
    }

    pub(super) fn get(&self, oid: Oid) -> Option<&Relation> {
        self.0.get(&oid)
    }

    /// Counts what happened since the statistics began, instead of in this transaction.
    pub(super) fn count_all(&mut self) {
        for relation in self.0.values_mut() {
            (relation.scans, relation.changes) = (relation.all_scans, 0);
        }
    }

    /// Tables that a client could lock.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        let tables = self.0.values().filter(|relation| matches!(relation.kind.as_str(), "r" | "p"));
        tables.map(|relation| relation.name.as_str())
    }

    /// The relation `then` as it is in these: under its id, or, of an index, under its name. An index that had to be
    /// made again has another id.
    fn successor<'a>(&'a self, names: &Names<'a>, oid: Oid, then: &Relation) -> Option<&'a Relation> {
        let same_name =
            || names.get(then.name.as_str()).copied().filter(|it| it.is_index() && then.is_index());
        self.get(oid).or_else(same_name)
    }

    fn names(&self) -> Names<'_> {
        self.0.values().map(|relation| (relation.name.as_str(), relation)).collect()
    }

    /// The work that was done between these and a later look, under the names that relations have in `known`.
    pub(super) fn work(&self, now: &Self, known: &Self) -> Observation {
        let names = now.names();
        let mut seen = Observation::default();
        for (oid, before) in &self.0 {
            let Some(Relation { name, .. }) = known.get(*oid) else { continue };
            let Some(after) = now.successor(&names, *oid, before) else { continue };
            let note = |happened: bool, list: &mut Vec<String>| {
                if happened {
                    list.push(name.clone());
                }
            };
            let has_new_file = after.file != before.file;
            note(before.is_index() && has_new_file, &mut seen.rebuilt);
            note(after.has_rows() && has_new_file, &mut seen.rewritten);
            note(after.has_rows() && after.scans > before.scans, &mut seen.scanned);
            note(after.changes > before.changes, &mut seen.changed);
        }
        for list in [&mut seen.rewritten, &mut seen.rebuilt, &mut seen.scanned, &mut seen.changed] {
            list.sort();
        }
        seen
    }

    /// Takes over what a later look found of the relations that it looked at.
    pub(super) fn follow(&mut self, now: &Self) {
        let names = now.names();
        for (oid, relation) in &mut self.0 {
            if let Some(after) = now.successor(&names, *oid, relation) {
                let parents = std::mem::take(&mut relation.parents);
                *relation = Relation { parents, ..after.clone() };
            }
        }
    }

    /// Those that were made before that.
    pub(super) fn made(mut self, before: Before) -> Self {
        self.0.retain(|oid, _| *oid <= before.0);
        self
    }

    /// The id of the newest; whatever is made later has a greater one.
    pub(super) fn newest(&self) -> Oid {
        self.0.keys().next_back().copied().unwrap_or_default()
    }

    /// The locks that a server process holds or waits for on these relations; `pid` is SQL.
    pub(super) async fn locks(&self, session: &mut Session, pid: &str) -> Result<Held, DbError> {
        let locks = session.rows(&self.locks_of(pid)).await?;
        Ok(self.held(locks))
    }

    /// A query for them.
    pub(super) fn locks_of(&self, pid: &str) -> String {
        let newest = self.newest().to_string();
        include_str!("locks.sql").replace("{newest}", &newest).replace("{pid}", pid)
    }

    /// What that query answers.
    pub(super) fn held(&self, locks: ResultSet) -> Held {
        let mut held = Held::new();
        for row in locks {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let oid = values.next().and_then(|oid| oid.parse().ok());
            let mode = values.next().and_then(|mode| Mode::of_server(&mode));
            if let (Some(oid), Some(mode)) = (oid, mode)
                && self.0.contains_key(&oid)
            {
                let strongest = held.entry(oid).or_insert(mode);
                *strongest = (*strongest).max(mode);
            }
        }
        held
    }

    /// Locks under the relations' names, in their order.
    pub(super) fn named(&self, held: &Held) -> Vec<Lock> {
        let lock =
            |(oid, mode): (&Oid, &Mode)| Some(Lock { relation: self.get(*oid)?.name.clone(), mode: *mode });
        let mut locks: Vec<_> = held.iter().filter_map(lock).collect();
        locks.sort();
        locks
    }

    /// Which clients wait while these locks are held. A client of a table opens its indexes too; and who reads a
    /// parent reads its children, where who writes it need not.
    pub(super) fn blocked(&self, held: &Held) -> Vec<Blocked> {
        let mut waiting: BTreeMap<Oid, BTreeSet<Client>> = BTreeMap::new();
        for (oid, mode) in held {
            let Some(relation) = self.get(*oid) else { continue };
            let table = match relation.of_table {
                Some(_) if !relation.live => continue,
                Some(table) => table,
                None => *oid,
            };
            let mut clients = mode.blocks();
            if relation.kind == "m" {
                // Nobody writes a materialized view or locks its rows but its refresh.
                clients.retain(|client| *client == Client::Read);
            }
            let mut above = BTreeSet::new();
            self.ancestors(table, &mut above);
            for parent in above {
                waiting.entry(parent).or_default().extend(clients.iter().filter(|it| **it != Client::Write));
            }
            waiting.entry(table).or_default().extend(clients);
        }
        let blocked = |(oid, clients): (Oid, BTreeSet<Client>)| {
            let table = self.get(oid)?.name.clone();
            (!clients.is_empty()).then_some(Blocked { table, clients })
        };
        let mut all: Vec<_> = waiting.into_iter().filter_map(blocked).collect();
        all.sort();
        all
    }

    fn ancestors(&self, of: Oid, found: &mut BTreeSet<Oid>) {
        for parent in self.get(of).iter().flat_map(|relation| &relation.parents) {
            if found.insert(*parent) {
                self.ancestors(*parent, found);
            }
        }
    }
}
