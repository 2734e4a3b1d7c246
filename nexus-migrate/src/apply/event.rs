//! What a run says of itself: events as they happen, a report at the end.

use std::time::Duration;

use serde::Serialize;

use super::error::Named;
use super::look::Offending;
use super::watch::{Blocker, Progress};

/// Which of a migration's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The up file.
    Up,
    /// The down file.
    Down,
}

impl Way {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// What happens during a run, as it happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Another run has the lock; this one keeps trying.
    Waiting,
    /// So many migrations will be applied.
    Pending(usize),
    /// The run before this one was killed; this one goes on from what it left.
    Resuming,
    /// A migration begins.
    Started(Named),
    /// Other sessions keep a migration's statement waiting.
    Blocked(Named, Vec<Blocker>),
    /// How far a migration's statement is.
    Progress(Named, Progress),
    /// Backfills wait, and why.
    Throttled(String),
    /// A migration did not get its locks in time and will be tried again after this long.
    Retrying(Named, Duration),
    /// An index that a killed or failed build left invalid was dropped.
    Cleaned(String),
    /// A migration leaves these rows as they are, because somebody has edited them.
    Kept(Named, Vec<Offending>),
    /// A migration is applied.
    Finished(Applied),
}

/// A migration that a run applied, or took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The version.
    pub version: i64,
    /// The name.
    pub name: String,
    /// How long its file ran.
    pub milliseconds: u128,
    /// Whether it had already taken effect in an earlier, killed run, and was only recorded.
    pub recorded: bool,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was applied or taken back, in order.
    pub applied: Vec<Applied>,
    /// Rows that were left as they are, because somebody has edited them.
    pub kept: Vec<Offending>,
}

impl Report {
    /// Takes note of rows that a migration leaves as they are, and says so.
    pub(super) fn keep(&mut self, migration: Named, kept: Vec<Offending>, ears: &dyn Fn(Event)) {
        if !kept.is_empty() {
            ears(Event::Kept(migration, kept.clone()));
            self.kept.extend(kept);
        }
    }
}
