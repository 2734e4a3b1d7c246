//! Publications. Their tables and schemas are objects of their own.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Publication;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Publication {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let pen = Pen::kw("CREATE PUBLICATION").name(id.path());
        let pen = pen.and_if(self.all_tables, "FOR ALL TABLES");
        let options = options(&Self::default(), self);
        out.run(if options.is_empty() { pen } else { pen.and("WITH").list(options) });
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP PUBLICATION").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        if self.all_tables != next.all_tables {
            return Way::Rebuild;
        }
        let options = options(self, next);
        if !options.is_empty() {
            out.run(Pen::kw("ALTER PUBLICATION").name(id.path()).and("SET").list(options));
        }
        Way::InPlace
    }
}

/// What has to be said to get from one list of options to the other.
fn options(prev: &Publication, next: &Publication) -> Vec<Pen> {
    let Publication { all_tables: _, publish, via_root, generated_columns } = next;
    let mut pieces = Vec::new();
    if prev.publish != *publish {
        pieces.push(Pen::kw("publish =").literal(&publish.join(", ")));
    }
    if prev.via_root != *via_root {
        pieces.push(Pen::kw("publish_via_partition_root =").and(if *via_root { "true" } else { "false" }));
    }
    if prev.generated_columns != *generated_columns {
        let value = generated_columns.as_deref().unwrap_or("none");
        pieces.push(Pen::kw("publish_generated_columns =").ident(value));
    }
    pieces
}
