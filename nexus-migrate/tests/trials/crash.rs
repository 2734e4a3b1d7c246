//! Kills runs of `nexus apply`, or the server processes that work for them, at every point of their talk with the
//! server, and lets the next run go on: before a statement reaches the server, while it runs, and after the server has
//! done it and before anybody hears of it.
//!
//! Runs talk to the server through a relay that counts their statements and springs the trap at a given one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use nexus_migrate::db::Session;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

use super::servers::{Chance, Cluster, write};
use super::work;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// The runner, by SIGKILL.
    Runner,
    /// The server process that got the statement.
    Backend,
}

/// When, as seen from one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    /// So many microseconds after the server got it.
    Within(u64),
    After,
}

#[derive(Debug, Clone, Copy)]
struct Plan {
    statement: u64,
    victim: Victim,
    moment: Moment,
}

/// What became of the trials.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) kills: [u32; 6],
    pub(crate) databases: u32,
    pub(crate) runs: u32,
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    pub(crate) fn total(&self) -> u32 {
        self.kills.iter().sum()
    }

    pub(crate) fn text(&self) -> String {
        let [a, b, c, d, e, f] = self.kills;
        format!(
            "{} kills in {} runs over {} databases: runner before {a}, within {b}, after {c} a statement; \
             server process before {d}, within {e}, after {f}; {} faults",
            self.total(),
            self.runs,
            self.databases,
            self.faults.len()
        )
    }
}

/// Kills `kills` times or more; each database is brought to its end and looked at.
pub(crate) async fn run(nexus: &Path, kills: u32, seed: u64) -> Result<Outcome, String> {
    let mut cluster = Cluster::start().await?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let history = write(&dir.path().join("migrations"), &work::ups());
    let relay = Relay::start(&cluster.socket(), dir.path())?;
    let url = cluster.create("untouched").await;
    let trial =
        Trial { nexus: nexus.into(), migrations: dir.path().join("migrations"), socket: dir.path().into() };
    let plain = trial.spawn("untouched").wait_with_output().await.map_err(|error| error.to_string())?;
    if !plain.status.success() {
        return Err(format!("an undisturbed run fails: {}", String::from_utf8_lossy(&plain.stderr)));
    }
    let expected = work::state(&url).await;
    let statements = relay.shared.statements.load(Ordering::SeqCst);
    let mut outcome = Outcome::default();
    let mut faults = work::faults(&url, &expected, &history).await;
    outcome.faults.append(&mut faults);
    let mut chance = Chance(seed);
    while outcome.total() < kills {
        let name = format!("crash_{}", outcome.databases);
        let url = cluster.create(&name).await;
        let mut admin =
            Session::connect(&cluster.url("postgres")).await.map_err(|error| error.to_string())?;
        loop {
            let plan = Plan {
                statement: 1 + chance.below(statements),
                victim: *chance.pick(&[Victim::Runner, Victim::Runner, Victim::Backend]),
                moment: *chance.pick(&[
                    Moment::Before,
                    Moment::Within(chance.clone().below(300)),
                    Moment::Within(chance.clone().below(8_000)),
                    Moment::After,
                ]),
            };
            outcome.runs += 1;
            let (sprung, ended) = relay.disturb(&trial, &name, plan, &mut admin).await?;
            if sprung {
                let moment = match plan.moment {
                    Moment::Before => 0,
                    Moment::Within(_) => 1,
                    Moment::After => 2,
                };
                outcome.kills[moment + if plan.victim == Victim::Backend { 3 } else { 0 }] += 1;
            }
            match ended {
                Ended::Well => break,
                Ended::Killed => {}
                // A run whose server process is gone fails; nothing else may.
                Ended::Failed(_) if sprung => {}
                Ended::Failed(why) => {
                    outcome.faults.push(format!("{name}: a run that nobody disturbed failed: {why}"));
                    break;
                }
            }
        }
        let faults = work::faults(&url, &expected, &history).await;
        outcome.faults.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        outcome.databases += 1;
        cluster.drop(&name).await;
    }
    Ok(outcome)
}

struct Trial {
    nexus: PathBuf,
    migrations: PathBuf,
    socket: PathBuf,
}

enum Ended {
    Well,
    Failed(String),
    Killed,
}

impl Trial {
    fn spawn(&self, database: &str) -> tokio::process::Child {
        let host: String = self.socket.to_string_lossy().replace('/', "%2F");
        let url = format!("postgres://postgres@{host}:5432/{database}?sslmode=disable");
        let mut command = tokio::process::Command::new(&self.nexus);
        command.args(["apply", "--allow-drift", "--lock-wait", "60", "--dir"]).arg(&self.migrations);
        command.env("DATABASE_URL", url).env_remove("NEXUS_DEV_URL").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("nexus starts")
    }
}

/// Stands between runs and the server.
struct Relay {
    shared: Arc<Shared>,
    sprung: tokio::sync::Mutex<mpsc::Receiver<(u32, oneshot::Sender<()>)>>,
}

struct Shared {
    server: PathBuf,
    statements: AtomicU64,
    trap: std::sync::Mutex<Option<Plan>>,
    spring: mpsc::Sender<(u32, oneshot::Sender<()>)>,
}

impl Relay {
    fn start(server: &Path, here: &Path) -> Result<Self, String> {
        let listener = UnixListener::bind(here.join(".s.PGSQL.5432")).map_err(|error| error.to_string())?;
        let (spring, sprung) = mpsc::channel(1);
        let shared = Arc::new(Shared {
            server: server.join(".s.PGSQL.5432"),
            statements: AtomicU64::new(0),
            trap: std::sync::Mutex::new(None),
            spring,
        });
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&accepting).serve(client));
            }
        });
        Ok(Self { shared, sprung: tokio::sync::Mutex::new(sprung) })
    }

    /// Runs `nexus apply` with a trap; returns whether it sprang, and how the run ended.
    async fn disturb(
        &self,
        trial: &Trial,
        database: &str,
        plan: Plan,
        admin: &mut Session,
    ) -> Result<(bool, Ended), String> {
        self.shared.statements.store(0, Ordering::SeqCst);
        *self.shared.trap.lock().expect("nobody panics with it") = Some(plan);
        let mut child = trial.spawn(database);
        let mut sprung = self.sprung.lock().await;
        let hit = tokio::select! {
            hit = sprung.recv() => hit,
            _ = child.wait() => None,
        };
        *self.shared.trap.lock().expect("nobody panics with it") = None;
        let was_hit = hit.is_some();
        if let Some((backend, done)) = hit {
            match plan.victim {
                Victim::Runner => child.start_kill().map_err(|error| error.to_string())?,
                Victim::Backend => {
                    let end = format!("SELECT pg_terminate_backend({backend})");
                    admin.run(&end).await.map_err(|error| error.to_string())?;
                }
            }
            let _ = done.send(());
        }
        let waiting = tokio::time::timeout(Duration::from_secs(120), child.wait_with_output());
        let output =
            waiting.await.map_err(|_| "a run never ends".to_owned())?.map_err(|error| error.to_string())?;
        let ended = match output.status.code() {
            Some(0) => Ended::Well,
            None => Ended::Killed,
            Some(_) => Ended::Failed(String::from_utf8_lossy(&output.stderr).into_owned()),
        };
        Ok((was_hit, ended))
    }
}

impl Shared {
    async fn serve(self: Arc<Self>, client: UnixStream) {
        let Ok(server) = UnixStream::connect(&self.server).await else { return };
        let (mut from_client, to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let backend = Arc::new(AtomicU32::new(0));
        let after = Arc::new(AtomicU32::new(0));
        let answers =
            tokio::spawn(Arc::clone(&self).answers(from_server, to_client, backend.clone(), after.clone()));
        // The first message has no type.
        let Some(startup) = message(&mut from_client, false).await else { return answers.abort() };
        if to_server.write_all(&startup).await.is_err() {
            return answers.abort();
        }
        while let Some(sent) = message(&mut from_client, true).await {
            let plan = if sent[0] == b'Q' { self.trap() } else { None };
            let pid = backend.load(Ordering::SeqCst);
            if plan.is_some_and(|plan| plan.moment == Moment::Before) {
                self.hit(pid).await;
            }
            if plan.is_some_and(|plan| plan.moment == Moment::After) {
                after.store(1, Ordering::SeqCst);
            }
            if to_server.write_all(&sent).await.is_err() {
                break;
            }
            if let Some(Plan { moment: Moment::Within(micros), .. }) = plan {
                tokio::time::sleep(Duration::from_micros(micros)).await;
                self.hit(pid).await;
            }
        }
        // The client is gone: the server sees its end, too.
        answers.abort();
    }

    async fn answers(
        self: Arc<Self>,
        mut from: tokio::net::unix::OwnedReadHalf,
        mut to: tokio::net::unix::OwnedWriteHalf,
        backend: Arc<AtomicU32>,
        after: Arc<AtomicU32>,
    ) {
        while let Some(answer) = message(&mut from, true).await {
            if answer[0] == b'K' {
                let pid = u32::from_be_bytes(answer[5..9].try_into().expect("four bytes"));
                backend.store(pid, Ordering::SeqCst);
            }
            if answer[0] == b'Z' && after.swap(0, Ordering::SeqCst) == 1 {
                self.hit(backend.load(Ordering::SeqCst)).await;
            }
            if to.write_all(&answer).await.is_err() {
                return;
            }
        }
    }

    /// Counts a statement; returns the plan if it is the one.
    fn trap(&self) -> Option<Plan> {
        let number = self.statements.fetch_add(1, Ordering::SeqCst) + 1;
        let mut trap = self.trap.lock().expect("nobody panics with it");
        trap.take_if(|plan| plan.statement == number)
    }

    /// Springs the trap, and waits until the victim is dead.
    async fn hit(&self, backend: u32) {
        let (done, dead) = oneshot::channel();
        if self.spring.send((backend, done)).await.is_ok() {
            let _ = dead.await;
        }
    }
}

/// Reads one message of the protocol: a type, unless it is the first, a length, a body.
pub(crate) async fn message(from: &mut (impl AsyncReadExt + Unpin), typed: bool) -> Option<Vec<u8>> {
    let head = if typed { 5 } else { 4 };
    let mut whole = vec![0; head];
    from.read_exact(&mut whole).await.ok()?;
    let length = u32::from_be_bytes(whole[head - 4..].try_into().expect("four bytes"));
    let body = usize::try_from(length).ok()?.checked_sub(4)?;
    whole.resize(head + body, 0);
    from.read_exact(&mut whole[head..]).await.ok()?;
    Some(whole)
}
