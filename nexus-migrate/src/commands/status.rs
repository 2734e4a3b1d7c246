//! `nexus status`: what a database has of a migrations directory.

use std::path::PathBuf;

use crate::apply::{self, Status};
use crate::db::Session;

use super::{CommandError, Failure};

/// What to compare.
#[derive(Debug, Clone)]
pub struct StatusArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
}

/// Compares ledger and directory; contradictions are the result and no failure.
pub async fn status(args: &StatusArgs) -> Result<Status, CommandError> {
    let history = super::apply::open(&args.dir)?;
    let url = super::apply::url(args.database_url.as_deref())?;
    let mut session = Session::connect(url).await.map_err(|source| {
        CommandError::World(Failure::new("cannot connect to the database").source(source))
    })?;
    Ok(apply::status(&mut session, &history).await?)
}
