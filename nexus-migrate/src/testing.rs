//! Tests on a real database: each gets its own, made from a schema file, and gone afterwards.
//!
//! What `#[nexus_macros::test]` calls. Knows scratch servers and doors, and nothing of planning.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures_util::FutureExt;
use nexus_schema::document::{self, Declared};

use crate::db::{PgPool, Prefer, Scratch, ScratchOptions};
use crate::doors;

/// Runs `test` with a pool on a fresh database that holds the schema of the file at `schema` and its seeds.
///
/// The server is found as for every other command: `NEXUS_DEV_URL`, or a native one. A mistake in the schema, a server
/// that does not start and a panic of the test all fail the test; the database goes in any case.
///
/// # Panics
///
/// Where the test does, and where there can be no database: that is how a test fails.
///
/// ```no_run
/// nexus_migrate::testing::run(Some("schema.yaml"), async |pool: nexus_migrate::db::PgPool| {
///     assert!(!pool.is_closed());
/// });
/// ```
pub fn run<T>(schema: Option<&str>, test: impl AsyncFnOnce(PgPool) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime for a test");
    let declared = schema.map(|path| match document::load(Path::new(path)) {
        Ok((declared, _)) => declared,
        Err(mistakes) => panic!("{path} has mistakes\n{}", mistakes.render_short()),
    });
    runtime.block_on(on_database(declared.as_ref(), test))
}

async fn on_database<T>(declared: Option<&Declared>, test: impl AsyncFnOnce(PgPool) -> T) -> T {
    let options = ScratchOptions {
        dev_url: std::env::var("NEXUS_DEV_URL").ok().filter(|url| !url.is_empty()),
        major: declared.and_then(|declared| declared.database.postgres),
        // The embedded server has one connection, and its database goes with it: no place for a pool.
        prefer: Prefer::Native,
    };
    let scratch =
        Scratch::start(&options).await.unwrap_or_else(|error| panic!("no server for a test: {error}"));
    let mut session = scratch.fresh().await.expect("a started server gives databases");
    if let Some(declared) = declared
        && let Err(error) = doors::declare(&mut session, declared).await
    {
        panic!("the schema cannot be made on {}: {error}", session.version());
    }
    let pool = session.pool().await.expect("a second session on a server for tests");
    let outcome = AssertUnwindSafe(test(pool.clone())).catch_unwind().await;
    pool.close().await;
    drop(session);
    let stopped = scratch.stop().await;
    let value = outcome.unwrap_or_else(|panic| resume_unwind(panic));
    stopped.expect("the server for a test stops");
    value
}
