//! Compares two states object by object. Names no kind.

use std::cmp::Ordering;
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
    let mut deltas = BTreeMap::new();
    // Both are in id order, so one walk along the two meets every object once.
    let (mut before, mut after) = (prev.iter().peekable(), next.iter().peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (Some((old, _)), Some((new, _))) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return deltas,
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        match (old, new) {
            (Some((id, _)), None) => deltas.insert(id.clone(), Delta::Drop),
            (None, Some((id, _))) => deltas.insert(id.clone(), Delta::Create),
            (Some((id, old)), Some((_, new))) if old.object != new.object => {
                deltas.insert(id.clone(), Delta::Alter)
            }
            _ => None,
        };
    }
}
