//! Runs programs on the same work in turn and takes the time of each.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nexus_migrate::db::Session;

/// Whoever takes longer for one run is stopped.
const PATIENCE: Duration = Duration::from_secs(300);

/// What stands for the URL of an empty database in the arguments.
pub(crate) const URL: &str = "{url}";

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its file; none where it is not on this machine.
    pub(crate) program: Option<PathBuf>,
    /// Its arguments; in the place of [`URL`] it gets an empty database of its own.
    pub(crate) args: Vec<String>,
    /// The folder that it runs in, or in a copy of it.
    pub(crate) folder: PathBuf,
    /// Whether it changes the folder.
    pub(crate) writes: bool,
    /// The last code with which it ends when it did what it was asked.
    pub(crate) last_code: i32,
}

/// What a contender needed: seconds of each round, or why there are none.
pub(crate) type Took = Result<Vec<f64>, String>;

/// Lets all run once for each round, one after the other.
pub(crate) async fn race(
    contenders: &[Contender],
    rounds: usize,
    admin: &mut Session,
) -> Vec<(&'static str, Took)> {
    let missing = |it: &Contender| match it.program {
        Some(_) => Ok(Vec::new()),
        None => Err("not on this machine".to_owned()),
    };
    let mut took: Vec<(&'static str, Took)> = contenders.iter().map(|it| (it.name, missing(it))).collect();
    for round in 0..rounds {
        for (contender, (_, took)) in contenders.iter().zip(&mut took) {
            let Ok(so_far) = took else { continue };
            match contender.run(round, admin).await {
                Ok(seconds) => so_far.push(seconds),
                Err(why) => *took = Err(why),
            }
        }
    }
    took
}

impl Contender {
    async fn run(&self, round: usize, admin: &mut Session) -> Result<f64, String> {
        let program = self.program.as_deref().ok_or("not on this machine")?;
        let folder = match self.writes {
            true => {
                let copied = self.folder.with_extension(format!("round{round}"));
                copy(&self.folder, &copied)?;
                copied
            }
            false => self.folder.clone(),
        };
        let mut args = self.args.clone();
        let database = format!("bench_{}_{round}", self.name.replace(|c: char| !c.is_alphanumeric(), "_"));
        let has_database = args.iter().any(|arg| arg.contains(URL));
        if has_database {
            admin.run(&format!("CREATE DATABASE {database}")).await.map_err(|error| error.to_string())?;
            let url = url_of(admin.url(), &database);
            args.iter_mut().for_each(|arg| *arg = arg.replace(URL, &url));
        }
        let mut command = tokio::process::Command::new(program);
        command.args(&args).current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::piped()).kill_on_drop(true);
        command.env_remove("NEXUS_DEV_URL").env("NO_COLOR", "1");
        let start = Instant::now();
        let child = command.spawn().map_err(|error| error.to_string())?;
        let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let seconds = start.elapsed().as_secs_f64();
        if has_database {
            let drop = format!("DROP DATABASE {database} WITH (FORCE)");
            admin.run(&drop).await.map_err(|error| error.to_string())?;
        }
        if self.writes {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let output = ended
            .map_err(|_| format!("longer than {} s", PATIENCE.as_secs()))?
            .map_err(|error| error.to_string())?;
        match output.status.code() {
            Some(code) if code <= self.last_code => Ok(seconds),
            _ => {
                let said = String::from_utf8_lossy(&output.stderr);
                let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no word");
                Err(format!("failed: {}", last.trim().replace('\t', " ")))
            }
        }
    }
}

/// The URL of another database of the same server.
pub(crate) fn url_of(url: &str, database: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = base.rsplit_once('/').unwrap_or((base, ""));
    format!("{server}/{database}?{query}")
}

/// Copies a folder with all that is in it, links as links.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status();
    let copied = status.is_ok_and(|status| status.success());
    if copied { Ok(()) } else { Err(format!("cannot copy {}", from.display())) }
}
