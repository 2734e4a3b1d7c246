//! What can be wrong with a migrations directory, each with its next action.

use std::io;
use std::path::PathBuf;

use nexus_schema::catalog::ReadLinesError;

/// A migrations directory cannot be trusted, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// A file's content is not what `nexus.sum` recorded.
    #[error("`{file}` was edited after it was written")]
    Edited {
        /// The file's name within the directory.
        file: String,
    },
    /// `nexus.sum` records a file that is not there.
    #[error("`{file}` is missing")]
    Missing {
        /// The file's name within the directory.
        file: String,
    },
    /// A file lies in the directory that `nexus.sum` does not record.
    #[error("`{file}` is not part of the history")]
    Unknown {
        /// The file's name within the directory.
        file: String,
    },
    /// A line of `nexus.sum` does not follow from the lines before it.
    #[error("line {line} of `nexus.sum` does not follow from the lines before it")]
    ChainBroken {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two branches were written after the same migration.
    #[error("branches meet here: {} were both written after {}", list(.heads), after.map_or("nothing".into(), |v| v.to_string()))]
    Branches {
        /// The newest version that they have in common.
        after: Option<i64>,
        /// The newest version of each.
        heads: Vec<i64>,
    },
    /// There are migrations, but no `nexus.sum`.
    #[error("`nexus.sum` is missing beside `{file}`")]
    NoSum {
        /// The first migration that nothing vouches for.
        file: String,
    },
    /// Two migrations have the same version.
    #[error("version {version} has two migrations, `{first}` and `{second}`")]
    DuplicateVersion {
        /// The version.
        version: i64,
        /// The name of the one.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// A down file has no up file.
    #[error("`{file}` has no up file")]
    DownWithoutUp {
        /// The down file's name.
        file: String,
    },
    /// A file name is not that of a migration.
    #[error("`{file}` is not the name of a migration")]
    Name {
        /// The name.
        file: String,
    },
    /// A file that must be text is not UTF-8.
    #[error("`{file}` is not UTF-8 text")]
    NotText {
        /// The file's name within the directory.
        file: String,
    },
    /// A migration to append does not come after the newest one.
    #[error("version {version} does not come after {newest}, the newest one")]
    NotNewest {
        /// The version to append.
        version: i64,
        /// The newest version in the directory.
        newest: i64,
    },
    /// The header of `nexus.lock` cannot be read.
    #[error("the first line of `nexus.lock` is not a snapshot header")]
    SnapshotHeader(#[source] serde_json::Error),
    /// `nexus.lock` is of a format that this version does not know.
    #[error("`nexus.lock` has format {format}; this version reads format {known}")]
    SnapshotFormat {
        /// The format of the file.
        format: u32,
        /// The format this version reads.
        known: u32,
    },
    /// The objects of `nexus.lock` cannot be read.
    #[error("`nexus.lock` cannot be read")]
    Snapshot(#[from] ReadLinesError),
    /// `nexus.lock` holds the state after another migration than the newest.
    #[error("`nexus.lock` is the state after version {version}, not after {newest}, the newest one")]
    SnapshotOfAnother {
        /// The version `nexus.lock` names.
        version: i64,
        /// The newest version in the directory.
        newest: i64,
    },
    /// The directory changed between reading it and writing to it.
    #[error("the migrations directory changed while it was in use")]
    Changed,
    /// Another process is writing to the directory.
    #[error("another process is writing to the migrations directory")]
    Busy,
    /// The file system refused.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `write`, and so on.
        doing: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl HistoryError {
    /// Returns what the reader can do about it, where there is something.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Edited { .. } | Self::Missing { .. } | Self::ChainBroken { .. } | Self::NoSum { .. } => {
                "restore the directory from version control; to change the schema further, edit the schema \
                 file and run `nexus generate`"
            }
            Self::Branches { .. } => "`nexus rebase` puts one after the other and proves both orders",
            Self::Unknown { .. } => "take the file out of the directory; `nexus generate` writes migrations",
            Self::DuplicateVersion { .. } => {
                "keep one of the two; `nexus generate` writes the other one anew"
            }
            Self::DownWithoutUp { .. } => "restore the up file from version control, or remove the down file",
            Self::Name { .. } => {
                "migrations are called `<version>_<name>.up.sql` and `<version>_<name>.down.sql`; \
                 a name has letters, digits, `_` and `-`"
            }
            Self::Changed | Self::Busy => "run the command again",
            Self::SnapshotFormat { .. } => "use the version of nexus that wrote the file, or a newer one",
            Self::SnapshotHeader(_) | Self::Snapshot(_) | Self::SnapshotOfAnother { .. } => {
                "restore `nexus.lock` from version control"
            }
            Self::NotText { .. } | Self::NotNewest { .. } | Self::Io { .. } => return None,
        })
    }

    pub(super) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}

fn list(heads: &[i64]) -> String {
    heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
