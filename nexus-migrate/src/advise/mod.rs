//! What could be better about a database that is in use: its schema, and what the server has counted meanwhile.
//!
//! Reads, and writes nothing. `figures` asks, the rules judge, `snippet` says what to write in the schema file instead.

mod figures;
mod fill;
mod indexes;
mod keys;
mod queries;
mod snippet;
mod types;
mod upkeep;

use std::collections::BTreeSet;

use nexus_schema::catalog::{Kind, ObjectId};
use nexus_schema::diagnostic::Severity;

use crate::db::{DbError, Session};
use crate::doors;
use crate::introspect::{ReadError, introspect_kinds};
use crate::sql::Pen;

pub use queries::{Query, QueryAdvice, advise as advise_on_queries};

use figures::Figures;

/// Something that could be better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code, such as `NX0801`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, the first one first; nothing where it is the server.
    pub of: Vec<ObjectId>,
    /// What is the matter, in one sentence.
    pub title: String,
    /// What to do, one action each.
    pub help: Vec<String>,
}

impl Finding {
    fn new(code: &'static str, of: impl IntoIterator<Item = ObjectId>, title: impl Into<String>) -> Self {
        let of = of.into_iter().collect();
        Self { code, severity: Severity::Warning, of, title: title.into(), help: Vec::new() }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// What was found in a database.
#[derive(Debug, Default)]
pub struct Advice {
    /// What could be better.
    pub findings: Vec<Finding>,
    /// What could not be judged, a sentence each.
    pub unseen: Vec<String>,
    /// Since when the server has counted, for people.
    pub since: String,
}

/// A session that writes nothing, and gives up what it must wait for; then a snapshot of everything.
const BEGIN: [&str; 3] = [
    "SET default_transaction_read_only = on",
    "SET lock_timeout = '5s'",
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
];

/// The kinds that rules look at.
const KINDS: [Kind; 7] = [
    Kind::Sequence,
    Kind::Table,
    Kind::Column,
    Kind::Default,
    Kind::Constraint,
    Kind::Index,
    Kind::Partition,
];

/// Looks at a database; an index is said to be unused once the server has counted for `days` days.
pub async fn advise(session: &mut Session, days: u32) -> Result<Advice, ReadError> {
    for statement in BEGIN {
        session.run(statement).await?;
    }
    let mut catalog = introspect_kinds(session, &BTreeSet::from(KINDS)).await?;
    let figures = Figures::ask(session).await;
    session.run("ROLLBACK").await?;
    let figures = figures?;
    doors::leave_ledgers(&mut catalog);
    let mut advice = Advice { since: figures.server.since.clone(), ..Advice::default() };
    let highest = highest(session, &keys::uncounted(&catalog, &figures), &mut advice.unseen).await?;
    advice.findings.extend(indexes::judge(&catalog, &figures, days, &mut advice.unseen));
    advice.findings.extend(keys::judge(&catalog, &figures, &highest));
    advice.findings.extend(types::judge(&catalog, &figures));
    advice.findings.extend(upkeep::judge(&catalog, &figures));
    Ok(advice)
}

/// The highest value of each column, which an index knows; what may not be read is told.
async fn highest(
    session: &mut Session,
    columns: &[ObjectId],
    unseen: &mut Vec<String>,
) -> Result<Vec<(ObjectId, i64)>, DbError> {
    let mut highest = Vec::new();
    for column in columns {
        let [schema, table, name] = column.path() else { continue };
        let value = Pen::kw("SELECT max").list([Pen::new().ident(name)]);
        match session.rows(&value.and("FROM").name([schema, table]).end()).await {
            Ok(rows) => {
                let value = rows.into_iter().flatten().flatten().next();
                highest.extend(value.and_then(|text| Some((column.clone(), text.parse().ok()?))));
            }
            Err(error) if error.code().is_some() => {
                unseen.push(format!("the highest `{}`: {error}", short(column)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(highest)
}

/// A name as schema files have it: without `public`.
fn short(id: &ObjectId) -> String {
    let path = match id.path() {
        [schema, rest @ ..] if schema == "public" && !rest.is_empty() => rest,
        path => path,
    };
    path.join(".")
}

/// A number as people read it: `1,234,567`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let said = [0, 7, 999, 1000, 1_234_567, -12_345, i64::MIN].map(grouped);
        let expected = ["0", "7", "999", "1,000", "1,234,567", "-12,345", "-9,223,372,036,854,775,808"];
        assert_eq!(said, expected);
    }
}
