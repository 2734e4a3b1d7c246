//! Ids and enums go to a server and come back as they were.

use nexus_example_build_script::models::{Author, AuthorId, Note, NoteId, Visibility};
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions};
use nexus_schema::runtime::Table;
use sqlx::{AssertSqlSafe, PgPool};

const TABLES: &str = "CREATE TYPE visibility AS ENUM ('private', 'shared'); \
     CREATE TABLE authors (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(100) NOT NULL); \
     CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), author_id uuid REFERENCES authors, \
                         visibility visibility NOT NULL DEFAULT 'private', body text)";

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_enums_come_back() {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let scratch = match Scratch::start(&options).await {
        Ok(scratch) => scratch,
        Err(error) if std::env::var_os("NEXUS_REQUIRE_NATIVE").is_none() => {
            eprintln!("left out: {error}");
            return;
        }
        Err(error) => panic!("NEXUS_REQUIRE_NATIVE is set: {error}"),
    };
    let mut session = scratch.fresh().await.expect("a started server gives databases");
    session.run(TABLES).await.expect("the tables are sound");
    let pool =
        PgPool::connect(session.url()).await.expect("a second session can be opened on a native server");

    let author: AuthorId = sqlx::query_scalar("INSERT INTO authors (name) VALUES ('Ada') RETURNING id")
        .fetch_one(&pool)
        .await
        .expect("an id is read as what it is");
    let all = Visibility::ALL.to_vec();
    let notes: Vec<NoteId> = sqlx::query_scalar(
        "INSERT INTO notes (author_id, visibility) SELECT $1, unnest($2::visibility[]) RETURNING id",
    )
    .bind(author)
    .bind(&all)
    .fetch_all(&pool)
    .await
    .expect("ids and lists of enums are bound");

    let one = format!("{} WHERE id = ANY($1) AND visibility = $2", Note::SELECT);
    let found: Note = sqlx::query_as(AssertSqlSafe(one))
        .bind(&notes)
        .bind(Visibility::Shared)
        .fetch_one(&pool)
        .await
        .expect("lists of ids and enums are bound");
    let wanted = Note { id: notes[1], author_id: Some(author), visibility: Visibility::Shared, body: None };
    assert_eq!(found, wanted);
    let listed: Vec<Visibility> =
        sqlx::query_scalar("SELECT array_agg(visibility ORDER BY visibility) FROM notes")
            .fetch_one(&pool)
            .await
            .expect("lists of enums are read");
    assert_eq!(listed, all);
    let whole: Author =
        sqlx::query_as(Author::SELECT).fetch_one(&pool).await.expect("a row is read by its names");
    assert_eq!(whole, Author { id: author, name: "Ada".into() });

    // Where the type's schema is not on the search path, the server spells it out.
    sqlx::query("SET search_path = ''").execute(&pool).await.expect("a setting");
    let hidden: Visibility = sqlx::query_scalar("SELECT visibility FROM public.notes WHERE id = $1")
        .bind(notes[0])
        .fetch_one(&pool)
        .await
        .expect("an enum is known by its full name");
    assert_eq!(hidden, Visibility::Private);
    pool.close().await;
    drop(session);
    scratch.stop().await.expect("the server stops");
}
