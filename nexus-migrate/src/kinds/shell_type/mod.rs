//! Names of base types before they have a definition.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::ShellType;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for ShellType {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self {} = self;
        out.run(Pen::kw("CREATE TYPE").name(id.path()));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.as_kind(Kind::BaseType)]
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}
