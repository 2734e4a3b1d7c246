//! The text of `nexus.lock`: a header line, then the catalog, one object a line, then what its author wrote otherwise.
//!
//! Knows no file system.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Object, ObjectId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::HistoryError;

/// What is written. In the first one each row of default data said which columns it needs, which is read as well.
const FORMAT: u32 = 2;
/// The oldest one that is read.
const OLDEST: u32 = 1;

/// Says of what a snapshot is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotMeta {
    nexus: u32,
    /// The migration after which the schema is in this state.
    pub version: i64,
    /// The version of the server that read it, such as `17.5`.
    pub postgres: String,
    /// The hash of the schema file it came from.
    pub schema: String,
}

impl SnapshotMeta {
    pub(super) fn new(version: i64, postgres: String, schema: String) -> Self {
        Self { nexus: FORMAT, version, postgres, schema }
    }
}

/// What an author wrote of a state that a server reads otherwise, a fingerprint for each object: an expression that is
/// spelled anew, what is there without having been written, what was written and is no object of its own.
///
/// An object that is written as it was leads to what it led to, so whoever knows what changed since need not ask a server
/// about the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The fingerprint of what was written; nothing where nothing was.
    prints: BTreeMap<ObjectId, Option<String>>,
}

impl Written {
    /// What was written of a state.
    ///
    /// ```
    /// use nexus_migrate::history::Written;
    /// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
    /// use nexus_schema::kinds::{Default, Sql};
    /// let id = ObjectId::new(Kind::Default, ["public", "t", "a"]);
    /// let state = |text: &str| {
    ///     let mut state = Catalog::default();
    ///     state.insert(id.clone(), Default { expr: Sql::from(text) });
    ///     state
    /// };
    /// let (as_written, as_read) = (state("1+1"), state("(1 + 1)"));
    /// let written = Written::of(&as_written, &as_read);
    /// assert!(written.changed(&as_written, &as_read).is_empty());
    /// assert!(written.changed(&state("1 + 1"), &as_read).contains(&id));
    /// ```
    pub fn of(declared: &Catalog, state: &Catalog) -> Self {
        let differs = Self::default().changed(declared, state);
        let prints = differs.into_iter().map(|id| {
            let print = declared.get(&id).map(fingerprint);
            (id, print)
        });
        Self { prints: prints.collect() }
    }

    /// The objects of which something else is declared now than when the state came about.
    pub fn changed(&self, declared: &Catalog, state: &Catalog) -> BTreeSet<ObjectId> {
        let is_as_it_was = |id: &ObjectId, object: Option<&Object>| match self.prints.get(id) {
            Some(print) => *print == object.map(fingerprint),
            None => false,
        };
        let here = declared.iter().filter(|(id, entry)| {
            state.get(id) != Some(&entry.object) && !is_as_it_was(id, Some(&entry.object))
        });
        let gone = state.iter().filter(|(id, _)| !declared.contains(id) && !is_as_it_was(id, None));
        here.chain(gone).map(|(id, _)| id.clone()).collect()
    }

    fn to_lines(&self) -> String {
        let line = |(id, print): (&ObjectId, &Option<String>)| {
            let line = WrittenLine { written: id.clone(), print: print.clone() };
            let line = serde_json::to_string(&line).expect("plain data always prints");
            format!("{line}\n")
        };
        self.prints.iter().map(line).collect()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLine {
    written: ObjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    print: Option<String>,
}

/// How a line of [`Written`] begins, and none of a catalog.
const WRITTEN: &str = "{\"written\":";

/// Tells what was written apart, together with who reads it.
fn fingerprint(object: &Object) -> String {
    let json = serde_json::to_vec(object).expect("string keys and plain data always print");
    let digest = Sha256::new().chain_update(env!("CARGO_PKG_VERSION")).chain_update(json).finalize();
    nexus_schema::hex(&digest[..8])
}

/// Returns the text of a snapshot.
pub(super) fn print(meta: &SnapshotMeta, catalog: &Catalog, written: &Written) -> String {
    let header = serde_json::to_string(meta).expect("plain data always prints");
    format!("{header}\n{}{}", catalog.to_lines(), written.to_lines())
}

/// Reads the header alone, which is cheap.
pub(super) fn read_meta(text: &str) -> Result<SnapshotMeta, HistoryError> {
    #[derive(Deserialize)]
    struct Format {
        nexus: u32,
    }
    let [header, _, _] = split(text);
    // The format first: the header of another format may have other fields.
    let Format { nexus } = serde_json::from_str(header).map_err(HistoryError::SnapshotHeader)?;
    if !(OLDEST..=FORMAT).contains(&nexus) {
        return Err(HistoryError::SnapshotFormat { format: nexus, known: FORMAT });
    }
    serde_json::from_str(header).map_err(HistoryError::SnapshotHeader)
}

/// Reads the catalog.
pub(super) fn read(text: &str) -> Result<Catalog, HistoryError> {
    let [_, catalog, _] = split(text);
    Ok(Catalog::from_lines(catalog)?)
}

/// Reads what was written; lines that are none are passed over: then more counts as changed than is.
pub(super) fn read_written(text: &str) -> Written {
    let [_, _, written] = split(text);
    let line = |line: &str| serde_json::from_str::<WrittenLine>(line).ok();
    let lines = written.lines().filter_map(line);
    Written { prints: lines.map(|WrittenLine { written, print }| (written, print)).collect() }
}

/// The header, the catalog, and what was written.
fn split(text: &str) -> [&str; 3] {
    let (header, rest) = text.split_once('\n').unwrap_or((text, ""));
    let at =
        if rest.starts_with(WRITTEN) { Some(0) } else { rest.find(&format!("\n{WRITTEN}")).map(|at| at + 1) };
    let (catalog, written) = rest.split_at(at.unwrap_or(rest.len()));
    [header, catalog, written]
}
