//! Reads whole schemas beside the conversation, a moment after the last edit.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use nexus_schema::diagnostic::Diagnostics;
use nexus_schema::document::{self, Declared};

use super::hints::{Hint, hints};
use super::texts::normal;

/// How long nobody must have typed before a large schema is read.
const PAUSE: Duration = Duration::from_millis(300);

/// A schema to read.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its first file.
    pub(crate) root: PathBuf,
    /// Which edit this is after.
    pub(crate) edit: u64,
    /// The texts that are not as they are on disk.
    pub(crate) open: BTreeMap<PathBuf, Arc<str>>,
    /// Where its history is.
    pub(crate) history: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) root: PathBuf,
    pub(crate) edit: u64,
    /// What it declares, where it can be read.
    pub(crate) declared: Option<Declared>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) hints: Vec<Hint>,
}

/// Starts the worker; it ends with the sender of jobs. Of several jobs for one schema the last one counts.
pub(crate) fn start(tell: impl Fn(Outcome) -> bool + Send + 'static) -> Sender<Job> {
    let (jobs, inbox) = channel();
    std::thread::spawn(move || work(&inbox, tell));
    jobs
}

fn work(inbox: &Receiver<Job>, tell: impl Fn(Outcome) -> bool) {
    while let Ok(job) = inbox.recv() {
        let mut due = BTreeMap::from([(job.root.clone(), job)]);
        loop {
            match inbox.recv_timeout(PAUSE) {
                Ok(job) => {
                    due.insert(job.root.clone(), job);
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        for job in due.into_values() {
            // A mistake of ours in reading one schema must not end the diagnostics of the others.
            let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| read(job))) else { continue };
            if !tell(outcome) {
                return;
            }
        }
    }
}

fn read(job: Job) -> Outcome {
    let Job { root, edit, open, history } = job;
    match load(&root, &open) {
        Ok((declared, diagnostics)) => {
            let hints = hints(&declared, &history);
            Outcome { root, edit, declared: Some(declared), diagnostics, hints }
        }
        Err(diagnostics) => Outcome { root, edit, declared: None, diagnostics, hints: Vec::new() },
    }
}

/// Reads a schema as the editor has it.
pub(crate) fn load(
    root: &Path,
    open: &BTreeMap<PathBuf, Arc<str>>,
) -> Result<(Declared, Diagnostics), Diagnostics> {
    document::load_with(root, &|path| open.get(&normal(path)).cloned())
}
