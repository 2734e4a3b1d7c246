//! Text search parsers.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::TextSearchParser;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for TextSearchParser {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { start, gettoken, end, lextypes, headline } = self;
        let mut pieces = vec![
            Pen::kw("START =").sql(start),
            Pen::kw("GETTOKEN =").sql(gettoken),
            Pen::kw("END =").sql(end),
            Pen::kw("LEXTYPES =").sql(lextypes),
        ];
        pieces.extend(headline.as_ref().map(|function| Pen::kw("HEADLINE =").sql(function)));
        out.run(Pen::kw("CREATE TEXT SEARCH PARSER").name(id.path()).lines(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TEXT SEARCH PARSER").name(id.path()));
    }

    fn alter(&self, _: &Cx, _: &ObjectId, _: &Self, _: &mut Steps) -> Way {
        Way::Rebuild
    }
}
