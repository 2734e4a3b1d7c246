//! Tells a pooler that hands out a server session per transaction, under which session locks are worth nothing.
//!
//! Two sessions of ours look whether they ever meet on one server process. While one holds a transaction open, the
//! other must get another process; where it finds its own mark gone or the other's mark, processes are shared.

use super::ApplyError;
use crate::db::{DbError, Session};
use crate::sql::Pen;

const ROUNDS: usize = 3;

/// Fails where the two sessions do not each have a server process of their own.
pub(super) async fn refuse(one: &mut Session, other: &mut Session) -> Result<(), ApplyError> {
    let probing = "look for a connection pooler";
    if shares(one, other).await.map_err(ApplyError::database(probing))? {
        return Err(ApplyError::TransactionPooling);
    }
    Ok(())
}

async fn shares(one: &mut Session, other: &mut Session) -> Result<bool, DbError> {
    let (mine, theirs) = (one.backend_pid().to_string(), other.backend_pid().to_string());
    if mine == theirs {
        return Ok(true);
    }
    let mark = |mark: &str| Pen::kw("SELECT set_config('nexus.session',").literal(mark).and(", false)").end();
    one.run(&mark(&mine)).await?;
    other.run(&mark(&theirs)).await?;
    for round in 0..ROUNDS {
        let (holding, asking) =
            if round % 2 == 0 { (&mut *one, &mut *other) } else { (&mut *other, &mut *one) };
        holding.run("BEGIN").await?;
        let (seen, kept) = (is_own(asking).await, is_own(holding).await);
        holding.run("COMMIT").await?;
        if !(seen? && kept?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the session is where it was opened, and finds its mark.
async fn is_own(session: &mut Session) -> Result<bool, DbError> {
    let own = session.backend_pid().to_string();
    let rows = session.rows("SELECT pg_backend_pid(), current_setting('nexus.session', true)").await?;
    Ok(rows.iter().flatten().all(|value| value.as_ref() == Some(&own)))
}
