//! Joins neighbouring steps that are better said in one statement: rows of default data.

use nexus_schema::catalog::{Catalog, Object, ObjectId};
use nexus_schema::kinds::Seed;

use super::step::{Action, Step};
use crate::kinds::seed;

/// Rows of one table that stand side by side become one INSERT.
pub(super) fn merge(steps: Vec<Step>, next: &Catalog) -> Vec<Step> {
    let mut merged: Vec<Step> = Vec::with_capacity(steps.len());
    let mut rows: Vec<&Seed> = Vec::new();
    for step in steps {
        let row = row_of(&step, next);
        match (row, rows.last(), merged.last_mut()) {
            (Some(row), Some(last), Some(open))
                if same_table(&open.id, &step.id) && seed::alike(last, row) =>
            {
                rows.push(row);
                open.sql = seed::upsert(&open.id, &rows).end();
            }
            _ => {
                rows = row.into_iter().collect();
                merged.push(step);
            }
        }
    }
    merged
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
