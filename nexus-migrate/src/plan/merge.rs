//! Joins neighbouring steps that are better said in one statement: rows of default data.

use nexus_schema::catalog::{Catalog, Object, ObjectId};
use nexus_schema::kinds::Seed;

use super::step::{Action, Step};
use crate::kinds::seed;

/// How many rows stand in one statement: more of them make it no faster, and harder to read.
const ROWS: usize = 1_000;

/// Rows of one table that stand side by side become one INSERT.
pub(super) fn merge(steps: Vec<Step>, next: &Catalog) -> Vec<Step> {
    let mut merged: Vec<Step> = Vec::with_capacity(steps.len());
    let mut rows: Vec<&Seed> = Vec::new();
    for step in steps {
        let row = row_of(&step, next);
        match (row, rows.last(), merged.last_mut()) {
            (Some(row), Some(last), Some(open))
                if rows.len() < ROWS && same_table(&open.id, &step.id) && seed::alike(last, row) =>
            {
                rows.push(row);
                continue;
            }
            _ => {}
        }
        close(&mut merged, &rows, next);
        rows = row.into_iter().collect();
        merged.push(step);
    }
    close(&mut merged, &rows, next);
    merged
}

/// Makes the step begun last one for all of these rows.
fn close(merged: &mut [Step], rows: &[&Seed], next: &Catalog) {
    if let (Some(open), [_, _, ..]) = (merged.last_mut(), rows) {
        open.sql = seed::insert(next, &open.id, rows).end();
    }
}

fn row_of<'a>(step: &Step, next: &'a Catalog) -> Option<&'a Seed> {
    match next.get(&step.id) {
        Some(Object::Seed(seed)) if step.action == Action::Create => Some(seed),
        _ => None,
    }
}

fn same_table(a: &ObjectId, b: &ObjectId) -> bool {
    a.path().iter().take(2).eq(b.path().iter().take(2))
}
