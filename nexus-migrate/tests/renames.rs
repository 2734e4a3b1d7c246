//! Declared renames of everything that PostgreSQL can rename: objects keep their rows and what stands on them, there and back.

mod support;

use nexus_migrate::change::change;
use nexus_migrate::db::ScratchOptions;
use nexus_migrate::diff::diff;
use nexus_migrate::doors::{Bench, State, materialize};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::Renames;
use nexus_migrate::prove::{Claim, prove};
use nexus_schema::catalog::{Kind, ObjectId};

type Problem = Box<dyn std::error::Error>;

/// A new name and an old one, of one kind.
type Renamed = (Kind, &'static [&'static str], &'static [&'static str]);

struct Case {
    name: &'static str,
    before: &'static str,
    after: &'static str,
    renames: &'static [Renamed],
    plan: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "a column of a renamed table in a renamed schema, named by the table's new name",
        before: "CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY, a int CHECK (a > 0)); INSERT INTO s.t VALUES (1, 2)",
        after: "CREATE SCHEMA z; CREATE TABLE z.u (id int CONSTRAINT t_pkey PRIMARY KEY, b int CONSTRAINT t_a_check CHECK (b > 0))",
        renames: &[
            (Kind::Schema, &["z"], &["s"]),
            (Kind::Table, &["z", "u"], &["z", "t"]),
            (Kind::Column, &["z", "u", "b"], &["z", "u", "a"]),
        ],
        plan: &[
            "ALTER SCHEMA s RENAME TO z",
            "ALTER TABLE z.t RENAME TO u",
            "ALTER TABLE z.u RENAME COLUMN a TO b",
        ],
    },
    Case {
        name: "a table moves to another schema under another name, with the view on it",
        before: "CREATE SCHEMA s; CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; INSERT INTO t VALUES (7)",
        after: "CREATE SCHEMA s; CREATE TABLE s.u (id int); CREATE VIEW v AS SELECT id FROM s.u",
        renames: &[(Kind::Table, &["s", "u"], &["public", "t"])],
        plan: &["ALTER TABLE public.t SET SCHEMA s", "ALTER TABLE s.t RENAME TO u"],
    },
    Case {
        name: "labels and attributes",
        before: "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (x int, y int); CREATE TABLE t (m mood DEFAULT 'a', p pair); INSERT INTO t VALUES ('a', '(1,2)')",
        after: "CREATE TYPE mood AS ENUM ('it''s', 'b'); CREATE TYPE pair AS (x int, z int); CREATE TABLE t (m mood DEFAULT 'it''s', p pair)",
        renames: &[
            (Kind::Enum, &["public", "mood", "it's"], &["public", "mood", "a"]),
            (Kind::Composite, &["public", "pair", "z"], &["public", "pair", "y"]),
        ],
        plan: &[
            "ALTER TYPE public.mood RENAME VALUE 'a' TO 'it''s'",
            "ALTER TYPE public.pair RENAME ATTRIBUTE y TO z",
        ],
    },
    Case {
        name: "types that columns have",
        before: "CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN d AS text CONSTRAINT c CHECK (VALUE <> ''); CREATE TYPE r AS RANGE (subtype = int4);
                 CREATE TABLE t (m mood, d d, r r); INSERT INTO t VALUES ('a', 'x', '[1,2)')",
        after: "CREATE TYPE feel AS ENUM ('a'); CREATE DOMAIN e AS text CONSTRAINT k CHECK (VALUE <> ''); CREATE TYPE q AS RANGE (subtype = int4, multirange_type_name = r_multirange);
                CREATE TABLE t (m feel, d e, r q)",
        renames: &[
            (Kind::Enum, &["public", "feel"], &["public", "mood"]),
            (Kind::Domain, &["public", "e"], &["public", "d"]),
            (Kind::DomainCheck, &["public", "e", "k"], &["public", "e", "c"]),
            (Kind::Range, &["public", "q"], &["public", "r"]),
        ],
        plan: &[
            "ALTER TYPE public.mood RENAME TO feel",
            "ALTER DOMAIN public.d RENAME TO e",
            "ALTER DOMAIN public.e RENAME CONSTRAINT c TO k",
            "ALTER TYPE public.r RENAME TO q",
        ],
    },
    Case {
        name: "a function that a default and a trigger call; the trigger itself",
        before: "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'; CREATE TABLE t (a int DEFAULT f(1));
                 CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                 CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); INSERT INTO t VALUES (3)",
        after: "CREATE FUNCTION f2(a int) RETURNS int LANGUAGE sql AS 'SELECT a'; CREATE TABLE t (a int DEFAULT f2(1));
                CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER \"Tr\" BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g()",
        renames: &[
            (Kind::Function, &["public", "f2", "integer"], &["public", "f", "integer"]),
            (Kind::Trigger, &["public", "t", "Tr"], &["public", "t", "tr"]),
        ],
        plan: &[
            "ALTER ROUTINE public.f(integer) RENAME TO f2",
            "ALTER TRIGGER tr ON public.t RENAME TO \"Tr\"",
        ],
    },
    Case {
        name: "views and their columns, policies, rules, statistics, sequences, aggregates, collations",
        before: "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT b FROM t;
                 CREATE POLICY p ON t USING (a > 0); CREATE RULE ru AS ON DELETE TO t DO INSTEAD NOTHING; CREATE STATISTICS st ON a, b FROM t;
                 CREATE SEQUENCE sq; CREATE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int4); CREATE COLLATION co FROM \"C\"",
        after: "CREATE TABLE t (a int, b int); CREATE VIEW v2 AS SELECT a AS aa FROM t; CREATE MATERIALIZED VIEW m2 AS SELECT b AS bb FROM t;
                CREATE POLICY p2 ON t USING (a > 0); CREATE RULE ru2 AS ON DELETE TO t DO INSTEAD NOTHING; CREATE STATISTICS st2 ON a, b FROM t;
                CREATE SEQUENCE sq2; CREATE AGGREGATE ag2(int) (SFUNC = int4pl, STYPE = int4); CREATE COLLATION co2 FROM \"C\"",
        renames: &[
            (Kind::View, &["public", "v2"], &["public", "v"]),
            (Kind::Column, &["public", "v2", "aa"], &["public", "v2", "a"]),
            (Kind::MaterializedView, &["public", "m2"], &["public", "m"]),
            (Kind::Column, &["public", "m2", "bb"], &["public", "m", "b"]),
            (Kind::Policy, &["public", "t", "p2"], &["public", "t", "p"]),
            (Kind::Rule, &["public", "t", "ru2"], &["public", "t", "ru"]),
            (Kind::Statistics, &["public", "st2"], &["public", "st"]),
            (Kind::Sequence, &["public", "sq2"], &["public", "sq"]),
            (Kind::Aggregate, &["public", "ag2", "integer"], &["public", "ag", "integer"]),
            (Kind::Collation, &["public", "co2"], &["public", "co"]),
        ],
        plan: &[
            "ALTER COLLATION public.co RENAME TO co2",
            "ALTER SEQUENCE public.sq RENAME TO sq2",
            "ALTER TABLE public.m RENAME COLUMN b TO bb",
            "ALTER TABLE public.v RENAME COLUMN a TO aa",
            "ALTER STATISTICS public.st RENAME TO st2",
            "ALTER ROUTINE public.ag(integer) RENAME TO ag2",
            "ALTER VIEW public.v RENAME TO v2",
            "ALTER MATERIALIZED VIEW public.m RENAME TO m2",
            "ALTER RULE ru ON public.t RENAME TO ru2",
            "ALTER POLICY p ON public.t RENAME TO p2",
        ],
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_renamed_stays_what_it_was() {
    let mut bench = Bench::new(ScratchOptions::default());
    let mut wrong = Vec::new();
    for case in CASES {
        if let Err(problem) = run(&mut bench, case).await {
            wrong.push(format!("{}: {problem}", case.name));
        }
    }
    bench.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn run(bench: &mut Bench, case: &Case) -> Result<(), Problem> {
    let mut session = bench.fresh().await?;
    session.run(case.after).await?;
    let next = introspect(&mut session).await?;
    let mut session = bench.fresh().await?;
    session.run(case.before).await?;
    let prev = introspect(&mut session).await?;
    let ids = |(kind, new, old): &Renamed| {
        (ObjectId::new(*kind, new.iter().copied()), ObjectId::new(*kind, old.iter().copied()))
    };
    let renames: Renames = case.renames.iter().map(ids).collect();
    // Planning may take the session's server: the states are built anew.
    drop(session);
    let state = |catalog, renames| State { catalog, renames, ..State::default() };
    let change = change(bench, state(prev.clone(), Renames::new()), state(next.clone(), renames)).await?;
    let said: Vec<_> = change.up.steps.iter().map(|step| step.sql.as_str()).collect();
    if said != case.plan {
        return Err(format!("the plan is another one:\n{}", said.join("\n")).into());
    }
    let mut session = bench.fresh().await?;
    session.run(case.before).await?;
    for (plan, goal) in [(&change.up, &next), (&change.down, &prev)] {
        support::go(&mut session, plan).await?;
        let reached = introspect(&mut session).await?;
        let rest: Vec<_> = diff(&reached, goal).into_keys().collect();
        if !rest.is_empty() {
            return Err(format!("differs after\n{}: {rest:?}", plan.to_sql()).into());
        }
    }
    let mut session = bench.fresh().await?;
    materialize(&mut session, &change.prev).await?;
    let proof = prove(bench, &mut session, &Claim::of(&change)).await?;
    if !proof.holds() {
        return Err(format!("no proof: {:?} {:?} {:?}", proof.forward, proof.backward, proof.rows).into());
    }
    Ok(())
}
