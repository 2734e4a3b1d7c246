//! Private folders that vanish with the process that made them.
//!
//! Each holds a locked file for as long as its owner lives. The system lets go of the lock however the owner
//! ends, so the next run can tell what was left behind and remove it. Knows nothing about what is inside.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// What the names of all our folders begin with.
const PREFIX: &str = "nexus-scratch-";
/// What the names of folders begin with that are not locked yet.
const UNBORN: &str = ".nexus-scratch-";
const LOCK: &str = "owner.lock";

/// How long the path of a base may be, in bytes: the path of a socket has at most 103 bytes on some systems,
/// and ours adds about 45.
pub(super) const SOCKET_LIMIT: usize = 55;

/// A folder for our folders that comes first.
const CHOICE: &str = "NEXUS_SCRATCH_DIR";
/// Memory as a file system, on Linux.
const MEMORY: &str = "/dev/shm";
/// How much memory must be free there, in KiB. A container has 64 MiB unless told otherwise.
const ENOUGH: u64 = 1024 * 1024;

/// A folder that only this user can enter, removed on drop.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    // Held open: the lock lives as long as this.
    _lock: File,
    removal: Removal,
}

#[derive(Debug)]
enum Removal {
    Ours,
    Theirs,
}

impl Folder {
    /// Makes a folder in `base`.
    pub(super) fn create(base: &Path) -> io::Result<Self> {
        let unborn = tempfile::Builder::new().prefix(UNBORN).tempdir_in(base)?;
        let lock = File::create_new(unborn.path().join(LOCK))?;
        lock.lock()?;
        // Only locked folders bear the name that `sweep` looks for, so it never takes one that is in use.
        let random = unborn.path().file_name().unwrap_or_default().to_string_lossy();
        let random = random.trim_start_matches(UNBORN);
        let path = base.join(format!("{PREFIX}{}-{random}", std::process::id()));
        fs::rename(unborn.path(), &path)?;
        // Nothing of that name is left to remove.
        let _ = unborn.keep();
        Ok(Self { path, _lock: lock, removal: Removal::Ours })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the removal to somebody else.
    pub(super) fn leave(&mut self) {
        self.removal = Removal::Theirs;
    }

    /// Takes the removal back.
    pub(super) fn reclaim(&mut self) {
        self.removal = Removal::Ours;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        match self.removal {
            // What cannot be removed now is swept by a later run.
            Removal::Ours => drop(fs::remove_dir_all(&self.path)),
            Removal::Theirs => {}
        }
    }
}

/// Returns the folders that ours may be in, best first; the last is always there.
///
/// Memory comes before disk: on a busy disk a state of 1,000 tables took 4 s, and 0.6 s in memory.
pub(super) fn bases() -> Vec<PathBuf> {
    let memory = (free(MEMORY) >= Some(ENOUGH)).then(|| PathBuf::from(MEMORY));
    let choice = env::var_os(CHOICE).map(PathBuf::from).filter(|it| it.is_absolute());
    let fallback = [env::temp_dir(), PathBuf::from("/tmp")];
    choice.into_iter().chain(memory).chain(fallback).collect()
}

/// Returns the free space in `folder` in KiB, if `df` knows it.
fn free(folder: &str) -> Option<u64> {
    let output = Command::new("df").args(["-Pk", folder]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// Removes the folders in `bases` whose owners are gone.
///
/// Calls `first` with each of them before it is removed. Folders of other users are left alone.
pub(super) fn sweep(bases: &[PathBuf], first: impl Fn(&Path)) {
    let entries = bases.iter().flat_map(fs::read_dir).flatten();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        let orphan = if name.starts_with(PREFIX) {
            File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
        } else {
            name.starts_with(UNBORN) && is_old(&path)
        };
        if orphan {
            first(&path);
            // Another run may be removing it too, and that is as good.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Tells whether `path` was last changed more than an hour ago.
pub(super) fn is_old(path: &Path) -> bool {
    let age = fs::symlink_metadata(path)
        .and_then(|meta| meta.modified())
        .map(|at| SystemTime::now().duration_since(at).unwrap_or_default());
    age.is_ok_and(|age| age > Duration::from_secs(3600))
}
