//! `nexus squash`: one change in the place of many, proved to lead to the same state.

use std::path::PathBuf;

use nexus_schema::catalog::{Catalog, Kind};

use super::generate::migrations;
use super::{CommandError, Failure, Progress};
use crate::change::change;
use crate::db::{ScratchOptions, Session};
use crate::doors::{self, Bench, State};
use crate::history::{Change, History, Migration, Replaced};
use crate::plan::Traffic;
use crate::prove::{Claim, prove};
use crate::sql::Pen;

/// What to squash.
#[derive(Debug, Clone)]
pub struct SquashArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The newest migration to take in; the newest there is, if none.
    pub to: Option<i64>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squashed {
    /// The up files that are gone.
    pub replaced: Vec<String>,
    /// Those in their place.
    pub files: Vec<String>,
}

/// Replaces every migration up to a version by as few as can be.
///
/// Fails where the files write rows that no seed declares, because the new ones would not.
pub async fn squash(args: &SquashArgs, progress: &dyn Progress) -> Result<Squashed, CommandError> {
    let history = super::apply::open(&args.dir)?;
    let mut changes = History::in_changes(&history)?;
    let newest = changes.last().and_then(Change::version).unwrap_or_default();
    let to = args.to.unwrap_or(newest);
    let Some(end) = changes.iter().position(|change| change.version() == Some(to)) else {
        let failure = Failure::new(format!("{to} is not the last migration of a change"));
        return Err(CommandError::Usage(failure.help("`nexus status` lists the migrations")));
    };
    let rest = changes.split_off(end + 1);
    let old: Vec<Migration> = changes.into_iter().flat_map(|change| change.migrations).collect();
    if old.len() < 2 {
        return Ok(Squashed { replaced: Vec::new(), files: Vec::new() });
    }
    let mut bench = Bench::new(ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() });
    progress.stage("running the migrations on scratch");
    let snapshot = history.snapshot()?;
    let mut session = bench.fresh().await?;
    let goal = doors::run_files(&mut session, old.iter(), &snapshot).await?;
    let rows = counts(&mut session, &goal).await?;
    drop(session);
    let prev = State { catalog: doors::empty(), authored: true, ..State::default() };
    let next = State { catalog: goal, authored: true, traffic: Traffic::none(), ..State::default() };
    let change = change(&mut bench, prev, next).await?;
    progress.stage("proving what takes their place");
    let mut session = bench.fresh().await?;
    let proof = prove(&mut bench, &mut session, &Claim::of(&change)).await?;
    drop(session);
    if !proof.holds() {
        let lines: Vec<_> =
            proof.forward.iter().chain(&proof.backward).chain(&proof.rows.lost).cloned().collect();
        let message = format!("the squashed migration does not hold:\n  {}", lines.join("\n  "));
        return Err(CommandError::Found(Failure::new(message)));
    }
    let files = migrations(to, &change, &proof, "squashed");
    // The newest of them has the version of the newest that it stands for.
    let shift = i64::try_from(files.len()).unwrap_or(1) - 1;
    let files: Vec<Migration> = (0..)
        .zip(files)
        .map(|(n, m): (i64, Migration)| Migration::new(to - shift + n, m.name, m.up, m.down))
        .collect();
    let mut session = bench.fresh().await?;
    let reached = doors::run_files(&mut session, files.iter(), &snapshot).await?;
    let again = counts(&mut session, &reached).await?;
    drop(session);
    bench.stop().await;
    let differs: Vec<String> = rows
        .iter()
        .filter(|row| !again.contains(row))
        .map(|(table, count)| format!("  {table}: {count} rows"))
        .collect();
    if !differs.is_empty() {
        let message = format!("the migrations write rows that no seed declares:\n{}", differs.join("\n"));
        let help = "declare them under `seeds:`, or squash up to before the migration that writes them";
        return Err(CommandError::Found(Failure::new(message).help(help)));
    }
    let replaces = old.iter().map(|m| Replaced { version: m.version, checksum: m.checksum_hex() }).collect();
    let proof = serde_json::to_value(&proof).map_err(|source| {
        CommandError::World(Failure::new("cannot write the proof as JSON").source(source))
    })?;
    let squashed = Squashed {
        replaced: old.iter().map(Migration::up_file).collect(),
        files: files.iter().map(Migration::up_file).collect(),
    };
    let all: Vec<Change> =
        std::iter::once(Change { migrations: files, proof, replaces }).chain(rest).collect();
    let (postgres, schema) =
        history.snapshot_meta().map(|meta| (meta.postgres.clone(), meta.schema.clone())).unwrap_or_default();
    History::rewrite(&args.dir, &all, &snapshot, postgres, schema)?;
    Ok(squashed)
}

/// How many rows each table has.
async fn counts(session: &mut Session, catalog: &Catalog) -> Result<Vec<(String, String)>, CommandError> {
    let mut counts = Vec::new();
    for (id, _) in catalog.of_kind(Kind::Table) {
        let query = Pen::kw("SELECT count(*) FROM").name(id.path()).end();
        let count = session.rows(&query).await?.into_iter().flatten().flatten().next().unwrap_or_default();
        counts.push((id.to_string(), count));
    }
    Ok(counts)
}
