//! `nexus prove`: runs a history, or the way between two doors, on scratch: forward, backward, with rows.

use std::fmt::Write as _;
use std::path::PathBuf;

use nexus_schema::document;

use super::{CommandError, Failure, Progress, risk};
use crate::change::change;
use crate::db::ScratchOptions;
use crate::doors::{Bench, Door, materialize, read_pair};
use crate::hazard::Class;
use crate::history::History;
use crate::prove::{Claim, Proof, history, prove as run};

/// What `nexus prove` is asked.
#[derive(Debug, Clone)]
pub struct ProveArgs {
    /// The door to the state before; without it the history is proved.
    pub from: Option<String>,
    /// The door to the state after; without it the history is proved.
    pub to: Option<String>,
    /// The migrations directory.
    pub dir: PathBuf,
    /// Hazards that are taken on purpose: `over-budget:users`.
    pub allow: Vec<String>,
    /// A server for scratch databases.
    pub dev_url: Option<String>,
}

/// What `nexus prove` saw: a proof for each change, with its name.
#[derive(Debug)]
pub struct ProofReport {
    /// The changes in order.
    pub proofs: Vec<(String, Proof)>,
    /// Locks above the budget of the schema file that is proved, a line each; nobody has allowed them.
    pub refused: Vec<String>,
    /// Other hazards of the way to that file, and allowances that match nothing, a line each.
    pub notes: Vec<String>,
}

impl ProofReport {
    /// Whether every proof holds, within the budget.
    pub fn passed(&self) -> bool {
        self.proofs.iter().all(|(_, proof)| proof.holds()) && self.refused.is_empty()
    }

    /// A few lines for each change.
    pub fn to_human(&self) -> String {
        let mut out = String::new();
        for (name, proof) in &self.proofs {
            let verdict = if proof.holds() { "proved" } else { "FAILED" };
            let _ = writeln!(out, "{verdict} {name} on {}", proof.server);
            let rows = &proof.rows;
            let _ = writeln!(
                out,
                "  {} rows in {} tables survive what no step takes away",
                rows.rows, rows.tables
            );
            for asked in &proof.prechecks {
                let (table, problem) = (&asked.precheck.table, &asked.precheck.problem);
                let _ = writeln!(
                    out,
                    "  looked for before: {table}, where {problem} (found {} on scratch)",
                    asked.found
                );
            }
            let groups = [
                ("cannot be looked for before: ", &proof.unasked),
                ("forward: ", &proof.forward),
                ("backward: ", &proof.backward),
                ("rows: ", &rows.lost),
                ("takes away the data of ", &rows.dropped),
                ("converts ", &rows.converted),
                ("can fail on rows that are there: ", &rows.refused),
                ("no rows tried: ", &rows.unfilled),
            ];
            for (words, lines) in groups {
                for line in lines {
                    let _ = writeln!(out, "  {words}{line}");
                }
            }
        }
        for line in &self.refused {
            let _ = writeln!(out, "FAILED {line}");
        }
        for line in &self.notes {
            let _ = writeln!(out, "{line}");
        }
        if self.proofs.is_empty() {
            out.push_str("nothing to prove\n");
        }
        out
    }

    /// The proofs as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        let proofs = self
            .proofs
            .iter()
            .map(|(name, proof)| serde_json::json!({ "name": name, "holds": proof.holds(), "proof": proof }));
        serde_json::json!({
            "passed": self.passed(),
            "proofs": proofs.collect::<Vec<_>>(),
            "refused": self.refused,
            "notes": self.notes,
        })
    }
}

/// Proves the way between two doors, or each change of the history.
pub async fn prove(args: &ProveArgs, progress: &dyn Progress) -> Result<ProofReport, CommandError> {
    let ProveArgs { from, to, dir, allow, dev_url } = args;
    let allowed = risk::allowances(allow)?;
    let (mut refused, mut notes) = (Vec::new(), Vec::new());
    let mut bench = Bench::new(ScratchOptions { dev_url: dev_url.clone(), ..ScratchOptions::default() });
    let proofs = match (from, to) {
        (Some(from), Some(to)) => {
            progress.stage("reading both states");
            let doors = [Door::parse(from), Door::parse(to)];
            let (prev, next) = read_pair(&mut bench, &doors[0], &doors[1]).await?;
            let traffic = next.traffic.clone();
            let change = change(&mut bench, prev, next).await?;
            progress.stage("running the change on scratch");
            let mut session = bench.fresh().await?;
            materialize(&mut session, &change.prev).await?;
            let claim = Claim::of(&change);
            let proof = run(&mut bench, &mut session, &claim).await?;
            if let Door::Authored(path) = &doors[1] {
                let (declared, _) = document::load(path)?;
                let weighed = risk::weigh(&declared, allowed, &traffic, &change, &proof);
                // A proof says what is so. What its author has set a bound for is held to it; the rest is told, and
                // refused where a migration would be written.
                let (above, told): (Vec<_>, Vec<_>) =
                    weighed.refused.into_iter().partition(|hazard| hazard.class == Class::OverBudget);
                refused = risk::lines(&declared, &change.prev, &above);
                notes = risk::lines(&declared, &change.prev, &told);
                notes.extend(weighed.notes);
            }
            vec![(format!("{from} to {to}"), proof)]
        }
        (None, None) => {
            let history = History::open(dir)?;
            progress.stage("running the history on scratch");
            history::prove(&mut bench, &history, &mut |done, of| progress.steps(done, of)).await?
        }
        _ => {
            let failure = Failure::new("`--from` and `--to` go together");
            return Err(CommandError::Usage(
                failure.help("give both doors, or neither to prove the history"),
            ));
        }
    };
    bench.stop().await;
    Ok(ProofReport { proofs, refused, notes })
}
