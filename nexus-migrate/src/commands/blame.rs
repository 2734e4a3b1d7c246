//! `nexus blame`: which migrations made a table or a column what it is.

use std::path::PathBuf;

use nexus_schema::catalog::{Catalog, ObjectId};
use serde::Serialize;

use super::{CommandError, Failure, Progress};
use crate::apply::Named;
use crate::db::ScratchOptions;
use crate::diff::{Delta, diff};
use crate::doors::{self, Bench};

/// What to look for.
#[derive(Debug, Clone)]
pub struct BlameArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// `table`, `table.column` or `schema.table.column`.
    pub object: String,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What a migration did to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blamed {
    /// The migration.
    #[serde(flatten)]
    pub migration: Named,
    /// What happened, such as `create column public.users.email`.
    pub what: Vec<String>,
}

/// Runs the history on scratch and tells what each file did to an object and to what is said of it.
///
/// Fails where no migration ever made it.
pub async fn blame(args: &BlameArgs, progress: &dyn Progress) -> Result<Vec<Blamed>, CommandError> {
    let history = super::apply::open(&args.dir)?;
    let mut bench = Bench::new(ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() });
    let snapshot = history.snapshot()?;
    let mut session = bench.fresh().await?;
    doors::make_roles(&mut session, &snapshot).await?;
    let mut before = doors::empty();
    let mut found = Vec::new();
    let words: Vec<&str> = args.object.split('.').collect();
    let of = history.migrations().len();
    progress.stage("running the history on scratch");
    for (n, migration) in history.migrations().iter().enumerate() {
        let after = doors::run_files(&mut session, std::iter::once(migration), &snapshot).await?;
        let mut what: Vec<String> = diff(&before, &after)
            .into_iter()
            .filter(|(id, _)| is_meant(id, &words))
            .map(|(id, delta)| told(&id, delta))
            .collect();
        for (new, old) in history.renames(migration.version) {
            if is_meant(&new, &words) || is_meant(&old, &words) {
                what.push(format!("rename {old} to {new}"));
            }
        }
        if !what.is_empty() {
            found.push(Blamed { migration: Named::from(migration), what });
        }
        before = after;
        progress.steps(n + 1, of);
    }
    drop(session);
    bench.stop().await;
    if found.is_empty() {
        let failure = Failure::new(format!("no migration has anything to do with `{}`", args.object));
        return Err(CommandError::Usage(failure.help(near(&before, &words))));
    }
    Ok(found)
}

fn told(id: &ObjectId, delta: Delta) -> String {
    let verb = match delta {
        Delta::Create => "create",
        Delta::Drop => "drop",
        Delta::Alter => "alter",
    };
    format!("{verb} {id}")
}

/// Whether an object is the one of this name, in any schema, or within it, or said of it.
fn is_meant(id: &ObjectId, words: &[&str]) -> bool {
    let path = id.target().unwrap_or(id).path();
    let starts = |path: &[String]| path.len() >= words.len() && path.iter().zip(words).all(|(a, b)| a == b);
    starts(path) || path.split_first().is_some_and(|(_, rest)| starts(rest))
}

/// What the author may have meant.
fn near(catalog: &Catalog, words: &[&str]) -> String {
    let wanted = words.last().copied().unwrap_or_default();
    let ids = catalog.iter().map(|(id, _)| id).filter(|id| id.target().is_none());
    let mut names: Vec<String> = ids
        .filter(|id| {
            id.path().last().is_some_and(|name| name.contains(wanted) || wanted.contains(name.as_str()))
        })
        .map(|id| id.path().iter().skip(1).cloned().collect::<Vec<_>>().join("."))
        .filter(|name| !name.is_empty())
        .take(3)
        .collect();
    names.dedup();
    if names.is_empty() {
        "write `table` or `table.column`".into()
    } else {
        format!("do you mean {}?", names.join(", "))
    }
}
