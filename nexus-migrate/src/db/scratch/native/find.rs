//! Finds PostgreSQL servers on this machine.
//!
//! Looks at folders and asks programs for their versions; starts no server.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::db::scratch::OLDEST_MAJOR;
use crate::db::scratch::error::Tried;

/// Hides native servers when it is set and not `0`.
const HIDE: &str = "NEXUS_NO_NATIVE";
/// A folder of programs that comes first.
const FOLDER: &str = "NEXUS_PGBIN";

/// Where installers put servers; `*` stands for a version.
const USUAL: [&str; 5] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
];

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

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os(FOLDER).map(PathBuf::from).into_iter().collect();
    if let Some(path) = env::var_os("PATH") {
        // Links such as those of version managers lead to the folder with the other programs.
        let real = |folder: PathBuf| match folder.join("postgres").canonicalize() {
            Ok(program) => program.parent().map_or(folder, Path::to_path_buf),
            Err(_) => folder,
        };
        folders.extend(env::split_paths(&path).map(real));
    }
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        let text = String::from_utf8_lossy(&output.stdout);
        folders.push(PathBuf::from(text.trim()));
    }
    folders.extend(USUAL.iter().flat_map(|pattern| expand(pattern)));
    folders
}

/// Returns the folders that `pattern` stands for, highest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, stem) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = Path::new(parent).read_dir() else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(stem)?;
            let folder = format!("{before}{version}{after}");
            Some((leading_number(version)?, PathBuf::from(folder)))
        })
        .collect();
    found.sort_by_key(|(version, _)| Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn ask(bin: &Path) -> Option<Install> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let banner = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = version(&banner)?.to_owned();
    let major = leading_number(&version)?;
    Some(Install { bin: bin.to_owned(), version, banner, major })
}

/// Returns the version in a text such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn version(banner: &str) -> Option<&str> {
    let (_, rest) = banner.split_once("(PostgreSQL) ")?;
    rest.split_whitespace().next()
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{leading_number, version};

    #[test]
    fn versions_are_read_from_banners() {
        for (banner, expected) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(("15.18", 15))),
            ("postgres (PostgreSQL) 18beta1", Some(("18beta1", 18))),
            ("something else", None),
        ] {
            let found = version(banner).and_then(|it| Some((it, leading_number(it)?)));
            assert_eq!(found, expected);
        }
    }
}
