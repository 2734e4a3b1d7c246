//! Goes on after a file without a transaction, from what the catalog shows of it.
//!
//! | Statement                   | The catalog shows         | So                                  |
//! | --------------------------- | ------------------------- | ----------------------------------- |
//! | `CREATE INDEX CONCURRENTLY` | no such index             | run it                              |
//! |                             | the index, invalid        | drop it, run it                     |
//! |                             | the index, valid          | after a killed run: record it       |
//! | `DROP INDEX CONCURRENTLY`   | no such index             | after a killed run: record it       |
//! |                             | the index                 | run it                              |
//! | `REINDEX … CONCURRENTLY`    | `_ccnew`, `_ccold`        | drop them, run it                   |
//! | `DETACH … CONCURRENTLY`     | the partition             | run it                              |
//! |                             | the partition, on its way | finish it, record it                |
//! |                             | no such partition         | after a killed run: record it       |
//! | `VALIDATE`, `VACUUM`, …     | nothing                   | run it: twice is as good as once    |
//! | a backfill that says so     | nothing                   | run it: what is filled stays filled |
//! | anything else               | nothing                   | after a killed run: ask             |

use super::error::ApplyError;
use super::ledger::Begun;
use super::shape::Shape;
use super::step::{Cx, Job};
use super::{Event, OnInterrupted};
use crate::db::DbError;
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
    job: Job<'_>,
    begun: Option<&Begun>,
) -> Result<Decision, ApplyError> {
    let shape = Shape::of(job.sql());
    clean(cx, job).await.map_err(ApplyError::database("drop an invalid index"))?;
    let looking = "look what an earlier run left";
    if let Shape::Detach { partition } = &shape
        && finish_detach(cx, partition).await.map_err(ApplyError::database(looking))?
    {
        return Ok(Decision::Record);
    }
    let Some(killed) = begun.filter(|step| !step.ended && step.way == job.way) else {
        return Ok(Decision::Run);
    };
    // What ran may not be what would run now.
    let same = killed.checksum == job.migration.checksum_hex();
    let took_effect = match &shape {
        Shape::CreateIndex { name, table } => Some(index(cx, name, table).await.map(|it| it.is_some())),
        Shape::DropIndex { name } => Some(exists(cx, name).await.map(|it| !it)),
        Shape::Detach { partition } => Some(is_partition(cx, partition).await.map(|it| it.is_none())),
        Shape::Repeatable | Shape::Backfill => Some(Ok(false)),
        Shape::Block | Shape::Other => None,
    };
    let seen = match took_effect.transpose().map_err(ApplyError::database(looking))? {
        Some(true) => same.then_some(Decision::Record),
        Some(false) => Some(Decision::Run),
        None => None,
    };
    match (seen, cx.options.interrupted) {
        (Some(decision), _) => Ok(decision),
        (None, OnInterrupted::Ask) => Err(ApplyError::Interrupted(job.named())),
        (None, OnInterrupted::Done) => Ok(Decision::Record),
        (None, OnInterrupted::Again) => Ok(Decision::Run),
    }
}

/// Drops the invalid indexes that an earlier attempt left; nobody can use such an index.
pub(super) async fn clean(cx: &mut Cx<'_>, job: Job<'_>) -> Result<(), DbError> {
    let invalid = match Shape::of(job.sql()) {
        Shape::CreateIndex { name, table } => match index(cx, &name, &table).await? {
            Some(Index { schema, valid: false }) => vec![[schema, name]],
            _ => Vec::new(),
        },
        Shape::Repeatable => match Shape::reindexed(job.sql()) {
            Some(relation) => leftovers(cx, &relation).await?,
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    for path in invalid {
        cx.session.run(&Pen::kw("DROP INDEX CONCURRENTLY IF EXISTS").name(&path).end()).await?;
        let [_, name] = path;
        (cx.ears)(Event::Cleaned(name));
    }
    Ok(())
}

/// What a REINDEX CONCURRENTLY of an index or a table left.
async fn leftovers(cx: &mut Cx<'_>, relation: &str) -> Result<Vec<[String; 2]>, DbError> {
    let query = Pen::kw("WITH of AS (SELECT to_regclass(")
        .literal(relation)
        .and(")::oid AS oid)")
        .and(include_str!("leftovers.sql"));
    let rows = cx.session.rows(&query.end()).await?;
    let paths = rows.into_iter().filter_map(|row| {
        let [schema, name] = <[_; 2]>::try_from(row).ok()?;
        Some([schema?, name?])
    });
    Ok(paths.collect())
}

/// Finishes a detachment that was interrupted between its two transactions; `false` where there is none.
async fn finish_detach(cx: &mut Cx<'_>, partition: &str) -> Result<bool, DbError> {
    if is_partition(cx, partition).await? != Some(true) {
        return Ok(false);
    }
    let parent = Pen::kw(
        "SELECT h.inhparent::regclass FROM pg_catalog.pg_inherits AS h WHERE h.inhdetachpending AND h.inhrelid = to_regclass(",
    );
    let parent = cx.session.rows(&parent.literal(partition).and(")").end()).await?;
    let Some(parent) = parent.into_iter().flatten().flatten().next() else { return Ok(false) };
    // Both names are as the server quotes them.
    let finish = Pen::kw("ALTER TABLE").text(&parent).and("DETACH PARTITION").text(partition).and("FINALIZE");
    cx.session.run(&finish.end()).await?;
    Ok(true)
}

/// Whether a table is a partition that is being detached; nothing where it is none.
async fn is_partition(cx: &mut Cx<'_>, table: &str) -> Result<Option<bool>, DbError> {
    let query = Pen::kw(include_str!("detach.sql")).and("to_regclass(").literal(table).and(")");
    let rows = cx.session.rows(&query.end()).await?;
    Ok(rows.into_iter().flatten().next().map(|pending| pending.as_deref() == Some("t")))
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
