//! Data folders of new clusters: made by `initdb` once per version, copied from the user's cache after that.
//!
//! The cache is an advantage, never a need: whatever fails there, `initdb` does it.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::find::Install;
use super::site::{Account, Site};
use crate::db::folder::is_old;

/// What `initdb` is told. Small WAL files: they are copied with every cluster.
const OPTIONS: [&str; 7] = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--wal-segsize=1",
    "--no-sync",
    "--no-instructions",
];

/// What the names of unfinished templates begin with.
const UNBORN: &str = ".new-";

/// Where a data folder came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// From the cache.
    Copied,
    /// By `initdb`.
    Initialised,
}

/// Makes the data folder of a new cluster at `data`.
pub(super) fn make(install: &Install, site: &Site, data: &Path) -> io::Result<Made> {
    let template = template(install, site);
    if let Some(template) = template.as_deref().filter(|it| it.is_dir()) {
        if copy(template, data, site.account).is_ok() {
            return Ok(Made::Copied);
        }
        let _ = fs::remove_dir_all(data);
    }
    initdb(install, site.account, data)?;
    if let Some(template) = &template {
        // A full disk or a read-only home costs only speed.
        let _ = keep(data, template);
    }
    Ok(Made::Initialised)
}

/// Removes the template for `install`, which turned out to be of no use.
pub(super) fn forget(install: &Install, site: &Site) {
    if let Some(template) = template(install, site) {
        let _ = fs::remove_dir_all(template);
    }
}

/// Returns where the template for `install` is or will be.
fn template(install: &Install, site: &Site) -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    // Two builds of one version may differ in their block size or in the folders that they look into.
    let mut hash = Sha256::new();
    hash.update(install.bin.as_os_str().as_encoded_bytes());
    hash.update(&install.banner);
    hash.update(OPTIONS.concat());
    let build = nexus_schema::hex(&hash.finalize()[..4]);
    let (version, uid) = (&install.version, site.uid);
    Some(cache.join("nexus").join(format!("pg-{version}-{uid}-{build}")))
}

fn initdb(install: &Install, account: Option<Account>, data: &Path) -> io::Result<()> {
    let mut command = Command::new(install.bin.join("initdb"));
    command.args(OPTIONS).arg("-D").arg(data);
    command.current_dir(data.parent().unwrap_or(data));
    command.env("LC_ALL", "C").env("TZ", "UTC");
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(io::Error::other(format!("initdb failed: {said}")))
}

/// Copies `data` to the cache. It appears there as a whole or not at all, and the first of two wins.
fn keep(data: &Path, template: &Path) -> io::Result<()> {
    let cache = template.parent().unwrap_or(template);
    fs::create_dir_all(cache)?;
    for entry in cache.read_dir()?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNBORN) && is_old(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let unborn = tempfile::Builder::new().prefix(UNBORN).tempdir_in(cache)?;
    let copied = unborn.path().join("data");
    copy(data, &copied, None)?;
    fs::rename(&copied, template)
}

/// Copies the files and folders in `from` to the new folder `to`, for `account`.
fn copy(from: &Path, to: &Path, account: Option<Account>) -> io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    give(to, account)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, account)?;
        } else {
            // Shares the blocks where the file system can.
            fs::copy(entry.path(), &target)?;
            give(&target, account)?;
        }
    }
    Ok(())
}

fn give(path: &Path, account: Option<Account>) -> io::Result<()> {
    match account {
        Some(Account { uid, gid }) => chown(path, Some(uid), Some(gid)),
        None => Ok(()),
    }
}
