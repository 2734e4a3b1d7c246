//! Servers for tests, and programs of PostgreSQL where the machine has them.
//!
//! Where a machine lacks what a test needs, the test says `left out` and passes; with NEXUS_REQUIRE_NATIVE=1 it
//! fails, so that the machine that is meant to run everything does.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod case;
pub(crate) mod project;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::plan::Plan;

/// A native server; stopped when dropped.
pub(crate) struct Server {
    scratch: Scratch,
    // A database lives as long as its session.
    held: Mutex<Vec<Session>>,
}

/// Starts a native server for `what`, or says that it is left out.
pub(crate) async fn native(what: &str) -> Option<Server> {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    match Scratch::start(&options).await {
        Ok(scratch) => Some(Server::of(scratch)),
        Err(error) => {
            left_out(what, &format!("no native server: {error}"));
            None
        }
    }
}

/// Starts a native server for a test that is named after its file.
pub(crate) async fn server() -> Option<Server> {
    native(std::thread::current().name().unwrap_or("a test")).await
}

/// Says that `what` is left out; fails where nothing may be.
pub(crate) fn left_out(what: &str, why: &str) {
    let required = std::env::var_os("NEXUS_REQUIRE_NATIVE").is_some_and(|value| value == "1");
    assert!(!required, "NEXUS_REQUIRE_NATIVE is set, and {what} would be left out ({why})");
    eprintln!("left out: {what} ({why})");
}

impl Server {
    pub(crate) fn of(scratch: Scratch) -> Self {
        Self { scratch, held: Mutex::default() }
    }

    /// Makes an empty database and returns its URL.
    pub(crate) async fn database(&self) -> String {
        let session = self.scratch.fresh().await.expect("makes a database");
        let url = session.url().to_owned();
        self.held.lock().expect("no test panics while it holds this").push(session);
        url
    }

    /// Makes two empty databases and returns their URLs.
    pub(crate) async fn two(&self) -> (String, String) {
        (self.database().await, self.database().await)
    }

    /// Returns what `pg_dump` writes of a database; nothing where there is no `pg_dump` for this server.
    pub(crate) fn dump(&self, url: &str) -> Option<String> {
        let dump = dump(url, self.major(), &[]);
        if dump.is_none() {
            left_out("a look through pg_dump", "there is none for this server");
        }
        dump
    }

    /// Returns the server's major.
    pub(crate) fn major(&self) -> u32 {
        self.scratch.server().major()
    }
}

/// Runs a plan, each of its transactions by itself, as psql does.
pub(crate) async fn go(session: &mut Session, plan: &Plan) -> Result<(), String> {
    for sql in plan.scripts() {
        session.run(&sql).await.map_err(|error| format!("{error}\n{sql}\nof:\n{}", plan.to_sql()))?;
    }
    Ok(())
}

/// Returns what `pg_dump` writes of a database, without its changing marks; nothing where there is no `pg_dump`.
pub(crate) fn dump(url: &str, major: u32, args: &[&str]) -> Option<String> {
    let program = client("pg_dump", major)?;
    let output = Command::new(program).args(args).arg(url).stdin(Stdio::null()).output().expect("starts");
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("databases are in UTF-8");
    let marks = ["\\restrict", "\\unrestrict"];
    let lines = text.lines().filter(|line| !marks.iter().any(|mark| line.starts_with(mark)));
    Some(lines.map(|line| format!("{line}\n")).collect())
}

/// Returns a program of PostgreSQL that can talk to a server of this major.
pub(crate) fn client(name: &str, major: u32) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = ["NEXUS_PGBIN", "NEXUS_PGCLIENT"]
        .iter()
        .filter_map(|variable| std::env::var_os(variable).map(PathBuf::from))
        .collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let usual = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(usual.map(|entry| entry.path().join("bin")));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| version(path) >= Some(major))
}

/// The major in an answer such as `pg_dump (PostgreSQL) 15.18`.
pub(crate) fn version(program: &Path) -> Option<u32> {
    if !program.is_file() {
        return None;
    }
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split("(PostgreSQL) ").nth(1)?;
    number.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// Runs the test `one` of this program for every folder of programs that the variable `matrix` names, separated by
/// colons; the folder is the value of the variable `folder`. A process for each, because the environment says which
/// server is the best.
pub(crate) fn for_each_server(matrix: &str, folder: &str, one: &str) {
    let Some(folders) = std::env::var_os(matrix) else {
        eprintln!("left out: other majors ({matrix} is not set)");
        return;
    };
    let this = std::env::current_exe().expect("this program is a file");
    for programs in std::env::split_paths(&folders) {
        let mut command = Command::new(&this);
        command.args(["--exact", one, "--nocapture"]);
        command.env_remove(matrix).env(folder, &programs).env("NEXUS_PGBIN", &programs);
        let output = command.output().expect("starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}:\n{text}{said}", programs.display());
        eprint!("{text}");
    }
}
