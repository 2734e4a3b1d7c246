//! Looks, before a change begins, for rows that its steps would refuse.
//!
//! The questions are those of its proof. They are asked of the state before the change, so only where none of its files is
//! applied; those of a later change are asked when it is its turn, because the ones before it may put rows right.

use std::fmt;

use serde::Serialize;

use super::error::{ApplyError, Named};
use super::options::{Options, Prechecks};
use super::{Job, Way};
use crate::db::{DbError, Session};
use crate::history::{History, Migration};
use crate::precheck::{Precheck, STAND_IN};

/// Rows that a migration would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offending {
    /// The table.
    pub table: String,
    /// What refuses them: a constraint, an index, a column, a type.
    pub by: String,
    /// What is the matter with them.
    pub problem: String,
    /// How many they are.
    pub rows: u64,
    /// The first of them: what names each, and the values that matter, with the names of the columns.
    pub first: Vec<Vec<(String, Option<String>)>>,
}

impl fmt::Display for Offending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, by, problem, rows, first } = self;
        write!(f, "{rows} of {table}, where {problem} (for {by})")?;
        for row in first {
            let value = |value: &Option<String>| match value {
                // Escaped: what stands in a database may be meant for a terminal.
                Some(text) => text.escape_debug().to_string(),
                None => "NULL".into(),
            };
            let row: Vec<_> = row.iter().map(|(name, text)| format!("{name} = {}", value(text))).collect();
            write!(f, "\n    {}", row.join(", "))?;
        }
        Ok(())
    }
}

/// Returns what is asked before a migration: nothing where it is not the first of its change.
pub(super) fn questions(history: &History, migration: &Migration) -> Vec<Precheck> {
    let change = history.change_of(migration.version);
    let proof = match change {
        [first, ..] if first.version == migration.version => {
            change.last().and_then(|m| history.proof(m.version))
        }
        _ => None,
    };
    let known = proof.and_then(|proof| serde_json::from_value(proof.get("prechecks")?.clone()).ok());
    known.unwrap_or_default()
}

/// Fails where a migration that begins a change would refuse rows that are there; returns those that it leaves as they
/// are because somebody has edited them. Writes nothing.
pub(super) async fn look(
    session: &mut Session,
    history: &History,
    job: &Job<'_>,
    options: &Options,
) -> Result<Vec<Offending>, ApplyError> {
    if job.way == Way::Down || options.prechecks == Prechecks::Skip {
        return Ok(Vec::new());
    }
    let questions = questions(history, job.migration);
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let found = ask(session, &questions).await;
    let found = found.map_err(ApplyError::database("look for rows that the migration refuses"))?;
    let (kept, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|(keeps, _)| *keeps);
    let rows = |found: Vec<(bool, Offending)>| found.into_iter().map(|(_, rows)| rows).collect::<Vec<_>>();
    match found.is_empty() {
        true => Ok(rows(kept)),
        false => Err(ApplyError::Refuses { migration: Named::from(job.migration), found: rows(found) }),
    }
}

/// Asks; what is found stands beside whether it is left as it is. Writes nothing.
pub async fn ask(session: &mut Session, questions: &[Precheck]) -> Result<Vec<(bool, Offending)>, DbError> {
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    session.run("BEGIN").await?;
    let looked = look_for(session, questions).await;
    // The function that stands in goes with the transaction.
    let ended = session.run("ROLLBACK").await;
    looked.and_then(|found| ended.map(|()| found))
}

async fn look_for(session: &mut Session, questions: &[Precheck]) -> Result<Vec<(bool, Offending)>, DbError> {
    let version = session.server_version_num();
    let mut found = Vec::new();
    let mut has_stand_in = false;
    for Precheck { table, by, problem, columns, query, tail: _, keeps } in questions {
        let query = Precheck::on(query, version);
        if query.contains("pg_temp.") && !has_stand_in {
            session.run(STAND_IN).await?;
            has_stand_in = true;
        }
        let rows = session.rows(&query).await?;
        let count = rows.first().and_then(|row| row.first()?.as_ref()?.parse().ok());
        if let Some(count) = count {
            let named =
                |row: Vec<Option<String>>| columns.iter().cloned().zip(row.into_iter().skip(1)).collect();
            let offending = Offending {
                table: table.clone(),
                by: by.clone(),
                problem: problem.clone(),
                rows: count,
                first: rows.into_iter().map(named).collect(),
            };
            found.push((*keeps, offending));
        }
    }
    Ok(found)
}
