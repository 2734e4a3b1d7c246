//! Who may do what with which table: what is declared, what a server lets happen, and whether that is the same.
//!
//! `declared` reads it from a schema file, `attempt` tries every cell on scratch, `live` asks a database that is only
//! read. Knows nothing of how grants came about.

mod attempt;
mod declared;
mod live;
mod print;

use std::collections::BTreeSet;

use nexus_schema::catalog::ObjectId;
use nexus_schema::document::Declared;
use serde::Serialize;

pub use attempt::attempt;
pub use live::look;

use declared::Expected;

/// What can be done with a table, in PostgreSQL's words.
pub const VERBS: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"];
/// What can be done in a schema.
const CREATE: &str = "CREATE";
/// Who has no role of the schema's: what is granted to everybody.
const EVERYBODY: &str = "public";

/// Whether a role may do one thing with one object: as declared, and as found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The role; `public` for one that nothing is granted to.
    pub role: String,
    /// The table, or the schema for CREATE.
    pub on: ObjectId,
    /// What is done, in PostgreSQL's words.
    pub verb: &'static str,
    /// Whether it may, by the declaration.
    pub declared: bool,
    /// Whether it can.
    pub found: bool,
    /// Whether a statement was run to find out; else the server was asked for the privilege.
    pub tried: bool,
}

/// How many rows a session sees under row security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sight {
    /// The policy.
    pub policy: ObjectId,
    /// The role.
    pub role: String,
    /// What was tried.
    pub what: &'static str,
    /// How many rows it should reach.
    pub declared: u64,
    /// How many it reaches.
    pub found: u64,
}

/// What was compared.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Matrix {
    /// The server it was found on.
    pub server: String,
    /// Every role, object and verb.
    pub cells: Vec<Cell>,
    /// What sessions see of tables with policies of a column.
    pub sights: Vec<Sight>,
    /// What else is not as declared, a sentence each.
    pub findings: Vec<String>,
    /// What could not be compared, and why.
    pub unchecked: Vec<String>,
}

impl Matrix {
    /// The cells that are not as declared.
    pub fn different(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.declared != cell.found)
    }

    /// Whether all that was compared is as declared.
    pub fn holds(&self) -> bool {
        self.different().next().is_none()
            && self.sights.iter().all(|sight| sight.declared == sight.found)
            && self.findings.is_empty()
    }
}

/// The cells of a declared schema, none of them looked at yet.
fn cells(declared: &Declared) -> Vec<Cell> {
    let expected = Expected::of(declared);
    let mut cells = Vec::new();
    for on in expected.objects() {
        for role in expected.roles() {
            let may = expected.may(role, on);
            for verb in verbs(on) {
                let declared = may.contains(*verb);
                let (role, on) = (role.clone(), on.clone());
                cells.push(Cell { role, on, verb, declared, found: false, tried: false });
            }
        }
    }
    cells
}

fn verbs(on: &ObjectId) -> &'static [&'static str] {
    match on.kind() {
        nexus_schema::catalog::Kind::Table => &VERBS,
        _ => &[CREATE],
    }
}

/// The roles that cells are about, without the one that stands for everybody.
fn roles(cells: &[Cell]) -> BTreeSet<&str> {
    cells.iter().map(|cell| cell.role.as_str()).filter(|role| *role != EVERYBODY).collect()
}
