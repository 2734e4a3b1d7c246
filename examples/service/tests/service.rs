//! Runs the service against a throw-away server.

use nexus_example_service::{Summary, run};
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions};
use sqlx::PgPool;

#[tokio::test(flavor = "multi_thread")]
async fn the_service_reads_what_it_wrote() {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let scratch = match Scratch::start(&options).await {
        Ok(scratch) => scratch,
        Err(error) if std::env::var_os("NEXUS_REQUIRE_NATIVE").is_none() => {
            eprintln!("left out: {error}");
            return;
        }
        Err(error) => panic!("NEXUS_REQUIRE_NATIVE is set: {error}"),
    };
    let session = scratch.fresh().await.expect("a started server gives databases");
    let pool =
        PgPool::connect(session.url()).await.expect("a second session can be opened on a native server");
    let first = run(pool.clone()).await.expect("the service runs on an empty database");
    let wanted = Summary {
        username: "ada".into(),
        accounts: 1,
        transactions: 2,
        balance: "87.50".parse().expect("a decimal"),
    };
    assert_eq!(first, wanted);
    let again = run(pool.clone()).await.expect("the service runs again");
    assert_eq!((again.accounts, again.transactions), (1, 4));
    pool.close().await;
    drop(session);
    scratch.stop().await.expect("the server stops");
}
