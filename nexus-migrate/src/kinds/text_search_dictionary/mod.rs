//! Text search dictionaries.

use nexus_schema::catalog::{Object, ObjectId};
use nexus_schema::kinds::{Sql, TextSearchDictionary};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for TextSearchDictionary {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { template, options } = self;
        let options = options.as_ref().map(|options| Pen::new().sql(options));
        let pieces = [Pen::kw("TEMPLATE =").sql(template)].into_iter().chain(options);
        out.run(Pen::kw("CREATE TEXT SEARCH DICTIONARY").name(id.path()).list(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TEXT SEARCH DICTIONARY").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { template, options } = next;
        if self.template != *template {
            return Way::Rebuild;
        }
        let (before, after) = (pairs(self.options.as_ref()), pairs(options.as_ref()));
        let gone = before.iter().filter(|(name, _)| !after.iter().any(|(other, _)| other == name));
        // An option that is set goes to the end of the list: in their order, all are where they should be.
        let pieces = gone
            .map(|(name, _)| Pen::new().text(name))
            .chain(after.iter().map(|(name, value)| Pen::new().text(name).and("=").text(value)));
        out.run(Pen::kw("ALTER TEXT SEARCH DICTIONARY").name(id.path()).list(pieces));
        Way::InPlace
    }
}

/// Options as the catalog holds them, `name = 'value', …`, taken apart; both halves stay as they are spelled.
fn pairs(options: Option<&Sql>) -> Vec<(&str, &str)> {
    let text = options.map_or("", Sql::as_str);
    let mut quote = None;
    let parts = text.split(move |c| {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        c == ',' && quote.is_none()
    });
    parts.filter_map(|part| part.trim().split_once(" = ")).collect()
}
