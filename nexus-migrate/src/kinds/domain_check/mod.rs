//! Checks of domains.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::DomainCheck;

use super::{Cx, Verb, Way, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for DomainCheck {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(alter(id).and("ADD").pen(piece(id, self)));
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

    fn absorbed_by(&self, id: &ObjectId) -> Option<ObjectId> {
        self.valid.then(|| id.ancestor(Kind::Domain, 2))
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        needed.kind() != Kind::Domain
    }

    fn displaces(&self, cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
        let domain = id.ancestor(Kind::Domain, 2);
        (self.valid && swap::is_inside(cx.prev, &domain)).then_some(domain)
    }

    fn yields(&self, _: &ObjectId) -> bool {
        true
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Domain, 2)]
    }
}

/// `CONSTRAINT name CHECK …`, as a piece of `CREATE DOMAIN` or after `ADD`.
pub(super) fn piece(id: &ObjectId, check: &DomainCheck) -> Pen {
    let DomainCheck { expr, valid } = check;
    let named = Pen::kw("CONSTRAINT").ident(id.name());
    named.and("CHECK").list([Pen::new().sql(expr)]).and_if(!valid, "NOT VALID")
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER DOMAIN").name(id.ancestor(Kind::Domain, 2).path())
}
