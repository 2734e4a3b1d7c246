//! Personal data: exported, erased with nothing left behind, kept no longer than its term, and reported on.

mod support;

use nexus_migrate::db::Session;
use serde_json::Value;
use support::project::Project;

const PEOPLE: &str = r#"nexus: 1
database: { name: people, postgres: 15 }
access: { actors: { people_app: [select, insert, update, delete] } }
tables:
  users:
    audit: true
    basis: contract
    columns:
      id: { type: uuid, primary_key: true, default_expr: gen_random_uuid() }
      email: { type: varchar(60), not_null: true, unique: true, pii: true, check: "email LIKE '%@%'", erase_with: "gen_random_uuid() || '@invalid'" }
      name: { type: text, pii: true }
      born: { type: date, pii: true }
      secret: { type: text, not_null: true, sensitive: true }
      seen_from: { type: inet, pii: true, retention: 30d }
      created_at: { type: timestamptz, not_null: true, default_expr: now(), retention: 7y }
  addresses:
    basis: contract
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      user_id: { type: uuid, not_null: true, references: { to: users.id, on_delete: cascade } }
      street: { type: text, not_null: true, pii: true }
      created_at: { type: timestamp, default_expr: now(), retention: 90 days }
  orders:
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      user_id: { type: uuid, references: users.id }
      total: { type: "numeric(9,2)", not_null: true, default: 0.00 }
  accounts:
    audit: statement
    basis: law
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      user_id: { type: uuid, references: users.id }
      number: { type: varchar(34), not_null: true, unique: true, pii: true, sensitive: true, retention: 10 years }
      opened: { type: date, default_expr: CURRENT_DATE }
  entries:
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      account_id: { type: bigint, not_null: true, references: accounts.id }
  friends:
    columns:
      user_id: { type: uuid, references: users.id }
      friend_id: { type: uuid, references: users.id }
    primary_key: [user_id, friend_id]
  notes:
    basis: consent
    columns:
      id: { type: bigint, primary_key: true, identity: by_default }
      author: { type: uuid, references: users.id, erase: delete }
      answers: { type: bigint, references: { to: notes.id, on_delete: cascade } }
      text: { type: jsonb, pii: true }
  audit_logs:
    basis: law
    columns:
      id: { type: bigint, primary_key: true, identity: always }
      table_name: { type: text, not_null: true }
      record_id: { type: uuid, not_null: true }
      action: { type: text, not_null: true }
      old_values: jsonb
      new_values: jsonb
      changed_by: { type: uuid, references: users.id }
      changed_at: { type: timestamptz, default_expr: now() }
      ip_address: { type: inet, pii: true }
      user_agent: text
"#;

const ADA: &str = "11111111-1111-1111-1111-111111111111";

/// Two people with all they have; what is Ada's has `canary` in it, and one of her values is no text.
const ROWS: &str = "\
INSERT INTO users (id, email, name, born, secret, seen_from) VALUES \
  ('11111111-1111-1111-1111-111111111111', 'canary@x.y', 'canary', '1815-12-10', 'canary', '203.0.113.9'), \
  ('22222222-2222-2222-2222-222222222222', 'bob@x.y', 'Bob', '1990-01-01', 's', '192.0.2.1'); \
BEGIN; SET LOCAL nexus.actor = '11111111-1111-1111-1111-111111111111'; SET LOCAL nexus.ip_address = '203.0.113.9'; \
UPDATE users SET name = name || ' canary' WHERE email LIKE 'canary%'; \
INSERT INTO accounts (user_id, number) SELECT id, 'DE' || name FROM users; COMMIT; \
INSERT INTO addresses (user_id, street) SELECT id, name FROM users; \
INSERT INTO orders (user_id) SELECT id FROM users; \
INSERT INTO entries (account_id) SELECT id FROM accounts; \
INSERT INTO friends SELECT a.id, b.id FROM users a, users b WHERE a.id <> b.id; \
INSERT INTO notes (id, author, answers, text) SELECT 1, id, NULL::bigint, '\"canary\"'::jsonb FROM users WHERE name LIKE 'canary%'; \
INSERT INTO notes (id, author, answers, text) VALUES (2, '22222222-2222-2222-2222-222222222222', NULL, '\"Bob\"'), (3, NULL, 1, '\"canary answered\"'); \
INSERT INTO audit_logs (table_name, record_id, action, old_values) VALUES \
  ('users', '11111111-1111-1111-1111-111111111111', 'UPDATE', '{\"name\": \"canary\", \"is_old\": true}')";

/// How many rows of all tables hold a text.
async fn holding(session: &mut Session, text: &str) -> u64 {
    let tables = ["users", "addresses", "orders", "accounts", "entries", "friends", "notes", "audit_logs"];
    let counts =
        tables.map(|table| format!("(SELECT count(*) FROM {table} t WHERE t::text LIKE '%{text}%')"));
    let rows = session.rows(&format!("SELECT {}", counts.join(" + "))).await.expect("counts");
    rows[0][0].as_deref().expect("a number").parse().expect("a number")
}

async fn one(session: &mut Session, query: &str) -> String {
    let rows = session.rows(query).await.expect("answers");
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}

async fn database(server: &support::Server, project: &Project) -> (String, Session) {
    let plan = project.nexus(&["diff", "--from", "empty", "--to", "schema.yaml"]).ends(0).out;
    let url = server.database().await;
    let mut session = Session::connect(&url).await.expect("connects");
    session.run(&plan).await.expect("the plan runs");
    (url, session)
}

#[tokio::test]
async fn who_is_erased_leaves_nothing_tagged_behind() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(PEOPLE);
    let (url, mut session) = database(&server, &project).await;
    session.run(ROWS).await.expect("rows");
    let subject = format!("users:{ADA}");
    let there = ["--subject", &subject, "--database-url", &url];

    let exported = project.nexus(&[&["data", "export"], &there[..]].concat()).ends(0).out;
    let exported: Value = serde_json::from_str(&exported).expect("JSON");
    let tables = &exported["tables"];
    assert_eq!(tables["public.users"][0]["name"], "canary canary", "{exported}");
    assert!(tables["public.users"][0].get("secret").is_none(), "what is sensitive and nobody's stays here");
    assert_eq!(tables["public.accounts"][0]["number"], "DEcanary canary");
    assert_eq!(
        tables["public.notes"].as_array().map(Vec::len),
        Some(2),
        "the answer goes with the note: {exported}"
    );
    assert!(exported["trail"]["public.users"].as_array().is_some_and(|rows| rows.len() >= 2), "{exported}");
    assert!(!exported.to_string().contains("Bob"), "{exported}");

    let before = holding(&mut session, "canary").await;
    assert!(before >= 6, "{before}");
    let said = project.nexus(&[&["data", "erase"], &there[..]].concat()).ends(0);
    assert!(said.out.contains("proved on") && said.err.contains("--apply"), "{}{}", said.out, said.err);
    assert_eq!(holding(&mut session, "canary").await, before, "nothing is done without --apply");
    let done = project.nexus(&[&["data", "erase", "--apply", "--json"], &there[..]].concat()).ends(0).out;
    let done: Value = serde_json::from_str(&done).expect("JSON");
    assert_eq!((&done["done"], &done["holds"]), (&true.into(), &true.into()), "{done}");
    eprintln!("canaries on scratch: {}", done["proof"]);
    assert_eq!(done["proof"]["columns"], 9, "every tagged column that is reached: {done}");
    let script = done["script"].as_str().expect("a script");
    assert!(!script.contains("canary") && script.contains(ADA), "a log of statements has the key alone");
    for canary in ["canary", "1815-12-10", "203.0.113.9"] {
        assert_eq!(holding(&mut session, canary).await, 0, "{canary}");
    }
    let counts = one(
        &mut session,
        "SELECT concat_ws(' ', (SELECT count(*) FROM users), (SELECT count(*) FROM addresses), (SELECT count(*) FROM orders), \
         (SELECT count(*) FROM accounts), (SELECT count(*) FROM entries), (SELECT count(*) FROM friends), (SELECT count(*) FROM notes))",
    );
    assert_eq!(counts.await, "1 1 2 2 2 0 1", "what is not hers stays");
    assert_eq!(one(&mut session, "SELECT name || secret || seen_from FROM users").await, "Bobs192.0.2.1/32");
    let kept = one(
        &mut session,
        "SELECT count(*) FROM audit_logs WHERE old_values ? 'is_old' AND NOT old_values ? 'name'",
    )
    .await;
    assert_eq!(kept, "1", "the trail keeps what is not tagged");
    let gone = project.nexus(&[&["data", "export"], &there[..]].concat()).ends(1);
    assert!(gone.err.contains("has no row with the key"), "{}", gone.err);
}

/// The file to which a scratch server writes its log: beside its socket, which the URL names.
fn log_of(url: &str) -> std::path::PathBuf {
    let (_, host) = url.split_once('@').expect("scratch URLs name a user");
    let (host, _) = host.split_once(':').expect("and a port");
    std::path::Path::new(&host.replace("%2F", "/")).join("log")
}

#[tokio::test]
async fn the_log_of_a_server_that_logs_everything_has_the_key_alone() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(PEOPLE);
    let (url, mut session) = database(&server, &project).await;
    session.run(ROWS).await.expect("rows");
    // A rule that the schema does not know: erasing breaks it, and the server would describe the row that does.
    session.run("ALTER TABLE accounts ALTER user_id SET NOT NULL").await.expect("by hand");
    for setting in [
        "log_statement = 'all'",
        "log_min_duration_statement = 0",
        "log_parameter_max_length = -1",
        "log_error_verbosity = 'verbose'",
    ] {
        session.run(&format!("ALTER SYSTEM SET {setting}")).await.expect("sets");
    }
    session.run("SELECT pg_reload_conf()").await.expect("reloads");
    let log = || std::fs::read_to_string(log_of(&url)).expect("there is a log");
    // Sessions take the settings when they next do something.
    for _ in 0..400 {
        session.run("SELECT 'are you listening'").await.expect("runs");
        if log().contains("are you listening") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let begin = log().len();
    let subject = format!("users:{ADA}");
    let there = ["--subject", &subject, "--database-url", &url];
    let refused = project.nexus(&[&["data", "erase", "--apply"], &there[..]].concat()).ends(1);
    assert!(refused.err.contains("nothing is erased") && !refused.err.contains("canary"), "{}", refused.err);
    session.run("ALTER TABLE accounts ALTER user_id DROP NOT NULL").await.expect("by hand");
    project.nexus(&[&["data", "export"], &there[..]].concat()).ends(0);
    project.nexus(&[&["data", "erase", "--apply"], &there[..]].concat()).ends(0);
    let said = log().split_off(begin);
    assert!(said.contains(ADA) && said.contains("DELETE FROM public.users"), "all is logged:\n{said}");
    assert!(said.contains("null value in column \"user_id\""), "{said}");
    for canary in ["canary", "1815-12-10", "203.0.113.9"] {
        let at = said.find(canary).map(|at| said.get(at.saturating_sub(300)..at + 40).unwrap_or(&said));
        assert_eq!(at, None, "{canary}");
    }
    assert_eq!(holding(&mut session, "canary").await, 0);
}

#[tokio::test]
async fn a_copy_that_nobody_tagged_is_found_by_the_proof() {
    if support::server().await.is_none() {
        return;
    }
    let copying = PEOPLE.replacen(
        "tables:\n",
        "functions: { copy: { returns: trigger, language: plpgsql, body: \"BEGIN INSERT INTO public.copies VALUES (NEW.name); RETURN NEW; END\" } }\n\
         tables:\n  copies: { columns: { what: text } }\n",
        1,
    );
    let project = Project::new(&copying);
    project.edit(
        "  users:\n    audit: true\n",
        "  users:\n    audit: true\n    triggers: { copy: { timing: after, events: [update], function: copy } }\n",
    );
    let erase = ["data", "erase", "--subject", &format!("users:{ADA}"), "--database-url", ""];
    let found = project.nexus(&erase[..4]).ends(1).out;
    assert!(found.contains("FAILED") && found.contains("left in table public.copies"), "{found}");
    let report = project.nexus(&["data", "report", "--set", "gdpr"]).ends(1).out;
    assert!(report.contains("FAILS: erasing a row of users"), "{report}");
}

#[tokio::test]
async fn what_the_schema_does_not_say_is_asked() {
    let project = Project::new(PEOPLE);
    project.edit(
        "author: { type: uuid, references: users.id, erase: delete }",
        "author: { type: uuid, not_null: true, references: users.id, erase: anonymise }",
    );
    project.edit(
        "user_id: { type: uuid, references: users.id }\n      total",
        "user_id: { type: uuid, references: users.id, erase: keep }\n      total",
    );
    let said = project.nexus(&["data", "erase", "--subject", &format!("users:{ADA}")]).ends(1).err;
    assert!(
        said.contains("notes.author refuses NULL") && said.contains("orders.user_id keeps its reference"),
        "{said}"
    );
    for nobody in ["users", "nobody:7", "users:"] {
        let said = project
            .nexus(&["data", "export", "--subject", nobody, "--database-url", "postgres://x"])
            .ends(2)
            .err;
        assert!(said.contains("names nobody"), "{said}");
    }
}

#[tokio::test]
async fn terms_take_rows_and_values_in_batches() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(PEOPLE);
    let (url, mut session) = database(&server, &project).await;
    session.run(ROWS).await.expect("rows");
    session
        .run(
            "INSERT INTO addresses (user_id, street, created_at) SELECT '22222222-2222-2222-2222-222222222222', n::text, now() - interval '91 days' FROM generate_series(1, 12000) n; \
             UPDATE users SET created_at = now() - interval '31 days' WHERE name = 'Bob'; \
             UPDATE accounts SET opened = now() - interval '11 years' WHERE number = 'DEBob'",
        )
        .await
        .expect("old rows");
    let retention = ["data", "retention", "--database-url", &url];
    let due = project.nexus(&retention).ends(1).out;
    assert!(due.contains("addresses.created_at: 12000 rows are kept longer than 90 days"), "{due}");
    assert!(due.contains("users.seen_from: 1 values") && due.contains("accounts.number: 1 values"), "{due}");
    assert!(due.contains("users.created_at: 0 rows"), "{due}");
    let done = project.nexus(&[&retention[..], &["--apply"]].concat()).ends(0).out;
    assert!(done.contains("12000 of 12000 rows"), "{done}");
    assert_eq!(one(&mut session, "SELECT count(*) FROM addresses").await, "2");
    assert_eq!(one(&mut session, "SELECT count(*) FROM users WHERE seen_from IS NULL").await, "1");
    assert_eq!(
        one(&mut session, "SELECT left(number, 7) FROM accounts ORDER BY opened LIMIT 1").await,
        "erased-"
    );
    let again = project.nexus(&retention).ends(0).out;
    assert_eq!(again.matches(": 0 ").count(), 4, "{again}");
}

#[tokio::test]
async fn partitions_that_are_too_old_are_named() {
    let Some(server) = support::server().await else { return };
    let project = Project::new(
        "nexus: 1\ndatabase: { name: a, postgres: 15 }\ntables:\n  \
         seen: { partition_by: RANGE (at), columns: { at: { type: timestamptz, not_null: true, retention: 1y }, what: text } }\n  \
         seen_old: { partition_of: { table: seen, bound: \"FOR VALUES FROM ('2019-01-01') TO ('2020-01-01')\" }, columns: { at: { type: timestamptz, not_null: true }, what: text } }\n  \
         seen_now: { partition_of: { table: seen, bound: \"FOR VALUES FROM ('2020-01-01') TO ('2999-01-01')\" }, columns: { at: { type: timestamptz, not_null: true }, what: text } }\n",
    );
    let (url, mut session) = database(&server, &project).await;
    session.run("INSERT INTO seen VALUES ('2019-05-05'), (now())").await.expect("rows");
    let due = project.nexus(&["data", "retention", "--database-url", &url]).ends(1).out;
    assert!(due.contains("seen.at: 1 rows"), "{due}");
    assert!(due.contains("DETACH PARTITION public.seen_old") && !due.contains("seen_now"), "{due}");
    project.nexus(&["data", "retention", "--apply", "--database-url", &url]).ends(0);
    assert_eq!(one(&mut session, "SELECT count(*) FROM seen").await, "1");
}

#[tokio::test]
async fn the_inventory_and_the_reports_say_what_was_looked_at() {
    if support::server().await.is_none() {
        return;
    }
    let project = Project::new(PEOPLE);
    let inventory = project.nexus(&["data", "inventory"]).ends(0).out;
    assert!(inventory.contains("8 columns are personal data, 2 are sensitive"), "{inventory}");
    assert!(
        inventory.contains("| `users.email` | `character varying(60)` | personal |  | contract | 7y |"),
        "{inventory}"
    );
    let json: Value =
        serde_json::from_str(&project.nexus(&["data", "inventory", "--json"]).ends(0).out).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(9));
    let gdpr = project.nexus(&["data", "report", "--set", "gdpr"]).ends(1).out;
    assert!(gdpr.contains("holds: personal data has a ground"), "{gdpr}");
    assert!(gdpr.contains("FAILS: personal data has a term") && gdpr.contains("  notes.text"), "{gdpr}");
    assert!(
        gdpr.contains("holds: erasing a row of users leaves nothing tagged")
            && gdpr.contains("not checked: "),
        "{gdpr}"
    );
    let none = project.nexus(&["data", "report", "--set", "sox"]).ends(1).out;
    assert!(none.contains("mark tables with `regimes: [sox]`"), "{none}");
    project.edit("  accounts:\n", "  accounts:\n    regimes: [sox, hipaa]\n");
    let sox = project.nexus(&["data", "report", "--set", "sox"]).ends(1).out;
    assert!(sox.contains("people_app may delete audit_logs"), "{sox}");
    project.edit("  audit_logs:\n", "  audit_logs:\n    access: { people_app: select }\n");
    let sox = project.nexus(&["data", "report", "--set", "sox"]).ends(0).out;
    assert!(sox.contains("holds: changes are kept"), "{sox}");
    project.nexus(&["data", "report", "--set", "hipaa"]).ends(0);
}
