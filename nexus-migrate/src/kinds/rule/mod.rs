//! Rewrite rules.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Rule;

use super::{Cx, Verb, Way, trigger};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Rule {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { definition, enabled } = self;
        out.run(Pen::new().sql(definition));
        if enabled != "origin" {
            out.run(trigger::enable(id, enabled).and("RULE").ident(id.name()));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP RULE").ident(id.name()).and("ON").name(id.path().iter().take(2)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { definition, enabled } = next;
        if self.definition != *definition {
            let Some(rest) = definition.as_str().strip_prefix("CREATE RULE ") else { return Way::Rebuild };
            out.run(Pen::kw("CREATE OR REPLACE RULE").text(rest));
        }
        if self.enabled == *enabled {
            return Way::InPlace;
        }
        out.run(trigger::enable(id, enabled).and("RULE").ident(id.name()));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        [Kind::Table, Kind::View].map(|kind| id.ancestor(kind, 2)).into()
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }
}
