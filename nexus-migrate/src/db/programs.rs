//! PostgreSQL's own programs: found on this machine, asked for their version, run on a database.
//!
//! A password goes to a program through its environment, which others on the machine cannot read, and never stands among
//! its arguments, which they can.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::url::{redact_url, without_password};

/// A folder of client programs that comes first.
const CLIENTS: &str = "NEXUS_PGCLIENT";
/// A folder of programs that comes first.
const FOLDER: &str = "NEXUS_PGBIN";

/// Where installers put programs; `*` stands for a version.
const USUAL: [&str; 5] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
];

/// Why a program does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// There is none for this server.
    #[error("{}", missing(name, *major, found.as_deref()))]
    Missing {
        /// What it is called.
        name: String,
        /// The server's major.
        major: u32,
        /// The newest that was found, which is too old.
        found: Option<String>,
    },
    /// The URL holds a secret that has no other way to a program than its arguments.
    #[error("a secret in the URL beside its password would be seen by others on this machine")]
    Secret,
    /// It does not start.
    #[error("`{name}` does not start")]
    Start {
        /// What it is called.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It failed.
    #[error("`{name}` failed: {said}")]
    Failed {
        /// What it is called.
        name: String,
        /// What it said.
        said: String,
    },
}

fn missing(name: &str, major: u32, found: Option<&str>) -> String {
    match found {
        Some(version) => {
            format!(
                "`{name}` {version} is older than the server, PostgreSQL {major}: it cannot read all that is there"
            )
        }
        None => format!("there is no `{name}` on this machine"),
    }
}

/// A program of PostgreSQL's.
#[derive(Debug, Clone)]
pub struct Program {
    name: String,
    path: PathBuf,
    /// Such as `15.18`.
    pub version: String,
}

/// Finds a program that can talk to a server of this major: of the same one, else of the next newer one.
pub async fn program(name: &str, major: u32) -> Result<Program, ProgramError> {
    let mut newest: Option<(u32, String)> = None;
    let mut best: Option<(u32, Program)> = None;
    for folder in clients() {
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        let Some((own, version)) = ask(&path).await else { continue };
        if own < major {
            newest = newest.filter(|(newest, _)| *newest >= own).or(Some((own, version)));
        } else if best.as_ref().is_none_or(|(best, _)| own < *best) {
            best = Some((own, Program { name: name.into(), path, version }));
        }
    }
    let found = newest.map(|(_, version)| version);
    best.map(|(_, program)| program).ok_or(ProgramError::Missing { name: name.into(), major, found })
}

impl Program {
    /// Runs it on the database of `url`, and returns what it says on stderr; fails where it does.
    pub async fn run(&self, url: &str, args: &[OsString]) -> Result<String, ProgramError> {
        let (place, password) = without_password(url).ok_or(ProgramError::Secret)?;
        let mut command = Command::new(&self.path);
        command.args(args).arg("--no-password").arg("--dbname").arg(&place);
        command.env("PGAPPNAME", "nexus").stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        if let Some(password) = &password {
            command.env("PGPASSWORD", password);
        }
        let start = |source| ProgramError::Start { name: self.name.clone(), source };
        let output = command.output().await.map_err(start)?;
        let said = String::from_utf8_lossy(&output.stderr).replace(place.as_str(), &redact_url(url));
        let said = said.trim().to_owned();
        match output.status.success() {
            true => Ok(said),
            false => Err(ProgramError::Failed { name: self.name.clone(), said }),
        }
    }
}

async fn ask(path: &Path) -> Option<(u32, String)> {
    let output = Command::new(path).arg("--version").stdin(Stdio::null()).output().await.ok()?;
    let banner = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = version(&banner)?.to_owned();
    Some((leading_number(&version)?, version))
}

fn clients() -> Vec<PathBuf> {
    env::var_os(CLIENTS).map(PathBuf::from).into_iter().chain(folders()).collect()
}

/// The folders in which programs may be, best first.
pub(super) fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os(FOLDER).map(PathBuf::from).into_iter().collect();
    if let Some(path) = env::var_os("PATH") {
        folders.extend(env::split_paths(&path));
    }
    if let Ok(output) = std::process::Command::new("pg_config").arg("--bindir").output() {
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
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// Returns the version in a text such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
pub(super) fn version(banner: &str) -> Option<&str> {
    let (_, rest) = banner.split_once("(PostgreSQL) ")?;
    rest.split_whitespace().next()
}

/// The digits that a text begins with, as a number.
pub(super) fn leading_number(text: &str) -> Option<u32> {
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
