//! Runs one migration file together with its row in the ledger.

use std::time::{Duration, Instant};

use super::error::{ApplyError, Named};
use super::ledger::{Begun, Ledger};
use super::resume::{self, Decision};
use super::{Applied, Event, Options, lock};
use crate::db::{DbError, Session};
use crate::history::Migration;
use crate::sql::Pen;

/// A lock was not to be had in time: `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// What a step needs besides the migration.
pub(super) struct Cx<'a> {
    pub(super) session: &'a mut Session,
    pub(super) ledger: &'a Ledger,
    pub(super) run: i64,
    pub(super) options: &'a Options,
    pub(super) on: &'a mut dyn FnMut(Event),
}

/// Applies a migration; `begun` is what an earlier run noted of it.
pub(super) async fn step(
    cx: &mut Cx<'_>,
    migration: &Migration,
    begun: Option<&Begun>,
) -> Result<Applied, ApplyError> {
    let (took, recorded) = if migration.transactional {
        (with_retries(cx, migration).await?, false)
    } else {
        outside_transaction(cx, migration, begun).await?
    };
    let Migration { version, name, .. } = migration;
    Ok(Applied { version: *version, name: name.clone(), milliseconds: took.as_millis(), recorded })
}

async fn with_retries(cx: &mut Cx<'_>, migration: &Migration) -> Result<Duration, ApplyError> {
    let named = || Named::from(migration);
    let mut attempt = 0;
    loop {
        let source = match in_transaction(cx, migration).await {
            Ok(took) => return Ok(took),
            Err(source) => source,
        };
        // What failed is what matters; a session that is gone has rolled back by itself.
        let _ = cx.session.run("ROLLBACK").await;
        if source.code() != Some(LOCK_NOT_AVAILABLE) {
            return Err(failed(migration, source));
        }
        if attempt == cx.options.retries {
            return Err(ApplyError::LockTimeout { migration: named(), attempts: attempt + 1, source });
        }
        let wait = lock::backoff(attempt + 3);
        (cx.on)(Event::Retrying(named(), wait));
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

async fn in_transaction(cx: &mut Cx<'_>, migration: &Migration) -> Result<Duration, DbError> {
    cx.session.run("BEGIN").await?;
    let timeout = i64::try_from(cx.options.lock_timeout.as_millis()).unwrap_or(i64::from(i32::MAX));
    cx.session.run(&Pen::kw("SET LOCAL lock_timeout =").number(timeout).end()).await?;
    let step = Ledger::begin_step(cx.session, cx.run, migration).await?;
    let begin = Instant::now();
    cx.session.run(&migration.up).await?;
    let took = begin.elapsed();
    cx.session.run(&cx.ledger.record(step, migration, "done", took)).await?;
    cx.session.run("COMMIT").await?;
    Ok(took)
}

async fn outside_transaction(
    cx: &mut Cx<'_>,
    migration: &Migration,
    begun: Option<&Begun>,
) -> Result<(Duration, bool), ApplyError> {
    let bookkeeping = "write the journal";
    let decision = resume::decide(cx, migration, begun).await?;
    let step = Ledger::begin_step(cx.session, cx.run, migration).await;
    let step = step.map_err(ApplyError::database(bookkeeping))?;
    let begin = Instant::now();
    let outcome = match decision {
        Decision::Record => "recorded",
        Decision::Run => {
            if let Err(source) = run_alone(cx, migration).await {
                // The first failure is the one to report; an invalid index that stays is dropped by the next run.
                let _ = Ledger::fail_step(cx.session, step).await;
                let _ = resume::clean(cx, migration).await;
                return Err(failed(migration, source));
            }
            "done"
        }
    };
    let took = begin.elapsed();
    let record = cx.ledger.record(step, migration, outcome, took);
    cx.session.run(&record).await.map_err(ApplyError::database(bookkeeping))?;
    Ok((took, decision == Decision::Record))
}

/// A CONCURRENTLY that gives up on a lock leaves an invalid index, so none of these has a limit.
async fn run_alone(cx: &mut Cx<'_>, migration: &Migration) -> Result<(), DbError> {
    cx.session.run("SET lock_timeout = 0").await?;
    let done = cx.session.run(&migration.up).await;
    let reset = cx.session.run("RESET lock_timeout").await;
    done.and(reset)
}

fn failed(migration: &Migration, source: DbError) -> ApplyError {
    let position = source.server().and_then(|server| server.position);
    let line = position.map(|position| {
        let before = migration.up.chars().take(position.saturating_sub(1));
        before.filter(|c| *c == '\n').count() + 1
    });
    ApplyError::Statement { migration: Named::from(migration), line, source }
}
