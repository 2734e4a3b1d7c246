//! Sequences, and the counting options that identity columns share with them.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{Sequence, SequenceOptions};

use super::{Claim, Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::{Pen, dotted, quote_literal};

impl Verb for Sequence {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { data_type, options: counting, logged, owned_by } = self;
        let create =
            Pen::kw(if *logged { "CREATE SEQUENCE" } else { "CREATE UNLOGGED SEQUENCE" }).name(id.path());
        let typed = if data_type == "bigint" { create } else { create.and("AS").text(data_type) };
        out.run(typed.pen(options(&born(data_type, counting), counting)));
        if let Some(column) = owned_by {
            own(id, column, out);
        }
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(Pen::kw("DROP SEQUENCE").name(id.path()));
    }

    fn alter(&self, _: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { data_type, options: counting, logged, owned_by } = next;
        let alter = || Pen::kw("ALTER SEQUENCE").name(id.path());
        if counting.min > self.options.min || counting.max < self.options.max {
            out.run(into_bounds(id, counting));
        }
        if self.data_type != *data_type || self.options != *counting {
            let typed =
                if self.data_type == *data_type { alter() } else { alter().and("AS").text(data_type) };
            out.run(typed.pen(options(&self.options, counting)));
        }
        if self.logged != *logged {
            out.run(alter().and(if *logged { "SET LOGGED" } else { "SET UNLOGGED" }));
        }
        match owned_by {
            _ if self.owned_by == *owned_by => {}
            Some(column) => {
                // The column it leaves may be about to go, and would take it along.
                if self.owned_by.is_some() {
                    out.run(alter().and("OWNED BY NONE"));
                }
                own(id, column, out);
            }
            None => out.run(alter().and("OWNED BY NONE")),
        }
        Way::InPlace
    }

    fn dropped_with(&self, _: &Cx, _: &ObjectId) -> Vec<ObjectId> {
        self.owned_by.iter().map(|column| ObjectId::new(Kind::Column, column.clone())).collect()
    }

    fn claims(&self, id: &ObjectId) -> Option<Claim> {
        Claim::relation(id.schema(), id.name())
    }
}

/// The options that a new sequence has where nothing is said but its step and its bounds.
///
/// It starts at the bound that it leaves, and one that counts down has bounds below 0 (the manual's page of
/// CREATE SEQUENCE).
pub(super) fn born(data_type: &str, counting: &SequenceOptions) -> SequenceOptions {
    let plain = SequenceOptions::of_type(data_type);
    if counting.increment > 0 {
        return SequenceOptions { start: counting.min, ..plain };
    }
    SequenceOptions { start: counting.max, min: -plain.max - 1, max: -1, ..plain }
}

fn own(id: &ObjectId, column: &[String; 3], out: &mut Steps) {
    // A sequence and the table that owns it must have one owner: both have theirs first.
    let [schema, table, _] = column;
    let table = ObjectId::new(Kind::Table, [schema, table]);
    let needs =
        [ObjectId::new(Kind::Column, column.clone()), table.of(Kind::Owner, []), id.of(Kind::Owner, [])];
    out.later(needs, Pen::kw("ALTER SEQUENCE").name(id.path()).and("OWNED BY").name(column));
}

/// Moves the sequence to where the new bounds allow it to stand, and not at all if it stands there.
fn into_bounds(id: &ObjectId, counting: &SequenceOptions) -> Pen {
    let SequenceOptions { min, max, .. } = counting;
    let place = format!("least(greatest(last_value, {min}), {max})");
    let name = quote_literal(&dotted(id.path()));
    let call =
        format!("pg_catalog.setval({name}, {place}, is_called AND last_value BETWEEN {min} AND {max})");
    Pen::kw("SELECT").text(&call).and("FROM").name(id.path())
}

/// The options that differ from `prev`: `START WITH 5 INCREMENT BY 2`.
pub(super) fn options(prev: &SequenceOptions, next: &SequenceOptions) -> Pen {
    changed(prev, next).into_iter().fold(Pen::new(), Pen::pen)
}

/// The same for `ALTER COLUMN`, where each option is preceded by SET.
pub(super) fn set_options(prev: &SequenceOptions, next: &SequenceOptions) -> Pen {
    changed(prev, next).into_iter().fold(Pen::new(), |pen, option| pen.and("SET").pen(option))
}

/// The options that differ from `prev`, each by itself.
fn changed(prev: &SequenceOptions, next: &SequenceOptions) -> Vec<Pen> {
    let SequenceOptions { start, increment, min, max, cache, cycle } = next;
    let numbers = [
        ("INCREMENT BY", prev.increment, *increment),
        ("MINVALUE", prev.min, *min),
        ("MAXVALUE", prev.max, *max),
        ("START WITH", prev.start, *start),
        ("CACHE", prev.cache, *cache),
    ];
    let differing = numbers.into_iter().filter(|(_, before, after)| before != after);
    let mut options: Vec<_> = differing.map(|(word, _, value)| Pen::kw(word).number(value)).collect();
    if prev.cycle != *cycle {
        options.push(Pen::kw(if *cycle { "CYCLE" } else { "NO CYCLE" }));
    }
    options
}
