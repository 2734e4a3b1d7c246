//! Rows for tables on scratch, and whether they outlive a change.
//!
//! How rows are made is in [`fill`]; here they are looked for again, and taken out.

mod fill;

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Publication, Seed, TableForm};
use serde::Serialize;

pub(super) use fill::fill;

use super::prechecks::Place;

use crate::db::{DbError, ResultSet, Session};
use crate::doors;
use crate::plan::{Renames, renamed};
use crate::sql::Pen;

/// How many rows a table gets at most: plain ones, and the bounds of its types.
const MANY: i64 = 12;

const MEND: &str = include_str!("rows/mend.sql");

/// What became of rows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RowReport {
    /// Rows put into tables before the change.
    pub rows: usize,
    /// Tables that had rows.
    pub tables: usize,
    /// Tables for which no row could be made, with the reason.
    pub unfilled: Vec<String>,
    /// Tables whose rows or columns the plan says it takes away.
    pub dropped: Vec<String>,
    /// Columns whose values the plan says it converts.
    pub converted: Vec<String>,
    /// Steps that fail on some rows, with what the server says, and that no question before finds.
    pub refused: Vec<String>,
    /// Rows that are gone or changed though no step said so.
    pub lost: Vec<String>,
}

/// What was put into each table.
#[derive(Debug, Default)]
pub(super) struct Filled {
    tables: BTreeMap<ObjectId, Rows>,
    pub(super) unfilled: Vec<String>,
}

/// The rows of a table: its columns, and the rows as text with the place of each.
#[derive(Debug, Default)]
struct Rows {
    names: Vec<String>,
    rows: ResultSet,
    places: Vec<Place>,
}

impl Filled {
    /// Where the rows are.
    pub(super) fn places(&self) -> BTreeSet<Place> {
        self.tables.values().flat_map(|rows| rows.places.iter().cloned()).collect()
    }
}

/// Takes the rows at these places out, and with them what refers to them.
pub(super) async fn take_out(
    session: &mut Session,
    state: &Catalog,
    filled: &mut Filled,
    gone: &BTreeSet<Place>,
) -> Result<(), DbError> {
    let mut script = String::new();
    let mut look = String::new();
    for (table, Rows { places, .. }) in &filled.tables {
        let here: Vec<_> = places.iter().filter(|place| gone.contains(place)).collect();
        if !here.is_empty() {
            let places = here.iter().map(|(_, place)| Pen::new().literal(place).text("::tid"));
            let delete = Pen::kw("DELETE FROM ONLY").name(table.path()).and("WHERE ctid IN").list(places);
            script.push_str(&format!("{};\n", delete.end()));
        }
        let there = Pen::kw("SELECT tableoid, ctid FROM ONLY").name(table.path());
        look.push_str(&format!("{};\n", there.end()));
    }
    publish(session, state, |_| String::new()).await?;
    session.run(&format!("{script}{MEND}")).await?;
    publish(session, state, |publication| publication.publish.join(", ")).await?;
    let left = session.result_sets(&look).await?;
    for (rows, left) in filled.tables.values_mut().zip(left) {
        let left: BTreeSet<_> = left.into_iter().collect();
        let is_left = |(table, place): &Place| left.contains(&vec![Some(table.clone()), Some(place.clone())]);
        let kept: Vec<bool> = rows.places.iter().map(is_left).collect();
        let mut keep = kept.iter();
        rows.rows.retain(|_| keep.next().copied().unwrap_or_default());
        let mut keep = kept.iter();
        rows.places.retain(|_| keep.next().copied().unwrap_or_default());
    }
    Ok(())
}

/// Takes out the rows that have the keys of default data that is new in `next`: as rows of somebody else they would stay.
pub(super) async fn make_room(
    session: &mut Session,
    prev: &Catalog,
    next: &Catalog,
    filled: &mut Filled,
) -> Result<(), DbError> {
    let mut new = Catalog::default();
    for (id, entry) in next.of_kind(Kind::Seed).filter(|(id, _)| !prev.contains(id)) {
        if let Object::Seed(seed) = &entry.object {
            let of_key = seed.values.iter().filter(|(column, _)| seed.key.contains(column));
            let values = of_key.map(|(column, value)| (column.clone(), value.clone())).collect();
            new.insert(id.clone(), Seed { values, ..seed.clone() });
        }
    }
    let ours = filled.places();
    let there = doors::places_of_seeds(session, prev, &new).await?;
    let gone: BTreeSet<_> = there.intersection(&ours).cloned().collect();
    if gone.is_empty() {
        return Ok(());
    }
    session.run("SET session_replication_role = replica").await?;
    take_out(session, prev, filled, &gone).await?;
    session.run("RESET session_replication_role; DISCARD TEMP").await
}

/// Looks for the rows in the state after; `losing` are tables and columns that the plan itself takes away or converts.
pub(super) async fn compare(
    session: &mut Session,
    filled: &Filled,
    before: &Catalog,
    after: &Catalog,
    renames: &Renames,
    losing: &BTreeSet<ObjectId>,
) -> Result<RowReport, DbError> {
    let new_name = |id: &ObjectId| renamed(renames, id);
    let mut report = RowReport { unfilled: filled.unfilled.clone(), ..RowReport::default() };
    for (table, Rows { names, rows, .. }) in &filled.tables {
        report.tables += 1;
        report.rows += rows.len();
        let now = holder(before, after, new_name(table));
        if losing.contains(&now) || losing.contains(table) {
            report.dropped.push(table.to_string());
            continue;
        }
        if !after.contains(&now) {
            report.lost.push(format!("{table} is gone"));
            continue;
        }
        let mut kept = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let old = table.child(Kind::Column, name);
            let moved = now.child(Kind::Column, new_name(&old).name());
            if losing.contains(&moved) || losing.contains(&old) {
                let list = if after.contains(&moved) { &mut report.converted } else { &mut report.dropped };
                list.push(old.to_string());
            } else if after.contains(&moved) {
                // What is computed anew may be so by another expression.
                if !is_computed(after, &moved) {
                    kept.push((place, moved.name().to_owned()));
                }
            } else if !is_computed(before, &old) {
                report.lost.push(format!("{old} is gone"));
            }
        }
        let columns: Vec<String> = kept.iter().map(|(_, name)| name.clone()).collect();
        let mut there = match is_spread(before, after, &now) {
            true => read_tree(session, &now, &columns).await?,
            false => read(session, &now, &columns).await?,
        };
        let mut missing = 0;
        for row in rows {
            let row: Vec<_> = kept.iter().map(|(place, _)| row.get(*place).cloned().flatten()).collect();
            match there.iter().position(|other| *other == row) {
                Some(at) => drop(there.remove(at)),
                None => missing += 1,
            }
        }
        if missing > 0 {
            report.lost.push(format!("{missing} of {} rows of {table} are gone or changed", rows.len()));
        }
    }
    Ok(report)
}

/// Whether a column holds nothing that could not be computed again.
fn is_computed(state: &Catalog, column: &ObjectId) -> bool {
    matches!(state.get(column), Some(Object::Column(column)) if column.generated.is_some())
}

/// Takes the rows out again, so that a way that needs empty tables can be tried.
pub(super) async fn clear(session: &mut Session, filled: &Filled, now: &Catalog) -> Result<(), DbError> {
    session.run("SET session_replication_role = replica").await?;
    // A table may only lose rows that its publications can name to others: they are to be silent.
    publish(session, now, |_| String::new()).await?;
    let mut script = String::new();
    for (table, Rows { names, rows, .. }) in &filled.tables {
        let there = |name: &&String| now.contains(&table.child(Kind::Column, *name));
        if rows.is_empty() || !names.iter().all(|name| there(&name)) {
            continue;
        }
        for row in rows {
            let same = names.iter().zip(row).map(|(name, value)| {
                let value = value.as_deref().map_or_else(|| Pen::kw("NULL"), |text| Pen::new().literal(text));
                Pen::new().ident(name).text("::text IS NOT DISTINCT FROM").pen(value)
            });
            let mut all = Pen::kw("DELETE FROM ONLY").name(table.path()).and("WHERE true");
            for piece in same {
                all = all.and("AND").pen(piece);
            }
            script.push_str(&all.end());
            script.push_str(";\n");
        }
    }
    session.run(&script).await?;
    publish(session, now, |publication| publication.publish.join(", ")).await?;
    session.run("RESET session_replication_role").await
}

/// Empties all tables of a state, unless some rows belong to it; returns whether it did.
pub(super) async fn empty(session: &mut Session, now: &Catalog) -> Result<bool, DbError> {
    if now.of_kind(Kind::Seed).next().is_some() {
        return Ok(false);
    }
    let tables = now.of_kind(Kind::Table).filter(|(_, entry)| !is_foreign(&entry.object));
    let names: Vec<_> = tables.map(|(id, _)| Pen::new().name(id.path())).collect();
    if !names.is_empty() {
        session.run(&Pen::kw("TRUNCATE").commas(names).end()).await?;
    }
    Ok(true)
}

/// Whether the rows of a table are somebody else's.
fn is_foreign(object: &Object) -> bool {
    matches!(object, Object::Table(table) if matches!(table.form, TableForm::Foreign { .. }))
}

/// Sets what the publications of a state tell.
async fn publish(
    session: &mut Session,
    state: &Catalog,
    what: impl Fn(&Publication) -> String,
) -> Result<(), DbError> {
    for (id, entry) in state.of_kind(Kind::Publication) {
        if let Object::Publication(publication) = &entry.object {
            let pen = Pen::kw("ALTER PUBLICATION").name(id.path()).and("SET");
            session.run(&pen.options(&[format!("publish={}", what(publication))]).end()).await?;
        }
    }
    Ok(())
}

/// Where the rows of a table are: a partition's may have gone to a table above it.
fn holder(before: &Catalog, after: &Catalog, table: ObjectId) -> ObjectId {
    let mut at = table.clone();
    // A table is below itself in no catalog, and trees are a few levels high.
    for _ in 0..64 {
        if after.contains(&at) {
            return at;
        }
        let Some(Object::Partition(attachment)) = before.get(&at.as_kind(Kind::Partition)) else { break };
        at = ObjectId::new(Kind::Table, attachment.parent.clone());
    }
    table
}

/// Whether a table's rows have gone to partitions that it did not have before.
fn is_spread(before: &Catalog, after: &Catalog, table: &ObjectId) -> bool {
    let form = |catalog: &Catalog| match catalog.get(table) {
        Some(Object::Table(table)) => Some(table.form.clone()),
        _ => None,
    };
    form(before) != form(after) && matches!(form(after), Some(TableForm::Partitioned(_)))
}

/// All rows of a partitioned table, wherever they lie, as text.
async fn read_tree(
    session: &mut Session,
    table: &ObjectId,
    columns: &[String],
) -> Result<ResultSet, DbError> {
    session.rows(&texts(columns).and("FROM").name(table.path()).end()).await
}

/// All rows as text.
async fn read(session: &mut Session, table: &ObjectId, columns: &[String]) -> Result<ResultSet, DbError> {
    session.rows(&texts(columns).and("FROM ONLY").name(table.path()).end()).await
}

fn texts(columns: &[String]) -> Pen {
    let texts = columns.iter().map(|name| Pen::new().ident(name).text("::text"));
    let select = Pen::kw("SELECT");
    // Without columns there are still rows to count.
    if columns.is_empty() { select } else { select.commas(texts) }
}
