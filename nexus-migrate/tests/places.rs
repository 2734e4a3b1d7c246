//! What belongs to a place more than to a schema (roles, owners, grants, settings, subscriptions, user mappings), from
//! the schema file through the history to a database, and left alone where nobody speaks of it.

mod support;

use nexus_migrate::db::Session;
use support::project::Project;

const SCHEMA: &str = r#"nexus: 1
database: { name: shop, version: "1.0", postgres: 15 }
roles:
  app: { login: true, connection_limit: 5, valid_until: "2030-01-01 00:00:00+02", description: the application }
  auditor: { inherit: false, member_of: [app] }
foreign_data_wrappers: { w: {} }
servers:
  there: { wrapper: w, options: { host: elsewhere }, user_mappings: { app: { user: a }, public: {} } }
settings:
  public: { work_mem: 64MB, search_path: "app, public" }
  app: { statement_timeout: 5s }
tables:
  t: { owner: app, grants: { auditor: [select] }, columns: { id: { type: bigint, primary_key: true } } }
publications:
  p: { tables: { t: { columns: [id], where: "id > 5" } } }
subscriptions:
  s: { connection: "host=nowhere dbname=x", publications: [a], options: { slot_name: none } }
"#;

#[tokio::test]
async fn what_belongs_to_a_place_is_made_changed_and_seen_to_differ() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let project = Project::new(SCHEMA);
    project.nexus(&["generate", "-n", "first"]).ends(0);
    for statement in [
        "CREATE ROLE app;",
        "GRANT app TO auditor;",
        "COMMENT ON ROLE app IS 'the application';",
        "CREATE USER MAPPING FOR app SERVER there OPTIONS (\"user\" 'a');",
        "ALTER TABLE public.t OWNER TO app;",
        "GRANT SELECT ON TABLE public.t TO auditor;",
        "ALTER DATABASE %I SET work_mem TO ''64MB''",
        "ALTER ROLE app IN DATABASE %I SET statement_timeout TO ''5s''",
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere dbname=x' PUBLICATION a",
    ] {
        assert!(project.newest().contains(statement), "{statement} is not in\n{}", project.newest());
    }
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    let same = |from: &str, to: &str| project.nexus(&["diff", "--from", from, "--to", to]).ends(0).out;
    assert_eq!(same(&url, "schema.yaml"), "");
    assert_eq!(same("schema.yaml", &url), "");
    assert_eq!(same("migrations/", &url), "");

    let mut session = Session::connect(&url).await.expect("connects");
    session.run("ALTER ROLE auditor LOGIN; REVOKE app FROM auditor").await.expect("changes the server");
    let back = same(&url, "schema.yaml");
    assert_eq!(back, "BEGIN;\nALTER ROLE auditor NOLOGIN;\nGRANT app TO auditor;\nCOMMIT;\n");
    session.run(&back).await.expect("runs");

    project.edit("auditor: { inherit: false", "auditor: { login: true, inherit: true");
    project.edit("work_mem: 64MB, ", "");
    project.edit("user: a", "user: b");
    project.nexus(&["generate", "-n", "second"]).ends(0);
    project.nexus(&["prove"]).ends(0);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    assert_eq!(same(&url, "schema.yaml"), "");
    project.nexus(&["generate", "--check"]).ends(0);
}

#[tokio::test]
async fn what_belongs_to_a_place_is_left_alone_where_the_author_says_nothing_of_it() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let project = Project::new(SCHEMA);
    project.nexus(&["generate"]).ends(0);
    project.nexus(&["apply", "--database-url", &url]).ends(0);
    let silent = Project::new(
        "nexus: 1\ndatabase: { name: shop, version: \"1.0\", postgres: 15 }\nforeign_data_wrappers: { w: {} }\n\
         servers: { there: { wrapper: w, options: { host: elsewhere } } }\n\
         tables: { t: { columns: { id: { type: bigint, primary_key: true } } } }\n\
         publications: { p: { tables: { t: { columns: [id], where: \"id > 5\" } } } }\n",
    );
    for ends in [[url.as_str(), "schema.yaml"], ["schema.yaml", url.as_str()]] {
        let ran = silent.nexus(&["diff", "--from", ends[0], "--to", ends[1]]).ends(0);
        assert_eq!(ran.out, "");
    }
}
