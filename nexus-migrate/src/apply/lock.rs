//! Mutual exclusion of runs, by advisory locks that are tried and never waited for.
//!
//! A session that waits for an advisory lock holds a snapshot, and CREATE INDEX CONCURRENTLY in the session that
//! has the lock waits for every older snapshot: a deadlock. So each try is a statement of its own.
//!
//! | Session | Key               | Mode      | Keeps out                                   |
//! | ------- | ----------------- | --------- | ------------------------------------------- |
//! | guard   | sqlx's            | shared    | sqlx's migrator, which locks it exclusively |
//! | working | that of a ledger  | exclusive | other runs over the same ledger             |
//!
//! The working session holds its lock itself, because a session whose client was killed may still be inside a
//! statement when every other session of that client is long gone.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{ApplyError, Event};
use crate::db::Session;
use crate::sql::Pen;

/// An advisory lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lock {
    key: i64,
    try_it: &'static str,
    give_back: &'static str,
}

impl Lock {
    /// The lock of sqlx's migrator on a database, shared among our runs.
    ///
    /// Its key is the product of sqlx's constant with CRC-32 (IEEE) of the database's name.
    pub(super) fn of_sqlx(database: &str) -> Self {
        Self {
            key: 0x3d32_ad9e * i64::from(crc32(database.as_bytes())),
            try_it: "SELECT pg_try_advisory_lock_shared(",
            give_back: "SELECT pg_advisory_unlock_shared(",
        }
    }

    /// The lock over one ledger.
    pub(super) fn of_ledger(database: &str, ledger: &str) -> Self {
        let digest = Sha256::digest(format!("nexus\0{database}\0{ledger}"));
        let first: [u8; 8] = digest[..8].try_into().expect("a SHA-256 has 32 bytes");
        Self {
            key: i64::from_be_bytes(first),
            try_it: "SELECT pg_try_advisory_lock(",
            give_back: "SELECT pg_advisory_unlock(",
        }
    }

    /// Tries to lock until it works or `limit` has passed.
    pub(super) async fn take(
        self,
        session: &mut Session,
        limit: Duration,
        ears: &dyn Fn(Event),
    ) -> Result<(), ApplyError> {
        let lock = Pen::kw(self.try_it).number(self.key).and(")").end();
        let begin = Instant::now();
        let mut attempt = 0;
        loop {
            let rows = session.rows(&lock).await.map_err(ApplyError::database("lock the database"))?;
            if rows == [[Some("t".to_owned())]] {
                return Ok(());
            }
            let waited = begin.elapsed();
            if waited >= limit {
                return Err(ApplyError::Locked { waited, holder: self.holder(session).await });
            }
            if attempt == 0 {
                ears(Event::Waiting);
            }
            tokio::time::sleep(poll(attempt).min(limit - waited)).await;
            attempt += 1;
        }
    }

    /// Gives the lock back; the server does so itself when the session ends.
    pub(super) async fn release(self, session: &mut Session) {
        let _ = session.rows(&Pen::kw(self.give_back).number(self.key).and(")").end()).await;
    }

    async fn holder(self, session: &mut Session) -> Option<String> {
        let query = Pen::kw(include_str!("holder.sql")).number(self.key).and("ORDER BY 1").end();
        let rows = session.rows(&query).await.ok()?;
        rows.into_iter().next()?.into_iter().next()?
    }
}

/// Returns how long to wait before the next try for a migration lock: 25 ms, doubling to 400 ms.
pub(super) fn poll(attempt: u32) -> Duration {
    backoff(attempt, Duration::from_millis(50), Duration::from_millis(400))
}

/// Returns how long to wait after the given attempt: doubling from `first` to `most`, half of it by chance, so that
/// runs that began together do not stay in step.
pub(super) fn backoff(attempt: u32, first: Duration, most: Duration) -> Duration {
    let whole = first.saturating_mul(1 << attempt.min(16)).min(most);
    let chance = RandomState::new().build_hasher().finish() % 1000;
    whole / 2 + whole.mul_f64(0.0005 * chance as f64)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_has_its_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn ledgers_have_locks_of_their_own() {
        assert_ne!(Lock::of_ledger("a", "b"), Lock::of_ledger("a", "c"));
        assert_ne!(Lock::of_ledger("a", "b"), Lock::of_ledger("ab", ""));
    }

    #[test]
    fn backoff_grows_to_a_limit() {
        let [first, most] = [50, 3200].map(Duration::from_millis);
        for attempt in 0..40 {
            let wait = backoff(attempt, first, most);
            assert!((first / 2..=most).contains(&wait), "{wait:?}");
        }
        assert!(backoff(6, first, most) > backoff(0, first, most));
    }
}
