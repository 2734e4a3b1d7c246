//! Rows for every table: what types, checks, keys and partitions let in, at the bounds of what they let in.
//!
//! The server makes them, in one trip: it knows what a type reads, what a check holds for and which rows a table takes,
//! so values are tried and nothing is parsed here. The same state always gets the same rows.

use nexus_schema::catalog::{Catalog, Entry, Kind, ObjectId};

use super::{Filled, MANY, is_foreign};
use crate::db::{DbError, Session};
use crate::plan::Rule;
use crate::sql::{Pen, dotted};

const VALUES: &str = include_str!("values.sql");
const FILL: &str = include_str!("fill.sql");

const ANSWER: &str = include_str!("answer.sql");

/// The language that rows are made with is not there: `undefined_object`.
const NO_LANGUAGE: &str = "42704";

/// Puts rows into every table that holds rows: those of a foreign table are somebody else's. There are some among them
/// that `rules` let in, where such can be found.
pub(in crate::prove) async fn fill(
    session: &mut Session,
    catalog: &Catalog,
    rules: &[Rule],
) -> Result<Filled, DbError> {
    let holds_rows =
        |id: &ObjectId, entry: &Entry| !is_foreign(&entry.object) && !catalog.columns(id).is_empty();
    let tables: Vec<_> =
        catalog.of_kind(Kind::Table).filter(|(id, entry)| holds_rows(id, entry)).map(|(id, _)| id).collect();
    let mut filled = Filled::default();
    if tables.is_empty() {
        return Ok(filled);
    }
    let wanted = tables.iter().enumerate().map(|(at, id)| {
        let relation = Pen::new().literal(&dotted(id.path())).text("::regclass::oid");
        Pen::new().list([Pen::new().number(i64::try_from(at).unwrap_or_default()), relation])
    });
    let wanted = Pen::kw("INSERT INTO").ident("nexus_wanted").and("VALUES").rows(wanted).end();
    let most = Pen::kw("INSERT INTO").ident("nexus_most").and("VALUES").list([Pen::new().number(MANY)]).end();
    let hint = |rule: &Rule, (column, text): &(String, String)| {
        let (table, column) = (Pen::new().literal(&dotted(rule.table.path())), Pen::new().literal(column));
        Pen::new().list([table.text("::regclass::oid"), column, Pen::new().literal(text)])
    };
    let hints: Vec<_> =
        rules.iter().flat_map(|rule| rule.hints.iter().map(move |it| hint(rule, it))).collect();
    let hints = match hints.is_empty() {
        true => String::new(),
        false => Pen::kw("INSERT INTO").ident("nexus_hints").and("VALUES").rows(hints).end(),
    };
    // Foreign keys and triggers rest meanwhile: rows are chosen so that they match.
    let script =
        format!("SET session_replication_role = replica;\n{VALUES}\n{wanted};\n{most};\n{hints};\n{FILL}");
    if let Err(error) = session.run(&script).await {
        if error.code() != Some(NO_LANGUAGE) {
            return Err(error);
        }
        session.run(&Pen::kw("CREATE EXTENSION").ident("plpgsql").end()).await?;
        session.run(&script).await?;
        session.run(&Pen::kw("DROP EXTENSION").ident("plpgsql").and("CASCADE").end()).await?;
    }
    let answer = session.result_sets(ANSWER).await?;
    session.run("DISCARD TEMP; RESET session_replication_role").await?;
    let [rows, unfilled] = answer.as_slice() else { return Ok(filled) };
    let table = |row: &[Option<String>]| tables.get(row.first()?.as_ref()?.parse::<usize>().ok()?).copied();
    for row in unfilled {
        if let (Some(id), Some(Some(reason))) = (table(row), row.get(1)) {
            filled.unfilled.push(format!("{id}: {reason}"));
        }
    }
    for row in rows {
        let (Some(id), [_, Some(values), Some(names), Some(relation), Some(place)]) =
            (table(row), row.as_slice())
        else {
            continue;
        };
        let (Ok(values), Ok(names)) = (serde_json::from_str(values), serde_json::from_str(names)) else {
            continue;
        };
        let rows = filled.tables.entry(id.clone()).or_default();
        rows.names = names;
        rows.rows.push(values);
        rows.places.push((relation.clone(), place.clone()));
    }
    Ok(filled)
}
