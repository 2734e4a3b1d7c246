//! Private folders that vanish with the process that made them.
//!
//! Each holds a locked file for as long as its owner lives. The system lets go of the lock however the owner
//! ends, so the next run can tell what was left behind and remove it. Knows nothing about what is inside.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the names of all our folders begin with.
const PREFIX: &str = "nexus-scratch-";
/// What the names of folders begin with that are not locked yet.
const UNBORN: &str = ".nexus-scratch-";
const LOCK: &str = "owner.lock";

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

/// Removes the folders in `base` whose owners are gone.
///
/// Calls `first` with each of them before it is removed. Folders of other users are left alone.
pub(super) fn sweep(base: &Path, first: impl Fn(&Path)) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
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
