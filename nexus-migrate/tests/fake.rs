//! Made-up rows: every one is let in, the same seed gives the same, and nothing is written where it should not be.

mod support;

use std::fs;

use nexus_migrate::db::Session;
use support::project::{Project, reference};
use support::server;

/// Whatever may stand in the way of a row.
const HARD: &str = r#"nexus: 1
database: { name: hard, postgres: 15 }
schemas: { app: {} }
enums: { mood: [good, bad, so so] }
domains:
  code: { type: varchar(12), check: "VALUE ~ '^[A-Z]{2}-[0-9]{4}$'" }
  cents: { type: integer, check: "VALUE >= 0" }
sequences: [event]
composites: { app.size: { attributes: { width: integer, height: integer } } }
tables:
  countries:
    columns:
      code: { type: char(2), primary_key: true, check: "code = upper(code)" }
      name: { type: text, not_null: true, unique: true }
  people:
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      email: { type: varchar(60), not_null: true, unique: true, check: "email LIKE '%@%'" }
      name: { type: text, not_null: true }
      age: { type: smallint, check: "age BETWEEN 18 AND 21" }
      country: { type: char(2), references: countries.code }
      boss: { type: bigint, references: people.id }
      state: { type: text, not_null: true, check: "state IN ('open', 'it''s closed')" }
      mood: { type: mood, not_null: true }
      tags: { type: "text[]", not_null: true }
      born: { type: date, not_null: true }
      died: date
      initials: { type: text, not_null: true, check: "length(initials) = 2" }
    checks: { sane: { expr: "died IS NULL OR died > born" } }
    indexes:
      people_lower: { on: [ { expr: "lower(name || id::text)" } ], unique: true }
  app.goods:
    columns:
      code: { type: code, primary_key: true }
      kind: { type: varchar(3), not_null: true }
      price: { type: cents, not_null: true }
      low: { type: "numeric(6,2)", not_null: true }
      high: { type: "numeric(6,2)", not_null: true }
      size: app.size
      doubled: { type: integer, generated: "price * 2" }
    unique: { goods_kind: [code, kind] }
    checks: { order: { expr: "low < high" } }
  app.sales:
    columns:
      id: { type: uuid, primary_key: true, default_expr: gen_random_uuid() }
      code: { type: code, not_null: true }
      kind: { type: varchar(3), not_null: true }
      person_id: { type: bigint, not_null: true, references: people.id }
    foreign_keys:
      sale_of: { columns: [code, kind], references: { table: app.goods, columns: [code, kind] } }
  profiles:
    columns:
      person_id: { type: bigint, primary_key: true, references: people.id }
      bio: text
      settings: { type: jsonb, not_null: true, default: {} }
  events:
    partition_by: RANGE (at)
    columns:
      id: { type: bigint, not_null: true, default_expr: "nextval('event')" }
      at: { type: timestamptz, not_null: true }
      who: { type: bigint, references: people.id }
    primary_key: [id, at]
  events_2023:
    partition_of: { table: events, bound: "FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00')" }
    columns: { id: { type: bigint, not_null: true }, at: { type: timestamptz, not_null: true }, who: bigint }
    primary_key: [id, at]
  events_2024:
    partition_of: { table: events, bound: "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-03-01 00:00:00+00')" }
    columns: { id: { type: bigint, not_null: true }, at: { type: timestamptz, not_null: true }, who: bigint }
    primary_key: [id, at]
  chicken: { columns: { id: { type: int, primary_key: true }, egg: { type: int, references: eggs.id } } }
  eggs: { columns: { id: { type: int, primary_key: true }, chicken: { type: int, not_null: true, references: chicken.id } } }
  bookings:
    columns: { room: { type: integer, not_null: true }, during: { type: int4range, not_null: true } }
    exclusions: { apart: { definition: EXCLUDE USING gist (during WITH &&) } }
"#;

async fn rows(url: &str, sql: &str) -> Vec<String> {
    let mut session = Session::connect(url).await.expect("connects");
    let rows = session.rows(sql).await.expect("answers");
    rows.into_iter()
        .map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|"))
        .collect()
}

/// A database with the schema of a project.
async fn made(server: &support::Server, project: &Project) -> String {
    let url = server.database().await;
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0).out;
    Session::connect(&url).await.expect("connects").run(&plan).await.expect("the plan runs");
    url
}

/// Everything that the tables of a database hold.
async fn all_of(url: &str) -> Vec<String> {
    let names = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'app') ORDER BY 1";
    let mut all = Vec::new();
    for table in rows(url, names).await {
        all.extend(rows(url, &format!("SELECT '{table}', t::text FROM {table} AS t ORDER BY 2")).await);
    }
    all
}

async fn every_row_is_let_in(schema: &str, least: &[(&str, usize)]) {
    let Some(server) = server().await else { return };
    let project = Project::new(schema);
    let (first, second) = (made(&server, &project).await, made(&server, &project).await);
    let fake = |url: &str, seed: &str| {
        project.nexus(&["seed", "--fake", "300", "--seed", seed, "--database-url", url])
    };
    // Default data has times of its own.
    let (declared, of_second) = (all_of(&first).await, all_of(&second).await);
    let ran = fake(&first, "7").ends(0);
    eprintln!("{}{}", ran.out, ran.err);
    for (table, least) in least {
        let count = rows(&first, &format!("SELECT count(*) FROM {table}")).await;
        assert!(
            count[0].parse::<usize>().is_ok_and(|count| count >= *least),
            "{table}: {count:?}\n{}",
            ran.err
        );
    }
    // The same seed gives the same rows, and a second time nothing new; another seed gives others.
    fake(&second, "7").ends(0);
    let mut all = all_of(&first).await;
    let mut same = all_of(&second).await;
    let count = all.len();
    all.retain(|row| !declared.contains(row));
    same.retain(|row| !of_second.contains(row));
    let differing: Vec<_> = all.iter().zip(&same).filter(|(a, b)| a != b).take(3).collect();
    assert!(differing.is_empty() && all.len() == same.len(), "{differing:?}");
    fake(&first, "7").ends(0);
    assert_eq!(all_of(&first).await.len(), count);
    let other = project.nexus(&["seed", "--fake", "300", "--seed", "8", "--dry-run"]).ends(0).out;
    let same = project.nexus(&["seed", "--fake", "300", "--seed", "7", "--dry-run"]).ends(0).out;
    assert_ne!(other, same);
    // The statements can be run as they stand.
    let third = made(&server, &project).await;
    Session::connect(&third).await.expect("connects").run(&same).await.expect("runs");
    assert_eq!(all_of(&third).await.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_gets_rows() {
    let least = [
        ("users", 300),
        ("user_roles", 300),
        ("api_aliases", 300),
        ("accounts", 300),
        ("transactions", 300),
        ("ai_models", 300),
        ("ai_insights", 300),
        ("system_metrics", 300),
        ("alerts", 300),
        ("audit_logs", 300),
        ("roles", 304),
        ("api_endpoints", 322),
        ("ssot_anchors", 305),
    ];
    every_row_is_let_in(&reference(), &least).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_of_rows_is_kept() {
    let least = [
        ("countries", 20),
        ("people", 300),
        ("app.goods", 300),
        ("app.sales", 300),
        ("profiles", 300),
        ("events", 300),
        ("chicken", 300),
        ("eggs", 300),
        ("bookings", 300),
    ];
    every_row_is_let_in(HARD, &least).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_can_be_read_by_people() {
    let Some(server) = server().await else { return };
    let project = Project::new(&reference());
    let url = made(&server, &project).await;
    project.nexus(&["seed", "--fake", "20", "--database-url", &url]).ends(0);
    let fits = "SELECT count(*) FROM users WHERE email ~ '^[a-z]+[.][a-z]+[0-9-]*@example[.]com$' \
                AND lower(first_name) = split_part(email, '.', 1) AND updated_at > created_at";
    let count: usize = rows(&url, fits).await[0].parse().expect("a number");
    // Where a first name is there at all.
    assert!(count >= 12, "{count}");
    assert_eq!(
        rows(&url, "SELECT count(*) FROM alerts WHERE severity NOT IN ('low', 'medium', 'high', 'critical')")
            .await,
        ["0"]
    );
    assert_eq!(
        rows(&url, "SELECT count(*) FROM ai_insights WHERE confidence NOT BETWEEN 0 AND 1").await,
        ["0"]
    );
    assert_eq!(
        rows(&url, "SELECT count(*) FROM roles WHERE jsonb_typeof(permissions) <> 'array'").await,
        ["0"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_rows_of_its_own_is_left_alone() {
    let Some(server) = server().await else { return };
    let project = Project::new(&reference());
    let url = made(&server, &project).await;
    let insert = "INSERT INTO users (email, username, password_hash) VALUES ('a@b.c', 'a', 'x')";
    Session::connect(&url).await.expect("connects").run(insert).await.expect("runs");
    let fake = ["seed", "--fake", "5", "--database-url", &url, "--table", "accounts"];
    let told = project.nexus(&fake).ends(1);
    assert!(told.err.contains("public.users") && told.err.contains("--yes"), "{}", told.err);
    assert_eq!(rows(&url, "SELECT count(*) FROM users").await, ["1"]);
    let ran = project.nexus(&[&fake[..], &["--yes"]].concat()).ends(0);
    assert_eq!(ran.out, "public.users: 5 rows\npublic.accounts: 5 rows\n");
    assert_eq!(rows(&url, "SELECT count(*) FROM users").await, ["6"]);
    // From now on it is known.
    project.nexus(&fake).ends(0);
    let unknown = project.nexus(&["seed", "--fake", "5", "--table", "nothing", "--dry-run"]).ends(2);
    assert!(unknown.err.contains("no table `nothing`"), "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_as_files() {
    let Some(server) = server().await else { return };
    let project = Project::new(HARD);
    let ran = project.nexus(&["seed", "--fake", "30", "--csv", "rows", "--table", "people"]).ends(0);
    assert_eq!(ran.out, "public.countries: 30 rows\npublic.people: 30 rows\n", "{}", ran.err);
    let url = made(&server, &project).await;
    let Some(psql) = support::client("psql", server.major()) else {
        return support::left_out("COPY of made-up rows", "there is no psql");
    };
    for table in ["countries", "people"] {
        let file = project.dir.path().join(format!("rows/public.{table}.csv"));
        let head = fs::read_to_string(&file).expect("reads");
        let columns = head.lines().next().expect("a line");
        let copy = format!("\\copy {table} ({columns}) FROM '{}' (FORMAT csv, HEADER)", file.display());
        let done = std::process::Command::new(&psql)
            .args(["-X", "-q", "-d", &url, "-c", &copy])
            .output()
            .expect("starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(rows(&url, "SELECT count(*) FROM people").await, ["30"]);
}
