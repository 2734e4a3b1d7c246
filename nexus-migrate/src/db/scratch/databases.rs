//! Creates and drops empty databases on a server that many may use.
//!
//! Knows nothing about how the server came to be.

use std::sync::Arc;

use crate::db::error::DbError;
use crate::db::lease::Lease;
use crate::db::session::Session;
use crate::db::url::with_database;

/// What the names of all our databases begin with.
pub(super) const PREFIX: &str = "nexus_scratch_";

/// Duplicate database: somebody else with our process id, in another container, took the name.
const TAKEN: &str = "42P04";

/// How a database is copied from its template.
#[derive(Debug, Clone, Copy)]
pub(super) enum Strategy {
    /// File by file, with two checkpoints: 20 ms on a server of our own, against 45 ms by WAL.
    Files,
    /// Through the WAL: no checkpoint is forced on a server that others use.
    Wal,
}

/// The databases that we made on one server.
#[derive(Debug)]
pub(super) struct Databases {
    admin: Session,
    strategy: Strategy,
    made: Vec<Database>,
    next: u32,
}

#[derive(Debug)]
struct Database {
    name: String,
    users: Arc<()>,
}

impl Databases {
    pub(super) fn new(admin: Session, strategy: Strategy) -> Self {
        Self { admin, strategy, made: Vec::new(), next: 0 }
    }

    /// Returns the session that creates and drops.
    pub(super) fn admin(&mut self) -> &mut Session {
        &mut self.admin
    }

    /// Tells whether a session on one of the databases lives.
    pub(super) fn in_use(&self) -> bool {
        self.made.iter().any(Database::in_use)
    }

    /// Returns the names of all databases.
    pub(super) fn names(&self) -> Vec<String> {
        self.made.iter().map(|database| database.name.clone()).collect()
    }

    /// Makes an empty database and connects to it.
    pub(super) async fn fresh(&mut self) -> Result<Session, DbError> {
        let name = self.create().await?;
        let url = with_database(self.admin.url(), &name);
        let users = Arc::new(());
        self.made.push(Database { name, users: Arc::clone(&users) });
        Ok(Session::connect(&url).await?.hold(Lease::Counted(users)))
    }

    /// Drops the databases whose sessions are gone.
    pub(super) async fn drop_idle(&mut self) -> Result<(), DbError> {
        let (kept, idle) = std::mem::take(&mut self.made).into_iter().partition(Database::in_use);
        self.made = kept;
        self.drop_these(idle).await
    }

    /// Drops all databases.
    pub(super) async fn drop_all(&mut self) -> Result<(), DbError> {
        let all = std::mem::take(&mut self.made);
        self.drop_these(all).await
    }

    async fn create(&mut self) -> Result<String, DbError> {
        let strategy = match self.strategy {
            Strategy::Files => "file_copy",
            Strategy::Wal => "wal_log",
        };
        loop {
            let name = format!("{PREFIX}{}_{}", std::process::id(), self.next);
            self.next += 1;
            let sql = format!(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C' STRATEGY {strategy}"
            );
            match self.admin.run(&sql).await {
                Ok(()) => return Ok(name),
                Err(error) if error.code() == Some(TAKEN) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn drop_these(&mut self, these: Vec<Database>) -> Result<(), DbError> {
        for database in these {
            self.admin.run(&dropping(&database.name)).await?;
        }
        Ok(())
    }
}

impl Database {
    fn in_use(&self) -> bool {
        Arc::strong_count(&self.users) > 1
    }
}

/// Returns the statement that drops database `name`, whoever is connected to it.
pub(super) fn dropping(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}
