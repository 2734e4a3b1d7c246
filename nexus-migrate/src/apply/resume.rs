//! Goes on after a file without a transaction, from what the catalog shows of it.
//!
//! | Statement                   | The catalog shows        | So                            |
//! | --------------------------- | ------------------------ | ----------------------------- |
//! | `CREATE INDEX CONCURRENTLY` | no such index            | run it                        |
//! |                             | the index, invalid       | drop it, run it               |
//! |                             | the index, valid         | after a killed run: record it |
//! | `DROP INDEX CONCURRENTLY`   | no such index            | after a killed run: record it |
//! |                             | the index                | run it                        |
//! | `REINDEX`, `VACUUM`, …      | nothing                  | run it                        |
//! | anything else               | nothing                  | after a killed run: ask       |

use super::error::{ApplyError, Named};
use super::ledger::Begun;
use super::shape::{Shape, shape};
use super::step::Cx;
use super::{Event, OnInterrupted};
use crate::db::DbError;
use crate::history::Migration;
use crate::sql::Pen;

/// What to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Run it.
    Run,
    /// It took effect already: put it into the ledger.
    Record,
}

/// Decides; drops what is in the way.
pub(super) async fn decide(
    cx: &mut Cx<'_>,
    migration: &Migration,
    begun: Option<&Begun>,
) -> Result<Decision, ApplyError> {
    clean(cx, migration).await.map_err(ApplyError::database("drop an invalid index"))?;
    let Some(killed) = begun.filter(|step| !step.ended) else { return Ok(Decision::Run) };
    // What ran may not be what would run now.
    let same = killed.checksum == migration.checksum_hex();
    let seen = match shape(&migration.up) {
        Shape::CreateIndex { name, table } => {
            let found = index(cx, &name, &table).await.map_err(ApplyError::database("look for an index"))?;
            found.map_or(Some(Decision::Run), |_| same.then_some(Decision::Record))
        }
        Shape::DropIndex { name } => {
            let found = exists(cx, &name).await.map_err(ApplyError::database("look for an index"))?;
            if found { Some(Decision::Run) } else { same.then_some(Decision::Record) }
        }
        Shape::Repeatable => Some(Decision::Run),
        Shape::Other => None,
    };
    match (seen, cx.options.interrupted) {
        (Some(decision), _) => Ok(decision),
        (None, OnInterrupted::Ask) => Err(ApplyError::Interrupted(Named::from(migration))),
        (None, OnInterrupted::Done) => Ok(Decision::Record),
        (None, OnInterrupted::Again) => Ok(Decision::Run),
    }
}

/// Drops the invalid index of the migration's name that an earlier attempt left; nobody can use such an index.
pub(super) async fn clean(cx: &mut Cx<'_>, migration: &Migration) -> Result<(), DbError> {
    let Shape::CreateIndex { name, table } = shape(&migration.up) else { return Ok(()) };
    let Some(Index { schema, valid: false }) = index(cx, &name, &table).await? else { return Ok(()) };
    cx.session.run(&Pen::kw("DROP INDEX CONCURRENTLY").name([&schema, &name]).end()).await?;
    (cx.on)(Event::Cleaned(name));
    Ok(())
}

struct Index {
    schema: String,
    valid: bool,
}

/// Finds an index of a table, unless somebody is building it at this moment.
async fn index(cx: &mut Cx<'_>, name: &str, table: &str) -> Result<Option<Index>, DbError> {
    let query = Pen::kw(include_str!("index.sql"))
        .literal(name)
        .and("AND i.indrelid = to_regclass(")
        .literal(table)
        .and(") ORDER BY 1");
    let rows = cx.session.rows(&query.end()).await?;
    let row = rows.into_iter().next().and_then(|row| <[_; 2]>::try_from(row).ok());
    Ok(row.and_then(|[schema, valid]| Some(Index { schema: schema?, valid: valid? == "t" })))
}

async fn exists(cx: &mut Cx<'_>, path: &str) -> Result<bool, DbError> {
    let query = Pen::kw("SELECT to_regclass(").literal(path).and(")");
    Ok(cx.session.rows(&query.end()).await?.into_iter().flatten().flatten().next().is_some())
}
