//! From two states to a change: the plans both ways, under declared renames, with texts settled.

mod ask;
mod expand;

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Kind, ObjectId};

use ask::ask;
pub use expand::pending;

use crate::doors::{Bench, DoorError, State, carry_roles, look, materialize, settle, wanted};
use crate::plan::{Ends, Plan, Renames, former, grounded, implied, plan, renames, rules};

/// A change, planned both ways.
#[derive(Debug)]
pub struct Change {
    /// The state before.
    pub prev: Catalog,
    /// The state after.
    pub next: Catalog,
    /// The way there.
    pub up: Plan,
    /// The way back.
    pub down: Plan,
    /// The renames that are part of it.
    pub renames: Renames,
}

/// Plans the change from `prev` to `next`. The scratch server is asked only if names change or texts differ.
pub async fn change(bench: &mut Bench, prev: State, next: State) -> Result<Change, DoorError> {
    let next = expand::expanded(bench, &prev.catalog, next).await?;
    let mut declared = grounded(&prev.catalog, &next.renames);
    // A column that is there beside the one that it was is itself, and no other one.
    declared.retain(|new, _| new.kind() != Kind::Column || !prev.catalog.contains(new));
    let traffic = next.traffic.and(&prev.traffic);
    let hidden = prev.hidden.union(&next.hidden).cloned().collect();
    let (prev, next) = (prev.catalog, next.catalog);
    let mut there = renames(&prev, &next, &declared);
    let mut renamed = prev.clone();
    if !there.is_empty() {
        renamed = under_new_names(bench, &prev, &next, &there).await?;
    }
    // Keys and indexes that PostgreSQL named after what has a new name follow it.
    let all = implied(&renamed, &next, &declared);
    let follow = renames(&renamed, &next, &all);
    let mut back = renames(&renamed, &prev, &reversed(&declared));
    if !follow.is_empty() {
        there.extend(follow);
        let between = std::mem::take(&mut renamed);
        renamed = under_new_names(bench, &prev, &next, &there).await?;
        back.splice(0..0, renames(&renamed, &between, &reversed(&all)));
    }
    settle(bench, &mut renamed, &next).await?;
    let there_known = ask(bench, &renamed, &next, &traffic).await?;
    let back_known = ask(bench, &next, &renamed, &traffic).await?;
    let mut up = plan(&renamed, &next, &there_known)?;
    let mut down = plan(&next, &renamed, &back_known)?;
    let lost = |plan: &Plan| plan.loses().cloned().collect::<BTreeSet<_>>();
    let (hidden, old_name) = (&hidden, &|id: &ObjectId| former(&all, id));
    up.rules = rules(&Ends {
        prev: &renamed,
        next: &next,
        former: old_name,
        hidden,
        lost: &lost(&up),
        traffic: &there_known,
    });
    down.rules = rules(&Ends {
        prev: &next,
        next: &renamed,
        former: &ObjectId::clone,
        hidden,
        lost: &lost(&down),
        traffic: &back_known,
    });
    up.steps.extend(expand::fills(&prev, &next));
    down.steps.extend(expand::fills(&next, &prev));
    up.steps.splice(0..0, there);
    down.steps.extend(back);
    Ok(Change { prev, next, up, down, renames: all })
}

fn reversed(renames: &Renames) -> Renames {
    renames.iter().map(|(new, old)| (old.clone(), new.clone())).collect()
}

/// What a server makes of the renames: keys, expressions and views follow by themselves.
async fn under_new_names(
    bench: &mut Bench,
    prev: &Catalog,
    next: &Catalog,
    steps: &[crate::plan::Step],
) -> Result<Catalog, DoorError> {
    let mut session = bench.fresh().await?;
    materialize(&mut session, prev).await?;
    for step in steps {
        session.run(&step.sql).await?;
    }
    let mut catalog = look(&mut session, Some(&wanted(prev, next)), Some(prev)).await?;
    carry_roles(prev, &mut catalog);
    Ok(catalog)
}
