//! Casts.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Cast;

use super::{Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Cast {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { function, inout, context } = self;
        let create = Pen::kw("CREATE CAST").pen(target::cast(id));
        let create = match function {
            Some(function) => create.and("WITH FUNCTION").sql(function),
            None if *inout => create.and("WITH INOUT"),
            None => create.and("WITHOUT FUNCTION"),
        };
        let create = create.and_if(context == "assignment", "AS ASSIGNMENT");
        out.run(create.and_if(context == "implicit", "AS IMPLICIT"));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP CAST").pen(target::cast(id)));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}
