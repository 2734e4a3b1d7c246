//! The public door to schema files: a path or a text in, the declared state or the author's mistakes out.

mod loader;
mod tags;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::authored::{Audit, Erase};
use crate::catalog::{Catalog, ObjectId};
use crate::diagnostic::Diagnostics;
pub use crate::rust::{Derives, ModelsHint, Parts, RustHint};

use loader::Loader;

pub(crate) use tags::interval;
pub use tags::{Access, ColumnPolicy, Tags};

/// What the file says of the database as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// The version of the schema, as its author counts.
    pub version: Option<String>,
    /// The major version of PostgreSQL that the schema is for.
    pub postgres: Option<u32>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether clients go on using its tables while a plan runs; they do where nothing is said.
    pub online: Option<bool>,
    /// The strongest lock that a plan may take on a table that was there before, as the file spells it:
    /// `share_update_exclusive`.
    pub max_lock: Option<String>,
    /// Hazards that are taken on purpose.
    pub allow: Vec<Allowance>,
}

/// A hazard that the author takes on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Its class, such as `data-loss`.
    pub hazard: String,
    /// The table or column; every one if it is not given.
    pub of: Option<String>,
    /// Why it is right.
    pub reason: String,
}

/// A table as the file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTable {
    /// Which table.
    pub id: ObjectId,
    /// The heading it is read under.
    pub group: Option<String>,
}

/// The default rows of a table as the file lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredSeeds {
    /// Which table.
    pub table: ObjectId,
    /// What documents call the rows.
    pub title: Option<String>,
    /// The rows by heading; those of `rows:` come first and have none.
    pub groups: Vec<SeedGroup>,
}

/// Default rows that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedGroup {
    /// Their heading.
    pub title: Option<String>,
    /// The rows in the order of the file.
    pub rows: Vec<ObjectId>,
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A schema as its files declare it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// The database as a whole.
    pub database: Database,
    /// The declared state. Types and names are spelled as a server does, expressions as their author did.
    pub catalog: Catalog,
    /// The tables in the order of the files.
    pub tables: Vec<DeclaredTable>,
    /// Default rows in the order of the files.
    pub seeds: Vec<DeclaredSeeds>,
    /// Every file read, the first one first.
    pub files: Vec<PathBuf>,
    /// What is said of the models of all tables.
    pub models: ModelsHint,
    /// How tables, columns and enums are called in Rust, where the author says so.
    pub rust: BTreeMap<ObjectId, RustHint>,
    /// Who may do what with the tables.
    pub access: Access,
    /// Tags of columns and tables that have any.
    pub tags: BTreeMap<ObjectId, Tags>,
    /// Declared renames: the new id, then the old one.
    pub renames: BTreeMap<ObjectId, ObjectId>,
    /// Columns that are to live beside the ones that they were, until their author says that nothing needs these any more.
    pub expanding: BTreeSet<ObjectId>,
    /// Default rows by the environment that they are for. No database is to have them but those that are told so.
    pub environments: BTreeMap<String, Catalog>,
    pub(crate) places: BTreeMap<ObjectId, Place>,
    pub(crate) allowed: Vec<Place>,
}

impl Declared {
    /// Where the object is declared; `None` for one that no file names.
    pub fn place(&self, id: &ObjectId) -> Option<Place> {
        self.places.get(id).cloned()
    }

    /// Where an allowance of the database is written, by its place in the list; `None` beyond its end.
    pub fn allowance_place(&self, n: usize) -> Option<&Place> {
        self.allowed.get(n)
    }
}

/// Reads a schema file and the files it includes.
///
/// Returns the declared state with any warnings, or every mistake that was found. A file of more than 8 MiB, or
/// more than 64 MiB in all, is refused before it is read; one of rows alone may have 32 MiB.
pub fn load(path: &Path) -> Result<(Declared, Diagnostics), Diagnostics> {
    load_with(path, &|_| None)
}

/// Reads a schema file and the files it includes, some of which are not as they are on disk: those that are open in
/// an editor, say.
///
/// `text` gives the text of such a file, and nothing for the others. The rest is as with [`load`], bounds included.
///
/// ```
/// use std::path::Path;
///
/// let text = |path: &Path| match path.to_str() {
///     Some("db/schema.yaml") => Some("nexus: 1\ndatabase: { name: a }\ninclude: [b.yaml]\n".into()),
///     _ => Some("nexus: 1\ntables: { b: { columns: { name: text } } }\n".into()),
/// };
/// let (declared, _) = nexus_schema::document::load_with(Path::new("db/schema.yaml"), &text).unwrap();
/// assert_eq!(declared.files, [Path::new("db/schema.yaml"), Path::new("db/b.yaml")]);
/// ```
pub fn load_with(
    path: &Path,
    text: &dyn Fn(&Path) -> Option<Arc<str>>,
) -> Result<(Declared, Diagnostics), Diagnostics> {
    let mut loader = Loader::default();
    loader.file(path, None, &mut Vec::new(), text);
    loader.finish()
}

/// Reads a schema from a text; `name` stands for its file in diagnostics. An `include:` is an error here.
///
/// ```
/// let text = "nexus: 1\ndatabase: { name: shop }\ntables: { users: { columns: { name: text } } }\n";
/// let (declared, warnings) = nexus_schema::document::parse("schema.yaml", text).unwrap();
/// assert_eq!(declared.tables.len(), 1);
/// assert!(warnings.is_empty());
/// ```
pub fn parse(name: &str, text: &str) -> Result<(Declared, Diagnostics), Diagnostics> {
    Loader::default().alone(name, text)
}
