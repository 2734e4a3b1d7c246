//! What statements do to clients: measured, and told by `nexus lint`, against what was measured before by others.

mod support;

#[path = "lint/golden.rs"]
mod golden;

use std::collections::BTreeMap;

use golden::{Golden, Seen};
use nexus_migrate::commands::Silent;
use nexus_migrate::commands::lint::{LintArgs, lint};
use nexus_migrate::db::{DbError, Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::lint::{Script, offline};
use nexus_migrate::measure::{Client, Company, Mode, Observation, Watch, alone};
use nexus_schema::diagnostic::{Diagnostic, Diagnostics};

async fn scratch(what: &str) -> Option<Scratch> {
    let options = ScratchOptions { prefer: Prefer::Native, ..ScratchOptions::default() };
    match Scratch::start(&options).await {
        Ok(scratch) => Some(scratch),
        Err(error) => {
            support::left_out(what, &error.to_string());
            None
        }
    }
}

/// A database with the base and its rows.
async fn based(scratch: &Scratch) -> Session {
    let mut session = scratch.fresh().await.expect("makes a database");
    session.run(&format!("{}{}", golden::BASE, golden::ROWS)).await.expect("the base runs");
    session
}

/// Runs a statement in a database of its own, or, where it needs no setup, in the shared one, and takes it back.
async fn observe(scratch: &Scratch, shared: &mut Session, case: &Golden) -> Result<Observation, DbError> {
    if case.setup.is_empty() && !case.alone {
        shared.run("DISCARD ALL").await?;
        for sql in &case.before {
            shared.run(sql).await?;
        }
        let seen = within(shared, &case.sql).await;
        shared.run("ROLLBACK").await?;
        return seen;
    }
    let mut session = based(scratch).await;
    for sql in case.setup.iter().chain(&case.before) {
        session.run(sql).await.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
    match case.alone {
        true => alone(&mut session, &case.sql, Company::Others).await,
        false => within(&mut session, &case.sql).await,
    }
}

async fn within(session: &mut Session, sql: &str) -> Result<Observation, DbError> {
    session.run("BEGIN").await?;
    let mut watch = Watch::begin(session).await?;
    session.run(sql).await?;
    watch.look(session).await
}

fn short(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

fn letters(mode: Mode) -> &'static str {
    match mode {
        Mode::AccessShare => "AS",
        Mode::RowShare => "RS",
        Mode::RowExclusive => "RX",
        Mode::ShareUpdateExclusive => "SUE",
        Mode::Share => "S",
        Mode::ShareRowExclusive => "SRE",
        Mode::Exclusive => "X",
        Mode::AccessExclusive => "AE",
    }
}

/// An observation in the words of the golden file.
fn as_seen(observation: &Observation) -> Seen {
    let names = |list: &[String]| list.iter().map(|name| short(name)).collect();
    let clients = |clients: &std::collections::BTreeSet<Client>| {
        let letter = |client: Client, letter| if clients.contains(&client) { letter } else { "" };
        [letter(Client::Read, "R"), letter(Client::LockRows, "K"), letter(Client::Write, "W")].concat()
    };
    Seen {
        fails: false,
        locks: observation.locks.iter().map(|l| (short(&l.relation), letters(l.mode).to_owned())).collect(),
        rewrites: names(&observation.rewritten),
        rebuilds: names(&observation.rebuilt),
        scans: names(&observation.scanned),
        blocks: observation.blocked.iter().map(|b| (short(&b.table), clients(&b.clients))).collect(),
    }
}

/// Leaves out what the golden file could not see: views, sequences and clients of them; and, of what runs in no
/// transaction, all but the locks of tables and the verdict.
fn comparable(case: &Golden, mut seen: Seen) -> Seen {
    let is_table = |name: &str| matches!(name, "t" | "t2" | "parent" | "pt" | "pt1" | "pt2" | "ptd" | "pnew");
    seen.blocks.retain(|name, _| is_table(name));
    if case.alone {
        seen.locks.retain(|name, _| is_table(name));
        seen.scans.clear();
        seen.rebuilds.clear();
    }
    seen
}

#[tokio::test]
async fn statements_do_what_was_measured() {
    let Some(scratch) = scratch("measured statements").await else { return };
    let major = scratch.server().major();
    let mut wrong = BTreeMap::new();
    let only = std::env::var("NEXUS_CASE").ok();
    let mut count = 0;
    let mut shared = based(&scratch).await;
    for case in golden::all(major) {
        if only.as_ref().is_some_and(|only| !only.split(',').any(|name| name == case.name)) {
            continue;
        }
        count += 1;
        let expected = comparable(&case, case.seen(major));
        let got = match observe(&scratch, &mut shared, &case).await {
            Ok(observation) => {
                let seen = comparable(&case, as_seen(&observation));
                let is_long = observation.long && !seen.blocks.is_empty();
                assert_eq!(is_long, case.seen(major).is_long(), "{}: {observation:?}", case.name);
                seen
            }
            Err(error) if expected.fails => {
                assert!(error.code().is_some(), "{}: {error}", case.name);
                Seen { fails: true, ..Seen::default() }
            }
            Err(error) => panic!("{}: {error}", case.name),
        };
        if got != expected {
            wrong.insert(
                case.name.clone(),
                format!("{}\n  measured {expected:?}\n  seen now {got:?}", case.sql),
            );
        }
    }
    eprintln!("{count} statements, {} seen otherwise", wrong.len());
    assert!(only.is_some() || count > 190, "the cases are read");
    let list: Vec<_> = wrong.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
}

/// What lint found of long blocks, against what was measured.
#[derive(Debug, Default)]
struct Score {
    long: usize,
    missed: Vec<String>,
    false_alarms: Vec<String>,
}

impl Score {
    fn count(&mut self, case: &Golden, major: u32, alarm: bool) {
        let is_long = case.seen(major).is_long();
        self.long += usize::from(is_long);
        match (is_long, alarm) {
            (true, false) => self.missed.push(case.name.clone()),
            (false, true) => self.false_alarms.push(case.name.clone()),
            _ => {}
        }
    }

    fn found(&self) -> usize {
        self.long - self.missed.len()
    }
}

fn warns_of_long_blocks(diagnostics: &Diagnostics, file: &str) -> bool {
    let is_it = |d: &Diagnostic| d.code == "NX0502" && d.place().is_some_and(|label| label.file == file);
    diagnostics.iter().any(is_it)
}

fn file_of(case: &Golden) -> String {
    case.before.iter().chain([&case.sql]).map(|sql| format!("{sql};\n")).collect()
}

fn state_of(case: &Golden) -> String {
    let setup: String = case.setup.iter().map(|sql| format!("{sql};\n")).collect();
    format!("{}{setup}", golden::BASE)
}

#[tokio::test]
async fn lint_with_a_state_finds_every_long_block() {
    let Some(scratch) = scratch("lint with a state").await else { return };
    let major = scratch.server().major();
    let server = scratch.fresh().await.expect("makes a database");
    let all = std::env::var_os("NEXUS_LINT_ALL").is_some();
    let folder = tempfile::tempdir().expect("makes a folder");
    let (from, file) = (folder.path().join("state.sql"), folder.path().join("change.sql"));
    let mut score = Score::default();
    for (n, case) in golden::all(major).into_iter().enumerate() {
        // All of them are many for every run: a quarter of the long ones, an eighth of the others.
        if !all && n % if case.seen(major).is_long() { 4 } else { 8 } != 0 {
            continue;
        }
        std::fs::write(&from, state_of(&case)).expect("writes");
        std::fs::write(&file, file_of(&case)).expect("writes");
        let from = Some(from.display().to_string());
        let dev_url = Some(server.url().to_owned());
        let args = LintArgs { files: vec![file.clone()], from, dev_url };
        let linted = lint(&args, &Silent).await.unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
        score.count(&case, major, warns_of_long_blocks(&linted.diagnostics, &file.display().to_string()));
    }
    eprintln!(
        "with a state: {} of {} found, false alarms: {:?}",
        score.found(),
        score.long,
        score.false_alarms
    );
    assert!(score.missed.is_empty(), "{score:?}");
    assert!(score.false_alarms.len() <= 2, "{score:?}");
}

#[test]
fn lint_by_rules_knows_what_the_files_say() {
    for major in [15, 16, 17, 18] {
        let [mut told, mut part, mut bare] = [Score::default(), Score::default(), Score::default()];
        let mut alike: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for case in golden::all(major) {
            let script = |name: &str, text: String| Script { name: name.into(), text };
            let change = script("change.sql", file_of(&case));
            let setup: String = case.setup.iter().map(|sql| format!("{sql};\n")).collect();
            let judge = |score: &mut Score, before: Option<Script>| {
                let files: Vec<_> = before.into_iter().chain([change.clone()]).collect();
                score.count(&case, major, warns_of_long_blocks(&offline(&files), "change.sql"));
            };
            judge(&mut told, Some(script("state.sql", state_of(&case))));
            judge(&mut part, Some(script("setup.sql", setup)));
            judge(&mut bare, None);
            let (long, calm) = alike.entry(shape(&file_of(&case))).or_default();
            *(if case.seen(major).is_long() { long } else { calm }) += 1;
        }
        for (how, score) in
            [("the tables' files", &told), ("what was done to them", &part), ("nothing", &bare)]
        {
            eprintln!(
                "{major}, before it {how}: {} of {}, missed {:?}, false alarms {} {:?}",
                score.found(),
                score.long,
                score.missed,
                score.false_alarms.len(),
                score.false_alarms
            );
        }
        let least = least_false_alarms(alike.values().copied(), bare.missed.len());
        eprintln!(
            "{major}: whoever reads a statement alone and misses as many has {least} false alarms or more"
        );
        assert!(told.missed.len() <= 2 && told.false_alarms.len() <= 10, "{told:?}");
        assert!(part.missed.len() <= 2, "{part:?}");
        // Beyond those: an index that is there already under IF NOT EXISTS, and a view whose readers were not tried.
        assert!(bare.missed.len() <= 2 && bare.false_alarms.len() <= least + 2, "{bare:?}");
    }
}

/// A statement but for names, numbers and quoted words, which say nothing of a state.
fn shape(sql: &str) -> String {
    let mut shape = String::new();
    let mut before = "";
    for word in sql.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
        let (bare, end) =
            word.split_at(word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_').len());
        let is_name = before.ends_with('.') || before == "column " || before == "collate \"";
        let is_number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit());
        shape.push_str(if is_name {
            "x"
        } else if is_number {
            "0"
        } else {
            bare
        });
        shape.push_str(end);
        before = word;
    }
    shape
}

/// The fewest false alarms of anybody who cannot tell statements of one shape apart, by how many of each shape are long
/// and how many are not, and who may miss so many of the long ones.
fn least_false_alarms(shapes: impl Iterator<Item = (usize, usize)>, misses: usize) -> usize {
    let mut least = vec![0; misses + 1];
    for (long, calm) in shapes.filter(|(long, _)| *long > 0) {
        for missed in (0..=misses).rev() {
            let alarm = least[missed] + calm;
            least[missed] = missed.checked_sub(long).map_or(alarm, |rest| alarm.min(least[rest]));
        }
    }
    least[misses]
}

#[test]
fn other_majors_are_measured_alike() {
    for one in ["statements_do_what_was_measured", "lint_with_a_state_finds_every_long_block"] {
        support::for_each_server("NEXUS_PG_MATRIX", "NEXUS_LINT_SERVER", one);
    }
}

/// The codes that rules find in a file, in order, with the lines.
fn codes(text: &str) -> Vec<(usize, &'static str)> {
    let found = offline(&[Script { name: "change.sql".into(), text: text.into() }]);
    let mut codes: Vec<_> = found.iter().map(|d| (d.place().map_or(0, |label| label.line), d.code)).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn what_a_file_makes_itself_is_left_alone() {
    let file = "CREATE TABLE a (id int);\nCREATE INDEX ON a (id);\nALTER TABLE a ALTER id SET NOT NULL;\nDROP TABLE a;\n";
    assert_eq!(codes(file), []);
    assert_eq!(codes("CREATE INDEX ON b (id);\n"), [(1, "NX0502")]);
}

#[test]
fn a_lock_is_held_until_its_transaction_ends() {
    let step = "ALTER TABLE a ADD CONSTRAINT c CHECK (i > 0) NOT VALID;\n";
    let validate = "ALTER TABLE a VALIDATE CONSTRAINT c;\n";
    assert_eq!(codes(&format!("{step}{validate}")), []);
    assert_eq!(codes(&format!("BEGIN;\n{step}COMMIT;\n{validate}")), []);
    assert_eq!(codes(&format!("BEGIN;\n{step}{validate}COMMIT;\n")), [(3, "NX0502")]);
}

#[test]
fn comments_allow_what_is_right_below_them() {
    let statement = "CREATE INDEX ON a (id);\n";
    assert_eq!(codes(&format!("-- nexus: allow long-block it is small\n{statement}")), []);
    assert_eq!(codes(&format!("-- nexus: allow NX0502 it is small\n-- indeed\n{statement}")), []);
    // Without a reason, of another class, too far away: the finding stays, and the comment is one.
    let stays = |comment: &str| codes(&format!("{comment}\n{statement}"));
    assert_eq!(stays("-- nexus: allow long-block"), [(1, "NX0512"), (2, "NX0502")]);
    assert_eq!(stays("-- nexus: allow data-loss it is small"), [(1, "NX0512"), (2, "NX0502")]);
    assert_eq!(stays("-- nexus: allow everything it is small"), [(1, "NX0512"), (2, "NX0502")]);
    assert_eq!(stays("-- nexus: allow long-block it is small\n"), [(1, "NX0512"), (3, "NX0502")]);
}

#[test]
fn what_is_not_understood_is_told() {
    assert_eq!(codes("FROBNICATE TABLE a;\n"), [(1, "NX0511")]);
    let deep = format!("SELECT {}1{};", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(codes(&deep), [(1, "NX0511")]);
}

#[test]
fn what_is_taken_away_or_relied_on_is_told() {
    let cases = [
        ("DROP TABLE a;", "NX0501"),
        ("ALTER TABLE a DROP COLUMN b;", "NX0501"),
        ("ALTER TABLE a RENAME COLUMN b TO c;", "NX0505"),
        ("ALTER TABLE a RENAME TO c;", "NX0505"),
        ("ALTER TABLE a ADD COLUMN b int NOT NULL;", "NX0504"),
        ("ALTER TABLE a DISABLE ROW LEVEL SECURITY;", "NX0507"),
        ("UPDATE a SET b = 1;", "NX0508"),
    ];
    for (sql, code) in cases {
        assert_eq!(codes(sql), [(1, code)], "{sql}");
    }
}

/// What a run on scratch finds: the codes with their lines.
async fn measured(scratch: &Scratch, state: &str, name: &str, text: &str) -> Vec<(usize, &'static str)> {
    let mut session = scratch.fresh().await.expect("makes a database");
    session.run(state).await.expect("the state runs");
    let scripts = [Script { name: name.into(), text: text.into() }];
    let run = nexus_migrate::lint::run(&mut session, Company::Others, &scripts).await.expect("runs");
    let found = run.diagnostics(&scripts);
    let mut codes: Vec<_> = found.iter().map(|d| (d.place().map_or(0, |label| label.line), d.code)).collect();
    codes.sort_unstable();
    codes
}

#[tokio::test]
async fn files_are_run_as_they_say() {
    let Some(scratch) = scratch("files with transactions").await else { return };
    let state = "CREATE TABLE a (i int); INSERT INTO a VALUES (1), (2), (NULL)";
    let check = "ALTER TABLE a ADD CONSTRAINT c CHECK (i > 0) NOT VALID;\n";
    let validate = "ALTER TABLE a VALIDATE CONSTRAINT c;\n";
    let concurrently = "CREATE INDEX CONCURRENTLY ON a (i);\n";
    let cases = [
        ("f.sql", format!("{check}{validate}{concurrently}"), vec![]),
        ("f.sql", format!("BEGIN;\n{check}{validate}COMMIT;\n"), vec![(3, "NX0502")]),
        // So sqlx runs its migrations.
        ("1_f.up.sql", format!("{check}{validate}"), vec![(2, "NX0502")]),
        ("1_f.up.sql", concurrently.to_owned(), vec![(1, "NX0510")]),
        ("1_f.up.sql", format!("-- no-transaction\n{concurrently}"), vec![]),
        ("f.sql", "CREATE TABLE b AS SELECT * FROM a;\nCREATE INDEX ON b (i);\n".to_owned(), vec![]),
        ("f.sql", "ALTER TABLE a ALTER i SET NOT NULL;\n".to_owned(), vec![(1, "NX0504")]),
        (
            "f.sql",
            "SELECT nothing FROM a;\nCREATE INDEX ON a (i);\n".to_owned(),
            vec![(1, "NX0510"), (2, "NX0502")],
        ),
        ("f.sql", "\\d a\n".to_owned(), vec![(1, "NX0511")]),
    ];
    for (name, text, expected) in cases {
        assert_eq!(measured(&scratch, state, name, &text).await, expected, "{name}:\n{text}");
    }
}
