//! How roles are known to foreign servers. Passwords are neither read nor written.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::UserMapping;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for UserMapping {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { options } = self;
        out.run(named(Pen::kw("CREATE USER MAPPING FOR"), id).foreign_options(options));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(named(Pen::kw("DROP USER MAPPING FOR"), id));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { options } = next;
        let alter = || named(Pen::kw("ALTER USER MAPPING FOR"), id);
        super::options::change_foreign(alter, &self.options, options, out);
        Way::InPlace
    }
}

/// `role SERVER name`.
fn named(pen: Pen, id: &ObjectId) -> Pen {
    pen.role(id.name()).and("SERVER").name(id.path().iter().take(1))
}
