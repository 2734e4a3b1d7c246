//! Compares what a proof recorded of locks and work with what a witness saw on a second server.

use std::collections::{BTreeMap, BTreeSet};

use nexus_migrate::change::change;
use nexus_migrate::db::Scratch;
use nexus_migrate::doors::{Bench, State, materialize};
use nexus_migrate::measure::{Mode, Observation};
use nexus_migrate::prove::{Claim, Measured, prove};

use crate::witness::{Problem, Sight, strongest, witness};

/// What was compared, and where the two did not agree.
#[derive(Debug, Default)]
pub(crate) struct Certificate {
    pub(crate) steps: usize,
    /// Steps whose locks the witness could not see.
    pub(crate) unseen: usize,
    /// Locks that both saw, files written anew, indexes built again, and tables read.
    pub(crate) facts: [usize; 4],
    /// What differs: locks, rewrites, rebuilds or scans; and how.
    pub(crate) differs: Vec<(&'static str, String)>,
}

/// Proves a change on one server and has it witnessed on another. Nothing where there is nothing to do.
pub(crate) async fn certify(
    bench: &mut Bench,
    second: &Scratch,
    prev: State,
    next: State,
) -> Result<Option<Certificate>, Problem> {
    let change = change(bench, prev, next).await?;
    if change.up.is_empty() {
        return Ok(None);
    }
    let mut session = bench.fresh().await?;
    materialize(&mut session, &change.prev).await?;
    let proof = prove(bench, &mut session, &Claim::of(&change)).await?;
    let sights = witness(second, &change).await?;
    let mut certificate = Certificate::default();
    let mut rest = sights.as_slice();
    for measured in &proof.steps {
        let (mine, after) =
            rest.split_at_checked(measured.steps.len()).ok_or("steps are witnessed one by one")?;
        rest = after;
        certificate.compare(measured, mine);
    }
    match rest {
        [] => Ok(Some(certificate)),
        _ => Err("there are more steps than were measured".into()),
    }
}

impl Certificate {
    fn compare(&mut self, measured: &Measured, sights: &[Sight]) {
        let Measured { steps, observation, .. } = measured;
        let Observation { locks, rewritten, rebuilt, scanned, .. } = observation;
        self.steps += steps.len();
        let mut note = |what, mine: BTreeSet<String>, theirs: BTreeSet<String>, fact: usize| {
            self.facts[fact] += mine.intersection(&theirs).count();
            if mine != theirs {
                let words = format!("{}: recorded {mine:?}, witnessed {theirs:?}", steps.join(", "));
                self.differs.push((what, words));
            }
        };
        let all = |list: fn(&Sight) -> &BTreeSet<String>| sights.iter().flat_map(list).cloned().collect();
        note("rewrites", rewritten.iter().cloned().collect(), all(|it| &it.rewritten), 1);
        note("rebuilds", rebuilt.iter().cloned().collect(), all(|it| &it.rebuilt), 2);
        note("scans", scanned.iter().cloned().collect(), all(|it| &it.scanned), 3);
        if sights.iter().all(|sight| sight.locks_seen) {
            // Who watches a statement that runs in no transaction sees the locks on tables for which it must wait.
            let tables = sights.iter().find_map(|sight| sight.tables.as_ref());
            let is_seen = |(relation, mode): &(&String, Mode)| {
                tables.is_none_or(|it| it.contains(*relation) && *mode >= Mode::ShareUpdateExclusive)
            };
            let words = |(relation, mode): (&String, Mode)| format!("{relation} {}", mode.key());
            let mine = locks.iter().map(|it| (&it.relation, it.mode)).filter(is_seen).map(words).collect();
            let mut modes: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
            for (relation, held) in sights.iter().flat_map(|sight| &sight.locks) {
                modes.entry(relation).or_default().extend(held.iter().cloned());
            }
            let theirs = modes.iter().filter_map(|(relation, held)| Some((*relation, strongest(held)?)));
            let theirs = theirs.filter(is_seen).map(words).collect();
            note("locks", mine, theirs, 0);
        } else {
            self.unseen += steps.len();
        }
    }
}
