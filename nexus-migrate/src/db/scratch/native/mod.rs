//! Native servers: programs found on this machine, run on throw-away clusters.
//!
//! Fresh sessions that live at the same time get clusters of their own, so that nothing is shared between
//! them, roles and tablespaces included. Knows which cluster is free and still as new, not how it runs.

mod cluster;
mod find;
mod process;
mod site;
mod template;

use tokio::sync::Mutex;

use super::error::ScratchError;
use super::options::{Origin, ServerInfo};
use crate::db::error::DbError;
use crate::db::session::Session;
use cluster::Cluster;
use site::Site;

pub(super) use find::{Found, Install, find};

/// Clusters of one version.
#[derive(Debug)]
pub(super) struct Native {
    info: ServerInfo,
    install: Install,
    site: Site,
    clusters: Mutex<Vec<Cluster>>,
}

impl Native {
    /// Starts a first cluster.
    pub(super) async fn start(install: &Install) -> Result<Self, ScratchError> {
        let site = Site::survey()?;
        process::sweep(&site).await;
        let mut cluster = Cluster::start(install, &site).await?;
        Ok(Self {
            info: ServerInfo::of(cluster.admin(), Origin::Native),
            install: install.clone(),
            site,
            clusters: Mutex::new(vec![cluster]),
        })
    }

    pub(super) fn info(&self) -> &ServerInfo {
        &self.info
    }

    pub(super) async fn fresh(&self) -> Result<Session, DbError> {
        let mut clusters = self.clusters.lock().await;
        while let Some(at) = clusters.iter().position(|cluster| !cluster.in_use()) {
            let mut cluster = clusters.swap_remove(at);
            // A role, a tablespace or a setting may be left, or a server that crashed: a new cluster is
            // cheaper than to find out what else there is.
            if !cluster.renew().await.unwrap_or(false) {
                continue;
            }
            let session = cluster.fresh().await?;
            clusters.push(cluster);
            return Ok(session);
        }
        let mut cluster = Cluster::start(&self.install, &self.site).await?;
        let session = cluster.fresh().await?;
        clusters.push(cluster);
        Ok(session)
    }

    pub(super) async fn stop(self) -> Result<(), DbError> {
        for cluster in self.clusters.into_inner() {
            cluster.stop().await.map_err(DbError::Io)?;
        }
        Ok(())
    }
}
