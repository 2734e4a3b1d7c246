//! Compares what proofs record of locks and work with what another session sees on a second server, on pairs of schemas.
//!
//! Takes how many pairs to pass over (1 for none) and folders that hold `old.sql` and `new.sql`, at any depth. Goes forth
//! by the usual plan and back by the plain one, and prints a line for each way: `same forth NAME …` or `off forth NAME …`
//! with the number of steps, of steps whose locks could not be seen, and of locks, rewrites, rebuilds and scans that both
//! saw; `out forth NAME` and why it is left out; and under a way that is off what differs. `cargo xtask certificates` runs it.

#[path = "../tests/certificates/certify.rs"]
mod certify;
#[path = "../tests/certificates/witness.rs"]
mod witness;

use std::error::Error;
use std::path::{Path, PathBuf};

use certify::{Certificate, certify};
use nexus_migrate::db::{Prefer, Scratch, ScratchOptions};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::Traffic;
use witness::Problem;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Problem> {
    let mut args = std::env::args().skip(1);
    let every: usize = args.next().ok_or("every so-manieth?")?.parse()?;
    let mut pairs = Vec::new();
    for folder in args {
        find(Path::new(&folder), &mut pairs)?;
    }
    pairs.sort();
    let options = || ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let second = Scratch::start(&options()).await?;
    let mut bench = Bench::new(options());
    for pair in pairs.iter().step_by(every) {
        let name = pair.iter().rev().take(2).map(|part| part.to_string_lossy()).collect::<Vec<_>>();
        let name = name.iter().rev().map(AsRef::as_ref).collect::<Vec<_>>().join("/");
        for (way, [from, to], traffic) in [
            ("forth", ["old.sql", "new.sql"], Traffic::default()),
            ("back", ["new.sql", "old.sql"], Traffic::none()),
        ] {
            match one(&mut bench, &second, [pair.join(from), pair.join(to)], traffic).await {
                Ok(Some(Certificate { steps, unseen, facts, differs })) => {
                    let [locks, rewrites, rebuilds, scans] = facts;
                    let verdict = if differs.is_empty() { "same" } else { "off" };
                    println!("{verdict} {way} {name} {steps} {unseen} {locks} {rewrites} {rebuilds} {scans}");
                    for (what, words) in differs {
                        println!("  {what} of {words}");
                    }
                }
                Ok(None) => println!("out {way} {name} nothing to do"),
                Err(problem) => println!("out {way} {name} {}", chain(&*problem)),
            }
        }
    }
    bench.stop().await;
    second.stop().await?;
    Ok(())
}

async fn one(
    bench: &mut Bench,
    second: &Scratch,
    [from, to]: [PathBuf; 2],
    traffic: Traffic,
) -> Result<Option<Certificate>, Problem> {
    let prev = state(bench, &from).await?;
    let next = State { traffic, ..state(bench, &to).await? };
    certify(bench, second, prev, next).await
}

/// What a file makes, on a server with the roles that it speaks of.
async fn state(bench: &mut Bench, file: &Path) -> Result<State, Problem> {
    let text = std::fs::read_to_string(file)?;
    // What speaks to psql alone is not for the server.
    let text: String = text.lines().filter(|it| !it.starts_with('\\')).map(|it| format!("{it}\n")).collect();
    let mut roles = String::new();
    loop {
        let mut session = bench.fresh().await?;
        session.run(&roles).await?;
        let Err(problem) = session.run(&text).await else {
            return Ok(State { catalog: introspect(&mut session).await?, ..State::default() });
        };
        let said = problem.to_string();
        let role = said.split_once("role \"").and_then(|(_, rest)| rest.split_once("\" does not exist"));
        match role {
            Some((role, _)) if !roles.contains(role) => roles += &format!("CREATE ROLE \"{role}\";"),
            _ => return Err(problem.into()),
        }
    }
}

fn find(folder: &Path, pairs: &mut Vec<PathBuf>) -> Result<(), Problem> {
    if folder.join("old.sql").is_file() && folder.join("new.sql").is_file() {
        pairs.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, pairs)?;
        }
    }
    Ok(())
}

fn chain(problem: &(dyn Error + 'static)) -> String {
    let mut words = vec![problem.to_string()];
    let mut at = problem.source();
    while let Some(source) = at {
        words.push(source.to_string());
        at = source.source();
    }
    words.join(": ").replace('\n', " ")
}
