//! What a proved change would hurt, against what its author takes on purpose.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::document::Declared;

use super::{CommandError, Failure};
use crate::change::Change;
use crate::hazard::{Allowance, Class, Hazard, judge, of_observation, of_plan, over_budget};
use crate::measure::Mode;
use crate::plan::Traffic;
use crate::prove::Proof;
use crate::sql::dotted;

/// Reads the hazards that a command line takes.
pub(super) fn allowances(texts: &[String]) -> Result<Vec<Allowance>, CommandError> {
    let read = |text: &String| {
        Allowance::parse(text).filter(|allowance| allowance.class.refuses()).ok_or_else(|| {
            let failure = Failure::new(format!("`{text}` is nothing that can be allowed"));
            CommandError::Usage(
                failure.help("write `data-loss`, `long-block` or `over-budget`, or one with `:users.name`"),
            )
        })
    };
    texts.iter().map(read).collect()
}

/// Weighs a change; returns what to tell of it, a line each, or fails with what stands in the way.
pub(super) fn weigh(
    declared: &Declared,
    given: Vec<Allowance>,
    traffic: &Traffic,
    change: &Change,
    proof: &Proof,
) -> Result<String, CommandError> {
    let tables = relations(&change.prev);
    let mut hazards = of_plan(&change.up, &change.prev);
    let seen = || proof.steps.iter().map(|measured| &measured.observation);
    // Nobody waits for a table that nobody uses.
    let is_felt = |hazard: &Hazard| {
        hazard.class != Class::LongBlock || tables.get(&hazard.object).is_some_and(|id| traffic.is_busy(id))
    };
    hazards.extend(seen().flat_map(of_observation).filter(is_felt));
    hazards.extend(over_budget(seen(), |relation| budget(declared, &tables, relation)));
    let mut allowances = given;
    let from_file = allowances.len();
    for it in &declared.database.allow {
        allowances.extend(Class::parse(&it.hazard).map(|class| Allowance { class, of: it.of.clone() }));
    }
    let judged = judge(hazards, &allowances);
    if !judged.refused.is_empty() {
        return Err(refused(declared, &tables, &judged.refused));
    }
    let mut notes = String::new();
    // What is lost is told already.
    for hazard in judged.told.iter().filter(|hazard| hazard.class != Class::DataLoss) {
        let _ = writeln!(notes, "{}: {}", hazard.class.key(), hazard.what);
    }
    // What the file allows is there for one change and may outlive it; what the command line allows is for this one.
    for allowance in judged.unused.into_iter().filter(|n| *n < from_file).filter_map(|n| allowances.get(n)) {
        let of = allowance.of.as_ref().map(|of| format!(":{of}")).unwrap_or_default();
        let _ =
            writeln!(notes, "nothing is allowed by `{}{of}`: there is no such hazard", allowance.class.key());
    }
    for it in &declared.database.allow {
        let is_used = judged.told.iter().any(|hazard| {
            Class::parse(&it.hazard)
                .is_some_and(|class| Allowance { class, of: it.of.clone() }.covers(hazard))
        });
        if !is_used {
            let of = it.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
            let _ = writeln!(
                notes,
                "`allow` in the schema file matches nothing now: {}{of}; take it out",
                it.hazard
            );
        }
    }
    Ok(notes)
}

/// Relations under the names that observations have for them; an index under its own, as its table.
fn relations(catalog: &Catalog) -> BTreeMap<String, ObjectId> {
    let kinds = [Kind::Table, Kind::MaterializedView];
    let of = |kind| catalog.of_kind(kind).map(|(id, _)| (dotted(id.path()), id.clone()));
    kinds.into_iter().flat_map(of).collect()
}

/// The budget of a table: its own, or the database's.
fn budget(declared: &Declared, tables: &BTreeMap<String, ObjectId>, relation: &str) -> Option<Mode> {
    let id = tables.get(relation)?;
    let own = declared.tags.get(id).and_then(|tags| tags.max_lock.as_ref());
    Mode::of_key(own.or(declared.database.max_lock.as_ref())?)
}

fn refused(declared: &Declared, tables: &BTreeMap<String, ObjectId>, hazards: &[Hazard]) -> CommandError {
    let mut lines = vec!["the migration was not written, because of what nobody has allowed:".to_owned()];
    let mut help = Vec::new();
    for Hazard { class, object, what, help: advice } in hazards {
        let table = tables.get(object).or_else(|| tables.get(object.rsplit_once('.')?.0));
        let place = table.and_then(|id| declared.place(id));
        let place = place.map(|it| format!("{}:{}:{}: ", it.file.display(), it.line, it.column));
        lines.push(format!("  {}{}[{}]: {what}", place.unwrap_or_default(), class.key(), class.code()));
        help.extend(advice.iter().cloned());
        if *class == Class::LongBlock {
            help.push(
                "allow it by `--allow long-block`, or say `online: false` where nobody uses the table".into(),
            );
        }
    }
    help.dedup();
    CommandError::Found(Failure::new(lines.join("\n")).help(help.join("\n")))
}
