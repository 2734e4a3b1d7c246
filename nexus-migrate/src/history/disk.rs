//! Files of a migrations directory on disk: read whole, written all or not at all.
//!
//! A batch is complete under temporary names, the new `nexus.sum` last of all, before the first of them gets
//! its real name. So a process killed at any point leaves either the old state with temporary files that
//! nobody reads, or temporary files that the next one to open the directory renames to the end.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::HistoryError;
use super::chain::{self, Files};
use super::name::{self, GONE, SUM, TEMPORARY};

/// What lies in a directory.
pub(super) struct Contents {
    pub(super) files: Files,
    pub(super) sum: Option<String>,
}

/// Reads a directory after finishing what a killed run had begun to rename; a missing one is empty.
pub(super) fn read(dir: &Path) -> Result<Contents, HistoryError> {
    finish(dir)?;
    let files = files(dir, name::counts)?;
    Ok(Contents { files, sum: read_sum(dir, SUM)? })
}

/// Reads a directory whose chain may be anything, such as what is left of a merge.
pub(super) fn read_lenient(dir: &Path) -> Result<Contents, HistoryError> {
    let sum = read_sum(dir, SUM).ok().flatten();
    Ok(Contents { files: files(dir, name::counts)?, sum })
}

/// Writes `files` and the chain `sum`, provided that the directory still has the chain `prev`.
pub(super) fn write(dir: &Path, files: &Files, sum: &str, prev: Option<&str>) -> Result<(), HistoryError> {
    fs::create_dir_all(dir).map_err(HistoryError::io("create", dir))?;
    let _guard = lock(dir)?;
    finish(dir)?;
    if read_sum(dir, SUM)?.as_deref() != prev {
        return Err(HistoryError::Changed);
    }
    for leftover in self::files(dir, |file| file.ends_with(TEMPORARY))?.keys() {
        remove(&dir.join(leftover))?;
    }
    let written = stage(dir, files, sum);
    if written.is_err() {
        for file in files.keys().map(String::as_str).chain([SUM]) {
            // The first failure is the one to report.
            let _ = remove(&temporary(dir, file));
        }
    }
    written?;
    publish(dir, files.keys().map(String::as_str))
}

/// Makes `files` and the chain `sum` all that counts in the directory, whatever is there now.
///
/// What goes is on a list that is complete before the chain is staged, so a run that is killed is finished as any other.
pub(super) fn exchange(dir: &Path, files: &Files, sum: &str) -> Result<(), HistoryError> {
    fs::create_dir_all(dir).map_err(HistoryError::io("create", dir))?;
    let _guard = lock(dir)?;
    finish(dir)?;
    for leftover in self::files(dir, |file| file.ends_with(TEMPORARY))?.keys() {
        remove(&dir.join(leftover))?;
    }
    let gone: String = self::files(dir, name::counts)?
        .into_keys()
        .filter(|file| !files.contains_key(file))
        .map(|file| file + "\n")
        .collect();
    store(&temporary(dir, GONE), gone.as_bytes())?;
    stage(dir, files, sum)?;
    publish(dir, files.keys().map(String::as_str))
}

/// Removes what a batch takes out.
fn take_out(dir: &Path) -> Result<(), HistoryError> {
    for file in read_sum(dir, &format!("{GONE}{TEMPORARY}"))?.unwrap_or_default().lines() {
        // A name within the directory, and one of a file that the chain is about.
        if name::counts(file) && !file.contains(['/', '\\']) {
            remove(&dir.join(file))?;
        }
    }
    Ok(())
}

fn stage(dir: &Path, files: &Files, sum: &str) -> Result<(), HistoryError> {
    for (file, content) in files {
        store(&temporary(dir, file), content)?;
    }
    sync(dir)?;
    store(&temporary(dir, SUM), sum.as_bytes())?;
    sync(dir)
}

/// Gives the staged files their names, the chain last.
fn publish<'a>(dir: &Path, files: impl Iterator<Item = &'a str>) -> Result<(), HistoryError> {
    for file in files {
        rename(dir, file)?;
    }
    take_out(dir)?;
    rename(dir, SUM)?;
    remove(&temporary(dir, GONE))?;
    sync(dir)
}

fn rename(dir: &Path, file: &str) -> Result<(), HistoryError> {
    let (from, to) = (temporary(dir, file), dir.join(file));
    match fs::rename(&from, &to) {
        // Somebody who opened the directory meanwhile was quicker.
        Err(e) if e.kind() == io::ErrorKind::NotFound && to.exists() => Ok(()),
        done => done.map_err(HistoryError::io("rename", from)),
    }
}

/// Renames the rest of a batch whose writer was killed while renaming, which is when the staged chain holds
/// over the directory as it would be.
fn finish(dir: &Path) -> Result<(), HistoryError> {
    let Some(sum) = read_sum(dir, &format!("{SUM}{TEMPORARY}"))? else { return Ok(()) };
    let mut overlay = files(dir, name::counts)?;
    let staged: Files = files(dir, |file| file.ends_with(TEMPORARY))?
        .into_iter()
        .filter_map(|(file, content)| Some((file.strip_suffix(TEMPORARY)?.to_owned(), content)))
        .filter(|(file, _)| name::counts(file))
        .collect();
    overlay.extend(staged.clone());
    for file in read_sum(dir, &format!("{GONE}{TEMPORARY}"))?.unwrap_or_default().lines() {
        overlay.remove(file);
    }
    match chain::verify(&sum, &overlay) {
        Ok(()) => publish(dir, staged.keys().map(String::as_str)),
        Err(_) => Ok(()),
    }
}

fn files(dir: &Path, keep: impl Fn(&str) -> bool) -> Result<Files, HistoryError> {
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Files::new()),
        entries => entries.map_err(HistoryError::io("read", dir))?,
    };
    let mut files = Files::new();
    for entry in entries {
        let path = entry.map_err(HistoryError::io("read", dir))?.path();
        let Some(file) = path.file_name().map(|file| file.to_string_lossy().into_owned()) else { continue };
        if !keep(&file) {
            continue;
        }
        match fs::metadata(&path) {
            // As in sqlx, only files are migrations. A temporary one may be gone by now.
            Ok(metadata) if !metadata.is_file() => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            _ => match fs::read(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                content => {
                    files.insert(file, content.map_err(HistoryError::io("read", &path))?);
                }
            },
        }
    }
    Ok(files)
}

fn read_sum(dir: &Path, file: &str) -> Result<Option<String>, HistoryError> {
    let path = dir.join(file);
    match fs::read(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        content => {
            let content = content.map_err(HistoryError::io("read", &path))?;
            String::from_utf8(content).map(Some).map_err(|_| HistoryError::NotText { file: file.into() })
        }
    }
}

fn temporary(dir: &Path, file: &str) -> PathBuf {
    dir.join(format!("{file}{TEMPORARY}"))
}

fn store(path: &Path, content: &[u8]) -> Result<(), HistoryError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(HistoryError::io("write", path))
}

fn remove(path: &Path) -> Result<(), HistoryError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(HistoryError::io("remove", path)),
    }
}

/// Makes the directory's own entries durable; only Unix lets a directory be opened for that.
fn sync(dir: &Path) -> Result<(), HistoryError> {
    if !cfg!(unix) {
        return Ok(());
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(HistoryError::io("sync", dir))
}

/// Keeps other writers out for as long as the returned handle lives.
fn lock(dir: &Path) -> Result<Option<File>, HistoryError> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let handle = File::open(dir).map_err(HistoryError::io("open", dir))?;
    // A process that was just started from this one may hold our own last lock until it has begun.
    let patience = Instant::now() + Duration::from_secs(1);
    loop {
        match handle.try_lock() {
            Ok(()) => return Ok(Some(handle)),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Err(HistoryError::Busy),
            // A file system without locks, such as some network ones.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}
