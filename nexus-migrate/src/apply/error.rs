//! Why an apply did not happen, each with its next action.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::ledger::Ledger;
use super::look::Offending;
use super::watch::Blocker;
use crate::db::DbError;

/// A migration as messages name it: `20260301120000 (add users)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The version.
    pub version: i64,
    /// The name, where the directory or the ledger knows one.
    pub name: String,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "{}", self.version),
            name => write!(f, "{} ({})", self.version, name.replace('_', " ")),
        }
    }
}

/// Migrations could not be applied; what was applied before the failure stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The database has migrations newer than all in the directory.
    #[error("the database has migrations that the directory does not know: {}", list(.0))]
    Unknown(Vec<Named>),
    /// The database has migrations that are gone from the directory.
    #[error("migrations that the database has are missing from the directory: {}", list(.0))]
    Missing(Vec<Named>),
    /// Up files, or their names, differ from what was applied.
    #[error("migrations were edited after they were applied: {}", list(.0))]
    Edited(Vec<Named>),
    /// Migrations older than the newest applied one are not applied.
    #[error("migrations are older than the newest one that was applied: {}", list(.0))]
    OutOfOrder(Vec<Named>),
    /// Rows are gone from the ledger whose migrations still have their effects.
    #[error("migrations were taken out of the ledger, and their effects are still there: {}", list(.0))]
    Removed(Vec<Named>),
    /// The ledger says that another tool's run failed half-way.
    #[error("the ledger marks migrations as failed: {}", list(.0))]
    Failed(Vec<Named>),
    /// A file without a transaction was interrupted, and its statement does not show whether it took effect.
    #[error(
        "a run was killed inside {0}, which has no transaction, and the catalog does not show how far it got"
    )]
    Interrupted(Named),
    /// Somebody else is migrating this database.
    #[error("another run holds the migration lock after waiting {}", seconds(*.waited))]
    Locked {
        /// How long it was tried.
        waited: Duration,
        /// The server process that holds it, with its application name, where one can be seen.
        holder: Option<String>,
    },
    /// The connection goes through a pooler that gives each transaction another server process.
    #[error("the connection goes through a pooler that changes the server process between transactions")]
    TransactionPooling,
    /// The lock or the lease is no longer ours.
    #[error("the migration lock was lost, so no further statement was run")]
    Lost,
    /// A version was asked for that the directory does not have.
    #[error("there is no migration {0}")]
    NoSuchVersion(i64),
    /// A tenant's schema does not exist.
    #[error("there is no schema `{0}`")]
    NoSchema(String),
    /// Rows that are there break what a migration demands.
    #[error("{migration} would refuse rows that are there: {}", lines(.found))]
    Refuses {
        /// Which one.
        migration: Named,
        /// The rows, by what refuses them.
        found: Vec<Offending>,
    },
    /// A migration cannot be taken back.
    #[error("{0} has no down file")]
    NoWayBack(Named),
    /// Files of one change go back together.
    #[error("{first} to {newest} are one change, {}", if *.whole { "and would only be taken back in part" } else { "of which only a part is applied" })]
    PartOfChange {
        /// The first file.
        first: Named,
        /// The newest file.
        newest: Named,
        /// Whether the change is applied as a whole.
        whole: bool,
    },
    /// What a person says of a migration does not fit what is the case with it.
    #[error("{migration} is {is}")]
    Unresolvable {
        /// Which one.
        migration: Named,
        /// Its state.
        is: &'static str,
    },
    /// A run was killed between the down files of one change.
    #[error("the change that {0} belongs to was only taken back in part")]
    HalfBack(Named),
    /// The gate refused.
    #[error("the database is not in the state that the migrations start from")]
    Gate(#[source] Box<dyn Error + Send + Sync>),
    /// A migration's own statement failed; its transaction, if it had one, was rolled back.
    #[error("{migration} failed{}", at(*.line))]
    Statement {
        /// Which one.
        migration: Named,
        /// The line of the up file that the server points at, from 1, where it points at one.
        line: Option<usize>,
        /// What the server said.
        source: DbError,
    },
    /// A migration waited too long for a lock, each time it was tried.
    #[error("{migration} did not get its locks in {attempts} attempts")]
    LockTimeout {
        /// Which one.
        migration: Named,
        /// How often it was tried.
        attempts: u32,
        /// Who was last seen in the way.
        blockers: Vec<Blocker>,
        /// What the server said last.
        source: DbError,
    },
    /// The server could not be reached, or refused the bookkeeping.
    #[error("cannot {doing}")]
    Database {
        /// What was tried.
        doing: &'static str,
        /// What the server said.
        source: DbError,
    },
}

impl ApplyError {
    /// Returns what the reader can do about it, where there is something.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unknown(_) => "update the directory: a newer one was applied".into(),
            Self::Missing(_) => "restore the files from version control".into(),
            Self::Edited(_) => {
                "restore the files from version control; to change the schema further, edit the schema file \
                 and run `nexus generate`"
                    .into()
            }
            Self::OutOfOrder(_) => {
                "two branches wrote migrations: take these out of the directory and run `nexus generate`, \
                 which writes them anew after the others"
                    .into()
            }
            Self::Removed(_) => "put each back with `nexus resolve VERSION --applied`".into(),
            Self::Failed(_) => {
                "finish or undo them by hand, then say so with `nexus resolve VERSION --applied` or `--not-applied`".into()
            }
            Self::Interrupted(_) => {
                "look whether the statement took effect, then run again with `--interrupted done` or \
                 `--interrupted again`"
                    .into()
            }
            Self::Locked { holder, .. } => match holder {
                Some(holder) => format!("wait for server process {holder}, or end it"),
                None => "run the command again".into(),
            },
            Self::LockTimeout { blockers, .. } => {
                let who: Vec<_> = blockers.iter().map(Blocker::to_string).collect();
                let in_the_way = if who.is_empty() { String::new() } else { format!("in the way: {}; ", who.join(", ")) };
                format!(
                    "{in_the_way}run the command again when fewer long transactions are open, or allow more with \
                     `--lock-timeout` and `--retries`"
                )
            }
            Self::TransactionPooling => {
                "name the server itself, or a pool in session mode: migration locks belong to a session".into()
            }
            Self::Lost => "run the command again: it goes on from what the catalog and the journal show".into(),
            Self::NoSuchVersion(_) => "`nexus status` lists them".into(),
            Self::NoSchema(_) => "make the tenant's schema first".into(),
            Self::Refuses { .. } => {
                "put these rows right and run the command again; `--no-prechecks` leaves it to the statements".into()
            }
            Self::NoWayBack(_) => "write the change back into the schema file and run `nexus generate`".into(),
            Self::Unresolvable { .. } => {
                "`--applied` is for what is not in the ledger, `--not-applied` for what is, `--accept` for an edited file".into()
            }
            Self::HalfBack(_) => "finish the way back with `nexus rollback` first".into(),
            Self::PartOfChange { first, whole: true, .. } => {
                format!("go back to before {}, or leave the change", first.version)
            }
            Self::PartOfChange { .. } => "finish it with `nexus apply` first".into(),
            Self::Gate(_) | Self::Statement { .. } | Self::Database { .. } => return None,
        })
    }

    /// Returns the server's code for what it refused, where it was the server.
    pub fn sqlstate(&self) -> Option<String> {
        match self {
            Self::Statement { source, .. }
            | Self::LockTimeout { source, .. }
            | Self::Database { source, .. } => source.code().map(Into::into),
            _ => None,
        }
    }

    /// The same of statements that note a step under the lease: it is lost where they are refused for that.
    pub(super) fn under_lease(doing: &'static str) -> impl FnOnce(DbError) -> Self {
        move |source| {
            if Ledger::is_fenced_off(&source) { Self::Lost } else { Self::Database { doing, source } }
        }
    }

    pub(super) fn database(doing: &'static str) -> impl FnOnce(DbError) -> Self {
        move |source| Self::Database { doing, source }
    }
}

fn list(named: &[Named]) -> String {
    named.iter().map(Named::to_string).collect::<Vec<_>>().join(", ")
}

fn lines(found: &[Offending]) -> String {
    found.iter().map(|rows| format!("\n  {rows}")).collect()
}

fn at(line: Option<usize>) -> String {
    line.map(|line| format!(" at line {line}")).unwrap_or_default()
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
