//! What the compiler does not check: headers, sizes, import direction, where SQL stands.
//!
//! Every rule is a function from the files to findings; only [`Repo::open`] reads the disk.

mod exceptions;
mod floors;
mod places;
mod shape;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::source::Source;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what } = self;
        write!(f, "{path}:{line}: {what}")
    }
}

/// The text files of the repository by their paths, with `/` between names.
#[derive(Debug, Clone, Default)]
pub struct Repo {
    files: BTreeMap<String, String>,
    /// The crates' own sources, taken apart.
    scanned: BTreeMap<String, Source>,
}

impl Repo {
    /// Reads the files that git tracks or would track; what is not text is left out.
    ///
    /// Fails where git does not answer.
    pub fn open(root: &Path) -> Result<Self, String> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if !output.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let files = listed.split('\0').filter(|path| !path.is_empty());
        let read = |path: &str| Some((path.to_owned(), std::fs::read_to_string(root.join(path)).ok()?));
        Ok(Self::new(files.filter_map(read).collect()))
    }

    fn new(files: BTreeMap<String, String>) -> Self {
        let sources = files.iter().filter(|(path, _)| is_source(path));
        let scanned = sources.map(|(path, text)| (path.clone(), Source::of(text))).collect();
        Self { files, scanned }
    }

    fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The crates' own sources, without files that hold only tests.
    fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(path, _)| is_source(path))
    }

    fn scanned(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.scanned.iter().map(|(path, source)| (path.as_str(), source))
    }

    #[cfg(test)]
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self::new(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

/// The crates whose sources keep the rules.
const CRATES: [&str; 4] = ["nexus-schema", "nexus-macros", "nexus-migrate", "xtask"];

fn is_source(path: &str) -> bool {
    let mine = CRATES.iter().any(|name| {
        path.strip_prefix(name).is_some_and(|rest| rest.starts_with("/src/") && rest.ends_with(".rs"))
    });
    mine && !path.ends_with("/tests.rs") && !path.contains("/tests/")
}

/// Returns all that is to do, in the order of files and lines.
pub fn check(repo: &Repo) -> Vec<Finding> {
    let mut findings: Vec<Finding> = [
        shape::headers(repo),
        shape::sizes(repo),
        shape::roots(repo),
        floors::imports(repo),
        places::words(repo),
        places::prints(repo),
        places::sql(repo),
        text::unwraps(repo),
        text::ignored(repo),
        text::hash_maps(repo),
        text::catalog_order(repo),
        text::limits(repo),
        text::machine_paths(repo),
    ]
    .into_iter()
    .flatten()
    .collect();
    findings.sort();
    findings
}

#[cfg(test)]
mod testing {
    use super::{Finding, Repo};

    /// The lines of the one file at which a rule finds something.
    pub(super) fn lines(rule: fn(&Repo) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
        rule(&Repo::of([(path, text)])).into_iter().map(|finding| finding.line).collect()
    }
}
