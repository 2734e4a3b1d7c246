//! The part of a state that some objects need to exist.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Entry, Kind, ObjectId};

/// The objects, what they need, and what that needs; a table always with all of its columns.
pub(super) fn closure<'a>(catalog: &'a Catalog, ids: impl IntoIterator<Item = &'a ObjectId>) -> Catalog {
    let mut open: Vec<&ObjectId> = ids.into_iter().collect();
    let mut seen: BTreeSet<&ObjectId> = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(entry) = catalog.entry(id) else { continue };
        if seen.insert(id) {
            open.extend(&entry.requires);
            if id.kind() == Kind::Table {
                open.extend(catalog.under(Kind::Column, id.path()).map(|(column, _)| column));
            }
        }
    }
    let entries = seen.into_iter().filter_map(|id| Some((id.clone(), catalog.entry(id)?.clone())));
    entries.collect::<Vec<(ObjectId, Entry)>>().into_iter().collect()
}
