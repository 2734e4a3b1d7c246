//! Databases of other people's projects, taken in as schema files and built again: `pg_dump` sees no difference.
//!
//! They lie beside the repository, in ../shared/corpus/real, and are left out where that is not there. NEXUS_CASE=part
//! runs one.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use similar::TextDiff;
use support::Server;
use support::project::Project;

#[tokio::test(flavor = "multi_thread")]
async fn real_databases_come_back_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/real");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("left out: real databases (../shared is not there)");
        return;
    };
    let Some(server) = support::server().await else { return };
    let paths = entries.flatten().map(|entry| entry.path());
    let wanted = std::env::var("NEXUS_CASE").unwrap_or_default();
    let paths = paths.filter(|path| path.to_string_lossy().contains(&wanted));
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|e| e == "sql")).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let (name, begun) =
            (file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), Instant::now());
        match whole(&server, file).await {
            Ok(objects) => eprintln!("{name}: {objects}, {} ms", begun.elapsed().as_millis()),
            Err(problem) => wrong.push(format!("{name}: {problem}")),
        }
    }
    assert!(!files.is_empty() || !wanted.is_empty(), "{} holds databases", folder.display());
    assert!(wrong.is_empty(), "{} of {} do not come back:\n{}", wrong.len(), files.len(), wrong.join("\n\n"));
}

/// Database, file, plan, database: both look the same, and give the same file.
async fn whole(server: &Server, file: &Path) -> Result<String, String> {
    let (theirs, ours) = server.two().await;
    // Each database is on a cluster of its own.
    for role in roles(file)? {
        psql(server, &theirs, &format!("CREATE ROLE {role}"))?;
        psql(server, &ours, &format!("CREATE ROLE {role}"))?;
    }
    let sql = fs::read_to_string(file).map_err(|error| error.to_string())?;
    psql(server, &theirs, &sql)?;

    let project = Project::new("");
    let run = |args: &[&str]| {
        let ran = project.nexus(args);
        if ran.code == Some(0) { Ok(ran) } else { Err(format!("nexus {}\n{}", args.join(" "), ran.err)) }
    };
    let imported = run(&["import", "--from", &theirs, "-o", "one.yaml"])?;
    let none = run(&["diff", "--from", &theirs, "--to", "one.yaml"])?.out;
    same("the file leaves something", "", &none)?;
    psql(server, &ours, &run(&["diff", "--from", "empty", "--to", "one.yaml"])?.out)?;
    if let (Some(theirs), Some(ours)) = (dump(server, &theirs), dump(server, &ours)) {
        same("pg_dump sees a difference", &theirs, &ours)?;
    }
    run(&["import", "--from", &ours, "-o", "two.yaml"])?;
    let read =
        |name: &str| fs::read_to_string(project.dir.path().join(name)).map_err(|error| error.to_string());
    same("the second file is another one", &read("one.yaml")?, &read("two.yaml")?)?;
    Ok(imported.err.trim_start_matches("ok: wrote `one.yaml`: ").trim().to_owned())
}

fn same(what: &str, one: &str, two: &str) -> Result<(), String> {
    match one == two {
        true => Ok(()),
        false => Err(format!("{what}:\n{}", TextDiff::from_lines(one, two).unified_diff().context_radius(1))),
    }
}

/// What `pg_dump` writes, without the order in which grants on one object were made.
fn dump(server: &Server, url: &str) -> Option<String> {
    let text = support::dump(url, server.major(), &["--schema-only"])?;
    let mut lines: Vec<&str> = text.lines().collect();
    let is_grant = |line: &&str| line.starts_with("GRANT ") || line.starts_with("REVOKE ");
    lines.chunk_by_mut(|one, two| is_grant(one) && is_grant(two)).for_each(<[&str]>::sort_unstable);
    Some(lines.join("\n"))
}

/// The roles that a file needs, from the JSON beside it.
fn roles(file: &Path) -> Result<Vec<String>, String> {
    let Ok(text) = fs::read_to_string(file.with_extension("json")) else { return Ok(Vec::new()) };
    let known: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let roles = known["roles"].as_array().into_iter().flatten();
    Ok(roles.filter_map(|role| role.as_str()).map(String::from).collect())
}

fn psql(server: &Server, url: &str, sql: &str) -> Result<(), String> {
    let program = support::client("psql", server.major()).ok_or("there is no psql for this server")?;
    let mut command = Command::new(program);
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().expect("it is piped");
    // A psql that stops early closes its end; what it says is read below.
    let _ = stdin.write_all(sql.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("psql: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
