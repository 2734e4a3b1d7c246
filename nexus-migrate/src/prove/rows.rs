//! Rows for tables on scratch, and whether they outlive a change.
//!
//! The value of a column is a function of its type and the number of the row alone: so the third row of a child
//! refers to the third row of its parent without anybody arranging it.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Publication, TableForm};
use serde::Serialize;

use crate::db::{DbError, ResultSet, Session};
use crate::plan::{Renames, renamed};
use crate::sql::Pen;

/// How many rows each table gets.
const ROWS: u32 = 3;

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
    /// Steps that fail on some rows, with what the server says: they need the data looked at first.
    pub refused: Vec<String>,
    /// Rows that are gone or changed though no step said so.
    pub lost: Vec<String>,
}

/// The rows that were put into each table: the columns, and the rows as text.
#[derive(Debug, Default)]
pub(super) struct Filled {
    tables: BTreeMap<ObjectId, (Vec<String>, ResultSet)>,
    unfilled: Vec<String>,
}

/// Puts rows into every table that holds rows: those of a foreign table are somebody else's.
pub(super) async fn fill(session: &mut Session, catalog: &Catalog) -> Result<Filled, DbError> {
    let mut filled = Filled::default();
    // Foreign keys and triggers rest meanwhile: the rows match by construction.
    session.run("SET session_replication_role = replica").await?;
    for (table, entry) in catalog.of_kind(Kind::Table) {
        if matches!(&entry.object, Object::Table(it) if matches!(it.form, TableForm::Foreign { .. })) {
            continue;
        }
        let columns = catalog.columns(table);
        let names: Vec<String> = columns.iter().map(|(id, _)| id.name().to_owned()).collect();
        if names.is_empty() {
            continue;
        }
        let before = read(session, table, &names).await?;
        let mut problem = None;
        for n in 1..=ROWS {
            if let Err(error) = session.run(&row(catalog, table, &columns, n)).await {
                problem.get_or_insert(error.to_string());
            }
        }
        let mut mine = read(session, table, &names).await?;
        for old in &before {
            if let Some(at) = mine.iter().position(|row| row == old) {
                mine.remove(at);
            }
        }
        match problem {
            Some(problem) if mine.is_empty() => filled.unfilled.push(format!("{table}: {problem}")),
            _ => {
                filled.tables.insert(table.clone(), (names, mine));
            }
        }
    }
    session.run("RESET session_replication_role").await?;
    Ok(filled)
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
    for (table, (names, rows)) in &filled.tables {
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
            } else if let Some(Object::Column(column)) = after.get(&moved) {
                if column.generated.is_some() {
                    // Computed anew, by an expression that may be another one.
                    continue;
                }
                kept.push((place, moved.name().to_owned()));
            } else {
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

/// Takes the rows out again, so that a way that needs empty tables can be tried.
pub(super) async fn clear(session: &mut Session, filled: &Filled, now: &Catalog) -> Result<(), DbError> {
    session.run("SET session_replication_role = replica").await?;
    // A table may only lose rows that its publications can name to others: they are to be silent.
    publish(session, now, |_| String::new()).await?;
    for (table, (names, rows)) in &filled.tables {
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
            session.run(&all.end()).await?;
        }
    }
    publish(session, now, |publication| publication.publish.join(", ")).await?;
    session.run("RESET session_replication_role").await
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

fn row(catalog: &Catalog, table: &ObjectId, columns: &[(&ObjectId, &Column)], n: u32) -> String {
    let given: Vec<_> = columns
        .iter()
        .filter(|(_, column)| column.generated.is_none())
        .filter_map(|(id, column)| Some((id.name(), value(catalog, &column.type_, n, 0)?)))
        .collect();
    let pen = Pen::kw("INSERT INTO").name(table.path());
    if given.is_empty() {
        return pen.and("DEFAULT VALUES").end();
    }
    let values = given.iter().map(|(_, value)| Pen::new().literal(value));
    pen.idents(given.iter().map(|(name, _)| name)).and("OVERRIDING SYSTEM VALUE VALUES").list(values).end()
}

/// The value of row `n` for a type, as text that the type reads; `None` leaves the column to its default.
fn value(catalog: &Catalog, type_: &str, n: u32, depth: u8) -> Option<String> {
    if type_.ends_with("[]") {
        return Some("{}".into());
    }
    let (base, modifier) = match type_.split_once('(') {
        Some((base, rest)) => (
            format!("{base}{}", rest.split_once(')').map_or("", |(_, tail)| tail)),
            rest.split([')', ',']).next(),
        ),
        None => (type_.to_owned(), None),
    };
    let length = modifier.and_then(|digits| digits.parse::<usize>().ok());
    Some(match base.as_str() {
        "smallint" | "integer" | "bigint" | "oid" | "real" | "double precision" | "money" => n.to_string(),
        "numeric" => small_number(type_, n),
        "boolean" => (n % 2 == 1).to_string(),
        "uuid" => format!("00000000-0000-4000-8000-{n:012}"),
        "date" => format!("2001-01-{:02}", n),
        "timestamp without time zone" => format!("2001-01-{:02} 12:34:56", n),
        "timestamp with time zone" => format!("2001-01-{:02} 12:34:56+00", n),
        "time without time zone" => format!("12:34:{:02}", n),
        "time with time zone" => format!("12:34:{:02}+00", n),
        "interval" => format!("{n} days"),
        "json" | "jsonb" => format!("{{\"n\": {n}}}"),
        "inet" | "cidr" => format!("10.0.0.{n}"),
        "macaddr" => format!("08:00:2b:01:02:{n:02}"),
        "macaddr8" => format!("08:00:2b:ff:fe:01:02:{n:02}"),
        "bytea" => format!("\\x{n:02}"),
        "bit" | "bit varying" => "1".repeat(length.unwrap_or(1).max(1)),
        "point" => format!("({n},{n})"),
        "xml" => format!("<n>{n}</n>"),
        "tsvector" => format!("n{n}"),
        "character varying" | "character" | "text" | "name" => {
            let text = format!("v{n}");
            if length.unwrap_or(usize::MAX) < text.len() { n.to_string() } else { text }
        }
        "\"char\"" => n.to_string(),
        _ => return of_user_type(catalog, type_, n, depth),
    })
}

/// A number that fits `numeric(p,s)` however small.
fn small_number(type_: &str, n: u32) -> String {
    let digits: Vec<i64> = type_.split(['(', ',', ')']).filter_map(|part| part.parse().ok()).collect();
    match digits.as_slice() {
        [precision, scale] if precision <= scale => {
            format!("0.{}{n}", "0".repeat(usize::try_from(scale - 1).unwrap_or(0).min(30)))
        }
        _ => n.to_string(),
    }
}

fn of_user_type(catalog: &Catalog, type_: &str, n: u32, depth: u8) -> Option<String> {
    if depth > 16 {
        return None;
    }
    let spelled = |id: &&ObjectId| crate::sql::dotted(id.path()) == type_;
    if let Some((_, entry)) = catalog.of_kind(Kind::Enum).find(|(id, _)| spelled(id))
        && let Object::Enum(labels) = &entry.object
    {
        let place = usize::try_from(n).unwrap_or(0) % labels.labels.len().max(1);
        return labels.labels.get(place).cloned();
    }
    if let Some((_, entry)) = catalog.of_kind(Kind::Domain).find(|(id, _)| spelled(id))
        && let Object::Domain(domain) = &entry.object
    {
        return value(catalog, &domain.base, n, depth + 1);
    }
    None
}
