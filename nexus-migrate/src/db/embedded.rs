//! The embedded server: PostgreSQL 17.5 as WebAssembly inside this process.
//!
//! One instance has one cluster, one backend and so one connection. Several instances live side by side,
//! each with about 60 MB. Knows `pglite-oxide` so that nobody else has to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use pglite_oxide::extensions::{self, Extension};
use pglite_oxide::{Pglite, PglitePaths, PgliteServer};

use super::error::DbError;
use super::folder::Folder;
use super::url::on_socket;

/// Where the instance differs from what a server of its own has.
///
/// The crate runs `postgres --single -O` with `search_path=public`. Durability is not wanted here.
const SETTINGS: [(&str, &str); 6] = [
    ("allow_system_table_mods", "off"),
    ("max_locks_per_transaction", "1024"),
    ("search_path", "\"$user\", public"),
    ("shared_buffers", "32MB"),
    ("synchronous_commit", "off"),
    ("wal_level", "logical"),
];

/// The database of an instance.
const DATABASE: &str = "postgres";

/// How long the end of an instance may take; a statement that still runs cannot be interrupted.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running instance, stopped on drop.
///
/// Drop it after its connection: stopping waits until the connection is closed.
pub(super) struct Instance {
    server: Option<PgliteServer>,
    url: String,
    folder: Folder,
    installed: Mutex<BTreeSet<&'static str>>,
}

impl Instance {
    /// Starts an instance with its files in a new folder in `base`.
    ///
    /// Blocks for some milliseconds; unpacks 100 MB into the user's cache folder on the very first run.
    pub(super) fn start(base: &Path) -> Result<Self, String> {
        let folder = Folder::create(base).map_err(|error| error.to_string())?;
        let builder =
            PgliteServer::builder().path(root(&folder)).database(DATABASE).postgres_configs(SETTINGS);
        // Other users of the machine cannot reach a socket in a private folder.
        #[cfg(unix)]
        let builder = builder.unix(folder.path().join(".s.PGSQL.5432"));
        let server = builder.start().map_err(|error| format!("{error:#}"))?;
        let url = match cfg!(unix) {
            true => on_socket(folder.path(), DATABASE),
            false => server.database_url(),
        };
        Ok(Self { server: Some(server), url, folder, installed: Mutex::default() })
    }

    /// Returns the URL of the only database.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Puts the bundled extensions that `sql` may create where the server finds them.
    ///
    /// All of them at the start would cost 0.3 to 0.4 s that few schemas need.
    pub(super) async fn before(&self, sql: &str) -> Result<(), DbError> {
        let missing = self.missing(sql);
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<&'static str> = missing.iter().map(|it| it.sql_name()).collect();
        let root = root(&self.folder);
        let installation = tokio::task::spawn_blocking(move || install(&root, &missing));
        match installation.await {
            Ok(Ok(())) => {
                let mut installed = self.installed.lock().unwrap_or_else(PoisonError::into_inner);
                installed.extend(names);
                Ok(())
            }
            Ok(Err(reason)) => Err(DbError::Protocol(format!("cannot install extensions: {reason}"))),
            Err(error) => Err(DbError::Protocol(format!("cannot install extensions: {error}"))),
        }
    }

    fn missing(&self, sql: &str) -> Vec<Extension> {
        if !mentions(sql, "extension") {
            return Vec::new();
        }
        let installed = self.installed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing: Vec<Extension> = Vec::new();
        for extension in extensions::ALL.iter().filter(|it| mentions(sql, it.sql_name())) {
            let needed = extension.dependencies().iter();
            let needed = needed.filter_map(|name| extensions::by_sql_name(name));
            for one in needed.chain([*extension]) {
                if !installed.contains(one.sql_name()) && !missing.contains(&one) {
                    missing.push(one);
                }
            }
        }
        missing
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let server = self.server.take();
        let (stopped, wait) = mpsc::channel();
        thread::spawn(move || {
            drop(server);
            // Nobody listens when the wait was given up.
            let _ = stopped.send(());
        });
        // The folder goes next, whatever became of the server; the thread ends with the process at the latest.
        let _ = wait.recv_timeout(PATIENCE);
    }
}

fn root(folder: &Folder) -> PathBuf {
    folder.path().join("server")
}

fn install(root: &Path, missing: &[Extension]) -> Result<(), String> {
    let paths = PglitePaths::with_root(root);
    for extension in missing {
        let Some(archive) = pglite_oxide_assets::extension_archive(extension.sql_name()) else {
            continue;
        };
        pglite_oxide::install_extension_bytes(&paths, archive).map_err(|error| format!("{error:#}"))?;
    }
    // Without this the engine would have to compile the library, and it brings no compiler.
    Pglite::preload_extensions(missing.iter().copied()).map_err(|error| format!("{error:#}"))
}

/// Tells whether `word`, in lower case, is a word of `sql` in any case.
fn mentions(sql: &str, word: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (sql, word) = (sql.as_bytes(), word.as_bytes());
    sql.windows(word.len()).enumerate().any(|(at, window)| {
        window.eq_ignore_ascii_case(word)
            && !(at > 0 && inner(sql[at - 1]))
            && !sql.get(at + word.len()).copied().is_some_and(inner)
    })
}
