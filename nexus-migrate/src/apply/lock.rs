//! Mutual exclusion of runs, by advisory locks that are tried and never waited for.
//!
//! A session that waits for an advisory lock holds a snapshot, and CREATE INDEX CONCURRENTLY in the session that
//! has the lock waits for every older snapshot: a deadlock. So each try is a statement of its own.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use super::{ApplyError, Event};
use crate::db::Session;
use crate::sql::Pen;

/// Returns the key under which sqlx's migrator locks a database, so that the two tools exclude each other.
///
/// The product of sqlx's constant with CRC-32 (IEEE) of the database's name.
pub(super) fn key(database: &str) -> i64 {
    0x3d32_ad9e * i64::from(crc32(database.as_bytes()))
}

/// Returns the key that the working session itself holds: a session whose client was killed may still be inside
/// a statement when the lock session is long gone.
pub(super) fn work_key(database: &str) -> i64 {
    -key(database)
}

/// Tries to lock until it works or `limit` has passed.
pub(super) async fn take(
    session: &mut Session,
    key: i64,
    limit: Duration,
    on: &mut dyn FnMut(Event),
) -> Result<(), ApplyError> {
    let lock = Pen::kw("SELECT pg_try_advisory_lock(").number(key).and(")").end();
    let begin = Instant::now();
    let mut attempt = 0;
    loop {
        let rows = session.rows(&lock).await.map_err(ApplyError::database("lock the database"))?;
        if rows == [[Some("t".to_owned())]] {
            return Ok(());
        }
        let waited = begin.elapsed();
        if waited >= limit {
            return Err(ApplyError::Locked { waited, holder: holder(session, key).await });
        }
        if attempt == 0 {
            on(Event::Waiting);
        }
        tokio::time::sleep(backoff(attempt).min(limit - waited)).await;
        attempt += 1;
    }
}

/// Gives a lock back; the server does so itself when the session ends.
pub(super) async fn release(session: &mut Session, key: i64) {
    let _ = session.rows(&Pen::kw("SELECT pg_advisory_unlock(").number(key).and(")").end()).await;
}

/// Returns how long to wait after the given attempt: doubling from 50 ms to 3.2 s, half of it by chance, so that
/// runs that began together do not stay in step.
pub(super) fn backoff(attempt: u32) -> Duration {
    let whole = 50_u64 << attempt.min(6);
    let chance = RandomState::new().build_hasher().finish() % (whole / 2 + 1);
    Duration::from_millis(whole / 2 + chance)
}

async fn holder(session: &mut Session, key: i64) -> Option<String> {
    let query = Pen::kw(include_str!("holder.sql")).number(key).and("ORDER BY 1").end();
    let rows = session.rows(&query).await.ok()?;
    rows.into_iter().next()?.into_iter().next()?
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
    fn backoff_grows_to_a_limit() {
        for attempt in 0..40 {
            let wait = backoff(attempt);
            assert!((Duration::from_millis(25)..=Duration::from_millis(3200)).contains(&wait), "{wait:?}");
        }
        assert!(backoff(6) > backoff(0));
    }
}
