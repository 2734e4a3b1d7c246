//! No blind spot: every column of the server's catalogs is accounted for by name, and every letter is known.
//!
//! `census/pg_catalog.txt` is the list. With NEXUS_PG_MATRIX every server of the matrix is compared with it.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nexus_migrate::db::{Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::introspect::introspect;

const LIST: &str = include_str!("census/pg_catalog.txt");
const MATRIX: &str = "NEXUS_PG_MATRIX";
const ONE: &str = "NEXUS_PG_ONE";

/// A line of the list.
#[derive(Debug)]
struct Line {
    catalog: &'static str,
    column: &'static str,
    since: u32,
    until: u32,
    verdict: &'static str,
    note: &'static str,
}

fn line(text: &'static str) -> Option<Line> {
    let (head, note) = text.split_once(": ")?;
    let words: Vec<_> = head.split(' ').collect();
    let (name, majors, verdict) = match words.as_slice() {
        [name, verdict] => (*name, None, *verdict),
        [name, majors, verdict] => (*name, Some(*majors), *verdict),
        _ => return None,
    };
    let (catalog, column) = name.split_once('.')?;
    let (since, until) = majors.map_or(Some((0, u32::MAX)), |majors| {
        let (since, until) = majors.split_once('-')?;
        let until = if until.is_empty() { u32::MAX } else { until.parse().ok()? };
        Some((since.parse().ok()?, until))
    })?;
    Some(Line { catalog, column, since, until, verdict, note })
}

fn list() -> Vec<Line> {
    let lines = LIST.lines().filter(|text| !text.is_empty() && !text.starts_with('#'));
    lines.map(|text| line(text).unwrap_or_else(|| panic!("not a line of the list: {text}"))).collect()
}

/// All queries that read the catalogs, and the census alone.
fn queries() -> (String, String) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        entries.map(|entry| entry.expect("it can be read").path()).collect()
    };
    let mut paths = files(&source.join("introspect"));
    paths.extend(
        files(&source.join("kinds")).iter().filter(|path| path.is_dir()).flat_map(|kind| files(kind)),
    );
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("it can be read");
    // A word in a comment reads nothing.
    let code = |text: String| -> String {
        text.lines().map(|line| line.split("--").next().unwrap_or_default().to_owned() + "\n").collect()
    };
    let census = code(read(&source.join("introspect/census.sql")));
    (paths.iter().map(read).map(code).collect(), census)
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

/// The catalog of the objects that rows of this one are a part of.
fn whole(catalog: &str) -> &str {
    match catalog {
        "pg_amop" | "pg_amproc" => "pg_opclass",
        "pg_ts_config_map" => "pg_ts_config",
        own => own,
    }
}

#[test]
fn what_is_said_to_be_read_is_read() {
    let (queries, census) = queries();
    let (read, refused) = (words(&queries), words(&census));
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for Line { catalog, column, verdict, note, .. } in list() {
        if !seen.insert((catalog, column)) {
            problems.push(format!("{catalog}.{column} is listed twice"));
        }
        let holds = match verdict {
            "modelled" => read.contains(column) || refused.contains(whole(catalog)),
            "printed" => note.split([' ', ',']).next().is_some_and(|function| read.contains(function)),
            "derived" | "ignored" => note.len() > 8,
            other => panic!("{catalog}.{column}: no such verdict: {other}"),
        };
        if !holds {
            problems.push(format!("{catalog}.{column} is said to be {verdict} ({note}), and no query does"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn every_column_of_the_server_is_accounted_for() {
    let options = ScratchOptions { prefer: Prefer::Any, ..ScratchOptions::default() };
    match Scratch::start(&options).await {
        Ok(scratch) => compare(&scratch).await,
        Err(error) => support::left_out("the census", &error.to_string()),
    }
}

#[test]
fn every_column_of_every_server_of_the_matrix_is_accounted_for() {
    support::for_each_server(MATRIX, ONE, "the_census_of_one");
}

#[tokio::test]
async fn the_census_of_one() {
    let Some(folder) = std::env::var_os(ONE) else { return };
    let major = support::version(&Path::new(&folder).join("postgres")).expect("the folder has a server");
    let options = ScratchOptions { major: Some(major), prefer: Prefer::Native, dev_url: None };
    let scratch = Scratch::start(&options).await.expect("starts");
    assert_eq!(scratch.server().major(), major);
    compare(&scratch).await;
}

/// What no query of ours would see if nobody looked for it, and how an error names it.
const STRANGE: [(&str, &str); 7] = [
    (
        "CREATE TABLE t (a int); CREATE POLICY p ON t; UPDATE pg_policy SET polcmd = 'z' WHERE polname = 'p'",
        "policy for the unknown command 'z' p",
    ),
    (
        "CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0)); UPDATE pg_constraint SET contype = 'y' WHERE conname = 'c'",
        "constraint of the unknown kind 'y' c",
    ),
    (
        "CREATE TABLE t (a int); UPDATE pg_attribute SET attidentity = 'q' WHERE attrelid = 't'::regclass AND attnum = 1",
        "column of the unknown identity 'q' public.t.a",
    ),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; UPDATE pg_proc SET prokind = 'z' WHERE proname = 'f'",
        "routine of the unknown kind 'z' public.f()",
    ),
    (
        "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT; UPDATE pg_inherits SET inhdetachpending = true",
        "partition on its way out public.c",
    ),
    (
        "CREATE FUNCTION pg_catalog.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "object in a schema of the system f()",
    ),
    (
        "CREATE SCHEMA s; CREATE TYPE r AS RANGE (subtype = int, multirange_type_name = s.m)",
        "range type whose multirange type is in another schema public.r",
    ),
];

#[tokio::test]
async fn what_is_not_known_is_an_error_with_a_name() {
    let Some(scratch) = native().await else { return };
    for (sql, expected) in STRANGE {
        let mut session = scratch.fresh().await.expect("there is a database");
        session.run(&format!("SET allow_system_table_mods = on; {sql}")).await.expect("it runs");
        let told = match introspect(&mut session).await {
            Ok(catalog) => panic!("nobody sees it: {sql}\n{}", catalog.to_lines()),
            Err(error) => error.to_string(),
        };
        assert!(told.lines().any(|line| line.trim() == expected), "{expected}:\n{told}");
        assert!(told.contains("`raw:`") && told.contains("docs/limits.md"), "it says what to do:\n{told}");
    }
}

async fn native() -> Option<Scratch> {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    match Scratch::start(&options).await {
        Ok(scratch) => Some(scratch),
        Err(error) => {
            support::left_out("what is not known", &error.to_string());
            None
        }
    }
}

/// Columns of the system's tables, and whether they hold a letter.
const COLUMNS: &str =
    "SELECT c.relname, a.attname, a.atttypid IN ('\"char\"'::regtype, '\"char\"[]'::regtype)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum";

async fn compare(scratch: &Scratch) {
    let major = scratch.server().major();
    let mut session: Session = scratch.fresh().await.expect("there is a database");
    let rows = session.rows(COLUMNS).await.expect("the server answers");
    let list = list();
    let here = list.iter().filter(|line| (line.since..=line.until).contains(&major));
    let known: BTreeMap<_, _> = here.map(|line| ((line.catalog, line.column), line)).collect();
    let letters = include_str!("../src/introspect/letters.sql");
    let letters = words(letters);
    let mut problems = Vec::new();
    let mut there = BTreeSet::new();
    for row in &rows {
        let [Some(catalog), Some(column), Some(letter)] = row.as_slice() else {
            panic!("three values: {row:?}")
        };
        there.insert((catalog.as_str(), column.as_str()));
        let found =
            known.get(&(catalog.as_str(), column.as_str())).or_else(|| known.get(&(catalog.as_str(), "*")));
        match found {
            None => problems.push(format!("{catalog}.{column} is new in {major}: read it, or say why not")),
            Some(line) if letter == "t" && line.verdict == "modelled" => {
                // Any letter will do for a category or between values: there is nothing to know.
                let free = ["typcategory", "typdelim"].contains(&column.as_str());
                if !free && !letters.contains(column.as_str()) {
                    problems.push(format!("{catalog}.{column} holds letters that letters.sql does not know"));
                }
            }
            Some(_) => {}
        }
    }
    for (catalog, column) in known.keys() {
        let is_there = match *column {
            "*" => there.iter().any(|(known, _)| known == catalog),
            column => there.contains(&(*catalog, column)),
        };
        if !is_there {
            problems.push(format!("{catalog}.{column} is listed, and not there in {major}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
