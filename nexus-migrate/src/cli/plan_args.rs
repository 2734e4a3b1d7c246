//! What the commands take that plan and prove.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The door to start from
    #[arg(long, value_name = "DOOR")]
    pub(super) from: String,
    /// The door to arrive at
    #[arg(long, value_name = "DOOR")]
    pub(super) to: String,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = DiffFormat::Sql)]
    pub(super) format: DiffFormat,
    /// Exit with 2 if the plan is not empty
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Plan for a database that nobody uses: fewer statements, which may lock tables for long
    #[arg(long)]
    pub(super) plain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// SQL that psql can run
    Sql,
    /// A list of steps
    Human,
    /// Objects
    Json,
    /// For reviews
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The door to read
    #[arg(long, value_name = "DOOR")]
    pub(super) from: String,
    /// The schema file; printed if absent
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub(super) force: bool,
    /// The name of the database in the file; `app` if absent and the door has none
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Tables of a live database whose rows belong to the schema
    #[arg(long, value_name = "TABLE", value_delimiter = ',')]
    pub(super) seeds: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Generate {
    /// The migration's name; made from what it does if absent
    #[arg(long, short)]
    pub(super) name: Option<String>,
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    pub(super) schema: PathBuf,
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// Take a hazard on purpose: data-loss, long-block or over-budget, of everything or of what is named
    #[arg(long, value_name = "HAZARD[:OBJECT]")]
    pub(super) allow: Vec<String>,
    /// Write nothing; exit with 1 if a migration is due or the models are stale
    #[arg(long)]
    pub(super) check: bool,
    /// Plan for a database that nobody uses: fewer files, which may lock tables for long
    #[arg(long)]
    pub(super) plain: bool,
    /// Take away the columns that live on beside others by `strategy: expand_contract`
    #[arg(long)]
    pub(super) contract: bool,
    /// Build and prove the whole schema, also where a part of it bounds what the change can touch
    #[arg(long)]
    pub(super) whole: bool,
    /// Say what was done and what is left to do, as on a terminal
    #[arg(long)]
    pub(super) checklist: bool,
    /// Write the Rust models there too
    #[arg(long, value_name = "FILE")]
    pub(super) models: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Prove {
    /// The door to start from; the history is proved if absent
    #[arg(long, value_name = "DOOR", requires = "to")]
    pub(super) from: Option<String>,
    /// The door to arrive at
    #[arg(long, value_name = "DOOR", requires = "from")]
    pub(super) to: Option<String>,
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// Take a hazard of the way to a schema file on purpose, such as over-budget:users
    #[arg(long, value_name = "HAZARD[:OBJECT]", requires = "to")]
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Access {
    /// The schema file
    #[arg(default_value = "schema.yaml")]
    pub(super) schema: PathBuf,
    /// A database to ask, instead of trying on scratch
    #[arg(long, value_name = "URL")]
    pub(super) database_url: Option<String>,
}
