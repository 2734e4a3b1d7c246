//! What the commands that touch a database take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct Target {
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    pub(super) dir: PathBuf,
    /// The database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(super) database_url: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) target: Target,
    /// Only say what is pending
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The newest migration to apply
    #[arg(long, value_name = "VERSION")]
    pub(super) to: Option<i64>,
    /// Go on although the database is not as its migrations made it
    #[arg(long)]
    pub(super) allow_drift: bool,
    /// Apply to all databases or schemas that a file names
    #[arg(long, value_name = "FILE")]
    pub(super) fleet: Option<PathBuf>,
    /// Do not look for rows that a migration would refuse before it begins
    #[arg(long)]
    pub(super) no_prechecks: bool,
    /// Before the first statement, back up the tables that something is taken from to a folder there
    #[arg(long, value_name = "DIR", conflicts_with = "fleet")]
    pub(super) backup: Option<PathBuf>,
    #[command(flatten)]
    pub(super) limits: Limits,
    /// What became of a statement without a transaction whose run was killed, where the catalog cannot tell
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) interrupted: Option<Interrupted>,
}

#[derive(Debug, Args)]
pub(super) struct Rollback {
    #[command(flatten)]
    pub(super) target: Target,
    /// The newest migration that stays; 0 takes everything back
    #[arg(long, value_name = "VERSION")]
    pub(super) to: i64,
    /// Only say what would be taken back
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) limits: Limits,
    /// What became of a statement without a transaction whose run was killed, where the catalog cannot tell
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) interrupted: Option<Interrupted>,
}

#[derive(Debug, Args)]
pub(super) struct Limits {
    /// How long a statement may wait for a table's lock before its file is rolled back and tried again; by the
    /// measured locks if absent
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(super) lock_timeout: Option<u32>,
    /// How often such a file is tried again; by the measured locks if absent
    #[arg(long, value_name = "N")]
    pub(super) retries: Option<u32>,
    /// How long a statement of a file with a transaction may run
    #[arg(long, value_name = "SECONDS")]
    pub(super) statement_timeout: Option<u32>,
    /// How long to try while another run migrates the same database
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(super) lock_wait: u32,
    /// Backfills wait while a replica is so far behind
    #[arg(long, default_value_t = 64, value_name = "MIB")]
    pub(super) max_lag: u32,
    /// Backfills wait while more sessions are active
    #[arg(long, value_name = "N")]
    pub(super) max_active: Option<u32>,
    /// Print what happens as it happens, one JSON object a line, and the result last
    #[arg(long)]
    pub(super) events: bool,
}

#[derive(Debug, Args)]
pub(super) struct Resolve {
    /// The migration
    #[arg(value_name = "VERSION", id = "migration")]
    pub(super) version: i64,
    #[command(flatten)]
    pub(super) target: Target,
    #[command(flatten)]
    pub(super) how: How,
    /// Record it although the database is not as it would be after the migration
    #[arg(long)]
    pub(super) allow_drift: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct How {
    /// It took effect: put it into the ledger
    #[arg(long)]
    pub(super) applied: bool,
    /// It did not take effect, or no longer: take it out of the ledger
    #[arg(long)]
    pub(super) not_applied: bool,
    /// What is applied is as good as the edited file: record the file
    #[arg(long)]
    pub(super) accept: bool,
}

#[derive(Debug, Args)]
pub(super) struct Drift {
    #[command(flatten)]
    pub(super) target: Target,
    /// How to print what differs
    #[arg(long, value_enum, default_value_t = DriftFormat::Human)]
    pub(super) format: DriftFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DriftFormat {
    /// What happened to the database, a step a line
    Human,
    /// SQL that takes it back
    Sql,
    /// Objects
    Json,
    /// For reviews
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Interrupted {
    /// It took effect: record it
    Done,
    /// It did not: run it again
    Again,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) target: Target,
    /// How to print it
    #[arg(long, value_enum, default_value_t = StatusFormat::Human)]
    pub(super) format: StatusFormat,
    /// Exit with 1 if anything is pending, too
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusFormat {
    /// A line a migration
    Human,
    /// Objects
    Json,
    /// For job summaries
    Markdown,
}
