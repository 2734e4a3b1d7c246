//! A catalog as text: one JSON line per object, in id order, so that files merge and compare line by line.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Catalog, Entry, Object, ObjectId};

#[derive(Serialize)]
struct Line<'a> {
    id: &'a ObjectId,
    is: &'a Object,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    requires: &'a BTreeSet<ObjectId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnedLine {
    id: ObjectId,
    is: Box<serde_json::value::RawValue>,
    #[serde(default)]
    requires: BTreeSet<ObjectId>,
}

/// A line of a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the snapshot cannot be read")]
pub struct ReadLinesError {
    line: usize,
    source: serde_json::Error,
}

impl Catalog {
    /// Writes the catalog, one object a line, each line ended by a newline.
    ///
    /// ```
    /// use nexus_schema::catalog::{Catalog, Kind, ObjectId};
    /// let mut catalog = Catalog::default();
    /// catalog.insert(ObjectId::new(Kind::Schema, ["auth"]), nexus_schema::kinds::Schema {});
    /// assert_eq!(catalog.to_lines(), "{\"id\":[\"schema\",\"auth\"],\"is\":{}}\n");
    /// assert_eq!(Catalog::from_lines(&catalog.to_lines()).unwrap(), catalog);
    /// ```
    pub fn to_lines(&self) -> String {
        let mut out = String::new();
        for (id, Entry { object, requires }) in self.iter() {
            let line = Line { id, is: object, requires };
            out.push_str(&serde_json::to_string(&line).expect("string keys and plain data always print"));
            out.push('\n');
        }
        out
    }

    /// Reads what [`Catalog::to_lines`] wrote; fails on the first line that is not of that shape.
    pub fn from_lines(text: &str) -> Result<Self, ReadLinesError> {
        text.lines()
            .enumerate()
            .map(|(n, line)| entry(line).map_err(|source| ReadLinesError { line: n + 1, source }))
            .collect()
    }
}

fn entry(line: &str) -> Result<(ObjectId, Entry), serde_json::Error> {
    let OwnedLine { id, is, requires } = serde_json::from_str(line)?;
    let object = Object::from_json(id.kind(), is.get())?;
    Ok((id, Entry { object, requires }))
}
