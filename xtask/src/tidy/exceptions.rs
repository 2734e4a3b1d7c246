//! Lists of files that a rule leaves alone, each with the reason: `path: reason`, `#` begins a comment.

use std::collections::BTreeMap;

use super::{Finding, Repo};

/// A list of exceptions, and which of them were of use.
pub(super) struct Exceptions<'a> {
    list: &'static str,
    open: BTreeMap<&'a str, usize>,
    used: Vec<&'a str>,
    findings: Vec<Finding>,
}

impl<'a> Exceptions<'a> {
    /// Reads a list; one that is not there is empty.
    pub(super) fn read(repo: &'a Repo, list: &'static str) -> Self {
        let mut this = Self { list, open: BTreeMap::new(), used: Vec::new(), findings: Vec::new() };
        for (n, line) in repo.get(list).unwrap_or_default().lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once(": ").filter(|(_, reason)| !reason.trim().is_empty()) {
                Some((path, _)) => {
                    this.open.insert(path.trim(), n + 1);
                }
                None => this.findings.push(Finding::new(list, n + 1, "no reason: write `path: reason`")),
            }
        }
        this
    }

    /// Whether the list has the file; counts as use.
    pub(super) fn has(&mut self, path: &str) -> bool {
        let Some((path, _)) = self.open.get_key_value(path) else { return false };
        self.used.push(path);
        true
    }

    /// What is wrong with the list itself.
    pub(super) fn end(self) -> Vec<Finding> {
        let Self { list, open, used, mut findings } = self;
        for (path, line) in open.into_iter().filter(|(path, _)| !used.contains(path)) {
            let what = format!("{path} no longer needs to be listed: delete the line");
            findings.push(Finding::new(list, line, what));
        }
        findings
    }
}
