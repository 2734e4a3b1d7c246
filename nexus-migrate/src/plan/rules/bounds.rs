//! Rows that a partition's bounds refuse: those of a table that becomes a partition and do not belong there, and those of the
//! default partition that belong into one that comes.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Partition, Sql};

use super::source::Source;
use super::{Ends, Rule};
use crate::sql::{Pen, dotted, quote_name};

pub(super) fn find(ends: &Ends<'_>) -> Vec<Rule> {
    let mut found = Vec::new();
    for (id, entry) in ends.next.of_kind(Kind::Partition) {
        let (Object::Partition(partition), Some(holds)) = (&entry.object, ends.traffic.bound(id)) else {
            continue;
        };
        if ends.prev.contains(id) {
            continue;
        }
        let not = Pen::kw("NOT").list([Pen::new().sql(holds)]);
        let problem = format!("it does not belong into {}", dotted(&partition.parent));
        found.extend(rule(ends, id, &id.as_kind(Kind::Table), not, holds, problem));
        if let Some(rest) = default_beside(ends, partition) {
            let problem = format!("it belongs into {}", dotted(id.path()));
            found.extend(rule(ends, id, &rest, Pen::new().list([Pen::new().sql(holds)]), holds, problem));
        }
    }
    found
}

/// The default partition that is there before and after.
fn default_beside(ends: &Ends<'_>, partition: &Partition) -> Option<ObjectId> {
    let mut all = ends.prev.of_kind(Kind::Partition);
    let found = all.find(|(id, entry)| {
        let is_default = matches!(&entry.object, Object::Partition(it)
            if it.parent == partition.parent && it.bound.as_str() == "DEFAULT");
        is_default && ends.next.get(id) == Some(&entry.object)
    });
    found.map(|(id, _)| id.as_kind(Kind::Table))
}

fn rule(
    ends: &Ends<'_>,
    by: &ObjectId,
    table: &ObjectId,
    refused: Pen,
    holds: &Sql,
    problem: String,
) -> Option<Rule> {
    if !ends.prev.contains(table) || ends.lost.contains(table) {
        return None;
    }
    let source = Source { ends, table };
    let is_named = |name: &&str| holds.as_str().contains(quote_name(name).as_str());
    let columns = ends.next.columns(table).into_iter().map(|(id, _)| id.name());
    let columns: BTreeSet<String> = columns.filter(is_named).map(str::to_owned).collect();
    let tail = Pen::kw("FROM").pen(source.rows(&columns)?).and("WHERE").pen(refused);
    let mut rule = source.rule(by, problem, &columns, tail);
    rule.hints = columns.iter().map(|name| (source.former(name), holds.as_str().to_owned())).collect();
    Some(rule)
}
