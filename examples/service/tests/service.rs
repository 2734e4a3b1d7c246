//! Runs the service against databases made for each test.

use nexus_example_service::models::{NewUser, User, UserConstraint};
use nexus_example_service::{Summary, run};
use nexus_schema::runtime::prelude::*;
use sqlx::PgPool;

#[nexus_macros::test]
async fn the_service_reads_what_it_wrote(pool: PgPool) {
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
}

#[nexus_macros::test("../../schema.yaml")]
async fn a_name_that_is_taken_is_told_by_its_constraint(pool: PgPool) {
    let ada = NewUser::new("ada@example.com".into(), "ada".into(), "…".into());
    User::insert(&pool, &ada).await.expect("the first one");
    let other = NewUser::new("lovelace@example.com".into(), "ada".into(), "…".into());
    let error = User::insert(&pool, &other).await.expect_err("the name is taken");
    assert!(error.is(&UserConstraint::UsersUsernameKey), "{error}");
    let long = NewUser::new("x".repeat(256), "x".into(), "…".into());
    let error = User::insert(&pool, &long).await.expect_err("too long");
    assert_eq!(error.to_string(), "a row of users breaks rules: email takes at most 255 characters");
}
