//! Views.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::View;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for View {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(definition(self, id, Pen::kw("CREATE VIEW")));
        for column in self.columns.iter().filter(|column| column.default.is_some()) {
            default(id, &column.name, column.default.as_ref(), out);
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP VIEW").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { columns, options, query } = next;
        let is_prefix = columns.len() >= self.columns.len()
            && self.columns.iter().zip(columns).all(|(a, b)| a.name == b.name && a.type_ == b.type_);
        if !is_prefix {
            return Way::Rebuild;
        }
        if self.query != *query || self.options != *options {
            out.run(definition(next, id, Pen::kw("CREATE OR REPLACE VIEW")));
        }
        for (n, column) in columns.iter().enumerate() {
            if self.columns.get(n).and_then(|before| before.default.as_ref()) != column.default.as_ref() {
                default(id, &column.name, column.default.as_ref(), out);
            }
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

fn definition(view: &View, id: &ObjectId, verb: Pen) -> Pen {
    let View { columns: _, options, query } = view;
    let pen = verb.name(id.path());
    let pen = if options.is_empty() { pen } else { pen.and("WITH").options(options) };
    pen.and("AS\n").sql(query)
}

fn default(id: &ObjectId, column: &str, expr: Option<&nexus_schema::kinds::Sql>, out: &mut Steps) {
    let alter = Pen::kw("ALTER VIEW").name(id.as_kind(Kind::View).path()).and("ALTER COLUMN").ident(column);
    out.run(match expr {
        Some(expr) => alter.and("SET DEFAULT").sql(expr),
        None => alter.and("DROP DEFAULT"),
    });
}
