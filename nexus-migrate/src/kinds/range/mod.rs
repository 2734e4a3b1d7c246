//! Range types.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Range;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Range {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { subtype, opclass, collation, canonical, subtype_diff, multirange } = self;
        let mut pieces = vec![Pen::kw("SUBTYPE =").text(subtype)];
        pieces.extend(opclass.iter().map(|sql| Pen::kw("SUBTYPE_OPCLASS =").sql(sql)));
        pieces.extend(collation.iter().map(|sql| Pen::kw("COLLATION =").sql(sql)));
        pieces.extend(canonical.iter().map(|sql| Pen::kw("CANONICAL =").sql(sql)));
        pieces.extend(subtype_diff.iter().map(|sql| Pen::kw("SUBTYPE_DIFF =").sql(sql)));
        pieces.push(Pen::kw("MULTIRANGE_TYPE_NAME =").name([id.schema(), multirange]));
        out.run(Pen::kw("CREATE TYPE").name(id.path()).and("AS RANGE").list(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}
