//! Places where a schema state can be read; all end in the same normal form.
//!
//! ```text
//! schema.yaml ─┐
//! dump.sql    ─┼─ built on a scratch server ─┐
//! migrations/ ─┘                             ├─ read back by `introspect` ─▶ State
//! postgres://… ──────────────────────────────┘
//! ```
//! Whatever a state was written as, it is what a server makes of it: equal states are equal by construction.

mod bench;
mod build;
mod closure;
mod ground;
mod raw;
mod roles;
mod seeds;
mod settle;
mod visit;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::diagnostic::Diagnostics;
use nexus_schema::document::{self, Declared, Tags};
use nexus_schema::kinds::Schema;

pub use bench::Bench;
pub use build::BuildError;
pub use ground::{common_ground, leave, leave_ledgers, unspoken};
pub use raw::look;
pub use roles::{carry_roles, read_roles};
pub use seeds::{places as places_of_seeds, read as read_seeds, take as take_seeds, wanted};
pub use settle::settle;
pub use visit::Visit;

use crate::db::{DbError, ScratchError, Session, redact_url};
use crate::history::{History, HistoryError, Migration};
use crate::introspect::ReadError;
use crate::kinds::{grant, role};
use crate::plan::{PlanError, Renames, Traffic};

/// A place where a schema state can be read.
#[derive(Clone, PartialEq, Eq)]
pub enum Door {
    /// A YAML file.
    Authored(PathBuf),
    /// A migrations directory.
    History(PathBuf),
    /// A SQL file, run on scratch.
    Script(PathBuf),
    /// A live database.
    Live(String),
    /// The state of a new database.
    Empty,
}

impl Door {
    /// Tells a door from how it is written: a URL, `empty`, a `.sql` file, a directory, or else a YAML file.
    ///
    /// ```
    /// use nexus_migrate::doors::Door;
    /// assert_eq!(Door::parse("empty"), Door::Empty);
    /// assert_eq!(Door::parse("postgres://app:secret@db/prod").to_string(), "postgres://app:***@db/prod");
    /// ```
    pub fn parse(text: &str) -> Self {
        let path = Path::new(text);
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Live(text.into())
        } else if text == "empty" {
            Self::Empty
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            Self::Script(path.into())
        } else if path.is_dir() || text.ends_with('/') {
            Self::History(path.into())
        } else {
            Self::Authored(path.into())
        }
    }

    /// Whether the place alone does not say all that belongs to its state.
    fn asks_the_other_side(&self) -> bool {
        matches!(self, Self::Live(_) | Self::Script(_))
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authored(path) | Self::History(path) | Self::Script(path) => {
                write!(f, "{}", path.display())
            }
            Self::Live(url) => f.write_str(&redact_url(url)),
            Self::Empty => f.write_str("empty"),
        }
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A state as a server holds it.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The objects.
    pub catalog: Catalog,
    /// Names that objects had before, where an author said so.
    pub renames: Renames,
    /// Whether the state is all there is, or else what an author chose to write down: then what it never mentions
    /// (owners and grants) is not its business.
    pub authored: bool,
    /// Which tables are in use, where an author said so.
    pub traffic: Traffic,
    /// Columns whose values are not to be shown: their author tagged them as personal or sensitive.
    pub hidden: BTreeSet<ObjectId>,
    /// Columns that are to live beside the ones that they were.
    pub expanding: BTreeSet<ObjectId>,
}

/// A door cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The author's mistakes.
    #[error("the schema has errors")]
    Diagnostics(Diagnostics),
    /// The state cannot be built on scratch.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The state cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// There is no scratch server.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// A server refused or is gone.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The plan to build a state contradicts itself.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A column cannot live beside the one that it was.
    #[error("{column} cannot be expanded: {why}")]
    Expand {
        /// The column.
        column: ObjectId,
        /// What stands against it.
        why: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The state of a new database: the schema `public`.
pub fn empty() -> Catalog {
    let mut catalog = Catalog::default();
    catalog.insert(ObjectId::new(Kind::Schema, ["public"]), Schema {});
    catalog
}

/// Reads the states behind two doors, in the same normal form: only what differs in meaning differs.
pub async fn read_pair(bench: &mut Bench, from: &Door, to: &Door) -> Result<(State, State), DoorError> {
    // Which rows of a live database are default data, which roles are its own, and what raw SQL has made in it, the
    // other side says.
    let [mut prev, mut next] = if to.asks_the_other_side() {
        let prev = read(bench, from, None).await?;
        let next = read(bench, to, Some(&prev.catalog)).await?;
        [prev, next]
    } else {
        let next = read(bench, to, None).await?;
        let prev = read(bench, from, Some(&next.catalog)).await?;
        [prev, next]
    };
    common_ground(&mut prev, &mut next);
    Ok((prev, next))
}

/// Reads the state behind a door. `seeds` is the state whose default data and roles a live database is looked through
/// for, and whose raw objects it is taken to have.
pub async fn read(bench: &mut Bench, door: &Door, seeds: Option<&Catalog>) -> Result<State, DoorError> {
    match door {
        Door::Empty => Ok(State { catalog: empty(), ..State::default() }),
        Door::Live(url) => {
            let mut session = Session::connect(url).await?;
            let mut catalog = look(&mut session, seeds, seeds).await?;
            if let Some(declared) = seeds {
                read_roles(&mut session, &mut catalog, declared).await?;
            }
            session.close().await?;
            Ok(State { catalog, ..State::default() })
        }
        Door::Authored(path) => {
            let (declared, _) = document::load(path).map_err(DoorError::Diagnostics)?;
            authored(bench, &declared).await
        }
        Door::History(dir) => {
            let history = History::open(dir)?;
            let mut session = bench.fresh().await?;
            let catalog = replay(&mut session, &history).await?;
            Ok(State { catalog, authored: true, ..State::default() })
        }
        Door::Script(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| DoorError::File { path: path.clone(), source })?;
            let mut session = bench.fresh().await?;
            session.run(&text).await.map_err(|source| BuildError::Script { path: path.clone(), source })?;
            let catalog = look(&mut session, None, seeds).await?;
            Ok(State { catalog, ..State::default() })
        }
    }
}

/// Builds what an author declared on scratch and reads it back.
pub async fn authored(bench: &mut Bench, declared: &Declared) -> Result<State, DoorError> {
    authored_part(bench, declared, &declared.catalog).await
}

/// [`authored`], of a part of what was declared that holds all that it needs.
pub async fn authored_part(
    bench: &mut Bench,
    declared: &Declared,
    part: &Catalog,
) -> Result<State, DoorError> {
    let mut session = bench.fresh().await?;
    let mut wanted = make(&mut session, declared, part).await?;
    let mut catalog = look(&mut session, Some(&wanted), Some(&wanted)).await?;
    roles::normalise(&mut session, &mut wanted).await?;
    carry_roles(&wanted, &mut catalog);
    let tagged = declared.tags.iter().filter(|(_, tags)| tags.pii || tags.sensitive);
    let hidden = tagged.map(|(id, _)| id.clone()).collect();
    let (renames, traffic) = (declared.renames.clone(), traffic(declared));
    Ok(State { catalog, renames, authored: true, traffic, hidden, expanding: declared.expanding.clone() })
}

/// Makes what an author declared on an empty database, seeds included; returns it in the order it was made in.
pub async fn declare(session: &mut Session, declared: &Declared) -> Result<Catalog, DoorError> {
    make(session, declared, &declared.catalog).await
}

async fn make(session: &mut Session, declared: &Declared, part: &Catalog) -> Result<Catalog, DoorError> {
    let mut wanted = part.clone();
    for (id, entry) in empty() {
        wanted.insert_entry(id, entry);
    }
    seeds::in_order(&mut wanted);
    grant::in_order(&mut wanted);
    role::in_order(&mut wanted);
    build::roles(session, &wanted).await?;
    build::build(session, &wanted, |id| declared.place(id)).await?;
    Ok(wanted)
}

/// The most rows of a table whose clients do not notice when it is locked while they are read: facts 2.4 have a million
/// in 140 ms, and their index in 900.
const FEW: u64 = 10_000;

/// Which tables an author takes to be in use.
fn traffic(declared: &Declared) -> Traffic {
    let tables = declared.tables.iter().map(|table| (&table.id, declared.tags.get(&table.id)));
    let says = |tags: Option<&Tags>, what| tags.and_then(|tags| tags.online) == Some(what);
    if declared.database.online == Some(false) && !tables.clone().any(|(_, tags)| says(tags, true)) {
        return Traffic::none();
    }
    let is_calm = |(_, tags): &(&ObjectId, Option<&Tags>)| {
        let is_small = tags.and_then(|tags| tags.rows).is_some_and(|rows| rows <= FEW);
        !says(*tags, true) && (says(*tags, false) || is_small || declared.database.online == Some(false))
    };
    Traffic::default().but_for(tables.filter(is_calm).map(|(id, _)| id.clone()))
}

/// Runs a history on an empty database and reads the state after it, default data included.
pub async fn replay(session: &mut Session, history: &History) -> Result<Catalog, DoorError> {
    run_files(session, history.migrations().iter(), &history.snapshot()?).await
}

/// Runs migrations and reads the state after them, with the default data and the roles of `wanted`.
pub async fn run_files(
    session: &mut Session,
    migrations: impl Iterator<Item = &Migration>,
    wanted: &Catalog,
) -> Result<Catalog, DoorError> {
    build::roles(session, wanted).await?;
    run_all(session, migrations).await?;
    let mut catalog = look(session, Some(wanted), Some(wanted)).await?;
    carry_roles(wanted, &mut catalog);
    Ok(catalog)
}

/// The state after a version of a history, or before all of it: read from the snapshot where that is it, else by running
/// the migrations up to it on scratch. Roles, which the files up to there may not make yet, are then not part of it.
pub async fn after(bench: &mut Bench, history: &History, version: Option<i64>) -> Result<Catalog, DoorError> {
    let Some(version) = version else { return Ok(empty()) };
    let snapshot = history.snapshot()?;
    if history.migrations().last().is_some_and(|newest| newest.version == version) {
        return Ok(snapshot);
    }
    let mut session = bench.fresh().await?;
    build::roles(&mut session, &snapshot).await?;
    run_all(&mut session, history.migrations().iter().filter(|m| m.version <= version)).await?;
    look(&mut session, Some(&snapshot), Some(&snapshot)).await
}

async fn run_all(
    session: &mut Session,
    migrations: impl Iterator<Item = &Migration>,
) -> Result<(), BuildError> {
    for migration in migrations {
        build::run_file(session, &migration.up, migration.transactional)
            .await
            .map_err(|source| BuildError::Migration { file: migration.up_file(), source })?;
    }
    Ok(())
}

/// Makes the roles that a state names, where the scratch server lacks them.
pub async fn make_roles(session: &mut Session, catalog: &Catalog) -> Result<(), DoorError> {
    Ok(build::roles(session, catalog).await?)
}

/// Runs the text of a migration file as an applier would.
pub async fn run_file(
    session: &mut Session,
    sql: &str,
    transactional: bool,
) -> Result<(), crate::db::DbError> {
    build::run_file(session, sql, transactional).await
}

/// Makes a state on an empty database.
pub async fn materialize(session: &mut Session, catalog: &Catalog) -> Result<(), DoorError> {
    build::roles(session, catalog).await?;
    Ok(build::build(session, catalog, |_| None).await?)
}
