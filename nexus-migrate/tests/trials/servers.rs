//! A native server with as many databases as a trial needs, made and dropped one by one.

use std::path::{Path, PathBuf};

use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::history::{Batch, History, Migration, Written};
use nexus_schema::catalog::Catalog;

/// A server; stopped when dropped.
pub(crate) struct Cluster {
    admin: Session,
    // Stopped after the session is gone.
    _scratch: Scratch,
}

impl Cluster {
    /// Starts a native server; fails where there is none.
    pub(crate) async fn start() -> Result<Self, String> {
        let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
        let scratch = Scratch::start(&options).await.map_err(|error| error.to_string())?;
        let admin = scratch.fresh().await.map_err(|error| error.to_string())?;
        Ok(Self { admin, _scratch: scratch })
    }

    /// Makes a database and returns its URL.
    pub(crate) async fn create(&mut self, name: &str) -> String {
        self.run(&format!("CREATE DATABASE {name}")).await;
        self.url(name)
    }

    pub(crate) async fn drop(&mut self, name: &str) {
        self.run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }

    /// Runs a statement as the superuser, outside of all trials.
    pub(crate) async fn run(&mut self, sql: &str) {
        self.admin.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The URL of a database.
    pub(crate) fn url(&self, name: &str) -> String {
        let (base, query) = self.admin.url().split_once('?').unwrap_or((self.admin.url(), ""));
        let (server, _) = base.rsplit_once('/').expect("a URL names its database");
        format!("{server}/{name}?{query}")
    }

    /// The folder of the server's socket.
    pub(crate) fn socket(&self) -> PathBuf {
        let (_, host) = self.admin.url().split_once('@').expect("scratch URLs name a user");
        let (host, _) = host.split_once(':').expect("and a port");
        let mut path = Vec::new();
        let mut rest = host.as_bytes();
        while let [first, after @ ..] = rest {
            let hex = (*first == b'%').then(|| std::str::from_utf8(&after[..2]).expect("two digits"));
            path.push(hex.map_or(*first, |hex| u8::from_str_radix(hex, 16).expect("hexadecimal digits")));
            rest = if hex.is_some() { &after[2..] } else { after };
        }
        PathBuf::from(String::from_utf8(path).expect("a path in UTF-8"))
    }
}

/// The rows of a query, NULL as nothing.
pub(crate) async fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    let mut session = Session::connect(url).await.expect("connects");
    let rows = session.rows(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

/// Writes a directory with one migration a text, versions 1, 2, …, each with a way back that does nothing.
pub(crate) fn write(dir: &Path, ups: &[String]) -> History {
    let mut history = History::open(dir).expect("opens");
    for (up, version) in ups.iter().zip(1_i64..) {
        let migration = Migration::new(version, format!("step_{version}"), up, Some("SELECT 1".into()));
        let (proof, postgres, schema) = (serde_json::json!({}), String::new(), String::new());
        let snapshot = &Catalog::default();
        let batch = Batch {
            migrations: vec![migration],
            snapshot,
            proof,
            postgres,
            schema,
            written: Written::default(),
        };
        history.append(batch).expect("appends");
    }
    history
}

/// Chance that can be had again: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).expect("an index")]
    }
}
