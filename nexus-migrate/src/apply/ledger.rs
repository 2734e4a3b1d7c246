//! What a database remembers of migrations: sqlx's table `_sqlx_migrations`, and our journal in schema `nexus`.
//!
//! The ledger says what is applied, for both tools. The journal says what was begun, which only matters for
//! files that have no transaction, and how each run left the database.

use std::time::Duration;

use super::Way;
use super::lease::Lease;
use crate::db::{DbError, ServerError, Session};
use crate::history::Migration;
use crate::sql::Pen;

const TABLE: &str = "_sqlx_migrations";

/// Where the ledger is: the schema is fixed once, because a migration may change the search path.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    path: Vec<String>,
    exists: bool,
    /// The database it is in.
    pub(super) database: String,
    /// Whether the journal exists too.
    has_journal: bool,
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

/// The latest step that the journal has of a version.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) version: i64,
    pub(super) way: Way,
    pub(super) checksum: String,
    /// Whether it ended, in whatever way: `false` means that its run was killed.
    pub(super) ended: bool,
    /// Whether it ended well.
    pub(super) done: bool,
}

/// How the newest run of the journal left the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Left {
    /// There is none.
    Nothing,
    /// It was killed.
    Killed,
    /// It ended with this fingerprint of the catalog.
    Sealed(String),
}

impl Ledger {
    /// Finds the ledger, whether or not it exists.
    pub(super) async fn find(session: &mut Session) -> Result<Self, DbError> {
        let place = session.rows(include_str!("place.sql")).await?;
        let mut place = place.into_iter().flatten();
        let mut next = || place.next().flatten();
        let (database, found, current, journal) = (next(), next(), next(), next());
        Ok(Self {
            exists: found.is_some(),
            path: found.or(current).into_iter().chain([TABLE.to_owned()]).collect(),
            database: database.unwrap_or_default(),
            has_journal: journal.as_deref() == Some("t"),
        })
    }

    /// What tells this ledger from others in the same database: the schema it is in.
    pub(super) fn name(&self) -> &str {
        match self.path.as_slice() {
            [schema, _] => schema,
            _ => "",
        }
    }

    /// Reads the ledger; one that does not exist is empty.
    pub(super) async fn rows(&self, session: &mut Session) -> Result<Vec<Row>, DbError> {
        if !self.exists {
            return Ok(Vec::new());
        }
        let query =
            Pen::kw("SELECT version, success, encode(checksum, 'hex'), installed_on, description FROM")
                .name(&self.path)
                .and("ORDER BY version");
        Ok(session.rows(&query.end()).await?.into_iter().filter_map(Row::read).collect())
    }

    /// Makes the ledger and the journal where they are not yet, in one transaction.
    pub(super) async fn make(&mut self, session: &mut Session) -> Result<(), DbError> {
        if self.exists && self.has_journal {
            return Ok(());
        }
        let ledger =
            Pen::kw("CREATE TABLE IF NOT EXISTS").name(&self.path).and(include_str!("ledger.sql")).end();
        session.run(&format!("{}{ledger}", include_str!("journal.sql"))).await?;
        (self.exists, self.has_journal) = (true, true);
        Ok(())
    }

    /// Begins a run; returns its id.
    pub(super) async fn begin_run(&self, session: &mut Session) -> Result<i64, DbError> {
        let run = Pen::kw("INSERT INTO nexus.runs (ledger, tool) VALUES")
            .literals([self.name(), concat!("nexus ", env!("CARGO_PKG_VERSION"))])
            .and("RETURNING id");
        id(session, run).await
    }

    /// Ends a run, with what the catalog is like now, and gives the lease back.
    pub(super) async fn end_run(
        session: &mut Session,
        run: i64,
        end: RunEnd<'_>,
        lease: &Lease,
    ) -> Result<(), DbError> {
        let (outcome, sqlstate) = match end {
            RunEnd::Done => ("done", ""),
            RunEnd::Failed { sqlstate } => ("failed", sqlstate),
        };
        let end = Pen::kw("UPDATE nexus.runs SET finished_at = clock_timestamp(), outcome =")
            .literal(outcome)
            .and(", sqlstate = nullif(")
            .literal(sqlstate)
            .and(", ''), fingerprint = (")
            .and(include_str!("fingerprint.sql"))
            .and(") WHERE id =")
            .number(run);
        session.run(&format!("{}; {}", end.end(), lease.release())).await
    }

    /// Returns how the newest run left the database, and whether the catalog is still like that.
    pub(super) async fn left(&self, session: &mut Session) -> Result<(Left, String), DbError> {
        if !self.has_journal {
            return Ok((Left::Nothing, String::new()));
        }
        let now = one(session, include_str!("fingerprint.sql")).await?.unwrap_or_default();
        let query = Pen::kw("SELECT coalesce(fingerprint, '') FROM nexus.runs WHERE ledger =")
            .literal(self.name())
            .and("ORDER BY id DESC LIMIT 1");
        let left = match one(session, &query.end()).await? {
            None => Left::Nothing,
            Some(none) if none.is_empty() => Left::Killed,
            Some(seal) => Left::Sealed(seal),
        };
        Ok((left, now))
    }

    /// Notes that a file without a transaction is about to run; returns the step's id.
    pub(super) async fn begin_step(
        session: &mut Session,
        run: i64,
        of: &Migration,
        way: Way,
    ) -> Result<i64, DbError> {
        let step = Pen::kw("INSERT INTO nexus.steps (run, version, way, checksum, transactional) VALUES")
            .list([number(run), number(of.version), word(way), checksum(of), boolean(false)])
            .and("RETURNING id");
        id(session, step).await
    }

    /// Returns the statement that notes a step with a transaction as done, from within it; `run` is the run's id.
    pub(super) fn whole_step(run: Pen, of: &Migration, way: Way, outcome: &str) -> String {
        Pen::kw("INSERT INTO nexus.steps (run, version, way, checksum, transactional, started_at, finished_at, outcome) VALUES")
            .list([
                run,
                number(of.version),
                word(way),
                checksum(of),
                boolean(true),
                Pen::kw("now()"),
                Pen::kw("clock_timestamp()"),
                Pen::new().literal(outcome),
            ])
            .end()
    }

    /// Whether [`Ledger::whole_step`] was refused because its run is [fenced](Lease::fenced) off: a step has a run.
    pub(super) fn is_fenced_off(error: &DbError) -> bool {
        let column = |error: &ServerError| {
            let names = [&error.schema, &error.table, &error.column].map(Option::as_deref);
            error.sqlstate == "23502" && names == [Some("nexus"), Some("steps"), Some("run")]
        };
        error.server().is_some_and(column)
    }

    /// Returns the statement that puts a migration into the ledger, or takes it out.
    pub(super) fn record(&self, of: &Migration, way: Way, took: Duration) -> String {
        match way {
            Way::Up => Pen::kw("INSERT INTO")
                .name(&self.path)
                .and("(version, description, success, checksum, execution_time) VALUES")
                .list([
                    number(of.version),
                    Pen::new().literal(&of.description()),
                    boolean(true),
                    checksum(of),
                    number(nanoseconds(took)),
                ])
                .end(),
            Way::Down => self.forget(of.version),
        }
    }

    /// Returns the statement that prepares what [`Ledger::record`] and [`Ledger::whole_step`] say of a file that is
    /// applied, for runs of many.
    pub(super) fn prepare(&self, run: Pen) -> String {
        Pen::kw("PREPARE nexus_applied (bigint, text, bytea, bigint) AS WITH ledger AS (INSERT INTO")
            .name(&self.path)
            .and("(version, description, success, checksum, execution_time) VALUES ($1, $2, true, $3, $4))")
            .and("INSERT INTO nexus.steps")
            .and("(run, version, way, checksum, transactional, started_at, finished_at, outcome) VALUES")
            .list([run, Pen::kw("$1, 'up', $3, true, now(), clock_timestamp(), 'done'")])
            .end()
    }

    /// Returns the statement that runs the one of [`Ledger::prepare`].
    pub(super) fn record_prepared(of: &Migration, took: Duration) -> String {
        let description = Pen::new().literal(&of.description());
        Pen::kw("EXECUTE nexus_applied")
            .list([number(of.version), description, checksum(of), number(nanoseconds(took))])
            .end()
    }

    /// Returns the statement that takes a version out of the ledger.
    pub(super) fn forget(&self, version: i64) -> String {
        Pen::kw("DELETE FROM").name(&self.path).and("WHERE version =").number(version).end()
    }

    /// Returns the statement that ends a step without a transaction.
    pub(super) fn end_step(step: i64, outcome: &'static str) -> String {
        Pen::kw("UPDATE nexus.steps SET finished_at = clock_timestamp(), outcome =")
            .literal(outcome)
            .and("WHERE id =")
            .number(step)
            .end()
    }

    /// Reads the newest step of each version.
    pub(super) async fn steps(&self, session: &mut Session) -> Result<Vec<Begun>, DbError> {
        if !self.has_journal {
            return Ok(Vec::new());
        }
        let query =
            Pen::kw(include_str!("steps.sql")).literal(self.name()).and("ORDER BY s.version, s.id DESC");
        let steps = session.rows(&query.end()).await?.into_iter().filter_map(|row| {
            let [version, way, checksum, ended, done] = <[_; 5]>::try_from(row).ok()?;
            let [ended, done] = [ended, done].map(|value| value.as_deref() == Some("t"));
            let way = if way.as_deref() == Some("down") { Way::Down } else { Way::Up };
            Some(Begun { version: version?.parse().ok()?, way, checksum: checksum?, ended, done })
        });
        Ok(steps.collect())
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

async fn one(session: &mut Session, query: &str) -> Result<Option<String>, DbError> {
    Ok(session.rows(query).await?.into_iter().flatten().flatten().next())
}

async fn id(session: &mut Session, insert: Pen) -> Result<i64, DbError> {
    let id = one(session, &insert.end()).await?.and_then(|id| id.parse().ok());
    Ok(id.expect("RETURNING gives the id that a bigint identity made"))
}

fn nanoseconds(took: Duration) -> i64 {
    i64::try_from(took.as_nanos()).unwrap_or(i64::MAX)
}

fn number(n: i64) -> Pen {
    Pen::new().number(n)
}

fn word(way: Way) -> Pen {
    Pen::new().literal(way.word())
}

fn boolean(value: bool) -> Pen {
    Pen::kw(if value { "true" } else { "false" })
}

fn checksum(of: &Migration) -> Pen {
    Pen::kw("decode(").literal(&of.checksum_hex()).and(", 'hex')")
}
