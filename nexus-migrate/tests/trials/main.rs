//! Samples of the trials that `cargo xtask` runs at full size: kills, races, tampering.

mod crash;
mod pooler;
mod race;
mod servers;
mod work;

use std::path::Path;

/// How many trials: the sample, or what a variable says.
fn size(variable: &str, sample: u32) -> u32 {
    std::env::var(variable).ok().and_then(|size| size.parse().ok()).unwrap_or(sample)
}

/// Whether there is no native server; fails where one is required.
fn left_out<T>(outcome: Result<T, String>) -> Option<T> {
    match outcome {
        Ok(outcome) => Some(outcome),
        Err(why) => {
            let required = std::env::var_os("NEXUS_REQUIRE_NATIVE").is_some_and(|value| value == "1");
            assert!(!required, "{why}");
            eprintln!("left out: {why}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_anywhere_is_finished_by_the_next() {
    let nexus = Path::new(env!("CARGO_BIN_EXE_nexus"));
    let outcome = crash::run(nexus, size("NEXUS_TRIALS_CRASH", 40), 1).await;
    let Some(outcome) = left_out(outcome) else { return };
    assert!(outcome.faults.is_empty(), "{}\n{}", outcome.text(), outcome.faults.join("\n"));
    assert!(
        outcome.total() >= 40 && outcome.kills.iter().filter(|n| **n > 0).count() >= 4,
        "{}",
        outcome.text()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_that_race_apply_once() {
    let Some(outcome) = left_out(race::run(size("NEXUS_TRIALS_RACE", 6), 1).await) else { return };
    assert!(outcome.faults.is_empty(), "{}\n{}", outcome.text(), outcome.faults.join("\n"));
    assert_eq!(outcome.deadlocks, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_of_transactions_is_refused() {
    for sessions in [1, 2, 3, 5] {
        let Some(done) = left_out(pooler::run(sessions).await) else { return };
        let refused = matches!(done, Err(nexus_migrate::apply::ApplyError::TransactionPooling));
        assert!(refused, "with {sessions} sessions: {done:?}");
    }
}
