//! What is done about a database by people: going back, going part of the way, drift, and what only they can know.

mod support;

use nexus_migrate::db::Session;

use support::project::Project;
use support::{Server, server};

const BEFORE: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
";
const TAGS: &str = "      email: text\n      tags: text\n";
const NOTES: &str = "      email: text\n      tags: text\n  notes: { columns: { id: { type: bigint, primary_key: true } } }\n";

/// A project with three migrations, and a database with the first two.
async fn project(native: &Server) -> (Project, String, Vec<String>) {
    let project = Project::new(BEFORE);
    project.nexus(&["generate"]).ends(0);
    project.edit("      email: text\n", TAGS);
    project.nexus(&["generate"]).ends(0);
    project.edit(TAGS, NOTES);
    project.nexus(&["generate"]).ends(0);
    let url = native.database().await;
    let versions: Vec<String> = project
        .files()
        .into_keys()
        .filter_map(|name| {
            name.strip_suffix(".up.sql").map(|name| name.split('_').next().unwrap_or_default().to_owned())
        })
        .collect();
    project.nexus(&["apply", "--database-url", &url, "--to", &versions[1]]).ends(0);
    (project, url, versions)
}

async fn run(url: &str, sql: &str) {
    Session::connect(url).await.expect("connects").run(sql).await.expect("runs");
}

async fn one(url: &str, sql: &str) -> String {
    let rows = Session::connect(url).await.expect("connects").rows(sql).await.expect("answers");
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}

const COLUMNS: &str = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = to_regclass('users') AND attnum > 0 AND NOT attisdropped";

#[tokio::test]
async fn one_goes_part_of_the_way_and_back() {
    let Some(native) = server().await else { return };
    let (project, url, versions) = project(&native).await;
    assert_eq!(one(&url, COLUMNS).await, "id email tags");
    assert_eq!(one(&url, "SELECT to_regclass('notes')").await, "", "the third is not asked for");
    project.nexus(&["status", "--database-url", &url]).ends(0);
    project.nexus(&["status", "--check", "--database-url", &url]).ends(1);

    let dry = project.nexus(&["rollback", "--dry-run", "--to", &versions[0], "--database-url", &url]).ends(0);
    assert!(dry.out.starts_with(&format!("pending {}_", versions[1])), "{}", dry.out);
    let back = project.nexus(&["rollback", "--to", &versions[0], "--database-url", &url]).ends(0);
    assert!(back.out.starts_with(&format!("took back {}_", versions[1])), "{}", back.out);
    assert_eq!(one(&url, COLUMNS).await, "id email");
    project.nexus(&["drift", "--database-url", &url]).ends(0);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    project.nexus(&["rollback", "--to", "0", "--database-url", &url]).ends(0);
    assert_eq!(one(&url, "SELECT to_regclass('users')").await, "");
    assert_eq!(one(&url, "SELECT count(*) FROM _sqlx_migrations").await, "0");
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    assert_eq!(one(&url, "SELECT count(*) FROM nexus.steps").await, "11", "the journal keeps all of it");
    project.nexus(&["apply", "--to", "7", "--database-url", &url]).ends(1);
}

#[tokio::test]
async fn drift_is_shown_refused_taken_back_or_allowed() {
    let Some(native) = server().await else { return };
    let (project, url, _) = project(&native).await;
    let none = project.nexus(&["drift", "--database-url", &url]).ends(0);
    assert_eq!(none.out, "");
    run(&url, "CREATE INDEX by_hand ON users (email); ALTER TABLE users ALTER tags SET NOT NULL").await;
    let drift = project.nexus(&["drift", "--database-url", &url]).ends(1);
    assert!(drift.out.contains("+ create index public.by_hand"), "{}", drift.out);
    assert!(drift.err.contains("2 steps happened besides"), "{}", drift.err);
    let refused = project.nexus(&["apply", "--database-url", &url]).ends(1);
    assert!(refused.err.contains("CREATE INDEX by_hand"), "{}", refused.err);
    assert!(refused.err.contains("--allow-drift"), "{}", refused.err);
    assert_eq!(one(&url, "SELECT to_regclass('notes')").await, "", "nothing was applied");
    let repair = project.nexus(&["drift", "--format", "sql", "--database-url", &url]).ends(1);
    run(&url, &repair.out).await;
    project.nexus(&["drift", "--database-url", &url]).ends(0);
    run(&url, "CREATE INDEX again ON users (email)").await;
    project.nexus(&["apply", "--allow-drift", "--database-url", &url]).ends(0);
    let json = project.nexus(&["drift", "--json", "--database-url", &url]).ends(1);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(json["drifted"], true);
    assert_eq!(json["repair"]["steps"][0]["sql"], "DROP INDEX public.again");
    let markdown = project.nexus(&["drift", "--format", "markdown", "--database-url", &url]).ends(1);
    assert!(markdown.out.starts_with("| step   | object               | data |\n"), "{}", markdown.out);
}

#[tokio::test]
async fn a_database_that_is_not_empty_needs_a_word() {
    let Some(native) = server().await else { return };
    let (project, _, versions) = project(&native).await;
    let url = native.database().await;
    run(&url, "CREATE TABLE users (id bigint PRIMARY KEY, email text)").await;
    let refused = project.nexus(&["apply", "--database-url", &url]).ends(1);
    assert!(refused.err.contains("the database is not empty"), "{}", refused.err);
    // It is what the first migration makes, and so it is a baseline.
    let wrong = project.nexus(&["resolve", &versions[1], "--applied", "--database-url", &url]).ends(1);
    assert!(wrong.err.contains("drop column public.users.tags"), "{}", wrong.err);
    project.nexus(&["resolve", &versions[0], "--applied", "--database-url", &url]).ends(0);
    project.nexus(&["resolve", &versions[0], "--applied", "--database-url", &url]).ends(1);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    project.nexus(&["drift", "--database-url", &url]).ends(0);
}

#[tokio::test]
async fn a_person_settles_what_the_ledger_has_wrong() {
    let Some(native) = server().await else { return };
    let (project, url, versions) = project(&native).await;
    run(&url, &format!("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = {}", versions[1])).await;
    project.nexus(&["apply", "--database-url", &url]).ends(1);
    project.nexus(&["resolve", &versions[1], "--accept", "--database-url", &url]).ends(0);
    run(&url, "INSERT INTO _sqlx_migrations VALUES (9, 'from another branch', now(), false, '', 0)").await;
    project.nexus(&["apply", "--database-url", &url]).ends(1);
    project.nexus(&["resolve", "9", "--not-applied", "--database-url", &url]).ends(0);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    let status = project.nexus(&["status", "--format", "markdown", "--database-url", &url]).ends(0);
    let line = status.out.lines().find(|line| line.starts_with(&format!("| `{}_initial` ", versions[0])));
    assert!(line.is_some_and(|line| line.contains("| applied |")), "{}", status.out);
}

#[tokio::test]
async fn events_are_lines_of_json_and_the_result_is_the_last() {
    let Some(native) = server().await else { return };
    let (project, url, versions) = project(&native).await;
    let ran = project.nexus(&["apply", "--events", "--database-url", &url]).ends(0);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("is JSON")).collect();
    assert_eq!(lines[0]["pending"], 1);
    let version: i64 = versions[2].parse().expect("a number");
    assert_eq!(lines[1]["started"]["version"], version);
    assert_eq!(lines.last().expect("a line")["applied"][0]["version"], version);
}
