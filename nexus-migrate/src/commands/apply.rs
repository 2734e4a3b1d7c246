//! `nexus apply` and `nexus rollback`: bring a database up to a migration, or back to one.

use std::path::PathBuf;

use crate::apply::{self, Applied, Event, Gate, Named, Offending, Options, Report};
use crate::history::{History, Migration};

use super::drift::DriftGate;
use super::{CommandError, Failure, Progress, backup};
use crate::backup::Backup;

/// What to apply to what.
#[derive(Debug, Clone)]
pub struct ApplyArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// Whether a database may be in another state than its migrations made.
    pub allow_drift: bool,
    /// A folder to which tables are backed up before something is taken from them.
    pub backup: Option<PathBuf>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
    /// How to apply.
    pub options: Options,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These were applied, or taken back.
    Applied(Done),
    /// These are pending.
    Pending(Vec<Named>),
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// What was applied, or taken back.
    pub applied: Vec<Applied>,
    /// Rows that were left as somebody has edited them.
    pub kept: Vec<Offending>,
    /// What was backed up before.
    pub backup: Option<Backup>,
}

/// Applies what is pending.
pub async fn apply(
    args: &ApplyArgs,
    progress: &dyn Progress,
    on: &mut dyn FnMut(Event),
) -> Result<Outcome, CommandError> {
    let history = open(&args.dir)?;
    let url = url(args.database_url.as_deref())?;
    let mut gate = DriftGate::new(args.dev_url.clone());
    let gate: Option<&mut dyn Gate> = if args.allow_drift { None } else { Some(&mut gate) };
    if args.dry_run {
        let pending = apply::dry_run(url, &history, &args.options, gate).await?;
        let named = |migration: &&Migration| Named::from(*migration);
        return Ok(Outcome::Pending(pending.iter().map(named).collect()));
    }
    let backup = match &args.backup {
        Some(output) => {
            // What the run would refuse before it begins needs no backup.
            let due = apply::dry_run(url, &history, &args.options, None).await?;
            backup::before(url, &history, &due, output, args.dev_url.as_deref(), progress).await?
        }
        None => None,
    };
    let Report { applied, kept } = apply::apply(url, &history, &args.options, gate, on).await?;
    Ok(Outcome::Applied(Done { applied, kept, backup }))
}

/// Takes back every migration after [`Options::to`].
pub async fn rollback(args: &ApplyArgs, on: &mut dyn FnMut(Event)) -> Result<Outcome, CommandError> {
    let history = open(&args.dir)?;
    let url = url(args.database_url.as_deref())?;
    if args.dry_run {
        let back = apply::dry_rollback(url, &history, &args.options).await?;
        let named = |migration: &&Migration| Named::from(*migration);
        return Ok(Outcome::Pending(back.iter().map(named).collect()));
    }
    let Report { applied, kept } = apply::rollback(url, &history, &args.options, on).await?;
    Ok(Outcome::Applied(Done { applied, kept, backup: None }))
}

/// Opens a directory that must exist: a mistyped name would else be an empty history.
pub(super) fn open(dir: &std::path::Path) -> Result<History, CommandError> {
    if !dir.is_dir() {
        let failure = Failure::new(format!("there is no migrations directory `{}`", dir.display()));
        return Err(CommandError::Usage(
            failure.help("write one with `nexus generate`, or name it with `--dir`"),
        ));
    }
    Ok(History::open(dir)?)
}

/// Returns the URL of the database, or says how to give one.
pub(super) fn url(given: Option<&str>) -> Result<&str, CommandError> {
    given.filter(|url| !url.is_empty()).ok_or_else(|| {
        CommandError::Usage(
            Failure::new("no database was given")
                .help("pass `--database-url postgres://user@host/database`, or set DATABASE_URL"),
        )
    })
}
