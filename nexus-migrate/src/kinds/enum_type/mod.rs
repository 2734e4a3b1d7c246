//! Enumerated types. Values are added in place; any other change swaps the type under its columns.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Enum;

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::{Pen, dotted};

impl Verb for Enum {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        out.run(Pen::kw("CREATE TYPE").name(id.path()).and("AS ENUM ").literals(&self.labels));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP TYPE").name(id.path()));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let kept: Vec<_> = next.labels.iter().filter(|label| self.labels.contains(label)).collect();
        if kept.len() != self.labels.len() || !kept.into_iter().eq(&self.labels) {
            swap(cx, id, next, out);
            return Way::InPlaceAlone;
        }
        add_values(id, &self.labels, &next.labels, out);
        Way::InPlace
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::data_type(id)
    }
}

fn add_values(id: &ObjectId, prev: &[String], next: &[String], out: &mut Steps) {
    for (n, label) in next.iter().enumerate().filter(|(_, label)| !prev.contains(label)) {
        let add = Pen::kw("ALTER TYPE").name(id.path()).and("ADD VALUE").literal(label);
        // The one before is there already: it is old, or was added by the step before this one.
        let placed = match (n.checked_sub(1).and_then(|before| next.get(before)), prev.first()) {
            (Some(before), _) => add.and("AFTER").literal(before),
            (None, Some(first)) => add.and("BEFORE").literal(first),
            (None, None) => add,
        };
        // A new value cannot be used in the transaction that added it (55P04, measured row C11).
        out.commit_after(placed);
    }
}

/// Puts a new type in the place of the old one, and carries the columns over by their text.
fn swap(cx: &Cx, id: &ObjectId, next: &Enum, out: &mut Steps) {
    let old = format!("{}__old", id.name().chars().take(50).collect::<String>());
    let old_path = [id.schema(), old.as_str()];
    out.run(Pen::kw("ALTER TYPE").name(id.path()).and("RENAME TO").ident(&old));
    out.run(Pen::kw("CREATE TYPE").name(id.path()).and("AS ENUM ").literals(&next.labels));
    let spelled = dotted(id.path());
    for (column, entry) in cx.next.of_kind(Kind::Column) {
        let Object::Column(after) = &entry.object else { continue };
        let suffix = match after.type_.strip_prefix(spelled.as_str()) {
            Some("") => "",
            Some("[]") => "[]",
            _ => continue,
        };
        match cx.prev.get(column) {
            Some(Object::Column(before)) if before.type_ == after.type_ => {}
            _ => continue,
        }
        let table = column.ancestor(Kind::Table, 2);
        let through_text = if suffix.is_empty() { "::text::" } else { "::text[]::" };
        out.run(
            Pen::kw("ALTER TABLE")
                .name(table.path())
                .and("ALTER COLUMN")
                .ident(column.name())
                .and("TYPE")
                .text(&after.type_)
                .and("USING")
                .text(&format!("{}{through_text}{}", crate::sql::quote_name(column.name()), after.type_)),
        );
    }
    out.run(Pen::kw("DROP TYPE").name(old_path));
}
