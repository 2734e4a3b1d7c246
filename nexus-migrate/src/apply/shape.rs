//! What a file without a transaction does, as far as continuing after it needs to know.
//!
//! Reads the first words of one statement and no more. What it does not recognise is [`Shape::Other`], and a
//! person decides.

use super::words::{Words, statements, words};
pub use crate::sql::REPEATABLE;

/// The statement of a file without a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// `CREATE INDEX CONCURRENTLY`: the index's name, and the table's as it is written.
    CreateIndex { name: String, table: String },
    /// `DROP INDEX CONCURRENTLY` of one index, named as it is written.
    DropIndex { name: String },
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`, the partition as it is written.
    Detach { partition: String },
    /// A statement that may run again whatever became of it.
    Repeatable,
    /// A block that fills rows in batches, each its own transaction, and whose head says that it is [`REPEATABLE`].
    Backfill,
    /// A block; only with its head does it mean something.
    Block,
    /// Anything else.
    Other,
}

impl Shape {
    /// Reads a file. Several statements are several outcomes, of which only those are known that all may run again.
    pub(super) fn of(sql: &str) -> Self {
        let mut shapes = statements(sql).into_iter().map(one);
        match (shapes.next(), shapes.next()) {
            (None, _) => Self::Repeatable,
            (Some(Self::Block), None) if says_repeatable(sql) => Self::Backfill,
            (Some(shape), None) => shape.known(),
            (Some(Self::Repeatable), Some(Self::Repeatable)) if shapes.all(|s| s == Self::Repeatable) => {
                Self::Repeatable
            }
            _ if says_repeatable(sql) => Self::Backfill,
            _ => Self::Other,
        }
    }

    /// The index or table that a file reindexes, named as it is written.
    pub(super) fn reindexed(sql: &str) -> Option<String> {
        let words = words(sql);
        let mut words = Words(&words);
        if !words.eat(&["reindex"]) {
            return None;
        }
        if words.eat(&["("]) {
            while !words.eat(&[")"]) {
                words.skip()?;
            }
        }
        if !words.eat(&["index"]) && !words.eat(&["table"]) {
            return None;
        }
        words.eat(&["concurrently"]);
        words.path()
    }

    fn known(self) -> Self {
        if self == Self::Block { Self::Other } else { self }
    }
}

fn says_repeatable(sql: &str) -> bool {
    sql.lines()
        .take_while(|line| line.trim().is_empty() || line.starts_with("--"))
        .any(|line| line.starts_with(REPEATABLE))
}

/// Reads one statement.
fn one(sql: &str) -> Shape {
    let words = words(sql);
    let mut words = Words(&words);
    if words.eat(&["create"]) {
        words.eat(&["unique"]);
        return create_index(words).unwrap_or(Shape::Other);
    }
    if words.eat(&["drop", "index", "concurrently"]) {
        words.eat(&["if", "exists"]);
        let name = words.path();
        // Several indexes are several outcomes.
        return match name {
            Some(name) if !words.eat(&[","]) => Shape::DropIndex { name },
            _ => Shape::Other,
        };
    }
    if words.eat(&["alter", "table"]) {
        return alter_table(words).unwrap_or(Shape::Other);
    }
    if words.eat(&["do"]) {
        return Shape::Block;
    }
    let again = ["vacuum", "reindex", "analyze", "checkpoint", "refresh", "set", "reset"];
    if again.iter().any(|word| words.eat(&[word])) { Shape::Repeatable } else { Shape::Other }
}

fn alter_table(mut words: Words<'_>) -> Option<Shape> {
    words.eat(&["if", "exists"]);
    words.eat(&["only"]);
    words.path()?;
    if words.eat(&["validate", "constraint"]) {
        words.name()?;
        // Another action may follow.
        return words.0.is_empty().then_some(Shape::Repeatable);
    }
    if words.eat(&["detach", "partition"]) {
        let partition = words.path()?;
        return words.eat(&["concurrently"]).then_some(Shape::Detach { partition });
    }
    None
}

fn create_index(mut words: Words<'_>) -> Option<Shape> {
    if !words.eat(&["index", "concurrently"]) {
        return None;
    }
    words.eat(&["if", "not", "exists"]);
    if words.eat(&["on"]) {
        return None;
    }
    let name = words.name()?;
    if !words.eat(&["on"]) {
        return None;
    }
    words.eat(&["only"]);
    Some(Shape::CreateIndex { name, table: words.path()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_recognised_by_their_first_words() {
        let index = |name: &str, table: &str| Shape::CreateIndex { name: name.into(), table: table.into() };
        let drop = |name: &str| Shape::DropIndex { name: name.into() };
        let cases = [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", index("i", "\"t\"")),
            (
                "create unique index concurrently if not exists I on only S.T using btree (a)",
                index("i", "\"s\".\"t\""),
            ),
            (
                "-- no-transaction\n-- says; why\n/* a /* b */ c */ CREATE INDEX CONCURRENTLY \"I\"\"x\" ON \"a b\".t(a)",
                index("I\"x", "\"a b\".\"t\""),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", Shape::Other),
            ("CREATE INDEX i ON t (a)", Shape::Other),
            ("DROP INDEX CONCURRENTLY IF EXISTS s.i;", drop("\"s\".\"i\"")),
            ("DROP INDEX CONCURRENTLY i, j", Shape::Other),
            ("VACUUM FULL t", Shape::Repeatable),
            ("REFRESH MATERIALIZED VIEW m; INSERT INTO t VALUES (';')", Shape::Other),
            (
                "ALTER TABLE s.t VALIDATE CONSTRAINT c;\nALTER TABLE t VALIDATE CONSTRAINT d;",
                Shape::Repeatable,
            ),
            ("ALTER TABLE t VALIDATE CONSTRAINT c, ADD a int", Shape::Other),
            ("ALTER TABLE t ADD a int", Shape::Other),
            (
                "ALTER TABLE s.t DETACH PARTITION s.\"P 1\" CONCURRENTLY",
                Shape::Detach { partition: "\"s\".\"P 1\"".into() },
            ),
            ("-- no-transaction\nDO $$ BEGIN; END $$", Shape::Other),
            (
                "-- no-transaction\n-- Repeatable: fills what is NULL.\nDO $a$ BEGIN; END $a$;",
                Shape::Backfill,
            ),
            ("DO $$ x $$; -- Repeatable", Shape::Other),
            ("ALTER TYPE mood ADD VALUE 'ok'", Shape::Other),
            ("/* never closed CREATE INDEX CONCURRENTLY i ON t (a)", Shape::Repeatable),
            ("CREATE INDEX CONCURRENTLY \"i ON t (a)", Shape::Other),
            ("/*/é", Shape::Repeatable),
            ("", Shape::Repeatable),
        ];
        for (sql, expected) in cases {
            assert_eq!(Shape::of(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_is_reindexed_is_found() {
        let found = |sql: &str| Shape::reindexed(sql);
        assert_eq!(found("REINDEX INDEX CONCURRENTLY s.i"), Some("\"s\".\"i\"".into()));
        assert_eq!(found("-- a\nreindex (verbose) table concurrently T"), Some("\"t\"".into()));
        assert_eq!(found("REINDEX DATABASE CONCURRENTLY d"), None);
        assert_eq!(found("VACUUM t"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_stumble(sql in "(?s).{0,80}|[-/*\"'a .;$\\\\eé]{0,40}") {
            Shape::of(&sql);
            Shape::reindexed(&sql);
        }
    }
}
