//! Brings a database up to a migration of a directory, or back, once, whoever else tries at the same time.
//!
//! ```text
//! locks ─ ledger against directory ─ gate ─ lease ─ each file with its ledger row in one transaction ─ seal
//! ```
//! A run that is killed leaves every file either applied and in the ledger, or not begun; a file that has no
//! transaction is in the journal before it runs, and the next run reads from the catalog what became of it.

mod books;
mod error;
mod event;
mod lease;
mod ledger;
mod limits;
mod lock;
mod look;
mod options;
mod pooler;
mod resolve;
mod resume;
mod shape;
mod status;
mod step;
mod watch;
mod words;

use std::cell::RefCell;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;

pub use error::{ApplyError, Named};
pub use event::{Applied, Event, Report, Way};
pub use look::{Offending, ask};
pub use options::{OnInterrupted, Options, Prechecks};
pub use resolve::{Resolution, resolve};
pub use shape::REPEATABLE;
pub use status::{MigrationStatus, State, Status, status};
pub use watch::{Blocker, PAUSE_KEY, PROGRESS_PREFIX, Progress};

use crate::db::Session;
use crate::history::{History, Migration};
use crate::sql::Pen;
use books::Books;
use lease::Lease;
use ledger::{Ledger, Left, RunEnd};
use lock::Lock;
use step::Job;
use watch::Watch;

/// What a gate returns.
pub type GateResult<'a> = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + 'a>>;

/// A last look at the database before the first statement; asked while the lock is held, and only when something is
/// pending and the catalog is not as our last run left it.
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

/// Returns the migrations that [`apply`] would apply, after the same checks; writes nothing.
pub async fn dry_run<'a>(
    url: &str,
    history: &'a History,
    options: &Options,
    gate: Option<&mut dyn Gate>,
) -> Result<Vec<&'a Migration>, ApplyError> {
    let mut session = connect(url, options).await?;
    let books = Books::read(&mut session, history).await?;
    let jobs = books.jobs(history, options, Way::Up)?;
    check(gate, &mut session, &books, history, &jobs).await?;
    if let Some(first) = jobs.first() {
        look::look(&mut session, history, first, options).await?;
    }
    Ok(jobs.into_iter().map(|job| job.migration).collect())
}

/// Returns the migrations that [`rollback`] would take back, newest first, after the same checks; writes nothing.
pub async fn dry_rollback<'a>(
    url: &str,
    history: &'a History,
    options: &Options,
) -> Result<Vec<&'a Migration>, ApplyError> {
    let mut session = connect(url, options).await?;
    let jobs = Books::read(&mut session, history).await?.jobs(history, options, Way::Down)?;
    Ok(jobs.into_iter().map(|job| job.migration).collect())
}

/// Applies every pending migration, up to [`Options::to`].
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
    drive(url, history, options, Way::Up, gate, on).await
}

/// Takes back every migration after [`Options::to`], newest first, by its down file.
///
/// Fails before the first statement as [`apply`] does, and where a migration has no down file or `to` lies within a
/// change whose files go back together.
pub async fn rollback(
    url: &str,
    history: &History,
    options: &Options,
    on: &mut dyn FnMut(Event),
) -> Result<Report, ApplyError> {
    drive(url, history, options, Way::Down, None, on).await
}

async fn drive(
    url: &str,
    history: &History,
    options: &Options,
    way: Way,
    gate: Option<&mut dyn Gate>,
    on: &mut dyn FnMut(Event),
) -> Result<Report, ApplyError> {
    let on = RefCell::new(on);
    let ears = |event| (on.borrow_mut())(event);
    let mut held = Held::take(url, options, &ears).await?;
    let Held { guard, session, lock } = &mut held;
    let watch = Watch::default();
    let lease = RefCell::new(None);
    let pid = session.backend_pid();
    let work = async {
        let done = locked(session, history, options, way, gate, &watch, &lease, &ears).await;
        lock.release(session).await;
        done
    };
    let watching = watch.watch(guard, pid, &lease, options, &ears);
    tokio::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = watching => {}
    }
    // The locks are lost: the step that runs comes to its end, and no other begins.
    work.await
}

/// The two sessions of a run, each with its lock.
struct Held {
    /// Holds sqlx's lock, and watches.
    guard: Session,
    /// Works, and holds the lock over the ledger.
    session: Session,
    lock: Lock,
}

impl Held {
    async fn take(url: &str, options: &Options, ears: &dyn Fn(Event)) -> Result<Self, ApplyError> {
        let mut guard = connect(url, options).await?;
        let mut session = connect(url, options).await?;
        pooler::refuse(&mut guard, &mut session).await?;
        let ledger = Ledger::find(&mut session).await.map_err(ApplyError::database("look for the ledger"))?;
        Lock::of_sqlx(&ledger.database).take(&mut guard, options.lock_wait, ears).await?;
        let lock = Lock::of_ledger(&ledger.database, ledger.name());
        lock.take(&mut session, options.lock_wait, ears).await?;
        Ok(Self { guard, session, lock })
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where all parts of a run meet")]
async fn locked(
    session: &mut Session,
    history: &History,
    options: &Options,
    way: Way,
    gate: Option<&mut dyn Gate>,
    watch: &Watch,
    lease: &RefCell<Option<Lease>>,
    ears: &dyn Fn(Event),
) -> Result<Report, ApplyError> {
    let mut books = Books::read(session, history).await?;
    let jobs = books.jobs(history, options, way)?;
    ears(Event::Pending(jobs.len()));
    match check(gate, session, &books, history, &jobs).await? {
        Left::Killed => ears(Event::Resuming),
        _ if jobs.is_empty() && !books.adopts() => return Ok(Report::default()),
        _ => {}
    }
    let mut report = Report::default();
    if let Some(first) = jobs.first() {
        report.keep(first.named(), look::look(session, history, first, options).await?, ears);
    }
    let keeping = "begin the journal";
    books.ledger.make(session).await.map_err(ApplyError::database(keeping))?;
    let taken = Lease::take(session, books.ledger.name(), options.lock_wait, ears).await?;
    *lease.borrow_mut() = Some(taken.clone());
    let run = books.ledger.begin_run(session).await.map_err(ApplyError::database(keeping))?;
    if books.adopts() {
        let adoption = format!("BEGIN;{};COMMIT", books.adoption(history, run, &taken).join(";"));
        session.run(&adoption).await.map_err(ApplyError::under_lease("record squashed migrations"))?;
    }
    let mut failed = None;
    let prepared = way == Way::Up && jobs.len() > 1;
    if prepared {
        let prepare = books.ledger.prepare(taken.fenced(run));
        session.run(&prepare).await.map_err(ApplyError::database(keeping))?;
    }
    let ledger = &books.ledger;
    let mut cx =
        step::Cx { session: &mut *session, ledger, lease: &taken, run, prepared, options, watch, ears };
    for (n, job) in jobs.into_iter().enumerate() {
        if n > 0 {
            match look::look(cx.session, history, &job, options).await {
                Ok(kept) => report.keep(job.named(), kept, ears),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        ears(Event::Started(job.named()));
        let begun = books.steps.iter().find(|step| step.version == job.migration.version);
        match step::step(&mut cx, job, begun).await {
            Ok(applied) => {
                ears(Event::Finished(applied.clone()));
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
    *lease.borrow_mut() = None;
    let ended = Ledger::end_run(session, run, end, &taken).await;
    match failed {
        Some(error) => Err(error),
        None => ended.map(|()| report).map_err(ApplyError::database("end the journal")),
    }
}

/// Asks the gate, unless our own last run vouches for the catalog or was killed; says how it was left.
async fn check(
    gate: Option<&mut dyn Gate>,
    session: &mut Session,
    books: &Books,
    history: &History,
    jobs: &[Job<'_>],
) -> Result<Left, ApplyError> {
    let (left, now) = books.ledger.left(session).await.map_err(ApplyError::database("read the journal"))?;
    let vouched = match &left {
        Left::Nothing => false,
        Left::Killed => true,
        Left::Sealed(seal) => *seal == now,
    };
    if matches!(&left, Left::Sealed(seal) if *seal == now) {
        let removed = books.removed(jobs);
        if !removed.is_empty() {
            return Err(ApplyError::Removed(removed));
        }
    }
    if let (Some(gate), Some(first), false) = (gate, jobs.first(), vouched) {
        let version = first.migration.version;
        let applied = history.migrations().iter().map(|m| m.version).take_while(|v| *v < version).last();
        gate.check(session, history, applied).await.map_err(ApplyError::Gate)?;
    }
    Ok(left)
}

async fn connect(url: &str, options: &Options) -> Result<Session, ApplyError> {
    let connecting = || ApplyError::database("connect to the database");
    let mut session = Session::connect(url).await.map_err(connecting())?;
    if let Some(schema) = &options.schema {
        let path = Pen::kw("SET search_path =").ident(schema).end();
        session.run(&path).await.map_err(connecting())?;
        let there = session.rows("SELECT current_schema()").await.map_err(connecting())?;
        if there.iter().flatten().flatten().next().is_none() {
            return Err(ApplyError::NoSchema(schema.clone()));
        }
    }
    Ok(session)
}

impl From<&Migration> for Named {
    fn from(migration: &Migration) -> Self {
        Self { version: migration.version, name: migration.name.clone() }
    }
}
