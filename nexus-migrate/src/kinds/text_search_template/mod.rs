//! Text search templates.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::TextSearchTemplate;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for TextSearchTemplate {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { init, lexize } = self;
        let init = init.as_ref().map(|function| Pen::kw("INIT =").sql(function));
        let pieces = init.into_iter().chain([Pen::kw("LEXIZE =").sql(lexize)]);
        out.run(Pen::kw("CREATE TEXT SEARCH TEMPLATE").name(id.path()).list(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TEXT SEARCH TEMPLATE").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
