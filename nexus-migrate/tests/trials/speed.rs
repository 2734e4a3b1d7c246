//! Applies many small files with `nexus apply` and with sqlx's migrator, each a process of its own, in turn.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::servers::{Cluster, write};

/// Seconds of the fastest run of each.
#[derive(Debug)]
pub(crate) struct Outcome {
    files: u32,
    ours: f64,
    theirs: f64,
}

const ROUNDS: u32 = 5;

impl Outcome {
    pub(crate) fn text(&self) -> String {
        let Self { files, ours, theirs } = self;
        format!(
            "{files} files, the fastest of {ROUNDS}: nexus {ours:.3} s, sqlx {theirs:.3} s, ratio {:.2}",
            ours / theirs
        )
    }

    /// Whether it is slower than sqlx.
    pub(crate) fn is_slow(&self) -> bool {
        self.ours > self.theirs
    }
}

/// Measures; `this` runs sqlx's migrator when it is told `sqlx URL DIRECTORY`.
pub(crate) async fn run(nexus: &Path, this: &Path, files: u32) -> Result<Outcome, String> {
    let mut cluster = Cluster::start().await?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = |n| {
        format!(
            "-- Makes a table.\nCREATE TABLE t{n} (id bigint PRIMARY KEY, a text NOT NULL, b int);\nCREATE INDEX ON t{n} (b);\n"
        )
    };
    write(dir.path(), &(1..=files).map(file).collect::<Vec<_>>());
    let mut outcome = Outcome { files, ours: f64::MAX, theirs: f64::MAX };
    for round in 0..ROUNDS {
        let name = format!("theirs_{round}");
        let url = cluster.create(&name).await;
        let mut sqlx = Command::new(this);
        sqlx.args(["sqlx", &url]).arg(dir.path());
        outcome.theirs = outcome.theirs.min(seconds(sqlx)?);
        cluster.drop(&name).await;
        let name = format!("ours_{round}");
        let url = cluster.create(&name).await;
        let mut ours = Command::new(nexus);
        ours.args(["apply", "--dir"]).arg(dir.path()).env("DATABASE_URL", &url).env_remove("NEXUS_DEV_URL");
        outcome.ours = outcome.ours.min(seconds(ours)?);
        cluster.drop(&name).await;
    }
    Ok(outcome)
}

/// Applies as `sqlx migrate run` does.
pub(crate) async fn sqlx(url: &str, dir: &Path) -> Result<(), String> {
    use sqlx::Connection;
    let migrator = sqlx::migrate::Migrator::new(dir).await.map_err(|error| error.to_string())?;
    let mut connection = sqlx::PgConnection::connect(url).await.map_err(|error| error.to_string())?;
    migrator.run_direct(None, &mut connection, false).await.map_err(|error| error.to_string())
}

fn seconds(mut command: Command) -> Result<f64, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let begin = Instant::now();
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(begin.elapsed().as_secs_f64()) } else { Err("a run fails".into()) }
}
