//! `nexus diff`: the way from one state to another, as a plan.

use super::CommandError;
use crate::change::change;
use crate::db::ScratchOptions;
use crate::doors::{Bench, Door, read_pair};
pub use crate::plan::Plan;
use crate::plan::Traffic;

/// What `nexus diff` is asked.
#[derive(Debug, Clone)]
pub struct DiffArgs {
    /// The door to the state before.
    pub from: String,
    /// The door to the state after.
    pub to: String,
    /// Whether nobody uses the database.
    pub plain: bool,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What `nexus diff` found.
#[derive(Debug)]
pub struct Outcome {
    /// The steps; none if the states are equal.
    pub plan: Plan,
}

/// Plans the way between two doors. Changes nothing behind either.
pub async fn diff(args: &DiffArgs) -> Result<Outcome, CommandError> {
    let DiffArgs { from, to, plain, dev_url } = args;
    let mut bench = Bench::new(ScratchOptions { dev_url: dev_url.clone(), ..ScratchOptions::default() });
    let (from, to) = (Door::parse(from), Door::parse(to));
    let (prev, mut next) = read_pair(&mut bench, &from, &to).await?;
    if *plain {
        next.traffic = Traffic::none();
    }
    let change = change(&mut bench, prev, next).await?;
    bench.stop().await;
    Ok(Outcome { plan: change.up })
}
