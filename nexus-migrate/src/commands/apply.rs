//! `nexus apply`: brings a database up to the newest migration.

use std::path::PathBuf;

use crate::apply::{self, Applied, Event, Named, Options, Report};
use crate::history::{History, Migration};

use super::{CommandError, Failure, Progress};

/// What to apply to what.
#[derive(Debug, Clone)]
pub struct ApplyArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// Whether only to say what is pending.
    pub dry_run: bool,
    /// How to apply.
    pub options: Options,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These were applied.
    Applied(Vec<Applied>),
    /// These are pending.
    Pending(Vec<Named>),
}

/// Applies what is pending.
pub async fn apply(args: &ApplyArgs, progress: &dyn Progress) -> Result<Outcome, CommandError> {
    let history = open(&args.dir)?;
    let url = url(args.database_url.as_deref())?;
    if args.dry_run {
        let pending = apply::dry_run(url, &history, None).await?;
        let named = |migration: &&Migration| Named::from(*migration);
        return Ok(Outcome::Pending(pending.iter().map(named).collect()));
    }
    let (mut done, mut of) = (0, 0);
    let mut on = |event| match event {
        Event::Waiting => progress.stage("waiting for another run"),
        Event::Pending(count) => {
            of = count;
            progress.steps(0, of);
        }
        Event::Started(named) => progress.stage(&format!("applying {named}")),
        Event::Retrying(named, _) => progress.stage(&format!("waiting for the locks of {named}")),
        Event::Cleaned(index) => progress.stage(&format!("dropped invalid index {index}")),
        Event::Finished(_) => {
            done += 1;
            progress.steps(done, of);
        }
    };
    let Report { applied } = apply::apply(url, &history, &args.options, None, &mut on).await?;
    Ok(Outcome::Applied(applied))
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
