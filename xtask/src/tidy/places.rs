//! What may be done only in certain places: sockets, files, clocks, printing, SQL.

use super::exceptions::Exceptions;
use super::{Finding, Repo};

/// Words that a set of modules may not say.
struct Ban {
    words: &'static [&'static str],
    /// Whether the ban holds in this file.
    holds: fn(&str) -> bool,
    why: &'static str,
}

const BANS: [Ban; 4] = [
    Ban {
        words: &["tokio::", "std::fs", "std::time", "std::net::Tcp", "std::env", "std::process", "crate::db"],
        holds: |path| any(path, "nexus-migrate/src/", &["kinds/", "diff.rs", "plan/", "sql/"]),
        why: "the core is pure: take it as an argument",
    },
    Ban {
        words: &[
            "tokio",
            "std::time",
            "std::net::Tcp",
            "std::net::Udp",
            "std::os::unix::net",
            "sqlx::PgConnection",
            "sqlx::connect",
        ],
        holds: |path| path.starts_with("nexus-schema/src/"),
        why: "nexus-schema knows no socket and no clock: this belongs in nexus-migrate",
    },
    Ban {
        words: &["std::fs", "std::env"],
        holds: |path| {
            let pure = [
                "authored/",
                "resolve/",
                "check/",
                "catalog/",
                "kinds/",
                "types/",
                "yaml",
                "report.rs",
                "diagnostic/",
            ];
            any(path, "nexus-schema/src/", &pure)
        },
        why: "only `document` and `build_script` read files: pass the text in",
    },
    Ban {
        words: &["sqlx::", "tokio::net", "std::net::Tcp", "std::os::unix::net"],
        holds: |path| path.starts_with("nexus-migrate/src/") && !path.starts_with("nexus-migrate/src/db/"),
        why: "only `db` opens sockets: go through `db::Session`",
    },
];

fn any(path: &str, root: &str, places: &[&str]) -> bool {
    path.strip_prefix(root).is_some_and(|rest| places.iter().any(|place| rest.starts_with(place)))
}

/// Sockets, files and clocks stay at the edges.
pub(super) fn words(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in repo.scanned() {
        for Ban { words, why, .. } in BANS.iter().filter(|ban| (ban.holds)(path)) {
            for (n, line) in source.lines() {
                if let Some(word) = words.iter().find(|word| says(line, word)) {
                    findings.push(Finding::new(
                        path,
                        n,
                        format!("`{}` here: {why}", word.trim_end_matches(':')),
                    ));
                }
            }
        }
    }
    findings
}

/// Whether the line says a path, and not only a longer one that ends in it.
fn says(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '#')
    })
}

/// Commands return values; only the front prints.
pub(super) fn prints(repo: &Repo) -> Vec<Finding> {
    let may = |path: &str| {
        ["nexus-migrate/src/cli/", "nexus-schema/src/build_script.rs", "xtask/src/main.rs"]
            .iter()
            .any(|place| path.starts_with(place))
    };
    let macros = ["println!", "eprintln!", "print!", "eprint!"];
    let mut findings = Vec::new();
    for (path, source) in repo.scanned().filter(|(path, _)| !may(path)) {
        for (n, line) in source.lines() {
            if let Some(word) = macros.iter().find(|word| says(line, word)) {
                findings.push(Finding::new(
                    path,
                    n,
                    format!("`{word}` here: return the text, `cli` prints it"),
                ));
            }
        }
    }
    findings
}

const SQL: &str = "xtask/sql-text.txt";

/// Only `sql/` and the kinds spell SQL; a file of SQL ends in `.sql`.
pub(super) fn sql(repo: &Repo) -> Vec<Finding> {
    let verbs = ["CREATE ", "ALTER ", "DROP ", "INSERT ", "UPDATE ", "DELETE ", "GRANT "];
    let may = |path: &str| {
        ["nexus-migrate/src/sql/", "nexus-migrate/src/kinds/", "xtask/"]
            .iter()
            .any(|place| path.starts_with(place))
    };
    let mut exceptions = Exceptions::read(repo, SQL);
    let mut findings = Vec::new();
    for (path, source) in repo.scanned().filter(|(path, _)| !may(path)) {
        for literal in &source.literals {
            // Keywords alone, handed to the pen, are how SQL should be written.
            let is_keywords = literal.text.chars().all(|c| c.is_ascii_uppercase() || c == ' ');
            let to_pen = literal.before.ends_with("Pen::kw(") && is_keywords;
            let is_sql = verbs.iter().any(|verb| literal.text.starts_with(verb));
            if is_sql && !to_pen && !exceptions.has(path) {
                let what = format!(
                    "SQL text: write it with `sql::Pen`, put it in a .sql file, or list the file in {SQL} with a reason"
                );
                findings.push(Finding::new(path, literal.line, what));
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

    #[test]
    fn the_core_is_pure() {
        assert_eq!(lines(words, "nexus-migrate/src/plan/a.rs", "//! A.\nuse std::time::Instant;\n"), [2]);
        assert_eq!(lines(words, "nexus-migrate/src/kinds/a/mod.rs", "tokio::spawn(f);\n"), [1]);
        assert_eq!(lines(words, "nexus-schema/src/resolve/a.rs", "std::fs::read(p);\n"), [1]);
        assert_eq!(lines(words, "nexus-migrate/src/apply/a.rs", "sqlx::query(q);\n"), [1]);
        assert!(lines(words, "nexus-migrate/src/db/a.rs", "sqlx::query(q); std::fs::read(p);\n").is_empty());
        assert!(lines(words, "nexus-schema/src/document.rs", "std::fs::read(p);\n").is_empty());
        assert!(lines(words, "nexus-migrate/src/plan/a.rs", "// std::fs\nf(\"tokio::net\");\n").is_empty());
    }

    #[test]
    fn only_the_front_prints() {
        let text = "fn f() {\n    println!(\"a\");\n}\n";
        assert_eq!(lines(prints, "nexus-migrate/src/commands/a.rs", text), [2]);
        assert!(lines(prints, "nexus-migrate/src/cli/a.rs", text).is_empty());
        assert!(
            lines(prints, "nexus-migrate/src/commands/a.rs", "//! println!\nwriteln!(out, \"a\");\n")
                .is_empty()
        );
    }

    #[test]
    fn sql_stands_in_its_places() {
        let text = "f();\nsession.run(\"DROP TABLE t\");\n";
        assert_eq!(lines(sql, "nexus-migrate/src/doors/a.rs", text), [2]);
        assert!(lines(sql, "nexus-migrate/src/kinds/table/mod.rs", text).is_empty());
        assert!(lines(sql, "nexus-migrate/src/doors/a.rs", "Pen::kw(\"DROP TABLE\").name(n);\n").is_empty());
        assert_eq!(lines(sql, "nexus-migrate/src/doors/a.rs", "Pen::kw(\"DROP TABLE t\")\n"), [1]);
        let tests = "#[cfg(test)]\nmod tests { const A: &str = \"DROP TABLE t\"; }\n";
        assert!(lines(sql, "nexus-migrate/src/doors/a.rs", tests).is_empty());
        let listed =
            Repo::of([("nexus-migrate/src/db/a.rs", text), (SQL, "nexus-migrate/src/db/a.rs: scratch\n")]);
        assert!(sql(&listed).is_empty());
    }
}
