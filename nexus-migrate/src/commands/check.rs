//! `nexus check`: reads a schema file and says what is wrong with it.

use std::path::PathBuf;

use nexus_schema::diagnostic::Diagnostics;
use nexus_schema::document;

use super::CommandError;

/// What to check.
#[derive(Debug, Clone)]
pub struct CheckArgs {
    /// The schema file.
    pub schema: PathBuf,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Mistakes and warnings; empty where there are none.
    pub diagnostics: Diagnostics,
    /// How many objects the schema declares; `None` where nothing could be made of it.
    pub objects: Option<usize>,
}

/// Checks a schema file; mistakes are the result and no failure.
pub fn check(args: &CheckArgs) -> Result<Checked, CommandError> {
    super::exists(&args.schema)?;
    Ok(match document::load(&args.schema) {
        Ok((declared, diagnostics)) => Checked { diagnostics, objects: Some(declared.catalog.len()) },
        Err(diagnostics) => Checked { diagnostics, objects: None },
    })
}
