//! What an observation says of hazards: locks times work.

use super::{Class, Hazard};
use crate::measure::{Client, Observation};

/// The hazards that were seen.
pub fn of_observation(seen: &Observation) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    if seen.long {
        let tables: Vec<_> = seen.blocked.iter().map(|blocked| blocked.table.as_str()).collect();
        let reads = seen.blocked.iter().any(|blocked| blocked.clients.contains(&Client::Read));
        let who = if reads { "nobody can read or write" } else { "nobody can write" };
        let what = format!("{who} {} while {}", tables.join(", "), work(seen));
        hazards.push(Hazard::new(Class::LongBlock, tables.first().copied().unwrap_or_default(), what));
    }
    for table in &seen.rewritten {
        let what = format!("{table} is written anew with all its indexes: as much disk and WAL again");
        hazards.push(Hazard::new(Class::Rewrite, table, what));
    }
    hazards
}

fn work(seen: &Observation) -> String {
    let mut work = Vec::new();
    if !seen.rewritten.is_empty() {
        work.push(format!("{} is written anew", seen.rewritten.join(", ")));
    }
    if !seen.rebuilt.is_empty() {
        work.push(format!("{} is built again", seen.rebuilt.join(", ")));
    }
    let read: Vec<_> = seen.scanned.iter().filter(|table| !seen.rewritten.contains(table)).cloned().collect();
    if !read.is_empty() {
        work.push(format!("{} is read from end to end", read.join(", ")));
    }
    work.join(" and ")
}
