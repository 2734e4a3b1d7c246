//! Brings a database up to the newest migration of a directory, once, whoever else tries at the same time.
//!
//! ```text
//! try-lock ─ ledger against directory ─ gate ─ each file with its ledger row in one transaction ─ report
//! ```
//! A run that is killed leaves every file either applied and in the ledger, or not begun; a file that has no
//! transaction is in the journal before it runs, and the next run reads from the catalog what became of it.

mod error;
mod ledger;
mod lock;
mod resume;
mod shape;
mod status;
mod step;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

pub use error::{ApplyError, Named};
pub use status::{MigrationStatus, State, Status, status};

use crate::db::Session;
use crate::history::{History, Migration};
use ledger::{Ledger, RunEnd};

/// How to apply.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long to try for the migration lock.
    pub lock_wait: Duration,
    /// How long a statement may wait for a lock on a table, in a file that has a transaction.
    pub lock_timeout: Duration,
    /// How often a file is tried again that did not get its locks in time.
    pub retries: u32,
    /// What to do about a file without a transaction whose run was killed and whose effect cannot be seen.
    pub interrupted: OnInterrupted,
}

impl Default for Options {
    /// A minute for the migration lock; five seconds for a table's lock, and three more attempts.
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(60),
            lock_timeout: Duration::from_secs(5),
            retries: 3,
            interrupted: OnInterrupted::Ask,
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

/// What happens during a run, as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Another run has the lock; this one keeps trying.
    Waiting,
    /// So many migrations will be applied.
    Pending(usize),
    /// A migration begins.
    Started(Named),
    /// A migration did not get its locks in time and will be tried again after this long.
    Retrying(Named, Duration),
    /// An index that a killed or failed build left invalid was dropped.
    Cleaned(String),
    /// A migration is applied.
    Finished(Applied),
}

/// A migration that a run applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The version.
    pub version: i64,
    /// The name.
    pub name: String,
    /// How long its file ran.
    pub milliseconds: u128,
    /// Whether it had already taken effect in an earlier, killed run, and was only recorded.
    pub recorded: bool,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was applied, in order.
    pub applied: Vec<Applied>,
}

/// What a gate returns.
pub type GateResult<'a> = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + 'a>>;

/// A last look at the database before the first statement; asked while the lock is held, and only when
/// something is pending.
///
/// This is the seam for the drift gate, which knows catalogs; this module does not.
pub trait Gate {
    /// Fails where the database is not in the state after `applied`, the newest version in its ledger.
    fn check<'a>(
        &'a mut self,
        session: &'a mut Session,
        history: &'a History,
        applied: Option<i64>,
    ) -> GateResult<'a>;
}

/// Returns the pending migrations of a database, after the same checks that [`apply`] makes; writes nothing.
pub async fn dry_run<'a>(
    url: &str,
    history: &'a History,
    gate: Option<&mut dyn Gate>,
) -> Result<Vec<&'a Migration>, ApplyError> {
    let mut session = connect(url).await?;
    let pending = pending(&mut session, history).await?.migrations;
    check(gate, &mut session, history, &pending).await?;
    Ok(pending)
}

/// Applies every pending migration.
///
/// Fails before the first statement where another run holds the lock for longer than [`Options::lock_wait`],
/// where ledger and directory contradict each other, or where the gate refuses. Where a migration fails, those
/// before it stay applied and it leaves nothing behind.
pub async fn apply(
    url: &str,
    history: &History,
    options: &Options,
    gate: Option<&mut dyn Gate>,
    on: &mut dyn FnMut(Event),
) -> Result<Report, ApplyError> {
    // The lock has a session of its own, under sqlx's key. The working session holds a second one, because
    // it is what outlives a killed client.
    let mut guard = connect(url).await?;
    let database = database(&mut guard).await?;
    lock::take(&mut guard, lock::key(&database), options.lock_wait, on).await?;
    let done = locked(url, history, options, gate, on, &database).await;
    lock::release(&mut guard, lock::key(&database)).await;
    done
}

async fn locked(
    url: &str,
    history: &History,
    options: &Options,
    gate: Option<&mut dyn Gate>,
    on: &mut dyn FnMut(Event),
    database: &str,
) -> Result<Report, ApplyError> {
    let mut session = connect(url).await?;
    let session = &mut session;
    lock::take(session, lock::work_key(database), options.lock_wait, on).await?;
    let pending = pending(session, history).await?;
    on(Event::Pending(pending.migrations.len()));
    if pending.migrations.is_empty() {
        lock::release(session, lock::work_key(database)).await;
        return Ok(Report::default());
    }
    check(gate, session, history, &pending.migrations).await?;
    let run = pending.ledger.begin_run(session).await.map_err(ApplyError::database("begin the journal"))?;
    let mut report = Report::default();
    let mut failed = None;
    for migration in &pending.migrations {
        on(Event::Started(Named::from(*migration)));
        let begun = pending.begun.iter().find(|step| step.version == migration.version);
        let mut cx = step::Cx { session: &mut *session, ledger: &pending.ledger, run, options, on: &mut *on };
        match step::step(&mut cx, migration, begun).await {
            Ok(applied) => {
                on(Event::Finished(applied.clone()));
                report.applied.push(applied);
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let sqlstate = failed.as_ref().map(|error| error.sqlstate().unwrap_or_default());
    let end = sqlstate.as_deref().map_or(RunEnd::Done, |sqlstate| RunEnd::Failed { sqlstate });
    let ended = Ledger::end_run(session, run, end).await.map_err(ApplyError::database("end the journal"));
    lock::release(session, lock::work_key(database)).await;
    match failed {
        Some(error) => Err(error),
        None => ended.map(|()| report),
    }
}

struct Pending<'a> {
    ledger: Ledger,
    begun: Vec<ledger::Begun>,
    migrations: Vec<&'a Migration>,
}

/// Reads the ledger and fails unless it agrees with the directory.
async fn pending<'a>(session: &mut Session, history: &'a History) -> Result<Pending<'a>, ApplyError> {
    let reading = "read the ledger";
    let (ledger, rows) = Ledger::find(session).await.map_err(ApplyError::database(reading))?;
    let begun = Ledger::begun(session, &rows).await.map_err(ApplyError::database(reading))?;
    status::compare(&rows, &begun, history).agree()?;
    let applied = |m: &Migration| rows.iter().any(|row| row.version == m.version);
    let migrations = history.migrations().iter().filter(|m| !applied(m)).collect();
    Ok(Pending { ledger, begun, migrations })
}

async fn check(
    gate: Option<&mut dyn Gate>,
    session: &mut Session,
    history: &History,
    pending: &[&Migration],
) -> Result<(), ApplyError> {
    let (Some(gate), Some(first)) = (gate, pending.first()) else { return Ok(()) };
    let applied = history.migrations().iter().map(|m| m.version).take_while(|v| *v < first.version).last();
    gate.check(session, history, applied).await.map_err(ApplyError::Gate)
}

async fn connect(url: &str) -> Result<Session, ApplyError> {
    Session::connect(url).await.map_err(ApplyError::database("connect to the database"))
}

async fn database(session: &mut Session) -> Result<String, ApplyError> {
    let rows = session.rows("SELECT current_database()").await;
    let rows = rows.map_err(ApplyError::database("ask for the database's name"))?;
    Ok(rows.into_iter().flatten().flatten().next().unwrap_or_default())
}

impl From<&Migration> for Named {
    fn from(migration: &Migration) -> Self {
        Self { version: migration.version, name: migration.name.clone() }
    }
}
