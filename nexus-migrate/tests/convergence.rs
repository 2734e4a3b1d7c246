//! Runs the cases of `cases/`: from a state to another and back, on a real server, with nothing left over.
//!
//! A case is a Markdown file: what it shows, and blocks of SQL.
//! ```text
//! before  the one state                    rows  what is in its tables; else the prover makes up rows
//! after   the other                        keep  a query that answers the same at both ends
//! plan    what `nexus diff` prints, exact
//! plain   what `nexus diff --plain` prints, exact; then that way is gone too
//! ```
//! Lines such as `roles: a, b` before the blocks name roles that must exist; `extension: x` leaves a case out where
//! the server has no such extension, `major: 18` where it is older; `loses: yes` allows the plan to take rows away;
//! `dump: why` says why `pg_dump` sees a difference; `witness: pg_dump` that nothing else sees one. Cases in `cases/known/` fail as yet, and a fix is
//! noticed. NEXUS_CASE=part,part runs some; NEXUS_PLAIN=1 goes the plain way in all of them; with NEXUS_PG_MATRIX they run on every server of the matrix too.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nexus_migrate::change::{Change, change};
use nexus_migrate::db::{Scratch, ScratchOptions, Session};
use nexus_migrate::doors::{Bench, State};
use nexus_migrate::introspect::introspect;
use nexus_migrate::plan::Traffic;
use nexus_migrate::prove::{Claim, prove};
use nexus_schema::catalog::Catalog;
use support::case::{Case, files};

/// How many run side by side, each on a server of its own.
const WORKERS: usize = 2;

/// Set for a run of this program on one folder of programs; then the cases run on that server or not at all.
const ONE: &str = "NEXUS_PG_ONE";

type Problem = Box<dyn std::error::Error + Send + Sync>;

#[tokio::test(flavor = "multi_thread")]
async fn every_case_leads_there_and_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = files(&folder);
    let known = files(&folder.join("known"));
    if let Some(programs) = std::env::var_os(ONE) {
        let major = support::version(&Path::new(&programs).join("postgres"));
        let scratch = Scratch::start(&ScratchOptions::default()).await.expect("starts");
        assert_eq!(Some(scratch.server().major()), major, "{}", programs.display());
        eprintln!("on {}", scratch.server());
    }
    let mut wrong = Vec::new();
    let mut run = 0;
    let mut elsewhere = 0;
    for (name, result) in all(cases).await {
        match result {
            Ok(Verdict::Holds) => run += 1,
            Ok(Verdict::LeftOut(why)) => support::left_out(&name, &why),
            Ok(Verdict::NotHere) => elsewhere += 1,
            Err(problem) => wrong.push(format!("{name}: {}", chain(&*problem))),
        }
    }
    for (name, result) in all(known).await {
        match result {
            Ok(Verdict::Holds) => wrong.push(format!("known/{name} holds now: move it up")),
            Ok(Verdict::LeftOut(why)) => support::left_out(&name, &why),
            Ok(Verdict::NotHere) => elsewhere += 1,
            Err(problem) => eprintln!("fails as yet: {name}: {}", chain(&*problem).replace('\n', "\n  ")),
        }
    }
    eprintln!("{run} cases hold, {elsewhere} are for another server");
    assert!(wrong.is_empty(), "{} cases do not hold:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_case_on_every_server_of_the_matrix() {
    support::for_each_server("NEXUS_PG_MATRIX", ONE, "every_case_leads_there_and_back");
}

fn chain(problem: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(problem), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

enum Verdict {
    Holds,
    LeftOut(String),
    /// What it shows is not there yet on this major, or cannot be seen there.
    NotHere,
}

async fn all(files: Vec<PathBuf>) -> BTreeMap<String, Result<Verdict, Problem>> {
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let mine: Vec<_> = files.iter().skip(worker).step_by(WORKERS).cloned().collect();
        workers.push(tokio::spawn(async move {
            let mut bench = Bench::new(ScratchOptions::default());
            let mut results = Vec::new();
            for file in mine {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let case = Case::read(&file);
                let result = match bench.scratch().await {
                    Ok(_) => case.run(&mut bench).await,
                    Err(error) => Ok(Verdict::LeftOut(error.to_string())),
                };
                results.push((name, result));
            }
            bench.stop().await;
            results
        }));
    }
    let mut results = BTreeMap::new();
    for worker in workers {
        results.extend(worker.await.expect("a case fails by returning"));
    }
    results
}

impl Case {
    async fn run(&self, bench: &mut Bench) -> Result<Verdict, Problem> {
        let mut session = bench.fresh().await?;
        if let Some(extension) = self.settings.get("extension") {
            let available = format!("SELECT 1 FROM pg_available_extensions WHERE name = '{extension}'");
            if session.rows(&available).await?.is_empty() {
                return Ok(Verdict::LeftOut(format!("no extension {extension}")));
            }
        }
        let major = bench.scratch().await?.server().major();
        if !self.is_for(major) {
            return Ok(Verdict::NotHere);
        }
        let seen = bench.scratch().await?.second_sessions() && support::client("pg_dump", major).is_some();
        if self.settings.contains_key("witness") && !seen && std::env::var_os(ONE).is_some() {
            return Ok(Verdict::NotHere);
        }
        if self.settings.contains_key("witness") && !seen {
            return Ok(Verdict::LeftOut("only pg_dump sees it, and it cannot reach this server".into()));
        }
        self.start(&mut session, "before").await?;
        let prev = introspect(&mut session).await?;
        let mut other = bench.fresh().await?;
        self.start(&mut other, "after").await?;
        let next = introspect(&mut other).await?;
        for catalog in [&prev, &next] {
            let again = Catalog::from_lines(&catalog.to_lines())?;
            check(again == *catalog, || "the state changes when it is written down".into())?;
        }
        for state in [&prev, &next] {
            let nothing = between(bench, state, state).await?.up.to_sql();
            check(nothing.is_empty(), || format!("a state differs from itself:\n{nothing}"))?;
        }
        for (block, traffic) in [("plan", Traffic::default()), ("plain", Traffic::none())] {
            let Some(plan) = self.blocks.get(block) else { continue };
            let sql = under(bench, &prev, &next, traffic).await?.up.to_sql();
            check(sql == *plan, || format!("the {block} is another one:\n{sql}"))?;
        }
        if self.blocks.contains_key("plain") {
            let mut ends = [bench.fresh().await?, bench.fresh().await?];
            self.start(&mut ends[0], "before").await?;
            self.start(&mut ends[1], "after").await?;
            let there = under(bench, &prev, &next, Traffic::none()).await?;
            self.there_and_back(bench, ends, there).await?;
        }
        let there = between(bench, &prev, &next).await?;
        self.there_and_back(bench, [session, other], there).await?;
        Ok(Verdict::Holds)
    }

    async fn there_and_back(
        &self,
        bench: &mut Bench,
        [mut session, other]: [Session; 2],
        there: Change,
    ) -> Result<(), Problem> {
        session.run(self.block("rows")).await?;
        let kept = self.keep(&mut session).await?;
        support::go(&mut session, &there.up).await.map_err(|error| format!("forward: {error}"))?;
        let reached = introspect(&mut session).await?;
        let rest = between(bench, &reached, &there.next).await?.up.to_sql();
        check(rest.is_empty(), || {
            format!("left after the way forward:\n{rest}\nof:\n{}", there.up.to_sql())
        })?;
        check(kept == self.keep(&mut session).await?, || "rows changed on the way forward".into())?;
        if !self.settings.contains_key("dump") {
            same_dump(bench, &session, &other).await?;
        }
        support::go(&mut session, &there.down).await.map_err(|error| format!("backward: {error}"))?;
        let back = introspect(&mut session).await?;
        let rest = between(bench, &back, &there.prev).await?.up.to_sql();
        check(rest.is_empty(), || format!("left after the way back:\n{rest}\nof:\n{}", there.down.to_sql()))?;
        check(kept == self.keep(&mut session).await?, || "rows changed on the way back".into())?;
        drop((session, other));
        let losing = self.settings.contains_key("loses");
        check(losing || there.up.loses().next().is_none(), || {
            format!("the plan loses data:\n{}", there.up.to_human())
        })?;
        let mut session = bench.fresh().await?;
        nexus_migrate::doors::materialize(&mut session, &there.prev).await?;
        let proof = prove(bench, &mut session, &Claim::of(&there)).await?;
        check(proof.holds(), || {
            format!("no proof: {:?} {:?} {:?}", proof.forward, proof.backward, proof.rows.lost)
        })
    }

    async fn keep(&self, session: &mut Session) -> Result<Vec<Vec<Option<String>>>, Problem> {
        Ok(session.rows(self.block("keep")).await?)
    }
}

async fn between(bench: &mut Bench, prev: &Catalog, next: &Catalog) -> Result<Change, Problem> {
    under(bench, prev, next, usual()).await
}

fn usual() -> Traffic {
    if std::env::var_os("NEXUS_PLAIN").is_some() { Traffic::none() } else { Traffic::default() }
}

async fn under(
    bench: &mut Bench,
    prev: &Catalog,
    next: &Catalog,
    traffic: Traffic,
) -> Result<Change, Problem> {
    let state = |traffic, catalog: &Catalog| State { catalog: catalog.clone(), traffic, ..State::default() };
    Ok(change(bench, state(Traffic::default(), prev), state(traffic, next)).await?)
}

/// The reader may not be its own only witness: what it does not see, `pg_dump` does.
async fn same_dump(bench: &mut Bench, reached: &Session, wanted: &Session) -> Result<(), Problem> {
    let scratch = bench.scratch().await?;
    if !scratch.second_sessions() {
        return Ok(());
    }
    let major = scratch.server().major();
    let read = |session: &Session| support::dump(session.url(), major, &["--schema-only"]);
    let (Some(reached), Some(wanted)) = (read(reached), read(wanted)) else { return Ok(()) };
    let (reached, wanted) = (statements(&reached), statements(&wanted));
    let extra = reached.iter().filter(|statement| !wanted.contains(statement));
    let missing = wanted.iter().filter(|statement| !reached.contains(statement));
    let mut words: Vec<_> = extra.map(|statement| format!("- {statement}")).collect();
    words.extend(missing.map(|statement| format!("+ {statement}")));
    check(words.is_empty(), || format!("pg_dump sees more:\n{}", words.join("\n")))
}

/// The entries of a dump, in whatever order.
///
/// In a tree of tables PostgreSQL 18 names a not-null constraint after one table or another; such a name is not state.
fn statements(dump: &str) -> Vec<String> {
    let is_given = |name: &str| {
        let bare = name.trim_matches('"').trim_end_matches(char::is_numeric);
        !name.contains(['\n', '(']) && bare.ends_with("_not_null")
    };
    let plain = dump.split("CONSTRAINT ").map(|part| match part.split_once(" NOT NULL") {
        Some((name, rest)) if is_given(name) => format!("NOT NULL{rest}"),
        _ => format!("CONSTRAINT {part}"),
    });
    let dump = plain.collect::<String>();
    let code = dump.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    code.split("\n\n").map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
}

fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
