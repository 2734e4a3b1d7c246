//! Times our commands beside those of others on the same work: `bench NEXUS PEERS|- ROUNDS TABLES`.
//!
//! Prints lines of fields parted by tabs: `version`, a name, what it says; and `took`, the work, a name, the seconds of
//! each round or why there are none. `cargo xtask bench` runs it, once for each size, and judges.

#[path = "../../tests/support/large.rs"]
mod large;
mod peers;
mod race;
mod spoken;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use large::Edit;
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::introspect::introspect;
use peers::Peer;
use race::{Contender, URL, copy, race, url_of};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        // Ours that are no commands of the program, each a process like its peers.
        ["read", url] => {
            let mut session = Session::connect(url).await?;
            introspect(&mut session).await?;
            Ok(session.close().await?)
        }
        ["sqlx", url, dir] => sqlx(url, Path::new(dir)).await,
        [nexus, peers, rounds, tables] => {
            let folder = (*peers != "-").then(|| Path::new(*peers));
            let folder = folder.map(std::path::absolute).transpose()?;
            let nexus = std::path::absolute(nexus)?;
            measure(&nexus, &peers::find(folder.as_deref()), rounds.parse()?, tables.parse()?).await
        }
        _ => Err("usage: bench NEXUS PEERS|- ROUNDS TABLES".into()),
    }
}

/// Applies as `sqlx migrate run` does.
async fn sqlx(url: &str, dir: &Path) -> Outcome {
    use sqlx::Connection;
    let migrator = sqlx::migrate::Migrator::new(dir).await?;
    let mut connection = sqlx::PgConnection::connect(url).await?;
    Ok(migrator.run_direct(None, &mut connection, false).await?)
}

async fn measure(nexus: &Path, peers: &[Peer], rounds: usize, tables: usize) -> Outcome {
    println!("version\tnexus\t{}", env!("CARGO_PKG_VERSION"));
    for peer in peers {
        println!("version\t{}\t{}", peer.name, peer.version().unwrap_or_else(|| "not measured".into()));
    }
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let scratch = Scratch::start(&options).await?;
    let mut admin = scratch.fresh().await?;
    println!("version\tserver\t{}", scratch.server());
    let folder = tempfile::tempdir()?;
    let bench = Bench { nexus, peers, tables, root: folder.path() };
    bench.projects()?;
    bench.databases(&mut admin).await?;
    for (work, contenders) in bench.works(&admin) {
        for (name, took) in race(&contenders, rounds, &mut admin).await {
            let took = match took {
                Ok(seconds) => seconds.iter().map(|it| format!("{it:.4}")).collect::<Vec<_>>().join(" "),
                Err(why) => format!("- {why}"),
            };
            println!("took\t{work}\t{name}\t{took}");
        }
    }
    drop(admin);
    Ok(scratch.stop().await?)
}

struct Bench<'a> {
    nexus: &'a Path,
    peers: &'a [Peer],
    tables: usize,
    root: &'a Path,
}

const EDITS: [(&str, Edit); 2] = [("one", Edit::Column), ("some", Edit::Twentieth)];

impl Bench<'_> {
    /// Folders with the state before behind them: the first migration is written, and the schema edited since.
    fn projects(&self) -> Outcome {
        let Self { nexus, tables, root, .. } = self;
        let first = root.join("first");
        write(&first, "schema.yaml", &large::yaml(*tables, Edit::None))?;
        run(&first, nexus, &["generate", "-n", "initial"])?;
        for (name, edit) in EDITS {
            copy(&first, &root.join(format!("nexus_{name}")))?;
            write(&root.join(format!("nexus_{name}")), "schema.yaml", &large::yaml(*tables, edit))?;
        }
        let up = only(&first.join("migrations"), ".up.sql")?;
        std::fs::copy(&up, first.join("up.sql"))?;
        let all = root.join("nexus_some");
        let next = run(&all, nexus, &["diff", "--from", "empty", "--to", "schema.yaml"])?;
        write(&all, "all.sql", &next)?;
        let sqlc = root.join("sqlc");
        write(&sqlc, "sqlc.yaml", spoken::SQLC)?;
        write(&sqlc, "queries.sql", &spoken::queries(*tables))?;
        std::fs::copy(&up, sqlc.join("schema.sql"))?;
        let Some(drizzle) = self.program("drizzle-kit") else { return Ok(()) };
        let first = root.join("drizzle");
        write(&first, "schema.ts", &spoken::typescript(*tables, Edit::None))?;
        if let Some(modules) = drizzle.ancestors().find(|folder| folder.ends_with("node_modules")) {
            std::os::unix::fs::symlink(modules, first.join("node_modules"))?;
        }
        run(&first, &drizzle, &DRIZZLE)?;
        for (name, edit) in EDITS {
            copy(&first, &root.join(format!("drizzle_{name}")))?;
            write(&root.join(format!("drizzle_{name}")), "schema.ts", &spoken::typescript(*tables, edit))?;
        }
        Ok(())
    }

    /// The states before and after the larger edit, as databases of a server that has been up for a while.
    async fn databases(&self, admin: &mut Session) -> Outcome {
        let psql = self.program("psql").ok_or("there is no psql on this machine")?;
        for (name, script) in [("prev", "first/up.sql"), ("next", "nexus_some/all.sql")] {
            admin.run(&format!("CREATE DATABASE {name}")).await?;
            let url = url_of(admin.url(), name);
            run(self.root, &psql, &["-Xq", "-v", "ON_ERROR_STOP=1", "-f", script, &url])?;
            let mut session = Session::connect(&url).await?;
            session.run("ANALYZE").await?;
            session.close().await?;
        }
        Ok(())
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        self.peers.iter().find(|peer| peer.name == name).and_then(|peer| peer.program.clone())
    }

    /// What is done, and by whom.
    fn works(&self, admin: &Session) -> Vec<(&'static str, Vec<Contender>)> {
        let (prev, next) = (url_of(admin.url(), "prev"), url_of(admin.url(), "next"));
        let ours = |folder: &str, args: &[&str]| self.contender("nexus", folder, args);
        let (prev, next) = (prev.as_str(), next.as_str());
        let delta = || self.contender("pgdelta", "first", &["plan", "--source", prev, "--desired", next]);
        let drizzle = |folder| self.contender("drizzle-kit", folder, &DRIZZLE).writing();
        let generate = ["generate", "--allow", "data-loss"];
        let this = std::env::current_exe().ok();
        let mine =
            |name, args: &[&str]| Contender { program: this.clone(), ..self.contender(name, "first", args) };
        vec![
            ("check", vec![ours("first", &["check"])]),
            ("generate, one column", vec![ours("nexus_one", &generate).writing(), drizzle("drizzle_one")]),
            (
                "generate, 5 % of the tables",
                vec![ours("nexus_some", &generate).writing(), drizzle("drizzle_some"), delta()],
            ),
            (
                "diff of two databases",
                vec![
                    ours("first", &["diff", "--from", prev, "--to", next]),
                    Contender { last_code: 2, ..self.contender("migra", "first", &["--unsafe", prev, next]) },
                    delta(),
                ],
            ),
            (
                "reading a database",
                vec![
                    mine("nexus", &["read", prev]),
                    self.contender("pg_dump", "first", &["-s", "-f", "/dev/null", prev]),
                ],
            ),
            (
                "apply to an empty database",
                vec![
                    ours("first", &["apply", "--database-url", URL]),
                    self.contender("psql", "first", &["-Xq1", "-v", "ON_ERROR_STOP=1", "-f", "up.sql", URL]),
                    mine("sqlx", &["sqlx", URL, "migrations"]),
                ],
            ),
            (
                "models",
                vec![
                    ours("first", &["models", "-o", "models.rs"]).writing(),
                    self.contender("sqlc", "sqlc", &["generate"]).writing(),
                ],
            ),
            (
                "lint",
                vec![
                    Contender { last_code: 1, ..ours("first", &["lint", "up.sql"]) },
                    Contender { last_code: 1, ..self.contender("squawk", "first", &["up.sql"]) },
                ],
            ),
        ]
    }

    fn contender(&self, name: &'static str, folder: &str, args: &[&str]) -> Contender {
        let program = if name == "nexus" { Some(self.nexus.to_owned()) } else { self.program(name) };
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Contender { name, program, args, folder: self.root.join(folder), writes: false, last_code: 0 }
    }
}

impl Contender {
    fn writing(self) -> Self {
        Self { writes: true, ..self }
    }
}

const DRIZZLE: [&str; 7] =
    ["generate", "--dialect", "postgresql", "--schema", "./schema.ts", "--out", "./migrations"];

fn write(folder: &Path, name: &str, text: &str) -> Outcome {
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), text)?)
}

/// The one file of a folder that ends so.
fn only(folder: &Path, ending: &str) -> Outcome<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(found) {
        Ok([file]) => Ok(file),
        Err(found) => Err(format!("{} files end in {ending}", found.len()).into()),
    }
}

/// Runs a program that must succeed; returns what it prints.
fn run(folder: &Path, program: &Path, args: &[&str]) -> Outcome<String> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null()).env_remove("NEXUS_DEV_URL");
    let output = command.output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => Err(format!(
            "{} {}: {}{}",
            program.display(),
            args.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
        .into()),
    }
}
