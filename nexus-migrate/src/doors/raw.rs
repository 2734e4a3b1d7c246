//! Reading a state with what no server can tell: raw objects, which are there because somebody says so.
//!
//! What raw SQL makes has no kind, so nobody can look for it. A state that was built from a file or a history holds the
//! raw objects of that file or history; any other is taken to hold those of the state it is compared with.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};

use super::{DoorError, seeds};
use crate::db::Session;
use crate::introspect::introspect_but;

/// Reads the state of the session's database, with the rows that `rows` declares and the raw objects of `raws`.
pub async fn look(
    session: &mut Session,
    rows: Option<&Catalog>,
    raws: Option<&Catalog>,
) -> Result<Catalog, DoorError> {
    let mut catalog = introspect_but(session, &covered(raws)).await?;
    if let Some(raws) = raws {
        carry_over(raws, &mut catalog);
    }
    seeds::read(session, &mut catalog, rows).await?;
    Ok(catalog)
}

/// What has no place in the model and is no error, because raw objects make it.
fn covered(raws: Option<&Catalog>) -> BTreeSet<String> {
    let objects = raws.into_iter().flat_map(|raws| raws.of_kind(Kind::Raw)).map(|(_, entry)| &entry.object);
    let lines = objects.flat_map(|object| match object {
        Object::Raw(raw) => raw.covers.iter().cloned().collect(),
        _ => Vec::new(),
    });
    lines.collect()
}

/// Puts the raw objects of one state into another, and lets what needs them there need them here.
fn carry_over(from: &Catalog, to: &mut Catalog) {
    for (id, entry) in from.of_kind(Kind::Raw) {
        to.insert_entry(id.clone(), entry.clone());
    }
    let needs_raw =
        |(id, needed): &(&ObjectId, &ObjectId)| needed.kind() == Kind::Raw && id.kind() != Kind::Raw;
    let edges = from.iter().flat_map(|(id, entry)| entry.requires.iter().map(move |needed| (id, needed)));
    for (id, needed) in edges.filter(needs_raw) {
        to.require(id, needed.clone());
    }
}

#[cfg(test)]
mod tests {
    use nexus_schema::kinds::{Raw, Schema, Sql};

    use super::*;

    #[test]
    fn raw_objects_come_along_with_what_needs_them() {
        let raw = ObjectId::new(Kind::Raw, ["job"]);
        let (app, other) = (ObjectId::new(Kind::Schema, ["app"]), ObjectId::new(Kind::Schema, ["other"]));
        let covers = BTreeSet::from(["job nightly".to_owned()]);
        let object =
            Raw { create: Sql::from("SELECT 1"), drop: Sql::from("SELECT 2"), covers, ..Raw::default() };
        let mut said = Catalog::default();
        said.insert(raw.clone(), object);
        said.insert(app.clone(), Schema {});
        said.insert(other.clone(), Schema {});
        said.require(&app, raw.clone());
        let mut read = Catalog::default();
        read.insert(app, Schema {});
        read.insert(other.clone(), Schema {});
        carry_over(&said, &mut read);
        assert_eq!(read, said);
        assert_eq!(covered(Some(&said)), BTreeSet::from(["job nightly".to_owned()]));
    }
}
