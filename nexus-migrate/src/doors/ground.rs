//! What both ends of a comparison speak of. The rest belongs to a place, or to the tools that migrate it.

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

use super::State;

/// Kinds that count only where both sides speak of them.
const OF_A_PLACE: [Kind; 8] = [
    Kind::Owner,
    Kind::Grant,
    Kind::DefaultPrivilege,
    Kind::Setting,
    Kind::UserMapping,
    Kind::Subscription,
    Kind::Role,
    Kind::Membership,
];

/// The schema of our own journal.
const OUR_SCHEMA: &str = "nexus";
/// The ledger that sqlx and we share.
const SQLX_LEDGER: &str = "_sqlx_migrations";

/// Takes out of both states what the author of the goal does not speak of, or that of the start where the goal has none:
/// what belongs to a place more than to a schema (owners, grants, settings, subscriptions, user mappings, roles); and
/// the ledgers of migration tools.
pub fn common_ground(prev: &mut State, next: &mut State) {
    if !prev.authored && !next.authored {
        return;
    }
    let author = if next.authored { &*next } else { &*prev };
    let unspoken = unspoken(&author.catalog);
    leave(&mut prev.catalog, &unspoken);
    leave(&mut next.catalog, &unspoken);
    leave_ledgers(&mut prev.catalog);
    leave_ledgers(&mut next.catalog);
}

/// Kinds of a place that a state does not speak of.
pub fn unspoken(state: &Catalog) -> Vec<Kind> {
    OF_A_PLACE.into_iter().filter(|kind| state.of_kind(*kind).next().is_none()).collect()
}

/// Takes the objects of some kinds out of a state, and what is said of them.
pub fn leave(state: &mut Catalog, kinds: &[Kind]) {
    let is_of_them = |id: &ObjectId| kinds.contains(&id.kind());
    state.retain(|id, _| !is_of_them(id) && !id.target().is_some_and(is_of_them));
}

/// Takes the ledgers of migration tools out of a state.
pub fn leave_ledgers(catalog: &mut Catalog) {
    catalog.retain(|id, _| !is_ledger(id));
}

/// Whether an object belongs to the ledger of a migration tool: sqlx's table, or our own schema.
fn is_ledger(id: &ObjectId) -> bool {
    if let Some(target) = id.target() {
        return is_ledger(target);
    }
    match id.path() {
        _ if !id.kind().lives_in_schema() => false,
        [schema, ..] if schema == OUR_SCHEMA => true,
        [_, table, ..] => table == SQLX_LEDGER || id.kind() == Kind::Index && table.starts_with(SQLX_LEDGER),
        _ => false,
    }
}
