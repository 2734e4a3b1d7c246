//! Foreign-data wrappers.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::ForeignDataWrapper;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for ForeignDataWrapper {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { handler, validator, options } = self;
        let mut pen = Pen::kw("CREATE FOREIGN DATA WRAPPER").name(id.path());
        if let Some(handler) = handler {
            pen = pen.and("HANDLER").sql(handler);
        }
        if let Some(validator) = validator {
            pen = pen.and("VALIDATOR").sql(validator);
        }
        out.run(pen.foreign_options(options));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP FOREIGN DATA WRAPPER").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { handler, validator, options } = next;
        let alter = || Pen::kw("ALTER FOREIGN DATA WRAPPER").name(id.path());
        if self.handler != *handler {
            out.run(match handler {
                Some(handler) => alter().and("HANDLER").sql(handler),
                None => alter().and("NO HANDLER"),
            });
        }
        if self.validator != *validator {
            out.run(match validator {
                Some(validator) => alter().and("VALIDATOR").sql(validator),
                None => alter().and("NO VALIDATOR"),
            });
        }
        super::options::change_foreign(alter, &self.options, options, out);
        Way::InPlace
    }
}
