//! `nexus ci`: what passes, what fails and how that is told, and findings that are known.

mod support;

use std::fs;

use serde_json::Value;

use support::project::Project;
use support::server;

const SHOP: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
";

const ALL: [&str; 5] = ["ci", "--models", "models.rs", "--docs", "docs"];

fn project() -> Project {
    let project = Project::new(SHOP);
    project.nexus(&["generate", "--models", "models.rs"]).ends(0);
    project.nexus(&["docs", "-o", "docs"]).ends(0);
    project
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A text without the server that it speaks of, and the spaces that hang on its length.
fn anywhere(text: &str) -> String {
    let mut pieces = text.split("PostgreSQL ");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out += "PostgreSQL …";
        out += piece.split_once(')').expect("it says which server").1;
    }
    out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// Each check with what became of it.
fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    fn of<'a>(check: &'a Value, key: &str) -> &'a str {
        check[key].as_str().expect("a text")
    }
    report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .map(|check| (of(check, "name"), of(check, "verdict")))
        .collect()
}

#[test]
fn what_is_in_order_passes_and_what_is_due_is_told_all_at_once() {
    let project = project();
    let report = json(&project.nexus(&[&ALL[..], &["--json"]].concat()).ends(0).out);
    let passed = ["schema", "migrations", "models", "documents", "history", "hazards"];
    let mut expected: Vec<_> = passed.map(|name| (name, "passed")).into();
    expected.push(("drift", "skipped"));
    assert_eq!(verdicts(&report), expected);
    assert_eq!((&report["passed"], &report["findings"]), (&Value::Bool(true), &json("[]")));

    project.edit("      email: text\n", "      email: text\n      age: int\n");
    let told =
        project.nexus(&[&ALL[..], &["--summary", "out/summary.md", "--format", "github"]].concat()).ends(1);
    let lines: Vec<_> = told.out.lines().map(|line| line.split("::").nth(1).expect("a command")).collect();
    let at = |code: &str| format!("error file=schema.yaml,line=1,col=1,title={code}");
    assert_eq!(lines, ["NX0601", "NX0602", "NX0603"].map(at));
    let summary = fs::read_to_string(project.dir.path().join("out/summary.md")).expect("it was written");
    insta::assert_snapshot!(anywhere(&summary));
}

#[test]
fn a_broken_schema_is_all_there_is_to_tell() {
    let project = project();
    project.edit("email: text", "email: txet");
    let report = json(&project.nexus(&[&ALL[..], &["--json"]].concat()).ends(1).out);
    let verdicts = verdicts(&report);
    assert_eq!(verdicts[0], ("schema", "failed"));
    assert!(verdicts[1..].iter().all(|(_, verdict)| *verdict == "skipped"), "{verdicts:?}");
    let codes: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|f| &f["code"]).collect();
    assert_eq!(codes, ["NX0301"]);
    // A file that is not there is no finding.
    project.nexus(&["ci", "--schema", "none.yaml"]).ends(2);
}

#[test]
fn hazards_of_others_fail_until_they_are_known() {
    let project = project();
    let hazard = "CREATE INDEX ON users (email);\n";
    fs::write(project.dir.path().join("change.sql"), hazard).expect("it can be written");
    let with = |more: &[&'static str]| [&["ci", "--sql", "change.sql"], more].concat();
    let report = json(&project.nexus(&with(&["--format", "gitlab"])).ends(1).out);
    let found = report.as_array().expect("a list");
    assert_eq!(found.len(), 1, "{report}");
    assert_eq!((&found[0]["check_name"], &found[0]["severity"]), (&"NX0502".into(), &"critical".into()));
    assert_eq!(found[0]["location"], json(r#"{"path": "change.sql", "lines": {"begin": 1}}"#));

    project.nexus(&with(&["--write-baseline"])).ends(2);
    project.nexus(&with(&["--baseline", "known.txt", "--write-baseline"])).ends(0);
    let report = json(&project.nexus(&with(&["--baseline", "known.txt", "--json"])).ends(0).out);
    assert_eq!((&report["known"], &report["findings"]), (&1.into(), &json("[]")));
    // Lines move, and what is known stays known; what is the same once more is new.
    fs::write(project.dir.path().join("change.sql"), format!("\n\n{hazard}{hazard}"))
        .expect("it can be written");
    let report = json(&project.nexus(&with(&["--baseline", "known.txt", "--json"])).ends(1).out);
    assert_eq!(report["known"], 1);
    assert_eq!(report["findings"][0]["labels"][0]["line"], 4);
}

#[tokio::test]
async fn a_database_is_looked_at_for_drift_and_no_password_is_told() {
    let Some(native) = server().await else { return };
    let url = native.database().await;
    let project = project();
    let run = |command: &[&str], url: &str| project.nexus(&[command, &["--database-url", url]].concat());
    run(&["apply"], &url).ends(0);
    let report = json(&run(&["ci", "--json"], &url).ends(0).out);
    assert_eq!(verdicts(&report)[5..], [("hazards", "skipped"), ("drift", "passed")]);

    let mut session = nexus_migrate::db::Session::connect(&url).await.expect("connects");
    session.run("ALTER TABLE users ADD COLUMN age int").await.expect("runs");
    let told = run(&["ci", "--format", "markdown"], &url).ends(1).out;
    assert!(told.contains("| drift      | ❌ failed") && told.contains("users.age"), "{told}");

    let gone = "postgres://app:hunter2@127.0.0.1:1/app";
    let told = run(&["ci", "--json"], gone).ends(2);
    assert!(!told.out.contains("hunter2") && !told.err.contains("hunter2"), "{}", told.out);
    assert_eq!(verdicts(&json(&told.out))[6], ("drift", "not_run"));
}
