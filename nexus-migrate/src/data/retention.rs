//! What may be kept no longer: rows by a time of their own, values by the time of their row.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::document::Declared;
use nexus_schema::kinds::TableForm;
use serde::Serialize;

use super::reach::tags;
use super::value::{Blank, blank, is_time};
use crate::db::{DbError, Session};
use crate::sql::Pen;

/// How many rows one statement takes.
const BATCH: i64 = 5_000;

/// A term: what may be kept how long.
#[derive(Debug, Clone)]
pub struct Term {
    /// The column that is tagged.
    pub column: ObjectId,
    /// The column that says how old it is.
    pub clock: ObjectId,
    /// How long, as PostgreSQL reads an interval.
    pub kept: String,
    /// What takes the value's place; rows go where there is none.
    blank: Option<Blank>,
    /// Whether the table is partitioned by the clock's ranges.
    partitioned: bool,
}

/// What of a term is due.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// The column that is tagged.
    pub column: String,
    /// How long it may be kept.
    pub kept: String,
    /// Whether rows go, or values.
    pub takes: &'static str,
    /// How many rows are due.
    pub rows: u64,
    /// How many are done.
    pub done: u64,
    /// Statements that take whole partitions that are due, faster than rows.
    pub partitions: Vec<String>,
}

/// The terms of a schema. Fails with what cannot be told old, a sentence each.
pub fn terms(declared: &Declared) -> Result<Vec<Term>, Vec<String>> {
    let (mut terms, mut problems) = (Vec::new(), Vec::new());
    for table in declared.tables.iter().map(|table| &table.id) {
        let key = |clock: &ObjectId| match declared.catalog.get(table) {
            Some(Object::Table(it)) => {
                matches!(&it.form, TableForm::Partitioned(key) if key.as_str().to_uppercase().starts_with("RANGE")
                    && key.as_str().contains(clock.name()))
            }
            _ => false,
        };
        for (id, column) in declared.catalog.columns(table) {
            let tags = tags(declared, id);
            let Some(kept) = tags.kept_for() else { continue };
            if is_time(column) {
                let (column, clock, partitioned) = (id.clone(), id.clone(), key(id));
                terms.push(Term { column, clock, kept, blank: None, partitioned });
                continue;
            }
            let place = format!("{}.{}", table.name(), id.name());
            match (clock(&declared.catalog, table), blank(&declared.catalog, id, &tags)) {
                (Some(clock), Some(blank)) => {
                    let (column, blank) = (id.clone(), Some(blank));
                    terms.push(Term { column, clock, kept, blank, partitioned: false });
                }
                (None, _) => problems
                    .push(format!("{place}: its row has no time that is set to now() when it is made")),
                (_, None) => problems
                    .push(format!("{place} refuses NULL and nothing can take its place: say `erase_with:`")),
            }
        }
    }
    if problems.is_empty() { Ok(terms) } else { Err(problems) }
}

/// The column that says when a row was made: the first time that is now() by default.
fn clock(catalog: &Catalog, table: &ObjectId) -> Option<ObjectId> {
    let is_now = |id: &ObjectId| match catalog.get(&id.as_kind(Kind::Default)) {
        Some(Object::Default(default)) => {
            let expr = default.expr.as_str().to_lowercase();
            ["now()", "current_timestamp", "current_date"].iter().any(|word| expr.contains(word))
        }
        _ => false,
    };
    let columns = catalog.columns(table);
    columns.into_iter().find(|(id, column)| is_time(column) && is_now(id)).map(|(id, _)| id.clone())
}

impl Term {
    fn table(&self) -> ObjectId {
        self.column.ancestor(Kind::Table, 2)
    }

    fn old(&self) -> Pen {
        let old = Pen::new().ident(self.clock.name()).text("< now() - interval").literal(&self.kept);
        match &self.blank {
            Some(blank) => old.and("AND").list([blank.due.clone()]),
            None => old,
        }
    }

    /// A statement that takes some rows, and gives their number.
    fn batch(&self) -> String {
        let table = self.table();
        let some = Pen::kw("SELECT tableoid, ctid FROM").name(table.path()).and("WHERE").pen(self.old());
        let some = Pen::kw("(tableoid, ctid) IN").list([some.and("LIMIT").number(BATCH)]);
        let take = match &self.blank {
            None => Pen::kw("DELETE FROM").name(table.path()),
            Some(blank) => {
                let update = Pen::kw("UPDATE").name(table.path()).and("SET").ident(self.column.name());
                update.text("=").pen(blank.value.clone())
            }
        };
        let take = take.and("WHERE").pen(some).and("RETURNING 1");
        Pen::kw("WITH taken AS").list([take]).and("SELECT count(*) FROM taken").end()
    }
}

/// Counts what is due.
pub async fn due(session: &mut Session, terms: &[Term]) -> Result<Vec<Due>, DbError> {
    let mut all = Vec::new();
    for term in terms {
        let table = term.table();
        let count = Pen::kw("SELECT count(*) FROM").name(table.path()).and("WHERE").pen(term.old());
        let rows = number(session, &count.end()).await?;
        let partitions = if term.partitioned { whole(session, term, &table).await? } else { Vec::new() };
        let takes = if term.blank.is_some() { "values" } else { "rows" };
        let column = format!("{}.{}", super::inventory::name(&table), term.column.name());
        all.push(Due { column, kept: term.kept.clone(), takes, rows, done: 0, partitions });
    }
    Ok(all)
}

/// Takes what is due, a batch and a commit at a time.
pub async fn run(session: &mut Session, terms: &[Term], due: &mut [Due]) -> Result<(), DbError> {
    for (term, due) in terms.iter().zip(due) {
        let batch = term.batch();
        loop {
            let taken = number(session, &batch).await?;
            due.done += taken;
            if taken == 0 || due.done >= due.rows {
                break;
            }
        }
    }
    Ok(())
}

/// The statements that take partitions in which everything is too old.
async fn whole(session: &mut Session, term: &Term, table: &ObjectId) -> Result<Vec<String>, DbError> {
    let query = include_str!("partitions.sql");
    let regclass = Pen::new().literal(&crate::sql::dotted(table.path())).end();
    let kept = Pen::new().literal(&term.kept).end();
    let with =
        format!("WITH asked (relation, kept) AS (VALUES ({regclass}::regclass, {kept}::interval))\n{query}");
    let names = session.rows(&with).await?;
    let mut statements = Vec::new();
    for row in names {
        if let [Some(schema), Some(name)] = row.as_slice() {
            let part = [schema.as_str(), name];
            let detach = Pen::kw("ALTER TABLE").name(table.path()).and("DETACH PARTITION").name(part);
            statements.push(detach.then(Pen::kw("DROP TABLE").name(part)).end());
        }
    }
    Ok(statements)
}

async fn number(session: &mut Session, query: &str) -> Result<u64, DbError> {
    let rows = session.rows(query).await?;
    Ok(rows.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok()).unwrap_or_default())
}
