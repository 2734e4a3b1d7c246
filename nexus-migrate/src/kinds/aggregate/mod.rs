//! Aggregates.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Aggregate;

use super::{Claim, Cx, Verb, Way, target};
use crate::plan::Steps;
use crate::sql::{Pen, dotted};

impl Verb for Aggregate {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(definition(self, id, Pen::kw("CREATE AGGREGATE")));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(target::routine(Pen::kw("DROP ROUTINE"), id));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        // CREATE OR REPLACE cannot change the arguments, the sort of aggregate, nor the result, which the state or
        // the final function decides.
        let stays = |word| self.value(word) == next.value(word);
        if self.arguments != next.arguments || !["STYPE", "FINALFUNC", "HYPOTHETICAL"].into_iter().all(stays)
        {
            return Way::Rebuild;
        }
        out.run(definition(next, id, Pen::kw("CREATE OR REPLACE AGGREGATE")));
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::routine(id)
    }
}

fn definition(aggregate: &Aggregate, id: &ObjectId, verb: Pen) -> Pen {
    let Aggregate { arguments, definition } = aggregate;
    let arguments = if arguments.as_str().is_empty() { "*" } else { arguments.as_str() };
    let name = dotted(id.path().iter().take(2));
    let pieces = definition.iter().map(|(word, value)| Pen::new().option_word(word).and("=").sql(value));
    verb.text(&format!("{name}({arguments})")).lines(pieces)
}
