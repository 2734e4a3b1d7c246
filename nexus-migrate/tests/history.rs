//! The migrations directory: what is written is read back, and whatever another hand does to it is named.

use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeZone, Utc};
use nexus_migrate::history::{Batch, History, HistoryError, Migration, Written, version_after};
use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use serde_json::json;
use tempfile::TempDir;

fn catalog(names: &[&str]) -> Catalog {
    let mut catalog = Catalog::default();
    for name in names {
        catalog.insert(ObjectId::new(Kind::Schema, [*name]), nexus_schema::kinds::Schema {});
    }
    catalog
}

fn migration(version: i64, name: &str) -> Migration {
    let up = format!("CREATE SCHEMA {name};\n");
    Migration::new(version, name, up, Some(format!("DROP SCHEMA {name};\n")))
}

fn append(history: &mut History, migrations: Vec<Migration>, snapshot: &Catalog) -> Result<(), HistoryError> {
    let (proof, postgres, schema) = (json!({ "forward": true }), "17.5".into(), "abc".into());
    history
        .append(Batch { migrations, snapshot, proof, postgres, schema, written: Written::default() })
        .map(drop)
}

/// A directory with two batches, of two and of one migration.
fn two_batches() -> TempDir {
    let dir = tempfile::tempdir().expect("a temp dir");
    let mut history = History::open(dir.path()).expect("an empty directory opens");
    let first = vec![migration(20260301120000, "one"), migration(20260301120001, "two")];
    append(&mut history, first, &catalog(&["one", "two"])).expect("appends");
    let mut three = migration(20260302120000, "three");
    three.down = None;
    append(&mut history, vec![three], &catalog(&["one", "two", "three"])).expect("appends");
    dir
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("reads");
    let mut names: Vec<_> =
        entries.map(|e| e.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn at(seconds: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, seconds).single().expect("a time")
}

fn error(dir: &Path) -> String {
    History::open(dir).expect_err("refuses").to_string()
}

#[test]
fn what_is_appended_is_read_back() {
    let dir = two_batches();
    let history = History::open(dir.path()).expect("opens");
    let versions: Vec<_> = history.migrations().iter().map(|m| (m.version, m.name.as_str())).collect();
    assert_eq!(versions, [(20260301120000, "one"), (20260301120001, "two"), (20260302120000, "three")]);
    assert_eq!(history.migrations()[0].down.as_deref(), Some("DROP SCHEMA one;\n"));
    assert_eq!(history.migrations()[2].down, None);
    assert_eq!(history.snapshot().expect("reads"), catalog(&["one", "two", "three"]));
    let meta = history.snapshot_meta().expect("has one");
    assert_eq!((meta.version, meta.postgres.as_str(), meta.schema.as_str()), (20260302120000, "17.5", "abc"));
}

#[test]
fn the_directory_looks_like_this() {
    let dir = two_batches();
    insta::assert_snapshot!(names(dir.path()).join("\n"), @r"
    20260301120000_one.down.sql
    20260301120000_one.up.sql
    20260301120001.proof.json
    20260301120001_two.down.sql
    20260301120001_two.up.sql
    20260302120000.proof.json
    20260302120000_three.up.sql
    nexus.lock
    nexus.sum
    ");
    let lock = fs::read_to_string(dir.path().join("nexus.lock")).expect("reads");
    insta::assert_snapshot!(lock, @r#"
    {"nexus":2,"version":20260302120000,"postgres":"17.5","schema":"abc"}
    {"id":["schema","one"],"is":{}}
    {"id":["schema","three"],"is":{}}
    {"id":["schema","two"],"is":{}}
    "#);
}

#[test]
fn a_missing_directory_is_an_empty_history() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let history = History::open(&dir.path().join("none")).expect("opens");
    assert!(history.migrations().is_empty());
    assert!(history.snapshot().expect("reads").is_empty());
    assert!(history.snapshot_meta().is_none());
}

#[test]
fn the_first_batch_makes_the_directory() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let mut history = History::open(&dir.path().join("db/migrations")).expect("opens");
    append(&mut history, vec![migration(1, "one")], &catalog(&["one"])).expect("appends");
    assert_eq!(History::open(history.dir()).expect("opens").migrations(), history.migrations());
}

#[test]
fn every_file_that_is_edited_is_named() {
    for file in names(two_batches().path()).iter().filter(|file| *file != "nexus.sum") {
        let dir = two_batches();
        let path = dir.path().join(file);
        let mut content = fs::read(&path).expect("reads");
        content.push(b'\n');
        fs::write(&path, content).expect("writes");
        assert_eq!(error(dir.path()), format!("`{file}` was edited after it was written"));
    }
}

#[test]
fn every_file_that_is_removed_is_named() {
    for file in names(two_batches().path()) {
        let dir = two_batches();
        fs::remove_file(dir.path().join(&file)).expect("removes");
        let expected = match file.as_str() {
            "nexus.sum" => "`nexus.sum` is missing beside `20260301120000_one.down.sql`".to_owned(),
            _ => format!("`{file}` is missing"),
        };
        assert_eq!(error(dir.path()), expected);
    }
}

#[test]
fn every_file_that_is_added_is_named() {
    for file in
        ["20260303000000_four.up.sql", "20260301120000_one.sql", "notes.md", "20260303000000.proof.json"]
    {
        let dir = two_batches();
        fs::write(dir.path().join(file), "").expect("writes");
        assert_eq!(error(dir.path()), format!("`{file}` is not part of the history"));
    }
}

#[test]
fn hidden_and_unfinished_files_do_not_count() {
    let dir = two_batches();
    for file in [".gitattributes", "20260303000000_four.up.sql.tmp", "nexus.lock.tmp"] {
        fs::write(dir.path().join(file), "half a li").expect("writes");
    }
    assert_eq!(History::open(dir.path()).expect("opens").migrations().len(), 3);
}

#[test]
fn a_chain_with_a_line_changed_moved_or_taken_out_is_broken() {
    let dir = two_batches();
    let path = dir.path().join("nexus.sum");
    let sum = fs::read_to_string(&path).expect("reads");
    let lines: Vec<&str> = sum.lines().collect();
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    let without: Vec<&str> =
        lines.iter().enumerate().filter(|(n, _)| *n != 2).map(|(_, line)| *line).collect();
    let twice: Vec<&str> = lines.iter().take(3).chain(lines.iter().skip(2)).copied().collect();
    let other = sum.replace("_two.down", "_too.down");
    for (changed, line) in
        [(swapped.join("\n"), 3), (without.join("\n"), 3), (twice.join("\n"), 4), (other, 4)]
    {
        fs::write(&path, changed).expect("writes");
        assert_eq!(
            error(dir.path()),
            format!("line {line} of `nexus.sum` does not follow from the lines before it")
        );
    }
}

#[test]
fn a_directory_that_nothing_vouches_for_says_first_what_is_wrong_with_its_files() {
    let cases: [(&[&str], &str); 6] = [
        (&["1_a.up.sql", "1_b.up.sql"], "version 1 has two migrations, `1_a.up.sql` and `1_b.up.sql`"),
        (&["01_a.up.sql", "1_a.up.sql"], "version 1 has two migrations, `1_a.up.sql` and `1_a.up.sql`"),
        (&["1_a.down.sql"], "`1_a.down.sql` has no up file"),
        (&["1_a.up.sql", "1_b.down.sql"], "`1_b.down.sql` has no up file"),
        (&["one_a.up.sql"], "`one_a.up.sql` is not the name of a migration"),
        (&["1_a.up.sql"], "`nexus.sum` is missing beside `1_a.up.sql`"),
    ];
    for (files, expected) in cases {
        let dir = tempfile::tempdir().expect("a temp dir");
        for file in files {
            fs::write(dir.path().join(file), "SELECT 1;").expect("writes");
        }
        assert_eq!(error(dir.path()), expected);
    }
}

#[test]
fn names_that_sqlx_or_a_file_system_would_read_otherwise_are_refused() {
    for name in ["", "a b", "a/b", "a.up.sql", "größe"] {
        let dir = tempfile::tempdir().expect("a temp dir");
        let mut history = History::open(dir.path()).expect("opens");
        let refused = append(&mut history, vec![migration(1, name)], &Catalog::default());
        assert!(matches!(refused, Err(HistoryError::Name { .. })), "{name:?}: {refused:?}");
        assert!(names(dir.path()).is_empty());
    }
}

#[test]
fn versions_grow_whatever_the_clock_says() {
    let dir = two_batches();
    let mut history = History::open(dir.path()).expect("opens");
    assert_eq!(history.next_version(at(0)), 20260302120001);
    assert_eq!(history.next_version(at(59)), 20260302120059);
    assert_eq!(version_after(20260228235959), 20260301000000);
    let old = append(&mut history, vec![migration(20260302120000, "old")], &Catalog::default());
    assert_eq!(
        old.expect_err("refuses").to_string(),
        "version 20260302120000 does not come after 20260302120000, the newest one"
    );
}

#[test]
fn a_writer_that_lost_a_race_changes_nothing() {
    let dir = two_batches();
    let mut late = History::open(dir.path()).expect("opens");
    let mut early = History::open(dir.path()).expect("opens");
    append(&mut early, vec![migration(20260303000000, "early")], &catalog(&["early"])).expect("appends");
    let before = names(dir.path());
    let lost = append(&mut late, vec![migration(20260303000000, "late")], &catalog(&["late"]));
    assert!(matches!(lost, Err(HistoryError::Changed)));
    assert_eq!(names(dir.path()), before);
}

/// What a writer leaves that is killed after `renamed` of its renames: the new files, some under temporary names.
fn killed(renamed: usize) -> TempDir {
    let (dir, done) = (two_batches(), two_batches());
    let mut history = History::open(done.path()).expect("opens");
    append(&mut history, vec![migration(20260303000000, "four")], &catalog(&["four"])).expect("appends");
    let old = names(dir.path());
    let mut new: Vec<_> = names(done.path())
        .into_iter()
        .filter(|file| !old.contains(file) || ["nexus.lock", "nexus.sum"].contains(&file.as_str()))
        .collect();
    new.sort_by_key(|file| file == "nexus.sum");
    for (n, file) in new.iter().enumerate() {
        let suffix = if n < renamed { "" } else { ".tmp" };
        fs::copy(done.path().join(file), dir.path().join(format!("{file}{suffix}"))).expect("copies");
    }
    dir
}

#[test]
fn a_batch_whose_writer_was_killed_while_renaming_is_finished_by_the_next_reader() {
    for renamed in 0..5 {
        let dir = killed(renamed);
        let history = History::open(dir.path()).unwrap_or_else(|e| panic!("after {renamed} renames: {e}"));
        assert_eq!(history.migrations().len(), 4, "after {renamed} renames");
        assert_eq!(history.snapshot().expect("reads"), catalog(&["four"]));
        assert!(names(dir.path()).iter().all(|file| !file.ends_with(".tmp")));
    }
}

#[test]
fn a_batch_whose_writer_was_killed_while_writing_never_happened() {
    let dir = killed(0);
    fs::remove_file(dir.path().join("nexus.sum.tmp")).expect("removes");
    let mut history = History::open(dir.path()).expect("opens");
    assert_eq!(history.migrations().len(), 3);
    append(&mut history, vec![migration(20260304000000, "five")], &catalog(&["five"])).expect("appends");
    assert!(names(dir.path()).iter().all(|file| !file.ends_with(".tmp") && !file.contains("four")));
    assert_eq!(History::open(dir.path()).expect("opens").migrations().len(), 4);
}

#[test]
fn a_half_written_chain_is_not_taken_for_a_whole_one() {
    let dir = killed(0);
    let path = dir.path().join("nexus.sum.tmp");
    let sum = fs::read_to_string(&path).expect("reads");
    for cut in [0, 10, sum.len() / 2, sum.len() - 20] {
        fs::write(&path, &sum[..cut]).expect("writes");
        assert_eq!(History::open(dir.path()).expect("opens").migrations().len(), 3, "cut at {cut}");
    }
}

#[test]
fn a_snapshot_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let mut history = History::open(dir.path()).expect("opens");
    append(&mut history, vec![migration(1, "one")], &catalog(&["one"])).expect("appends");
    let lock = fs::read_to_string(dir.path().join("nexus.lock")).expect("reads");
    let cases = [
        (
            lock.replace("\"nexus\":2", "\"nexus\":3"),
            "`nexus.lock` has format 3; this version reads format 2",
        ),
        (
            lock.replace("\"version\":1", "\"version\":9"),
            "`nexus.lock` is the state after version 9, not after 1, the newest one",
        ),
        (String::new(), "the first line of `nexus.lock` is not a snapshot header"),
    ];
    for (content, expected) in cases {
        fs::write(dir.path().join("nexus.lock"), content).expect("writes");
        reseal(dir.path());
        assert_eq!(error(dir.path()), expected);
    }
}

/// Writes the chain anew, as the format is documented.
fn reseal(dir: &Path) {
    use nexus_schema::hex;
    use sha2::{Digest, Sha256};
    let (mut link, mut sum) = (String::new(), String::new());
    for file in names(dir).iter().filter(|file| *file != "nexus.sum") {
        let content = hex(&Sha256::digest(fs::read(dir.join(file)).expect("reads")));
        link = hex(&Sha256::digest(format!("{link} {content} {file}\n")));
        sum.push_str(&format!("{link} {content} {file}\n"));
    }
    fs::write(dir.join("nexus.sum"), sum).expect("writes");
}
