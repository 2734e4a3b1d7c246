//! Collations.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::Collation;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Collation {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { provider, deterministic, locale, ctype, rules } = self;
        let mut pieces = vec![Pen::kw("provider =").option_word(provider)];
        if !deterministic {
            pieces.push(Pen::kw("deterministic = false"));
        }
        match (locale, ctype) {
            (Some(locale), Some(ctype)) => {
                pieces.push(Pen::kw("lc_collate =").literal(locale));
                pieces.push(Pen::kw("lc_ctype =").literal(ctype));
            }
            (Some(locale), None) => pieces.push(Pen::kw("locale =").literal(locale)),
            (None, _) => {}
        }
        if let Some(rules) = rules {
            pieces.push(Pen::kw("rules =").literal(rules));
        }
        out.run(Pen::kw("CREATE COLLATION").name(id.path()).list(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP COLLATION").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
