//! A migrations directory: migrations in sqlx's format, a snapshot, and a hash chain over all of it.
//!
//! ```text
//! 20260301120000_initial.up.sql    20260301120000_initial.down.sql    20260301120000.proof.json
//! nexus.lock                       the catalog after the newest migration
//! nexus.sum                        the chain
//! ```
//! Knows files, and no database and no planner.

mod branches;
mod chain;
mod disk;
mod error;
mod name;
mod snapshot;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use nexus_schema::catalog::{Catalog, ObjectId};
use nexus_schema::hex;
use sha2::{Digest, Sha384};

pub use branches::{Change, Fork, Replaced};
pub use error::HistoryError;
pub use name::{name_from, version_after, version_at};
pub use snapshot::{SnapshotMeta, Written};

use branches::Place;
use chain::Files;
use name::{FileName, LOCK};

/// The first words of a file that runs outside a transaction, as sqlx reads them.
pub const NO_TRANSACTION: &str = "-- no-transaction";

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// When it was made, `yyyymmddhhmmss` in UTC; the order of migrations.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// The text of the up file.
    pub up: String,
    /// The text of the down file, where there is one.
    pub down: Option<String>,
    /// Whether the up file runs in a transaction: it does not begin with [`NO_TRANSACTION`].
    pub transactional: bool,
}

impl Migration {
    /// A migration from its texts, which say themselves whether it is transactional.
    ///
    /// ```
    /// use nexus_migrate::history::Migration;
    /// let index = Migration::new(1, "busy", "-- no-transaction\nCREATE INDEX CONCURRENTLY …", None);
    /// assert!(!index.transactional);
    /// ```
    pub fn new(version: i64, name: impl Into<String>, up: impl Into<String>, down: Option<String>) -> Self {
        let up = up.into();
        let transactional = !up.starts_with(NO_TRANSACTION);
        Self { version, name: name.into(), up, down, transactional }
    }

    /// Returns what sqlx records as the description: the name with spaces.
    pub fn description(&self) -> String {
        self.name.replace('_', " ")
    }

    /// Returns what sqlx records as the checksum: SHA-384 of the up file.
    pub fn checksum(&self) -> Vec<u8> {
        Sha384::digest(&self.up).to_vec()
    }

    /// Returns [`Migration::checksum`] as hexadecimal digits.
    pub fn checksum_hex(&self) -> String {
        hex(&self.checksum())
    }

    /// Returns the name of the up file.
    pub fn up_file(&self) -> String {
        format!("{}_{}.up.sql", self.version, self.name)
    }

    /// Returns the name of the down file, whether or not there is one.
    pub fn down_file(&self) -> String {
        format!("{}_{}.down.sql", self.version, self.name)
    }
}

/// What one run of `generate` adds.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The migrations in order, at least one; each later than everything before it.
    pub migrations: Vec<Migration>,
    /// The state after them.
    pub snapshot: &'a Catalog,
    /// What was proved of them; kept beside them as `<newest version>.proof.json`.
    pub proof: serde_json::Value,
    /// The version of the server that read the snapshot, such as `17.5`.
    pub postgres: String,
    /// The hash of the schema file the state came from.
    pub schema: String,
    /// What its author wrote otherwise than a server reads it.
    pub written: Written,
}

/// A migrations directory whose chain holds.
#[derive(Debug)]
pub struct History {
    dir: PathBuf,
    migrations: Vec<Migration>,
    /// Where each change ends among the migrations.
    ends: Vec<usize>,
    files: Files,
    sum: Option<String>,
    lock: Option<(SnapshotMeta, String)>,
}

impl History {
    /// Opens a directory and verifies its chain; a missing or empty directory is an empty history.
    ///
    /// Fails where anything in it was edited, removed or added by another hand, and says which file.
    ///
    /// ```
    /// let dir = std::path::Path::new("no/such/directory");
    /// assert!(nexus_migrate::history::History::open(dir)?.migrations().is_empty());
    /// # Ok::<(), nexus_migrate::history::HistoryError>(())
    /// ```
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        let disk::Contents { files, sum } = disk::read(dir)?;
        match (&sum, files.keys().next()) {
            (None, Some(file)) => {
                // Whatever else is wrong with a file is the better news.
                migrations(&files)?;
                return Err(or_branches(&files, None, HistoryError::NoSum { file: file.clone() }));
            }
            (None, None) => {}
            (Some(sum), _) => {
                chain::verify(sum, &files).map_err(|error| or_branches(&files, Some(sum), error))?;
            }
        }
        let migrations = migrations(&files)?;
        let lock = match files.get(LOCK) {
            Some(content) => {
                let text = text(LOCK, content)?;
                let meta = snapshot::read_meta(&text)?;
                let newest = migrations.last().map_or(0, |m| m.version);
                if meta.version != newest {
                    return Err(HistoryError::SnapshotOfAnother { version: meta.version, newest });
                }
                Some((meta, text))
            }
            None if migrations.is_empty() => None,
            None => return Err(HistoryError::Missing { file: LOCK.into() }),
        };
        Ok(Self { dir: dir.to_owned(), ends: ends(&migrations, &files), migrations, files, sum, lock })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The migrations, oldest first.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// Finds the branches that meet in a directory, whatever its chain says; nothing where none do.
    ///
    /// Fails where the files of a change are not those that it was written with.
    pub fn fork(dir: &Path) -> Result<Option<Fork>, HistoryError> {
        let disk::Contents { files, sum } = disk::read_lenient(dir)?;
        Fork::find(&files, sum.as_deref())
    }

    /// Makes a directory hold these changes in this order, all of it or nothing, whatever it held before.
    pub fn rewrite(
        dir: &Path,
        changes: &[Change],
        snapshot: &Catalog,
        postgres: String,
        schema: String,
    ) -> Result<Self, HistoryError> {
        let mut files = Files::new();
        let mut newest = None;
        for change in changes {
            files.extend(change.files(newest));
            newest = change.version();
        }
        let meta = SnapshotMeta::new(newest.unwrap_or_default(), postgres, schema);
        files.insert(LOCK.into(), snapshot::print(&meta, snapshot, &Written::default()).into_bytes());
        migrations(&files)?;
        disk::exchange(dir, &files, &chain::print(&files))?;
        Self::open(dir)
    }

    /// The migrations by the change they are of, oldest first: the last of each has the proof.
    pub fn changes(&self) -> impl Iterator<Item = &[Migration]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| &self.migrations[begin..*end])
    }

    /// The migrations of the change that this version is of; none where there is no such version.
    pub fn change_of(&self, version: i64) -> &[Migration] {
        let Ok(at) = self.migrations.binary_search_by_key(&version, |m| m.version) else { return &[] };
        let next = self.ends.partition_point(|end| *end <= at);
        let begin = next.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.migrations[begin..self.ends[next]]
    }

    /// The same with what was proved of them, to be written anew.
    pub fn in_changes(&self) -> Result<Vec<Change>, HistoryError> {
        Ok(branches::changes(&self.files)?.into_iter().map(|(_, change)| change).collect())
    }

    /// What the change whose newest version this is stands for; nothing where it was not squashed.
    pub fn replaced_by(&self, newest: i64) -> Vec<Replaced> {
        let place = self.whole_proof(newest).and_then(|proof| Place::of(&proof));
        place.map(|place| place.replaces).unwrap_or_default()
    }

    /// Returns the state after the newest migration; empty where there is none.
    pub fn snapshot(&self) -> Result<Catalog, HistoryError> {
        self.lock.as_ref().map_or_else(|| Ok(Catalog::default()), |(_, text)| snapshot::read(text))
    }

    /// Returns what the author of [`History::snapshot`] wrote otherwise; nothing where nobody kept it.
    pub fn written(&self) -> Written {
        self.lock.as_ref().map_or_else(Written::default, |(_, text)| snapshot::read_written(text))
    }

    /// Says of what [`History::snapshot`] is one; `None` where there is no migration.
    pub fn snapshot_meta(&self) -> Option<&SnapshotMeta> {
        self.lock.as_ref().map(|(meta, _)| meta)
    }

    /// What was proved when the migration of this version was written, if it is the last of its change.
    pub fn proof(&self, version: i64) -> Option<serde_json::Value> {
        self.whole_proof(version).map(Place::without)
    }

    fn whole_proof(&self, version: i64) -> Option<serde_json::Value> {
        let text = self.files.get(&format!("{version}.proof.json"))?;
        serde_json::from_slice(text).ok()
    }

    /// The objects that go on under another name in a change whose last version this is: the new id, the old one.
    pub fn renames(&self, version: i64) -> Vec<(ObjectId, ObjectId)> {
        let renames =
            self.proof(version).and_then(|proof| serde_json::from_value(proof.get("renames")?.clone()).ok());
        renames.unwrap_or_default()
    }

    /// Returns the version for a migration made now: later than the newest, whatever the clock says.
    ///
    /// The migrations after it in the same batch take [`version_after`].
    pub fn next_version(&self, now: DateTime<Utc>) -> i64 {
        let now = version_at(now);
        self.newest().map_or(now, |newest| now.max(version_after(newest)))
    }

    /// Adds a batch to the directory, all of it or nothing, and returns the paths it wrote.
    ///
    /// # Panics
    ///
    /// Where the batch has no migration, or a migration's flag disagrees with its text.
    pub fn append(&mut self, batch: Batch<'_>) -> Result<Vec<PathBuf>, HistoryError> {
        let Batch { migrations, snapshot, proof, postgres, schema, written } = batch;
        let mut newest = self.newest();
        for migration in &migrations {
            assert_eq!(
                migration.transactional,
                !migration.up.starts_with(NO_TRANSACTION),
                "a migration is outside a transaction exactly when its text says so"
            );
            if !name::is_name(&migration.name) || migration.version <= 0 {
                return Err(HistoryError::Name { file: migration.up_file() });
            }
            if let Some(newest) = newest.filter(|newest| migration.version <= *newest) {
                return Err(HistoryError::NotNewest { version: migration.version, newest });
            }
            newest = Some(migration.version);
        }
        let change = Change { migrations, proof, replaces: Vec::new() };
        let version = change.version().expect("a batch has a migration");
        let mut added = change.files(self.newest());
        let Change { migrations, .. } = change;
        let meta = SnapshotMeta::new(version, postgres, schema);
        let lock = snapshot::print(&meta, snapshot, &written);
        added.insert(LOCK.into(), lock.clone().into_bytes());

        let mut files = self.files.clone();
        files.extend(added.clone());
        let sum = chain::print(&files);
        disk::write(&self.dir, &added, &sum, self.sum.as_deref())?;
        let paths =
            added.keys().map(String::as_str).chain([name::SUM]).map(|file| self.dir.join(file)).collect();
        let migrations: Vec<_> = std::mem::take(&mut self.migrations).into_iter().chain(migrations).collect();
        *self = Self {
            dir: std::mem::take(&mut self.dir),
            ends: ends(&migrations, &files),
            migrations,
            files,
            sum: Some(sum),
            lock: Some((meta, lock)),
        };
        Ok(paths)
    }

    fn newest(&self) -> Option<i64> {
        self.migrations.last().map(|m| m.version)
    }
}

/// What is wrong with a directory whose chain does not hold: that branches meet in it, if that is why.
fn or_branches(files: &Files, sum: Option<&str>, error: HistoryError) -> HistoryError {
    if !branches::may_be_of_a_branch(&error) {
        return error;
    }
    match Fork::find(files, sum) {
        Ok(Some(fork)) => {
            let heads = fork.heads();
            HistoryError::Branches { after: fork.base.last().and_then(Change::version), heads }
        }
        // Two branches of one second, or of one version that was ahead of every clock.
        Err(same @ HistoryError::DuplicateVersion { .. }) => same,
        _ => error,
    }
}

/// Where changes end: after each migration that has a proof, and after the last.
fn ends(migrations: &[Migration], files: &Files) -> Vec<usize> {
    let is_last = |(n, m): &(usize, &Migration)| {
        n + 1 == migrations.len() || files.contains_key(&format!("{}.proof.json", m.version))
    };
    migrations.iter().enumerate().filter(is_last).map(|(n, _)| n + 1).collect()
}

/// Pairs up and down files; fails on names, versions and texts that sqlx would stumble over too.
fn migrations(files: &Files) -> Result<Vec<Migration>, HistoryError> {
    let mut migrations: BTreeMap<i64, Migration> = BTreeMap::new();
    let mut downs: Vec<(i64, String, &String, &[u8])> = Vec::new();
    for (file, content) in files {
        match name::parse(file) {
            Some(FileName::Proof | FileName::Lock) => {}
            Some(FileName::Down { version, name }) => downs.push((version, name, file, content)),
            Some(FileName::Up { version, name }) => {
                let second = Migration::new(version, name, text(file, content)?, None);
                if let Some(first) = migrations.get(&version) {
                    let (first, second) = (first.up_file(), second.up_file());
                    return Err(HistoryError::DuplicateVersion { version, first, second });
                }
                migrations.insert(version, second);
            }
            None if file.ends_with(".sql") => return Err(HistoryError::Name { file: file.clone() }),
            None => return Err(HistoryError::Unknown { file: file.clone() }),
        }
    }
    for (version, name, file, content) in downs {
        match migrations.get_mut(&version).filter(|up| up.name == name) {
            Some(up) => up.down = Some(text(file, content)?),
            None => return Err(HistoryError::DownWithoutUp { file: file.clone() }),
        }
    }
    Ok(migrations.into_values().collect())
}

fn text(file: &str, content: &[u8]) -> Result<String, HistoryError> {
    String::from_utf8(content.to_vec()).map_err(|_| HistoryError::NotText { file: file.into() })
}
