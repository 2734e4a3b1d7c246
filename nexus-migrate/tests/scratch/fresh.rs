//! That a fresh database is empty.

use nexus_migrate::db::{Prefer, Session};

use crate::{one, servers, start};

/// Everything that a database and its cluster hold beyond what they are born with, as one text.
const CONTENT: &str = "
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
  SELECT 'class ' || oid::regclass::text FROM pg_class WHERE oid >= 16384
  UNION ALL SELECT 'type ' || oid::regtype::text FROM pg_type WHERE oid >= 16384
  UNION ALL SELECT 'function ' || oid::regprocedure::text FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 'extension ' || extname FROM pg_extension
  UNION ALL SELECT 'schema ' || nspname || coalesce(nspacl::text, '') || nspowner::regrole FROM pg_namespace
    WHERE nspname !~ '^pg_(toast_)?temp_'
  UNION ALL SELECT 'role ' || to_jsonb(r)::text FROM pg_roles r
  UNION ALL SELECT 'member ' || to_jsonb(m)::text FROM pg_auth_members m
  UNION ALL SELECT 'tablespace ' || spcname FROM pg_tablespace
  UNION ALL SELECT 'comment ' || to_jsonb(d)::text FROM pg_description d WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass
  UNION ALL SELECT 'shared comment ' || to_jsonb(d)::text FROM pg_shdescription d
    WHERE objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL SELECT 'default privileges ' || to_jsonb(d)::text FROM pg_default_acl d
  UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
  UNION ALL SELECT 'publication ' || pubname FROM pg_publication
  UNION ALL SELECT 'cast ' || castsource::regtype || castfunc FROM pg_cast WHERE oid >= 16384
  UNION ALL SELECT 'language ' || lanname FROM pg_language
  UNION ALL SELECT 'wrapper ' || fdwname FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
  UNION ALL SELECT 'configuration ' || cfgname FROM pg_ts_config WHERE oid >= 16384
  UNION ALL SELECT 'setting ' || to_jsonb(s)::text FROM pg_db_role_setting s
  UNION ALL SELECT 'guc ' || name || setting FROM pg_settings
    WHERE name IN ('search_path', 'work_mem', 'DateStyle', 'allow_system_table_mods')
  UNION ALL SELECT 'grant ' || to_jsonb(p)::text FROM pg_parameter_acl p
) AS t(line)";

/// Objects of all kinds that must not be there in the next fresh database.
const CLUTTER: [&str; 5] = [
    "CREATE SCHEMA app; COMMENT ON SCHEMA public IS 'ours'; REVOKE ALL ON SCHEMA public FROM PUBLIC;
     CREATE TYPE app.mood AS ENUM ('sad', 'ok'); CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
     CREATE TABLE app.t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, mood app.mood DEFAULT 'ok');
     CREATE VIEW v AS SELECT * FROM app.t; CREATE MATERIALIZED VIEW mv AS SELECT * FROM app.t;
     COMMENT ON TABLE app.t IS 'a table'; INSERT INTO app.t DEFAULT VALUES;
     CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
     CREATE FUNCTION fire() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
     CREATE EVENT TRIGGER fires ON ddl_command_end EXECUTE FUNCTION fire();
     CREATE PUBLICATION p FOR ALL TABLES; SELECT lo_create(0);
     CREATE CAST (app.mood AS int) WITH INOUT; CREATE FOREIGN DATA WRAPPER w;
     CREATE TEXT SEARCH CONFIGURATION c (COPY = simple); CREATE COLLATION col FROM \"C\"",
    "CREATE ROLE nexus_test_role LOGIN PASSWORD 'x'; CREATE ROLE nexus_test_group ROLE nexus_test_role;
     ALTER ROLE nexus_test_role SET work_mem = '9MB'; GRANT SET ON PARAMETER work_mem TO nexus_test_role;
     ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO nexus_test_role",
    "DO $$ BEGIN
       EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''', current_database());
       EXECUTE format('COMMENT ON DATABASE %I IS ''ours''', current_database());
     END $$",
    "CREATE EXTENSION IF NOT EXISTS hstore; CREATE TABLE h (h hstore DEFAULT 'a=>1')",
    "SET search_path = app",
];

async fn content(session: &mut Session) -> String {
    one(session, CONTENT).await
}

#[tokio::test]
async fn a_fresh_database_is_empty_whatever_the_former_held() {
    for scratch in servers("a fresh database is empty").await {
        let mut before = scratch.fresh().await.unwrap();
        let expected = content(&mut before).await;
        for statements in CLUTTER {
            let done = before.run(statements).await;
            done.unwrap_or_else(|error| panic!("{}: {error}", scratch.server()));
        }
        assert_ne!(content(&mut before).await, expected);
        // While the former lives, and after it is gone.
        let mut beside = scratch.fresh().await.unwrap();
        assert_eq!(content(&mut beside).await, expected, "{}", scratch.server());
        before.close().await.unwrap();
        drop(beside);
        for _ in 0..2 {
            let mut after = scratch.fresh().await.unwrap();
            assert_eq!(content(&mut after).await, expected, "{}", scratch.server());
        }
        scratch.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_fresh_database_is_like_template0_in_utf8_and_c() {
    for scratch in servers("a fresh database is like template0").await {
        let mut session = scratch.fresh().await.unwrap();
        let sql = "SELECT pg_encoding_to_char(encoding), datcollate, current_user, current_setting('is_superuser'),
                     current_setting('search_path'), current_setting('TimeZone'), current_setting('wal_level'),
                     current_setting('max_locks_per_transaction'), datacl
                   FROM pg_database WHERE datname = current_database()";
        let rows = session.rows(sql).await.unwrap();
        let values: Vec<_> = rows[0].iter().map(|it| it.as_deref().unwrap_or("null")).collect();
        let expected = ["UTF8", "C", "postgres", "on", "\"$user\", public", "UTC", "logical", "1024", "null"];
        assert_eq!(values, expected, "{}", scratch.server());
    }
}

#[tokio::test]
async fn sessions_side_by_side_share_nothing() {
    for scratch in servers("sessions side by side").await {
        assert!(scratch.parallel() && scratch.private_roles());
        let mut one_side = scratch.fresh().await.unwrap();
        let mut other_side = scratch.fresh().await.unwrap();
        for session in [&mut one_side, &mut other_side] {
            session.run("CREATE ROLE twin; CREATE TABLE t (a int)").await.unwrap();
        }
        assert_eq!(one(&mut one_side, "SELECT count(*) FROM pg_roles WHERE rolname = 'twin'").await, "1");
    }
}

#[tokio::test]
async fn the_embedded_server_brings_extensions_when_they_are_named() {
    if !cfg!(feature = "embedded") {
        return;
    }
    let scratch = start(Prefer::Embedded).await.unwrap();
    let mut session = scratch.fresh().await.unwrap();
    session
        .run("CREATE EXTENSION citext; create extension if not exists \"earthdistance\" cascade; CREATE EXTENSION vector")
        .await
        .unwrap();
    assert_eq!(one(&mut session, "SELECT 'A'::citext = 'a'::citext").await, "t");
    let error = scratch.fresh().await.unwrap().run("CREATE EXTENSION postgis").await.unwrap_err();
    assert_eq!(error.code(), Some("0A000"));
}
