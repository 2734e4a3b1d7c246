//! Declared renames, as steps.
//!
//! What objects say of each other in their own fields (the columns of a key, the text of a view) is not
//! rewritten here: the steps run on scratch and the state is read back under its new names.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};

use super::Renames;
use super::step::{Action, Step, Transaction};
use crate::kinds;
use crate::sql::dotted;

/// Returns the renames with every former name as the state before has it: an author names the old column of a renamed
/// table by the table's new name or by its old one. What the state before does not hold is left as it is.
pub fn grounded(prev: &Catalog, declared: &Renames) -> Renames {
    let mut known = Renames::new();
    // Schemas come before what is in them, and that before its parts.
    let (wholes, parts): (Vec<_>, Vec<_>) = declared.iter().partition(|(after, _)| after.whole().is_empty());
    for (after, before) in wholes.into_iter().chain(parts) {
        let former = inside(before, &known, |known, id| known.get(id).cloned());
        let before = if !exists(prev, before) && exists(prev, &former) { former } else { before.clone() };
        known.insert(after.clone(), before);
    }
    known
}

/// Returns the name that an object of the state before has afterwards, its own renames and those of what it is in.
/// The renames are [`grounded`].
pub fn renamed(renames: &Renames, id: &ObjectId) -> ObjectId {
    let new = |renames: &Renames, id: &ObjectId| {
        renames.iter().find(|(_, before)| *before == id).map(|(after, _)| after.clone())
    };
    new(renames, id).unwrap_or_else(|| inside(id, renames, new))
}

/// Returns the name that an object of the state after had before, its own renames and those of what it is in undone.
pub fn former(renames: &Renames, id: &ObjectId) -> ObjectId {
    let old = |renames: &Renames, id: &ObjectId| renames.get(id).cloned();
    old(renames, id).unwrap_or_else(|| inside(id, renames, old))
}

/// The id with the names of its schema, and of the object it is part of, looked up.
fn inside(
    id: &ObjectId,
    renames: &Renames,
    look_up: impl Fn(&Renames, &ObjectId) -> Option<ObjectId>,
) -> ObjectId {
    if let Some(whole) = id.whole().into_iter().find_map(|whole| look_up(renames, &whole)) {
        return id.within(&whole);
    }
    if id.kind().lives_in_schema() && id.kind() != Kind::Schema {
        let schema = ObjectId::new(Kind::Schema, [id.schema()]);
        if let Some(schema) = look_up(renames, &schema) {
            return id.in_schema(schema.name());
        }
    }
    id.clone()
}

/// Returns the steps for the renames that are still to be done: the old object is in `prev`, the new one in `next`
/// and not yet in `prev`. Renames of kinds that PostgreSQL cannot rename are passed over. The renames are [`grounded`].
pub fn renames(prev: &Catalog, next: &Catalog, renames: &Renames) -> Vec<Step> {
    let mut done = Renames::new();
    let mut steps = Vec::new();
    // In id order what something is in comes before it.
    for (after, before) in renames {
        if !exists(prev, before) || exists(prev, after) || !exists(next, after) {
            continue;
        }
        let now = renamed(&done, before);
        done.insert(after.clone(), before.clone());
        for pen in kinds::rename(&now, after) {
            steps.push(Step {
                action: Action::Rename,
                id: after.clone(),
                sql: pen.end(),
                transaction: Transaction::Shared,
                loses: Vec::new(),
                retypes: relabelled(prev, before),
            });
        }
    }
    steps
}

/// Returns the columns whose values read otherwise once an enum's label has its new name; none for other renames.
pub fn relabelled(prev: &Catalog, label: &ObjectId) -> Vec<ObjectId> {
    if label.kind() != Kind::Enum || label.path().len() != 3 {
        return Vec::new();
    }
    let spelled = dotted(label.path().iter().take(2));
    let bare = |type_: &str| type_.trim_end_matches("[]") == spelled;
    let columns = prev.of_kind(Kind::Column);
    let of_it = columns.filter(|(_, entry)| matches!(&entry.object, Object::Column(c) if bare(&c.type_)));
    of_it.map(|(id, _)| id.clone()).collect()
}

/// Whether the state has the object, or the part of one: a column of a view, a label, an attribute.
fn exists(catalog: &Catalog, id: &ObjectId) -> bool {
    if catalog.contains(id) {
        return true;
    }
    let name = id.name();
    match (id.kind(), id.path()) {
        (Kind::Column, [schema, relation, _]) => match catalog.relation(schema, relation) {
            Some(relation) => match catalog.get(&relation) {
                Some(Object::View(view)) => view.columns.iter().any(|column| column.name == name),
                Some(Object::MaterializedView(view)) => view.columns.iter().any(|column| column.name == name),
                _ => false,
            },
            None => false,
        },
        (kind @ (Kind::Enum | Kind::Composite), [_, _, _]) => match catalog.get(&id.ancestor(kind, 2)) {
            Some(Object::Enum(of)) => of.labels.iter().any(|label| label == name),
            Some(Object::Composite(of)) => of.attributes.iter().any(|attribute| attribute.name == name),
            _ => false,
        },
        _ => false,
    }
}

/// Constraints and indexes that are the same but for their name: a rename keeps what a new one would build again.
///
/// `declared` comes first; a name that it speaks of, or more than one candidate, is left alone.
pub fn implied(prev: &Catalog, next: &Catalog, declared: &Renames) -> Renames {
    let mut all = declared.clone();
    for kind in [Kind::Constraint, Kind::Index] {
        let mut gone = by_place(prev, next, kind);
        let new = by_place(next, prev, kind);
        gone.values_mut().for_each(|entries| entries.retain(|(id, _)| !kinds::is_led(prev, id)));
        for (place, entries) in new {
            let old = gone.remove(place).unwrap_or_default();
            for (id, entry) in &entries {
                let same = |(named, before): &&(&ObjectId, &Entry)| {
                    before.object == entry.object && !declared.values().any(|known| known == *named)
                };
                let candidates: Vec<_> = old.iter().filter(same).collect();
                let twins = entries.iter().filter(|(_, twin)| twin.object == entry.object);
                if let ([(old, _)], 1) = (candidates.as_slice(), twins.count()) {
                    all.insert((*id).clone(), (*old).clone());
                }
            }
        }
    }
    all
}

/// Objects of a kind that only `one` has, by where they live: their path without their own name.
fn by_place<'a>(
    one: &'a Catalog,
    other: &Catalog,
    kind: Kind,
) -> BTreeMap<&'a [String], Vec<(&'a ObjectId, &'a Entry)>> {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, entry) in one.of_kind(kind).filter(|(id, _)| !other.contains(id)) {
        let place = id.path().split_last().map_or(&[][..], |(_, rest)| rest);
        places.entry(place).or_default().push((id, entry));
    }
    places
}
