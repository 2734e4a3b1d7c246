//! What is known of one schema between two messages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lsp_types as lsp;
use nexus_schema::document::Declared;

use super::diagnose::{Found, Lines, moved};
use super::hints::Hint;
use super::texts::Edit;

/// What is known of one schema.
#[derive(Default)]
pub(crate) struct Project {
    /// Its files, the first one first.
    pub(crate) members: Vec<PathBuf>,
    /// What is wrong in them.
    pub(crate) found: Vec<Found>,
    /// What it declared when it was last without mistakes.
    pub(crate) declared: Option<Rc<Declared>>,
    /// What it changes against the history.
    pub(crate) hints: Vec<Hint>,
    /// The lines that were edited since mistakes were last told.
    pub(super) dirty: Lines,
    /// Whether more than that is to be read again.
    pub(super) stale: bool,
    /// How many edits there were.
    pub(super) edits: u64,
    /// What the editor shows.
    pub(super) shown: BTreeMap<PathBuf, Vec<lsp::Diagnostic>>,
}

impl Project {
    /// Takes note of an edit: everything below it moves.
    pub(super) fn moved(&mut self, path: &Path, edit: Edit) {
        moved(&mut self.found, path, edit);
        let shift = |line: usize| if line < edit.before { line } else { line - edit.before + edit.after };
        for hint in self.hints.iter_mut().filter(|hint| hint.file == path) {
            hint.line = shift(hint.line);
        }
        let now = edit.first..edit.after;
        let lines = match self.dirty.get(path) {
            Some(was) => shift(was.start).min(now.start)..shift(was.end).max(now.end),
            None => now,
        };
        self.dirty.insert(path.to_owned(), lines);
    }
}
