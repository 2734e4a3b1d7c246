//! The ledger of a database against a migrations directory.

use serde::Serialize;

use super::error::{ApplyError, Named};
use super::ledger::{Begun, Ledger, Row};
use super::{Way, look};
use crate::db::{DbError, Session};
use crate::history::{History, Replaced};
use crate::markdown::{Page, code};
use crate::precheck::Precheck;

/// What is the case with one migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the ledger, with the file as it is.
    Applied,
    /// Applied as the migrations that it stands for, which the next run tells the ledger.
    Replaced,
    /// Not in the ledger, and newer than all that are.
    Pending,
    /// Not in the ledger, begun outside a transaction by a run that was killed.
    Interrupted,
    /// Not in the ledger, and older than the newest that is.
    OutOfOrder,
    /// In the ledger, with another file than it is now.
    Edited,
    /// In the ledger, and gone from the directory, which has newer ones.
    Missing,
    /// In the ledger, and newer than all in the directory.
    Unknown,
    /// In the ledger, as failed.
    Failed,
}

impl State {
    /// Returns the word for it that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Replaced => "replaced",
            Self::Pending => "pending",
            Self::Interrupted => "interrupted",
            Self::OutOfOrder => "out of order",
            Self::Edited => "edited",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// One migration and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// The version.
    pub version: i64,
    /// The name, from the directory; from the ledger where the directory has none.
    pub name: String,
    /// The state.
    pub state: State,
    /// When it was applied, as the server prints it.
    pub installed_on: Option<String>,
    /// What is asked before it begins, where it is not applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prechecks: Vec<Precheck>,
}

/// All migrations of directory and ledger, by version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The migrations, oldest first.
    pub migrations: Vec<MigrationStatus>,
}

impl Status {
    /// How many migrations are in this state.
    pub fn count(&self, state: State) -> usize {
        self.migrations.iter().filter(|m| m.state == state).count()
    }

    /// The newest version that is applied.
    pub fn newest_applied(&self) -> Option<i64> {
        self.migrations
            .iter()
            .filter(|m| matches!(m.state, State::Applied | State::Replaced))
            .map(|m| m.version)
            .next_back()
    }

    /// A table for reviews and job summaries.
    pub fn to_markdown(&self) -> String {
        let row = |m: &MigrationStatus| {
            let at = m.installed_on.clone().unwrap_or_default();
            [code(&format!("{}_{}", m.version, m.name)), m.state.word().to_owned(), at]
        };
        let mut page = Page::default();
        page.table(["migration", "state", "applied at"], self.migrations.iter().map(row).collect());
        page.finish()
    }

    /// Whether every migration is applied.
    pub fn is_current(&self) -> bool {
        self.migrations.iter().all(|m| matches!(m.state, State::Applied | State::Replaced))
    }

    /// Fails where ledger and directory contradict each other, by the four named errors (and by failed rows).
    pub fn agree(&self) -> Result<(), ApplyError> {
        self.none(State::Unknown, ApplyError::Unknown)?;
        self.none(State::Missing, ApplyError::Missing)?;
        self.none(State::Edited, ApplyError::Edited)?;
        self.none(State::OutOfOrder, ApplyError::OutOfOrder)?;
        self.none(State::Failed, ApplyError::Failed)
    }

    fn none(&self, state: State, error: impl Fn(Vec<Named>) -> ApplyError) -> Result<(), ApplyError> {
        let named: Vec<_> = self.migrations.iter().filter(|m| m.state == state).map(Named::from).collect();
        if named.is_empty() { Ok(()) } else { Err(error(named)) }
    }
}

impl From<&MigrationStatus> for Named {
    fn from(status: &MigrationStatus) -> Self {
        Self { version: status.version, name: status.name.clone() }
    }
}

/// Compares a database's ledger with a directory; writes nothing, and takes a database without ledger for empty.
pub async fn status(session: &mut Session, history: &History) -> Result<Status, DbError> {
    let ledger = Ledger::find(session).await?;
    let rows = ledger.rows(session).await?;
    let begun = ledger.steps(session).await?;
    Ok(compare(&rows, &begun, history))
}

pub(super) fn compare(rows: &[Row], begun: &[Begun], history: &History) -> Status {
    let replaced = adopted(rows, history);
    let hidden = |version| replaced.iter().any(|(_, of)| of.iter().any(|it| it.version == version));
    let newest_row = rows.last().map_or(0, |row| row.version);
    let newest_file = history.migrations().last().map_or(0, |m| m.version);
    let mut migrations: Vec<MigrationStatus> = history
        .migrations()
        .iter()
        .map(|m| {
            let row = rows.iter().find(|row| row.version == m.version);
            let interrupted =
                || begun.iter().any(|step| step.version == m.version && !step.ended && step.way == Way::Up);
            let state = match row {
                _ if replaced.iter().any(|(versions, _)| versions.contains(&m.version)) => State::Replaced,
                Some(row) if !row.success => State::Failed,
                Some(row) if row.checksum == m.checksum_hex() && row.description == m.description() => {
                    State::Applied
                }
                Some(_) => State::Edited,
                None if m.version < newest_row => State::OutOfOrder,
                None if interrupted() => State::Interrupted,
                None => State::Pending,
            };
            let installed_on = row.map(|row| row.installed_on.clone());
            let prechecks = if state == State::Pending { look::questions(history, m) } else { Vec::new() };
            MigrationStatus { version: m.version, name: m.name.clone(), state, installed_on, prechecks }
        })
        .collect();
    let known = |version| history.migrations().iter().any(|m| m.version == version);
    migrations.extend(rows.iter().filter(|row| !known(row.version) && !hidden(row.version)).map(|row| {
        MigrationStatus {
            version: row.version,
            name: row.description.replace(' ', "_"),
            state: if row.version > newest_file { State::Unknown } else { State::Missing },
            installed_on: Some(row.installed_on.clone()),
            prechecks: Vec::new(),
        }
    }));
    migrations.sort_by_key(|m| m.version);
    Status { migrations }
}

/// Squashed changes whose originals the ledger has, all of them and as they were: their versions, and what they stand
/// for.
pub(super) fn adopted(rows: &[Row], history: &History) -> Vec<(Vec<i64>, Vec<Replaced>)> {
    let mut adopted = Vec::new();
    for change in history.changes() {
        let Some(last) = change.last() else { continue };
        let of = history.replaced_by(last.version);
        let has = |it: &Replaced| {
            rows.iter().any(|row| row.version == it.version && row.success && row.checksum == it.checksum)
        };
        if !of.is_empty() && of.iter().all(has) {
            adopted.push((change.iter().map(|m| m.version).collect(), of));
        }
    }
    adopted
}
