//! How files begin, how long they are, and what every crate promises.

use super::exceptions::Exceptions;
use super::{Finding, Repo};

const LARGE: &str = "xtask/large-files.txt";
const LIMIT: usize = 400;

/// A file says what it owns and what it must not know.
pub(super) fn headers(repo: &Repo) -> Vec<Finding> {
    repo.sources()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| Finding::new(path, 1, "no `//!` header: say what the file owns and must not know"))
        .collect()
}

/// A long file holds a second idea.
pub(super) fn sizes(repo: &Repo) -> Vec<Finding> {
    let mut exceptions = Exceptions::read(repo, LARGE);
    let mut findings = Vec::new();
    for (path, text) in repo.sources() {
        let lines = text.lines().count();
        if lines > LIMIT && !exceptions.has(path) {
            let what =
                format!("{lines} lines: find the second idea, or list the file in {LARGE} with a reason");
            findings.push(Finding::new(path, LIMIT + 1, what));
        }
    }
    findings.extend(exceptions.end());
    findings
}

/// No crate of ours has unsafe code: its root says so.
pub(super) fn roots(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (manifest, text) in repo.iter().filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        if !text.contains("[package]") {
            continue;
        }
        let folder = manifest.trim_end_matches("Cargo.toml");
        let root = ["src/lib.rs", "src/main.rs"].map(|root| format!("{folder}{root}"));
        let Some((path, text)) = root.iter().find_map(|path| Some((path, repo.get(path)?))) else { continue };
        if !text.lines().any(|line| line == "#![forbid(unsafe_code)]") {
            findings.push(Finding::new(path, 1, "add `#![forbid(unsafe_code)]` below the header"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines;
    use super::*;

    #[test]
    fn a_file_begins_with_a_header() {
        assert_eq!(lines(headers, "nexus-schema/src/a.rs", "use b;\n"), [1]);
        assert!(lines(headers, "nexus-schema/src/a.rs", "//! Owns a.\n").is_empty());
        assert!(lines(headers, "nexus-schema/tests/a.rs", "use b;\n").is_empty());
    }

    #[test]
    fn a_long_file_needs_a_reason_and_a_short_one_must_not_have_one() {
        let (path, long) = ("nexus-schema/src/a.rs", "//! A.\n".repeat(401));
        let said = |list: &str, text: &str| sizes(&Repo::of([(path, text), (LARGE, list)]));
        assert_eq!(said("", &long), [Finding::new(path, 401, said("", &long)[0].what.clone())]);
        assert!(said("# why\nnexus-schema/src/a.rs: a table\n", &long).is_empty());
        assert!(said("", "//! A.\n").is_empty());
        assert_eq!(said("nexus-schema/src/a.rs: a table\n", "//! A.\n")[0].path, LARGE);
        assert_eq!(said("nexus-schema/src/a.rs\n", &long).len(), 2, "without a reason it is not listed");
    }

    #[test]
    fn a_root_forbids_unsafe_code() {
        let said = |root: &str, text: &str| {
            let path = format!("a/{root}");
            roots(&Repo::of([("a/Cargo.toml", "[package]\n"), (path.as_str(), text)])).len()
        };
        assert_eq!(said("src/lib.rs", "//! A.\n"), 1);
        assert_eq!(said("src/main.rs", "//! A.\n"), 1);
        assert_eq!(said("src/lib.rs", "//! A.\n#![forbid(unsafe_code)]\n"), 0);
    }
}
