//! Laws that hold for every schema, tried on small random ones: the same ones in every run.
//!
//! NEXUS_LAW_CASES says how many.

mod support;

use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_schema::catalog::Catalog;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Types, each with a default that fits.
const TYPES: [(&str, &str); 14] = [
    ("integer", "7"),
    ("bigint", "(2 + 3)"),
    ("text", "'it''s'"),
    ("varchar(20)", "'a'"),
    ("numeric(10,2)", "1.5"),
    ("boolean", "true"),
    ("timestamptz", "now()"),
    ("timestamp", "LOCALTIMESTAMP"),
    ("date", "'2026-01-01'"),
    ("uuid", "gen_random_uuid()"),
    ("jsonb", "'{\"a\": 1}'"),
    ("integer[]", "'{1,2}'"),
    ("text[]", "ARRAY['x']"),
    ("interval", "'1 day'"),
];
const COLUMNS: [&str; 6] = ["a", "b", "\"C c\"", "\"d\"\"q\"", "\"select\"", "é"];
const TABLES: [&str; 4] = ["t", "\"Order\"", "s.t", "s.u"];
const VALUES: [&str; 5] = ["'x'", "'y'", "'it''s'", "'Z z'", "''"];

#[derive(Debug, Clone)]
struct Table {
    name: &'static str,
    columns: Vec<(&'static str, (&'static str, &'static str), bool, bool)>,
    key: bool,
    refers: Vec<usize>,
    check: Option<u8>,
    index: Option<(u8, bool, bool)>,
    view: Option<usize>,
    mood: bool,
    comment: Option<String>,
}

#[derive(Debug, Clone)]
struct Schema {
    values: Vec<&'static str>,
    tables: Vec<Table>,
}

fn schema() -> impl Strategy<Value = Schema> {
    let values = subsequence(VALUES.to_vec(), 1..=VALUES.len()).prop_shuffle();
    let tables = subsequence(TABLES.to_vec(), 1..=TABLES.len())
        .prop_flat_map(|names| names.into_iter().map(table).collect::<Vec<_>>());
    (values, tables).prop_map(|(values, tables)| Schema { values, tables })
}

fn table(name: &'static str) -> impl Strategy<Value = Table> {
    let columns = subsequence(COLUMNS.to_vec(), 0..=COLUMNS.len()).prop_flat_map(|names| {
        let column = |name| (Just(name), select(TYPES.to_vec()), any::<bool>(), any::<bool>());
        names.into_iter().map(column).collect::<Vec<_>>()
    });
    let index = of((0..3_u8, any::<bool>(), any::<bool>()));
    let comment = of("[a-z'\"\\\\$é\n]{1,12}");
    let rest =
        (any::<bool>(), vec(0..4_usize, 0..2), of(0..3_u8), index, of(0..6_usize), any::<bool>(), comment);
    (columns, rest).prop_map(move |(columns, (key, refers, check, index, view, mood, comment))| Table {
        name,
        columns,
        key,
        refers,
        check,
        index,
        view,
        mood,
        comment,
    })
}

impl Schema {
    fn sql(&self) -> String {
        let mut out = format!("CREATE SCHEMA s;\nCREATE TYPE mood AS ENUM ({});\n", self.values.join(", "));
        for table in &self.tables {
            table.create(self.values[0], &mut out);
        }
        for (place, table) in self.tables.iter().enumerate() {
            for (n, target) in table.refers.iter().enumerate() {
                if let Some(target) = self.tables.get(*target).filter(|target| target.key) {
                    let action = ["", " ON DELETE CASCADE", " DEFERRABLE"][(place + n) % 3];
                    out += &format!(
                        "ALTER TABLE {0} ADD COLUMN r{n} bigint;\nALTER TABLE {0} ADD FOREIGN KEY (r{n}) REFERENCES {1}{action};\n",
                        table.name, target.name
                    );
                }
            }
        }
        for (n, table) in self.tables.iter().enumerate() {
            table.stand_on(n, &mut out);
        }
        out
    }
}

impl Table {
    fn create(&self, value: &str, out: &mut String) {
        let mut parts = vec![String::from("id bigint NOT NULL")];
        for (name, (type_, default), not_null, has_default) in &self.columns {
            let default = if *has_default { format!(" DEFAULT {default}") } else { String::new() };
            let not_null = if *not_null { " NOT NULL" } else { "" };
            parts.push(format!("{name} {type_}{default}{not_null}"));
        }
        if self.mood {
            parts.push(format!("m mood DEFAULT {value}"));
        }
        if self.key {
            parts.push("PRIMARY KEY (id)".into());
        }
        if let Some(check) = self.check {
            parts.push(format!(
                "CONSTRAINT sane CHECK ({})",
                ["id > 0", "id BETWEEN 1 AND 9", "id IN (1, 2)"][usize::from(check)]
            ));
        }
        *out += &format!("CREATE TABLE {} ({});\n", self.name, parts.join(", "));
    }

    /// What stands on the table: an index, a view, a comment.
    fn stand_on(&self, n: usize, out: &mut String) {
        if let Some((form, unique, partial)) = self.index {
            let unique = if unique { "UNIQUE " } else { "" };
            let on = ["id DESC", "(id + 1), id", "id) INCLUDE (id"][usize::from(form)];
            let partial = if partial { " WHERE id <> 3" } else { "" };
            *out += &format!("CREATE {unique}INDEX i{n} ON {} ({on}){partial};\n", self.name);
        }
        if let Some(take) = self.view {
            let mut names = vec!["id"];
            names.extend(self.columns.iter().take(take).map(|(name, ..)| *name));
            *out += &format!(
                "CREATE VIEW v{n} AS SELECT {} FROM {} WHERE id > 1;\n",
                names.join(", "),
                self.name
            );
        }
        if let Some(comment) = &self.comment {
            *out += &format!("COMMENT ON TABLE {} IS '{}';\n", self.name, comment.replace('\'', "''"));
        }
    }
}

#[test]
fn every_way_leads_there_and_back() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("starts");
    let bench = std::cell::RefCell::new(Bench::new(ScratchOptions::default()));
    if let Err(error) = runtime.block_on(bench.borrow_mut().scratch()) {
        return support::left_out("laws", &error.to_string());
    }
    let cases = std::env::var("NEXUS_LAW_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    let config = Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&(schema(), schema()), |(prev, next)| {
        let mut bench = bench.borrow_mut();
        runtime.block_on(laws(&mut bench, &prev.sql(), &next.sql())).map_err(|problem| {
            TestCaseError::fail(format!("{problem}\nfrom:\n{}\nto:\n{}", prev.sql(), next.sql()))
        })
    });
    runtime.block_on(bench.borrow_mut().stop());
    if let Err(error) = result {
        panic!("{error}");
    }
}

type Problem = Box<dyn std::error::Error>;

async fn laws(bench: &mut Bench, prev: &str, next: &str) -> Result<(), Problem> {
    let (mut session, prev) = build(bench, prev).await?;
    let (other, next) = build(bench, next).await?;
    drop(other);
    for catalog in [&prev, &next] {
        same(
            &Catalog::from_lines(&catalog.to_lines())? == catalog,
            "the lines of a state are not the state",
            "",
        )?;
        let nothing = between(bench, catalog, catalog).await?.up.to_sql();
        same(nothing.is_empty(), "a state differs from itself", &nothing)?;
    }
    let there = between(bench, &prev, &next).await?;
    for (way, plan, goal) in [("forward", &there.up, &next), ("backward", &there.down, &prev)] {
        let sql = plan.to_sql();
        support::go(&mut session, plan).await.map_err(|error| format!("{way}: {error}"))?;
        let reached = introspect(&mut session).await?;
        let rest = between(bench, &reached, goal).await?.up.to_sql();
        same(rest.is_empty(), way, &format!("{sql}\nleaves:\n{rest}"))?;
    }
    Ok(())
}

async fn build(bench: &mut Bench, sql: &str) -> Result<(Session, Catalog), Problem> {
    let mut session = bench.fresh().await?;
    session.run(sql).await?;
    let catalog = introspect(&mut session).await?;
    Ok((session, catalog))
}

async fn between(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> Result<Change, Problem> {
    let state = |catalog: &Catalog| State { catalog: catalog.clone(), ..State::default() };
    Ok(change(bench, state(prev), state(next)).await?)
}

fn same(holds: bool, law: &str, why: &str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(format!("{law}: {why}").into()) }
}
