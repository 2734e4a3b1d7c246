//! Advice on a database in use: every finding comes up where it should, and nowhere else.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use nexus_migrate::db::Session;
use serde_json::Value;
use support::Server;
use support::project::{Project, Ran};

/// A database of which nothing could be said, in the words of the findings.
const SOUND: &str = "
    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, at timestamptz);
    CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users,
        other_id bigint REFERENCES users,
        amount numeric(10,2) CHECK (amount > 0));
    CREATE INDEX orders_user_id_amount ON orders (user_id, amount);
    CREATE INDEX orders_other ON orders (other_id) WHERE other_id IS NOT NULL;
    CREATE TABLE parts (at date NOT NULL, n bigint, PRIMARY KEY (at, n)) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE INDEX parts_n ON parts (n);
    INSERT INTO users (email) SELECT 'u' || n FROM generate_series(1, 50) n;
    INSERT INTO orders (user_id, amount) SELECT n, 1 FROM generate_series(1, 50) n;
    INSERT INTO parts SELECT '2026-02-01', n FROM generate_series(1, 50) n;
    ANALYZE;
";

/// A database without findings, once its indexes are in use.
async fn sound(server: &Server) -> (String, Session) {
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    session.run(SOUND).await.expect("the schema is made");
    (url, session)
}

fn findings(ran: &Ran) -> Vec<(String, String, String)> {
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let help = |it: &Value| {
        let lines = it["help"].as_array().expect("a list").iter().map(text);
        lines.collect::<Vec<_>>().join("\n")
    };
    all.as_array()
        .expect("a list")
        .iter()
        .map(|it| (text(&it["code"]), text(&it["title"]), help(it)))
        .filter(|(_, title, _)| !title.starts_with(OF_SCRATCH))
        .collect()
}

fn codes(ran: &Ran) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for (code, _, _) in findings(ran) {
        *codes.entry(code).or_default() += 1;
    }
    codes
}

fn advise(project: &Project, url: &str) -> Ran {
    project.nexus(&["advise", "--url", url, "--days", "0", "--json"])
}

/// What is said of every database on scratch, where autovacuum is off.
const OF_SCRATCH: &str = "autovacuum is off on this server: ";

/// A mishap of the schema, and what is said of it.
struct Case {
    code: &'static str,
    sql: &'static str,
    title: &'static str,
    /// What the help says, each of it; lines of YAML as they stand.
    help: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        code: "NX0801",
        sql: "CREATE TABLE refs (id bigint PRIMARY KEY, user_id bigint REFERENCES users, n int);
              CREATE INDEX refs_partial ON refs (user_id) WHERE n > 0;
              SET enable_seqscan = off; SELECT FROM refs WHERE user_id = 7 AND n > 0",
        title: "`refs.user_id` refers to `users`, and no index begins with it",
        help: &["tables:\n  refs:\n    indexes: { idx_refs_user_id: [user_id] }"],
    },
    Case {
        code: "NX0802",
        sql: "CREATE INDEX users_email_again ON users (email)",
        title: "`users_email_again` is the same index as `users.users_email_key` on `users`",
        help: &["take out\ntables:\n  users:\n    indexes: { users_email_again: [email] }"],
    },
    Case {
        code: "NX0803",
        sql: "CREATE INDEX orders_user ON orders (user_id)",
        title: "`orders_user` is the beginning of `orders_user_id_amount` on `orders`",
        help: &["take out\ntables:\n  orders:\n    indexes: { orders_user: [user_id] }"],
    },
    Case {
        code: "NX0804",
        sql: "CREATE INDEX users_at ON users (at)",
        title: "nobody has used `users_at` on `users` on this server since ",
        help: &["its replicas", "indexes: { users_at: [at] }"],
    },
    Case {
        code: "NX0805",
        sql: "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_other'::regclass;
              CREATE INDEX orders_other_whole ON orders (other_id)",
        title: "`orders_other` on `orders` is not valid",
        help: &["nexus drift"],
    },
    Case {
        code: "NX0806",
        sql: "CREATE TABLE bare (note text)",
        title: "`bare` has no primary key",
        help: &[
            "tables:\n  bare:\n    columns:\n      id: { type: bigint, primary_key: true, identity: always }",
        ],
    },
    Case {
        code: "NX0806",
        sql: "CREATE TABLE nearly (a int NOT NULL, b int NOT NULL, UNIQUE (a, b))",
        title: "`nearly` has no primary key",
        help: &["tables:\n  nearly:\n    primary_key: [a, b]", "unique constraint on a, b can go"],
    },
    Case {
        code: "NX0807",
        sql: "CREATE TABLE tickets (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
              CREATE TABLE stubs (id int PRIMARY KEY REFERENCES tickets);
              SELECT setval('tickets_id_seq', 1300000000)",
        title: "60.5 % of the numbers of `tickets.id` are used: it is at 1,300,000,000 of 2,147,483,647",
        help: &[
            "  tickets:\n    columns:\n      id: { type: bigint, primary_key: true, identity: always }",
            "  stubs:\n    columns:\n      id: { type: bigint, primary_key: true, references: tickets.id }",
        ],
    },
    Case {
        code: "NX0807",
        sql: "CREATE TABLE given (id int PRIMARY KEY); INSERT INTO given VALUES (2000000000); ANALYZE given",
        title: "93.1 % of the numbers of `given.id` are used: the highest is 2,000,000,000 of 2,147,483,647",
        help: &["id: { type: bigint, primary_key: true }"],
    },
    Case {
        code: "NX0807",
        sql: "CREATE SEQUENCE turns MAXVALUE 100; SELECT setval('turns', 90)",
        title: "90.0 % of the numbers of `turns` are used: it is at 90 of 100",
        help: &["turns"],
    },
    Case {
        code: "NX0808",
        sql: "CREATE TABLE short (user_id int PRIMARY KEY REFERENCES users)",
        title: "`short.user_id` is integer and refers to `users.id`, which is bigint",
        help: &["user_id: { type: bigint, primary_key: true, references: users.id }"],
    },
    Case {
        code: "NX0809",
        sql: "ALTER TABLE users ADD code char(3) NOT NULL DEFAULT 'abc'",
        title: "`code` of `users` is character(3): ",
        help: &["code: { type: varchar(3), not_null: true, default: abc }"],
    },
    Case {
        code: "NX0809",
        sql: "ALTER TABLE users ADD made timestamp DEFAULT now(), ADD seen timestamp, ADD alarm timetz, ADD paid money",
        title: "`made`, `seen` of `users` are timestamp without time zone: ",
        help: &["made: { type: timestamptz, default_expr: now() }\n      seen: timestamptz"],
    },
    Case {
        code: "NX0810",
        sql: "CREATE TABLE old (id serial PRIMARY KEY); SELECT setval('old_id_seq', 5000)",
        title: "`old.id` counts with a sequence in its default",
        help: &[
            "id: { type: integer, primary_key: true, identity: { generation: by_default, start: 6501 } }",
            "take `old_id_seq` out of `sequences:`",
            "(5,000 now)",
        ],
    },
    Case {
        code: "NX0811",
        sql: "ALTER TABLE users SET (autovacuum_enabled = off)",
        title: "autovacuum is off for `users`",
        help: &["take out\ntables:\n  users:\n    options: { autovacuum_enabled: 'off' }"],
    },
    Case {
        code: "NX0812",
        sql: "CREATE TABLE busy (id bigint PRIMARY KEY, n int) WITH (fillfactor = 50);
              INSERT INTO busy SELECT n, 0 FROM generate_series(1, 3000) n; ANALYZE busy;
              DELETE FROM busy WHERE id > 200",
        title: "93 % of the rows of `busy` are dead: 2,800, and autovacuum should have begun at 650",
        help: &["options: { autovacuum_vacuum_scale_factor: 0.02 }"],
    },
    Case {
        code: "NX0813",
        sql: "CREATE TABLE full_pages (id bigint PRIMARY KEY, n int);
              INSERT INTO full_pages SELECT n, 0 FROM generate_series(1, 3000) n;
              UPDATE full_pages SET n = 1; VACUUM ANALYZE full_pages",
        title: "updates",
        help: &["options: { fillfactor: 90 }"],
    },
    Case {
        code: "NX0814",
        sql: "CREATE TABLE fresh (id bigint PRIMARY KEY); INSERT INTO fresh VALUES (1)",
        title: "`fresh` has never been analyzed",
        help: &["run ANALYZE"],
    },
    Case {
        code: "NX0816",
        sql: "ALTER TABLE users ADD CONSTRAINT has_at CHECK (email LIKE '%@%') NOT VALID",
        title: "`users.has_at` is not validated",
        help: &["checks: { has_at: "],
    },
];

/// Uses every index that serves no key.
const USE: &str = "SET enable_seqscan = off; SELECT FROM parts WHERE n = 7; RESET enable_seqscan";

#[tokio::test]
async fn every_finding_comes_up_where_it_should_and_nowhere_else() {
    let Some(server) = support::server().await else { return };
    let project = Project::new("nexus: 1\ndatabase: { name: shop, postgres: 15 }\n");
    let mut tried = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in CASES {
        let (url, mut session) = sound(&server).await;
        flush(&mut session).await;
        let before = advise(&project, &url);
        // Those that serve no foreign key are ones that nobody uses, until somebody does.
        assert_eq!(codes(&before), BTreeMap::from([("NX0804".into(), 1)]), "{}", before.out);
        session.run(USE).await.expect("reads");
        flush(&mut session).await;
        let sound = advise(&project, &url).ends(1);
        assert_eq!((sound.out.matches(OF_SCRATCH).count(), findings(&sound)), (1, Vec::new()));

        for statement in case.sql.split(';') {
            session.run(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
            flush(&mut session).await;
        }
        let found = findings(&advise(&project, &url).ends(1));
        match found.iter().find(|(code, title, _)| code == case.code && title.contains(case.title)) {
            Some((_, _, help)) => {
                let missing = case.help.iter().filter(|wanted| !help.contains(**wanted));
                wrong.extend(missing.map(|wanted| format!("{}: `{wanted}` is not in\n{help}", case.code)));
            }
            None => wrong.push(format!("{} {} is not among {found:#?}", case.code, case.title)),
        }
        let others: Vec<_> = found.iter().filter(|(code, _, _)| code != case.code).collect();
        if !others.is_empty() {
            wrong.push(format!("{}: {others:#?}", case.sql));
        }
        tried.insert(case.code);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let explained = nexus_migrate::commands::explain::all();
    // Of queries, the test below.
    tried.insert("NX0815");
    let all: BTreeSet<_> =
        explained.iter().map(|it| it.code).filter(|code| code.starts_with("NX08")).collect();
    assert_eq!(tried, all, "every code is tried");
}

/// What this session did is counted before others look.
async fn flush(session: &mut Session) {
    session.run("SELECT pg_stat_force_next_flush()").await.expect("asks");
    session.run("SELECT 1").await.expect("counts");
}

#[tokio::test]
async fn findings_have_places_forms_and_allowances() {
    let Some(server) = support::server().await else { return };
    let schema = "nexus: 1\ndatabase: { name: shop, postgres: 15 }\ntables:\n  notes:\n    columns:\n      \
                  note: text\n      \"a \\\"b\\\": c\": timestamp\n";
    let project = Project::new(schema);
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0).out;
    session.run(&plan).await.expect("the plan runs");
    let told = |args: &[&str]| project.nexus(&[&["advise", "--url", &url], args].concat()).ends(1);
    let short = told(&["--format", "short"]);
    let lines: Vec<_> = short.out.lines().map(|line| line.split_once("]: ").expect("a code").0).collect();
    assert_eq!(
        lines,
        ["warning[NX0811", "schema.yaml:4:3: warning[NX0806", "schema.yaml:7:7: warning[NX0809",],
        "{}",
        short.out
    );
    assert!(
        short.err.contains("not judged: which indexes are used: the server has counted since "),
        "{}",
        short.err
    );
    let human = told(&[]).out;
    assert!(human.contains("--> schema.yaml:7:7"), "{human}");
    assert!(human.contains("'a \"b\": c': timestamptz"), "{human}");
    let sarif: Value = serde_json::from_str(&told(&["--format", "sarif"]).out).expect("JSON");
    let region = &sarif["runs"][0]["results"][2]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 7);
    assert!(
        told(&["--format", "github"]).out.contains("::warning file=schema.yaml,line=4,col=3,title=NX0806::")
    );
    let gitlab: Value = serde_json::from_str(&told(&["--format", "gitlab"]).out).expect("JSON");
    assert_eq!(gitlab.as_array().map(Vec::len), Some(3));

    let allowed =
        ["--allow", "NX0811", "--allow", "nx0806:notes", "--allow", "NX0809:notes", "--allow", "NX0804:x"];
    let ran = project.nexus(&[&["advise", "--url", &url][..], &allowed].concat()).ends(0);
    assert!(
        ran.out.is_empty() && ran.err.contains("nothing is allowed by `--allow NX0804:x`"),
        "{}",
        ran.err
    );
    let unknown = project.nexus(&["advise", "--url", &url, "--allow", "NX0501"]).ends(2);
    assert!(unknown.err.contains("nothing that can be allowed"), "{}", unknown.err);
}

const QUERIES: &str = "\
SELECT * FROM orders WHERE user_id = $1;
SELECT * FROM orders WHERE status = 'open';
SELECT * FROM orders WHERE status = 'done';
SELECT * FROM orders WHERE id = 7;
SELECT count(*) FROM orders o WHERE o.\"Odd \"\"name\" > 2990;
SELECT nothing FROM nowhere;
";

/// Orders whose values are unlike, without an index.
const ORDERS: &str = "
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL, status text CHECK (status <> ''), \"Odd \"\"name\" int,
        at timestamptz);
    INSERT INTO orders SELECT n, n % 1000, CASE WHEN n % 200 = 0 THEN 'open' ELSE 'done' END, n / 10, now() - n * interval '1 h'
        FROM generate_series(1, 30000) n;
    ANALYZE orders";

/// What is found for queries: line, what the index is on, and who was asked.
fn found_for(project: &Project, url: &str) -> Vec<(u64, String, String)> {
    let ran = project.nexus(&["advise", "--url", url, "--queries", "q.sql", "--json", "--allow", "NX0811"]);
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.err);
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let all = all.as_array().expect("a list").iter().filter(|it| it["code"] == "NX0815");
    let one = |it: &Value| {
        assert_eq!(it["labels"][0]["file"], "q.sql");
        let title = it["title"].as_str().expect("a text").to_owned();
        let on = title.split(" on ").nth(1).and_then(|rest| rest.split(" of ").next()).unwrap_or_default();
        (it["labels"][0]["line"].as_u64().unwrap_or_default(), on.to_owned(), title.clone())
    };
    all.map(one).collect()
}

async fn queries_are_advised_on(hypothetical: bool) {
    let Some(server) = support::server().await else { return };
    let project = Project::new("nexus: 1\ndatabase: { name: shop, postgres: 15 }\n");
    std::fs::write(project.dir.path().join("q.sql"), QUERIES).expect("writes");
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    session.run(ORDERS).await.expect("has orders");
    if hypothetical && session.run("CREATE EXTENSION hypopg").await.is_err() {
        eprintln!("left out: hypothetical indexes (hypopg is not installed)");
        return;
    }
    let found = found_for(&project, &url);
    let said: Vec<_> = found.iter().map(|(line, on, _)| (*line, on.as_str())).collect();
    assert_eq!(said, [(1, "`user_id`"), (2, "`status`"), (5, "`Odd \"name`")], "{found:#?}");
    let who = if hypothetical { "with indexes of hypopg's" } else { "rows a table made by the statistics" };
    assert!(found.iter().all(|(_, _, title)| title.contains(who)), "{found:#?}");
    let ran = project.nexus(&["advise", "--url", &url, "--queries", "q.sql"]).ends(1);
    assert!(
        ran.out.contains("--> q.sql:2:1") && ran.out.contains("indexes: { idx_orders_status: [status] }"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("query 6: ") && ran.err.contains("nowhere"), "{}", ran.err);
    assert!(
        !hypothetical
            || session
                .rows("SELECT FROM pg_indexes WHERE tablename = 'orders'")
                .await
                .expect("answers")
                .len()
                == 1
    );
    session
        .run("CREATE INDEX ON orders (user_id); CREATE INDEX ON orders (status); CREATE INDEX ON orders (\"Odd \"\"name\")")
        .await
        .expect("makes them");
    assert_eq!(found_for(&project, &url), [], "what is there is not asked for");
}

#[tokio::test]
async fn queries_are_tried_on_scratch() {
    queries_are_advised_on(false).await;
}

#[tokio::test]
async fn queries_are_tried_with_indexes_that_are_not_there() {
    queries_are_advised_on(true).await;
}

#[test]
fn other_majors_are_advised_on() {
    for one in ["every_finding_comes_up_where_it_should_and_nowhere_else", "queries_are_tried_on_scratch"] {
        support::for_each_server("NEXUS_PG_MATRIX", "NEXUS_ADVISE_SERVER", one);
    }
}
