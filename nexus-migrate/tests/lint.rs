//! What statements do to clients: measured, and told by `nexus lint`, against what was measured before by others.

mod support;

#[path = "lint/golden.rs"]
mod golden;

use std::collections::BTreeMap;

use golden::{Golden, Seen};
use nexus_migrate::db::{DbError, Prefer, Scratch, ScratchOptions, Session};
use nexus_migrate::measure::{Client, Company, Mode, Observation, Watch, alone};

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

#[test]
fn statements_do_what_was_measured_on_other_majors() {
    support::for_each_server("NEXUS_PG_MATRIX", "NEXUS_LINT_SERVER", "statements_do_what_was_measured");
}
