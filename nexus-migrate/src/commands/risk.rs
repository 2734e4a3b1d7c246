//! What a proved change would hurt, against what its author takes on purpose.

use std::collections::BTreeMap;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};
use nexus_schema::document::{Declared, Place};

use super::{CommandError, Failure};
use crate::change::Change;
use crate::hazard::{Allowance, Class, Hazard, Judged, judge, of_observation, of_plan, over_budget};
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

/// What a change would hurt, under what its author takes.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// What nobody has allowed.
    pub(super) refused: Vec<Hazard>,
    /// What is told besides, a line each.
    pub(super) notes: Vec<String>,
}

/// Weighs a change that was proved.
pub(super) fn weigh(
    declared: &Declared,
    given: Vec<Allowance>,
    traffic: &Traffic,
    change: &Change,
    proof: &Proof,
) -> Weighed {
    let tables = relations(&change.prev);
    let mut hazards = of_plan(&change.up, &change.prev);
    let seen = || proof.steps.iter().map(|measured| &measured.observation);
    // Nobody waits for a table that nobody uses.
    let is_felt = |hazard: &Hazard| {
        hazard.class != Class::LongBlock || tables.get(&hazard.object).is_some_and(|id| traffic.is_busy(id))
    };
    hazards.extend(seen().flat_map(of_observation).filter(is_felt));
    hazards.extend(over_budget(seen(), |relation| budget(declared, &tables, relation)));
    let from_command = given.len();
    let mut allowances = given;
    for it in &declared.database.allow {
        allowances.extend(Class::parse(&it.hazard).map(|class| Allowance { class, of: it.of.clone() }));
    }
    let Judged { refused, told, unused } = judge(hazards, &allowances);
    // What is lost is told already.
    let told = told.iter().filter(|hazard| hazard.class != Class::DataLoss);
    let mut notes: Vec<_> = told.map(|hazard| format!("{}: {}", hazard.class.key(), hazard.what)).collect();
    for (n, allowance) in unused.into_iter().filter_map(|n| Some((n, allowances.get(n)?))) {
        let of = allowance.of.as_ref().map(|of| format!(":{of}")).unwrap_or_default();
        let key = allowance.class.key();
        // What the file allows is there for one change, and outlives it unless somebody takes it out.
        let place = n.checked_sub(from_command).and_then(|n| declared.allowance_place(n));
        notes.push(match place {
            Some(at) => format!("{}nothing is allowed here by {key}{of}: take it out", written(at)),
            None => format!("nothing is allowed by `--allow {key}{of}`: there is no such hazard"),
        });
    }
    Weighed { refused, notes }
}

fn written(at: &Place) -> String {
    format!("{}:{}:{}: ", at.file.display(), at.line, at.column)
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

/// A line for each hazard, with the place of its table in the schema file.
pub(super) fn lines(declared: &Declared, prev: &Catalog, hazards: &[Hazard]) -> Vec<String> {
    let tables = relations(prev);
    let line = |Hazard { class, object, what, .. }: &Hazard| {
        let table = tables.get(object).or_else(|| tables.get(object.rsplit_once('.')?.0));
        let place = table.and_then(|id| declared.place(id)).as_ref().map(written).unwrap_or_default();
        format!("{place}{}[{}]: {what}", class.key(), class.code())
    };
    hazards.iter().map(line).collect()
}

/// Why nothing is written, and what to do about it.
pub(super) fn refuse(declared: &Declared, prev: &Catalog, hazards: &[Hazard]) -> CommandError {
    let mut text = vec!["the migration was not written, because of what nobody has allowed:".to_owned()];
    text.extend(lines(declared, prev, hazards).into_iter().map(|line| format!("  {line}")));
    let mut help = Vec::new();
    for Hazard { class, help: advice, .. } in hazards {
        help.extend(advice.iter().cloned());
        if *class == Class::LongBlock {
            help.push(
                "allow it by `--allow long-block`, or say `online: false` where nobody uses the table".into(),
            );
        }
    }
    help.dedup();
    CommandError::Found(Failure::new(text.join("\n")).help(help.join("\n")))
}
