//! Runs the trials of `tests/trials` at any size, such as `trials crash NEXUS 2000`.
//!
//! Prints one line, and one for each fault. `cargo xtask` runs it.

#[path = "../tests/trials/crash.rs"]
mod crash;
#[path = "../tests/trials/fleet.rs"]
mod fleet;
#[path = "../tests/trials/race.rs"]
mod race;
#[path = "../tests/trials/servers.rs"]
mod servers;
#[path = "../tests/trials/speed.rs"]
mod speed;
#[path = "../tests/trials/tamper.rs"]
mod tamper;
#[path = "../tests/trials/work.rs"]
mod work;

use std::path::Path;
use std::process::ExitCode;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().unwrap_or(1);
    let seed = |rest: &[&str]| rest.first().map_or(1, |text| text.parse().unwrap_or(1));
    let outcome = match words.as_slice() {
        ["crash", nexus, kills, rest @ ..] => crash::run(Path::new(nexus), number(kills), seed(rest))
            .await
            .map(|outcome| (outcome.text(), outcome.faults)),
        ["race", races, rest @ ..] => race::run(number(races), seed(rest)).await.map(|outcome| {
            let deadlocks = (outcome.deadlocks > 0).then(|| "deadlocks".to_owned());
            (outcome.text(), outcome.faults.into_iter().chain(deadlocks).collect())
        }),
        ["tamper", changes, rest @ ..] => {
            tamper::run(number(changes), seed(rest)).await.map(|outcome| (outcome.text(), outcome.faults))
        }
        ["fleet", nexus, tenants, ..] => {
            let slow = |outcome: &fleet::Outcome| outcome.is_slow().then(|| "slower than it may be".to_owned());
            fleet::run(Path::new(nexus), number(tenants)).await.map(|outcome| {
                let slow = slow(&outcome);
                (outcome.text(), outcome.faults.into_iter().chain(slow).collect())
            })
        }
        ["speed", nexus, files, ..] => {
            let this = std::env::current_exe().unwrap_or_default();
            speed::run(Path::new(nexus), &this, number(files)).await.map(|outcome| {
                let slow = outcome.is_slow().then(|| "slower than sqlx".to_owned());
                (outcome.text(), slow.into_iter().collect())
            })
        }
        ["sqlx", url, dir] => speed::sqlx(url, Path::new(dir)).await.map(|()| (String::new(), Vec::new())),
        _ => Err("usage: trials crash NEXUS KILLS [SEED] | race RACES [SEED] | tamper CHANGES [SEED] | fleet NEXUS TENANTS | speed NEXUS FILES".into()),
    };
    match outcome {
        Ok((text, faults)) => {
            println!("{text}");
            faults.iter().for_each(|fault| println!("  {fault}"));
            if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}
