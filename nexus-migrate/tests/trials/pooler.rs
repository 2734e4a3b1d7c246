//! A pooler that hands a server session to whoever begins a transaction, as PgBouncer does in transaction mode.

use std::path::Path;
use std::sync::Arc;

use nexus_migrate::apply::{self, ApplyError, Options};
use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Mutex, Semaphore};

use super::crash::message;
use super::servers::{Cluster, write};

/// Sessions that wait for a transaction; the last one back is the first one out.
struct Pool {
    idle: Mutex<Vec<UnixStream>>,
    free: Semaphore,
    /// What the server said when the first of them began.
    greeting: Vec<u8>,
}

/// Applies through a pool of so many sessions; returns what came of it.
pub(crate) async fn run(sessions: usize) -> Result<Result<(), ApplyError>, String> {
    let mut cluster = Cluster::start().await?;
    cluster.create("pooled").await;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let history = write(&dir.path().join("migrations"), &["CREATE TABLE t ()".into()]);
    start(&cluster.socket(), dir.path(), sessions).await.map_err(|error| error.to_string())?;
    let host = dir.path().to_string_lossy().replace('/', "%2F");
    let url = format!("postgres://postgres@{host}:5432/pooled?sslmode=disable");
    Ok(apply::apply(&url, &history, &Options::default(), None, &mut |_| {}).await.map(drop))
}

async fn start(server: &Path, here: &Path, sessions: usize) -> std::io::Result<()> {
    let mut startup = b"\0\x03\0\0user\0postgres\0database\0pooled\0\0".to_vec();
    let length = u32::try_from(startup.len() + 4).expect("a short message");
    startup.splice(0..0, length.to_be_bytes());
    let (mut idle, mut greeting) = (Vec::new(), Vec::new());
    for _ in 0..sessions {
        let mut session = UnixStream::connect(server.join(".s.PGSQL.5432")).await?;
        session.write_all(&startup).await?;
        greeting = answer(&mut session).await.unwrap_or_default();
        idle.push(session);
    }
    let pool = Arc::new(Pool { idle: Mutex::new(idle), free: Semaphore::new(sessions), greeting });
    let listener = UnixListener::bind(here.join(".s.PGSQL.5432"))?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(Arc::clone(&pool), client));
        }
    });
    Ok(())
}

async fn serve(pool: Arc<Pool>, mut client: UnixStream) -> Option<()> {
    message(&mut client, false).await?;
    client.write_all(&pool.greeting).await.ok()?;
    loop {
        let mut sent = message(&mut client, true).await?;
        let _turn = pool.free.acquire().await.ok()?;
        let mut session = pool.idle.lock().await.pop()?;
        loop {
            session.write_all(&sent).await.ok()?;
            let answer = answer(&mut session).await?;
            client.write_all(&answer).await.ok()?;
            if answer.ends_with(b"Z\0\0\0\x05I") {
                break;
            }
            sent = message(&mut client, true).await?;
        }
        pool.idle.lock().await.push(session);
    }
}

/// Everything up to where the server is ready again.
async fn answer(session: &mut UnixStream) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let part = message(session, true).await?;
        whole.extend_from_slice(&part);
        if part[0] == b'Z' {
            return Some(whole);
        }
    }
}
