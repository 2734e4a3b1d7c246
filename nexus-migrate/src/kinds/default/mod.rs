//! Defaults of columns.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Default, Sequence};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Default {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(alter(id).and("SET DEFAULT").sql(&self.expr));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(alter(id).and("DROP DEFAULT"));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { expr: _ } = next;
        next.create(cx, id, &[], out);
        Way::InPlace
    }

    fn absorbed_by(&self, id: &ObjectId) -> Option<ObjectId> {
        Some(id.as_kind(Kind::Column))
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        // A sequence that goes with another table's column needs this gone first, and that table may go before its own.
        let of_another = |needed: &ObjectId| match cx.prev.get(needed) {
            Some(Object::Sequence(Sequence { owned_by: Some(column), .. })) => {
                !id.path().starts_with(&column[..2])
            }
            _ => false,
        };
        if cx.prev.entry(id).is_some_and(|entry| entry.requires.iter().any(of_another)) {
            return Vec::new();
        }
        vec![id.as_kind(Kind::Column)]
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

/// Children keep their own defaults, whether they inherited them or not: hence ONLY.
fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER TABLE ONLY").name(id.ancestor(Kind::Table, 2).path()).and("ALTER COLUMN").ident(id.name())
}
