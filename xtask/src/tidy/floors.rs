//! Which module of a crate may import which: the floors of ARCHITECTURE.md as a table.

use std::collections::BTreeSet;

use super::{Finding, Repo};

/// A crate's modules, from the ground up, each with those it may import. The few pairs that know each other are
/// two halves of one floor.
struct House {
    krate: &'static str,
    floors: &'static [(&'static str, &'static [&'static str])],
}

const HOUSES: [House; 2] = [
    House {
        krate: "nexus-schema",
        floors: &[
            ("hex", &[]),
            ("types", &[]),
            ("catalog", &["kinds"]),
            ("kinds", &["catalog"]),
            ("diagnostic", &["hex"]),
            ("statements", &["types"]),
            ("runtime", &["statements", "types"]),
            ("report", &["diagnostic"]),
            ("yaml", &["diagnostic", "report"]),
            ("csv", &["yaml"]),
            ("authored", &["catalog", "kinds", "report", "types", "yaml"]),
            ("rust", &["catalog", "kinds"]),
            ("check", &["catalog", "report", "rust", "types", "yaml"]),
            (
                "resolve",
                &["authored", "catalog", "check", "document", "kinds", "report", "rust", "types", "yaml"],
            ),
            ("document", &["authored", "catalog", "csv", "diagnostic", "report", "resolve", "rust", "yaml"]),
            ("printed", &["catalog", "check", "document", "kinds", "resolve", "rust", "types", "yaml"]),
            ("fmt", &["diagnostic", "report", "yaml"]),
            ("jsonschema", &["authored", "yaml"]),
            (
                "codegen",
                &["catalog", "diagnostic", "document", "hex", "kinds", "rust", "statements", "types"],
            ),
            ("build_script", &["codegen", "diagnostic", "document"]),
        ],
    },
    House {
        krate: "nexus-migrate",
        floors: &[
            ("sql", &[]),
            ("markdown", &[]),
            ("diff", &[]),
            ("precheck", &["sql"]),
            ("kinds", &["plan", "sql"]),
            ("plan", &["diff", "kinds", "markdown", "precheck", "sql"]),
            ("extent", &["kinds", "sql"]),
            ("docs", &["markdown"]),
            ("history", &[]),
            ("db", &[]),
            ("measure", &["db"]),
            ("hazard", &["measure", "plan", "sql"]),
            ("lint", &["db", "hazard", "measure"]),
            ("introspect", &["db", "kinds"]),
            ("doors", &["db", "diff", "history", "introspect", "kinds", "plan", "sql"]),
            ("change", &["diff", "doors", "extent", "introspect", "kinds", "measure", "plan", "sql"]),
            (
                "prove",
                &[
                    "change",
                    "db",
                    "diff",
                    "doors",
                    "history",
                    "introspect",
                    "measure",
                    "plan",
                    "precheck",
                    "sql",
                ],
            ),
            ("access", &["db", "doors", "prove", "sql"]),
            ("advise", &["db", "doors", "introspect", "sql"]),
            ("backup", &["db", "doors", "sql"]),
            ("data", &["db", "doors", "markdown", "prove", "sql"]),
            ("fake", &["db", "sql"]),
            ("apply", &["db", "history", "markdown", "precheck", "sql"]),
            (
                "commands",
                &[
                    "access",
                    "advise",
                    "apply",
                    "backup",
                    "change",
                    "data",
                    "db",
                    "diff",
                    "docs",
                    "doors",
                    "extent",
                    "fake",
                    "hazard",
                    "history",
                    "introspect",
                    "lint",
                    "markdown",
                    "measure",
                    "plan",
                    "prove",
                    "sql",
                ],
            ),
            ("testing", &["db", "doors"]),
            ("lsp", &["history", "markdown", "plan"]),
            ("cli", &["access", "apply", "commands", "data", "fake", "lsp", "precheck"]),
        ],
    },
];

/// Imports point down.
pub(super) fn imports(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in repo.scanned() {
        let Some((house, place)) = HOUSES.iter().find_map(|house| Some((house, inside(house, path)?))) else {
            continue;
        };
        let module = place.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some((_, below)) = house.floors.iter().find(|(name, _)| *name == module) else {
            let what = format!("the module `{module}` has no floor: give it one in xtask/src/tidy/floors.rs");
            findings.push(Finding::new(path, 1, what));
            continue;
        };
        let text = source.code.join("\n");
        for (line, name) in roots(&text, is_front(place)) {
            let is_module = house.floors.iter().any(|(known, _)| *known == name);
            if is_module && name != module && !below.contains(&name) {
                let what = format!("`{module}` may not import `{name}`: imports point down a floor");
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

fn inside<'a>(house: &House, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(house.krate)?.strip_prefix("/src/")
}

/// Whether `super` in this file is the crate.
fn is_front(place: &str) -> bool {
    !place.contains('/') || place.matches('/').count() == 1 && place.ends_with("/mod.rs")
}

/// The first names of all paths from the crate's root, with their lines.
fn roots(text: &str, super_is_crate: bool) -> BTreeSet<(usize, &str)> {
    let mut found = BTreeSet::new();
    let starts = if super_is_crate { &["crate::", "super::"][..] } else { &["crate::"] };
    for (at, start) in starts.iter().flat_map(|start| text.match_indices(start)) {
        let before = text.get(..at).unwrap_or_default();
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        let line = before.matches('\n').count() + 1;
        let rest = text.get(at + start.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(list) => found.extend(heads(list).into_iter().map(|name| (line, name))),
            None => {
                found.insert((line, word(rest)));
            }
        }
    }
    found
}

/// The first names in a braced list of paths.
fn heads(list: &str) -> Vec<&str> {
    let mut heads = vec![word(list.trim_start())];
    let mut depth = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(word(list.get(at + 1..).unwrap_or_default().trim_start())),
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines;
    use super::*;

    #[test]
    fn imports_point_down() {
        let plan = "nexus-migrate/src/plan/order.rs";
        assert_eq!(lines(imports, plan, "//! P.\nuse crate::db::Session;\n"), [2]);
        assert_eq!(lines(imports, plan, "fn f() {\n crate::doors::read() }"), [2]);
        assert_eq!(lines(imports, plan, "use crate::{sql::{Pen, db}, cli};\n"), [1]);
        assert!(lines(imports, plan, "use crate::sql::Pen;\nuse super::graph;\n// crate::db\n").is_empty());
        assert!(lines(imports, plan, "#[cfg(test)]\nmod tests { use crate::db::Session; }\n").is_empty());
        assert_eq!(lines(imports, "nexus-migrate/src/plan/mod.rs", "use super::db;\n"), [1]);
    }

    #[test]
    fn nobody_imports_the_front() {
        let house = &HOUSES[1];
        assert!(house.floors.iter().all(|(_, below)| !below.contains(&"cli")));
        for pure in ["sql", "diff", "kinds", "plan"] {
            let below = house.floors.iter().find(|(name, _)| *name == pure).expect("it is in the table").1;
            assert!(!below.contains(&"db"), "{pure} is pure");
        }
    }

    #[test]
    fn a_new_module_gets_a_floor() {
        assert_eq!(lines(imports, "nexus-migrate/src/linting/mod.rs", "//! L.\n"), [1]);
        assert!(lines(imports, "nexus-migrate/src/lib.rs", "//! L.\nuse crate::db;\n").is_empty());
    }
}
