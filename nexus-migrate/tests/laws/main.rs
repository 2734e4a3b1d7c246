//! Laws that hold for every schema, tried on random ones: the same ones in every run.
//!
//! A run is a walk from schema to schema; each two that follow each other are a pair. NEXUS_LAW_CASES says how many
//! pairs, NEXUS_LAW_SEED which ones, NEXUS_LAW_FIRST with which to begin. A pair that breaks a law is made smaller, in at
//! most NEXUS_LAW_SHRINK attempts, and printed as two schemas.

#[path = "../support/mod.rs"]
mod support;

mod genes;
mod held;
mod parts;
mod schema;
mod table;

use std::time::Instant;

use genes::{Genes, Pair, Walk};
use held::{Ground, Problem, Stand};

/// How many pairs there are unless somebody says otherwise: these hold. Longer runs still find pairs that do not.
const PAIRS: u32 = 48;
/// How many run side by side, each on a server of its own.
const WORKERS: u32 = 2;
/// After how many broken laws a worker stops.
const ENOUGH: usize = 40;
/// How often a pair is tried smaller.
const ATTEMPTS: u32 = 120;
/// After how many pairs a worker says how far it is.
const PROGRESS: u32 = 250;

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn every_way_leads_there_and_back() {
    let (pairs, seed) = (number("NEXUS_LAW_CASES", PAIRS), number("NEXUS_LAW_SEED", 0));
    let first = number("NEXUS_LAW_FIRST", 0);
    let start = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| {
            std::thread::spawn(move || work(first..first + pairs / WORKERS, seed * WORKERS + worker))
        })
        .collect();
    let problems: Vec<_> =
        workers.into_iter().flat_map(|worker| worker.join().expect("a law fails by returning")).collect();
    eprintln!("{pairs} pairs, seed {seed}, {:.0} s", start.elapsed().as_secs_f64());
    assert!(problems.is_empty(), "{} broken:\n{}", problems.len(), problems.join("\n\n"));
}

fn work(cases: std::ops::Range<u32>, seed: u32) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    let mut ground = match runtime.block_on(Ground::open()) {
        Ok(ground) => ground,
        Err(why) => {
            support::left_out("laws", &why.to_string());
            return Vec::new();
        }
    };
    let start = Instant::now();
    let mut found = Vec::new();
    let mut walk = Walk::new(seed);
    let mut here: Option<(Genes, Stand)> = None;
    for case in 0..cases.end {
        let pair = walk.step();
        if case < cases.start {
            continue;
        }
        let done = case - cases.start;
        if done.is_multiple_of(PROGRESS) && done > 0 {
            eprintln!("seed {seed}: {done} pairs, {:.0} s", start.elapsed().as_secs_f64());
        }
        let standing = here.take().filter(|(genes, _)| *genes == pair.0).map(|(_, stand)| stand);
        match runtime.block_on(step(&mut ground, standing, &pair)) {
            Ok(stand) => here = Some((pair.1, stand)),
            Err(problem) => {
                found.push(report(seed, case, pair, problem.to_string(), |prev, next| {
                    runtime.block_on(ground.laws(prev, next)).map_err(|problem| problem.to_string())
                }));
                if found.len() >= ENOUGH {
                    break;
                }
            }
        }
    }
    drop(here);
    runtime.block_on(ground.close());
    found
}

/// Tries a pair, the first of which may stand already, and leaves the second standing.
async fn step(ground: &mut Ground, standing: Option<Stand>, (prev, next): &Pair) -> Result<Stand, Problem> {
    let mut before = match standing {
        Some(stand) => stand,
        None => ground.stand(&schema::sql(prev)).await?,
    };
    let after = ground.stand(&schema::sql(next)).await?;
    let held = ground.pair(&mut before, &after).await;
    ground.clear(before).await;
    held.map(|()| after)
}

/// Makes a pair that breaks a law smaller, and says which it is.
fn report(
    seed: u32,
    case: u32,
    pair: Pair,
    problem: String,
    mut laws: impl FnMut(&str, &str) -> Result<(), String>,
) -> String {
    let first = problem.lines().next().unwrap_or_default();
    eprintln!("seed {seed}, case {case}: {first} (to be made smaller)");
    let mut holds = |pair: &Pair| laws(&schema::sql(&pair.0), &schema::sql(&pair.1));
    let (pair, problem) = genes::smallest(pair, problem, number("NEXUS_LAW_SHRINK", ATTEMPTS), &mut holds);
    let (prev, next) = (schema::sql(&pair.0), schema::sql(&pair.1));
    let report = format!("seed {seed}, case {case}: {problem}\nfrom:\n{prev}\nto:\n{next}");
    eprintln!("{report}");
    report
}
