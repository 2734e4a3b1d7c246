//! Materialized views.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::MaterializedView;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for MaterializedView {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { columns: _, options, query, populated, access_method, tablespace } = self;
        let mut pen = Pen::kw("CREATE MATERIALIZED VIEW").name(id.path());
        if let Some(method) = access_method {
            pen = pen.and("USING").ident(method);
        }
        if !options.is_empty() {
            pen = pen.and("WITH").options(options);
        }
        if let Some(tablespace) = tablespace {
            pen = pen.and("TABLESPACE").ident(tablespace);
        }
        out.run(pen.and("AS\n").sql(query).and(if *populated { "\nWITH DATA" } else { "\nWITH NO DATA" }));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP MATERIALIZED VIEW").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { columns, options, query, populated, access_method, tablespace } = next;
        if self.query != *query || self.columns != *columns || self.access_method != *access_method {
            return Way::Rebuild;
        }
        let alter = || Pen::kw("ALTER MATERIALIZED VIEW").name(id.path());
        super::options::change(alter, &self.options, options, out);
        if self.tablespace != *tablespace {
            out.run(alter().and("SET TABLESPACE").ident(tablespace.as_deref().unwrap_or("pg_default")));
        }
        if self.populated != *populated {
            let with = if *populated { "WITH DATA" } else { "WITH NO DATA" };
            out.run(Pen::kw("REFRESH MATERIALIZED VIEW").name(id.path()).and(with));
        }
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::relation(id.schema(), id.name())
    }
}
