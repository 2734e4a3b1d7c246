//! What a session gives back, and what it never shows.

use std::process::Command;
use std::time::Instant;

use nexus_migrate::db::{DbError, Scratch, ScratchOptions, Session};

use crate::{native, one, servers, socket_folder};

#[tokio::test]
async fn every_statement_has_its_own_result_set() {
    for scratch in servers("result sets").await {
        let mut session = scratch.fresh().await.unwrap();
        session.run("CREATE TYPE mood AS ENUM ('ok')").await.unwrap();
        let sql = "SELECT 1, NULL, 'ok'::mood; SELECT 1 WHERE false;; /* none */ ;
                   CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 3) RETURNING a;
                   SELECT FROM t; SELECT true, 1.50, '\\x00ff'::bytea, E'a\\nb\\\\', ''";
        let some = |text: &str| Some(text.to_owned());
        let expected = vec![
            vec![vec![some("1"), None, some("ok")]],
            vec![],
            vec![],
            vec![vec![some("1")], vec![some("2")], vec![some("3")]],
            vec![vec![], vec![], vec![]],
            vec![vec![some("t"), some("1.50"), some("\\x00ff"), some("a\nb\\"), some("")]],
        ];
        assert_eq!(session.result_sets(sql).await.unwrap(), expected, "{}", scratch.server());
        assert!(session.rows("SELECT 1; DROP TABLE t").await.unwrap().is_empty());
        assert!(session.result_sets("").await.unwrap().is_empty());
        assert!(session.result_sets(" -- nothing").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_normal() {
    for scratch in servers("many rows").await {
        let mut session = scratch.fresh().await.unwrap();
        let sql = "SELECT g, md5(g::text), NULL, repeat('x', 50) FROM generate_series(1, 100000) g";
        let start = Instant::now();
        let rows = session.rows(sql).await.unwrap();
        println!("{}: 100000 rows in {:?}", scratch.server(), start.elapsed());
        assert_eq!(rows.len(), 100_000);
        assert_eq!(rows[99_999][0].as_deref(), Some("100000"));
    }
}

#[tokio::test]
async fn an_error_has_its_fields_and_leaves_the_session_usable() {
    for scratch in servers("error fields").await {
        let mut session = scratch.fresh().await.unwrap();
        session.run("CREATE TABLE t (a int CONSTRAINT small CHECK (a < 5))").await.unwrap();
        let error = session.run("SELECT 1; INSERT INTO t VALUES (9)").await.unwrap_err();
        assert_eq!(error.code(), Some("23514"));
        let server = error.server().unwrap();
        assert_eq!(server.detail.as_deref(), Some("Failing row contains (9)."));
        assert_eq!(server.table.as_deref(), Some("t"));
        assert_eq!(server.constraint.as_deref(), Some("small"));
        let shown = "new row for relation \"t\" violates check constraint \"small\" [23514] (Failing row contains (9).)";
        assert_eq!(error.to_string(), shown);

        let error = session.rows("SELECT nope FROM t").await.unwrap_err();
        assert_eq!(error.server().unwrap().position, Some(8));
        let error = session.rows("SELECT substring('a', 'b', 'c', 'd')").await.unwrap_err();
        assert!(error.to_string().contains(", hint: No function matches"), "{error}");
        let error = session.run("CREATE TABLE u (a int); SELECT 1/0").await.unwrap_err();
        assert_eq!(error.code(), Some("22012"));
        assert_eq!(one(&mut session, "SELECT to_regclass('u')").await, "", "one text is one transaction");

        let error = session.run("DO $$ BEGIN PERFORM 1/0; END $$").await.unwrap_err();
        assert!(error.server().unwrap().where_.as_deref().unwrap().contains("PL/pgSQL"));
        assert_eq!(one(&mut session, "SELECT 1").await, "1");
    }
}

#[tokio::test]
async fn a_session_knows_its_server() {
    for scratch in servers("versions").await {
        let mut session = scratch.fresh().await.unwrap();
        let server = scratch.server();
        let number: u32 = one(&mut session, "SHOW server_version_num").await.parse().unwrap();
        assert_eq!((session.server_version_num(), server.version_num), (number, number));
        let shown = one(&mut session, "SHOW server_version").await;
        assert_eq!(shown.split(' ').next().unwrap(), session.version());
        assert_eq!(server.version, session.version());
        assert_eq!(one(&mut session, "SELECT pg_backend_pid()").await, session.backend_pid().to_string());
        assert_eq!(server.to_string(), format!("PostgreSQL {} ({})", server.version, server.origin));
        assert_eq!(one(&mut session, "SHOW application_name").await, "nexus");
    }
}

#[tokio::test]
async fn psql_takes_the_url_of_a_native_session() {
    let Some(scratch) = native("psql").await else {
        return;
    };
    let mut session = scratch.fresh().await.unwrap();
    session.run("CREATE TABLE seen (a int)").await.unwrap();
    assert!(scratch.second_sessions());
    let mut second = Session::connect(session.url()).await.unwrap();
    assert_eq!(one(&mut second, "SELECT 'seen'::regclass").await, "seen");
    let mut psql = Command::new("psql");
    let Ok(output) = psql.args(["-XAtc", "SELECT 'seen'::regclass", session.url()]).output() else {
        println!("left out: psql (not installed)");
        return;
    };
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap(), "seen\n", "{output:?}");
}

#[tokio::test]
async fn no_failure_shows_a_password() {
    let native = native("passwords").await;
    let mut urls = vec![
        "postgres://app:S3CRET@localhost:1/shop".to_owned(),
        "postgres://app:S3CRET@localhost:notaport/shop".to_owned(),
        "postgres://app:S3C%52ET@localhost:1/shop?sslmode=nonsense".to_owned(),
        "postgres://localhost:1/shop?user=app&password=S3CRET".to_owned(),
        "app:S3CRET@nowhere".to_owned(),
        "host=localhost port=1 password=S3CRET".to_owned(),
    ];
    let session = match &native {
        Some(scratch) => Some(scratch.fresh().await.unwrap()),
        None => None,
    };
    if let Some(session) = &session {
        let host = socket_folder(session).display().to_string().replace('/', "%2F");
        urls.push(format!("postgres://nobody_here:S3CRET@{host}:5432/nothing"));
    }
    for url in urls {
        let error = Session::connect(&url).await.unwrap_err();
        let options = ScratchOptions { dev_url: Some(url.clone()), ..ScratchOptions::default() };
        let refusal = Scratch::start(&options).await.unwrap_err();
        for shown in [
            error.to_string(),
            format!("{error:?}"),
            refusal.to_string(),
            format!("{refusal:?}"),
            format!("{options:?}"),
        ] {
            assert!(!shown.contains("S3C"), "{url}: {shown}");
            assert!(!shown.contains('\n'), "{shown}");
        }
        assert!(refusal.to_string().starts_with("cannot use the development server "), "{refusal}");
        assert!(matches!(error, DbError::Connect { .. }));
    }
}
