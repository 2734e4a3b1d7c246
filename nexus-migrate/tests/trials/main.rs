//! Samples of the trials that `cargo xtask` runs at full size: kills, races, tampering.

mod crash;
#[allow(dead_code, reason = "how long it takes is judged at full size only")]
mod fleet;
mod pooler;
mod race;
mod servers;
mod tamper;
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
    let outcome = crash::run(nexus, size("NEXUS_TRIALS_CRASH", 30), 1).await;
    let Some(outcome) = left_out(outcome) else { return };
    assert!(outcome.faults.is_empty(), "{}\n{}", outcome.text(), outcome.faults.join("\n"));
    assert!(
        outcome.total() >= 30 && outcome.kills.iter().filter(|n| **n > 0).count() >= 4,
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_tampered_with_is_told_by_its_name() {
    let Some(outcome) = left_out(tamper::run(size("NEXUS_TRIALS_TAMPER", 150), 1).await) else { return };
    assert!(outcome.faults.is_empty(), "{}\n{}", outcome.text(), outcome.faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_stops_at_a_failure_and_goes_on_when_it_is_mended() {
    let nexus = Path::new(env!("CARGO_BIN_EXE_nexus"));
    let Some(outcome) = left_out(fleet::run(nexus, size("NEXUS_TRIALS_FLEET", 40)).await) else { return };
    assert!(outcome.faults.is_empty(), "{}\n{}", outcome.text(), outcome.faults.join("\n"));
}
