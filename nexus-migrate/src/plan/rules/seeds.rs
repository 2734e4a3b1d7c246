//! Which rows of default data somebody may have edited that the plan would change or take away.

use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{OnEdit, OnRemoval, Seed};

use super::source::Source;
use super::{Ends, Rule};
use crate::kinds::seed;
use crate::sql::Pen;

/// How many rows of a table are asked about: with more of them the question is longer than the answer is worth.
const ASKED: usize = 1_000;

/// How many rows of a question are tried to be broken.
const BROKEN: usize = 3;

/// A row as it was, and as it is to be.
type Change<'a> = (&'a ObjectId, Option<Seed>, Option<&'a Seed>);

/// The rows of each table, those that stay as they are if somebody has edited them apart from those that must not be.
type Changes<'a> = BTreeMap<(ObjectId, bool), Vec<Change<'a>>>;

pub(super) fn find(ends: &Ends<'_>) -> Vec<Rule> {
    let mut tables = Changes::new();
    for (id, next) in of(ends.next) {
        let last = match ends.prev.get(id) {
            Some(Object::Seed(last)) if last == next || last.key != next.key => continue,
            Some(Object::Seed(last)) => Some(seed::comparable(ends.prev, ends.next, id, last)),
            _ => None,
        };
        add(&mut tables, next.policy.on_edit, (id, last, Some(next)));
    }
    for (id, last) in of(ends.prev).filter(|(id, _)| !ends.next.contains(id)) {
        let policy = seed::policy(ends.next, id, last);
        if policy.delete == OnRemoval::Unchanged {
            add(&mut tables, policy.on_edit, (id, Some(last.clone()), None));
        }
    }
    tables.iter().filter_map(|((table, keeps), changes)| rule(ends, table, *keeps, changes)).collect()
}

fn of(catalog: &Catalog) -> impl Iterator<Item = (&ObjectId, &Seed)> {
    catalog.of_kind(Kind::Seed).filter_map(|(id, entry)| match &entry.object {
        Object::Seed(seed) => Some((id, seed)),
        _ => None,
    })
}

fn add<'a>(tables: &mut Changes<'a>, on_edit: OnEdit, change: Change<'a>) {
    let keeps = match on_edit {
        OnEdit::Overwrite => return,
        OnEdit::Keep => true,
        OnEdit::Fail => false,
    };
    let changes = tables.entry((change.0.ancestor(Kind::Table, 2), keeps)).or_default();
    if changes.len() < ASKED {
        changes.push(change);
    }
}

/// The question after edited rows of a table; nothing where the table is new or goes, or is spoken of by other names.
fn rule(ends: &Ends<'_>, table: &ObjectId, keeps: bool, changes: &[Change<'_>]) -> Option<Rule> {
    let there = ends.prev.contains(table) && ends.next.contains(table) && !ends.lost.contains(table);
    let source = Source { ends, table };
    let seeds = || changes.iter().flat_map(|(_, last, next)| last.iter().chain(*next));
    let columns: BTreeSet<String> = seeds().flat_map(|seed| seed.values.keys().cloned()).collect();
    if !there || !source.is_plain(&columns) {
        return None;
    }
    let mut any = Pen::kw("FROM").name(table.path()).and("AS seeded WHERE");
    for (n, (id, last, next)) in changes.iter().enumerate() {
        let edited = seed::edited(ends.next, id, last.as_ref(), *next);
        any = any.and_if(n > 0, "OR").pen(Pen::new().list([edited]));
    }
    let problem = "default data has been edited".to_owned();
    let mut rule = source.rule(&table.as_kind(Kind::Seed), problem, &columns, any);
    rule.precheck.keeps = keeps;
    let there_before = changes.iter().filter_map(|(id, last, _)| Some((id, last.as_ref()?)));
    rule.breaks = there_before.take(BROKEN).flat_map(|(id, last)| seed::edits(id, last)).collect();
    Some(rule)
}
