//! What the commands take that begin, order and shorten a history.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The database whose state is the beginning
    #[arg(long, value_name = "URL")]
    pub(super) from: Option<String>,
    /// The name of the database; asked for on a terminal
    #[arg(long)]
    pub(super) name: Option<String>,
    /// The major version of PostgreSQL; asked for on a terminal
    #[arg(long, value_name = "MAJOR", conflicts_with = "from")]
    pub(super) postgres: Option<u32>,
    /// The schema file to write
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// The migrations directory to write
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// Tables whose rows belong to the schema
    #[arg(long, value_name = "TABLE", value_delimiter = ',', requires = "from")]
    pub(super) seeds: Vec<String>,
    /// Record in the database's ledger that it has the first migration
    #[arg(long, requires = "from")]
    pub(super) record: bool,
}

#[derive(Debug, Args)]
pub(super) struct Rebase {
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// The schema file, merged
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// The newest migration of the branch that stays as it is; that of nexus.sum, or else the older one, if absent
    #[arg(long, value_name = "VERSION")]
    pub(super) onto: Option<i64>,
}

#[derive(Debug, Args)]
pub(super) struct Squash {
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// The newest migration to take in; all if absent
    #[arg(long, value_name = "VERSION")]
    pub(super) to: Option<i64>,
}

#[derive(Debug, Args)]
pub(super) struct Blame {
    /// `table`, `table.column` or `schema.table.column`
    pub(super) object: String,
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
}
