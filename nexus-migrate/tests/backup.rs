//! Backups before changes that take something away: tried on scratch, whole or not there, and without secrets.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nexus_migrate::db::Session;
use serde_json::Value;
use support::project::Project;

const SHOP: &str = r#"nexus: 1
database: { name: shop, postgres: 15 }
enums: { mood: [good, bad] }
schemas: [app]
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      mood: mood
      note: { type: text, check: "note <> ''" }
      old: text
  app.parts:
    partition_by: RANGE (id)
    columns: { id: { type: bigint, primary_key: true }, n: int }
  app.parts_1: { partition_of: { table: app.parts, bound: FOR VALUES FROM (0) TO (1000) }, columns: { id: { type: bigint, primary_key: true }, n: int } }
  orders:
    columns: { id: { type: bigint, primary_key: true }, user_id: { type: bigint, references: users.id } }
"#;

const ROWS: &str = "INSERT INTO users SELECT n, 'good', E'it''s \\\\ \\t ' || n, repeat('x', 50) FROM generate_series(1, 500) n; \
    INSERT INTO app.parts SELECT n, n FROM generate_series(1, 100) n; INSERT INTO orders SELECT n, n FROM generate_series(1, 10) n";

/// The folders in which backups are, and what is left of others.
fn entries(project: &Project) -> Vec<PathBuf> {
    let entries = fs::read_dir(project.dir.path().join("backups")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// A project that is applied, with rows, and a change that takes a column away.
async fn project(url: &str) -> Project {
    let project = Project::new(SHOP);
    let first = project.nexus(&["generate", "--checklist"]).ends(0);
    assert!(first.err.contains("[x] wrote 5 files in `migrations`\n"), "{}", first.err);
    assert!(first.err.contains("[ ] in production `nexus apply`\n"), "{}", first.err);
    project.nexus(&["apply", "--database-url", url]).ends(0);
    let mut session = Session::connect(url).await.expect("connects");
    session.run(ROWS).await.expect("has rows");
    project.edit("      old: text\n", "");
    project.edit("n: int }", "n: bigint }");
    project.edit("n: int }", "n: bigint }");
    let second = ["generate", "--allow", "data-loss", "--allow", "long-block"];
    let second = project.nexus(&second).ends(0);
    assert!(!second.err.contains("[x]"), "nobody asked, and there is no terminal: {}", second.err);
    project
}

#[tokio::test]
async fn what_a_change_takes_away_is_in_a_backup_that_restores() {
    let Some(server) = support::server().await else { return };
    if support::client("pg_dump", server.major()).is_none() {
        return support::left_out("backups", "there is no pg_dump");
    }
    let (url, back) = server.two().await;
    let project = project(&url).await;
    let ran = project.nexus(&["apply", "--database-url", &url, "--backup", "backups", "--json"]).ends(0);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let tables: Vec<_> = told["backup"]["tables"].as_array().expect("tables").iter().collect();
    let named: Vec<_> = tables.iter().map(|it| (it["table"].as_str(), it["rows"].as_u64())).collect();
    assert_eq!(named, [(Some("app.parts_1"), Some(100)), (Some("public.users"), Some(500))], "{}", ran.out);

    let folders = entries(&project);
    let [folder] = folders.as_slice() else { panic!("{folders:?}") };
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|it| it.file_name()).collect();
    files.sort();
    assert_eq!(files, ["backup.json", "data.dump", "schema.dump"]);
    // Restored by hand, as one would: what the change took is there again.
    let restore = |args: &[&str], file: &str| {
        let program = support::client("pg_restore", server.major()).expect("stands beside pg_dump");
        let mut command = Command::new(program);
        command.args(args).args(["--exit-on-error", "-d", &back]).arg(folder.join(file)).stdin(Stdio::null());
        let output = command.output().expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    restore(&["--section=pre-data"], "schema.dump");
    restore(&[], "data.dump");
    let mut session = Session::connect(&back).await.expect("connects");
    let rows = session.rows("SELECT count(old), min(note), (SELECT sum(n) FROM app.parts) FROM users").await;
    assert_eq!(rows.expect("answers"), [["500", "it's \\ \t 1", "5050"].map(|text| Some(text.to_owned()))]);

    // Nothing is at risk any more.
    let none = project.nexus(&["backup", "--database-url", &url, "-o", "backups"]).ends(0);
    assert!(none.out.is_empty() && none.err.contains("no pending migration takes"), "{}", none.err);
    let named = project.nexus(&["backup", "--database-url", &url, "-o", "backups", "orders"]).ends(0);
    assert!(named.err.contains("backed up 10 rows of public.orders to `backups/"), "{}", named.err);
    let missing = project.nexus(&["backup", "--database-url", &url, "-o", "backups", "order"]).ends(2);
    assert!(missing.err.contains("no table `order`"), "{}", missing.err);
    assert_eq!(entries(&project).len(), 2);
}

#[tokio::test]
async fn without_a_backup_nothing_is_begun() {
    let Some(server) = support::server().await else { return };
    let url = server.database().await;
    let project = project(&url).await;
    let tools = tempfile::tempdir().expect("a folder");
    let log = tools.path().join("log");
    let fake = |name: &str, body: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = tools.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("writes");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may run");
    };
    let apply = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
        command.args(["apply", "--backup", "backups", "--database-url", url]).current_dir(project.dir.path());
        command.env("NEXUS_PGCLIENT", tools.path()).env("LOG", &log).env("PATH", "/bin");
        let output = command.stdin(Stdio::null()).output().expect("runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    // Programs that say another version and fail, however they are called.
    let secret = url.replacen("postgres@", "postgres:s3cr%20et@", 1);
    let lie = |body: &str| {
        for name in ["pg_dump", "pg_restore"] {
            let version = format!(
                "if [ \"$1\" = --version ]; then echo \"{name} (PostgreSQL) 15.99\"; exit; fi\n{body}"
            );
            fake(name, &version);
        }
    };
    let major = server.major();
    if major == 15 {
        lie("echo \"$@ [$PGPASSWORD]\" >> \"$LOG\"; echo \"it broke: $@\" >&2; exit 1");
        let (code, said) = apply(&secret);
        assert!(code == Some(2) && said.contains("`pg_dump` failed: it broke"), "{said}");
        let log = fs::read_to_string(&log).expect("was run");
        let (args, env) = log.trim_end().rsplit_once(" [").expect("both");
        assert!(!args.contains("s3cr") && env == "s3cr et]", "{log}");
        assert!(!said.contains("s3cr"), "{said}");

        // A dump of nothing is found out, because nothing of it comes back.
        lie("exit 0");
        let (code, said) = apply(&url);
        assert!(
            code == Some(1) && said.contains("the backup does not restore: app.parts_1 is not there"),
            "{said}"
        );
    }
    let old = "if [ \"$1\" = --version ]; then echo \"pg_dump (PostgreSQL) 9.6.1\"; fi";
    fake("pg_dump", old);
    let usual =
        ["/usr/lib/postgresql", "/usr/local/pgsql"].iter().any(|folder| PathBuf::from(folder).exists());
    if !usual {
        let (code, said) = apply(&url);
        assert!(code == Some(2) && said.contains("`pg_dump` 9.6.1 is older than the server"), "{said}");
    }
    assert!(entries(&project).is_empty(), "nothing half-written is left: {:?}", entries(&project));
    let mut session = Session::connect(&url).await.expect("connects");
    let rows = session.rows("SELECT count(old) FROM users").await.expect("the column is still there");
    assert_eq!(rows, [[Some("500".to_owned())]]);
}
