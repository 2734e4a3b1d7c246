//! Names in Rust for what would have the name of another thing there, such as the tables `queue` and `queues`.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, ObjectId};
use crate::document::RustHint;
use crate::rust::Naming;

/// The hints with those added without which two objects would have one name.
pub(super) fn with_own_names(
    catalog: &Catalog,
    hints: &BTreeMap<ObjectId, RustHint>,
) -> BTreeMap<ObjectId, RustHint> {
    let mut hints = hints.clone();
    let mut tried: BTreeMap<ObjectId, (String, u32)> = BTreeMap::new();
    loop {
        let naming = Naming { catalog, hints: &hints };
        let clashes = naming.clashes(&naming.ids(), |_| true);
        let mut next = Vec::new();
        for clash in clashes.into_iter().filter(|clash| clash.id.path() != clash.other.path()) {
            let first = || (naming.of(&clash.id), 1);
            let (name, number) = tried.entry(clash.id.clone()).or_insert_with(first);
            *number += 1;
            next.push((clash.id, format!("{name}{number}")));
        }
        if next.is_empty() {
            return hints;
        }
        for (id, name) in next {
            hints.entry(id).or_default().name = Some(name);
        }
    }
}
