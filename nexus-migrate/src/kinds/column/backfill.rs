//! New columns whose values the rows that are there get in batches.
//!
//! A default that differs from row to row writes the whole table anew under the strongest lock (facts L14). Instead the
//! column comes empty, new rows get the default from then on, and the others a few pages at a time.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, NotNull, Sql, TableForm};

use super::super::{Cx, inheritance};
use super::{alter_only, alter_table, not_null, piece};
use crate::plan::Steps;
use crate::sql::Pen;

/// Whether the column is better filled in batches: making it at once is known to write the table anew, and an update of
/// all rows changes nothing else.
pub(super) fn is_due(cx: &Cx, column: &Column, id: &ObjectId) -> bool {
    let table = id.ancestor(Kind::Table, 2);
    let is_plain = matches!(cx.next.get(&table), Some(Object::Table(it))
        if it.form == TableForm::Ordinary && !it.force_row_security);
    let has_family = !inheritance::parents(cx.next, &table).is_empty()
        || !inheritance::descendants(cx.next, &table).is_empty()
        || !inheritance::descendants(cx.prev, &table).is_empty();
    let answers = [cx.prev, cx.next].iter().any(|state| {
        let triggers = state.under(Kind::Trigger, table.path());
        let rules = state.under(Kind::Rule, table.path());
        triggers.chain(rules).any(|(_, entry)| match &entry.object {
            Object::Trigger(trigger) => {
                trigger.enabled != "disabled"
                    && trigger.events.iter().any(|event| event == "UPDATE")
                    && (trigger.columns.is_empty() || trigger.columns.iter().any(|of| of == id.name()))
            }
            _ => true,
        })
    });
    cx.traffic.rewrites(id)
        && is_plain
        && !has_family
        && !answers
        && column.identity.is_none()
        && column.generated.is_none()
}

/// Writes the steps that add the column.
pub(super) fn add(column: &Column, id: &ObjectId, default: &Sql) -> Steps {
    let empty = Column { not_null: false, not_null_as: NotNull::default(), ..column.clone() };
    let mut out = Steps::default();
    out.run(alter_table(id).and("ADD COLUMN").pen(piece(id, &empty, None)));
    out.run(alter_only(id).and("SET DEFAULT").sql(default));
    let table = id.ancestor(Kind::Table, 2);
    out.outside(Pen::in_batches(table.path(), id.name()));
    if !column.not_null_as.not_valid {
        not_null::tighten(&empty, column, id, &mut out);
    }
    out.opened()
}
