//! `nexus resolve`: tells the ledger what only a person knows of a migration.

use std::path::PathBuf;

use crate::apply::{self, Gate, Named, Options, Resolution};

use super::CommandError;
use super::apply::{open, url};
use super::drift::DriftGate;

/// What to say of which migration.
#[derive(Debug, Clone)]
pub struct ResolveArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// The migration.
    pub version: i64,
    /// What is the case with it.
    pub how: Resolution,
    /// Whether the database may be in another state than it would be after the migration.
    pub allow_drift: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// Writes it into the ledger; returns the migration.
pub async fn resolve(args: &ResolveArgs) -> Result<Named, CommandError> {
    let history = open(&args.dir)?;
    let url = url(args.database_url.as_deref())?;
    let mut gate = DriftGate::new(args.dev_url.clone());
    let gate: Option<&mut dyn Gate> = if args.allow_drift { None } else { Some(&mut gate) };
    let options = Options::default();
    Ok(apply::resolve(url, &history, args.version, args.how, &options, gate, &mut |_| {}).await?)
}
