//! What the file changes against the history, said at the lines that change it.
//!
//! Compares the declared state with the snapshot of the newest migration, without a server: so it says nothing of
//! expressions, which PostgreSQL spells its own way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::Declared;
use nexus_schema::kinds::ConstraintBody;

use crate::history::History;
use crate::plan::{former, grounded};

/// A change, and where it is declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hint {
    pub(crate) file: PathBuf,
    /// The line, from 0.
    pub(crate) line: usize,
    /// What changes: `+ column`, `integer → bigint`.
    pub(crate) text: String,
}

/// The changes since the newest migration; none where there is no history that can be read.
pub(crate) fn hints(declared: &Declared, history: &Path) -> Vec<Hint> {
    let history = History::open(history).ok().filter(|history| history.snapshot_meta().is_some());
    let Some(before) = history.and_then(|history| history.snapshot().ok()) else { return Vec::new() };
    let mut hints = between(&before, declared);
    hints.sort();
    hints.dedup();
    hints
}

fn between(before: &Catalog, declared: &Declared) -> Vec<Hint> {
    let after = &declared.catalog;
    let renames = grounded(before, &declared.renames);
    let mut hints = Vec::new();
    let mut met = BTreeSet::new();
    let mut say = |id: &ObjectId, text: String| {
        if let Some(place) = declared.place(id) {
            let (file, line) = (super::texts::normal(&place.file), place.line.saturating_sub(1));
            hints.push(Hint { file, line, text });
        }
    };
    for kind in [Kind::Table, Kind::Column, Kind::Index, Kind::Constraint] {
        for (id, entry) in after.of_kind(kind) {
            let old = former(&renames, id);
            let table = id.ancestor(Kind::Table, 2);
            let is_new = !before.contains(&former(&renames, &table));
            let Some(was) = before.get(&old) else {
                // A new table says so for its parts.
                match kind {
                    Kind::Table => say(id, "+ table".into()),
                    Kind::Column if !is_new => say(id, "+ column".into()),
                    Kind::Index => say(id, "+ index".into()),
                    Kind::Constraint if !is_new => say(id, format!("+ {}", constraint(&entry.object))),
                    _ => {}
                }
                continue;
            };
            met.insert(old.clone());
            if old.own_name() != id.own_name() && matches!(kind, Kind::Table | Kind::Column) {
                say(id, format!("renamed from {}", old.own_name()));
            }
            if let (Object::Column(was), Object::Column(is)) = (was, &entry.object) {
                if was.type_ != is.type_ {
                    say(id, format!("{} → {}", was.type_, is.type_));
                }
                match (was.not_null, is.not_null) {
                    (false, true) => say(id, "+ not null".into()),
                    (true, false) => say(id, "− not null".into()),
                    _ => {}
                }
                match (
                    before.contains(&old.as_kind(Kind::Default)),
                    after.contains(&id.as_kind(Kind::Default)),
                ) {
                    (false, true) => say(id, "+ default".into()),
                    (true, false) => say(id, "− default".into()),
                    _ => {}
                }
            }
        }
    }
    // What is gone is said at the table that it was in.
    for (id, _) in before.of_kind(Kind::Column).filter(|(id, _)| !met.contains(*id)) {
        let table = crate::plan::renamed(&renames, &id.ancestor(Kind::Table, 2));
        if after.contains(&table) {
            say(&table, format!("− column {}", id.name()));
        }
    }
    hints
}

/// What a constraint is called by people.
fn constraint(object: &Object) -> &'static str {
    match object {
        Object::Constraint(it) => match it.body {
            ConstraintBody::PrimaryKey { .. } => "primary key",
            ConstraintBody::Unique { .. } => "unique",
            ConstraintBody::Check { .. } => "check",
            ConstraintBody::ForeignKey { .. } => "foreign key",
            ConstraintBody::Definition(_) => "constraint",
        },
        _ => "constraint",
    }
}
