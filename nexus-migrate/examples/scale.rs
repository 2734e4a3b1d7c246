//! Measures what reading, comparing and planning cost on a schema of so many tables, beside `pg_dump -s`.
//!
//! Prints one line: tables, objects, seconds of `pg_dump -s`, of reading, of comparing and planning a change to 5 %,
//! and the most memory that was held, in MiB. `cargo xtask scale` runs it for several sizes.

#[path = "../tests/support/large.rs"]
mod large;

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::{Traffic, plan};

/// How often each thing is done; the fastest counts, for what else the machine does only ever adds.
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let tables = std::env::args().nth(1).ok_or("how many tables?")?.parse()?;
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    let scratch = Scratch::start(&options).await?;
    let mut session = scratch.fresh().await?;
    for batch in large::sql(tables) {
        session.run(&batch).await?;
    }
    // A server that has been up for a while knows its tables; a new one has yet to look at them.
    session.run("ANALYZE").await?;
    let dump = |url: &str| -> Result<Option<Duration>, Box<dyn Error>> {
        let Some(program) = pg_dump() else { return Ok(None) };
        let start = Instant::now();
        let mut command = Command::new(program);
        let status = command.args(["-s", "-f", "/dev/null", url]).stdin(Stdio::null()).status()?;
        if status.success() { Ok(Some(start.elapsed())) } else { Err("pg_dump failed".into()) }
    };
    let (mut dumped, mut read) = (None, Duration::MAX);
    let mut prev = None;
    for _ in 0..ROUNDS {
        dumped = dumped.into_iter().chain(dump(session.url())?).min();
        drop(prev.take());
        // As the door does it: on a connection of its own.
        let start = Instant::now();
        let mut own = Session::connect(session.url()).await?;
        prev = Some(introspect(&mut own).await?);
        own.close().await?;
        read = read.min(start.elapsed());
    }
    let prev = prev.ok_or("no round")?;
    session.run(&large::change(tables)).await?;
    let next = introspect(&mut session).await?;
    let mut planned = Duration::MAX;
    let mut steps = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        steps = plan(&prev, &next, &Traffic::default())?.steps.len();
        planned = planned.min(start.elapsed());
    }
    let dumped = dumped.map_or_else(|| "-".into(), |it| format!("{:.3}", it.as_secs_f64()));
    println!(
        "{tables} {} {dumped} {:.3} {:.3} {steps} {}",
        prev.len(),
        read.as_secs_f64(),
        planned.as_secs_f64(),
        peak().map_or_else(|| "-".into(), |mib| mib.to_string()),
    );
    drop(session);
    scratch.stop().await?;
    Ok(())
}

/// The most memory that this process has held, in MiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

/// `pg_dump`, from the folder that the environment names, the path, or the usual places.
fn pg_dump() -> Option<std::path::PathBuf> {
    let mut folders: Vec<_> = std::env::var_os("NEXUS_PGCLIENT").map(Into::into).into_iter().collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let usual = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(usual.map(|entry| entry.path().join("bin")));
    folders.into_iter().map(|folder| folder.join("pg_dump")).find(|path| Path::is_file(path))
}
