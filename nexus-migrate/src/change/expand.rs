//! Columns that live beside the ones that they were, while the clients of both go over.
//!
//! ```text
//! old ──expand──▶ old and new, kept alike by a trigger ──contract──▶ new
//! ```
//! The state in the middle is a state like any other: two columns, a function and a trigger. So both ways out of it are
//! plain differences, and only the values of the rows that are there already are brought over by steps of their own.

use std::collections::BTreeSet;

use nexus_schema::catalog::{Catalog, Entry, Kind, Object, ObjectId};
use nexus_schema::kinds::{Column, ConstraintBody, NotNull};

use crate::doors::{Bench, DoorError, State, carry_roles, look, materialize, wanted};
use crate::kinds::{cast, temporary, would_cut};
use crate::plan::{Action, Step, Transaction, grounded};
use crate::sql::{Pen, dotted, quote_name};

/// The purpose in the names of what keeps two columns alike.
const SYNC: &str = "sync";

/// A column that takes the place of another one of its table.
struct Pair<'a> {
    new: &'a ObjectId,
    old: ObjectId,
    next: Column,
    prev: Column,
}

/// Returns the state after with the columns that it keeps from `prev`, as far as its author wants them to go on.
pub(super) async fn expanded(bench: &mut Bench, prev: &Catalog, mut next: State) -> Result<State, DoorError> {
    let declared = grounded(prev, &next.renames);
    let expanding = std::mem::take(&mut next.expanding);
    let mut catalog = next.catalog.clone();
    let mut sync = Vec::new();
    for new in &expanding {
        let Some(old) = declared.get(new) else { continue };
        let (Some(Object::Column(was)), Some(Object::Column(is))) = (prev.get(old), next.catalog.get(new))
        else {
            continue;
        };
        let pair = Pair { new, old: old.clone(), next: is.clone(), prev: was.clone() };
        if let Some(why) = pair.obstacle(prev, &next.catalog) {
            return Err(DoorError::Expand { column: pair.new.clone(), why });
        }
        pair.beside(prev, &mut catalog);
        sync.extend(pair.sync());
        next.renames.remove(pair.new);
    }
    if sync.is_empty() {
        return Ok(next);
    }
    let mut session = bench.fresh().await?;
    materialize(&mut session, &catalog).await?;
    for statement in sync {
        session.run(&statement).await?;
    }
    let mut grown = look(&mut session, Some(&wanted(prev, &catalog)), Some(&catalog)).await?;
    carry_roles(&catalog, &mut grown);
    next.catalog = grown;
    Ok(next)
}

impl Pair<'_> {
    fn table(&self) -> ObjectId {
        self.new.ancestor(Kind::Table, 2)
    }

    /// What stands against two columns.
    fn obstacle(&self, prev: &Catalog, next: &Catalog) -> Option<&'static str> {
        let table = self.table();
        if self.old.ancestor(Kind::Table, 2) != table {
            return Some("its table has another name too, which must come first");
        }
        if [&self.prev, &self.next].iter().any(|it| it.identity.is_some() || it.generated.is_some()) {
            return Some("it counts or computes by itself");
        }
        if prev.of_kind(Kind::Constraint).any(|(id, entry)| self.is_key(id, entry)) {
            return Some("it is part of a primary key, or a foreign key refers to it");
        }
        let answers = |entry: &Entry| matches!(&entry.object, Object::Trigger(it) if it.events.iter().any(|event| event == "UPDATE"));
        if next.under(Kind::Trigger, table.path()).any(|(_, entry)| answers(entry)) {
            return Some("triggers of its table would answer to rows being brought over");
        }
        None
    }

    fn is_key(&self, id: &ObjectId, entry: &Entry) -> bool {
        let is_old = |names: &[String]| names.iter().any(|name| name == self.old.name());
        match &entry.object {
            Object::Constraint(it) => match &it.body {
                ConstraintBody::PrimaryKey { columns, .. } => {
                    id.ancestor(Kind::Table, 2) == self.table() && is_old(columns)
                }
                ConstraintBody::ForeignKey { table, target, .. } => {
                    table.as_slice() == self.table().path() && is_old(target)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Puts the old column beside the new one, with what speaks of it; both may be NULL meanwhile.
    fn beside(&self, prev: &Catalog, next: &mut Catalog) {
        let free =
            |column: &Column| Column { not_null: false, not_null_as: NotNull::default(), ..column.clone() };
        next.insert(self.new.clone(), free(&self.next));
        // A default would hide what a client has not said.
        next.remove(&self.new.as_kind(Kind::Default));
        next.insert(self.old.clone(), free(&self.prev));
        if let Some(default) = prev.entry(&self.old.as_kind(Kind::Default)) {
            next.insert_entry(self.old.as_kind(Kind::Default), default.clone());
        }
        for (id, entry) in [Kind::Index, Kind::Constraint].iter().flat_map(|kind| prev.of_kind(*kind)) {
            if entry.requires.contains(&self.old) && !next.contains(id) {
                next.insert_entry(id.clone(), entry.clone());
            }
        }
    }

    /// The function and the trigger that keep both alike, whichever of them a client writes.
    fn sync(&self) -> Vec<String> {
        let name = temporary::name(SYNC, self.new);
        let function = [self.new.schema(), name.as_str()];
        let (old, new) = (quote_name(self.old.name()), quote_name(self.new.name()));
        let there = format!("NEW.{}", convert(self.old.name(), &self.prev, &self.next));
        let back = format!("NEW.{}", convert(self.new.name(), &self.next, &self.prev));
        let body = format!(
            "
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.{new} IS NULL THEN
            NEW.{new} := {there};
        ELSIF NEW.{new} IS DISTINCT FROM {there} THEN
            NEW.{old} := {back};
        END IF;
    ELSIF NEW.{new} IS DISTINCT FROM OLD.{new} AND NEW.{new} IS DISTINCT FROM {there} THEN
        NEW.{old} := {back};
    ELSIF NEW.{old} IS DISTINCT FROM OLD.{old} THEN
        NEW.{new} := {there};
    END IF;
    RETURN NEW;
END
"
        );
        let make = Pen::kw("CREATE FUNCTION").text(&format!("{}()", dotted(function)));
        let make = make.and("RETURNS trigger LANGUAGE plpgsql SET search_path TO pg_catalog, pg_temp AS");
        let trigger = Pen::kw("CREATE TRIGGER").ident(&name).and("BEFORE INSERT OR UPDATE ON");
        let trigger = trigger.name(self.table().path()).and("FOR EACH ROW EXECUTE FUNCTION");
        let trigger = trigger.name(function).literals([self.old.name(), self.new.name()]);
        vec![make.dollar(&body).end(), trigger.end()]
    }
}

/// The value of a column as another one's.
fn convert(name: &str, from: &Column, to: &Column) -> String {
    // What is too long is refused by an assignment, and cut by a cast.
    match from.type_ == to.type_ || would_cut(&from.type_, &to.type_) {
        true => quote_name(name),
        false => cast(name, &from.type_, &to.type_),
    }
}

/// The steps that bring values over to columns which a plan from `prev` to `next` makes beside others.
pub(super) fn fills(prev: &Catalog, next: &Catalog) -> Vec<Step> {
    let mut steps = Vec::new();
    for (new, old) in pending(next) {
        for (from, to) in [(&old, &new), (&new, &old)] {
            let (Some(Object::Column(source)), Some(Object::Column(target))) = (next.get(from), next.get(to))
            else {
                continue;
            };
            if prev.contains(from) && !prev.contains(to) {
                let value = convert(from.name(), source, target);
                let table = to.ancestor(Kind::Table, 2);
                let pen = Pen::in_batches_from(table.path(), to.name(), &value);
                steps.push(Step {
                    action: Action::Alter,
                    id: to.clone(),
                    sql: pen.end(),
                    transaction: Transaction::Outside,
                    loses: Vec::new(),
                    retypes: Vec::new(),
                });
            }
        }
    }
    steps
}

/// Returns the columns of a state that live beside the ones that they were, each with that one.
pub fn pending(state: &Catalog) -> BTreeSet<(ObjectId, ObjectId)> {
    let pair = |(id, entry): (&ObjectId, &Entry)| match &entry.object {
        Object::Trigger(it) if temporary::is_ours(id.name()) => match it.arguments.as_slice() {
            [old, new] => {
                let column = |name: &String| id.ancestor(Kind::Table, 2).child(Kind::Column, name);
                Some((column(new), column(old)))
            }
            _ => None,
        },
        _ => None,
    };
    state.of_kind(Kind::Trigger).filter_map(pair).collect()
}
