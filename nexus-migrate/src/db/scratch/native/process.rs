//! A server process on a data folder of its own, and its end.
//!
//! The server runs under a keeper, a shell that waits for our end of a pipe to close. However this process
//! ends, the keeper then stops the server at once and removes the folder.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::find::Install;
use super::site::Site;
use super::template::{self, Made};
use crate::db::folder::{self, Folder};
use crate::db::session::Session;
use crate::db::url::on_socket;

/// Runs the server, and at the end of its input stops it and removes its folder. If the server ends before
/// that, the keeper ends too and leaves the folder, so that the log can be read.
///
/// SIGQUIT is PostgreSQL's immediate shutdown: nothing is written, shared memory is given back. A shell lets
/// its background jobs ignore it until the server has said otherwise, so once may not be enough.
const KEEPER: &str = r#"
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- >"$folder/log" 2>&1 &
server=$!
{
    read -r _ <&3
    : >"$folder/stop"
    while kill -QUIT "$server"; do sleep 0.1 || sleep 1; done
} 2>/dev/null &
reader=$!
exec 3<&-
wait "$server"
kill "$reader" 2>/dev/null
if [ -e "$folder/stop" ]; then cd / && rm -rf "$folder"; fi
"#;

/// How the server is run: for speed, for what `prove` and `apply` need, and never for safety. It never takes part in
/// replication: a subscription on scratch would take what the real one should.
const SETTINGS: [&str; 17] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=logical",
    "max_logical_replication_workers=0",
    "autovacuum=off",
    "max_connections=100",
    "shared_buffers=32MB",
    "max_locks_per_transaction=1024",
    "max_wal_size=128MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
];

/// How long a server may take to answer, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long between two looks at a server that starts.
const PULSE: Duration = Duration::from_millis(2);

/// A server, stopped and removed on drop.
#[derive(Debug)]
pub(super) struct Process {
    keeper: Child,
    folder: Folder,
}

impl Process {
    /// Starts a server on a new data folder; it may not answer yet.
    pub(super) async fn start(install: &Install, site: &Site) -> io::Result<(Self, Made)> {
        let mut folder = Folder::create(&site.base)?;
        if let Some(account) = site.account {
            chown(folder.path(), Some(account.uid), Some(account.gid))?;
        }
        let made = {
            let (install, site, data) = (install.clone(), site.clone(), data(&folder));
            spawn_blocking(move || template::make(&install, &site, &data)).await??
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "nexus-scratch"])
            .arg(folder.path())
            .arg(install.bin.join("postgres"))
            .arg("-D")
            .arg(data(&folder))
            .arg("-k")
            .arg(folder.path())
            .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        for (name, _) in env::vars_os() {
            // PGDATA, PGPORT, PGOPTIONS and their kin are meant for other servers.
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        command
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt at the terminal is for us; the keeper sees how we take it.
            .process_group(0);
        if let Some(account) = site.account {
            command.uid(account.uid).gid(account.gid);
        }
        let keeper = command.spawn()?;
        folder.leave();
        Ok((Self { keeper, folder }, made))
    }

    /// Waits until the server answers, and connects to it.
    pub(super) async fn ready(&mut self) -> io::Result<Session> {
        let url = on_socket(self.folder.path(), "postgres");
        let socket = self.folder.path().join(".s.PGSQL.5432");
        let start = Instant::now();
        loop {
            let refusal = if socket.exists() {
                match Session::connect(&url).await {
                    Ok(session) => return Ok(session),
                    Err(error) => error.to_string(),
                }
            } else {
                "it opens no socket".to_owned()
            };
            if self.keeper.try_wait()?.is_some() {
                return Err(io::Error::other(format!("it ended at once: {}", self.said())));
            }
            if start.elapsed() > PATIENCE {
                let said = self.said();
                return Err(io::Error::other(format!("no answer in {PATIENCE:?}: {refusal}: {said}")));
            }
            sleep(PULSE).await;
        }
    }

    /// Returns the data folder.
    pub(super) fn data(&self) -> PathBuf {
        data(&self.folder)
    }

    /// Stops the server and waits until nothing of it is left.
    pub(super) async fn stop(mut self) -> io::Result<()> {
        drop(self.keeper.stdin.take());
        self.keeper.wait().await?;
        // The rest is the drop's: it removes what the keeper could not.
        Ok(())
    }

    /// Returns the end of the server's log, as one line.
    fn said(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.len().saturating_sub(3);
        lines[last..].join(" / ")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A keeper that still runs removes the folder as soon as our end of its input closes, which is next.
        if !matches!(self.keeper.try_wait(), Ok(None)) {
            self.folder.reclaim();
        }
    }
}

/// Removes what killed runs left, and stops servers that outlived even their keepers.
pub(super) async fn sweep(site: &Site) {
    let bases = site.bases.clone();
    // Nothing depends on it: what is left is swept next time.
    let _ = spawn_blocking(move || folder::sweep(&bases, quit)).await;
}

/// Stops the server that runs on the data in `folder`, if there is one.
///
/// Where there is no `/proc`, removing the folder does it: a server checks its lock file once a minute.
fn quit(folder: &Path) {
    let data = folder.join("data");
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else {
        return;
    };
    let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else {
        return;
    };
    // The number may belong to another process by now.
    if fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data) {
        let _ = std::process::Command::new("sh")
            .args(["-c", "kill -QUIT \"$1\"", "sh", &pid.to_string()])
            .status();
    }
}

fn data(folder: &Folder) -> PathBuf {
    folder.path().join("data")
}
