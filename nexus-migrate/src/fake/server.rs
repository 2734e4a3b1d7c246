//! What a scratch server says of rows: which conditions hold, which rows a table takes, what is there to refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::fill::Row;
use super::print;
use super::table::{Condition, Table};
use crate::db::{DbError, Session};
use crate::sql::Pen;

/// How many rows go to the server at once.
const BATCH: usize = 250;
/// How many rows of another table are there to refer to.
const PARENTS: i64 = 10_000;

/// The rows that each reference of a table may lead to, in an order that is always the same.
pub(super) async fn parents(
    session: &mut Session,
    table: &Table<'_>,
) -> Result<Vec<Vec<Vec<String>>>, DbError> {
    let mut all = Vec::new();
    for reference in &table.references {
        let texts = || reference.target.iter().map(|name| Pen::new().ident(name).text("::text"));
        let query = Pen::kw("SELECT DISTINCT").commas(texts()).and("FROM").name(reference.table.path());
        let numbers =
            (1..=reference.target.len()).map(|n| Pen::new().number(i64::try_from(n).unwrap_or_default()));
        let query = query.and("ORDER BY").commas(numbers).and("LIMIT").number(PARENTS);
        let rows = session.rows(&query.end()).await?;
        all.push(rows.into_iter().filter_map(|row| row.into_iter().collect::<Option<Vec<_>>>()).collect());
    }
    Ok(all)
}

/// The values that a key has already.
pub(super) async fn there(
    session: &mut Session,
    table: &Table<'_>,
    key: &[usize],
) -> Result<BTreeSet<Vec<String>>, DbError> {
    let texts = key.iter().filter_map(|at| table.columns.get(*at));
    let texts = texts.map(|column| Pen::new().ident(column.name).text("::text"));
    let query = Pen::kw("SELECT").commas(texts).and("FROM").name(table.id.path());
    let rows = session.rows(&query.end()).await?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().collect::<Option<Vec<_>>>()).collect())
}

/// The greatest number that is there of each column that counts.
pub(super) async fn bases(session: &mut Session, table: &Table<'_>) -> Result<Vec<u64>, DbError> {
    let pieces = table.columns.iter().map(|column| match column.counted {
        true => Pen::kw("greatest(coalesce(max(").ident(column.name).text("), 0), 0)::text"),
        false => Pen::kw("'0'"),
    });
    let query = Pen::kw("SELECT").commas(pieces).and("FROM").name(table.id.path());
    let rows = session.rows(&query.end()).await?;
    Ok(rows
        .into_iter()
        .flatten()
        .map(|text| text.and_then(|text| text.parse().ok()).unwrap_or_default())
        .collect())
}

/// Which conditions do not hold of each row.
pub(super) async fn judge<'t>(
    session: &mut Session,
    table: &'t Table<'_>,
    rows: &[Row],
) -> Result<Vec<Vec<&'t Condition>>, DbError> {
    let mut all = Vec::new();
    for batch in rows.chunks(BATCH) {
        if table.conditions.is_empty() {
            all.extend(batch.iter().map(|_| Vec::new()));
            continue;
        }
        match verdicts(session, table, batch).await {
            Ok(verdicts) => all.extend(verdicts),
            Err(error) if error.code().is_some() => {
                // What a condition cannot even be asked of does not fulfil it.
                for row in batch {
                    match verdicts(session, table, std::slice::from_ref(row)).await {
                        Ok(verdicts) => all.extend(verdicts),
                        Err(error) if error.code().is_some() => all.push(table.conditions.iter().collect()),
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

async fn verdicts<'t>(
    session: &mut Session,
    table: &'t Table<'_>,
    rows: &[Row],
) -> Result<Vec<Vec<&'t Condition>>, DbError> {
    let names: Vec<String> = (0..table.columns.len()).map(|at| format!("c{at}")).collect();
    let lists = (0..table.columns.len())
        .map(|at| Pen::new().text_array(rows.iter().map(|row| row.get(at).and_then(Option::as_deref))));
    let typed = table.columns.iter().zip(&names).map(|(column, name)| {
        Pen::new().name(["u", name]).text("::").text(&column.base).and("AS").ident(column.name)
    });
    let from =
        Pen::kw("SELECT").name(["u", "nexus_n"]).text(",").commas(typed).and("FROM unnest").list(lists);
    let from = from.and("WITH ORDINALITY AS u").idents(names.iter().map(String::as_str).chain(["nexus_n"]));
    let holds = table.conditions.iter().map(|condition| {
        let sql = Pen::new().list([Pen::new().sql(&condition.sql)]).and("IS NOT FALSE");
        match condition.columns.first().and_then(|at| table.columns.get(*at)) {
            Some(column) if condition.alone => {
                let value = Pen::kw("SELECT").name([table.id.name(), column.name]).and("AS value");
                Pen::new().list([Pen::kw("SELECT").pen(sql).and("FROM").list([value]).and("AS of_domain")])
            }
            _ => sql,
        }
    });
    let query = Pen::kw("SELECT").commas(holds).and("FROM").list([from]).and("AS").ident(table.id.name());
    let query = query.and("ORDER BY").ident("nexus_n");
    let answer = session.rows(&query.end()).await?;
    let failed = |row: Vec<Option<String>>| {
        let pairs = table.conditions.iter().zip(row);
        pairs.filter(|(_, holds)| holds.as_deref() != Some("t")).map(|(condition, _)| condition).collect()
    };
    Ok(answer.into_iter().map(failed).collect())
}

/// Puts rows into the table; gives the places of those that it refuses, with what the server says.
pub(super) async fn insert(
    session: &mut Session,
    table: &Table<'_>,
    rows: &[Row],
) -> Result<BTreeMap<usize, String>, DbError> {
    let mut refused = BTreeMap::new();
    let mut open: Vec<(usize, usize)> =
        (0..rows.len()).step_by(BATCH).map(|from| (from, (from + BATCH).min(rows.len()))).collect();
    open.reverse();
    while let Some((from, to)) = open.pop() {
        let part: Vec<&Row> = rows.iter().skip(from).take(to - from).collect();
        match session.run(&print::insert(table, &part).end()).await {
            Ok(()) => {}
            Err(error) if error.code().is_none() => return Err(error),
            Err(error) if to - from == 1 => drop(refused.insert(from, error.to_string())),
            Err(_) => {
                let middle = from + (to - from) / 2;
                open.extend([(middle, to), (from, middle)]);
            }
        }
    }
    Ok(refused)
}
