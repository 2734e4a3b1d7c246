//! Triggers.

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::Trigger;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

impl Verb for Trigger {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        if self.inherited {
            out.run(enable(id, &self.enabled).and("TRIGGER").ident(id.name()));
            return;
        }
        let word = if self.constraint { "CREATE CONSTRAINT TRIGGER" } else { "CREATE TRIGGER" };
        define(self, Pen::kw(word), id, out);
    }

    fn drop(&self, cx: &Cx, id: &ObjectId, out: &mut Steps) {
        if self.inherited {
            if let Some(enabled) = state_above(cx, id) {
                out.run(enable(id, enabled).and("TRIGGER").ident(id.name()));
            }
            return;
        }
        out.run(Pen::kw("DROP TRIGGER").ident(id.name()).and("ON").name(id.path().iter().take(2)));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        if *self != (Self { enabled: self.enabled.clone(), ..next.clone() }) {
            if self.constraint || next.constraint || self.inherited || next.inherited {
                return Way::Rebuild;
            }
            define(next, Pen::kw("CREATE OR REPLACE TRIGGER"), id, out);
            return Way::InPlaceAlone;
        }
        out.run(enable(id, &next.enabled).and("TRIGGER").ident(id.name()));
        // Partitions follow, those too that have a state of their own.
        if self.inherited { Way::InPlace } else { Way::InPlaceAlone }
    }

    fn dropped_with(&self, cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
        let mut with: Vec<_> = [Kind::Table, Kind::View].map(|kind| id.ancestor(kind, 2)).into();
        if self.inherited {
            with.push(id.ancestor(Kind::Partition, 2));
            with.extend(above(cx.prev, id));
        }
        with
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // Its function can change under it.
        !matches!(needed.kind(), Kind::Table | Kind::View)
            && (needed.kind() != Kind::Function || self.when.is_some())
    }
}

/// The whole definition, after its verb; a new or replaced trigger fires as it is born to.
fn define(trigger: &Trigger, verb: Pen, id: &ObjectId, out: &mut Steps) {
    let Trigger {
        timing,
        events,
        columns,
        for_each_row,
        when,
        function,
        arguments,
        constraint: _,
        deferrable,
        initially_deferred,
        old_table,
        new_table,
        from_table,
        enabled,
        inherited: _,
    } = trigger;
    let mut pen = verb.ident(id.name()).option_word(timing);
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

/// The trigger of the nearest table above of which anything is known by itself.
fn above(catalog: &Catalog, id: &ObjectId) -> Option<ObjectId> {
    let mut table = id.ancestor(Kind::Partition, 2);
    // A table is below itself in no catalog, and trees are a few levels high.
    for _ in 0..64 {
        let Some(Object::Partition(attachment)) = catalog.get(&table) else { break };
        table = ObjectId::new(Kind::Partition, attachment.parent.clone());
        let trigger = table.as_kind(Kind::Table).child(Kind::Trigger, id.name());
        if catalog.contains(&trigger) {
            return Some(trigger);
        }
    }
    None
}

/// The state that a partition's copy has when nothing else is said.
fn state_above<'a>(cx: &'a Cx, id: &ObjectId) -> Option<&'a str> {
    match cx.next.get(&above(cx.next, id)?) {
        Some(Object::Trigger(trigger)) => Some(&trigger.enabled),
        _ => None,
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
