//! Extensions. What they own is theirs: the reader leaves it out.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Extension;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Extension {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let create = Pen::kw("CREATE EXTENSION IF NOT EXISTS").name(id.path());
        out.run(match &self.schema {
            Some(schema) => create.and("WITH SCHEMA").ident(schema),
            None => create,
        });
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP EXTENSION").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { schema } = next;
        if let Some(schema) = schema {
            out.run(Pen::kw("ALTER EXTENSION").name(id.path()).and("SET SCHEMA").ident(schema));
        }
        Way::InPlace
    }
}
