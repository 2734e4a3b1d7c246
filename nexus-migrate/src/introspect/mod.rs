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
    let mut lines = vec![String::from("the database holds objects that have no place in the model yet:")];
    lines.extend(objects.iter().take(20).map(|(what, name)| format!("  {what} {name}")));
    if objects.len() > 20 {
        lines.push(format!("  and {} more", objects.len() - 20));
    }
    lines.join("\n")
}

type Address = (u32, u32, i32);
type Row = Vec<Option<String>>;

/// Reads the whole state of the session's database.
///
/// Fails with [`ReadError::Unknown`] if it holds objects that the model cannot express.
pub async fn introspect(session: &mut Session) -> Result<Catalog, ReadError> {
    let sets = match session.result_sets(&script()).await {
        Ok(sets) => sets,
        Err(error) => {
            // The failed transaction must not stay open on the caller's session.
            let _ = session.run("ROLLBACK").await;
            return Err(error.into());
        }
    };
    let mut sets = sets.into_iter().skip(PROLOGUE.len());
    let mut take = || sets.next().unwrap_or_default();
    let unknown = take();
    if !unknown.is_empty() {
        let named = unknown.into_iter().map(|row| (text(&row, 0), text(&row, 1))).collect();
        return Err(ReadError::Unknown(named));
    }
    let members = take();
    let of_extensions = members.iter().map(|row| (number(row, 0), number(row, 1))).collect();
    let mut sweep = Sweep { members: of_extensions, ..Sweep::default() };
    sweep.phantoms(&take());
    for kind in Kind::ALL {
        sweep.objects(*kind, take())?;
    }
    // Who needs a type or a function of an extension needs the extension.
    sweep.aliases(&members);
    sweep.aliases(&take());
    sweep.edges(&take());
    kinds::grant::in_order(&mut sweep.catalog);
    Ok(sweep.catalog)
}

/// A snapshot to read from, names spelled in full, numbers in full. `ROLLBACK` at the end leaves nothing set.
const PROLOGUE: [&str; 3] = [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL search_path = ''",
    "SET LOCAL quote_all_identifiers = off",
];

const MEMBERS: &str =
    "SELECT classid, objid, 0, 'pg_extension'::regclass::oid, refobjid, 0 FROM pg_depend WHERE deptype = 'e'";

fn script() -> String {
    let kinds = Kind::ALL.iter().map(|kind| kinds::catalog_query(*kind));
    let queries =
        PROLOGUE.into_iter().chain([include_str!("census.sql"), MEMBERS, include_str!("names.sql")]);
    let queries =
        queries.chain(kinds).chain([include_str!("aliases.sql"), include_str!("edges.sql"), "ROLLBACK"]);
    queries.map(|query| format!("{};\n", query.trim_end())).collect()
}

fn text(row: &Row, n: usize) -> String {
    row.get(n).cloned().flatten().unwrap_or_default()
}

fn number<T: std::str::FromStr + Default>(row: &Row, n: usize) -> T {
    row.get(n).and_then(|value| value.as_deref()).and_then(|value| value.parse().ok()).unwrap_or_default()
}

fn address(row: &Row, at: usize) -> Address {
    (number(row, at), number(row, at + 1), number(row, at + 2))
}

#[derive(Default)]
struct Sweep {
    catalog: Catalog,
    ids: BTreeMap<Address, ObjectId>,
    /// What has a name but is no object, with the address of the object it is a part of.
    phantoms: BTreeMap<Address, (ObjectId, Address)>,
    members: BTreeSet<(u32, u32)>,
}

impl Sweep {
    /// Columns of views and the like: they have an id, and nothing else.
    fn phantoms(&mut self, rows: &[Row]) {
        for row in rows {
            let path = serde_json::from_str::<Vec<String>>(&text(row, 4));
            if let (Some(kind), Ok(path)) = (Kind::from_tag(&text(row, 3)), path) {
                self.phantoms.insert(address(row, 0), (ObjectId::new(kind, path), address(row, 5)));
            }
        }
    }

    fn objects(&mut self, kind: Kind, rows: Vec<Row>) -> Result<(), ReadError> {
        for row in rows {
            let at = address(&row, 0);
            if self.members.contains(&(at.0, at.1)) {
                continue;
            }
            let shape = |source| ReadError::Shape {
                kind,
                row: format!("{} {}", text(&row, 3), text(&row, 4)),
                source,
            };
            let path: Vec<String> = serde_json::from_str(&text(&row, 3)).map_err(shape)?;
            let object = Object::from_json(kind, &text(&row, 4)).map_err(shape)?;
            if kind.is_facet() {
                self.facet(kind, at, &path, object);
                continue;
            }
            let id = ObjectId::new(kind, path);
            if self.belongs_to_member(&id) {
                continue;
            }
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

    fn aliases(&mut self, rows: &[Row]) {
        for row in rows {
            if let Some(id) = self.ids.get(&address(row, 3)).cloned() {
                self.ids.entry(address(row, 0)).or_insert(id);
            }
        }
    }

    fn edges(&mut self, rows: &[Row]) {
        for row in rows {
            let (Some(from), Some(to)) = (self.id_at(address(row, 0)), self.id_at(address(row, 3))) else {
                continue;
            };
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
