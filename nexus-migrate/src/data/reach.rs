//! What is of a person: the rows that foreign keys lead to, and what becomes of them when that person is erased.
//!
//! What the author says counts (`erase:`). Else rows with tagged columns are the person's, and lose these values; rows
//! without are not, and lose the reference, or go where they cannot be without it.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::{Declared, Erase, Tags};
use nexus_schema::kinds::{Action, ConstraintBody};

use super::value::{Blank, blank};

/// What becomes of rows that refer to a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// They are the person's, and go.
    Delete,
    /// They are not, and lose the reference.
    Null,
    /// They are the person's, and lose what is tagged.
    Anonymise,
    /// They stay as they are.
    Keep,
}

/// A foreign key towards what is of a person.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The referring table.
    pub child: ObjectId,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that it refers to.
    pub parent: ObjectId,
    /// The columns there.
    pub target: Vec<String>,
    /// What becomes of the referring rows.
    pub fate: Fate,
    /// Whether the referring rows go even where those that they refer to stay.
    pub always: bool,
    /// Whether they can be without the reference.
    pub nullable: bool,
}

/// A table with rows of a person.
#[derive(Debug, Clone)]
pub struct Reached {
    /// The table.
    pub table: ObjectId,
    /// Its primary key.
    pub key: Vec<String>,
    /// Whether rows of it may go.
    pub goes: bool,
    /// Its tagged columns, each with what takes the value's place.
    pub(super) tagged: Vec<(ObjectId, Option<Blank>)>,
    /// The table of its trail, where there is one.
    pub trail: Option<ObjectId>,
    /// Whether the trail names rows by the key itself.
    pub key_is_id: bool,
}

/// All that is of a person.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The tables; the person's own is the first.
    pub tables: Vec<Reached>,
    /// The foreign keys towards them.
    pub edges: Vec<Edge>,
}

impl Reach {
    /// Follows the foreign keys from a table. Fails with what stands against erasing, a sentence each.
    pub fn of(declared: &Declared, root: &ObjectId) -> Result<Self, Vec<String>> {
        let catalog = &declared.catalog;
        let root_goes = tags(declared, root).erase.unwrap_or(Erase::Delete) == Erase::Delete;
        let mut goes = BTreeMap::from([(root.clone(), root_goes)]);
        let mut order = vec![root.clone()];
        // Whether a table's rows may go depends on all that leads to it.
        let edges = loop {
            let before = (goes.clone(), order.len());
            let mut edges = Vec::new();
            for parent in order.clone() {
                for edge in edges_to(declared, &parent, goes[&parent]) {
                    if matches!(edge.fate, Fate::Delete | Fate::Anonymise) {
                        let gone = goes.entry(edge.child.clone()).or_insert(false);
                        *gone |= edge.fate == Fate::Delete;
                        if !order.contains(&edge.child) {
                            order.push(edge.child.clone());
                        }
                    }
                    edges.push(edge);
                }
            }
            if before == (goes.clone(), order.len()) {
                break edges;
            }
        };
        let mut problems = Vec::new();
        for edge in &edges {
            let column = || format!("{}.{}", edge.child.name(), edge.columns.join(", "));
            let parent_goes = goes[&edge.parent];
            if parent_goes && edge.fate == Fate::Keep {
                problems.push(format!(
                    "{} keeps its reference and rows of {} go: say `erase: anonymise` there",
                    column(),
                    edge.parent.name()
                ));
            }
            if parent_goes && !edge.nullable && matches!(edge.fate, Fate::Null | Fate::Anonymise) {
                problems.push(format!("{} refuses NULL and its rows stay: say `erase: delete`", column()));
            }
        }
        let mut tables = Vec::new();
        for table in &order {
            let key = catalog.primary_key(table).to_vec();
            if key.is_empty() {
                problems.push(format!("{} has no primary key by which its rows can be told", table.name()));
            }
            let tagged = tagged(declared, table);
            let stays = (*table == *root && !root_goes)
                || edges.iter().any(|edge| edge.child == *table && edge.fate == Fate::Anonymise);
            for (column, blank) in &tagged {
                let place = format!("{}.{}", table.name(), column.name());
                if stays && blank.is_none() {
                    problems.push(format!(
                        "{place} refuses NULL and nothing can take its place: say `erase_with:`"
                    ));
                }
                if stays && key.iter().any(|name| name == column.name()) {
                    problems
                        .push(format!("{place} is part of the key and its rows stay: say `erase: delete`"));
                }
            }
            let key_is_id = matches!(key.as_slice(), [one] if matches!(catalog.get(&table.child(Kind::Column, one.as_str())),
                Some(Object::Column(column)) if column.type_ == "uuid"));
            let (table, goes) = (table.clone(), goes[table]);
            let trail = trail(catalog, &table);
            tables.push(Reached { table, key, goes, tagged, trail, key_is_id });
        }
        match problems.is_empty() {
            true => Ok(Self { tables, edges }),
            false => Err(problems),
        }
    }

    /// The place of a table among those that are reached.
    pub(super) fn place(&self, table: &ObjectId) -> Option<usize> {
        self.tables.iter().position(|reached| reached.table == *table)
    }

    /// A line for each foreign key that is followed: what becomes of what.
    pub fn to_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(root) = self.tables.first() {
            let word = if root.goes { "delete" } else { "anonymise" };
            lines.push(format!("{word} the row of {}", root.table.name()));
        }
        for edge in &self.edges {
            let word = match edge.fate {
                Fate::Delete => "delete rows",
                Fate::Null => "null the reference",
                Fate::Anonymise => "anonymise rows",
                Fate::Keep => "keep rows",
            };
            lines.push(format!(
                "{word} of {} by {} to {}",
                edge.child.name(),
                edge.columns.join(", "),
                edge.parent.name()
            ));
        }
        for reached in &self.tables {
            if let Some(trail) = &reached.trail {
                lines.push(format!(
                    "take what is tagged in {} out of {}",
                    reached.table.name(),
                    trail.name()
                ));
            }
        }
        lines
    }
}

pub(super) fn tags(declared: &Declared, id: &ObjectId) -> Tags {
    declared.tags.get(id).cloned().unwrap_or_default()
}

/// The foreign keys to a table, with what becomes of the rows that refer.
fn edges_to(declared: &Declared, parent: &ObjectId, parent_goes: bool) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (id, entry) in declared.catalog.of_kind(Kind::Constraint) {
        let Object::Constraint(constraint) = &entry.object else { continue };
        let ConstraintBody::ForeignKey { columns, table, target, on_delete, .. } = &constraint.body else {
            continue;
        };
        // A partition's copy is its parent's.
        if constraint.inherited.0 || table.as_slice() != parent.path() {
            continue;
        }
        let child = id.ancestor(Kind::Table, 2);
        let is_nullable = |name: &String| {
            let column = declared.catalog.get(&child.child(Kind::Column, name.as_str()));
            matches!(column, Some(Object::Column(column)) if !column.not_null)
        };
        let nullable = columns.iter().all(is_nullable);
        let said =
            columns.iter().find_map(|name| tags(declared, &child.child(Kind::Column, name.as_str())).erase);
        let is_tagged = !tagged(declared, &child).is_empty();
        let fate = match said {
            Some(Erase::Delete) => Fate::Delete,
            Some(Erase::Null) => Fate::Null,
            Some(Erase::Anonymise) => Fate::Anonymise,
            Some(Erase::Keep) => Fate::Keep,
            None if parent_goes && *on_delete == Action::Cascade => Fate::Delete,
            None if is_tagged && (nullable || !parent_goes) => Fate::Anonymise,
            None if parent_goes && nullable => Fate::Null,
            None if parent_goes => Fate::Delete,
            None => Fate::Keep,
        };
        let (columns, target, parent) = (columns.clone(), target.clone(), parent.clone());
        edges.push(Edge { child, columns, parent, target, fate, always: said.is_some(), nullable });
    }
    edges
}

/// The columns of a table that hold what is a person's, or must not be shown.
fn tagged(declared: &Declared, table: &ObjectId) -> Vec<(ObjectId, Option<Blank>)> {
    let mut found = Vec::new();
    for (id, column) in declared.catalog.columns(table) {
        let tags = tags(declared, id);
        let is_tagged = tags.pii || tags.sensitive || tags.erase_with.is_some();
        if is_tagged && tags.erase != Some(Erase::Keep) && column.generated.is_none() {
            found.push((id.clone(), blank(&declared.catalog, id, &tags)));
        }
    }
    found
}

/// The table in which changes of a table's rows may be kept.
pub(super) fn trail(catalog: &Catalog, table: &ObjectId) -> Option<ObjectId> {
    let near = [table.schema(), "public"].map(|schema| ObjectId::new(Kind::Table, [schema, "audit_logs"]));
    let has = |trail: &ObjectId, name: &str| catalog.contains(&trail.child(Kind::Column, name));
    let names = ["table_name", "record_id", "old_values", "new_values"];
    near.into_iter().find(|trail| trail != table && names.iter().all(|name| has(trail, name)))
}
