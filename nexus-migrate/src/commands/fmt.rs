//! `nexus fmt`: schema files in their one canonical form.

use std::path::PathBuf;

use super::{CommandError, Failure, Mode};

/// What to format.
#[derive(Debug, Clone)]
pub struct FmtArgs {
    /// The schema files.
    pub files: Vec<PathBuf>,
    /// Whether to write them.
    pub mode: Mode,
}

/// Formats schema files; returns those whose text was not canonical.
pub fn fmt(args: &FmtArgs) -> Result<Vec<PathBuf>, CommandError> {
    let FmtArgs { files: _, mode: _ } = args;
    Err(CommandError::Usage(Failure::new("this build cannot print schema files")))
}
