//! Base types.
//!
//! A type and the functions that read and write it need each other: first comes the name alone, then the functions,
//! then the type. They go all at once.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::{BaseType, Sql};

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::{Pen, dotted};

impl Verb for BaseType {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { definition } = self;
        let pieces = definition.iter().map(|(word, value)| Pen::new().option_word(word).and("=").sql(value));
        out.run(Pen::kw("CREATE TYPE").name(id.path()).lines(pieces));
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        // What else needs the type has gone before: only its own functions are left to go along.
        out.run(Pen::kw("DROP TYPE").name(id.path()).and("CASCADE"));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { definition } = next;
        let mut pieces = Vec::new();
        for (word, before, after) in changes(&self.definition, definition) {
            let settable = match word {
                "RECEIVE" | "SEND" | "TYPMOD_IN" | "TYPMOD_OUT" | "ANALYZE" | "SUBSCRIPT" => true,
                // Back to `plain` is refused, and `plain` is what is not said.
                "STORAGE" => before.is_some() && after.is_some(),
                _ => false,
            };
            if !settable {
                return Way::Rebuild;
            }
            let piece = Pen::new().option_word(word).and("=");
            pieces.push(after.map_or_else(|| piece.clone().and("NONE"), |value| piece.clone().sql(value)));
        }
        if pieces.is_empty() {
            return Way::Rebuild;
        }
        out.run(Pen::kw("ALTER TYPE").name(id.path()).and("SET").list(pieces));
        if let Some((_, _, Some(storage))) =
            changes(&self.definition, definition).find(|(word, ..)| *word == "STORAGE")
        {
            columns_follow(cx, id, storage, out);
        }
        Way::InPlace
    }

    fn in_the_way(&self, needed: &ObjectId) -> bool {
        // A function that goes may have another of its name in its place, of which the definition says nothing.
        needed.kind() == Kind::Function
    }
}

/// Columns keep the storage that they were made with.
fn columns_follow(cx: &Cx, id: &ObjectId, storage: &Sql, out: &mut Steps) {
    let name = dotted(id.path());
    for (column, entry) in cx.next.of_kind(Kind::Column) {
        let (Object::Column(next), Some(Object::Column(prev))) = (&entry.object, cx.prev.get(column)) else {
            continue;
        };
        let is_of_type = [prev, next].iter().all(|column| {
            column
                .type_
                .strip_prefix(&name)
                .is_some_and(|modifier| modifier.is_empty() || modifier.starts_with('('))
        });
        if is_of_type && prev.storage.is_none() && next.storage.is_none() {
            let alter = Pen::kw("ALTER TABLE").name(column.path().iter().take(2));
            out.run(alter.and("ALTER COLUMN").ident(column.name()).and("SET STORAGE").sql(storage));
        }
    }
}

type Pairs = [(String, Sql)];

/// The words whose values differ, with both values.
fn changes<'a>(
    prev: &'a Pairs,
    next: &'a Pairs,
) -> impl Iterator<Item = (&'a str, Option<&'a Sql>, Option<&'a Sql>)> {
    let value = |pairs: &'a Pairs, word: &str| pairs.iter().find(|(key, _)| key == word).map(|(_, v)| v);
    let new = next.iter().filter(move |(word, _)| value(prev, word).is_none());
    prev.iter()
        .chain(new)
        .map(move |(word, _)| (word.as_str(), value(prev, word), value(next, word)))
        .filter(|(_, before, after)| before != after)
}
