//! Foreign servers.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Server;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Server {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { wrapper, type_, version, options } = self;
        let mut pen = Pen::kw("CREATE SERVER").name(id.path());
        if let Some(type_) = type_ {
            pen = pen.and("TYPE").literal(type_);
        }
        if let Some(version) = version {
            pen = pen.and("VERSION").literal(version);
        }
        out.run(pen.and("FOREIGN DATA WRAPPER").ident(wrapper).foreign_options(options));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP SERVER").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { wrapper, type_, version, options } = next;
        if self.wrapper != *wrapper || self.type_ != *type_ {
            return Way::Rebuild;
        }
        let alter = || Pen::kw("ALTER SERVER").name(id.path());
        if self.version != *version {
            out.run(match version {
                Some(version) => alter().and("VERSION").literal(version),
                None => alter().and("VERSION NULL"),
            });
        }
        super::options::change_foreign(alter, &self.options, options, out);
        Way::InPlace
    }
}
