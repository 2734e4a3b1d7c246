//! Migrations of every sort that a run can be killed in, and what a database looks like after all of them.

use nexus_migrate::history::{History, Migration};

use super::servers::rows;

/// So many rows are indexed, filled and validated.
const ROWS: u32 = 4_000;

/// Files with and without a transaction: indexes, a backfill in batches, validation, detachment, reindexing.
pub(crate) fn ups() -> Vec<String> {
    let alone = |sql: &str| format!("-- no-transaction\n{sql}");
    vec![
        format!(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, tag text);\n\
             INSERT INTO users SELECT n, 'u' || n, NULL FROM generate_series(1, {ROWS}) n;\n\
             CREATE TABLE counted (version bigint);\n\
             CREATE TABLE parts (id bigint NOT NULL) PARTITION BY RANGE (id);\n\
             CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);\n\
             CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);\n\
             INSERT INTO parts SELECT generate_series(0, 19);\n\
             INSERT INTO counted VALUES (1);\n"
        ),
        alone("CREATE INDEX CONCURRENTLY users_email ON users (email);\n"),
        alone("CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON public.users (lower(email));\n"),
        "ALTER TABLE users ADD filled text;\n\
         ALTER TABLE users ADD CONSTRAINT nexus_filled CHECK (filled IS NOT NULL) NOT VALID;\n\
         INSERT INTO counted VALUES (4);\n"
            .into(),
        alone(
            "-- Repeatable: takes only rows that are not filled.\n\
             DO $$\n\
             DECLARE n bigint; done bigint := 0;\n\
             BEGIN\n\
             LOOP\n\
                 PERFORM pg_advisory_xact_lock_shared(1852143733, 1);\n\
                 UPDATE users SET filled = email WHERE id IN (SELECT id FROM users WHERE filled IS NULL LIMIT 500);\n\
                 GET DIAGNOSTICS n = ROW_COUNT;\n\
                 EXIT WHEN n = 0;\n\
                 done := done + n;\n\
                 PERFORM set_config('application_name', format('nexus: %s of 4000 rows', done), false);\n\
                 COMMIT;\n\
             END LOOP;\n\
             END $$;\n",
        ),
        alone("ALTER TABLE users VALIDATE CONSTRAINT nexus_filled;\n"),
        "ALTER TABLE users ALTER filled SET NOT NULL;\n\
         ALTER TABLE users DROP CONSTRAINT nexus_filled;\n\
         INSERT INTO counted VALUES (7);\n"
            .into(),
        alone("REINDEX INDEX CONCURRENTLY users_email;\n"),
        alone("REINDEX TABLE CONCURRENTLY users;\n"),
        alone("DROP INDEX CONCURRENTLY users_email;\n"),
        alone("ALTER TABLE parts DETACH PARTITION parts_2 CONCURRENTLY;\n"),
        "CREATE TABLE notes (user_id bigint);\n\
         INSERT INTO notes SELECT id FROM users;\n\
         ALTER TABLE notes ADD CONSTRAINT notes_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;\n\
         INSERT INTO counted VALUES (12);\n"
            .into(),
        alone("ALTER TABLE notes VALIDATE CONSTRAINT notes_user;\n"),
        alone("CREATE INDEX CONCURRENTLY notes_user_id ON notes (user_id);\n"),
    ]
}

/// Everything that is there, as lines: columns, constraints, indexes, partitions, rows, the ledger.
const STATE: &str = "
SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE c.relnamespace = 'public'::regnamespace AND attnum > 0 AND c.relkind IN ('r', 'p') AND relname <> '_sqlx_migrations'
UNION ALL
SELECT 'constraint ' || conrelid::regclass || '.' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> '_sqlx_migrations'::regclass
UNION ALL
SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid || indisready || indislive FROM pg_index
WHERE indrelid >= 16384
    AND (SELECT relnamespace FROM pg_class WHERE oid = indrelid) NOT IN ('nexus'::regnamespace, 'pg_toast'::regnamespace)
UNION ALL
SELECT 'toast ' || count(*) FROM pg_index
WHERE indrelid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = 'users')
UNION ALL
SELECT 'partition ' || inhrelid::regclass || inhdetachpending FROM pg_inherits
JOIN pg_class c ON c.oid = inhrelid AND c.relkind = 'r'
UNION ALL
SELECT 'rows ' || (SELECT count(*) || ' ' || count(filled) FROM users) || ' ' || (SELECT count(*) FROM notes) || ' '
    || (SELECT count(*) FROM parts) || ' ' || (SELECT count(*) FROM parts_2) || ' '
    || (SELECT string_agg(version::text, ',' ORDER BY version) FROM counted)
UNION ALL
SELECT 'applied ' || version || ' ' || success || ' ' || encode(checksum, 'hex') FROM _sqlx_migrations
ORDER BY 1";

/// What must hold in a database after a run came to its end, whatever happened before; each row is a fault.
const FAULTS: &str = "
SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid
UNION ALL
SELECT 'leftover ' || oid::regclass FROM pg_class WHERE relname ~ '_cc(new|old)'
UNION ALL
SELECT 'applied but never ended in the journal: ' || m.version FROM _sqlx_migrations AS m
WHERE (SELECT count(*) FROM nexus.steps AS s WHERE s.version = m.version AND s.outcome IN ('done', 'recorded')) <> 1
UNION ALL
SELECT 'ended in the journal but not applied: ' || s.version FROM nexus.steps AS s
WHERE s.outcome IN ('done', 'recorded') AND s.version NOT IN (SELECT version FROM _sqlx_migrations)
UNION ALL
SELECT 'the newest step of a version is open: ' || s.version
FROM (SELECT DISTINCT ON (version) * FROM nexus.steps ORDER BY version, id DESC) AS s WHERE s.outcome IS NULL
UNION ALL
SELECT 'the lease is still held' FROM nexus.lease WHERE until > clock_timestamp()
ORDER BY 1";

/// The state of a database, one thing a line.
pub(crate) async fn state(url: &str) -> Vec<String> {
    rows(url, STATE).await.into_iter().flatten().collect()
}

/// What is wrong with a database that is said to be up to date.
pub(crate) async fn faults(url: &str, expected: &[String], history: &History) -> Vec<String> {
    let mut faults: Vec<_> = rows(url, FAULTS).await.into_iter().flatten().collect();
    let found = state(url).await;
    faults
        .extend(expected.iter().filter(|line| !found.contains(line)).map(|line| format!("missing: {line}")));
    faults
        .extend(found.iter().filter(|line| !expected.contains(line)).map(|line| format!("too much: {line}")));
    let applied = found.iter().filter(|line| line.starts_with("applied ")).count();
    let all: Vec<&Migration> = history.migrations().iter().collect();
    if applied != all.len() {
        faults.push(format!("{applied} of {} migrations are applied", all.len()));
    }
    faults
}
