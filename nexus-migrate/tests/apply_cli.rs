//! `nexus apply` and `nexus status` as processes: exit codes, output, and being killed.

mod support;

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use nexus_migrate::db::Session;
use nexus_migrate::history::{Batch, History, Migration, Written};
use nexus_schema::catalog::Catalog;
use tempfile::TempDir;

use support::server;

const USERS: &str = "CREATE TABLE users (id bigint, email text);\n";
const INDEX: &str = "-- no-transaction\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n";

fn directory(ups: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().expect("a temp dir");
    let mut history = History::open(dir.path()).expect("opens");
    let migrations =
        ups.iter().zip(1_i64..).map(|(up, version)| Migration::new(version, "a_b", *up, None)).collect();
    let (proof, postgres, schema) = (serde_json::Value::Null, String::new(), String::new());
    history
        .append(Batch {
            migrations,
            snapshot: &Catalog::default(),
            proof,
            postgres,
            schema,
            written: Written::default(),
        })
        .expect("appends");
    dir
}

fn nexus(args: &[&str], dir: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
    command.args(args).arg("--dir").arg(dir).env("DATABASE_URL", url).env_remove("NEXUS_DEV_URL");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(args: &[&str], dir: &Path, url: &str) -> Output {
    nexus(args, dir, url).output().expect("runs")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
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

fn kill(mut child: Child) {
    child.kill().expect("kills");
    child.wait().expect("waits");
}

#[tokio::test]
async fn data_goes_to_stdout_and_the_rest_to_stderr() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let dir = directory(&[USERS, INDEX]);
    let pending = run(&["apply", "--dry-run", "--json"], dir.path(), &url);
    assert_eq!(pending.status.code(), Some(0));
    assert_eq!(json(&pending)["pending"][1]["version"], 2);
    let applied = run(&["apply"], dir.path(), &url);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied.stderr));
    assert!(text(&applied.stdout).starts_with("applied 1_a_b ("), "{}", text(&applied.stdout));
    assert_eq!(text(&applied.stderr), "ok: 2 migrations applied\n");
    let again = run(&["apply", "--quiet"], dir.path(), &url);
    assert_eq!((text(&again.stdout), text(&again.stderr)), (String::new(), String::new()));
    let status = run(&["status", "--json"], dir.path(), &url);
    assert_eq!(json(&status)["migrations"][1]["state"], "applied");
}

#[tokio::test]
async fn what_is_found_is_1_and_what_cannot_run_is_2() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let dir = directory(&[USERS, "SELECT 1/0"]);
    let failed = run(&["apply"], dir.path(), &url);
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        text(&failed.stderr).contains("error: 2 (a b) failed\n  = caused by: "),
        "{}",
        text(&failed.stderr)
    );
    assert_eq!(run(&["status"], dir.path(), &url).status.code(), Some(0), "pending is fine");
    let none = run(&["apply"], dir.path(), "");
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("= help: pass `--database-url "), "{}", text(&none.stderr));
    assert_eq!(run(&["apply"], Path::new("no/such"), &url).status.code(), Some(2));
    std::fs::write(dir.path().join("1_a_b.up.sql"), "SELECT 2").expect("writes");
    let edited = run(&["apply", "--json"], dir.path(), &url);
    assert_eq!(edited.status.code(), Some(1));
    assert_eq!(json(&edited)["error"]["message"], "`1_a_b.up.sql` was edited after it was written");
}

#[test]
fn no_password_reaches_any_output() {
    let dir = directory(&[USERS]);
    let url = "postgres://me:hunter%212@127.0.0.1:1/db";
    let outputs = [
        run(&["apply"], dir.path(), url),
        run(&["apply", "--json"], dir.path(), url),
        run(&["status"], dir.path(), url),
        run(&["status", url], dir.path(), ""),
        run(&["apply", "--help"], dir.path(), url),
    ];
    for output in outputs {
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(!all.contains("hunter") && !all.is_empty(), "{all}");
    }
}

#[tokio::test]
async fn a_run_killed_inside_a_transaction_leaves_nothing_and_the_next_one_applies() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let dir = directory(&["CREATE TABLE t ();\nSELECT pg_advisory_xact_lock(42);\n"]);
    let mut session = Session::connect(&url).await.expect("connects");
    session.run("SELECT pg_advisory_lock(42)").await.expect("locks");
    let child = nexus(&["apply", "--lock-timeout", "600"], dir.path(), &url).spawn().expect("starts");
    until(&mut session, "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        .await;
    kill(child);
    session.run("SELECT pg_advisory_unlock(42)").await.expect("unlocks");
    let next = run(&["apply", "--json"], dir.path(), &url);
    assert_eq!(next.status.code(), Some(0), "{}", text(&next.stdout));
    assert_eq!(json(&next)["applied"].as_array().map(Vec::len), Some(1));
    let rows = session.rows("SELECT count(*) FROM _sqlx_migrations").await.expect("answers");
    assert_eq!(rows, [[Some("1".to_owned())]]);
}

#[tokio::test]
async fn a_run_killed_inside_a_concurrent_index_is_finished_by_the_next_one() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let dir = directory(&["SELECT 1", INDEX]);
    let mut session = Session::connect(&url).await.expect("connects");
    let mut blocker = Session::connect(&url).await.expect("connects");
    session.run(USERS).await.expect("creates");
    blocker.run("BEGIN; INSERT INTO users VALUES (1, 'a')").await.expect("inserts");
    let child = nexus(&["apply", "--allow-drift"], dir.path(), &url).spawn().expect("starts");
    let waits = "SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for %'";
    until(&mut session, waits).await;
    kill(child);
    let held = run(&["apply", "--lock-wait", "0"], dir.path(), &url);
    assert_eq!(held.status.code(), Some(2), "the server is still at it");
    blocker.run("COMMIT").await.expect("commits");
    let next = run(&["apply"], dir.path(), &url);
    assert_eq!(next.status.code(), Some(0), "{}", text(&next.stderr));
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_email'::regclass";
    assert_eq!(session.rows(valid).await.expect("answers"), [[Some("t".to_owned())]]);
    let indexes = "SELECT count(*) FROM pg_index WHERE indrelid = 'users'::regclass";
    assert_eq!(session.rows(indexes).await.expect("answers"), [[Some("1".to_owned())]]);
}

/// Everything that a run leaves: what it says, the files it writes, the whole database afterwards.
#[tokio::test]
async fn a_canary_is_nowhere() {
    const CANARY: &str = "c4n4ry/Pa55";
    let Some(native) = server().await else { return };
    let plain = native.database().await;
    let mut session = Session::connect(&plain).await.expect("connects");
    let role = format!(
        "CREATE ROLE canary LOGIN SUPERUSER PASSWORD '{CANARY}'; ALTER ROLE canary SET canary.secret = '{CANARY}'"
    );
    session.run(&role).await.expect("makes a role");
    let url = plain.replace("postgres://postgres@", "postgres://canary:c4n4ry%2FPa55@");
    let dir = directory(&[USERS, INDEX, "INSERT INTO users VALUES (1, 'a');\nSELECT 1/0;\n"]);
    let here = tempfile::tempdir().expect("a temp dir");
    let fleet = here.path().join("fleet.yaml");
    let by_env = url.replace("c4n4ry%2FPa55", "${PGPASSWORD}");
    let targets = format!("  - {{ name: a, url: '{url}' }}\n  - {{ name: b, url: '{by_env}' }}\n");
    std::fs::write(&fleet, format!("nexus: 1\nfailures: 9\ntargets:\n{targets}")).expect("writes");
    let broken = here.path().join("broken.yaml");
    std::fs::write(&broken, format!("nexus: 1\nurl: '{url}'\nwitdh: 3\ntargets: [a]\n")).expect("writes");
    let fleet = fleet.to_string_lossy().into_owned();
    let broken = broken.to_string_lossy().into_owned();
    let out = here.path().join("schema.yaml").to_string_lossy().into_owned();
    let mut said = String::new();
    let calls: [&[&str]; 15] = [
        &["apply", "--dry-run"],
        &["apply", "--to", "1", "--json"],
        &["apply"],
        &["apply", "--events"],
        &["apply", "--fleet", &fleet],
        &["apply", "--fleet", &fleet, "--json"],
        &["apply", "--fleet", &broken],
        &["status", "--json"],
        &["status", "--format", "markdown"],
        &["drift"],
        &["drift", "--json"],
        &["rollback", "--to", "1"],
        &["resolve", "2", "--not-applied"],
        &["resolve", "3", "--accept"],
        &["nonsense", &url],
    ];
    for args in calls {
        let output = nexus(args, dir.path(), &url).env("PGPASSWORD", CANARY).output().expect("runs");
        said += &text(&output.stdout);
        said += &text(&output.stderr);
    }
    for args in [
        vec!["diff", "--from", &url, "--to", "empty"],
        vec!["import", "--from", &url, "-o", &out],
        vec!["init", "--from", &url, "--schema", "/dev/null/x"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
        command.args(args).current_dir(here.path()).env("PGPASSWORD", CANARY).env_remove("DATABASE_URL");
        let output = command.output().expect("runs");
        said += &text(&output.stdout);
        said += &text(&output.stderr);
    }
    assert!(said.contains("3 (a b) failed"), "{said}");
    for folder in [dir.path(), here.path()] {
        for entry in std::fs::read_dir(folder).expect("reads").flatten() {
            let path = entry.path();
            if !path.to_string_lossy().ends_with("fleet.yaml")
                && !path.to_string_lossy().ends_with("broken.yaml")
            {
                said += &text(&std::fs::read(path).unwrap_or_default());
            }
        }
    }
    let journal = "SELECT coalesce(string_agg(x::text, ' '), '') FROM (
        SELECT r::text FROM nexus.runs r UNION ALL SELECT s::text FROM nexus.steps s
        UNION ALL SELECT l::text FROM nexus.lease l UNION ALL SELECT m::text FROM _sqlx_migrations m) AS x";
    said += &session.rows(journal).await.expect("answers").concat().into_iter().flatten().collect::<String>();
    for canary in [CANARY, "c4n4ry%2FPa55", "c4n4ry"] {
        let at = said.find(canary).map(|at| said.get(at.saturating_sub(200)..at + 40).unwrap_or(&said));
        assert_eq!(at, None, "{canary}");
    }
}
