//! Owners other than the database's own.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Owner;

use super::target::{self, Words};
use super::{Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Owner {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if let Some(target) = id.target() {
            out.run(
                Pen::kw("ALTER").pen(target::spell(target, Words::Alter)).and("OWNER TO").ident(&self.role),
            );
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        if let Some(target) = id.target() {
            let born = if is_public(target) { "pg_database_owner" } else { "CURRENT_USER" };
            out.run(Pen::kw("ALTER").pen(target::spell(target, Words::Alter)).and("OWNER TO").and(born));
        }
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        next.create(cx, id, &[], out);
        Way::InPlace
    }

    fn yields(&self, needed: &ObjectId) -> bool {
        // Another type takes the old one's place, and is born without anything said of it.
        swap::is_type(needed.kind())
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        id.target().into_iter().cloned().collect()
    }

    /// A sequence that a column owns changes hands with the table, and cannot by itself.
    fn follows(&self, cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
        let target = id.target()?;
        let column = match (cx.prev.get(target)?, cx.next.get(target)?) {
            (Object::Sequence(prev), Object::Sequence(next)) if prev.owned_by == next.owned_by => {
                next.owned_by.as_ref()?
            }
            _ => return None,
        };
        let [schema, table, _] = column;
        Some(ObjectId::new(Kind::Table, [schema, table]).of(Kind::Owner, []))
    }
}

fn is_public(target: &ObjectId) -> bool {
    target.kind() == Kind::Schema && target.name() == "public"
}
