//! `nexus models`: Rust source for a schema file, and what sqlx has to be told of it.

use std::path::PathBuf;

use nexus_schema::codegen::{self, Options};
use nexus_schema::document::{self, Declared};

use super::{CommandError, Mode};

/// What to generate from, and where to.
#[derive(Debug, Clone)]
pub struct ModelsArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The Rust file; `None` to return the source only.
    pub output: Option<PathBuf>,
    /// Whether to write it.
    pub mode: Mode,
    /// The module of the models, such as `crate::models`, where the file is to be `sqlx.toml`.
    pub sqlx_toml: Option<String>,
}

/// What was generated.
#[derive(Debug, Clone)]
pub struct Models {
    /// The source.
    pub source: String,
    /// Whether the file had another content, or none.
    pub stale: bool,
}

/// The Rust source for a schema.
pub(super) fn source(declared: &Declared) -> Result<String, CommandError> {
    let source = codegen::source(declared, &Options::default());
    source.map_err(|problems| CommandError::Author(problems.diagnostics(declared)))
}

/// Generates models; writes the file where its content would change.
pub fn models(args: &ModelsArgs) -> Result<Models, CommandError> {
    super::exists(&args.schema)?;
    let (declared, _) = document::load(&args.schema)?;
    let source = match &args.sqlx_toml {
        None => source(&declared)?,
        Some(module) => codegen::sqlx_toml(&declared, module)
            .map_err(|problems| CommandError::Author(problems.diagnostics(&declared)))?,
    };
    let stale = match &args.output {
        Some(path) => super::update(path, &source, args.mode)?,
        None => false,
    };
    Ok(Models { source, stale })
}
