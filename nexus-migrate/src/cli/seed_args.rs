//! The command line of `nexus seed`, and how its results look.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::progress::Spinner;
use super::show::{FINE, FOUND};
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::fake::{self, FakeArgs, Into};
use crate::commands::seed::{self, SeedArgs, Seeded};
use crate::fake::Faked;

#[derive(Debug, Args)]
pub(super) struct Seed {
    /// The environment whose rows to write: those under `only: [NAME]`
    #[arg(long, value_name = "NAME", required_unless_present = "fake", conflicts_with = "fake")]
    env: Option<String>,
    /// Make up so many rows for each table
    #[arg(long, value_name = "ROWS")]
    fake: Option<u64>,
    /// A table to make rows for, with those that it refers to; all if absent
    #[arg(long, value_name = "TABLE", requires = "fake")]
    table: Vec<String>,
    /// What the rows are made from: the same number gives the same rows
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "fake")]
    seed: u64,
    /// The database may have rows of its own
    #[arg(long, requires = "fake")]
    yes: bool,
    /// Write a CSV file for each table to a folder, and nothing to a database
    #[arg(long, value_name = "DIR", requires = "fake", conflicts_with = "dry_run")]
    csv: Option<PathBuf>,
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    schema: PathBuf,
    /// The database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Print the statements and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command and prints what it did.
pub(super) async fn run(
    args: Seed,
    dev_url: Option<String>,
    terminal: &Terminal,
    spinner: &Spinner,
) -> Result<u8, CommandError> {
    let Seed { env, fake, table, seed, yes, csv, schema, database_url, dry_run } = args;
    if let Some(rows) = fake {
        let into = match csv {
            Some(folder) => Into::Csv(folder),
            None if dry_run => Into::Sql,
            None => Into::Database { url: database_url, whatever_is_there: yes },
        };
        let args = FakeArgs { schema, rows, tables: table, seed, into, dev_url };
        let made = fake::fake(&args, spinner).await;
        spinner.clear();
        return faked(terminal, &args, &made?);
    }
    let args = SeedArgs { schema, environment: env.unwrap_or_default(), database_url, dry_run, dev_url };
    let seeded = seed::seed(&args, spinner).await;
    spinner.clear();
    let Seeded { rows, new, changed, gone, kept, plan, server } = seeded?;
    if terminal.json {
        terminal
            .value(&json!({ "environment": args.environment, "rows": rows, "new": new, "changed": changed,
            "gone": gone, "kept": kept, "written": !dry_run, "proved_on": server }))?;
        return Ok(FINE);
    }
    if dry_run {
        terminal.data(&plan.to_sql())?;
    }
    for rows in kept {
        terminal.warn(&format!("left as it is: {rows}"));
    }
    let rows = format!("{rows} rows for {}: {new} new, {changed} changed, {gone} gone", args.environment);
    terminal.note(&if dry_run { format!("{rows}; nothing was written") } else { rows });
    Ok(FINE)
}

fn faked(terminal: &Terminal, args: &FakeArgs, made: &[Faked]) -> Result<u8, CommandError> {
    let few = made.iter().any(|faked| faked.rows == 0 && args.rows > 0);
    let code = if few { FOUND } else { FINE };
    if terminal.json {
        let tables = made.iter().map(|faked| {
            json!({ "table": faked.table.path().join("."), "rows": faked.rows, "reason": faked.reason })
        });
        terminal.value(&json!({ "seed": args.seed, "tables": tables.collect::<Vec<_>>() }))?;
        return Ok(code);
    }
    let mut out = String::new();
    if matches!(args.into, Into::Sql) {
        for statement in made.iter().flat_map(|faked| &faked.statements) {
            let _ = writeln!(out, "{statement};");
        }
    } else {
        for Faked { table, rows, .. } in made {
            let _ = writeln!(out, "{}: {rows} rows", table.path().join("."));
        }
    }
    terminal.data(&out)?;
    for Faked { table, rows, reason, .. } in made {
        if let Some(reason) = reason {
            terminal.warn(&format!("{} has {rows} rows and no more: {reason}", table.path().join(".")));
        }
    }
    Ok(code)
}
