//! Event triggers.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::EventTrigger;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for EventTrigger {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { event, tags, function, enabled } = self;
        let mut pen = Pen::kw("CREATE EVENT TRIGGER").name(id.path()).and("ON").ident(event);
        if !tags.is_empty() {
            pen = pen.and("WHEN TAG IN").list(tags.iter().map(|tag| Pen::new().literal(tag)));
        }
        out.run(pen.and("EXECUTE FUNCTION").name(function).literals::<&str>([]));
        if enabled != "origin" {
            out.run(enable(id, enabled));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP EVENT TRIGGER").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { event, tags, function, enabled } = next;
        if self.event != *event || self.tags != *tags || self.function != *function {
            return Way::Rebuild;
        }
        out.run(enable(id, enabled));
        Way::InPlace
    }

    fn answers_to_others(&self) -> bool {
        true
    }
}

fn enable(id: &ObjectId, enabled: &str) -> Pen {
    Pen::kw("ALTER EVENT TRIGGER").name(id.path()).and(match enabled {
        "disabled" => "DISABLE",
        "replica" => "ENABLE REPLICA",
        "always" => "ENABLE ALWAYS",
        _ => "ENABLE",
    })
}
