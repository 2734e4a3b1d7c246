//! One running cluster: a data folder, a server on it, and the databases made there.

use std::fs;
use std::io;

use super::find::Install;
use super::process::Process;
use super::site::Site;
use super::template::{self, Made};
use crate::db::error::DbError;
use crate::db::scratch::databases::{Databases, Strategy};
use crate::db::scratch::error::ScratchError;
use crate::db::session::Session;

/// Shows everything that the databases of a cluster share, as one value.
const SHARED: &str = include_str!("shared.sql");

/// A running cluster, stopped and removed on drop.
#[derive(Debug)]
pub(super) struct Cluster {
    // Declared before the process: the connection closes before its server goes.
    databases: Databases,
    pristine: String,
    process: Process,
}

impl Cluster {
    /// Starts a server on a new cluster.
    pub(super) async fn start(install: &Install, site: &Site) -> Result<Self, ScratchError> {
        let failed = |error: &dyn std::error::Error| ScratchError::Native {
            version: install.version.clone(),
            bin: install.bin.clone(),
            reason: error.to_string(),
        };
        loop {
            let (mut process, made) = Process::start(install, site).await.map_err(|it| failed(&it))?;
            let entered = match process.ready().await {
                Ok(admin) => Self::enter(process, admin).await.map_err(|it| failed(&it)),
                Err(error) => Err(failed(&error)),
            };
            if entered.is_ok() || made == Made::Initialised {
                return entered;
            }
            // The template may be to blame. Without it the next round is the last.
            template::forget(install, site);
        }
    }

    async fn enter(process: Process, admin: Session) -> Result<Self, DbError> {
        let mut cluster =
            Self { databases: Databases::new(admin, Strategy::Files), pristine: String::new(), process };
        cluster.pristine = cluster.shared().await?;
        Ok(cluster)
    }

    /// Returns the session that creates and drops databases.
    pub(super) fn admin(&mut self) -> &mut Session {
        self.databases.admin()
    }

    /// Tells whether a fresh session on this cluster lives.
    pub(super) fn in_use(&self) -> bool {
        self.databases.in_use()
    }

    /// Drops what former sessions left in databases; tells whether nothing else is left of them.
    pub(super) async fn renew(&mut self) -> Result<bool, DbError> {
        self.databases.drop_idle().await?;
        Ok(self.shared().await? == self.pristine)
    }

    /// Makes an empty database and connects to it.
    pub(super) async fn fresh(&mut self) -> Result<Session, DbError> {
        self.databases.fresh().await
    }

    /// Stops the server and waits until nothing of it is left.
    pub(super) async fn stop(self) -> io::Result<()> {
        drop(self.databases);
        self.process.stop().await
    }

    /// Returns what the databases of this cluster share, `ALTER SYSTEM` included.
    async fn shared(&mut self) -> Result<String, DbError> {
        let rows = self.admin().rows(SHARED).await?;
        let mut shared: String = rows.into_iter().flatten().flatten().collect();
        let settings = self.process.data().join("postgresql.auto.conf");
        shared.push_str(&fs::read_to_string(settings).map_err(DbError::Io)?);
        Ok(shared)
    }
}
