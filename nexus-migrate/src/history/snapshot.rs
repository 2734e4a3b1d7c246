//! The text of `nexus.lock`: a header line, then the catalog, one object a line.
//!
//! Knows no file system.

use nexus_schema::catalog::Catalog;
use serde::{Deserialize, Serialize};

use super::HistoryError;

const FORMAT: u32 = 1;

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

/// Returns the text of a snapshot.
pub(super) fn print(meta: &SnapshotMeta, catalog: &Catalog) -> String {
    let header = serde_json::to_string(meta).expect("plain data always prints");
    format!("{header}\n{}", catalog.to_lines())
}

/// Reads the header alone, which is cheap.
pub(super) fn read_meta(text: &str) -> Result<SnapshotMeta, HistoryError> {
    #[derive(Deserialize)]
    struct Format {
        nexus: u32,
    }
    let header = split(text).0;
    // The format first: the header of another format may have other fields.
    let Format { nexus } = serde_json::from_str(header).map_err(HistoryError::SnapshotHeader)?;
    if nexus != FORMAT {
        return Err(HistoryError::SnapshotFormat { format: nexus, known: FORMAT });
    }
    serde_json::from_str(header).map_err(HistoryError::SnapshotHeader)
}

/// Reads the catalog.
pub(super) fn read(text: &str) -> Result<Catalog, HistoryError> {
    Ok(Catalog::from_lines(split(text).1)?)
}

fn split(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
