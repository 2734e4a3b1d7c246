//! `nexus apply --fleet`: migrates many databases, or many schemas of tenants, a few at once.
//!
//! Each target keeps its own ledger, so a fleet needs no memory: what is done has nothing pending the next time.

mod file;

use std::path::PathBuf;

use futures_util::{StreamExt, stream};
use serde::Serialize;

pub use file::{Fleet, Target};

use super::apply::open;
use super::drift::DriftGate;
use super::{CommandError, Progress};
use crate::apply::{self, ApplyError, Gate, Options};
use crate::history::History;

/// What to apply to which fleet.
#[derive(Debug, Clone)]
pub struct FleetArgs {
    /// The migrations directory.
    pub dir: PathBuf,
    /// The targets.
    pub fleet: Fleet,
    /// Whether only to say what is pending.
    pub dry_run: bool,
    /// Whether databases may be in another state than their migrations made.
    pub allow_drift: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
    /// How to apply.
    pub options: Options,
}

/// What became of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// So many migrations were applied, or would be.
    Applied(usize),
    /// It failed, and why.
    Failed(String),
    /// Too many others had failed before.
    NotBegun,
}

/// A target and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of all of them, in the order of the file with canaries first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FleetReport {
    /// The targets.
    pub targets: Vec<Told>,
}

impl FleetReport {
    /// Whether every target is where it should be.
    pub fn is_well(&self) -> bool {
        self.targets.iter().all(|told| matches!(told.fate, Fate::Applied(_)))
    }

    /// How many targets had something applied, had nothing pending, failed, and were not begun.
    pub fn counts(&self) -> [usize; 4] {
        let count = |of: fn(&Fate) -> bool| self.targets.iter().filter(|told| of(&told.fate)).count();
        [
            count(|fate| matches!(fate, Fate::Applied(1..))),
            count(|fate| matches!(fate, Fate::Applied(0))),
            count(|fate| matches!(fate, Fate::Failed(_))),
            count(|fate| matches!(fate, Fate::NotBegun)),
        ]
    }
}

/// Applies what is pending to every target: the canaries one by one, then the rest, so many at once.
///
/// After [`Fleet::failures`] failures, or one of a canary, no other target begins; those that have begun end.
pub async fn fleet(args: &FleetArgs, progress: &dyn Progress) -> Result<FleetReport, CommandError> {
    let history = open(&args.dir)?;
    let Fleet { width, failures, canaries, targets } = &args.fleet;
    let of = targets.len();
    let mut report = FleetReport::default();
    let (first, rest) = targets.split_at(*canaries);
    for (n, target) in first.iter().enumerate() {
        progress.stage(&format!("canary {}", target.name));
        let fate = if report.is_well() { one(args, &history, target).await } else { Fate::NotBegun };
        report.targets.push(Told { name: target.name.clone(), fate });
        progress.steps(n + 1, of);
    }
    let failed = std::cell::Cell::new(if report.is_well() { 0 } else { *failures });
    let done = std::cell::Cell::new(report.targets.len());
    let run = |target| {
        let (failed, done, history) = (&failed, &done, &history);
        async move {
            let fate =
                if failed.get() < *failures { one(args, history, target).await } else { Fate::NotBegun };
            if matches!(fate, Fate::Failed(_)) {
                failed.set(failed.get() + 1);
            }
            done.set(done.get() + 1);
            progress.stage(&format!("{} failed", failed.get()));
            progress.steps(done.get(), of);
            Told { name: target.name.clone(), fate }
        }
    };
    let mut told: Vec<(usize, Told)> = stream::iter(rest.iter().enumerate())
        .map(|(n, target)| {
            let run = run(target);
            async move { (n, run.await) }
        })
        .buffer_unordered(*width)
        .collect()
        .await;
    told.sort_by_key(|(n, _)| *n);
    report.targets.extend(told.into_iter().map(|(_, told)| told));
    Ok(report)
}

async fn one(args: &FleetArgs, history: &History, target: &Target) -> Fate {
    let options = Options { schema: target.schema.clone(), ..args.options.clone() };
    let mut gate = DriftGate::new(args.dev_url.clone());
    // What is in other schemas of a shared database is not the tenant's.
    let checks = !args.allow_drift && target.schema.is_none();
    let gate: Option<&mut dyn Gate> = if checks { Some(&mut gate) } else { None };
    let done = if args.dry_run {
        apply::dry_run(&target.url, history, &options, gate).await.map(|pending| pending.len())
    } else {
        apply::apply(&target.url, history, &options, gate, &mut |_| {})
            .await
            .map(|report| report.applied.len())
    };
    done.map_or_else(|error| Fate::Failed(in_one_line(error)), Fate::Applied)
}

fn in_one_line(error: ApplyError) -> String {
    match CommandError::from(error) {
        CommandError::Found(failure) | CommandError::Usage(failure) | CommandError::World(failure) => {
            let parts: Vec<_> = std::iter::once(failure.message.clone()).chain(failure.causes()).collect();
            parts.join(": ")
        }
        CommandError::Author(_) => String::new(),
    }
}
