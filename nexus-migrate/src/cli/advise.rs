//! The command line of `nexus advise`.

use std::path::PathBuf;

use clap::Args;

use super::args::CheckFormat;
use super::findings;
use super::progress::Spinner;
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::advise::{self, AdviseArgs};

#[derive(Debug, Args)]
pub(super) struct Advise {
    /// The database
    #[arg(long, visible_alias = "url", env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// The schema file, whose places are told; `schema.yaml` if it is there
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// After how many days an index that nobody has used counts as unused
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// A file of queries to find indexes for, with $1 for what differs
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// Take a finding on purpose: a code, of everything or of what is named
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<String>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    format: CheckFormat,
}

/// Runs the command and prints what it found.
pub(super) async fn run(
    args: Advise,
    dev_url: Option<String>,
    terminal: &Terminal,
    spinner: &Spinner,
) -> Result<u8, CommandError> {
    let Advise { database_url, schema, days, queries, allow, format } = args;
    let advised =
        advise::advise(&AdviseArgs { database_url, schema, days, queries, dev_url, allow }, spinner).await;
    spinner.clear();
    findings::advised(terminal, format, &advised?)
}
