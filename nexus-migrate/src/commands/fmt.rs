//! `nexus fmt`: schema files in their one canonical form.

use std::fs;
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

/// Formats schema files, all or none; returns those whose text was not canonical.
pub fn fmt(args: &FmtArgs) -> Result<Vec<PathBuf>, CommandError> {
    let mut formatted = Vec::new();
    for file in &args.files {
        super::exists(file)?;
        let text = fs::read_to_string(file).map_err(|e| {
            CommandError::World(Failure::new(format!("cannot read `{}`", file.display())).source(e))
        })?;
        formatted.push((file, nexus_schema::fmt::format(&text)?));
    }
    let mut changed = Vec::new();
    for (file, text) in formatted {
        if super::update(file, &text, args.mode)? {
            changed.push(file.clone());
        }
    }
    Ok(changed)
}
