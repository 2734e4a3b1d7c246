//! Copies of tables before a change that takes something away, tried on scratch before anybody relies on them.
//!
//! ```text
//! one snapshot ─ pg_dump: the whole schema; the rows of the tables
//!              └ rows counted and hashed ── equal? ── the same of what pg_restore makes of it on scratch
//! ```
//! The folder of a backup has its name only once it was restored. Knows nothing of which tables need one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use nexus_schema::catalog::{Kind, ObjectId};
use serde::{Serialize, Serializer};

use crate::db::{DbError, Program, ProgramError, Session, program};
use crate::doors::{Bench, DoorError};
use crate::sql::{Pen, dotted};

/// A table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The table.
    #[serde(serialize_with = "as_name")]
    pub table: ObjectId,
    /// How many rows it had.
    pub rows: u64,
    /// A sum over the hashes of its rows, whatever their order.
    pub hash: String,
}

fn as_name<S: Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&dotted(id.path()))
}

/// A backup that was restored once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Its folder: `schema.dump`, `data.dump` and `backup.json`.
    pub folder: PathBuf,
    /// The tables whose rows it has.
    pub tables: Vec<Saved>,
    /// The version of the server that they are from.
    pub server: String,
    /// The version of `pg_dump`.
    pub pg_dump: String,
    /// The scratch server on which it was restored.
    pub restored_on: String,
}

/// Why there is no backup; nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL's programs are missing, or failed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The scratch server cannot be restored to.
    #[error("the backup cannot be tried on {0}, which takes one connection at a time")]
    NoScratch(String),
    /// The scratch server does not do what it should.
    #[error("the backup cannot be tried on scratch")]
    Door(#[from] DoorError),
    /// The database refused.
    #[error("the database refused")]
    Db(#[from] DbError),
    /// What was restored is not what was there.
    #[error("the backup does not restore: {what}")]
    Differs {
        /// The table, and what differs.
        what: String,
        /// What `pg_restore` said.
        said: String,
    },
    /// The folder cannot be written.
    #[error("cannot write the backup to `{}`", folder.display())]
    Write {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl BackupError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Program(ProgramError::Missing { major, .. }) => Some(format!(
                "install the client programs of PostgreSQL {major} or later, or name their folder in NEXUS_PGCLIENT"
            )),
            Self::Program(ProgramError::Secret) => {
                Some("give the secret in the environment or in a password file".into())
            }
            Self::NoScratch(_) => {
                Some("install PostgreSQL on this machine, or give a server with `--dev-url`".into())
            }
            Self::Differs { said, .. } if !said.is_empty() => Some(format!("pg_restore said:\n{said}")),
            _ => None,
        }
    }
}

/// Rows are spelled alike on both servers.
const SPELLING: &str = "SET LOCAL search_path = ''; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; \
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; \
    SET LOCAL xmloption = 'content'; SET LOCAL row_security = off";
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Returns the tables among `wanted` that are there, with their partitions and children, as far as they hold rows.
pub async fn present(session: &mut Session, wanted: &[ObjectId]) -> Result<Vec<ObjectId>, DbError> {
    let names = wanted.iter().filter_map(|id| match id.path() {
        [schema, name] => Some(Pen::new().list([Pen::new().literal(schema), Pen::new().literal(name)])),
        _ => None,
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let pen = Pen::kw("WITH RECURSIVE nexus_wanted (schema, name) AS (VALUES").rows(names).text(")");
    let rows = session.rows(&format!("{}\n{}", pen.end(), include_str!("tables.sql"))).await?;
    let path = |text: String| serde_json::from_str::<Vec<String>>(&text).ok();
    let paths = rows.into_iter().flatten().flatten().filter_map(path);
    Ok(paths.map(|path| ObjectId::new(Kind::Table, path)).collect())
}

/// Backs up the rows of tables and the whole schema into a folder `name` in `dir`, and restores it on scratch.
///
/// Reads one snapshot of the database while clients go on. Fails where `pg_dump` is missing or older than the server, where
/// the scratch server takes one connection alone, and where what is restored differs in one row.
pub async fn back_up(
    session: &mut Session,
    bench: &mut Bench,
    tables: &[ObjectId],
    dir: &Path,
    name: &str,
) -> Result<Backup, BackupError> {
    let major = session.server_version_num() / 10_000;
    let pg_dump = program("pg_dump", major).await?;
    let pg_restore = program("pg_restore", major).await?;
    bench.want_major(Some(major));
    let scratch = bench.scratch().await.map_err(DoorError::from)?;
    let restored_on = scratch.server().to_string();
    if !scratch.second_sessions() {
        return Err(BackupError::NoScratch(restored_on));
    }
    let folder = dir.join(name);
    let cannot = |source| BackupError::Write { folder: folder.clone(), source };
    fs::create_dir_all(dir).map_err(cannot)?;
    let unborn = tempfile::Builder::new().prefix(".nexus-backup-").tempdir_in(dir).map_err(cannot)?;

    session.run(BEGIN).await?;
    let saved = dump(session, &pg_dump, tables, unborn.path()).await;
    session.run("ROLLBACK").await?;
    let saved = saved?;
    restore(bench, &pg_restore, &saved, unborn.path()).await?;

    let server = session.version();
    let backup =
        Backup { folder: folder.clone(), tables: saved, server, pg_dump: pg_dump.version, restored_on };
    let write = || {
        let mut file = File::create_new(unborn.path().join("backup.json"))?;
        file.write_all(format!("{:#}\n", serde_json::json!(backup)).as_bytes())?;
        file.sync_all()?;
        if folder.exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        fs::rename(unborn.path(), &folder)
    };
    write().map_err(cannot)?;
    // It has another name by now.
    let _ = unborn.keep();
    Ok(backup)
}

/// Writes both archives from the snapshot of the session's transaction, and says what they must hold.
async fn dump(
    session: &mut Session,
    pg_dump: &Program,
    tables: &[ObjectId],
    folder: &Path,
) -> Result<Vec<Saved>, BackupError> {
    let snapshot = session.rows("SELECT pg_export_snapshot()").await?;
    let snapshot = snapshot.into_iter().flatten().flatten().next().unwrap_or_default();
    let common = |file: &str| {
        let file = folder.join(file);
        let words = ["--format=custom", "--lock-wait-timeout=60000", "--snapshot", &snapshot, "--file"];
        words.iter().map(OsString::from).chain([file.into_os_string()]).collect::<Vec<_>>()
    };
    let url = session.url().to_owned();
    let mut schema = common("schema.dump");
    schema.push("--schema-only".into());
    pg_dump.run(&url, &schema).await?;
    let mut data = common("data.dump");
    data.push("--data-only".into());
    // A name between quotes is no pattern.
    data.extend(tables.iter().map(|table| {
        let names: Vec<_> =
            table.path().iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
        OsString::from(format!("--table={}", names.join(".")))
    }));
    pg_dump.run(&url, &data).await?;
    session.run(SPELLING).await?;
    let mut saved = Vec::new();
    for table in tables {
        saved.push(look(session, table).await?);
    }
    Ok(saved)
}

/// Restores on scratch, and compares.
async fn restore(
    bench: &mut Bench,
    pg_restore: &Program,
    saved: &[Saved],
    folder: &Path,
) -> Result<(), BackupError> {
    let mut session = bench.fresh().await?;
    let url = session.url().to_owned();
    let mut said = Vec::new();
    // Without what comes after the rows: indexes, foreign keys and triggers, which other tables' rows would be wanted for.
    let schema = ["--section=pre-data", "--no-owner", "--no-privileges"].map(OsString::from);
    for (file, options) in [("schema.dump", schema.as_slice()), ("data.dump", &[])] {
        let mut args = options.to_vec();
        args.push(folder.join(file).into_os_string());
        // What cannot be made on scratch, such as an extension, need not be in the way: the rows decide.
        match pg_restore.run(&url, &args).await {
            Ok(_) => {}
            Err(ProgramError::Failed { said: why, .. }) => {
                said.extend(why.lines().take(20).map(str::to_owned))
            }
            Err(error) => return Err(error.into()),
        }
    }
    let said = said.join("\n");
    session.run(BEGIN).await?;
    session.run(SPELLING).await?;
    for expected in saved {
        let differs = |what: String| {
            let table = expected.table.path().join(".");
            BackupError::Differs { what: format!("{table} {what}"), said: said.clone() }
        };
        let got = match look(&mut session, &expected.table).await {
            Ok(got) => got,
            Err(error) if error.code().is_some() => return Err(differs(format!("is not there ({error})"))),
            Err(error) => return Err(error.into()),
        };
        if got.rows != expected.rows {
            return Err(differs(format!("has {} rows of {}", got.rows, expected.rows)));
        }
        if got.hash != expected.hash {
            return Err(differs("has other values".into()));
        }
    }
    session.run("ROLLBACK").await?;
    Ok(())
}

/// Counts and hashes the rows of a table.
async fn look(session: &mut Session, table: &ObjectId) -> Result<Saved, DbError> {
    let rows = session.rows(&Pen::rows_hashed(table.path()).end()).await?;
    let mut values = rows.into_iter().flatten();
    let mut next = || values.next().flatten().unwrap_or_default();
    let rows = next().parse().map_err(|_| DbError::Protocol("a count is not a number".into()))?;
    Ok(Saved { table: table.clone(), rows, hash: next() })
}
