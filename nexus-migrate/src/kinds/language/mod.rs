//! Procedural languages.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Language;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Language {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        define(Pen::kw("CREATE"), id, self, out);
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP LANGUAGE").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        define(Pen::kw("CREATE OR REPLACE"), id, next, out);
        Way::InPlace
    }
}

fn define(pen: Pen, id: &ObjectId, language: &Language, out: &mut Steps) {
    let Language { trusted, handler, inline, validator } = language;
    let mut pen = pen.and_if(*trusted, "TRUSTED").and("LANGUAGE").name(id.path()).and("HANDLER").sql(handler);
    if let Some(inline) = inline {
        pen = pen.and("INLINE").sql(inline);
    }
    if let Some(validator) = validator {
        pen = pen.and("VALIDATOR").sql(validator);
    }
    out.run(pen);
}
