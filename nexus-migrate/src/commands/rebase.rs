//! `nexus rebase`: puts the migrations of one branch after those of another, where both were written after the same.
//!
//! Both orders are run on scratch and must lead to one state; then the whole history is proved in its new order. Only
//! then are files renamed.

use std::path::PathBuf;

use chrono::Utc;
use nexus_schema::catalog::Catalog;
use nexus_schema::document;

use super::generate::fingerprint;
use super::{CommandError, Failure, Progress, exists};
use crate::db::ScratchOptions;
use crate::diff::diff;
use crate::doors::{self, Bench, State};
use crate::history::{Change, Fork, History, Migration, version_after, version_at};
use crate::prove;

/// What to put in order.
#[derive(Debug, Clone)]
pub struct RebaseArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The schema file, merged.
    pub schema: PathBuf,
    /// The newest version of the branch that stays as it is.
    pub onto: Option<i64>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What was put where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebased {
    /// The up files that have another version now: before, after.
    pub moved: Vec<(String, String)>,
    /// Whether the schema file says more than both branches did.
    pub due: bool,
}

/// Puts two or more branches one after the other.
pub async fn rebase(args: &RebaseArgs, progress: &dyn Progress) -> Result<Rebased, CommandError> {
    exists(&args.schema)?;
    let (declared, _) = document::load(&args.schema)?;
    let Some(fork) = History::fork(&args.dir)? else {
        History::open(&args.dir)?;
        return Ok(Rebased::default());
    };
    let branches = ordered(&fork, args.onto)?;
    let mut bench = Bench::new(ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: declared.database.postgres,
        ..ScratchOptions::default()
    });
    progress.stage("running both orders on scratch");
    let mut wanted = doors::authored(&mut bench, &declared).await?;
    let forth: Vec<&Change> = fork.base.iter().chain(branches.iter().copied().flatten()).collect();
    let back: Vec<&Change> = fork.base.iter().chain(branches.iter().rev().copied().flatten()).collect();
    let one = after(&mut bench, &forth, &wanted.catalog).await?;
    let mut other = after(&mut bench, &back, &wanted.catalog).await?;
    doors::settle(&mut bench, &mut other, &one).await?;
    let differs: Vec<String> = diff(&other, &one).into_keys().map(|id| format!("  {id}")).collect();
    if !differs.is_empty() {
        let message = format!(
            "the branches do not lead to one state: by the order of their migrations, there differ\n{}",
            differs.join("\n")
        );
        let help = "take the migrations of one branch out of the directory and run `nexus generate`";
        return Err(CommandError::Found(Failure::new(message).help(help)));
    }
    let mut reached = State { catalog: one, authored: true, ..State::default() };
    doors::common_ground(&mut reached, &mut wanted);
    doors::settle(&mut bench, &mut reached.catalog, &wanted.catalog).await?;
    let due = !diff(&reached.catalog, &wanted.catalog).is_empty();
    let (snapshot, schema) =
        if due { (reached.catalog, String::new()) } else { (wanted.catalog, fingerprint(&declared.catalog)) };
    let (mut changes, moved) = renumbered(&fork, &branches);
    progress.stage("proving the history in its new order");
    let server = bench.server().map(|server| server.version.clone()).unwrap_or_default();
    let temporary = tempfile::tempdir().map_err(|source| {
        CommandError::World(Failure::new("cannot make a temporary folder").source(source))
    })?;
    let trial = History::rewrite(temporary.path(), &changes, &snapshot, server.clone(), schema.clone())?;
    let proofs = prove::history::prove(&mut bench, &trial, &mut |done, of| progress.steps(done, of)).await?;
    bench.stop().await;
    for (name, proof) in &proofs {
        if !proof.holds() {
            let lines: Vec<_> =
                proof.forward.iter().chain(&proof.backward).chain(&proof.rows.lost).cloned().collect();
            let message = format!("in the new order `{name}` does not hold:\n  {}", lines.join("\n  "));
            return Err(CommandError::Found(Failure::new(message)));
        }
        let change = changes.iter_mut().find(|change| change.migrations.iter().any(|m| m.up_file() == *name));
        if let Some(fields) = change.and_then(|change| change.proof.as_object_mut()) {
            fields.insert("server".into(), proof.server.clone().into());
            fields.insert("rows".into(), serde_json::json!(proof.rows));
        }
    }
    History::rewrite(&args.dir, &changes, &snapshot, server, schema)?;
    Ok(Rebased { moved, due })
}

/// The branches, the one that stays first.
fn ordered(fork: &Fork, onto: Option<i64>) -> Result<Vec<&Vec<Change>>, CommandError> {
    let heads = fork.heads();
    let first = match onto {
        Some(version) => heads.iter().position(|head| *head == version).ok_or_else(|| {
            let list: Vec<_> = heads.iter().map(ToString::to_string).collect();
            let failure = Failure::new(format!("{version} is not the newest migration of a branch"));
            CommandError::Usage(failure.help(format!("those are {}", list.join(" and "))))
        })?,
        // What the chain vouches for came with the branch that was merged into, or was applied somewhere already.
        None => fork.vouched.unwrap_or(0),
    };
    let mut branches: Vec<_> = fork.branches.iter().collect();
    let stays = branches.remove(first);
    branches.insert(0, stays);
    Ok(branches)
}

async fn after(bench: &mut Bench, changes: &[&Change], wanted: &Catalog) -> Result<Catalog, CommandError> {
    let mut session = bench.fresh().await?;
    let migrations = changes.iter().flat_map(|change| &change.migrations);
    Ok(doors::run_files(&mut session, migrations, wanted).await?)
}

/// All changes in order, with new versions where a branch would come before one that stays.
fn renumbered(fork: &Fork, branches: &[&Vec<Change>]) -> (Vec<Change>, Vec<(String, String)>) {
    let mut changes = fork.base.clone();
    let mut moved = Vec::new();
    for branch in branches {
        let newest = changes.last().and_then(Change::version);
        let first = branch.first().and_then(|change| change.migrations.first());
        let stays = newest.is_none() || first.is_some_and(|m| Some(m.version) > newest);
        let mut version = newest.map_or(1, |newest| version_after(newest).max(version_at(Utc::now())));
        for change in *branch {
            let mut change = change.clone();
            for migration in change.migrations.iter_mut().filter(|_| !stays) {
                let before = migration.up_file();
                let Migration { name, up, down, .. } = migration.clone();
                *migration = Migration::new(version, name, up, down);
                moved.push((before, migration.up_file()));
                version = version_after(version);
            }
            changes.push(change);
        }
    }
    (changes, moved)
}
