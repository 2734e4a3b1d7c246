//! A catalog as text: one JSON line per object, in id order, so that files merge and compare line by line.
//!
//! Rows of default data are many and need the columns that they give, which is to be seen from the row itself: those edges
//! are not written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Catalog, Entry, Kind, Object, ObjectId};

#[derive(Serialize)]
struct Line<'a> {
    id: &'a ObjectId,
    is: &'a Object,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requires: Vec<&'a ObjectId>,
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
            let implied = implied(id, object);
            let requires = requires.iter().filter(|needed| !implied.contains(*needed)).collect();
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
    let OwnedLine { id, is, mut requires } = serde_json::from_str(line)?;
    let object = Object::from_json(id.kind(), is.get())?;
    requires.append(&mut implied(&id, &object));
    Ok((id, Entry { object, requires }))
}

/// The edges that go without saying: those of a row's own fields, which every row has.
fn implied(id: &ObjectId, object: &Object) -> BTreeSet<ObjectId> {
    match id.kind() {
        Kind::Seed => object.requires(id),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = concat!(
        r#"{"id":["seed","public","t","a"],"is":{"key":["k"],"values":{"k":"a","v":null},"on_insert":{"id":"1"},"ordinal":1},"#,
        r#""requires":[["column","public","t","id"],["column","public","t","k"],["column","public","t","v"],["seed","public","u"]]}"#,
        "\n"
    );

    #[test]
    fn a_row_says_the_edges_alone_that_it_does_not_show() {
        let catalog = Catalog::from_lines(OLD).expect("a line with all edges is read");
        let text = catalog.to_lines();
        assert!(text.ends_with(",\"requires\":[[\"seed\",\"public\",\"u\"]]}\n"), "{text}");
        let read = Catalog::from_lines(&text).expect("what is written is read");
        assert_eq!(read, catalog);
        assert_eq!(read.iter().map(|(_, entry)| entry.requires.len()).collect::<Vec<_>>(), [4]);
    }
}
