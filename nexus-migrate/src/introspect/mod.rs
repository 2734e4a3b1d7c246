//! Reads a schema state from a server: one consistent snapshot, a fixed number of queries, one round trip.
//!
//! Names no kind: each kind's query answers in the shape of its own struct, and `pg_depend` gives the edges between
//! addresses. What belongs to an extension, or to something that was left out, is left out; what the model has no
//! kind for is named, never passed over.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};

use crate::db::{DbError, Session};
use crate::kinds;

/// A state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The server refused or is gone.
    #[error("cannot read the catalog")]
    Db(#[from] DbError),
    /// The server answered in a shape that the model does not have: a fact about this server we do not know.
    #[error("the server describes a {kind} in a way that is not understood: {row}")]
    Shape {
        /// The kind of object.
        kind: Kind,
        /// What it said.
        row: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// There are objects that the model has no kind for.
    #[error("{}", unknown(.0))]
    Unknown(Vec<(String, String)>),
}

fn unknown(objects: &[(String, String)]) -> String {
    let mut lines = vec![String::from("the database holds objects that have no place in the model:")];
    lines.extend(objects.iter().take(20).map(|(what, name)| format!("  {what} {name}")));
    if objects.len() > 20 {
        lines.push(format!("  and {} more", objects.len() - 20));
    }
    lines.push(String::from(
        "write the SQL that makes such an object under `raw:` in the schema file, and under `covers:` what it is called \
         here (docs/limits.md has the list)",
    ));
    lines.join("\n")
}

type Address = (u32, u32, i32);
type Row<'a> = &'a [Option<&'a str>];

/// Reads the whole state of the session's database.
///
/// Fails with [`ReadError::Unknown`] if it holds objects that the model cannot express.
pub async fn introspect(session: &mut Session) -> Result<Catalog, ReadError> {
    introspect_but(session, &BTreeSet::new()).await
}

/// [`introspect`], with names of objects that the model cannot express and that are no error, because somebody else
/// answers for them.
pub async fn introspect_but(session: &mut Session, covered: &BTreeSet<String>) -> Result<Catalog, ReadError> {
    let mut sweep = sweep(session, script()).await?;
    sweep.unknown.retain(|(what, name)| !covered.contains(&format!("{what} {name}")));
    if !sweep.unknown.is_empty() {
        return Err(ReadError::Unknown(sweep.unknown));
    }
    kinds::grant::in_order(&mut sweep.catalog);
    Ok(sweep.catalog)
}

/// Reads the objects of some kinds alone, and tables, without what they need: a part of [`introspect`]'s work, in the
/// transaction that is open if one is. Facets are none of its kinds: they have no address of their own.
pub async fn introspect_kinds(session: &mut Session, kinds: &BTreeSet<Kind>) -> Result<Catalog, ReadError> {
    let wanted = |kind: &&Kind| **kind == Kind::Table || kinds.contains(kind);
    let objects = Kind::ALL.iter().filter(wanted);
    let objects = objects.map(|kind| (kinds::catalog_query(*kind), Part::Object(*kind)));
    let settings = SPELLING.into_iter().map(|query| (query, Part::Nothing));
    let script = statements(settings.chain([(MEMBERS, Part::Member)]).chain(objects));
    Ok(sweep(session, script).await?.catalog)
}

/// Runs a script and takes in what it answers.
async fn sweep(session: &mut Session, (script, parts): (String, Vec<Part>)) -> Result<Sweep, ReadError> {
    let mut sweep = Sweep::default();
    let read = session.each_row(&script, |statement, row| match parts.get(statement) {
        Some(part) => sweep.take(*part, row),
        None => Ok(()),
    });
    if let Err(error) = read.await {
        // A transaction that failed must not stay open on the caller's session.
        let _ = session.run("ROLLBACK").await;
        return Err(error);
    }
    Ok(sweep)
}

/// A snapshot to read from. `ROLLBACK` at the end leaves nothing set.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Names spelled in full, numbers in full.
const SPELLING: [&str; 4] = [
    "SET LOCAL search_path = ''",
    "SET LOCAL quote_all_identifiers = off",
    // Compiling a query of many branches takes far longer than running it.
    "SET LOCAL jit = off",
    // Tens of thousands of rows are sorted in memory.
    "SET LOCAL work_mem = '64MB'",
];

const MEMBERS: &str =
    "SELECT classid, objid, 0, 'pg_extension'::regclass::oid, refobjid, 0 FROM pg_depend WHERE deptype = 'e'";

/// What the rows of a statement are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Unknown,
    Member,
    Phantom,
    Object(Kind),
    Alias,
    Edge,
}

/// All statements as one text, and what the rows of each are.
fn script() -> (String, Vec<Part>) {
    let prologue = [SNAPSHOT].into_iter().chain(SPELLING).map(|query| (query, Part::Nothing));
    let before = [
        (include_str!("census.sql"), Part::Unknown),
        (include_str!("letters.sql"), Part::Unknown),
        (MEMBERS, Part::Member),
        (include_str!("names.sql"), Part::Phantom),
    ];
    let kinds = Kind::ALL.iter().map(|kind| (kinds::catalog_query(*kind), Part::Object(*kind)));
    let after = [
        (include_str!("aliases.sql"), Part::Alias),
        (include_str!("edges.sql"), Part::Edge),
        ("ROLLBACK", Part::Nothing),
    ];
    statements(prologue.chain(before).chain(kinds).chain(after))
}

fn statements<'a>(queries: impl Iterator<Item = (&'a str, Part)>) -> (String, Vec<Part>) {
    queries.map(|(query, part)| (format!("{};\n", query.trim_end()), part)).unzip()
}

fn text<'a>(row: Row<'a>, n: usize) -> &'a str {
    row.get(n).copied().flatten().unwrap_or_default()
}

fn number<T: std::str::FromStr + Default>(row: Row<'_>, n: usize) -> T {
    text(row, n).parse().unwrap_or_default()
}

fn address(row: Row<'_>, at: usize) -> Address {
    (number(row, at), number(row, at + 1), number(row, at + 2))
}

/// What was read so far. The order of the statements is the order in which parts need each other.
#[derive(Default)]
struct Sweep {
    catalog: Catalog,
    unknown: Vec<(String, String)>,
    ids: BTreeMap<Address, ObjectId>,
    /// What has a name but is no object, with the address of the object it is a part of.
    phantoms: BTreeMap<Address, (ObjectId, Address)>,
    members: BTreeSet<(u32, u32)>,
    /// Whose address is a member's, and the extension's address: known once the extensions are.
    of_extensions: Vec<(Address, Address)>,
}

impl Sweep {
    fn take(&mut self, part: Part, row: Row<'_>) -> Result<(), ReadError> {
        match part {
            Part::Nothing => {}
            // The error will name them; the rest is of no use.
            _ if part != Part::Unknown && !self.unknown.is_empty() => {}
            Part::Unknown => self.unknown.push((text(row, 0).to_owned(), text(row, 1).to_owned())),
            Part::Member => {
                self.members.insert((number(row, 0), number(row, 1)));
                self.of_extensions.push((address(row, 0), address(row, 3)));
            }
            Part::Phantom => self.phantom(row),
            Part::Object(kind) => self.object(kind, row)?,
            Part::Alias => {
                self.stand_for_members();
                self.alias(address(row, 0), address(row, 3));
            }
            Part::Edge => {
                self.stand_for_members();
                self.edge(address(row, 0), address(row, 3));
            }
        }
        Ok(())
    }

    /// Columns of views and the like: they have an id, and nothing else.
    fn phantom(&mut self, row: Row<'_>) {
        let path = serde_json::from_str::<Vec<String>>(text(row, 4));
        if let (Some(kind), Ok(path)) = (Kind::from_tag(text(row, 3)), path) {
            self.phantoms.insert(address(row, 0), (ObjectId::new(kind, path), address(row, 5)));
        }
    }

    fn object(&mut self, kind: Kind, row: Row<'_>) -> Result<(), ReadError> {
        let at = address(row, 0);
        if self.members.contains(&(at.0, at.1)) {
            return Ok(());
        }
        let shape = |source| {
            let row = format!("{} {}", text(row, 3), text(row, 4));
            ReadError::Shape { kind, row, source }
        };
        let path: Vec<String> = serde_json::from_str(text(row, 3)).map_err(shape)?;
        let object = Object::from_json(kind, text(row, 4)).map_err(shape)?;
        if kind.is_facet() {
            self.facet(kind, at, &path, object);
            return Ok(());
        }
        let id = ObjectId::new(kind, path);
        if !self.belongs_to_member(&id) {
            self.ids.insert(at, id.clone());
            self.catalog.insert(id, object);
        }
        Ok(())
    }

    /// What is said of another object, if that one is in the catalog.
    fn facet(&mut self, kind: Kind, at: Address, path: &[String], object: Object) {
        let own = self.ids.get(&at).map(|id| (id.clone(), id.clone()));
        let phantom = || {
            let (id, whole) = self.phantoms.get(&at)?;
            Some((id.clone(), self.ids.get(whole)?.clone()))
        };
        let Some((target, holder)) = own.or_else(phantom) else { return };
        let id = target.of(kind, path.iter().map(String::as_str));
        self.catalog.insert(id.clone(), object);
        self.catalog.require(&id, holder);
    }

    /// Whether the object is a part of a relation or an index on one that was left out as an extension's.
    fn belongs_to_member(&self, id: &ObjectId) -> bool {
        let has = |kinds: &[Kind]| kinds.iter().any(|kind| self.catalog.contains(&id.ancestor(*kind, 2)));
        match id.kind() {
            Kind::Column | Kind::Default | Kind::Constraint | Kind::Policy | Kind::Partition => {
                !has(&[Kind::Table])
            }
            // Views come after these in the list: only a table's own can be told here, and extensions have few.
            _ => false,
        }
    }

    /// Who needs a type or a function of an extension needs the extension.
    fn stand_for_members(&mut self) {
        for (at, of) in std::mem::take(&mut self.of_extensions) {
            self.alias(at, of);
        }
    }

    fn alias(&mut self, at: Address, of: Address) {
        if let Some(id) = self.ids.get(&of).cloned() {
            self.ids.entry(at).or_insert(id);
        }
    }

    fn edge(&mut self, from: Address, to: Address) {
        if let (Some(from), Some(to)) = (self.id_at(from), self.id_at(to)) {
            self.catalog.require(&from, to);
        }
    }

    /// The object at an address; a part that is no object of its own stands for its whole.
    fn id_at(&self, at: Address) -> Option<ObjectId> {
        let whole = || self.ids.get(&(at.0, at.1, 0));
        let found = self.ids.get(&at).filter(|id| self.catalog.contains(id)).or_else(whole)?;
        self.catalog.contains(found).then(|| found.clone())
    }
}
