//! Compares two states object by object. Names no kind.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, ObjectId};

/// What has to happen to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// It is only in the state after.
    Create,
    /// It is only in the state before.
    Drop,
    /// It is in both and differs.
    Alter,
}

/// Returns what differs between two states, by id; empty exactly when no DDL is needed.
///
/// ```
/// use nexus_migrate::diff::{Delta, diff};
/// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
/// use nexus_schema::kinds::Schema;
///
/// let (prev, mut next) = (Catalog::default(), Catalog::default());
/// let id = ObjectId::new(Kind::Schema, ["auth"]);
/// next.insert(id.clone(), Schema {});
/// assert_eq!(diff(&prev, &next), [(id, Delta::Create)].into());
/// assert!(diff(&next, &next).is_empty());
/// ```
pub fn diff(prev: &Catalog, next: &Catalog) -> BTreeMap<ObjectId, Delta> {
    let gone_or_changed = prev.iter().filter_map(|(id, entry)| match next.get(id) {
        None => Some((id.clone(), Delta::Drop)),
        Some(object) if *object != entry.object => Some((id.clone(), Delta::Alter)),
        Some(_) => None,
    });
    let new = next.iter().filter(|(id, _)| !prev.contains(id)).map(|(id, _)| (id.clone(), Delta::Create));
    gone_or_changed.chain(new).collect()
}
