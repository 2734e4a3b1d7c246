//! Rows that are made for a proof: every type, check, key and partition gets some, at the bounds of what it lets in.

mod support;

use std::time::Instant;

use nexus_migrate::db::{ScratchOptions, Session};
use nexus_migrate::doors::Bench;
use nexus_migrate::introspect::introspect;
use nexus_migrate::prove::populate;

/// What it is, its tables, and conditions that must hold once they have rows.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "numbers have their bounds and NULL",
        "CREATE TABLE t (a smallint, b integer, c bigint, d real, e double precision, f numeric, g numeric(4,2), h numeric(2,2), i money)",
        &[
            "(SELECT min(a) = -32768 AND max(a) = 32767 AND max(b) = 2147483647 AND min(c) = -9223372036854775808 FROM t)",
            "(SELECT bool_or(d = 'Infinity') AND bool_or(e = 'NaN') AND bool_or(f = 'NaN') FROM t)",
            "(SELECT max(g) FILTER (WHERE g <> 'NaN') = 99.99 AND max(h) FILTER (WHERE h <> 'NaN') = 0.99 FROM t)",
            "(SELECT bool_or(a IS NULL) AND bool_or(i IS NULL) FROM t)",
        ],
    ),
    (
        "texts are empty, long, and in other scripts",
        "CREATE TABLE t (a text, b varchar(5), c char(3), d name, e \"char\", f citext_like, g varchar(400) NOT NULL);",
        &[
            "(SELECT bool_or(a = '') AND bool_or(length(a) = 300) AND bool_or(a LIKE '%漢字%') AND bool_or(a LIKE '%''%') FROM t)",
            "(SELECT bool_or(b = 'xxxxx') AND bool_or(g = repeat('x', 400)) FROM t)",
        ],
    ),
    (
        "times end and do not end",
        "CREATE TABLE t (a date, b timestamp, c timestamptz(3), d time, e timetz, f interval)",
        &[
            "(SELECT bool_or(a = 'infinity') AND bool_or(a = '-infinity') AND bool_or(a = '4714-11-24 BC') FROM t)",
            "(SELECT bool_or(b = 'infinity') AND bool_or(c = '-infinity') AND bool_or(d = '24:00') FROM t)",
        ],
    ),
    (
        "the rest of the built-in types",
        "CREATE TABLE t (a boolean, b uuid, c json, d jsonb, e bytea, f inet, g cidr, h macaddr, i macaddr8, j bit(7), k varbit, l point, m box,
            n lseg, o line, p path, q polygon, r circle, s xml, u tsvector, v tsquery, w jsonpath, x pg_lsn, y oid, z regclass);
         CREATE TABLE u (a int4range, b numrange, c tstzrange, d daterange, e int8multirange, f pg_snapshot, g xid8, h tid, i regtype, j int[], k text[],
            l timestamptz[], m json[], n int4range[], o numeric(4,1)[])",
        &[
            "(SELECT count(a) * count(b) * count(c) * count(d) * count(e) * count(f) * count(g) * count(h) * count(i) * count(j) * count(k) * count(l) * count(m) > 0 FROM t)",
            "(SELECT count(n) * count(o) * count(p) * count(q) * count(r) * count(s) * count(u) * count(v) * count(w) * count(x) * count(y) * count(z) > 0 FROM t)",
            "(SELECT count(a) * count(b) * count(c) * count(d) * count(e) * count(f) * count(g) * count(h) * count(i) * count(j) * count(k) * count(l) > 0 FROM u)",
            "(SELECT bool_or(isempty(a)) AND bool_or(upper_inf(a)) AND bool_or(j = '{}') AND bool_or(j[1] IS NOT NULL) AND bool_or(o[1] = 1) FROM u)",
        ],
    ),
    (
        "types of the schema",
        "CREATE TYPE mood AS ENUM ('sad', 'it''s', 'ok'); CREATE DOMAIN pos AS int CHECK (VALUE > 10); CREATE DOMAIN posts AS pos[] CHECK (cardinality(VALUE) > 0);
         CREATE TYPE pair AS (a mood, b pos); CREATE DOMAIN mail AS text NOT NULL CHECK (VALUE LIKE '%@%'); CREATE TYPE span AS RANGE (subtype = pos);
         CREATE TABLE t (a mood NOT NULL, b pos, c pair, d mail, e span, f mood[], g posts NOT NULL)",
        &[
            "(SELECT count(DISTINCT a) = 3 AND count(b) > 1 AND bool_or((c).b = 11) AND bool_and(d LIKE '%@%') AND count(e) > 0 AND count(f) > 0 AND count(g) > 0 FROM t)",
        ],
    ),
    (
        "checks hold, of one column and of several",
        "CREATE TABLE t (a int CHECK (a BETWEEN 100 AND 110), b text NOT NULL CHECK (b IN ('x1', 'it''s')), c text CHECK (length(c) >= 12), d text CHECK (d ~ '^[A-Z]{3}-[0-9]+$'),
            e date NOT NULL, f date NOT NULL CHECK (f > e), g int NOT NULL, h int NOT NULL, CHECK (g + h = 10 OR g = h), i text, j text, CHECK ((i IS NULL) <> (j IS NULL)),
            k numeric(5,2) CHECK (k >= 0.5 AND k < 0.6), l timestamptz CHECK (l > '2030-05-05'))",
        &["(SELECT count(*) > 2 AND bool_or(a = 100) AND bool_or(a = 110) AND bool_or(length(c) = 12) AND bool_or(d ~ '-') AND bool_or(k = 0.5) FROM t)"],
    ),
    (
        "keys are met, whoever comes first",
        "CREATE TABLE b (id bigint PRIMARY KEY CHECK (id > 1000), code text UNIQUE); CREATE TABLE a (b bigint NOT NULL REFERENCES b, c text REFERENCES b (code), PRIMARY KEY (b));
         CREATE TABLE p (x int, y text, z int NOT NULL, PRIMARY KEY (x, y), UNIQUE (x, z)); CREATE TABLE c (x int NOT NULL, y text, z int, FOREIGN KEY (x, y) REFERENCES p MATCH SIMPLE, FOREIGN KEY (x, z) REFERENCES p (x, z))",
        &["(SELECT count(*) > 1 AND count(c) > 0 FROM a JOIN b ON a.b = b.id)", "(SELECT count(*) > 1 FROM c JOIN p USING (x, y))", "NOT EXISTS (SELECT FROM a WHERE b NOT IN (SELECT id FROM b))",
          "NOT EXISTS (SELECT FROM c WHERE x IS NOT NULL AND z IS NOT NULL AND NOT EXISTS (SELECT FROM p WHERE p.x = c.x AND p.z = c.z))"],
    ),
    (
        "keys in a circle and to oneself",
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
         CREATE TABLE tree (id uuid PRIMARY KEY, up uuid NOT NULL REFERENCES tree); CREATE TABLE soft (id int PRIMARY KEY CHECK (id > 50), up int REFERENCES soft)",
        &["(SELECT count(*) > 0 FROM a JOIN b ON a.b = b.id)", "(SELECT count(*) > 1 FROM tree JOIN tree u ON u.id = tree.up)", "(SELECT count(*) > 1 AND count(up) > 0 FROM soft)",
          "NOT EXISTS (SELECT FROM soft WHERE up NOT IN (SELECT id FROM soft))"],
    ),
    (
        "unique, also of expressions, of some rows, and at the end of a transaction; exclusions",
        "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED, b boolean NOT NULL UNIQUE, c text); CREATE UNIQUE INDEX ON t (lower(c)) WHERE c <> '';
         CREATE TABLE x (during tstzrange NOT NULL, EXCLUDE USING gist (during WITH &&)); CREATE TABLE n (a int, UNIQUE NULLS NOT DISTINCT (a))",
        &["(SELECT count(*) = 2 AND count(DISTINCT a) = count(a) FROM t)", "(SELECT count(*) > 2 FROM x)", "(SELECT count(*) FILTER (WHERE a IS NULL) = 1 FROM n)"],
    ),
    (
        "what counts and computes by itself",
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, twice bigint GENERATED ALWAYS AS (a::bigint * 2) STORED, half int GENERATED ALWAYS AS (100 / a) STORED, s serial)",
        &["(SELECT count(*) > 2 AND bool_and(twice = a::bigint * 2) FROM t WHERE a IS NOT NULL)"],
    ),
    (
        "each leaf of a partitioned table, and children",
        "CREATE TABLE r (id int, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
         CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2024-02-01') TO ('2024-03-01') PARTITION BY LIST (id); CREATE TABLE r21 PARTITION OF r2 FOR VALUES IN (77, 78); CREATE TABLE r3 PARTITION OF r DEFAULT;
         CREATE TABLE h (k text NOT NULL) PARTITION BY HASH (k); CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 0); CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 1); CREATE TABLE h2 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 2);
         CREATE TABLE e (v int) PARTITION BY RANGE ((v % 10)); CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (3) TO (4);
         CREATE TABLE up (a int CHECK (a > 5)); CREATE TABLE down (b text NOT NULL CHECK (b <> '')) INHERITS (up); CREATE TABLE f (id int, at timestamptz, FOREIGN KEY (id, at) REFERENCES r)",
        &["(SELECT count(DISTINCT tableoid) = 3 FROM r)", "(SELECT count(DISTINCT tableoid) = 3 FROM h)", "(SELECT count(*) > 0 FROM e1)", "(SELECT count(DISTINCT tableoid) = 2 FROM up)",
          "(SELECT count(*) > 1 FROM f JOIN r USING (id, at))", "NOT EXISTS (SELECT FROM f WHERE id IS NOT NULL AND at IS NOT NULL AND NOT EXISTS (SELECT FROM r WHERE r.id = f.id AND r.at = f.at))"],
    ),
    (
        "triggers, rules and row security do not interfere",
        "CREATE TABLE t (a int); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no();
         CREATE TABLE u (a int); CREATE RULE no AS ON INSERT TO u DO INSTEAD NOTHING; CREATE TABLE v (a int); ALTER TABLE v ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE TABLE w (a int, was text); CREATE FUNCTION sign() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.was := ''signed''; RETURN NEW; END';
         CREATE TRIGGER sign BEFORE INSERT ON w FOR EACH ROW EXECUTE FUNCTION sign(); ALTER TABLE w ENABLE ALWAYS TRIGGER sign",
        &["(SELECT count(*) > 2 FROM t)", "(SELECT count(*) > 2 FROM u)", "(SELECT count(*) > 2 FROM v)", "(SELECT bool_and(was = 'signed') FROM w)"],
    ),
    (
        "hostile names",
        "CREATE SCHEMA \"S.\"\"'$fill$\"; CREATE TYPE \"S.\"\"'$fill$\".\"E %I\" AS ENUM ('$fill$', '%s'); CREATE TABLE \"S.\"\"'$fill$\".\"T'%\" (\"a'\"\"%L\" int PRIMARY KEY CHECK (\"a'\"\"%L\" > 7), \"select\" \"S.\"\"'$fill$\".\"E %I\", \"r\" int REFERENCES \"S.\"\"'$fill$\".\"T'%\")",
        &["(SELECT count(*) > 2 AND count(\"select\") > 1 FROM \"S.\"\"'$fill$\".\"T'%\")"],
    ),
];

#[tokio::test]
async fn every_table_gets_rows_that_it_lets_in() {
    let mut bench = Bench::new(ScratchOptions::default());
    let mut wrong = Vec::new();
    for (name, tables, conditions) in CASES {
        let mut session = bench.fresh().await.expect("there is a scratch server");
        let tables = tables.replace("citext_like", "pg_catalog.bpchar");
        session.run(&tables).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let state = introspect(&mut session).await.expect("it can be read");
        let unfilled =
            populate(&mut session, &state, &[]).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        if !unfilled.is_empty() {
            wrong.push(format!("{name}: {unfilled:?}"));
        }
        for condition in *conditions {
            let answer = session
                .rows(&format!("SELECT {condition}"))
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            if answer != [[Some("t".to_owned())]] {
                wrong.push(format!("{name}: not {condition}: {answer:?}"));
            }
        }
        let left = introspect(&mut session).await.expect("it can be read");
        assert_eq!(left.to_lines(), state.to_lines(), "{name}: the state is as it was");
    }
    bench.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_table_that_can_have_no_row_is_named_with_the_reason() {
    let mut bench = Bench::new(ScratchOptions::default());
    let mut session = bench.fresh().await.expect("there is a scratch server");
    session
        .run("CREATE TABLE never (a int NOT NULL CHECK (a > 5 AND a < 3)); CREATE TABLE child (n int NOT NULL); CREATE TABLE empty (a int) PARTITION BY LIST (a)")
        .await
        .expect("runs");
    let state = introspect(&mut session).await.expect("it can be read");
    let unfilled = populate(&mut session, &state, &[]).await.expect("the rest gets rows");
    let [empty, never] = unfilled.as_slice() else { panic!("{unfilled:?}") };
    assert!(empty.starts_with("table public.empty: ") && empty.contains("no partition"), "{empty}");
    assert!(never.starts_with("table public.never: ") && never.contains("column \"a\""), "{never}");
    bench.stop().await;
}

#[tokio::test]
async fn a_state_without_plpgsql_gets_rows_and_stays_without() {
    let mut bench = Bench::new(ScratchOptions::default());
    let mut session = bench.fresh().await.expect("there is a scratch server");
    session.run("CREATE TABLE t (a int); DROP EXTENSION plpgsql").await.expect("runs");
    let state = introspect(&mut session).await.expect("it can be read");
    assert!(populate(&mut session, &state, &[]).await.expect("fills").is_empty());
    let there = session
        .rows("SELECT count(*) > 2, (SELECT count(*) FROM pg_language WHERE lanname = 'plpgsql') FROM t")
        .await;
    assert_eq!(there.expect("reads"), [[Some("t".to_owned()), Some("0".to_owned())]]);
    bench.stop().await;
}

#[tokio::test]
async fn the_same_state_gets_the_same_rows_in_little_time() {
    let mut bench = Bench::new(ScratchOptions::default());
    let mut seen: Vec<Vec<Vec<Option<String>>>> = Vec::new();
    for _ in 0..2 {
        let mut session = bench.fresh().await.expect("there is a scratch server");
        for n in 0..200 {
            let parent = if n == 0 { String::new() } else { format!(" REFERENCES t{}", n - 1) };
            session
                .run(&format!("CREATE TABLE t{n} (id uuid PRIMARY KEY, up uuid{parent}, name varchar(50) NOT NULL, mail text CHECK (mail LIKE '%@%'), at timestamptz NOT NULL, n int, money numeric(12,2), ok boolean, doc jsonb, tags text[])"))
                .await
                .expect("runs");
        }
        let state = introspect(&mut session).await.expect("it can be read");
        let start = Instant::now();
        assert!(populate(&mut session, &state, &[]).await.expect("fills").is_empty());
        eprintln!("200 tables of 10 columns get rows in {:?}", start.elapsed());
        assert!(start.elapsed().as_secs() < 20);
        seen.push(texts(&mut session).await);
    }
    bench.stop().await;
    assert!(seen[0].len() > 5 && seen[0] == seen[1], "{seen:?}");
}

async fn texts(session: &mut Session) -> Vec<Vec<Option<String>>> {
    session.rows("SELECT t::text FROM t199 t ORDER BY ctid").await.expect("reads")
}
