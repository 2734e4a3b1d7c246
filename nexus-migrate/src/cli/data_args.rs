//! The command line of `nexus data`, and how its results look.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::progress::Spinner;
use super::show::{FINE, FOUND};
use super::terminal::Terminal;
use crate::commands::CommandError;
use crate::commands::data::{self, DataArgs, Do, Erased, Report};
use crate::data::{Due, Regime, Verdict};

#[derive(Debug, Args)]
pub(super) struct Data {
    #[command(subcommand)]
    pub(super) what: What,
}

#[derive(Debug, Args)]
pub(super) struct Source {
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    schema: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct There {
    #[command(flatten)]
    source: Source,
    /// The database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// List the columns that hold personal or sensitive data, as Markdown
    Inventory(Source),
    /// Print all that is of a person, as JSON
    Export {
        #[command(flatten)]
        there: There,
        /// The person: a table and a key, such as `users:7`
        #[arg(long, value_name = "TABLE:KEY")]
        subject: String,
    },
    /// Erase a person; says what it would do unless --apply is given
    Erase {
        #[command(flatten)]
        there: There,
        /// The person: a table and a key, such as `users:7`
        #[arg(long, value_name = "TABLE:KEY")]
        subject: String,
        /// Do it
        #[arg(long)]
        apply: bool,
        /// Print the statements instead
        #[arg(long, conflicts_with = "apply")]
        sql: bool,
    },
    /// Count what may be kept no longer, and take it away with --apply
    Retention {
        #[command(flatten)]
        there: There,
        /// Do it
        #[arg(long)]
        apply: bool,
    },
    /// Say what the schema shows of a set of rules, and what it cannot show
    Report {
        #[command(flatten)]
        source: Source,
        /// The set
        #[arg(long, value_enum)]
        set: Set,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Set {
    /// Personal data in the European Union
    Gdpr,
    /// Financial data
    Sox,
    /// Health data
    Hipaa,
}

/// Runs one of the commands and prints what it found.
pub(super) async fn run(
    args: Data,
    dev_url: Option<String>,
    terminal: &Terminal,
    spinner: &Spinner,
) -> Result<u8, CommandError> {
    let from = |source: Source, database_url| DataArgs { schema: source.schema, database_url, dev_url };
    match args.what {
        What::Inventory(source) => {
            let inventory = data::inventory(&from(source, None))?;
            match terminal.json {
                true => terminal.value(&json!(inventory.held))?,
                false => terminal.data(&inventory.markdown)?,
            }
            Ok(FINE)
        }
        What::Export { there, subject } => {
            let exported = data::export(&from(there.source, there.database_url), &subject).await?;
            terminal.value(&exported)?;
            Ok(FINE)
        }
        What::Erase { there, subject, apply, sql } => {
            let args = from(there.source, there.database_url);
            let erased = data::erase(&args, &subject, what(apply), spinner).await;
            spinner.clear();
            erased_shown(terminal, &erased?, sql)
        }
        What::Retention { there, apply } => {
            let due = data::retention(&from(there.source, there.database_url), what(apply)).await?;
            due_shown(terminal, &due, apply)
        }
        What::Report { source, set } => {
            let regime = match set {
                Set::Gdpr => Regime::Gdpr,
                Set::Sox => Regime::Sox,
                Set::Hipaa => Regime::Hipaa,
            };
            let report = data::report(&from(source, None), regime, spinner).await;
            spinner.clear();
            report_shown(terminal, &report?)
        }
    }
}

fn what(apply: bool) -> Do {
    if apply { Do::Apply } else { Do::Look }
}

fn erased_shown(terminal: &Terminal, erased: &Erased, sql: bool) -> Result<u8, CommandError> {
    let Erased { plan, script, canaries, rows, done } = erased;
    let code = if canaries.holds() { FINE } else { FOUND };
    if terminal.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(table, goes, stays)| json!({ "table": table, "deleted": goes, "anonymised": stays }))
            .collect();
        let value = json!({ "plan": plan, "script": script, "proof": canaries, "holds": canaries.holds(),
            "rows": rows, "done": done });
        terminal.value(&value)?;
        return Ok(code);
    }
    if sql {
        terminal.data(script)?;
        return Ok(code);
    }
    let mut out: String = plan.iter().map(|line| format!("{line}\n")).collect();
    let verdict = if canaries.holds() { "proved" } else { "FAILED" };
    let _ = writeln!(
        out,
        "{verdict} on {}: canaries in {} columns stood in {} rows before and {} after; {} of {} rows of others lost",
        canaries.server, canaries.columns, canaries.before, canaries.after, canaries.lost, canaries.others
    );
    for (word, lines) in [("left in", &canaries.left), ("not tried:", &canaries.untried)] {
        for line in lines {
            let _ = writeln!(out, "  {word} {line}");
        }
    }
    let (goes, stays) = if *done { ("deleted", "anonymised") } else { ("to delete", "to anonymise") };
    for (table, gone, kept) in rows {
        let _ = writeln!(out, "{table}: {gone} rows {goes}, {kept} {stays}");
    }
    terminal.data(&out)?;
    if canaries.holds() && !done {
        terminal.note("nothing is erased: --apply does it");
    }
    Ok(code)
}

fn due_shown(terminal: &Terminal, due: &[Due], apply: bool) -> Result<u8, CommandError> {
    let open = due.iter().any(|it| it.rows > it.done);
    let code = if open { FOUND } else { FINE };
    if terminal.json {
        terminal.value(&json!(due))?;
        return Ok(code);
    }
    let mut out = String::new();
    for it in due {
        let Due { column, kept, takes, rows, done, partitions } = it;
        let _ = match apply {
            true => writeln!(out, "{column}: {done} of {rows} {takes} kept longer than {kept} are gone"),
            false => writeln!(out, "{column}: {rows} {takes} are kept longer than {kept}"),
        };
        for statements in partitions {
            let _ = writeln!(out, "{statements};");
        }
    }
    terminal.data(&out)?;
    Ok(code)
}

fn report_shown(terminal: &Terminal, report: &Report) -> Result<u8, CommandError> {
    let Report { regime, checks } = report;
    let fails = checks.iter().any(|check| check.verdict == Verdict::Fails);
    let code = if fails { FOUND } else { FINE };
    if terminal.json {
        let value =
            json!({ "set": regime, "holds": !fails, "checks": checks, "unchecked": regime.unchecked() });
        terminal.value(&value)?;
        return Ok(code);
    }
    let mut out = String::new();
    for check in checks {
        let word = if check.verdict == Verdict::Holds { "holds" } else { "FAILS" };
        let _ = writeln!(out, "{word}: {}", check.what);
        for place in &check.where_ {
            let _ = writeln!(out, "  {place}");
        }
    }
    for what in regime.unchecked() {
        let _ = writeln!(out, "not checked: {what}");
    }
    terminal.data(&out)?;
    Ok(code)
}
