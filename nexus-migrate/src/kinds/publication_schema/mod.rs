//! Schemas of publications: all tables in them are told, those to come as well.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::PublicationSchema;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for PublicationSchema {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self {} = self;
        out.run(publication(id).and("ADD TABLES IN SCHEMA").ident(id.name()));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(publication(id).and("DROP TABLES IN SCHEMA").ident(id.name()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![id.ancestor(Kind::Publication, 1), ObjectId::new(Kind::Schema, [id.name()])]
    }
}

fn publication(id: &ObjectId) -> Pen {
    Pen::kw("ALTER PUBLICATION").name(id.path().iter().take(1))
}
