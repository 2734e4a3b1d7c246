//! From the state after a history to the declared one: planned and proved on the part of the schema that the change can
//! touch, where edges bound it, and else on all of it.

use nexus_schema::catalog::Kind;
use nexus_schema::document::Declared;

use super::GenerateArgs;
use crate::change::{Change, change};
use crate::commands::{CommandError, Progress};
use crate::db::ScratchOptions;
use crate::doors::{self, Bench, State};
use crate::extent::{Part, extent};
use crate::history::History;
use crate::plan::{Traffic, grounded};
use crate::prove::{Claim, Proof, Scope, prove};

/// A change that was looked at on scratch.
pub(super) struct Reached {
    pub(super) change: Change,
    pub(super) proof: Proof,
    /// What is known of the database's clients.
    pub(super) traffic: Traffic,
    /// The version of the server.
    pub(super) server: String,
}

/// Plans and proves what leads from a history to the schema; nothing where nothing does.
pub(super) async fn reach(
    args: &GenerateArgs,
    declared: &Declared,
    history: &History,
    progress: &dyn Progress,
) -> Result<Option<Reached>, CommandError> {
    let options = ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: declared.database.postgres,
        ..ScratchOptions::default()
    };
    let mut bench = Bench::new(options);
    let reached = match in_part(&mut bench, args, declared, history, progress).await {
        Some(reached) => Ok(reached),
        None => in_whole(&mut bench, args, declared, history, progress).await,
    };
    let version = bench.server().map(|server| server.version.clone()).unwrap_or_default();
    bench.stop().await;
    Ok(reached?.map(|reached| Reached { server: version, ..reached }))
}

async fn in_whole(
    bench: &mut Bench,
    args: &GenerateArgs,
    declared: &Declared,
    history: &History,
    progress: &dyn Progress,
) -> Result<Option<Reached>, CommandError> {
    progress.stage("building the schema on scratch");
    let mut next = doors::authored(bench, declared).await?;
    let is_first = history.migrations().is_empty();
    let snapshot = if is_first { doors::empty() } else { history.snapshot()? };
    let mut prev = State { catalog: snapshot, authored: true, ..State::default() };
    doors::common_ground(&mut prev, &mut next);
    if args.contract {
        next.expanding.retain(|column| !prev.catalog.contains(column));
    }
    if args.plain {
        next.traffic = Traffic::none();
    }
    let traffic = next.traffic.clone();
    let change = change(bench, prev, next).await?;
    if change.up.is_empty() {
        return Ok(None);
    }
    progress.stage("proving the migration on scratch");
    let mut session = bench.fresh().await?;
    if !is_first {
        doors::replay(&mut session, history).await?;
    }
    let proof = prove(bench, &mut session, &Claim::of(&change)).await?;
    Ok(Some(Reached { change, proof, traffic, server: String::new() }))
}

/// The same on a part of the schema; nothing where no part bounds the change, and where something is wrong with it there:
/// the whole then says what.
async fn in_part(
    bench: &mut Bench,
    args: &GenerateArgs,
    declared: &Declared,
    history: &History,
    progress: &dyn Progress,
) -> Option<Option<Reached>> {
    if args.whole || args.contract || history.migrations().is_empty() {
        return None;
    }
    let mut prev = history.snapshot().ok()?;
    if !declared.expanding.is_empty() || !grounded(&prev, &declared.renames).is_empty() {
        return None;
    }
    let changed = history.written().changed(&declared.catalog, &prev);
    let part = extent(&prev, &declared.catalog, &changed).ok()?;
    let scope = worth(&part, declared)?;
    progress.stage("building what the change can touch on scratch");
    let mut next = doors::authored_part(bench, declared, &part.of(&declared.catalog)).await.ok()?;
    // Another major may spell what is outside of the part otherwise.
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(&history.snapshot_meta()?.postgres) != major(&bench.server()?.version) {
        return None;
    }
    doors::leave_ledgers(&mut next.catalog);
    let mut whole = part.replaced(&prev, &next.catalog);
    // Whether the author speaks of owners and grants, all that is declared tells.
    let unspoken = doors::unspoken(&whole);
    for state in [&mut prev, &mut whole, &mut next.catalog] {
        doors::leave(state, &unspoken);
    }
    if args.plain {
        next.traffic = Traffic::none();
    }
    let traffic = next.traffic.clone();
    let before = State { catalog: part.of(&prev), authored: true, ..State::default() };
    let change = change(bench, before, next).await.ok()?;
    if change.up.is_empty() {
        return Some(None);
    }
    progress.stage("proving the migration on scratch");
    let mut session = bench.fresh().await.ok()?;
    doors::materialize(&mut session, &change.prev).await.ok()?;
    let mut proof = prove(bench, &mut session, &Claim::of(&change)).await.ok()?;
    if !proof.holds() {
        return None;
    }
    proof.scope = scope;
    let change = Change { prev, next: whole, ..change };
    Some(Some(Reached { change, proof, traffic, server: String::new() }))
}

/// So few tables are looked at as a whole in no time.
const FEW: usize = 20;

/// How much of the schema a part is, if it is little enough to be worth it.
fn worth(part: &Part, declared: &Declared) -> Option<Scope> {
    let of = declared.catalog.of_kind(Kind::Table).count();
    let tables = part.tables(&declared.catalog);
    (of > FEW && tables * 2 < of).then_some(Scope::Part { tables, of })
}
