//! What a scratch server says of steps whose cost no rule knows: does a new type or default write the table anew, and
//! which indexes and checks of a column are built or read again?
//!
//! The plain plan is run on the state before, without rows: PostgreSQL writes a file anew, or does not, however much is
//! in it (facts 2.2).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use nexus_schema::catalog::{Catalog, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, Constraint, ConstraintBody, Sql};

use crate::diff::{Delta, diff};
use crate::doors::{Bench, DoorError, Visit, make_roles};
use crate::extent::extent;
use crate::measure::{Observation, Watch};
use crate::plan::{Step, Traffic, plan};
use crate::sql::{Pen, dotted};

/// Adds to what is known of busy tables what the change from `prev` to `next` does to them. A change that cannot be run
/// without rows tells nothing.
pub(super) async fn ask(
    bench: &mut Bench,
    prev: &Catalog,
    next: &Catalog,
    traffic: &Traffic,
) -> Result<Traffic, DoorError> {
    let changes = diff(prev, next);
    let changed = changes.keys().cloned().collect();
    let moving = changes.keys().filter(|id| moves_rows(prev, next, id));
    let moving: Vec<ObjectId> = moving.filter(|_| traffic != &Traffic::none()).cloned().collect();
    let doubtful: BTreeSet<ObjectId> = changes
        .into_iter()
        .filter(|(id, delta)| is_doubtful(prev, next, id, delta))
        .map(|(id, _)| id)
        .filter(|id| traffic.is_busy(&id.ancestor(Kind::Table, 2)))
        .collect();
    let mut known = traffic.clone();
    if moving.is_empty() && doubtful.is_empty() {
        return Ok(known);
    }
    // What the change cannot touch need not be made for it.
    let part = extent(prev, next, &changed).ok();
    let [prev, next] = [prev, next].map(|state| match &part {
        Some(part) => Cow::Owned(part.of(state)),
        None => Cow::Borrowed(state),
    });
    let (prev, next) = (&*prev, &*next);
    for state in [prev, next] {
        let here: Vec<_> = moving.iter().filter(|id| state.contains(id)).collect();
        for (partition, holds) in bounds(bench, state, &here).await? {
            known = known.bounding(partition, holds);
        }
    }
    if doubtful.is_empty() {
        return Ok(known);
    }
    let seen = watch(bench, prev, next, &doubtful).await?;
    for (id, observation) in seen {
        if !observation.rewritten.is_empty() {
            known = known.rewriting(id);
        } else {
            let lifted = lifted(prev, &id, &observation);
            known = known.lifting(id, lifted);
        }
    }
    Ok(known)
}

/// Whether only a server knows what a column's change costs, and there is something to be done about it.
fn is_doubtful(prev: &Catalog, next: &Catalog, id: &ObjectId, delta: &Delta) -> bool {
    if id.kind() != Kind::Column || !prev.contains(&id.ancestor(Kind::Table, 2)) {
        return false;
    }
    match (delta, prev.get(id), next.get(id)) {
        (Delta::Alter, Some(Object::Column(before)), Some(Object::Column(after))) => {
            let kind = |column: &Column| (column.type_.clone(), column.collation.clone());
            kind(before) != kind(after) && dependents(prev, id).next().is_some()
        }
        (Delta::Create, _, _) => match next.get(&id.as_kind(Kind::Default)) {
            // What calls nothing is the same for every row.
            Some(Object::Default(default)) => default.expr.as_str().contains('('),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a table that stays becomes a partition or was one, or one comes beside the default one.
fn moves_rows(prev: &Catalog, next: &Catalog, id: &ObjectId) -> bool {
    if id.kind() != Kind::Partition {
        return false;
    }
    let table = id.as_kind(Kind::Table);
    let stays = prev.contains(&table) && next.contains(&table);
    match (prev.get(id), next.get(id)) {
        (None, Some(Object::Partition(comes))) => {
            let beside = |object: &Object| matches!(object, Object::Partition(it) if it.parent == comes.parent && it.bound.as_str() == "DEFAULT");
            stays || prev.of_kind(Kind::Partition).any(|(_, entry)| beside(&entry.object))
        }
        (Some(_), None) => stays,
        _ => false,
    }
}

/// What holds for the rows of partitions, as PostgreSQL says it. What hashing says is true of one table alone.
async fn bounds(
    bench: &mut Bench,
    state: &Catalog,
    partitions: &[&ObjectId],
) -> Result<Vec<(ObjectId, Sql)>, DoorError> {
    if partitions.is_empty() {
        return Ok(Vec::new());
    }
    let mut visit = Visit::begin(bench, state).await?;
    let mut known = Vec::new();
    for id in partitions {
        let relation = Pen::new().literal(&dotted(id.path()));
        let question = Pen::kw("SELECT pg_get_partition_constraintdef(").pen(relation).and("::regclass)");
        let answer = visit.session.rows(&question.end()).await?.into_iter().flatten().flatten().next();
        let holds = answer.filter(|holds| !holds.contains("satisfies_hash_partition"));
        known.extend(holds.map(|holds| ((*id).clone(), Sql(holds))));
    }
    visit.end(bench).await?;
    Ok(known)
}

/// Indexes and checks that need a column.
fn dependents<'a>(
    state: &'a Catalog,
    column: &'a ObjectId,
) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
    let all = state.of_kind(Kind::Index).chain(state.of_kind(Kind::Constraint));
    let of_it = all.filter(move |(_, entry)| entry.requires.contains(column));
    of_it.map(|(id, entry)| (id, &entry.object)).filter(|(_, object)| {
        let is_check =
            matches!(object, Object::Constraint(Constraint { body: ConstraintBody::Check { .. }, .. }));
        is_check || matches!(object, Object::Index(_))
    })
}

/// What is better taken off a column while it changes. A unique index stays: without it nothing would hold.
fn lifted(prev: &Catalog, column: &ObjectId, seen: &Observation) -> BTreeSet<ObjectId> {
    let is_lifted = |(id, object): &(&ObjectId, &Object)| match object {
        Object::Index(index) => !index.unique && seen.rebuilt.contains(&dotted(id.path())),
        _ => !seen.scanned.is_empty(),
    };
    dependents(prev, column).filter(is_lifted).map(|(id, _)| id.clone()).collect()
}

/// Runs the plain plan as far as it goes, and says what the steps of some objects did.
async fn watch(
    bench: &mut Bench,
    prev: &Catalog,
    next: &Catalog,
    of: &BTreeSet<ObjectId>,
) -> Result<BTreeMap<ObjectId, Observation>, DoorError> {
    let trial = plan(prev, next, &Traffic::none())?;
    let segments = trial.segments();
    if let [segment] = segments.as_slice()
        && segment.is_transactional()
    {
        let mut visit = Visit::begin(bench, prev).await?;
        make_roles(&mut visit.session, next).await?;
        let begin = if visit.is_within() { "SET CONSTRAINTS ALL IMMEDIATE" } else { BEGIN };
        visit.session.run(begin).await?;
        let mut seen = BTreeMap::new();
        let runs = look_on(&mut visit, segment.steps, of, &mut seen).await?;
        visit.end(bench).await?;
        return Ok(if runs { seen } else { BTreeMap::new() });
    }
    let mut visit = Visit::to_stay(bench, prev).await?;
    make_roles(&mut visit.session, next).await?;
    let mut seen = BTreeMap::new();
    for segment in segments {
        visit.session.run(BEGIN).await?;
        if !look_on(&mut visit, segment.steps, of, &mut seen).await? {
            return Ok(BTreeMap::new());
        }
        visit.session.run("COMMIT").await?;
    }
    Ok(seen)
}

const BEGIN: &str = "BEGIN; SET LOCAL check_function_bodies = off";

/// Adds what steps do in the transaction that is open; `false` if one fails.
async fn look_on(
    visit: &mut Visit,
    steps: &[Step],
    of: &BTreeSet<ObjectId>,
    seen: &mut BTreeMap<ObjectId, Observation>,
) -> Result<bool, DoorError> {
    let mut watch = Watch::begin(&mut visit.session).await?;
    for step in steps {
        let Ok(observation) = watch.run(&mut visit.session, &step.sql).await else { return Ok(false) };
        if of.contains(&step.id) {
            let so_far = seen.entry(step.id.clone()).or_default();
            so_far.rewritten.extend(observation.rewritten);
            so_far.rebuilt.extend(observation.rebuilt);
            so_far.scanned.extend(observation.scanned);
        }
    }
    Ok(true)
}
