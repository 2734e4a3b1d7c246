//! Looks at a run from a second session while the first one works: keeps the lease, names who is in the way, follows
//! what the server says of its progress, and lets backfills wait while replicas or the server are behind.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::error::Named;
use super::lease::{self, Lease};
use super::{Event, Options};
use crate::db::{DbError, Session};
use crate::sql::Pen;

/// How often the watch looks.
const TICK: Duration = Duration::from_millis(200);

/// Both halves of the key of the advisory lock that the batches of a backfill take, shared, each in its transaction:
/// `PERFORM pg_advisory_xact_lock_shared(1852143733, 1)`. The watch holds it while they should wait.
pub const PAUSE_KEY: (i32, i32) = (0x6e65_7875, 1);

/// How the name of the session begins in which a backfill says how far it is:
/// `PERFORM set_config('application_name', format('nexus: %s of %s rows', done, total), false)`, or `pages`.
pub const PROGRESS_PREFIX: &str = "nexus: ";

/// A session that keeps a statement waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// Its server process.
    pub pid: String,
    /// What it calls itself.
    pub application: String,
    /// Whose it is.
    pub user: String,
    /// What it is doing, such as `idle in transaction`.
    pub state: String,
    /// For how many seconds its transaction has been open.
    pub seconds: String,
}

impl std::fmt::Display for Blocker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pid, application, user, state, seconds } = self;
        write!(f, "server process {pid}")?;
        let said = [application, user, state].into_iter().filter(|word| !word.is_empty());
        let said: Vec<_> = said.map(String::as_str).collect();
        if !said.is_empty() {
            write!(f, " ({})", said.join(", "))?;
        }
        if seconds.is_empty() { Ok(()) } else { write!(f, " for {seconds} s") }
    }
}

/// How far a statement is, in the server's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What is being done, such as `building index`.
    pub what: String,
    /// The phase.
    pub phase: String,
    /// How much of it is done.
    pub done: u64,
    /// How much there is; 0 where nobody knows.
    pub total: u64,
    /// Of what.
    pub unit: String,
}

/// What the working session tells the watch, and the other way round.
#[derive(Debug, Default)]
pub(super) struct Watch {
    step: RefCell<Option<Step>>,
    blockers: RefCell<Vec<Blocker>>,
    lost: Cell<bool>,
}

#[derive(Debug, Clone)]
struct Step {
    named: Named,
    begun: Instant,
    backfill: bool,
}

impl Watch {
    /// A step begins.
    pub(super) fn begin(&self, named: Named, backfill: bool) {
        self.blockers.borrow_mut().clear();
        *self.step.borrow_mut() = Some(Step { named, begun: Instant::now(), backfill });
    }

    /// It ended.
    pub(super) fn end(&self) {
        *self.step.borrow_mut() = None;
    }

    /// Who was last seen in the way of the step.
    pub(super) fn blockers(&self) -> Vec<Blocker> {
        self.blockers.borrow().clone()
    }

    /// Whether the run no longer has its locks or its lease.
    pub(super) fn lost(&self) -> bool {
        self.lost.get()
    }

    /// Watches the session with server process `pid` until it is dropped, or the locks are lost.
    pub(super) async fn watch(
        &self,
        guard: &mut Session,
        pid: u32,
        lease: &RefCell<Option<Lease>>,
        options: &Options,
        ears: &dyn Fn(Event),
    ) {
        let mut pace = Pace::default();
        let mut renewed = Instant::now();
        loop {
            tokio::time::sleep(TICK).await;
            let seen = self.look(guard, pid, &mut pace, options, ears).await;
            let mut kept = seen.is_ok();
            let held = lease.borrow().clone();
            if let Some(lease) = held.filter(|_| kept && renewed.elapsed() >= lease::RENEWAL) {
                kept = lease.renew(guard).await.unwrap_or(false);
                renewed = Instant::now();
            }
            if !kept {
                self.lost.set(true);
                return;
            }
        }
    }

    async fn look(
        &self,
        guard: &mut Session,
        pid: u32,
        pace: &mut Pace,
        options: &Options,
        ears: &dyn Fn(Event),
    ) -> Result<(), DbError> {
        let step = self.step.borrow().clone().filter(|step| step.begun.elapsed() >= TICK / 2);
        let Some(step) = step else {
            return pace.set(guard, None, ears).await;
        };
        let blockers = blockers(guard, pid).await?;
        if !blockers.is_empty() && *self.blockers.borrow() != blockers {
            ears(Event::Blocked(step.named.clone(), blockers.clone()));
            *self.blockers.borrow_mut() = blockers;
        }
        if let Some(progress) = progress(guard, pid).await? {
            ears(Event::Progress(step.named, progress));
        }
        let reason = if step.backfill { pace.reason(guard, pid, options).await? } else { None };
        pace.set(guard, reason, ears).await
    }
}

async fn blockers(guard: &mut Session, pid: u32) -> Result<Vec<Blocker>, DbError> {
    let query = Pen::kw(include_str!("blockers.sql")).number(pid.into()).and(")) ORDER BY 1").end();
    let rows = guard.rows(&query).await?.into_iter().filter_map(|row| {
        let [pid, application, user, state, seconds] =
            <[_; 5]>::try_from(row).ok()?.map(Option::unwrap_or_default);
        Some(Blocker { pid, application, user, state, seconds })
    });
    Ok(rows.collect())
}

async fn progress(guard: &mut Session, pid: u32) -> Result<Option<Progress>, DbError> {
    let query = Pen::kw("WITH worker AS (SELECT").number(pid.into()).and("AS pid)");
    let rows = guard.rows(&query.and(include_str!("progress.sql")).end()).await?;
    let row = rows.into_iter().next().and_then(|row| <[_; 5]>::try_from(row).ok());
    Ok(row.map(|row| {
        let [what, phase, done, total, unit] = row.map(Option::unwrap_or_default);
        let [done, total] = [done, total].map(|count| count.parse().unwrap_or_default());
        Progress { what, phase, done, total, unit }
    }))
}

/// Whether backfills are made to wait.
#[derive(Debug, Default)]
struct Pace {
    held: bool,
    looked: Option<Instant>,
    last: Option<String>,
}

impl Pace {
    /// How often the load is looked at.
    const INTERVAL: Duration = Duration::from_millis(500);

    /// Why a backfill should wait, if it should.
    async fn reason(
        &mut self,
        guard: &mut Session,
        pid: u32,
        options: &Options,
    ) -> Result<Option<String>, DbError> {
        if self.looked.is_some_and(|at| at.elapsed() < Self::INTERVAL) {
            return Ok(self.last.clone());
        }
        self.looked = Some(Instant::now());
        let query = Pen::kw(include_str!("load.sql")).number(pid.into()).end();
        let rows = guard.rows(&query).await?;
        let mut numbers = rows.iter().flatten().map(|value| value.as_deref()?.parse::<u64>().ok());
        let (lag, active) = (numbers.next().flatten(), numbers.next().flatten());
        self.last = match (lag, active) {
            (Some(lag), _) if lag > options.max_lag => {
                Some(format!("a replica is {} MiB behind", lag / 1_048_576))
            }
            (_, Some(active)) if options.max_active.is_some_and(|most| active > most.into()) => {
                Some(format!("{active} other sessions are active"))
            }
            _ => None,
        };
        Ok(self.last.clone())
    }

    async fn set(
        &mut self,
        guard: &mut Session,
        reason: Option<String>,
        ears: &dyn Fn(Event),
    ) -> Result<(), DbError> {
        let (high, low) = PAUSE_KEY;
        let call =
            |function| Pen::kw(function).number(high.into()).and(",").number(low.into()).and(")").end();
        match reason {
            Some(reason) if !self.held => {
                // Waits for the batch that is running; the next one waits for us.
                guard.run("SET lock_timeout = '10s'").await?;
                self.held = guard.run(&call("SELECT pg_advisory_lock(")).await.is_ok();
                guard.run("RESET lock_timeout").await?;
                if self.held {
                    ears(Event::Throttled(reason));
                }
            }
            None if self.held => {
                guard.run(&call("SELECT pg_advisory_unlock(")).await?;
                self.held = false;
            }
            _ => {}
        }
        Ok(())
    }
}
