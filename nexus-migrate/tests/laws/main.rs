//! Laws that hold for every schema, tried on random ones: the same ones in every run.
//!
//! A run is a walk from schema to schema; each two that follow each other are a pair. NEXUS_LAW_CASES says how many
//! pairs, NEXUS_LAW_SEED which ones, NEXUS_LAW_FIRST with which to begin. A pair that breaks a law is made smaller, in at
//! most NEXUS_LAW_SHRINK attempts, and printed as two schemas; the run goes on, and ends with a line for each of them and
//! a count by cause. `cargo xtask laws` is a long run.

#[path = "../support/mod.rs"]
mod support;

mod genes;
mod held;
mod parts;
mod rest;
mod schema;
mod table;

use std::collections::BTreeMap;
use std::time::Instant;

use genes::{Genes, Pair, Walk};
use held::{Ground, Problem, Stand};

/// How many pairs there are unless somebody says otherwise: what a minute is enough for.
const PAIRS: u32 = 160;
/// How many run side by side, each on a server of its own.
const WORKERS: u32 = 2;
/// After how many broken laws a worker stops: by then it is the server that is broken.
const ENOUGH: usize = 1000;
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
    let mut found = Found::default();
    for worker in workers {
        let Found { broken, refused } = worker.join().expect("a law fails by returning");
        found.broken.extend(broken);
        found.refused += refused;
    }
    let Found { broken, refused } = found;
    let (held, seconds) =
        (pairs - u32::try_from(broken.len()).unwrap_or(pairs), start.elapsed().as_secs_f64());
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for problem in &broken {
        eprintln!("broken: {}", problem.line());
        *causes.entry(problem.cause()).or_default() += 1;
    }
    for (cause, n) in &causes {
        eprintln!("{n} times: {cause}");
    }
    eprintln!(
        "{pairs} pairs, seed {seed}: {held} hold, {refused} of them with a step that refuses rows; {} broken; {seconds:.0} s",
        broken.len()
    );
    assert!(broken.is_empty(), "{} broken", broken.len());
}

/// What a worker found.
#[derive(Default)]
struct Found {
    broken: Vec<Broken>,
    /// Pairs that hold, some step of which refuses rows that a rule of the state after does not let in.
    refused: u32,
}

/// A pair that breaks a law.
struct Broken {
    seed: u32,
    case: u32,
    problem: String,
}

impl Broken {
    fn line(&self) -> String {
        let Self { seed, case, problem } = self;
        format!("seed {seed}, case {case}: {}", problem.lines().next().unwrap_or_default())
    }

    /// What it says but for names.
    fn cause(&self) -> String {
        let first = self.problem.lines().next().unwrap_or_default();
        let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || "[]:,-/".contains(c));
        first.split(' ').filter(is_word).take(16).collect::<Vec<_>>().join(" ")
    }
}

fn work(cases: std::ops::Range<u32>, seed: u32) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    let mut ground = match runtime.block_on(Ground::open()) {
        Ok(ground) => ground,
        Err(why) => {
            support::left_out("laws", &why.to_string());
            return Found::default();
        }
    };
    let start = Instant::now();
    let mut found = Found::default();
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
            Ok((stand, refused)) => {
                here = Some((pair.1, stand));
                found.refused += u32::from(refused);
            }
            Err(problem) => {
                let broken = Broken { seed, case, problem: problem.to_string() };
                eprintln!("{}", broken.line());
                report(&broken, pair, |prev, next| {
                    runtime.block_on(ground.laws(prev, next)).map_err(|problem| problem.to_string())
                });
                found.broken.push(broken);
                if found.broken.len() >= ENOUGH {
                    break;
                }
            }
        }
    }
    drop(here);
    runtime.block_on(ground.close());
    found
}

/// Tries a pair, the first of which may stand already; leaves the second standing, and says whether rows were refused.
async fn step(
    ground: &mut Ground,
    standing: Option<Stand>,
    (prev, next): &Pair,
) -> Result<(Stand, bool), Problem> {
    let mut before = match standing {
        Some(stand) => stand,
        None => ground.stand(&schema::sql(prev)).await?,
    };
    let after = match ground.stand(&schema::sql(next)).await {
        Ok(after) => after,
        Err(problem) => {
            ground.clear(before).await;
            return Err(problem);
        }
    };
    let held = ground.pair(&mut before, &after).await;
    ground.clear(before).await;
    match held {
        Ok(refused) => Ok((after, refused)),
        Err(problem) => {
            ground.clear(after).await;
            Err(problem)
        }
    }
}

/// Makes a pair that breaks a law smaller, and prints it.
fn report(broken: &Broken, pair: Pair, mut laws: impl FnMut(&str, &str) -> Result<(), String>) {
    let Broken { seed, case, problem } = broken;
    let mut holds = |pair: &Pair| laws(&schema::sql(&pair.0), &schema::sql(&pair.1));
    let attempts = number("NEXUS_LAW_SHRINK", ATTEMPTS);
    let (pair, problem) = genes::smallest(pair, problem.clone(), attempts, &mut holds);
    let (prev, next) = (schema::sql(&pair.0), schema::sql(&pair.1));
    eprintln!("seed {seed}, case {case}: {problem}\nfrom:\n{prev}\nto:\n{next}");
}
