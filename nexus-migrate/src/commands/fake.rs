//! `nexus seed --fake`: made-up rows for development, into a database or out as SQL and CSV.

use std::collections::BTreeSet;
use std::path::PathBuf;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::document;

use super::{CommandError, Failure, Mode, Progress, apply as applying, seeded, update};
use crate::db::{ScratchOptions, Session};
use crate::doors::{self, Bench};
use crate::fake::{Faked, Wish, fake as make};
use crate::sql::Pen;

/// How to make which rows, and where they go.
#[derive(Debug, Clone)]
pub struct FakeArgs {
    /// The schema file.
    pub schema: PathBuf,
    /// How many rows each table gets.
    pub rows: u64,
    /// The tables; all if none is named.
    pub tables: Vec<String>,
    /// What the rows are made from.
    pub seed: u64,
    /// Where they go.
    pub into: Into,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// Where rows go.
#[derive(Debug, Clone)]
pub enum Into {
    /// To a database that has the schema.
    Database {
        /// Which one.
        url: Option<String>,
        /// Whether it may have rows of its own.
        whatever_is_there: bool,
    },
    /// Nowhere: the statements are what is asked for.
    Sql,
    /// To a file for each table in a folder.
    Csv(PathBuf),
}

/// Makes the rows on scratch, where the server lets each of them in, and takes them where they are to go.
///
/// Fails where a database has rows that are neither declared nor made up before, and nobody has said that this is right.
pub async fn fake(args: &FakeArgs, progress: &dyn Progress) -> Result<Vec<Faked>, CommandError> {
    super::exists(&args.schema)?;
    let (declared, _) = document::load(&args.schema)?;
    let tables = named(&declared.catalog, &args.tables)?;
    let mut session = match &args.into {
        Into::Database { url, .. } => {
            let url = applying::url(url.as_deref())?;
            let connected = Session::connect(url).await;
            Some(connected.map_err(|source| {
                CommandError::World(Failure::new("cannot connect to the database").source(source))
            })?)
        }
        Into::Sql | Into::Csv(_) => None,
    };
    progress.stage("making rows on scratch");
    let major = session.as_ref().map(|session| session.server_version_num() / 10_000);
    let mut bench = Bench::new(ScratchOptions {
        dev_url: args.dev_url.clone(),
        major: major.or(declared.database.postgres),
        ..ScratchOptions::default()
    });
    let mut scratch = bench.fresh().await?;
    let wanted = doors::declare(&mut scratch, &declared).await?;
    let state = doors::look(&mut scratch, Some(&wanted), Some(&wanted)).await?;
    let wish = Wish { rows: args.rows, tables, seed: args.seed };
    let made = make(&mut scratch, &state, &wish).await;
    drop(scratch);
    bench.stop().await;
    let made = made?;
    match (&args.into, &mut session) {
        (Into::Database { whatever_is_there, .. }, Some(session)) => {
            if !whatever_is_there {
                is_for_development(session, &declared.catalog, &made).await?;
            }
            progress.stage("writing the rows");
            let all = made.iter().flat_map(|faked| &faked.statements);
            let statements: String = all.map(|statement| format!("{statement};\n")).collect();
            seeded::write(session, &statements, MARK, "").await?;
        }
        (Into::Csv(folder), _) => {
            for Faked { table, csv, .. } in &made {
                let name: Vec<_> = table.path().iter().map(|part| plain(part)).collect();
                update(&folder.join(format!("{}.csv", name.join("."))), csv, Mode::Write)?;
            }
        }
        _ => {}
    }
    Ok(made)
}

/// A part of a name as a part of a file's name: no separator, and no dots that lead elsewhere.
fn plain(part: &str) -> String {
    part.chars().map(|c| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

fn named(catalog: &Catalog, names: &[String]) -> Result<BTreeSet<ObjectId>, CommandError> {
    let find = |name: &String| {
        let (schema, table) = name.split_once('.').unwrap_or(("public", name));
        let id = ObjectId::new(Kind::Table, [schema, table]);
        match catalog.contains(&id) {
            true => Ok(id),
            false => {
                let failure = Failure::new(format!("there is no table `{name}`"));
                Err(CommandError::Usage(failure.help("name one of the schema file: `users` or `auth.users`")))
            }
        }
    };
    names.iter().map(find).collect()
}

/// The mark of a database that made-up rows were written to; no environment has an empty name.
const MARK: &str = "";

/// Fails where tables have rows that nobody declared, unless made-up rows were written there before.
async fn is_for_development(
    session: &mut Session,
    declared: &Catalog,
    made: &[Faked],
) -> Result<(), CommandError> {
    if seeded::kept(session, MARK).await?.is_some() {
        return Ok(());
    }
    let mut full = Vec::new();
    for Faked { table, .. } in made {
        // Default data is there in every database.
        if declared.under(Kind::Seed, table.path()).next().is_some() {
            continue;
        }
        let exists = Pen::kw("SELECT EXISTS (SELECT FROM").name(table.path()).text(")").end();
        if session.rows(&exists).await.map_err(seeded::behind)? == [[Some("t".to_owned())]] {
            full.push(table.path().join("."));
        }
    }
    if full.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(format!("the database has rows that nobody declared: {}", full.join(", ")));
    Err(CommandError::Found(failure.help("made-up rows are for development; if it is, say so with `--yes`")))
}
