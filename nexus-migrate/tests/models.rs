//! Generated models on a real server: every statement is prepared, and every row comes back as it went in.

mod support;

use nexus_schema::runtime::prelude::*;
use nexus_schema::runtime::{Drift, WriteError};
use sqlx::PgPool;

use platform::{NewRole, NewUser, Role, RoleConstraint, User, UserConstraint, UserPatch};

/// The reference schema, as `nexus-schema/tests` blesses it.
#[allow(unreachable_pub)]
mod platform {
    include!("../../nexus-schema/tests/generated/platform.rs");
}

/// One column of every type.
#[allow(unreachable_pub)]
mod types {
    include!("../../nexus-schema/tests/generated/types.rs");
}

/// A table with an optimistic lock.
#[allow(unreachable_pub)]
mod options {
    include!("../../nexus-schema/tests/generated/options.rs");
}

/// Runs a test on the reference schema, or leaves it out where there is no native server.
async fn pool(what: &str) -> Option<(support::Server, PgPool)> {
    let server = support::native(what).await?;
    let url = server.database().await;
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.yaml");
    let (declared, _) = nexus_schema::document::load(&file).expect("the reference schema is sound");
    let mut session = nexus_migrate::db::Session::connect(&url).await.expect("the server takes sessions");
    nexus_migrate::doors::declare(&mut session, &declared).await.expect("the reference schema can be made");
    Some((server, PgPool::connect(&url).await.expect("the server takes sessions")))
}

fn ada() -> NewUser {
    NewUser {
        first_name: Some("Ada".into()),
        ..NewUser::new("ada@example.com".into(), "ada".into(), "x".into())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_written_read_changed_and_deleted() {
    let Some((_server, pool)) = pool("rows_are_written_read_changed_and_deleted").await else { return };
    let user = User::insert(&pool, &ada()).await.expect("a new user");
    assert_eq!((user.is_active, user.first_name.as_deref()), (Some(true), Some("Ada")));
    let found = User::BY_EMAIL.get(&pool, "ada@example.com").await.expect("a query");
    assert_eq!(found.as_ref(), Some(&user));

    let patch = UserPatch { is_active: false.into(), ..UserPatch::default() };
    let changed = User::BY_ID.update(&pool, &user.id, &patch).await.expect("an update").expect("the user");
    assert_eq!((changed.is_active, changed.first_name.as_deref()), (Some(false), Some("Ada")));
    let patch = UserPatch { first_name: Patch::null(), ..UserPatch::default() };
    let changed = User::BY_ID.update(&pool, &user.id, &patch).await.expect("an update").expect("the user");
    assert_eq!((changed.is_active, changed.first_name.as_deref()), (Some(false), None));
    let same = User::BY_ID.update(&pool, &user.id, &UserPatch::default()).await.expect("an update");
    assert_eq!(same, Some(changed), "a patch that keeps everything changes nothing, not even `updated_at`");

    // What an upsert leaves to its default stays on a row that is there.
    let again = User::BY_EMAIL.upsert(&pool, &ada()).await.expect("an upsert");
    assert_eq!((again.id, again.is_active, again.first_name.as_deref()), (user.id, Some(false), Some("Ada")));
    assert!(User::BY_ID.delete(&pool, &user.id).await.expect("a delete"));
    assert!(!User::BY_ID.delete(&pool, &user.id).await.expect("a delete"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_by_its_constraint_and_shows_no_value() {
    let Some((_server, pool)) = pool("what_is_refused_is_told_by_its_constraint_and_shows_no_value").await
    else {
        return;
    };
    User::insert(&pool, &ada()).await.expect("a new user");
    let error = User::insert(&pool, &ada()).await.expect_err("the address is taken");
    assert!(error.is(&UserConstraint::UsersEmailKey), "{error}");
    assert_eq!(error.to_string(), "the row breaks users_email_key");
    assert!(!format!("{error:?}").contains("ada"), "{error:?}");

    let long = NewUser { first_name: Some("é".repeat(101)), ..ada() };
    let error = User::insert(&pool, &long).await.expect_err("the name is too long");
    assert!(matches!(&error, WriteError::Invalid(_)), "nothing was sent: {error}");
    assert_eq!(error.to_string(), "a row of users breaks rules: first_name takes at most 100 characters");
    let fits =
        NewUser { first_name: Some("é".repeat(100)), ..NewUser::new("b".into(), "b".into(), "x".into()) };
    User::insert(&pool, &fits).await.expect("a name that fits");
    let many = User::insert_many(&pool, &[ada(), ada()]).await.expect_err("both are there");
    assert!(many.is(&UserConstraint::UsersEmailKey), "{many}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_go_in_at_once_and_come_back_page_by_page() {
    let Some((_server, pool)) = pool("many_rows_go_in_at_once_and_come_back_page_by_page").await else {
        return;
    };
    let new = |n: usize| NewUser {
        is_active: if n.is_multiple_of(3) { Defaulted::Value(None) } else { Defaulted::Default },
        ..NewUser::new(format!("{n}@example.com"), format!("user {n}"), "x".into())
    };
    let all: Vec<_> = (0..1_000).map(new).collect();
    assert_eq!(User::insert_many(&pool, &all).await.expect("all go in"), 1_000);
    let mut page = User::PAGE_BY_ID.first(&pool, 300).await.expect("a page");
    let mut seen = Vec::new();
    while let Some(last) = page.last() {
        let cursor = User::PAGE_BY_ID.cursor(last);
        seen.append(&mut page);
        page = User::PAGE_BY_ID.after(&pool, &cursor, 300).await.expect("a page");
    }
    assert_eq!(seen.len(), 1_000);
    assert!(seen.windows(2).all(|two| two[0].id < two[1].id));
    assert_eq!(seen.iter().filter(|user| user.is_active.is_none()).count(), 334);

    // A column that is a list: no arrays of arrays.
    let roles: Vec<_> = (0..50).map(|n| NewRole::new(format!("role {n}"))).collect();
    assert_eq!(Role::insert_many(&pool, &roles).await.expect("all go in"), 50);
    let error = Role::insert_many(&pool, &roles).await.expect_err("they are there");
    assert!(error.is(&RoleConstraint::RolesNameKey), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_prepared_and_drift_is_named() {
    let Some((_server, pool)) = pool("statements_are_prepared_and_drift_is_named").await else { return };
    let count = platform::SCHEMA.prepare_all(&pool).await.expect("every statement is one to the server");
    assert!(count > 100, "{count}");
    platform::SCHEMA.verify(&pool).await.expect("the database was made from the same schema");
    for change in [
        "ALTER TABLE users ALTER COLUMN username TYPE text",
        "ALTER TABLE users ALTER COLUMN last_login SET NOT NULL",
        "ALTER TABLE users ALTER COLUMN is_active DROP DEFAULT",
        "ALTER TABLE users ADD COLUMN tenant int NOT NULL",
        "DROP TABLE audit_logs CASCADE",
    ] {
        sqlx::query(change).execute(&pool).await.expect("a change behind our back");
    }
    let Err(Drift::Differs(all)) = platform::SCHEMA.verify(&pool).await else { panic!("five differences") };
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    let mut wanted = [
        "public.audit_logs: is not there",
        "public.users.username: has type text, and not character varying(100)",
        "public.users.is_active: has no default, which the models count on",
        "public.users.last_login: refuses NULL, which the models may send",
        "public.users.tenant: has to be given, and the models do not know it",
    ];
    wanted.sort_unstable();
    let mut found: Vec<_> = all.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_has_changed_meanwhile_is_stale() {
    use options::{DocumentState, NewPaper, Paper, PaperPatch};
    let Some(server) = support::native("a_row_that_has_changed_meanwhile_is_stale").await else { return };
    let pool = PgPool::connect(&server.database().await).await.expect("the server takes sessions");
    let tables = "CREATE TABLE states (code varchar(20) PRIMARY KEY, says text);
        INSERT INTO states (code) VALUES ('draft'), ('in review'), ('published');
        CREATE TABLE documents (id bigint PRIMARY KEY, body text NOT NULL, revision integer NOT NULL DEFAULT 1,
            author_id bigint, state varchar(20) NOT NULL DEFAULT 'draft' REFERENCES states);
        CREATE TABLE notes (id bigint PRIMARY KEY, document_id bigint REFERENCES documents)";
    sqlx::raw_sql(tables).execute(&pool).await.expect("tables");
    let seen = Paper::insert(&pool, &NewPaper::new(1.into(), "one".into())).await.expect("a row");
    let patch = PaperPatch { body: "two".to_owned().into(), ..PaperPatch::default() };
    let mine =
        Paper::BY_ID.update_locked(&pool, &seen.id, &seen.revision, &patch).await.expect("the first one");
    assert_eq!((mine.body.as_str(), mine.revision), ("two", 2));
    assert_eq!(mine.state, DocumentState::Draft);
    let theirs = Paper::BY_ID.update_locked(&pool, &seen.id, &seen.revision, &patch).await;
    assert!(matches!(theirs, Err(WriteError::Stale)), "{theirs:?}");
    options::SCHEMA.prepare_all(&pool).await.expect("every statement is one to the server");

    // The rows that an enum was made of.
    options::SCHEMA.verify(&pool).await.expect("the database is that of the models");
    let change = "DELETE FROM states WHERE code = 'published'; INSERT INTO states (code) VALUES ('lost')";
    sqlx::raw_sql(change).execute(&pool).await.expect("rows");
    let Err(Drift::Differs(all)) = options::SCHEMA.verify(&pool).await else { panic!("two differences") };
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!(all.len(), 2, "{all:?}");
    for label in ["lost", "published"] {
        assert!(all.iter().any(|one| one.contains("states") && one.contains(label)), "{all:?}");
    }
}
