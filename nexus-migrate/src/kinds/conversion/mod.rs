//! Conversions between encodings.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Conversion;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Conversion {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { from, to, function, default } = self;
        let create = Pen::kw("CREATE").and_if(*default, "DEFAULT").and("CONVERSION").name(id.path());
        out.run(create.and("FOR").literal(from).and("TO").literal(to).and("FROM").sql(function));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP CONVERSION").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
