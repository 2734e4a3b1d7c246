//! Questions that are asked before a plan begins: each finds rows that the plan's steps refuse, and no others.

mod support;

use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State, materialize};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::Renames;
use nexus_migrate::precheck::{Precheck, STAND_IN};
use nexus_migrate::prove::{Claim, Proof, prove};
use nexus_schema::catalog::{Kind, ObjectId};

type Problem = Box<dyn std::error::Error>;

/// A change, rows that it refuses, and rows that it takes; and what its questions say of the first.
struct Case {
    name: &'static str,
    before: &'static str,
    after: &'static str,
    renames: &'static [(Kind, &'static [&'static str], &'static [&'static str])],
    refused: &'static str,
    taken: &'static str,
    /// For each question what is the matter, and its answer on the rows that are refused.
    found: &'static [(&'static str, &'static [&'static str])],
}

const CASES: &[Case] = &[
    Case {
        name: "not null",
        before: "CREATE TABLE t (id int PRIMARY KEY, a text)",
        after: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 'x'), (2, NULL), (7, NULL)",
        taken: "INSERT INTO t VALUES (1, '')",
        found: &[("a is NULL", &["2|2|", "2|7|"])],
    },
    Case {
        name: "a new column without a default",
        before: "CREATE TABLE t (id int PRIMARY KEY)",
        after: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
        renames: &[],
        refused: "INSERT INTO t VALUES (3)",
        taken: "",
        found: &[("a is new, must not be NULL, and has no default", &["1|3"])],
    },
    Case {
        name: "keys of one column and of several, and where NULLs are alike",
        before: "CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int)",
        after: "CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int, UNIQUE (a, b), UNIQUE NULLS NOT DISTINCT (c))",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 'x', 1, 1), (2, 'x', 1, NULL), (3, 'x', 1, NULL), (4, 'x', NULL, 4), (5, 'x', NULL, 5)",
        taken: "INSERT INTO t VALUES (1, 'x', 1, 1), (2, 'x', 2, NULL), (3, 'x', NULL, 2), (4, 'x', NULL, 3)",
        found: &[("another row has the same a, b", &["2|2|x|1", "2|3|x|1"]), ("another row has the same c", &["1|3|"])],
    },
    Case {
        name: "a primary key, and rows that nothing names",
        before: "CREATE TABLE t (a int)",
        after: "CREATE TABLE t (a int PRIMARY KEY)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1), (1), (NULL)",
        taken: "INSERT INTO t VALUES (1), (2)",
        found: &[("a is NULL", &["1|(0,3)|"]), ("another row has the same a", &["1|(0,2)|1"])],
    },
    Case {
        name: "unique indexes on expressions and on some rows",
        before: "CREATE TABLE t (id int PRIMARY KEY, a text, gone boolean NOT NULL)",
        after: "CREATE TABLE t (id int PRIMARY KEY, a text, gone boolean NOT NULL); CREATE UNIQUE INDEX u ON t (lower(a)) WHERE NOT gone",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 'x', false), (2, 'X', false), (3, 'x', true)",
        taken: "INSERT INTO t VALUES (1, 'x', false), (3, 'x', true), (4, NULL, false), (5, NULL, false)",
        found: &[("another row has the same lower(a)", &["1|2|X|false"])],
    },
    Case {
        name: "checks, new and validated",
        before: "CREATE TABLE t (id int PRIMARY KEY, a int, b int); ALTER TABLE t ADD CONSTRAINT later CHECK (b > 0) NOT VALID",
        after: "CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 5), b int CONSTRAINT later CHECK (b > 0))",
        renames: &[],
        refused: "ALTER TABLE t DROP CONSTRAINT later; INSERT INTO t VALUES (1, 6, 1), (2, 5, 1), (3, NULL, -1); ALTER TABLE t ADD CONSTRAINT later CHECK (b > 0) NOT VALID",
        taken: "INSERT INTO t VALUES (1, 6, 1), (2, NULL, NULL)",
        found: &[("it breaks later: (b > 0)", &["1|3|-1"]), ("it breaks t_a_check: (a > 5)", &["1|2|5"])],
    },
    Case {
        name: "foreign keys of one column and of several",
        before: "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b), u int UNIQUE); CREATE TABLE c (id int PRIMARY KEY, a int, b text, u int)",
        after: "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b), u int UNIQUE);
                CREATE TABLE c (id int PRIMARY KEY, a int, b text, u int REFERENCES p (u), FOREIGN KEY (a, b) REFERENCES p MATCH FULL)",
        renames: &[],
        refused: "INSERT INTO p VALUES (1, 'x', 1); INSERT INTO c VALUES (1, 1, 'x', 1), (2, 1, 'y', NULL), (3, 1, NULL, 2), (4, NULL, NULL, NULL)",
        taken: "INSERT INTO p VALUES (1, 'x', 1); INSERT INTO c VALUES (1, 1, 'x', 1), (4, NULL, NULL, NULL)",
        found: &[("a, b refers to no row of public.p", &["2|2|1|y", "2|3|1|"]), ("u refers to no row of public.p", &["1|3|2"])],
    },
    Case {
        name: "rows that exclude each other",
        before: "CREATE EXTENSION btree_gist; CREATE TABLE t (id int PRIMARY KEY, room int, during int4range, gone boolean NOT NULL)",
        after: "CREATE EXTENSION btree_gist; CREATE TABLE t (id int PRIMARY KEY, room int, during int4range, gone boolean NOT NULL,
                EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT gone) DEFERRABLE)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 1, '[1,3)', false), (2, 1, '[2,4)', false), (3, 1, '[2,4)', true), (4, 2, '[1,3)', false), (5, NULL, '[1,3)', false)",
        taken: "INSERT INTO t VALUES (1, 1, '[1,3)', false), (2, 1, '[3,4)', false), (3, 1, '[2,4)', true), (4, NULL, '[1,3)', false), (5, NULL, '[1,3)', false)",
        found: &[("another row excludes it: room =, during &&", &["1|2|[2,4)|1"])],
    },
    Case {
        name: "narrower types",
        before: "CREATE TABLE t (id int PRIMARY KEY, a bigint, b text, c numeric(6,3), d varchar(9), e double precision)",
        after: "CREATE TABLE t (id int PRIMARY KEY, a integer, b varchar(3), c numeric(4,2), d char(4), e smallint)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 3000000000, 'abcd', 99.995, 'abcde', 'NaN'), (2, -2147483648, 'abc   ', 99.994, 'abcd', 32767.4)",
        taken: "INSERT INTO t VALUES (2, -2147483648, 'abc   ', 99.994, 'abcd', 32767.4), (3, NULL, NULL, NULL, NULL, NULL)",
        found: &[
            ("a is no integer", &["1|1|3000000000"]),
            ("b is no character varying(3)", &["1|1|abcd"]),
            ("c is no numeric(4,2)", &["1|1|99.995"]),
            ("d is no character(4)", &["1|1|abcde"]),
            ("e is no smallint", &["1|1|NaN"]),
        ],
    },
    Case {
        name: "texts that another type reads, or not",
        before: "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, a text, b text, c varchar(40), d text)",
        after: "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, a integer, b uuid, c timestamptz, d mood)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, '1', 'x', 'now', 'ok'), (2, 'one', NULL, 'then', 'o''k')",
        taken: "INSERT INTO t VALUES (1, ' 1 ', '00000000-0000-4000-8000-000000000001', 'infinity', 'ok'), (2, NULL, NULL, NULL, NULL)",
        found: &[
            ("a is no integer", &["1|2|one"]),
            ("b is no uuid", &["1|1|x"]),
            ("c is no timestamp with time zone", &["1|2|then"]),
            ("d is no public.mood", &["1|2|o'k"]),
        ],
    },
    Case {
        name: "values that an enum loses, in columns and arrays",
        before: "CREATE TYPE mood AS ENUM ('sad', 'it''s', 'ok'); CREATE TABLE t (id int PRIMARY KEY, a mood, b mood[])",
        after: "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, a mood, b mood[])",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 'it''s', NULL), (2, 'ok', '{sad,it''s}')",
        taken: "INSERT INTO t VALUES (1, 'ok', '{sad,NULL}'), (2, NULL, '{}')",
        found: &[("a has a value that public.mood no longer has", &["1|1|it's"]), ("b has a value that public.mood no longer has", &["1|2|{sad,it's}"])],
    },
    Case {
        name: "what a domain demands now",
        before: "CREATE DOMAIN d AS int; CREATE TABLE t (id int PRIMARY KEY, a d, value d)",
        after: "CREATE DOMAIN d AS int NOT NULL CHECK (VALUE > 3); CREATE TABLE t (id int PRIMARY KEY, a d, value d)",
        renames: &[],
        refused: "INSERT INTO t VALUES (1, 3, 4), (2, 4, NULL)",
        taken: "INSERT INTO t VALUES (1, 4, 4)",
        found: &[("a breaks the check of public.d", &["1|1|3"]), ("a is NULL", &[]), ("value is NULL", &["1|2|"]), ("value breaks the check of public.d", &[])],
    },
    Case {
        name: "under other names, with a column that is new",
        before: "CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY, a int, x text)",
        after: "CREATE SCHEMA s; CREATE TABLE s.u (no int CONSTRAINT t_pkey PRIMARY KEY, b int NOT NULL, y text UNIQUE, n int DEFAULT 4, CHECK (b > n))",
        renames: &[
            (Kind::Table, &["s", "u"], &["s", "t"]),
            (Kind::Column, &["s", "u", "no"], &["s", "u", "id"]),
            (Kind::Column, &["s", "u", "b"], &["s", "u", "a"]),
            (Kind::Column, &["s", "u", "y"], &["s", "u", "x"]),
        ],
        refused: "INSERT INTO s.t VALUES (1, 3, 'q'), (2, NULL, 'q')",
        taken: "INSERT INTO s.t VALUES (1, 5, 'q')",
        found: &[("a is NULL", &["1|2|"]), ("it breaks u_check: (b > n)", &["1|1|3|4"]), ("another row has the same y", &["1|2|q"])],
    },
    Case {
        name: "a partitioned table and one with children",
        before: "CREATE TABLE p (k int, a int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE up (a int); CREATE TABLE down () INHERITS (up)",
        after: "CREATE TABLE p (k int, a int NOT NULL) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE up (a int CHECK (a > 0)); CREATE TABLE down () INHERITS (up)",
        renames: &[],
        refused: "INSERT INTO p VALUES (1, NULL); INSERT INTO down VALUES (0)",
        taken: "INSERT INTO p VALUES (1, 1); INSERT INTO down VALUES (1)",
        found: &[("a is NULL", &["1|(0,1)|"]), ("it breaks up_a_check: (a > 0)", &["1|(0,1)|0"])],
    },
    Case {
        name: "a table that becomes a partition",
        before: "CREATE TABLE p (id int NOT NULL, at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE p1 (id int NOT NULL, at int NOT NULL)",
        after: "CREATE TABLE p (id int NOT NULL, at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (10) TO (20)",
        renames: &[],
        refused: "INSERT INTO p1 VALUES (1, 9), (2, 10), (3, 20)",
        taken: "INSERT INTO p1 VALUES (2, 10), (3, 19)",
        found: &[("it does not belong into public.p", &["2|(0,1)|9", "2|(0,3)|20"])],
    },
    Case {
        name: "a default partition that holds rows of one that comes",
        before: "CREATE TABLE p (id int NOT NULL, at text) PARTITION BY LIST (at); CREATE TABLE rest PARTITION OF p DEFAULT",
        after: "CREATE TABLE p (id int NOT NULL, at text) PARTITION BY LIST (at); CREATE TABLE rest PARTITION OF p DEFAULT;
                CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a', 'b')",
        renames: &[],
        refused: "INSERT INTO p VALUES (1, 'a'), (2, 'c'), (3, NULL)",
        taken: "INSERT INTO p VALUES (2, 'c'), (3, NULL)",
        found: &[("it belongs into public.p1", &["1|(0,1)|a"])],
    },
    Case {
        name: "nothing to ask where rules go, stay, or only widen",
        before: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b varchar(3) UNIQUE, c numeric(5,2), d mood CHECK (d <> 'a'), e smallint CHECK (e > 0))",
        after: "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(5), c numeric(7,3), d mood, e bigint, f int NOT NULL DEFAULT 3, g int GENERATED ALWAYS AS IDENTITY)",
        renames: &[],
        refused: "",
        taken: "INSERT INTO t VALUES (1, 1, 'abc', 999.99, NULL, 1)",
        found: &[],
    },
];

/// What PostgreSQL 18 has.
const CASES_18: &[Case] = &[Case {
    name: "foreign keys with a period, which several rows cover",
    before: "CREATE TABLE p (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
             CREATE TABLE c (n int PRIMARY KEY, id int4range, during daterange)",
    after: "CREATE TABLE p (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
            CREATE TABLE c (n int PRIMARY KEY, id int4range, during daterange, FOREIGN KEY (id, PERIOD during) REFERENCES p (id, PERIOD during))",
    renames: &[],
    refused: "INSERT INTO p VALUES ('[1,1]', '[2026-01-01,2026-02-01)'), ('[1,1]', '[2026-02-01,2026-03-01)');
              INSERT INTO c VALUES (1, '[1,1]', '[2026-01-15,2026-02-15)'), (2, '[1,1]', '[2026-01-15,2026-03-02)'), (3, '[2,2]', '[2026-01-15,2026-01-16)'),
                  (4, NULL, '[2026-01-15,2026-03-02)'), (5, '[1,1]', 'empty')",
    taken: "INSERT INTO p VALUES ('[1,1]', '[2026-01-01,2026-02-01)'), ('[1,1]', '[2026-02-01,2026-03-01)');
            INSERT INTO c VALUES (1, '[1,1]', '[2026-01-15,2026-02-15)'), (4, NULL, '[2026-01-15,2026-03-02)')",
    found: &[(
        "id, during refers to no rows that cover it of public.p",
        &["3|2|[2026-01-15,2026-03-02)|[1,2)", "3|3|[2026-01-15,2026-01-16)|[2,3)", "3|5|empty|[1,2)"],
    )],
}];

#[test]
fn questions_are_asked_on_other_majors() {
    let one = "each_question_finds_what_is_refused_and_nothing_else";
    support::for_each_server("NEXUS_PG_MATRIX", "NEXUS_PRECHECKS_SERVER", one);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_finds_what_is_refused_and_nothing_else() {
    let mut bench = Bench::new(ScratchOptions::default());
    let major = bench.scratch().await.expect("there is a server").server().major();
    let of_18: &[Case] = if major >= 18 { CASES_18 } else { &[] };
    let only = std::env::var("NEXUS_CASE").unwrap_or_default();
    let mut wrong = Vec::new();
    for case in CASES.iter().chain(of_18).filter(|case| case.name.contains(&only)) {
        if let Err(problem) = run(&mut bench, case).await {
            wrong.push(format!("{}: {problem}", case.name));
        }
    }
    bench.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn run(bench: &mut Bench, case: &Case) -> Result<(), Problem> {
    let there = planned(bench, case).await?;
    let proof = proved(bench, &there).await?;
    let check = |holds: bool, what: String| if holds { Ok(()) } else { Err(Problem::from(what)) };
    check(proof.holds() && proof.unasked.is_empty() && proof.rows.refused.is_empty(), format!("{proof:#?}"))?;
    let mut said: Vec<_> = proof.prechecks.iter().map(|asked| asked.precheck.problem.as_str()).collect();
    let mut wanted: Vec<_> = case.found.iter().map(|(problem, _)| *problem).collect();
    said.sort_unstable();
    wanted.sort_unstable();
    check(said == wanted, format!("it asks about {said:?}"))?;
    for asked in &proof.prechecks {
        // A rule that holds for new rows already lets no such row be made.
        let can_be_made = !asked.precheck.problem.starts_with("it breaks later");
        check((asked.found > 0) == can_be_made, format!("no row on scratch for {:?}", asked.precheck))?;
    }
    for (rows, refused) in [(case.refused, true), (case.taken, false)] {
        let mut session = bench.fresh().await?;
        session.run(case.before).await?;
        session.run(rows).await?;
        session.run(STAND_IN).await?;
        for asked in &proof.prechecks {
            let precheck = &asked.precheck;
            let answer = answer(&mut session, precheck).await?;
            let expected =
                case.found.iter().find(|(problem, _)| *problem == precheck.problem).map(|(_, rows)| *rows);
            let expected = expected.filter(|_| refused).unwrap_or_default();
            check(answer == expected, format!("{}\nfinds {answer:?}", precheck.query))?;
        }
        let mut ran = Ok(());
        for script in there.up.scripts() {
            ran = session.run(&script).await;
            if ran.is_err() {
                break;
            }
        }
        check(
            ran.is_err() == (refused && !rows.is_empty()),
            format!("refused: {refused}, and it ran: {ran:?}"),
        )?;
    }
    Ok(())
}

async fn planned(bench: &mut Bench, case: &Case) -> Result<Change, Problem> {
    let mut states = Vec::new();
    for sql in [case.before, case.after] {
        let mut session = bench.fresh().await?;
        session.run(sql).await?;
        states.push(introspect(&mut session).await?);
    }
    let ids = |(kind, new, old): &(Kind, &[&str], &[&str])| {
        (ObjectId::new(*kind, new.iter().copied()), ObjectId::new(*kind, old.iter().copied()))
    };
    let renames: Renames = case.renames.iter().map(ids).collect();
    let next = State { catalog: states.remove(1), renames, ..State::default() };
    let prev = State { catalog: states.remove(0), ..State::default() };
    Ok(change(bench, prev, next).await?)
}

async fn proved(bench: &mut Bench, there: &Change) -> Result<Proof, Problem> {
    let mut session = bench.fresh().await?;
    materialize(&mut session, &there.prev).await?;
    Ok(prove(bench, &mut session, &Claim::of(there)).await?)
}

async fn answer(session: &mut Session, precheck: &Precheck) -> Result<Vec<String>, Problem> {
    let rows = session.rows(&Precheck::on(&precheck.query, session.server_version_num())).await?;
    let line = |row: Vec<Option<String>>| {
        row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|")
    };
    Ok(rows.into_iter().map(line).collect())
}
