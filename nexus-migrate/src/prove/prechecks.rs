//! Whether the questions that are asked before a plan begins find what its steps refuse, and nothing else.
//!
//! They run on the rows that were made for the proof, which are at the bounds of what the state before lets in. What
//! they find is taken out, so that the plan runs on rows that both states let in.

use std::collections::BTreeSet;

use nexus_schema::catalog::Catalog;
use serde::{Deserialize, Serialize};

use super::rows::{self, Filled};
use crate::db::{DbError, Session};
use crate::plan::Rule;
use crate::precheck::{Precheck, STAND_IN};

/// How often rows are looked for and taken out: with a row goes what refers to it.
const ROUNDS: u32 = 4;

/// A question, and what it was seen to find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The question.
    #[serde(flatten)]
    pub precheck: Precheck,
    /// How many rows that break the rule it found on scratch; of some rules no such row could be made.
    pub found: usize,
}

/// A question to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// The question.
    pub(super) precheck: &'a Precheck,
    /// Statements, each of which may make rows that it is to find.
    pub(super) breaks: &'a [String],
}

impl<'a> Question<'a> {
    pub(super) fn of(rule: &'a Rule) -> Self {
        Self { precheck: &rule.precheck, breaks: &rule.breaks }
    }
}

/// What came of asking.
#[derive(Debug, Default)]
pub(super) struct Prechecks {
    /// Questions that answer, and find nothing among the rows that are left.
    pub(super) asked: Vec<Asked>,
    /// Rules that are not asked about before, with the reason.
    pub(super) unasked: Vec<String>,
}

/// Asks each rule's question, and takes out the rows that they find.
pub(super) async fn ask(
    session: &mut Session,
    state: &Catalog,
    rules: &[Question<'_>],
    filled: &mut Filled,
) -> Result<Prechecks, DbError> {
    let mut prechecks = Prechecks::default();
    if rules.is_empty() {
        return Ok(prechecks);
    }
    if session.server_version_num() < 160_000 {
        session.run(STAND_IN).await?;
    }
    session.run("SET session_replication_role = replica").await?;
    let ours = filled.places();
    let mut open = Vec::new();
    for rule in rules {
        match places(session, rule).await {
            Err(error) => prechecks.unasked.push(format!("{}: {error}", rule.precheck.by)),
            Ok(found) if !found.is_subset(&ours) => {
                // What the plan itself puts right is no reason not to begin.
                prechecks
                    .unasked
                    .push(format!("{}: default data breaks it until the plan has run", rule.precheck.by));
            }
            Ok(found) if found.is_empty() => {
                let made = on_broken(session, rule).await?;
                open.push((rule, made));
            }
            Ok(found) => open.push((rule, found.len())),
        }
    }
    for _ in 0..ROUNDS {
        let mut gone: BTreeSet<Place> = BTreeSet::new();
        for (rule, _) in &open {
            gone.extend(places(session, rule).await?);
        }
        if gone.is_empty() {
            break;
        }
        rows::take_out(session, state, filled, &gone).await?;
    }
    for (rule, found) in open {
        match places(session, rule).await?.is_empty() {
            true => prechecks.asked.push(Asked { precheck: rule.precheck.clone(), found }),
            false => prechecks.unasked.push(format!("{}: its rows cannot be told apart", rule.precheck.by)),
        }
    }
    session.run("RESET session_replication_role; DISCARD TEMP").await?;
    Ok(prechecks)
}

/// A table and a place in it, as the server spells them.
pub(super) type Place = (String, String);

async fn places(session: &mut Session, rule: &Question<'_>) -> Result<BTreeSet<Place>, DbError> {
    let query = Precheck::on(&rule.precheck.places(), session.server_version_num());
    let rows = session.rows(&query).await?;
    let pair = |row: Vec<Option<String>>| match <[_; 2]>::try_from(row) {
        Ok([Some(table), Some(place)]) => Some((table, place)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// How many rows the question finds among such as are made to break the rule; rows that were made for the state before may
/// all keep it.
async fn on_broken(session: &mut Session, rule: &Question<'_>) -> Result<usize, DbError> {
    for statement in rule.breaks {
        session.run("BEGIN").await?;
        let mut found = 0;
        if session.run(statement).await.is_ok() {
            found = places(session, rule).await.map_or(0, |found| found.len());
        }
        session.run("ROLLBACK").await?;
        if found > 0 {
            return Ok(found);
        }
    }
    Ok(0)
}
