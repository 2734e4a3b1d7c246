//! Materialized views.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{ColumnSettings, MaterializedView};

use super::marks::{self, Marks};
use super::{Claim, Cx, Verb, Way, column};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for MaterializedView {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { columns: _, options, query, populated, access_method, tablespace, settings, .. } = self;
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
        keep(&[], settings, self, id, out);
        marks::change(Marks::NONE, marks_of(self), id, out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP MATERIALIZED VIEW").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self {
            columns,
            options,
            query,
            populated,
            access_method,
            tablespace,
            clustered_on: _,
            replica_identity: _,
            settings,
        } = next;
        if self.query != *query || self.columns != *columns {
            return Way::Rebuild;
        }
        let alter = || Pen::kw("ALTER MATERIALIZED VIEW").name(id.path());
        super::options::change(alter, &self.options, options, out);
        if self.access_method != *access_method {
            out.run(alter().and("SET ACCESS METHOD").ident(access_method.as_deref().unwrap_or("heap")));
        }
        if self.tablespace != *tablespace {
            out.run(alter().and("SET TABLESPACE").ident(tablespace.as_deref().unwrap_or("pg_default")));
        }
        if self.populated != *populated {
            let with = if *populated { "WITH DATA" } else { "WITH NO DATA" };
            out.run(Pen::kw("REFRESH MATERIALIZED VIEW").name(id.path()).and(with));
        }
        keep(&self.settings, settings, next, id, out);
        marks::change(marks_of(self), marks_of(next), id, out);
        Way::InPlace
    }

    fn in_the_way(&self, _: &ObjectId) -> bool {
        true
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::relation(id.schema(), id.name())
    }
}

fn marks_of(view: &MaterializedView) -> Marks<'_> {
    Marks {
        replica_identity: view.replica_identity.as_deref().unwrap_or("default"),
        clustered_on: view.clustered_on.as_deref(),
    }
}

/// Writes the steps from one way of keeping columns to another.
fn keep(
    prev: &[ColumnSettings],
    next: &[ColumnSettings],
    view: &MaterializedView,
    id: &ObjectId,
    out: &mut Steps,
) {
    for column in &view.columns {
        let of = |all: &[ColumnSettings]| {
            all.iter().find(|settings| settings.column == column.name).cloned().unwrap_or_default()
        };
        let (before, after) = (of(prev), of(next));
        let ColumnSettings { column: _, storage, compression, statistics, options } = &after;
        let alter =
            || Pen::kw("ALTER MATERIALIZED VIEW").name(id.path()).and("ALTER COLUMN").ident(&column.name);
        if before.storage != *storage {
            let word = storage.as_deref().unwrap_or_else(|| column::own_storage(&column.type_));
            out.run(alter().and("SET STORAGE").option_word(word));
        }
        if before.compression != *compression {
            out.run(alter().and("SET COMPRESSION").ident(compression.as_deref().unwrap_or("default")));
        }
        if before.statistics != *statistics {
            out.run(alter().and("SET STATISTICS").number(statistics.map_or(-1, i64::from)));
        }
        super::options::change(alter, &before.options, options, out);
    }
}
