//! Why there is no scratch server, and what to do about it.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use crate::db::error::DbError;

/// Why no scratch server could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScratchError {
    /// Nothing usable was found.
    #[error(
        "no scratch server: {tried}; give a server with `--dev-url` or NEXUS_DEV_URL, install PostgreSQL{wanted}, \
         or name its folder of programs in NEXUS_PGBIN"
    )]
    Missing {
        /// What was tried, and why it was not to be.
        tried: String,
        /// The wanted major with a space before it, or nothing.
        wanted: String,
    },
    /// The development server cannot be used.
    #[error("cannot use the development server {url}: {source}; {advice}")]
    Url {
        /// Its URL, redacted.
        url: String,
        /// The reason.
        source: Box<DbError>,
        /// What to do about it.
        advice: &'static str,
    },
    /// The development server is too old.
    #[error(
        "the development server {url} is PostgreSQL {version}, and 15 is the oldest that is supported; give another one \
         with `--dev-url` or NEXUS_DEV_URL"
    )]
    TooOld {
        /// Its URL, redacted.
        url: String,
        /// Its version.
        version: String,
    },
    /// A native server was found and could not be started.
    #[error("PostgreSQL {version} in {bin} does not start: {reason}")]
    Native {
        /// Its version.
        version: String,
        /// The folder of its programs.
        bin: PathBuf,
        /// The reason, with the end of the server's log if there is one.
        reason: String,
    },
    /// The embedded server could not be started.
    #[error("the embedded server does not start: {0}")]
    Embedded(String),
    /// A folder for the server's files could not be made.
    #[error("cannot make a temporary folder in {path}: {source}")]
    Folder {
        /// Where.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// The candidates that came to nothing.
pub(super) struct Tried {
    wanted: Option<u32>,
    notes: Vec<String>,
}

impl Tried {
    pub(super) fn new(wanted: Option<u32>) -> Self {
        Self { wanted, notes: Vec::new() }
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(super) fn failed(&mut self, error: &ScratchError) {
        self.note(error.to_string());
    }

    pub(super) fn into_error(mut self) -> ScratchError {
        if self.notes.is_empty() {
            self.note("no server was found on this machine".to_owned());
        }
        let mut wanted = String::new();
        if let Some(major) = self.wanted {
            // Writing to a string cannot fail.
            let _ = write!(wanted, " {major}");
        }
        ScratchError::Missing { tried: self.notes.join("; "), wanted }
    }
}
