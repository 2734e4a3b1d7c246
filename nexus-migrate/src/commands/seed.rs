//! `nexus seed --env`: the rows of one environment, written to a database that is of it.
//!
//! No migration has them. What a database was given last is kept in it, in the journal's schema, so that there are three
//! states here too: as it was declared last, as it is declared now, as the database has it.

use std::path::PathBuf;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::document;

use super::generate::refuted;
use super::{CommandError, Failure, Progress, apply as applying, seeded};
use crate::apply::{self, Offending};
use crate::change::{Change, change};
use crate::db::{ScratchOptions, Session};
use crate::diff::{Delta, diff};
use crate::doors::{self, Bench, State};
use crate::plan::{Plan, Traffic};
use crate::prove::{Claim, prove};

/// What to write where.
#[derive(Debug, Clone)]
pub struct SeedArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// The environment, as `only:` names it.
    pub environment: String,
    /// The database.
    pub database_url: Option<String>,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What was done, or would be.
#[derive(Debug)]
pub struct Seeded {
    /// How many rows the environment has.
    pub rows: usize,
    /// Those that the database was not given before.
    pub new: usize,
    /// Those that are declared otherwise than they were last.
    pub changed: usize,
    /// Those that are declared no more.
    pub gone: usize,
    /// Rows that are left as somebody has edited them.
    pub kept: Vec<Offending>,
    /// The statements.
    pub plan: Plan,
    /// What it was proved on; nothing where nothing is to be done.
    pub server: Option<String>,
}

/// Gives a database, which must have the schema already, the rows of an environment: inserts, updates and deletes under
/// the conditions of every other default row, proved on scratch, in one transaction.
///
/// Fails where the file has no rows for the environment and the database was never given any, and where a row was edited
/// whose table says `on_edit: fail`.
pub async fn seed(args: &SeedArgs, progress: &dyn Progress) -> Result<Seeded, CommandError> {
    super::exists(&args.schema)?;
    let (mut declared, _) = document::load(&args.schema)?;
    let url = applying::url(args.database_url.as_deref())?;
    let mut session = Session::connect(url).await.map_err(|source| {
        CommandError::World(Failure::new("cannot connect to the database").source(source))
    })?;
    let last = last(&mut session, &args.environment).await?;
    let rows = match declared.environments.get(&args.environment) {
        Some(rows) => rows.clone(),
        None if last.is_some() => Catalog::default(),
        None => return Err(unknown(&args.environment, declared.environments.keys())),
    };
    progress.stage("building the schema on scratch");
    let mut bench = Bench::new(ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: Some(session.server_version_num() / 10_000),
        ..ScratchOptions::default()
    });
    let ids: Vec<ObjectId> = rows.iter().map(|(id, _)| id.clone()).collect();
    for (id, entry) in rows {
        declared.catalog.insert_entry(id, entry);
    }
    let mut next = doors::authored(&mut bench, &declared).await?;
    next.traffic = Traffic::none();
    next.expanding.clear();
    next.renames.clear();
    let prev = before(&next, &ids, last.as_ref());
    let now: Catalog =
        ids.iter().filter_map(|id| Some((id.clone(), next.catalog.entry(id)?.clone()))).collect();
    let last = last.unwrap_or_default();
    let deltas = diff(&last, &now);
    let count = |kind: Delta| deltas.values().filter(|delta| **delta == kind).count();
    let change = change(&mut bench, prev, next).await?;
    let mut seeded = Seeded {
        rows: now.len(),
        new: count(Delta::Create),
        changed: count(Delta::Alter),
        gone: count(Delta::Drop),
        kept: Vec::new(),
        plan: change.up.clone(),
        server: None,
    };
    if !change.up.is_empty() {
        progress.stage("proving it on scratch");
        seeded.server = Some(proved(&mut bench, &change).await?);
    }
    bench.stop().await;
    let questions: Vec<_> = change.up.rules.iter().map(|rule| rule.precheck.clone()).collect();
    let (kept, refused): (Vec<_>, Vec<_>) = apply::ask(&mut session, &questions)
        .await
        .map_err(seeded::behind)?
        .into_iter()
        .partition(|(keeps, _)| *keeps);
    if let Some((_, rows)) = refused.first() {
        let failure = Failure::new(format!("rows were edited that are not to be: {rows}"));
        return Err(CommandError::Found(failure.help("put them right, or change `on_edit:` of the table")));
    }
    seeded.kept = kept.into_iter().map(|(_, rows)| rows).collect();
    if !args.dry_run {
        let statements: String = change.up.segments().iter().map(|segment| segment.statements()).collect();
        seeded::write(&mut session, &statements, &args.environment, &now.to_lines()).await?;
    }
    Ok(seeded)
}

/// The state before: all but the rows, and these as the database was given them last, as far as their columns are there.
fn before(next: &State, ids: &[ObjectId], last: Option<&Catalog>) -> State {
    let mut prev = State { authored: true, ..next.clone() };
    for id in ids {
        prev.catalog.remove(id);
    }
    for (id, entry) in last.into_iter().flat_map(Catalog::iter) {
        let stands =
            entry.requires.iter().all(|needed| needed.kind() == Kind::Seed || next.catalog.contains(needed));
        if stands {
            prev.catalog.insert_entry(id.clone(), entry.clone());
        }
    }
    prev
}

async fn proved(bench: &mut Bench, change: &Change) -> Result<String, CommandError> {
    let mut session = bench.fresh().await?;
    doors::materialize(&mut session, &change.prev).await?;
    let proof = prove(bench, &mut session, &Claim::of(change)).await?;
    if proof.holds() {
        Ok(proof.server)
    } else {
        Err(refuted(&proof, "the rows do not hold on scratch, so they were not written:"))
    }
}

/// The rows that the database was given last; nothing where it was given none.
async fn last(session: &mut Session, environment: &str) -> Result<Option<Catalog>, CommandError> {
    let Some(text) = seeded::kept(session, environment).await? else { return Ok(None) };
    let rows = Catalog::from_lines(&text).map_err(|source| {
        CommandError::World(Failure::new("nexus.seeds holds what this version cannot read").source(source))
    })?;
    Ok(Some(rows))
}

fn unknown<'a>(environment: &str, known: impl Iterator<Item = &'a String>) -> CommandError {
    let known: Vec<_> = known.map(String::as_str).collect();
    let failure = Failure::new(format!("no rows are for the environment `{environment}`"));
    CommandError::Usage(failure.help(match known.is_empty() {
        true => format!("write `only: [{environment}]` beside the rows that are for it"),
        false => format!("the schema file has rows for: {}", known.join(", ")),
    }))
}
