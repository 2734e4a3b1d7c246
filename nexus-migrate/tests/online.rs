//! Plans for tables in use, as files: sqlx and `nexus apply` both run them, a killed run is continued, and sqlx goes back.

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use nexus_migrate::db::Session;
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

use support::project::Project;
use support::{Server, native};

const BEFORE: &str = "nexus: 1
database: { name: shop, postgres: 15 }
tables:
  users:
    columns:
      id: { type: int, primary_key: true }
      email: text
  orders:
    columns:
      id: { type: int, primary_key: true }
      user_id: int
      at: timestamp
    indexes: { recent: [at] }
";

/// What becomes of it: a key, a reference, a filled column, another index, another type.
const EDITS: [(&str, &str); 3] = [
    (
        "email: text",
        "email: { type: text, not_null: true, unique: true }\n      token: { type: uuid, not_null: true, default_expr: gen_random_uuid() }",
    ),
    ("user_id: int", "user_id: { type: int, references: users.id }"),
    (
        "at: timestamp\n    indexes: { recent: [at] }",
        "at: timestamptz\n    indexes: { recent: [at], of_user: [user_id] }",
    ),
];

const ROWS: &str = "INSERT INTO users SELECT n, 'u' || n FROM generate_series(1, 3000) AS n;
INSERT INTO orders SELECT n, n, '2026-01-01' FROM generate_series(1, 3000) AS n;";

/// A project with a second change, and a database in the state after the first one, with rows.
async fn started(server: &Server) -> (Project, Vec<String>) {
    let project = Project::new(BEFORE);
    project.nexus(&["generate"]).ends(0);
    let (ours, theirs) = server.two().await;
    for url in [&ours, &theirs] {
        project.nexus(&["apply", "--database-url", url]).ends(0);
        Session::connect(url).await.expect("connects").run(ROWS).await.expect("fills");
    }
    for (from, to) in EDITS {
        project.edit(from, to);
    }
    project.nexus(&["generate", "-n", "more"]).ends(0);
    (project, vec![ours, theirs])
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_a_transaction_go_there_and_back_with_both_tools() {
    let Some(server) = native("files without a transaction").await else { return };
    let (project, urls) = started(&server).await;
    let [ours, theirs] = urls.as_slice() else { panic!("two databases") };
    let alone = |(name, text): &(String, Vec<u8>)| {
        name.ends_with(".up.sql") && text.starts_with(b"-- no-transaction\n")
    };
    // Three indexes that come, one that goes, and the batches.
    assert_eq!(project.files().into_iter().filter(alone).count(), 5, "{:?}", project.files().keys());

    // A build waits for somebody with an old snapshot, and its client is killed meanwhile.
    let mut session = Session::connect(ours).await.expect("connects");
    let mut reader = Session::connect(ours).await.expect("connects");
    reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await.expect("looks");
    let mut child = Command::new(env!("CARGO_BIN_EXE_nexus"))
        .args(["apply", "--retries", "100", "--database-url", ours])
        .current_dir(project.dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let waits = "SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for %'";
    until(&mut session, waits).await;
    child.kill().expect("kills");
    child.wait().expect("waits");
    reader.run("COMMIT").await.expect("commits");
    project.nexus(&["apply", "--database-url", ours]).ends(0);
    whole(&mut session).await;

    let migrator = Migrator::new(project.migrations()).await.expect("sqlx reads the directory");
    let mut connection = PgConnection::connect(theirs).await.expect("connects");
    migrator.run_direct(None, &mut connection, false).await.expect("sqlx applies");
    let mut other = Session::connect(theirs).await.expect("connects");
    whole(&mut other).await;
    for url in [ours, theirs] {
        let rest = project.nexus(&["diff", "--from", url, "--to", "schema.yaml"]).ends(0);
        assert_eq!(rest.out, "");
    }

    let first = migrator.iter().map(|migration| migration.version).min().expect("there is one");
    migrator.undo(&mut connection, first).await.expect("sqlx goes back");
    connection.close().await.expect("closes");
    clean(&mut other).await;
    std::fs::write(project.dir.path().join("schema.yaml"), BEFORE).expect("writes");
    let rest = project.nexus(&["diff", "--from", theirs, "--to", "schema.yaml"]).ends(0);
    assert_eq!(rest.out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn small_tables_and_those_that_nobody_uses_get_plain_statements() {
    let Some(server) = native("hints").await else { return };
    drop(server);
    let plan = |schema: &str, args: &[&str]| {
        let project = Project::new(&schema.replace("recent: [at]", "recent: [id]"));
        std::fs::write(project.dir.path().join("before.yaml"), BEFORE).expect("writes");
        let args = [&["diff", "--from", "before.yaml", "--to", "schema.yaml"], args].concat();
        project.nexus(&args).ends(0).out
    };
    let is_plain = |sql: &str| {
        assert!(sql.contains("recent"), "{sql}");
        !sql.contains("CONCURRENTLY")
    };
    let orders = |key: &str| BEFORE.replace("  orders:\n", &format!("  orders:\n    {key}\n"));
    let database = |key: &str, schema: &str| schema.replace("postgres: 15", &format!("postgres: 15, {key}"));
    assert!(!is_plain(&plan(BEFORE, &[])));
    assert!(is_plain(&plan(BEFORE, &["--plain"])));
    assert!(is_plain(&plan(&orders("rows: 1e4"), &[])));
    assert!(!is_plain(&plan(&orders("rows: 1e8"), &[])));
    assert!(is_plain(&plan(&orders("online: false"), &[])));
    assert!(is_plain(&plan(&database("online: false", BEFORE), &[])));
    assert!(!is_plain(&plan(&database("online: false", &orders("online: true")), &[])));
}

/// Rows have what they should, and nothing of the plan's own is left.
async fn whole(session: &mut Session) {
    let filled = "SELECT count(*), count(DISTINCT token), count(DISTINCT email) FROM users";
    let all = Some("3000".to_owned());
    assert_eq!(session.rows(filled).await.expect("answers"), [[all.clone(), all.clone(), all]]);
    clean(session).await;
}

async fn clean(session: &mut Session) {
    let left = "SELECT relname FROM pg_class WHERE relname LIKE 'nexus\\_%'
        UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE 'nexus\\_%' OR NOT convalidated
        UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
    assert_eq!(session.rows(left).await.expect("answers"), Vec::<Vec<Option<String>>>::new());
}

/// Asks until the answer is `true`; fails after a minute.
async fn until(session: &mut Session, question: &str) {
    for _ in 0..6000 {
        if session.rows(question).await.expect("answers") == [[Some("t".to_owned())]] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never true: {question}");
}
