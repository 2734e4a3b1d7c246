//! Storage parameters and their kin, which tables, indexes, materialized views and columns share.

use crate::plan::Steps;
use crate::sql::Pen;

/// Writes the steps from one list of `name=value` to another; `alter` begins each statement.
pub(super) fn change(alter: impl Fn() -> Pen, prev: &[String], next: &[String], out: &mut Steps) {
    let gone: Vec<_> = prev.iter().filter(|old| !next.iter().any(|new| name(old) == name(new))).collect();
    if !gone.is_empty() {
        out.run(alter().and("RESET").option_names(gone));
    }
    let set: Vec<_> = next.iter().filter(|new| !prev.contains(new)).cloned().collect();
    if !set.is_empty() {
        out.run(alter().and("SET").options(&set));
    }
}

fn name(option: &str) -> &str {
    option.split('=').next().unwrap_or(option)
}
