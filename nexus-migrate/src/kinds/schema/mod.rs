//! Schemas.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Schema;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Schema {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::kw("CREATE SCHEMA").name(id.path()));
        if id.name() == "public" {
            // What is known of this schema is told from how every database is born with it.
            let named = |word| Pen::kw(word).name(id.path());
            out.run(named("ALTER SCHEMA").and("OWNER TO").ident("pg_database_owner"));
            out.run(named("COMMENT ON SCHEMA").and("IS").literal("standard public schema"));
            out.run(named("GRANT USAGE ON SCHEMA").and("TO PUBLIC"));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP SCHEMA").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        let Self {} = self;
        Way::InPlace
    }
}
