//! `nexus access`: whether roles can do what the schema file says, and nothing else.

use std::path::PathBuf;

use nexus_schema::document;

use super::{CommandError, Failure, Progress};
use crate::access::{self, Matrix};
use crate::db::{ScratchOptions, Session};
use crate::doors::Bench;

/// What to look at.
#[derive(Debug, Clone)]
pub struct AccessArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// A database to ask; everything is tried on scratch if absent.
    pub database_url: Option<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// Compares what is declared with what a server lets happen: on scratch by doing it, in a database by asking.
pub async fn access(args: &AccessArgs, progress: &dyn Progress) -> Result<Matrix, CommandError> {
    super::exists(&args.schema)?;
    let (declared, _) = document::load(&args.schema)?;
    if let Some(url) = &args.database_url {
        let mut session = Session::connect(url).await.map_err(|source| {
            CommandError::World(Failure::new("cannot connect to the database").source(source))
        })?;
        progress.stage("asking the database");
        return Ok(access::look(&mut session, &declared).await?);
    }
    progress.stage("trying everything as every role on scratch");
    let mut bench = Bench::new(ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: declared.database.postgres,
        ..ScratchOptions::default()
    });
    let matrix = access::attempt(&mut bench, &declared).await;
    bench.stop().await;
    Ok(matrix?)
}
