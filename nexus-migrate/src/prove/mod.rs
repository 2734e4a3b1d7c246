//! Runs a change on scratch before anybody else does.
//!
//! ```text
//! state before ─ rows ─ up ─▶ read: nothing differs from the state after? rows still there?
//!                       down ─▶ read: nothing differs from the state before?
//! ```
//! A plan that fails is never written.

pub mod history;
mod prechecks;
mod rows;

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, ObjectId};
use serde::Serialize;

pub use prechecks::Asked;
use prechecks::{Prechecks, Question};
pub use rows::RowReport;

use crate::change::Change;
use crate::db::{DbError, Session};
use crate::diff::{Delta, diff};
use crate::doors::{self, Bench, DoorError};
use crate::measure::{Company, Observation, Watch, alone};
use crate::plan::{Plan, Renames, Rule, Step};

/// Puts rows into every table of a state on scratch; returns the tables for which none could be made, with the reason.
pub async fn fill_tables(session: &mut Session, state: &Catalog) -> Result<Vec<String>, DbError> {
    Ok(rows::fill(session, state, &[]).await?.unfilled)
}

/// What is to be proved.
#[derive(Debug)]
pub struct Claim<'a> {
    /// The state before.
    pub prev: &'a Catalog,
    /// The state after.
    pub next: &'a Catalog,
    /// The steps from one to the other.
    pub up: &'a Plan,
    /// The steps back.
    pub down: &'a Plan,
    /// Names of `next` by which objects of `prev` go on.
    pub renames: &'a Renames,
}

impl<'a> Claim<'a> {
    /// The claim that a change leads where it says, and back.
    pub fn of(change: &'a Change) -> Self {
        let Change { prev, next, up, down, renames } = change;
        Self { prev, next, up, down, renames }
    }
}

/// What was seen on scratch.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Which server, with its version.
    pub server: String,
    /// How much of the schema was there.
    pub scope: Scope,
    /// What still differed after the way forward; empty if it led where it should.
    pub forward: Vec<String>,
    /// What still differed after the way back.
    pub backward: Vec<String>,
    /// Objects that go on under another name: the new id, the old one.
    pub renames: Vec<(ObjectId, ObjectId)>,
    /// What a database is asked before the change begins, each seen to find rows that it refuses and no others.
    pub prechecks: Vec<Asked>,
    /// Rules that rows may break and that cannot be asked about before, with the reason.
    pub unasked: Vec<String>,
    /// Tables and columns whose rows or values the plan takes away.
    pub loses: Vec<ObjectId>,
    /// Columns whose values it converts.
    pub retypes: Vec<ObjectId>,
    /// What became of rows.
    pub rows: RowReport,
    /// Locks, rewrites and scans of each step.
    pub steps: Vec<Measured>,
}

/// How much of a schema a proof was made on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of it.
    #[default]
    Whole,
    /// What the change can touch, and what that needs.
    Part {
        /// So many tables.
        tables: usize,
        /// Of so many.
        of: usize,
    },
}

/// What steps did that run one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// The transaction of the plan, from 1.
    pub transaction: usize,
    /// The steps in words; one, except in a transaction of very many.
    pub steps: Vec<String>,
    /// What they did.
    #[serde(flatten)]
    pub observation: Observation,
}

impl Proof {
    /// Whether everything held.
    pub fn holds(&self) -> bool {
        self.forward.is_empty() && self.backward.is_empty() && self.rows.lost.is_empty()
    }
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// A statement of the plan fails on scratch.
    #[error("the plan does not run: {action} {id}")]
    Fails {
        /// What the step does.
        action: &'static str,
        /// To what.
        id: ObjectId,
        /// The statement.
        sql: String,
        /// What the server said.
        source: DbError,
    },
    /// A state cannot be built or read.
    #[error(transparent)]
    Door(#[from] DoorError),
}

/// Puts rows into every table of a scratch database in a state: rows that its types, checks, keys, foreign keys and
/// partitions let in, plain ones and those at the bounds, and such as these rules let in. Returns the tables for which none
/// could be made, each with the reason. The session must be a superuser's: foreign keys and triggers rest meanwhile.
pub async fn populate(
    session: &mut Session,
    state: &Catalog,
    rules: &[Rule],
) -> Result<Vec<String>, DbError> {
    Ok(rows::fill(session, state, rules).await?.unfilled)
}

/// Proves a claim. `session` must be on a database in the state before, without rows but for default data, and is
/// afterwards, if the claim holds, on one in that state, with rows.
pub async fn prove(bench: &mut Bench, session: &mut Session, claim: &Claim<'_>) -> Result<Proof, ProveError> {
    let Claim { prev, next, up, down, renames } = claim;
    let has_room = bench.scratch().await.map_err(DoorError::from)?.second_sessions();
    let company = if has_room { Company::Others } else { Company::Nobody };
    doors::make_roles(session, next).await?;
    let mut filled = rows::fill(session, prev, &up.rules).await.map_err(DoorError::from)?;
    rows::make_room(session, prev, next, &mut filled).await.map_err(DoorError::from)?;
    let questions = up.rules.iter().map(Question::of).collect::<Vec<_>>();
    let Prechecks { asked, unasked } =
        prechecks::ask(session, prev, &questions, &mut filled).await.map_err(DoorError::from)?;
    let mut refused = Vec::new();
    let steps = match run(session, up, company).await {
        Err(ProveError::Fails { action, id, source, .. }) if is_about_rows(&source) => {
            // The step is tried without rows, in the state before.
            refused.push(format!("{action} {id} ({source})"));
            if up.segments().len() == 1 {
                rows::clear(session, &filled, prev).await.map_err(DoorError::from)?;
            } else {
                afresh(bench, session, prev).await?;
            }
            filled = rows::Filled::default();
            run(session, up, company).await?
        }
        steps => steps?,
    };
    let after = read(session, prev, next).await?;
    let losing = up.loses().chain(up.retypes()).cloned().collect();
    let mut report =
        rows::compare(session, &filled, prev, &after, renames, &losing).await.map_err(DoorError::from)?;
    match run(session, down, company).await {
        Err(ProveError::Fails { action, id, source, .. }) if is_about_rows(&source) => {
            refused.push(format!("on the way back, {action} {id} ({source})"));
            // Rows may have other values by now: which were put there cannot be told any more.
            let one = down.segments().len() == 1;
            if !one || !rows::empty(session, &after).await.map_err(DoorError::from)? {
                afresh(bench, session, next).await?;
            }
            run(session, down, company).await?;
        }
        steps => drop(steps?),
    }
    report.refused = refused;
    let before = read(session, next, prev).await?;
    let forward = residual(bench, after, next).await?;
    let backward = residual(bench, before, prev).await?;
    let server = bench.server().map(ToString::to_string).unwrap_or_default();
    let renames = renames.iter().map(|(new, old)| (new.clone(), old.clone())).collect();
    Ok(Proof {
        server,
        scope: Scope::Whole,
        forward,
        backward,
        renames,
        prechecks: asked,
        unasked,
        loses: up.loses().cloned().collect(),
        retypes: up.retypes().cloned().collect(),
        rows: report,
        steps,
    })
}

/// A database in a state, without rows, in the place of one in which some transactions are committed.
async fn afresh(bench: &mut Bench, session: &mut Session, state: &Catalog) -> Result<(), ProveError> {
    *session = bench.fresh().await?;
    Ok(doors::materialize(session, state).await?)
}

/// Whether a statement failed on data (classes 22 and 23 of the manual's appendix A), not on the schema. Types of
/// extensions refuse text with `internal_error` or `syntax_error` too; a step that fails for another reason fails without
/// rows as well.
fn is_about_rows(error: &DbError) -> bool {
    let is_about_data = |code: &str| {
        code.starts_with("22") || code.starts_with("23") || matches!(code, "XX000" | "42601" | "0A000")
    };
    error.code().is_some_and(is_about_data)
}

/// The state of the session's database, with the default data that either end declares and the roles of `goal`.
async fn read(session: &mut Session, other: &Catalog, goal: &Catalog) -> Result<Catalog, ProveError> {
    let wanted = doors::wanted(other, goal);
    let mut catalog = doors::look(session, Some(&wanted), Some(goal)).await?;
    // Roles outlive the state that made them: those are looked for that are to be there.
    doors::read_roles(session, &mut catalog, goal).await?;
    Ok(catalog)
}

/// What differs once both have settled, in words.
async fn residual(
    bench: &mut Bench,
    mut reached: Catalog,
    goal: &Catalog,
) -> Result<Vec<String>, ProveError> {
    let mut ends = [
        doors::State { catalog: std::mem::take(&mut reached), authored: true, ..Default::default() },
        doors::State { catalog: goal.clone(), authored: true, ..Default::default() },
    ];
    let [got, wanted] = &mut ends;
    doors::common_ground(got, wanted);
    doors::settle(bench, &mut got.catalog, &wanted.catalog).await?;
    let differs: BTreeMap<ObjectId, Delta> = diff(&got.catalog, &wanted.catalog);
    let words = |(id, delta): (ObjectId, Delta)| match delta {
        Delta::Create => format!("{id} is missing"),
        Delta::Drop => format!("{id} is still there"),
        Delta::Alter => format!("{id} differs"),
    };
    Ok(differs.into_iter().map(words).collect())
}

/// How many looks a transaction gets: each asks for all its locks.
const LOOKS: usize = 256;

/// Runs the steps, segment by segment, and measures each.
async fn run(session: &mut Session, plan: &Plan, company: Company) -> Result<Vec<Measured>, ProveError> {
    let mut measured = Vec::new();
    for (n, segment) in plan.segments().iter().enumerate() {
        let db = |source| ProveError::Door(DoorError::Db(source));
        if !segment.is_transactional() {
            for step in segment.steps {
                let seen = alone(session, &step.sql, company).await;
                let observation = seen.map_err(|source| fails(step, source))?;
                let words = vec![format!("{} {}", step.verb(), step.id)];
                measured.push(Measured { transaction: n + 1, steps: words, observation });
            }
            continue;
        }
        session.run("BEGIN; SET LOCAL check_function_bodies = off").await.map_err(db)?;
        let mut watch = Watch::begin(session).await.map_err(db)?;
        let looks = if watch.is_idle() { 1 } else { LOOKS };
        for steps in segment.steps.chunks(segment.steps.len().div_ceil(looks)) {
            let Some((last, others)) = steps.split_last() else { continue };
            for step in others {
                if let Err(source) = session.run(&step.sql).await {
                    let _ = session.run("ROLLBACK").await;
                    return Err(fails(step, source));
                }
            }
            let observation = match watch.run(session, &last.sql).await {
                Ok(observation) => observation,
                Err(source) => {
                    let _ = session.run("ROLLBACK").await;
                    return Err(fails(last, source));
                }
            };
            let words = steps.iter().map(|step| format!("{} {}", step.verb(), step.id)).collect();
            measured.push(Measured { transaction: n + 1, steps: words, observation });
        }
        session.run("COMMIT").await.map_err(db)?;
    }
    Ok(measured)
}

fn fails(step: &Step, source: DbError) -> ProveError {
    ProveError::Fails { action: step.verb(), id: step.id.clone(), sql: step.sql.clone(), source }
}
