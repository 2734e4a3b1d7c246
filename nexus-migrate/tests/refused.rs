//! Rows that a migration would refuse are named before its first statement, with the real binary.

mod support;

use nexus_migrate::db::Session;
use support::project::Project;

const SCHEMA: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
      phone: { type: text, pii: true }
      age: text
";

async fn ran(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut session = Session::connect(url).await.expect("connects");
    session.rows(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[tokio::test]
async fn rows_that_a_migration_would_refuse_are_named_before_it_begins() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let at = ["--database-url", url.as_str()];
    let apply = |project: &Project, more: &[&str]| project.nexus(&[&["apply"], at.as_slice(), more].concat());
    let project = Project::new(SCHEMA);
    project.nexus(&["generate"]).ends(0);
    apply(&project, &[]).ends(0);
    let rows = "INSERT INTO users VALUES (1, 'a@b', '+1', '7'), (2, NULL, '+1', 'old'), (3, NULL, NULL, E'\\x1b[31m')";
    ran(&url, rows).await;

    project.edit("email: text", "email: { type: text, nullable: false }");
    project.edit("phone: { type: text, pii: true }", "phone: { type: text, pii: true, unique: true }");
    project.edit("age: text", "age: int");
    let generated = project.nexus(&["generate", "--allow", "long-block"]).ends(0);
    assert!(
        generated.err.contains("can fail on rows that are there: table public.users, where email is NULL"),
        "{}",
        generated.err
    );
    let ups = project.files().into_iter().filter(|(name, _)| name.ends_with(".up.sql"));
    let head: String = ups.map(|(_, text)| String::from_utf8_lossy(&text).into_owned()).collect();
    assert!(head.contains("-- Can fail on rows that are there: table public.users, where age is no integer. They are found by\n--   SELECT "), "{head}");
    let status = project.nexus(&[&["status"], at.as_slice()].concat()).ends(0);
    assert!(status.out.contains("asks first: table public.users, where email is NULL"), "{}", status.out);

    for more in [&[][..], &["--dry-run"]] {
        let refused = apply(&project, more).ends(1);
        for line in [
            "2 of table public.users, where email is NULL (for column public.users.email)\n    id = 2, email = NULL\n    id = 3, email = NULL",
            "1 of table public.users, where another row has the same phone (for constraint public.users.users_phone_key)\n    id = 2, phone = (hidden)",
            "2 of table public.users, where age is no integer (for column public.users.age)\n    id = 2, age = old\n    id = 3, age = \\u{1b}[31m",
            "--no-prechecks",
        ] {
            assert!(refused.err.contains(line), "{line}\nis not in\n{}", refused.err);
        }
        assert!(!refused.err.contains("+1"), "what is hidden is not shown: {}", refused.err);
    }
    let applied = ran(&url, "SELECT count(*) FROM _sqlx_migrations").await;
    assert_eq!(applied, [[Some("1".to_owned())]]);

    let unasked = apply(&project, &["--no-prechecks"]).ends(1);
    assert!(!unasked.err.contains("would refuse rows") && unasked.err.contains("failed"), "{}", unasked.err);
    ran(&url, "DELETE FROM users WHERE id > 1").await;
    apply(&project, &[]).ends(0);
    let age = ran(&url, "SELECT pg_typeof(age), age FROM users").await;
    assert_eq!(age, [[Some("integer".to_owned()), Some("7".to_owned())]]);
    project.nexus(&["prove"]).ends(0);
}

#[tokio::test]
async fn a_later_change_is_asked_about_when_those_before_it_are_done() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let apply = |project: &Project| project.nexus(&["apply", "--database-url", &url]);
    let project = Project::new(SCHEMA);
    project.nexus(&["generate"]).ends(0);
    apply(&project).ends(0);
    ran(&url, "INSERT INTO users VALUES (1, 'a@b', NULL, NULL), (2, 'a@b', NULL, NULL)").await;
    project.edit("email: text", "email: text\n      city: text");
    project.nexus(&["generate"]).ends(0);
    project.edit("      city: text\n", "      city: { type: text, nullable: false }\n");
    project.nexus(&["generate"]).ends(0);
    let refused = apply(&project).ends(1);
    assert!(refused.err.contains("2 of table public.users, where city is NULL"), "{}", refused.err);
    let city = ran(
        &url,
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'city'",
    )
    .await;
    assert_eq!(city, [[Some("f".to_owned())]], "the change before it is applied");
    ran(&url, "UPDATE users SET city = 'x'").await;
    apply(&project).ends(0);
}
