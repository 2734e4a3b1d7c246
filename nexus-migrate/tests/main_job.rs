//! The main job as its users do it: from schema.yaml to a migrated database, with the real binary.

mod support;

use support::project::{Project, both_ways_to_apply, reference};

const SMALL: &str = "\
nexus: 1
database: { name: shop }
enums: { state: [open, paid, gone] }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
      state: { type: state, nullable: false, default: open }
    indexes: { users_email: { on: [email] } }
  orders:
    columns:
      id: { type: bigint, primary_key: true }
      user_id: { type: bigint, references: users.id }
";

/// Whether there is any server to build states on.
fn can_build(what: &str) -> bool {
    if cfg!(feature = "embedded") {
        return true;
    }
    let probe =
        Project::new("nexus: 1\ndatabase: { name: probe }\ntables: { t: { columns: { id: int } } }\n");
    let ran = probe.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]);
    if ran.code != Some(0) {
        support::left_out(what, &ran.err);
    }
    ran.code == Some(0)
}

#[test]
fn generate_writes_a_proved_migration_once() {
    if !can_build("generate") {
        return;
    }
    let project = Project::new(&reference());
    project.nexus(&["generate", "--check"]).ends(1);
    assert!(!project.migrations().exists(), "--check writes nothing");
    let first = project.nexus(&["generate", "--models", "models.rs"]).ends(0);
    assert!(first.err.contains(" steps, proved on PostgreSQL "), "{}", first.err);
    let files = project.files();
    let names: Vec<_> =
        files.keys().map(|name| name.trim_start_matches(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(names, [".proof.json", "_initial.down.sql", "_initial.up.sql", "nexus.lock", "nexus.sum"]);
    assert!(project.dir.path().join("models.rs").exists());

    let again = project.nexus(&["generate", "--models", "models.rs"]).ends(0);
    assert!(again.err.contains("nothing is due"), "{}", again.err);
    assert_eq!(again.out, "");
    assert_eq!(project.files(), files);
    project.nexus(&["generate", "--check"]).ends(0);

    project.nexus(&["prove"]).ends(0);
    let same = project.nexus(&["diff", "--from", "schema.yaml", "--to", "migrations", "--exit-code"]).ends(0);
    assert_eq!(same.out, "");
    let same = project.nexus(&["diff", "--from", "migrations", "--to", "schema.yaml", "--exit-code"]).ends(0);
    assert_eq!(same.out, "");
}

#[test]
fn every_edit_is_the_next_migration() {
    if !can_build("edits") {
        return;
    }
    let project = Project::new(SMALL);
    project.nexus(&["generate"]).ends(0);
    let steps = [
        ("a column", "      email: text\n", "      email: text\n      age: int\n", "ADD COLUMN age integer"),
        (
            "a column's new name",
            "      age: int\n",
            "      years: { type: int, was: age }\n",
            "RENAME COLUMN age TO years",
        ),
        ("a table's new name", "  orders:\n", "  purchases:\n    was: orders\n", "RENAME TO purchases"),
        ("a value", "[open, paid, gone]", "[open, paid, gone, lost]", "ADD VALUE 'lost'"),
    ];
    for (what, from, to, sql) in steps {
        project.edit(from, to);
        project.nexus(&["generate", "--check"]).ends(1);
        let before = project.files().len();
        project.nexus(&["generate"]).ends(0);
        assert!(project.newest().contains(sql), "{what}:\n{}", project.newest());
        assert!(project.files().len() > before, "{what} is a migration of its own");
        project.nexus(&["generate", "--check"]).ends(0);
    }
    project.nexus(&["prove"]).ends(0);
}

#[test]
fn what_can_fail_on_rows_is_said() {
    if !can_build("a value that rows may have") {
        return;
    }
    let project = Project::new(SMALL);
    project.nexus(&["generate"]).ends(0);
    project.edit("[open, paid, gone]", "[open, gone]");
    let ran = project.nexus(&["generate", "--allow", "long-block"]).ends(0);
    assert!(ran.err.contains("can fail on rows that are there: "), "{}", ran.err);
    assert!(project.newest().contains("-- Can fail on rows that are there: "), "{}", project.newest());
    project.edit("      email: text\n", "");
    project.edit("    indexes: { users_email: { on: [email] } }\n", "");
    // Nothing is taken away that nobody has allowed.
    let refused = project.nexus(&["generate"]).ends(1);
    assert!(refused.err.contains("data-loss[NX0501]"), "{}", refused.err);
    project.nexus(&["generate", "--allow", "data-loss:orders.email"]).ends(1);
    let ran = project.nexus(&["generate", "--allow", "data-loss:users.email"]).ends(0);
    assert!(ran.err.contains("takes away the data of column public.users.email"), "{}", ran.err);
    project.nexus(&["prove"]).ends(0);
}

#[tokio::test]
async fn apply_and_sqlx_make_the_same_database() {
    let Some(server) = support::native("apply").await else { return };
    let project = Project::new(&reference());
    project.nexus(&["generate"]).ends(0);
    both_ways_to_apply(&server, &project).await;
}
