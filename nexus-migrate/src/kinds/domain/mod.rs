//! Domains.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Domain;

use super::{Claim, Cx, Verb, Way, domain_check, swap};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Domain {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, absorbed: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { base, collation, not_null, default } = self;
        let mut create = Pen::kw("CREATE DOMAIN").name(id.path()).and("AS").text(base);
        if let Some(collation) = collation {
            create = create.and("COLLATE").sql(collation);
        }
        if let Some(default) = default {
            create = create.and("DEFAULT").sql(default);
        }
        create = create.and_if(*not_null, "NOT NULL");
        for (check, object) in absorbed {
            if let Object::DomainCheck(body) = object {
                create = create.pen(domain_check::piece(check, body));
            }
        }
        out.run(create);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP DOMAIN").name(id.path()));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { base, collation, not_null, default } = next;
        let forbids = !self.not_null && *not_null && swap::is_inside(cx.prev, id);
        if self.base != *base || self.collation != *collation || forbids {
            return Way::Swap;
        }
        let alter = || Pen::kw("ALTER DOMAIN").name(id.path());
        if self.default != *default {
            out.run(match default {
                Some(default) => alter().and("SET DEFAULT").sql(default),
                None => alter().and("DROP DEFAULT"),
            });
        }
        if self.not_null != *not_null {
            out.run(alter().and(if *not_null { "SET NOT NULL" } else { "DROP NOT NULL" }));
        }
        Way::InPlace
    }

    fn swaps_with(&self, _: &Cx, _: &ObjectId, needed: &ObjectId) -> bool {
        swap::is_type(needed.kind())
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}
