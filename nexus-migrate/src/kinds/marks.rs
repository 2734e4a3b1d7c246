//! What tables and materialized views say of an index: that they are clustered on it, or known to replicas by it.
//!
//! PostgreSQL keeps both with the index, so an index that is made anew has lost them.

use nexus_schema::catalog::{Kind, Object, ObjectId};

use super::Cx;
use crate::plan::Steps;
use crate::sql::Pen;

/// The marks of a relation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks<'a> {
    /// `default`, `nothing`, `full` or the name of an index with a space before it.
    pub(super) replica_identity: &'a str,
    /// The index it is clustered on.
    pub(super) clustered_on: Option<&'a str>,
}

impl Marks<'_> {
    /// Nothing said.
    pub(super) const NONE: Marks<'static> = Marks { replica_identity: "default", clustered_on: None };
}

/// Writes the steps from one set of marks to another, each once its index is there.
pub(super) fn change(prev: Marks, next: Marks, id: &ObjectId, out: &mut Steps) {
    if prev.replica_identity != next.replica_identity {
        let name = next.replica_identity.trim_start();
        match next.replica_identity {
            "default" => out.run(identity(id).and("DEFAULT")),
            "full" => out.run(identity(id).and("FULL")),
            "nothing" => out.run(identity(id).and("NOTHING")),
            _ => out.later(indexes(id, name), identity(id).and("USING INDEX").ident(name)),
        }
    }
    if prev.clustered_on != next.clustered_on {
        match next.clustered_on {
            Some(name) => out.later(indexes(id, name), alter(id).and("CLUSTER ON").ident(name)),
            None => out.run(alter(id).and("SET WITHOUT CLUSTER")),
        }
    }
}

/// Puts marks on an index that is made while its relation stays and says the same of it as before.
pub(super) fn again(cx: &Cx, relation: &ObjectId, index: &str, out: &mut Steps) {
    let (Some(prev), Some(next)) = (of(cx.prev.get(relation)), of(cx.next.get(relation))) else { return };
    if next.replica_identity == prev.replica_identity
        && next.replica_identity.strip_prefix(' ') == Some(index)
    {
        out.run(identity(relation).and("USING INDEX").ident(index));
    }
    if next.clustered_on == prev.clustered_on && next.clustered_on == Some(index) {
        out.run(alter(relation).and("CLUSTER ON").ident(index));
    }
}

fn of(relation: Option<&Object>) -> Option<Marks<'_>> {
    match relation? {
        Object::Table(table) => Some(Marks {
            replica_identity: &table.replica_identity,
            clustered_on: table.clustered_on.as_deref(),
        }),
        Object::MaterializedView(view) => Some(Marks {
            replica_identity: view.replica_identity.as_deref().unwrap_or("default"),
            clustered_on: view.clustered_on.as_deref(),
        }),
        _ => None,
    }
}

/// An index is an object of its own or the inside of a constraint.
fn indexes(relation: &ObjectId, name: &str) -> [ObjectId; 2] {
    [ObjectId::new(Kind::Index, [relation.schema(), name]), relation.child(Kind::Constraint, name)]
}

fn alter(id: &ObjectId) -> Pen {
    let words = match id.kind() {
        Kind::MaterializedView => "ALTER MATERIALIZED VIEW",
        _ => "ALTER TABLE",
    };
    Pen::kw(words).name(id.path())
}

fn identity(id: &ObjectId) -> Pen {
    let pen = match id.kind() {
        Kind::MaterializedView => alter(id),
        _ => Pen::kw("ALTER TABLE ONLY").name(id.path()),
    };
    pen.and("REPLICA IDENTITY")
}
