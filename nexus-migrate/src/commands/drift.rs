//! `nexus drift`: what a database has become that its migrations did not make of it; and the gate before `apply`.

use std::path::PathBuf;

use nexus_schema::catalog::Kind;

use super::{CommandError, Failure, Progress, apply as applying};
use crate::apply::{self, Gate, GateResult};
use crate::change::change;
use crate::db::{ScratchOptions, Session};
use crate::doors::{self, Bench, DoorError, State};
use crate::history::History;
use crate::plan::{Plan, Traffic};

/// What to compare.
#[derive(Debug, Clone)]
pub struct DriftArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// How a database differs from what its migrations make.
#[derive(Debug)]
pub struct Drift {
    /// The newest version in its ledger; none where nothing is applied.
    pub version: Option<i64>,
    /// What happened to it besides, as the steps that would do it.
    pub changed: Plan,
    /// The steps that take it back.
    pub repair: Plan,
}

/// Compares a database, default data included, with the state after the newest migration in its ledger.
pub async fn drift(args: &DriftArgs, progress: &dyn Progress) -> Result<Drift, CommandError> {
    let history = applying::open(&args.dir)?;
    let url = applying::url(args.database_url.as_deref())?;
    let mut session = Session::connect(url).await.map_err(|source| {
        CommandError::World(Failure::new("cannot connect to the database").source(source))
    })?;
    let status = apply::status(&mut session, &history).await?;
    status.agree()?;
    let version = status.newest_applied();
    progress.stage("building the state after the newest migration on scratch");
    let mut bench = Bench::new(scratch(args.dev_url.as_deref(), &session));
    let drift = compare(&mut bench, &mut session, &history, version, Rows::Seeds).await?;
    bench.stop().await;
    Ok(drift)
}

/// Whether default data counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Seeds,
    None,
}

fn scratch(dev_url: Option<&str>, live: &Session) -> ScratchOptions {
    ScratchOptions {
        dev_url: dev_url.map(Into::into),
        major: Some(live.server_version_num() / 10_000),
        ..ScratchOptions::default()
    }
}

async fn compare(
    bench: &mut Bench,
    live: &mut Session,
    history: &History,
    version: Option<i64>,
    rows: Rows,
) -> Result<Drift, DoorError> {
    let mut catalog = doors::after(bench, history, version).await?;
    if rows == Rows::None {
        catalog.retain(|id, _| id.kind() != Kind::Seed);
    }
    let mut prev = State { catalog, authored: true, ..State::default() };
    let mut found = doors::look(live, Some(&prev.catalog), Some(&prev.catalog)).await?;
    doors::read_roles(live, &mut found, &prev.catalog).await?;
    // What is told is what happened, in the plainest words.
    let mut next = State { catalog: found, traffic: Traffic::none(), ..State::default() };
    doors::common_ground(&mut prev, &mut next);
    if prev.catalog == next.catalog {
        return Ok(Drift { version, changed: Plan::default(), repair: Plan::default() });
    }
    let change = change(bench, prev, next).await?;
    Ok(Drift { version, changed: change.up, repair: change.down })
}

/// Refuses a database that something else than its migrations has changed.
#[derive(Debug)]
pub(super) struct DriftGate {
    dev_url: Option<String>,
}

impl DriftGate {
    pub(super) fn new(dev_url: Option<String>) -> Self {
        Self { dev_url }
    }
}

/// Why the gate stays shut.
#[derive(Debug, thiserror::Error)]
enum Shut {
    #[error("{}what happened to the database besides its migrations:\n{changed}go on with `--allow-drift`, or see `nexus drift`", if *.unknown { "the database is not empty, and no migration is in its ledger (`nexus init --from` makes one of what is there); " } else { "" })]
    Drifted { changed: String, unknown: bool },
    #[error("{0}; nobody can tell whether it drifted: go on with `--allow-drift`")]
    Unseen(#[source] DoorError),
}

impl Gate for DriftGate {
    fn check<'a>(
        &'a mut self,
        session: &'a mut Session,
        history: &'a History,
        applied: Option<i64>,
    ) -> GateResult<'a> {
        Box::pin(async move {
            // A new database, which is what most first runs see, needs no reading.
            if applied.is_none()
                && session.rows(include_str!("untouched.sql")).await? == [[Some("t".to_owned())]]
            {
                return Ok(());
            }
            let mut bench = Bench::new(scratch(self.dev_url.as_deref(), session));
            let drift = compare(&mut bench, session, history, applied, Rows::None).await;
            bench.stop().await;
            let drift = drift.map_err(Shut::Unseen)?;
            if drift.changed.is_empty() {
                return Ok(());
            }
            let unknown = applied.is_none();
            Err(Shut::Drifted { changed: drift.changed.to_human(), unknown }.into())
        })
    }
}
