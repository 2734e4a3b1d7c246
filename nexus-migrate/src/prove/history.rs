//! Proves a history again: every change of it forward, backward and forward, with rows in the tables.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};

use super::prechecks::Question;
use super::{Asked, Proof, ProveError, Scope, residual, rows};
use crate::db::Session;
use crate::diff::{Delta, diff};
use crate::doors::{self, Bench, BuildError, DoorError};
use crate::history::{History, Migration};
use crate::plan::{Renames, relabelled};

/// Proves each change; `progress` hears how many are done, of how many.
///
/// Files whose way back is in a later file are proved together with it.
pub async fn prove(
    bench: &mut Bench,
    history: &History,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<(String, Proof)>, ProveError> {
    let snapshot = history.snapshot().map_err(DoorError::from)?;
    let mut session = bench.fresh().await?;
    doors::make_roles(&mut session, &snapshot).await?;
    let mut seen = Vec::new();
    let mut before = read(&mut session, &snapshot).await?;
    let groups: Vec<_> = history.changes().collect();
    let mut states = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        let mut filled = rows::fill(&mut session, &before, &[]).await.map_err(DoorError::from)?;
        rows::make_room(&mut session, &before, &snapshot, &mut filled).await.map_err(DoorError::from)?;
        let known = prechecks_of(history, group);
        let questions: Vec<_> =
            known.iter().map(|it| Question { precheck: &it.precheck, breaks: &[] }).collect();
        let prechecks = super::prechecks::ask(&mut session, &before, &questions, &mut filled);
        let prechecks = prechecks.await.map_err(DoorError::from)?;
        let mut refused = Vec::new();
        for (place, migration) in group.iter().enumerate() {
            match up(&mut session, migration).await {
                // A file in one transaction: the state before stands, and the file is tried without rows.
                Err(error) if place == 0 && migration.transactional && is_about_rows(&error) => {
                    refused.push(format!("{} ({error})", migration.up_file()));
                    rows::clear(&mut session, &filled, &before).await.map_err(DoorError::from)?;
                    filled = rows::Filled::default();
                    up(&mut session, migration).await?;
                }
                done => done?,
            }
        }
        let after = read(&mut session, &snapshot).await?;
        let renames = renames_of(history, group);
        let losing = gone_or_converted(&before, &after, &renames);
        let mut report = rows::compare(&mut session, &filled, &before, &after, &renames, &losing)
            .await
            .map_err(DoorError::from)?;
        report.refused = refused;
        // The way back is for the state: it may have no place for all that the way forward lets in.
        if !rows::empty(&mut session, &after).await.map_err(DoorError::from)? {
            rows::clear(&mut session, &filled, &after).await.map_err(DoorError::from)?;
        }
        for migration in group.iter().rev() {
            down(&mut session, migration).await?;
        }
        let back = read(&mut session, &snapshot).await?;
        rows::clear(&mut session, &filled, &back).await.map_err(DoorError::from)?;
        for migration in *group {
            up(&mut session, migration).await?;
        }
        let again = read(&mut session, &snapshot).await?;
        let name = group.first().map(Migration::up_file).unwrap_or_default();
        states.push((back, before, again.clone(), after));
        seen.push((name, report, prechecks));
        before = again;
        progress(n + 1, groups.len());
    }
    drop(session);
    let mut proofs = Vec::new();
    let last = states.len();
    for (n, ((name, report, prechecks), (back, before, again, after))) in
        seen.into_iter().zip(states).enumerate()
    {
        let goal = if n + 1 == last { &snapshot } else { &after };
        let forward = residual(bench, again, goal).await?;
        let backward = residual(bench, back, &before).await?;
        let server = bench.server().map(ToString::to_string).unwrap_or_default();
        proofs.push((
            name,
            Proof {
                server,
                scope: Scope::Whole,
                forward,
                backward,
                renames: Vec::new(),
                prechecks: prechecks.asked,
                unasked: prechecks.unasked,
                loses: Vec::new(),
                retypes: Vec::new(),
                rows: report,
                steps: Vec::new(),
            },
        ));
    }
    Ok(proofs)
}

fn is_about_rows(error: &ProveError) -> bool {
    matches!(error, ProveError::Door(DoorError::Build(BuildError::Migration { source, .. })) if super::is_about_rows(source))
}

/// The renames that the change declared when it was written.
fn renames_of(history: &History, group: &[Migration]) -> Renames {
    group.last().map(|migration| history.renames(migration.version).into_iter().collect()).unwrap_or_default()
}

/// What is asked before the change.
fn prechecks_of(history: &History, group: &[Migration]) -> Vec<Asked> {
    let proof = group.last().and_then(|migration| history.proof(migration.version));
    let known = proof.and_then(|proof| serde_json::from_value(proof.get("prechecks")?.clone()).ok());
    known.unwrap_or_default()
}

async fn read(session: &mut Session, seeds: &Catalog) -> Result<Catalog, ProveError> {
    let mut catalog = doors::look(session, Some(seeds), Some(seeds)).await?;
    // What a step does to the server stays after its way back: roles are not compared.
    doors::carry_roles(seeds, &mut catalog);
    Ok(catalog)
}

async fn up(session: &mut Session, migration: &Migration) -> Result<(), ProveError> {
    let failed = |source| DoorError::Build(BuildError::Migration { file: migration.up_file(), source });
    Ok(doors::run_file(session, &migration.up, migration.transactional).await.map_err(failed)?)
}

async fn down(session: &mut Session, migration: &Migration) -> Result<(), ProveError> {
    let failed = |source| DoorError::Build(BuildError::Migration { file: migration.down_file(), source });
    match &migration.down {
        Some(sql) => Ok(doors::run_file(session, sql, !sql.starts_with(crate::history::NO_TRANSACTION))
            .await
            .map_err(failed)?),
        None => Ok(()),
    }
}

/// Tables and columns that are not there afterwards, and columns of another type.
fn gone_or_converted(prev: &Catalog, next: &Catalog, renames: &Renames) -> BTreeSet<ObjectId> {
    let differs = diff(prev, next).into_iter().filter(|(id, delta)| match (id.kind(), delta) {
        (Kind::Table | Kind::Column, Delta::Drop) => {
            !renames.values().any(|old| id.path().starts_with(old.path()))
        }
        (Kind::Column, Delta::Alter) => {
            let type_of = |catalog: &Catalog| match catalog.get(id) {
                Some(Object::Column(column)) => Some(column.type_.clone()),
                _ => None,
            };
            type_of(prev) != type_of(next)
        }
        _ => false,
    });
    let read_otherwise = renames.values().flat_map(|old| relabelled(prev, old));
    differs.map(|(id, _)| id).chain(read_otherwise).collect()
}
