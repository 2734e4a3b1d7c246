//! Makes the rows of one table: values are put together, judged by the server, and put together anew where they are refused.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::Chance;
use super::near::{Near, matching};
use super::server::{bases, insert, judge, parents, there};
use super::table::{Column, Reference, Table};
use super::text::{About, fit};
use crate::db::{DbError, Session};

/// A row by the places of its columns.
pub(super) type Row = Vec<Option<String>>;

/// How often a row is put together anew.
const ROUNDS: usize = 150;
/// How often, where no row of the table was let in yet.
const HOPELESS: usize = 40;

/// What came of a table.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) rows: Vec<Row>,
    /// Why there are fewer than were asked for.
    pub(super) reason: Option<String>,
}

/// What rows are made from.
struct Cx<'t, 'c> {
    table: &'t Table<'c>,
    seed: u64,
    /// The rows that each reference may lead to.
    parents: Vec<Vec<Vec<String>>>,
    /// What is there already, of columns that count.
    bases: Vec<u64>,
    /// The values that keys have.
    taken: BTreeMap<Vec<usize>, BTreeSet<Vec<String>>>,
}

/// A row that is still open: how often each of its columns was refused.
#[derive(Debug, Clone)]
struct Open {
    n: u64,
    attempts: Vec<u64>,
    /// Why it was refused last.
    reason: Option<String>,
}

/// Makes rows and puts them into the session's database, where every trigger and constraint has its say.
pub(super) async fn fill(
    session: &mut Session,
    table: &Table<'_>,
    rows: u64,
    seed: u64,
) -> Result<Made, DbError> {
    let mut cx = Cx {
        table,
        seed,
        parents: parents(session, table).await?,
        bases: bases(session, table).await?,
        taken: BTreeMap::new(),
    };
    for key in &table.keys {
        cx.taken.insert(key.clone(), there(session, table, key).await?);
    }
    let mut open: Vec<Open> =
        (1..=rows).map(|n| Open { n, attempts: vec![0; table.columns.len()], reason: None }).collect();
    // In the order in which the table took them: a row may refer to those before.
    let mut made: Vec<Row> = Vec::new();
    for round in 0..ROUNDS {
        if open.is_empty() || made.is_empty() && round == HOPELESS {
            break;
        }
        let mut candidates = Vec::new();
        for row in &open {
            match cx.row(row, made.iter()) {
                Ok(values) => candidates.push(values),
                Err(why) => return Ok(Made { rows: Vec::new(), reason: Some(why) }),
            }
        }
        let verdicts = judge(session, table, &candidates).await?;
        let mut next = Vec::new();
        let (mut fine, mut fine_values) = (Vec::new(), Vec::new());
        for ((mut row, values), failed) in open.into_iter().zip(candidates).zip(verdicts) {
            let mut again: BTreeSet<usize> = BTreeSet::new();
            for condition in failed {
                again.extend(&condition.columns);
                row.reason = Some(format!("no rows for which {}", condition.sql.as_str()));
            }
            if again.is_empty() {
                match cx.take(&values) {
                    Ok(()) => {
                        fine.push(row);
                        fine_values.push(values);
                        continue;
                    }
                    Err(key) => {
                        row.reason = Some("its keys have no other values".to_owned());
                        again.extend(key);
                    }
                }
            }
            cx.try_again(&mut row, &again);
            next.push(row);
        }
        let refused = insert(session, table, &fine_values).await?;
        for (at, (mut row, values)) in fine.into_iter().zip(fine_values).enumerate() {
            match refused.get(&at) {
                None => made.push(values),
                Some(why) => {
                    row.reason = Some(why.clone());
                    cx.give_back(&values);
                    let all = (0..table.columns.len()).collect();
                    cx.try_again(&mut row, &all);
                    next.push(row);
                }
            }
        }
        next.sort_by_key(|row| row.n);
        open = next;
    }
    let reason = open.into_iter().find_map(|row| row.reason);
    Ok(Made { rows: made, reason })
}

impl Cx<'_, '_> {
    /// Puts a row together. Fails where a column has no value that anybody knows.
    fn row<'r>(&self, open: &Open, own: impl Iterator<Item = &'r Row> + Clone) -> Result<Row, String> {
        let Table { id, columns, references, .. } = self.table;
        let about = About::row(self.seed, id.name(), open.n);
        let attempt = |at: usize| open.attempts.get(at).copied().unwrap_or_default();
        let chance = |at: usize, column: &Column<'_>| {
            Chance::of(&[id.schema(), id.name(), column.name], &[self.seed, open.n, attempt(at)])
        };
        let mut row: Row = vec![None; columns.len()];
        let mut fixed: BTreeSet<usize> = BTreeSet::new();
        let mut to_itself = Vec::new();
        for (reference, parents) in references.iter().zip(&self.parents) {
            let tries = reference.columns.iter().map(|at| attempt(*at)).max().unwrap_or_default();
            let words = [id.schema(), id.name(), reference.table.name()];
            let mut chance = Chance::of(
                &words,
                &[self.seed, open.n, tries, reference.columns.first().copied().unwrap_or_default() as u64],
            );
            let free = reference
                .columns
                .iter()
                .all(|at| columns.get(*at).is_some_and(|column| column.nullable) && !fixed.contains(at));
            let is_own = reference.table == **id;
            let mut of_own: Vec<Vec<String>> = Vec::new();
            if is_own {
                let target = |row: &Row| {
                    let places = reference
                        .target
                        .iter()
                        .map(|name| columns.iter().position(|column| column.name == name));
                    places.map(|at| row.get(at?)?.clone()).collect::<Option<Vec<_>>>()
                };
                of_own.extend(own.clone().filter_map(target));
            }
            let agrees = |parent: &&Vec<String>| {
                let pairs = reference.columns.iter().zip(parent.iter());
                pairs.clone().all(|(at, value)| {
                    !fixed.contains(at) || row.get(*at).cloned().flatten().as_ref() == Some(value)
                })
            };
            let rows: Vec<&Vec<String>> = parents.iter().chain(&of_own).filter(agrees).collect();
            if free && (rows.is_empty() || chance.one_in(10)) {
                fixed.extend(&reference.columns);
                continue;
            }
            // Where a row of the other table has one of this at most, each has its own.
            let alone = self.table.keys.iter().any(|key| key.iter().all(|at| reference.columns.contains(at)));
            let chosen = match alone {
                true => rows.get(
                    usize::try_from((open.n - 1 + tries) % rows.len().max(1) as u64).unwrap_or_default(),
                ),
                false => chance.of_list(&rows),
            };
            match chosen {
                Some(parent) => {
                    for (at, value) in reference.columns.iter().zip(parent.iter()) {
                        if let Some(place) = row.get_mut(*at) {
                            *place = Some(value.clone());
                        }
                        fixed.insert(*at);
                    }
                }
                None if is_own => to_itself.push(reference),
                None => return Err(format!("it refers to {}, which has no rows", reference.table)),
            }
        }
        for (at, column) in columns.iter().enumerate() {
            if fixed.contains(&at)
                || to_itself.iter().any(|reference: &&Reference| reference.columns.contains(&at))
            {
                continue;
            }
            let mut chance = chance(at, column);
            let value = self.value(at, column, &about, attempt(at), &mut chance);
            let may_lack = column.nullable && !column.has_default && !column.maker.alone;
            if value.is_none() && !column.nullable && !column.has_default {
                return Err(format!("nobody knows what {} reads, which {} is", column.type_, column.name));
            }
            if let Some(place) = row.get_mut(at) {
                *place = value.filter(|_| !may_lack || !chance.one_in(12));
            }
        }
        for reference in to_itself {
            for (at, name) in reference.columns.iter().zip(&reference.target) {
                let value =
                    columns.iter().position(|column| column.name == name).and_then(|at| row.get(at)?.clone());
                if let Some(place) = row.get_mut(*at) {
                    *place = value;
                }
            }
        }
        Ok(row)
    }

    fn value(
        &self,
        at: usize,
        column: &Column<'_>,
        about: &About<'_>,
        attempt: u64,
        chance: &mut Chance,
    ) -> Option<String> {
        if column.counted {
            let base = self.bases.get(at).copied().unwrap_or_default();
            return Some((base + about.n).to_string());
        }
        let is_judged = self.table.conditions.iter().any(|condition| condition.columns.contains(&at));
        let plain = |chance: &mut Chance| {
            let value = column.maker.value(about, attempt, chance)?;
            // A condition may be about its letters.
            Some(match chance.below(3) {
                0 if attempt > 0 && is_judged && column.maker.is_text() => value.to_uppercase(),
                1 if attempt > 0 && is_judged && column.maker.is_text() => value.to_lowercase(),
                _ => value,
            })
        };
        if attempt == 0 || column.near.is_empty() || chance.one_in(3) {
            return plain(chance);
        }
        let longest = column.maker.longest();
        match chance.of_list(&column.near).cloned()? {
            Near::Value(text) => Some(fit(&text, longest)),
            Near::Between(least, most) => Some(chance.between(least, most).to_string()),
            Near::Pattern(pattern) => Some(fit(&matching(&pattern, chance), longest)),
            Near::Length(length) => {
                let text = plain(chance)?;
                let padded: String =
                    text.chars().filter(|c| c.is_alphanumeric()).cycle().take(length).collect();
                Some(fit(&padded, longest))
            }
        }
    }

    /// Takes the values of all keys; gives the columns of one that others have.
    fn take(&mut self, row: &Row) -> Result<(), Vec<usize>> {
        let values =
            |key: &Vec<usize>| key.iter().map(|at| row.get(*at)?.clone()).collect::<Option<Vec<_>>>();
        for (key, taken) in &self.taken {
            if values(key).is_some_and(|values| taken.contains(&values)) {
                return Err(key.clone());
            }
        }
        for (key, taken) in &mut self.taken {
            taken.extend(values(key));
        }
        Ok(())
    }

    fn give_back(&mut self, row: &Row) {
        for (key, taken) in &mut self.taken {
            if let Some(values) = key.iter().map(|at| row.get(*at)?.clone()).collect::<Option<Vec<_>>>() {
                taken.remove(&values);
            }
        }
    }

    /// Lets these columns have other values, and with a column of a reference all of them.
    fn try_again(&self, row: &mut Open, columns: &BTreeSet<usize>) {
        let mut all = columns.clone();
        for reference in &self.table.references {
            if reference.columns.iter().any(|at| columns.contains(at)) {
                all.extend(&reference.columns);
            }
        }
        for at in all {
            if let Some(attempts) = row.attempts.get_mut(at) {
                *attempts += 1;
            }
        }
    }
}
