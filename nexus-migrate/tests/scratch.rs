//! Sessions and scratch servers, against real servers.
//!
//! What needs a native server is left out where there is none, unless NEXUS_REQUIRE_NATIVE is 1.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use nexus_migrate::db::{Prefer, Scratch, ScratchError, ScratchOptions, Session};

#[path = "scratch/fresh.rs"]
mod fresh;
#[path = "scratch/leftovers.rs"]
mod leftovers;
#[path = "scratch/sessions.rs"]
mod sessions;

/// Returns the scratch servers to test: the embedded one, and a native one if there is any.
async fn servers(test: &str) -> Vec<Scratch> {
    let mut servers = Vec::from_iter(native(test).await);
    if cfg!(feature = "embedded") {
        servers.push(start(Prefer::Embedded).await.unwrap());
    }
    servers
}

async fn native(test: &str) -> Option<Scratch> {
    match start(Prefer::Native).await {
        Ok(scratch) => Some(scratch),
        Err(error) if std::env::var("NEXUS_REQUIRE_NATIVE").is_ok_and(|it| it == "1") => {
            panic!("a native server is required: {error}")
        }
        Err(_) => {
            println!("left out: {test} (no native server)");
            None
        }
    }
}

async fn start(prefer: Prefer) -> Result<Scratch, ScratchError> {
    let options = ScratchOptions { prefer, ..ScratchOptions::default() };
    Scratch::start(&options).await
}

/// Returns the first value of the last result.
async fn one(session: &mut Session, sql: &str) -> String {
    let rows = session.rows(sql).await.unwrap();
    rows[0][0].clone().unwrap_or_default()
}

/// Returns the folder of the socket in the session's URL.
fn socket_folder(session: &Session) -> PathBuf {
    let (_, host) = session.url().split_once('@').unwrap();
    let (host, _) = host.split_once(':').unwrap();
    PathBuf::from(host.replace("%2F", "/"))
}
