//! The public door to schema files: a path or a text in, the declared state or the author's mistakes out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::authored::Audit;
use crate::authored::File;
use crate::authored::decode::{Cx, Spanned, shape};
use crate::catalog::{Catalog, ObjectId};
use crate::diagnostic::Diagnostics;
use crate::report::{Report, Spot};
use crate::resolve;
pub use crate::rust::RustHint;
use crate::yaml;

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

/// What a column or table is tagged with: facts that PostgreSQL has no place for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Holds personal data.
    pub pii: bool,
    /// Must not be shown: redacted wherever values are printed.
    pub sensitive: bool,
    /// How long it may be kept, in the author's words.
    pub retention: Option<String>,
    /// Changes of the table's rows are kept, and how.
    pub audit: Option<Audit>,
    /// About how many rows the table has where it is in use.
    pub rows: Option<u64>,
    /// Whether clients go on using the table while a plan runs.
    pub online: Option<bool>,
    /// The strongest lock that a plan may take on the table.
    pub max_lock: Option<String>,
}

/// Who may do what with the tables, as `access:` says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The role that owns what is declared.
    pub owner: Option<String>,
    /// The role that migrations run as.
    pub migrator: Option<String>,
    /// The roles that clients log in as, each with what it may do with which table, by PostgreSQL's own words. A table
    /// that is not here it may do nothing with.
    pub actors: BTreeMap<String, BTreeMap<ObjectId, BTreeSet<String>>>,
    /// The policies that let a session see the rows of one tenant or owner.
    pub policies: BTreeMap<ObjectId, ColumnPolicy>,
}

/// That a session sees the rows in which a column is what a setting of the session says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPolicy {
    /// The column.
    pub column: ObjectId,
    /// The setting, such as `nexus.tenant`.
    pub setting: String,
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

/// The most bytes that one file may have.
const FILE_LIMIT: u64 = 8 * 1024 * 1024;
/// The most bytes that all files of a schema may have together.
const TOTAL_LIMIT: u64 = 64 * 1024 * 1024;

/// Reads a schema file and the files it includes.
///
/// Returns the declared state with any warnings, or every mistake that was found. A file of more than 8 MiB, or
/// more than 64 MiB in all, is refused before it is read.
pub fn load(path: &Path) -> Result<(Declared, Diagnostics), Diagnostics> {
    let mut loader = Loader::default();
    loader.file(path, None, &mut Vec::new());
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
    let mut loader = Loader::default();
    if text.len() as u64 > FILE_LIMIT {
        loader.too_large(name, None);
        return loader.finish();
    }
    if let Some(includes) = loader.text(name.to_owned(), text.into()) {
        for include in includes {
            loader
                .report
                .error("NX0110", include.spot, "a text alone cannot include files", "")
                .help("load the schema from its file");
        }
    }
    loader.finish()
}

/// The files read so far.
#[derive(Default)]
struct Loader {
    report: Report,
    files: Vec<File>,
    bytes: u64,
}

impl Loader {
    /// Reads a file and what it includes; `open` are the files that are being read, from the outside in.
    fn file(&mut self, path: &Path, asked: Option<Spot>, open: &mut Vec<PathBuf>) {
        let name = path.display().to_string();
        let identity = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if open.contains(&identity) {
            let chain: Vec<_> = open.iter().chain([&identity]).map(|p| file_name(p)).collect();
            if let Some(spot) = asked {
                let title = format!("the file includes itself: {}", chain.join(" → "));
                self.report.error("NX0111", spot, title, "").help("remove one of these includes");
            }
            return;
        }
        if self.report.names().any(|read| Path::new(read) == path) {
            if let Some(spot) = asked {
                let title = format!("`{}` is included twice", file_name(path));
                self.report.error("NX0111", spot, title, "").help("include it once");
            }
            return;
        }
        let text = match self.read(path) {
            Ok(text) => text,
            Err(Refusal::TooLarge) => return self.too_large(&name, asked),
            Err(Refusal::Text) => {
                let title = format!("{name} is not a text in UTF-8");
                self.outside("NX0101", title, asked, "save it as UTF-8");
                return;
            }
            Err(Refusal::Io(error)) => {
                let title = format!("cannot read {name}: {error}");
                let help = "name a schema file; `nexus init` writes a first one";
                self.outside("NX0101", title, asked, help);
                return;
            }
        };
        let Some(includes) = self.text(name, text.into()) else { return };
        open.push(identity);
        for include in includes {
            let inner = Path::new(&include.value);
            let path = path.parent().unwrap_or(Path::new("")).join(inner);
            if open.len() >= 16 {
                let title = "files include one another more than 16 deep";
                self.report.error("NX0111", include.spot, title, "").help("list the files in one place");
                break;
            }
            self.file(&path, Some(include.spot), open);
        }
        open.pop();
    }

    /// Reads a file within the bounds: its size is looked at first, and no more than that is read.
    fn read(&mut self, path: &Path) -> Result<String, Refusal> {
        let file = std::fs::File::open(path).map_err(Refusal::Io)?;
        let meta = file.metadata().map_err(Refusal::Io)?;
        if meta.is_dir() {
            return Err(Refusal::Io(std::io::Error::other("it is a folder")));
        }
        let room = FILE_LIMIT.min(TOTAL_LIMIT - self.bytes.min(TOTAL_LIMIT));
        if meta.len() > room {
            return Err(Refusal::TooLarge);
        }
        let mut bytes = Vec::new();
        // A file that grows, or a device without an end, is cut off as well.
        file.take(room + 1).read_to_end(&mut bytes).map_err(Refusal::Io)?;
        if bytes.len() as u64 > room {
            return Err(Refusal::TooLarge);
        }
        self.bytes += bytes.len() as u64;
        String::from_utf8(bytes).map_err(|_| Refusal::Text)
    }

    fn too_large(&mut self, name: &str, asked: Option<Spot>) {
        let title = format!("{name} is too large: a file may have 8 MiB, and a schema 64 MiB in all");
        self.outside("NX0112", title, asked, "split the schema into files and list them under `include:`");
    }

    fn outside(&mut self, code: &'static str, title: String, asked: Option<Spot>, help: &str) {
        match asked {
            Some(spot) => self.report.error(code, spot, title, "").help(help),
            None => self.report.outside(code, title).help(help),
        };
    }

    /// Takes in a text and returns what it includes; `None` if it is not YAML.
    fn text(&mut self, name: String, text: Arc<str>) -> Option<Vec<Spanned<String>>> {
        let file = self.report.add_source(name, Arc::clone(&text));
        match yaml::parse(&text) {
            Ok(node) => {
                let read: File = shape(&node, &mut Cx { report: &mut self.report, file });
                let includes = read.include.clone().unwrap_or_default();
                self.files.push(read);
                Some(includes)
            }
            Err(error) => {
                let spot = Spot::new(file, &error.span);
                self.report.error("NX0100", spot, format!("this cannot be read: {}", error.message), "").help(
                    "indent with spaces, close every bracket and quote, and quote texts with `: ` or ` #` in them",
                );
                None
            }
        }
    }

    fn finish(mut self) -> Result<(Declared, Diagnostics), Diagnostics> {
        let files: Vec<_> = self.report.names().map(PathBuf::from).collect();
        // Without all of its text a schema lacks what the rest refers to.
        if self.files.len() != files.len() || files.is_empty() {
            return Err(self.report.finish());
        }
        let state = resolve::resolve(&self.files, &mut self.report);
        let resolve::Resolver {
            database,
            catalog,
            order,
            seeds,
            places,
            allowed,
            rust,
            access,
            tags,
            renames,
            expanding,
            ..
        } = state;
        if self.report.has_errors() {
            return Err(self.report.finish());
        }
        let place = |spot: Spot| {
            let (file, line, column) = self.report.place(spot);
            Place { file: file.into(), line, column }
        };
        let places = places.into_iter().map(|(id, spot)| (id, place(spot))).collect();
        let allowed = allowed.into_iter().map(place).collect();
        let tables = order;
        let declared = Declared {
            database,
            catalog,
            tables,
            seeds,
            files,
            rust,
            access,
            tags,
            renames,
            expanding,
            places,
            allowed,
        };
        Ok((declared, self.report.finish()))
    }
}

/// Why a file was not read.
enum Refusal {
    TooLarge,
    Text,
    Io(std::io::Error),
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
