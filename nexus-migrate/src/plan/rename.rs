//! Declared renames, as steps.
//!
//! What objects say of each other in their own fields (the columns of a key, the text of a view) is not
//! rewritten here: the steps run on scratch and the state is read back under its new names.

use nexus_schema::catalog::{Catalog, Entry, Kind, ObjectId};

use super::Renames;
use super::step::{Action, Step, Transaction};
use crate::sql::Pen;

/// Returns the steps for the renames that are still to be done: the old object is in `prev`, the new one in `next`
/// and not yet in `prev`. Renames of kinds that PostgreSQL cannot rename are passed over.
pub fn renames(prev: &Catalog, next: &Catalog, renames: &Renames) -> Vec<Step> {
    // Tables come before their columns in id order, so a column is renamed under its table's new name.
    let due = renames
        .iter()
        .filter(|(after, before)| prev.contains(before) && !prev.contains(after) && next.contains(after));
    let step = |(after, before): (&ObjectId, &ObjectId)| {
        let table = renames
            .iter()
            .find(|(_, old)| old.kind() == Kind::Table && before.path().starts_with(old.path()));
        let before = match table {
            Some((new, _)) if before.kind() == Kind::Column => new.child(Kind::Column, before.name()),
            _ => before.clone(),
        };
        Some(Step {
            action: Action::Rename,
            id: after.clone(),
            sql: statement(&before, after)?.end(),
            transaction: Transaction::Shared,
            loses: Vec::new(),
            retypes: Vec::new(),
        })
    };
    due.filter_map(step).collect()
}

/// Constraints and indexes that are the same but for their name: a rename keeps what a new one would build again.
///
/// `declared` comes first; a name that it speaks of, or more than one candidate, is left alone.
pub fn implied(prev: &Catalog, next: &Catalog, declared: &Renames) -> Renames {
    let mut all = declared.clone();
    for kind in [Kind::Constraint, Kind::Index] {
        let gone: Vec<_> = prev.of_kind(kind).filter(|(id, _)| !next.contains(id)).collect();
        for (id, entry) in next.of_kind(kind).filter(|(id, _)| !prev.contains(id)) {
            let same = |(old, before): &&(&ObjectId, &Entry)| {
                before.object == entry.object
                    && place(old) == place(id)
                    && !all.values().any(|named| named == *old)
            };
            let candidates: Vec<_> = gone.iter().filter(same).collect();
            let twins = next.of_kind(kind).filter(|(other, twin)| {
                !prev.contains(other) && place(other) == place(id) && twin.object == entry.object
            });
            if let ([(old, _)], 1) = (candidates.as_slice(), twins.count()) {
                all.insert(id.clone(), (*old).clone());
            }
        }
    }
    all
}

/// Where an object lives: its path without its own name.
fn place(id: &ObjectId) -> &[String] {
    id.path().split_last().map_or(&[], |(_, rest)| rest)
}

fn statement(before: &ObjectId, after: &ObjectId) -> Option<Pen> {
    let to = after.name();
    Some(match before.kind() {
        Kind::Table => Pen::kw("ALTER TABLE").name(before.path()).and("RENAME TO").ident(to),
        Kind::Column => {
            let table = before.ancestor(Kind::Table, 2);
            Pen::kw("ALTER TABLE")
                .name(table.path())
                .and("RENAME COLUMN")
                .ident(before.name())
                .and("TO")
                .ident(to)
        }
        Kind::Constraint => {
            let table = before.ancestor(Kind::Table, 2);
            Pen::kw("ALTER TABLE")
                .name(table.path())
                .and("RENAME CONSTRAINT")
                .ident(before.name())
                .and("TO")
                .ident(to)
        }
        Kind::Index => Pen::kw("ALTER INDEX").name(before.path()).and("RENAME TO").ident(to),
        Kind::Enum | Kind::Composite | Kind::Range => {
            Pen::kw("ALTER TYPE").name(before.path()).and("RENAME TO").ident(to)
        }
        Kind::Domain => Pen::kw("ALTER DOMAIN").name(before.path()).and("RENAME TO").ident(to),
        Kind::Sequence => Pen::kw("ALTER SEQUENCE").name(before.path()).and("RENAME TO").ident(to),
        Kind::View => Pen::kw("ALTER VIEW").name(before.path()).and("RENAME TO").ident(to),
        Kind::Schema => Pen::kw("ALTER SCHEMA").name(before.path()).and("RENAME TO").ident(to),
        _ => return None,
    })
}
