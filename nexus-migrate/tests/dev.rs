//! `nexus dev` as a process: a database that follows a file, through mistakes, with rows, and goes at the end.

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use nexus_migrate::db::Session;
use serde_json::Value;

use support::project::Project;

const SHOP: &str = "\
nexus: 1
database: { name: shop }
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      email: text
";

/// The command at work, and what it says.
struct Dev {
    child: Child,
    said: Receiver<Value>,
}

impl Dev {
    fn start(project: &Project) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
        command.args(["dev", "--json", "--models", "models.rs"]).current_dir(project.dir.path());
        command.env_remove("DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).expect("a line of JSON"));
            }
        });
        Self { child, said }
    }

    fn next(&self, event: &str) -> Value {
        let said = self.said.recv_timeout(Duration::from_secs(120)).expect("it says something");
        assert_eq!(said["event"], event, "{said:#}");
        said
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was done to what.
fn steps(event: &Value) -> Vec<String> {
    let word = |step: &Value, key: &str| step[key].as_str().expect("a text").to_owned();
    let steps = event["steps"].as_array().expect("steps").iter();
    steps.map(|step| format!("{} {}", word(step, "action"), word(step, "name"))).collect()
}

async fn one(url: &str, sql: &str) -> String {
    let mut session = Session::connect(url).await.expect("connects");
    let rows = session.rows(sql).await.expect("answers");
    session.close().await.expect("closes");
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}

#[tokio::test]
async fn a_database_follows_the_file_and_keeps_its_rows() {
    let project = Project::new(SHOP);
    let mut dev = Dev::start(&project);
    let url = dev.next("serving")["url"].as_str().expect("a URL").to_owned();
    let first = dev.next("updated");
    assert_eq!(first["models"], true);
    let models = || std::fs::read_to_string(project.dir.path().join("models.rs")).expect("models");
    assert!(models().contains("pub struct User") && !models().contains("pub age:"));

    one(&url, "INSERT INTO users VALUES (1, 'ada@example.com')").await;
    project.edit("email: text", "email: { type: varchar(200), not_null: true }\n      age: int");
    let second = dev.next("updated");
    assert_eq!(
        steps(&second),
        [
            "alter column public.users.email",
            "alter column public.users.email",
            "create column public.users.age"
        ]
    );
    assert_eq!(one(&url, "SELECT email FROM users WHERE age IS NULL").await, "ada@example.com");
    assert!(models().contains("pub age:"));

    project.edit("age: int", "age: itn");
    let broken = dev.next("broken");
    assert_eq!(broken["error"]["diagnostics"][0]["code"], "NX0301");
    // What rows refuse is told, and the database is as it was.
    project.edit("age: itn", "age: { type: int, not_null: true }");
    let refused = dev.next("broken");
    assert!(refused.to_string().contains("null values"), "{refused:#}");
    one(&url, "UPDATE users SET age = 36").await;
    project.edit("age: { type: int", "age: { description: In years., type: int");
    assert_eq!(
        steps(&dev.next("updated")),
        ["alter column public.users.age", "create comment on column public.users.age"]
    );

    if cfg!(unix) {
        let id = dev.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
        assert_eq!(dev.child.wait().expect("ends").code(), Some(0));
        assert!(Session::connect(&url).await.is_err(), "the server is still there");
    }
}
