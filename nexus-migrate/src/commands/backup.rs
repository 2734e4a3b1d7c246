//! `nexus backup`: copies of the tables that pending migrations take something from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::Utc;
use nexus_schema::catalog::{Kind, ObjectId};
use serde_json::Value;

use super::{CommandError, Failure, Progress, apply as applying};
use crate::apply::{self, State};
pub use crate::backup::Backup;
use crate::backup::{BackupError, back_up, present};
use crate::db::{ScratchOptions, Session};
use crate::doors::Bench;
use crate::history::{History, Migration};
use crate::sql::undotted;

/// What to back up.
#[derive(Debug, Clone)]
pub struct BackupArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The database.
    pub database_url: Option<String>,
    /// The folder in which each backup gets a folder.
    pub output: PathBuf,
    /// The tables; those that pending migrations put at risk, where none are named.
    pub tables: Vec<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// Backs up the named tables, or those at risk; nothing where none is.
pub async fn backup(args: &BackupArgs, progress: &dyn Progress) -> Result<Option<Backup>, CommandError> {
    let url = applying::url(args.database_url.as_deref())?;
    let mut session = connect(url).await?;
    let (wanted, name) = if args.tables.is_empty() {
        let history = applying::open(&args.dir)?;
        let status = apply::status(&mut session, &history).await?;
        status.agree()?;
        let is_due = |version: i64| {
            let mut all = status.migrations.iter();
            all.any(|it| it.version == version && matches!(it.state, State::Pending | State::Interrupted))
        };
        let due: Vec<_> = history.migrations().iter().filter(|it| is_due(it.version)).collect();
        (at_risk(&history, &due), name(&due))
    } else {
        (args.tables.iter().map(|table| named(table)).collect(), name(&[]))
    };
    for (table, id) in args.tables.iter().zip(&wanted) {
        if present(&mut session, std::slice::from_ref(id)).await?.is_empty() {
            let failure = Failure::new(format!("there is no table `{table}` that holds rows"));
            return Err(CommandError::Usage(
                failure.help("name tables as the schema file does: `users`, `auth.users`"),
            ));
        }
    }
    let tables = present(&mut session, &wanted).await?;
    take(&mut session, &tables, &args.output, &name, args.dev_url.as_deref(), progress).await
}

/// Backs up what pending migrations put at risk, before they run.
pub(super) async fn before(
    url: &str,
    history: &History,
    due: &[&Migration],
    output: &Path,
    dev_url: Option<&str>,
    progress: &dyn Progress,
) -> Result<Option<Backup>, CommandError> {
    let mut session = connect(url).await?;
    let tables = present(&mut session, &at_risk(history, due)).await?;
    take(&mut session, &tables, output, &name(due), dev_url, progress).await
}

async fn connect(url: &str) -> Result<Session, CommandError> {
    Session::connect(url)
        .await
        .map_err(|source| CommandError::World(Failure::new("cannot connect to the database").source(source)))
}

async fn take(
    session: &mut Session,
    tables: &[ObjectId],
    output: &Path,
    name: &str,
    dev_url: Option<&str>,
    progress: &dyn Progress,
) -> Result<Option<Backup>, CommandError> {
    if tables.is_empty() {
        return Ok(None);
    }
    progress.stage("backing up, and restoring on scratch");
    let mut bench =
        Bench::new(ScratchOptions { dev_url: dev_url.map(Into::into), ..ScratchOptions::default() });
    let taken = back_up(session, &mut bench, tables, output, name).await;
    bench.stop().await;
    Ok(Some(taken?))
}

/// A name that sorts by time, and says before which migration.
fn name(due: &[&Migration]) -> String {
    let now = Utc::now().format("%Y%m%dT%H%M%SZ");
    match due.first() {
        Some(first) => format!("{now}_before_{}", first.version),
        None => now.to_string(),
    }
}

/// A table as the schema file names it.
fn named(table: &str) -> ObjectId {
    let mut path = undotted(table);
    if path.len() == 1 {
        path.insert(0, "public".into());
    }
    ObjectId::new(Kind::Table, path)
}

/// The tables of which pending migrations take rows or values away, convert them, or write them anew, under the names that
/// they had before any of these.
fn at_risk(history: &History, due: &[&Migration]) -> Vec<ObjectId> {
    let changes: Vec<&[Migration]> = history.changes().collect();
    let is_due =
        |change: &&&[Migration]| change.iter().any(|it| due.iter().any(|due| due.version == it.version));
    let mut tables = BTreeSet::new();
    // From the newest back: names of a later change are those that an earlier one gave.
    for change in changes.iter().rev().filter(is_due) {
        let Some(newest) = change.last() else { continue };
        let proof = history.proof(newest.version).unwrap_or_default();
        tables.extend(of_proof(&proof));
        for (new, old) in history.renames(newest.version) {
            let before = |id: &ObjectId| match new.kind() {
                Kind::Table => (*id == new).then(|| old.clone()),
                Kind::Schema => (id.schema() == new.name()).then(|| id.in_schema(old.name())),
                _ => None,
            };
            let more: Vec<_> = tables.iter().filter_map(before).collect();
            tables.extend(more);
        }
    }
    tables.into_iter().collect()
}

/// The tables that a proof says something is taken from.
fn of_proof(proof: &Value) -> BTreeSet<ObjectId> {
    let ids = |key: &str| -> Vec<ObjectId> {
        proof.get(key).and_then(|ids| serde_json::from_value(ids.clone()).ok()).unwrap_or_default()
    };
    let lost = ids("loses").into_iter().chain(ids("retypes"));
    let mut tables: BTreeSet<_> = lost.filter_map(|id| table_of(&id)).collect();
    let steps = proof.get("steps").and_then(Value::as_array);
    let rewritten = steps.into_iter().flatten().filter_map(|step| step.get("rewritten")?.as_array());
    tables.extend(
        rewritten.flatten().filter_map(Value::as_str).map(|name| ObjectId::new(Kind::Table, undotted(name))),
    );
    // Proofs of earlier versions have words alone: `column public.users.last_name`.
    let words =
        ["dropped", "converted"].map(|key| proof.pointer(&format!("/rows/{key}")).and_then(Value::as_array));
    for words in words.into_iter().flatten().flatten().filter_map(Value::as_str) {
        let path: Vec<&str> = words.split_once(' ').map_or("", |(_, path)| path).split('.').collect();
        if let [schema, table, ..] = path.as_slice() {
            tables.insert(ObjectId::new(Kind::Table, [*schema, *table]));
        }
    }
    tables
}

fn table_of(id: &ObjectId) -> Option<ObjectId> {
    match id.kind() {
        Kind::Table => Some(id.clone()),
        _ => id.whole().into_iter().find(|whole| whole.kind() == Kind::Table),
    }
}

impl From<BackupError> for CommandError {
    fn from(error: BackupError) -> Self {
        let failure = Failure::of(&error);
        let failure = match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        };
        match error {
            BackupError::Differs { .. } => Self::Found(failure),
            BackupError::Program(_) | BackupError::NoScratch(_) => Self::Usage(failure),
            BackupError::Door(_) | BackupError::Db(_) | BackupError::Write { .. } => Self::World(failure),
        }
    }
}
