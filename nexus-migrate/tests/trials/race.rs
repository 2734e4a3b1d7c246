//! Lets many runs loose on one database at the same moment.

use nexus_migrate::apply::{self, ApplyError, Options, Report};
use nexus_migrate::history::History;

use super::servers::{Chance, Cluster, rows, write};
use super::work;

/// What became of the trials.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) races: u32,
    pub(crate) runners: u64,
    pub(crate) deadlocks: u64,
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    pub(crate) fn text(&self) -> String {
        let Self { races, runners, deadlocks, faults } = self;
        format!("{races} races of {runners} runners: {deadlocks} deadlocks, {} faults", faults.len())
    }
}

/// Holds races of 2 to 16 runners each.
pub(crate) async fn run(races: u32, seed: u64) -> Result<Outcome, String> {
    let mut cluster = Cluster::start().await?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let history = write(dir.path(), &work::ups());
    let url = cluster.create("alone").await;
    apply::apply(&url, &history, &Options::default(), None, &mut |_| {})
        .await
        .map_err(|error| error.to_string())?;
    let expected = work::state(&url).await;
    let mut outcome = Outcome::default();
    let mut chance = Chance(seed);
    for race in 0..races {
        let name = format!("race_{race}");
        let url = cluster.create(&name).await;
        let runners = 2 + chance.below(15);
        outcome.runners += runners;
        let reports = together(&url, &history, runners).await;
        let mut applied: Vec<i64> = Vec::new();
        for report in reports {
            match report {
                Ok(report) => applied.extend(report.applied.iter().map(|applied| applied.version)),
                Err(error) => outcome.faults.push(format!("{name}: {error}")),
            }
        }
        applied.sort_unstable();
        let once: Vec<i64> = history.migrations().iter().map(|m| m.version).collect();
        if applied != once {
            outcome.faults.push(format!("{name}: applied {applied:?}"));
        }
        let faults = work::faults(&url, &expected, &history).await;
        outcome.faults.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        let deadlocks = rows(&url, deadlocks).await.concat().concat();
        outcome.deadlocks += deadlocks.parse::<u64>().map_err(|error| error.to_string())?;
        outcome.races += 1;
        cluster.drop(&name).await;
    }
    Ok(outcome)
}

async fn together(url: &str, history: &History, runners: u64) -> Vec<Result<Report, ApplyError>> {
    let options = Options::default();
    let one = || async { apply::apply(url, history, &options, None, &mut |_| {}).await };
    futures_util::future::join_all((0..runners).map(|_| one())).await
}
