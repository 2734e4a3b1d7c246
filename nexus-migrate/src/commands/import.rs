//! `nexus import`: a schema file from a database, an SQL file, a migrations directory or another schema file.
//!
//! What is handed out is proved: the file leads to the state it was made from, and it is a fixed point. A database
//! built from it gives the same file again.

use std::path::PathBuf;

use nexus_schema::catalog::{Kind, ObjectId};
use nexus_schema::document::{self, Database};
use nexus_schema::printed::{About, print};
use similar::TextDiff;

use super::{CommandError, Failure, Mode, Progress, exists, update};
use crate::change::change;
use crate::db::{ScratchOptions, ServerInfo, Session};
use crate::doors::{self, Bench, Door, State};

/// What `nexus import` is asked.
#[derive(Debug, Clone)]
pub struct ImportArgs {
    /// The door to read.
    pub from: String,
    /// The schema file; `None` to return the text only.
    pub output: Option<PathBuf>,
    /// Whether a file that is there may be replaced.
    pub force: bool,
    /// The name of the database in the file; that of the door, if it has one, or else `app`.
    pub name: Option<String>,
    /// Tables of a live database whose rows belong to the schema, as `table` or `schema.table`.
    pub seeds: Vec<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What was imported.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The schema file's text.
    pub text: String,
    /// How many objects it declares.
    pub objects: usize,
}

/// How often a text may be read back in another spelling before it settles: an expression takes two.
const ROUNDS: usize = 5;

/// The name of a database that no door names: a file must not depend on where it was made.
const NAME: &str = "app";

/// Writes a schema file that leads to the state behind a door. Changes nothing behind it.
pub async fn import(args: &ImportArgs, progress: &dyn Progress) -> Result<Imported, CommandError> {
    if let Some(path) = args.output.as_ref().filter(|path| path.exists() && !args.force) {
        let failure = Failure::new(format!("`{}` is there already", path.display()));
        return Err(CommandError::Usage(failure.help("name another file, or give --force to replace it")));
    }
    let options = ScratchOptions { dev_url: args.dev_url.clone(), ..ScratchOptions::default() };
    let mut bench = Bench::new(options);
    progress.stage("reading the state");
    let door = Door::parse(&args.from);
    let (mut state, mut about) = read(&mut bench, &door).await?;
    take_seeds(&door, &args.seeds, &mut state).await?;
    if let Some(name) = &args.name {
        about.database.name.clone_from(name);
    }
    progress.stage("proving the schema file on scratch");
    let text = written(&mut bench, state, &about).await?;
    bench.stop().await;
    let objects = declared(&text)?.catalog.len();
    if let Some(path) = &args.output {
        update(path, &text, Mode::Write)?;
    }
    Ok(Imported { text, objects })
}

/// The state behind a door, and what the door says besides.
async fn read(bench: &mut Bench, door: &Door) -> Result<(State, About), CommandError> {
    if let Door::Authored(path) = door {
        exists(path)?;
        let (declared, _) = document::load(path)?;
        bench.want_major(declared.database.postgres);
        let state = doors::authored(bench, &declared).await?;
        return Ok((state, About::from(&declared)));
    }
    let mut major = None;
    if let Door::Live(url) = door {
        let session = Session::connect(url).await?;
        major = Some(session.server_version_num() / 10_000);
        session.close().await?;
        bench.want_major(major);
    }
    let mut state = doors::read(bench, door, None).await?;
    doors::leave_ledgers(&mut state.catalog);
    let major = major.or_else(|| bench.server().map(ServerInfo::major));
    let database = Database { name: NAME.into(), postgres: major, ..Database::default() };
    Ok((state, About { database, ..About::default() }))
}

/// Takes the rows of tables in.
async fn take_seeds(door: &Door, tables: &[String], state: &mut State) -> Result<(), CommandError> {
    if tables.is_empty() {
        return Ok(());
    }
    let Door::Live(url) = door else {
        let failure = Failure::new("only a live database has rows to take in");
        return Err(CommandError::Usage(failure.help("leave --seeds out, or name a database")));
    };
    let mut session = Session::connect(url).await?;
    for name in tables {
        let (schema, table) = name.split_once('.').unwrap_or(("public", name));
        let id = ObjectId::new(Kind::Table, [schema, table]);
        if !state.catalog.contains(&id) {
            return Err(CommandError::Usage(Failure::new(format!("there is no table `{name}`"))));
        }
        if !doors::take_seeds(&mut session, &mut state.catalog, &id).await? {
            let failure = Failure::new(format!("`{name}` has no key by which its rows could be told apart"));
            return Err(CommandError::Usage(
                failure.help("give it a primary key or unique columns that are not NULL"),
            ));
        }
    }
    session.close().await?;
    Ok(())
}

/// The text of a state, printed until a server that is built from it gives the same text.
///
/// Fails where the text would not lead to the state, or has no place for a part of it.
pub async fn written(bench: &mut Bench, state: State, about: &About) -> Result<String, CommandError> {
    let mut printed = print(&state.catalog, about);
    let mut changed = String::new();
    for _ in 0..ROUNDS {
        if !printed.left_out.is_empty() {
            let lines = printed.left_out.iter().map(|id| format!("  {id}"));
            let message =
                format!("a schema file has no place for:\n{}", lines.collect::<Vec<_>>().join("\n"));
            return Err(CommandError::Found(Failure::new(message)));
        }
        let next = doors::authored(bench, &declared(&printed.text)?).await?;
        let again = print(&next.catalog, about);
        if again.text == printed.text {
            leads_there(bench, state, next).await?;
            return Ok(printed.text);
        }
        changed =
            TextDiff::from_lines(&printed.text, &again.text).unified_diff().context_radius(1).to_string();
        printed = again;
    }
    let message = format!("the server spells this state differently each time it reads it:\n{changed}");
    let failure = Failure::new(message);
    Err(CommandError::Found(failure.help("this is a fault of nexus: please report it with the schema")))
}

fn declared(text: &str) -> Result<document::Declared, CommandError> {
    Ok(document::parse("schema.yaml", text).map(|(declared, _)| declared)?)
}

/// Fails where the state that a file leads to is not the one it was made from.
async fn leads_there(bench: &mut Bench, mut state: State, mut next: State) -> Result<(), CommandError> {
    doors::common_ground(&mut state, &mut next);
    let rest = change(bench, state, next).await?.up;
    if rest.is_empty() {
        return Ok(());
    }
    let message = format!("the schema file would not lead to this state; it leaves:\n{}", rest.to_sql());
    let help = "this is a fault of nexus: please report it with the schema";
    Err(CommandError::Found(Failure::new(message).help(help)))
}
