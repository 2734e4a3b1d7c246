//! A development server that the user gave: databases of our own on it, and nothing else touched.

use std::thread;

use tokio::sync::Mutex;

use super::OLDEST_MAJOR;
use super::databases::{Databases, PREFIX, Strategy, dropping};
use super::error::ScratchError;
use super::options::{Origin, ServerInfo};
use crate::db::error::DbError;
use crate::db::session::Session;
use crate::db::url::redact_url;

/// Lists the databases of killed runs: ours by name and owner, and nobody speaks for their process id.
const ORPHANS: &str = include_str!("orphans.sql");

/// A development server in use.
#[derive(Debug)]
pub(super) struct Remote {
    info: ServerInfo,
    url: String,
    // Taken by `stop`, so that the drop finds nothing left to do.
    databases: Mutex<Option<Databases>>,
}

impl Remote {
    /// Connects, and drops what killed runs left behind.
    pub(super) async fn start(url: &str) -> Result<Self, ScratchError> {
        let refused = |source: DbError| {
            let advice = match source.code() {
                Some("42501") => "its role needs CREATEDB",
                Some("3D000") => "name a database that exists, such as `postgres`",
                Some(_) => "give a role that may connect and has CREATEDB",
                None => "check `--dev-url` or NEXUS_DEV_URL",
            };
            ScratchError::Url { url: redact_url(url), source: Box::new(source), advice }
        };
        // Other runs see by this name that the owner of our databases lives.
        let application = format!("{PREFIX}{}", std::process::id());
        let mut admin = Session::connect_as(url, &application).await.map_err(refused)?;
        let info = ServerInfo::of(&admin, Origin::Url);
        if info.major() < OLDEST_MAJOR {
            return Err(ScratchError::TooOld { url: redact_url(url), version: info.version });
        }
        for orphan in admin.rows(ORPHANS).await.map_err(refused)? {
            for name in orphan.into_iter().flatten() {
                // Another run may be dropping it too, and that is as good.
                let _ = admin.run(&format!("DROP DATABASE IF EXISTS {name}")).await;
            }
        }
        let databases = Databases::new(admin, Strategy::Wal);
        let remote = Self { info, url: url.to_owned(), databases: Mutex::new(Some(databases)) };
        // Whether databases may be created shows now, not in the middle of the work.
        remote.fresh().await.map_err(refused)?;
        Ok(remote)
    }

    pub(super) fn info(&self) -> &ServerInfo {
        &self.info
    }

    pub(super) async fn fresh(&self) -> Result<Session, DbError> {
        let mut databases = self.databases.lock().await;
        let databases = databases.as_mut().expect("only `stop`, which takes the scratch, empties it");
        databases.drop_idle().await?;
        databases.fresh().await
    }

    pub(super) async fn stop(self) -> Result<(), DbError> {
        match self.databases.lock().await.take() {
            Some(mut databases) => databases.drop_all().await,
            None => Ok(()),
        }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let Some(databases) = self.databases.get_mut().take() else {
            return;
        };
        let (url, names) = (self.url.clone(), databases.names());
        // The connection of the admin session belongs to a runtime that we may be inside of.
        drop(databases);
        if names.is_empty() {
            return;
        }
        let dropping = thread::spawn(move || drop_all(&url, &names));
        // What is left then is dropped by the next run against this server.
        let _ = dropping.join();
    }
}

fn drop_all(url: &str, names: &[String]) -> Result<(), DbError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(DbError::Io)?;
    runtime.block_on(async {
        let mut admin = Session::connect(url).await?;
        for name in names {
            admin.run(&dropping(name)).await?;
        }
        admin.close().await
    })
}
