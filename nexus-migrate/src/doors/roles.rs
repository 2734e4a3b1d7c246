//! Roles and memberships, which belong to the server that a state lives on.
//!
//! A live server is asked for those that the other side of a change declares. A state on scratch has those that its
//! author declared: what else a scratch server knows may come from another state on it.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::Comment;

use super::DoorError;
use crate::db::Session;
use crate::introspect::ReadError;
use crate::kinds::{membership, role};
use crate::sql::Pen;

/// Whether an object is a role, a membership, or said of a role.
fn is_of_server(id: &ObjectId) -> bool {
    matches!(id.target().unwrap_or(id).kind(), Kind::Role | Kind::Membership)
}

/// Gives a state the roles and memberships of another.
pub fn carry_roles(from: &Catalog, into: &mut Catalog) {
    for (id, entry) in from.iter().filter(|(id, _)| is_of_server(id)) {
        into.insert_entry(id.clone(), entry.clone());
    }
    role::in_order(into);
}

/// Looks for the roles and memberships that `wanted` declares on the session's server and puts those it finds into
/// `catalog`, as they are there.
pub async fn read_roles(
    session: &mut Session,
    catalog: &mut Catalog,
    wanted: &Catalog,
) -> Result<(), DoorError> {
    if !wanted.iter().any(|(id, _)| is_of_server(id)) {
        return Ok(());
    }
    for (kind, query) in [(Kind::Role, role::SERVER), (Kind::Membership, membership::SERVER)] {
        for row in session.rows(query).await? {
            let text = |n: usize| row.get(n).cloned().flatten();
            let (path, json) = (text(0).unwrap_or_default(), text(1).unwrap_or_default());
            let shape = |source| ReadError::Shape { kind, row: format!("{path} {json}"), source };
            let id = ObjectId::new(kind, serde_json::from_str::<Vec<String>>(&path).map_err(shape)?);
            if !wanted.contains(&id) {
                continue;
            }
            let object = Object::from_json(kind, &json).map_err(shape)?;
            if let Some(text) = text(2) {
                catalog.insert(id.of(Kind::Comment, []), Comment { text });
            }
            catalog.insert(id, object);
        }
    }
    role::in_order(catalog);
    Ok(())
}

/// Brings declared roles into the form in which a server has them: times in UTC, and of a membership only what is not
/// as the member's own attribute says.
pub(super) async fn normalise(session: &mut Session, catalog: &mut Catalog) -> Result<(), DoorError> {
    let mut inherits = BTreeMap::new();
    let roles: Vec<ObjectId> = catalog.of_kind(Kind::Role).map(|(id, _)| id.clone()).collect();
    for id in &roles {
        let Some(Object::Role(role)) = catalog.entry_mut(id).map(|entry| &mut entry.object) else { continue };
        inherits.insert(id.name().to_owned(), role.inherit);
        role.connection_limit = role.connection_limit.filter(|limit| *limit != -1);
        if let Some(until) = &role.valid_until {
            let time = Pen::kw("SELECT to_jsonb(t AT TIME ZONE 'UTC') #>> '{}' FROM (SELECT timestamptz");
            let rows = session.rows(&time.literal(until).and("AS t) AS x WHERE isfinite(t)").end()).await?;
            role.valid_until = rows.into_iter().flatten().flatten().next().map(|time| format!("{time}+00"));
        }
    }
    let memberships: Vec<ObjectId> = catalog.of_kind(Kind::Membership).map(|(id, _)| id.clone()).collect();
    for id in &memberships {
        if let Some(Object::Membership(membership)) = catalog.entry_mut(id).map(|entry| &mut entry.object) {
            membership.inherit =
                membership.inherit.filter(|inherit| inherits.get(id.name()) != Some(inherit));
        }
    }
    Ok(())
}
