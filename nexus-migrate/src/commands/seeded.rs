//! What a database remembers of the rows that `nexus seed` gave it: the table `nexus.seeds`, beside the journal.

use super::{CommandError, Failure};
use crate::db::{DbError, Session};
use crate::sql::Pen;

/// The text that was kept under a name; nothing where there is none.
pub(super) async fn kept(session: &mut Session, name: &str) -> Result<Option<String>, DbError> {
    if session.rows(include_str!("seeds_there.sql")).await? != [[Some("t".to_owned())]] {
        return Ok(None);
    }
    let query = format!("{}{}", include_str!("seeds_of.sql"), Pen::new().literal(name).end());
    Ok(session.rows(&query).await?.into_iter().flatten().flatten().next())
}

/// Runs statements, each ended by a semicolon, and keeps a text under a name, all in one transaction.
pub(super) async fn write(
    session: &mut Session,
    statements: &str,
    name: &str,
    text: &str,
) -> Result<(), CommandError> {
    let literal = |text: &str| Pen::new().literal(text).end();
    let keep = include_str!("seeds_keep.sql");
    let (before, after) = keep.split_once("{rows}").unwrap_or((keep, ""));
    let before = before.replace("{environment}", &literal(name));
    let script = [include_str!("seeds_made.sql"), statements, &before, &literal(text), after].concat();
    let done = session.run(&script).await;
    if done.is_err() {
        // What failed is what matters.
        let _ = session.run("ROLLBACK").await;
    }
    done.map_err(behind)
}

/// A database refuses rows of the schema: most often because it has another one.
pub(super) fn behind(source: DbError) -> CommandError {
    let failure = Failure::new("the database refuses the rows, and nothing was written").source(source);
    CommandError::Found(failure.help("bring its schema up to date first: `nexus apply`"))
}
