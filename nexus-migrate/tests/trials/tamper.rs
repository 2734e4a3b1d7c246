//! Changes one thing in a migrations directory or a ledger, in every way a hand or a disk can, and looks whether the
//! next run says what it is before it does anything.

use std::fs;
use std::path::Path;

use nexus_migrate::apply::{self, ApplyError, Options};
use nexus_migrate::db::Session;
use nexus_migrate::history::{History, HistoryError};

use super::servers::{Chance, Cluster, write};

/// What became of the trials.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) files: u32,
    pub(crate) rows: u32,
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    pub(crate) fn text(&self) -> String {
        let Self { files, rows, faults } = self;
        format!(
            "{files} changes to files and {rows} to the ledger: {} not told, or by a wrong name",
            faults.len()
        )
    }
}

/// Makes so many changes: three of five to files, the rest to the ledger.
pub(crate) async fn run(changes: u32, seed: u64) -> Result<Outcome, String> {
    let mut cluster = Cluster::start().await?;
    let here = tempfile::tempdir().map_err(|error| error.to_string())?;
    let ups: Vec<String> = (1..=6).map(|n| format!("CREATE TABLE t{n} (id int);\n")).collect();
    let whole = here.path().join("whole");
    let history = write(&whole, &ups);
    let url = cluster.create("tampered").await;
    let options = Options { to: Some(4), ..Options::default() };
    apply::apply(&url, &history, &options, None, &mut |_| {}).await.map_err(|error| error.to_string())?;
    let mut session = Session::connect(&url).await.map_err(|error| error.to_string())?;
    let keep = "CREATE TABLE kept AS SELECT * FROM _sqlx_migrations";
    session
        .run(&format!("CREATE SCHEMA aside; SET search_path = aside, public; {keep}"))
        .await
        .map_err(|e| e.to_string())?;
    // The seal is of the database as it is now.
    let seal = Options { to: Some(5), ..Options::default() };
    apply::apply(&url, &history, &seal, None, &mut |_| {}).await.map_err(|error| error.to_string())?;
    session
        .run("DELETE FROM aside.kept; INSERT INTO aside.kept SELECT * FROM public._sqlx_migrations")
        .await
        .map_err(|e| e.to_string())?;
    let mut chance = Chance(seed);
    let mut outcome = Outcome::default();
    for n in 0..changes {
        let before = look(&mut session).await;
        let fault = if n % 5 < 3 {
            outcome.files += 1;
            let dir = here.path().join("changed");
            copy(&whole, &dir);
            let (what, expected) = change_file(&dir, &mut chance);
            let found = match History::open(&dir) {
                Ok(history) => {
                    let done = apply::apply(&url, &history, &Options::default(), None, &mut |_| {}).await;
                    done.err().map_or_else(|| "nothing".into(), |error| name(&error).to_owned())
                }
                Err(error) => name_of_history(&error).to_owned(),
            };
            (!expected.contains(&found.as_str())).then(|| format!("{what}: {found} instead of {expected:?}"))
        } else {
            outcome.rows += 1;
            let (sql, expected) = change_row(&mut chance);
            session.run(&sql).await.map_err(|error| format!("{sql}: {error}"))?;
            let done = apply::apply(&url, &history, &Options::default(), None, &mut |_| {}).await;
            let found = done.err().map_or("nothing", |error| name(&error));
            let restore = "DELETE FROM public._sqlx_migrations; INSERT INTO public._sqlx_migrations SELECT * FROM aside.kept";
            session.run(restore).await.map_err(|error| error.to_string())?;
            (!expected.contains(&found)).then(|| format!("{sql}: {found} instead of {expected:?}"))
        };
        outcome.faults.extend(fault);
        let after = look(&mut session).await;
        if before != after {
            outcome.faults.push(format!("change {n}: a statement was run: {before} became {after}"));
            break;
        }
    }
    Ok(outcome)
}

/// How many tables, runs, steps and rows there are.
async fn look(session: &mut Session) -> String {
    let counts = "SELECT (SELECT count(*) FROM pg_class) || ' ' || (SELECT count(*) FROM nexus.runs) || ' '
        || (SELECT count(*) FROM nexus.steps) || ' ' || (SELECT md5(string_agg(m::text, ',' ORDER BY version)) FROM public._sqlx_migrations m)";
    session.rows(counts).await.expect("answers").concat().into_iter().flatten().collect()
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("makes");
    for entry in fs::read_dir(from).expect("reads").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copies");
    }
}

/// Changes a file; returns what was done and by which names it may be told.
fn change_file(dir: &Path, chance: &mut Chance) -> (String, Vec<&'static str>) {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("reads")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into())
        .collect();
    names.sort();
    // The chain is one file among many, and the one that matters most.
    let name = if chance.below(4) == 0 { "nexus.sum".into() } else { chance.pick(&names).clone() };
    let path = dir.join(&name);
    let mut content = fs::read(&path).expect("reads");
    let is_sum = name == "nexus.sum";
    let edited = if is_sum { vec!["ChainBroken", "NotText", "Unknown"] } else { vec!["Edited"] };
    let at = usize::try_from(chance.below(content.len() as u64)).expect("an index");
    let what = match chance.below(8) {
        0 | 1 => {
            content[at] ^= 1 << chance.below(8);
            format!("{name}: a bit of byte {at}")
        }
        2 => {
            content.remove(at);
            format!("{name}: without byte {at}")
        }
        3 => {
            content.insert(at, *chance.pick(b"\r\n \t\0xA/-"));
            format!("{name}: one byte more at {at}")
        }
        4 => {
            content.truncate(at);
            format!("{name}: cut at {at}")
        }
        5 => {
            content.extend(chance.pick(&["\n", "\r\n", " ", "-- a\n"]).bytes());
            format!("{name}: more at its end")
        }
        6 => {
            fs::remove_file(&path).expect("removes");
            return (format!("{name}: removed"), if is_sum { vec!["NoSum"] } else { vec!["Missing"] });
        }
        _ => {
            let (version, end) = (1 + chance.below(9), *chance.pick(&["up", "down"]));
            let is_up = |name: &String| name.starts_with(&format!("{version}_")) && name.ends_with(".up.sql");
            // A second up file of one version may have come with another branch, and is told as that.
            let is_second = end == "up" && names.iter().any(is_up);
            let added = format!("{version}_added.{end}.sql");
            fs::write(dir.join(&added), "SELECT 1").expect("writes");
            let expected = if is_second { "DuplicateVersion" } else { "Unknown" };
            return (format!("{added}: added"), vec![expected]);
        }
    };
    fs::write(&path, content).expect("writes");
    (what, edited)
}

/// Returns a change to the ledger, and by which names it may be told.
fn change_row(chance: &mut Chance) -> (String, Vec<&'static str>) {
    let version = 1 + chance.below(5);
    let ledger = "UPDATE public._sqlx_migrations SET";
    match chance.below(7) {
        0 | 1 => {
            let (byte, bit) = (chance.below(48), chance.below(8));
            let flipped = format!("set_byte(checksum, {byte}, get_byte(checksum, {byte}) # {})", 1 << bit);
            (format!("{ledger} checksum = {flipped} WHERE version = {version}"), vec!["Edited"])
        }
        2 => (format!("{ledger} success = false WHERE version = {version}"), vec!["Failed"]),
        3 => (format!("{ledger} description = description || 'x' WHERE version = {version}"), vec!["Edited"]),
        4 => {
            let expected = if version == 5 { vec!["Removed"] } else { vec!["OutOfOrder"] };
            (format!("DELETE FROM public._sqlx_migrations WHERE version = {version}"), expected)
        }
        5 => {
            let other = 10 + chance.below(1000);
            (format!("{ledger} version = {other} WHERE version = {version}"), vec!["Unknown"])
        }
        _ => {
            let other = *chance.pick(&[0_u64, 7, 8, 20_300_101_000_000]);
            let expected = if other == 0 { vec!["Missing"] } else { vec!["Unknown"] };
            let row = format!("({other}, 'step {other}', now(), true, decode('00', 'hex'), 1)");
            (format!("INSERT INTO public._sqlx_migrations VALUES {row}"), expected)
        }
    }
}

fn name(error: &ApplyError) -> &'static str {
    match error {
        ApplyError::Unknown(_) => "Unknown",
        ApplyError::Missing(_) => "Missing",
        ApplyError::Edited(_) => "Edited",
        ApplyError::OutOfOrder(_) => "OutOfOrder",
        ApplyError::Failed(_) => "Failed",
        ApplyError::Removed(_) => "Removed",
        _ => "something else",
    }
}

fn name_of_history(error: &HistoryError) -> &'static str {
    match error {
        HistoryError::Edited { .. } => "Edited",
        HistoryError::Missing { .. } => "Missing",
        HistoryError::Unknown { .. } => "Unknown",
        HistoryError::ChainBroken { .. } => "ChainBroken",
        HistoryError::NotText { .. } => "NotText",
        HistoryError::NoSum { .. } => "NoSum",
        HistoryError::DuplicateVersion { .. } => "DuplicateVersion",
        _ => "something else",
    }
}
