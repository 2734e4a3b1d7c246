//! The command line of `nexus backup`, and how its result looks.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::apply_args::Target;
use super::progress::Spinner;
use super::show::FINE;
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::backup::{self, Backup, BackupArgs};

#[derive(Debug, Args)]
pub(super) struct BackupOptions {
    #[command(flatten)]
    target: Target,
    /// The folder in which each backup gets a folder
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// The tables; those that pending migrations take something from if absent
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
}

/// Runs the command and prints what it found.
pub(super) async fn run(
    args: BackupOptions,
    dev_url: Option<String>,
    terminal: &Terminal,
    spinner: &Spinner,
) -> Result<u8, CommandError> {
    let BackupOptions { target: Target { dir, database_url }, output, tables } = args;
    let args = BackupArgs { dir, database_url, output, tables, dev_url };
    let taken = backup::backup(&args, spinner).await;
    spinner.clear();
    let taken = taken?;
    if terminal.json {
        terminal.value(&json!(taken))?;
    } else if let Some(Backup { folder, .. }) = &taken {
        terminal.data(&format!("{}\n", folder.display()))?;
    }
    match &taken {
        Some(backup) => told(terminal, backup),
        None => terminal.note("no pending migration takes anything from a table that is there"),
    }
    Ok(FINE)
}

/// Says what a backup holds.
pub(super) fn told(terminal: &Terminal, backup: &Backup) {
    let Backup { folder, tables, restored_on, .. } = backup;
    let rows: u64 = tables.iter().map(|table| table.rows).sum();
    let names: Vec<_> = tables.iter().map(|table| table.table.path().join(".")).collect();
    terminal.note(&format!(
        "backed up {rows} rows of {} to `{}`, and restored them on {restored_on}",
        names.join(", "),
        folder.display()
    ));
}
