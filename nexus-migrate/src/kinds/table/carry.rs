//! A table that becomes partitioned, or ordinary again, or partitioned by another key.
//!
//! PostgreSQL has no ALTER for it. The old table stands aside in a schema of its own, so that the new one can have all of
//! its names; once the new one has its partitions, the rows are carried over, and the old one goes.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Constraint, ConstraintBody, Table, TableForm};

use super::super::{Cx, Verb, column};
use crate::plan::Steps;
use crate::sql::{Pen, dotted, quote_name};

/// Whether the table comes back in another form, and with its rows.
pub(super) fn is_reshaped(cx: &Cx, id: &ObjectId) -> bool {
    let (Some(Object::Table(prev)), Some(Object::Table(next))) = (cx.prev.get(id), cx.next.get(id)) else {
        return false;
    };
    let is_here = |table: &Table| !matches!(table.form, TableForm::Foreign { .. });
    prev.form != next.form && is_here(prev) && is_here(next)
}

/// The table above a partition that goes because the one above is reshaped: its rows are carried from there.
pub(in crate::kinds) fn carried_from(cx: &Cx, id: &ObjectId) -> Option<ObjectId> {
    let mut at = id.clone();
    // A table is below itself in no catalog, and trees are a few levels high.
    for _ in 0..64 {
        if cx.next.contains(&at) {
            return None;
        }
        let Some(Object::Partition(attachment)) = cx.prev.get(&at.as_kind(Kind::Partition)) else {
            return None;
        };
        at = ObjectId::new(Kind::Table, attachment.parent.clone());
        if is_reshaped(cx, &at) {
            return Some(at);
        }
    }
    None
}

/// Puts the old table aside.
pub(super) fn aside(cx: &Cx, id: &ObjectId, out: &mut Steps) {
    for (sequence, _) in owned(cx, id) {
        out.run(Pen::kw("ALTER SEQUENCE").name(sequence.path()).and("OWNED BY NONE"));
    }
    // Its parent's changes are not for what is only carried over.
    let attachment = id.as_kind(Kind::Partition);
    if let Some(Object::Partition(partition)) = cx.prev.get(&attachment)
        && partition.dropped_with(cx, &attachment).contains(id)
    {
        let parent = Pen::kw("ALTER TABLE ONLY").name(&partition.parent);
        out.run(parent.and("DETACH PARTITION").name(id.path()));
    }
    let schema = away(id);
    out.run(Pen::kw("CREATE SCHEMA").ident(&schema));
    out.run(Pen::kw("ALTER TABLE").name(id.path()).and("SET SCHEMA").ident(&schema));
    let_go(cx, id, &schema, out);
    for (column, entry) in cx.prev.under(Kind::Column, id.path()) {
        if !cx.next.contains(column)
            && matches!(&entry.object, Object::Column(column) if column.generated.is_none())
        {
            out.loses(column);
        }
    }
}

/// Lets go of what the old table needs and what goes, or comes anew, while it waits: defaults, checks, and what is computed.
fn let_go(cx: &Cx, id: &ObjectId, schema: &str, out: &mut Steps) {
    let moves = |needed: &ObjectId| {
        !needed.path().starts_with(id.path()) && cx.prev.get(needed) != cx.next.get(needed)
    };
    // Partitions are carried along, and have defaults of their own; children go on by themselves.
    let words = match cx.prev.get(id) {
        Some(Object::Table(Table { form: TableForm::Partitioned(_), .. })) => "ALTER TABLE",
        _ => "ALTER TABLE ONLY",
    };
    let parts = [Kind::Column, Kind::Default, Kind::Constraint].map(|kind| cx.prev.under(kind, id.path()));
    for (part, entry) in parts.into_iter().flatten() {
        if !entry.requires.iter().any(moves) {
            continue;
        }
        let of_column = |pen: Pen| pen.name([schema, id.name()]).and("ALTER COLUMN").ident(part.name());
        match &entry.object {
            Object::Default(_) => out.run(of_column(Pen::kw(words)).and("DROP DEFAULT")),
            Object::Column(column) if column.generated.as_ref().is_some_and(|it| it.stored) => {
                out.run(of_column(Pen::kw("ALTER TABLE")).and("DROP EXPRESSION"));
            }
            Object::Constraint(Constraint { body: ConstraintBody::Check { .. }, .. }) => {
                let old = Pen::kw("ALTER TABLE").name([schema, id.name()]);
                out.run(old.and("DROP CONSTRAINT IF EXISTS").ident(part.name()));
            }
            _ => {}
        }
    }
}

/// Carries the rows over once there are partitions to take them, and takes the old table away.
pub(super) fn carry(cx: &Cx, id: &ObjectId, prev: &Table, out: &mut Steps) {
    let old = [away(id), id.name().to_owned()];
    let mut pens = Vec::new();
    let kept = kept(cx, id);
    if kept.is_empty() {
        out.loses(id);
    } else {
        let values = kept.iter().map(|(column, before, after)| {
            let name = quote_name(column.name());
            let same = before.type_ == after.type_;
            Pen::new().text(&if same {
                name
            } else {
                column::cast(column.name(), &before.type_, &after.type_)
            })
        });
        let has_identity = kept.iter().any(|(_, _, after)| after.identity.is_some());
        let from = match prev.form {
            // Children have rows of their own.
            TableForm::Ordinary => "FROM ONLY",
            TableForm::Partitioned(_) | TableForm::Foreign { .. } => "FROM",
        };
        pens.push(
            Pen::kw("INSERT INTO")
                .name(id.path())
                .idents(kept.iter().map(|(column, _, _)| column.name()))
                .and_if(has_identity, "OVERRIDING SYSTEM VALUE")
                .and("SELECT")
                .commas(values)
                .and(from)
                .name(&old),
        );
    }
    for (column, before, after) in &kept {
        if before.identity.is_some() && after.identity.is_some() {
            pens.push(go_on_counting(id, &old, column.name()));
        }
        if before.type_ != after.type_ {
            out.retypes(column);
        }
    }
    for (sequence, column) in owned(cx, id) {
        if cx.next.contains(&column) {
            pens.push(Pen::kw("ALTER SEQUENCE").name(sequence.path()).and("OWNED BY").name(column.path()));
        }
    }
    pens.push(Pen::kw("DROP TABLE").name(&old));
    pens.push(Pen::kw("DROP SCHEMA").ident(&away(id)));
    out.complete(attachments(cx, id), pens);
}

/// The schema in which the old table waits.
fn away(id: &ObjectId) -> String {
    format!("{}__old", id.name().chars().take(50).collect::<String>())
}

/// The columns that both have, with both, but for what is computed anew.
fn kept<'a>(cx: &Cx<'a>, id: &'a ObjectId) -> Vec<(&'a ObjectId, &'a Column, &'a Column)> {
    let both = |(column, entry): (&'a ObjectId, &'a nexus_schema::catalog::Entry)| match (
        cx.prev.get(column),
        &entry.object,
    ) {
        (Some(Object::Column(before)), Object::Column(after)) if after.generated.is_none() => {
            Some((column, before, after))
        }
        _ => None,
    };
    let mut kept: Vec<_> = cx.next.under(Kind::Column, id.path()).filter_map(both).collect();
    kept.sort_by_key(|(_, _, after)| after.ordinal.0);
    kept
}

/// Sequences that a column of the table owns, and that stay.
fn owned(cx: &Cx, id: &ObjectId) -> Vec<(ObjectId, ObjectId)> {
    let of_table = |(sequence, entry): (&ObjectId, &nexus_schema::catalog::Entry)| match &entry.object {
        Object::Sequence(is) => {
            let column = ObjectId::new(Kind::Column, is.owned_by.clone()?);
            let stays = cx.next.get(sequence) == Some(&entry.object);
            (stays && column.path().starts_with(id.path())).then(|| (sequence.clone(), column))
        }
        _ => None,
    };
    cx.prev.of_kind(Kind::Sequence).filter_map(of_table).collect()
}

/// The identity goes on where the old one stood.
fn go_on_counting(id: &ObjectId, old: &[String; 2], column: &str) -> Pen {
    let sequence = |path: &[String]| {
        let table = Pen::new().literal(&dotted(path));
        Pen::kw("pg_catalog.pg_get_serial_sequence").list([table, Pen::new().literal(column)])
    };
    let next = Pen::kw("pg_catalog.nextval").list([sequence(old)]);
    Pen::kw("SELECT pg_catalog.setval").list([sequence(id.path()), next, Pen::kw("false")])
}

/// The attachments of all partitions below the table.
fn attachments(cx: &Cx, id: &ObjectId) -> Vec<ObjectId> {
    let mut below = vec![id.clone()];
    let mut found = Vec::new();
    while let Some(at) = below.pop() {
        for (attachment, entry) in cx.next.of_kind(Kind::Partition) {
            if matches!(&entry.object, Object::Partition(is) if is.parent.as_slice() == at.path())
                && !found.contains(attachment)
            {
                found.push(attachment.clone());
                below.push(attachment.as_kind(Kind::Table));
            }
        }
    }
    found
}
