//! What nobody has allowed is not written, locks keep to their budget, and an allowance that nothing needs is told.

mod support;

use support::Server;
use support::project::Project;

const SCHEMA: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
      note: text
";

/// A project whose first migration is written, and the server on which its states are built.
async fn begun() -> Option<(Server, Project)> {
    let server = support::server().await?;
    let mut project = Project::new(SCHEMA);
    project.dev_url = Some(server.database().await);
    project.nexus(&["generate"]).ends(0);
    std::fs::copy(project.dir.path().join("schema.yaml"), project.dir.path().join("old.yaml"))
        .expect("copies");
    Some((server, project))
}

/// What a refusal says, without where the project lies.
fn refusal(project: &Project, args: &[&str]) -> String {
    let refused = project.nexus(args).ends(1);
    assert_eq!(
        project.files().keys().filter(|name| name.ends_with(".up.sql")).count(),
        1,
        "nothing is written"
    );
    refused.err.replace(&*project.dir.path().to_string_lossy(), "")
}

#[tokio::test]
async fn a_lock_above_the_budget_is_refused() {
    let Some((_server, project)) = begun().await else { return };
    project.edit("  users:\n", "  users:\n    max_lock: share_update_exclusive\n");
    project.edit("      note: text\n", "      note: text\n      city: text\n");
    insta::assert_snapshot!("over_budget", refusal(&project, &["generate"]));
    let pair = ["prove", "--from", "old.yaml", "--to", "schema.yaml"];
    let proved = project.nexus(&pair).ends(1);
    let above = "FAILED schema.yaml:4:3: over-budget[NX0509]: public.users is locked in ACCESS EXCLUSIVE, and its budget is \
                 SHARE UPDATE EXCLUSIVE";
    assert!(proved.out.contains(above), "{}", proved.out);
    project.nexus(&[&pair[..], &["--allow", "over-budget:users"]].concat()).ends(0);
    project.nexus(&["generate", "--allow", "over-budget:users"]).ends(0);
}

#[tokio::test]
async fn the_budget_of_the_database_holds_for_tables_without_their_own() {
    let Some((_server, project)) = begun().await else { return };
    project.edit("{ name: shop }", "{ name: shop, max_lock: share_update_exclusive }");
    project.edit("      note: text\n", "      note: text\n      city: text\n");
    assert!(refusal(&project, &["generate"]).contains("its budget is SHARE UPDATE EXCLUSIVE"));
    project.edit("  users:\n", "  users:\n    max_lock: access_exclusive\n");
    project.nexus(&["generate"]).ends(0);
}

#[tokio::test]
async fn what_is_lost_is_refused_until_somebody_takes_it() {
    let Some((_server, project)) = begun().await else { return };
    project.edit("      note: text\n", "");
    insta::assert_snapshot!("data_loss", refusal(&project, &["generate"]));
    // Of another column, or for no reason at all, it is not taken.
    assert!(refusal(&project, &["generate", "--allow", "data-loss:users.email"]).contains("NX0501"));
    project.edit("{ name: shop }", "{ name: shop, allow: [{ hazard: data-loss, of: users.note }] }");
    let missing = project.nexus(&["generate"]).ends(1);
    assert!(missing.err.contains("`reason` is missing in what is allowed"), "{}", missing.err);
    project.edit("of: users.note }", "of: users.note, reason: nobody reads it }");
    let generated = project.nexus(&["generate"]).ends(0);
    assert!(!generated.err.contains("take it out"), "{}", generated.err);
}

#[tokio::test]
async fn an_allowance_that_nothing_needs_is_told_with_its_place() {
    let Some((_server, project)) = begun().await else { return };
    project.edit(
        "database: { name: shop }",
        "database:\n  name: shop\n  allow:\n    - { hazard: data-loss, of: users.note, reason: nobody reads it }",
    );
    project.edit("      note: text\n", "      note: text\n      city: text\n");
    let told = "schema.yaml:5:7: nothing is allowed here by data-loss:users.note: take it out";
    let proved = project.nexus(&["prove", "--from", "old.yaml", "--to", "schema.yaml"]).ends(0);
    assert!(proved.out.contains(told), "{}", proved.out);
    let generated = project.nexus(&["generate", "--allow", "long-block"]).ends(0);
    let said = format!("{}{}", generated.out, generated.err);
    assert!(said.contains(told), "{said}");
    assert!(said.contains("nothing is allowed by `--allow long-block`: there is no such hazard"), "{said}");
}

#[tokio::test]
async fn what_keeps_clients_waiting_is_refused_until_somebody_takes_it() {
    let Some((_server, project)) = begun().await else { return };
    project.edit("email: text", "email: text\n      age: { type: bigint, identity: always }");
    insta::assert_snapshot!("long_block", refusal(&project, &["generate"]));
    project.nexus(&["generate", "--allow", "long-block:users"]).ends(0);
}
