//! Histories that are written anew: branches that meet, many migrations as one, a database as the beginning; and who
//! made what.

mod support;

use std::fs;
use std::time::Duration;

use nexus_migrate::db::Session;
use nexus_migrate::history::History;

use support::project::Project;
use support::server;

const BEFORE: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
  # end
seeds:
  users: { key: [id], rows: [ { id: 1, email: first } ] }
";
const OURS: &str = "      email: text\n      age: int\n";
const THEIRS: &str = "  notes: { columns: { id: { type: bigint, primary_key: true } } }\n  # end\n";

fn copy(from: &Project, to: &Project) {
    fs::create_dir_all(to.migrations()).expect("makes");
    for (name, content) in from.files() {
        fs::write(to.migrations().join(name), content).expect("writes");
    }
}

fn versions(project: &Project) -> Vec<i64> {
    let history = History::open(&project.migrations()).expect("opens");
    history.migrations().iter().map(|m| m.version).collect()
}

async fn one(url: &str, sql: &str) -> String {
    let rows = Session::connect(url).await.expect("connects").rows(sql).await.expect("answers");
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}

/// A project with two branches of one beginning, merged as git merges files: chain and snapshot are of ours.
fn merged(ours: &str, theirs: &str) -> (Project, Project) {
    let main = Project::new(BEFORE);
    main.nexus(&["generate"]).ends(0);
    let branch = Project::new(BEFORE);
    copy(&main, &branch);
    branch.edit("      email: text\n", ours);
    branch.nexus(&["generate", "-n", "ours"]).ends(0);
    // A version is a second, and the next one where that is taken: two people rarely work in the same, and this test must
    // not.
    std::thread::sleep(Duration::from_millis(2_100));
    main.edit("  # end\n", theirs);
    main.nexus(&["generate", "-n", "theirs"]).ends(0);
    for (name, content) in main.files().into_iter().filter(|(name, _)| !name.starts_with("nexus.")) {
        fs::write(branch.migrations().join(name), content).expect("writes");
    }
    branch.edit("  # end\n", theirs);
    (branch, main)
}

#[tokio::test]
async fn branches_that_meet_are_told_and_put_in_order() {
    let Some(native) = server().await else { return };
    let (branch, main) = merged(OURS, THEIRS);
    let told = branch.nexus(&["generate"]).ends(1);
    assert!(told.err.contains("branches meet here: "), "{}", told.err);
    assert!(told.err.contains("nexus rebase"), "{}", told.err);
    let head = *versions(&main).last().expect("has one");
    let rebased = branch.nexus(&["rebase", "--onto", &head.to_string()]).ends(0);
    assert!(
        rebased.err.contains("both orders lead to one state, which is that of the schema file"),
        "{}",
        rebased.err
    );
    let all = versions(&branch);
    assert_eq!(all.len(), 3);
    assert_eq!(all[1], head, "theirs stays");
    branch.nexus(&["generate", "--check"]).ends(0);
    branch.nexus(&["prove"]).ends(0);
    assert_eq!(branch.nexus(&["rebase"]).ends(0).out, "");
    // Who has theirs goes on to ours.
    let url = native.database().await;
    main.nexus(&["apply", "--database-url", &url]).ends(0);
    branch.nexus(&["apply", "--database-url", &url]).ends(0);
    branch.nexus(&["drift", "--database-url", &url]).ends(0);
}

#[test]
fn a_broken_chain_of_a_merge_does_no_harm() {
    if support::client("pg_dump", 15).is_none() {
        return;
    }
    let (branch, _) = merged(OURS, THEIRS);
    let sum = branch.migrations().join("nexus.sum");
    let text = fs::read_to_string(&sum).expect("reads");
    fs::write(&sum, format!("<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n")).expect("writes");
    fs::write(branch.migrations().join("nexus.lock"), "<<<<<<< ours\n").expect("writes");
    branch.nexus(&["rebase"]).ends(0);
    branch.nexus(&["prove"]).ends(0);
}

#[test]
fn an_edited_file_is_not_put_in_order() {
    if support::client("pg_dump", 15).is_none() {
        return;
    }
    let ours = "      email: { type: text, default: a }\n";
    let (branch, main) = merged(ours, "  # end\n  other: { columns: { id: int } }\n");
    let before = branch.files();
    drop(main);
    // A hand-written change in the other branch that ours undoes.
    let edited = "ALTER TABLE public.users ALTER COLUMN email SET DEFAULT 'b';\n";
    let name = before.keys().find(|name| name.ends_with("_theirs.up.sql")).expect("is there").clone();
    fs::write(branch.migrations().join(&name), edited).expect("writes");
    let told = branch.nexus(&["rebase"]).ends(1);
    assert!(told.err.contains(&format!("`{name}` was edited after it was written")), "{}", told.err);
}

#[test]
fn branches_that_lead_to_two_states_are_not_put_in_order() {
    if support::client("pg_dump", 15).is_none() {
        return;
    }
    let with = |default: &str| format!("      email: {{ type: text, default: {default} }}\n");
    let (branch, main) = merged(&with("ours"), "  # end\n");
    main.edit("      email: text\n", &with("theirs"));
    main.nexus(&["generate", "-n", "theirs"]).ends(0);
    for (name, content) in main.files().into_iter().filter(|(name, _)| !name.starts_with("nexus.")) {
        fs::write(branch.migrations().join(name), content).expect("writes");
    }
    let before = branch.files();
    let told = branch.nexus(&["rebase"]).ends(1);
    assert!(told.err.contains("the branches do not lead to one state"), "{}", told.err);
    assert!(told.err.contains("\n  default public.users.email\n"), "{}", told.err);
    assert_eq!(branch.files(), before);
}

#[test]
fn branches_of_one_second_are_told() {
    if support::client("pg_dump", 15).is_none() {
        return;
    }
    let (branch, _) = merged(OURS, THEIRS);
    let files = branch.files();
    let version = |end: &str| {
        let file = files.keys().find(|name| name.ends_with(end)).expect("is there");
        file.split('_').next().expect("has a version").to_owned()
    };
    let (ours, theirs) = (version("_ours.up.sql"), version("_theirs.up.sql"));
    for end in ["up", "down"] {
        let name = |version: &str| branch.migrations().join(format!("{version}_theirs.{end}.sql"));
        fs::rename(name(&theirs), name(&ours)).expect("renames");
    }
    fs::remove_file(branch.migrations().join(format!("{theirs}.proof.json"))).expect("removes");
    for command in ["generate", "rebase", "status"] {
        let told = branch.nexus(&[command]).ends(1);
        assert!(
            told.err.contains(&format!("`{ours}_ours.up.sql` and `{ours}_theirs.up.sql`")),
            "{}",
            told.err
        );
        assert!(told.err.contains("keep one of the two"), "{}", told.err);
    }
}

#[tokio::test]
async fn many_become_one_and_databases_are_told() {
    let Some(native) = server().await else { return };
    let project = Project::new(BEFORE);
    project.nexus(&["generate"]).ends(0);
    let half = native.database().await;
    project.nexus(&["apply", "--database-url", &half]).ends(0);
    project.edit("      email: text\n", OURS);
    project.nexus(&["generate"]).ends(0);
    project.edit("  # end\n", THEIRS);
    project.nexus(&["generate"]).ends(0);
    let (whole, fresh) = native.two().await;
    project.nexus(&["apply", "--database-url", &whole]).ends(0);
    let all = versions(&project);
    let squashed = project.nexus(&["squash", "--to", &all[1].to_string()]).ends(0);
    assert!(squashed.err.contains("the 2 migrations that it stands for"), "{}", squashed.err);
    assert_eq!(versions(&project), all[1..], "the last one is not part of it");
    project.nexus(&["prove"]).ends(0);
    project.nexus(&["generate", "--check"]).ends(0);

    project.nexus(&["apply", "--database-url", &fresh]).ends(0);
    let status = project.nexus(&["status", "--database-url", &whole]).ends(0);
    assert!(status.out.contains("replaced"), "{}", status.out);
    project.nexus(&["apply", "--database-url", &whole]).ends(0);
    for url in [&fresh, &whole] {
        project.nexus(&["drift", "--database-url", url]).ends(0);
        assert_eq!(one(url, "SELECT count(*) FROM _sqlx_migrations").await, "2");
        assert_eq!(one(url, "SELECT count(*) FROM users").await, "1");
    }
    let refused = project.nexus(&["apply", "--database-url", &half]).ends(1);
    assert!(refused.err.contains("missing from the directory"), "{}", refused.err);
}

#[tokio::test]
async fn a_database_is_the_beginning() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let make = "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX ON users (email)";
    Session::connect(&url).await.expect("connects").run(make).await.expect("runs");
    let project = Project::new("");
    fs::remove_file(project.dir.path().join("schema.yaml")).expect("removes");
    project.nexus(&["init", "--from", &url, "--record"]).ends(0);
    project.nexus(&["init", "--from", &url]).ends(2);
    project.nexus(&["status", "--check", "--database-url", &url]).ends(0);
    project.nexus(&["drift", "--database-url", &url]).ends(0);
    project.edit("      email: text\n", "      email: text\n      age: int\n");
    project.nexus(&["generate"]).ends(0);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    let blame = project.nexus(&["blame", "users.age"]).ends(0);
    assert!(blame.out.contains("    create column public.users.age\n"), "{}", blame.out);
    let all = project.nexus(&["blame", "users"]).ends(0);
    assert!(all.out.contains("_baseline\n    create table public.users\n"), "{}", all.out);
    let none = project.nexus(&["blame", "users.agee"]).ends(2);
    assert!(none.err.contains("do you mean users.age?"), "{}", none.err);
}

#[test]
fn a_new_project_begins_with_a_file_that_holds() {
    let project = Project::new("");
    fs::remove_file(project.dir.path().join("schema.yaml")).expect("removes");
    project.nexus(&["init", "--postgres", "14"]).ends(1);
    project.nexus(&["init", "--name", "it's \"a: shop\" # {}", "--postgres", "16"]).ends(0);
    project.nexus(&["check"]).ends(0);
    project.nexus(&["fmt", "--check", "schema.yaml"]).ends(0);
    let (declared, _) = nexus_schema::document::load(&project.dir.path().join("schema.yaml")).expect("holds");
    assert_eq!(declared.database.name, "it's \"a: shop\" # {}");
    // It leads to a migration that holds, with its default rows.
    project.nexus(&["generate", "--models", "models.rs"]).ends(0);
    assert!(project.newest().contains("INSERT INTO public.roles"), "{}", project.newest());
}
