//! Runs one migration file, up or down, together with its row in the ledger.

use std::time::{Duration, Instant};

use super::error::{ApplyError, Named};
use super::lease::Lease;
use super::ledger::{Begun, Ledger};
use super::limits::{self, Class, Limits};
use super::resume::{self, Decision};
use super::shape::Shape;
use super::watch::Watch;
use super::{Applied, Event, Options, Way, lock};
use crate::db::{DbError, Session};
use crate::history::{Migration, NO_TRANSACTION};

/// A lock was not to be had in time, a deadlock was broken, a transaction came too late: `lock_not_available`,
/// `deadlock_detected`, `serialization_failure`. All of them leave nothing behind.
const TRY_AGAIN: [&str; 3] = ["55P03", "40P01", "40001"];

/// A prepared statement is not there: `invalid_sql_statement_name`.
const NOT_PREPARED: &str = "26000";

/// Whether a failure passes by itself: somebody was in the way, or a run in another database of the server wrote what
/// belongs to both. The second of two that make a role is refused by a key of a system catalog, and the second of two
/// that change one by a message that is not translated (`simple_heap_update` in PostgreSQL's sources); in the next
/// attempt the first one's work is there.
fn passes(error: &DbError) -> bool {
    let Some(server) = error.server() else { return false };
    match server.sqlstate.as_str() {
        "23505" => server.schema.as_deref() == Some("pg_catalog"),
        "XX000" => server.message.starts_with("tuple concurrently "),
        code => TRY_AGAIN.contains(&code),
    }
}

/// What a step needs besides the migration.
pub(super) struct Cx<'a> {
    pub(super) session: &'a mut Session,
    pub(super) ledger: &'a Ledger,
    pub(super) lease: &'a Lease,
    pub(super) run: i64,
    /// Whether the session has the statement of [`Ledger::prepare`].
    pub(super) prepared: bool,
    pub(super) options: &'a Options,
    pub(super) watch: &'a Watch,
    pub(super) ears: &'a dyn Fn(Event),
}

/// A file to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) migration: &'a Migration,
    pub(super) way: Way,
    pub(super) class: Class,
}

impl<'a> Job<'a> {
    /// The text of the file.
    pub(super) fn sql(&self) -> &'a str {
        match self.way {
            Way::Up => &self.migration.up,
            Way::Down => self.migration.down.as_deref().unwrap_or_default(),
        }
    }

    pub(super) fn named(&self) -> Named {
        Named::from(self.migration)
    }

    fn is_transactional(&self) -> bool {
        !self.sql().starts_with(NO_TRANSACTION)
    }
}

/// Runs a file; `begun` is what an earlier run noted of it.
pub(super) async fn step(
    cx: &mut Cx<'_>,
    job: Job<'_>,
    begun: Option<&Begun>,
) -> Result<Applied, ApplyError> {
    if cx.watch.lost() {
        return Err(ApplyError::Lost);
    }
    let is_backfill = !job.is_transactional() && matches!(Shape::of(job.sql()), Shape::Backfill);
    cx.watch.begin(job.named(), is_backfill);
    let done = if job.is_transactional() {
        with_retries(cx, job).await.map(|took| (took, false))
    } else {
        outside_transaction(cx, job, begun).await
    };
    cx.watch.end();
    let (took, recorded) = done?;
    let Named { version, name } = job.named();
    Ok(Applied { version, name, milliseconds: took.as_millis(), recorded })
}

async fn with_retries(cx: &mut Cx<'_>, job: Job<'_>) -> Result<Duration, ApplyError> {
    let limits = job.class.limits(cx.options);
    let mut attempt = 0;
    loop {
        let source = match in_transaction(cx, job, &limits).await {
            Ok(Some(took)) => return Ok(took),
            Ok(None) => return Err(ApplyError::Lost),
            Err(source) => source,
        };
        // What failed is what matters; a session that is gone has rolled back by itself.
        let _ = cx.session.run("ROLLBACK").await;
        if cx.prepared && source.code() == Some(NOT_PREPARED) {
            // The file has done away with what was prepared.
            cx.prepared = false;
            continue;
        }
        if !passes(&source) {
            return Err(failed(job, source));
        }
        let blockers = cx.watch.blockers();
        if attempt == limits.retries {
            let migration = job.named();
            return Err(ApplyError::LockTimeout { migration, attempts: attempt + 1, blockers, source });
        }
        let wait = lock::backoff(attempt, limits.pause, Limits::LONGEST_PAUSE);
        (cx.ears)(Event::Retrying(job.named(), wait));
        cx.watch.end();
        tokio::time::sleep(wait).await;
        cx.watch.begin(job.named(), false);
        attempt += 1;
    }
}

/// Returns how long the file ran; nothing where the lease is lost.
///
/// Two trips to the server: with many small files the way there is what costs.
async fn in_transaction(cx: &mut Cx<'_>, job: Job<'_>, limits: &Limits) -> Result<Option<Duration>, DbError> {
    let settings = limits.settings(cx.options, cx.session.server_version_num());
    let before = format!("BEGIN;{settings}\n");
    let begin = Instant::now();
    let ran = cx.session.run(&format!("{before}{}", job.sql())).await;
    ran.map_err(|error| error.without_prefix(&before))?;
    let took = begin.elapsed();
    let record = if cx.prepared {
        Ledger::record_prepared(job.migration, took)
    } else {
        let step = Ledger::whole_step(cx.lease.fenced(cx.run), job.migration, job.way, "done");
        format!("{};{step}", cx.ledger.record(job.migration, job.way, took))
    };
    match cx.session.run(&format!("{record};COMMIT")).await {
        Err(error) if Ledger::is_fenced_off(&error) => cx.session.run("ROLLBACK").await.map(|()| None),
        done => done.map(|()| Some(took)),
    }
}

async fn outside_transaction(
    cx: &mut Cx<'_>,
    job: Job<'_>,
    begun: Option<&Begun>,
) -> Result<(Duration, bool), ApplyError> {
    let bookkeeping = "write the journal";
    let decision = resume::decide(cx, job, begun).await?;
    let fence = cx.session.rows(&cx.lease.fence()).await.map_err(ApplyError::database(bookkeeping))?;
    if fence.is_empty() {
        return Err(ApplyError::Lost);
    }
    let step = Ledger::begin_step(cx.session, cx.run, job.migration, job.way).await;
    let step = step.map_err(ApplyError::database(bookkeeping))?;
    let begin = Instant::now();
    let outcome = match decision {
        Decision::Record => "recorded",
        Decision::Run => {
            if let Err(source) = run_alone(cx, job).await {
                // The first failure is the one to report; what stays behind is removed by the next run.
                let _ = cx.session.run(&Ledger::end_step(step, "failed")).await;
                let _ = resume::clean(cx, job).await;
                return Err(failed(job, source));
            }
            "done"
        }
    };
    let took = begin.elapsed();
    let record = cx.ledger.record(job.migration, job.way, took);
    let record = format!("{record};{}", Ledger::end_step(step, outcome));
    cx.session.run(&record).await.map_err(ApplyError::database(bookkeeping))?;
    Ok((took, decision == Decision::Record))
}

async fn run_alone(cx: &mut Cx<'_>, job: Job<'_>) -> Result<(), DbError> {
    let server = cx.session.server_version_num();
    cx.session.run(limits::unlimited(server)).await?;
    let done = cx.session.run(job.sql()).await;
    let reset = cx.session.run(limits::limited(server)).await;
    done.and(reset)
}

fn failed(job: Job<'_>, source: DbError) -> ApplyError {
    let position = source.server().and_then(|server| server.position);
    let line = position.map(|position| {
        let before = job.sql().chars().take(position.saturating_sub(1));
        before.filter(|c| *c == '\n').count() + 1
    });
    ApplyError::Statement { migration: job.named(), line, source }
}
