//! Applying a directory to a real server: once, in order, understood by sqlx, and with nothing left behind.

mod support;

use std::path::Path;
use std::time::Duration;

use nexus_migrate::apply::{
    self, ApplyError, Event, Gate, GateResult, OnInterrupted, Options, Report, State,
};
use nexus_migrate::db::Session;
use nexus_migrate::history::{Batch, History, Migration, Written};
use nexus_schema::catalog::Catalog;
use tempfile::TempDir;

use support::server;

const USERS: &str = "-- Adds users.\nCREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\nINSERT INTO users VALUES (1, 'a;b');\n";
const NOTES: &str = "CREATE TABLE notes (id bigint REFERENCES users);\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n";
const INDEX: &str = "-- no-transaction\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n";

/// A directory with one migration a text, versions 1, 2, ….
fn directory(ups: &[&str]) -> (TempDir, History) {
    let dir = tempfile::tempdir().expect("a temp dir");
    let history = write(dir.path(), ups);
    (dir, history)
}

fn write(dir: &Path, ups: &[&str]) -> History {
    let mut history = History::open(dir).expect("opens");
    let migrations: Vec<_> = ups
        .iter()
        .zip(1_i64..)
        .map(|(up, version)| Migration::new(version, format!("step_{version}"), *up, Some("SELECT 1".into())))
        .collect();
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
    history
}

async fn apply(url: &str, history: &History) -> Result<Report, ApplyError> {
    apply::apply(url, history, &Options::default(), None, &mut |_| {}).await
}

async fn versions(url: &str, history: &History) -> Vec<i64> {
    apply(url, history).await.expect("applies").applied.iter().map(|applied| applied.version).collect()
}

async fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    let mut session = Session::connect(url).await.expect("connects");
    let rows = session.rows(sql).await.expect("answers");
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

async fn one(url: &str, sql: &str) -> String {
    rows(url, sql).await.into_iter().flatten().next().unwrap_or_default()
}

async fn run(url: &str, sql: &str) {
    Session::connect(url).await.expect("connects").run(sql).await.expect("runs");
}

/// The ledger without its times.
async fn ledger(url: &str) -> Vec<Vec<String>> {
    rows(url, "SELECT version, description, success, checksum FROM _sqlx_migrations ORDER BY version").await
}

async fn states(url: &str, history: &History) -> Vec<State> {
    let mut session = Session::connect(url).await.expect("connects");
    let status = apply::status(&mut session, history).await.expect("answers");
    status.migrations.iter().map(|m| m.state).collect()
}

async fn sqlx_run(url: &str, dir: &Path, target: Option<i64>) -> Result<(), sqlx::migrate::MigrateError> {
    let migrator = sqlx::migrate::Migrator::new(dir).await?;
    let pool = sqlx::PgPool::connect(url).await?;
    let done = match target {
        Some(target) => migrator.run_to(target, &pool).await,
        None => migrator.run(&pool).await,
    };
    pool.close().await;
    done
}

#[tokio::test]
async fn an_empty_database_gets_everything_and_a_second_run_does_nothing() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&[USERS, NOTES, INDEX]);
    assert_eq!(states(&url, &history).await, [State::Pending; 3]);
    assert_eq!(versions(&url, &history).await, [1, 2, 3]);
    assert_eq!(one(&url, "SELECT email FROM users").await, "a;b");
    assert_eq!(states(&url, &history).await, [State::Applied; 3]);
    let before = native.dump(&url);
    assert_eq!(versions(&url, &history).await, [0; 0]);
    assert_eq!(native.dump(&url), before);
}

#[tokio::test]
async fn a_dry_run_names_what_is_pending_and_writes_nothing() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&[USERS, NOTES]);
    let before = native.dump(&url);
    let pending = apply::dry_run(&url, &history, &Options::default(), None).await.expect("checks");
    assert_eq!(pending.iter().map(|m| m.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(native.dump(&url), before);
}

#[tokio::test]
async fn sqlx_and_nexus_leave_the_same_database() {
    let Some(native) = server().await else { return };
    let (ours, theirs) = (native.database().await, native.database().await);
    let (dir, history) = directory(&[USERS, NOTES, INDEX]);
    apply(&ours, &history).await.expect("applies");
    sqlx_run(&theirs, dir.path(), None).await.expect("applies");
    assert_eq!(ledger(&ours).await, ledger(&theirs).await);
    for url in [&ours, &theirs] {
        run(url, "UPDATE _sqlx_migrations SET installed_on = '2026-01-01', execution_time = 0").await;
    }
    run(&ours, "DROP SCHEMA nexus CASCADE").await;
    assert_eq!(native.dump(&ours), native.dump(&theirs));
}

#[tokio::test]
async fn each_tool_goes_on_where_the_other_stopped() {
    let Some(native) = server().await else { return };
    let (dir, history) = directory(&[USERS, NOTES, INDEX]);
    let url = native.database().await;
    sqlx_run(&url, dir.path(), Some(2)).await.expect("applies");
    assert_eq!(states(&url, &history).await, [State::Applied, State::Applied, State::Pending]);
    assert_eq!(versions(&url, &history).await, [3]);

    let url = native.database().await;
    let (_dir, first) = directory(&[USERS]);
    assert_eq!(versions(&url, &first).await, [1]);
    sqlx_run(&url, dir.path(), None).await.expect("applies");
    assert_eq!(states(&url, &history).await, [State::Applied; 3]);
    assert_eq!(versions(&url, &history).await, [0; 0]);
}

#[tokio::test]
async fn what_contradicts_the_ledger_is_refused_before_the_first_statement() {
    let Some(native) = server().await else { return };
    let (_dir, history) = directory(&[USERS, NOTES, INDEX]);
    let cases = [
        (
            "UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 2",
            "migrations were edited after they were applied: 2 (step 2)",
        ),
        (
            "UPDATE _sqlx_migrations SET success = false WHERE version = 2",
            "the ledger marks migrations as failed: 2 (step 2)",
        ),
        (
            "DELETE FROM _sqlx_migrations WHERE version = 1",
            "migrations are older than the newest one that was applied: 1 (step 1)",
        ),
        (
            "INSERT INTO _sqlx_migrations VALUES (0, 'lost', now(), true, '', 0)",
            "migrations that the database has are missing from the directory: 0 (lost)",
        ),
        (
            "INSERT INTO _sqlx_migrations VALUES (9, 'from afar', now(), true, '', 0)",
            "the database has migrations that the directory does not know: 9 (from afar)",
        ),
    ];
    for (damage, expected) in cases {
        let url = native.database().await;
        let (_dir, two) = directory(&[USERS, NOTES]);
        apply(&url, &two).await.expect("applies");
        run(&url, damage).await;
        let before = native.dump(&url);
        let error = apply(&url, &history).await.expect_err("refuses");
        assert_eq!(error.to_string(), expected);
        assert_eq!(native.dump(&url), before);
    }
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_and_those_before_it_stay() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&[USERS, "CREATE TABLE half (a int);\nSELECT 1/0;", NOTES]);
    let error = apply(&url, &history).await.expect_err("fails");
    assert_eq!(error.to_string(), "2 (step 2) failed");
    assert_eq!(error.sqlstate().as_deref(), Some("22012"));
    assert_eq!(states(&url, &history).await, [State::Applied, State::Pending, State::Pending]);
    assert_eq!(one(&url, "SELECT to_regclass('half')").await, "");
    assert_eq!(rows(&url, "SELECT outcome, sqlstate FROM nexus.runs").await, [["failed", "22012"]]);
    assert_eq!(rows(&url, "SELECT version, outcome FROM nexus.steps").await, [["1", "done"]]);
}

#[tokio::test]
async fn a_failing_statement_is_named_by_its_line() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&["-- Größe.\nSELECT 1;\nSELECT nothing;\n"]);
    let error = apply(&url, &history).await.expect_err("fails");
    assert_eq!(error.to_string(), "1 (step 1) failed at line 3");
}

#[tokio::test]
async fn a_file_may_do_away_with_what_is_prepared() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) =
        directory(&["DEALLOCATE ALL; CREATE TABLE a ()", "CREATE TABLE b ()", "EXECUTE nobodys"]);
    let error = apply(&url, &history).await.expect_err("the third file fails by itself");
    assert_eq!(error.sqlstate().as_deref(), Some("26000"), "{error}");
    assert_eq!(rows(&url, "SELECT version FROM _sqlx_migrations ORDER BY 1").await, [["1"], ["2"]]);
    assert_eq!(
        rows(&url, "SELECT version, outcome FROM nexus.steps ORDER BY 1").await,
        [["1", "done"], ["2", "done"]]
    );
}

#[tokio::test]
async fn a_run_whose_lease_is_taken_commits_nothing() {
    let take = "CREATE TABLE t (); UPDATE nexus.lease SET token = token + 1";
    let Some(native) = server().await else { return };
    for ups in [&[take][..], &[take, USERS]] {
        let url = native.database().await;
        let (_dir, history) = directory(ups);
        let error = apply(&url, &history).await.expect_err("somebody else has the lease");
        assert!(matches!(error, ApplyError::Lost), "{error}");
        assert_eq!(rows(&url, "SELECT version FROM _sqlx_migrations").await, [[""; 0]; 0]);
        assert_eq!(one(&url, "SELECT to_regclass('t') IS NULL").await, "t");
    }
}

#[tokio::test]
async fn a_file_may_change_the_search_path() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) =
        directory(&["SELECT set_config('search_path', '', false)", "CREATE TABLE public.t ()"]);
    assert_eq!(versions(&url, &history).await, [1, 2]);
    assert_eq!(states(&url, &history).await, [State::Applied; 2]);
}

#[tokio::test]
async fn a_concurrent_index_that_failed_is_built_by_the_next_run() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let unique = INDEX.replace("CREATE INDEX", "CREATE UNIQUE INDEX");
    let (_dir, history) = directory(&[USERS, &unique]);
    let (_first, users) = directory(&[USERS]);
    apply(&url, &users).await.expect("applies");
    run(&url, "INSERT INTO users VALUES (2, 'a;b')").await;
    let error = apply(&url, &history).await.expect_err("fails");
    assert_eq!(error.sqlstate().as_deref(), Some("23505"));
    assert_eq!(one(&url, "SELECT to_regclass('users_email')").await, "", "no invalid index stays");
    run(&url, "DELETE FROM users WHERE id = 2").await;
    assert_eq!(versions(&url, &history).await, [2]);
    assert_eq!(valid(&url).await, "t");
}

#[tokio::test]
async fn an_invalid_index_that_sqlx_left_is_replaced() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let unique = INDEX.replace("CREATE INDEX", "CREATE UNIQUE INDEX");
    let (dir, history) = directory(&[USERS, &unique]);
    sqlx_run(&url, dir.path(), Some(1)).await.expect("applies");
    run(&url, "INSERT INTO users VALUES (2, 'a;b')").await;
    sqlx_run(&url, dir.path(), None).await.expect_err("fails");
    run(&url, "DELETE FROM users WHERE id = 2").await;
    assert_eq!(valid(&url).await, "f");
    assert_eq!(versions(&url, &history).await, [2]);
    assert_eq!(valid(&url).await, "t");
}

async fn valid(url: &str) -> String {
    one(url, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_email'::regclass").await
}

/// Makes the journal as a run leaves it that was killed inside migration 2.
async fn killed_inside(url: &str, history: &History) {
    let (_dir, users) = directory(&[USERS]);
    apply(url, &users).await.expect("applies");
    let checksum = history.migrations()[1].checksum_hex();
    let step = format!(
        "INSERT INTO nexus.steps (run, version, checksum, transactional) VALUES (1, 2, decode('{checksum}', 'hex'), false)"
    );
    run(url, &step).await;
}

#[tokio::test]
async fn after_a_kill_the_catalog_says_what_became_of_an_index() {
    let Some(native) = server().await else { return };
    let create = "CREATE INDEX users_email ON users (email)";
    let drop = "-- no-transaction\nDROP INDEX CONCURRENTLY users_email;";
    let cases = [
        (INDEX, "SELECT 1", false),
        (INDEX, create, true),
        (drop, create, false),
        (drop, "SELECT 1", true),
        ("-- no-transaction\nVACUUM users;", "SELECT 1", false),
    ];
    for (up, became, recorded) in cases {
        let url = native.database().await;
        let (_dir, history) = directory(&[USERS, up]);
        killed_inside(&url, &history).await;
        run(&url, became).await;
        assert_eq!(states(&url, &history).await, [State::Applied, State::Interrupted]);
        let report = apply(&url, &history).await.expect("goes on");
        assert_eq!(report.applied[0].recorded, recorded, "{up} after {became}");
        assert_eq!(states(&url, &history).await, [State::Applied; 2]);
        let index = one(&url, "SELECT to_regclass('users_email')").await;
        assert_eq!(index, if up == INDEX { "users_email" } else { "" });
    }
}

#[tokio::test]
async fn after_a_kill_a_statement_that_shows_nothing_is_left_to_a_person() {
    let Some(native) = server().await else { return };
    let up = "-- no-transaction\nINSERT INTO users VALUES (2, 'b');";
    for (answer, count) in [(OnInterrupted::Done, "1"), (OnInterrupted::Again, "2")] {
        let url = native.database().await;
        let (_dir, history) = directory(&[USERS, up]);
        killed_inside(&url, &history).await;
        let error = apply(&url, &history).await.expect_err("asks");
        assert!(matches!(error, ApplyError::Interrupted(_)), "{error}");
        assert!(error.help().expect("helps").contains("--interrupted done"));
        let options = Options { interrupted: answer, ..Options::default() };
        apply::apply(&url, &history, &options, None, &mut |_| {}).await.expect("goes on");
        assert_eq!(one(&url, "SELECT count(*) FROM users").await, count);
        assert_eq!(states(&url, &history).await, [State::Applied; 2]);
    }
}

#[tokio::test]
async fn four_runs_at_once_apply_once() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&[USERS, NOTES, INDEX]);
    let (a, b, c, d) = tokio::join!(
        versions(&url, &history),
        versions(&url, &history),
        versions(&url, &history),
        versions(&url, &history)
    );
    let mut all = [a, b, c, d].concat();
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3]);
}

#[tokio::test]
async fn sqlx_keeps_nexus_out_and_is_named() {
    use sqlx::Connection;
    use sqlx::migrate::Migrate;
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, history) = directory(&[USERS]);
    let mut theirs = sqlx::PgConnection::connect(&url).await.expect("connects");
    theirs.lock().await.expect("locks");
    let options = Options { lock_wait: Duration::from_millis(10), ..Options::default() };
    let mut events = Vec::new();
    let refused = apply::apply(&url, &history, &options, None, &mut |event| events.push(event)).await;
    let Err(ApplyError::Locked { holder: Some(holder), .. }) = refused else { panic!("{refused:?}") };
    assert!(holder.parse::<u32>().is_ok(), "{holder}");
    assert_eq!(events, [Event::Waiting]);
    theirs.unlock().await.expect("unlocks");
    assert_eq!(versions(&url, &history).await, [1]);
}

/// A database of which somebody reads the table that the next migration changes.
async fn behind_a_reader(native: &support::Server) -> (String, TempDir, History, Session) {
    let url = native.database().await;
    let (_dir, users) = directory(&[USERS]);
    apply(&url, &users).await.expect("applies");
    let (dir, history) = directory(&[USERS, "ALTER TABLE users ADD age int"]);
    let mut blocker = Session::connect(&url).await.expect("connects");
    blocker.run("BEGIN; SELECT FROM users").await.expect("locks");
    (url, dir, history, blocker)
}

#[tokio::test]
async fn a_file_that_does_not_get_its_locks_is_tried_again() {
    let Some(native) = server().await else { return };
    let (url, _dir, history, mut blocker) = behind_a_reader(&native).await;
    let options =
        Options { lock_timeout: Some(Duration::from_millis(20)), retries: Some(1), ..Options::default() };
    let error = apply::apply(&url, &history, &options, None, &mut |_| {}).await.expect_err("gives up");
    assert!(matches!(error, ApplyError::LockTimeout { attempts: 2, .. }), "{error}");

    let options = Options { lock_timeout: Some(Duration::from_millis(20)), ..Options::default() };
    let (retrying, retried) = tokio::sync::oneshot::channel();
    let mut retrying = Some(retrying);
    let mut on = |event| {
        if let Event::Retrying(..) = event
            && let Some(retrying) = retrying.take()
        {
            retrying.send(()).expect("somebody listens");
        }
    };
    let release = async {
        retried.await.expect("it is tried again");
        blocker.run("COMMIT").await.expect("commits");
    };
    let (report, ()) = tokio::join!(apply::apply(&url, &history, &options, None, &mut on), release);
    assert_eq!(report.expect("applies").applied.len(), 1);
}

struct Refuse;

impl Gate for Refuse {
    fn check<'a>(&'a mut self, _: &'a mut Session, _: &'a History, applied: Option<i64>) -> GateResult<'a> {
        Box::pin(async move { Err(format!("drifted after {applied:?}").into()) })
    }
}

#[tokio::test]
async fn the_gate_is_asked_before_the_first_statement() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let (_dir, users) = directory(&[USERS]);
    apply(&url, &users).await.expect("applies");
    let (_dir, history) = directory(&[USERS, NOTES]);
    apply::dry_run(&url, &history, &Options::default(), Some(&mut Refuse)).await.expect("nobody changed it");
    run(&url, "ALTER TABLE users ADD drifted int").await;
    let before = native.dump(&url);
    let refused = apply::apply(&url, &history, &Options::default(), Some(&mut Refuse), &mut |_| {}).await;
    let Err(ApplyError::Gate(reason)) = refused else { panic!("{refused:?}") };
    assert_eq!(reason.to_string(), "drifted after Some(1)");
    assert_eq!(native.dump(&url), before);
    apply::apply(&url, &users, &Options::default(), Some(&mut Refuse), &mut |_| {})
        .await
        .expect("nothing is due");
}

#[tokio::test]
async fn who_is_in_the_way_is_named() {
    let Some(native) = server().await else { return };
    let (url, _dir, history, blocker) = behind_a_reader(&native).await;
    let options =
        Options { lock_timeout: Some(Duration::from_secs(2)), retries: Some(0), ..Options::default() };
    let mut seen = Vec::new();
    let mut on = |event| {
        if let Event::Blocked(named, blockers) = event {
            seen.push((named.version, blockers));
        }
    };
    let refused = apply::apply(&url, &history, &options, None, &mut on).await;
    let Err(error @ ApplyError::LockTimeout { .. }) = refused else { panic!("{refused:?}") };
    let pid = blocker.backend_pid();
    let help = error.help().expect("helps");
    let expected = format!("in the way: server process {pid} (nexus, postgres, idle in transaction)");
    assert!(help.starts_with(&expected), "{help}");
    assert_eq!((seen[0].0, seen[0].1[0].pid.clone()), (2, pid.to_string()));
}

#[tokio::test]
async fn a_backfill_tells_how_far_it_is_and_waits_while_others_are_busy() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let fill = "-- no-transaction\n-- Repeatable: sleeps.\nDO $$ BEGIN FOR n IN 1..20 LOOP\n\
        PERFORM pg_advisory_xact_lock_shared(1852143733, 1);\n\
        PERFORM pg_sleep(0.05), set_config('application_name', format('nexus: %s of 20 rows', n), false);\n\
        COMMIT;\nEND LOOP; END $$;\n";
    let (_dir, history) = directory(&[USERS, fill]);
    let options = Options { max_active: Some(0), ..Options::default() };
    let (mut waited, mut far) = (Vec::new(), Vec::new());
    let mut on = |event| match event {
        Event::Throttled(why) => waited.push(why),
        Event::Progress(_, progress) => far.push((progress.what, progress.total)),
        _ => {}
    };
    let mut busy = Session::connect(&url).await.expect("connects");
    let (report, slept) =
        tokio::join!(apply::apply(&url, &history, &options, None, &mut on), busy.run("SELECT pg_sleep(3)"));
    slept.expect("sleeps");
    assert_eq!(report.expect("applies").applied.len(), 2);
    assert!(waited.iter().any(|why| why.ends_with(" other sessions are active")), "{waited:?}");
    assert!(far.contains(&("filling".to_owned(), 20)), "{far:?}");
}

#[tokio::test]
async fn tenants_of_one_database_have_ledgers_of_their_own() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    run(&url, "CREATE SCHEMA a; CREATE SCHEMA b").await;
    let (_dir, history) = directory(&[USERS, INDEX]);
    let tenant = |schema: &str| Options { schema: Some(schema.into()), ..Options::default() };
    let (a, b) = (tenant("a"), tenant("b"));
    let (mut hear, mut hear_too) = (|_: Event| {}, |_: Event| {});
    let (first, other) = tokio::join!(
        apply::apply(&url, &history, &a, None, &mut hear),
        apply::apply(&url, &history, &b, None, &mut hear_too)
    );
    assert_eq!((first.expect("applies").applied.len(), other.expect("applies").applied.len()), (2, 2));
    let there = "SELECT string_agg(oid::regclass::text, ' ' ORDER BY oid::regclass::text) FROM pg_class
        WHERE relname IN ('users', 'users_email', '_sqlx_migrations')";
    let expected = "a._sqlx_migrations a.users a.users_email b._sqlx_migrations b.users b.users_email";
    assert_eq!(one(&url, there).await, expected);
    let none = apply::apply(&url, &history, &tenant("c"), None, &mut |_| {}).await;
    assert!(matches!(none, Err(ApplyError::NoSchema(_))), "{none:?}");
}
