//! Single words and lines that have no place anywhere.

use super::exceptions::Exceptions;
use super::{Finding, Repo};
use crate::source::Source;

/// Input is never unwrapped, and what cannot fail says why.
pub(super) fn unwraps(repo: &Repo) -> Vec<Finding> {
    code(repo, ".unwrap()", "`unwrap()`: return the error, or say with `expect` why it cannot fail")
}

/// Output is ordered.
pub(super) fn hash_maps(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for word in ["HashMap<", "HashSet<", "HashMap::", "HashSet::"] {
        findings.extend(code(repo, word, "a hash map: order is output, take a `BTreeMap` or `BTreeSet`"));
    }
    findings.dedup_by(|a, b| (&a.path, a.line) == (&b.path, b.line));
    findings
}

fn code(repo: &Repo, word: &str, what: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in repo.scanned() {
        for (n, line) in source.lines() {
            if line.contains(word) {
                findings.push(Finding::new(path, n, what));
            }
        }
    }
    findings
}

/// A test runs, or goes.
pub(super) fn ignored(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.iter().filter(|(path, _)| path.ends_with(".rs")) {
        // Tests are the point here: their attributes are renamed so that the scanner keeps them.
        let source = Source::of(&text.replace("#[cfg(test)]", "#[cfg(all_)]"));
        for (n, _) in source.lines().filter(|(_, line)| line.contains("#[ignore")) {
            findings.push(Finding::new(path, n, "an ignored test: make it run or delete it"));
        }
    }
    findings
}

/// What a server is asked comes back in order.
pub(super) fn catalog_order(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.iter().filter(|(path, _)| path.ends_with("/catalog.sql")) {
        let lines: Vec<&str> = text
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default().trim().trim_end_matches(';'))
            .collect();
        let query = lines.join(" ");
        let query = query.trim_end();
        let tail = query.rsplit_once("ORDER BY").map(|(_, tail)| tail);
        // What follows the last ORDER BY must be the list of it, outside of any bracket that it was opened in.
        let ordered = tail.is_some_and(|tail| tail.matches('(').count() == tail.matches(')').count());
        if !ordered && !query.ends_with("WHERE false") {
            findings.push(Finding::new(
                path,
                text.lines().count(),
                "the query does not end in ORDER BY: add it",
            ));
        }
    }
    findings
}

const CENSUS: &str = "nexus-migrate/src/introspect/census.sql";
const LIMITS: &str = "docs/limits.md";

/// What has no place in the model is written down: the table of the page is the list of the query.
pub(super) fn limits(repo: &Repo) -> Vec<Finding> {
    let (Some(census), Some(page)) = (repo.get(CENSUS), repo.get(LIMITS)) else { return Vec::new() };
    let refused = named(census, |line| {
        line.trim_start_matches("UNION ALL ").strip_prefix("SELECT '")?.split('\'').next()
    });
    let table = page.split_once("| --- | --- |").map_or("", |(_, rest)| rest);
    let table = table.trim_start().split("\n\n").next().unwrap_or_default();
    let first = page.lines().position(|line| line == "| --- | --- |").map_or(0, |n| n + 1);
    let written = named(table, |line| line.strip_prefix("| ")?.split(" |").next());
    let missing = refused.iter().filter(|(word, _)| !written.iter().any(|(known, _)| known == word));
    let stale = written.iter().filter(|(word, _)| !refused.iter().any(|(known, _)| known == word));
    missing
        .map(|(word, n)| Finding::new(CENSUS, *n, format!("`{word}` is not in {LIMITS}: add a row")))
        .chain(stale.map(|(word, n)| {
            Finding::new(LIMITS, first + n, format!("`{word}` is not in {CENSUS}: delete the row"))
        }))
        .collect()
}

/// The names that lines give, with the lines' numbers.
fn named(text: &str, name: fn(&str) -> Option<&str>) -> Vec<(&str, usize)> {
    text.lines().enumerate().filter_map(|(n, line)| Some((name(line.trim())?, n + 1))).collect()
}

const PATHS: &str = "xtask/absolute-paths.txt";

/// No path of one machine.
pub(super) fn machine_paths(repo: &Repo) -> Vec<Finding> {
    let places = ["tmp", "work", "root"].map(|name| format!("/{name}/"));
    let mut exceptions = Exceptions::read(repo, PATHS);
    let mut findings = Vec::new();
    for (path, text) in repo.iter().filter(|(path, _)| *path != PATHS) {
        for (n, line) in text.lines().enumerate() {
            let found = places.iter().find(|place| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    let before = line.get(..at).unwrap_or_default();
                    !before.ends_with(|c: char| c.is_alphanumeric() || "._-}/)~*$".contains(c))
                })
            });
            if let Some(place) = found.filter(|_| !exceptions.has(path)) {
                let what = format!(
                    "a path under {place}: make it relative, or list the file in {PATHS} with a reason"
                );
                findings.push(Finding::new(path, n + 1, what));
            }
        }
    }
    findings.extend(exceptions.end());
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines;
    use super::*;

    const FILE: &str = "nexus-schema/src/a.rs";

    #[test]
    fn nothing_is_unwrapped() {
        assert_eq!(lines(unwraps, FILE, "a();\nb().unwrap();\n"), [2]);
        assert!(lines(unwraps, FILE, "/// b().unwrap()\nb().unwrap_or(1);\n").is_empty());
        assert!(lines(unwraps, FILE, "#[cfg(test)]\nmod tests { fn f() { b().unwrap(); } }\n").is_empty());
        assert!(lines(unwraps, "nexus-schema/tests/a.rs", "b().unwrap();\n").is_empty());
    }

    #[test]
    fn maps_are_ordered() {
        assert_eq!(lines(hash_maps, FILE, "let a: HashMap<A, B> = HashMap::new();\n"), [1]);
        assert!(lines(hash_maps, FILE, "let a: BTreeMap<A, B> = f(\"HashMap<\");\n").is_empty());
    }

    #[test]
    fn every_test_runs() {
        let text = "#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore]\n    fn f() {}\n}\n";
        assert_eq!(lines(ignored, FILE, text), [4]);
        assert_eq!(lines(ignored, "nexus-schema/tests/a.rs", "#[ignore = \"slow\"]\nfn f() {}\n"), [1]);
        assert!(lines(ignored, FILE, "//! #[ignore]\n#[test]\nfn f() {}\n").is_empty());
    }

    #[test]
    fn a_catalog_query_is_ordered() {
        let file = "nexus-migrate/src/kinds/view/catalog.sql";
        assert_eq!(lines(catalog_order, file, "SELECT 1\nFROM t\n"), [2]);
        assert_eq!(lines(catalog_order, file, "SELECT (SELECT a FROM b ORDER BY c) FROM t\n"), [1]);
        assert!(lines(catalog_order, file, "SELECT 1 FROM t\nORDER BY a, f(b) -- so\n").is_empty());
        assert!(lines(catalog_order, file, "SELECT 1 WHERE false\n").is_empty());
    }

    #[test]
    fn what_is_refused_is_written_down() {
        let census = "SELECT x FROM (\n    SELECT 'cast' AS what, oid\n    UNION ALL SELECT 'server', oid FROM t\n) AS x\n";
        let said = |page: &str| limits(&Repo::of([(CENSUS, census), (LIMITS, page)]));
        assert!(
            said("# L\n\n| Object | Notes |\n| --- | --- |\n| cast | |\n| server | so |\n\n| not | this |\n")
                .is_empty()
        );
        assert_eq!(said("| Object | Notes |\n| --- | --- |\n| cast | |\n")[0].line, 3);
        assert_eq!(
            said("| Object | Notes |\n| --- | --- |\n| cast | |\n| server | |\n| rule | |\n")[0].line,
            5
        );
    }

    #[test]
    fn no_path_is_of_one_machine() {
        let path = format!("see /{}/a\n", "work");
        assert_eq!(lines(machine_paths, "README.md", &path), [1]);
        assert!(lines(machine_paths, "README.md", "see target/tmp/a and docs/work/b\n").is_empty());
        let listed = Repo::of([("README.md", path.as_str()), (PATHS, "README.md: an example\n")]);
        assert!(machine_paths(&listed).is_empty());
    }
}
