//! Finds PostgreSQL servers on this machine.
//!
//! Looks at folders and asks programs for their versions; starts no server.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::db::programs::{self, leading_number, version};
use crate::db::scratch::OLDEST_MAJOR;
use crate::db::scratch::error::Tried;

/// Hides native servers when it is set and not `0`.
const HIDE: &str = "NEXUS_NO_NATIVE";

/// An installed server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db::scratch) struct Install {
    /// The folder of `postgres` and `initdb`.
    pub(super) bin: PathBuf,
    /// Such as `15.18` or `18beta1`.
    pub(super) version: String,
    /// What `postgres --version` says in full.
    pub(super) banner: String,
    major: u32,
}

/// The installed servers, best first.
#[derive(Debug, Default)]
pub(in crate::db::scratch) struct Found {
    /// Those of the wanted major; all if none is wanted.
    pub(in crate::db::scratch) wanted: Vec<Install>,
    /// The others, newest first.
    pub(in crate::db::scratch) others: Vec<Install>,
}

/// Finds the servers on this machine that are not too old.
pub(in crate::db::scratch) async fn find(major: Option<u32>, tried: &mut Tried) -> Found {
    if env::var_os(HIDE).is_some_and(|value| !value.is_empty() && value != "0") {
        tried.note(format!("native servers are hidden by {HIDE}"));
        return Found::default();
    }
    let installs = tokio::task::spawn_blocking(installs).await.unwrap_or_default();
    let (usable, old): (Vec<_>, Vec<_>) =
        installs.into_iter().partition(|install| install.major >= OLDEST_MAJOR);
    if usable.is_empty() {
        tried.note("no native PostgreSQL was found".to_owned());
    }
    for install in old {
        let (version, bin) = (&install.version, install.bin.display());
        tried.note(format!("PostgreSQL {version} in {bin} is older than {OLDEST_MAJOR}"));
    }
    let (wanted, mut others): (Vec<_>, Vec<_>) =
        usable.into_iter().partition(|install| major.is_none_or(|major| major == install.major));
    others.sort_by_key(|install| Reverse(install.major));
    Found { wanted, others }
}

fn installs() -> Vec<Install> {
    let mut seen = BTreeSet::new();
    folders()
        .into_iter()
        .filter(|bin| bin.join("postgres").is_file() && bin.join("initdb").is_file())
        .map(|bin| bin.canonicalize().unwrap_or(bin))
        .filter(|bin| seen.insert(bin.clone()))
        .filter_map(|bin| ask(&bin))
        .collect()
}

/// The folders to look into. Links such as those of version managers lead to the folder with the other programs.
fn folders() -> Vec<PathBuf> {
    let real = |folder: PathBuf| match folder.join("postgres").canonicalize() {
        Ok(program) => program.parent().map_or(folder, Path::to_path_buf),
        Err(_) => folder,
    };
    programs::folders().into_iter().map(real).collect()
}

fn ask(bin: &Path) -> Option<Install> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let banner = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = version(&banner)?.to_owned();
    let major = leading_number(&version)?;
    Some(Install { bin: bin.to_owned(), version, banner, major })
}
