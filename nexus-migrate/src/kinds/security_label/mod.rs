//! Security labels on anything.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::SecurityLabel;

use super::target::{self, Words};
use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for SecurityLabel {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, cx: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { label } = self;
        say(cx.next, id, Pen::new().literal(label), out);
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        say(cx.prev, id, Pen::kw("NULL"), out);
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        next.create(cx, id, &[], out);
        Way::InPlace
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // Another type takes the old one's place, and is born without anything said of it.
        needed.kind() == Kind::Enum
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        id.target().into_iter().cloned().collect()
    }
}

fn say(catalog: &Catalog, id: &ObjectId, label: Pen, out: &mut Steps) {
    if let Some(target) = id.target() {
        let on = Pen::kw("SECURITY LABEL FOR").ident(id.name()).and("ON");
        out.run(on.pen(target::spell_in(catalog, target, Words::Comment)).and("IS").pen(label));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Traffic, plan};

    // No provider of labels comes with PostgreSQL: the statements can be read here, not run.
    #[test]
    fn labels_are_set_changed_and_taken_away() {
        let table = ObjectId::new(Kind::Table, ["public", "t"]);
        let labelled = |on: &ObjectId, label: &str| {
            let mut catalog = Catalog::default();
            let id = on.of(Kind::SecurityLabel, ["My provider"]);
            catalog.insert(id, SecurityLabel { label: label.into() });
            catalog
        };
        let sql =
            |prev: &Catalog, next: &Catalog| plan(prev, next, &Traffic::default()).expect("orders").to_sql();
        let column = table.child(Kind::Column, "a b");
        assert_eq!(
            sql(&Catalog::default(), &labelled(&column, "it's")),
            "BEGIN;\nSECURITY LABEL FOR \"My provider\" ON COLUMN public.t.\"a b\" IS 'it''s';\nCOMMIT;\n"
        );
        let function = ObjectId::new(Kind::Function, ["public", "f", "integer"]);
        assert_eq!(
            sql(&labelled(&function, "secret"), &labelled(&function, "open")),
            "BEGIN;\nSECURITY LABEL FOR \"My provider\" ON ROUTINE public.f(integer) IS 'open';\nCOMMIT;\n"
        );
        assert_eq!(
            sql(&labelled(&table, "secret"), &Catalog::default()),
            "BEGIN;\nSECURITY LABEL FOR \"My provider\" ON TABLE public.t IS NULL;\nCOMMIT;\n"
        );
    }
}
