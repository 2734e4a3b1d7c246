//! Tells texts that differ from texts that mean something else.
//!
//! `status IN ('a','b')` on varchar is stored in one form, and that form run again is stored in another: some
//! expressions have no fixed point at first writing. So where two states hold the same object with different texts,
//! both are run on scratch once more, and what the server then holds alike was never a difference.

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

use super::closure::closure;
use super::visit::Visit;
use super::{Bench, DoorError, empty};
use crate::diff::{Delta, diff};
use crate::introspect::introspect_kinds;

/// Gives objects of `prev` the text of `next` where the two settle into the same; returns how many.
///
/// A part that cannot be built by itself is left as it is: its difference stands.
pub async fn settle(bench: &mut Bench, prev: &mut Catalog, next: &Catalog) -> Result<usize, DoorError> {
    let differing: Vec<ObjectId> = diff(prev, next)
        .into_iter()
        .filter(|(id, delta)| *delta == Delta::Alter && holds_sql(id.kind()))
        .map(|(id, _)| id)
        .collect();
    if differing.is_empty() {
        return Ok(0);
    }
    let (Some(before), Some(after)) =
        (settled(bench, prev, &differing).await?, settled(bench, next, &differing).await?)
    else {
        return Ok(0);
    };
    let mut alike = 0;
    for id in &differing {
        if before.get(id).is_some()
            && before.get(id) == after.get(id)
            && let (Some(entry), Some(object)) = (prev.entry_mut(id), next.get(id))
        {
            entry.object = object.clone();
            alike += 1;
        }
    }
    Ok(alike)
}

/// Kinds whose state includes the text of an expression or a query.
fn holds_sql(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Schema
            | Kind::Extension
            | Kind::Enum
            | Kind::Sequence
            | Kind::Role
            | Kind::Membership
            | Kind::Setting
            | Kind::ExtensionDependency
            | Kind::Comment
            | Kind::Owner
            | Kind::Grant
            | Kind::DefaultPrivilege
            | Kind::SecurityLabel
            | Kind::Seed
            | Kind::Raw
    )
}

/// What a server makes of the part of a state that some objects need; nothing where it cannot be built by itself.
async fn settled(
    bench: &mut Bench,
    catalog: &Catalog,
    ids: &[ObjectId],
) -> Result<Option<Catalog>, DoorError> {
    let mut part = closure(catalog, ids);
    part.retain(|id, _| id.kind() != Kind::Seed);
    for (id, entry) in empty() {
        part.insert_entry(id, entry);
    }
    let kinds = ids.iter().map(ObjectId::kind).collect();
    let mut visit = match Visit::begin(bench, &part).await {
        Ok(visit) => visit,
        Err(DoorError::Build(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let read = introspect_kinds(&mut visit.session, &kinds).await?;
    visit.end(bench).await?;
    Ok(Some(read))
}
