//! Tables of publications.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::PublicationTable;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for PublicationTable {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { columns, filter } = self;
        // Each child and partition is a member of its own: hence ONLY.
        let mut pen = publication(id).and("ADD TABLE ONLY").name(table(id).path());
        if !columns.is_empty() {
            pen = pen.idents(columns);
        }
        if let Some(filter) = filter {
            pen = pen.and("WHERE").list([Pen::new().sql(filter)]);
        }
        out.run(pen);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(publication(id).and("DROP TABLE ONLY").name(table(id).path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        vec![table(id), id.ancestor(Kind::Publication, 1)]
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // "cannot alter type of a column used by a publication WHERE clause", or by its list of columns.
        needed.kind() == Kind::Column
    }
}

fn publication(id: &ObjectId) -> Pen {
    Pen::kw("ALTER PUBLICATION").name(id.path().iter().take(1))
}

fn table(id: &ObjectId) -> ObjectId {
    ObjectId::new(Kind::Table, id.path().iter().skip(1).cloned())
}
