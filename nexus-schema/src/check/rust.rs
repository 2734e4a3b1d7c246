//! Names that are different in PostgreSQL and the same in Rust.

use std::collections::BTreeMap;

use crate::catalog::{Kind, ObjectId};
use crate::report::{Report, Spot};
use crate::rust::Naming;

/// Records every two objects that the generator would give one name; `has_id` as for [`Naming::clashes`].
pub(crate) fn check(
    naming: Naming<'_>,
    has_id: impl Fn(&ObjectId) -> bool,
    places: &BTreeMap<ObjectId, Spot>,
    report: &mut Report,
) {
    let mut clashes = naming.clashes(&naming.ids(), has_id);
    // One name in SQL as well is another mistake, and told already.
    clashes.retain(|clash| clash.id.path() != clash.other.path());
    for clash in &mut clashes {
        if places.get(&clash.id) < places.get(&clash.other) {
            std::mem::swap(&mut clash.id, &mut clash.other);
        }
    }
    clashes.sort_by_key(|clash| places.get(&clash.id).copied());
    for clash in clashes {
        let (Some(&spot), Some(&other)) = (places.get(&clash.id), places.get(&clash.other)) else {
            continue;
        };
        let (one, two) = (called(&clash.id), called(&clash.other));
        let title = match (clash.id.kind(), clash.other.kind()) {
            (Kind::Column, Kind::Column) => format!("{one} and {two} are both `{}` in Rust", clash.name),
            _ => format!("{one} and {two} both make a type `{}` in Rust", clash.name),
        };
        report
            .error("NX0405", spot, title, "")
            .also(other, "the other one")
            .help("give one of them another name in Rust: `rust: another_name`");
    }
}

fn called(id: &ObjectId) -> String {
    match (id.kind(), id.schema()) {
        (Kind::Column, _) | (_, "public") => format!("`{}`", id.name()),
        (_, schema) => format!("`{schema}.{}`", id.name()),
    }
}
