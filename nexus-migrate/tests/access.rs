//! Access: what roles can do is what the schema file says, tried on scratch and asked of a database.

mod support;

use nexus_migrate::db::Session;
use serde_json::Value;
use support::project::{Project, Ran};

const CLINIC: &str = r#"nexus: 1
database: { name: clinic, postgres: 15 }
access:
  owner: clinic_owner
  migrator: clinic_migrator
  actors:
    clinic_app: [select, insert, update, delete]
    clinic_reader: select
    clinic_auditor: []
schemas: { vault: { access: { clinic_reader: [] } } }
sequences: [vault.number]
functions:
  greeting: { returns: text, body: "SELECT 'hello'", security_definer: true }
tables:
  visits:
    policies: { tenant: tenant_id }
    columns:
      id: { type: uuid, primary_key: true, default_expr: gen_random_uuid() }
      tenant_id: { type: uuid, not_null: true }
      note: text
  notes:
    policies: { owner: user_id, all: { command: select, roles: [clinic_auditor], using: "true" } }
    access: { clinic_auditor: select }
    columns: { user_id: { type: bigint, primary_key: true }, note: text }
  '"it''s ""odd"""':
    access: { clinic_app: [truncate, references], clinic_reader: [insert] }
    columns:
      n: { type: bigint, identity: always, primary_key: true }
      twice: { type: bigint, generated: "n * 2" }
      visit: { type: uuid, references: visits.id }
  vault.keys:
    access: { clinic_reader: [] }
    columns: { n: { type: bigint, primary_key: true, default_expr: "nextval('vault.number')" }, key: { type: text, not_null: true } }
  audit_logs:
    access: { clinic_app: [], clinic_reader: [], clinic_auditor: select }
    columns: { id: { type: uuid, primary_key: true }, action: text }
"#;

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).expect("JSON")
}

#[tokio::test]
async fn every_cell_is_as_declared() {
    if support::server().await.is_none() {
        return;
    }
    let project = Project::new(CLINIC);
    let ran = project.nexus(&["access", "--json"]).ends(0);
    let matrix = json(&ran);
    // Five tables with six verbs and two schemas, as six roles.
    assert_eq!(matrix["total"], (5 * 6 + 2) * 6, "{}", ran.out);
    assert_eq!(matrix["equal"], matrix["total"]);
    let cells = matrix["cells"].as_array().expect("cells");
    let asked: Vec<_> = cells.iter().filter(|cell| cell["tried"] == false).collect();
    assert!(asked.is_empty(), "a statement for each cell: {asked:?}");
    let can = |role: &str, verb: &str, on: &str| {
        let same = |cell: &&Value| cell["role"] == role && cell["verb"] == verb && cell["on"] == on;
        cells.iter().find(same).expect("there is such a cell")["found"] == true
    };
    assert!(can("clinic_app", "INSERT", "table vault.keys"), "the sequence of its default is part of it");
    assert!(!can("clinic_reader", "SELECT", "table vault.keys"));
    assert!(!can("clinic_app", "DELETE", "table public.audit_logs"));
    assert!(can("clinic_auditor", "SELECT", "table public.audit_logs"));
    assert!(can("clinic_migrator", "TRUNCATE", "table public.visits"), "as a member of the owner");
    assert!(!can("clinic_app", "CREATE", "schema public") && can("clinic_owner", "CREATE", "schema public"));
    assert!(!can("public", "SELECT", "table public.visits"));
    let rows = matrix["rows"].as_array().expect("rows");
    let seen = |role: &str, what: &str| {
        let same = |row: &&Value| {
            row["role"] == role
                && row["what"] == what
                && row["policy"].as_str().is_some_and(|policy| policy.contains("visits"))
        };
        rows.iter().find(same).unwrap_or_else(|| panic!("{role} {what} in {rows:?}"))["found"].as_u64()
    };
    assert!(seen("clinic_app", "reads its own rows") > Some(0));
    assert_eq!(seen("clinic_app", "updates its own rows"), seen("clinic_app", "reads its own rows"));
    assert_eq!(seen("clinic_app", "reads without saying who it is"), Some(0));
    assert_eq!(seen("clinic_app", "inserts rows of others"), Some(0));
    assert!(seen("clinic_reader", "reads its own rows") > Some(0));
    let text = project.nexus(&["access"]).ends(0).out;
    let line = |name: &str| {
        text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"))
    };
    let words = |name: &str| line(name).split_whitespace().skip(1).collect::<Vec<_>>();
    assert_eq!(words("visits "), ["SIUD--", "------", "SIUDTR", "SIUDTR", "S-----", "------"], "{text}");
    assert_eq!(words("audit_logs "), ["------", "S-----", "SIUDTR", "SIUDTR", "------", "------"], "{text}");
}

#[tokio::test]
async fn what_is_granted_by_hand_is_found() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(CLINIC);
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0).out;
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    session.run(&plan).await.expect("the plan runs");
    let there = ["access", "--database-url", &url, "--json"];
    let matrix = json(&project.nexus(&there).ends(0));
    assert_eq!(matrix["equal"], matrix["total"]);
    let diff = project.nexus(&["diff", "--from", &url, "--to", "schema.yaml"]).ends(0).out;
    assert_eq!(diff, "", "what was made is what was declared");

    session
        .run(
            "GRANT DELETE ON audit_logs TO clinic_app; GRANT SELECT (note) ON visits TO clinic_auditor; \
             REVOKE SELECT ON visits FROM clinic_reader; CREATE ROLE clinic_stranger; GRANT UPDATE ON visits TO clinic_stranger; \
             ALTER ROLE clinic_app BYPASSRLS; \
             CREATE FUNCTION trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        )
        .await
        .expect("by hand");
    let text = project.nexus(&there[..3]).ends(1).out;
    for found in [
        "different: clinic_app can delete on table public.audit_logs, which nobody declared",
        "different: clinic_reader cannot select on table public.visits, which is declared",
        "found: clinic_auditor may select on column note of table visits, which nobody declared",
        "found: clinic_stranger may update on table visits, which nobody declared",
        "found: clinic_app passes by row security, which nobody declared",
        "found: trap() runs with its owner's rights",
    ] {
        assert!(text.contains(found), "{found} is not in\n{text}");
    }
    assert_eq!(text.matches("different: ").count(), 2, "{text}");
    assert_eq!(text.matches("found: ").count(), 4, "{text}");
    let repair = project.nexus(&["diff", "--from", &url, "--to", "schema.yaml"]).ends(0).out;
    for repaired in [
        "REVOKE ALL ON TABLE public.audit_logs FROM clinic_app",
        "REVOKE ALL ON TABLE public.visits FROM clinic_stranger",
        "REVOKE ALL (note) ON TABLE public.visits FROM clinic_auditor",
        "GRANT SELECT ON TABLE public.visits TO clinic_reader",
        "ALTER ROLE clinic_app NOBYPASSRLS",
    ] {
        assert!(repair.contains(repaired), "{repaired} is not in\n{repair}");
    }
    session
        .run("ALTER ROLE clinic_app NOBYPASSRLS; DROP FUNCTION trap(); DROP OWNED BY clinic_stranger; DROP ROLE clinic_stranger")
        .await
        .expect("cleans up");
}

#[tokio::test]
async fn what_is_imported_says_the_same() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(CLINIC);
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0).out;
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    let trap = "CREATE FUNCTION trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";
    session.run(&format!("{plan}\n{trap}")).await.expect("the plan runs");
    project.nexus(&["import", "--from", &url, "-o", "back.yaml"]).ends(0);
    let diff = project.nexus(&["diff", "--from", &url, "--to", "back.yaml"]).ends(0).out;
    assert_eq!(diff, "");
    let checked = project.nexus(&["check", "back.yaml"]).ends(0);
    assert!(checked.out.contains("NX0226") && checked.out.contains("`trap`"), "{}", checked.out);
    assert_eq!(checked.out.matches("NX0226").count(), 1, "{}", checked.out);
}

#[tokio::test]
async fn a_declaration_that_a_trigger_undoes_is_found() {
    if support::server().await.is_none() {
        return;
    }
    let project = Project::new(
        "nexus: 1\ndatabase: { name: a, postgres: 15 }\naccess: { actors: { undone_app: [select, delete] } }\n\
         functions: { refuse: { returns: trigger, language: plpgsql, body: \"BEGIN RAISE insufficient_privilege; END\" } }\n\
         tables:\n  kept:\n    columns: { id: { type: integer, primary_key: true } }\n    \
         triggers: { refuse: { timing: before, events: [delete], function: refuse } }\n",
    );
    let text = project.nexus(&["access"]).ends(1).out;
    assert!(
        text.contains("different: undone_app cannot delete on table public.kept, which is declared"),
        "{text}"
    );
    assert_eq!(text.matches("different: ").count(), 1, "{text}");
}
