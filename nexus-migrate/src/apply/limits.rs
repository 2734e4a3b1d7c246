//! How long a file's statements may wait, by whom its locks keep waiting.
//!
//! A statement that waits for a lock makes everybody wait who comes after it, so the stronger the lock, the
//! shorter the wait and the more often it is tried.

use std::time::Duration;

use super::Options;
use crate::history::{History, Migration};
use crate::sql::Pen;

/// Whom a file keeps waiting, by the strongest lock that its proof measured on what was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Nobody who reads or writes.
    Nobody,
    /// Who writes.
    Writers,
    /// Who reads, too. Also where nothing was measured.
    Readers,
}

/// What a file's transaction is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) lock_timeout: Duration,
    pub(super) retries: u32,
    /// Before the first retry; doubles.
    pub(super) pause: Duration,
}

impl Class {
    /// Reads what was measured when the migration's change was proved.
    pub(super) fn of(history: &History, migration: &Migration) -> Self {
        let newest = history.change_of(migration.version).last();
        let Some(proof) = newest.and_then(|newest| history.proof(newest.version)) else {
            return Self::Readers;
        };
        let Some(steps) = proof.get("steps").filter(|steps| steps.as_array().is_some_and(|s| !s.is_empty()))
        else {
            return Self::Readers;
        };
        strongest(steps)
    }

    /// What a file of this class is held to, unless the options say otherwise.
    pub(super) fn limits(self, options: &Options) -> Limits {
        let (seconds, retries, pause) = match self {
            Self::Readers => (2, 10, 250),
            Self::Writers => (4, 6, 500),
            Self::Nobody => (10, 4, 500),
        };
        Limits {
            lock_timeout: options.lock_timeout.unwrap_or(Duration::from_secs(seconds)),
            retries: options.retries.unwrap_or(retries),
            pause: Duration::from_millis(pause),
        }
    }
}

impl Limits {
    /// The longest pause between two tries.
    pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15);

    /// Returns the settings of the file's transaction.
    ///
    /// What the role or the database sets for applications must not cut a migration off, so each is said; and a
    /// transaction whose client hangs or is gone must not keep its locks.
    pub(super) fn settings(&self, options: &Options, server: u32) -> String {
        let statement = milliseconds(options.statement_timeout.unwrap_or_default());
        let mut settings = vec![
            Pen::kw("SET LOCAL lock_timeout =").number(milliseconds(self.lock_timeout)),
            Pen::kw("SET LOCAL statement_timeout =").number(statement),
            Pen::kw("SET LOCAL idle_in_transaction_session_timeout =").number(60_000),
        ];
        if server >= 170_000 {
            settings.push(Pen::kw("SET LOCAL transaction_timeout =").number(0));
        }
        settings.into_iter().map(|set| set.end() + ";").collect()
    }
}

/// The settings of a session that runs files without a transaction: a CONCURRENTLY that is cut off leaves an
/// invalid index, and nobody waits behind one.
pub(super) fn unlimited(server: u32) -> &'static str {
    if server >= 170_000 {
        "SET lock_timeout = 0; SET statement_timeout = 0; SET transaction_timeout = 0"
    } else {
        "SET lock_timeout = 0; SET statement_timeout = 0"
    }
}

/// What takes [`unlimited`] back.
pub(super) fn limited(server: u32) -> &'static str {
    if server >= 170_000 {
        "RESET application_name; RESET lock_timeout; RESET statement_timeout; RESET transaction_timeout"
    } else {
        "RESET application_name; RESET lock_timeout; RESET statement_timeout"
    }
}

fn milliseconds(duration: Duration) -> i64 {
    // The settings are 32-bit integers.
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).min(i64::from(i32::MAX))
}

/// The strongest of all lock modes that a value names, under whatever keys.
fn strongest(measured: &serde_json::Value) -> Class {
    use serde_json::Value;
    match measured {
        Value::String(mode) => match mode.as_str() {
            "AccessExclusiveLock" => Class::Readers,
            "ExclusiveLock" | "ShareRowExclusiveLock" | "ShareLock" => Class::Writers,
            _ => Class::Nobody,
        },
        Value::Array(items) => items.iter().map(strongest).max().unwrap_or(Class::Nobody),
        Value::Object(fields) => fields.values().map(strongest).max().unwrap_or(Class::Nobody),
        _ => Class::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_strongest_lock_counts() {
        let step = |mode: &str| json!({ "steps": [], "locks": [{ "relation": "public.t", "mode": mode }] });
        assert_eq!(strongest(&json!([step("ShareLock"), step("AccessExclusiveLock")])), Class::Readers);
        assert_eq!(strongest(&json!([step("ShareRowExclusiveLock")])), Class::Writers);
        assert_eq!(strongest(&json!([step("ShareUpdateExclusiveLock")])), Class::Nobody);
    }

    #[test]
    fn the_stronger_the_lock_the_shorter_the_wait() {
        let limits = |class: Class| class.limits(&Options::default());
        assert!(limits(Class::Readers).lock_timeout < limits(Class::Writers).lock_timeout);
        assert!(limits(Class::Readers).retries > limits(Class::Nobody).retries);
        let options = Options { lock_timeout: Some(Duration::from_millis(1)), ..Options::default() };
        assert_eq!(Class::Nobody.limits(&options).lock_timeout, Duration::from_millis(1));
    }
}
