//! Extended statistics.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Statistics;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Statistics {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::new().sql(&self.definition));
        if let Some(target) = self.target {
            out.run(set_target(id, target));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP STATISTICS").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { table, definition, target } = next;
        if self.table != *table || self.definition != *definition {
            return Way::Rebuild;
        }
        out.run(set_target(id, target.unwrap_or(-1)));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, _: &ObjectId) -> Vec<ObjectId> {
        vec![ObjectId::new(Kind::Table, self.table.clone())]
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

fn set_target(id: &ObjectId, target: i32) -> Pen {
    Pen::kw("ALTER STATISTICS").name(id.path()).and("SET STATISTICS").number(i64::from(target))
}
