//! What a database remembers of migrations: sqlx's table `_sqlx_migrations`, and our journal in schema `nexus`.
//!
//! The ledger says what was applied, for both tools. The journal says what was begun, which only matters for
//! files that have no transaction.

use std::time::Duration;

use crate::db::{DbError, Session};
use crate::history::Migration;
use crate::sql::Pen;

const TABLE: &str = "_sqlx_migrations";

/// Where the ledger is: the schema is fixed once, because a migration may change the search path.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    path: Vec<String>,
}

/// A row of the ledger.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) version: i64,
    pub(super) description: String,
    pub(super) success: bool,
    pub(super) checksum: String,
    pub(super) installed_on: String,
}

/// The latest step that the journal has of a version without a row in the ledger.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) version: i64,
    pub(super) checksum: String,
    /// Whether it ended, in whatever way: `false` means that its run was killed.
    pub(super) ended: bool,
}

impl Ledger {
    /// Finds the ledger, and its rows where it exists.
    pub(super) async fn find(session: &mut Session) -> Result<(Self, Vec<Row>), DbError> {
        let place = session.rows(include_str!("place.sql")).await?;
        let mut place = place.into_iter().flatten();
        let (found, current) = (place.next().flatten(), place.next().flatten());
        let path: Vec<String> = found.clone().or(current).into_iter().chain([TABLE.to_owned()]).collect();
        let ledger = Self { path };
        if found.is_none() {
            return Ok((ledger, Vec::new()));
        }
        let query =
            Pen::kw("SELECT version, success, encode(checksum, 'hex'), installed_on, description FROM")
                .name(&ledger.path)
                .and("ORDER BY version");
        let rows = session.rows(&query.end()).await?.into_iter().filter_map(Row::read).collect();
        Ok((ledger, rows))
    }

    /// Makes the ledger and the journal where they are not yet, in one transaction, and begins a run.
    pub(super) async fn begin_run(&self, session: &mut Session) -> Result<i64, DbError> {
        let ledger =
            Pen::kw("CREATE TABLE IF NOT EXISTS").name(&self.path).and(include_str!("ledger.sql")).end();
        session.run(&format!("{ledger}{}", include_str!("journal.sql"))).await?;
        let run = Pen::kw("INSERT INTO nexus.runs (tool) VALUES (")
            .literal(concat!("nexus ", env!("CARGO_PKG_VERSION")))
            .and(") RETURNING id");
        id(session, run).await
    }

    /// Ends a run.
    pub(super) async fn end_run(session: &mut Session, run: i64, end: RunEnd<'_>) -> Result<(), DbError> {
        let (outcome, sqlstate) = match end {
            RunEnd::Done => ("done", ""),
            RunEnd::Failed { sqlstate } => ("failed", sqlstate),
        };
        let end = Pen::kw("UPDATE nexus.runs SET finished_at = clock_timestamp(), outcome =")
            .literal(outcome)
            .and(", sqlstate = nullif(")
            .literal(sqlstate)
            .and(", '') WHERE id =")
            .number(run);
        session.run(&end.end()).await
    }

    /// Notes that a file is about to run; returns the step's id.
    pub(super) async fn begin_step(session: &mut Session, run: i64, of: &Migration) -> Result<i64, DbError> {
        let step = Pen::kw("INSERT INTO nexus.steps (run, version, checksum, transactional) VALUES")
            .list([number(run), number(of.version), checksum(of), boolean(of.transactional)])
            .and("RETURNING id");
        id(session, step).await
    }

    /// Returns the statements that end a step well and put its migration into the ledger; one transaction.
    pub(super) fn record(&self, step: i64, of: &Migration, outcome: &'static str, took: Duration) -> String {
        let nanoseconds = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        let row = Pen::kw("INSERT INTO")
            .name(&self.path)
            .and("(version, description, success, checksum, execution_time) VALUES")
            .list([
                number(of.version),
                Pen::new().literal(&of.description()),
                boolean(true),
                checksum(of),
                number(nanoseconds),
            ]);
        format!("{}; {}", row.end(), end_step(step, outcome))
    }

    /// Notes that a step's file failed.
    pub(super) async fn fail_step(session: &mut Session, step: i64) -> Result<(), DbError> {
        session.run(&end_step(step, "failed")).await
    }

    /// Reads the steps that were begun and are not in the ledger.
    pub(super) async fn begun(session: &mut Session, rows: &[Row]) -> Result<Vec<Begun>, DbError> {
        let journal = session.rows("SELECT to_regclass('nexus.steps')").await?;
        if journal.into_iter().flatten().flatten().next().is_none() {
            return Ok(Vec::new());
        }
        let steps = session.rows(include_str!("steps.sql")).await?;
        let begun = steps.into_iter().filter_map(|row| {
            let [version, checksum, ended] = <[_; 3]>::try_from(row).ok()?;
            let ended = ended.as_deref() == Some("t");
            Some(Begun { version: version?.parse().ok()?, checksum: checksum?, ended })
        });
        Ok(begun.filter(|step| rows.iter().all(|row| row.version != step.version)).collect())
    }
}

/// How a run ended.
pub(super) enum RunEnd<'a> {
    Done,
    Failed { sqlstate: &'a str },
}

impl Row {
    fn read(row: Vec<Option<String>>) -> Option<Self> {
        let [version, success, checksum, installed_on, description] = <[_; 5]>::try_from(row).ok()?;
        Some(Self {
            version: version?.parse().ok()?,
            description: description?,
            success: success? == "t",
            checksum: checksum?,
            installed_on: installed_on?,
        })
    }
}

fn end_step(step: i64, outcome: &'static str) -> String {
    Pen::kw("UPDATE nexus.steps SET finished_at = clock_timestamp(), outcome =")
        .literal(outcome)
        .and("WHERE id =")
        .number(step)
        .end()
}

async fn id(session: &mut Session, insert: Pen) -> Result<i64, DbError> {
    let rows = session.rows(&insert.end()).await?;
    let id = rows.into_iter().flatten().flatten().next().and_then(|id| id.parse().ok());
    Ok(id.expect("RETURNING gives the id that a bigint identity made"))
}

fn number(n: i64) -> Pen {
    Pen::new().number(n)
}

fn boolean(value: bool) -> Pen {
    Pen::kw(if value { "true" } else { "false" })
}

fn checksum(of: &Migration) -> Pen {
    Pen::kw("decode(").literal(&of.checksum_hex()).and(", 'hex')")
}
