//! Access methods.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::AccessMethod;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for AccessMethod {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { type_, handler } = self;
        let pen = Pen::kw("CREATE ACCESS METHOD").name(id.path()).and("TYPE").option_word(type_);
        out.run(pen.and("HANDLER").sql(handler));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP ACCESS METHOD").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
