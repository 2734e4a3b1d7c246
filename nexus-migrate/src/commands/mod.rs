//! What the `nexus` command can do, as functions that return values.
//!
//! Prints nothing and reads no environment: [`crate::cli`] does both. Each command has a struct of arguments, a
//! struct of what it found, and one function between them.

pub mod access;
pub mod advise;
pub mod apply;
pub mod backup;
pub mod blame;
pub mod check;
mod checklist;
pub mod ci;
pub mod data;
pub mod dev;
pub mod diff;
pub mod docs;
pub mod drift;
pub mod explain;
pub mod fake;
pub mod fleet;
pub mod fmt;
pub mod generate;
pub mod import;
pub mod init;
pub mod lint;
pub mod models;
pub mod prove;
pub mod rebase;
pub mod resolve;
mod risk;
pub mod schema_json;
pub mod seed;
mod seeded;
pub mod squash;
pub mod status;

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nexus_schema::diagnostic::Diagnostics;

use crate::apply::ApplyError;
use crate::db::DbError;
use crate::doors::{BuildError, DoorError};
use crate::history::HistoryError;
use crate::prove::ProveError;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum CommandError {
    /// The author's mistakes; exit code 1.
    Author(Diagnostics),
    /// The command looked and found something wrong; exit code 1.
    Found(Failure),
    /// The command cannot run like this: arguments, a missing file, no server; exit code 2.
    Usage(Failure),
    /// The world failed: a file system, a connection; exit code 2.
    World(Failure),
}

/// A failure with the next action.
#[derive(Debug)]
pub struct Failure {
    /// What failed, as a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Why it failed.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure that only says what failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, source: None }
    }

    /// What an error says, with its reasons.
    pub fn of(error: &dyn Error) -> Self {
        let failure = Self::new(error.to_string());
        let mut reasons = Vec::new();
        let mut at = error.source();
        while let Some(reason) = at {
            reasons.push(reason.to_string());
            at = reason.source();
        }
        reasons.dedup();
        if reasons.is_empty() { failure } else { failure.source(reasons.join(": ")) }
    }

    /// With the next action.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With the reason.
    pub fn source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Returns the messages of the reasons, the nearest one first.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut cause: Option<&(dyn Error + 'static)> = self.source.as_deref().map(|source| source as _);
        while let Some(error) = cause {
            let text = error.to_string();
            // Many an error repeats the one it wraps.
            if causes.last().is_none_or(|last: &String| !last.ends_with(&text)) {
                causes.push(text);
            }
            cause = error.source();
        }
        causes
    }
}

impl From<HistoryError> for CommandError {
    fn from(error: HistoryError) -> Self {
        let world = matches!(error, HistoryError::Io { .. } | HistoryError::Busy | HistoryError::Changed);
        let help = error.help().map(Into::into);
        let source = Error::source(&error).map(|source| source.to_string().into());
        let failure = Failure { message: error.to_string(), help, source };
        if world { Self::World(failure) } else { Self::Found(failure) }
    }
}

impl From<ApplyError> for CommandError {
    fn from(error: ApplyError) -> Self {
        let world = matches!(error, ApplyError::Database { .. } | ApplyError::Locked { .. });
        let (message, help) = (error.to_string(), error.help());
        let source: Option<Box<dyn Error + Send + Sync>> = match error {
            ApplyError::Statement { source, .. }
            | ApplyError::LockTimeout { source, .. }
            | ApplyError::Database { source, .. } => Some(source.into()),
            ApplyError::Gate(source) => Some(source),
            _ => None,
        };
        let failure = Failure { message, help, source };
        if world { Self::World(failure) } else { Self::Found(failure) }
    }
}

impl From<DbError> for CommandError {
    fn from(error: DbError) -> Self {
        Self::World(Failure::new("the database refused").source(error))
    }
}

impl From<DoorError> for CommandError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Diagnostics(diagnostics) => Self::Author(diagnostics),
            DoorError::History(error) => error.into(),
            DoorError::Db(error) => error.into(),
            DoorError::Scratch(error) => Self::Usage(Failure::of(&error)),
            DoorError::File { .. } => Self::Usage(Failure::of(&error)),
            DoorError::Build(BuildError::Refused { ref sql, .. }) => {
                let help = format!("the statement was:\n{sql}");
                Self::Found(Failure::of(&error).help(help))
            }
            DoorError::Expand { .. } => Self::Found(
                Failure::of(&error).help("remove `strategy:`: the column is then renamed at once"),
            ),
            DoorError::Build(_) | DoorError::Read(_) | DoorError::Plan(_) => Self::Found(Failure::of(&error)),
        }
    }
}

impl From<ProveError> for CommandError {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Door(error) => error.into(),
            ProveError::Fails { ref sql, .. } => {
                let help = format!("the statement was:\n{sql}");
                Self::Found(Failure::of(&error).help(help))
            }
        }
    }
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Author(diagnostics)
    }
}

/// Hears how a command gets on; says nothing about what it found.
pub trait Progress {
    /// A stage begins, such as `starting a scratch server`; the one before it is over.
    fn stage(&self, name: &str);
    /// So many of the stage's steps are done.
    fn steps(&self, done: usize, of: usize);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str) {}
    fn steps(&self, _: usize, _: usize) {}
}

/// Whether a command writes files or only says which ones it would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Writes.
    Write,
    /// Compares.
    Check,
}

/// Fails where there is no such schema file; what is wrong inside it is for its reader to say.
pub(crate) fn exists(schema: &Path) -> Result<(), CommandError> {
    if schema.is_file() {
        return Ok(());
    }
    let failure = Failure::new(format!("there is no schema file `{}`", schema.display()));
    Err(CommandError::Usage(failure.help("name one, or run the command where `schema.yaml` is")))
}

/// Writes a file whole or not at all, unless it has this content already; returns whether it was different.
pub(crate) fn update(path: &Path, content: &str, mode: Mode) -> Result<bool, CommandError> {
    let io = |doing: &str, source: io::Error| {
        CommandError::World(Failure::new(format!("cannot {doing} `{}`", path.display())).source(source))
    };
    match fs::read(path) {
        Ok(current) if current == content.as_bytes() => return Ok(false),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(io("read", e)),
        _ => {}
    }
    if mode == Mode::Write {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.map_or_else(|| PathBuf::from("."), Path::to_owned);
        fs::create_dir_all(&parent).map_err(|e| io("create the directory of", e))?;
        let write = || {
            let mut file = tempfile::Builder::new().permissions_of_new_files().tempfile_in(&parent)?;
            io::Write::write_all(&mut file, content.as_bytes())?;
            file.persist(path).map_err(|e| e.error)
        };
        write().map_err(|e| io("write", e))?;
    }
    Ok(true)
}

trait NewFile {
    fn permissions_of_new_files(&mut self) -> &mut Self;
}

impl NewFile for tempfile::Builder<'_, '_> {
    /// Readable by others as far as the umask lets them; a temporary file is private otherwise.
    #[cfg(unix)]
    fn permissions_of_new_files(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        self.permissions(fs::Permissions::from_mode(0o666))
    }

    #[cfg(not(unix))]
    fn permissions_of_new_files(&mut self) -> &mut Self {
        self
    }
}
