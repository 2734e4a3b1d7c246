//! Text search configurations.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{Sql, TextSearchConfiguration};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for TextSearchConfiguration {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { parser, mappings } = self;
        let parser = Pen::kw("PARSER =").sql(parser);
        out.run(Pen::kw("CREATE TEXT SEARCH CONFIGURATION").name(id.path()).list([parser]));
        for (token, dictionaries) in mappings {
            map(id, "ADD MAPPING FOR", token, dictionaries, out);
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TEXT SEARCH CONFIGURATION").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { parser, mappings } = next;
        if self.parser != *parser {
            return Way::Rebuild;
        }
        for token in self.mappings.keys().filter(|token| !mappings.contains_key(*token)) {
            out.run(alter(id).and("DROP MAPPING FOR").ident(token));
        }
        for (token, dictionaries) in mappings {
            match self.mappings.get(token) {
                Some(before) if before == dictionaries => {}
                Some(_) => map(id, "ALTER MAPPING FOR", token, dictionaries, out),
                None => map(id, "ADD MAPPING FOR", token, dictionaries, out),
            }
        }
        Way::InPlace
    }
}

fn alter(id: &ObjectId) -> Pen {
    Pen::kw("ALTER TEXT SEARCH CONFIGURATION").name(id.path())
}

fn map(id: &ObjectId, word: &'static str, token: &str, dictionaries: &[Sql], out: &mut Steps) {
    let dictionaries = dictionaries.iter().map(|name| Pen::new().sql(name));
    out.run(alter(id).and(word).ident(token).and("WITH").commas(dictionaries));
}
