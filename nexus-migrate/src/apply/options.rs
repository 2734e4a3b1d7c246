//! How to apply: what a person may say about a run.

use std::time::Duration;

/// How to apply.
#[derive(Debug, Clone)]
pub struct Options {
    /// The newest version to apply; all where there is none.
    pub to: Option<i64>,
    /// The schema in which a tenant's tables and ledger are; the first of the search path where there is none.
    pub schema: Option<String>,
    /// How long to try for the migration lock.
    pub lock_wait: Duration,
    /// How long a statement may wait for a lock on a table, in a file that has a transaction; by the locks that were
    /// measured where there is none.
    pub lock_timeout: Option<Duration>,
    /// How often a file is tried again that did not get its locks in time; by the same where there is none.
    pub retries: Option<u32>,
    /// How long a statement may run, in a file that has a transaction; without end where there is none.
    pub statement_timeout: Option<Duration>,
    /// Backfills wait while a streaming replica is so many bytes behind.
    pub max_lag: u64,
    /// Backfills wait while more sessions than this are active.
    pub max_active: Option<u32>,
    /// What to do about a file without a transaction whose run was killed and whose effect cannot be seen.
    pub interrupted: OnInterrupted,
    /// Whether rows are looked for that a migration would refuse.
    pub prechecks: Prechecks,
}

impl Default for Options {
    /// Everything, with a minute for the migration lock, and replicas at most 64 MiB behind.
    fn default() -> Self {
        Self {
            to: None,
            schema: None,
            lock_wait: Duration::from_secs(60),
            lock_timeout: None,
            retries: None,
            statement_timeout: None,
            max_lag: 64 << 20,
            max_active: None,
            interrupted: OnInterrupted::Ask,
            prechecks: Prechecks::Ask,
        }
    }
}

/// What a person knows of a file without a transaction whose run was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInterrupted {
    /// Nothing: fail, and say so.
    Ask,
    /// It took effect: only record it.
    Done,
    /// It did not take effect: run it again.
    Again,
}

/// Whether rows are looked for, before a change begins, that its steps would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prechecks {
    /// They are, and the change does not begin where there are some.
    Ask,
    /// The statements find out.
    Skip,
}
