//! Aggregates.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Aggregate;

use super::{Claim, Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::{Pen, dotted};

impl Verb for Aggregate {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { arguments, definition } = self;
        let arguments = if arguments.as_str().is_empty() { "*" } else { arguments.as_str() };
        let name = dotted(id.path().iter().take(2));
        let pieces = definition.iter().map(|(word, value)| Pen::new().option_word(word).and("=").sql(value));
        out.run(Pen::kw("CREATE AGGREGATE").text(&format!("{name}({arguments})")).lines(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(target::routine(Pen::kw("DROP ROUTINE"), id));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::routine(id)
    }
}
