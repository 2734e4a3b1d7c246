//! SQL for what no kind has a place for.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{Raw, Sql};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Raw {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, _: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { create, drop: _, depends_on: _, covers: _ } = self;
        run(create, out);
    }

    fn drop(&self, _: &Cx, _: &ObjectId, out: &mut Steps) {
        run(&self.drop, out);
    }

    fn alter(&self, _: &Cx, _: &ObjectId, next: &Self, _: &mut Steps) -> Way {
        let Self { create, drop, depends_on: _, covers: _ } = next;
        // What it needs and what it stands for are no SQL.
        if self.create == *create && self.drop == *drop { Way::InPlace } else { Way::Rebuild }
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}

/// Statements as their author wrote them; the last semicolon is the plan's.
fn run(sql: &Sql, out: &mut Steps) {
    let text = sql.as_str().trim_end().trim_end_matches(';').trim_end();
    if !text.is_empty() {
        out.run(Pen::new().text(text));
    }
}
