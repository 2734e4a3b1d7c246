//! Checks of domains.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::DomainCheck;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for DomainCheck {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { expr, valid } = self;
        out.run(
            alter(id)
                .and("ADD CONSTRAINT")
                .ident(id.name())
                .and("CHECK")
                .list([Pen::new().sql(expr)])
                .and_if(!valid, "NOT VALID"),
        );
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(alter(id).and("DROP CONSTRAINT").ident(id.name()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { expr, valid } = next;
        if self.expr != *expr || !valid {
            return Way::Rebuild;
        }
        out.run(alter(id).and("VALIDATE CONSTRAINT").ident(id.name()));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Domain, 2)]
    }
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER DOMAIN").name(id.ancestor(Kind::Domain, 2).path())
}
