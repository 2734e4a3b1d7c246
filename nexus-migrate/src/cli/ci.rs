//! `nexus ci` on the command line: what it takes, and how its report looks.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::redact::Redactor;
use super::show::{self, FINE, FOUND, NOT_RUN};
use super::terminal::Terminal;
use crate::commands::ci::{CiArgs, CiReport, Verdict};
use crate::commands::{CommandError, Mode, update};

#[derive(Debug, Args)]
pub(super) struct Ci {
    /// The schema file
    #[arg(long, default_value = "schema.yaml", value_name = "FILE")]
    schema: PathBuf,
    /// The migrations directory
    #[arg(long, default_value = "migrations")]
    dir: PathBuf,
    /// The Rust models, where they are kept in the repository
    #[arg(long, value_name = "FILE")]
    models: Option<PathBuf>,
    /// The documents, where they are kept in the repository
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
    /// An SQL file that others wrote, to be measured on the newest state
    #[arg(long, value_name = "FILE")]
    sql: Vec<PathBuf>,
    /// Measure the migrations after this one; those the database lacks, or the newest, if absent
    #[arg(long, value_name = "VERSION")]
    since: Option<i64>,
    /// The database to look at for drift
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// A file of known findings, which pass
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings of now to the file of known ones
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write the summary there too, as Markdown
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for each check, then the findings
    Human,
    /// A comment for a review
    Markdown,
    /// Checks and findings as objects
    Json,
    /// A SARIF 2.1.0 log of the findings
    Sarif,
    /// The findings as GitHub workflow commands
    Github,
    /// The findings as a GitLab code quality report
    Gitlab,
}

impl Ci {
    pub(super) fn args(&self, dev_url: Option<String>) -> CiArgs {
        let Self { schema, dir, models, docs, sql, since, database_url, baseline, .. } = self;
        CiArgs {
            schema: schema.clone(),
            dir: dir.clone(),
            models: models.clone(),
            docs: docs.clone(),
            sql: sql.clone(),
            since: *since,
            database_url: database_url.clone().filter(|url| !url.is_empty()),
            baseline: baseline.clone(),
            write_baseline: self.write_baseline,
            strict: self.strict,
            dev_url,
        }
    }

    /// Prints the report. What commands said of failures is part of it, so secrets are taken out here.
    pub(super) fn report(
        &self,
        terminal: &Terminal,
        report: &CiReport,
        redactor: &Redactor,
    ) -> Result<u8, CommandError> {
        if let Some(file) = &self.summary {
            update(file, &redactor.redact(&report.to_markdown()), Mode::Write)?;
        }
        let value = |value: serde_json::Value| format!("{value:#}\n");
        let text = match if terminal.json { Format::Json } else { self.format } {
            Format::Human => painted(&report.to_human(terminal.out), terminal),
            Format::Markdown => report.to_markdown(),
            Format::Json => value(report.to_json()),
            Format::Sarif => value(report.findings.to_sarif()),
            Format::Github => report.findings.to_github(),
            Format::Gitlab => value(report.findings.to_gitlab()),
        };
        terminal.data(&redactor.redact(&text))?;
        if report.passed() {
            terminal.note("everything that was looked at holds");
            return Ok(FINE);
        }
        Ok(if report.any(Verdict::NotRun) { NOT_RUN } else { FOUND })
    }
}

/// The words at the beginnings of lines in their colours.
fn painted(text: &str, terminal: &Terminal) -> String {
    let paint = |line: &str| {
        let colors =
            [(Verdict::Passed, show::GREEN), (Verdict::Failed, show::RED), (Verdict::NotRun, show::YELLOW)];
        let found = colors.iter().find_map(|(verdict, sgr)| {
            Some(show::paint(verdict.word(), sgr, terminal.out) + line.strip_prefix(verdict.word())?)
        });
        format!("{}\n", found.unwrap_or_else(|| line.to_owned()))
    };
    text.lines().map(paint).collect()
}
