//! Transforms: how languages take and give values of types.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Transform;

use super::{Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Transform {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(definition(self, id, Pen::kw("CREATE")));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TRANSFORM").pen(target::transform(id)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        out.run(definition(next, id, Pen::kw("CREATE OR REPLACE")));
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

fn definition(transform: &Transform, id: &ObjectId, verb: Pen) -> Pen {
    let Transform { from_sql, to_sql } = transform;
    let from = from_sql.as_ref().map(|function| Pen::kw("FROM SQL WITH FUNCTION").sql(function));
    let to = to_sql.as_ref().map(|function| Pen::kw("TO SQL WITH FUNCTION").sql(function));
    verb.and("TRANSFORM").pen(target::transform(id)).list(from.into_iter().chain(to))
}
