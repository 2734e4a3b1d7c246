//! Triggers.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Trigger;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Trigger {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self {
            timing,
            events,
            columns,
            for_each_row,
            when,
            function,
            arguments,
            constraint,
            deferrable,
            initially_deferred,
            old_table,
            new_table,
            from_table,
            enabled,
        } = self;
        let mut pen = Pen::kw(if *constraint { "CREATE CONSTRAINT TRIGGER" } else { "CREATE TRIGGER" })
            .ident(id.name());
        pen = pen.option_word(timing);
        for (n, event) in events.iter().enumerate() {
            pen = pen.and_if(n > 0, "OR").option_word(event);
            if event == "UPDATE" && !columns.is_empty() {
                pen = pen.and("OF").commas(columns.iter().map(|column| Pen::new().ident(column)));
            }
        }
        pen = pen.and("ON").name(id.path().iter().take(2));
        if let Some(from) = from_table {
            pen = pen.and("FROM").name(from);
        }
        pen = pen.and_if(*deferrable, "DEFERRABLE").and_if(*initially_deferred, "INITIALLY DEFERRED");
        pen = pen.and_if(old_table.is_some() || new_table.is_some(), "REFERENCING");
        if let Some(old) = old_table {
            pen = pen.and("OLD TABLE AS").ident(old);
        }
        if let Some(new) = new_table {
            pen = pen.and("NEW TABLE AS").ident(new);
        }
        pen = pen.and(if *for_each_row { "FOR EACH ROW" } else { "FOR EACH STATEMENT" });
        if let Some(when) = when {
            pen = pen.and("WHEN").list([Pen::new().sql(when)]);
        }
        out.run(pen.and("EXECUTE FUNCTION").name(function).literals(arguments));
        if enabled != "origin" {
            out.run(enable(id, enabled).and("TRIGGER").ident(id.name()));
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TRIGGER").ident(id.name()).and("ON").name(id.path().iter().take(2)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        if *self != (Self { enabled: self.enabled.clone(), ..next.clone() }) {
            return Way::Rebuild;
        }
        out.run(enable(id, &next.enabled).and("TRIGGER").ident(id.name()));
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        [Kind::Table, Kind::View].map(|kind| id.ancestor(kind, 2)).into()
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // Its function can change under it.
        !matches!(needed.kind(), Kind::Table | Kind::View)
            && (needed.kind() != Kind::Function || self.when.is_some())
    }
}

/// `ALTER TABLE … ENABLE ALWAYS` and its kin, for triggers and rules.
pub(super) fn enable(id: &ObjectId, enabled: &str) -> Pen {
    Pen::kw("ALTER TABLE").name(id.path().iter().take(2)).and(match enabled {
        "disabled" => "DISABLE",
        "replica" => "ENABLE REPLICA",
        "always" => "ENABLE ALWAYS",
        _ => "ENABLE",
    })
}
